//! [`Problem`]: something wrong in a file of the ledger, with its place and the way out.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::limits::{MESSAGE_CHARACTERS, SAID};
use crate::visible::visible;

use toml::de::DeTable;

use crate::section::Fault;

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

    /// Returns the place of a byte in the text of a file.
    pub(crate) fn of(file: &str, text: &str, at: usize) -> Place {
        let before = text.get(..at).unwrap_or(text);
        let line = 1 + before.matches('\n').count() as u64;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count();
        Place { file: file.to_owned(), line, column: u32::try_from(column).unwrap_or(0).saturating_add(1) }
    }

    /// Returns where a TOML text is not what it should be.
    pub(crate) fn of_error(file: &str, text: &str, error: &toml::de::Error) -> Place {
        Place::of(file, text, error.span().map_or(0, |span| span.start))
    }

    /// Returns where the value of a key at the top of a TOML text begins.
    pub(crate) fn of_key(file: &str, text: &str, key: &str) -> Place {
        let at = DeTable::parse(text).ok().and_then(|table| Some(table.get_ref().get(key)?.span().start));
        Place::of(file, text, at.unwrap_or(0))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", visible(&self.file), self.line, self.column)
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

impl Problem {
    /// Returns what is wrong in a TOML file.
    pub(crate) fn in_toml(file: &str, fault: Fault) -> Problem {
        let Fault { line, column, what, mend } = fault;
        let column = u32::try_from(column).unwrap_or(u32::MAX);
        Problem { place: Place { file: file.to_owned(), line: line as u64, column }, what, mend }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, shown(&self.what))?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "; {}", shown(&self.mend)) }
    }
}

/// Why a ledger cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// No `ledger.toml` in the folder.
    #[error("`{}` is no ledger: it has no ledger.toml", spelled(.0))]
    NotALedger(PathBuf),
    /// What is wrong in its files: everything found, in the order of files and lines.
    #[error("{}", list(.0))]
    Invalid(Vec<Problem>),
    /// Another program is writing to the ledger.
    #[error("the ledger is being written to by {}; try again when it is done", visible(.0))]
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
    #[error("the change is made, but the system could not flush `{}` to the disk: {error}", spelled(.path))]
    Unflushed {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The operating system refused.
    #[error("cannot {act} `{}`: {error}", spelled(.path))]
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
        let what: Vec<String> = problems.iter().map(|problem| shown(&problem.what)).collect();
        let mend: Vec<String> =
            problems.iter().map(|problem| shown(&problem.mend)).filter(|mend| !mend.is_empty()).collect();
        LedgerError::Refused { what: what.join("\n"), hint: mend.join("\n") }
    }

    /// Returns a refusal of a request for several reasons.
    pub fn refused_for(reasons: &[String], hint: &str) -> LedgerError {
        let reasons: Vec<String> = reasons.iter().map(|reason| shown(reason)).collect();
        LedgerError::Refused { what: reasons.join("\n"), hint: shown(hint) }
    }

    /// Returns a refusal of a request.
    pub fn refused(what: impl Into<String>, hint: impl Into<String>) -> LedgerError {
        LedgerError::Refused { what: shown(&what.into()), hint: shown(&hint.into()) }
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

/// Returns a message on one line, with codes written out; where it quotes a long cell, its beginning and its end.
fn shown(message: &str) -> String {
    let message = visible(message);
    let count = message.chars().count();
    if count <= MESSAGE_CHARACTERS {
        return message.into_owned();
    }
    let half = MESSAGE_CHARACTERS / 2;
    message.chars().take(half).chain(['…']).chain(message.chars().skip(count - half)).collect()
}

fn spelled(path: &Path) -> String {
    visible(&path.display().to_string()).into_owned()
}

fn list(problems: &[Problem]) -> String {
    let mut lines: Vec<String> = problems.iter().take(SAID).map(Problem::to_string).collect();
    if problems.len() > SAID {
        lines.push(format!("and {} more", problems.len() - SAID));
    }
    lines.join("\n")
}
