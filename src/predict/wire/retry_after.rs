//! The `Retry-After` header (RFC 9110, 10.2.3): seconds, or a date.

use std::time::Duration;

/// How long a server asks to wait. A date is held against the answer's own `Date`: the server's clock counts, and ours
/// is not read. `None` where the header cannot be understood.
pub fn retry_after(header: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = header.trim().parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let (then, now) = (unix_seconds(header)?, unix_seconds(date?)?);
    Some(Duration::from_secs(then.saturating_sub(now)))
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Seconds since 1970 of an IMF-fixdate, `Sun, 06 Nov 1994 08:49:37 GMT`: the one form that servers may send.
fn unix_seconds(date: &str) -> Option<u64> {
    let (_weekday, rest) = date.trim().split_once(", ")?;
    let [day, month, year, time, "GMT"] = rest.split(' ').collect::<Vec<_>>()[..] else { return None };
    let month = MONTHS.iter().position(|name| *name == month)? as u64;
    let [hours, minutes, seconds] =
        time.split(':').map(|part| part.parse::<u64>().ok()).collect::<Option<Vec<_>>>()?[..]
    else {
        return None;
    };
    let days =
        days_since_1970(year.parse().ok().filter(|year| (1970..10_000).contains(year))?, month, day.parse().ok()?);
    Some(days * 86_400 + hours * 3600 + minutes * 60 + seconds)
}

/// Days from 1970-01-01; `month` counts from 0, `day` from 1.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let is_leap = |year: u64| year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let years: u64 = (1970..year).map(|year| 365 + u64::from(is_leap(year))).sum();
    let lengths = [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let months: u64 = lengths.iter().take(month as usize).sum();
    years + months + day.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_dates_are_understood() {
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        // The value RFC 9110's example has in every library.
        assert_eq!(unix_seconds(date), Some(784_111_777));
        assert_eq!(unix_seconds("Thu, 29 Feb 2024 23:59:59 GMT"), Some(1_709_251_199));
        assert_eq!(retry_after("120", None), Some(Duration::from_mins(2)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:50:07 GMT", Some(date)), Some(Duration::from_secs(30)));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:00:00 GMT", Some(date)), Some(Duration::ZERO));
    }

    #[test]
    fn what_is_not_understood_is_left_alone() {
        for header in ["soon", "-3", "Sun, 06 Nov 1994", "Sunday, 06-Nov-94 08:49:37 GMT", ""] {
            assert_eq!(retry_after(header, Some("Sun, 06 Nov 1994 08:49:37 GMT")), None, "{header}");
        }
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:37 GMT", None), None);
    }
}
