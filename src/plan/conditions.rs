//! The conditions of a spec: clean, then every level of every perturbation.

use super::{Conditions, PlannedCondition};
use crate::condition::Condition;
use crate::perturb::{Setting, Sweep, read_section, unfit};
use crate::spec::{Diagnostic, Diagnostics, Section, Spec};
use crate::task::Task;

/// All conditions, clean first, and notes on those that are left out. Perturbations that are wrong are left out, with their
/// mistakes in `diagnostics`.
pub fn conditions(spec: &Spec<'_>, diagnostics: &mut Diagnostics) -> (Conditions, Vec<String>) {
    let mut notes = Vec::new();
    let mut sweeps = Vec::new();
    for section in &spec.perturbations {
        let read = read_section(section, diagnostics);
        sweeps.extend(match spec.task {
            Task::Detect => read,
            Task::Classify => fitting(section, read, diagnostics, &mut notes),
        });
    }
    (std::iter::once(PlannedCondition::clean()).chain(sweeps.into_iter().flat_map(perturbed)).collect(), notes)
}

/// Those of a section that leave the class of a picture to be told. What somebody asks for by its name is a mistake where it does
/// not; of a preset the others are run.
fn fitting(
    section: &Section<'_>,
    sweeps: Vec<Sweep>,
    diagnostics: &mut Diagnostics,
    notes: &mut Vec<String>,
) -> Vec<Sweep> {
    let table = &section.table;
    let is_preset = table.get("preset").is_some();
    let mut left_out = Vec::new();
    let mut fit = |name: &str, setting: &Setting| match unfit(setting, table) {
        None => true,
        Some(unfit) if is_preset => {
            left_out.push((format!("{name}@{}", setting.level), unfit));
            false
        }
        Some(unfit) => {
            let message = format!("{}: {}", table.title, unfit.message);
            diagnostics.push(Diagnostic::new(section.name.span(), message).help(unfit.help));
            false
        }
    };
    let mut kept = Vec::new();
    for Sweep { name, mut settings } in sweeps {
        settings.retain(|setting| fit(&name, setting));
        kept.extend((!settings.is_empty()).then_some(Sweep { name, settings }));
    }
    if let [(_, first), ..] = &left_out[..] {
        let names = left_out.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ");
        notes.push(format!(
            "{} of the preset are not run on pictures with a class, which has to be seen: {names} ({}: {})",
            left_out.len(),
            first.message,
            first.help
        ));
    }
    kept
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
