//! Why a command did not do what it was asked.

use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use respend::MoneyError;
#[cfg(feature = "parquet")]
use respend::export::ParquetError;
use respend::ledger::LedgerError;
use respend::render::{RenderError, visible};
use respend::statement::StatementError;

use crate::output::shown;

/// A command's failure, with what its exit code says.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The books say no: exit code 1.
    Refused { what: String, hint: String },
    /// It could not run: exit code 2.
    CouldNot { what: String, hint: String },
    /// All was said already, and something was refused: exit code 1.
    Said,
    /// Whoever read the output went away: a quiet 0.
    BrokenPipe,
}

impl Failure {
    pub(crate) fn refused(what: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure::Refused { what: what.into(), hint: hint.into() }
    }

    pub(crate) fn could_not(what: impl Into<String>, hint: impl Into<String>) -> Failure {
        Failure::CouldNot { what: what.into(), hint: hint.into() }
    }

    /// Says that a file or folder was not written; what stood there is as it was.
    pub(crate) fn unwritten(path: &Path, error: &io::Error) -> Failure {
        let hint = way_out(error).unwrap_or("see to the disk, then run the command again");
        Failure::could_not(format!("cannot write `{}`: {error}", shown(path)), hint)
    }

    /// Adds that what was asked for is on record all the same.
    pub(crate) fn after_the_change(self) -> Failure {
        const RECORDED: &str = "the change is recorded all the same; do not make it again";
        match self {
            Failure::CouldNot { what, hint } if hint.is_empty() => Failure::could_not(what, RECORDED),
            Failure::CouldNot { what, hint } => Failure::could_not(what, format!("{hint}\n{RECORDED}")),
            other => other,
        }
    }

    /// Says what went wrong on standard error, a line each, and returns the exit code. Cells and names that are quoted
    /// cannot steer the terminal.
    pub(crate) fn explain(&self) -> ExitCode {
        let (what, hint, code) = match self {
            Failure::Refused { what, hint } => (what, hint, 1),
            Failure::CouldNot { what, hint } => (what, hint, 2),
            Failure::Said => return ExitCode::from(1),
            Failure::BrokenPipe => return ExitCode::SUCCESS,
        };
        let mut lines: Vec<String> = what.lines().map(|line| format!("error: {}", visible(line))).collect();
        lines.extend(hint.lines().map(|line| format!("hint: {}", visible(line))));
        lines.dedup();
        // Where even this cannot be said, the exit code still tells.
        let _ = writeln!(io::stderr(), "{}", lines.join("\n"));
        ExitCode::from(code)
    }
}

impl From<LedgerError> for Failure {
    fn from(error: LedgerError) -> Failure {
        match error {
            LedgerError::Refused { what, hint } => Failure::Refused { what, hint },
            LedgerError::NotALedger(_) => Failure::could_not(
                error.to_string(),
                "make one with `respend init DIR --name NAME --currency USD`, or name one with --ledger DIR",
            ),
            LedgerError::Unflushed { .. } => Failure::could_not(
                error.to_string(),
                "do not make it again; only a power cut now could undo it, so see to the disk, then type `sync`",
            ),
            LedgerError::Io { act, error: ref why, .. } if act != "read" => {
                let way_out = match way_out(why) {
                    Some(way_out) => format!("; {way_out}"),
                    // What the program itself says has the way out in it.
                    None if why.raw_os_error().is_none() => String::new(),
                    None => String::from("; see to the disk, then run the command again"),
                };
                Failure::could_not(error.to_string(), format!("the ledger is as it was{way_out}"))
            }
            other => Failure::could_not(other.to_string(), ""),
        }
    }
}

/// Returns what helps against what the system said.
fn way_out(error: &io::Error) -> Option<&'static str> {
    Some(match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "make room on the disk, then run the command again"
        }
        io::ErrorKind::FileTooLarge => "raise the limit on the size of files, then run the command again",
        io::ErrorKind::PermissionDenied => "get the right to write there, or let somebody run it who has it",
        io::ErrorKind::ReadOnlyFilesystem => "make the disk writable, or copy the folder to one that is",
        io::ErrorKind::NotFound => "see whether the folder is still there, then run the command again",
        _ => return None,
    })
}

impl From<StatementError> for Failure {
    fn from(error: StatementError) -> Failure {
        match error {
            StatementError::Ledger(error) => error.into(),
            StatementError::Money(error) => error.into(),
        }
    }
}

impl From<MoneyError> for Failure {
    fn from(error: MoneyError) -> Failure {
        Failure::refused(error.to_string(), "")
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Failure {
        Failure::could_not(error.to_string(), "")
    }
}

#[cfg(feature = "parquet")]
impl From<ParquetError> for Failure {
    fn from(error: ParquetError) -> Failure {
        match error {
            ParquetError::Ledger(error) => error.into(),
            ParquetError::Money(error) => error.into(),
            error @ ParquetError::Writer(_) => Failure::could_not(error.to_string(), ""),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::BrokenPipe,
            _ => Failure::could_not(error.to_string(), ""),
        }
    }
}
