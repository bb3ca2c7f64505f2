//! Transactions as hledger and Ledger both read them.

use std::fmt::Write as _;

use super::text::inline;
use crate::journal::{Account, Journal};
use crate::money::{Currency, Money};

/// Returns the smallest format of a currency's amounts, from which both programs learn its decimals: `1000.00 USD`.
pub(super) fn sample(currency: Currency) -> String {
    let decimals = "0".repeat(currency.minor_digits() as usize);
    format!("1000.{decimals} {currency}")
}

/// Writes a comment and a blank line.
pub(super) fn title(journal: &Journal, out: &mut String) {
    let _ = writeln!(out, "; {}\n", inline(&journal.title));
}

/// Declares the accounts; above one whose path does not show its names whole, a comment says them.
pub(super) fn accounts(journal: &Journal, out: &mut String) {
    for (path, (account, _)) in journal.accounts() {
        for name in account.unshown() {
            let _ = writeln!(out, "; {}", inline(name));
        }
        let _ = writeln!(out, "account {path}");
    }
}

/// Writes the transactions.
pub(super) fn transactions(journal: &Journal, out: &mut String) {
    for transaction in &journal.transactions {
        let code = transaction.reference.as_deref().map(code).unwrap_or_default();
        let _ = writeln!(out, "\n{} * {code}{}", transaction.date, inline(&transaction.narration));
        for posting in &transaction.postings {
            let _ = writeln!(out, "    {}", line(&posting.account, posting.amount));
        }
    }
}

/// A reference in parentheses, of which it holds none.
fn code(reference: &str) -> String {
    format!("({}) ", inline(&reference.replace('(', "[").replace(')', "]")))
}

fn line(account: &Account, amount: Money) -> String {
    format!("{}  {amount} {}", account.path(), amount.currency())
}
