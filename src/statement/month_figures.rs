//! [`MonthFigure`]: spend known by month alone, of which a statement cannot say on which days it fell.

use std::collections::BTreeMap;

use super::Open;
use crate::actual::Actual;
use crate::blocked::Inside;
use crate::calendar::{Month, Period};
use crate::ledger::Restriction;
use crate::money::{Currency, Money, MoneyError};
use crate::scope::{Id, Platform, Scope};

/// Spend of a month that cannot be divided where it would have to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonthFigure {
    /// What cannot be said of it.
    pub doubt: MonthDoubt,
    /// Where it ran.
    pub platform: Platform,
    /// The plan line it is charged to; `None` where none covers the last day of the month.
    pub line: Option<Id>,
    /// The month.
    pub month: Month,
    /// The sum of the campaigns of which it is so.
    pub amount: Money,
}

/// What cannot be said of spend that is known by month alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MonthDoubt {
    /// Restrictions cover some days of the month: it counts as spent outside them.
    Restricted,
    /// The period or a plan line begins or ends inside the month: it counts where the last day of the month lies.
    Cut,
}

/// What is in doubt, summed.
#[derive(Debug, Default)]
pub(super) struct Doubts(BTreeMap<(MonthDoubt, Platform, Option<Id>, Month, Currency), Money>);

impl Doubts {
    /// Notes what is in doubt of a month's figure in a statement of this period.
    pub(super) fn add(
        &mut self,
        actual: &Actual,
        period: Period,
        lines: &[Open],
        restrictions: &[Restriction],
    ) -> Result<(), MoneyError> {
        if !actual.day.is_month() || actual.amount.is_zero() {
            return Ok(());
        }
        let (days, on, key) = (actual.day.period(), actual.day.last_day(), actual.key);
        if period.overlap(days).is_none() {
            return Ok(());
        }
        let is_its = |scope: &Scope| scope.contains(&key.platform, &key.account, &key.campaign);
        let scoped = || lines.iter().filter(|open| is_its(&open.line.scope));
        let line =
            scoped().find(|open| open.line.period.contains(on) && open.line.currency == actual.amount.currency());
        let inside = match line {
            Some(open) => open.blocked.inside(actual.day, &key.account, &key.campaign),
            None => Inside::of(actual.day, restrictions.iter().filter(|one| is_its(&one.scope))),
        };
        let is_cut = |whole: Period| whole.overlap(days).is_some_and(|part| part != days);
        let doubts = [
            (inside == Inside::InPart && period.contains(on), MonthDoubt::Restricted),
            (is_cut(period) || scoped().any(|open| is_cut(open.line.period)), MonthDoubt::Cut),
        ];
        for (_, doubt) in doubts.into_iter().filter(|(is_so, _)| *is_so) {
            let line = line.map(|open| open.line.id.clone());
            let at = (doubt, key.platform.clone(), line, actual.day.month(), actual.amount.currency());
            let sum = self.0.entry(at).or_insert(Money::zero(actual.amount.currency()));
            *sum = sum.plus(actual.amount)?;
        }
        Ok(())
    }

    /// Returns it by kind, platform, line and month.
    pub(super) fn figures(self) -> Vec<MonthFigure> {
        let figure = |((doubt, platform, line, month, _), amount)| MonthFigure { doubt, platform, line, month, amount };
        self.0.into_iter().map(figure).collect()
    }
}
