//! Spend as whole minor units.
//!
//! Knows the ledger's spend and the fiscal year. Knows nothing of plans or restrictions: what is to count in another
//! currency, it is told.
#![warn(clippy::arithmetic_side_effects)]

use std::collections::BTreeMap;

use crate::calendar::{Dated, Day, FiscalYear, Instant};
use crate::ledger::{Control, DaySpend, Grains, Ledger, LedgerError, SpendKey, SpendStream, Spent};
use crate::money::{Cost, Currency, Money, MoneyError, Rate};
use crate::scope::{Id, Platform};

/// What a campaign spent on a day, or in a month known as a whole, in whole minor units.
#[derive(Clone, Copy, Debug)]
pub struct Actual<'a> {
    /// The day, or the month; a month counts on its last day.
    pub day: Dated,
    /// The platform, account and campaign, and the currency it was spent in.
    pub key: &'a SpendKey,
    /// The campaign's name.
    pub campaign_name: &'a str,
    /// The amount, in the currency it counts in.
    pub amount: Money,
    /// The exact cost it is rounded from.
    pub cost: Cost,
    /// How many rows of the export it sums.
    pub rows: u64,
    /// Whether it could still move when it was exported.
    pub provisional: bool,
    /// The import it comes from.
    pub import: &'a Id,
}

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
}

impl<'a> Actual<'a> {
    /// Returns it as its account's.
    pub fn of_account(&self) -> AccountActual<'a> {
        let Actual { day, key, amount, rows, .. } = *self;
        AccountActual { day, platform: &key.platform, account: &key.account, amount, rows }
    }
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

/// Reads the spend known at `as_known` up to and including `last`, in the order of days, and hands each campaign's
/// day to `take`. A month comes after its last day; before the month is over it does not count.
///
/// Costs finer than a minor unit are rounded once, here: an account's day is C(d+1) − C(d) of its exact running sum
/// from the fiscal year's first day, split over the day's campaigns by largest remainder, ties by campaign. So what
/// is shown adds up to what is shown, in any cut.
///
/// What is handed over counts once this has answered: only then is it known that the ledger's files are whole.
pub fn read<E: From<ActualError>>(
    ledger: &Ledger,
    last: Day,
    as_known: Option<Instant>,
    control: Control,
    take: impl FnMut(Actual) -> Result<(), E>,
) -> Result<(), E> {
    read_converted(ledger, last, as_known, control, |_, _| None, take)
}

/// Reads the same spend, some of it in other currencies: by the rates that `rate` names. What is converted is a cost
/// again, exact to nine decimals; what an account spent in one currency and counts in another is rounded by a running
/// sum of its own.
pub fn read_converted<E: From<ActualError>>(
    ledger: &Ledger,
    last: Day,
    as_known: Option<Instant>,
    control: Control,
    mut rate: impl FnMut(Dated, &SpendKey) -> Option<Rate>,
    mut take: impl FnMut(Actual) -> Result<(), E>,
) -> Result<(), E> {
    let mut stream = ledger.spend(as_known, control).until(last);
    let mut rounding = Rounding::of(ledger);
    each_day(&mut stream, last, |next| {
        for spend in next.by_account() {
            let Some(key) = spend.first().map(Spent::key) else { continue };
            let mut counted: Vec<(&Spent, Cost)> = Vec::with_capacity(spend.len());
            for spent in spend {
                let cost = match rate(next.day, spent.key()) {
                    Some(rate) => spent.cost.converted(rate).map_err(ActualError::from)?,
                    None => spent.cost,
                };
                counted.push((spent, cost));
            }
            // What counts in one currency is rounded together.
            counted.sort_by_key(|(_, cost)| cost.currency());
            for spend in counted.chunk_by(|(_, a), (_, b)| a.currency() == b.currency()) {
                let Some(currency) = spend.first().map(|(_, cost)| cost.currency()) else { continue };
                let sum = sum(currency, spend.iter().map(|(_, cost)| *cost))?;
                let amount = rounding.round(next.day, account_of(key), sum).map_err(ActualError::from)?;
                let amounts = split(amount, spend.iter().map(|(_, cost)| *cost)).map_err(ActualError::from)?;
                for ((spent, cost), amount) in spend.iter().zip(amounts) {
                    take(Actual {
                        day: next.day,
                        key: spent.key(),
                        campaign_name: &spent.campaign.name,
                        amount,
                        cost: *cost,
                        rows: spent.rows,
                        provisional: spent.import.is_provisional(next.day),
                        import: &spent.import.id,
                    })?;
                }
            }
        }
        Ok(())
    })
}

/// Reads the same spend, and hands each account's day to `take`, whatever its campaigns: the sum of what [`read`] hands over
/// of them. So there is nothing to divide, and several threads read. It is held against the records as
/// [`Control::Checksum`] says.
pub fn read_accounts<E: From<ActualError>>(
    ledger: &Ledger,
    last: Day,
    as_known: Option<Instant>,
    mut take: impl FnMut(AccountActual) -> Result<(), E>,
) -> Result<(), E> {
    let parts = ledger.spend_in_parts(last, as_known, |stream| AccountDays::of(stream, last))?;
    let mut rounding = Rounding::of(ledger);
    for AccountDays { numbers, days } in parts {
        let accounts: BTreeMap<u32, Account> = numbers.into_iter().map(|(account, number)| (number, account)).collect();
        for AccountDay { day, account, nanos, rows } in days {
            let Some(at @ (platform, account, currency)) = accounts.get(&account) else { continue };
            let sum = Cost::from_nanos(nanos, *currency).map_err(ActualError::from)?;
            let amount = rounding.round(day, at.clone(), sum).map_err(ActualError::from)?;
            take(AccountActual { day, platform, account, amount, rows })?;
        }
    }
    Ok(())
}

/// Hands over what was spent day by day, and in a month after its days and when it is over.
fn each_day<E: From<ActualError>>(
    stream: &mut SpendStream,
    last: Day,
    take: impl FnMut(&DaySpend) -> Result<(), E>,
) -> Result<(), E> {
    let handed_over = hand_over(stream, last, take);
    if handed_over.is_err() {
        // Where a file was changed, that is what is wrong.
        stream.end().map_err(ActualError::from)?;
    }
    handed_over
}

fn hand_over<E: From<ActualError>>(
    stream: &mut SpendStream,
    last: Day,
    mut take: impl FnMut(&DaySpend) -> Result<(), E>,
) -> Result<(), E> {
    let (mut grains, mut month) = (Grains::default(), None::<DaySpend>);
    while let Some(next) = stream.next_day().map_err(ActualError::from)? {
        if let Some(mixed) = grains.add(&next) {
            return Err(ActualError::Ledger(LedgerError::Invalid(vec![mixed.problem()])).into());
        }
        if let Some(over) = month.take_if(|month| month.day.month() != next.day.month()) {
            take(&over)?;
        }
        match next.day.is_month() {
            true => month = Some(next),
            false => take(&next)?,
        }
    }
    month.filter(|month| month.day.last_day() <= last).map_or(Ok(()), |month| take(&month))
}

/// An account in one currency.
type Account = (Platform, String, Currency);

fn account_of(key: &SpendKey) -> Account {
    (key.platform.clone(), key.account.clone(), key.currency)
}

/// The exact sum of costs.
fn sum(currency: Currency, mut costs: impl Iterator<Item = Cost>) -> Result<Cost, ActualError> {
    Ok(costs.try_fold(Cost::zero(currency), Cost::plus)?)
}

/// The exact sums of accounts by day, as they are handed over.
#[derive(Default)]
struct AccountDays {
    numbers: BTreeMap<Account, u32>,
    days: Vec<AccountDay>,
}

/// Small, since there are as many as days and accounts.
struct AccountDay {
    day: Dated,
    account: u32,
    nanos: i128,
    rows: u64,
}

impl AccountDays {
    fn of(stream: &mut SpendStream, last: Day) -> Result<AccountDays, ActualError> {
        let mut all = AccountDays::default();
        each_day(stream, last, |next| -> Result<(), ActualError> {
            for spend in next.by_account() {
                let Some(key) = spend.first().map(Spent::key) else { continue };
                let number = u32::try_from(all.numbers.len()).unwrap_or(u32::MAX);
                let account = *all.numbers.entry(account_of(key)).or_insert(number);
                let rows = spend.iter().fold(0_u64, |rows, spent| rows.saturating_add(spent.rows));
                let sum = sum(key.currency, spend.iter().map(|spent| spent.cost))?;
                all.days.push(AccountDay { day: next.day, account, nanos: sum.nanos(), rows });
            }
            Ok(())
        })?;
        Ok(all)
    }
}

/// The exact running sums of each account from the fiscal year's first day, by the currency they count in.
struct Rounding {
    fiscal: FiscalYear,
    year: Option<Day>,
    running: BTreeMap<(Account, Currency), Cost>,
}

impl Rounding {
    fn of(ledger: &Ledger) -> Rounding {
        Rounding { fiscal: ledger.settings().fiscal_year, year: None, running: BTreeMap::new() }
    }

    /// Rounds what an account spent on a day, or in a month that is over; days come in order.
    fn round(&mut self, day: Dated, account: Account, spent: Cost) -> Result<Money, MoneyError> {
        let first_day = self.fiscal.first_day(day.last_day());
        if self.year.replace(first_day) != Some(first_day) {
            self.running.clear();
        }
        let running = self.running.entry((account, spent.currency())).or_insert(Cost::zero(spent.currency()));
        let before = running.to_money()?;
        *running = running.plus(spent)?;
        running.to_money()?.minus(before)
    }
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

    /// Days of one account, rounded and divided.
    fn shown(days: &[Vec<Cost>]) -> Vec<Vec<Money>> {
        let account = ("x".parse().unwrap(), String::new(), usd());
        let mut rounding = Rounding { fiscal: FiscalYear::CALENDAR, year: None, running: BTreeMap::new() };
        let dated = (1..).map(|day| Dated::from(Day::new(2018, 1, day).unwrap()));
        let day = |(day, costs): (Dated, &Vec<Cost>)| {
            let sum = costs.iter().try_fold(Cost::zero(usd()), |sum, cost| sum.plus(*cost)).unwrap();
            let amount = rounding.round(day, Account::clone(&account), sum).unwrap();
            split(amount, costs.iter().copied()).unwrap()
        };
        dated.zip(days).map(day).collect()
    }

    #[test]
    fn thirds_of_a_cent_add_up() {
        let third = Cost::parse("0.003333333", usd()).unwrap();
        let days = shown(&vec![vec![third, third]; 3]);
        let days: Vec<Vec<i128>> = days.iter().map(|day| day.iter().map(|part| part.minor()).collect()).collect();
        assert_eq!(days, [vec![1, 0], vec![0, 0], vec![1, 0]]);
    }

    proptest! {
        #[test]
        fn what_is_shown_adds_up(days in prop::collection::vec(prop::collection::vec(-10_000_000_000_i128..10_000_000_000, 1..6), 1..20)) {
            let days: Vec<Vec<Cost>> = days.iter().map(|day| day.iter().map(|&nanos| Cost::from_nanos(nanos, usd()).unwrap()).collect()).collect();
            let (mut exact, mut shown_so_far) = (Cost::zero(usd()), Money::zero(usd()));
            for (costs, parts) in days.iter().zip(shown(&days)) {
                for (cost, part) in costs.iter().zip(&parts) {
                    exact = exact.plus(*cost).unwrap();
                    shown_so_far = shown_so_far.plus(*part).unwrap();
                    let off = Cost::from(*part).minus(*cost).unwrap().nanos().unsigned_abs();
                    prop_assert!(off <= 10_000_000, "a campaign's day is within a cent of its cost");
                }
                prop_assert_eq!(shown_so_far, exact.to_money().unwrap());
            }
        }
    }
}
