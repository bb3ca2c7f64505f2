//! Documents as text and bytes: what a person reads, and what a program does.
//!
//! Knows tables and nothing of what stands in them; computes no money. A terminal and markdown show amounts as people
//! write them, with separators, aligned at the decimal point; csv, json and xlsx carry every column with plain values.
//! The same document gives the same bytes, always: no clock, no environment and no terminal is asked.
//!
//! Text of a ledger or an export is not trusted. It cannot steer a terminal (control codes are shown, not sent), break
//! out of a markdown table, or become a formula in a spreadsheet; numbers are never touched by any of this. On a
//! terminal, in markdown and in csv such text is changed so that it is harmless; json and xlsx carry it as it is.

mod cells;
mod csv;
mod formulas;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod grid;
mod json;
mod markdown;
#[cfg(test)]
mod samples;
mod sheet_cells;
mod sheet_names;
mod terminal;
mod widths;
mod xlsx;

pub use self::csv::csv;
pub(crate) use self::formulas::neutral;
pub use self::json::json;
pub use self::markdown::markdown;
pub use self::terminal::{TerminalStyle, terminal};
pub(crate) use self::xlsx::HEADER_ROW;
pub use self::xlsx::xlsx;
pub use crate::visible::visible;

/// Why a document could not be rendered: it does not fit the format, such as more rows than a sheet can hold.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The csv writer refused.
    #[error("the document cannot be written as csv: {0}")]
    Csv(String),
    /// The json writer refused.
    #[error("the document cannot be written as json: {0}")]
    Json(#[from] serde_json::Error),
    /// The spreadsheet writer refused, as for more rows than a sheet has.
    #[error("the document cannot be written as xlsx: {0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}
