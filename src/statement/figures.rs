//! The figures of a statement and their sums.

use super::Presentation;
use crate::money::{Currency, Money, MoneyError};

/// One figure of a statement.
///
/// A flow belongs to days and may be cut: it sums over months, lines and platforms. A stock is what a line has at
/// the cut-off day; it sums over lines and platforms, and is always of the whole line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// What is planned.
    Plan,
    /// What redirections of other lines' blocked budget brought; never part of the plan, and zero in
    /// totals, where the lines it came from count already.
    PlanReceived,
    /// What was spent on what the plan covers.
    Actual,
    /// The plan of days on which ads may run: plan − blocked gross.
    OpenPlan,
    /// The open plan of the days after the cut-off.
    OpenPlanAhead,
    /// Open plan − actual outside restrictions.
    OpenVariance,
    /// Open plan up to the cut-off − actual outside restrictions.
    OpenVarianceToDate,
    /// Blocked by bans.
    BlockedImposed,
    /// Blocked by holds.
    BlockedVoluntary,
    /// The plan of the restricted days.
    BlockedGross,
    /// Of it up to the cut-off.
    BlockedToDate,
    /// Actual inside restrictions.
    SpendDuringRestriction,
    /// Blocked gross − spend during restriction.
    BlockedNet,
    /// Open orders.
    Encumbered,
    /// What neither spend, nor open orders, nor the open plan ahead needs.
    Free,
    /// What redirections take already.
    RedirectedLive,
    /// What may still be redirected.
    Redirectable,
    /// What redirections take beyond what may be.
    OverRedirected,
    /// Spend that no plan line covers.
    Unbudgeted,
    /// All spend: actual + unbudgeted.
    Spend,
}

impl Figure {
    /// The figures of a plan line, in the order they are shown.
    pub const OF_A_LINE: [Figure; 18] = [
        Figure::Plan,
        Figure::PlanReceived,
        Figure::Actual,
        Figure::OpenPlan,
        Figure::OpenPlanAhead,
        Figure::OpenVariance,
        Figure::OpenVarianceToDate,
        Figure::BlockedImposed,
        Figure::BlockedVoluntary,
        Figure::BlockedGross,
        Figure::BlockedToDate,
        Figure::SpendDuringRestriction,
        Figure::BlockedNet,
        Figure::Encumbered,
        Figure::Free,
        Figure::RedirectedLive,
        Figure::Redirectable,
        Figure::OverRedirected,
    ];

    /// What sums beside them over platforms and currencies.
    pub const OF_A_SUM: [Figure; 2] = [Figure::Unbudgeted, Figure::Spend];

    /// Returns whether the figure belongs to days, so that it may be cut.
    pub fn is_flow(self) -> bool {
        !matches!(
            self,
            Figure::Encumbered | Figure::Free | Figure::RedirectedLive | Figure::Redirectable | Figure::OverRedirected
        )
    }

    /// Returns the figure's key in JSON and csv.
    pub fn key(self) -> &'static str {
        match self {
            Figure::Plan => "plan",
            Figure::PlanReceived => "plan_received",
            Figure::Actual => "actual",
            Figure::OpenPlan => "open_plan",
            Figure::OpenPlanAhead => "open_plan_ahead",
            Figure::OpenVariance => "open_variance",
            Figure::OpenVarianceToDate => "open_variance_to_date",
            Figure::BlockedImposed => "blocked_imposed",
            Figure::BlockedVoluntary => "blocked_voluntary",
            Figure::BlockedGross => "blocked_gross",
            Figure::BlockedToDate => "blocked_to_date",
            Figure::SpendDuringRestriction => "spend_during_restriction",
            Figure::BlockedNet => "blocked_net",
            Figure::Encumbered => "encumbered",
            Figure::Free => "free",
            Figure::RedirectedLive => "redirected_live",
            Figure::Redirectable => "redirectable",
            Figure::OverRedirected => "over_redirected",
            Figure::Unbudgeted => "unbudgeted",
            Figure::Spend => "spend",
        }
    }

    fn at(self) -> usize {
        self as usize
    }
}

const COUNT: usize = Figure::Spend as usize + 1;

/// All figures of something, in one currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    currency: Currency,
    amounts: [Money; COUNT],
}

impl Figures {
    /// Returns figures that are all zero.
    pub fn zero(currency: Currency) -> Figures {
        Figures { currency, amounts: [Money::zero(currency); COUNT] }
    }

    /// Returns the currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Returns the sum of figures in one currency.
    pub fn sum<'a>(currency: Currency, parts: impl Iterator<Item = &'a Figures>) -> Result<Figures, MoneyError> {
        let mut sum = Figures::zero(currency);
        for part in parts {
            sum.add(part)?;
        }
        Ok(sum)
    }

    /// Returns one figure.
    pub fn get(&self, figure: Figure) -> Money {
        self.amounts[figure.at()]
    }

    /// Sets a figure; its currency is that of the others.
    pub(super) fn set(&mut self, figure: Figure, amount: Money) -> Result<(), MoneyError> {
        self.amounts[figure.at()] = Money::zero(self.currency).plus(amount)?;
        Ok(())
    }

    /// Adds the figures of something else, one by one.
    pub(super) fn add(&mut self, other: &Figures) -> Result<(), MoneyError> {
        for figure in Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM) {
            self.set(figure, self.get(figure).plus(other.get(figure))?)?;
        }
        Ok(())
    }

    /// Returns the figures as a presentation shows them, each by itself.
    pub fn presented(&self, presentation: &Presentation) -> Result<Figures, MoneyError> {
        let mut figures = Figures::zero(presentation.currency);
        for figure in Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM) {
            figures.set(figure, presentation.amount(self.get(figure))?)?;
        }
        Ok(figures)
    }

    /// Returns plan − (open plan + blocked gross), which is zero.
    pub fn residual_of_plan(&self) -> Result<Money, MoneyError> {
        self.get(Figure::Plan).minus(self.get(Figure::OpenPlan))?.minus(self.get(Figure::BlockedGross))
    }

    /// Returns plan − (actual + open variance + blocked net), which is zero.
    pub fn residual_of_actual(&self) -> Result<Money, MoneyError> {
        let explained =
            self.get(Figure::Actual).plus(self.get(Figure::OpenVariance))?.plus(self.get(Figure::BlockedNet))?;
        self.get(Figure::Plan).minus(explained)
    }
}
