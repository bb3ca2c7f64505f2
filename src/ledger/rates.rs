//! `rates/*.csv`: what a unit of one currency was in another, day by day, by the European Central Bank or by the
//! company's own word.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use super::folder::Folder;
use super::rows::{self, Columns};
use super::{LedgerError, Place, Problem};
use crate::calendar::Day;
use crate::money::{Currency, Rate};

/// The folder they are kept in.
pub(super) const FOLDER: &str = "rates";

/// How the names of its files end.
pub(super) const ENDING: &str = ".csv";

/// The columns of a file of one's own.
const OWN: &[&str] = &["date", "base", "quote", "rate", "source"];

/// The column of days in the bank's history, `eurofxref-hist.csv`; the others are codes of currencies.
const DATE: &str = "Date";

/// What the bank's history says where there is no rate.
const NO_RATE: &str = "N/A";

/// Who says a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RateKind {
    /// The company itself, with the source it names.
    Own,
    /// The European Central Bank: what a euro is in other currencies.
    Ecb,
}

impl RateKind {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            RateKind::Own => "own",
            RateKind::Ecb => "ecb",
        }
    }
}

impl fmt::Display for RateKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The rate of a day, as a file of the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedRate {
    /// Who says it.
    pub kind: RateKind,
    /// The day it is of.
    pub day: Day,
    /// The rate, from base to quote as it is published.
    pub rate: Rate,
    /// Where it is from, in the words of the file.
    pub source: String,
    /// Where it stands.
    pub place: Place,
}

/// What the ledger's files know of one currency in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RateSeries {
    /// Who says it.
    pub kind: RateKind,
    /// The currency a unit of which is priced.
    pub base: Currency,
    /// The currency it is priced in.
    pub quote: Currency,
    /// The first day with a rate.
    pub first: Day,
    /// The last day with one.
    pub last: Day,
    /// How many days have one.
    pub days: usize,
    /// Where they are from, each source once.
    pub sources: Vec<String>,
}

/// All rates of a ledger.
#[derive(Clone, Debug, Default)]
pub(super) struct Rates {
    /// The files they stand in.
    pub(super) files: Vec<String>,
    series: BTreeMap<(RateKind, Currency, Currency), BTreeMap<Day, Stated>>,
}

/// A rate in a file, small since there are hundreds of thousands.
#[derive(Clone, Debug)]
struct Stated {
    billionths: u64,
    source: Arc<str>,
    file: Arc<str>,
    line: u64,
    column: u32,
}

impl Stated {
    fn place(&self) -> Place {
        Place { file: self.file.to_string(), line: self.line, column: self.column }
    }
}

/// Reads every file of the folder; what is wrong is added to `problems`.
pub(super) fn read(folder: &Folder, problems: &mut Vec<Problem>) -> Result<Rates, LedgerError> {
    let mut rates = Rates::default();
    for file in folder.list(FOLDER, ENDING)? {
        rates.read(&file, &folder.read(&file)?.unwrap_or_default(), problems);
    }
    Ok(rates)
}

impl Rates {
    /// Adds what a file says; what is wrong is added to `problems`.
    pub(super) fn read(&mut self, file: &str, bytes: &[u8], problems: &mut Vec<Problem>) {
        self.files.push(file.to_owned());
        let header = rows::header_of(bytes);
        let names = header.as_ref().map_or(&[][..], |header| header.names());
        let quotes: Vec<Option<Currency>> = names.iter().map(|name| quote(name)).collect();
        if names.first().is_some_and(|name| name == DATE) && quotes.iter().any(Option::is_some) {
            self.read_history(file, bytes, &quotes, problems);
        } else {
            self.read_own(file, bytes, problems);
        }
    }

    /// The bank's history: a row per day, a column per currency, in any order, with an empty one at the end; `quotes`
    /// are the currencies of its columns.
    fn read_history(&mut self, file: &str, bytes: &[u8], quotes: &[Option<Currency>], problems: &mut Vec<Problem>) {
        let codes = quotes.iter().flatten().map(|quote| quote.code());
        let all: Vec<&str> = [DATE].into_iter().chain(codes).chain([""]).collect();
        let (file_name, source): (Arc<str>, Arc<str>) = (file.into(), "ECB".into());
        let Ok(euro) = "EUR".parse() else { return };
        rows::read(file, bytes, &Columns { all: &all, needed: &[DATE] }, problems, |row, problems| {
            let Some(day) = row.need(DATE, problems) else { return };
            for ((name, cell, column), quote) in row.cells().zip(quotes) {
                match quote {
                    Some(quote) if !cell.is_empty() && cell != NO_RATE => match Rate::billionths(cell) {
                        Ok(billionths) => {
                            let (file, source, line) = (file_name.clone(), source.clone(), row.line());
                            let stated = Stated { billionths, source, file, line, column };
                            self.add((RateKind::Ecb, euro, *quote), day, stated, problems);
                        }
                        Err(error) => problems.push(row.wrong(name, error, "write N/A where there is none")),
                    },
                    None if name.is_empty() && !cell.is_empty() => problems.push(Problem {
                        place: Place { column, ..row.place_of_row() },
                        what: format!("`{cell}` stands under no currency"),
                        mend: "take it out".into(),
                    }),
                    _ => {}
                }
            }
        });
    }

    /// One's own: a row per day and pair.
    fn read_own(&mut self, file: &str, bytes: &[u8], problems: &mut Vec<Problem>) {
        let file_name: Arc<str> = file.into();
        rows::read(file, bytes, &Columns { all: OWN, needed: OWN }, problems, |row, problems| {
            let before = problems.len();
            let (day, base, quote) =
                (row.need("date", problems), row.need("base", problems), row.need("quote", problems));
            let billionths =
                row.filled("rate", problems).then(|| row.parse_with("rate", problems, Rate::billionths)).flatten();
            row.filled("source", problems);
            if base.is_some() && base == quote {
                problems.push(row.wrong("quote", "it is the base itself", "a rate is of two currencies"));
            }
            let (Some(day), Some(base), Some(quote), Some(billionths), true) =
                (day, base, quote, billionths, problems.len() == before)
            else {
                return;
            };
            let Place { line, column, .. } = row.place("rate");
            let stated =
                Stated { billionths, source: row.text("source").into(), file: file_name.clone(), line, column };
            self.add((RateKind::Own, base, quote), day, stated, problems);
        });
    }

    fn add(&mut self, at: (RateKind, Currency, Currency), day: Day, stated: Stated, problems: &mut Vec<Problem>) {
        let (_, base, quote) = at;
        let days = self.series.entry(at).or_default();
        let Some(known) = days.get(&day) else {
            days.insert(day, stated);
            return;
        };
        if known.billionths != stated.billionths {
            let shown = |stated: &Stated| Rate::from_billionths(stated.billionths, base, quote);
            problems.push(Problem {
                place: stated.place(),
                what: format!(
                    "{base} in {quote} of {day} is {} here and {} at {}",
                    shown(&stated),
                    shown(known),
                    known.place()
                ),
                mend: "a day has one rate: take out the one that is wrong".into(),
            });
        }
    }

    /// Returns the last rate of a pair that is of a day or before it.
    pub(super) fn latest(&self, kind: RateKind, base: Currency, quote: Currency, day: Day) -> Option<PublishedRate> {
        let (of, stated) = self.series.get(&(kind, base, quote))?.range(..=day).next_back()?;
        Some(published(kind, base, quote, *of, stated))
    }

    /// Returns all of them, by who says them, pair and day.
    pub(super) fn all(&self) -> impl Iterator<Item = PublishedRate> {
        self.series.iter().flat_map(|((kind, base, quote), days)| {
            days.iter().map(|(day, stated)| published(*kind, *base, *quote, *day, stated))
        })
    }

    /// Returns what is known of each pair, in that order.
    pub(super) fn series(&self) -> Vec<RateSeries> {
        let series = self.series.iter().filter_map(|((kind, base, quote), days)| {
            let (first, last) = (*days.first_key_value()?.0, *days.last_key_value()?.0);
            let mut sources: Vec<String> = days.values().map(|stated| stated.source.to_string()).collect();
            sources.sort();
            sources.dedup();
            Some(RateSeries { kind: *kind, base: *base, quote: *quote, first, last, days: days.len(), sources })
        });
        series.collect()
    }

    /// Returns how many lines say a rate.
    pub(super) fn lines(&self) -> usize {
        let all = self.series.values().flat_map(BTreeMap::values);
        all.map(|stated| stated.line).collect::<BTreeSet<u64>>().len()
    }

    /// Returns the lines of the rates that another book has as well, unless a line has some that it has not.
    pub(super) fn lines_known_to(&self, other: &Rates) -> Vec<u64> {
        let mut lines: BTreeMap<u64, bool> = BTreeMap::new();
        for (at, days) in &self.series {
            let known = other.series.get(at);
            for (day, stated) in days {
                let is_known =
                    known.and_then(|known| known.get(day)).is_some_and(|it| it.billionths == stated.billionths);
                *lines.entry(stated.line).or_insert(true) &= is_known;
            }
        }
        lines.into_iter().filter(|(_, is_known)| *is_known).map(|(line, _)| line).collect()
    }
}

/// The currency that a column of the bank's history prices a euro in.
fn quote(name: &str) -> Option<Currency> {
    name.parse::<Currency>().ok().filter(|currency| currency.code() == name && name != "EUR")
}

fn published(kind: RateKind, base: Currency, quote: Currency, day: Day, stated: &Stated) -> PublishedRate {
    let rate = Rate::from_billionths(stated.billionths, base, quote);
    PublishedRate { kind, day, rate, source: stated.source.to_string(), place: stated.place() }
}
