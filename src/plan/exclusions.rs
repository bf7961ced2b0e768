//! `[matrix] exclude`: which cells are not run.

use toml::Spanned;

use super::Conditions;
use super::model::CLEAN_CONDITION;
use super::reads::Selector;
use crate::entry::NotFound;
use crate::position::ConditionAt;
use crate::spec::{Diagnostic, Diagnostics, Exclusion, Section, Spec};

/// Cells that are left out.
pub struct Excluded<'a> {
    written: &'a Exclusion,
    /// Positions in the plan's conditions; `None` means all.
    conditions: Option<Vec<ConditionAt>>,
}

impl Excluded<'_> {
    /// Whether a cell is among them.
    pub fn contains(&self, model: &str, dataset: &str, condition: ConditionAt) -> bool {
        is_listed(&self.written.models, model)
            && is_listed(&self.written.datasets, dataset)
            && self.conditions.as_ref().is_none_or(|conditions| conditions.contains(&condition))
    }
}

fn is_listed(names: &[Spanned<String>], name: &str) -> bool {
    names.is_empty() || names.iter().any(|listed| listed.get_ref() == name)
}

/// The exclusions of `spec`, names looked up. Those that are wrong are left out, with their mistakes in `diagnostics`.
pub fn excluded<'a>(spec: &'a Spec<'_>, conditions: &Conditions, diagnostics: &mut Diagnostics) -> Vec<Excluded<'a>> {
    let mut excluded = Vec::new();
    for written in &spec.exclusions {
        let before = diagnostics.len();
        refuse_unknown(written, &written.models, &spec.models, "model", diagnostics);
        refuse_unknown(written, &written.datasets, &spec.datasets, "dataset", diagnostics);
        let found = written.on.as_ref().map(|on| {
            let found = Selector { spec, conditions, title: &written.title, diagnostics }.select(on.get_ref());
            if found.as_ref().is_some_and(|(_, found)| found.contains(&CLEAN_CONDITION)) {
                let message = format!("{} leaves out clean images, which drops are measured from", written.title);
                let help = "name perturbations, or leave `on` out to exclude the model or dataset altogether";
                diagnostics.push(Diagnostic::new(on.span(), message).help(help));
            }
            found.map(|(_, conditions)| conditions)
        });
        if diagnostics.len() == before && found.as_ref().is_none_or(Option::is_some) {
            excluded.push(Excluded { written, conditions: found.flatten() });
        }
    }
    excluded
}

fn refuse_unknown(
    exclusion: &Exclusion,
    named: &[Spanned<String>],
    sections: &[Section<'_>],
    what: &str,
    diagnostics: &mut Diagnostics,
) {
    let known = || sections.iter().map(|section| section.name.get_ref().as_str());
    for name in named.iter().filter(|name| !known().any(|known| known == name.get_ref())) {
        let message =
            format!("{} names the {what} `{}`, which the spec does not have", exclusion.title, name.get_ref());
        let help = NotFound::among(name.get_ref(), known()).help();
        diagnostics.push(Diagnostic::new(name.span(), message).help(help));
    }
}
