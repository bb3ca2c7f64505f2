//! What to look into, as a table.

use super::table::{Cell, Column, Document, Row, Table};
use crate::check::{Checked, Finding, Severity};
use crate::ledger::Ledger;

/// Returns what was found in a whole ledger.
pub fn findings(ledger: &Ledger, checked: &Checked) -> Document {
    let years = match checked.years.as_slice() {
        [] => String::from("The ledger holds no plan, no restriction and no spend yet."),
        [one] => format!("Fiscal year {}, as of {}.", one.name, checked.as_of),
        [first, .., last] => format!("Fiscal years {} to {}, as of {}.", first.name, last.name, checked.as_of),
    };
    let table = table(&checked.findings, |finding| {
        let year = checked.years.iter().find(|year| Some(year.period) == finding.period);
        Cell::or_blank(year, |year| Cell::text(&year.name))
    });
    let count = |severity| checked.findings.iter().filter(|finding| finding.severity == severity).count();
    let counted = |count: usize, what: &str| match count {
        1 => format!("1 {what}"),
        count => format!("{count} {what}s"),
    };
    let counts = match checked.findings.len() {
        0 => String::from("No findings."),
        _ => format!(
            "{}, {}, {}.",
            counted(count(Severity::Error), "error"),
            counted(count(Severity::Warning), "warning"),
            counted(count(Severity::Note), "note")
        ),
    };
    Document { title: ledger.settings().name.clone(), facts: vec![years], tables: vec![table.noted([counts])] }
}

/// Returns findings as a table, and under it what to do about them; a reader sees years where any finding is of one.
pub(super) fn table(findings: &[Finding], year: impl Fn(&Finding) -> Cell) -> Table {
    let years: Vec<Cell> = findings.iter().map(year).collect();
    let period = Column::key("period", "Year");
    let columns = vec![
        Column::key("severity", "Severity"),
        Column::key("code", "Finding"),
        if years.iter().any(|year| *year != Cell::Blank) { period } else { period.unshown() },
        Column::key("place", "Where"),
        Column::figure("message", "What was found"),
        Column::figure("hint", "What to do").unshown(),
    ];
    let row = |(finding, year): (&Finding, Cell)| {
        Row::body(vec![
            Cell::text(finding.severity),
            Cell::text(finding.code),
            year,
            Cell::text(&finding.place),
            Cell::text(&finding.message),
            Cell::text(&finding.hint),
        ])
    };
    let rows = findings.iter().zip(years).map(row).collect();
    let mut hints: Vec<String> = Vec::new();
    for finding in findings {
        let hint = format!("{}: {}.", finding.code, finding.hint);
        if !hints.contains(&hint) {
            hints.push(hint);
        }
    }
    Table::new("findings", "Findings", columns, rows).noted(hints)
}
