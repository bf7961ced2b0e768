//! Confusions: which classes are taken for which, and how many more images of them than before.

use std::cmp::Reverse;

use crate::detection::Category;
use crate::record::ConfusionRecord;
use crate::score::ClassAnswers;

/// The wrong answers among `now`, at most `count`: those first that are more than `before`, by how much more; of equal ones
/// those of more images.
pub fn confusions(
    categories: &[Category],
    before: Option<&ClassAnswers>,
    now: &ClassAnswers,
    count: usize,
) -> Vec<ConfusionRecord> {
    let then = |pair: (usize, Option<usize>)| {
        let pairs = &before?.pairs;
        Some(pairs.iter().find(|(label, said, _)| (*label, *said) == pair).map_or(0, |(_, _, images)| *images))
    };
    let name = |at: usize| categories[at].name.clone();
    let wrong = now.pairs.iter().filter(|(label, said, _)| Some(*label) != *said);
    let confusion = |&(label, said, images): &(usize, Option<usize>, usize)| ConfusionRecord {
        label: name(label),
        said: said.map(name),
        before: then((label, said)),
        images,
    };
    let mut confusions: Vec<ConfusionRecord> = wrong.map(confusion).collect();
    // Stable: of equal ones the order of the categories decides.
    confusions.sort_by_key(|one| Reverse((one.more(), one.images)));
    confusions.truncate(count);
    confusions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grew_most_comes_first_and_right_answers_are_none() {
        let categories = ["a", "b"].map(|name| Category { id: 0, name: name.to_owned() });
        let answers =
            |pairs: &[(usize, Option<usize>, usize)]| ClassAnswers { pairs: pairs.to_vec(), bins: Vec::new() };
        let before = answers(&[(0, Some(0), 9), (0, Some(1), 5), (1, None, 1)]);
        let now = answers(&[(0, Some(0), 3), (0, Some(1), 6), (1, Some(0), 2), (1, None, 8)]);
        let told: Vec<(String, Option<usize>, usize)> = confusions(&categories, Some(&before), &now, 3)
            .into_iter()
            .map(|one| (one.told(), one.before, one.images))
            .collect();
        let wanted = [
            ("b said to be a class that the dataset does not have", 1, 8),
            ("b said to be a", 0, 2),
            ("a said to be b", 5, 6),
        ];
        assert_eq!(told, wanted.map(|(told, before, images)| (told.to_owned(), Some(before), images)));
        assert_eq!(confusions(&categories, None, &now, 9)[0].before, None);
    }
}
