//! What the header of a perturbation's file says of its numbers is what the program does.

use windtunnel::perturb::{ALL, Perturbation, page};

/// Of each parameter, the range that its page gives, and the values listed behind that range.
struct Told {
    range: [f64; 2],
    values: Vec<f64>,
}

/// What the page says. Several parameters may share one range (`` `hue` and `value`, shares, 0..=1 ``).
fn told(kind: &Perturbation) -> Vec<Told> {
    let page = page(kind);
    let section =
        page.split("\n## ").find(|section| section.starts_with("Parameter")).expect("a section of parameters");
    let text = section.split_once('\n').map(|(_, text)| text.replace('\n', " ")).unwrap_or_default();
    let of_parameter = |name: &str| {
        let at = text.find(&format!("`{name}`")).unwrap_or_else(|| panic!("{}: no `{name}`", kind.entry.name));
        let (low, rest) = text[at..].split_once("..=").unwrap_or_else(|| panic!("{name}: no range"));
        let (low, high) = (*numbers(low).last().unwrap(), numbers(rest)[0]);
        let list = rest.split('`').next().and_then(|list| list.split_once(": ")).map_or("", |(_, list)| list);
        Told { range: [low, high], values: numbers(list) }
    };
    kind.parameters.iter().map(|parameter| of_parameter(parameter.name)).collect()
}

/// The numbers in a text. A full stop ends a sentence.
fn numbers(text: &str) -> Vec<f64> {
    let words = text.split(|letter: char| !(letter.is_ascii_digit() || letter == '.' || letter == '-'));
    words.filter_map(|word| word.trim_end_matches('.').parse().ok()).collect()
}

/// The values of one parameter along the ladder; one value where it stays the same.
fn column(ladder: &[&[f64]; 5], slot: usize) -> [Vec<f64>; 2] {
    let all: Vec<f64> = ladder.iter().map(|values| values[slot]).collect();
    let once = if all.iter().all(|value| *value == all[0]) { vec![all[0]] } else { all.clone() };
    [all, once]
}

#[test]
fn pages_give_the_range_of_each_parameter() {
    for kind in ALL {
        for (parameter, told) in kind.parameters.iter().zip(told(kind)) {
            assert_eq!([parameter.min, parameter.max], told.range, "{}: {}", kind.entry.name, parameter.name);
        }
    }
}

#[test]
fn pages_give_the_ladder() {
    for kind in ALL {
        let name = kind.entry.name;
        let Some(ladder) = kind.ladder else {
            assert!(page(kind).contains("None: one strength."), "{name}");
            continue;
        };
        let told = told(kind);
        let columns: Vec<[Vec<f64>; 2]> = (0..told.len()).map(|slot| column(&ladder, slot)).collect();
        let [first, last] = [told.first(), told.last()].map(|told| &told.expect("a ladder has parameters").values);
        if !first.is_empty() && first != last {
            // A list behind each range.
            for (told, columns) in told.iter().zip(&columns) {
                assert!(columns.contains(&told.values), "{name}: {:?} for {columns:?}", told.values);
            }
            continue;
        }
        // One list behind the last range: level after level, or the first parameter's values and what the others stay at.
        let by_level = ladder.concat();
        let with_constants: Vec<f64> = columns.iter().flat_map(|[_, once]| once.clone()).collect();
        assert!([by_level, with_constants].contains(last), "{name}: {last:?} for {ladder:?}");
    }
}
