//! [`Instant`]: when a fact was recorded.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::Serialize;

use super::Day;

/// A moment in UTC to the second, written `2018-04-20T09:30:00Z`; a bare day means its start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(DateTime<Utc>);

/// Why a text is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a moment in UTC; write 2018-04-20T09:30:00Z, or a day alone")]
pub struct InstantError(String);

impl Instant {
    /// Before anything was recorded.
    pub(crate) const EARLIEST: Instant = Instant(DateTime::<Utc>::MIN_UTC);

    /// Returns the first moment of a day.
    pub fn start_of(day: Day) -> Instant {
        Instant(day.date().and_time(NaiveTime::MIN).and_utc())
    }

    /// Returns the last second of a day: what a bare day means as a cut-off.
    pub fn end_of(day: Day) -> Instant {
        Instant(
            Instant::start_of(day.next())
                .0
                .checked_sub_signed(TimeDelta::seconds(1))
                .unwrap_or(DateTime::<Utc>::MAX_UTC),
        )
    }

    /// Returns the day in UTC.
    pub fn day(self) -> Day {
        Day::of(self.0.date_naive())
    }

    /// Returns the next second.
    pub fn next(self) -> Instant {
        Instant(self.0.checked_add_signed(TimeDelta::seconds(1)).unwrap_or(self.0))
    }

    /// Reads a cut-off: a moment, or a bare day that means its end.
    pub fn parse_cut_off(text: &str) -> Result<Instant, InstantError> {
        text.parse::<Day>().map(Instant::end_of).or_else(|_| text.parse())
    }
}

impl TryFrom<DateTime<Utc>> for Instant {
    type Error = InstantError;

    /// Takes a clock's moment, cut to the second.
    fn try_from(moment: DateTime<Utc>) -> Result<Instant, InstantError> {
        let refused = || InstantError(moment.to_rfc3339());
        Day::from_date(moment.date_naive()).map_err(|_| refused())?;
        DateTime::from_timestamp(moment.timestamp(), 0).map(Instant).ok_or_else(refused)
    }
}

impl FromStr for Instant {
    type Err = InstantError;

    fn from_str(text: &str) -> Result<Instant, InstantError> {
        let refused = || InstantError(text.to_owned());
        if let Ok(day) = text.parse::<Day>() {
            return Ok(Instant::start_of(day));
        }
        let moment = DateTime::parse_from_rfc3339(text).map_err(|_| refused())?;
        let shape = text.len() == 20 && text.as_bytes()[10] == b'T' && text.ends_with('Z');
        if !shape {
            return Err(refused());
        }
        Instant::try_from(moment.with_timezone(&Utc)).map_err(|_| refused())
    }
}

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_day_is_its_start_as_a_fact_and_its_end_as_a_cut_off() {
        let fact: Instant = "2018-04-20".parse().unwrap();
        assert_eq!(fact.to_string(), "2018-04-20T00:00:00Z");
        assert_eq!(Instant::parse_cut_off("2018-04-20").unwrap().to_string(), "2018-04-20T23:59:59Z");
        assert_eq!(Instant::parse_cut_off("2018-04-20T01:00:00Z").unwrap().to_string(), "2018-04-20T01:00:00Z");
        assert_eq!(fact.day().to_string(), "2018-04-20");
        assert!(fact < fact.next());
    }

    #[test]
    fn only_utc_to_the_second_is_read() {
        for bad in [
            "",
            "2018-04-20T10:00:00",
            "2018-04-20T10:00:00+02:00",
            "2018-04-20T10:00:00.5Z",
            "2018-04-20 10:00:00Z",
            "1969-01-01T00:00:00Z",
            "2018-04-20T25:00:00Z",
        ] {
            assert!(bad.parse::<Instant>().is_err(), "{bad}");
        }
    }
}
