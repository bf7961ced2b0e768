//! The record: everything a run found, versioned, and the JSON report as it is. Reporters read nothing else.

mod model;

pub use model::{
    CaseRecord, CategoryRecord, CellRecord, ConditionRecord, Counts, DatasetRecord, MetricRecord, ModelRecord, Record,
    SetupRecord, SpecRecord, StepRecord, Times, Tool, VERSION,
};
