//! What a close sealed, for whoever closed the period.

use super::findings;
use super::table::{Cell, Column, Document, Row, Table, titled};
use crate::close::Sealed;
use crate::money::MoneyError;
use crate::statement::Figure;

/// Returns what was sealed: counts, the figures in total, the digest and how to check it, and what to look into.
pub fn closed(sealed: &Sealed, name: &str) -> Result<Document, MoneyError> {
    let Sealed { close, file, facts, spend, statement, findings: found } = sealed;
    let days = close.period.days();
    let said = vec![
        format!("{}, {days} days, by what was recorded up to {}.", close.period, close.recorded),
        format!("Digest (SHA-256): {}", close.digest.as_deref().unwrap_or_default()),
        match &close.previous {
            Some(previous) => format!("Previous: {previous}"),
            None => String::from("It is the first row with a digest."),
        },
        format!("To check it: `sha256sum {file}` is the digest, and `respend check` names what changed."),
        String::from("Keep the digest where the ledger is not: who can edit all of the ledger could make another."),
    ];
    let currencies = statement.totals.keys().copied().collect();
    let figures = [
        (Figure::Plan, "Plan"),
        (Figure::Spend, "Spend"),
        (Figure::BlockedGross, "Blocked"),
        (Figure::RedirectedLive, "Redirected"),
        (Figure::Redirectable, "Redirectable"),
    ];
    let mut columns = vec![Column::key("platform", "Platform"), Column::currency(&currencies)];
    columns.extend(figures.map(|(figure, heading)| Column::figure(figure.key(), heading)));
    let mut rows = Vec::new();
    for ((platform, currency), sums) in &statement.platforms {
        let mut cells = vec![Cell::text(platform), Cell::text(currency)];
        cells.extend(figures.map(|(figure, _)| Cell::Money(sums.get(figure))));
        rows.push(Row::body(cells));
    }
    for (currency, sums) in &statement.totals {
        let mut cells = vec![Cell::text("Total"), Cell::text(currency)];
        cells.extend(figures.map(|(figure, _)| Cell::Money(sums.get(figure))));
        rows.push(Row::total(cells));
    }
    let text = vec![
        Column::key("file", "File"),
        Column::figure("facts", "Facts"),
        Column::figure("spend", "Figures of spend"),
        Column::figure("recorded", "Recorded").unshown(),
        Column::figure("digest", "Digest").unshown(),
        Column::figure("previous", "Previous").unshown(),
    ];
    let text_row = Row::body(vec![
        Cell::text(file),
        Cell::Count(*facts),
        Cell::Count(*spend),
        Cell::Instant(close.recorded),
        Cell::or_blank(close.digest.as_ref(), Cell::text),
        Cell::or_blank(close.previous.as_ref(), Cell::text),
    ]);
    let mut tables = vec![
        Table::new("text", "Sealed text", text, vec![text_row]),
        Table::new("sealed", titled("Figures sealed", &currencies), columns, rows),
    ];
    if !found.is_empty() {
        tables.push(Table { title: String::from("Findings at the close"), ..findings::table(found) });
    }
    Ok(Document { title: format!("Closed {} - {name}", close.name), facts: said, tables, ..Document::default() })
}
