//! A saved report, recomputed from the ledger and compared with it: JSON field by field, a workbook cell by cell.
//!
//! What was recorded after the report was made does not count; what was recorded before and is another now does, and is
//! named as far as the ledger's files can tell. Computes nothing of its own.

mod answer;
mod cells;
mod difference;
mod files;
mod saved;
mod workbook;

use crate::ledger::Ledger;
use crate::render::{self, RenderError};
use crate::report::Yearly;
use crate::statement::StatementError;
use saved::Content;
use workbook::Workbook;

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
    /// The digest of the report as it is now.
    pub digest: String,
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
    /// The report does not fit the form in which it was saved any more.
    #[error(transparent)]
    Render(#[from] RenderError),
}

/// Recomputes a report that `respend report` wrote as JSON or as a workbook, by what was recorded up to its `as_known`,
/// and compares every field or cell.
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
    let now = Yearly::again(ledger, &saved.period, saved.as_of, saved.as_known, saved.filing)?;
    let files = files::changes(ledger, &saved.files, &now.manifest.files).map_err(StatementError::from)?;
    let (program, digest) = (now.manifest.program.clone(), now.manifest.digest.clone());
    let differences = differences(&saved, now, &files)?;
    Ok(Verified { saved, program, digest, differences, files })
}

/// Compares in the form in which the report was saved.
fn differences(saved: &Saved, mut now: Yearly, files: &[FileChange]) -> Result<Vec<Difference>, VerifyError> {
    match &saved.content {
        Content::Json(report) => {
            let mut differences = difference::differences(report, &saved::parsed(&now.json()?)?);
            differences.extend(files.iter().filter_map(FileChange::difference));
            Ok(differences)
        }
        Content::Workbook(workbook) => {
            now.manifest.program = saved.program.clone();
            now.manifest.files = files::without_later(&saved.files, &now.manifest.files, files);
            let document = now.document().map_err(StatementError::from)?;
            Ok(cells::differences(workbook, &Workbook::read(&render::xlsx(&document)?)?))
        }
    }
}

impl Verified {
    /// Returns whether the ledger says today what it said when the report was saved.
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }
}
