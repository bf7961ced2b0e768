//! The tables of a cell whose labels and answers are objects, and the figures that come from them.

use std::cell::OnceCell;

use rayon::prelude::*;

use super::{CellData, ImageScore, Objects, Values};
use crate::detection::{Category, Detection};
use crate::eval::{
    Batches, CalibrationTable, Counts, Graded, MatchTable, OperatingTable, Params, PerImage, Unscorable, View,
    VocTable, VocVersion, match_claims,
};
use crate::metric::{self, Metric, ObjectFigure, Operating, Origin, Points, Settings};

/// A cell of objects with the tables that were needed so far.
pub(super) struct ObjectTables<'a> {
    data: &'a CellData<'a>,
    objects: &'a Objects<'a>,
    coco: OnceCell<Result<MatchTable, Unscorable>>,
    voc: OnceCell<Result<VocTable, Unscorable>>,
    operating: OnceCell<Result<OperatingTable, Unscorable>>,
    calibration: OnceCell<CalibrationTable>,
}

/// Gives a figure of objects for weights of the images.
pub(super) enum WeightedObjects<'t> {
    View(View),
    Operating(&'t OperatingTable, Operating),
    Ece(&'t CalibrationTable),
}

impl<'a> ObjectTables<'a> {
    /// Nothing computed yet.
    pub fn new(data: &'a CellData<'a>, objects: &'a Objects<'a>) -> Self {
        Self {
            data,
            objects,
            coco: OnceCell::new(),
            voc: OnceCell::new(),
            operating: OnceCell::new(),
            calibration: OnceCell::new(),
        }
    }

    pub fn weighted(&self, figure: ObjectFigure) -> Result<WeightedObjects<'_>, Unscorable> {
        Ok(match figure {
            ObjectFigure::Coco { slot, .. } => WeightedObjects::View(self.coco()?.view(slot)),
            ObjectFigure::Voc(Points::Eleven) => WeightedObjects::View(self.voc()?.view(VocVersion::Voc07)),
            ObjectFigure::Voc(Points::All) => WeightedObjects::View(self.voc()?.view(VocVersion::Voc12)),
            ObjectFigure::Operating(which) => WeightedObjects::Operating(self.operating()?, which),
            ObjectFigure::Ece => WeightedObjects::Ece(self.calibration()),
        })
    }

    /// The views of some of COCO's figures, in their order. They come from the tables of some categories at a time, each built
    /// once for all of `slots`, as the table of all categories would take three times the memory.
    pub fn views(&self, slots: &[usize]) -> Result<Vec<View>, Unscorable> {
        let batches = Batches::new(self.data.categories, self.objects.detections);
        let slices = batches.slices();
        if slots.is_empty() || slices.len() < 2 {
            return slots.iter().map(|&slot| Ok(self.coco()?.view(slot))).collect();
        }
        let (data, objects) = (self.data, self.objects);
        let of_batch = |categories: &[Category]| {
            let table = objects.table(data, categories, &batches.detections(categories))?;
            Ok(slots.iter().map(|&slot| table.view(slot)).collect())
        };
        let of_batches: Vec<Vec<View>> = slices.into_par_iter().map(of_batch).collect::<Result<_, Unscorable>>()?;
        let mut of_slots: Vec<Vec<View>> = slots.iter().map(|_| Vec::with_capacity(of_batches.len())).collect();
        for batch in of_batches {
            of_slots.iter_mut().zip(batch).for_each(|(views, view)| views.push(view));
        }
        Ok(of_slots.into_iter().map(View::joined).collect())
    }

    /// The figures of the metrics that are means over categories, in the order of [`metric::ALL`]; `None` of the others. They
    /// come from the tables of some categories at a time, each gone before the next.
    pub fn means(&self) -> Result<Vec<Option<Values>>, Unscorable> {
        let batches = Batches::new(self.data.categories, self.objects.detections);
        let once = vec![1; self.data.images.len()];
        let (data, objects) = (self.data, self.objects);
        let of_batch = |categories: &[Category]| {
            let some = CellData { categories, ..*data };
            let objects = Objects { detections: &batches.detections(categories), ..*objects };
            let tables = ObjectTables::new(&some, &objects);
            let mean = |metric: &&Metric| match mean_of(metric) {
                Some(figure) => Ok(tables.weighted(figure)?.values(&once).per_category),
                None => Ok(Vec::new()),
            };
            metric::ALL.iter().map(mean).collect()
        };
        let means: Vec<Vec<_>> = batches.slices().into_par_iter().map(of_batch).collect::<Result<_, Unscorable>>()?;
        let of_metric = |(at, metric): (usize, &&Metric)| {
            mean_of(metric).map(|_| Values::mean_of(means.iter().flat_map(|batch| &batch[at]).copied().collect()))
        };
        Ok(metric::ALL.iter().enumerate().map(of_metric).collect())
    }

    pub fn image(&self, image: usize) -> ImageScore {
        let Objects { similarity, annotations, detections, min_confidence } = *self.objects;
        let matches = match_claims(similarity, &annotations.of(image), &detections.of(image), min_confidence);
        ImageScore::Objects { f1: matches.f1(), missed: matches.missed.len() }
    }

    fn coco(&self) -> Result<&MatchTable, Unscorable> {
        let build = || self.objects.table(self.data, self.data.categories, self.objects.detections);
        self.coco.get_or_init(build).as_ref().map_err(Clone::clone)
    }

    fn voc(&self) -> Result<&VocTable, Unscorable> {
        let Objects { similarity, annotations, detections, .. } = *self.objects;
        let build = || VocTable::build(similarity, self.data.images, self.data.categories, annotations, detections);
        self.voc.get_or_init(build).as_ref().map_err(Clone::clone)
    }

    /// Detections from which they count, each right or not.
    fn calibration(&self) -> &CalibrationTable {
        self.calibration.get_or_init(|| {
            let Objects { similarity, annotations, detections, min_confidence } = *self.objects;
            let graded = |image: usize| {
                let detections = detections.of(image);
                let matches = match_claims(similarity, &annotations.of(image), &detections, min_confidence);
                let grade = |at: usize, is_right| Graded { image, score: detections[at].score, is_right };
                let right = matches.found.iter().map(|&at| grade(at, true));
                right.chain(matches.spurious.iter().map(|&at| grade(at, false))).collect::<Vec<_>>()
            };
            CalibrationTable::new((0..self.data.images.len()).flat_map(graded).collect())
        })
    }

    fn operating(&self) -> Result<&OperatingTable, Unscorable> {
        let Objects { similarity, annotations, detections, min_confidence } = *self.objects;
        let CellData { images, categories, .. } = *self.data;
        let build = || OperatingTable::build(similarity, images, categories, annotations, detections, min_confidence);
        self.operating.get_or_init(build).as_ref().map_err(Clone::clone)
    }
}

impl Objects<'_> {
    /// The match table of some categories and of what was found of them.
    fn table(
        &self,
        data: &CellData<'_>,
        categories: &[Category],
        detections: &(impl PerImage<Detection> + ?Sized),
    ) -> Result<MatchTable, Unscorable> {
        MatchTable::build_with(&self.params(data), data.images, categories, self.annotations, detections)
    }

    /// What the suite sets of COCO's evaluation.
    pub(super) fn params(&self, data: &CellData<'_>) -> Params {
        let Settings { max_dets, area_ranges, .. } = data.settings;
        Params { similarity: self.similarity, max_dets, area_ranges }
    }
}

impl WeightedObjects<'_> {
    pub fn values(&self, weights: &[u32]) -> Values {
        match self {
            Self::View(view) => Values::mean_of(view.weighted(weights)),
            Self::Operating(table, which) => operating(table, *which, weights),
            Self::Ece(table) => Values { all: table.error(weights), per_category: Vec::new() },
        }
    }
}

/// The figure of a metric that is a mean over categories.
fn mean_of(metric: &Metric) -> Option<ObjectFigure> {
    match metric.origin {
        Origin::Objects(figure) => Some(figure).filter(|_| metric.is_mean_over_categories()),
        Origin::Classes(_)
        | Origin::Agreement(_)
        | Origin::Parity(_)
        | Origin::Speed(_)
        | Origin::Summary(_)
        | Origin::Data(_) => None,
    }
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
