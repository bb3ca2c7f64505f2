//! [`Problem`]: something wrong in a file of the ledger, with its place and the way out.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::disk::Unnameable;

/// A place in a file: line and character column from 1.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file, relative to the ledger folder, with `/` between folders.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column in characters, from 1.
    pub column: u32,
}

impl Place {
    /// Returns the first character of a file.
    pub(crate) fn top_of(file: &str) -> Place {
        Place { file: file.to_owned(), line: 1, column: 1 }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One thing wrong in a file: where, what (with the offending cell) and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it stands.
    pub place: Place,
    /// What is wrong, naming the cell.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "; {}", self.mend) }
    }
}

/// Why a ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// No `ledger.toml` in the folder.
    #[error("`{}` is no ledger: it has no ledger.toml", .0.display())]
    NotALedger(PathBuf),
    /// What is wrong in its files: everything found, in the order of files and lines.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
    /// Another program is writing to the ledger.
    #[error("the ledger is being written to by {0}; try again when it is done")]
    Locked(String),
    /// A request that the ledger's facts do not allow.
    #[error("{what}")]
    Refused {
        /// What is not possible, and why.
        what: String,
        /// The way out.
        hint: String,
    },
    /// A change is made, and the system could not say that it is on the disk.
    #[error("the change is made, but the system could not flush `{}` to the disk: {error}", .path.display())]
    Unflushed {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The operating system refused.
    #[error("cannot {act} `{}`: {error}", .path.display())]
    Io {
        /// `read`, `write`, `lock`, …; what was to be changed is as it was.
        act: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
}

impl LedgerError {
    /// Turns an error of the operating system into one that names the file.
    pub(crate) fn io(act: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> LedgerError {
        let path = path.into();
        move |error| LedgerError::Io { act, path, error }
    }

    /// Turns what is wrong in files into the refusal of a change: a ledger that was valid before is broken by nothing
    /// but what was to be added.
    pub fn into_refusal(self) -> LedgerError {
        let LedgerError::Invalid(problems) = self else { return self };
        let what: Vec<String> = problems.iter().map(|problem| problem.what.clone()).collect();
        let mend: Vec<String> =
            problems.into_iter().map(|problem| problem.mend).filter(|mend| !mend.is_empty()).collect();
        LedgerError::refused(what.join("\n"), mend.join("\n"))
    }

    /// Returns a refusal of a request.
    pub fn refused(what: impl Into<String>, hint: impl Into<String>) -> LedgerError {
        LedgerError::Refused { what: what.into(), hint: hint.into() }
    }
}

impl From<Unnameable> for LedgerError {
    fn from(Unnameable { path, error, counts }: Unnameable) -> LedgerError {
        match counts {
            true => LedgerError::Unflushed { path, error },
            false => LedgerError::Io { act: "write", path, error },
        }
    }
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}
