//! The program's files: what a record says is what its rollup holds, and every file belongs to an import or a close.

use std::collections::BTreeSet;

use super::{Code, Finding};
use crate::ledger::{Close, Import, Ledger, LedgerError};
use crate::money::{Cost, Totals};
use crate::statement::StatementError;

/// Sums every rollup anew and holds it against the sums and the number of rows on record.
pub(super) fn controls(ledger: &Ledger, findings: &mut Vec<Finding>) -> Result<(), StatementError> {
    for import in ledger.imports_taken(None) {
        let (sums, rows) = summed(ledger, import)?;
        let mut differences = Vec::new();
        let both = sums.iter().chain(import.totals.iter()).map(Cost::currency);
        if both.into_iter().any(|currency| sums.get(currency) != import.totals.get(currency)) {
            differences.push(format!("its record says {}, and its rows sum to {}", said(&import.totals), said(&sums)));
        }
        if rows != import.record.rows_kept {
            let kept = import.record.rows_kept;
            differences.push(format!("its record says that {kept} rows were kept, and its rollup is of {rows}"));
        }
        if !differences.is_empty() {
            let hint = "restore the record; or revoke the import, and take its export in again";
            let place = format!("import {}", import.id);
            findings.push(Finding::new(Code::ControlDiffers, place, differences.join("; "), hint));
        }
    }
    Ok(())
}

fn summed(ledger: &Ledger, import: &Import) -> Result<(Totals, u64), StatementError> {
    let (mut sums, mut rows) = (Totals::default(), 0_u64);
    let mut stream = ledger.spend_of(import);
    while let Some(day) = stream.next_day()? {
        for spent in day.spend {
            sums.add(spent.cost)?;
            rows = rows.saturating_add(spent.rows);
        }
    }
    Ok((sums, rows))
}

fn said(sums: &Totals) -> String {
    if sums.is_empty() {
        return String::from("nothing");
    }
    sums.iter().map(|sum| sum.spelled()).collect::<Vec<_>>().join(" and ")
}

/// Says which files among the imports and the texts of closes count for nothing.
///
/// The last row of `closes.csv` has nothing after it that would miss it, but its text. No more than a note: a close that
/// was cut short leaves its text, too.
pub(super) fn unused(ledger: &Ledger, findings: &mut Vec<Finding>) -> Result<(), LedgerError> {
    for file in ledger.unused_files()? {
        let message = "it stands among the imports, and there is no record of that import, so it counts for nothing";
        let hint = "put the record back beside it, or remove it";
        findings.push(Finding::new(Code::UnusedFile, file, message, hint));
    }
    let sealed: BTreeSet<String> = ledger.closes().iter().filter_map(Close::text_file).collect();
    for file in ledger.text_files()?.into_iter().filter(|file| !sealed.contains(file)) {
        let message = "closes.csv has no row with the digest of this text: a close was cut short before it wrote one, or \
                       the row was removed or edited";
        let hint = "remove the text where a close was cut short; else restore the row";
        findings.push(Finding::new(Code::UnusedFile, file, message, hint));
    }
    Ok(())
}
