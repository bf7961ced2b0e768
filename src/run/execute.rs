//! Execute: every frame made and answered. Images are spread over threads; each is decoded once, perturbed once per
//! condition for all models, and let go before its thread takes the next, so memory holds one image per thread.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use image::RgbImage;

use super::Context;
use crate::dataset::{Dataset, PictureError, decode_picture};
use crate::detection::{BBox, Detection, ImageRecord};
use crate::digest::Digest;
use crate::failure::{Failure, FailureKind, Measured};
use crate::plan::Plan;
use crate::predict::{Frame, FrameError, PredictError, Predictor};

/// The detections of a cell, per image.
pub type Detections = Vec<Vec<Detection>>;

/// What the models answered.
pub struct Predictions {
    /// Per cell of the plan.
    pub cells: Vec<Measured<Detections>>,
    /// Per cell, the time its model took, seconds.
    pub cell_seconds: Vec<f64>,
    /// Reading, decoding and perturbing, seconds.
    pub pixels_seconds: f64,
    /// Per dataset, what turned out to be wrong with its images.
    pub dataset_failures: Vec<Option<Failure>>,
    /// Per dataset, of the image files' content, if they were read.
    pub images_digests: Vec<Option<Digest>>,
    /// Whether the run ended early.
    pub interrupted: bool,
}

/// The cells to fill for one condition of a dataset.
struct Job {
    condition: usize,
    cells: Vec<usize>,
}

/// What came of one image.
#[derive(Default)]
struct ImageOutcome {
    answers: Vec<(usize, Result<Vec<Detection>, PredictError>, f64)>,
    pixels_seconds: f64,
    digest: Option<Digest>,
    failure: Option<FrameError>,
    /// The conditions whose picture is not the clean one, as positions in the plan.
    changed: Vec<usize>,
}

/// Answers every cell of the plan that is not blocked.
pub fn execute(plan: &Plan, context: &Context<'_>) -> Predictions {
    let mut predictions = Predictions {
        cells: plan.cells.iter().map(|cell| Measured::Blocked(plan.blocked(cell).unwrap_or_default())).collect(),
        cell_seconds: vec![0.0; plan.cells.len()],
        pixels_seconds: 0.0,
        dataset_failures: vec![None; plan.datasets.len()],
        images_digests: vec![None; plan.datasets.len()],
        interrupted: false,
    };
    let work: Vec<(usize, &Dataset, Vec<Job>)> = (0..plan.datasets.len())
        .filter_map(|dataset| Some((dataset, plan.datasets[dataset].state.as_ref().ok()?, jobs(plan, dataset))))
        .filter(|(.., jobs)| !jobs.is_empty())
        .collect();
    let calls = |jobs: &[Job]| jobs.iter().map(|job| job.cells.len()).sum::<usize>();
    let images = work.iter().map(|(_, data, _)| data.images.len()).sum();
    context.events.started(images, work.iter().map(|(_, data, jobs)| data.images.len() * calls(jobs)).sum());
    for (dataset, data, jobs) in &work {
        let outcomes = answer_images(plan, *dataset, data, jobs, context);
        gather(plan, *dataset, data, jobs, outcomes, &mut predictions);
    }
    predictions.interrupted = context.is_interrupted();
    predictions
}

fn jobs(plan: &Plan, dataset: usize) -> Vec<Job> {
    let cells_of = |condition: usize| {
        let cells = plan.cells.iter().enumerate();
        cells
            .filter(|(_, cell)| (cell.dataset, cell.condition) == (dataset, condition) && plan.blocked(cell).is_none())
            .map(|(at, _)| at)
            .collect::<Vec<_>>()
    };
    let jobs = (0..plan.conditions.len()).map(|condition| Job { condition, cells: cells_of(condition) });
    jobs.filter(|job| !job.cells.is_empty()).collect()
}

/// Spreads the images over threads; the result is in the order of the images, `None` where the run ended early.
fn answer_images(
    plan: &Plan,
    dataset: usize,
    data: &Dataset,
    jobs: &[Job],
    context: &Context<'_>,
) -> Vec<Option<ImageOutcome>> {
    let outcomes: Vec<OnceLock<ImageOutcome>> = data.images.iter().map(|_| OnceLock::new()).collect();
    let next = AtomicUsize::new(0);
    let broken = AtomicBool::new(false);
    let work = || {
        while !context.is_interrupted() {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(image) = data.images.get(at) else { break };
            let objects = data.annotations[at].iter().map(|annotation| annotation.bbox).collect();
            let worker = Worker { plan, dataset, image, objects, context, broken: &broken };
            if let Some(outcome) = worker.answer(jobs) {
                outcomes[at].set(outcome).unwrap_or_else(|_| unreachable!("each image is taken once"));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..context.threads.clamp(1, data.images.len().max(1)) {
            scope.spawn(work);
        }
    });
    outcomes.into_iter().map(OnceLock::into_inner).collect()
}

/// Answers one image.
struct Worker<'a> {
    plan: &'a Plan,
    dataset: usize,
    image: &'a ImageRecord,
    objects: Vec<BBox>,
    context: &'a Context<'a>,
    /// Set once an image of the dataset has turned out unusable: no figure can come of the dataset any more, so the
    /// rest is only looked through for more such images.
    broken: &'a AtomicBool,
}

impl Worker<'_> {
    /// Answers every job; `None` if the run ended before that.
    fn answer(&self, jobs: &[Job]) -> Option<ImageOutcome> {
        let mut outcome = ImageOutcome::default();
        let decoded: OnceCell<Result<(RgbImage, Digest), FrameError>> = OnceCell::new();
        let decode = || decoded.get_or_init(|| decode(self.image)).as_ref().map_err(Clone::clone);
        if self.broken.load(Ordering::Relaxed) {
            outcome.failure = decode().err();
        } else {
            for job in jobs {
                if self.context.is_interrupted() {
                    return None;
                }
                self.answer_condition(job, &decode, &mut outcome);
                if outcome.failure.is_some() {
                    break;
                }
            }
            if self.context.is_interrupted() {
                return None;
            }
        }
        outcome.digest = decoded.into_inner().and_then(Result::ok).map(|(_, digest)| digest);
        Some(outcome)
    }

    fn answer_condition<'d>(
        &'d self,
        job: &Job,
        decode: &'d (dyn Fn() -> Result<&'d (RgbImage, Digest), FrameError> + 'd),
        outcome: &mut ImageOutcome,
    ) {
        let planned = &self.plan.conditions[job.condition];
        let make = move || {
            let (pixels, _) = decode()?;
            Ok(match &planned.setting {
                None => Cow::Borrowed(pixels),
                Some(setting) => Cow::Owned(setting.apply(self.plan.seed, self.image, pixels, &self.objects)),
            })
        };
        let frame = Frame::new(&self.plan.datasets[self.dataset].name, self.image, &planned.condition, make);
        let models = job.cells.iter().filter_map(|&at| Some((at, self.model(at)?)));
        let models: Vec<(usize, &dyn Predictor)> = models.collect();
        if models.iter().any(|(_, model)| model.needs_pixels()) {
            let (seconds, pixels) = self.timed(|| frame.pixels().map(|_| ()));
            outcome.pixels_seconds += seconds;
            if let Err(error) = pixels {
                self.broken.store(true, Ordering::Relaxed);
                outcome.failure = Some(error);
                return;
            }
        }
        let is_changed = || Some(frame.pixels().ok()?.as_raw() != decode().ok()?.0.as_raw());
        if planned.setting.is_none()
            || !models.iter().any(|(_, model)| model.needs_pixels())
            || is_changed() == Some(true)
        {
            outcome.changed.push(job.condition);
        }
        for (at, model) in models {
            let (seconds, answer) =
                self.timed(|| model.predict(&frame, &self.plan.cells[at].categories, self.context.interrupted));
            if matches!(answer, Err(PredictError::Interrupted)) {
                return;
            }
            outcome.answers.push((at, answer, seconds));
            self.context.events.predicted(1);
        }
    }

    fn model(&self, cell: usize) -> Option<&dyn Predictor> {
        self.plan.models[self.plan.cells[cell].model].state.as_deref().ok()
    }

    fn timed<T>(&self, work: impl FnOnce() -> T) -> (f64, T) {
        let before = (self.context.clock)();
        let result = work();
        ((self.context.clock)().saturating_sub(before).as_secs_f64(), result)
    }
}

/// The pixels of an image file and the digest of its bytes.
pub fn decode(image: &ImageRecord) -> Result<(RgbImage, Digest), FrameError> {
    let fail = |reason: PictureError| FrameError { file_name: image.file_name.clone(), reason: Arc::new(reason) };
    let bytes = std::fs::read(&image.path).map_err(|error| fail(error.into()))?;
    let pixels = decode_picture(&bytes).map_err(fail)?;
    Ok((pixels, Digest::of_bytes(&bytes)))
}

/// Sorts the outcomes of a dataset's images into its cells.
fn gather(
    plan: &Plan,
    dataset: usize,
    data: &Dataset,
    jobs: &[Job],
    outcomes: Vec<Option<ImageOutcome>>,
    predictions: &mut Predictions,
) {
    let done = outcomes.iter().flatten().count();
    let failures: Vec<FrameError> = outcomes.iter().flatten().filter_map(|outcome| outcome.failure.clone()).collect();
    let digests: Option<Vec<&Digest>> = outcomes.iter().map(|outcome| outcome.as_ref()?.digest.as_ref()).collect();
    predictions.images_digests[dataset] =
        digests.map(|digests| Digest::of_parts(digests.into_iter().map(|digest| digest.as_str().as_bytes())));
    let unmeasured = if let Some(failure) = broken_images(&failures) {
        let reason = format!("blocked: dataset `{}`: {}", plan.datasets[dataset].name, failure.message);
        predictions.dataset_failures[dataset] = Some(failure);
        Some(reason)
    } else if done < outcomes.len() {
        Some(format!("interrupted after {done} of {} images", outcomes.len()))
    } else {
        None
    };
    let changed: HashSet<usize> =
        outcomes.iter().flatten().flat_map(|outcome| outcome.changed.iter().copied()).collect();
    let mut cells: Vec<CellAnswers> = plan.cells.iter().map(|_| CellAnswers::default()).collect();
    for (image, outcome) in data.images.iter().zip(outcomes) {
        let Some(outcome) = outcome else { continue };
        predictions.pixels_seconds += outcome.pixels_seconds;
        for (at, answer, seconds) in outcome.answers {
            predictions.cell_seconds[at] += seconds;
            cells[at].add(image, answer);
        }
    }
    for at in jobs.iter().flat_map(|job| job.cells.iter().copied()) {
        predictions.cells[at] = match &unmeasured {
            Some(reason) => Measured::Blocked(reason.clone()),
            None if !changed.contains(&plan.cells[at].condition) => Measured::Failed(idle(plan, at)),
            None => std::mem::take(&mut cells[at]).measured(),
        };
    }
}

/// A check on pictures that are the clean ones could not fail.
fn idle(plan: &Plan, cell: usize) -> Failure {
    let condition = &plan.conditions[plan.cells[cell].condition].condition;
    Failure::new(FailureKind::Vacuous, format!("{condition} changes no picture: set a level that does"))
}

fn broken_images(failures: &[FrameError]) -> Option<Failure> {
    const EXAMPLES: usize = 3;
    let examples = failures.iter().take(EXAMPLES).map(ToString::to_string).collect::<Vec<_>>().join("; ");
    match failures.len() {
        0 => None,
        1 => Some(Failure::new(FailureKind::Dataset, format!("unusable image {examples}"))),
        count => Some(Failure::new(FailureKind::Dataset, format!("{count} unusable images: {examples}"))),
    }
}

/// The answers of one cell, image by image.
#[derive(Default)]
struct CellAnswers {
    detections: Detections,
    failed: usize,
    first_failure: Option<Failure>,
}

impl CellAnswers {
    fn add(&mut self, image: &ImageRecord, answer: Result<Vec<Detection>, PredictError>) {
        match answer {
            Ok(detections) => self.detections.push(detections),
            Err(error) => {
                self.failed += 1;
                let kind = match &error {
                    PredictError::Frame(_) => FailureKind::Dataset,
                    PredictError::Inference(_) | PredictError::Interrupted => FailureKind::Inference,
                    PredictError::Timeout(_) => FailureKind::Timeout,
                    PredictError::NonFinite(_) => FailureKind::NonFinite,
                };
                let failure = || Failure::new(kind, format!("on image {}: {error}", image.file_name));
                self.first_failure.get_or_insert_with(failure);
            }
        }
    }

    fn measured(self) -> Measured<Detections> {
        match self.first_failure {
            None => Measured::Value(self.detections),
            Some(failure) if self.failed == 1 => Measured::Failed(failure),
            Some(failure) => {
                let message = format!("{} (and on {} more images)", failure.message, self.failed - 1);
                Measured::Failed(Failure { message, ..failure })
            }
        }
    }
}
