//! [`Dated`]: the day, or the month, that a figure is of.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike, NaiveDate};
use serde::Serialize;

use super::{Day, DayError, Month, Period};

/// What a figure is of: a day, written `2018-03-05`, or a whole month, written `2018-03`.
///
/// Ordered by the first day, a month before its days. Small, since there may be millions.
///
/// ```
/// use respend::calendar::Dated;
/// let march: Dated = "2018-03".parse()?;
/// assert!(march.is_month() && march < "2018-03-01".parse()?);
/// assert_eq!(march.last_day().to_string(), "2018-03-31");
/// # Ok::<(), respend::calendar::DayError>(())
/// ```
// Twice the first day's number, and one more for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Dated(i32);

impl Dated {
    /// Returns whether it is a month.
    pub fn is_month(self) -> bool {
        self.0 & 1 == 0
    }

    /// Returns the first day of the month, or the day.
    pub fn first_day(self) -> Day {
        Day::of(NaiveDate::from_num_days_from_ce_opt(self.0 >> 1).unwrap_or(NaiveDate::MAX))
    }

    /// Returns the last day of the month, or the day.
    pub fn last_day(self) -> Day {
        let first = self.first_day();
        if self.is_month() { first.month().next().first_day().minus_days(1) } else { first }
    }

    /// Returns the month, or the month of the day.
    pub fn month(self) -> Month {
        self.first_day().month()
    }

    /// Returns its days.
    pub fn period(self) -> Period {
        Period::from(self)
    }

    /// Returns whether all its days belong to a period.
    pub fn is_within(self, period: Period) -> bool {
        period.contains(self.first_day()) && period.contains(self.last_day())
    }

    fn of(first: Day, is_day: bool) -> Dated {
        Dated(first.date().num_days_from_ce().saturating_mul(2) | i32::from(is_day))
    }
}

impl From<Day> for Dated {
    fn from(day: Day) -> Dated {
        Dated::of(day, true)
    }
}

impl From<Month> for Dated {
    fn from(month: Month) -> Dated {
        Dated::of(month.first_day(), false)
    }
}

impl FromStr for Dated {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Dated, DayError> {
        if text.len() != "2018-03".len() {
            return text.parse().map(Day::into);
        }
        let first: Day = format!("{text}-01").parse().map_err(|error| match error {
            DayError::NotIso(_) => DayError::NotIso(text.to_owned()),
            other => other,
        })?;
        Ok(first.month().into())
    }
}

impl fmt::Display for Dated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_month() { self.month().fmt(f) } else { self.first_day().fmt(f) }
    }
}

impl Serialize for Dated {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn dated(text: &str) -> Dated {
        text.parse().unwrap()
    }

    #[test]
    fn a_month_stands_before_its_days_and_after_those_before_it() {
        let mut all = ["2018-03-01", "2018-04", "2018-03", "2018-03-31", "2018-02-28"].map(dated);
        all.sort_unstable();
        assert_eq!(all.map(|one| one.to_string()), ["2018-02-28", "2018-03", "2018-03-01", "2018-03-31", "2018-04"]);
        assert_eq!(size_of::<Dated>(), 4);
    }

    #[test]
    fn a_month_has_all_its_days() {
        let (february, day) = (dated("2020-02"), dated("2020-02-29"));
        assert_eq!((february.first_day(), february.last_day()), (dated("2020-02-01").first_day(), day.last_day()));
        assert_eq!((day.first_day(), february.month(), day.is_month()), (day.last_day(), day.month(), false));
        let whole = Period::inclusive(february.first_day(), february.last_day()).unwrap();
        let short = Period::new(february.first_day(), february.last_day()).unwrap();
        assert!(february.is_within(whole) && !february.is_within(short) && !day.is_within(short));
    }

    #[test]
    fn what_is_neither_is_refused() {
        for bad in
            ["", "2018", "2018-13", "2018-00", "1969-12", "2018/03", "2018-3", "2018-Q1-", "2018-03-", "2018-02-30"]
        {
            assert!(bad.parse::<Dated>().is_err(), "{bad}");
        }
        assert_eq!("2018/03".parse::<Dated>(), Err(DayError::NotIso("2018/03".into())));
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(year in 1970..2200, month in 1_u32..=12, day in 1_u32..=28, is_day in any::<bool>()) {
            let day = Day::new(year, month, day).unwrap();
            let one = if is_day { Dated::from(day) } else { Dated::from(day.month()) };
            prop_assert_eq!(dated(&one.to_string()), one);
            prop_assert_eq!(one.month(), day.month());
        }
    }
}
