//! One cell as it is scored: what is in it, the tables that its figures come from, and the figures of any weighting of
//! its images.

use std::cell::OnceCell;

use rayon::prelude::*;

use super::Values;
use crate::detection::{Annotation, Category, Detection, ImageRecord};
use crate::eval::{
    Batches, Counts, MatchTable, OperatingTable, Params, PerImage, Resamples, Similarity, View, VocTable, VocVersion,
};
use crate::metric::{Agreement, Metric, Operating, Points, Settings, Source};

/// The labels and detections of a cell, per image.
pub struct CellData<'a> {
    /// How objects and detections are held against each other.
    pub similarity: Similarity,
    /// The images.
    pub images: &'a [ImageRecord],
    /// The dataset's categories.
    pub categories: &'a [Category],
    /// The labels as the condition moved them.
    pub annotations: &'a dyn PerImage<Annotation>,
    /// The detections, by falling score.
    pub detections: &'a dyn PerImage<Detection>,
    /// The stability of each image; `None` where there are no clean answers to agree with.
    pub stability: Option<&'a [f64]>,
    /// What the metrics' definitions leave open.
    pub settings: Settings,
}

/// A cell with the tables that were needed so far.
pub struct CellTables<'a> {
    data: &'a CellData<'a>,
    coco: OnceCell<Result<MatchTable, String>>,
    voc: OnceCell<Result<VocTable, String>>,
    operating: OnceCell<Result<OperatingTable, String>>,
}

/// Gives a metric's figures for weights of the images.
enum Weighted<'t> {
    View(View),
    Operating(&'t OperatingTable, Operating),
    /// Images and their stability, by rising stability: a sum in this order is the same whatever the order of the images.
    Stability(Vec<(usize, f64)>),
    Affected(&'t [f64], f64),
    Nothing,
}

impl<'a> CellTables<'a> {
    /// Of `data`, nothing computed yet.
    #[must_use]
    pub fn new(data: &'a CellData<'a>) -> Self {
        Self { data, coco: OnceCell::new(), voc: OnceCell::new(), operating: OnceCell::new() }
    }

    fn coco(&self) -> Result<&MatchTable, String> {
        let CellData { images, categories, annotations, detections, .. } = *self.data;
        let build = || MatchTable::build_with(&params(self.data), images, categories, annotations, detections);
        self.coco.get_or_init(build).as_ref().map_err(Clone::clone)
    }

    /// The figures of `metric`; a metric of several cells has none.
    ///
    /// # Errors
    /// See [`MatchTable::build`].
    pub fn values(&self, metric: &Metric) -> Result<Values, String> {
        Ok(self.weighted(metric)?.values(&vec![1; self.data.images.len()]))
    }

    /// The figures of `metric` on resampled images, resample by resample.
    ///
    /// # Errors
    /// See [`MatchTable::build`].
    pub fn draws(&self, metric: &Metric, resamples: &Resamples) -> Result<Vec<Values>, String> {
        let weighted = self.weighted_alone(metric)?;
        let draw = |resample| weighted.values(&resamples.weights(resample));
        Ok((0..resamples.count()).into_par_iter().map(draw).collect())
    }

    /// The figures of `metric` on the images that `keeps` names alone, and on resamples of them.
    ///
    /// # Errors
    /// See [`MatchTable::build`].
    pub fn on_images(
        &self,
        metric: &Metric,
        keeps: &[bool],
        resamples: &Resamples,
    ) -> Result<(Values, Vec<Values>), String> {
        let weighted = self.weighted_alone(metric)?;
        let values = |mut weights: Vec<u32>| {
            weights.iter_mut().zip(keeps).filter(|(_, keeps)| !**keeps).for_each(|(weight, _)| *weight = 0);
            weighted.values(&weights)
        };
        let draws = resamples.iter().map(values).collect();
        Ok((values(vec![1; self.data.images.len()]), draws))
    }

    fn weighted(&self, metric: &Metric) -> Result<Weighted<'_>, String> {
        let CellData { stability, settings, .. } = *self.data;
        match metric.source {
            Source::Coco { slot, .. } => Ok(Weighted::View(self.coco()?.view(slot))),
            Source::Voc(Points::Eleven) => Ok(Weighted::View(self.voc()?.view(VocVersion::Voc07))),
            Source::Voc(Points::All) => Ok(Weighted::View(self.voc()?.view(VocVersion::Voc12))),
            Source::Operating(which) => Ok(Weighted::Operating(self.operating()?, which)),
            Source::Agreement(which) => Ok(match (stability, which) {
                (Some(stability), Agreement::Stability) => {
                    let mut rising: Vec<(usize, f64)> = stability.iter().copied().enumerate().collect();
                    rising.sort_by(|(_, a), (_, b)| a.total_cmp(b));
                    Weighted::Stability(rising)
                }
                (Some(stability), Agreement::Affected) => Weighted::Affected(stability, settings.strictness),
                (None, _) => Weighted::Nothing,
            }),
            Source::Summary(_) | Source::Data(_) => Ok(Weighted::Nothing),
        }
    }

    /// For one metric alone: what it is read from comes from some categories at a time, as the table of all of them would
    /// take three times the memory.
    fn weighted_alone(&self, metric: &Metric) -> Result<Weighted<'_>, String> {
        let Source::Coco { slot, .. } = metric.source else { return self.weighted(metric) };
        let CellData { images, categories, annotations, detections, .. } = *self.data;
        let batches = Batches::new(categories, detections);
        let of_batch = |categories: &[Category]| {
            let detections = batches.detections(categories);
            let table = MatchTable::build_with(&params(self.data), images, categories, annotations, &detections)?;
            Ok(table.view(slot))
        };
        let slices = batches.slices();
        if slices.len() < 2 {
            return self.weighted(metric);
        }
        let views: Result<Vec<View>, String> = slices.into_par_iter().map(of_batch).collect();
        Ok(Weighted::View(View::joined(views?)))
    }

    fn voc(&self) -> Result<&VocTable, String> {
        let CellData { similarity, images, categories, annotations, detections, .. } = *self.data;
        let build = || VocTable::build(similarity, images, categories, annotations, detections);
        self.voc.get_or_init(build).as_ref().map_err(Clone::clone)
    }

    fn operating(&self) -> Result<&OperatingTable, String> {
        let CellData { similarity, images, categories, annotations, detections, settings, .. } = *self.data;
        let confidence = settings.min_confidence;
        let build = || OperatingTable::build(similarity, images, categories, annotations, detections, confidence);
        self.operating.get_or_init(build).as_ref().map_err(Clone::clone)
    }
}

impl Weighted<'_> {
    fn values(&self, weights: &[u32]) -> Values {
        let mean = |sum: f64| {
            let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
            Values { all: (total > 0).then(|| sum / total as f64), per_category: Vec::new() }
        };
        match self {
            Self::View(view) => Values::mean_of(view.weighted(weights)),
            Self::Operating(table, which) => operating(table, *which, weights),
            Self::Stability(rising) => mean(rising.iter().map(|&(at, one)| f64::from(weights[at]) * one).sum()),
            Self::Affected(stability, strictness) => {
                let affected = stability.iter().zip(weights).filter(|(one, _)| **one < *strictness);
                mean(affected.map(|(_, &weight)| f64::from(weight)).sum())
            }
            Self::Nothing => Values::default(),
        }
    }
}

/// What the suite sets of COCO's evaluation.
pub(super) fn params(data: &CellData<'_>) -> Params {
    let CellData { similarity, settings, .. } = *data;
    Params { similarity, max_dets: settings.max_dets, area_ranges: settings.area_ranges }
}

fn operating(table: &OperatingTable, which: Operating, weights: &[u32]) -> Values {
    let figure: fn(&Counts) -> Option<f64> = match which {
        Operating::Precision => Counts::precision,
        Operating::Recall => Counts::recall,
        Operating::F1 => Counts::f1,
        Operating::OnEmptyImages => return Values { all: table.on_empty_images(weights), per_category: Vec::new() },
        Operating::OfAbsentCategories => {
            return Values { all: table.of_absent_categories(weights), per_category: Vec::new() };
        }
    };
    let counts = table.weighted(weights);
    let pooled = counts.iter().copied().fold(Counts::default(), Counts::plus);
    Values { all: figure(&pooled), per_category: counts.iter().map(figure).collect() }
}
