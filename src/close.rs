//! A period closed: its facts and figures as one text under one digest, chained to the row before; and what changed
//! since.
//!
//! docs/closes.md describes text and chain byte by byte. Stands on the ledger's facts and on statements. Knows nothing
//! of tables or formats.

mod act;
mod chain;
mod compare;
mod findings;
mod sealed;

pub use act::{Closing, Reopening, Sealed, close, reopen};
pub use findings::findings;
