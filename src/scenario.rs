//! What a statement would be under other facts, beside what it is.
//!
//! Stands on ledgers under scenarios, their statements, outlooks and proposals. Writes nothing.
#![warn(clippy::arithmetic_side_effects)]

mod altered;
mod ends;

use std::collections::BTreeMap;

use crate::calendar::{Day, Instant, Period};
use crate::ledger::{Ledger, Policy, Restriction, Scenario, SpendAhead};
use crate::money::{Currency, Money, MoneyError};
use crate::outlook::{Expected, Outlook};
use crate::propose::{Proposal, propose};
use crate::scope::Id;
use crate::statement::{Statement, StatementError};

pub use altered::{Altered, altered};
pub use ends::Ends;

/// A statement with what follows from it: where the plan will stand, and what the policies would propose.
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
    /// Returns what follows from a statement of a ledger, with the open days ahead spent as told.
    pub fn of(ledger: &Ledger, statement: Statement, spend: SpendAhead) -> Result<Projection, MoneyError> {
        let policies: Vec<&Policy> = ledger.settings().policies.iter().collect();
        let proposals = propose(&statement, &policies)?;
        Ok(Projection { outlook: Outlook::of(&statement, spend)?, proposals, statement })
    }

    /// Returns what is expected in a currency; nothing where it has none.
    pub fn total(&self, currency: Currency) -> Expected {
        self.outlook.totals.get(&currency).cloned().unwrap_or_else(|| Expected::zero(currency))
    }

    /// Returns what the policies would send where in a currency, by policy and destination, each taking what those
    /// before it leave; without a destination stands what finds none.
    pub fn proposed(&self, currency: Currency) -> Result<BTreeMap<(Id, Option<Id>), Money>, MoneyError> {
        let mut sums = BTreeMap::new();
        for proposal in self.proposals.iter().filter(|proposal| proposal.currency == currency) {
            let parts = proposal.own.allocation.parts.iter().map(|(to, amount)| (Some(to.clone()), *amount));
            for (to, amount) in parts.chain([(None, proposal.own.allocation.unplaced)]) {
                let sum = sums.entry((proposal.policy.id.clone(), to)).or_insert(Money::zero(currency));
                *sum = sum.plus(amount)?;
            }
        }
        Ok(sums)
    }
}

/// What is, beside what would be under scenarios, and when restrictions end on one day or another.
///
/// ```no_run
/// use respend::Period;
/// use respend::ledger::Ledger;
/// use respend::scenario::Comparison;
///
/// let ledger = Ledger::open("ledgers/kaspersky-2018".as_ref())?;
/// let year = Period::parse("2018", &ledger.settings().fiscal_year)?;
/// let lifted = ledger.scenario("lifted-in-july", None)?;
/// let compared = Comparison::of(&ledger, lifted.into_iter().collect(), &[], year, year.last(), None)?;
/// for (scenario, projection) in &compared.scenarios {
///     println!("{}: {:?}", scenario.name, projection.statement.totals);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Comparison {
    /// As it is.
    pub base: Projection,
    /// As it could be, in the order asked for.
    pub scenarios: Vec<(Scenario, Projection)>,
    /// Restrictions, and what is said when each ends on one day or another.
    pub ends: Vec<(Restriction, Vec<Ends>)>,
}

impl Comparison {
    /// Computes a ledger under scenarios that were read over it at the same cut-off of record, and with restrictions
    /// known then, each ending month by month.
    pub fn of(
        ledger: &Ledger,
        scenarios: Vec<Scenario>,
        ending: &[Restriction],
        period: Period,
        as_of: Day,
        as_known: Option<Instant>,
    ) -> Result<Comparison, StatementError> {
        let others: Vec<Ledger> = scenarios.iter().map(|scenario| ledger.under(scenario)).collect();
        let (statement, statements) = Statement::beside(ledger, &others, period, as_of, as_known)?;
        let mut projected = Vec::new();
        for ((scenario, ledger), statement) in scenarios.into_iter().zip(&others).zip(statements) {
            let projection = Projection::of(ledger, statement, scenario.spend)?;
            projected.push((scenario, projection));
        }
        let mut ended = Vec::new();
        for restriction in ending {
            ended.push((restriction.clone(), ends::month_by_month(ledger, &statement, restriction)?));
        }
        Ok(Comparison { base: Projection::of(ledger, statement, SpendAhead::Plan)?, scenarios: projected, ends: ended })
    }
}
