//! Why a command did not do what it was asked.

use std::io::{self, Write};
use std::process::ExitCode;

use respend::MoneyError;
#[cfg(feature = "parquet")]
use respend::export::ParquetError;
use respend::ledger::LedgerError;
use respend::render::RenderError;
use respend::statement::StatementError;

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

    /// Says what went wrong on standard error and returns the exit code.
    pub(crate) fn explain(&self) -> ExitCode {
        let (what, hint, code) = match self {
            Failure::Refused { what, hint } => (what, hint, 1),
            Failure::CouldNot { what, hint } => (what, hint, 2),
            Failure::Said => return ExitCode::from(1),
            Failure::BrokenPipe => return ExitCode::SUCCESS,
        };
        let mut lines: Vec<String> = what.lines().map(|line| format!("error: {line}")).collect();
        lines.extend(hint.lines().map(|line| format!("hint: {line}")));
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
            other => Failure::could_not(other.to_string(), ""),
        }
    }
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
            ParquetError::Io(error) => error.into(),
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
