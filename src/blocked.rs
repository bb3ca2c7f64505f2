//! The blocked days of a line, and which restriction blocks how much of its plan.
//!
//! Knows a line, its plan and the restrictions. Knows nothing of spend but whether a row of it lies inside a
//! restriction, and nothing of redirections.
#![warn(clippy::arithmetic_side_effects)]

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Dated, Day, Period};
use crate::ledger::{Line, Restriction, RestrictionKind};
use crate::money::{Money, MoneyError, Share};
use crate::plan::Plan;
use crate::scope::{Id, Scope};

/// The restricted days of a line.
#[derive(Clone, Debug)]
pub struct Blocked {
    segments: Vec<Segment>,
    /// All restrictions over the line's scope, whether or not they add to what is blocked.
    restrictions: Vec<Restriction>,
    line: Scope,
    period: Period,
}

/// A longest run of days with the same causes and shares.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// The days.
    pub days: Period,
    /// What blocks them, in the order of precedence.
    pub causes: Vec<BlockedBy>,
}

/// One cause of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedBy {
    /// The restriction.
    pub restriction: Id,
    /// Whether it is a ban or a hold.
    pub kind: RestrictionKind,
    /// The share of a day that it and the causes before it block together.
    pub up_to: Share,
}

/// What one cause blocks of the plan of some days of a segment.
#[derive(Clone, Copy, Debug)]
pub struct BlockedPart<'a> {
    /// The days.
    pub days: Period,
    /// The cause.
    pub cause: &'a BlockedBy,
    /// What it blocks beyond the causes before it.
    pub amount: Money,
}

/// A restriction that is narrower than the line and does not say what share of it it stops.
#[derive(Clone, Debug)]
pub struct ShareMissing {
    /// The restriction.
    pub restriction: Restriction,
}

impl Blocked {
    /// Returns the blocked days of a line.
    ///
    /// Days are the union of the restrictions in force: overlaps count once. Bans come before holds, then the
    /// earliest first day, then the id; a cause that adds nothing to those before it is left out.
    pub fn of(line: &Line, restrictions: &[Restriction]) -> Result<Blocked, Vec<ShareMissing>> {
        let mut over: Vec<Restriction> = restrictions
            .iter()
            .filter(|restriction| restriction.scope.overlaps(&line.scope) && restriction.within(line.period).is_some())
            .cloned()
            .collect();
        over.sort_by(|a, b| (a.kind, a.from, &a.id).cmp(&(b.kind, b.from, &b.id)));
        let missing = over.iter().filter(|one| one.share.is_none() && !one.scope.covers(&line.scope));
        let missing: Vec<ShareMissing> = missing.map(|one| ShareMissing { restriction: one.clone() }).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let mut blocked =
            Blocked { segments: Vec::new(), restrictions: over, line: line.scope.clone(), period: line.period };
        let within = blocked.restrictions.iter().filter_map(|one| one.within(line.period));
        let mut edges: Vec<Day> = within.flat_map(|days| [days.start(), days.end()]).collect();
        edges.sort_unstable();
        edges.dedup();
        for pair in edges.windows(2) {
            let Some(days) = Period::new(pair[0], pair[1]) else { continue };
            let causes = blocked.causes(days.start());
            match blocked.segments.last_mut() {
                Some(last) if last.days.end() == days.start() && last.causes == causes => {
                    last.days = Period::new(last.days.start(), days.end()).unwrap_or(last.days);
                }
                _ if causes.is_empty() => {}
                _ => blocked.segments.push(Segment { days, causes }),
            }
        }
        Ok(blocked)
    }

    /// The causes of one day, each with the share that it and those before it block together.
    fn causes(&self, day: Day) -> Vec<BlockedBy> {
        let mut in_force: Vec<&Restriction> = Vec::new();
        let mut causes: Vec<BlockedBy> = Vec::new();
        for restriction in self.restrictions.iter().filter(|restriction| restriction.in_force(day)) {
            in_force.push(restriction);
            let up_to = largest_disjoint_share(&self.line, &in_force);
            let before = causes.last().map(|cause| cause.up_to);
            if let Some(up_to) = up_to.filter(|_| up_to > before) {
                causes.push(BlockedBy { restriction: restriction.id.clone(), kind: restriction.kind, up_to });
            }
        }
        causes
    }

    /// Returns the segments, in order.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Returns the restrictions over the line's scope, in the order of precedence.
    pub fn restrictions(&self) -> &[Restriction] {
        &self.restrictions
    }

    /// Returns what each cause blocks of the plan of the days of `cut`, by kind and id.
    pub fn within(&self, plan: &Plan, cut: Period) -> Result<BTreeMap<(RestrictionKind, Id), Money>, MoneyError> {
        let mut parts: BTreeMap<(RestrictionKind, Id), Money> = BTreeMap::new();
        for part in self.parts(plan, cut)? {
            let cause = (part.cause.kind, part.cause.restriction.clone());
            let sum = parts.entry(cause).or_insert(Money::zero(plan.currency()));
            *sum = sum.plus(part.amount)?;
        }
        Ok(parts)
    }

    /// Returns what each cause of each segment blocks of the plan of the days of `cut`.
    ///
    /// Up to a day d of a segment that begins on g, the first j causes together block
    /// ⌊(their share) · (C(d) − C(g)) + ½⌋, and a cause's part is the difference to the first j − 1; so causes, days
    /// and months always add up.
    pub fn parts(&self, plan: &Plan, cut: Period) -> Result<Vec<BlockedPart<'_>>, MoneyError> {
        let mut parts = Vec::new();
        for segment in &self.segments {
            let Some(days) = segment.days.overlap(cut) else { continue };
            let planned = |day: Day| plan.until(day)?.minus(plan.until(segment.days.start())?);
            let (from, to) = (planned(days.start())?, planned(days.end())?);
            let mut before = Money::zero(plan.currency());
            for cause in &segment.causes {
                let up_to = to.portion(cause.up_to)?.minus(from.portion(cause.up_to)?)?;
                parts.push(BlockedPart { days, cause, amount: up_to.minus(before)? });
                before = up_to;
            }
        }
        Ok(parts)
    }

    /// Returns whether any restriction over the line's scope is in force on a day.
    pub fn is_restricted(&self, day: Day) -> bool {
        self.restrictions.iter().any(|restriction| restriction.in_force(day))
    }

    /// Returns the line's days that are not blocked whole, as separate periods in order.
    pub fn open_days(&self) -> Vec<Period> {
        let whole =
            self.segments.iter().filter(|segment| segment.causes.last().is_some_and(|cause| cause.up_to.is_all()));
        without(vec![self.period], whole.map(|segment| segment.days))
    }

    /// Returns how much of the line's days of `cut` is open, in billionths of a day: of a day blocked by a share the rest.
    pub fn open_weight(&self, cut: Period) -> u64 {
        let weight =
            |days: Option<Period>, share: Share| u64::from(days.map_or(0, Period::days)).saturating_mul(share.weight());
        let blocked = self
            .segments
            .iter()
            .filter_map(|segment| Some(weight(segment.days.overlap(cut), segment.causes.last()?.up_to)));
        blocked.fold(weight(self.period.overlap(cut), Share::ALL), u64::saturating_sub)
    }

    /// Returns whether the spend of one campaign on a day, or in a month, is inside restrictions: those in force cover
    /// its own account and campaign. One that covers the whole line with a share below 1 cannot say which rows it
    /// means, and takes none.
    pub fn inside(&self, dated: Dated, account: &str, campaign: &str) -> Inside {
        Inside::of(dated, self.taking(account, campaign))
    }

    /// Returns the restrictions that the spend of one campaign on a day, or in a month, is inside of; none where it
    /// counts as spent outside.
    pub fn inside_of(&self, dated: Dated, account: &str, campaign: &str) -> Vec<&Restriction> {
        match self.inside(dated, account, campaign) {
            Inside::Whole => {
                self.taking(account, campaign).filter(|one| one.within(dated.period()).is_some()).collect()
            }
            Inside::No | Inside::InPart => Vec::new(),
        }
    }

    /// The restrictions that take the spend of a campaign on the days they are in force.
    fn taking(&self, account: &str, campaign: &str) -> impl Iterator<Item = &Restriction> {
        self.restrictions.iter().filter(move |restriction| {
            let unsaid = restriction.scope.covers(&self.line) && restriction.share.is_some_and(|share| !share.is_all());
            !unsaid && restriction.scope.contains(&self.line.platform, account, campaign)
        })
    }
}

/// How far spend is inside restrictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inside {
    /// On none of its days.
    No,
    /// On some days of its month, and on which of them it was spent nothing says.
    InPart,
    /// On all of its days.
    Whole,
}

impl Inside {
    /// Returns how far a day, or the days of a month, lie under any of these restrictions.
    pub fn of<'a>(dated: Dated, mut restrictions: impl Iterator<Item = &'a Restriction>) -> Inside {
        if !dated.is_month() {
            let is_restricted = restrictions.any(|restriction| restriction.in_force(dated.first_day()));
            return if is_restricted { Inside::Whole } else { Inside::No };
        }
        let days = dated.period();
        let left = without(vec![days], restrictions.filter_map(|restriction| restriction.within(days)));
        match left.as_slice() {
            [] => Inside::Whole,
            [left] if *left == days => Inside::No,
            _ => Inside::InPart,
        }
    }
}

/// Returns what is left of `periods`, in order, without the days of `others`.
pub fn without(periods: Vec<Period>, others: impl IntoIterator<Item = Period>) -> Vec<Period> {
    others.into_iter().fold(periods, |left, other| {
        let parts = |period: Period| {
            [
                Period::new(period.start(), period.end().min(other.start())),
                Period::new(period.start().max(other.end()), period.end()),
            ]
        };
        left.into_iter().flat_map(parts).flatten().collect()
    })
}

/// Returns the largest sum of shares of pairwise disjoint restrictions, at most the whole.
///
/// Inside a line a restriction speaks of everything, of an account (all campaigns), of a campaign (all accounts), or
/// of one campaign of one account. An account and a campaign always share spend, so a disjoint set holds either one
/// that speaks of everything, or accounts and single campaigns of others, or campaigns and single accounts of others.
fn largest_disjoint_share(line: &Scope, restrictions: &[&Restriction]) -> Option<Share> {
    let mut everything: Option<Share> = None;
    let mut accounts: BTreeMap<&str, Option<Share>> = BTreeMap::new();
    let mut campaigns: BTreeMap<&str, Option<Share>> = BTreeMap::new();
    let mut cells: BTreeMap<(&str, &str), Option<Share>> = BTreeMap::new();
    for restriction in restrictions {
        let share = Some(restriction.share.unwrap_or(Share::ALL));
        let account = restriction.scope.account.as_deref().filter(|_| line.account.is_none());
        let campaign = restriction.scope.campaign.as_deref().filter(|_| line.campaign.is_none());
        let slot = match (account, campaign) {
            (None, None) => &mut everything,
            (Some(account), None) => accounts.entry(account).or_default(),
            (None, Some(campaign)) => campaigns.entry(campaign).or_default(),
            (Some(account), Some(campaign)) => cells.entry((account, campaign)).or_default(),
        };
        *slot = share.max(*slot);
    }
    let by_account = best_by_row(&accounts, cells.iter().map(|((account, _), share)| (*account, *share)));
    let by_campaign = best_by_row(&campaigns, cells.iter().map(|((_, campaign), share)| (*campaign, *share)));
    everything.max(by_account).max(by_campaign)
}

/// Returns the largest share of disjoint rows: of each either the row's own restriction, or its single cells together.
fn best_by_row<'a>(
    own: &BTreeMap<&'a str, Option<Share>>,
    cells: impl Iterator<Item = (&'a str, Option<Share>)>,
) -> Option<Share> {
    let mut singles: BTreeMap<&str, Vec<Share>> = BTreeMap::new();
    for (row, share) in cells {
        singles.entry(row).or_default().extend(share);
    }
    let rows: BTreeSet<&str> = own.keys().chain(singles.keys()).copied().collect();
    let best = |row: &str| {
        let together = singles.get(row).and_then(|shares| Share::sum_up_to_whole(shares.iter().copied()));
        own.get(row).copied().flatten().max(together)
    };
    Share::sum_up_to_whole(rows.into_iter().filter_map(best))
}
