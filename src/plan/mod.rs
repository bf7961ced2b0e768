//! The plan: a spec resolved against what there is. Every mistake is found before the first pixel is made.
//!
//! `augmentations` binds what models were trained with, `resources` opens datasets and models (`unusable` says why one cannot be used), `conditions` lays out the perturbed conditions, `checks` binds checks to
//! cells (`reads` says which conditions, `claims` which thresholds, `slices` which part of a dataset), `resolve` ties them together.

mod augmentations;
mod checks;
mod claims;
mod conditions;
mod exclusions;
mod model;
mod partition;
mod reads;
mod resolve;
mod resources;
mod slices;
mod unusable;

pub use model::{
    Against, Case, Cell, Plan, PlannedAudit, PlannedBaseline, PlannedCondition, PlannedDataset, PlannedModel,
    PlannedSlices, population,
};
pub use partition::{Costs, NoPartition, Partition};
pub use resolve::{Selection, Unresolved, resolve, scenery};
