//! [`Presentation`]: amounts of several currencies shown in one, for reading alone.

use std::collections::{BTreeMap, BTreeSet};

use super::{Figures, Statement};
use crate::calendar::Day;
use crate::ledger::{Ledger, LedgerError};
use crate::money::{Currency, Money, MoneyError};
use crate::rates::{self, DayRate};
use crate::scope::Platform;

/// The rates of one day by which amounts are shown in one currency. The books never are: nothing that follows from
/// them is converted so.
#[derive(Clone, Debug)]
pub struct Presentation {
    /// The currency amounts are shown in.
    pub currency: Currency,
    /// The day whose rates are taken.
    pub day: Day,
    /// The rate of each other currency.
    pub rates: BTreeMap<Currency, DayRate>,
}

/// The sums of a statement as a presentation shows them.
#[derive(Clone, Debug)]
pub struct PresentedSums {
    /// Per platform and the currency of its books.
    pub platforms: BTreeMap<(Platform, Currency), Figures>,
    /// The sums of these, over all currencies.
    pub total: Figures,
}

impl Statement {
    /// Returns the sums of platforms in the currency of a presentation, each figure by itself, and what they come to.
    pub fn presented(&self, presentation: &Presentation) -> Result<PresentedSums, MoneyError> {
        let presented = |(at, sums): (&(Platform, Currency), &Figures)| Ok((at.clone(), sums.presented(presentation)?));
        let platforms: BTreeMap<_, _> = self.platforms.iter().map(presented).collect::<Result<_, MoneyError>>()?;
        let total = Figures::sum(presentation.currency, platforms.values())?;
        Ok(PresentedSums { platforms, total })
    }
}

impl Presentation {
    /// Finds the rates of some currencies on a day; all that are missing are said together.
    pub fn of(
        ledger: &Ledger,
        currencies: impl IntoIterator<Item = Currency>,
        currency: Currency,
        day: Day,
    ) -> Result<Presentation, LedgerError> {
        let (mut rates, mut missing) = (BTreeMap::new(), Vec::new());
        for other in currencies.into_iter().filter(|other| *other != currency).collect::<BTreeSet<_>>() {
            match rates::find(ledger, other, currency, day) {
                Some(rate) => drop(rates.insert(other, rate)),
                None => missing.push(format!("no rate of {other} in {currency} is known of {day}")),
            }
        }
        if !missing.is_empty() {
            let hint = "take rates of that day in with `respend rates import FILE`, or choose another day with --as-of";
            return Err(LedgerError::refused_for(&missing, hint));
        }
        Ok(Presentation { currency, day, rates })
    }

    /// Returns an amount in the currency of the presentation, rounded half to even.
    pub fn amount(&self, amount: Money) -> Result<Money, MoneyError> {
        self.rates.get(&amount.currency()).map_or(Ok(amount), |rate| amount.converted(rate.rate))
    }
}
