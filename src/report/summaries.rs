//! Spend and blocked budget, grouped as asked.

use std::collections::{BTreeMap, BTreeSet};

use super::presented;
use super::table::{Cell, Column, Document, Row, Table, titled};
use crate::calendar::{Day, Period};
use crate::money::{Currency, Money, MoneyError};
use crate::statement::{BlockedGroup, BlockedKey, Figure, Figures, Presentation, SpendBy, SpendGroup, Statement};

/// A heading from a key's word.
fn heading(key: &str) -> String {
    let mut letters = key.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The last column of a table, in the currency of a presentation, and its sum.
struct Presented<'a> {
    by: Option<&'a Presentation>,
    sum: Option<Money>,
}

impl<'a> Presented<'a> {
    fn of(by: Option<&'a Presentation>) -> Presented<'a> {
        Presented { by, sum: by.map(|one| Money::zero(one.currency)) }
    }

    /// Returns the cell of an amount, and adds it to the sum; none where nothing is presented.
    fn add(&mut self, amount: Money) -> Result<Option<Cell>, MoneyError> {
        let (Some(by), Some(sum)) = (self.by, self.sum) else { return Ok(None) };
        let amount = by.amount(amount)?;
        self.sum = Some(sum.plus(amount)?);
        Ok(Some(Cell::Money(amount)))
    }

    /// Returns the row of the sum, over all currencies, after so many columns.
    fn total(&self, columns: usize) -> Option<Row> {
        let (by, sum) = (self.by?, self.sum?);
        let mut cells = vec![Cell::Blank; columns];
        if let Some(first) = cells.first_mut() {
            *first = Cell::text(format!("All in {}", by.currency));
        }
        cells.push(Cell::Money(sum));
        Some(Row::total(cells))
    }

    /// Returns the table with what is to be said of the rates, and these.
    fn tables(&self, table: Table) -> Vec<Table> {
        match self.by {
            Some(by) => vec![table.noted([presented::note(by)]), presented::rates(by)],
            None => vec![table],
        }
    }
}

fn presented_column(by: &Presentation, heading: &str) -> Column {
    let key = format!("in_{}", by.currency.code().to_lowercase());
    Column::figure(&key, &format!("{heading} {}", by.currency))
}

/// Returns spend as a table with a row per group.
pub fn spend(
    ledger: &str,
    period: Period,
    as_of: Day,
    by: &[SpendBy],
    groups: &[SpendGroup],
    presentation: Option<&Presentation>,
) -> Result<Document, MoneyError> {
    let currencies: BTreeSet<Currency> = groups.iter().map(|group| group.amount.currency()).collect();
    let mut columns: Vec<Column> = by.iter().map(|key| Column::key(key.as_str(), &heading(key.as_str()))).collect();
    columns.push(Column::currency(&currencies));
    columns.push(Column::figure("amount", "Spend"));
    columns.push(Column::figure("rows", "Rows"));
    columns.extend(presentation.map(|one| presented_column(one, "In")));
    let mut presented = Presented::of(presentation);
    let mut totals: BTreeMap<Currency, (Money, u64)> = BTreeMap::new();
    let mut rows = Vec::new();
    for group in groups {
        let currency = group.amount.currency();
        let (sum, count) = totals.entry(currency).or_insert((Money::zero(currency), 0));
        *sum = sum.plus(group.amount)?;
        *count = count.saturating_add(group.rows);
        let mut cells: Vec<Cell> = group.keys.iter().map(Cell::text).collect();
        cells.extend([Cell::text(currency), Cell::Money(group.amount), Cell::Count(group.rows)]);
        cells.extend(presented.add(group.amount)?);
        rows.push(Row::body(cells));
    }
    for (currency, (sum, count)) in totals.into_iter().filter(|_| !by.is_empty()) {
        let mut cells = vec![Cell::text("Total")];
        cells.extend((1..by.len()).map(|_| Cell::Blank));
        cells.extend([Cell::text(currency), Cell::Money(sum), Cell::Count(count)]);
        cells.extend(presentation.map(|_| Cell::Blank));
        rows.push(Row::total(cells));
    }
    rows.extend(presented.total(by.len().saturating_add(3)));
    let title = titled(&format!("Spend {} to {}", period.start(), as_of.min(period.last())), &currencies);
    let tables = presented.tables(Table::new("spend", title, columns, rows));
    Ok(Document { title: ledger.to_owned(), tables, ..Document::default() })
}

/// Returns blocked budget as a table with a row per group.
pub fn blocked(
    ledger: &str,
    statement: &Statement,
    by: &[BlockedKey],
    groups: &[BlockedGroup],
    presentation: Option<&Presentation>,
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
    columns.extend(presentation.map(|one| presented_column(one, "Blocked in")));
    let cells = |keys: Vec<Cell>, sums: &Figures| -> Vec<Cell> {
        let amounts = figures.iter().map(|(figure, _)| Cell::Money(sums.get(*figure)));
        keys.into_iter().chain([Cell::text(sums.currency())]).chain(amounts).collect()
    };
    let mut presented = Presented::of(presentation);
    let mut rows = Vec::new();
    for group in groups {
        let mut cells = cells(group.keys.iter().map(Cell::text).collect(), &group.figures);
        cells.extend(presented.add(group.figures.get(Figure::BlockedGross))?);
        rows.push(Row::body(cells));
    }
    for currency in currencies.iter().filter(|_| !by.is_empty()) {
        let of_currency = groups.iter().map(|group| &group.figures).filter(|sums| sums.currency() == *currency);
        let total = Figures::sum(*currency, of_currency)?;
        let keys = [Cell::text("Total")].into_iter().chain((1..by.len()).map(|_| Cell::Blank)).collect();
        let mut cells = cells(keys, &total);
        cells.extend(presentation.map(|_| Cell::Blank));
        rows.push(Row::total(cells));
    }
    rows.extend(presented.total(by.len().saturating_add(1 + figures.len())));
    let period = statement.period;
    let title = titled(&format!("Blocked budget {} to {}", period.start(), period.last()), &currencies);
    let facts = vec![format!("Spend as of {}; the plan of all days of the period, past and ahead.", statement.as_of)];
    let tables = presented.tables(Table::new("blocked", title, columns, rows));
    Ok(Document { title: ledger.to_owned(), facts, tables, ..Document::default() })
}
