//! A closed period sealed: its facts and figures as one text under one digest, and the rows of closes chained.
//!
//! docs/closes.md describes text and chain byte by byte. Stands on the ledger's facts and on statements. Knows nothing
//! of what somebody should make of a difference.

mod chain;
mod compare;
mod text;

pub(crate) use chain::{before, digest_of_reopening, taken_back};
pub(crate) use compare::{Changed, Kept, compare, row_holds};
pub(crate) use text::{Line, Part, statement, write};
