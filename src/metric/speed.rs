//! How fast a model answers: measured by calls of its own, never from what a run happens to take.

use super::kind::{Better, Metric, Origin, Speed};

const fn latency(name: &'static str, which: Speed, definition: &'static str) -> Metric {
    Metric { name, definition, origin: Origin::Speed(which), better: Better::Lower, most: f64::INFINITY }
}

/// Calls below which the 95th percentile is hardly more than the slowest one.
pub const LEAST_OF_P95: usize = 100;

/// The median.
pub static LATENCY_P50: Metric = latency(
    "latency_p50",
    Speed::Percentile(50),
    "median time of a call, milliseconds, preprocessing and postprocessing included (nearest rank of `latency_calls` calls, after \
     a warm-up, each of as many clean pictures as the model takes at once, the models of a dataset in turn)",
);
/// The 95th percentile.
pub static LATENCY_P95: Metric = latency(
    "latency_p95",
    Speed::Percentile(95),
    "95th percentile of the time of a call, milliseconds, measured as `latency_p50`; it takes 100 calls or more",
);
/// Pictures a second.
pub static THROUGHPUT: Metric = Metric {
    name: "throughput",
    definition: "pictures a second: those of all calls by the time that they took, one call after the other, measured as \
                 `latency_p50`",
    origin: Origin::Speed(Speed::Throughput),
    better: Better::Higher,
    most: f64::INFINITY,
};
