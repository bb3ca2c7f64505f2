//! What restrictions block of a line, day by day.

use std::collections::BTreeMap;

use respend::ledger::{Line, Restriction, RestrictionKind};
use respend::{Day, Id, Scope};

use crate::exact::Ratio;

/// A cause of a day, and the share that it and those before it block together.
type Cause = (RestrictionKind, Id, Ratio);

/// What is blocked on a day.
#[derive(Clone, Debug, Default)]
pub(crate) struct BlockedDay {
    /// What each cause blocks, in minor units.
    pub(crate) parts: BTreeMap<(RestrictionKind, Id), i128>,
    /// Whether nothing may run.
    pub(crate) is_whole: bool,
    /// Whether any restriction over the line's scope is in force.
    pub(crate) is_restricted: bool,
}

pub(crate) fn in_force(restriction: &Restriction, day: Day) -> bool {
    day >= restriction.from && restriction.until.is_none_or(|until| day < until)
}

/// The share of what it covers that a restriction stops.
pub(crate) fn share(restriction: &Restriction) -> Ratio {
    let share = restriction.share.map(|share| share.amount());
    share.map_or(Ratio::ONE, |share| Ratio::new(share.mantissa(), 10_i128.pow(share.scale())))
}

/// Unless both set some field differently.
pub(crate) fn overlap(a: &Scope, b: &Scope) -> bool {
    let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
    a.platform == b.platform && !differ(&a.account, &b.account) && !differ(&a.campaign, &b.campaign)
}

/// Whether everything in `inner` is in `outer`.
pub(crate) fn covers(outer: &Scope, inner: &Scope) -> bool {
    let holds = |outer: &Option<String>, inner: &Option<String>| outer.is_none() || outer == inner;
    outer.platform == inner.platform && holds(&outer.account, &inner.account) && holds(&outer.campaign, &inner.campaign)
}

/// Goes through a line's days; `planned` is what is planned before each of them.
pub(crate) fn days(line: &Line, days: &[Day], planned: &[i128], restrictions: &[Restriction]) -> Vec<BlockedDay> {
    let mut all: Vec<BlockedDay> = Vec::new();
    let (mut yesterday, mut begin): (Vec<Cause>, usize) = (Vec::new(), 0);
    let mut known: BTreeMap<Vec<usize>, Vec<Cause>> = BTreeMap::new();
    for (at, day) in days.iter().enumerate() {
        let over = |one: &Restriction| overlap(&one.scope, &line.scope) && in_force(one, *day);
        let over: Vec<usize> = (0..restrictions.len()).filter(|at| over(&restrictions[*at])).collect();
        let is_restricted = !over.is_empty();
        // The same restrictions are the same causes on any day.
        let causes =
            known.entry(over).or_insert_with_key(|over| causes(over.iter().map(|at| &restrictions[*at]).collect()));
        if *causes != yesterday {
            (yesterday, begin) = (causes.clone(), at);
        }
        let mut parts = BTreeMap::new();
        let mut before = 0;
        for (kind, id, share) in &yesterday {
            // Blocked from the first day of the run up to the morning of a day.
            let up_to = |at: usize| (*share * Ratio::whole(planned[at] - planned[begin])).nearest();
            let together = up_to(at + 1) - up_to(at);
            parts.insert((*kind, id.clone()), together - before);
            before = together;
        }
        let is_whole = yesterday.last().is_some_and(|(.., share)| *share == Ratio::ONE);
        all.push(BlockedDay { parts, is_whole, is_restricted });
    }
    all
}

/// Bans before holds, then the earliest first day, then the id; each adds what the best choice of disjoint restrictions
/// gains by it.
fn causes(mut restrictions: Vec<&Restriction>) -> Vec<Cause> {
    restrictions.sort_by_key(|one| (one.kind == RestrictionKind::Hold, one.from, one.id.clone()));
    let mut causes: Vec<Cause> = Vec::new();
    for count in 1..=restrictions.len() {
        let together = largest_share(&restrictions[..count]);
        if together > causes.last().map_or(Ratio::ZERO, |(.., share)| *share) {
            causes.push((restrictions[count - 1].kind, restrictions[count - 1].id.clone(), together));
        }
    }
    causes
}

/// The largest sum of shares of pairwise disjoint restrictions, at most the whole: every choice is tried.
fn largest_share(restrictions: &[&Restriction]) -> Ratio {
    let mut largest = Ratio::ZERO;
    for choice in 0..1_usize << restrictions.len() {
        let chosen: Vec<&&Restriction> =
            restrictions.iter().enumerate().filter(|(at, _)| choice >> at & 1 == 1).map(|(_, one)| one).collect();
        let is_disjoint = chosen
            .iter()
            .enumerate()
            .all(|(at, one)| chosen[..at].iter().all(|other| !overlap(&one.scope, &other.scope)));
        if is_disjoint {
            largest = largest.max(chosen.iter().fold(Ratio::ZERO, |sum, one| sum + share(one)));
        }
    }
    largest.min(Ratio::ONE)
}
