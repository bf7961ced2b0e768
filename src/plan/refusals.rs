//! What one check asks for in vain: keys that say nothing beside the others, names that nothing comes of, a model held
//! against itself.

use std::collections::HashSet;

use toml::Spanned;

use super::binder::Binder;
use super::model::CLEAN_CONDITION;
use super::reads::{self, Reads};
use super::{Case, Cell, PlannedModel};
use crate::condition::Severity;
use crate::metric::{LEAST_OF_P95, Speed, Summary, alexnet};
use crate::position::{CellAt, ModelAt};
use crate::predict::SAME_MODEL;
use crate::spec::{Bound, Diagnostic, On, Rule, Thresholds};

/// What to do about it.
const SAME_MODEL_HELP: &str = "name another file or another version in one of the two, or the models that differ in `model = [...]`; \
                               where a new model may be the old one, compare with the accepted figures: `max_regression` \
                               without `reference`, or run it where the files differ: `cmp -s OLD NEW || windtunnel run SPEC`";

impl Binder<'_, '_> {
    /// Refuses names that no case comes of: somebody who lists three conditions believes that three are judged.
    pub(super) fn refuse_idle_names(&mut self, cases: &[Case], reference: Option<&str>) {
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

    pub(super) fn refuse_self_reference(&mut self, reference: &str, models: &[String]) {
        let span = self.check.reference.as_ref().map_or(self.check.span.clone(), Spanned::span);
        if self.check.models.iter().any(|name| name.get_ref() == reference)
            || models.iter().all(|model| model == reference)
        {
            let message = format!("{} compares `{reference}` with itself", self.check.title);
            self.wrong(Diagnostic::new(span, message).help("name another model in `model` or `reference`"));
        }
    }

    /// Refuses to compare a model with itself under another name: no figure of the two could ever differ.
    pub(super) fn refuse_same_reference(&mut self, reference: &str, models: &[String]) {
        let position = |name: &str| self.plan.models.find(|planned| planned.name == name);
        let Some(other) = position(reference) else { return };
        let span = self.check.reference.as_ref().map_or(self.check.span.clone(), Spanned::span);
        let own = |model: ModelAt| &self.plan.models[model].min_confidence;
        let is_same = |name: &&String| {
            let is_same = |model: ModelAt| {
                let counts_alike = !self.metric.is_of_claims() || own(model) == own(other);
                self.plan.is_same_model(model, other) && counts_alike
            };
            *name != reference && position(name).is_some_and(is_same)
        };
        if let Some(model) = models.iter().find(is_same) {
            let message = format!("{} compares `{model}` with itself: `{reference}` is {SAME_MODEL}", self.check.title);
            self.wrong(Diagnostic::new(span, message).help(SAME_MODEL_HELP));
        }
    }

    /// Refuses datasets that no model is run on.
    pub(super) fn refuse_unevaluated(&mut self) {
        let is_idle = |name: &String| self.plan.datasets.iter().any(|d| d.name == *name && !d.is_evaluated);
        for name in self.check.datasets.iter().filter(|name| is_idle(name.get_ref())) {
            let message = format!("{} is about `{}`, which no model is run on", self.check.title, name.get_ref());
            let help = "remove its `evaluate = false`, or name another dataset";
            self.diagnostics.push(Diagnostic::new(name.span(), message).help(help));
        }
    }

    /// Refuses keys that say nothing beside the others.
    pub(super) fn refuse_meaningless(&mut self) {
        let check = self.check;
        let bounds = || check.bounds.iter().map(|(bound, _)| *bound);
        let is_parity = self.metric.parity().is_some();
        if is_parity {
            self.refuse_other_parity();
        }
        if let Some(which) = self.metric.speed() {
            self.refuse_other_speed(which);
        }
        if let Some(reference) =
            check.reference.as_ref().filter(|_| !is_parity && !bounds().all(Bound::is_against_other))
        {
            let message = format!(
                "`reference` of {} needs `max_regression`, `max_relative_regression` or `min_gain`",
                check.title
            );
            let help = "bounds without a reference belong in a check of their own";
            self.wrong(Diagnostic::new(reference.span(), message).help(help));
        }
        if let Some(warn) = check.warn.as_ref().filter(|_| check.bounds.len() > 1) {
            let message = format!("`warn` of {} could be of each of its bounds", check.title);
            self.wrong(Diagnostic::new(warn.span(), message).help("give each bound a check of its own"));
        }
        let is_point = |bound| match &check.rule {
            Some(rule) => *rule.get_ref() == Rule::Point,
            None => !matches!(bound, Bound::MaxRegression | Bound::MaxRelativeRegression),
        };
        if let Some(correction) = check.correction.as_ref().filter(|_| bounds().any(is_point)) {
            let message = format!("`correction` of {} corrects intervals, but its rule is `point`", check.title);
            self.wrong(Diagnostic::new(correction.span(), message).help("add `rule = \"significant\"`"));
        }
        if self.metric.summary().is_some() && check.aggregate.is_some() {
            let message = format!("`{}` of {} is one figure of all conditions already", self.metric.name, check.title);
            self.wrong(Diagnostic::new(self.on_span(), message).help("remove `aggregate`"));
        }
        if let Some(category) = check.category.as_ref().filter(|_| !self.metric.is_per_category()) {
            let message = format!("`{}` of {} is not measured per category", self.metric.name, check.title);
            self.wrong(Diagnostic::new(category.span(), message).help("remove `category`, or name another metric"));
        }
    }

    /// Refuses figures of speed that nobody could make, or that would mean nothing.
    fn refuse_other_speed(&mut self, which: Speed) {
        let (check, name, calls) = (self.check, self.metric.name, self.plan.settings.latency_calls);
        if let Some(slice) = &check.slice {
            let message = format!("`{name}` of {} is not measured on slices", check.title);
            self.wrong(Diagnostic::new(slice.span(), message).help("remove `slice`"));
        }
        let mut bounds = check.bounds.iter();
        let of_baseline = bounds.find(|(bound, _)| check.reference.is_none() && bound.is_against_other());
        if let Some((bound, thresholds)) = of_baseline {
            let message = format!("`{bound}` of {}: times of another day or machine are no measure", check.title);
            let help = "name a model of this run that it is held against: `reference = \"...\"`";
            self.wrong(Diagnostic::new(thresholds.span(), message).help(help));
        }
        if which == Speed::Percentile(95) && calls < LEAST_OF_P95 {
            let message = format!("{calls} calls are too few for `{name}` of {}", check.title);
            let help = format!("set `latency_calls` in [defaults] to {LEAST_OF_P95} or more");
            self.wrong(Diagnostic::new(self.metric_span(), message).help(help));
        }
    }

    /// Refuses to time a model that looks nothing at pictures.
    pub(super) fn refuse_untimed(&mut self, models: &[String]) {
        if self.metric.speed().is_none() {
            return;
        }
        let is_untimed = |planned: &&PlannedModel| {
            let is_read = models.contains(&planned.name)
                || self.check.reference.as_ref().is_some_and(|name| *name.get_ref() == planned.name);
            is_read && planned.state.as_ref().is_ok_and(|model| !model.needs_pixels())
        };
        if let Some(model) = self.plan.models.iter().find(is_untimed) {
            let message =
                format!("`{}` of {}: the answers of `{}` are in files", self.metric.name, self.check.title, model.name);
            self.wrong(
                Diagnostic::new(self.metric_span(), message).help("name models that are run in `model = [...]`"),
            );
        }
    }

    /// Refuses a figure of two models where there is one, or where it is compared with something beside.
    fn refuse_other_parity(&mut self) {
        let (check, name) = (self.check, self.metric.name);
        if check.reference.is_none() {
            let message = format!("`{name}` of {} is of two models, and it names one", check.title);
            let help = "name the other one, which the model is to agree with: `reference = \"...\"`";
            self.wrong(Diagnostic::new(self.metric_span(), message).help(help));
        }
        let other = |(bound, _): &&(Bound, Spanned<Thresholds>)| !matches!(bound, Bound::Min | Bound::Max);
        if let Some((bound, thresholds)) = check.bounds.iter().find(other) {
            let message = format!("`{bound}` of {}: `{name}` compares two models by itself", check.title);
            self.wrong(Diagnostic::new(thresholds.span(), message).help("use `min` or `max`"));
        }
    }

    /// Refuses corruption errors over anything but ImageNet-C's corruptions at all of their severities: of some of them, or of
    /// other forms, they would be numbers that nobody else has.
    pub(super) fn refuse_other_corruptions(&mut self, reads: &[Reads]) {
        if !matches!(self.metric.summary(), Some(Summary::Mce | Summary::RelativeMce)) {
            return;
        }
        for reads in reads {
            let found: Vec<Option<(&str, Severity)>> =
                reads.conditions.iter().map(|&at| self.plan.conditions[at].imagenet_c()).collect();
            let wanted: Vec<(&str, Severity)> =
                alexnet::corruptions().flat_map(|kind| Severity::ALL.map(|severity| (kind, severity))).collect();
            let is_whole = wanted.iter().all(|one| found.iter().filter(|other| **other == Some(*one)).count() == 1);
            if is_whole && found.len() == wanted.len() {
                continue;
            }
            let named = |(kind, severity): &(&str, Severity)| format!("{kind}@{severity}");
            let missing = wanted.iter().find(|one| !found.contains(&Some(**one)));
            let why = match missing {
                Some(missing) => format!("{} is not among them in its published form", named(missing)),
                None => "there are others among them".to_owned(),
            };
            let message = format!(
                "`{}` of {} is of the 15 corruptions of ImageNet-C at severities 1 to 5, and {} has {}: {why}",
                self.metric.name,
                self.check.title,
                reads.on,
                found.len()
            );
            let help = "write `[perturbation.c]` with `preset = \"imagenet_c\"`, and `on = \"c\"`";
            self.wrong(Diagnostic::new(self.on_span(), message).help(help));
        }
    }

    /// Whether a metric that compares with clean images would compare them with themselves.
    pub(super) fn is_trivial(&self, reads: &Reads) -> bool {
        let compares = self.metric.is_relative_to_clean() || self.metric.summary().is_some();
        compares && reads.conditions.contains(&CLEAN_CONDITION)
    }
}
