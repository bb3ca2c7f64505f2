//! What a statement would be under other facts, beside what it is.
//!
//! Stands on a ledger under a scenario, its statement, outlook and proposals. Writes nothing.
#![warn(clippy::arithmetic_side_effects)]

mod altered;
mod ends;

use std::collections::BTreeMap;

use crate::calendar::{Day, Instant, Period};
use crate::ledger::{Ledger, Scenario, SpendAhead};
use crate::money::{Currency, Money, MoneyError};
use crate::outlook::{Expected, Outlook};
use crate::propose::{Proposal, propose};
use crate::scope::Id;
use crate::statement::{Statement, StatementError};

pub use altered::{Altered, altered};
pub use ends::{Ends, ends};

/// A statement with what follows from it: where the plan will stand, and what the policies would propose.
///
/// ```no_run
/// use respend::Period;
/// use respend::ledger::{Ledger, SpendAhead};
/// use respend::scenario::Projection;
///
/// let ledger = Ledger::open("ledgers/kaspersky-2018".as_ref())?;
/// let year = Period::parse("2018", &ledger.settings().fiscal_year)?;
/// let base = Projection::of(&ledger, SpendAhead::Plan, year, year.last(), None)?;
/// if let Some(scenario) = ledger.scenario("lifted-in-july", None)? {
///     let lifted = Projection::under(&ledger, &scenario, year, year.last(), None)?;
///     println!("{:?} and {:?}", base.statement.totals, lifted.statement.totals);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Projection {
    /// The statement.
    pub statement: Statement,
    /// Where it leads to.
    pub outlook: Outlook,
    /// What each policy would propose, in the order declared.
    pub proposals: Vec<Proposal>,
}

impl Projection {
    /// Computes it for a ledger as it is.
    pub fn of(
        ledger: &Ledger,
        spend: SpendAhead,
        period: Period,
        as_of: Day,
        as_known: Option<Instant>,
    ) -> Result<Projection, StatementError> {
        let statement = Statement::of(ledger, period, as_of, as_known)?;
        let mut proposals = Vec::new();
        for policy in &ledger.settings().policies {
            proposals.extend(propose(&statement, policy)?);
        }
        Ok(Projection { outlook: Outlook::of(&statement, spend)?, proposals, statement })
    }

    /// Computes it for a ledger under a scenario that was read over it at the same cut-off of record.
    pub fn under(
        ledger: &Ledger,
        scenario: &Scenario,
        period: Period,
        as_of: Day,
        as_known: Option<Instant>,
    ) -> Result<Projection, StatementError> {
        Projection::of(&ledger.under(scenario), scenario.spend, period, as_of, as_known)
    }

    /// Returns what is expected in a currency; nothing where it has none.
    pub fn total(&self, currency: Currency) -> Expected {
        self.outlook.totals.get(&currency).cloned().unwrap_or_else(|| Expected::zero(currency))
    }

    /// Returns what the policies would send where in a currency, by policy and destination, each policy reckoned alone;
    /// without a destination stands what finds none.
    pub fn proposed(&self, currency: Currency) -> Result<BTreeMap<(Id, Option<Id>), Money>, MoneyError> {
        let mut sums = BTreeMap::new();
        for proposal in self.proposals.iter().filter(|proposal| proposal.currency == currency) {
            let parts = proposal.allocation.parts.iter().map(|(to, amount)| (Some(to.clone()), *amount));
            for (to, amount) in parts.chain([(None, proposal.allocation.unplaced)]) {
                let sum = sums.entry((proposal.policy.clone(), to)).or_insert(Money::zero(currency));
                *sum = sum.plus(amount)?;
            }
        }
        Ok(sums)
    }
}
