//! The plan: a spec resolved against what there is. Every mistake is found before the first pixel is made.
//!
//! `resources` opens datasets and models, `conditions` lays out the perturbed conditions, `checks` binds checks to
//! cells, `resolve` ties them together.

mod checks;
mod conditions;
mod model;
mod resolve;
mod resources;

pub use model::{Case, Cell, Plan, PlannedCondition, PlannedDataset, PlannedModel};
pub use resolve::{Unresolved, resolve};
