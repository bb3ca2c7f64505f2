//! [`Restatement`]: what a period said by what was known then, what it says now, and what was recorded between.

use std::collections::{BTreeMap, BTreeSet};

use super::{Statement, StatementError};
use crate::calendar::{Dated, Day, Instant, Period};
use crate::ledger::{Control, Ledger, Recorded};
use crate::money::{Cost, Currency};
use crate::scope::Platform;

/// Two statements of the same days at the same cut-off day, by what was recorded up to two moments.
#[derive(Clone, Debug)]
pub struct Restatement {
    /// By what was known then.
    pub then: Statement,
    /// By what is known now.
    pub now: Statement,
    /// The days and accounts whose spend is another now, exact, in that order.
    pub spend: Vec<SpendChange>,
    /// What was recorded between, as far as it may bear on the plan lines and the days.
    pub recorded: Vec<Recorded>,
}

/// Spend of an account that is another now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendChange {
    /// The day, or the month.
    pub day: Dated,
    /// The platform.
    pub platform: Platform,
    /// The account.
    pub account: String,
    /// What was known then; `None` where nothing was.
    pub was: Option<Cost>,
    /// What is known now; `None` where nothing is.
    pub now: Option<Cost>,
    /// Now − was.
    pub difference: Cost,
}

/// Whose spend of which day.
type AccountDay = (Dated, Platform, String, Currency);

impl Restatement {
    /// Compares what is known at `as_known` with what was known at `then`.
    pub fn of(
        ledger: &Ledger,
        period: Period,
        as_of: Day,
        then: Instant,
        as_known: Option<Instant>,
    ) -> Result<Restatement, StatementError> {
        let was = Statement::of(ledger, period, as_of, Some(then))?;
        let now = Statement::of(ledger, period, as_of, as_known)?;
        // Stocks are of whole lines.
        let lines = || was.lines.iter().chain(&now.lines).map(|line| line.line.period).chain([period]);
        let days = Period::new(
            lines().map(Period::start).min().unwrap_or(period.start()),
            lines().map(Period::end).max().unwrap_or(period.end()),
        );
        let days = days.unwrap_or(period);
        let (before, after) = (sums(ledger, days, as_of, Some(then))?, sums(ledger, days, as_of, as_known)?);
        let mut spend = Vec::new();
        for at in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
            let (was, now) = (before.get(at).copied(), after.get(at).copied());
            if was != now {
                let zero = Cost::zero(at.3);
                let difference = now.unwrap_or(zero).minus(was.unwrap_or(zero))?;
                let (day, platform, account, _) = at.clone();
                spend.push(SpendChange { day, platform, account, was, now, difference });
            }
        }
        let recorded = ledger.recorded_between(then, as_known, days);
        Ok(Restatement { then: was, now, spend, recorded })
    }
}

/// The exact spend of each account's day, by what was recorded then.
fn sums(
    ledger: &Ledger,
    days: Period,
    as_of: Day,
    as_known: Option<Instant>,
) -> Result<BTreeMap<AccountDay, Cost>, StatementError> {
    let mut sums: BTreeMap<AccountDay, Cost> = BTreeMap::new();
    let mut stream = ledger.spend(as_known, Control::Hash).until(days.last());
    while let Some(day) = stream.next_day()? {
        let on = day.day.last_day();
        for spent in day.spend.iter().filter(|_| days.contains(on) && on <= as_of) {
            let key = spent.key();
            let at = (day.day, key.platform.clone(), key.account.clone(), key.currency);
            let sum = sums.entry(at).or_insert(Cost::zero(key.currency));
            *sum = sum.plus(spent.cost)?;
        }
    }
    Ok(sums)
}
