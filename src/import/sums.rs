//! [`Sums`]: what rows add up to, per campaign and day.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

use crate::calendar::Day;
use crate::money::Currency;
use crate::scope::Platform;

/// Whose spend it is. The name is part of it until the sums are finished, since one id may have carried two.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Campaign {
    pub(super) platform: Platform,
    pub(super) account: String,
    /// The id, else the name.
    pub(super) campaign: String,
    pub(super) currency: Currency,
    pub(super) name: String,
}

impl Campaign {
    /// What tells campaigns apart in a rollup.
    pub(super) fn key(&self) -> (&Platform, &str, &str, Currency) {
        (&self.platform, &self.account, &self.campaign, self.currency)
    }
}

/// A campaign's number in a [`Sums`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct CampaignNumber(u32);

/// The sums so far.
#[derive(Debug, Default)]
pub(super) struct Sums {
    numbers: HashMap<Campaign, CampaignNumber, RandomState>,
    days: Vec<Days>,
    /// What does not fit in the 64 bits of a [`Sum`], which then holds the rest.
    wide: BTreeMap<(CampaignNumber, Day), i128>,
}

/// The sums of a campaign, by day.
#[derive(Debug, Default)]
struct Days {
    sums: Vec<Sum>,
    /// Where the last one was found: rows of a campaign seldom jump.
    at: usize,
}

/// The sum of a campaign on a day.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sum {
    pub(super) day: Day,
    pub(super) rows: u32,
    /// Billionths of the currency's unit.
    pub(super) nanos: i64,
    /// The line of the first row.
    pub(super) first_row: u64,
}

/// More rows, or campaigns, than can be counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct TooMany;

impl Sums {
    /// Returns the number of a campaign.
    pub(super) fn number(&mut self, campaign: Campaign) -> Result<CampaignNumber, TooMany> {
        if let Some(number) = self.numbers.get(&campaign) {
            return Ok(*number);
        }
        let number = CampaignNumber(u32::try_from(self.days.len()).map_err(|_| TooMany)?);
        self.numbers.insert(campaign, number);
        self.days.push(Days::default());
        Ok(number)
    }

    /// Adds a row.
    #[inline]
    pub(super) fn add(&mut self, campaign: CampaignNumber, day: Day, nanos: i128, line: u64) -> Result<(), TooMany> {
        let Some(days) = self.days.get_mut(campaign.0 as usize) else { return Ok(()) };
        let sum = days.on(day, line);
        sum.rows = sum.rows.checked_add(1).ok_or(TooMany)?;
        sum.first_row = sum.first_row.min(line);
        match i64::try_from(nanos).ok().and_then(|nanos| sum.nanos.checked_add(nanos)) {
            Some(nanos) => sum.nanos = nanos,
            None => {
                let rest = std::mem::take(&mut sum.nanos);
                let wide = self.wide.entry((campaign, day)).or_insert(0);
                *wide = wide.checked_add(nanos).and_then(|wide| wide.checked_add(rest.into())).ok_or(TooMany)?;
            }
        }
        Ok(())
    }

    /// Takes in the sums of other rows of the same file.
    pub(super) fn merge(&mut self, other: Sums) -> Result<(), TooMany> {
        let Sums { numbers, mut days, wide } = other;
        let mut numbers: Vec<(Campaign, CampaignNumber)> = numbers.into_iter().collect();
        numbers.sort_unstable_by_key(|(_, number)| *number);
        let mut renumbered = Vec::with_capacity(numbers.len());
        for (campaign, number) in numbers {
            let ours = self.number(campaign)?;
            renumbered.push(ours);
            let theirs = days.get_mut(number.0 as usize).map(std::mem::take).unwrap_or_default();
            let Some(known) = self.days.get_mut(ours.0 as usize) else { continue };
            if known.sums.is_empty() {
                *known = theirs;
                continue;
            }
            for sum in theirs.sums {
                let known = known.on(sum.day, sum.first_row);
                known.rows = known.rows.checked_add(sum.rows).ok_or(TooMany)?;
                known.first_row = known.first_row.min(sum.first_row);
                match known.nanos.checked_add(sum.nanos) {
                    Some(nanos) => known.nanos = nanos,
                    None => {
                        let wide = self.wide.entry((ours, sum.day)).or_insert(0);
                        *wide = wide.checked_add(sum.nanos.into()).ok_or(TooMany)?;
                    }
                }
            }
        }
        for ((campaign, day), nanos) in wide {
            let Some(&campaign) = renumbered.get(campaign.0 as usize) else { continue };
            let sum = self.wide.entry((campaign, day)).or_insert(0);
            *sum = sum.checked_add(nanos).ok_or(TooMany)?;
        }
        Ok(())
    }

    /// Returns how many sums there are.
    pub(super) fn len(&self) -> usize {
        self.days.iter().map(|days| days.sums.len()).sum()
    }

    /// Gives every campaign with its sums, in the order of campaigns and of days, and what a sum lacks.
    pub(super) fn into_campaigns(self) -> impl Iterator<Item = (Campaign, Vec<(Sum, i128)>)> {
        let Sums { numbers, mut days, wide } = self;
        let mut numbers: Vec<(Campaign, CampaignNumber)> = numbers.into_iter().collect();
        numbers.sort_unstable();
        numbers.into_iter().map(move |(campaign, number)| {
            let sums = days.get_mut(number.0 as usize).map(std::mem::take).unwrap_or_default().sums;
            let beside = |sum: Sum| (sum, wide.get(&(number, sum.day)).copied().unwrap_or(0));
            (campaign, sums.into_iter().map(beside).collect())
        })
    }
}

impl Days {
    /// Returns the sum of a day, a new one at zero.
    #[inline]
    fn on(&mut self, day: Day, line: u64) -> &mut Sum {
        let is_at = |at: usize| self.sums.get(at).is_some_and(|sum| sum.day == day);
        let new = Sum { day, rows: 0, nanos: 0, first_row: line };
        if !is_at(self.at) {
            self.at = if is_at(self.at + 1) {
                self.at + 1
            } else {
                match self.sums.binary_search_by_key(&day, |sum| sum.day) {
                    Ok(at) => at,
                    Err(at) => {
                        if self.sums.len() == self.sums.capacity() {
                            // A quarter more, not twice as much: of a million campaigns that is the difference.
                            self.sums.reserve_exact(self.sums.len() / 4 + 4);
                        }
                        self.sums.insert(at, new);
                        at
                    }
                }
            };
        }
        &mut self.sums[self.at]
    }
}
