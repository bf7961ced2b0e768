//! What calls took that were made to be timed.

use std::collections::BTreeMap;

use crate::failure::Measured;
use crate::position::{DatasetAt, ModelAt};
use crate::score::CallTimes;
use crate::stopwatch::Phases;

/// The times of models on datasets.
pub type Times = BTreeMap<(ModelAt, DatasetAt), Measured<Timed>>;

/// The calls of a model that were timed.
#[derive(Debug, Clone)]
pub struct Timed {
    /// What they took.
    pub calls: CallTimes,
    /// What their parts took, seconds, all calls together.
    pub phases: Phases,
}
