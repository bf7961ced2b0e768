//! Checks to cases: the cases of all checks, and checks that come to none refused.

use std::collections::HashSet;

use super::binder::Binder;
use super::{Case, Plan, data_checks};
use crate::entry::find;
use crate::gate;
use crate::metric::{self, Metric};
use crate::spec::{CheckSpec, Correction, Diagnostic, Diagnostics, Spec};

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
            // What is wrong with a check that could not be read whole is told; its cases would be others.
            let is_new = check.is_unsure || ids.insert(case.id.clone());
            if !is_new {
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
    let not_found = match find(&metric::of(plan.task), name.get_ref()) {
        Ok(metric) => return Some(metric),
        Err(not_found) => not_found,
    };
    let message = format!("unknown metric `{}`", not_found.name);
    diagnostics.push(Diagnostic::new(name.span(), message).help(metric::meant(&not_found)));
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
