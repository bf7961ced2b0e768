//! Versions that are compared under perturbation alone: a loss on clean images would go unseen. `on = "all"` reads as if it
//! were all conditions, and clean is none of the perturbations.

use std::collections::BTreeSet;

use super::reads::EVERY;
use super::{Case, Plan};
use crate::condition::CLEAN;
use crate::position::{CellAt, DatasetAt, ModelAt};
use crate::spec::{CheckSpec, On, Spec};

/// What a comparison is of: model, dataset, metric.
type Compared<'p> = (Option<ModelAt>, DatasetAt, &'p str);

/// Tells of the checks on `"all"` that compare models or versions, where no check so compares clean images.
pub fn notes(spec: &Spec<'_>, plan: &Plan) -> Vec<String> {
    if plan.is_filtered {
        return Vec::new();
    }
    let is_clean = |cell: &CellAt| plan.condition_of(*cell).condition.is_clean();
    // What compares with the clean images by itself cannot be on them; of the others some may be.
    let is_own = |case: &Case| case.metric.is_relative_to_clean() || case.metric.summary().is_some();
    let compared = || plan.cases.iter().filter(|case| case.other.is_some() && !is_own(case));
    let with_clean = compared().filter(|case| case.cells.iter().any(is_clean));
    let seen: BTreeSet<Compared<'_>> = with_clean.map(compared_as).collect();
    let unseen = compared().filter(|case| !seen.contains(&compared_as(case)));
    let unseen: BTreeSet<(&str, usize)> = unseen.map(|case| (case.place.file.as_str(), case.place.line)).collect();
    let note = |check: &CheckSpec| {
        let place = spec.source.place(&check.span);
        let is_told = is_on_all(check) && unseen.contains(&(place.file.as_str(), place.line));
        is_told.then(|| {
            format!(
                "{} ({}:{}) compares on \"{EVERY}\", which is every perturbation without `{CLEAN}`: what is lost on clean \
                 images goes unseen; `on = [\"{CLEAN}\", \"{EVERY}\"]` compares them, too",
                check.title, place.file, place.line
            )
        })
    };
    spec.checks.iter().filter_map(note).collect()
}

fn compared_as(case: &Case) -> Compared<'_> {
    (case.model, case.dataset, case.read.name)
}

fn is_on_all(check: &CheckSpec) -> bool {
    let Some(On::Names(names)) = check.on.as_ref().map(toml::Spanned::get_ref) else { return false };
    names.iter().any(|name| name.get_ref() == EVERY)
}
