//! Binding one check: names looked up, levels laid out, a case for each cell or aggregate that it asks for.

use std::sync::Arc;

use toml::Spanned;

use super::claims::{Bounder, never_warns};
use super::model::CLEAN_CONDITION;
use super::reads::{self, Reads, Selector};
use super::{Against, Case, Plan, PlannedDataset, Scope};
use crate::entry::NotFound;
use crate::gate::{Claim, Combine};
use crate::metric::{self, Metric, Summary};
use crate::position::{CellAt, ConditionAt, DatasetAt, ModelAt};
use crate::slice::SliceName;
use crate::spec::{Bound, CheckSpec, Correction, Diagnostic, Diagnostics, Section, Span, Spec, Thresholds};

/// Binds one check.
pub(super) struct Binder<'a, 't> {
    /// The spec.
    pub spec: &'a Spec<'t>,
    /// What it is resolved against.
    pub plan: &'a Plan,
    /// The check.
    pub check: &'a CheckSpec,
    /// The check's position.
    pub family: usize,
    /// Its metric.
    pub metric: &'static Metric,
    /// Where mistakes go.
    pub diagnostics: &'a mut Diagnostics,
}

impl Binder<'_, '_> {
    /// The cases of the check; mistakes say where there are none.
    pub(super) fn cases(&mut self) -> Vec<Case> {
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
        let mistakes = self.diagnostics.len();
        self.refuse_other_corruptions(&reads);
        if self.diagnostics.len() > mistakes {
            return Vec::new();
        }
        if let Some(on) =
            reads.iter().find(|reads| self.metric.speed().is_some() && reads.conditions != [CLEAN_CONDITION])
        {
            let message =
                format!("{} is on {}, but `{}` is measured on clean images", check.title, on.on, self.metric.name);
            self.wrong(Diagnostic::new(self.on_span(), message).help("write `on = \"clean\"`"));
            return Vec::new();
        }
        if let Some(on) = reads.iter().find(|reads| self.is_trivial(reads)) {
            let message =
                format!("{} is on {}, but `{}` compares with clean images", check.title, on.on, self.metric.name);
            self.wrong(Diagnostic::new(self.on_span(), message).help("name perturbations, or `on = \"all\"`"));
            return Vec::new();
        }
        if let Some(reference) = &reference {
            self.refuse_self_reference(reference, &models);
            self.refuse_same_reference(reference, &models);
            // Where no model is named all are meant, and the reference is one of them.
            models.retain(|model| model != reference);
        }
        self.refuse_untimed(&models);
        let before = self.diagnostics.len();
        let mut cases: Vec<Case> = Vec::new();
        // Bounds outermost: cases stand in the order in which somebody wrote their thresholds.
        for (bound, thresholds) in &check.bounds {
            let (metric, diagnostics) = (self.metric, &mut *self.diagnostics);
            let Some(claims) = (Bounder { plan, check, metric, diagnostics }).claims(*bound, thresholds, &reads) else {
                continue;
            };
            let Some(warnings) = self.warnings(*bound, &claims, &reads) else { continue };
            let is_by_level = matches!(thresholds.get_ref(), Thresholds::PerLevel(_));
            let conditions = reads.iter().flat_map(|reads| &reads.conditions).copied().collect();
            let scope = Arc::new(Scope { check: self.family, conditions, is_by_level });
            let here = |d: &PlannedDataset| d.is_evaluated && datasets.contains(&d.name);
            for (dataset, planned) in plan.datasets.numbered().filter(|(_, d)| here(d)) {
                if !self.is_measurable(planned) {
                    continue;
                }
                let Ok(slice) = self.slice(planned) else { continue };
                for (model, _) in plan.models.numbered().filter(|(_, m)| models.contains(&m.name)) {
                    let case = |((reads, claim), warn): (&(&Reads, Claim), &Option<f64>)| {
                        let case = self.case(model, dataset, reads, *claim, reference.as_deref(), slice.as_ref())?;
                        Some(Case { warn: *warn, scope: scope.clone(), ..case })
                    };
                    cases.extend(claims.iter().zip(&warnings).filter_map(case));
                }
            }
        }
        // Where something else is wrong, cases may be missing for that reason.
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

    /// A case on those of the conditions that are not excluded; `None` where none is left.
    fn case(
        &self,
        model: ModelAt,
        dataset: DatasetAt,
        reads: &Reads,
        claim: Claim,
        over: Option<&str>,
        slice: Option<&SliceName>,
    ) -> Option<Case> {
        let (metric, bound) = (self.metric, claim.bound);
        let is_against_clean = bound.is_against_clean()
            || matches!(claim.combine, Combine::ShareOfClean | Combine::RelativeCorruptionError);
        let reference = match over {
            Some(name) => Some(self.plan.models.find(|planned| planned.name == name)?),
            None => None,
        };
        let cell = |model: ModelAt, condition: ConditionAt| self.plan.cell(model, dataset, condition);
        // Both models must be run under a condition, or each would have a mean over others.
        let is_in = |condition: &&ConditionAt| {
            cell(model, **condition).is_some() && reference.is_none_or(|other| cell(other, **condition).is_some())
        };
        let conditions: Vec<ConditionAt> = reads.conditions.iter().filter(is_in).copied().collect();
        let cells = |model: ModelAt| -> Option<(Vec<CellAt>, Option<CellAt>)> {
            let cells: Vec<CellAt> = conditions.iter().filter_map(|&condition| cell(model, condition)).collect();
            let clean = if is_against_clean { Some(cell(model, CLEAN_CONDITION)?) } else { None };
            (!cells.is_empty()).then_some((cells, clean))
        };
        // A figure of two models is held against nothing else, and still needs both.
        let other = match (bound.is_against_other() || metric.parity().is_some(), reference) {
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
            id: self.id(model, dataset, reads, bound, over, slice),
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
                Some(Summary::Mce | Summary::RelativeMce) => metric::TOP1,
            },
            category: self.check.category.as_ref().map(|category| category.get_ref().clone()),
            claim,
            cells,
            clean,
            other,
            family: is_corrected.then_some(self.family),
            scope: Arc::default(),
            waiver: self.check.waiver.clone(),
            warn: None,
            slice: slice.cloned(),
        })
    }

    /// `model/dataset/on/metric(category){slice}:bound(reference)`: what a case is called wherever it is told again.
    fn id(
        &self,
        model: ModelAt,
        dataset: DatasetAt,
        reads: &Reads,
        bound: Bound,
        reference: Option<&str>,
        slice: Option<&SliceName>,
    ) -> String {
        let (model, dataset) = (&self.plan.models[model].name, &self.plan.datasets[dataset].name);
        let category = self.check.category.as_ref().map(|name| format!("({})", name.get_ref())).unwrap_or_default();
        let slice = slice.map(|slice| format!("{{{slice}}}")).unwrap_or_default();
        let over = reference.map(|reference| format!("({reference})")).unwrap_or_default();
        format!("{model}/{dataset}/{}/{}{category}{slice}:{bound}{over}", reads.on, self.metric.name)
    }

    /// Puts down a mistake.
    pub(super) fn wrong(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// The reference model's name; `Err` where it is wrong.
    pub(super) fn reference(&mut self, models: &[String]) -> Result<Option<String>, ()> {
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

    /// Where the check says what it is on.
    pub(super) fn on_span(&self) -> Span {
        self.check.on.as_ref().map_or(self.check.span.clone(), Spanned::span)
    }

    /// Where it names its metric.
    pub(super) fn metric_span(&self) -> Span {
        self.check.metric.as_ref().map_or(self.check.span.clone(), Spanned::span)
    }
}
