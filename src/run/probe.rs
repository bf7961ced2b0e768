//! Probe: a few images through every plausible preprocessing of a model, to see which one the labels speak for. The most
//! common cause of a low mAP is a preprocessing that the network was not trained with.

use std::borrow::Cow;
use std::sync::atomic::AtomicBool;

use image::RgbImage;
use rayon::prelude::*;

use super::image_file::decode;
use super::preview::spread;
use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::detection::{Annotation, Detection, ImageRecord};
use crate::entry::find;
use crate::failure::Measured;
use crate::metric::{self, Settings};
use crate::plan::{Cell, Plan};
use crate::predict::{CategoryMap, Frame, FrameError, PredictError, Variant};
use crate::score::{CellData, score_cell};

/// What came of one model on one dataset.
pub struct Probe {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
    /// How many images were looked at.
    pub images: usize,
    /// The preprocessing of the spec.
    pub configured: Trial,
    /// The others, best first.
    pub others: Vec<Trial>,
}

/// One preprocessing.
pub struct Trial {
    /// The lines that set it in a spec; none for the configured one.
    pub lines: Vec<String>,
    /// AP at IoU 0.5 over all categories on the images, 0..=1, or why there is none.
    pub ap50: Result<f64, String>,
}

/// How much better another preprocessing must do, as AP50: on a few images chance moves the figure by less.
const CLEARLY: f64 = 0.02;

impl Probe {
    /// The preprocessing to take instead, if the best is clearly better than the configured one: of those that are not
    /// clearly worse than the best, the one that changes least.
    #[must_use]
    pub fn better(&self) -> Option<&Trial> {
        let ap50 = |trial: &Trial| trial.ap50.as_ref().ok().copied();
        let best = ap50(self.others.first()?)?;
        let is_as_good = |trial: &&Trial| ap50(trial).is_some_and(|ap50| ap50 > best - CLEARLY);
        let least = self.others.iter().filter(is_as_good).min_by_key(|trial| trial.lines.len());
        least.filter(|_| best > ap50(&self.configured).unwrap_or(0.0) + CLEARLY)
    }
}

/// Probes every model of the plan that makes pictures ready itself on every dataset it is checked on, on up to `images`
/// images with labels, spread over the dataset.
///
/// # Errors
/// An image cannot be read.
pub fn probe(plan: &Plan, images: usize) -> Result<Vec<Probe>, FrameError> {
    let clean = plan.cells.iter().filter(|cell| plan.conditions[cell.condition].condition.is_clean());
    let mut probes = Vec::new();
    for cell in clean {
        let (model, dataset) = (&plan.models[cell.model], &plan.datasets[cell.dataset]);
        let (Ok(predictor), Ok(data)) = (&model.state, &dataset.state) else { continue };
        let variants = predictor.variants();
        if !variants.is_empty() {
            let samples = Samples::read(&dataset.name, data, images)?;
            probes.push(samples.probe(&model.name, variants, cell));
        }
    }
    Ok(probes)
}

/// Images of a dataset, read.
struct Samples<'a> {
    dataset: &'a str,
    data: &'a Dataset,
    images: Vec<ImageRecord>,
    annotations: Vec<Vec<Annotation>>,
    pictures: Vec<RgbImage>,
}

impl<'a> Samples<'a> {
    fn read(dataset: &'a str, data: &'a Dataset, count: usize) -> Result<Self, FrameError> {
        let labelled: Vec<usize> = (0..data.images.len()).filter(|&at| !data.annotations[at].is_empty()).collect();
        let chosen: Vec<usize> = spread(labelled.len(), count).into_iter().map(|at| labelled[at]).collect();
        let images: Vec<ImageRecord> = chosen.iter().map(|&at| data.images[at].clone()).collect();
        let annotations = chosen.iter().map(|&at| data.annotations[at].clone()).collect();
        let pictures = images.iter().map(decode).collect::<Result<_, FrameError>>()?;
        Ok(Self { dataset, data, images, annotations, pictures })
    }

    fn probe(&self, model: &str, variants: Vec<Variant>, cell: &Cell) -> Probe {
        let trial = |variant: Variant| {
            let ap50 = self.ap50(&variant, &cell.categories);
            Trial { lines: variant.lines, ap50 }
        };
        let mut trials = variants.into_par_iter().map(trial).collect::<Vec<Trial>>().into_iter();
        let unknown = || Trial { lines: Vec::new(), ap50: Err("it has no preprocessing".to_owned()) };
        let configured = trials.next().unwrap_or_else(unknown);
        let mut others: Vec<Trial> = trials.collect();
        let figure = |trial: &Trial| trial.ap50.as_ref().copied().unwrap_or(-1.0);
        others.sort_by(|a, b| figure(b).total_cmp(&figure(a)).then(a.lines.len().cmp(&b.lines.len())));
        let dataset = self.dataset.to_owned();
        Probe { model: model.to_owned(), dataset, images: self.images.len(), configured, others }
    }

    fn ap50(&self, variant: &Variant, categories: &CategoryMap) -> Result<f64, String> {
        let answer = |(image, picture): (&ImageRecord, &RgbImage)| {
            let frame = Frame::new(self.dataset, image, &Condition::Clean, || Ok(Cow::Borrowed(picture)));
            variant.model.predict(&frame, categories, &AtomicBool::new(false))
        };
        let answers = self.images.iter().zip(&self.pictures).map(answer);
        let detections =
            answers.collect::<Result<Vec<Vec<Detection>>, PredictError>>().map_err(|error| error.to_string())?;
        let map50 = find(metric::ALL, "map50").map_err(|not_found| not_found.help())?;
        let cell = CellData {
            images: &self.images,
            categories: &self.data.categories,
            annotations: &self.annotations,
            detections: &detections,
            stability: None,
            settings: Settings::default(),
        };
        match score_cell(&cell) {
            Measured::Value(score) => score.figure(map50, None).ok_or_else(|| "no label to find".to_owned()),
            Measured::Failed(failure) => Err(failure.message),
            Measured::Blocked(reason) => Err(reason),
        }
    }
}
