//! One class under two names, as lists of ImageNet's classes have them: `n01440764`, `n01440764 tench`, `tench`,
//! `tench, Tinca tinca`. What stands for several classes (`crane` is a bird and a machine) stands for none.

use std::collections::BTreeMap;

/// The id of a `WordNet` synset that a name begins with: `n` and eight digits.
pub fn synset(name: &str) -> Option<&str> {
    let (id, rest) = name.trim().split_at_checked(9)?;
    let is_id = id.strip_prefix('n').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    let is_whole = !rest.starts_with(|c: char| c.is_ascii_alphanumeric());
    (is_id && is_whole).then_some(id)
}

/// The first of the words for a class, without the id before it.
pub fn first_word(name: &str) -> String {
    let name = name.trim();
    let words = synset(name).map_or(name, |id| name[id.len()..].trim_start_matches(|c: char| !c.is_alphanumeric()));
    words.split(',').next().unwrap_or_default().replace('_', " ").trim().to_owned()
}

/// For each of `theirs` the position of the same class among `ours`: of the same name, else of the same synset, else of
/// the same first word, as long as one alone has it on either side.
pub fn matched(theirs: &[String], ours: &[&str]) -> Vec<Option<usize>> {
    let places: BTreeMap<&str, usize> = ours.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let mut found: Vec<Option<usize>> = theirs.iter().map(|name| places.get(name.as_str()).copied()).collect();
    pair(theirs, ours, &mut found, |name| synset(name).map(str::to_owned));
    pair(theirs, ours, &mut found, |name| Some(first_word(name)).filter(|word| !word.is_empty()));
    found
}

/// Pairs what has no partner so far and is alone with its `key` on either side.
fn pair(theirs: &[String], ours: &[&str], found: &mut [Option<usize>], key: impl Fn(&str) -> Option<String>) {
    let taken: Vec<usize> = found.iter().flatten().copied().collect();
    let free = (0..ours.len()).filter(|at| !taken.contains(at));
    let of_ours = alone(free.filter_map(|at| Some((key(ours[at])?, at))));
    let free = (0..theirs.len()).filter(|at| found[*at].is_none());
    let of_theirs = alone(free.filter_map(|at| Some((key(&theirs[at])?, at))));
    for (key, theirs) in of_theirs {
        found[theirs] = of_ours.get(&key).copied();
    }
}

/// Positions by key, of keys that one alone has.
fn alone(keys: impl Iterator<Item = (String, usize)>) -> BTreeMap<String, usize> {
    let mut places: BTreeMap<String, Option<usize>> = BTreeMap::new();
    for (key, at) in keys {
        places.entry(key).and_modify(|place| *place = None).or_insert(Some(at));
    }
    places.into_iter().filter_map(|(key, at)| Some((key, at?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(theirs: &[&str], ours: &[&str]) -> Vec<Option<usize>> {
        matched(&theirs.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), ours)
    }

    #[test]
    fn a_class_is_found_by_any_name_that_lists_have_for_it() {
        let lists = [
            ["n01440764", "n02012849"],
            ["n01440764 tench", "n02012849 crane"],
            ["tench", "crane"],
            ["tench, Tinca tinca", "crane, bird"],
            ["n01440764_tench", "n02012849-crane"],
        ];
        for (theirs, ours) in lists.iter().flat_map(|theirs| lists.iter().map(move |ours| (theirs, ours))) {
            let is_told = |list: &[&str; 2]| first_word(list[0]) == "tench";
            let is_numbered = |list: &[&str; 2]| synset(list[0]).is_some();
            let expected = if is_told(theirs) && is_told(ours) || is_numbered(theirs) && is_numbered(ours) {
                vec![Some(0), Some(1)]
            } else {
                vec![None, None]
            };
            assert_eq!(found(theirs, ours), expected, "{theirs:?} {ours:?}");
        }
        assert_eq!(found(&["English_springer"], &["English springer, springer spaniel"]), [Some(0)]);
    }

    #[test]
    fn a_word_of_several_classes_is_none() {
        assert_eq!(found(&["n02012849 crane", "n03126707 crane"], &["crane"]), [None, None]);
        assert_eq!(found(&["crane"], &["n02012849 crane", "n03126707 crane"]), [None]);
        assert_eq!(found(&["n02012849 crane", "n03126707 crane"], &["n03126707 crane"]), [None, Some(0)]);
        assert_eq!(found(&["crane", "crane, bird"], &["crane"]), [Some(0), None], "the very name goes first");
        assert_eq!(found(&["rbc"], &["RBC"]), [None], "capital letters may tell classes apart");
    }
}
