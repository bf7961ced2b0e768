//! Which conditions a check is on: names, levels and groups looked up.

use std::collections::HashSet;

use toml::Spanned;

use super::Conditions;
use crate::condition::{CLEAN, Condition};
use crate::entry::NotFound;
use crate::perturb::Group;
use crate::position::ConditionAt;
use crate::spec::{CheckSpec, Choice, Diagnostic, Diagnostics, On, Spec};

/// `on = "all"`: every perturbed condition; clean is none of them.
pub const EVERY: &str = "all";

/// The conditions of a case before it is multiplied by models and datasets: how it is called, and which it reads.
pub struct Reads {
    /// A condition's name, or `mean(all)`.
    pub on: String,
    /// Positions in the plan's conditions; at least one.
    pub conditions: Vec<ConditionAt>,
}

/// What each case of a check reads; `None` where its `on` is missing (which was told when it was read), is wrong or names something that is. `is_summary` says whether
/// its metric makes one figure of all conditions.
pub fn reads(selector: &mut Selector<'_, '_>, check: &CheckSpec, is_summary: bool) -> Option<Vec<Reads>> {
    let (label, conditions) = selector.select(check.on.as_ref()?.get_ref())?;
    let one = |condition: ConditionAt| Reads {
        on: selector.conditions[condition].condition.to_string(),
        conditions: vec![condition],
    };
    Some(match check.aggregate {
        Some(aggregate) => vec![Reads { on: format!("{aggregate}({label})"), conditions }],
        None if is_summary => vec![Reads { on: label, conditions }],
        None => conditions.into_iter().map(one).collect(),
    })
}

/// Looks up what a check or an exclusion is on.
pub struct Selector<'a, 't> {
    /// The spec, for the names of sections that are wrong.
    pub spec: &'a Spec<'t>,
    /// The plan's conditions.
    pub conditions: &'a Conditions,
    /// How to call what looks them up: `check #2`.
    pub title: &'a str,
    /// Where mistakes go.
    pub diagnostics: &'a mut Diagnostics,
}

impl Selector<'_, '_> {
    /// How `on` is called, and its conditions, each once; `None` where it is wrong or names something that is.
    pub fn select(&mut self, on: &On) -> Option<(String, Vec<ConditionAt>)> {
        let (label, conditions) = match on {
            On::Names(names) => {
                let found: Vec<Option<Vec<ConditionAt>>> = names.iter().map(|name| self.named(name)).collect();
                let label = names.iter().map(|name| name.get_ref().as_str()).collect::<Vec<_>>().join("+");
                (label, found.into_iter().collect::<Option<Vec<_>>>()?.concat())
            }
            On::Group(group) => (format!("group={}", group.get_ref()), self.in_group(group)?),
        };
        let mut seen = HashSet::new();
        Some((label, conditions.into_iter().filter(|condition| seen.insert(*condition)).collect()))
    }

    fn named(&mut self, name: &Spanned<String>) -> Option<Vec<ConditionAt>> {
        let wanted = name.get_ref().as_str();
        let conditions = || self.conditions.numbered().map(|(at, planned)| (at, &planned.condition));
        let found = called(self.conditions, wanted);
        if !found.is_empty() {
            return Some(found);
        }
        let sections: Vec<&str> = self.spec.perturbations.iter().map(|s| s.name.get_ref().as_str()).collect();
        let section = wanted.split(['@', '.']).next().unwrap_or_default();
        let is_broken_section = sections.contains(&section) && !conditions().any(|(_, c)| is_called(c, section));
        if is_broken_section || (wanted == EVERY && !sections.is_empty()) {
            return None; // the mistake is in the section, and told there
        }
        let levels = conditions().map(|(_, c)| c.to_string()).filter(|c| c.starts_with(&format!("{section}@")));
        let levels: Vec<String> = levels.collect();
        let diagnostic = if wanted == EVERY {
            let message = format!("{} is on all perturbations, but the spec has none", self.title);
            Diagnostic::new(name.span(), message).help("add a `[perturbation.NAME]` with a `kind` and `severity`")
        } else if wanted.contains('@') && !levels.is_empty() {
            let message = format!("`{section}` has no level `{}`", &wanted[section.len() + 1..]);
            Diagnostic::new(name.span(), message).help(format!("there is: {}", levels.join(", ")))
        } else {
            let known = [CLEAN, EVERY].into_iter().chain(sections);
            let not_found = NotFound::among(section, known);
            let message = format!("{} is on `{wanted}`, which the spec does not have", self.title);
            Diagnostic::new(name.span(), message).help(not_found.help())
        };
        self.diagnostics.push(diagnostic);
        None
    }

    fn in_group(&mut self, name: &Spanned<String>) -> Option<Vec<ConditionAt>> {
        let words = Group::ALL.iter().map(|(word, _)| *word);
        let Some((_, group)) = Group::ALL.iter().find(|(word, _)| word == name.get_ref()) else {
            let message = format!("unknown group `{}`", name.get_ref());
            let help = NotFound::among(name.get_ref(), words).help();
            self.diagnostics.push(Diagnostic::new(name.span(), message).help(help));
            return None;
        };
        let conditions = self.conditions.numbered();
        let found: Vec<ConditionAt> =
            conditions.filter(|(_, planned)| planned.is_in(*group)).map(|(at, _)| at).collect();
        if found.is_empty() {
            let message = format!("{} is on group `{group}`, but no perturbation of the spec is in it", self.title);
            self.diagnostics
                .push(Diagnostic::new(name.span(), message).help("remove the check, or add such a perturbation"));
            return None;
        }
        Some(found)
    }
}

/// The conditions that a check means by `name`, as positions; empty where there is none such.
pub fn called(conditions: &Conditions, name: &str) -> Vec<ConditionAt> {
    let means = |condition: &Condition| match name {
        CLEAN => condition.is_clean(),
        EVERY => !condition.is_clean(),
        _ => is_called(condition, name),
    };
    let found = conditions.numbered().filter(|(_, planned)| means(&planned.condition));
    found.map(|(at, _)| at).collect()
}

/// Whether `name` is the condition's own, its perturbation's, or its preset's.
fn is_called(condition: &Condition, name: &str) -> bool {
    match condition {
        Condition::Clean => false,
        Condition::Perturbed { perturbation, .. } => {
            let of_preset = perturbation.split_once('.').is_some_and(|(preset, _)| preset == name);
            // Written out only where it could be the name: this is asked of every condition for every name of a check.
            perturbation == name
                || of_preset
                || name.starts_with(perturbation.as_str()) && condition.to_string() == name
        }
    }
}
