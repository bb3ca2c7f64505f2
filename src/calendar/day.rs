//! [`Day`] and [`Month`]: the civil calendar.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use serde::Serialize;

/// A civil day, written `2018-02-01`.
///
/// Days read from text lie in the years 1970 to 2199; days computed from them never leave chrono's calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(NaiveDate);

/// Why a text is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Not of the form `2018-02-01`.
    #[error("`{0}` is not a day; write it like 2018-02-01")]
    NotIso(String),
    /// No such day in the calendar, such as 2018-02-29.
    #[error("`{0}` is not in the calendar")]
    NotInCalendar(String),
    /// Outside 1970 to 2199.
    #[error("`{0}` lies outside the years 1970 to 2199")]
    OutOfRange(String),
}

impl Day {
    /// Returns the day of a year, a month from 1 and a day from 1.
    pub fn new(year: i32, month: u32, day: u32) -> Result<Day, DayError> {
        let text = || format!("{year:04}-{month:02}-{day:02}");
        if !(1970..=2199).contains(&year) {
            return Err(DayError::OutOfRange(text()));
        }
        NaiveDate::from_ymd_opt(year, month, day).map(Day).ok_or_else(|| DayError::NotInCalendar(text()))
    }

    /// Returns the year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// Returns the month of the year, from 1.
    pub fn month_of_year(self) -> u32 {
        self.0.month()
    }

    /// Returns the day of the month, from 1.
    pub fn day_of_month(self) -> u32 {
        self.0.day()
    }

    /// Returns the calendar month this day is in.
    pub fn month(self) -> Month {
        Month { year: self.year(), month: self.month_of_year() }
    }

    /// Returns the day after.
    pub fn next(self) -> Day {
        self.plus_days(1)
    }

    /// Returns the day so many days later; the calendar's last day where it would leave the calendar.
    pub fn plus_days(self, days: u32) -> Day {
        Day(self.0.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX))
    }

    /// Returns the day so many days earlier; the calendar's first day where it would leave the calendar.
    pub fn minus_days(self, days: u32) -> Day {
        Day(self.0.checked_sub_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MIN))
    }

    /// Returns how many days lie from `earlier` to this day: 0 for the same day, and 0 where `earlier` is later.
    pub fn days_since(self, earlier: Day) -> u32 {
        u32::try_from(self.0.signed_duration_since(earlier.0).num_days()).unwrap_or(0)
    }

    pub(crate) fn date(self) -> NaiveDate {
        self.0
    }

    /// Takes a date that was computed from one inside the range.
    pub(super) fn of(date: NaiveDate) -> Day {
        Day(date)
    }

    pub(crate) fn from_date(date: NaiveDate) -> Result<Day, DayError> {
        Day::new(date.year(), date.month(), date.day())
    }
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Day, DayError> {
        let not_iso = || DayError::NotIso(text.to_owned());
        let shape = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(at, byte)| if at == 4 || at == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !shape {
            return Err(not_iso());
        }
        let number = |range: std::ops::Range<usize>| text[range].parse::<u32>().map_err(|_| not_iso());
        Day::new(number(0..4)?.cast_signed(), number(5..7)?, number(8..10)?)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.year(), self.month_of_year(), self.day_of_month()))
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A calendar month, written `2018-03`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u32,
}

impl Month {
    /// Returns the first day.
    pub fn first_day(self) -> Day {
        NaiveDate::from_ymd_opt(self.year, self.month, 1).map_or(Day(NaiveDate::MAX), Day)
    }

    /// Returns the month after.
    pub fn next(self) -> Month {
        if self.month == 12 {
            Month { year: self.year.saturating_add(1), month: 1 }
        } else {
            Month { year: self.year, month: self.month.saturating_add(1) }
        }
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}", self.year, self.month))
    }
}

impl Serialize for Month {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn only_iso_days_are_read() {
        assert_eq!(day("2020-02-29").to_string(), "2020-02-29");
        assert_eq!("2018-02-29".parse::<Day>(), Err(DayError::NotInCalendar("2018-02-29".into())));
        assert_eq!("1969-12-31".parse::<Day>(), Err(DayError::OutOfRange("1969-12-31".into())));
        for bad in ["", "2018-2-1", "2018/02/01", "01-02-2018", "2018-02-01 ", "2018-02-01T00:00", "２018-02-0"] {
            assert!(matches!(bad.parse::<Day>(), Err(DayError::NotIso(_))), "{bad}");
        }
    }

    #[test]
    fn days_are_counted() {
        assert_eq!(day("2018-02-01").days_since(day("2018-01-01")), 31);
        assert_eq!(day("2018-01-01").days_since(day("2018-02-01")), 0);
        assert_eq!(day("2019-12-31").next(), day("2020-01-01"));
        assert_eq!(day("2020-03-01").minus_days(1), day("2020-02-29"));
        assert_eq!(day("2018-12-05").month().next().first_day(), day("2019-01-01"));
    }
}
