//! How a policy divides an amount among its destinations.

use respend::Money;
use respend::ledger::Target;

use crate::exact::{Ratio, split};

/// The parts of the targets, in the order declared, and what is left.
pub(crate) fn divide(amount: i128, targets: &[Target]) -> (Vec<i128>, i128) {
    let (mut parts, mut left) = (vec![0; targets.len()], amount);
    let mut priorities: Vec<u32> = targets.iter().map(|target| target.priority).collect();
    priorities.sort_unstable();
    priorities.dedup();
    for priority in priorities {
        let of_it = |at: &usize| targets[*at].priority == priority;
        for at in (0..targets.len()).filter(of_it) {
            if let Some(named) = targets[at].amount {
                parts[at] = named.minor().min(minor(targets[at].cap)).min(left);
                left -= parts[at];
            }
        }
        let mut sharing: Vec<usize> =
            (0..targets.len()).filter(of_it).filter(|at| targets[*at].share.is_some()).collect();
        let shares = |sharing: &[usize]| sharing.iter().map(|at| share(&targets[*at])).collect::<Vec<_>>();
        // What the shares do not name waits for the next priority; it is as though it had a share of its own.
        let named = shares(&sharing).into_iter().fold(Ratio::ZERO, |sum, share| sum + share);
        let mut wanted = by_shares(left, &[shares(&sharing), vec![Ratio::ONE - named]].concat());
        let unnamed = wanted.pop().unwrap();
        let mut pool = left - unnamed;
        while !sharing.is_empty() {
            let target = |at: &usize| &targets[sharing[*at]];
            let all = 0..sharing.len();
            let capped: Vec<usize> = all.clone().filter(|at| wanted[*at] > minor(target(at).cap)).collect();
            let raised = all.clone().filter(|at| target(at).min.is_some_and(|min| wanted[*at] < min.minor()));
            let bound = if capped.is_empty() { raised.collect() } else { capped.clone() };
            if bound.is_empty() {
                all.for_each(|at| parts[sharing[at]] = wanted[at]);
                pool -= wanted.iter().sum::<i128>();
                break;
            }
            for at in &bound {
                let limit = if capped.is_empty() { target(at).min } else { target(at).cap };
                parts[sharing[*at]] = minor(limit).min(pool);
                pool -= parts[sharing[*at]];
            }
            sharing = all.filter(|at| !bound.contains(at)).map(|at| sharing[at]).collect();
            if !sharing.is_empty() {
                wanted = by_shares(pool, &shares(&sharing));
            }
        }
        left = unnamed + pool;
    }
    (parts, left)
}

fn minor(bound: Option<Money>) -> i128 {
    bound.map_or(i128::MAX, Money::minor)
}

fn share(target: &Target) -> Ratio {
    let share = target.share.unwrap().amount();
    Ratio::new(share.mantissa(), 10_i128.pow(share.scale()))
}

/// Divides by shares; of whole amounts the largest remainders get one more.
fn by_shares(whole: i128, shares: &[Ratio]) -> Vec<i128> {
    let all = shares.iter().fold(Ratio::ZERO, |sum, share| sum + *share);
    let exact: Vec<Ratio> = shares.iter().map(|share| Ratio::whole(whole) * *share * all.inverse()).collect();
    split(whole, &exact)
}
