//! Exchanged names: classes of which most images are called by the name of another one of them, each by its own, as where the
//! list of a model's names is in another order than its outputs.

/// Images of a class below which nothing is told of it.
const LEAST: usize = 5;

/// By how many standard deviations the exchanged answers have to be more than the right ones: one time in 200 chance does that.
const SURE: f64 = 2.6;

/// A class that is called by the name of another. Classes are positions among the dataset's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exchanged {
    /// What its images are labelled.
    pub label: usize,
    /// What most of them are called.
    pub said: usize,
    /// How many of them are.
    pub images: usize,
    /// How many there are.
    pub of: usize,
}

/// The classes whose names are exchanged with one another beyond chance, by label; `pairs` are label, what was said (`None` for a
/// class that the dataset does not have), and of how many images.
pub fn exchanged(pairs: &[(usize, Option<usize>, usize)]) -> Vec<Exchanged> {
    let called: Vec<Exchanged> = pairs.iter().filter_map(|pair| most_of(pairs, *pair)).collect();
    let of = |label: usize| called.iter().copied().find(|one| one.label == label);
    let mut found: Vec<Exchanged> =
        called.iter().filter_map(|one| circle(*one, of)).filter(|all| is_sure(pairs, all)).map(|all| all[0]).collect();
    found.sort_by_key(|one| one.label);
    found
}

/// The pair where it is a wrong answer to most images of its label.
fn most_of(
    pairs: &[(usize, Option<usize>, usize)],
    (label, said, images): (usize, Option<usize>, usize),
) -> Option<Exchanged> {
    let of = pairs.iter().filter(|(own, ..)| *own == label).map(|(.., images)| images).sum();
    let said = said.filter(|said| *said != label)?;
    (of >= LEAST && 2 * images > of).then_some(Exchanged { label, said, images, of })
}

/// From one class to what it is called, and on, back to itself; `None` where that leads elsewhere.
fn circle(first: Exchanged, of: impl Fn(usize) -> Option<Exchanged>) -> Option<Vec<Exchanged>> {
    let mut all = vec![first];
    loop {
        let next = of(all.last()?.said)?;
        if next.label == first.label {
            return Some(all);
        }
        if all.contains(&next) {
            return None;
        }
        all.push(next);
    }
}

/// Whether the exchanged answers to some classes are more than the right ones beyond chance.
fn is_sure(pairs: &[(usize, Option<usize>, usize)], all: &[Exchanged]) -> bool {
    let is_right = |(label, said, _): &&(usize, Option<usize>, usize)| {
        Some(*label) == *said && all.iter().any(|one| one.label == *label)
    };
    let right: usize = pairs.iter().filter(is_right).map(|(.., images)| images).sum();
    let wrong: usize = all.iter().map(|one| one.images).sum();
    wrong as f64 - right as f64 > SURE * ((wrong + right) as f64).sqrt()
}

/// `` `circle` `square` on 43 of 50 images, `square` `circle` on 44 of 50``.
pub fn exchanges(all: &[Exchanged], name: impl Fn(usize) -> String) -> String {
    const NAMED: usize = 4;
    let told = all.iter().take(NAMED).enumerate().map(|(at, one)| {
        let images = if at == 0 { " images" } else { "" };
        format!("`{}` `{}` on {} of {}{images}", name(one.label), name(one.said), one.images, one.of)
    });
    let more = if all.len() > NAMED { ", ..." } else { "" };
    format!("{}{more}", told.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(pairs: &[(usize, Option<usize>, usize)]) -> Vec<(usize, usize, usize, usize)> {
        exchanged(pairs).into_iter().map(|one| (one.label, one.said, one.images, one.of)).collect()
    }

    #[test]
    fn two_names_of_four_that_are_exchanged_are_told_and_so_are_three_in_a_circle() {
        let two =
            [(0, Some(1), 43), (0, Some(0), 7), (1, Some(0), 44), (1, None, 6), (2, Some(2), 50), (3, Some(2), 50)];
        assert_eq!(
            told(&two),
            [(0, 1, 43, 50), (1, 0, 44, 50)],
            "and what is taken for another class only is no exchange"
        );
        let three = [(0, Some(1), 9), (1, Some(2), 9), (2, Some(0), 9), (2, Some(1), 1), (3, Some(0), 9)];
        assert_eq!(told(&three), [(0, 1, 9, 9), (1, 2, 9, 9), (2, 0, 9, 10)]);
    }

    #[test]
    fn what_chance_may_make_is_not_told() {
        assert_eq!(told(&[(0, Some(1), 4), (1, Some(0), 4)]), [], "too few");
        assert_eq!(told(&[(0, Some(1), 3), (0, Some(0), 2), (1, Some(0), 3), (1, Some(1), 2)]), [], "half of either");
        assert_eq!(told(&[(0, Some(1), 40), (0, Some(0), 10), (1, Some(1), 50)]), [], "one way only");
    }
}
