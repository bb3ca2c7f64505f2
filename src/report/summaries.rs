//! Spend and blocked budget, grouped as asked.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Cell, Column, Document, Row, Table, titled};
use crate::calendar::{Day, Period};
use crate::money::{Currency, Money, MoneyError};
use crate::statement::{BlockedGroup, BlockedKey, Figure, Figures, SpendBy, SpendGroup, Statement};

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
    let table = Table::new("spend", title, columns, rows);
    Ok(Document { title: ledger.to_owned(), tables: vec![table], ..Document::default() })
}

/// Returns blocked budget as a table with a row per group.
pub fn blocked(
    ledger: &str,
    statement: &Statement,
    by: &[BlockedKey],
    groups: &[BlockedGroup],
) -> Result<Document, MoneyError> {
    let mut figures = vec![
        (Figure::BlockedImposed, "By bans"),
        (Figure::BlockedVoluntary, "By holds"),
        (Figure::BlockedGross, "Blocked"),
    ];
    // Plan and spend belong to no single restriction.
    if !by.contains(&BlockedKey::Restriction) {
        figures.insert(0, (Figure::Plan, "Plan"));
        figures.push((Figure::SpendDuringRestriction, "Spent meanwhile"));
        figures.push((Figure::BlockedNet, "Blocked net"));
    }
    let currencies: BTreeSet<Currency> = groups.iter().map(|group| group.figures.currency()).collect();
    let mut columns: Vec<Column> = by.iter().map(|key| Column::key(key.as_str(), &heading(key.as_str()))).collect();
    columns.push(Column::currency(&currencies));
    columns.extend(figures.iter().map(|(figure, heading)| Column::figure(figure.key(), heading)));
    let cells = |keys: Vec<Cell>, sums: &Figures| {
        let amounts = figures.iter().map(|(figure, _)| Cell::Money(sums.get(*figure)));
        keys.into_iter().chain([Cell::text(sums.currency())]).chain(amounts).collect()
    };
    let mut rows: Vec<Row> = groups
        .iter()
        .map(|group| Row::body(cells(group.keys.iter().map(Cell::text).collect(), &group.figures)))
        .collect();
    for currency in currencies.iter().filter(|_| !by.is_empty()) {
        let of_currency = groups.iter().map(|group| &group.figures).filter(|sums| sums.currency() == *currency);
        let total = Figures::sum(*currency, of_currency)?;
        let keys = [Cell::text("Total")].into_iter().chain((1..by.len()).map(|_| Cell::Blank)).collect();
        rows.push(Row::total(cells(keys, &total)));
    }
    let period = statement.period;
    let title = titled(&format!("Blocked budget {} to {}", period.start(), period.last()), &currencies);
    let facts = vec![format!("Spend as of {}; the plan of all days of the period, past and ahead.", statement.as_of)];
    let table = Table::new("blocked", title, columns, rows);
    Ok(Document { title: ledger.to_owned(), facts, tables: vec![table], ..Document::default() })
}
