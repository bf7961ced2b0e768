//! Time: calls of models that are made to be timed, the models of a dataset in turn, after all answers are there. What is kept
//! of earlier runs is no measure, and neither is a run that does ten things at once.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use image::RgbImage;

use super::image_file::decode;
use super::predictions::Predictions;
use super::timed::{Timed, Times};
use crate::condition::Condition;
use crate::dataset::Dataset;
use crate::detection::ImageRecord;
use crate::failure::{Failure, FailureKind, Measured};
use crate::plan::{Against, Case, Plan};
use crate::position::{DatasetAt, ModelAt};
use crate::predict::{CategoryMap, Frame, FrameError, Predictor};
use crate::run::context::Context;
use crate::score::CallTimes;
use crate::stopwatch::Stopwatch;

/// Calls before those that are timed: caches fill, engines choose their kernels.
const WARM_UP: usize = 10;

/// Times the models that `cases` ask about and that were not timed before.
pub fn time_models(plan: &Plan, cases: &[Case], context: &Context<'_>, predictions: &mut Predictions) {
    let mut wanted: BTreeMap<DatasetAt, BTreeSet<ModelAt>> = BTreeMap::new();
    for case in cases.iter().filter(|case| case.read.speed().is_some()) {
        let reference = match &case.other {
            Some(Against::Reference { model, .. }) => Some(*model),
            Some(Against::Baseline) | None => None,
        };
        wanted.entry(case.dataset).or_default().extend(case.model.into_iter().chain(reference));
    }
    for (dataset, models) in wanted {
        let is_missing = |model: &ModelAt| !predictions.times.contains_key(&(*model, dataset));
        // A model that was timed alone is timed again: times are compared within a turn.
        if models.iter().any(is_missing) {
            let times = time_dataset(plan, dataset, models, context, predictions);
            predictions.times.extend(times);
        }
    }
}

fn time_dataset(
    plan: &Plan,
    dataset: DatasetAt,
    models: BTreeSet<ModelAt>,
    context: &Context<'_>,
    predictions: &Predictions,
) -> Times {
    let planned = &plan.datasets[dataset];
    let (mut times, mut timed) = (Times::new(), Vec::new());
    for model in models {
        let failure = planned.state.as_ref().err().or(predictions.dataset_failures[dataset].as_ref());
        let failure =
            failure.or(plan.models[model].state.as_ref().err()).or(predictions.model_failures[model].as_ref());
        let clean = plan.clean_cell(model, dataset);
        match (failure, &plan.models[model].state, clean) {
            (None, Ok(predictor), Some(clean)) if !context.is_offline => {
                timed.push(Turn::new(model, &**predictor, &plan.cells[clean].categories, context));
            }
            (Some(failure), _, _) => {
                times.insert((model, dataset), Measured::Blocked(format!("blocked: {}", failure.message)));
            }
            _ => {
                let failure = Failure::new(FailureKind::Inference, NOT_ASKED.to_owned());
                times.insert((model, dataset), Measured::Failed(failure));
            }
        }
    }
    if let Some(data) = planned.state.as_ref().ok().filter(|data| !data.images.is_empty()) {
        let calls = WARM_UP + plan.settings.latency_calls;
        if !timed.is_empty() {
            context.events.timing(timed.len() * calls);
        }
        for call in 0..calls {
            // There and back again: no model always follows the same one.
            let forth = call % 2 == 0;
            for at in 0..timed.len() {
                let at = if forth { at } else { timed.len() - 1 - at };
                timed[at].call(&planned.name, data, call, call >= WARM_UP, context);
            }
        }
    }
    times.extend(timed.into_iter().map(|turn| ((turn.model, dataset), turn.finish())));
    times
}

/// Why there are no times.
const NOT_ASKED: &str = "no model was asked, so that no call could be timed: take out `--offline`";

/// A model and what its calls took so far.
struct Turn<'a> {
    model: ModelAt,
    predictor: &'a dyn Predictor,
    categories: &'a CategoryMap,
    watch: Stopwatch<'a>,
    seconds: Vec<f64>,
    failure: Option<Failure>,
    /// Set once a call failed, or the run was interrupted: what is left would not be compared with as many calls.
    is_over: bool,
}

impl<'a> Turn<'a> {
    fn new(
        model: ModelAt,
        predictor: &'a dyn Predictor,
        categories: &'a CategoryMap,
        context: &'a Context<'_>,
    ) -> Self {
        let mut failure = None;
        if let Err(error) = predictor.reach(context.interrupted) {
            failure = Some(Failure::new(FailureKind::Inference, error.to_string()));
        }
        let is_over = failure.is_some();
        Self {
            model,
            predictor,
            categories,
            watch: Stopwatch::new(context.clock),
            seconds: Vec::new(),
            failure,
            is_over,
        }
    }

    /// One call, with the pictures whose turn it is.
    fn call(&mut self, name: &str, data: &Dataset, call: usize, is_timed: bool, context: &Context<'_>) {
        if self.is_over {
            return;
        }
        if context.is_interrupted() {
            self.failure = Some(Failure::new(FailureKind::Inference, "the run was interrupted".to_owned()));
            self.is_over = true;
            return;
        }
        let batch = self.predictor.batch();
        let image = |at: usize| &data.images[(call * batch + at) % data.images.len()];
        let pictures: Result<Vec<(&ImageRecord, RgbImage)>, FrameError> =
            (0..batch).map(|at| Ok((image(at), decode(image(at))?))).collect();
        let pictures = match pictures {
            Ok(pictures) => pictures,
            Err(error) => return self.fail(&error.to_string()),
        };
        let frames: Vec<Frame<'_>> = pictures
            .iter()
            .map(|(image, pixels)| Frame::new(name, image, &Condition::Clean, move || Ok(Cow::Borrowed(pixels))))
            .collect();
        // The pixels are there: reading files is not the model's work.
        if let Some(error) = frames.iter().find_map(|frame| frame.pixels().err()) {
            return self.fail(&error.to_string());
        }
        let frames: Vec<&Frame<'_>> = frames.iter().collect();
        let unwatched = Stopwatch::new(context.clock);
        let watch = if is_timed { &self.watch } else { &unwatched };
        let before = (context.clock)();
        let answers = self.predictor.predict_batch(&frames, self.categories, context.interrupted, watch);
        let took = (context.clock)().saturating_sub(before).as_secs_f64();
        if let Some(error) = answers.iter().find_map(|answer| answer.as_ref().err()) {
            let error = error.to_string();
            return self.fail(&error);
        }
        if is_timed {
            self.seconds.push(took);
        }
    }

    fn fail(&mut self, reason: &str) {
        self.failure =
            Some(Failure::new(FailureKind::Inference, format!("a call that was to be timed failed: {reason}")));
        self.is_over = true;
    }

    fn finish(self) -> Measured<Timed> {
        match self.failure {
            Some(failure) => Measured::Failed(failure),
            None => Measured::Value(Timed {
                calls: CallTimes::new(self.seconds, self.predictor.batch()),
                phases: self.watch.spent(),
            }),
        }
    }
}
