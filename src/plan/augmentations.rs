//! What models were trained with, bound to the cells that ask whether it helped.

use toml::Spanned;
use toml::de::DeValue;

use super::{Plan, PlannedAugmentation};
use crate::entry::{NotFound, find};
use crate::file;
use crate::perturb::{AUGMENTATIONS, Augmentation, in_readme};
use crate::position::{CellAt, ConditionAt, DatasetAt, ModelAt};
use crate::predict::{SAME_MODEL, TRAINING};
use crate::spec::{Diagnostic, Diagnostics, Mistake, Section, Spec, TableReader, Value, deserialize, list_of};

/// `trained_with`: a list of augmentations, or the path of an export's `README.roboflow.txt`.
enum TrainedWith {
    Names(Vec<Spanned<String>>),
    Readme(String),
}

/// The augmentations to be checked of all models that say what they were trained with, and notes on what cannot be asked.
pub fn planned(spec: &Spec<'_>, plan: &Plan, diagnostics: &mut Diagnostics) -> (Vec<PlannedAugmentation>, Vec<String>) {
    let (mut planned, mut notes) = (Vec::new(), Vec::new());
    let declares = |section: &&Section<'_>| section.table.get("trained_with").is_some();
    let silent: Vec<&str> = spec
        .models
        .iter()
        .filter(|section| !declares(section))
        .map(|section| section.name.get_ref().as_str())
        .collect();
    // Read here and not with the model: it is asked of pairs of models, which are all open only now.
    for section in &spec.models {
        let mut reader = TableReader::new(&section.table, TRAINING, diagnostics);
        let reference = reader.optional::<String>("reference");
        let Some(trained_with) = reader.with("trained_with", read) else {
            if let Some(reference) = reference {
                let message = format!("`reference` of {} has no meaning without `trained_with`", section.table.title);
                diagnostics.push(Diagnostic::new(reference.span(), message).help("add `trained_with = [...]`"));
            }
            continue;
        };
        let name = section.name.get_ref();
        // A model that extends the one it is the reference of takes its keys: they are the other's.
        if section.table.is_variant() && reference.as_ref().is_some_and(|reference| reference.get_ref() == name) {
            continue;
        }
        let Some(augmentations) = named(spec, name, &trained_with, &mut notes, diagnostics) else { continue };
        let Some(reference) = reference_of(spec, section, reference, &silent, trained_with.span(), diagnostics) else {
            continue;
        };
        let (Some(model), Some(other)) = (position(plan, name), position(plan, &reference)) else { continue };
        if plan.is_same_model(model, other) {
            let message = format!("model `{name}` is compared with itself: `{reference}` is {SAME_MODEL}");
            let help = "name the file of a model that was trained without";
            diagnostics.push(Diagnostic::new(trained_with.span(), message).help(help));
            continue;
        }
        for augmentation in augmentations {
            let bound = bind(plan, model, other, augmentation);
            // A note, no mistake: a model may be trained with more than a spec asks about.
            if bound.is_empty() {
                notes.push(format!(
                    "model `{name}` was trained with {}, but no perturbation of the spec asks whether that helped",
                    augmentation.name
                ));
            }
            planned.extend(bound);
        }
    }
    (planned, notes)
}

fn position(plan: &Plan, name: &str) -> Option<ModelAt> {
    plan.models.find(|model| model.name == name)
}

fn read(value: &Value<'_>) -> Result<TrainedWith, Mistake> {
    match value.get_ref() {
        DeValue::String(text) if text.ends_with(".txt") => deserialize(value).map(TrainedWith::Readme),
        DeValue::String(_) | DeValue::Array(_) => list_of(value).map(TrainedWith::Names),
        _ => Err(Mistake::expected("augmentations, or the path of a README.roboflow.txt", value)),
    }
}

fn named(
    spec: &Spec<'_>,
    model: &str,
    trained_with: &Spanned<TrainedWith>,
    notes: &mut Vec<String>,
    diagnostics: &mut Diagnostics,
) -> Option<Vec<&'static Augmentation>> {
    match trained_with.get_ref() {
        TrainedWith::Names(names) => {
            let mut known = |name: &Spanned<String>| {
                find(AUGMENTATIONS, name.get_ref())
                    .map_err(|not_found: NotFound| {
                        let message = format!("unknown augmentation `{}`", not_found.name);
                        diagnostics.push(Diagnostic::new(name.span(), message).help(not_found.help()));
                    })
                    .ok()
            };
            let found: Vec<Option<&'static Augmentation>> = names.iter().map(&mut known).collect();
            found.into_iter().collect()
        }
        TrainedWith::Readme(path) => {
            // Roboflow's degree signs come in more than one encoding.
            let place = spec.source.part(&trained_with.span()).resolve(path);
            let text =
                file::read(&place, file::MOST_OF_A_TEXT).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
            match text {
                Ok(text) => {
                    let (found, others) = in_readme(&text);
                    let other = |sentence| format!("{path}: nothing here asks about \"{sentence}\" (model `{model}`)");
                    notes.extend(others.into_iter().map(other));
                    if found.is_empty() {
                        notes.push(format!("{path} lists no augmentation (model `{model}`)"));
                    }
                    Some(found)
                }
                Err(error) => {
                    let message = format!("cannot read {path}: {error}");
                    let help = "name the README.roboflow.txt of the export that the model was trained on";
                    diagnostics.push(Diagnostic::new(trained_with.span(), message).help(help));
                    None
                }
            }
        }
    }
}

/// The model that was trained without: the one named, or the only one that says nothing.
fn reference_of(
    spec: &Spec<'_>,
    section: &Section<'_>,
    reference: Option<Spanned<String>>,
    silent: &[&str],
    span: std::ops::Range<usize>,
    diagnostics: &mut Diagnostics,
) -> Option<String> {
    let models = || spec.models.iter().map(|model| model.name.get_ref().as_str());
    let Some(reference) = reference else {
        if let [only] = silent {
            return Some((*only).to_owned());
        }
        let message =
            format!("{} says what it was trained with, but not against which model to compare", section.table.title);
        diagnostics.push(Diagnostic::new(span, message).help("add `reference = \"...\"`: a model trained without"));
        return None;
    };
    let name = reference.get_ref();
    if name == section.name.get_ref() {
        let message = format!("`{name}` is {} itself", section.table.title);
        diagnostics.push(Diagnostic::new(reference.span(), message).help("name a model that was trained without"));
        return None;
    }
    if !models().any(|model| model == name) {
        let not_found = NotFound::among(name, models().filter(|model| model != section.name.get_ref()));
        let message = format!("`{name}` is no other model of the spec");
        diagnostics.push(Diagnostic::new(reference.span(), message).help(not_found.help()));
        return None;
    }
    Some(name.clone())
}

/// One audit per dataset that both models are run on.
fn bind(
    plan: &Plan,
    model: ModelAt,
    reference: ModelAt,
    augmentation: &'static Augmentation,
) -> Vec<PlannedAugmentation> {
    let tried = |at: &ConditionAt| augmentation.is_tried_by(plan.conditions[*at].steps());
    let conditions: Vec<ConditionAt> = plan.conditions.positions().filter(tried).collect();
    let of = |dataset: DatasetAt| {
        let cells = |model: ModelAt| {
            let cells = conditions.iter().map(|&condition| plan.cell(model, dataset, condition));
            cells.collect::<Option<Vec<CellAt>>>().filter(|cells| !cells.is_empty())
        };
        let (cells, reference_cells) = (cells(model)?, cells(reference)?);
        Some(PlannedAugmentation { model, reference, dataset, augmentation: augmentation.name, cells, reference_cells })
    };
    plan.datasets.positions().filter_map(of).collect()
}
