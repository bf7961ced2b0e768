//! What a record holds of how fast models answer.

use serde::{Deserialize, Serialize};

use crate::eval::Interval;

/// How fast a model answers on clean pictures of a dataset, by calls that were made to be timed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SpeedRecord {
    /// The model's name.
    pub model: String,
    /// The dataset's name.
    pub dataset: String,
    /// Calls that were timed.
    pub calls: usize,
    /// Pictures of each call.
    pub batch: usize,
    /// Median, milliseconds.
    pub latency_p50: f64,
    /// Its interval, over resampled calls.
    pub interval: Option<Interval>,
    /// 95th percentile, milliseconds; `None` where there are too few calls for one.
    pub latency_p95: Option<f64>,
    /// Pictures a second.
    pub throughput: f64,
    /// Mean of a call, milliseconds: making pictures ready for the network; 0 where a model elsewhere does it.
    pub preprocess: f64,
    /// The same of the network itself, or of the wait for a model elsewhere.
    pub inference: f64,
    /// The same of what is done with its outputs.
    pub decode: f64,
}
