//! Spend and blocked budget, grouped as asked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use super::table::{Cell, Column, Document, Row, Table, titled};
use crate::calendar::{Day, Period};
use crate::ledger::RestrictionKind;
use crate::money::{Currency, Money, MoneyError};
use crate::statement::{Figure, Figures, SpendBy, SpendGroup, Statement};

/// What blocked budget may be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockedKey {
    /// The platform.
    Platform,
    /// The account of the plan line.
    Account,
    /// The campaign of the plan line.
    Campaign,
    /// The plan line.
    Line,
    /// The calendar month.
    Month,
    /// The restriction.
    Restriction,
}

impl BlockedKey {
    const ALL: [BlockedKey; 6] = [
        BlockedKey::Platform,
        BlockedKey::Account,
        BlockedKey::Campaign,
        BlockedKey::Line,
        BlockedKey::Month,
        BlockedKey::Restriction,
    ];

    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            BlockedKey::Platform => "platform",
            BlockedKey::Account => "account",
            BlockedKey::Campaign => "campaign",
            BlockedKey::Line => "line",
            BlockedKey::Month => "month",
            BlockedKey::Restriction => "restriction",
        }
    }
}

impl FromStr for BlockedKey {
    type Err = String;

    fn from_str(text: &str) -> Result<BlockedKey, String> {
        let found = BlockedKey::ALL.into_iter().find(|key| key.as_str() == text);
        found.ok_or_else(|| {
            format!(
                "blocked budget is grouped by {}, not by `{text}`",
                BlockedKey::ALL.map(BlockedKey::as_str).join(", ")
            )
        })
    }
}

impl fmt::Display for BlockedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A heading from a key's word.
fn heading(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// Returns spend as a table with a row per group.
pub fn spend(
    ledger: &str,
    period: Period,
    as_of: Day,
    by: &[SpendBy],
    groups: &[SpendGroup],
) -> Result<Document, MoneyError> {
    let currencies: BTreeSet<Currency> = groups.iter().map(|group| group.amount.currency()).collect();
    let mut columns: Vec<Column> = by.iter().map(|key| Column::key(key.as_str(), &heading(key.as_str()))).collect();
    columns.push(Column::currency(&currencies));
    columns.push(Column::figure("amount", "Spend"));
    columns.push(Column::figure("rows", "Rows"));
    let mut totals: BTreeMap<Currency, (Money, u64)> = BTreeMap::new();
    let mut rows = Vec::new();
    for group in groups {
        let currency = group.amount.currency();
        let (sum, count) = totals.entry(currency).or_insert((Money::zero(currency), 0));
        *sum = sum.plus(group.amount)?;
        *count = count.saturating_add(group.rows);
        let mut cells: Vec<Cell> = group.keys.iter().map(Cell::text).collect();
        cells.extend([Cell::text(currency), Cell::Money(group.amount), Cell::Count(group.rows)]);
        rows.push(Row::body(cells));
    }
    for (currency, (sum, count)) in totals.into_iter().filter(|_| !by.is_empty()) {
        let mut cells = vec![Cell::text("Total")];
        cells.extend((1..by.len()).map(|_| Cell::Blank));
        cells.extend([Cell::text(currency), Cell::Money(sum), Cell::Count(count)]);
        rows.push(Row::total(cells));
    }
    let title = titled(&format!("Spend {} to {}", period.start(), as_of.min(period.last())), &currencies);
    let table = Table { key: "spend".into(), title, columns, rows, notes: Vec::new() };
    Ok(Document { title: ledger.to_owned(), facts: Vec::new(), tables: vec![table] })
}

/// Returns blocked budget as a table with a row per group.
pub fn blocked(ledger: &str, statement: &Statement, by: &[BlockedKey]) -> Result<Document, MoneyError> {
    let by_restriction = by.contains(&BlockedKey::Restriction);
    let mut groups: BTreeMap<(Vec<String>, Currency), Figures> = BTreeMap::new();
    for line in &statement.lines {
        let scope = &line.line.scope;
        for month in &line.months {
            let keys = |restriction: &str| -> Vec<String> {
                by.iter()
                    .map(|key| match key {
                        BlockedKey::Platform => scope.platform.to_string(),
                        BlockedKey::Account => scope.account.clone().unwrap_or_default(),
                        BlockedKey::Campaign => scope.campaign.clone().unwrap_or_default(),
                        BlockedKey::Line => line.line.id.to_string(),
                        BlockedKey::Month => month.month.to_string(),
                        BlockedKey::Restriction => restriction.to_owned(),
                    })
                    .collect()
            };
            let currency = line.line.currency;
            if !by_restriction {
                groups.entry((keys(""), currency)).or_insert(Figures::zero(currency)).add(&month.figures)?;
            }
            for ((kind, id), part) in month.blocked_by.iter().filter(|_| by_restriction) {
                let figure = match kind {
                    RestrictionKind::Ban => Figure::BlockedImposed,
                    RestrictionKind::Hold => Figure::BlockedVoluntary,
                };
                let mut figures = Figures::zero(currency);
                figures.set(figure, *part)?;
                figures.set(Figure::BlockedGross, *part)?;
                groups.entry((keys(id.as_str()), currency)).or_insert(Figures::zero(currency)).add(&figures)?;
            }
        }
    }
    let mut figures = vec![
        (Figure::BlockedImposed, "By bans"),
        (Figure::BlockedVoluntary, "By holds"),
        (Figure::BlockedGross, "Blocked"),
    ];
    if !by_restriction {
        figures.insert(0, (Figure::Plan, "Plan"));
        figures.push((Figure::SpendDuringRestriction, "Spent meanwhile"));
        figures.push((Figure::BlockedNet, "Blocked net"));
    }
    let currencies: BTreeSet<Currency> = groups.keys().map(|(_, currency)| *currency).collect();
    let mut columns: Vec<Column> = by.iter().map(|key| Column::key(key.as_str(), &heading(key.as_str()))).collect();
    columns.push(Column::currency(&currencies));
    columns.extend(figures.iter().map(|(figure, heading)| Column::figure(figure.key(), heading)));
    let mut totals: BTreeMap<Currency, Figures> = BTreeMap::new();
    let mut rows = Vec::new();
    for ((keys, currency), sums) in &groups {
        totals.entry(*currency).or_insert(Figures::zero(*currency)).add(sums)?;
        let mut cells: Vec<Cell> = keys.iter().map(Cell::text).collect();
        cells.push(Cell::text(currency));
        cells.extend(figures.iter().map(|(figure, _)| Cell::Money(sums.get(*figure))));
        rows.push(Row::body(cells));
    }
    for (currency, sums) in totals.iter().filter(|_| !by.is_empty()) {
        let mut cells = vec![Cell::text("Total")];
        cells.extend((1..by.len()).map(|_| Cell::Blank));
        cells.push(Cell::text(currency));
        cells.extend(figures.iter().map(|(figure, _)| Cell::Money(sums.get(*figure))));
        rows.push(Row::total(cells));
    }
    let period = statement.period;
    let title = titled(&format!("Blocked budget {} to {}", period.start(), period.last()), &currencies);
    let facts = vec![format!("Spend as of {}; the plan of all days of the period, past and ahead.", statement.as_of)];
    let table = Table { key: "blocked".into(), title, columns, rows, notes: Vec::new() };
    Ok(Document { title: ledger.to_owned(), facts, tables: vec![table] })
}
