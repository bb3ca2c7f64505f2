//! [`FiscalYear`]: when a company's year begins and what it is called.

use std::fmt;

use super::{Dated, Day, Month, Period, PeriodError};

/// Which calendar year gives a fiscal year its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamedBy {
    /// The year it starts in: April 2018 to March 2019 is FY2018.
    Start,
    /// The year it ends in: April 2018 to March 2019 is FY2019.
    End,
}

/// The day of the year on which a fiscal year begins, and how it is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FiscalYear {
    month: u32,
    day: u32,
    named_by: Option<NamedBy>,
}

/// Why a fiscal year cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FiscalYearError {
    /// Not of the form `04-01`, or past the 28th, where months would have no clear start.
    #[error("`{0}` is not the start of a fiscal year; write month and day like 04-01, the day at most 28")]
    Start(String),
}

impl FiscalYear {
    /// The calendar year.
    pub const CALENDAR: FiscalYear = FiscalYear { month: 1, day: 1, named_by: Some(NamedBy::Start) };

    /// Returns the fiscal year that starts on `start`, month and day like `04-01`.
    pub fn new(start: &str, named_by: Option<NamedBy>) -> Result<FiscalYear, FiscalYearError> {
        let refused = || FiscalYearError::Start(start.to_owned());
        // Any year that is not a leap year tells whether the day exists.
        let day: Day = format!("2001-{start}").parse().map_err(|_| refused())?;
        if day.day_of_month() > 28 {
            return Err(refused());
        }
        let year = FiscalYear { month: day.month_of_year(), day: day.day_of_month(), named_by };
        Ok(if year.is_calendar() { FiscalYear::CALENDAR } else { year })
    }

    /// Returns whether this is the calendar year.
    pub fn is_calendar(&self) -> bool {
        self.month == 1 && self.day == 1
    }

    /// Returns whether a fiscal year has a name: it is the calendar year, or `fiscal_year_named_by` is given.
    pub fn is_named(&self) -> bool {
        self.named_by.is_some()
    }

    /// Returns the first day of the fiscal year that `day` is in.
    pub fn first_day(&self, day: Day) -> Day {
        let start = |year| Day::new(year, self.month, self.day).ok();
        start(day.year()).filter(|&start| start <= day).or_else(|| start(day.year().saturating_sub(1))).unwrap_or(day)
    }

    /// Returns the fiscal year that `day` is in.
    pub fn year(&self, day: Day) -> Period {
        let first = self.first_day(day);
        // A year has at least 365 days; after 366 of them the next has begun.
        let end = self.first_day(first.plus_days(366)).max(first.plus_days(365));
        Period::new(first, end).unwrap_or(Period::from(Dated::from(first)))
    }

    /// Returns the name of the fiscal year that `day` is in, as a period is spelled: `2018`, `FY2018`.
    pub fn name(&self, day: Day) -> String {
        let year = self.first_day(day).year();
        match self.named_by {
            _ if self.is_calendar() => format!("{year}"),
            Some(NamedBy::End) => format!("FY{}", year.saturating_add(1)),
            _ => format!("FY{year}"),
        }
    }

    /// Returns the first month of the fiscal year called `name`; `None` where it has no name.
    pub(super) fn first_month_of(&self, name: i32) -> Option<i32> {
        Some(match self.named_by? {
            NamedBy::Start => name,
            NamedBy::End => name.saturating_sub(1),
        })
    }

    /// Returns the first day of the `months`-th month, counted from 0, of the fiscal year that starts in `year`.
    pub(super) fn month_start(&self, year: i32, months: u32) -> Result<Day, PeriodError> {
        let first: Month = Day::new(year, self.month, 1)?.month();
        let month = (0..months).fold(first, |month, _| month.next()).first_day();
        Ok(Day::new(month.year(), month.month_of_year(), self.day)?)
    }
}

/// Writes month and day of the start and what names the year: `04-01 end`.
impl fmt::Display for FiscalYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named_by = match self.named_by {
            Some(NamedBy::Start) => " start",
            Some(NamedBy::End) => " end",
            None => "",
        };
        f.pad(&format!("{:02}-{:02}{named_by}", self.month, self.day))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn starts_on_a_day_that_every_month_has() {
        for bad in ["02-29", "01-31", "13-01", "4-1", "", "04-01-"] {
            assert!(FiscalYear::new(bad, None).is_err(), "{bad}");
        }
        assert!(FiscalYear::new("01-01", None).unwrap().is_named());
        assert!(!FiscalYear::new("04-06", None).unwrap().is_named());
    }

    #[test]
    fn a_day_is_in_the_year_that_began_before_it() {
        let april = FiscalYear::new("04-06", None).unwrap();
        let first = |text: &str| april.first_day(text.parse().unwrap()).to_string();
        assert_eq!(first("2018-04-05"), "2017-04-06");
        assert_eq!(first("2018-04-06"), "2018-04-06");
    }
}
