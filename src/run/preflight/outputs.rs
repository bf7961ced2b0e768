//! The raw outputs of two networks held against each other, where they have one layout.

use std::borrow::Cow;

use crate::condition::Condition;
use crate::plan::Plan;
use crate::position::ModelAt;
use crate::predict::{Apart, Frame, Predictor};
use crate::run::execute::image_file::decode;
use crate::run::pictures::preview::spread;

/// How far the outputs of two networks are apart.
pub enum OutputsApart {
    /// By the output's name.
    Compared(Vec<(String, Apart)>),
    /// Why they cannot be compared.
    Unlike(String),
}

/// Holds the outputs of two models (by name) against each other, on up to `images` clean images of the first dataset that both
/// are run on.
pub fn outputs_apart(plan: &Plan, models: [&str; 2], images: usize) -> OutputsApart {
    match compared(plan, models, images) {
        Ok(outputs) => OutputsApart::Compared(outputs),
        Err(reason) => OutputsApart::Unlike(reason),
    }
}

fn compared(plan: &Plan, models: [&str; 2], images: usize) -> Result<Vec<(String, Apart)>, String> {
    let position =
        |name: &str| plan.models.find(|model| model.name == name).ok_or_else(|| format!("there is no model `{name}`"));
    let [one, other] = [position(models[0])?, position(models[1])?];
    let is_run = |model: ModelAt, dataset| plan.clean_cell(model, dataset).is_some();
    let shared = plan.datasets.positions().find(|&dataset| is_run(one, dataset) && is_run(other, dataset));
    let dataset = shared.ok_or("the models have no dataset in common")?;
    let data = plan.datasets[dataset].state.as_ref().map_err(|failure| failure.message.clone())?;
    let opened = |model: ModelAt| plan.models[model].state.as_ref().map_err(|f| f.message.clone());
    let (one, other) = (opened(one)?, opened(other)?);
    let mut apart: Vec<(String, Apart)> = Vec::new();
    for at in spread(data.images.len(), images) {
        let image = &data.images[at];
        let pixels = decode(image).map_err(|error| error.to_string())?;
        let frame =
            || Frame::new(&plan.datasets[dataset].name, image, &Condition::Clean, || Ok(Cow::Borrowed(&pixels)));
        let not_here = || "they are only at hand of networks that run in this program".to_owned();
        let outputs =
            |model: &dyn Predictor| model.outputs(&frame()).ok_or_else(not_here)?.map_err(|error| error.to_string());
        let (ours, theirs) = (outputs(&**one)?, outputs(&**other)?);
        if ours.len() != theirs.len() {
            return Err(format!("one has {} outputs, the other {}", ours.len(), theirs.len()));
        }
        for ((name, ours), (called, theirs)) in ours.iter().zip(&theirs) {
            if ours.shape != theirs.shape {
                return Err(format!(
                    "`{name}` is {:?}, and `{called}` of the other is {:?}: two layouts",
                    ours.shape, theirs.shape
                ));
            }
            let found = ours.apart(theirs);
            match apart.iter_mut().find(|(known, _)| known == name) {
                Some((_, apart)) => *apart = apart.or(found),
                None => apart.push((name.clone(), found)),
            }
        }
    }
    Ok(apart)
}
