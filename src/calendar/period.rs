//! [`Period`]: days from a first day up to, not including, an end.

use std::fmt;

use super::{Dated, Day, DayError, FiscalYear, Month};

/// A stretch of at least one day, half-open: `start` belongs to it, `end` is the day after the last.
///
/// ```
/// use respend::{Day, FiscalYear, Period};
/// let calendar = FiscalYear::CALENDAR;
/// let year = Period::parse("2018", &calendar)?;
/// let ban = Period::parse("2018-02-01..2018-12-31", &calendar)?;
/// assert_eq!(year.days(), 365);
/// assert_eq!(year.overlap(ban).map(Period::days), Some(334));
/// # Ok::<(), respend::PeriodError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    start: Day,
    end: Day,
}

/// Why a text is not a period.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeriodError {
    /// None of the spellings.
    #[error(
        "`{0}` is not a period; write 2018, 2018-Q1, 2018-03, FY2018, FY2018-Q1, FY2018-M03 or 2018-03-05..2018-04-10"
    )]
    Unknown(String),
    /// The last day is before the first.
    #[error("`{0}` ends before it begins")]
    Backwards(String),
    /// A day in it is wrong.
    #[error("{0}")]
    Day(#[from] DayError),
    /// A fiscal period where the ledger does not say which year gives the fiscal year its name.
    #[error(
        "`{0}` is not clear: the fiscal year does not start on 01-01, so ledger.toml must say fiscal_year_named_by = \"start\" or \"end\""
    )]
    NotNamed(String),
}

impl Period {
    /// Returns the period from `start` up to, not including, `end`; `None` where that is no day at all.
    pub fn new(start: Day, end: Day) -> Option<Period> {
        (start < end).then_some(Period { start, end })
    }

    /// Returns the period of two days that both belong to it.
    pub fn inclusive(first: Day, last: Day) -> Option<Period> {
        Period::new(first, last.next())
    }

    /// Reads a period in any of its spellings.
    ///
    /// `2018`, `2018-Q1` and `2018-03` are of the calendar, always; `FY2018`, `FY2018-Q1` and `FY2018-M03` are of
    /// the fiscal year; `2018-03-05..2018-04-10` includes both its ends.
    pub fn parse(text: &str, fiscal: &FiscalYear) -> Result<Period, PeriodError> {
        let unknown = || PeriodError::Unknown(text.to_owned());
        if let Some((first, last)) = text.split_once("..") {
            return Period::inclusive(first.parse()?, last.parse()?)
                .ok_or_else(|| PeriodError::Backwards(text.to_owned()));
        }
        if let Some(name) = text.strip_prefix("FY") {
            let first_month = fiscal.first_month_of(year(name.get(..4)).ok_or_else(unknown)?);
            let (skip, months) = part(&name[4..], 'M').ok_or_else(unknown)?;
            let start_of =
                |months| fiscal.month_start(first_month.ok_or(PeriodError::NotNamed(text.to_owned()))?, months);
            return Period::new(start_of(skip)?, start_of(skip.saturating_add(months))?).ok_or_else(unknown);
        }
        if text.len() == 10 {
            let day: Day = text.parse()?;
            return Period::inclusive(day, day).ok_or_else(unknown);
        }
        let january = Day::new(year(text.get(..4)).ok_or_else(unknown)?, 1, 1)?.month();
        let (skip, months) = part(&text[4..], '\0').ok_or_else(unknown)?;
        let start = (0..skip).fold(january, |month, _| month.next());
        let end = (0..months).fold(start, |month, _| month.next());
        Period::new(start.first_day(), end.first_day()).ok_or_else(unknown)
    }

    /// Returns the first day.
    pub fn start(self) -> Day {
        self.start
    }

    /// Returns the day after the last.
    pub fn end(self) -> Day {
        self.end
    }

    /// Returns the last day.
    pub fn last(self) -> Day {
        self.end.minus_days(1)
    }

    /// Returns the number of days, at least one.
    pub fn days(self) -> u32 {
        self.end.days_since(self.start)
    }

    /// Returns whether a day belongs to the period.
    pub fn contains(self, day: Day) -> bool {
        self.start <= day && day < self.end
    }

    /// Returns the days two periods share.
    pub fn overlap(self, other: Period) -> Option<Period> {
        Period::new(self.start.max(other.start), self.end.min(other.end))
    }

    /// Returns the days up to and including `day`.
    pub fn until(self, day: Day) -> Option<Period> {
        Period::new(self.start, self.end.min(day.next()))
    }

    /// Returns the days after `day`.
    pub fn after(self, day: Day) -> Option<Period> {
        Period::new(self.start.max(day.next()), self.end)
    }

    /// Returns the period cut at the ends of calendar months, each part with its month.
    pub fn months(self) -> impl Iterator<Item = (Month, Period)> {
        std::iter::successors(Some(self.start.month()), |month| Some(month.next())).map_while(move |month| {
            Some((month, self.overlap(Period::new(month.first_day(), month.next().first_day())?)?))
        })
    }

    /// Returns the period of the same days a year before; its ends move back by a calendar year (the 29th of
    /// February to the 28th), so a whole year stays a whole year.
    pub fn year_before(self) -> Option<Period> {
        let back = |day: Day| {
            let earlier = |last: u32| Day::new(day.year().saturating_sub(1), day.month_of_year(), last);
            earlier(day.day_of_month()).or_else(|_| earlier(28)).ok()
        };
        Period::new(back(self.start)?, back(self.end)?)
    }
}

impl From<Dated> for Period {
    fn from(dated: Dated) -> Period {
        Period { start: dated.first_day(), end: dated.last_day().next() }
    }
}

/// Four digits.
fn year(text: Option<&str>) -> Option<i32> {
    text.filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// What follows the year: how many months to skip and how many to take.
fn part(text: &str, month_mark: char) -> Option<(u32, u32)> {
    let Some(part) = text.strip_prefix('-') else {
        return text.is_empty().then_some((0, 12));
    };
    if let Some(quarter) = part.strip_prefix('Q') {
        let quarter: u32 = quarter.parse().ok().filter(|n| (1..=4).contains(n) && quarter.len() == 1)?;
        return Some(((quarter - 1) * 3, 3));
    }
    let digits = if month_mark == '\0' { part } else { part.strip_prefix(month_mark)? };
    let plain = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let month: u32 = digits.parse().ok().filter(|n| plain && (1..=12).contains(n))?;
    Some((month - 1, 1))
}

/// Writes first and last day, `2018-03-05..2018-04-10`.
impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}..{}", self.start, self.last()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::NamedBy;
    use super::*;

    fn spelled(text: &str, fiscal: &FiscalYear) -> String {
        Period::parse(text, fiscal).map_or_else(|error| error.to_string(), |period| period.to_string())
    }

    #[test]
    fn every_spelling() {
        let april = FiscalYear::new("04-01", Some(NamedBy::End)).unwrap();
        for (text, expected) in [
            ("2018", "2018-01-01..2018-12-31"),
            ("2018-Q1", "2018-01-01..2018-03-31"),
            ("2020-02", "2020-02-01..2020-02-29"),
            ("2018-12", "2018-12-01..2018-12-31"),
            ("2018-03-05", "2018-03-05..2018-03-05"),
            ("2018-03-05..2018-04-10", "2018-03-05..2018-04-10"),
            ("FY2018", "2017-04-01..2018-03-31"),
            ("FY2018-Q4", "2018-01-01..2018-03-31"),
            ("FY2018-M03", "2017-06-01..2017-06-30"),
        ] {
            assert_eq!(spelled(text, &april), expected, "{text}");
        }
        let start = FiscalYear::new("04-06", Some(NamedBy::Start)).unwrap();
        assert_eq!(spelled("FY2018", &start), "2018-04-06..2019-04-05");
        assert_eq!(spelled("FY2018-M12", &start), "2019-03-06..2019-04-05");
        assert_eq!(spelled("FY2018-Q2", &FiscalYear::CALENDAR), "2018-04-01..2018-06-30");
    }

    #[test]
    fn what_is_no_period_is_refused() {
        for bad in [
            "",
            "18",
            "2018-",
            "2018-Q5",
            "2018-Q",
            "2018-Q+1",
            "2018-13",
            "2018-00",
            "2018-3",
            "2018-M03",
            "FY2018-03",
            "FY18",
            "FY",
            "FY2018-M0",
            "201八",
            "1969",
            "2018-03-05..",
            "Fy2018",
            "2018-+3",
        ] {
            assert!(Period::parse(bad, &FiscalYear::CALENDAR).is_err(), "{bad}");
        }
        assert_eq!(
            spelled("2018-03-05..2018-03-04", &FiscalYear::CALENDAR),
            "`2018-03-05..2018-03-04` ends before it begins"
        );
        let unnamed = FiscalYear::new("07-01", None).unwrap();
        assert!(matches!(Period::parse("FY2018", &unnamed), Err(PeriodError::NotNamed(_))));
    }

    #[test]
    fn months_cut_a_period_without_gap() {
        let period = Period::parse("2018-01-15..2018-03-10", &FiscalYear::CALENDAR).unwrap();
        let months: Vec<String> = period.months().map(|(month, part)| format!("{month} {}", part.days())).collect();
        assert_eq!(months, ["2018-01 17", "2018-02 28", "2018-03 10"]);
    }

    #[test]
    fn the_year_before() {
        let before = |text| Period::parse(text, &FiscalYear::CALENDAR).unwrap().year_before().unwrap().to_string();
        assert_eq!(before("2021"), "2020-01-01..2020-12-31");
        assert_eq!(before("2020-02"), "2019-02-01..2019-02-28");
        assert_eq!(before("2020-02-29..2020-03-01"), "2019-02-28..2019-03-01");
    }
}
