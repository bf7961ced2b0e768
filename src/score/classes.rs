//! The tables of a cell whose labels are the classes of whole images, and the figures that come from them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{CellData, Classes, ImageScore, Values};
use crate::answer::ScoredClass;
use crate::eval::{CalibrationBin, CalibrationTable, Graded};
use crate::metric::{ClassFigure, Settings, TopK};

/// The least probability that the likelihood knows: scikit-learn's, of 64-bit floats.
const LEAST: f64 = f64::EPSILON;

/// A cell of classes: what came of each image.
pub(super) struct ClassTables {
    categories: usize,
    top_k: usize,
    /// In the order of the images.
    images: Vec<ImageClass>,
    /// The labelled images by the highest score.
    by_confidence: CalibrationTable,
    /// The images by the probability of their label.
    by_probability: Vec<usize>,
}

/// What came of one image. Categories are positions among the dataset's.
#[derive(Debug, Clone, Copy)]
struct ImageClass {
    label: Option<usize>,
    /// `None` for a class that the dataset does not have.
    said: Option<usize>,
    /// The place of the label among the classes, from 0.
    rank: Option<usize>,
    /// The highest score.
    confidence: f64,
    /// That of the label; `None` where it is not known.
    probability: Option<f64>,
}

impl ImageClass {
    fn is_right(&self) -> bool {
        self.rank == Some(0)
    }
}

/// Gives a figure of classes for weights of the images.
pub(super) struct WeightedClasses<'t>(&'t ClassTables, ClassFigure);

impl ClassTables {
    /// Holds the answers of a cell against its labels.
    pub fn new(data: &CellData<'_>, classes: &Classes<'_>) -> Self {
        let places: BTreeMap<u64, usize> =
            data.categories.iter().enumerate().map(|(at, category)| (category.id, at)).collect();
        let image = |image: usize| {
            let label =
                classes.annotations.of(image).iter().find(|label| !label.iscrowd).map(|label| label.category_id);
            let scores = classes.answers.of(image);
            let top = scores.top();
            let said = match top.class {
                ScoredClass::Category(id) => places.get(&id).copied(),
                ScoredClass::Other(_) => None,
            };
            ImageClass {
                label: label.and_then(|id| places.get(&id).copied()),
                said,
                rank: label.and_then(|id| scores.rank(id)),
                confidence: top.score,
                probability: label.and_then(|id| scores.probability(id)),
            }
        };
        let images: Vec<ImageClass> = (0..data.images.len()).map(image).collect();
        let graded = |(at, image): (usize, &ImageClass)| {
            image.label.map(|_| Graded { image: at, score: image.confidence, is_right: image.is_right() })
        };
        let by_confidence = CalibrationTable::new(images.iter().enumerate().filter_map(graded).collect());
        // Sums in this order are the same whatever the order of the images.
        let probability = |at: &usize| images[*at].probability.unwrap_or_default();
        let mut by_probability: Vec<usize> = (0..images.len()).collect();
        by_probability.sort_by(|one, other| probability(one).total_cmp(&probability(other)));
        let Settings { top_k, .. } = data.settings;
        Self { categories: data.categories.len(), top_k, images, by_confidence, by_probability }
    }

    pub fn weighted(&self, figure: ClassFigure) -> WeightedClasses<'_> {
        WeightedClasses(self, figure)
    }

    /// What became of one image: how much its label was given.
    pub fn image(&self, image: usize) -> ImageScore {
        let image = self.images[image];
        ImageScore::Class { label_score: image.probability, is_right: image.label.map(|_| image.is_right()) }
    }

    /// The labelled images with their weights, those left out that weigh nothing.
    fn labelled<'w>(&'w self, weights: &'w [u32]) -> impl Iterator<Item = (&'w ImageClass, usize, f64)> {
        let both = self.images.iter().zip(weights).filter(|(_, weight)| **weight > 0);
        both.filter_map(|(image, &weight)| Some((image, image.label?, f64::from(weight))))
    }

    /// The share of images of which `holds`, over all and of each category.
    fn share(&self, weights: &[u32], holds: impl Fn(&ImageClass) -> bool) -> Values {
        let mut counts = vec![(0.0, 0.0); self.categories];
        for (image, label, weight) in self.labelled(weights) {
            let (held, all) = &mut counts[label];
            *all += weight;
            *held += if holds(image) { weight } else { 0.0 };
        }
        let (held, all) = counts.iter().fold((0.0, 0.0), |(a, b), (held, all)| (a + held, b + all));
        let share = |(held, all): &(f64, f64)| (*all > 0.0).then(|| held / all);
        Values { all: share(&(held, all)), per_category: counts.iter().map(share).collect() }
    }

    /// Images by category: right ones, those that have the label, and those that are said to be it.
    fn confusion(&self, weights: &[u32]) -> Vec<[f64; 3]> {
        let mut counts = vec![[0.0; 3]; self.categories];
        for (image, label, weight) in self.labelled(weights) {
            counts[label][1] += weight;
            if let Some(said) = image.said {
                counts[said][2] += weight;
                counts[said][0] += if said == label { weight } else { 0.0 };
            }
        }
        counts
    }

    /// The mean over the categories that have images or are said of a figure of each one's counts.
    fn macro_mean(&self, weights: &[u32], figure: fn([f64; 3]) -> f64) -> Values {
        let of = |counts: [f64; 3]| (counts[1] + counts[2] > 0.0).then(|| figure(counts));
        Values::mean_of(self.confusion(weights).into_iter().map(of).collect())
    }

    /// The mean of -ln p; nothing where the probability of a label is not known.
    fn nll(&self, weights: &[u32]) -> Values {
        let mut sums = vec![Some((0.0, 0.0)); self.categories];
        for &at in &self.by_probability {
            let (image, weight) = (&self.images[at], f64::from(weights[at]));
            let Some(label) = image.label.filter(|_| weight > 0.0) else { continue };
            let sum = sums[label].zip(image.probability);
            sums[label] = sum.map(|((sum, all), p)| (sum - p.max(LEAST).ln() * weight, all + weight));
        }
        let total = sums.iter().try_fold((0.0, 0.0), |(sum, all), one| one.map(|one| (sum + one.0, all + one.1)));
        let mean = |sum: &Option<(f64, f64)>| sum.filter(|(_, all)| *all > 0.0).map(|(sum, all)| sum / all);
        Values { all: mean(&total), per_category: sums.iter().map(mean).collect() }
    }

    /// What was said of the images and how sure, all of them once.
    pub fn answers(&self) -> ClassAnswers {
        let mut pairs: BTreeMap<(usize, Option<usize>), usize> = BTreeMap::new();
        for image in &self.images {
            if let Some(label) = image.label {
                *pairs.entry((label, image.said)).or_default() += 1;
            }
        }
        let bin = |CalibrationBin { right, scores, all }: CalibrationBin| ReliabilityBin {
            images: all as usize,
            accuracy: (all > 0.0).then(|| right / all),
            confidence: (all > 0.0).then(|| scores / all),
        };
        let bins = self.by_confidence.bins(&vec![1; self.images.len()]).map(bin).to_vec();
        ClassAnswers { pairs: pairs.into_iter().map(|((label, said), images)| (label, said, images)).collect(), bins }
    }
}

/// What was said of the images of a cell. Categories are positions among the dataset's.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassAnswers {
    /// Label, what was said (`None` for a class that the dataset does not have), and of how many images; in this order.
    pub pairs: Vec<(usize, Option<usize>, usize)>,
    /// Of 15 bins of equal width by the highest score.
    pub bins: Vec<ReliabilityBin>,
}

/// The images whose highest score is in a bin.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ReliabilityBin {
    /// How many.
    pub images: usize,
    /// The share that is right, 0..=1; `None` of none.
    pub accuracy: Option<f64>,
    /// The mean of the highest scores, 0..=1; `None` of none.
    pub confidence: Option<f64>,
}

impl WeightedClasses<'_> {
    pub fn values(&self, weights: &[u32]) -> Values {
        let Self(tables, figure) = self;
        let top = |count: usize| tables.share(weights, |image| image.rank.is_some_and(|rank| rank < count));
        match figure {
            ClassFigure::Top(TopK::One) => top(1),
            ClassFigure::Top(TopK::Five) => top(5),
            ClassFigure::Top(TopK::Set) => top(tables.top_k),
            ClassFigure::Recall => Values::mean_of(top(1).per_category),
            ClassFigure::Precision => {
                tables.macro_mean(weights, |[right, _, said]| if said > 0.0 { right / said } else { 0.0 })
            }
            ClassFigure::F1 => tables.macro_mean(weights, |[right, there, said]| 2.0 * right / (there + said)),
            ClassFigure::Nll => tables.nll(weights),
            ClassFigure::Ece => Values { all: tables.by_confidence.error(weights), per_category: Vec::new() },
        }
    }
}
