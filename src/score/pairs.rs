//! The answers of two models on the same pictures, and how far they are the same.

use super::Values;
use crate::metric::{Area, Parity};

/// An answer that either of two models gave of a picture, or both.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Said {
    /// The position of its category; `None` for one that the dataset does not have.
    pub category: Option<usize>,
    /// Its area in square pixels, of two that agree the reference's.
    pub area: f64,
    /// The model's score minus the reference's where both said it; `None` where one did.
    pub shift: Option<f64>,
}

/// What two models said of every picture.
pub struct PairTable {
    images: Vec<Vec<Said>>,
    categories: usize,
    area_ranges: [f64; 2],
}

/// Gives a figure of two models for weights of the images.
pub struct WeightedPairs {
    all: Vec<Share>,
    per_category: Vec<Vec<Share>>,
}

/// What an image adds to a figure, as a part of a whole.
#[derive(Debug, Clone, Copy)]
struct Share {
    image: usize,
    part: f64,
    whole: f64,
}

impl PairTable {
    /// Of `images`, with the number of the dataset's categories and the borders of small and large objects.
    pub fn new(images: Vec<Vec<Said>>, categories: usize, area_ranges: [f64; 2]) -> Self {
        Self { images, categories, area_ranges }
    }

    /// For a figure.
    pub fn weighted(&self, figure: Parity) -> WeightedPairs {
        let area = match figure {
            Parity::Agreement(area) => area,
            Parity::ScoreShift => Area::All,
        };
        let shares = |category: Option<usize>| {
            let is_meant = |said: &&Said| {
                area.contains(said.area, self.area_ranges) && (category.is_none() || said.category == category)
            };
            let share = |(image, all): (usize, &Vec<Said>)| {
                let (part, whole) = part_of(figure, all.iter().filter(is_meant))?;
                Some(Share { image, part, whole })
            };
            let mut shares: Vec<Share> = self.images.iter().enumerate().filter_map(share).collect();
            // A sum in this order is the same whatever the order of the images.
            shares.sort_by(|one, other| one.part.total_cmp(&other.part).then(one.whole.total_cmp(&other.whole)));
            shares
        };
        WeightedPairs {
            all: shares(None),
            per_category: (0..self.categories).map(|category| shares(Some(category))).collect(),
        }
    }
}

/// What an image adds to a figure; `None` where nothing was said of it, or nothing by both.
fn part_of<'s>(figure: Parity, said: impl Iterator<Item = &'s Said>) -> Option<(f64, f64)> {
    let (mut by_both, mut by_one, mut apart) = (0.0, 0.0, 0.0);
    for said in said {
        match said.shift {
            Some(shift) => {
                by_both += 1.0;
                apart += shift.abs();
            }
            None => by_one += 1.0,
        }
    }
    match figure {
        // F1: each answer of both stands for one of each.
        Parity::Agreement(_) => (by_both + by_one > 0.0).then(|| (2.0 * by_both / (2.0 * by_both + by_one), 1.0)),
        Parity::ScoreShift => (by_both > 0.0).then_some((apart, by_both)),
    }
}

impl WeightedPairs {
    /// The figure over all categories and of each.
    pub fn values(&self, weights: &[u32]) -> Values {
        Values {
            all: mean(&self.all, weights),
            per_category: self.per_category.iter().map(|shares| mean(shares, weights)).collect(),
        }
    }

    /// The figure of one category, or over all.
    pub fn figure(&self, category: Option<usize>, weights: &[u32]) -> Option<f64> {
        self.shares(category).and_then(|shares| mean(shares, weights))
    }

    /// How many images it rests on.
    pub fn images(&self, category: Option<usize>, weights: &[u32]) -> usize {
        self.shares(category).map_or(0, |shares| shares.iter().filter(|share| weights[share.image] > 0).count())
    }

    fn shares(&self, category: Option<usize>) -> Option<&[Share]> {
        match category {
            None => Some(&self.all),
            Some(at) => self.per_category.get(at).map(Vec::as_slice),
        }
    }
}

fn mean(shares: &[Share], weights: &[u32]) -> Option<f64> {
    let add = |(part, whole): (f64, f64), share: &Share| {
        let weight = f64::from(weights[share.image]);
        (part + weight * share.part, whole + weight * share.whole)
    };
    let (part, whole) = shares.iter().fold((0.0, 0.0), add);
    (whole > 0.0).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BORDERS: [f64; 2] = [100.0, 1000.0];

    fn said(category: usize, area: f64, shift: Option<f64>) -> Said {
        Said { category: Some(category), area, shift }
    }

    fn table() -> PairTable {
        let images = vec![
            // Two that both found, one that one found: F1 4/5.
            vec![said(0, 50.0, Some(0.1)), said(1, 500.0, Some(-0.3)), said(0, 500.0, None)],
            // Of this neither found anything.
            Vec::new(),
            vec![said(1, 50.0, None)],
        ];
        PairTable::new(images, 3, BORDERS)
    }

    #[test]
    fn agreement_is_the_mean_of_images_in_which_something_was_found() {
        let weighted = table().weighted(Parity::Agreement(Area::All));
        let values = weighted.values(&[1, 1, 1]);
        assert_eq!(values.all, Some(0.4));
        assert_eq!(values.per_category, [Some(2.0 / 3.0), Some(0.5), None]);
        assert_eq!(weighted.figure(None, &[1, 5, 3]), Some(0.2));
        assert_eq!((weighted.images(None, &[1, 1, 1]), weighted.images(Some(0), &[0, 1, 1])), (2, 0));
        // Two silent models agree on nothing.
        assert_eq!(weighted.figure(None, &[0, 7, 0]), None);
    }

    #[test]
    fn sizes_look_at_their_answers_alone() {
        let figure = |area| table().weighted(Parity::Agreement(area)).figure(None, &[1, 1, 1]);
        assert_eq!(figure(Area::Small), Some(0.5));
        assert_eq!(figure(Area::Medium), Some(2.0 / 3.0));
        assert_eq!(figure(Area::Large), None);
    }

    #[test]
    fn scores_shift_over_the_answers_that_agree() {
        let weighted = table().weighted(Parity::ScoreShift);
        assert_eq!(weighted.figure(None, &[1, 1, 1]), Some(0.2));
        assert_eq!(weighted.figure(Some(1), &[2, 0, 1]), Some(0.3));
        assert_eq!(weighted.figure(None, &[0, 1, 1]), None);
    }
}
