//! Spec to plan.

use std::collections::BTreeSet;

use glob::Pattern;
use toml::Spanned;

use super::data_checks::needs_no_model;
use super::exclusions::{self, Excluded};
use super::table_metric::of_tables;
use super::{Case, Cell, Conditions, Plan, PlannedDataset, PlannedModel};
use super::{
    accepted, augmentations, ceiling, checks, clean_unseen, conditions, min_confidence, resources, shrunk, slices,
    strangers, times, uneven, viewed, viewless,
};
use crate::digest::Digest;
use crate::entry::find;
use crate::failure::Failure;
use crate::metric;
use crate::position::{CellAt, ConditionAt, DatasetAt, List, ModelAt};
use crate::predict::{SAME_MODEL, Variables, Vocabulary};
use crate::spec::{CheckSpec, Diagnostic, Diagnostics, Section, Source, Spec};

/// Why there is no plan.
#[derive(Debug)]
pub enum Unresolved {
    /// The spec is wrong.
    Invalid(Diagnostics),
    /// The spec is right, but no case's id matches the filter.
    NothingSelected,
}

/// Resamples behind an interval where the spec names none.
const RESAMPLES: usize = 1000;

/// Confidence of an interval where the spec names none.
const CONFIDENCE: f64 = 0.95;

/// What is asked for beside the spec.
#[derive(Clone)]
pub struct Selection<'a> {
    /// Only cases whose id matches one of the patterns are kept, and only the cells that they read; all where empty.
    pub filter: Vec<Pattern>,
    /// Only these cases, by id, where some are named.
    pub only: Option<BTreeSet<String>>,
    /// A seed instead of the spec's.
    pub seed: Option<u64>,
    /// Looks variables of the environment up, for models that need some.
    pub variables: Variables<'a>,
    /// The day (year, month, day), for waivers that end; without it none does.
    pub today: Option<(u16, u8, u8)>,
}

impl Default for Selection<'_> {
    fn default() -> Self {
        Self { filter: Vec::new(), only: None, seed: None, variables: &|_| None, today: None }
    }
}

/// Resolves `spec`; `diagnostics` holds what loading found wrong.
///
/// # Errors
/// Anything is wrong with the spec, or nothing is selected.
pub fn resolve(spec: &Spec<'_>, mut diagnostics: Diagnostics, selection: &Selection<'_>) -> Result<Plan, Unresolved> {
    let metric = default_metric(spec, &mut diagnostics);
    let (conditions, left_out) = conditions::conditions(spec, &mut diagnostics);
    let mut unusable = Diagnostics::default();
    let mut datasets = resources::datasets(spec, &mut diagnostics, &mut unusable);
    // Whether anything has labels is known only once the datasets are read.
    let metric = if spec.defaults.metric.is_none() && has_no_labels(&datasets) { metric::STABILITY } else { metric };
    let excluded = exclusions::excluded(spec, &conditions, &mut diagnostics);
    let idle: Vec<String> =
        datasets.iter().filter(|planned| !planned.is_evaluated).map(|planned| planned.name.clone()).collect();
    let is_idle = |dataset: &str| idle.iter().any(|name| name == dataset);
    let run = |model: &str, dataset: &str| {
        if is_idle(dataset) {
            return Vec::new();
        }
        run_conditions(spec, &excluded, &conditions, model, dataset)
    };
    let run_names = |model: &str, dataset: &str| {
        run(model, dataset).into_iter().map(|condition| conditions[condition].condition.clone()).collect::<Vec<_>>()
    };
    let models = resources::models(spec, &datasets, &run_names, selection.variables, &mut diagnostics, &mut unusable);
    // Pictures without labels have the categories of their models, which are open only now.
    resources::name_categories(&mut datasets, &models, &|model, dataset| !run(model, dataset).is_empty());
    let cells = cells(spec, &models, &datasets, &run, &mut diagnostics);
    let mut plan = Plan {
        name: spec.name.clone(),
        task: spec.task,
        file: spec.source.main().name.clone(),
        digest: digest(spec.source),
        options: spec.source.options(),
        seed: selection.seed.unwrap_or(spec.seed),
        is_seed_given: selection.seed.is_some(),
        notes: unread(spec, &is_idle).into_iter().chain(left_out).collect(),
        is_filtered: false,
        metric,
        settings: settings(spec),
        resamples: spec.defaults.resamples.unwrap_or(RESAMPLES),
        confidence: spec.defaults.confidence.unwrap_or(CONFIDENCE),
        baseline: resources::baseline(spec),
        datasets,
        models,
        unusable,
        conditions,
        cells,
        cases: Vec::new(),
        augmentations: Vec::new(),
        slices: slices::planned(spec, metric, &mut diagnostics),
    };
    // Cases name cells by position, so they are bound to the plan that they become part of.
    plan.cases = checks::bind(spec, &plan, &mut diagnostics);
    bind_augmentations(spec, &mut plan, &mut diagnostics);
    min_confidence::check(spec, &plan, &mut diagnostics);
    end_waivers(&mut plan, selection.today);
    if !diagnostics.is_empty() {
        return Err(Unresolved::Invalid(diagnostics));
    }
    select(&mut plan, selection);
    note(spec, &mut plan);
    if plan.cases.is_empty() { Err(Unresolved::NothingSelected) } else { Ok(plan) }
}

fn bind_augmentations(spec: &Spec<'_>, plan: &mut Plan, diagnostics: &mut Diagnostics) {
    let (planned, notes) = augmentations::planned(spec, plan, diagnostics);
    plan.augmentations = planned;
    plan.notes.extend(notes);
}

/// What people should know of the plan that is left after the selection.
fn note(spec: &Spec<'_>, plan: &mut Plan) {
    let mut notes = same_models(plan);
    notes.extend(ceiling::notes(plan));
    notes.extend(uneven::notes(plan));
    notes.extend(accepted::notes(plan));
    notes.extend(clean_unseen::notes(spec, plan));
    notes.extend(of_models(plan));
    notes.extend(strangers::notes(plan));
    notes.extend(viewless::notes(plan));
    notes.extend(viewed::notes(plan));
    notes.extend(shrunk::notes(plan));
    notes.extend(times::notes(plan));
    plan.notes.extend(notes);
}

/// Whether no dataset that models are run on has labels: tables then show what can be measured without.
fn has_no_labels(datasets: &[PlannedDataset]) -> bool {
    let mut read =
        datasets.iter().filter(|planned| planned.is_evaluated).filter_map(|planned| planned.state.as_ref().ok());
    let first = read.next();
    first.is_some_and(|data| !data.is_labelled) && read.all(|data| !data.is_labelled)
}

/// What models say of the figures that are measured on them.
fn of_models(plan: &Plan) -> Vec<String> {
    let opened = plan.models.iter().filter_map(|model| Some((&model.name, model.state.as_ref().ok()?)));
    let notes =
        opened.flat_map(|(name, model)| model.notes().into_iter().map(move |note| format!("model `{name}`{note}")));
    notes.collect()
}

/// The datasets and conditions of `spec`, without its models and checks; `diagnostics` holds what loading found wrong.
///
/// # Errors
/// Anything is wrong with the spec's datasets or perturbations.
pub fn scenery(
    spec: &Spec<'_>,
    mut diagnostics: Diagnostics,
) -> Result<(List<DatasetAt, PlannedDataset>, Conditions), Diagnostics> {
    let (conditions, _) = conditions::conditions(spec, &mut diagnostics);
    let datasets = resources::datasets(spec, &mut diagnostics, &mut Diagnostics::default());
    if diagnostics.is_empty() { Ok((datasets, conditions)) } else { Err(diagnostics) }
}

/// The names of the classes of the model called `name` in its order, as the dataset would have to call them: none of one that
/// names classes with each object. Only this model is opened.
///
/// # Errors
/// Its options are wrong. Why it cannot be opened is inside.
pub fn vocabulary(
    spec: &Spec<'_>,
    name: &str,
    variables: Variables<'_>,
) -> Result<Result<Vec<String>, Failure>, Diagnostics> {
    let mut alone = spec.clone();
    alone.models.retain(|section| section.name.get_ref() == name);
    let (mut diagnostics, mut unusable) = (Diagnostics::default(), Diagnostics::default());
    let no_run = |_: &str, _: &str| Vec::new();
    let models = resources::models(&alone, &[], &no_run, variables, &mut diagnostics, &mut unusable);
    let Some(model) = models.into_iter().next() else { return Err(diagnostics) };
    Ok(model.state.map(|model| match model.vocabulary() {
        Vocabulary::Labels(labels) => labels.to_vec(),
        Vocabulary::Ids | Vocabulary::Told => Vec::new(),
    }))
}

fn default_metric(spec: &Spec<'_>, diagnostics: &mut Diagnostics) -> &'static metric::Metric {
    let Some(name) = &spec.defaults.metric else { return of_tables(spec) };
    let of_task = metric::of(spec.task);
    let of_one_cell: Vec<&metric::Metric> = of_task.iter().copied().filter(|m| m.is_of_cells()).collect();
    find(&of_one_cell, name.get_ref()).unwrap_or_else(|not_found| {
        let message = match of_task.iter().find(|metric| metric.name == name.get_ref()) {
            Some(metric) if metric.data().is_some() => {
                format!("`{}` is a figure of a dataset; tables show those of models", name.get_ref())
            }
            Some(metric) if metric.speed().is_some() => {
                format!("`{}` is a figure of a model's speed; tables show those of its answers", name.get_ref())
            }
            Some(metric) if metric.parity().is_some() => {
                format!("`{}` is a figure of two models; tables show those of one", name.get_ref())
            }
            Some(_) => format!("`{}` is a figure of many conditions; tables show one of each", name.get_ref()),
            None => format!("unknown metric `{}`", not_found.name),
        };
        diagnostics.push(Diagnostic::new(name.span(), message).help(metric::meant(&not_found)));
        metric::default_of(spec.task)
    })
}

fn digest(source: &Source) -> Digest {
    match source.parts() {
        [only] => Digest::of_bytes(only.text.as_bytes()),
        parts => Digest::of_parts(parts.iter().map(|part| part.text.as_bytes())),
    }
}

fn settings(spec: &Spec<'_>) -> metric::Settings {
    let defaults = metric::Settings::default();
    metric::Settings {
        task: spec.task,
        min_confidence: spec.defaults.min_confidence.unwrap_or(defaults.min_confidence),
        top_k: spec.defaults.top_k.unwrap_or(defaults.top_k),
        latency_calls: spec.defaults.latency_calls.unwrap_or(defaults.latency_calls),
        strictness: spec.defaults.strictness.unwrap_or(defaults.strictness),
        max_dets: spec.defaults.max_dets.unwrap_or(defaults.max_dets),
        area_ranges: spec.defaults.area_ranges.unwrap_or(defaults.area_ranges),
    }
}

/// Says which models are one under several names: tables that compare them would show a difference of nothing.
fn same_models(plan: &Plan) -> Vec<String> {
    let name = |model: ModelAt| &plan.models[model].name;
    let first = |model: ModelAt| (0..model.0).map(ModelAt).find(|&earlier| plan.is_same_model(earlier, model));
    let pairs = plan.models.positions().filter_map(|model| Some((model, first(model)?)));
    pairs.map(|(model, first)| format!("`{}` and `{}` are {SAME_MODEL}", name(first), name(model))).collect()
}

/// Checks whose waiver has ended fail again, and say so.
fn end_waivers(plan: &mut Plan, today: Option<(u16, u8, u8)>) {
    let Some(today) = today else { return };
    let mut notes = Vec::new();
    for case in &mut plan.cases {
        let until = case.waiver.as_ref().and_then(|waiver| waiver.until);
        if let Some(until) = until.filter(|until| (until.year, until.month, until.day) < today) {
            notes.push(format!("{}: `level = \"warn\"` held until {until}; it can fail the run again", case.id));
            case.waiver = None;
        }
    }
    plan.notes.extend(notes);
}

/// The conditions (positions) under which a model is run on a dataset.
fn run_conditions(
    spec: &Spec<'_>,
    excluded: &[Excluded<'_>],
    conditions: &Conditions,
    model: &str,
    dataset: &str,
) -> Vec<ConditionAt> {
    let is_in = |condition: &ConditionAt| !excluded.iter().any(|cells| cells.contains(model, dataset, *condition));
    if is_read(spec, model, dataset) { conditions.positions().filter(is_in).collect() } else { Vec::new() }
}

fn cells(
    spec: &Spec<'_>,
    models: &List<ModelAt, PlannedModel>,
    datasets: &List<DatasetAt, PlannedDataset>,
    run: &dyn Fn(&str, &str) -> Vec<ConditionAt>,
    diagnostics: &mut Diagnostics,
) -> List<CellAt, Cell> {
    let mut cells = Vec::new();
    for (model, planned_model) in models.numbered() {
        for (dataset, planned_dataset) in datasets.numbered() {
            let conditions = run(&planned_model.name, &planned_dataset.name);
            if conditions.is_empty() {
                continue;
            }
            let categories = resources::categories(spec, planned_model, planned_dataset, diagnostics);
            let cell = |condition| Cell { model, dataset, condition, categories: categories.clone() };
            cells.extend(conditions.into_iter().map(cell));
        }
    }
    cells.into()
}

/// Whether any check is about a model on a dataset.
fn is_read(spec: &Spec<'_>, model: &str, dataset: &str) -> bool {
    let is_of = |check: &CheckSpec| {
        names(&check.models, model) || check.reference.as_ref().is_some_and(|reference| reference.get_ref() == model)
    };
    let is_here = |check: &CheckSpec| is_of(check) && names(&check.datasets, dataset);
    spec.checks.iter().any(|check| is_here(check) && !needs_no_model(check))
}

/// Whether a list of names has `name`; an empty one has all.
fn names(list: &[Spanned<String>], name: &str) -> bool {
    list.is_empty() || list.iter().any(|listed| listed.get_ref() == name)
}

/// Models and datasets that no check is about: they are not run, which somebody may not expect.
fn unread(spec: &Spec<'_>, is_idle: &dyn Fn(&str) -> bool) -> Vec<String> {
    let named = |sections: &[Section<'_>]| sections.iter().map(|s| s.name.get_ref().clone()).collect::<Vec<_>>();
    let (models, datasets) = (named(&spec.models), named(&spec.datasets));
    let idle = |what: &str, name: &str| format!("no check is about {what} `{name}`: it is not run");
    let idle_models = models.iter().filter(|model| !datasets.iter().any(|dataset| is_read(spec, model, dataset)));
    let evaluated = datasets.iter().filter(|dataset| !is_idle(dataset));
    let idle_datasets = evaluated.filter(|dataset| !models.iter().any(|model| is_read(spec, model, dataset)));
    idle_models.map(|name| idle("model", name)).chain(idle_datasets.map(|name| idle("dataset", name))).collect()
}

/// Keeps the cases that match, and the cells they need; all where nothing is asked for.
fn select(plan: &mut Plan, selection: &Selection<'_>) {
    let Selection { filter, only, .. } = selection;
    if filter.is_empty() && only.is_none() {
        return;
    }
    plan.is_filtered = true;
    let is_matched = |case: &Case| {
        (filter.is_empty() || filter.iter().any(|pattern| pattern.matches(&case.id)))
            && only.as_ref().is_none_or(|only| only.contains(&case.id))
    };
    // Cases that are corrected together are judged together.
    let families: BTreeSet<usize> =
        plan.cases.iter().filter(|case| is_matched(case)).filter_map(|case| case.family).collect();
    plan.cases.retain(|case| is_matched(case) || case.family.is_some_and(|family| families.contains(&family)));
    // An audit needs all of its cells, which the selected cases may not read.
    plan.augmentations.clear();
    let mut kept: Vec<CellAt> = plan.cases.iter().flat_map(|case| plan.needed_cells(case)).collect();
    kept.sort_unstable();
    kept.dedup();
    let moved = |old: CellAt| kept.binary_search(&old).map(CellAt).expect("every cell that a case reads is kept");
    for case in &mut plan.cases {
        case.renumber(moved);
    }
    plan.cells = kept.iter().map(|&cell| plan.cells[cell].clone()).collect();
}
