//! Exchange rates: those a ledger holds, and those a statement rests on.

use std::collections::{BTreeMap, BTreeSet};

use super::Yearly;
use super::table::{Cell, Column, Document, Row, Table};
use crate::ledger::Ledger;
use crate::money::Currency;
use crate::rates::{DayRate, Leg};

/// Returns of which pairs a ledger holds rates, from when to when, and whose.
pub fn rates(ledger: &Ledger) -> Document {
    let columns = vec![
        Column::key("base", "Of"),
        Column::key("quote", "In"),
        Column::key("kind", "Kind").unshown(),
        Column::figure("first_day", "First day"),
        Column::figure("last_day", "Last day"),
        Column::figure("days", "Days"),
        Column::figure("source", "Source"),
    ];
    let row = |series: crate::ledger::RateSeries| {
        Row::body(vec![
            Cell::text(series.base),
            Cell::text(series.quote),
            Cell::text(series.kind),
            Cell::Day(series.first),
            Cell::Day(series.last),
            Cell::Count(series.days as u64),
            Cell::text(series.sources.join(", ")),
        ])
    };
    let rows: Vec<Row> = ledger.rate_series().into_iter().map(row).collect();
    let notes = match rows.is_empty() {
        true => "`respend rates import FILE` takes the ECB's eurofxref-hist.csv in, or a file of your own.",
        false => "Other pairs are made of these: the inverse, or by the euro.",
    };
    let table = Table::new("rates", "Exchange rates", columns, rows).noted([notes.to_owned()]);
    Document { title: ledger.settings().name.clone(), tables: vec![table], ..Document::default() }
}

/// Returns a published rate in words: `1 EUR = 1.2312 USD of 2018-03-02, ECB`.
pub(super) fn leg(leg: &Leg) -> String {
    let published = &leg.published;
    let rate = published.rate;
    format!("1 {} = {rate} {} of {}, {}", rate.base(), rate.quote(), published.day, published.source)
}

/// Returns what a rate is made of, in words.
pub(super) fn legs(rate: &DayRate) -> String {
    rate.legs.iter().map(leg).collect::<Vec<_>>().join("; ")
}

impl Yearly {
    /// The rates by which spend counts: in short for a reader, one by one for a program.
    pub(super) fn rates(&self) -> Vec<Table> {
        let rates = &self.statement.rates;
        if rates.is_empty() {
            Vec::new()
        } else {
            vec![in_short(rates), one_by_one("rates", "Rates used, by day", rates).unshown()]
        }
    }
}

/// Every rate with the day it is for and the days it is of.
pub(super) fn one_by_one(key: &str, title: &str, rates: &[DayRate]) -> Table {
    let columns = vec![
        Column::key("base", "Of"),
        Column::key("quote", "In"),
        Column::key("day", "Day"),
        Column::figure("rate", "Rate"),
        Column::figure("made_of", "Made of"),
    ];
    let row = |rate: &DayRate| {
        Row::body(vec![
            Cell::text(rate.rate.base()),
            Cell::text(rate.rate.quote()),
            Cell::Day(rate.day),
            Cell::text(rate.rate),
            Cell::text(legs(rate)),
        ])
    };
    Table::new(key, title, columns, rates.iter().map(row).collect())
}

/// A row per pair.
fn in_short(rates: &[DayRate]) -> Table {
    let columns = vec![
        Column::key("base", "Of"),
        Column::key("quote", "In"),
        Column::figure("days", "Days"),
        Column::figure("first_day", "First day"),
        Column::figure("last_day", "Last day"),
        Column::figure("earlier", "At an earlier rate"),
        Column::figure("first_rate", "First rate"),
        Column::figure("last_rate", "Last rate"),
        Column::figure("source", "Source"),
    ];
    let mut pairs: BTreeMap<(Currency, Currency), Vec<&DayRate>> = BTreeMap::new();
    for rate in rates {
        pairs.entry((rate.rate.base(), rate.rate.quote())).or_default().push(rate);
    }
    let mut rows = Vec::new();
    for ((base, quote), rates) in pairs {
        let (Some(first), Some(last)) = (rates.first(), rates.last()) else { continue };
        let earlier = rates.iter().filter(|rate| rate.is_of_an_earlier_day()).count();
        let sources: BTreeSet<&str> =
            rates.iter().flat_map(|rate| &rate.legs).map(|leg| leg.published.source.as_str()).collect();
        rows.push(Row::body(vec![
            Cell::text(base),
            Cell::text(quote),
            Cell::Count(rates.len() as u64),
            Cell::Day(first.day),
            Cell::Day(last.day),
            Cell::Count(earlier as u64),
            Cell::text(first.rate),
            Cell::text(last.rate),
            Cell::text(sources.into_iter().collect::<Vec<_>>().join(", ")),
        ]));
    }
    let notes = vec![String::from(
        "Spend in another currency than its plan line's counts at the rate of its day, else at the last published before it. --format json, csv and xlsx list every rate with the day it is of.",
    )];
    Table::new("rates_in_short", "Rates used", columns, rows).noted(notes)
}
