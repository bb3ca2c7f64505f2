//! [`Ends`]: what is blocked and redirected when a restriction ends on one day or another.

use std::collections::BTreeMap;

use crate::calendar::Day;
use crate::ledger::{Ledger, Restriction, Scenario};
use crate::money::{Currency, MoneyError};
use crate::statement::{Figures, LineStatement, Statement, StatementError};

/// What a statement says of the plan lines under a restriction, when that ends on a day.
#[derive(Clone, Debug)]
pub struct Ends {
    /// The first day ads may run again; `None`: as it is known.
    pub until: Option<Day>,
    /// The figures of the lines the restriction lies over, per currency.
    pub figures: BTreeMap<Currency, Figures>,
}

impl Ends {
    fn of(statement: &Statement, restriction: &Restriction, until: Option<Day>) -> Result<Ends, MoneyError> {
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

/// So many statements are held at once: those of the months of a year.
const TOGETHER: usize = 12;

/// Returns what a ledger's statement says when a restriction ends as it is known, and when it ends on the first of each
/// month: after its own first day, and up to the day after the statement's period.
pub(super) fn month_by_month(
    ledger: &Ledger,
    statement: &Statement,
    restriction: &Restriction,
) -> Result<Vec<Ends>, StatementError> {
    let Statement { period, as_of, as_known, .. } = *statement;
    let firsts = period.months().map(|(month, _)| month.next().first_day());
    let firsts: Vec<Day> = firsts.filter(|first| restriction.from < *first && *first <= period.end()).collect();
    let mut all = vec![Ends::of(statement, restriction, None)?];
    for firsts in firsts.chunks(TOGETHER) {
        let ledgers = firsts.iter().map(|until| ledger.under(&Scenario::ending(restriction, *until)));
        let ledgers: Vec<Ledger> = ledgers.collect();
        let [first, others @ ..] = ledgers.as_slice() else { continue };
        let (first, others) = Statement::beside(first, others, period, as_of, as_known)?;
        for (until, statement) in firsts.iter().zip(std::iter::once(first).chain(others)) {
            all.push(Ends::of(&statement, restriction, Some(*until))?);
        }
    }
    Ok(all)
}
