//! Days as platforms write them.
//!
//! Knows notations; whether `03/04/2026` is in March or in April is decided over the whole file.

use crate::calendar::{Day, Period};

use super::DayOrder;

/// A day's text taken apart: the numbers, and the time beside them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DateText<'a> {
    numbers: Numbers,
    /// The time of day as written; empty where there is none.
    pub(super) time: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbers {
    /// The text itself says which is which.
    Settled { year: u32, month: u32, day: u32, order: DayOrder },
    /// Two numbers and the year.
    Open { first: u32, second: u32, year: u32 },
}

impl<'a> DateText<'a> {
    /// Takes a cell apart; `None` where it has not the form of a day.
    pub(super) fn of(cell: &'a str) -> Option<DateText<'a>> {
        let (date, time) = split_time(cell.trim())?;
        let numbers = numeric(date).or_else(|| named(date))?;
        Some(DateText { numbers, time })
    }

    /// Returns the day, read in an order where the text does not say itself.
    pub(super) fn day(&self, order: Option<DayOrder>) -> Option<Day> {
        let (year, month, day) = match (self.numbers, order) {
            (Numbers::Settled { year, month, day, .. }, _) => (year, month, day),
            (Numbers::Open { first, second, year }, Some(DayOrder::DayMonthYear)) => (year, second, first),
            (Numbers::Open { first, second, year }, Some(DayOrder::MonthDayYear)) => (year, first, second),
            (Numbers::Open { first, second, year }, None) if first == second => (year, first, second),
            (Numbers::Open { .. }, _) => return None,
        };
        Day::new(year.cast_signed(), month, day).ok()
    }

    /// Returns the order the text is written in, where it says so itself.
    pub(super) fn order(&self) -> Option<DayOrder> {
        match self.numbers {
            Numbers::Settled { order, .. } => Some(order),
            Numbers::Open { .. } => None,
        }
    }

    /// Returns the order that the text's numbers prove by being in the calendar in it alone.
    pub(super) fn proof(&self) -> Option<DayOrder> {
        match self.numbers {
            Numbers::Open { first: 13.., second: ..=12, .. } => Some(DayOrder::DayMonthYear),
            Numbers::Open { first: ..=12, second: 13.., .. } => Some(DayOrder::MonthDayYear),
            _ => None,
        }
    }

    /// Returns whether the text reads differently in the two orders.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.numbers, Numbers::Open { first, second, .. } if first <= 12 && second <= 12 && first != second)
    }
}

/// Splits `2026-03-01T07:00:00Z` or `3/1/2026, 12:00 AM` before the hour.
fn split_time(text: &str) -> Option<(&str, &str)> {
    let Some(colon) = text.find(':') else { return Some((text, "")) };
    let before = text.get(..colon)?;
    let hour = before.trim_end_matches(|char: char| char.is_ascii_digit());
    let time = text.get(hour.len()..)?;
    let date = hour.strip_suffix(['T', ' ', '\u{a0}', '\u{202f}'])?.trim_end_matches([',', ' ']);
    is_time(time).then_some((date, time))
}

fn is_time(time: &str) -> bool {
    let clock_end = time.find(|char: char| !char.is_ascii_digit() && !":.".contains(char)).unwrap_or(time.len());
    let (clock, zone) = time.split_at(clock_end);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let parts: Vec<&str> = clock.split(':').collect();
    let within = |text: &&str, most: u32| (1..=2).contains(&text.len()) && text.parse().is_ok_and(|n: u32| n <= most);
    let clock = match parts.as_slice() {
        [hour, minute] => within(hour, 24) && within(minute, 59),
        [hour, minute, second] => within(hour, 24) && within(minute, 59) && within(second, 60),
        _ => false,
    };
    let zone_char = |char: char| char.is_alphanumeric() || " \u{a0}\u{202f}+-:/_()[]".contains(char);
    clock && !fraction.is_empty() && zone.chars().count() <= 40 && zone.chars().all(zone_char)
}

/// A number of at most four digits.
fn number(text: &str) -> Option<u32> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| plain)
}

fn numeric(date: &str) -> Option<Numbers> {
    let japanese = date.strip_suffix('日').map(|date| date.replace(['年', '月'], "-"));
    let date = japanese.as_deref().unwrap_or(date);
    let mark = date.chars().find(|char| !char.is_ascii_digit()).filter(|char| "-/.".contains(*char))?;
    let mut parts = date.split(mark);
    let (Some(a), Some(b), Some(c), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let (first, second, third) = (number(a)?, number(b)?, number(c)?);
    let short = |text: &str| text.len() <= 2;
    match (a.len(), mark) {
        (4, _) if short(b) && short(c) => {
            Some(Numbers::Settled { year: first, month: second, day: third, order: DayOrder::YearMonthDay })
        }
        _ if c.len() != 4 || !short(a) || !short(b) => None,
        // With points between them the day comes first, wherever this is written.
        (_, '.') => Some(Numbers::Settled { year: third, month: second, day: first, order: DayOrder::DayMonthYear }),
        _ => Some(Numbers::Open { first, second, year: third }),
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];
const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// `Mar 01, 2026`, `1 March 2026`, `01-Mar-2026`, with or without the day of the week.
fn named(date: &str) -> Option<Numbers> {
    let date = date.to_ascii_lowercase();
    let is_short_for = |text: &str, name: &&str| text.len() >= 3 && name.starts_with(text);
    let mut words: Vec<&str> =
        date.split([' ', '\u{a0}', ',', '-', '/', '.']).filter(|word| !word.is_empty()).collect();
    if words.len() == 4 && WEEKDAYS.iter().any(|name| is_short_for(words.first().copied().unwrap_or(""), name)) {
        words.remove(0);
    }
    let month = |word: &str| {
        let word = if word == "sept" { "sep" } else { word };
        MONTHS.iter().zip(1..).find(|(name, _)| is_short_for(word, name)).map(|(_, month)| month)
    };
    let [a, b, year] = words.as_slice() else { return None };
    let year = number(year).filter(|_| year.len() == 4)?;
    match (month(a), month(b)) {
        (Some(month), None) => Some(Numbers::Settled { year, month, day: number(b)?, order: DayOrder::MonthDayYear }),
        (None, Some(month)) => Some(Numbers::Settled { year, month, day: number(a)?, order: DayOrder::DayMonthYear }),
        _ => None,
    }
}

/// Returns the day at the beginning of a text, such as the value of a preamble line.
pub(super) fn day_in(text: &str, order: Option<DayOrder>) -> Option<Day> {
    let text = text.trim_matches(|char: char| char.is_whitespace() || "\"'()".contains(char));
    let ends = text.char_indices().filter(|(_, char)| char.is_whitespace() || *char == ',').map(|(at, _)| at);
    let mut ends: Vec<usize> = ends.chain([text.len()]).take(12).collect();
    ends.reverse();
    let date = ends.into_iter().find_map(|end| DateText::of(text.get(..end)?.trim_end_matches([',', ' '])))?;
    let orders = [DayOrder::DayMonthYear, DayOrder::MonthDayYear];
    match (order, date.proof()) {
        (Some(order), _) => date.day(Some(order)),
        (None, Some(proof)) => date.day(Some(proof)),
        (None, None) if date.is_open() => None,
        (None, None) => orders.iter().find_map(|&order| date.day(Some(order))),
    }
}

/// Returns the period that a text states: `27 June 2026 - 24 July 2026`, `3/1/2026,3/31/2026`, or a single day.
pub(super) fn period_in(text: &str, order: Option<DayOrder>) -> Option<Period> {
    const LONG: usize = 200; // no line that states a period is longer
    let text = text.trim_matches(|char: char| char.is_whitespace() || "\"'()".contains(char));
    if text.len() > LONG {
        return None;
    }
    let orders: &[DayOrder] = match &order {
        Some(order) => std::slice::from_ref(order),
        None => &[DayOrder::DayMonthYear, DayOrder::MonthDayYear],
    };
    let whole = |text: &str, order| DateText::of(text)?.day(Some(order));
    let mut found: Vec<Period> = Vec::new();
    for &order in orders {
        let single = whole(text, order).map(|day| (day, day));
        let splits =
            text.char_indices().filter(|(_, char)| "-–—,".contains(*char)).map(|(at, char)| (at, char.len_utf8()));
        let words = [" to ", " bis ", " au ", " a "]
            .iter()
            .flat_map(|word| text.match_indices(word).map(|(at, word)| (at, word.len())).collect::<Vec<_>>());
        let pair = splits.chain(words).find_map(|(at, length)| {
            let (first, last) = (text.get(..at)?.trim(), text.get(at + length..)?.trim());
            whole(first, order).zip(whole(last, order))
        });
        found.extend(pair.or(single).and_then(|(first, last)| Period::inclusive(first, last)));
    }
    found.dedup();
    // Two readings that both make sense state nothing.
    <[Period; 1]>::try_from(found).ok().map(|[period]| period)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(cell: &str, order: Option<DayOrder>) -> String {
        DateText::of(cell).and_then(|date| date.day(order)).map_or("none".into(), |day| day.to_string())
    }

    #[test]
    fn every_notation() {
        for (cell, day) in [
            ("2026-03-01", "2026-03-01"),
            ("2026/3/1", "2026-03-01"),
            ("2026年3月1日", "2026-03-01"),
            ("01.03.2026", "2026-03-01"),
            ("Mar 01, 2026", "2026-03-01"),
            ("1 Mar 2026", "2026-03-01"),
            ("01-Mar-2026", "2026-03-01"),
            ("Sun, March 1, 2026", "2026-03-01"),
            ("Sept 3, 2018", "2018-09-03"),
            ("2026-03-01T07:00:00Z", "2026-03-01"),
            ("2026-03-01 5:00:00", "2026-03-01"),
            ("2026-03-01 00:00:00.000000 UTC", "2026-03-01"),
            ("2026-03-01T23:59:59+02:00", "2026-03-01"),
            ("March 1, 2026, 12:00 AM", "2026-03-01"),
            ("3/3/2026", "2026-03-03"),
            ("3/4/2026", "none"),
            ("2026-02-30", "none"),
            ("1/2/26", "none"),
            ("20260301", "none"),
            ("43101", "none"),
            ("Total", "none"),
            ("2026-03-01 banana", "none"),
            ("2026-03-01 25:00", "none"),
            ("2026-03-01x07:00", "none"),
            ("1 2026 Mar", "none"),
        ] {
            assert_eq!(read(cell, None), day, "{cell}");
        }
        assert_eq!(read("3/14/2018", Some(DayOrder::MonthDayYear)), "2018-03-14");
        assert_eq!(read("3/14/2018", Some(DayOrder::DayMonthYear)), "none");
        assert_eq!(read("3/4/2018", Some(DayOrder::DayMonthYear)), "2018-04-03");
        assert_eq!(read("3/4/2018", Some(DayOrder::YearMonthDay)), "none");
    }

    #[test]
    fn numbers_above_twelve_prove_the_order() {
        let proof = |cell: &str| DateText::of(cell).unwrap().proof();
        assert_eq!(proof("13/1/2018"), Some(DayOrder::DayMonthYear));
        assert_eq!(proof("1/13/2018"), Some(DayOrder::MonthDayYear));
        assert_eq!(proof("13/13/2018"), None);
        assert_eq!(proof("2018-01-13"), None);
        assert!(DateText::of("1/2/2018").unwrap().is_open());
        assert!(!DateText::of("2/2/2018").unwrap().is_open());
    }

    #[test]
    fn periods_are_read_from_a_preamble() {
        let period = |text: &str| period_in(text, None).map_or("none".into(), |period| period.to_string());
        for (text, expected) in [
            ("27 June 2026 - 24 July 2026", "2026-06-27..2026-07-24"),
            ("July 16, 2026 - July 16, 2026", "2026-07-16..2026-07-16"),
            ("May 1, 2013-May 10, 2013", "2013-05-01..2013-05-10"),
            ("2018-01-01 - 2018-12-31", "2018-01-01..2018-12-31"),
            ("2018-01-01 to 2018-12-31", "2018-01-01..2018-12-31"),
            ("1/1/2018,1/31/2018", "2018-01-01..2018-01-31"),
            ("3/4/2018,5/6/2018", "none"),
            ("July 16, 2026", "2026-07-16..2026-07-16"),
            ("All time", "none"),
            ("Campaign report", "none"),
            ("2018-12-31 - 2018-01-01", "none"),
        ] {
            assert_eq!(period(text), expected, "{text}");
        }
        let us = Some(DayOrder::MonthDayYear);
        assert_eq!(period_in("3/4/2018, 5/6/2018", us).unwrap().to_string(), "2018-03-04..2018-05-06");
        assert_eq!(day_in("3/1/2026, 12:00 AM (UTC)", us).unwrap().to_string(), "2026-03-01");
        assert_eq!(day_in("April 2, 2026, 8:12 AM", None).unwrap().to_string(), "2026-04-02");
        assert_eq!(day_in("4/2/2026", None), None);
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in ".{0,30}") {
            let _ = (DateText::of(&text), day_in(&text, None), period_in(&text, None));
        }

        #[test]
        fn a_written_day_reads_back(year in 1970i32..2200, month in 1u32..=12, day in 1u32..=28) {
            let expected = Day::new(year, month, day).unwrap();
            for (text, order) in [
                (format!("{month}/{day}/{year}"), DayOrder::MonthDayYear),
                (format!("{day:02}-{month:02}-{year}"), DayOrder::DayMonthYear),
                (format!("{year}/{month}/{day} 3:00"), DayOrder::YearMonthDay),
            ] {
                prop_assert_eq!(DateText::of(&text).unwrap().day(Some(order)), Some(expected));
            }
        }
    }
}
