//! Checks on figures of a dataset itself: one case per dataset, and no condition.

use std::sync::Arc;

use toml::Spanned;

use super::claims::never_warns;
use super::model::CLEAN_CONDITION;
use super::{Case, Plan, PlannedDataset};
use crate::audit::balance;
use crate::dataset::Dataset;
use crate::entry::{NotFound, find};
use crate::gate::{Claim, Combine};
use crate::metric::{self, Data, Metric};
use crate::position::{CellAt, DatasetAt, ModelAt};
use crate::spec::{Bound, CheckSpec, Diagnostic, Diagnostics, Place, Rule, Section, Span, Spec, Thresholds};

/// What a case is on that reads no condition.
const ON: &str = "data";

/// Whether a check reads nothing that a model says.
pub fn needs_no_model(check: &CheckSpec) -> bool {
    let metric = check.metric.as_ref().and_then(|name| find(metric::ALL, name.get_ref()).ok());
    metric.and_then(Metric::data).is_some_and(|data| data != Data::SuspectLabels)
}

/// The cases of one check, one per dataset.
pub fn cases(
    spec: &Spec<'_>,
    plan: &Plan,
    check: &CheckSpec,
    (metric, data): (&'static Metric, Data),
    diagnostics: &mut Diagnostics,
) -> Vec<Case> {
    let before = diagnostics.len();
    let place = spec.source.place(&check.span);
    let mut binder = DataBinder { plan, check, place, metric, data, warn: None, diagnostics };
    binder.refuse_meaningless();
    binder.refuse_unknown(&check.models, &spec.models, "model");
    binder.refuse_unknown(&check.datasets, &spec.datasets, "dataset");
    let threshold = binder.threshold();
    let Some(threshold) = threshold.filter(|_| binder.diagnostics.len() == before) else { return Vec::new() };
    let Ok(warn) = binder.warn(threshold) else { return Vec::new() };
    binder.warn = warn;
    let is_meant = |dataset: &PlannedDataset| match check.datasets.as_slice() {
        [] => dataset.is_evaluated,
        named => named.iter().any(|name| *name.get_ref() == dataset.name),
    };
    let meant: Vec<DatasetAt> = plan.datasets.positions().filter(|&at| is_meant(&plan.datasets[at])).collect();
    meant.into_iter().filter_map(|dataset| binder.case(dataset, threshold)).collect()
}

/// Why a figure of `known` says nothing of it, and the way out; `None` where it does.
fn nothing_to_compare(data: Data, known: &Dataset) -> Option<(&'static str, &'static str)> {
    let has_boxes = || known.annotations.iter().any(|list| !list.is_empty()) || !known.aside.odd_boxes.is_empty();
    let with_objects = || balance(known).categories.iter().filter(|category| category.objects > 0).count();
    match data {
        Data::Duplicates if known.images.len() < 2 => {
            Some(("it has one image, which has no other to be like", "remove the check, or take more images"))
        }
        Data::InvalidBoxes if !has_boxes() => {
            Some(("it has no box", "remove the check, or see that the labels are where the dataset looks for them"))
        }
        Data::ClassImbalance if with_objects() < 2 => Some((
            "fewer than two categories have objects, so that there is none to be rarer than another",
            "remove the check, or see that the labels are whole",
        )),
        Data::SuspectLabels if !known.is_labelled => Some(("it has no labels", "remove the check, or give the labels")),
        Data::Leakage | Data::Duplicates | Data::InvalidBoxes | Data::ClassImbalance | Data::SuspectLabels => None,
    }
}

struct DataBinder<'a> {
    plan: &'a Plan,
    check: &'a CheckSpec,
    place: Place,
    metric: &'static Metric,
    data: Data,
    /// From where it warns.
    warn: Option<f64>,
    diagnostics: &'a mut Diagnostics,
}

impl DataBinder<'_> {
    fn wrong(&mut self, span: Span, message: String, help: impl Into<String>) {
        self.diagnostics.push(Diagnostic::new(span, message).help(help));
    }

    /// Refuses what says nothing of a dataset.
    fn refuse_meaningless(&mut self) {
        let (check, name) = (self.check, self.metric.name);
        let rule = check.rule.as_ref().filter(|rule| *rule.get_ref() != Rule::Point);
        let keys = [
            ("on", check.on.as_ref().map(Spanned::span)),
            ("category", check.category.as_ref().map(Spanned::span)),
            ("aggregate", check.aggregate.map(|_| check.span.clone())),
            ("reference", check.reference.as_ref().map(Spanned::span)),
            ("correction", check.correction.as_ref().map(Spanned::span)),
            ("rule", rule.map(Spanned::span)),
            ("model", check.models.first().map(Spanned::span).filter(|_| self.data != Data::SuspectLabels)),
        ];
        for (key, span) in keys.into_iter().filter_map(|(key, span)| Some((key, span?))) {
            let message = format!("`{key}` of {}: `{name}` is a figure of the dataset itself", check.title);
            self.wrong(span, message, format!("remove `{key}`"));
        }
        let others = check.bounds.iter().filter(|(bound, _)| *bound != Bound::Max);
        for (bound, span) in others.map(|(bound, thresholds)| (bound, thresholds.span())).collect::<Vec<_>>() {
            let message = format!("`{bound}` of {}: `{name}` is a figure of the dataset itself", check.title);
            self.wrong(span, message, "set `max`");
        }
    }

    fn refuse_unknown(&mut self, named: &[Spanned<String>], sections: &[Section<'_>], what: &str) {
        let known = || sections.iter().map(|section| section.name.get_ref().as_str());
        for name in named.iter().filter(|name| !known().any(|known| known == name.get_ref())) {
            let not_found = NotFound::among(name.get_ref(), known());
            let message =
                format!("{} names the {what} `{}`, which the spec does not have", self.check.title, not_found.name);
            self.wrong(name.span(), message, not_found.help());
        }
    }

    /// The one number of `max`.
    fn threshold(&mut self) -> Option<f64> {
        let (_, thresholds) = self.check.bounds.iter().find(|(bound, _)| *bound == Bound::Max)?;
        let least = if self.data == Data::ClassImbalance { 1.0 } else { 0.0 };
        match thresholds.get_ref() {
            Thresholds::One(threshold) if *threshold >= least => Some(*threshold),
            Thresholds::One(threshold) => {
                let message = format!("`max = {threshold}` of {} can never hold", self.check.title);
                self.wrong(thresholds.span(), message, format!("`max` must be at least {least}"));
                None
            }
            Thresholds::PerLevel(_) => {
                let message = format!("`max` of {} is given by level, but the check reads none", self.check.title);
                self.wrong(thresholds.span(), message, "give one number");
                None
            }
        }
    }

    /// The one number of `warn`, if there is one; `Err` where it is wrong.
    fn warn(&mut self, threshold: f64) -> Result<Option<f64>, ()> {
        let Some(warn) = &self.check.warn else { return Ok(None) };
        match warn.get_ref() {
            Thresholds::One(near) if *near < threshold => return Ok(Some(*near)),
            Thresholds::One(near) => {
                self.diagnostics.push(never_warns(self.check, warn, (Bound::Max, threshold, *near)));
            }
            Thresholds::PerLevel(_) => {
                let message = format!("`warn` of {} is given by level, but the check reads none", self.check.title);
                self.wrong(warn.span(), message, "give one number");
            }
        }
        Err(())
    }

    /// The case of a dataset; `None` where it could not fail.
    fn case(&mut self, dataset: DatasetAt, threshold: f64) -> Option<Case> {
        let planned = &self.plan.datasets[dataset];
        let cells = self.clean_cells(dataset);
        let lacks = match self.data {
            Data::Leakage if !self.plan.has_others(dataset) => Some((
                "there is nothing to compare it with",
                "add the other splits as datasets with `evaluate = false`; those that a data.yaml or an export's folder \
                 holds are found by themselves",
            )),
            Data::SuspectLabels if planned.state.is_ok() && cells.is_empty() => {
                Some(("no model is run on its clean images", "name models that are, or remove the check"))
            }
            data => planned.state.as_ref().ok().and_then(|known| nothing_to_compare(data, known)),
        };
        if let Some((why, help)) = lacks {
            let span = self.check.metric.as_ref().map_or(self.check.span.clone(), Spanned::span);
            let message = format!("`{}` of dataset `{}` could never fail: {why}", self.metric.name, planned.name);
            self.wrong(span, message, help);
            return None;
        }
        self.refuse_unheard(dataset, &cells);
        let claim = Claim {
            bound: Bound::Max,
            threshold,
            combine: Combine::Mean,
            better: self.metric.better,
            rule: Rule::Point,
            confidence: self.plan.confidence,
        };
        let of_models: Vec<&str> = self.check.models.iter().map(|name| name.get_ref().as_str()).collect();
        let by = if of_models.is_empty() { String::new() } else { format!("({})", of_models.join("+")) };
        Some(Case {
            id: format!("{}/{}{by}:{}", planned.name, self.metric.name, Bound::Max),
            on: ON.to_owned(),
            check: self.check.name.clone(),
            place: self.place.clone(),
            model: None,
            dataset,
            metric: self.metric,
            read: self.metric,
            category: None,
            slice: None,
            claim,
            cells,
            clean: None,
            other: None,
            family: None,
            scope: Arc::default(),
            waiver: self.check.waiver.clone(),
            warn: self.warn,
        })
    }

    /// Refuses models that the check names and that are not run on the dataset's clean images: they would say nothing.
    fn refuse_unheard(&mut self, dataset: DatasetAt, cells: &[CellAt]) {
        let plan = self.plan;
        let is_heard = |name: &str| cells.iter().any(|&cell| plan.models[plan.cells[cell].model].name == name);
        for name in self.check.models.iter().filter(|name| !cells.is_empty() && !is_heard(name.get_ref())) {
            let (model, dataset) = (name.get_ref(), &plan.datasets[dataset].name);
            let message = format!("{} names the model `{model}`, which is not run on `{dataset}`", self.check.title);
            self.wrong(name.span(), message, "remove the name from the check, or exclude less");
        }
    }

    /// The clean cells of the models that the check is about, where it needs some.
    fn clean_cells(&self, dataset: DatasetAt) -> Vec<CellAt> {
        let names = &self.check.models;
        let is_meant = |model: ModelAt| {
            names.is_empty() || names.iter().any(|name| *name.get_ref() == self.plan.models[model].name)
        };
        let is_read =
            |cell: &super::Cell| cell.dataset == dataset && cell.condition == CLEAN_CONDITION && is_meant(cell.model);
        let needs = self.data == Data::SuspectLabels;
        self.plan.cells.positions().filter(|&at| needs && is_read(&self.plan.cells[at])).collect()
    }
}
