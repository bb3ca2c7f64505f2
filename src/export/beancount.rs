//! A journal for Beancount.

use std::fmt::Write as _;

use super::text::inline;
use crate::journal::Journal;

/// Returns the journal as Beancount reads it, every account opened with its currencies on the first day: `bean-check`
/// finds nothing.
pub fn beancount(journal: &Journal) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "option \"title\" {}", quoted(&journal.title));
    for currency in journal.currencies() {
        let _ = writeln!(out, "option \"operating_currency\" \"{currency}\"");
    }
    out.push('\n');
    if let Some(first) = journal.transactions.first() {
        for (path, (account, currencies)) in journal.accounts() {
            let currencies: Vec<&str> = currencies.iter().map(|currency| currency.code()).collect();
            let _ = writeln!(out, "{} open {path} {}", first.date, currencies.join(","));
            let names: Vec<&str> = account.unshown().collect();
            if !names.is_empty() {
                let _ = writeln!(out, "  name: {}", quoted(&names.join(" / ")));
            }
        }
    }
    for transaction in &journal.transactions {
        let _ = writeln!(out, "\n{} * {}", transaction.date, quoted(&transaction.narration));
        if let Some(reference) = &transaction.reference {
            let _ = writeln!(out, "  reference: {}", quoted(reference));
        }
        for posting in &transaction.postings {
            let _ = writeln!(out, "  {}  {} {}", posting.account.path(), posting.amount, posting.amount.currency());
        }
    }
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", inline(text).replace('\\', "\\\\").replace('"', "\\\""))
}
