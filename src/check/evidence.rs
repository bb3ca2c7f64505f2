//! Evidence: notices are where the register says, and what they were when they were recorded.

use super::{Code, Finding};
use crate::ledger::{Ledger, Restriction, Status};

/// Holds every notice of the register against the hash that was recorded of it.
pub(super) fn findings(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for row in ledger.restriction_rows().iter().filter(|row| row.status == Status::Active) {
        findings.extend(row.evidence.as_deref().and_then(|file| of(ledger, row, file)));
    }
}

fn of(ledger: &Ledger, row: &Restriction, file: &str) -> Option<Finding> {
    let (code, message, hint) = match (ledger.sha256_of(file), &row.evidence_sha256) {
        (Ok(None), _) => (
            Code::EvidenceMissing,
            format!("its notice `{file}` is not in the ledger folder"),
            format!("put it back, or correct its path in {}", row.place),
        ),
        (Err(error), _) => (
            Code::EvidenceMissing,
            format!("its notice cannot be read: {error}"),
            format!("put the file in place, or correct its path in {}", row.place),
        ),
        (Ok(Some(found)), None) => (
            Code::EvidenceUnhashed,
            format!("the hash of its notice `{file}` was not recorded, so a change would not be seen"),
            format!("write evidence_sha256 into {}: {found}", row.place),
        ),
        (Ok(Some(found)), Some(recorded)) if !found.eq_ignore_ascii_case(recorded) => (
            Code::EvidenceDiffers,
            format!("its notice `{file}` is not what it was when it was recorded: its SHA-256 is another"),
            format!("put back the file whose SHA-256 begins {}", recorded.chars().take(16).collect::<String>()),
        ),
        (Ok(Some(_)), Some(_)) => return None,
    };
    Some(Finding::new(code, format!("{} {}", row.kind, row.id), message, hint))
}
