//! The clock: wall time at the start, counted on by a clock that never jumps.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Time since 1970-01-01 UTC.
pub fn clock() -> impl Fn() -> Duration + Sync {
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let started = Instant::now();
    move || epoch + started.elapsed()
}
