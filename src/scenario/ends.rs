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

/// Returns what a ledger's statement says of the lines under a restriction, and what it would say if that ended on the
/// first of each month: after its own first day, and up to the day after the statement's period.
pub fn ends(ledger: &Ledger, statement: &Statement, restriction: &Restriction) -> Result<Vec<Ends>, StatementError> {
    let Statement { period, as_of, as_known, .. } = *statement;
    let mut all = vec![Ends { until: None, figures: under(statement, restriction)? }];
    let firsts = period.months().map(|(month, _)| month.next().first_day());
    for until in firsts.filter(|first| restriction.from < *first && *first <= period.end()) {
        let ledger = ledger.under(&Scenario::ending(restriction, until));
        let statement = Statement::of(&ledger, period, as_of, as_known)?;
        all.push(Ends { until: Some(until), figures: under(&statement, restriction)? });
    }
    Ok(all)
}

/// The figures of the lines that a restriction lies over.
fn under(statement: &Statement, restriction: &Restriction) -> Result<BTreeMap<Currency, Figures>, MoneyError> {
    let is_under = |line: &&LineStatement| line.line.scope.overlaps(&restriction.scope);
    let mut figures = BTreeMap::new();
    for line in statement.lines.iter().filter(is_under) {
        let currency = line.line.currency;
        let sum = figures.entry(currency).or_insert(Figures::zero(currency));
        *sum = Figures::sum(currency, [&*sum, &line.figures].into_iter())?;
    }
    Ok(figures)
}
