//! How rows of `closes.csv` hold each other: each has a digest that its own cells and the digest before go into.

use super::text::row;
use crate::facts::array;
use crate::ledger::{Close, CloseEvent, sha256};

/// Begins the text of a reopening.
const VERSION: &str = "respend reopen 1";

/// Returns the digest of a row that opens a period again: of its own cells, the digest before among them, and of the
/// digest it takes back.
pub(crate) fn digest_of_reopening(reopen: &Close, takes_back: &str) -> String {
    let mut cells = row(reopen).to_vec();
    cells.push(takes_back.to_owned());
    sha256(format!("{VERSION}\n{}\n", array(&cells)).as_bytes())
}

/// Returns the last row before another that has a digest; `rows` stand in the order they were recorded.
pub(crate) fn before(rows: &[Close]) -> Option<&Close> {
    rows.iter().rev().find(|row| row.digest.is_some())
}

/// Returns the close that a reopening takes back.
pub(crate) fn taken_back<'a>(rows: &'a [Close], reopen: &Close) -> Option<&'a Close> {
    rows.iter().rev().find(|row| row.event == CloseEvent::Close && row.period == reopen.period)
}
