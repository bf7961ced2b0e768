//! Checks to cases: names looked up, levels laid out, and everything refused that could not fail.

use toml::Spanned;

use super::claims::Bounder;
use super::reads::{CLEAN_CONDITION, Reads, Selector};
use super::{Case, Plan, PlannedDataset};
use crate::dataset::Dataset;
use crate::detection::Annotation;
use crate::entry::{NotFound, find};
use crate::gate::Claim;
use crate::metric::{self, Metric};
use crate::spec::{CheckSpec, Diagnostic, Diagnostics, Spec};

/// The cases of all checks, in the order of the spec.
pub fn bind(spec: &Spec<'_>, plan: &Plan, diagnostics: &mut Diagnostics) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for check in &spec.checks {
        let mut binder = Binder { spec, plan, check, diagnostics };
        for case in binder.cases() {
            if cases.iter().any(|earlier| earlier.id == case.id) {
                let message = format!("{} repeats the case {}", check.title, case.id);
                let help = "remove one of the two checks, or set them on different conditions, metrics or bounds";
                diagnostics.push(Diagnostic::new(check.span.clone(), message).help(help));
                break;
            }
            cases.push(case);
        }
    }
    cases
}

/// Binds one check.
struct Binder<'a, 't> {
    spec: &'a Spec<'t>,
    plan: &'a Plan,
    check: &'a CheckSpec,
    diagnostics: &'a mut Diagnostics,
}

impl Binder<'_, '_> {
    fn cases(&mut self) -> Vec<Case> {
        let metric = self.metric();
        let reads =
            Selector { spec: self.spec, plan: self.plan, check: self.check, diagnostics: self.diagnostics }.reads();
        let model_sections = self.spec.models.iter().map(|section| section.name.get_ref().as_str()).collect::<Vec<_>>();
        let models = self.selected(&self.check.models, &model_sections, "model");
        let dataset_sections =
            self.spec.datasets.iter().map(|section| section.name.get_ref().as_str()).collect::<Vec<_>>();
        let datasets = self.selected(&self.check.datasets, &dataset_sections, "dataset");
        let (Some(metric), Some(reads)) = (metric, reads) else { return Vec::new() };
        let mut cases = Vec::new();
        for (bound, thresholds) in &self.check.bounds {
            let mut thresholds_of = Bounder { plan: self.plan, check: self.check, diagnostics: self.diagnostics };
            let Some(claims) = thresholds_of.claims(*bound, thresholds, &reads) else { continue };
            for (dataset, planned) in self.plan.datasets.iter().enumerate().filter(|(_, d)| datasets.contains(&d.name))
            {
                if !self.is_measurable(metric, planned) {
                    continue;
                }
                for (model, _) in self.plan.models.iter().enumerate().filter(|(_, m)| models.contains(&m.name)) {
                    let case = |(reads, claim): &(&Reads, Claim)| self.case(metric, model, dataset, reads, *claim);
                    cases.extend(claims.iter().filter_map(case));
                }
            }
        }
        cases
    }

    fn case(&self, metric: &'static Metric, model: usize, dataset: usize, reads: &Reads, claim: Claim) -> Option<Case> {
        let category = self.check.category.as_ref().map(|category| category.get_ref().clone());
        let of_category = category.as_ref().map(|name| format!("({name})")).unwrap_or_default();
        let (model_name, dataset_name) = (&self.plan.models[model].name, &self.plan.datasets[dataset].name);
        let cell = |condition: &usize| self.plan.cell(model, dataset, *condition);
        Some(Case {
            id: format!("{model_name}/{dataset_name}/{}/{}{of_category}:{}", reads.on, metric.name, claim.bound),
            on: reads.on.clone(),
            check: self.check.name.clone(),
            line: self.spec.source.line(&self.check.span),
            model,
            dataset,
            metric,
            category,
            claim,
            cells: reads.conditions.iter().map(cell).collect::<Option<_>>()?,
            clean: if claim.bound.is_against_clean() { Some(cell(&CLEAN_CONDITION)?) } else { None },
        })
    }

    fn wrong(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    fn metric(&mut self) -> Option<&'static Metric> {
        let Some(name) = &self.check.metric else { return Some(self.plan.metric) };
        find(metric::ALL, name.get_ref())
            .map_err(|not_found| {
                let message = format!("unknown metric `{}`", not_found.name);
                self.wrong(Diagnostic::new(name.span(), message).help(not_found.help()));
            })
            .ok()
    }

    /// The names among `sections` that the check is about: those it lists, or all.
    fn selected(&mut self, listed: &[Spanned<String>], sections: &[&str], what: &str) -> Vec<String> {
        if listed.is_empty() {
            return sections.iter().map(|name| (*name).to_owned()).collect();
        }
        for name in listed.iter().filter(|name| !sections.contains(&name.get_ref().as_str())) {
            let not_found = NotFound::among(name.get_ref(), sections.iter().copied());
            let message =
                format!("{} names the {what} `{}`, which the spec does not have", self.check.title, not_found.name);
            self.wrong(Diagnostic::new(name.span(), message).help(not_found.help()));
        }
        listed.iter().map(|name| name.get_ref().clone()).collect()
    }

    /// Whether the dataset has objects to measure the metric on; a dataset that failed is left to its failure.
    fn is_measurable(&mut self, metric: &Metric, planned: &PlannedDataset) -> bool {
        let Ok(dataset) = &planned.state else { return true };
        let category = match &self.check.category {
            None => None,
            Some(name) => match dataset.category(name.get_ref()) {
                Some(category) => Some(category.id),
                None => {
                    let not_found = NotFound::among(name.get_ref(), dataset.categories.iter().map(|c| c.name.as_str()));
                    let message = format!("dataset `{}` has no category `{}`", planned.name, not_found.name);
                    self.wrong(Diagnostic::new(name.span(), message).help(not_found.help()));
                    return false;
                }
            },
        };
        if count_objects(dataset, metric, category) > 0 {
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
}

fn count_objects(dataset: &Dataset, metric: &Metric, category: Option<u64>) -> usize {
    let counts = |a: &&Annotation| {
        !a.iscrowd && metric.area.contains(a.area) && category.is_none_or(|category| a.category_id == category)
    };
    dataset.annotations.iter().flatten().filter(counts).count()
}
