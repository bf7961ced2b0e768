//! The plan: a spec resolved against what there is. Every mistake is found before the first pixel is made.
//!
//! `resolve` ties it together. `resources` opens datasets and models (`unusable` says why one cannot be used), `conditions` lays
//! out what is perturbed, `exclusions` what is left out. `checks` makes cases of checks: `binder` takes one (`reads` says which
//! conditions, `claims` which thresholds, `slices` which part of a dataset; `refusals` and `measurable` refuse what could not
//! fail or be measured), `data_checks` those on datasets alone. `augmentations` binds what models were trained with. The rest are
//! notes for people (`accepted`, `ceiling`, `clean_unseen`, `strangers`, `uneven`, `viewless`) and parts of a plan (`audit_part`,
//! `partition`).

mod accepted;
mod audit_part;
mod augmentations;
mod binder;
mod ceiling;
mod checks;
mod claims;
mod clean_unseen;
mod conditions;
mod data_checks;
mod exclusions;
mod measurable;
mod min_confidence;
mod model;
mod partition;
mod planned_condition;
mod reads;
mod refusals;
mod resolve;
mod resources;
mod rest;
mod shrunk;
mod slices;
mod strangers;
mod table_metric;
mod times;
mod uneven;
mod unusable;
mod viewed;
mod viewless;

pub use model::{
    Against, Case, Cell, Conditions, Images, Plan, PlannedAugmentation, PlannedBaseline, PlannedDataset, PlannedModel,
    PlannedSlices, PlannedSplit, Scope, population,
};
pub use partition::{Costs, NoPartition, Partition};
pub use planned_condition::PlannedCondition;
pub use resolve::{Selection, Unresolved, resolve, scenery, vocabulary};
