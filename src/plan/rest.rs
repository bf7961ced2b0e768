//! What a check is on without some of its conditions, as a spec would write it.

use std::collections::BTreeSet;

use super::reads::called;
use super::{Plan, Scope};
use crate::condition::{Condition, Level};
use crate::position::ConditionAt;

impl Plan {
    /// The line that takes `left_out` out of what a check is on; `None` where nothing would be left.
    pub fn on_without(&self, scope: &Scope, left_out: &BTreeSet<ConditionAt>) -> Option<String> {
        let rest: BTreeSet<ConditionAt> =
            scope.conditions.iter().copied().filter(|condition| !left_out.contains(condition)).collect();
        let (mut names, mut named) = (Vec::new(), BTreeSet::new());
        for &at in &rest {
            if named.contains(&at) {
                continue;
            }
            // The shortest name that means none of the others.
            let (name, meant) = self.names(at).into_iter().find(|(_, meant)| meant.is_subset(&rest))?;
            named.extend(meant);
            names.push(format!("\"{name}\""));
        }
        (!names.is_empty()).then(|| format!("on = [{}]", names.join(", ")))
    }

    /// What a condition is called in a spec, and all that is called so: after its preset, its perturbation, and by itself.
    fn names(&self, at: ConditionAt) -> Vec<(String, BTreeSet<ConditionAt>)> {
        let condition = &self.conditions[at].condition;
        let perturbation = condition.perturbation();
        let preset = perturbation.split_once('.').map(|(preset, _)| preset.to_owned());
        let names = preset.into_iter().chain([perturbation.to_owned(), condition.to_string()]);
        names.map(|name| (name.clone(), called(&self.conditions, &name).into_iter().collect())).collect()
    }

    /// The section in which a condition has a level that could be milder; `None` where it has none.
    pub fn section_of_level(&self, at: ConditionAt) -> Option<String> {
        match &self.conditions[at].condition {
            Condition::Clean | Condition::Perturbed { level: Level::Fixed, .. } => None,
            Condition::Perturbed { perturbation, .. } => {
                Some(format!("[perturbation.{}]", perturbation.split('.').next().unwrap_or_default()))
            }
        }
    }
}
