//! Trying what was found: a dataset that reads, a model that opens and knows what the dataset's categories are.

use std::path::Path;

use windtunnel::dataset::Dataset;
use windtunnel::plan::{Plan, Selection, Unresolved, resolve, scenery};
use windtunnel::run::probe;
use windtunnel::spec::{Diagnostics, Source, load};

use super::draft::{Draft, Model, toml_string};
use crate::surroundings::variable;

/// Images that a model is tried on.
const IMAGES: usize = 16;

/// A model that finds less than this of the objects is not understood: its classes, boxes or pixels are others.
const LEAST_AP50: f64 = 0.05;

/// The plan of a spec's `text`, as if it stood at `file`.
pub fn plan(file: &Path, text: String) -> Result<Plan, String> {
    let source = Source::new(file, text);
    let (spec, mistakes) = load(&source).map_err(|mistakes| mistakes.render(&source, false))?;
    let wanted = Selection { variables: &variable, ..Selection::default() };
    resolve(&spec, mistakes, &wanted).map_err(|error| match error {
        Unresolved::Invalid(mistakes) => mistakes.render(&source, false),
        Unresolved::NothingSelected => "it has no case".to_owned(),
    })
}

/// Reads the draft's dataset.
pub fn dataset(file: &Path, draft: &Draft) -> Result<Dataset, String> {
    let source = Source::new(file, draft.bare());
    let (spec, mistakes) = load(&source).map_err(|mistakes| mistakes.render(&source, false))?;
    // The draft has no model yet; of its mistakes only those of the dataset count here.
    drop(mistakes);
    let (datasets, _) = scenery(&spec, Diagnostics::default()).map_err(|mistakes| mistakes.render(&source, false))?;
    let Some(planned) = datasets.into_iter().next() else { return Err("it has no dataset".to_owned()) };
    let data = planned.state.map_err(|failure| failure.message)?;
    let has_objects = data.categories.iter().any(|category| data.ground_truths(category.id) > 0);
    if has_objects || !data.is_labelled { Ok(data) } else { Err("no image has a label".to_owned()) }
}

/// Opens `model` with the draft's dataset, with what it takes to understand it; why it is not, else.
pub fn model(file: &Path, draft: &Draft, model: &Model, data: &Dataset) -> Result<Model, String> {
    let mut reasons = Vec::new();
    for lines in labels(data) {
        let tried = Model { lines, ..model.clone() };
        match opened(file, draft, tried) {
            Ok(model) => return Ok(model),
            Err(reason) => reasons.push(reason),
        }
    }
    Err(reasons.into_iter().next().unwrap_or_default())
}

/// Ways to name a model's classes: as its file does, as COCO does, as the dataset does.
fn labels(data: &Dataset) -> Vec<Vec<String>> {
    let mut categories: Vec<_> = data.categories.iter().collect();
    categories.sort_by_key(|category| category.id);
    let names = categories.iter().map(|category| toml_string(&category.name)).collect::<Vec<_>>().join(", ");
    if !data.is_labelled {
        return vec![Vec::new(), vec!["labels = \"coco\"".to_owned()]];
    }
    let guessed =
        "# The file names no classes; these are the dataset's, in the order of their ids. Is that the model's order?";
    vec![Vec::new(), vec!["labels = \"coco\"".to_owned()], vec![guessed.to_owned(), format!("labels = [{names}]")]]
}

fn opened(file: &Path, draft: &Draft, model: Model) -> Result<Model, String> {
    let with = |model: Model| Draft {
        name: draft.name.clone(),
        dataset: draft.dataset.clone(),
        limit: draft.limit,
        min_images: 1,
        models: vec![model],
    };
    let trial = with(model);
    let plan = plan(file, trial.bare())?;
    for planned in &plan.models {
        planned.state.as_ref().map_err(|failure| failure.message.clone())?;
    }
    let probes = probe(&plan, IMAGES).map_err(|error| error.to_string())?;
    let mut model = trial.models.into_iter().next().unwrap_or_else(|| unreachable!("one model was put in"));
    for probe in &probes {
        let better = probe.better();
        let best = better.unwrap_or(&probe.configured);
        match &best.ap50 {
            Ok(ap50) if *ap50 >= LEAST_AP50 => {}
            Ok(ap50) => {
                return Err(format!(
                    "it opens, but finds nearly nothing that the labels show (AP50 {ap50:.2} on {} images): are its \
                     classes others, or is it made for other pictures?",
                    probe.images
                ));
            }
            Err(reason) => return Err(reason.clone()),
        }
        if let Some(better) = better {
            let default = probe.configured.ap50.as_ref().copied().unwrap_or_default();
            let ap50 = best.ap50.as_ref().copied().unwrap_or_default();
            model.lines.push(format!(
                "# On {} images: AP50 {ap50:.2} with these pixels, {default:.2} with those of the format's habit.",
                probe.images
            ));
            model.lines.extend(better.lines.iter().cloned());
        }
    }
    Ok(model)
}
