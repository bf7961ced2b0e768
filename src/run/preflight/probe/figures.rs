//! What answers come to on a few images.

use crate::answer::{Answer, Scores};
use crate::dataset::Dataset;
use crate::detection::{Annotation, Category, Detection, ImageRecord};
use crate::eval::{Interval, Resamples, Similarity, Unscorable};
use crate::metric::{self, Settings};
use crate::score::{CellData, CellTables, Classes, Content, Objects};
use crate::task::Task;

/// Resamples of a difference: some are left in each tail of the narrowest interval.
const RESAMPLES: usize = 2000;

/// The seed of the resamples.
const SEED: u64 = 0;

/// The figure of a preprocessing on some images, and on resamples of them.
pub struct Figures {
    pub found: f64,
    draws: Vec<Option<f64>>,
}

impl Figures {
    /// Those of `answers` to the `chosen` images of a dataset.
    pub fn measured(task: Task, data: &Dataset, chosen: &[usize], answers: &[&Answer]) -> Result<Self, String> {
        let images: Vec<ImageRecord> = chosen.iter().map(|&at| data.images[at].clone()).collect();
        let annotations: Vec<Vec<Annotation>> = chosen.iter().map(|&at| data.annotations[at].clone()).collect();
        let detections: Vec<Vec<Detection>> = answers
            .iter()
            .map(|answer| match answer {
                Answer::Objects(found) => found.clone(),
                Answer::Scores(_) => Vec::new(),
            })
            .collect();
        let scores: Vec<Scores> = answers
            .iter()
            .filter_map(|answer| match answer {
                Answer::Objects(_) => None,
                Answer::Scores(scores) => Some(scores.clone()),
            })
            .collect();
        let min_confidence = Settings::default().min_confidence.into();
        let (name, content) = match task {
            Task::Detect => {
                let similarity = Similarity::of(task);
                (
                    "map50",
                    Content::Objects(Objects {
                        similarity,
                        annotations: &annotations,
                        detections: &detections,
                        min_confidence: &min_confidence,
                    }),
                )
            }
            Task::Classify => ("top1", Content::Classes(Classes { annotations: &annotations, answers: &scores })),
        };
        let measure = metric::named(task, name).ok_or_else(|| format!("there is no metric `{name}`"))?;
        let data = CellData {
            images: &images,
            categories: &data.categories,
            content,
            stability: None,
            settings: Settings::default(),
        };
        let tables = CellTables::new(&data);
        let unscorable = |error: Unscorable| error.to_string();
        let found = tables.values(measure).map_err(unscorable)?.all.ok_or_else(|| "no label to find".to_owned())?;
        let resamples = Resamples::new(images.len(), RESAMPLES, SEED);
        let draws = tables.draws(&[measure], &resamples).map_err(unscorable)?;
        let draws = draws.into_iter().flatten().map(|values| values.all).collect();
        Ok(Self { found, draws })
    }

    /// By how much it lies above another on the same images.
    pub fn above(&self, other: &Self, level: f64) -> Option<Interval> {
        let pairs = self.draws.iter().zip(&other.draws);
        let differences: Vec<f64> = pairs.filter_map(|(one, other)| Some((*one)? - (*other)?)).collect();
        Interval::bias_corrected(&differences, self.found - other.found, level)
    }
}

/// AP50 as configured, of objects by whatever name.
pub fn as_one(task: Task, data: &Dataset, found: &[(usize, &[Detection])]) -> Option<f64> {
    let images: Vec<ImageRecord> = found.iter().map(|(at, _)| data.images[*at].clone()).collect();
    let nameless = |one: &Annotation| Annotation { category_id: 0, ..one.clone() };
    let annotations: Vec<Vec<Annotation>> =
        found.iter().map(|(at, _)| data.annotations[*at].iter().map(nameless).collect()).collect();
    let nameless = |one: &Detection| Detection { category_id: 0, ..one.clone() };
    let detections: Vec<Vec<Detection>> = found.iter().map(|(_, found)| found.iter().map(nameless).collect()).collect();
    let min_confidence = Settings::default().min_confidence.into();
    let data = CellData {
        images: &images,
        categories: &[Category { id: 0, name: String::new() }],
        content: Content::Objects(Objects {
            similarity: Similarity::of(task),
            annotations: &annotations,
            detections: &detections,
            min_confidence: &min_confidence,
        }),
        stability: None,
        settings: Settings::default(),
    };
    CellTables::new(&data).values(metric::named(task, "map50")?).ok()?.all.filter(|_| !images.is_empty())
}
