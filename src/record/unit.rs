//! The units of what perturbations set.

use crate::perturb;

/// The unit of a parameter of a kind of perturbation, for people; `None` where either is unknown.
pub fn unit(kind: &str, parameter: &str) -> Option<&'static str> {
    let kind = perturb::ALL.iter().find(|other| other.entry.name == kind)?;
    kind.parameters.iter().find(|other| other.name == parameter).map(|parameter| parameter.unit)
}
