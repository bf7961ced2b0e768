//! The clock: wall time at the start, counted on by a clock that never jumps.

#![expect(clippy::disallowed_methods, reason = "the door to the clock")]

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use junit_report::OffsetDateTime;

/// This moment, for what it took from here.
pub fn now() -> Instant {
    Instant::now()
}

/// Time since 1970-01-01 UTC.
pub fn clock() -> impl Fn() -> Duration + Sync {
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let started = Instant::now();
    move || epoch + started.elapsed()
}

/// Seconds since 1970-01-01 UTC as people write a moment: `2026-11-24 08:05 UTC`.
pub fn moment(unix: u64) -> String {
    format!("{} UTC", minute(unix))
}

/// The same where UTC is told beside it: `2026-11-24 08:05`.
pub fn minute(unix: u64) -> String {
    let when = OffsetDateTime::from_unix_timestamp(unix.cast_signed()).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (when.date(), when.time());
    format!("{date} {:02}:{:02}", time.hour(), time.minute())
}

/// This moment as a log tells it: `08:05:31 UTC`.
pub fn time_of_day() -> String {
    let (hour, minute, second) = OffsetDateTime::now_utc().to_hms();
    format!("{hour:02}:{minute:02}:{second:02} UTC")
}

/// The day, UTC: year, month, day.
pub fn today() -> (u16, u8, u8) {
    let date = OffsetDateTime::now_utc().date();
    (u16::try_from(date.year()).unwrap_or_default(), date.month().into(), date.day())
}
