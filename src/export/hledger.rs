//! A journal for hledger.

use std::fmt::Write as _;

use super::register;
use crate::journal::Journal;

/// Returns the journal as hledger reads it, every commodity and account declared: `hledger check -s ordereddates` finds
/// nothing.
pub fn hledger(journal: &Journal) -> String {
    let mut out = String::new();
    register::title(journal, &mut out);
    out += "decimal-mark .\n";
    for currency in journal.currencies() {
        let _ = writeln!(out, "commodity {}", register::sample(currency));
    }
    out.push('\n');
    register::accounts(journal, &mut out);
    register::transactions(journal, &mut out);
    out
}
