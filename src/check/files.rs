//! Files: every one among the imports belongs to one.

use super::{Code, Finding};
use crate::ledger::{Ledger, LedgerError};

/// Says which files among the imports count for nothing.
pub(super) fn unused(ledger: &Ledger, findings: &mut Vec<Finding>) -> Result<(), LedgerError> {
    for file in ledger.unused_files()? {
        let message = "it stands among the imports, and there is no record of that import, so it counts for nothing";
        let hint = "put the record back beside it, or remove it";
        findings.push(Finding::new(Code::UnusedFile, file, message, hint));
    }
    Ok(())
}
