//! Closed periods: their figures are final.

use super::{Code, Finding};
use crate::actual;
use crate::calendar::{Day, Instant};
use crate::ledger::{Control, Ledger};
use crate::statement::StatementError;

/// Looks into every period that is closed.
pub(super) fn findings(
    ledger: &Ledger,
    as_of: Day,
    as_known: Option<Instant>,
    findings: &mut Vec<Finding>,
) -> Result<(), StatementError> {
    findings.extend(super::closed(ledger, None, as_known)?);
    provisional(ledger, as_of, as_known, findings)
}

/// No figure of a closed period could still move when it was exported.
fn provisional(
    ledger: &Ledger,
    as_of: Day,
    as_known: Option<Instant>,
    findings: &mut Vec<Finding>,
) -> Result<(), StatementError> {
    let mut closed: Vec<_> = ledger.closed(as_known).into_iter().map(|close| (close, 0_u64)).collect();
    if closed.is_empty() {
        return Ok(());
    }
    actual::read(ledger, as_of, as_known, Control::Hash, |actual| -> Result<(), StatementError> {
        let on = actual.day.last_day();
        for (_, rows) in closed.iter_mut().filter(|(close, _)| actual.provisional && close.period.contains(on)) {
            *rows = rows.saturating_add(actual.rows);
        }
        Ok(())
    })?;
    for (close, rows) in closed.into_iter().filter(|(_, rows)| *rows > 0) {
        let message = match rows {
            1 => String::from("it is closed with 1 row that could still move when it was exported"),
            rows => format!("it is closed with {rows} rows that could still move when they were exported"),
        };
        let hint = "import a later export; where figures change, say --prior-period, or open the period again";
        findings.push(Finding::new(Code::ProvisionalClosed, format!("period {}", close.name), message, hint));
    }
    Ok(())
}
