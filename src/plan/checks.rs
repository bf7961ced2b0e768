//! Checks to cases: names looked up, levels laid out, and everything refused that could not fail.

use std::collections::HashSet;

use toml::Spanned;

use super::claims::{Bounder, never_warns};
use super::model::CLEAN_CONDITION;
use super::reads::{self, Reads, Selector};
use super::{Against, Case, Cell, Plan, PlannedDataset, data_checks, slices};
use crate::dataset::Dataset;
use crate::detection::{Annotation, Category};
use crate::entry::{NotFound, find};
use crate::gate::{self, Claim, Combine};
use crate::metric::{self, Area, Metric, Operating, Source, Summary};
use crate::position::{CellAt, ConditionAt, DatasetAt, ModelAt};
use crate::predict::SAME_MODEL;
use crate::slice::SliceName;
use crate::spec::{Bound, CheckSpec, Correction, Diagnostic, Diagnostics, On, Rule, Section, Span, Spec};

/// The cases of all checks, in the order of the spec. Every check has a case, or a mistake says why not.
pub fn bind(spec: &Spec<'_>, plan: &Plan, diagnostics: &mut Diagnostics) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut ids: HashSet<String> = HashSet::new();
    for (family, check) in spec.checks.iter().enumerate() {
        let Some(metric) = metric_of(check, plan, diagnostics) else { continue };
        let (before, mistakes) = (cases.len(), diagnostics.len());
        let bound = match metric.data() {
            Some(data) => data_checks::cases(spec, plan, check, (metric, data), diagnostics),
            None => (Binder { spec, plan, check, family, metric, diagnostics }).cases(),
        };
        for case in bound {
            if !ids.insert(case.id.clone()) {
                let message = format!("{} repeats the case {}", check.title, case.id);
                let help = "remove one of the two checks, or set them on different conditions, metrics or bounds";
                diagnostics.push(Diagnostic::new(check.span.clone(), message).help(help));
                break;
            }
            cases.push(case);
        }
        if cases.len() == before && diagnostics.len() == mistakes {
            refuse_empty(spec, plan, check, diagnostics);
        }
        refuse_hopeless(plan, check, cases.len() - before, diagnostics);
    }
    cases
}

/// Refuses a check that comes to nothing, unless it is about a section that is wrong itself, which is told there.
fn refuse_empty(spec: &Spec<'_>, plan: &Plan, check: &CheckSpec, diagnostics: &mut Diagnostics) {
    let is_evaluated = |name: &str| plan.datasets.iter().any(|d| d.name == name && d.is_evaluated);
    let has_none_evaluated = plan.datasets.len() == spec.datasets.len()
        && check.datasets.is_empty()
        && !plan.datasets.iter().any(|dataset| is_evaluated(&dataset.name));
    let (why, help) = if has_none_evaluated {
        let help = "remove `evaluate = false` from the dataset that it is about; figures of a dataset itself are checked \
                    on any that the check names: `dataset = \"...\"`";
        ("is about no dataset: models are run on none of the spec", help)
    } else if !diagnostics.is_empty() {
        return;
    } else if spec.exclusions.is_empty() {
        ("comes to no case", "name other models, datasets or conditions, or remove it")
    } else {
        ("has no cell left: `[matrix] exclude` takes all of them", "remove the check, or exclude less")
    };
    diagnostics.push(Diagnostic::new(check.span.clone(), format!("{} {why}", check.title)).help(help));
}

fn metric_of(check: &CheckSpec, plan: &Plan, diagnostics: &mut Diagnostics) -> Option<&'static Metric> {
    let Some(name) = &check.metric else { return Some(plan.metric) };
    let not_found = match find(metric::ALL, name.get_ref()) {
        Ok(metric) => return Some(metric),
        Err(not_found) => not_found,
    };
    let message = format!("unknown metric `{}`", not_found.name);
    diagnostics.push(Diagnostic::new(name.span(), message).help(not_found.help()));
    None
}

/// Refuses a correction over so many cases that none could ever be found significant.
fn refuse_hopeless(plan: &Plan, check: &CheckSpec, cases: usize, diagnostics: &mut Diagnostics) {
    let Some(correction) = check.correction.as_ref().filter(|correction| *correction.get_ref() == Correction::Holm)
    else {
        return;
    };
    let needed = gate::resamples_for(cases, plan.confidence);
    if plan.resamples < needed {
        let message =
            format!("{} corrects for {cases} cases, which {} resamples can never decide", check.title, plan.resamples);
        let help = format!("set `resamples = {needed}` in [defaults], or split the check");
        diagnostics.push(Diagnostic::new(correction.span(), message).help(help));
    }
}

/// Where a check says what it is on.
fn on_span(check: &CheckSpec) -> Span {
    check.on.as_ref().map_or(check.span.clone(), Spanned::span)
}

/// What to do about it.
const SAME_MODEL_HELP: &str = "name another file or another version in one of the two, or the models that differ in `model = [...]`; \
                               where a new model may be the old one, compare with the accepted figures: `max_regression` \
                               without `reference`";

/// Binds one check.
struct Binder<'a, 't> {
    spec: &'a Spec<'t>,
    plan: &'a Plan,
    check: &'a CheckSpec,
    /// The check's position.
    family: usize,
    metric: &'static Metric,
    diagnostics: &'a mut Diagnostics,
}

impl Binder<'_, '_> {
    fn cases(&mut self) -> Vec<Case> {
        let is_summary = self.metric.summary().is_some();
        let (spec, plan, check) = (self.spec, self.plan, self.check);
        let conditions = &plan.conditions;
        let mut selector = Selector { spec, conditions, title: &check.title, diagnostics: self.diagnostics };
        let reads = reads::reads(&mut selector, check, is_summary);
        let sections = |sections: &[Section<'_>]| {
            sections.iter().map(|section| section.name.get_ref().clone()).collect::<Vec<_>>()
        };
        let (model_sections, dataset_sections) = (sections(&spec.models), sections(&spec.datasets));
        let reference = self.reference(&model_sections);
        let mut models = self.selected(&check.models, &model_sections, "model");
        let datasets = self.selected(&check.datasets, &dataset_sections, "dataset");
        self.refuse_unevaluated();
        self.refuse_meaningless();
        let (Some(reads), Ok(reference)) = (reads, reference) else { return Vec::new() };
        if let Some(on) = reads.iter().find(|reads| self.is_trivial(reads)) {
            let message =
                format!("{} is on {}, but `{}` compares with clean images", check.title, on.on, self.metric.name);
            self.wrong(Diagnostic::new(on_span(check), message).help("name perturbations, or `on = \"all\"`"));
            return Vec::new();
        }
        if let Some(reference) = &reference {
            self.refuse_self_reference(reference, &models);
            self.refuse_same_reference(reference, &models);
            models.retain(|model| model != reference);
        }
        let before = self.diagnostics.len();
        let mut cases: Vec<Case> = Vec::new();
        for (bound, thresholds) in &check.bounds {
            let (metric, diagnostics) = (self.metric, &mut *self.diagnostics);
            let Some(claims) = (Bounder { plan, check, metric, diagnostics }).claims(*bound, thresholds, &reads) else {
                continue;
            };
            let Some(warnings) = self.warnings(*bound, &claims, &reads) else { continue };
            let here = |d: &PlannedDataset| d.is_evaluated && datasets.contains(&d.name);
            for (dataset, planned) in plan.datasets.numbered().filter(|(_, d)| here(d)) {
                if !self.is_measurable(planned) {
                    continue;
                }
                let Ok(slice) = self.slice(planned) else { continue };
                for (model, _) in plan.models.numbered().filter(|(_, m)| models.contains(&m.name)) {
                    let case = |((reads, claim), warn): (&(&Reads, Claim), &Option<f64>)| {
                        let case = self.case(model, dataset, reads, *claim, reference.as_deref(), slice.as_ref())?;
                        Some(Case { warn: *warn, ..case })
                    };
                    cases.extend(claims.iter().zip(&warnings).filter_map(case));
                }
            }
        }
        if !cases.is_empty() && self.diagnostics.len() == before && !spec.exclusions.is_empty() {
            self.refuse_idle_names(&cases, reference.as_deref());
        }
        cases
    }

    /// From where each of `claims` warns; `None` where that is wrong.
    fn warnings(&mut self, bound: Bound, claims: &[(&Reads, Claim)], reads: &[Reads]) -> Option<Vec<Option<f64>>> {
        let (plan, check, metric) = (self.plan, self.check, self.metric);
        let Some(warn) = &check.warn else { return Some(vec![None; claims.len()]) };
        let diagnostics = &mut *self.diagnostics;
        let nearer = (Bounder { plan, check, metric, diagnostics }).claims(bound, warn, reads)?;
        let is_farther = |(claim, near): &(&(&Reads, Claim), &(&Reads, Claim))| claim.1.excess(near.1.threshold) >= 0.0;
        if let Some(((_, claim), (_, near))) = claims.iter().zip(&nearer).find(is_farther) {
            self.wrong(never_warns(check, warn, (bound, claim.threshold, near.threshold)));
            return None;
        }
        Some(nearer.iter().map(|(_, near)| Some(near.threshold)).collect())
    }

    /// Refuses names that no case comes of: somebody who lists three conditions believes that three are judged.
    fn refuse_idle_names(&mut self, cases: &[Case], reference: Option<&str>) {
        let (plan, check) = (self.plan, self.check);
        let read: HashSet<CellAt> = cases.iter().flat_map(|case| &case.cells).copied().collect();
        let is_read = |is_of: &dyn Fn(&Cell) -> bool| read.iter().any(|&cell| is_of(&plan.cells[cell]));
        let idle_model = |name: &&Spanned<String>| {
            let named = name.get_ref().as_str();
            let is_there = plan.models.iter().any(|model| model.name == named) && Some(named) != reference;
            is_there && !is_read(&|cell: &Cell| plan.models[cell.model].name == named)
        };
        let idle_dataset = |name: &&Spanned<String>| {
            let is_there = plan.datasets.iter().any(|dataset| dataset.name == *name.get_ref());
            is_there && !is_read(&|cell: &Cell| plan.datasets[cell.dataset].name == *name.get_ref())
        };
        let conditions = match &check.on {
            Some(on) => match on.get_ref() {
                On::Names(names) => names.as_slice(),
                On::Group(_) => &[],
            },
            None => &[],
        };
        let idle_condition = |name: &&Spanned<String>| {
            let found = reads::called(&plan.conditions, name.get_ref());
            !is_read(&|cell: &Cell| found.contains(&cell.condition))
        };
        let idle = (check.models.iter().filter(idle_model).map(|name| ("model", name)))
            .chain(check.datasets.iter().filter(idle_dataset).map(|name| ("dataset", name)))
            .chain(conditions.iter().filter(idle_condition).map(|name| ("condition", name)));
        for (what, name) in idle.collect::<Vec<_>>() {
            let message = format!(
                "{} names the {what} `{}`, of which `[matrix] exclude` leaves nothing",
                check.title,
                name.get_ref()
            );
            self.wrong(Diagnostic::new(name.span(), message).help("remove the name from the check, or exclude less"));
        }
    }

    /// A case on those of the conditions that are not excluded; `None` where none is left.
    fn case(
        &self,
        model: ModelAt,
        dataset: DatasetAt,
        reads: &Reads,
        claim: Claim,
        reference: Option<&str>,
        slice: Option<&SliceName>,
    ) -> Option<Case> {
        let category = self.check.category.as_ref().map(|category| category.get_ref().clone());
        let of_category = category.as_ref().map(|name| format!("({name})")).unwrap_or_default();
        let of_slice = slice.map(|slice| format!("{{{slice}}}")).unwrap_or_default();
        let (model_name, dataset_name) = (&self.plan.models[model].name, &self.plan.datasets[dataset].name);
        let over = reference.map(|reference| format!("({reference})")).unwrap_or_default();
        let (metric, bound) = (self.metric, claim.bound);
        let is_against_clean = bound.is_against_clean() || claim.combine == Combine::ShareOfClean;
        let reference = match reference {
            Some(name) => Some(self.plan.models.find(|planned| planned.name == name)?),
            None => None,
        };
        let cell = |model: ModelAt, condition: ConditionAt| self.plan.cell(model, dataset, condition);
        let is_in = |condition: &&ConditionAt| {
            cell(model, **condition).is_some() && reference.is_none_or(|other| cell(other, **condition).is_some())
        };
        let conditions: Vec<ConditionAt> = reads.conditions.iter().filter(is_in).copied().collect();
        let cells = |model: ModelAt| -> Option<(Vec<CellAt>, Option<CellAt>)> {
            let cells: Vec<CellAt> = conditions.iter().filter_map(|&condition| cell(model, condition)).collect();
            let clean = if is_against_clean { Some(cell(model, CLEAN_CONDITION)?) } else { None };
            (!cells.is_empty()).then_some((cells, clean))
        };
        let other = match (bound.is_against_other(), reference) {
            (false, _) => None,
            (true, None) => Some(Against::Baseline),
            (true, Some(model)) => {
                let (cells, clean) = cells(model)?;
                Some(Against::Reference { model, cells, clean })
            }
        };
        let (cells, clean) = cells(model)?;
        let is_corrected = self.check.correction.as_ref().is_some_and(|c| *c.get_ref() == Correction::Holm);
        Some(Case {
            id: format!(
                "{model_name}/{dataset_name}/{}/{}{of_category}{of_slice}:{bound}{over}",
                reads.on, metric.name
            ),
            on: reads.on.clone(),
            check: self.check.name.clone(),
            place: self.spec.source.place(&self.check.span),
            model: Some(model),
            dataset,
            metric,
            read: match metric.summary() {
                None => metric,
                Some(Summary::Mpc | Summary::Rpc) => self.plan.metric,
                Some(Summary::Risk) => metric::AFFECTED,
            },
            category,
            claim,
            cells,
            clean,
            other,
            family: is_corrected.then_some(self.family),
            waiver: self.check.waiver.clone(),
            warn: None,
            slice: slice.cloned(),
        })
    }

    fn wrong(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The reference model's name; `Err` where it is wrong.
    fn reference(&mut self, models: &[String]) -> Result<Option<String>, ()> {
        let Some(name) = &self.check.reference else { return Ok(None) };
        if models.contains(name.get_ref()) {
            return Ok(Some(name.get_ref().clone()));
        }
        let not_found = NotFound::among(name.get_ref(), models.iter().map(String::as_str));
        let message =
            format!("{} refers to the model `{}`, which the spec does not have", self.check.title, not_found.name);
        self.wrong(Diagnostic::new(name.span(), message).help(not_found.help()));
        Err(())
    }

    fn refuse_self_reference(&mut self, reference: &str, models: &[String]) {
        let span = self.check.reference.as_ref().map_or(self.check.span.clone(), Spanned::span);
        if self.check.models.iter().any(|name| name.get_ref() == reference)
            || models.iter().all(|model| model == reference)
        {
            let message = format!("{} compares `{reference}` with itself", self.check.title);
            self.wrong(Diagnostic::new(span, message).help("name another model in `model` or `reference`"));
        }
    }

    /// Refuses to compare a model with itself under another name: no figure of the two could ever differ.
    fn refuse_same_reference(&mut self, reference: &str, models: &[String]) {
        let position = |name: &str| self.plan.models.find(|planned| planned.name == name);
        let Some(other) = position(reference) else { return };
        let span = self.check.reference.as_ref().map_or(self.check.span.clone(), Spanned::span);
        let is_same = |name: &&String| {
            *name != reference && position(name).is_some_and(|model| self.plan.is_same_model(model, other))
        };
        if let Some(model) = models.iter().find(is_same) {
            let message = format!("{} compares `{model}` with itself: `{reference}` is {SAME_MODEL}", self.check.title);
            self.wrong(Diagnostic::new(span, message).help(SAME_MODEL_HELP));
        }
    }

    /// Refuses datasets that no model is run on.
    fn refuse_unevaluated(&mut self) {
        let is_idle = |name: &String| self.plan.datasets.iter().any(|d| d.name == *name && !d.is_evaluated);
        for name in self.check.datasets.iter().filter(|name| is_idle(name.get_ref())) {
            let message = format!("{} is about `{}`, which no model is run on", self.check.title, name.get_ref());
            let help = "remove its `evaluate = false`, or name another dataset";
            self.diagnostics.push(Diagnostic::new(name.span(), message).help(help));
        }
    }

    /// Refuses keys that say nothing beside the others.
    fn refuse_meaningless(&mut self) {
        let check = self.check;
        let bounds = || check.bounds.iter().map(|(bound, _)| *bound);
        if let Some(reference) = check.reference.as_ref().filter(|_| !bounds().all(Bound::is_against_other)) {
            let message = format!("`reference` of {} needs `max_regression` or `min_gain`", check.title);
            let help = "bounds without a reference belong in a check of their own";
            self.wrong(Diagnostic::new(reference.span(), message).help(help));
        }
        if let Some(warn) = check.warn.as_ref().filter(|_| check.bounds.len() > 1) {
            let message = format!("`warn` of {} could be of each of its bounds", check.title);
            self.wrong(Diagnostic::new(warn.span(), message).help("give each bound a check of its own"));
        }
        let is_point = |bound| match &check.rule {
            Some(rule) => *rule.get_ref() == Rule::Point,
            None => bound != Bound::MaxRegression,
        };
        if let Some(correction) = check.correction.as_ref().filter(|_| bounds().any(is_point)) {
            let message = format!("`correction` of {} corrects intervals, but its rule is `point`", check.title);
            self.wrong(Diagnostic::new(correction.span(), message).help("add `rule = \"significant\"`"));
        }
        if self.metric.summary().is_some() && check.aggregate.is_some() {
            let message = format!("`{}` of {} is one figure of all conditions already", self.metric.name, check.title);
            self.wrong(Diagnostic::new(on_span(check), message).help("remove `aggregate`"));
        }
        if let Some(category) = check.category.as_ref().filter(|_| !self.metric.is_per_category()) {
            let message = format!("`{}` of {} is not measured per category", self.metric.name, check.title);
            self.wrong(Diagnostic::new(category.span(), message).help("remove `category`, or name another metric"));
        }
    }

    /// Whether a metric that compares with clean images would compare them with themselves.
    fn is_trivial(&self, reads: &Reads) -> bool {
        let compares = self.metric.is_relative_to_clean() || self.metric.summary().is_some();
        compares && reads.conditions.contains(&CLEAN_CONDITION)
    }

    /// The names among `sections` that the check is about: those it lists, or all.
    fn selected(&mut self, listed: &[Spanned<String>], sections: &[String], what: &str) -> Vec<String> {
        if listed.is_empty() {
            return sections.to_vec();
        }
        for name in listed.iter().filter(|name| !sections.contains(name.get_ref())) {
            let not_found = NotFound::among(name.get_ref(), sections.iter().map(String::as_str));
            let message =
                format!("{} names the {what} `{}`, which the spec does not have", self.check.title, not_found.name);
            self.wrong(Diagnostic::new(name.span(), message).help(not_found.help()));
        }
        listed.iter().map(|name| name.get_ref().clone()).collect()
    }

    /// Whether the dataset has objects to measure the metric on; a dataset that failed is left to its failure.
    fn is_measurable(&mut self, planned: &PlannedDataset) -> bool {
        let Ok(dataset) = &planned.state else { return true };
        let category = match &self.check.category {
            None => None,
            Some(name) => match dataset.category(name.get_ref()) {
                Some(category) => Some(category.id),
                None => {
                    let not_found = NotFound::among(name.get_ref(), dataset.categories.iter().map(|c| c.name.as_str()));
                    let is_left_out = |category: &Category| category.name == not_found.name;
                    let (message, help) = if dataset.numbering.categories_left_out.iter().any(is_left_out) {
                        let what =
                            format!("`categories` of dataset `{}` leaves out `{}`", planned.name, not_found.name);
                        (what, "name it there too, or remove the check".to_owned())
                    } else {
                        let what = format!("dataset `{}` has no category `{}`", planned.name, not_found.name);
                        (what, not_found.help())
                    };
                    self.wrong(Diagnostic::new(name.span(), message).help(help));
                    return false;
                }
            },
        };
        let metric = self.metric;
        if !dataset.is_labelled && metric.needs_labels() {
            let span = self.check.metric.as_ref().map_or(self.check.span.clone(), Spanned::span);
            let message = format!("dataset `{}` has no labels to measure `{}` on", planned.name, metric.name);
            let help = "name a metric that needs none (`stability`, `affected`, `risk`), or another `dataset`, or give the \
                        labels (`format = \"coco\"`, \"yolo\", \"voc\")";
            self.wrong(Diagnostic::new(span, message).help(help));
            return false;
        }
        if let Some(reason) = unmeasurable(dataset, metric) {
            let span = self.check.metric.as_ref().map_or(self.check.span.clone(), Spanned::span);
            let message = format!("dataset `{}` {reason} to measure `{}` on", planned.name, metric.name);
            self.wrong(Diagnostic::new(span, message).help("remove the check, or name another metric"));
            return false;
        }
        if !metric.needs_objects() || has_objects(dataset, self.read_area(), self.plan.settings.area_ranges, category) {
            return true;
        }
        let of =
            self.check.category.as_ref().map(|name| format!(" of category `{}`", name.get_ref())).unwrap_or_default();
        let span =
            self.check.category.as_ref().or(self.check.metric.as_ref()).map_or(self.check.span.clone(), Spanned::span);
        let message = format!("dataset `{}` has no objects{of} to measure `{}` on", planned.name, metric.name);
        self.wrong(Diagnostic::new(span, message).help("remove the check, or name another category or metric"));
        false
    }

    /// The slice that the check is about, if any; `Err` where the dataset has none such, or nothing in it. Of a dataset that
    /// failed it is only known what it is called.
    fn slice(&mut self, planned: &PlannedDataset) -> Result<Option<SliceName>, ()> {
        let Some(written) = &self.check.slice else { return Ok(None) };
        let found = match &planned.state {
            Ok(data) => {
                slices::named(written.get_ref(), &planned.name, data, self.metric, self.plan.metric, self.check)
            }
            Err(_) => slices::unread(written.get_ref()),
        };
        found.map(Some).map_err(|(message, help)| self.wrong(Diagnostic::new(written.span(), message).help(help)))
    }

    /// The objects that the cells are read for.
    fn read_area(&self) -> Area {
        if self.metric.summary().is_some() { self.plan.metric.area() } else { self.metric.area() }
    }
}

/// What a dataset lacks for a metric that is not about its objects.
fn unmeasurable(dataset: &Dataset, metric: &Metric) -> Option<&'static str> {
    let is_object = |annotation: &Annotation| !annotation.iscrowd;
    let is_object_of = |annotation: &&Annotation| is_object(annotation);
    match metric.source {
        Source::Operating(Operating::OnEmptyImages) => {
            let has_empty = dataset.annotations.iter().any(|list| !list.iter().any(is_object));
            (!has_empty).then_some("has no image without objects")
        }
        Source::Operating(Operating::OfAbsentCategories) => {
            let objects = dataset.annotations.iter().flatten().filter(is_object_of);
            let present: HashSet<u64> = objects.map(|annotation| annotation.category_id).collect();
            let has_absent = dataset.categories.iter().any(|category| !present.contains(&category.id));
            (!has_absent).then_some("has no category without objects")
        }
        _ => None,
    }
}

fn has_objects(dataset: &Dataset, area: Area, borders: [f64; 2], category: Option<u64>) -> bool {
    let counts = |a: &Annotation| {
        !a.iscrowd && area.contains(a.area, borders) && category.is_none_or(|category| a.category_id == category)
    };
    dataset.annotations.iter().flatten().any(counts)
}
