//! Opening what a spec names: datasets are read, models opened and matched with every dataset's categories.

use std::collections::HashSet;

use super::min_confidence;
use super::unusable::Unusable;
use super::{PlannedBaseline, PlannedDataset, PlannedModel, PlannedSplit};
use crate::baseline::Baseline;
use crate::condition::Condition;
use crate::dataset::{self, Dataset, Opened};
use crate::detection::Category;
use crate::entry::find;
use crate::failure::{Failure, FailureKind};
use crate::position::{DatasetAt, List, ModelAt};
use crate::predict::{self, CategoryMap, Opener, Predictor, PredictorError, Variables, Vocabulary};
use crate::spec::{Diagnostic, Diagnostics, Key, Place, Section, Spec, TableReader};
use crate::task::Task;

/// Reads every dataset. A dataset whose options are wrong is left out, with its mistakes in `diagnostics`; why others cannot
/// be used goes to `unusable`.
pub fn datasets(
    spec: &Spec<'_>,
    diagnostics: &mut Diagnostics,
    unusable: &mut Diagnostics,
) -> List<DatasetAt, PlannedDataset> {
    let readers: Vec<(&Section<'_>, Opened)> = spec
        .datasets
        .iter()
        .filter_map(|section| Some((section, dataset_reader(spec, section, diagnostics)?)))
        .collect();
    readers.into_iter().map(|(section, opened)| planned_dataset(spec, section, &opened, unusable)).collect()
}

fn dataset_reader(spec: &Spec<'_>, section: &Section<'_>, diagnostics: &mut Diagnostics) -> Option<Opened> {
    let kind = section.kind.as_ref()?;
    match find(dataset::ALL, kind.get_ref()) {
        Ok(format) => {
            let keys = dataset::section_keys(format);
            with_options(spec.task, section, "format", &keys, diagnostics, |options| {
                dataset::open(format, spec.task, spec.source, options)
            })
        }
        Err(not_found) => {
            let message = format!("unknown dataset format `{}`", not_found.name);
            diagnostics.push(Diagnostic::new(kind.span(), message).help(not_found.help()));
            None
        }
    }
}

fn planned_dataset(
    spec: &Spec<'_>,
    section: &Section<'_>,
    opened: &Opened,
    unusable: &mut Diagnostics,
) -> PlannedDataset {
    let is_evaluated = opened.is_evaluated;
    let read = opened.read().map_err(|error| Box::new(Unusable::dataset(section, &error)));
    let read = read.and_then(|data| if is_evaluated { enough_images(spec, section, data) } else { Ok(data) });
    let (place, state) = settled(spec, section, read, unusable);
    let others = opened.others().into_iter().map(|(name, opened)| PlannedSplit { name, opened }).collect();
    PlannedDataset { name: section.name.get_ref().clone(), place, state, is_evaluated, others }
}

/// The place of a dataset or model in the spec, and what came of it: of what cannot be used, that of the key to mend, if it
/// is in a file.
fn settled<T>(
    spec: &Spec<'_>,
    section: &Section<'_>,
    found: Result<T, Box<Unusable>>,
    unusable: &mut Diagnostics,
) -> (Place, Result<T, Failure>) {
    let place = spec.source.place(&section.name.span());
    match found {
        Ok(found) => (place, Ok(found)),
        Err(reason) => {
            let Unusable { failure, diagnostic } = *reason;
            let key = &diagnostic.span;
            let place = if spec.source.part(key).is_file() { spec.source.place(key) } else { place };
            unusable.push(diagnostic);
            (place, Err(failure))
        }
    }
}

/// The baseline that the spec names, or the one beside it.
pub fn baseline(spec: &Spec<'_>) -> PlannedBaseline {
    let path = spec.baseline_path();
    PlannedBaseline {
        state: Baseline::read(&path).map_err(|error| Failure::new(FailureKind::Baseline, error.to_string())),
        path: path.display().to_string(),
        is_required: spec.require_baseline,
    }
}

fn enough_images(spec: &Spec<'_>, section: &Section<'_>, dataset: Dataset) -> Result<Dataset, Box<Unusable>> {
    let images = dataset.images.len();
    match &spec.defaults.min_images {
        Some(least) if images < *least.get_ref() => {
            Err(Box::new(Unusable::too_few(section, images, *least.get_ref(), least.span())))
        }
        Some(_) | None => Ok(dataset),
    }
}

/// Opens every model and gets it ready for the conditions of each dataset that it is `run` under, by their names. Models
/// whose options are wrong are left out; why others cannot be used goes to `unusable`.
pub fn models(
    spec: &Spec<'_>,
    datasets: &[PlannedDataset],
    run: &dyn Fn(&str, &str) -> Vec<Condition>,
    variables: Variables<'_>,
    diagnostics: &mut Diagnostics,
    unusable: &mut Diagnostics,
) -> List<ModelAt, PlannedModel> {
    let mut openers: Vec<(&Section<'_>, Box<dyn Opener>)> =
        spec.models.iter().filter_map(|section| Some((section, model_opener(spec, section, diagnostics)?))).collect();
    let secrets: Vec<String> = openers.iter().flat_map(|(_, opener)| opener.secrets()).collect();
    for (_, opener) in &mut openers {
        opener.withhold(&secrets);
    }
    openers
        .into_iter()
        .map(|(section, opener)| {
            let conditions = |dataset: &str| run(section.name.get_ref(), dataset);
            let mut unset = opener.secrets();
            unset.retain(|variable| variables(variable).is_none_or(|value| value.trim().is_empty()));
            unset.sort();
            unset.dedup();
            let opened = open(spec.task, opener, datasets, &conditions, variables)
                .map_err(|error| Box::new(Unusable::model(section, error)));
            let (place, state) = settled(spec, section, opened, unusable);
            let min_confidence = min_confidence::read(spec, section, diagnostics);
            PlannedModel { name: section.name.get_ref().clone(), place, state, unset, min_confidence }
        })
        .collect()
}

fn model_opener(spec: &Spec<'_>, section: &Section<'_>, diagnostics: &mut Diagnostics) -> Option<Box<dyn Opener>> {
    let kind = section.kind.as_ref()?;
    match find(predict::ALL, kind.get_ref()) {
        Ok(predictor) => {
            let keys = predict::section_keys(predictor);
            with_options(spec.task, section, "kind", &keys, diagnostics, |options| {
                for key in predict::TRAINING.iter().chain([&predict::MIN_CONFIDENCE]) {
                    options.with(key.name, |_| Ok(()));
                }
                predictor.options(spec.source, options)
            })
        }
        Err(not_found) => {
            let message = format!("unknown kind of model `{}`", not_found.name);
            diagnostics.push(Diagnostic::new(kind.span(), message).help(predict::meant(&not_found)));
            None
        }
    }
}

/// Reads the options of a section; `None` if any of them is wrong.
fn with_options<T>(
    task: Task,
    section: &Section<'_>,
    kind_key: &'static str,
    keys: &[Key],
    diagnostics: &mut Diagnostics,
    read: impl FnOnce(&mut TableReader<'_, '_, '_>) -> Option<T>,
) -> Option<T> {
    let before = diagnostics.len();
    let mut reader = TableReader::new(&section.table, keys, diagnostics).of(task);
    reader.optional::<String>(kind_key);
    let opened = read(&mut reader);
    reader.finish();
    opened.filter(|_| diagnostics.len() == before)
}

fn open(
    task: Task,
    opener: Box<dyn Opener>,
    datasets: &[PlannedDataset],
    conditions: &dyn Fn(&str) -> Vec<Condition>,
    variables: Variables<'_>,
) -> Result<Box<dyn Predictor>, PredictorError> {
    let mut model = opener.open(task, variables)?;
    for dataset in datasets {
        let conditions = conditions(&dataset.name);
        if let (Ok(data), false) = (&dataset.state, conditions.is_empty()) {
            if is_nameless(data) {
                let names = class_names(&*model).ok_or_else(|| nameless(&dataset.name))?;
                model.prepare(&dataset.name, &with_categories(data.clone(), names), &conditions)?;
            } else {
                model.prepare(&dataset.name, data, &conditions)?;
            }
        }
    }
    Ok(model)
}

/// Whether nothing says what may be found in a dataset: it has no labels, and names no categories.
fn is_nameless(data: &Dataset) -> bool {
    !data.is_labelled && data.categories.is_empty()
}

fn nameless(dataset: &str) -> PredictorError {
    PredictorError::Load(format!(
        "dataset `{dataset}` has no labels, and the model does not say beforehand what it finds: list the names of its classes \
         in `categories = [...]` of [dataset.{dataset}]"
    ))
}

/// The names of a model's classes, each once; `None` where they are not known before it answers.
fn class_names(model: &dyn Predictor) -> Option<Vec<String>> {
    let Vocabulary::Labels(labels) = model.vocabulary() else { return None };
    let mut seen = HashSet::new();
    Some(labels.iter().filter(|name| seen.insert(name.as_str())).cloned().collect())
}

fn with_categories(mut data: Dataset, names: Vec<String>) -> Dataset {
    data.categories = (1..).zip(names).map(|(id, name)| Category { id, name }).collect();
    data
}

/// Gives datasets without labels that name no categories those of the models that are `run` on them, by their names.
pub fn name_categories(datasets: &mut [PlannedDataset], models: &[PlannedModel], is_run: &dyn Fn(&str, &str) -> bool) {
    for dataset in datasets {
        let Ok(data) = &mut dataset.state else { continue };
        if !is_nameless(data) {
            continue;
        }
        let mut names: Vec<String> = Vec::new();
        for model in models.iter().filter(|model| is_run(&model.name, &dataset.name)) {
            let of_model = model.state.as_ref().ok().and_then(|model| class_names(&**model)).unwrap_or_default();
            let new: Vec<String> = of_model.into_iter().filter(|name| !names.contains(name)).collect();
            names.extend(new);
        }
        data.categories = (1..).zip(names).map(|(id, name)| Category { id, name }).collect();
    }
}

/// Matches a model with a dataset; a mismatch is a mistake of the spec, which can name the classes.
pub fn categories(
    spec: &Spec<'_>,
    model: &PlannedModel,
    dataset: &PlannedDataset,
    diagnostics: &mut Diagnostics,
) -> CategoryMap {
    // What failed is told there, and its cells are never scored.
    let (Ok(predictor), Ok(data)) = (&model.state, &dataset.state) else { return CategoryMap::Ids };
    let labels = match predictor.vocabulary() {
        Vocabulary::Ids => return CategoryMap::Ids,
        Vocabulary::Told => return CategoryMap::of_names(data, spec.task),
        Vocabulary::Labels(labels) => labels,
    };
    CategoryMap::by_name(labels, data, spec.task).unwrap_or_else(|mismatch| {
        let section = spec.models.iter().find(|section| *section.name.get_ref() == model.name);
        let span = section.map_or(0..0, |section| section.name.span());
        let message = format!("model `{}` and dataset `{}`: {mismatch}", model.name, dataset.name);
        let both: Vec<String> = data.categories.iter().map(|c| c.name.clone()).filter(|name| labels.contains(name)).collect();
        let few = match both[..] {
            [] => String::new(),
            _ => format!(
                ", keep what both have with `categories = [{}]` in [dataset.{}]",
                both.iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", "),
                dataset.name
            ),
        };
        let help = format!(
            "classes are matched by name; the model's are {}: set `labels = [...]` or `rename = {{ theirs = \"ours\" }}` where \
             they are named differently{few}, or give the checks a `model` and a `dataset` that belong together",
            shown(labels)
        );
        diagnostics.push(Diagnostic::new(span, message).help(help));
        CategoryMap::Ids
    })
}

/// The first few names of a list.
fn shown(labels: &[String]) -> String {
    const SHOWN: usize = 8;
    let first = labels.iter().take(SHOWN).map(|label| format!("`{label}`")).collect::<Vec<_>>().join(", ");
    if labels.len() > SHOWN { format!("{first}, ... ({} in all)", labels.len()) } else { first }
}
