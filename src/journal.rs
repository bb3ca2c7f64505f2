//! The journal of a statement: its figures as double-entry transactions, each balanced in every currency.
//!
//! Knows a statement and the tree of accounts. Knows nothing of file formats, and computes no money but what balances
//! a transaction. docs/journal.md says what is posted where.
#![warn(clippy::arithmetic_side_effects)]

mod account;
mod plan;
mod redirections;
mod spend;

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Day;
use crate::money::{Currency, Money, MoneyError};
use crate::statement::Statement;

pub use account::{Account, Branch};

/// A statement as double-entry transactions.
///
/// ```no_run
/// use respend::{export, Period};
/// use respend::journal::Journal;
/// use respend::ledger::Ledger;
/// use respend::statement::Statement;
///
/// let ledger = Ledger::open("ledgers/kaspersky-2018".as_ref())?;
/// let year = Period::parse("2018", &ledger.settings().fiscal_year)?;
/// let statement = Statement::of(&ledger, year, year.last(), None)?;
/// let journal = Journal::of(&ledger.settings().name, &statement)?;
/// println!("{}", export::hledger(&journal));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Journal {
    /// What it is the journal of.
    pub title: String,
    /// The transactions by date; of one day in the order of the stages: plan, spend, redirections.
    pub transactions: Vec<Transaction>,
}

/// What happened on a day, as postings that sum to zero in every currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transaction {
    /// The day.
    pub date: Day,
    /// What happened, in words.
    pub narration: String,
    /// What it can be found by: a plan line, a redirection, a payment.
    pub reference: Option<String>,
    /// The postings, none of them zero.
    pub postings: Vec<Posting>,
}

/// An amount on an account: a debit, or below zero a credit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// The account.
    pub account: Account,
    /// The amount, not zero.
    pub amount: Money,
}

impl Journal {
    /// Returns the journal of a statement of the ledger with this name.
    pub fn of(name: &str, statement: &Statement) -> Result<Journal, MoneyError> {
        let mut transactions = plan::approvals(statement)?;
        transactions.extend(plan::months(statement)?);
        transactions.extend(spend::of_lines(statement)?);
        transactions.extend(spend::unbudgeted(statement)?);
        transactions.extend(redirections::steps(statement)?);
        transactions.retain(|transaction| !transaction.postings.is_empty());
        transactions.sort_by_key(|transaction| transaction.date);
        let (first, last) = (statement.period.start(), statement.period.last());
        Ok(Journal { title: format!("{name}: {first} to {last}, as of {}", statement.as_of), transactions })
    }

    /// Returns every account posted to, by its path, with the currencies on it.
    pub fn accounts(&self) -> BTreeMap<String, (&Account, BTreeSet<Currency>)> {
        let mut accounts = BTreeMap::new();
        for posting in self.transactions.iter().flat_map(|transaction| &transaction.postings) {
            let (_, currencies) =
                accounts.entry(posting.account.path()).or_insert_with(|| (&posting.account, BTreeSet::new()));
            currencies.insert(posting.amount.currency());
        }
        accounts
    }

    /// Returns the currencies of all amounts.
    pub fn currencies(&self) -> BTreeSet<Currency> {
        let postings = self.transactions.iter().flat_map(|transaction| &transaction.postings);
        postings.map(|posting| posting.amount.currency()).collect()
    }
}

impl Transaction {
    fn new(date: Day, narration: String, reference: Option<String>) -> Transaction {
        Transaction { date, narration, reference, postings: Vec::new() }
    }

    /// Adds a posting, unless there is nothing to post.
    fn post(&mut self, account: Account, amount: Money) {
        if !amount.is_zero() {
            self.postings.push(Posting { account, amount });
        }
    }

    /// Debits one account and credits another with the same amount.
    fn pair(&mut self, debit: Account, credit: Account, amount: Money) {
        self.post(debit, amount);
        self.post(credit, amount.negated());
    }

    /// Posts to an account what the transaction lacks to be balanced.
    fn balance(&mut self, account: &Account) -> Result<(), MoneyError> {
        let mut sums: BTreeMap<Currency, Money> = BTreeMap::new();
        for posting in &self.postings {
            let currency = posting.amount.currency();
            let sum = sums.entry(currency).or_insert(Money::zero(currency));
            *sum = sum.plus(posting.amount)?;
        }
        sums.into_values().for_each(|sum| self.post(account.clone(), sum.negated()));
        Ok(())
    }
}

/// Returns what happened, on which day where that is not the transaction's, and the user's words.
fn narrated(what: String, on: Option<Day>, note: Option<&str>) -> String {
    let on = on.map(|day| format!("on {day}"));
    [Some(what), on, note.map(str::to_owned)].into_iter().flatten().collect::<Vec<_>>().join(", ")
}
