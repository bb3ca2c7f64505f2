//! Where plan lines will stand at the end of a period: what is spent and what is planned of the days ahead, exactly.
//!
//! Stands on a statement. Adds up what it says, and carries on the spend of its open days; estimates nothing.
#![warn(clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;

use crate::calendar::Period;
use crate::ledger::{SpendAhead, State};
use crate::money::{Currency, Money, MoneyError};
use crate::scope::{Id, Platform};
use crate::statement::{Figure, Figures, LineStatement, Statement};

/// What a statement leads to expect at the end of its period.
#[derive(Clone, Debug)]
pub struct Outlook {
    /// The plan lines, by id.
    pub lines: Vec<LineOutlook>,
    /// Sums per platform and currency.
    pub platforms: BTreeMap<(Platform, Currency), Expected>,
    /// Sums per currency.
    pub totals: BTreeMap<Currency, Expected>,
}

/// What is expected of one plan line.
#[derive(Clone, Debug)]
pub struct LineOutlook {
    /// The line.
    pub line: Id,
    /// Its platform.
    pub platform: Platform,
    /// What is expected of it.
    pub expected: Expected,
    /// How its spend keeps up with its plan and with time.
    pub pace: Pace,
}

/// What is expected of a plan line, or of several in one currency.
#[derive(Clone, Debug)]
pub struct Expected {
    /// The statement's figures.
    pub figures: Figures,
    /// What is spent on the open days ahead: their plan, or the pace so far.
    pub spend_ahead: Money,
    /// What redirections are approved or pledged for and have not taken over or been paid.
    pub unpaid: Money,
}

/// How the spend of a line's open days keeps up with its plan and with time.
#[derive(Clone, Debug)]
pub struct Pace {
    /// The open plan of the period's days up to the cut-off.
    pub planned: Money,
    /// What was spent on them.
    pub spent: Money,
    /// How many of the period's days are open, at least in part.
    pub open_days: u32,
    /// Of them up to the cut-off.
    pub elapsed: u32,
    /// Of these without data.
    pub uncovered: u32,
    /// What is spent on the open days ahead if they go on as those with data so far; `None` where there are none yet.
    pub ahead: Option<Money>,
}

impl Outlook {
    /// Returns what a statement leads to expect, with the spend of the days ahead as told.
    pub fn of(statement: &Statement, spend: SpendAhead) -> Result<Outlook, MoneyError> {
        let mut lines = Vec::new();
        for line in &statement.lines {
            let pace = Pace::of(statement, line)?;
            let planned = line.figures.get(Figure::OpenPlanAhead);
            let expected = Expected {
                figures: line.figures.clone(),
                spend_ahead: match spend {
                    SpendAhead::Plan => planned,
                    SpendAhead::Pace => pace.ahead.unwrap_or(planned),
                },
                unpaid: unpaid(statement, line)?,
            };
            let (id, platform) = (line.line.id.clone(), line.line.scope.platform.clone());
            lines.push(LineOutlook { line: id, platform, expected, pace });
        }
        let (mut platforms, mut totals) = (BTreeMap::new(), BTreeMap::new());
        for line in &lines {
            let currency = line.expected.figures.currency();
            let platform = platforms.entry((line.platform.clone(), currency)).or_insert(Expected::zero(currency));
            platform.add(&line.expected)?;
            totals.entry(currency).or_insert(Expected::zero(currency)).add(&line.expected)?;
        }
        Ok(Outlook { lines, platforms, totals })
    }
}

impl Expected {
    /// Returns nothing at all, in a currency.
    pub fn zero(currency: Currency) -> Expected {
        let zero = Money::zero(currency);
        Expected { figures: Figures::zero(currency), spend_ahead: zero, unpaid: zero }
    }

    fn add(&mut self, other: &Expected) -> Result<(), MoneyError> {
        self.figures = Figures::sum(self.figures.currency(), [&self.figures, &other.figures].into_iter())?;
        self.spend_ahead = self.spend_ahead.plus(other.spend_ahead)?;
        self.unpaid = self.unpaid.plus(other.unpaid)?;
        Ok(())
    }

    /// Returns what will have been spent at the end of the period: the actual to date, and the spend of the days ahead.
    pub fn spend(&self) -> Result<Money, MoneyError> {
        self.figures.get(Figure::Actual).plus(self.spend_ahead)
    }

    /// Returns what will be blocked of the days after the cut-off.
    pub fn blocked_ahead(&self) -> Result<Money, MoneyError> {
        self.figures.get(Figure::BlockedGross).minus(self.figures.get(Figure::BlockedToDate))
    }

    /// Returns what is left of whole plan lines: what is free and not redirected; below zero where both is too much.
    pub fn left(&self) -> Result<Money, MoneyError> {
        self.figures.get(Figure::Free).minus(self.figures.get(Figure::RedirectedLive))
    }

    /// Returns plan − (actual to date + open plan ahead + open variance to date + blocked net), which is zero.
    pub fn residual(&self) -> Result<Money, MoneyError> {
        let parts = [Figure::Actual, Figure::OpenPlanAhead, Figure::OpenVarianceToDate, Figure::BlockedNet];
        parts.into_iter().try_fold(self.figures.get(Figure::Plan), |rest, part| rest.minus(self.figures.get(part)))
    }
}

impl Pace {
    fn of(statement: &Statement, line: &LineStatement) -> Result<Pace, MoneyError> {
        let figures = &line.figures;
        let spent = figures.get(Figure::Actual).minus(figures.get(Figure::SpendDuringRestriction))?;
        let shown = line.line.period.overlap(statement.period);
        let to_date = shown.and_then(|days| days.until(statement.as_of));
        let ahead = shown.and_then(|days| days.after(statement.as_of));
        let open_days = |cut: Option<Period>| {
            let days = line.blocked.open_days().into_iter().filter_map(|days| days.overlap(cut?));
            days.map(Period::days).fold(0, u32::saturating_add)
        };
        let weight = |cut: Option<Period>| cut.map_or(0, |cut| line.blocked.open_weight(cut));
        let uncovered = line.uncovered.iter().map(|days| weight(Some(*days))).fold(0, u64::saturating_add);
        let seen = weight(to_date).saturating_sub(uncovered);
        Ok(Pace {
            planned: figures.get(Figure::OpenPlan).minus(figures.get(Figure::OpenPlanAhead))?,
            spent,
            open_days: open_days(shown),
            elapsed: open_days(to_date),
            uncovered: line.uncovered.iter().map(|days| days.days()).fold(0, u32::saturating_add),
            ahead: (seen > 0).then(|| spent.carried(weight(ahead), seen)).transpose()?,
        })
    }
}

/// What the redirections of a line are approved or pledged for and have not taken over or been paid.
fn unpaid(statement: &Statement, line: &LineStatement) -> Result<Money, MoneyError> {
    let of_line =
        statement.redirections.iter().filter(|of| of.redirection.line == line.line.id && of.state != State::Moved);
    of_line
        .into_iter()
        .try_fold(Money::zero(line.line.currency), |sum, of| sum.plus(of.progress.live())?.minus(of.paid))
}
