//! The one call to the clock, and how far the sandbox runs ahead of it.
//!
//! In: the system's clock, the offset that the store remembers. Out: now. The offset only grows: a restart
//! does not go back to before what has already been done.

use cobro_engine::calendar::Instant;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// The time.
pub(crate) struct Clock {
    ahead_millis: AtomicI64,
}

impl Clock {
    /// A clock that runs ahead by so many milliseconds.
    pub(crate) fn new(ahead_millis: i64) -> Clock {
        Clock { ahead_millis: AtomicI64::new(ahead_millis) }
    }

    /// The machine's own time, by which leases are measured: it is the same for all workers and never jumps.
    pub(crate) fn machine(&self) -> Instant {
        Instant(system_millis())
    }

    /// Now, as everything in the service understands it.
    pub(crate) fn now(&self) -> Instant {
        Instant(system_millis()).plus_millis(self.ahead_millis.load(Ordering::SeqCst))
    }

    /// How far the clock must run ahead for now to be at least this instant.
    pub(crate) fn ahead_for(&self, at: Instant) -> i64 {
        at.0.saturating_sub(system_millis()).max(self.ahead_millis.load(Ordering::SeqCst))
    }

    /// Runs ahead by so much, once the store remembers it; never by less than before.
    pub(crate) fn run_ahead(&self, millis: i64) {
        self.ahead_millis.fetch_max(millis, Ordering::SeqCst);
    }
}

fn system_millis() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// RFC 3339 in UTC, with milliseconds.
pub(crate) fn rfc3339(at: Instant) -> String {
    use chrono::{DateTime, SecondsFormat};
    DateTime::from_timestamp_millis(at.0)
        .map_or_else(|| at.0.to_string(), |at| at.to_rfc3339_opts(SecondsFormat::Millis, true))
}

/// Is it a moment that a calendar knows? The sandbox clock never goes where no strategy could reckon.
pub(crate) fn is_sayable(at: Instant) -> bool {
    chrono::DateTime::from_timestamp_millis(at.0).is_some_and(|at| at.timestamp() < 7_258_118_400)
}

/// The instant of an RFC 3339 text.
pub(crate) fn parse_rfc3339(text: &str) -> Option<Instant> {
    chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| Instant(at.timestamp_millis()))
}

/// The milliseconds of `3 days`, `90 minutes`, `2 semanas`. A day is 24 hours here: it is the clock that moves,
/// not a calendar.
pub(crate) fn parse_span(text: &str) -> Option<i64> {
    let (number, unit) = text.trim().split_once(' ')?;
    let number: i64 = number.parse().ok().filter(|number| *number > 0)?;
    let seconds = match unit.trim().trim_end_matches('s') {
        "second" | "segundo" => 1,
        "minute" | "minuto" => 60,
        "hour" | "hora" => 3_600,
        "day" | "dia" | "día" => 86_400,
        "week" | "semana" => 7 * 86_400,
        _ => return None,
    };
    number.checked_mul(seconds * 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_in_both_languages() {
        assert_eq!(parse_span("3 days"), Some(259_200_000));
        assert_eq!(parse_span("1 día"), Some(86_400_000));
        assert_eq!(parse_span("90 minutos"), Some(5_400_000));
        assert_eq!(parse_span("-1 day"), None);
        assert_eq!(parse_span("9223372036854775807 weeks"), None);
        assert_eq!(parse_span("tomorrow"), None);
    }

    #[test]
    fn the_clock_never_runs_back() {
        let clock = Clock::new(5_000);
        clock.run_ahead(1_000);
        assert!(clock.ahead_for(Instant(0)) >= 5_000);
        assert_eq!(parse_rfc3339(&rfc3339(Instant(1_750_000_000_123))), Some(Instant(1_750_000_000_123)));
    }
}
