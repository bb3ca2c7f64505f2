//! Days as platforms write them.
//!
//! Knows notations; whether `03/04/2026` is in March or in April is decided over the whole file.

use std::collections::BTreeSet;

use crate::calendar::{Day, Month, Period};

use super::DayOrder;
use super::header::key;

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
    /// Three numbers of at most two digits: the year may be the last or the first.
    Short { first: u32, second: u32, third: u32 },
}

impl<'a> DateText<'a> {
    /// Takes a cell apart; `None` where it has not the form of a day.
    pub(super) fn of(cell: &'a str) -> Option<DateText<'a>> {
        let (date, time) = split_time(cell.trim())?;
        let plain = |date| numeric(date).or_else(|| compact(date)).or_else(|| named(date));
        let numbers = plain(date).or_else(|| plain(without_weekday(date)?))?;
        Some(DateText { numbers, time })
    }

    /// Returns the day, read in an order where the text does not say itself.
    pub(super) fn day(&self, order: Option<DayOrder>) -> Option<Day> {
        use DayOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
        let (year, month, day) = match (self.numbers, order) {
            (Numbers::Settled { year, month, day, .. }, _) => (year, month, day),
            (Numbers::Open { first, second, year }, Some(DayMonthYear)) => (year, second, first),
            (Numbers::Open { first, second, year }, Some(MonthDayYear)) => (year, first, second),
            (Numbers::Open { first, second, year }, None) if first == second => (year, first, second),
            (Numbers::Short { first, second, third }, Some(DayMonthYear)) => (short_year(third)?, second, first),
            (Numbers::Short { first, second, third }, Some(MonthDayYear)) => (short_year(third)?, first, second),
            (Numbers::Short { first, second, third }, Some(YearMonthDay)) => (short_year(first)?, second, third),
            (Numbers::Open { .. } | Numbers::Short { .. }, _) => return None,
        };
        Day::new(year.cast_signed(), month, day).ok()
    }

    /// Returns the order the text is written in, where it says so itself.
    pub(super) fn order(&self) -> Option<DayOrder> {
        match self.numbers {
            Numbers::Settled { order, .. } => Some(order),
            Numbers::Open { .. } | Numbers::Short { .. } => None,
        }
    }

    /// Returns the order that the text's numbers prove by being in the calendar in it alone.
    pub(super) fn proof(&self) -> Option<DayOrder> {
        match self.numbers {
            Numbers::Open { first: 13.., second: ..=12, .. } => Some(DayOrder::DayMonthYear),
            Numbers::Open { first: ..=12, second: 13.., .. } => Some(DayOrder::MonthDayYear),
            Numbers::Short { .. } => {
                let mut orders = ORDERS.into_iter().filter(|&order| self.day(Some(order)).is_some());
                orders.next().filter(|_| orders.next().is_none())
            }
            _ => None,
        }
    }

    /// Returns whether the text reads differently in two orders.
    pub(super) fn is_open(&self) -> bool {
        match self.numbers {
            Numbers::Settled { .. } => false,
            Numbers::Open { first, second, .. } => first <= 12 && second <= 12 && first != second,
            Numbers::Short { .. } => {
                let days = ORDERS.into_iter().filter_map(|order| self.day(Some(order)));
                days.collect::<BTreeSet<Day>>().len() > 1
            }
        }
    }

    /// Returns whether even the year may be one of two numbers.
    pub(super) fn has_short_year(&self) -> bool {
        matches!(self.numbers, Numbers::Short { .. })
    }
}

const ORDERS: [DayOrder; 3] = [DayOrder::DayMonthYear, DayOrder::MonthDayYear, DayOrder::YearMonthDay];

/// The year of two digits: none before platforms had exports, so that `26.03.01` is no day of 2001.
fn short_year(digits: u32) -> Option<u32> {
    (5..=79).contains(&digits).then_some(2000 + digits)
}

/// `Mo., 02.03.2026` without the day of the week, in English, German, French, Spanish, Italian, Dutch, Polish and Russian.
fn without_weekday(date: &str) -> Option<&str> {
    #[rustfmt::skip]
    const ELSEWHERE: [&str; 47] = [
        "mo", "di", "mi", "do", "fr", "sa", "so", "montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag",
        "sonntag", "lun", "mar", "mer", "jeu", "ven", "sam", "dim", "mié", "jue", "vie", "sáb", "dom", "gio", "sab",
        "ma", "wo", "vr", "za", "zo", "pon", "wt", "śr", "czw", "pt", "sob", "niedz", "пн", "вт", "ср", "чт", "пт",
        "сб", "вс",
    ];
    let (word, rest) = date.split_once([',', ' '])?;
    let word = key(word.trim_end_matches('.'));
    let is_weekday = WEEKDAYS.iter().any(|name| is_short_for(&word, name)) || ELSEWHERE.contains(&word.as_str());
    is_weekday.then(|| rest.trim_start())
}

/// Returns whether a cell is a day as spreadsheets count them: days since 1900, such as `43101`.
pub(super) fn is_serial(cell: &str) -> bool {
    let (days, fraction) = cell.trim().split_once('.').unwrap_or((cell.trim(), "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    const FROM_1990_TO_2099: std::ops::RangeInclusive<u32> = 32_874..=73_050;
    digits(days) && digits(fraction) && days.parse().is_ok_and(|days| FROM_1990_TO_2099.contains(&days))
}

/// Splits `2026-03-01T07:00:00Z`, `3/1/2026, 12:00 AM` or `2026-03-01|07` before the hour.
fn split_time(text: &str) -> Option<(&str, &str)> {
    let Some(colon) = text.find(':') else { return Some(split_bare_hour(text)) };
    let before = text.get(..colon)?;
    let hour = before.trim_end_matches(|char: char| char.is_ascii_digit());
    let time = text.get(hour.len()..)?;
    let date = hour.strip_suffix(['T', ' ', '\u{a0}', '\u{202f}'])?.trim_end_matches([',', ' ']);
    is_time(time).then_some((date, time))
}

/// Splits an hour without minutes off an ISO date; nowhere else is it told from a number of the date.
fn split_bare_hour(text: &str) -> (&str, &str) {
    let split = text.split_at_checked("2026-03-01".len()).and_then(|(date, rest)| {
        let hour = rest.strip_prefix(['|', 'T', ' '])?;
        let is_hour = (1..=2).contains(&hour.len()) && hour.parse().is_ok_and(|hour: u32| hour <= 23);
        (is_hour && date.get(4..5) == Some("-")).then_some((date, hour))
    });
    split.unwrap_or((text, ""))
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
    let spaced = (!date.is_ascii() || date.contains(". ")).then(|| without_blanks(date));
    let date = spaced.as_deref().unwrap_or(date);
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
        _ if !short(a) || !short(b) => None,
        // With points between them the day comes first, wherever this is written.
        (_, '.') => {
            let year = if c.len() == 2 { short_year(third) } else { Some(third).filter(|_| c.len() == 4) };
            year.map(|year| Numbers::Settled { year, month: second, day: first, order: DayOrder::DayMonthYear })
        }
        _ if c.len() == 2 => Some(Numbers::Short { first, second, third }),
        _ => Some(Numbers::Open { first, second, year: third }).filter(|_| c.len() == 4),
    }
}

/// `2026年3月1日`, `2026년 3월 1일`, `2026. 3. 1.` and `1. 3. 2026` with one mark and no blanks.
fn without_blanks(date: &str) -> String {
    let words = date.replace(['年', '月', '년', '월'], "-").replace(['日', '일'], "");
    let date: String = words.chars().filter(|char| !char.is_whitespace()).collect();
    date.strip_suffix('.').unwrap_or(&date).to_owned()
}

/// `20260301`, as data warehouses write days.
fn compact(date: &str) -> Option<Numbers> {
    let is_plain = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    let number: u32 = date.parse().ok().filter(|_| is_plain)?;
    let (year, month, day) = (number / 10_000, number / 100 % 100, number % 100);
    let settled = Numbers::Settled { year, month, day, order: DayOrder::YearMonthDay };
    (1990..=2099).contains(&year).then_some(settled)
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

/// The months in German, French, Spanish, Italian, Portuguese, Dutch, Polish and Russian, short and long, from
/// January. What means one month here and another elsewhere is left out: `listopad` is November in Poland and October
/// in Croatia, and `lip` July in the one and June in the other.
#[rustfmt::skip]
const MONTHS_ELSEWHERE: [&[&str]; 12] = [
    &["januar", "jänner", "jän", "janvier", "janv", "enero", "ene", "gennaio", "gen", "janeiro", "januari", "styczeń",
        "stycznia", "sty", "январь", "января", "янв"],
    &["februar", "février", "févr", "fév", "febrero", "febbraio", "fevereiro", "fev", "februari", "luty", "lutego",
        "lut", "февраль", "февраля", "февр", "фев"],
    &["märz", "mär", "mrz", "mars", "marzo", "março", "maart", "mrt", "marzec", "marca", "март", "марта", "мар"],
    &["avril", "avr", "abril", "abr", "aprile", "kwiecień", "kwietnia", "kwi", "апрель", "апреля", "апр"],
    &["mai", "mayo", "maggio", "mag", "maio", "mei", "maj", "maja", "май", "мая"],
    &["juni", "juin", "junio", "giugno", "giu", "junho", "czerwiec", "czerwca", "cze", "июнь", "июня", "июн"],
    &["juli", "juillet", "juil", "julio", "luglio", "lug", "julho", "lipiec", "lipca", "июль", "июля", "июл"],
    &["août", "agosto", "ago", "augustus", "sierpień", "sierpnia", "sie", "август", "августа", "авг"],
    &["septembre", "septiembre", "setiembre", "settembre", "setembro", "set", "wrzesień", "września", "wrz",
        "сентябрь", "сентября", "сент", "сен"],
    &["oktober", "okt", "octobre", "octubre", "ottobre", "ott", "outubro", "out", "październik", "października",
        "paź", "октябрь", "октября", "окт"],
    &["novembre", "noviembre", "novembro", "ноябрь", "ноября", "нояб", "ноя"],
    &["dezember", "dez", "décembre", "déc", "diciembre", "dic", "dicembre", "dezembro", "grudzień", "grudnia", "gru",
        "декабрь", "декабря", "дек"],
];

fn month(word: &str) -> Option<u32> {
    let word = if word == "sept" { "sep" } else { word };
    let english = MONTHS.iter().zip(1..).find(|(name, _)| is_short_for(word, name)).map(|(_, month)| month);
    let elsewhere = || MONTHS_ELSEWHERE.iter().zip(1..).find(|(names, _)| names.contains(&word));
    english.or_else(|| elsewhere().map(|(_, month)| month))
}

fn is_short_for(text: &str, name: &str) -> bool {
    text.len() >= 3 && name.starts_with(text)
}

/// `Mar 01, 2026`, `1 March 2026`, `01-Mar-2026`, `1 de marzo de 2026`, with or without the day of the week.
fn named(date: &str) -> Option<Numbers> {
    let date = if date.is_ascii() { date.to_ascii_lowercase() } else { key(date) };
    let says_nothing = |word: &str| matches!(word, "" | "de" | "г");
    let mut words: Vec<&str> = date.split([' ', ',', '-', '/', '.']).filter(|word| !says_nothing(word)).collect();
    if words.len() == 4 && WEEKDAYS.iter().any(|name| is_short_for(words.first().copied().unwrap_or(""), name)) {
        words.remove(0);
    }
    let [a, b, year] = words.as_slice() else { return None };
    let year = number(year).filter(|_| year.len() == 4)?;
    let first = |word: &str| matches!(word, "1er" | "1º" | "1°").then_some(1);
    let day = |word: &str| number(word).or_else(|| first(word));
    match (month(a), month(b)) {
        (Some(month), None) => Some(Numbers::Settled { year, month, day: day(b)?, order: DayOrder::MonthDayYear }),
        (None, Some(month)) => Some(Numbers::Settled { year, month, day: day(a)?, order: DayOrder::DayMonthYear }),
        _ => None,
    }
}

/// Returns the month that a cell is: `2018-03`, `03/2018`, `Mar 2018`. Two digits alone are no year.
pub(super) fn month_in(cell: &str) -> Option<Month> {
    let cell = cell.trim();
    let plain =
        if cell.is_ascii() { cell.to_ascii_lowercase() } else { key(cell).replace(['年', '月', '년', '월'], "-") };
    let mut words = plain.split([' ', ',', '-', '/', '.']).filter(|word| !matches!(*word, "" | "de" | "г"));
    let (Some(a), Some(b), None) = (words.next(), words.next(), words.next()) else { return None };
    let year = |word: &str| number(word).filter(|_| word.len() == 4);
    let digits = |word: &str| number(word).filter(|_| word.len() <= 2 && !cell.contains(' '));
    let of_year = |word: &str| digits(word).or_else(|| month(word));
    let (year, month) = year(a).zip(of_year(b)).or_else(|| year(b).zip(of_year(a)))?;
    Day::new(year.cast_signed(), month, 1).ok().map(Day::month)
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
    // A line that is nothing but one number, or three short ones, may be an account as well as a day.
    let is_plainly_a_day = |text: &str| {
        !text.bytes().all(|byte| byte.is_ascii_digit()) && !DateText::of(text).is_some_and(|day| day.has_short_year())
    };
    let mut found: Vec<Period> = Vec::new();
    for &order in orders {
        let single = whole(text, order).filter(|_| is_plainly_a_day(text)).map(|day| (day, day));
        let splits =
            text.char_indices().filter(|(_, char)| "-–—,~～〜".contains(*char)).map(|(at, char)| (at, char.len_utf8()));
        let words = [" to ", " bis ", " au ", " a ", " al ", " até ", " t/m ", " do ", " по "]
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
            ("2026년 3월 1일", "2026-03-01"),
            ("2026. 3. 1.", "2026-03-01"),
            ("1. 3. 2026", "2026-03-01"),
            ("01.03.26", "2026-03-01"),
            ("20260301", "2026-03-01"),
            ("20260230", "none"),
            ("18990301", "none"),
            ("202603", "none"),
            ("2026030107", "none"),
            ("2026-03-01|07", "2026-03-01"),
            ("2026-03-01T7", "2026-03-01"),
            ("2026-03-01|24", "none"),
            ("2026/03/01|07", "none"),
            ("1. März 2026", "2026-03-01"),
            ("1. Mrz. 2026", "2026-03-01"),
            ("1er mars 2026", "2026-03-01"),
            ("3 févr. 2026", "2026-02-03"),
            ("1 de marzo de 2026", "2026-03-01"),
            ("1 de mar. de 2026", "2026-03-01"),
            ("1º marzo 2026", "2026-03-01"),
            ("3 lug 2026", "2026-07-03"),
            ("3 de março de 2026", "2026-03-03"),
            ("3 mrt. 2026", "2026-03-03"),
            ("3 mei 2026", "2026-05-03"),
            ("3 września 2026", "2026-09-03"),
            ("3 мая 2026 г.", "2026-05-03"),
            ("3 нояб. 2026", "2026-11-03"),
            ("3 listopada 2026", "none"),
            ("3 lip 2026", "none"),
            ("1/2/26", "none"),
            ("26.03.01", "none"),
            ("43101", "none"),
            ("Mo., 02.03.2026", "2026-03-02"),
            ("Montag, 2. März 2026", "2026-03-02"),
            ("lun. 2 mars 2026", "2026-03-02"),
            ("Mon 2026-03-02", "2026-03-02"),
            ("Xx., 02.03.2026", "none"),
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
    fn a_month_is_one_in_every_notation() {
        for cell in [
            "2018-03",
            "2018/3",
            "03/2018",
            "3.2018",
            " Mar 2018",
            "March 2018",
            "Mar-2018",
            "2018 März",
            "marzo de 2018",
            "2018年3月",
            "март 2018 г.",
        ] {
            assert_eq!(month_in(cell).map(|month| month.to_string()).as_deref(), Some("2018-03"), "{cell}");
        }
        for cell in [
            "",
            "2018",
            "2018-13",
            "2018-00",
            "Mar 18",
            "18-Mar",
            "3 2018",
            "201803",
            "2018-03-01",
            "Total 2018",
            "1899-03",
        ] {
            assert_eq!(month_in(cell), None, "{cell}");
        }
    }

    #[test]
    fn of_three_short_numbers_the_year_may_be_the_first_or_the_last() {
        use DayOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
        let day = |cell: &str, order| read(cell, Some(order));
        assert_eq!(day("3/4/18", MonthDayYear), "2018-03-04");
        assert_eq!(day("3/4/18", DayMonthYear), "2018-04-03");
        assert_eq!(day("18/04/03", YearMonthDay), "2018-04-03");
        assert_eq!(day("18/04/03", DayMonthYear), "none", "no year before platforms had exports");
        let proof = |cell: &str| DateText::of(cell).unwrap().proof();
        assert_eq!(proof("3/31/18"), Some(MonthDayYear));
        assert_eq!(proof("31/3/18"), None, "or the 18th of March 2031");
        assert!(DateText::of("31/3/18").unwrap().is_open() && !DateText::of("3/31/18").unwrap().is_open());
        assert_eq!((read("3/31/18", None), read("31/3/18", None)), ("none".into(), "none".into()));
    }

    #[test]
    fn a_spreadsheets_number_of_a_day_is_none() {
        for (cell, expected) in [
            ("43101", true),
            (" 43101.25 ", true),
            ("12", false),
            ("99999", false),
            ("43101.", false),
            ("4310x", false),
        ] {
            assert_eq!(is_serial(cell), expected, "{cell}");
            assert_eq!(read(cell, Some(DayOrder::MonthDayYear)), "none");
        }
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
            ("1. Juli 2026 - 31. Juli 2026", "2026-07-01..2026-07-31"),
            ("1 juil. 2026 – 31 juil. 2026", "2026-07-01..2026-07-31"),
            ("1 de julio de 2026 - 31 de julio de 2026", "2026-07-01..2026-07-31"),
            ("2026年7月1日～2026年7月31日", "2026-07-01..2026-07-31"),
            ("2026. 7. 1. ~ 2026. 7. 31.", "2026-07-01..2026-07-31"),
            ("20260701-20260731", "2026-07-01..2026-07-31"),
            ("1/1/26 - 1/31/26", "2026-01-01..2026-01-31"),
            ("3/4/26 - 5/6/26", "none"),
            ("20260701", "none"),
            ("10-20-30", "none"),
            ("123-456-7890", "none"),
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
