//! Dividing money among destinations, and finding whose funding is gone.
//!
//! Knows amounts and the rules of a policy. Knows nothing of days, plans or files.
#![warn(clippy::arithmetic_side_effects)]

use std::collections::BTreeSet;

use crate::calendar::{Day, Instant};
use crate::ledger::Target;
use crate::money::{Currency, Money, MoneyError, Share};
use crate::scope::Id;

/// What a policy makes of an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocation {
    /// What each destination gets, in the order declared; the remainder's destination last where it gets something.
    pub parts: Vec<(Id, Money)>,
    /// What finds no destination.
    pub unplaced: Money,
}

/// Divides an amount among the targets of a policy; parts and unplaced sum to it, always.
///
/// Priorities are served in turn, lower numbers first. Inside one, named amounts come first, in the order declared;
/// the shares then divide what is left, every exact share floored and the minor units left over handed to the
/// largest remainders, ties in the order declared. What a cap cuts off is divided again among the rest, and a
/// destination below its minimum is raised to it from the same money. Shares below the whole leave the rest to the
/// next priority. What is left after the last goes to `remainder`.
///
/// Amounts, caps and minimums of another currency than the money's do not apply to it.
pub fn allocate(amount: Money, targets: &[Target], remainder: Option<&Id>) -> Result<Allocation, MoneyError> {
    let currency = amount.currency();
    let mut parts: Vec<Money> = vec![Money::zero(currency); targets.len()];
    let mut left = amount.at_least_zero();
    let priorities: BTreeSet<u32> = targets.iter().map(|target| target.priority).collect();
    let same = |money: Option<Money>| money.filter(|money| money.currency() == currency);
    for priority in priorities {
        let group = || targets.iter().enumerate().filter(|(_, target)| target.priority == priority);
        for (at, target) in group() {
            if let Some(named) = same(target.amount) {
                let limit = same(target.cap).map_or(Ok(named), |cap| named.least(cap))?;
                parts[at] = limit.least(left)?;
                left = left.minus(parts[at])?;
            }
        }
        let shares: Vec<Sharing> = group()
            .filter_map(|(at, target)| {
                Some(Sharing { at, share: target.share?, cap: same(target.cap), min: same(target.min) })
            })
            .collect();
        for (at, part) in share_out(left, &shares)? {
            parts[at] = part;
            left = left.minus(part)?;
        }
    }
    let mut parts: Vec<(Id, Money)> = targets.iter().map(|target| target.destination.clone()).zip(parts).collect();
    if let Some(remainder) = remainder.filter(|_| !left.is_zero()) {
        parts.push((remainder.clone(), left));
        left = Money::zero(currency);
    }
    Ok(Allocation { parts, unplaced: left })
}

/// A destination that takes a share.
#[derive(Clone, Copy)]
struct Sharing {
    at: usize,
    share: Share,
    cap: Option<Money>,
    min: Option<Money>,
}

/// Divides money by shares within caps and minimums.
fn share_out(money: Money, shares: &[Sharing]) -> Result<Vec<(usize, Money)>, MoneyError> {
    let unshared = shares.iter().fold(Share::ALL.weight(), |left, sharing| left.saturating_sub(sharing.share.weight()));
    let mut open: Vec<Sharing> = shares.to_vec();
    let mut settled: Vec<(usize, Money)> = Vec::new();
    let mut left = money;
    let mut first_round = true;
    while !open.is_empty() {
        // What no share names stays out in the first round; what caps cut off is the sharers' own to divide again.
        let rest = if first_round { unshared } else { 0 };
        let weights: Vec<u64> = open.iter().map(|sharing| sharing.share.weight()).chain([rest]).collect();
        let parts = left.split(&weights)?;
        if first_round && let Some(unshared) = parts.last() {
            left = left.minus(*unshared)?;
            first_round = false;
        }
        let above = |(sharing, part): &(&Sharing, &Money)| sharing.cap.filter(|cap| cap.minor() < part.minor());
        let below = |(sharing, part): &(&Sharing, &Money)| sharing.min.filter(|min| min.minor() > part.minor());
        // Caps first: what they cut off may lift the others to their minimums.
        let bounded: Vec<(usize, Money)> = {
            let pairs = || open.iter().zip(&parts);
            let caps: Vec<_> = pairs().filter_map(|pair| Some((pair.0.at, above(&pair)?))).collect();
            if caps.is_empty() { pairs().filter_map(|pair| Some((pair.0.at, below(&pair)?))).collect() } else { caps }
        };
        if bounded.is_empty() {
            settled.extend(open.iter().map(|sharing| sharing.at).zip(parts));
            break;
        }
        for (at, bound) in &bounded {
            let bound = bound.least(left)?;
            settled.push((*at, bound));
            left = left.minus(bound)?;
        }
        open.retain(|sharing| !bounded.iter().any(|(at, _)| *at == sharing.at));
    }
    Ok(settled)
}

/// Divides what redirections are stepped on by together in proportion to the most each could be: a refund by what the
/// payment paid to each. The minor units left over go to the largest remainders, ties in the order given.
///
/// What each could be is in one currency; the amount may be in another, where it is what left the bank. One alone takes it
/// all, whatever it could be.
pub fn in_proportion(amount: Money, most: &[Money]) -> Result<Vec<Money>, MoneyError> {
    if most.len() == 1 {
        return Ok(vec![amount]);
    }
    let out_of_range = |_| MoneyError::OutOfRange(amount.currency());
    let first = most.first().copied().unwrap_or(amount);
    let weights: Result<Vec<u64>, MoneyError> = most
        .iter()
        .map(|most| first.least(*most).and_then(|_| u64::try_from(most.minor()).map_err(out_of_range)))
        .collect();
    amount.split(&weights?)
}

/// Returns the most that redirections could be stepped on by together; an error where they are in other currencies.
pub fn together(currency: Currency, most: &[Money]) -> Result<Money, MoneyError> {
    most.iter().try_fold(Money::zero(currency), |sum, one| sum.plus(*one))
}

/// A redirection that counts against a line's blocked budget.
#[derive(Clone, Debug)]
pub struct Live {
    /// Its id.
    pub id: Id,
    /// What counts.
    pub amount: Money,
    /// The day it was approved.
    pub approved: Day,
    /// When that was recorded.
    pub recorded: Option<Instant>,
}

/// Hands what is redirected above what the line has to live redirections, latest approval first; of one day the
/// one recorded later, then the later id. Returns what each then needs from other funding, in the order given.
pub fn needs_other_funding(over: Money, live: &[Live]) -> Result<Vec<Money>, MoneyError> {
    let mut needs = vec![Money::zero(over.currency()); live.len()];
    let mut left = over.at_least_zero();
    let mut latest_first: Vec<usize> = (0..live.len()).collect();
    latest_first.sort_by_key(|&at| std::cmp::Reverse((live[at].approved, live[at].recorded, &live[at].id)));
    for at in latest_first {
        needs[at] = live[at].amount.least(left)?;
        left = left.minus(needs[at])?;
    }
    Ok(needs)
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)] // bounded by the strategies
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse(text, "USD".parse().unwrap()).unwrap()
    }

    fn target(destination: &str, share: &str) -> Target {
        let share = (!share.is_empty()).then(|| share.parse().unwrap());
        Target { destination: destination.parse().unwrap(), share, amount: None, cap: None, min: None, priority: 1 }
    }

    fn shown(amount: &str, targets: &[Target], remainder: Option<&str>) -> String {
        let remainder: Option<Id> = remainder.map(|id| id.parse().unwrap());
        let allocation = allocate(usd(amount), targets, remainder.as_ref()).unwrap();
        let mut text: Vec<String> = allocation.parts.iter().map(|(id, part)| format!("{id} {part}")).collect();
        text.push(format!("unplaced {}", allocation.unplaced));
        text.join(", ")
    }

    #[test]
    fn shares_caps_minimums_and_priorities() {
        let thirds = [target("a", "33.3333333%"), target("b", "33.3333333%"), target("c", "33.3333334%")];
        assert_eq!(shown("100.00", &thirds, None), "a 33.33, b 33.33, c 33.34, unplaced 0.00");
        let half = [target("a", "50%")];
        assert_eq!(shown("0.01", &half, None), "a 0.01, unplaced 0.00");
        assert_eq!(shown("100.00", &half, Some("r")), "a 50.00, r 50.00, unplaced 0.00");
        let capped = [Target { cap: Some(usd("10")), ..target("a", "50%") }, target("b", "25%"), target("c", "25%")];
        assert_eq!(shown("100.00", &capped, None), "a 10.00, b 45.00, c 45.00, unplaced 0.00");
        let both_capped = [
            Target { cap: Some(usd("10")), ..target("a", "50%") },
            Target { cap: Some(usd("20")), ..target("b", "50%") },
        ];
        assert_eq!(shown("100.00", &both_capped, None), "a 10.00, b 20.00, unplaced 70.00");
        let raised = [Target { min: Some(usd("30")), ..target("a", "10%") }, target("b", "90%")];
        assert_eq!(shown("100.00", &raised, None), "a 30.00, b 70.00, unplaced 0.00");
        let named = [
            Target { amount: Some(usd("60")), ..target("a", "") },
            Target { priority: 2, ..target("b", "50%") },
            Target { amount: Some(usd("70")), priority: 3, ..target("c", "") },
        ];
        assert_eq!(shown("100.00", &named, None), "a 60.00, b 20.00, c 20.00, unplaced 0.00");
        assert_eq!(shown("50.00", &named, None), "a 50.00, b 0.00, c 0.00, unplaced 0.00");
    }

    #[test]
    fn what_one_payment_paid_is_divided_by_what_it_paid_to_each() {
        let parts = |amount: &str, most: [&str; 3]| {
            let parts = in_proportion(usd(amount), &most.map(usd)).unwrap();
            parts.iter().map(Money::to_string).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(parts("1000.00", ["7643.84", "10000.00", "11678.08"]), "260.69 341.04 398.27");
        assert_eq!(parts("29321.92", ["7643.84", "10000.00", "11678.08"]), "7643.84 10000.00 11678.08");
        assert_eq!(parts("0.02", ["1.00", "1.00", "0.00"]), "0.01 0.01 0.00");
        assert!(in_proportion(usd("1.00"), &[usd("0.00"), usd("0.00")]).is_err());
    }

    #[test]
    fn the_latest_approval_loses_its_funding_first() {
        let live = |id: &str, amount: &str, day: &str| Live {
            id: id.parse().unwrap(),
            amount: usd(amount),
            approved: day.parse().unwrap(),
            recorded: None,
        };
        let all = [live("a", "50", "2018-05-01"), live("b", "30", "2018-06-01"), live("c", "20", "2018-06-01")];
        let needs = needs_other_funding(usd("60"), &all).unwrap().iter().map(Money::to_string).collect::<Vec<_>>();
        assert_eq!(needs, ["10.00", "30.00", "20.00"]);
    }

    proptest! {
        #[test]
        fn parts_and_unplaced_make_the_whole(
            minor in 0_i128..10_000_000,
            shares in prop::collection::vec((1u32..40, prop::option::of(0_i128..5_000_000), prop::option::of(0_i128..1_000_000), 1u32..3), 1..6),
            remainder in any::<bool>(),
        ) {
            let money = |minor| Money::from_minor(minor, usd("0").currency()).unwrap();
            let mut left = [100u32; 3];
            let mut targets = Vec::new();
            for (at, (share, cap, min, priority)) in shares.into_iter().enumerate() {
                let share = share.min(left[priority as usize]);
                left[priority as usize] -= share;
                if share > 0 {
                    let min = min.filter(|min| cap.is_none_or(|cap| *min <= cap));
                    targets.push(Target { cap: cap.map(money), min: min.map(money), priority, ..target(&format!("d{at}"), &format!("{share}%")) });
                }
            }
            let remainder: Option<Id> = remainder.then(|| "rest".parse().unwrap());
            let allocation = allocate(money(minor), &targets, remainder.as_ref()).unwrap();
            let sum = allocation.parts.iter().map(|(_, part)| part.minor()).sum::<i128>() + allocation.unplaced.minor();
            prop_assert_eq!(sum, minor);
            for (target, (_, part)) in targets.iter().zip(&allocation.parts) {
                prop_assert!(!part.is_negative());
                prop_assert!(target.cap.is_none_or(|cap| part.minor() <= cap.minor()));
            }
        }
    }
}
