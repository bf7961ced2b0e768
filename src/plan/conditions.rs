//! The conditions of a spec: clean, then every level of every perturbation.

use super::{Conditions, PlannedCondition};
use crate::condition::Condition;
use crate::perturb::{Sweep, read_section};
use crate::spec::{Diagnostics, Spec};

/// All conditions, clean first. Perturbations that are wrong are left out, with their mistakes in `diagnostics`.
pub fn conditions(spec: &Spec<'_>, diagnostics: &mut Diagnostics) -> Conditions {
    let sweeps = spec.perturbations.iter().flat_map(|section| read_section(section, diagnostics));
    std::iter::once(PlannedCondition::clean()).chain(sweeps.flat_map(perturbed).collect::<Vec<_>>()).collect()
}

fn perturbed(sweep: Sweep) -> Vec<PlannedCondition> {
    let Sweep { name, settings } = sweep;
    settings
        .into_iter()
        .map(|setting| {
            let condition = Condition::Perturbed { perturbation: name.clone(), level: setting.level };
            PlannedCondition::perturbed(condition, setting)
        })
        .collect()
}
