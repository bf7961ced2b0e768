//! The record: everything a run found, versioned, and the JSON report as it is. Reporters read nothing else.

mod accept;
mod model;
mod robustness;

pub use accept::{Acceptance, accepted, draws_name};
pub use model::{
    CaseRecord, CategoryRecord, CellRecord, ConditionRecord, Counts, DatasetRecord, ErrorSplit, MetricRecord,
    ModelRecord, Record, SetupRecord, SpecRecord, StepRecord, Times, Tool, VERSION, WaiverRecord,
};
pub use robustness::{AuditRecord, BreakingPoint, Effect, GroupRecord, ImageRecord, RobustnessRecord};
