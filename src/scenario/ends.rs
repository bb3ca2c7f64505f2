//! [`Ends`]: what is blocked and redirected when a restriction ends on one day or another.

use std::collections::BTreeMap;

use crate::calendar::{Day, Period};
use crate::ledger::Restriction;
use crate::money::{Currency, MoneyError};
use crate::statement::{Figures, LineStatement, Statement};

/// What a statement says of the plan lines under a restriction, when that ends on a day.
#[derive(Clone, Debug)]
pub struct Ends {
    /// The first day ads may run again; `None`: as it is known.
    pub until: Option<Day>,
    /// The figures of the lines the restriction lies over, per currency.
    pub figures: BTreeMap<Currency, Figures>,
}

impl Ends {
    pub(super) fn of(statement: &Statement, restriction: &Restriction, until: Option<Day>) -> Result<Ends, MoneyError> {
        let is_under = |line: &&LineStatement| line.line.scope.overlaps(&restriction.scope);
        let mut figures = BTreeMap::new();
        for line in statement.lines.iter().filter(is_under) {
            let currency = line.line.currency;
            let sum = figures.entry(currency).or_insert(Figures::zero(currency));
            *sum = Figures::sum(currency, [&*sum, &line.figures].into_iter())?;
        }
        Ok(Ends { until, figures })
    }
}

/// Returns the days on which a restriction could end: the first of each month after its own first day, and up to the
/// day after a period.
pub(super) fn days(restriction: &Restriction, period: Period) -> Vec<Day> {
    let firsts = period.months().map(|(month, _)| month.next().first_day());
    firsts.filter(|first| restriction.from < *first && *first <= period.end()).collect()
}
