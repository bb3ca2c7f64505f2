//! The plan of a line, day by day.
//!
//! Knows a line's entries and the calendar. Knows nothing of restrictions, spend or redirections.
#![warn(clippy::arithmetic_side_effects)]

use crate::calendar::{Day, Period};
use crate::ledger::{Entry, EntryKind, Line, Problem};
use crate::money::{Currency, Money, MoneyError};

/// What is planned for the days of a line, cumulatively, so that the parts of any cut sum to the whole.
///
/// An amount spread over days is rounded only cumulatively: C(d) = ⌊B · days before d / days + ½⌋, and the plan of
/// days from a up to b is C(b) − C(a). An amendment leaves the days before it as they were and spreads what is then
/// left over the days from it on.
///
/// ```no_run
/// # let ledger = respend::ledger::Ledger::open("my-ledger".as_ref())?;
/// use respend::plan::Plan;
/// for line in ledger.lines(None) {
///     let plan = Plan::of(&line)?;
///     println!("{}: {} {}", line.id, plan.total()?, line.currency);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    period: Period,
    currency: Currency,
    /// In order of their first days.
    spreads: Vec<Spread>,
}

/// An amount spread evenly from a day up to the line's end, on top of what came before that day.
#[derive(Clone, Debug)]
struct Spread {
    from: Day,
    before: Money,
    amount: Money,
}

/// Why a line has no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// An entry takes away more than is left when it takes effect.
    #[error("{}", .0)]
    NegativeRest(Problem),
    /// An amount is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl Plan {
    /// Returns the plan of a line: its entries but those carried out of it and those received from redirections.
    pub fn of(line: &Line) -> Result<Plan, PlanError> {
        Plan::spread(line, line.entries.iter().filter(|entry| entry.is_planned()))
    }

    /// Returns what the line received from redirections that `stands` says are approved, spread as the plan is.
    pub fn received(line: &Line, stands: impl Fn(&str) -> bool) -> Result<Plan, PlanError> {
        let is_received =
            |entry: &&Entry| entry.kind == EntryKind::RedirectIn && entry.reference.as_deref().is_some_and(&stands);
        Plan::spread(line, line.entries.iter().filter(is_received))
    }

    fn spread<'a>(line: &Line, entries: impl Iterator<Item = &'a Entry>) -> Result<Plan, PlanError> {
        let mut plan = Plan { period: line.period, currency: line.currency, spreads: Vec::new() };
        let mut entries = entries.peekable();
        let mut total = Money::zero(line.currency);
        while let Some(entry) = entries.next() {
            // Entries stand in the order they take effect; those of one day count together.
            total = total.plus(entry.amount)?;
            let from = entry.effective.max(line.period.start());
            if entries.peek().is_some_and(|next| next.effective.max(line.period.start()) == from) {
                continue;
            }
            let before = plan.until(from)?;
            let amount = total.minus(before)?;
            if amount.is_negative() {
                return Err(PlanError::NegativeRest(Problem {
                    place: entry.place.clone(),
                    what: format!(
                        "line `{}` is {} from {from} on, but {} of it is planned for the days before",
                        line.id,
                        total.spelled(),
                        before.grouped()
                    ),
                    mend: format!(
                        "at most {} can be taken away from that day on",
                        entry.amount.minus(amount)?.negated().at_least_zero().spelled()
                    ),
                }));
            }
            plan.spreads.push(Spread { from, before, amount });
        }
        Ok(plan)
    }

    /// Returns what each entry adds to a plan made of them, on the days of `cut`: what they come to with it, less what
    /// they come to without it and those after it. So the parts sum to the plan.
    pub fn by_entry<'a>(
        line: &Line,
        entries: &[&'a Entry],
        cut: Period,
    ) -> Result<Vec<(&'a Entry, Money)>, MoneyError> {
        let mut plan = Plan { period: line.period, currency: line.currency, spreads: Vec::new() };
        let (mut total, mut so_far) = (Money::zero(line.currency), Money::zero(line.currency));
        let mut parts = Vec::new();
        for entry in entries {
            let from = entry.effective.max(line.period.start());
            plan.spreads.pop_if(|last| last.from == from);
            total = total.plus(entry.amount)?;
            let before = plan.until(from)?;
            plan.spreads.push(Spread { from, before, amount: total.minus(before)? });
            let with_it = plan.within(cut)?;
            parts.push((*entry, with_it.minus(so_far)?));
            so_far = with_it;
        }
        Ok(parts)
    }

    /// Returns the currency.
    pub fn currency(&self) -> Currency {
        self.currency
    }

    /// Returns the plan of the line's days before `day`.
    pub fn until(&self, day: Day) -> Result<Money, MoneyError> {
        let day = day.min(self.period.end());
        match self.spreads.iter().rfind(|spread| spread.from <= day) {
            None => Ok(Money::zero(self.currency)),
            Some(spread) => {
                let (part, whole) = (day.days_since(spread.from), self.period.end().days_since(spread.from));
                spread.before.plus(spread.amount.prorated(part, whole)?)
            }
        }
    }

    /// Returns the plan of the days of `cut` that are the line's.
    pub fn within(&self, cut: Period) -> Result<Money, MoneyError> {
        match cut.overlap(self.period) {
            None => Ok(Money::zero(self.currency)),
            Some(days) => self.until(days.end())?.minus(self.until(days.start())?),
        }
    }

    /// Returns the plan of the whole line.
    pub fn total(&self) -> Result<Money, MoneyError> {
        self.until(self.period.end())
    }
}
