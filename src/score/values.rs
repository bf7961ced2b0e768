//! A metric's figures of one cell: over all categories, and of each.

/// Figures of one metric; `None` where there is nothing to measure on.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Values {
    /// Over all categories.
    pub all: Option<f64>,
    /// In the order of the dataset's categories; empty for a metric that single categories do not have.
    pub per_category: Vec<Option<f64>>,
}

impl Values {
    /// The figures of a metric that is the mean over the categories that have one.
    pub fn mean_of(per_category: Vec<Option<f64>>) -> Self {
        Self { all: mean(per_category.iter().flatten()), per_category }
    }

    /// The mean over some categories, by position; `None` if none of them has a figure.
    pub fn mean_over(&self, categories: &[usize]) -> Option<f64> {
        mean(categories.iter().filter_map(|&at| self.per_category[at].as_ref()))
    }

    /// Over all categories, or of one.
    pub fn figure(&self, category: Option<usize>) -> Option<f64> {
        match category {
            None => self.all,
            Some(at) => self.per_category.get(at).copied().flatten(),
        }
    }

    /// The categories that have a figure, by position.
    pub fn measured(&self) -> Vec<usize> {
        (0..self.per_category.len()).filter(|&at| self.per_category[at].is_some()).collect()
    }
}

/// The categories that all of several cells have, by position, where they are not the same in all: a mean over other
/// categories is another quantity. `None` where they are.
pub fn common<'v>(mut cells: impl Iterator<Item = &'v Values> + Clone) -> Option<Vec<usize>> {
    let others = cells.clone();
    let first = cells.next()?.measured();
    if cells.all(|values| values.measured() == first) {
        return None;
    }
    let is_in_all = |at: &usize| others.clone().all(|values| values.per_category[*at].is_some());
    Some(first.into_iter().filter(is_in_all).collect())
}

fn mean<'v>(values: impl Iterator<Item = &'v f64>) -> Option<f64> {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    (count > 0).then(|| sum / f64::from(count))
}
