//! Spend as whole minor units.
//!
//! Knows the ledger's spend and the fiscal year. Knows nothing of plans or restrictions.
#![warn(clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;

use crate::calendar::{Dated, Day, FiscalYear, Instant};
use crate::ledger::{DaySpend, Grains, Ledger, LedgerError, SpendKey, Spent};
use crate::money::{Cost, Currency, Money, MoneyError};
use crate::scope::{Id, Platform};

/// What a campaign spent on a day, or in a month known as a whole, in whole minor units.
#[derive(Clone, Debug)]
pub struct Actual {
    /// The day, or the month; a month counts on its last day.
    pub day: Dated,
    /// The platform, account, campaign and currency.
    pub key: SpendKey,
    /// The campaign's name.
    pub campaign_name: String,
    /// The amount.
    pub amount: Money,
    /// The exact cost it is rounded from.
    pub cost: Cost,
    /// How many rows of the export it sums.
    pub rows: u64,
    /// Whether it could still move when it was exported.
    pub provisional: bool,
    /// The import it comes from.
    pub import: Id,
}

/// Why spend could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ActualError {
    /// The ledger's files.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An amount is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

/// An account in one currency.
type Account = (Platform, String, Currency);

/// Reads the spend known at `as_known` up to and including `last`, in the order of days, and hands each campaign's
/// day to `take`. A month comes after its last day; before the month is over it does not count.
///
/// Costs finer than a minor unit are rounded once, here: an account's day is C(d+1) − C(d) of its exact running sum
/// from the fiscal year's first day, split over the day's campaigns by largest remainder, ties by campaign. So what
/// is shown adds up to what is shown, in any cut.
pub fn read<E: From<ActualError>>(
    ledger: &Ledger,
    last: Day,
    as_known: Option<Instant>,
    mut take: impl FnMut(Actual) -> Result<(), E>,
) -> Result<(), E> {
    let mut stream = ledger.spend(as_known).map_err(ActualError::from)?;
    let mut rounding = Rounding { fiscal: ledger.settings().fiscal_year, year: None, running: BTreeMap::new() };
    let (mut grains, mut month) = (Grains::default(), None::<DaySpend>);
    while let Some(next) = stream.next_day().map_err(ActualError::from)? {
        if next.day.first_day() > last {
            break;
        }
        if let Some(mixed) = grains.add(&next) {
            return Err(ActualError::Ledger(LedgerError::Invalid(vec![mixed.problem()])).into());
        }
        if let Some(over) = month.take_if(|month| month.day.month() != next.day.month()) {
            rounding.hand_over(over, &mut take)?;
        }
        match next.day.is_month() {
            true => month = Some(next),
            false => rounding.hand_over(next, &mut take)?,
        }
    }
    month.filter(|month| month.day.last_day() <= last).map_or(Ok(()), |month| rounding.hand_over(month, &mut take))
}

/// The exact running sums of each account from the fiscal year's first day.
struct Rounding {
    fiscal: FiscalYear,
    year: Option<Day>,
    running: BTreeMap<Account, Cost>,
}

impl Rounding {
    /// Rounds what was spent on the next day, or in a month that is over, and hands it to `take`.
    fn hand_over<E: From<ActualError>>(
        &mut self,
        next: DaySpend,
        take: &mut impl FnMut(Actual) -> Result<(), E>,
    ) -> Result<(), E> {
        let first_day = self.fiscal.first_day(next.day.last_day());
        if self.year.replace(first_day) != Some(first_day) {
            self.running.clear();
        }
        let mut by_account: BTreeMap<Account, Vec<(SpendKey, Spent)>> = BTreeMap::new();
        for (key, spent) in next.spend {
            let account = (key.platform.clone(), key.account.clone(), key.currency);
            by_account.entry(account).or_default().push((key, spent));
        }
        for (account, campaigns) in by_account {
            let sum = self.running.entry(account.clone()).or_insert(Cost::zero(account.2));
            let amounts = rounded(sum, campaigns.iter().map(|(_, spent)| spent.cost)).map_err(ActualError::from)?;
            for ((key, spent), amount) in campaigns.into_iter().zip(amounts) {
                let Spent { cost, campaign_name, rows, provisional, import } = spent;
                take(Actual { day: next.day, key, campaign_name, amount, cost, rows, provisional, import })?;
            }
        }
        Ok(())
    }
}

/// Rounds the costs of an account's day, whose running sum stands before that day and is moved past it.
fn rounded(running: &mut Cost, costs: impl Iterator<Item = Cost>) -> Result<Vec<Money>, MoneyError> {
    let before = running.to_money()?;
    let mut parts = Vec::new();
    let mut left = Money::zero(running.currency());
    for cost in costs {
        *running = running.plus(cost)?;
        let (floor, rest) = cost.floor_and_rest()?;
        left = left.plus(floor)?;
        parts.push((floor, rest));
    }
    // The day's whole less the floors: at least zero, and at most the number of costs that have a rest.
    let mut left = running.to_money()?.minus(before)?.minus(left)?;
    let unit = Money::from_minor(1, running.currency())?;
    let mut by_rest: Vec<usize> = (0..parts.len()).collect();
    by_rest.sort_by_key(|&at| std::cmp::Reverse(parts[at].1));
    for at in by_rest {
        if left.is_zero() {
            break;
        }
        parts[at].0 = parts[at].0.plus(unit)?;
        left = left.minus(unit)?;
    }
    Ok(parts.into_iter().map(|(amount, _)| amount).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd() -> Currency {
        "USD".parse().unwrap()
    }

    #[test]
    fn thirds_of_a_cent_add_up() {
        let mut running = Cost::zero(usd());
        let third = Cost::parse("0.003333333", usd()).unwrap();
        let days: Vec<Vec<i128>> = (0..3)
            .map(|_| {
                rounded(&mut running, [third, third].into_iter()).unwrap().iter().map(|part| part.minor()).collect()
            })
            .collect();
        assert_eq!(days, [vec![1, 0], vec![0, 0], vec![1, 0]]);
        assert_eq!(running.to_string(), "0.019999998");
    }

    proptest! {
        #[test]
        fn what_is_shown_adds_up(days in prop::collection::vec(prop::collection::vec(-10_000_000_000_i128..10_000_000_000, 1..6), 1..20)) {
            let (mut running, mut exact, mut shown) = (Cost::zero(usd()), Cost::zero(usd()), Money::zero(usd()));
            for day in days {
                let costs: Vec<Cost> = day.iter().map(|&nanos| Cost::from_nanos(nanos, usd()).unwrap()).collect();
                let parts = rounded(&mut running, costs.iter().copied()).unwrap();
                for (cost, part) in costs.iter().zip(&parts) {
                    exact = exact.plus(*cost).unwrap();
                    shown = shown.plus(*part).unwrap();
                    let off = Cost::from(*part).minus(*cost).unwrap().nanos().unsigned_abs();
                    prop_assert!(off <= 10_000_000, "a campaign's day is within a cent of its cost");
                }
                prop_assert_eq!(shown, exact.to_money().unwrap());
            }
        }
    }
}
