//! A journal for Ledger.

use std::fmt::Write as _;

use super::register;
use crate::journal::Journal;

/// Returns the journal as Ledger reads it, every commodity and account declared: `ledger --strict --pedantic` finds
/// nothing.
pub fn ledger(journal: &Journal) -> String {
    let mut out = String::new();
    register::title(journal, &mut out);
    for currency in journal.currencies() {
        let sample = register::sample(currency);
        // Ledger would take a point without decimals for a part of the commodity.
        let _ = writeln!(out, "commodity {currency}\n    format {}", sample.replace(". ", " "));
    }
    out.push('\n');
    register::accounts(journal, &mut out);
    register::transactions(journal, &mut out);
    out
}
