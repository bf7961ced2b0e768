//! Engines held against each other: a few frames of every dataset through both, before a run.

use std::borrow::Cow;

use crate::condition::Condition;
use crate::plan::Plan;
use crate::predict::{Agreement, AgreementError, Frame, FrameError, Variables};
use crate::run::execute::image_file::decode;
use crate::run::pictures::preview::spread;

/// What the engines of a model say of a dataset's images.
pub struct EngineTrial {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
    /// What came of it, or why it could not be tried.
    pub outcome: Result<Agreement, AgreementError>,
}

/// Tries every model that more than one engine can run, on up to `images` images of every dataset that it is checked on,
/// spread over the dataset.
///
/// # Errors
/// An image cannot be read.
pub fn engine_trials(plan: &Plan, images: usize, variables: Variables<'_>) -> Result<Vec<EngineTrial>, FrameError> {
    let clean = plan.cells.iter().filter(|cell| plan.conditions[cell.condition].condition.is_clean());
    let mut trials = Vec::new();
    for cell in clean {
        let (model, dataset) = (&plan.models[cell.model], &plan.datasets[cell.dataset]);
        let (Ok(predictor), Ok(data)) = (&model.state, &dataset.state) else { continue };
        let chosen = spread(data.images.len(), images).into_iter().map(|at| &data.images[at]);
        let pictures =
            chosen.map(|image| decode(image).map(|pixels| (image, pixels))).collect::<Result<Vec<_>, FrameError>>()?;
        let frames: Vec<Frame<'_>> = pictures
            .iter()
            .map(|(image, pixels)| {
                Frame::new(&dataset.name, image, &Condition::Clean, move || Ok(Cow::Borrowed(pixels)))
            })
            .collect();
        let frames: Vec<&Frame<'_>> = frames.iter().collect();
        if let Some(outcome) = predictor.agreement(&frames, &cell.categories, variables) {
            trials.push(EngineTrial { model: model.name.clone(), dataset: dataset.name.clone(), outcome });
        }
    }
    Ok(trials)
}
