//! In which order images of classes are looked at.

use std::collections::BTreeMap;

use crate::dataset::Dataset;

/// Images in an order whose every beginning has as many of each class as can be, spread over the dataset: where nearly all
/// are of one class, a model that says nothing else would fit best.
pub fn class_by_class(data: &Dataset, labelled: &[usize]) -> Vec<usize> {
    let mut of_class: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for &at in labelled {
        let class = data.annotations[at].first().map_or(0, |annotation| annotation.category_id);
        of_class.entry(class).or_default().push(at);
    }
    let classes = scattered(of_class.into_values().map(scattered).collect());
    let most = classes.iter().map(Vec::len).max().unwrap_or_default();
    (0..most).flat_map(|turn| classes.iter().filter_map(move |images| images.get(turn).copied())).collect()
}

/// The same in another order, of which every beginning is spread over all.
fn scattered<T>(all: Vec<T>) -> Vec<T> {
    let mut numbered: Vec<(u32, T)> = (0..).map(u32::reverse_bits).zip(all).collect();
    numbered.sort_by_key(|(number, _)| *number);
    numbered.into_iter().map(|(_, one)| one).collect()
}
