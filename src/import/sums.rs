//! [`Sums`]: what rows add up to, per campaign and day.

use std::collections::{BTreeMap, HashMap};

use foldhash::fast::RandomState;

use crate::calendar::Dated;
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
    /// What was added last of each campaign, not yet among the others: rows of a campaign often stay on a day. Apart from
    /// these, so that little memory is looked at again and again.
    open: Vec<Option<Sum>>,
    days: Vec<Days>,
    /// The currency of each campaign.
    currencies: Vec<Currency>,
    wide: Wide<CampaignNumber>,
}

/// The sums of a campaign, by day.
#[derive(Debug, Default)]
struct Days {
    /// Where the sum was put that was closed last.
    at: u32,
    sums: Vec<Sum>,
}

/// The sum of a campaign on a day, or in a month where rows speak of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Sum {
    pub(super) day: Dated,
    pub(super) rows: u32,
    /// Billionths of the currency's unit.
    pub(super) nanos: i64,
    /// The line of the first row.
    pub(super) first_row: u64,
}

/// What sums lack that do not fit in their 64 bits.
pub(super) type Wide<Place> = BTreeMap<(Dated, Place), i128>;

/// All sums, in the order of campaigns and of days.
pub(super) struct Ordered {
    pub(super) campaigns: Vec<Campaign>,
    /// The sums of each campaign.
    pub(super) sums: Vec<Vec<Sum>>,
    /// What sums lack, by the place of their campaign.
    pub(super) wide: Wide<u32>,
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
        self.currencies.push(campaign.currency);
        self.numbers.insert(campaign, number);
        self.open.push(None);
        self.days.push(Days::default());
        Ok(number)
    }

    pub(super) fn currency(&self, campaign: CampaignNumber) -> Option<Currency> {
        self.currencies.get(campaign.0 as usize).copied()
    }

    /// Looks at where rows of campaigns will be added, so that the memory is waited for together.
    #[inline]
    pub(super) fn fetch(&self, rows: impl Iterator<Item = (CampaignNumber, Dated)>) {
        let mut seen = 0_usize;
        for (campaign, day) in rows {
            let Some(Some(open)) = self.open.get(campaign.0 as usize) else { continue };
            if open.day != day {
                let days = self.days.get(campaign.0 as usize);
                seen ^= days.and_then(|days| days.sums.last()).map_or(0, |sum| sum.rows as usize);
            }
        }
        std::hint::black_box(seen);
    }

    /// Adds a row.
    #[inline]
    pub(super) fn add(&mut self, campaign: CampaignNumber, day: Dated, nanos: i128, line: u64) -> Result<(), TooMany> {
        let Some(open) = self.open.get_mut(campaign.0 as usize) else { return Ok(()) };
        let narrow = i64::try_from(nanos);
        let row = Sum { day, rows: 1, nanos: narrow.unwrap_or(0), first_row: line };
        let rest = match open {
            Some(open) if open.day == day => open.take(row)?,
            _ => {
                let before = open.replace(row);
                self.close(campaign, before)?;
                None
            }
        };
        if let Some((day, rest)) = rest {
            beside(&mut self.wide, (day, campaign), rest.into())?;
        }
        if narrow.is_err() {
            beside(&mut self.wide, (day, campaign), nanos)?;
        }
        Ok(())
    }

    /// Puts the sum that was open of a campaign among its others.
    fn close(&mut self, campaign: CampaignNumber, open: Option<Sum>) -> Result<(), TooMany> {
        let (Some(sum), Some(days)) = (open, self.days.get_mut(campaign.0 as usize)) else { return Ok(()) };
        match days.put(sum)? {
            Some((day, rest)) => beside(&mut self.wide, (day, campaign), rest.into()),
            None => Ok(()),
        }
    }

    /// Puts the sums that are open among the others.
    fn close_all(&mut self) -> Result<(), TooMany> {
        let open = std::mem::take(&mut self.open);
        open.into_iter().zip(0..).try_for_each(|(open, number)| self.close(CampaignNumber(number), open))
    }

    /// Takes in the sums of other rows of the same file.
    pub(super) fn merge(&mut self, mut other: Sums) -> Result<(), TooMany> {
        other.close_all()?;
        let Sums { numbers, mut days, wide, .. } = other;
        let mut numbers: Vec<(Campaign, CampaignNumber)> = numbers.into_iter().collect();
        numbers.sort_unstable_by_key(|(_, number)| *number);
        let mut renumbered = Vec::with_capacity(numbers.len());
        for (campaign, number) in numbers {
            let ours = self.number(campaign)?;
            renumbered.push(ours);
            let theirs = days.get_mut(number.0 as usize).map(std::mem::take).unwrap_or_default();
            let Some(known) = self.days.get_mut(ours.0 as usize) else { continue };
            for (day, rest) in known.merge(theirs)? {
                beside(&mut self.wide, (day, ours), rest.into())?;
            }
        }
        for ((day, campaign), nanos) in wide {
            if let Some(&campaign) = renumbered.get(campaign.0 as usize) {
                beside(&mut self.wide, (day, campaign), nanos)?;
            }
        }
        Ok(())
    }

    /// Puts campaigns and their sums in order.
    pub(super) fn ordered(mut self) -> Result<Ordered, TooMany> {
        self.close_all()?;
        let Sums { numbers, mut days, wide, .. } = self;
        let mut numbers: Vec<(Campaign, CampaignNumber)> = numbers.into_iter().collect();
        numbers.sort_unstable();
        let mut sums = Vec::with_capacity(numbers.len());
        let mut places = vec![0; numbers.len()];
        for ((_, number), place) in numbers.iter().zip(0..) {
            sums.push(days.get_mut(number.0 as usize).map(std::mem::take).unwrap_or_default().sums);
            if let Some(known) = places.get_mut(number.0 as usize) {
                *known = place;
            }
        }
        let place = |number: CampaignNumber| places.get(number.0 as usize).copied().unwrap_or(0);
        let wide = wide.into_iter().map(|((day, number), nanos)| ((day, place(number)), nanos)).collect();
        let campaigns = numbers.into_iter().map(|(campaign, _)| campaign).collect();
        Ok(Ordered { campaigns, sums, wide })
    }
}

/// Keeps what does not fit in a sum.
fn beside<Place: Ord>(wide: &mut Wide<Place>, place: (Dated, Place), nanos: i128) -> Result<(), TooMany> {
    let sum = wide.entry(place).or_insert(0);
    *sum = sum.checked_add(nanos).ok_or(TooMany)?;
    Ok(())
}

/// Billionths that a sum of a day has no room for.
type Rest = Option<(Dated, i64)>;

impl Sum {
    #[inline]
    fn take(&mut self, other: Sum) -> Result<Rest, TooMany> {
        self.rows = self.rows.checked_add(other.rows).ok_or(TooMany)?;
        self.first_row = self.first_row.min(other.first_row);
        match self.nanos.checked_add(other.nanos) {
            Some(nanos) => self.nanos = nanos,
            None => return Ok(Some((self.day, other.nanos))),
        }
        Ok(None)
    }
}

impl Days {
    /// Puts a sum among the others.
    fn put(&mut self, sum: Sum) -> Result<Rest, TooMany> {
        let is_at = |at: u32| self.sums.get(at as usize).is_some_and(|known| known.day == sum.day);
        if self.sums.last().is_none_or(|last| last.day < sum.day) {
            self.insert(self.sums.len(), sum);
            return Ok(None);
        }
        if !is_at(self.at) {
            self.at = if is_at(self.at.saturating_add(1)) {
                self.at.saturating_add(1)
            } else {
                match self.sums.binary_search_by_key(&sum.day, |known| known.day) {
                    Ok(at) => u32::try_from(at).map_err(|_| TooMany)?,
                    Err(at) => {
                        self.insert(at, sum);
                        return Ok(None);
                    }
                }
            };
        }
        self.sums.get_mut(self.at as usize).map_or(Ok(None), |known| known.take(sum))
    }

    fn insert(&mut self, at: usize, sum: Sum) {
        if self.sums.len() == self.sums.capacity() {
            // Half as many more, not twice as many: of a million campaigns that is the difference.
            self.sums.reserve_exact(self.sums.len() / 2 + 4);
        }
        self.sums.insert(at, sum);
    }

    /// Takes in the sums of other rows of the same campaign.
    fn merge(&mut self, other: Days) -> Result<Vec<(Dated, i64)>, TooMany> {
        let mut rests = Vec::new();
        if self.sums.is_empty() {
            self.sums = other.sums;
            return Ok(rests);
        }
        let (ours, theirs) = (std::mem::take(&mut self.sums), other.sums);
        self.sums.reserve_exact(ours.len() + theirs.len());
        let (mut ours, mut theirs) = (ours.into_iter().peekable(), theirs.into_iter().peekable());
        while let Some(sum) = match (ours.peek(), theirs.peek()) {
            (Some(a), Some(b)) if b.day < a.day => theirs.next(),
            (None, _) => theirs.next(),
            _ => ours.next(),
        } {
            match self.sums.last_mut() {
                Some(last) if last.day == sum.day => rests.extend(last.take(sum)?),
                _ => self.sums.push(sum),
            }
        }
        Ok(rests)
    }
}
