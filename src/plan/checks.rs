//! Checks to cases: names looked up, levels laid out, and everything refused that could not fail.

use toml::Spanned;

use super::{Case, Plan, PlannedDataset};
use crate::condition::{CLEAN, Condition, Level};
use crate::dataset::Dataset;
use crate::detection::Annotation;
use crate::entry::{NotFound, find};
use crate::gate::Claim;
use crate::metric::{self, Metric};
use crate::perturb::{Group, Setting};
use crate::spec::{Aggregate, Bound, CheckSpec, Choice, Diagnostic, Diagnostics, On, Span, Spec, Thresholds};

/// `on = "all"`: every perturbed condition.
const EVERY: &str = "all";

/// The position of the clean condition in a plan.
const CLEAN_CONDITION: usize = 0;

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

/// The conditions of a case before it is multiplied by models and datasets: how it is called, and which it reads.
struct Reads {
    on: String,
    conditions: Vec<usize>,
}

impl Binder<'_, '_> {
    fn cases(&mut self) -> Vec<Case> {
        let metric = self.metric();
        let reads = self.reads();
        let model_sections = self.spec.models.iter().map(|section| section.name.get_ref().as_str()).collect::<Vec<_>>();
        let models = self.selected(&self.check.models, &model_sections, "model");
        let dataset_sections =
            self.spec.datasets.iter().map(|section| section.name.get_ref().as_str()).collect::<Vec<_>>();
        let datasets = self.selected(&self.check.datasets, &dataset_sections, "dataset");
        let (Some(metric), Some(reads)) = (metric, reads) else { return Vec::new() };
        let mut cases = Vec::new();
        for (bound, thresholds) in &self.check.bounds {
            let Some(claims) = self.claims(*bound, thresholds, &reads) else { continue };
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

    /// What each case of the check reads; `None` where its `on` is wrong or names something that is.
    fn reads(&mut self) -> Option<Vec<Reads>> {
        let (label, conditions) = match self.check.on.get_ref() {
            On::Names(names) => {
                let found: Vec<Option<Vec<usize>>> = names.iter().map(|name| self.named(name)).collect();
                let label = names.iter().map(|name| name.get_ref().as_str()).collect::<Vec<_>>().join("+");
                (label, found.into_iter().collect::<Option<Vec<_>>>()?.concat())
            }
            On::Group(group) => (format!("group={}", group.get_ref()), self.in_group(group)?),
        };
        let mut unique: Vec<usize> = Vec::new();
        for condition in conditions {
            if !unique.contains(&condition) {
                unique.push(condition);
            }
        }
        let one = |condition: usize| Reads {
            on: self.plan.conditions[condition].condition.to_string(),
            conditions: vec![condition],
        };
        Some(match self.check.aggregate {
            Some(aggregate) => vec![Reads { on: format!("{aggregate}({label})"), conditions: unique }],
            None => unique.into_iter().map(one).collect(),
        })
    }

    fn named(&mut self, name: &Spanned<String>) -> Option<Vec<usize>> {
        let wanted = name.get_ref().as_str();
        let conditions = || self.plan.conditions.iter().map(|planned| &planned.condition).enumerate();
        let found: Vec<usize> = match wanted {
            CLEAN => vec![CLEAN_CONDITION],
            EVERY => conditions().filter(|(_, condition)| !condition.is_clean()).map(|(at, _)| at).collect(),
            _ => conditions().filter(|(_, condition)| is_called(condition, wanted)).map(|(at, _)| at).collect(),
        };
        if !found.is_empty() {
            return Some(found);
        }
        let sections: Vec<&str> = self.spec.perturbations.iter().map(|s| s.name.get_ref().as_str()).collect();
        let section = wanted.split('@').next().unwrap_or_default();
        let is_broken_section = sections.contains(&section) && !conditions().any(|(_, c)| is_called(c, section));
        if is_broken_section || (wanted == EVERY && !sections.is_empty()) {
            return None; // the mistake is in the section, and told there
        }
        let levels = conditions().map(|(_, c)| c.to_string()).filter(|c| c.starts_with(&format!("{section}@")));
        let levels: Vec<String> = levels.collect();
        let diagnostic = if wanted == EVERY {
            let message = format!("{} is on all perturbations, but the spec has none", self.check.title);
            Diagnostic::new(name.span(), message).help("add a `[perturbation.NAME]` with a `kind` and `severity`")
        } else if wanted.contains('@') && !levels.is_empty() {
            let message = format!("`{section}` has no level `{}`", &wanted[section.len() + 1..]);
            Diagnostic::new(name.span(), message).help(format!("there is: {}", levels.join(", ")))
        } else {
            let known = [CLEAN, EVERY].into_iter().chain(sections);
            let not_found = NotFound::among(section, known);
            let message = format!("{} is on `{wanted}`, which the spec does not have", self.check.title);
            Diagnostic::new(name.span(), message).help(not_found.help())
        };
        self.wrong(diagnostic);
        None
    }

    fn in_group(&mut self, name: &Spanned<String>) -> Option<Vec<usize>> {
        let words = Group::ALL.iter().map(|(word, _)| *word);
        let Some((_, group)) = Group::ALL.iter().find(|(word, _)| word == name.get_ref()) else {
            let message = format!("unknown group `{}`", name.get_ref());
            let help = NotFound::among(name.get_ref(), words).help();
            self.wrong(Diagnostic::new(name.span(), message).help(help));
            return None;
        };
        let in_group = |setting: &Setting| setting.perturbation.group() == *group;
        let conditions = self.plan.conditions.iter().enumerate();
        let found: Vec<usize> = conditions
            .filter(|(_, planned)| planned.setting.as_ref().is_some_and(in_group))
            .map(|(at, _)| at)
            .collect();
        if found.is_empty() {
            let message =
                format!("{} is on group `{group}`, but no perturbation of the spec is in it", self.check.title);
            self.wrong(Diagnostic::new(name.span(), message).help("remove the check, or add such a perturbation"));
            return None;
        }
        Some(found)
    }

    /// The claim of each case; `None` where the thresholds are wrong.
    fn claims<'r>(
        &mut self,
        bound: Bound,
        thresholds: &Spanned<Thresholds>,
        reads: &'r [Reads],
    ) -> Option<Vec<(&'r Reads, Claim)>> {
        if bound.is_against_clean() && reads.iter().any(|reads| reads.conditions.contains(&CLEAN_CONDITION)) {
            let message = format!("`{bound}` of {} compares clean images with clean images", self.check.title);
            let help = "use `min` or `max` on clean images";
            self.wrong(Diagnostic::new(thresholds.span(), message).help(help));
            return None;
        }
        let aggregate = self.check.aggregate.unwrap_or(Aggregate::Mean);
        let claim = |threshold| Claim { bound, threshold, aggregate };
        match thresholds.get_ref() {
            Thresholds::One(threshold) => {
                self.refuse_vacuous(bound, *threshold, &thresholds.span())?;
                Some(reads.iter().map(|reads| (reads, claim(*threshold))).collect())
            }
            Thresholds::PerLevel(levels) => {
                let per_level = self.per_level(bound, levels, reads, &thresholds.span())?;
                Some(reads.iter().zip(per_level.into_iter().map(claim)).collect())
            }
        }
    }

    /// The threshold of each of `reads`, where they are given by level: each level exactly once.
    fn per_level(
        &mut self,
        bound: Bound,
        levels: &[(Spanned<String>, f64)],
        reads: &[Reads],
        span: &Span,
    ) -> Option<Vec<f64>> {
        if self.check.aggregate.is_some() {
            let message =
                format!("`{bound}` of {} is given by level, but the check aggregates levels", self.check.title);
            self.wrong(Diagnostic::new(span.clone(), message).help("give one number, or remove `aggregate`"));
            return None;
        }
        let level_of = |reads: &Reads| match &self.plan.conditions[reads.conditions[0]].condition {
            Condition::Perturbed { level, .. } => Some(*level),
            Condition::Clean => None,
        };
        let wanted: Vec<Option<Level>> = reads.iter().map(level_of).collect();
        let is_at = |name: &str, level: &Option<Level>| level.is_some_and(|level| level.is_called(name));
        for (name, _) in levels.iter().filter(|(name, _)| !wanted.iter().any(|level| is_at(name.get_ref(), level))) {
            let there = reads.iter().map(|reads| reads.on.as_str()).collect::<Vec<_>>().join(", ");
            let message = format!(
                "`{bound}` of {} has a threshold for level `{}`, which it does not read",
                self.check.title,
                name.get_ref()
            );
            self.wrong(Diagnostic::new(name.span(), message).help(format!("it reads {there}")));
        }
        let mut found = Vec::with_capacity(reads.len());
        for (reads, level) in reads.iter().zip(&wanted) {
            match levels.iter().find(|(name, _)| is_at(name.get_ref(), level)) {
                Some((_, threshold)) => found.push(*threshold),
                None => {
                    let message = format!("`{bound}` of {} has no threshold for {}", self.check.title, reads.on);
                    let help = "give one for every level, or name the levels to check: `on = [\"blur@1\", ...]`";
                    self.wrong(Diagnostic::new(span.clone(), message).help(help));
                }
            }
        }
        for threshold in &found {
            self.refuse_vacuous(bound, *threshold, span)?;
        }
        (found.len() == reads.len()).then_some(found)
    }

    /// Refuses thresholds that every figure meets, or none can: figures are 0..=1.
    fn refuse_vacuous(&mut self, bound: Bound, threshold: f64, span: &Span) -> Option<()> {
        let (allowed, range) = match bound {
            Bound::Min => (threshold > 0.0 && threshold <= 1.0, "above 0 and at most 1"),
            Bound::Max => ((0.0..1.0).contains(&threshold), "at least 0 and below 1"),
            Bound::MaxDrop | Bound::MaxRelativeDrop => (threshold > -1.0 && threshold < 1.0, "above -1 and below 1"),
        };
        if allowed {
            return Some(());
        }
        let message =
            format!("`{bound} = {threshold}` of {} could never tell a good model from a bad one", self.check.title);
        let percent = threshold > 1.0 && threshold <= 100.0;
        let help = if percent {
            format!("figures are shares, 0..1: did you mean {}?", threshold / 100.0)
        } else {
            format!("figures are shares, 0..1: `{bound}` must be {range}")
        };
        self.wrong(Diagnostic::new(span.clone(), message).help(help));
        None
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

/// Whether `name` is the condition's own, or its perturbation's.
fn is_called(condition: &Condition, name: &str) -> bool {
    match condition {
        Condition::Clean => false,
        Condition::Perturbed { perturbation, .. } => perturbation == name || condition.to_string() == name,
    }
}
