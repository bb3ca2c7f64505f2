//! Where a figure of a statement comes from, and where a row of an export went.
//!
//! A figure is taken apart into other figures, and these into facts: entries, restrictions, orders, steps of
//! redirections, and rows of rollups with the exports they were read from. The statement is the measure: what the facts
//! come to is held against it. Knows nothing of tables or formats.
#![warn(clippy::arithmetic_side_effects)]

mod figure;
mod part;
mod row;
mod spent;

use crate::calendar::{Dated, Day, Instant, Month, Period};
use crate::ledger::{Ledger, LedgerError};
use crate::money::{Currency, Money, MoneyError};
use crate::scope::{Id, Platform};
use crate::statement::{Figure, Figures, Statement, StatementError};

pub use part::{Part, Selected, What};
pub use row::{RowTrace, RowTraceError, Taken, trace_row};
pub use spent::{Replaced, Source, Spent};

/// A figure of a statement.
#[derive(Clone, Debug)]
pub struct Question {
    /// The period of the statement.
    pub period: Period,
    /// Spend and redirection events up to this day count.
    pub as_of: Day,
    /// What was recorded up to this moment counts; `None`: all of it.
    pub as_known: Option<Instant>,
    /// Which figure.
    pub figure: Figure,
    /// Of what.
    pub of: Of,
    /// Of one month of the period; `None`: of all of it.
    pub month: Option<Month>,
}

/// What a figure is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Of {
    /// A plan line.
    Line(Id),
    /// All that ran on a platform in a currency.
    Platform(Platform, Currency),
    /// All in a currency.
    Total(Currency),
}

/// A figure, and the facts it comes from.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What was asked.
    pub question: Question,
    /// The figure, as the statement has it.
    pub amount: Money,
    /// What it is made of, down to the facts.
    pub root: Part,
    /// The spend among these facts, by day.
    pub spent: Vec<Spent>,
    /// What other imports say, or said, of the same campaigns and days, and does not count.
    pub replaced: Vec<Replaced>,
}

impl Question {
    /// Returns the days asked for.
    fn days(&self) -> Period {
        let of_month = self.month.and_then(|month| Dated::from(month).period().overlap(self.period));
        of_month.unwrap_or(self.period)
    }
}

impl Trace {
    /// Takes a figure apart.
    pub fn of(ledger: &Ledger, question: Question) -> Result<Trace, StatementError> {
        let statement = Statement::of(ledger, question.period, question.as_of, question.as_known)?;
        let amount = asked(&statement, &question)?;
        let facts = spent::Facts::of(ledger, &statement, &question)?;
        let root = figure::Reckoner::new(ledger, &statement, &question, &facts)?.root()?;
        let (spent, replaced) = facts.selected_by(&root);
        Ok(Trace { question, amount, root, spent, replaced })
    }

    /// Returns the figure less what the facts come to, which is zero.
    pub fn residual(&self) -> Result<Money, MoneyError> {
        self.amount.minus(self.root.of_facts()?)
    }
}

/// The figure as the statement has it, or why there is none.
fn asked(statement: &Statement, question: &Question) -> Result<Money, StatementError> {
    let refused = |what: String, hint: &str| Err(LedgerError::refused(what, hint).into());
    let figure = question.figure;
    if question.month.is_some() && !figure.is_flow() {
        let what = format!("`{}` is of the whole plan line at the cut-off, not of a month", figure.key());
        return refused(what, "leave --month out");
    }
    if question.month.is_some() && Figure::OF_A_SUM.contains(&figure) {
        let what = format!("`{}` is not reported by month", figure.key());
        return refused(what, "trace it for the month as a period of its own");
    }
    let of_months = |months: Vec<(Month, Figures)>, currency| {
        let month = months.into_iter().find(|(month, _)| Some(*month) == question.month);
        month.map_or(Money::zero(currency), |(_, figures)| figures.get(figure))
    };
    match &question.of {
        Of::Line(id) => {
            if Figure::OF_A_SUM.contains(&figure) {
                let what = format!("`{}` is of no plan line", figure.key());
                return refused(what, "ask for it with --platform, or of all together");
            }
            let Some(line) = statement.lines.iter().find(|line| line.line.id == *id) else {
                let ids: Vec<&str> = statement.lines.iter().map(|line| line.line.id.as_str()).collect();
                let hint = if ids.is_empty() {
                    String::from("no plan line has days in it")
                } else {
                    format!("those with days in it are {}", ids.join(", "))
                };
                return refused(
                    format!("no plan line `{id}` has days in {} by what was known", question.period),
                    &hint,
                );
            };
            let months = line.months.iter().map(|month| (month.month, month.figures.clone())).collect();
            Ok(match question.month {
                None => line.figures.get(figure),
                Some(_) => of_months(months, line.line.currency),
            })
        }
        Of::Platform(platform, currency) => {
            let sums = statement.platforms.get(&(platform.clone(), *currency));
            Ok(match question.month {
                None => sums.map_or(Money::zero(*currency), |sums| sums.get(figure)),
                Some(_) => of_months(statement.platform_months(platform, *currency)?, *currency),
            })
        }
        Of::Total(currency) => {
            if question.month.is_none() {
                return Ok(statement.totals.get(currency).map_or(Money::zero(*currency), |sums| sums.get(figure)));
            }
            let mut sum = Money::zero(*currency);
            let platforms =
                statement.platforms.keys().filter(|(_, of)| of == currency && figure != Figure::PlanReceived);
            for (platform, _) in platforms {
                sum = sum.plus(of_months(statement.platform_months(platform, *currency)?, *currency))?;
            }
            Ok(sum)
        }
    }
}
