//! Spend as whole minor units.
//!
//! Knows the ledger's spend and the fiscal year. Knows nothing of plans or restrictions.
#![warn(clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;

use crate::calendar::{Dated, Day, FiscalYear, Instant};
use crate::ledger::{Control, DaySpend, Grains, Ledger, LedgerError, SpendKey, Spent};
use crate::money::{Cost, Currency, Money, MoneyError};
use crate::scope::{Id, Platform};

/// What an account spent on a day, or in a month known as a whole, in one currency and in whole minor units.
#[derive(Clone, Copy, Debug)]
pub struct AccountActual<'a> {
    /// The day, or the month; a month counts on its last day.
    pub day: Dated,
    /// The platform.
    pub platform: &'a Platform,
    /// The account.
    pub account: &'a str,
    /// The amount.
    pub amount: Money,
    /// How many rows of exports it sums.
    pub rows: u64,
    /// What it sums.
    spend: &'a [Spent<'a>],
}

/// What a campaign spent on a day, or in a month known as a whole, in whole minor units.
#[derive(Clone, Copy, Debug)]
pub struct Actual<'a> {
    /// The day, or the month; a month counts on its last day.
    pub day: Dated,
    /// The platform, account, campaign and currency.
    pub key: &'a SpendKey,
    /// The campaign's name.
    pub campaign_name: &'a str,
    /// The amount.
    pub amount: Money,
    /// How many rows of the export it sums.
    pub rows: u64,
    /// Whether it could still move when it was exported.
    pub provisional: bool,
    /// The import it comes from.
    pub import: &'a Id,
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

/// Reads the spend known at `as_known` up to and including `last`, in the order of days, and hands each account's day
/// to `take`. A month comes after its last day; before the month is over it does not count.
///
/// Costs finer than a minor unit are rounded once, here: an account's day is C(d+1) − C(d) of its exact running sum
/// from the fiscal year's first day, split over the day's campaigns by largest remainder, ties by campaign. So what
/// is shown adds up to what is shown, in any cut.
///
/// What is handed over counts once this has answered that nothing is wrong with the ledger's files.
pub fn read<E: From<ActualError>>(
    ledger: &Ledger,
    last: Day,
    as_known: Option<Instant>,
    control: Control,
    mut take: impl FnMut(AccountActual) -> Result<(), E>,
) -> Result<(), E> {
    let mut stream = ledger.spend(as_known, control).map_err(ActualError::from)?.until(last);
    let mut rounding = Rounding { fiscal: ledger.settings().fiscal_year, year: None, running: BTreeMap::new() };
    let (mut grains, mut month) = (Grains::default(), None::<DaySpend>);
    while let Some(next) = stream.next_day().map_err(ActualError::from)? {
        if let Some(mixed) = grains.add(&next) {
            return Err(ActualError::Ledger(LedgerError::Invalid(vec![mixed.problem()])).into());
        }
        if let Some(over) = month.take_if(|month| month.day.month() != next.day.month()) {
            rounding.hand_over(&over, &mut take)?;
        }
        match next.day.is_month() {
            true => month = Some(next),
            false => rounding.hand_over(&next, &mut take)?,
        }
    }
    month.filter(|month| month.day.last_day() <= last).map_or(Ok(()), |month| rounding.hand_over(&month, &mut take))
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
        next: &DaySpend,
        take: &mut impl FnMut(AccountActual) -> Result<(), E>,
    ) -> Result<(), E> {
        let first_day = self.fiscal.first_day(next.day.last_day());
        if self.year.replace(first_day) != Some(first_day) {
            self.running.clear();
        }
        for spend in next.by_account() {
            let Some(SpendKey { platform, account, currency, .. }) = spend.first().map(Spent::key) else { continue };
            let running = self.running.entry((platform.clone(), account.clone(), *currency));
            let running = running.or_insert(Cost::zero(*currency));
            let amount = rounded(running, spend.iter().map(|spent| spent.cost)).map_err(ActualError::from)?;
            let rows = spend.iter().fold(0, |rows: u64, spent| rows.saturating_add(spent.rows));
            take(AccountActual { day: next.day, platform, account, amount, rows, spend })?;
        }
        Ok(())
    }
}

impl<'a> AccountActual<'a> {
    /// Returns each campaign's part of it, in the order of campaigns.
    pub fn campaigns(self) -> Result<impl Iterator<Item = Actual<'a>>, ActualError> {
        let amounts = split(self.amount, self.spend.iter().map(|spent| spent.cost))?;
        let actual = move |(spent, amount): (&'a Spent<'a>, Money)| Actual {
            day: self.day,
            key: spent.key(),
            campaign_name: &spent.campaign.name,
            amount,
            rows: spent.rows,
            provisional: spent.import.is_provisional(self.day),
            import: &spent.import.id,
        };
        Ok(self.spend.iter().zip(amounts).map(actual))
    }
}

/// Rounds the costs of an account's day together; its running sum stands before that day and is moved past it.
fn rounded(running: &mut Cost, costs: impl Iterator<Item = Cost>) -> Result<Money, MoneyError> {
    let before = running.to_money()?;
    for cost in costs {
        *running = running.plus(cost)?;
    }
    running.to_money()?.minus(before)
}

/// Divides the amount that costs were rounded to among them, by largest remainder.
fn split(amount: Money, costs: impl Iterator<Item = Cost>) -> Result<Vec<Money>, MoneyError> {
    let mut parts = Vec::new();
    let mut left = amount;
    for cost in costs {
        let (floor, rest) = cost.floor_and_rest()?;
        left = left.minus(floor)?;
        parts.push((floor, rest));
    }
    // The whole less the floors: at least zero, and at most the number of costs that have a rest.
    if !left.is_zero() {
        let unit = Money::from_minor(1, amount.currency())?;
        let mut by_rest: Vec<usize> = (0..parts.len()).collect();
        by_rest.sort_by_key(|&at| std::cmp::Reverse(parts[at].1));
        for at in by_rest {
            if left.is_zero() {
                break;
            }
            parts[at].0 = parts[at].0.plus(unit)?;
            left = left.minus(unit)?;
        }
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

    fn parts(running: &mut Cost, costs: &[Cost]) -> Vec<Money> {
        split(rounded(running, costs.iter().copied()).unwrap(), costs.iter().copied()).unwrap()
    }

    #[test]
    fn thirds_of_a_cent_add_up() {
        let mut running = Cost::zero(usd());
        let third = Cost::parse("0.003333333", usd()).unwrap();
        let mut day = || parts(&mut running, &[third, third]).iter().map(|part| part.minor()).collect();
        let days: [Vec<i128>; 3] = std::array::from_fn(|_| day());
        assert_eq!(days, [vec![1, 0], vec![0, 0], vec![1, 0]]);
        assert_eq!(running.to_string(), "0.019999998");
    }

    proptest! {
        #[test]
        fn what_is_shown_adds_up(days in prop::collection::vec(prop::collection::vec(-10_000_000_000_i128..10_000_000_000, 1..6), 1..20)) {
            let (mut running, mut exact, mut shown) = (Cost::zero(usd()), Cost::zero(usd()), Money::zero(usd()));
            for day in days {
                let costs: Vec<Cost> = day.iter().map(|&nanos| Cost::from_nanos(nanos, usd()).unwrap()).collect();
                let parts = parts(&mut running, &costs);
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
