//! What to look into, as a table.

use std::collections::BTreeSet;

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
    let mut table = table(&checked.findings);
    let year = |finding: &Finding| {
        let year = checked.years.iter().find(|year| Some(year.period) == finding.period);
        Cell::or_blank(year, |year| Cell::text(&year.name))
    };
    table.columns.insert(YEAR_AT, Column::key("period", "Year"));
    for (row, finding) in table.rows.iter_mut().zip(&checked.findings) {
        row.cells.insert(YEAR_AT, year(finding));
    }
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
    Document {
        title: ledger.settings().name.clone(),
        facts: vec![years],
        tables: vec![table.noted([counts])],
        ..Document::default()
    }
}

/// Where the year stands in a table of several: after severity and code.
const YEAR_AT: usize = 2;

/// Returns findings as a table, and under it what to do about them.
pub(super) fn table(findings: &[Finding]) -> Table {
    let columns = vec![
        Column::key("severity", "Severity"),
        Column::key("code", "Finding"),
        Column::key("place", "Where"),
        Column::figure("message", "What was found"),
        Column::figure("hint", "What to do").unshown(),
    ];
    let row = |finding: &Finding| {
        Row::body(vec![
            Cell::text(finding.severity),
            Cell::text(finding.code),
            Cell::text(&finding.place),
            Cell::text(&finding.message),
            Cell::text(&finding.hint),
        ])
    };
    let rows = findings.iter().map(row).collect();
    let mut said = BTreeSet::new();
    let hints = findings.iter().filter(|finding| said.insert((finding.code.as_str(), &finding.hint)));
    let hints: Vec<String> = hints.map(|finding| format!("{}: {}.", finding.code, finding.hint)).collect();
    Table::new("findings", "Findings", columns, rows).noted(hints)
}
