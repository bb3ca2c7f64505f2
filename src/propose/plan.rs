//! [`PlanProposal`]: the amount of a plan line, from what was spent before.

use std::fmt;

use crate::actual;
use crate::blocked::without;
use crate::calendar::{Day, Instant, Period};
use crate::ledger::{Basis, Control, Ledger};
use crate::money::{Currency, Money, Scale, Totals};
use crate::scope::Scope;
use crate::statement::StatementError;

/// What an amount is reckoned from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlanBasis {
    /// The spend of the line's days a year before, scaled.
    PriorYearActual(Scale),
    /// The spend a day of these days, carried over the line's days.
    RunRate(Period),
}

/// What a plan line could be, with the arithmetic that led to it.
#[derive(Clone, Debug)]
pub struct PlanProposal {
    /// What it is reckoned from.
    pub basis: PlanBasis,
    /// What spend the line would cover.
    pub scope: Scope,
    /// The days it would cover.
    pub period: Period,
    /// The days whose spend is looked at.
    pub seen: Period,
    /// What was spent on them, as reports show it.
    pub spend: Money,
    /// Those of them that no import speaks for.
    pub uncovered: Vec<Period>,
    /// How many of them lie under a restriction on this spend or a part of it.
    pub restricted_days: u32,
    /// Spend of them in other currencies, which is no part of the amount.
    pub elsewhere: Totals,
    /// Whether a figure known by month alone lies on both sides of an end of these days.
    pub cuts_months: bool,
    /// The amount.
    pub amount: Money,
}

impl PlanBasis {
    /// Returns the basis of the entry that takes the amount.
    pub fn of_entry(self) -> Basis {
        match self {
            PlanBasis::PriorYearActual(_) => Basis::PriorYearActual,
            PlanBasis::RunRate(_) => Basis::RunRate,
        }
    }
}

impl PlanProposal {
    /// Returns what was spent in a scope on the days the basis names, and the amount that follows for a line.
    ///
    /// Days that no import speaks for are not days without spend: a run rate is that of the covered days, and what was
    /// spent on uncovered days of the year before is not in the amount. Of what was spent after `as_of` nothing is
    /// known. `None` where there is no year before, or no covered day to take a rate from.
    pub fn of(
        ledger: &Ledger,
        basis: PlanBasis,
        scope: Scope,
        period: Period,
        currency: Currency,
        as_of: Day,
        as_known: Option<Instant>,
    ) -> Result<Option<PlanProposal>, StatementError> {
        let seen = match basis {
            PlanBasis::PriorYearActual(_) => period.year_before(),
            PlanBasis::RunRate(days) => Some(days),
        };
        let Some(seen) = seen else { return Ok(None) };
        let account = scope.account.map(|account| ledger.account_spelling(&scope.platform, &account));
        let scope = Scope { account, ..scope };
        let (mut spend, mut elsewhere, mut cuts_months) = (Money::zero(currency), Totals::default(), false);
        actual::read(
            ledger,
            as_of.min(seen.last()),
            as_known,
            Control::Hash,
            |actual| -> Result<(), StatementError> {
                let key = &actual.key;
                if !scope.contains(&key.platform, &key.account, &key.campaign) {
                    return Ok(());
                }
                let days = actual.day.period();
                cuts_months |= seen.overlap(days).is_some_and(|part| part != days);
                if !seen.contains(actual.day.last_day()) {
                    return Ok(());
                }
                if key.currency == currency {
                    spend = spend.plus(actual.amount)?;
                } else {
                    elsewhere.add(actual.amount.into())?;
                }
                Ok(())
            },
        )?;
        let uncovered = without(vec![seen], ledger.covered(&scope, as_of, as_known));
        let restrictions = ledger.restrictions(as_known);
        let over = restrictions.iter().filter(|one| one.scope.overlaps(&scope));
        let free = without(vec![seen], over.filter_map(|one| one.within(seen)));
        let mut proposal = PlanProposal {
            basis,
            scope,
            period,
            seen,
            spend,
            uncovered,
            restricted_days: seen.days().saturating_sub(sum(&free)),
            elsewhere,
            cuts_months,
            amount: spend,
        };
        proposal.amount = match basis {
            PlanBasis::PriorYearActual(scale) => spend.scaled(scale)?,
            PlanBasis::RunRate(_) => match proposal.covered_days() {
                0 => return Ok(None),
                days => spend.prorated(period.days(), days)?,
            },
        };
        Ok(Some(proposal))
    }

    /// Returns how many of the days looked at an import speaks for.
    pub fn covered_days(&self) -> u32 {
        self.seen.days().saturating_sub(sum(&self.uncovered))
    }
}

/// Writes the reckoning: `94,500.00 USD of 2017-01-01..2017-12-31 x 110%`.
impl fmt::Display for PlanProposal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.spend.spelled(), self.seen)?;
        match self.basis {
            PlanBasis::PriorYearActual(Scale::SAME) => Ok(()),
            PlanBasis::PriorYearActual(scale) => write!(f, " x {scale}"),
            PlanBasis::RunRate(_) => {
                write!(f, " / {} covered days x {} days", self.covered_days(), self.period.days())
            }
        }
    }
}

fn sum(periods: &[Period]) -> u32 {
    periods.iter().fold(0, |sum, days| sum.saturating_add(days.days()))
}
