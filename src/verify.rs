//! A saved report, recomputed from the ledger and compared with it, field by field.
//!
//! What was recorded after the report was made does not count; what was recorded before and is another now does, and is
//! named as far as the ledger's files can tell. Computes nothing of its own.

mod answer;
mod difference;
mod files;
mod saved;

use crate::ledger::Ledger;
use crate::report::Yearly;
use crate::statement::StatementError;

pub use difference::Difference;
pub use files::{FileChange, FileState};
pub use saved::{NotAReport, Saved};

/// What became of a saved report.
#[derive(Clone, Debug)]
pub struct Verified {
    /// The report as it was saved.
    pub saved: Saved,
    /// The program that recomputed it; that it is another than the report's is no difference.
    pub program: String,
    /// Where it is not what the ledger says now: figures and facts first, the digest last.
    pub differences: Vec<Difference>,
    /// The ledger's files that are not as they were, by path.
    pub files: Vec<FileChange>,
}

/// Why a report could not be verified.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// What was given is no report of this ledger that this program reads.
    #[error(transparent)]
    NotAReport(#[from] NotAReport),
    /// The ledger's files, or what follows from them.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

/// Recomputes a report that `respend report --format json` wrote, by what was recorded up to its `as_known`, and
/// compares every field.
///
/// ```
/// # use respend::ledger::Ledger;
/// use respend::report::Yearly;
/// use respend::verify::{Saved, verify};
///
/// let ledger = Ledger::open("ledgers/kaspersky-2018".as_ref())?;
/// let report = Yearly::of(&ledger, "2018", "2018-12-31".parse()?, None, None)?.json()?;
/// assert!(verify(&ledger, Saved::read(report.as_bytes())?)?.is_same());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn verify(ledger: &Ledger, saved: Saved) -> Result<Verified, VerifyError> {
    saved.is_of(&ledger.settings().name)?;
    let mut now = Yearly::again(ledger, &saved.period, saved.as_of, saved.as_known, saved.filing)?;
    if let Some(currency) = saved.presented_in {
        now.present(ledger, currency).map_err(StatementError::from)?;
    }
    let files = files::changes(ledger, &saved.files, &now.manifest.files).map_err(StatementError::from)?;
    let mut differences = difference::differences(&saved.report, &saved::parsed(&now.json()?)?);
    differences.extend(files.iter().filter_map(FileChange::difference));
    Ok(Verified { saved, program: now.manifest.program, differences, files })
}

impl Verified {
    /// Returns whether the ledger says today what it said when the report was saved.
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }
}
