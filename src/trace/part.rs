//! [`Part`]: a figure or a fact, and what it adds to what it is a part of.

use super::Of;
use crate::calendar::Period;
use crate::ledger::{Encumbrance, Entry, Event, Restriction};
use crate::money::{Currency, Money, MoneyError};
use crate::scope::{Id, Platform};
use crate::statement::Figure;

/// A figure or a fact.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is.
    pub what: What,
    /// How much, by itself.
    pub amount: Money,
    /// Whether it is taken off what it is a part of, instead of added.
    pub is_taken_off: bool,
    /// What it is made of; nothing where it is a fact.
    pub parts: Vec<Part>,
}

/// What a part is.
#[derive(Clone, Debug)]
pub enum What {
    /// A figure.
    Figure {
        /// Which.
        figure: Figure,
        /// Of what.
        of: Of,
        /// Of which days; the whole line's where it is no flow.
        days: Period,
    },
    /// An entry of a plan line: what it adds to the plan of the days asked for.
    Entry {
        /// The plan line.
        line: Id,
        /// The entry.
        entry: Entry,
    },
    /// What a restriction blocks of the plan of some days.
    Blocks {
        /// The restriction.
        restriction: Box<Restriction>,
        /// The days.
        days: Period,
    },
    /// An open order.
    Order(Encumbrance),
    /// A redirection: what it takes of the blocked budget.
    Redirection(Id),
    /// A step of a redirection: what it changed of that.
    Step {
        /// The redirection.
        redirection: Id,
        /// The step.
        event: Event,
    },
    /// Spend: figures of days and campaigns, each of which [`Trace::spent`](super::Trace::spent) lists.
    Spent {
        /// Which.
        these: Selected,
        /// How many there are.
        figures: u64,
    },
    /// What a rule adds or takes away, in words.
    Rule(String),
}

/// Some of the spend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    /// What is charged to this plan line; `None`: to none.
    pub line: Option<Id>,
    /// On this platform.
    pub platform: Platform,
    /// In this currency.
    pub currency: Currency,
    /// On these days.
    pub days: Period,
    /// Inside restrictions, or outside; `None`: both.
    pub inside: Option<bool>,
}

impl Part {
    /// Returns a fact.
    pub(super) fn fact(what: What, amount: Money) -> Part {
        Part { what, amount, is_taken_off: false, parts: Vec::new() }
    }

    /// Returns what is made of parts: their sum.
    pub(super) fn sum(what: What, currency: Currency, parts: Vec<Part>) -> Result<Part, MoneyError> {
        let amount = parts.iter().try_fold(Money::zero(currency), |sum, part| sum.plus(part.adds()))?;
        Ok(Part { what, amount, is_taken_off: false, parts })
    }

    /// Returns the same, taken off.
    pub(super) fn taken_off(self) -> Part {
        Part { is_taken_off: true, ..self }
    }

    /// Returns what it adds to what it is a part of.
    pub fn adds(&self) -> Money {
        if self.is_taken_off { self.amount.negated() } else { self.amount }
    }

    /// Returns the spend it goes back to.
    pub(super) fn selected(&self) -> Vec<&Selected> {
        let own = match &self.what {
            What::Spent { these, .. } => Some(these),
            _ => None,
        };
        own.into_iter().chain(self.parts.iter().flat_map(Part::selected)).collect()
    }

    /// Returns what the facts it goes back to come to.
    pub fn of_facts(&self) -> Result<Money, MoneyError> {
        if self.parts.is_empty() {
            return Ok(self.amount);
        }
        self.parts.iter().try_fold(Money::zero(self.amount.currency()), |sum, part| {
            let facts = part.of_facts()?;
            if part.is_taken_off { sum.minus(facts) } else { sum.plus(facts) }
        })
    }
}
