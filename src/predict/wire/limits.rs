//! The options that every predictor that asks a server takes: how long, how often, how many at once.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::predict::Site;
use crate::spec::{Key, Literal, TableReader, ValueShape};

/// How long, how often and how many at once a server is asked.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// For one try, from connecting to the last byte.
    pub timeout: Duration,
    /// Further tries where another may help.
    pub retries: u32,
    /// For all tries of one frame and the waiting between them.
    pub patience: Duration,
    /// Requests started per second; no limit where `None`.
    pub requests_per_second: Option<f64>,
    /// Frames that wait for their answers at once.
    pub concurrency: NonZeroUsize,
}

/// What a kind takes where a spec says nothing.
#[derive(Debug, Clone, Copy)]
pub struct LimitDefaults {
    /// Requests started per second; no limit where `None`.
    pub requests_per_second: Option<f64>,
    /// Frames that wait for their answers at once.
    pub concurrency: NonZeroUsize,
}

/// One try may take this long, seconds: a cold model on a hosted server takes tens of seconds to load.
const TIMEOUT: f64 = 60.0;

/// Back-offs of 0.5, 1, 2, 4 and 8 seconds: a restart of a server fits in.
const RETRIES: u32 = 5;

/// All tries of a frame, seconds.
const PATIENCE: f64 = 300.0;

/// The longest time that can be asked for, seconds: a day.
const LONGEST: f64 = 86_400.0;

/// A time to wait, seconds.
pub const SECONDS: ValueShape = ValueShape::number(0.1, LONGEST);

/// More would only wait for each other, on any server.
pub const MOST_AT_ONCE: i64 = 256;

impl Limits {
    /// How many requests a second.
    pub const RATE: Key = Key::new(
        "requests_per_second",
        ValueShape::number(1e-3, 1e6),
        "requests started per second; no limit where none is given",
    );

    /// The keys of [`Self::read`] but for [`Self::RATE`], for a kind that asks for `concurrency` frames at once.
    pub fn keys(concurrency: NonZeroUsize) -> Vec<Key> {
        vec![
            Key::new("timeout_seconds", SECONDS, "for one try, from connecting to the last byte")
                .or(Literal::Number(TIMEOUT)),
            Key::new("retries", ValueShape::integer(0, 100), "further tries where another may help")
                .or(Literal::Integer(RETRIES.into())),
            Key::new("patience_seconds", SECONDS, "for all tries of one frame and the waiting between them")
                .or(Literal::Number(PATIENCE)),
            Key::new("concurrency", ValueShape::integer(1, MOST_AT_ONCE), "frames that wait for their answers at once")
                .or(Literal::Integer(i64::try_from(concurrency.get()).unwrap_or(i64::MAX))),
        ]
    }

    /// Reads `timeout_seconds`, `retries`, `patience_seconds`, `requests_per_second` and `concurrency`.
    pub fn read(options: &mut TableReader<'_, '_, '_>, defaults: LimitDefaults) -> Self {
        let timeout = options.number("timeout_seconds").unwrap_or(TIMEOUT);
        let retries = options.integer("retries").unwrap_or(RETRIES);
        let patience = options.number("patience_seconds").unwrap_or(PATIENCE.max(timeout));
        let requests_per_second = options.number("requests_per_second").or(defaults.requests_per_second);
        let concurrency = read_concurrency(options, "concurrency").unwrap_or(defaults.concurrency);
        Self {
            timeout: Duration::from_secs_f64(timeout),
            retries,
            patience: Duration::from_secs_f64(patience),
            requests_per_second,
            concurrency,
        }
    }

    /// Where the work is done.
    pub fn site(&self) -> Site {
        Site::Elsewhere(self.concurrency)
    }
}

/// How many at once, 1 to [`MOST_AT_ONCE`].
pub fn read_concurrency(options: &mut TableReader<'_, '_, '_>, key: &'static str) -> Option<NonZeroUsize> {
    options.integer(key).and_then(NonZeroUsize::new)
}
