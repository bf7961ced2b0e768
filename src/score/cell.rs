//! The figures of one cell for any weighting of its images, whatever its task.

use rayon::prelude::*;

use super::classes::{ClassAnswers, ClassTables, WeightedClasses};
use super::objects::{ObjectTables, WeightedObjects};
use super::{CellData, Content, ImageScore, Values};
use crate::eval::{Resamples, Unscorable};
use crate::metric::{self, Agreement, Metric, ObjectFigure, Origin};

/// A cell with the tables that were needed so far.
pub struct CellTables<'a> {
    data: &'a CellData<'a>,
    tables: Tables<'a>,
}

/// The tables of a sort of content.
enum Tables<'a> {
    Objects(Box<ObjectTables<'a>>),
    Classes(ClassTables),
}

/// Gives a metric's figures for weights of the images.
enum Weighted<'t> {
    Objects(WeightedObjects<'t>),
    Classes(WeightedClasses<'t>),
    /// Images and their stability, by rising stability: a sum in this order is the same whatever the order of the images.
    Stability(Vec<(usize, f64)>),
    Affected(&'t [f64], f64),
    Nothing,
}

impl<'a> CellTables<'a> {
    /// The tables of `data`, nothing computed yet.
    pub fn new(data: &'a CellData<'a>) -> Self {
        let tables = match &data.content {
            Content::Objects(objects) => Tables::Objects(Box::new(ObjectTables::new(data, objects))),
            Content::Classes(classes) => Tables::Classes(ClassTables::new(data, classes)),
        };
        Self { data, tables }
    }

    /// The figures of `metric`; a metric of several cells has none.
    ///
    /// # Errors
    /// See [`crate::eval::MatchTable::build`].
    pub fn values(&self, metric: &Metric) -> Result<Values, Unscorable> {
        Ok(self.weighted(metric)?.values(&self.once()))
    }

    /// The figures of every metric, in the order of [`metric::ALL`].
    ///
    /// # Errors
    /// See [`Self::values`].
    pub fn every_value(&self) -> Result<Vec<Values>, Unscorable> {
        let means = match &self.tables {
            Tables::Objects(tables) => tables.means()?,
            Tables::Classes(_) => metric::ALL.iter().map(|_| None).collect(),
        };
        let of_metric = |(metric, mean): (&&Metric, Option<Values>)| mean.map_or_else(|| self.values(metric), Ok);
        metric::ALL.iter().zip(means).map(of_metric).collect()
    }

    /// The figures of `metrics`, each in turn, on resampled images, resample by resample. What they are read from is built
    /// once for all of them.
    ///
    /// # Errors
    /// See [`Self::values`].
    pub fn draws(&self, metrics: &[&Metric], resamples: &Resamples) -> Result<Vec<Vec<Values>>, Unscorable> {
        self.draws_made(metrics, resamples, |_, values| values)
    }

    /// [`Self::draws`], of each draw what `keep` makes of it at once: of 1,000 categories, 1,000 draws hold 16 MB.
    ///
    /// # Errors
    /// See [`Self::values`].
    pub fn draws_made(
        &self,
        metrics: &[&Metric],
        resamples: &Resamples,
        keep: impl Fn(&Metric, Values) -> Values + Sync,
    ) -> Result<Vec<Vec<Values>>, Unscorable> {
        let draws = |(weighted, metric): (&Weighted<'_>, &&Metric)| {
            let draw = |resample| keep(metric, weighted.values(&resamples.weights(resample)));
            (0..resamples.count()).into_par_iter().map(draw).collect()
        };
        Ok(self.weighted_together(metrics)?.iter().zip(metrics).map(draws).collect())
    }

    /// The figures of `metric` on the images that `keeps` names alone, and on resamples of them.
    ///
    /// # Errors
    /// See [`Self::values`].
    pub fn on_images(
        &self,
        metric: &Metric,
        keeps: &[bool],
        resamples: &Resamples,
    ) -> Result<(Values, Vec<Values>), Unscorable> {
        let together = self.weighted_together(&[metric])?;
        let [weighted] = together.as_slice() else { return Ok(Default::default()) };
        let values = |mut weights: Vec<u32>| {
            weights.iter_mut().zip(keeps).filter(|(_, keeps)| !**keeps).for_each(|(weight, _)| *weight = 0);
            weighted.values(&weights)
        };
        let draws = resamples.iter().map(values).collect();
        Ok((values(self.once()), draws))
    }

    /// What became of one image, by its position.
    ///
    /// # Panics
    /// There is no such image.
    pub fn image(&self, image: usize) -> ImageScore {
        match &self.tables {
            Tables::Objects(tables) => tables.image(image),
            Tables::Classes(tables) => tables.image(image),
        }
    }

    /// What was said of the images, where they are of classes.
    pub fn class_answers(&self) -> Option<ClassAnswers> {
        match &self.tables {
            Tables::Objects(_) => None,
            Tables::Classes(tables) => Some(tables.answers()),
        }
    }

    /// Weights that count every image once.
    fn once(&self) -> Vec<u32> {
        vec![1; self.data.images.len()]
    }

    /// For some metrics, which takes less memory than what all can be read from.
    fn weighted_together(&self, metrics: &[&Metric]) -> Result<Vec<Weighted<'_>>, Unscorable> {
        let slot = |metric: &&Metric| match metric.origin {
            Origin::Objects(ObjectFigure::Coco { slot, .. }) => Some(slot),
            Origin::Objects(ObjectFigure::Voc(_) | ObjectFigure::Operating(_) | ObjectFigure::Ece)
            | Origin::Classes(_)
            | Origin::Agreement(_)
            | Origin::Parity(_)
            | Origin::Speed(_)
            | Origin::Summary(_)
            | Origin::Data(_) => None,
        };
        let mut views = match &self.tables {
            Tables::Objects(tables) => tables.views(&metrics.iter().filter_map(slot).collect::<Vec<_>>())?.into_iter(),
            Tables::Classes(_) => Vec::new().into_iter(),
        };
        let weighted = |metric: &&Metric| match slot(metric).and_then(|_| views.next()) {
            Some(view) => Ok(Weighted::Objects(WeightedObjects::View(view))),
            None => self.weighted(metric),
        };
        metrics.iter().map(weighted).collect()
    }

    fn weighted(&self, metric: &Metric) -> Result<Weighted<'_>, Unscorable> {
        let CellData { stability, settings, .. } = *self.data;
        Ok(match metric.origin {
            Origin::Objects(figure) => match &self.tables {
                Tables::Objects(tables) => Weighted::Objects(tables.weighted(figure)?),
                Tables::Classes(_) => Weighted::Nothing,
            },
            Origin::Classes(figure) => match &self.tables {
                Tables::Objects(_) => Weighted::Nothing,
                Tables::Classes(tables) => Weighted::Classes(tables.weighted(figure)),
            },
            Origin::Agreement(which) => match (stability, which) {
                (Some(stability), Agreement::Stability) => {
                    let mut rising: Vec<(usize, f64)> = stability.iter().copied().enumerate().collect();
                    rising.sort_by(|(_, a), (_, b)| a.total_cmp(b));
                    Weighted::Stability(rising)
                }
                (Some(stability), Agreement::Affected) => Weighted::Affected(stability, settings.strictness),
                (None, _) => Weighted::Nothing,
            },
            // Those of two cells or more are made elsewhere.
            Origin::Parity(_) | Origin::Speed(_) | Origin::Summary(_) | Origin::Data(_) => Weighted::Nothing,
        })
    }
}

impl Weighted<'_> {
    fn values(&self, weights: &[u32]) -> Values {
        let mean = |sum: f64| {
            let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
            Values { all: (total > 0).then(|| sum / total as f64), per_category: Vec::new() }
        };
        match self {
            Self::Objects(objects) => objects.values(weights),
            Self::Classes(classes) => classes.values(weights),
            Self::Stability(rising) => mean(rising.iter().map(|&(at, one)| f64::from(weights[at]) * one).sum()),
            Self::Affected(stability, strictness) => {
                let affected = stability.iter().zip(weights).filter(|(one, _)| **one < *strictness);
                mean(affected.map(|(_, &weight)| f64::from(weight)).sum())
            }
            Self::Nothing => Values::default(),
        }
    }
}
