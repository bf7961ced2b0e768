//! The plan: a spec resolved against what there is. Every mistake is found before the first pixel is made.
//!
//! `audit_part` is what an audit needs of a plan; `augmentations` binds what models were trained with, `resources` opens datasets and models (`unusable` says why one cannot be used), `conditions` lays out the perturbed conditions, `checks` binds checks to
//! cells (`reads` says which conditions, `claims` which thresholds, `slices` which part of a dataset, `strangers` which classes of models nobody asks for; `data_checks` those on datasets alone), `resolve` ties them together.

mod accepted;
mod audit_part;
mod augmentations;
mod ceiling;
mod checks;
mod claims;
mod clean_unseen;
mod conditions;
mod data_checks;
mod exclusions;
mod model;
mod partition;
mod planned_condition;
mod reads;
mod resolve;
mod resources;
mod slices;
mod strangers;
mod unusable;

pub use model::{
    Against, Case, Cell, Conditions, Images, Plan, PlannedAudit, PlannedBaseline, PlannedDataset, PlannedModel,
    PlannedSlices, PlannedSplit, population,
};
pub use partition::{Costs, NoPartition, Partition};
pub use planned_condition::PlannedCondition;
pub use resolve::{Selection, Unresolved, resolve, scenery, vocabulary};
