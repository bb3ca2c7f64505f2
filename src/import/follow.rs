//! [`follow`]: what becomes of one row of an export.

use std::io;
use std::path::Path;

use super::{Options, Profiles, Reading, read_at};
use crate::calendar::Dated;
use crate::money::Cost;
use crate::scope::Platform;

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowFate {
    /// It stands above the table's rows: the header, or a line before it.
    Above,
    /// It is blank, or has no amount.
    Blank,
    /// It is no spend, for this reason.
    LeftOut(String),
    /// It is spend.
    Kept {
        /// Of which day or month.
        day: Dated,
        /// On which platform.
        platform: Platform,
        /// Of which account; empty where nothing says.
        account: String,
        /// Of which campaign; empty where the file has none.
        campaign: String,
        /// How much.
        cost: Cost,
    },
    /// No row begins on that line.
    Missing,
}

/// Reads an export as [`read`](super::read) does, row after row, and returns with the reading what becomes of the row
/// that begins on a line (in a workbook, of that row of the sheet). Where the file is refused that says nothing.
pub fn follow(path: &Path, options: &Options, profiles: &Profiles, line: u64) -> io::Result<(Reading, RowFate)> {
    let mut reading = read_at(path, options, profiles, &mut |_, _| {}, None, Some(line))?;
    let fate = reading.followed.take().and_then(|(_, fate)| fate);
    let is_above = reading.header_row.is_some_and(|header| line <= header) && line > 0;
    let fate = fate.unwrap_or(if is_above { RowFate::Above } else { RowFate::Missing });
    Ok((reading, fate))
}
