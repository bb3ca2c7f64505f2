//! [`Rollup`]: the spend of a file per day, or month, and campaign.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::iter::Peekable;

use crate::calendar::{Dated, Month, Period};
use crate::money::{Cost, MoneyError, Totals};
use crate::scope::Platform;

use super::sums::{Campaign, Ordered, Sum, Sums, TooMany, Wide};

/// The spend of a file: one row per day or month, platform, account, campaign and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollup {
    pub(super) spend: Spend,
    /// The period the file states, else from the first day to the last of what its rows are of.
    pub covered: Period,
    /// The accounts in it, sorted.
    pub accounts: Vec<(Platform, String)>,
    /// The rows below the header: kept, blank and excluded ones.
    pub rows_read: u64,
    /// The rows whose amount is in [`Rollup::rows`].
    pub rows_kept: u64,
    /// Blank lines, and rows without an amount.
    pub blank_rows: u64,
    /// The rows left out, at most [`EXCLUDED_LISTED`] of them.
    pub excluded: Vec<Excluded>,
    /// How many rows were left out in all.
    pub excluded_rows: u64,
    /// How many of the file's own totals were held against the rows, and agree.
    pub agreed_totals: u64,
    /// The exact sum of the rows per currency.
    pub totals: Totals,
    /// What rounding took away: the exact sum minus [`Rollup::totals`], where rounding was asked for.
    pub rounded: Option<Totals>,
}

/// How many rows left out are listed.
pub const EXCLUDED_LISTED: usize = 1000;

/// A row that is not spend, left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// The line it begins on, from 1.
    pub row: u64,
    /// What it is.
    pub reason: String,
}

/// The spend of one campaign on one day, or in one month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpendRow<'r> {
    /// The civil day of the ad account, or the month.
    pub day: Dated,
    /// The platform.
    pub platform: &'r Platform,
    /// The account's id, else its name; empty where nothing says.
    pub account: &'r str,
    /// The campaign's id, else its name; empty where the file has no campaigns.
    pub campaign: &'r str,
    /// The campaign's name; of several names on one day, the first by text order.
    pub campaign_name: &'r str,
    /// The exact sum.
    pub cost: Cost,
    /// How many rows of the file were summed.
    pub rows: u64,
    /// The line of the first of them.
    pub first_row: u64,
}

impl Rollup {
    /// Returns the rows, sorted by day, platform, account, campaign and currency.
    ///
    /// ```
    /// # use respend::import::{Options, Profiles, read};
    /// # let file = std::env::temp_dir().join("respend-doc-rollup.csv");
    /// # std::fs::write(&file, "Day,Platform,Campaign,Currency,Spend\n2018-01-05,x,Spring,USD,1.5\n")?;
    /// # let reading = read(&file, &Options::default(), &Profiles::built_in(), &mut |_, _| {})?;
    /// # std::fs::remove_file(file)?;
    /// let rollup = reading.outcome.expect("a file that proves everything");
    /// let first = rollup.rows().next().expect("a file with a row");
    /// assert_eq!((first.campaign, first.cost.to_string()), ("Spring", "1.50".to_owned()));
    /// # Ok::<(), std::io::Error>(())
    /// ```
    pub fn rows(&self) -> impl Iterator<Item = SpendRow<'_>> {
        self.spend.rows(&self.spend.sums)
    }

    /// Returns the rows, each with the place of its campaign: rows of one place have the same names.
    pub(crate) fn placed_rows(&self) -> impl Iterator<Item = (usize, SpendRow<'_>)> {
        self.spend.sums.iter().map(|sum| sum.campaign as usize).zip(self.rows())
    }

    /// Returns the rows of a day, or of a month as a whole.
    pub fn rows_on(&self, day: Dated) -> impl Iterator<Item = SpendRow<'_>> {
        let (start, end) = (
            self.spend.sums.partition_point(|sum| sum.day < day),
            self.spend.sums.partition_point(|sum| sum.day <= day),
        );
        self.spend.rows(self.spend.sums.get(start..end).unwrap_or_default())
    }

    /// Returns the rows of a month's days.
    pub(crate) fn rows_of_days_in(&self, month: Month) -> impl Iterator<Item = SpendRow<'_>> {
        let (start, end) = (Dated::from(month), Dated::from(month.next()));
        let (start, end) = (
            self.spend.sums.partition_point(|sum| sum.day <= start),
            self.spend.sums.partition_point(|sum| sum.day < end),
        );
        self.spend.rows(self.spend.sums.get(start..end).unwrap_or_default())
    }

    /// Returns the first campaign of which a month stands beside days of it: the row of the month and that of the day.
    pub(super) fn mixed(&self) -> Option<(SpendRow<'_>, SpendRow<'_>)> {
        let campaign = |row: &SpendRow| (row.platform.to_string(), row.account.to_owned(), row.campaign.to_owned());
        let first_rows = |(month, day): &(SpendRow, SpendRow)| (month.first_row.max(day.first_row), month.first_row);
        let months = self.spend.days().filter(|day| day.is_month());
        let mixed = months.filter_map(|month| {
            let of_month: BTreeMap<_, SpendRow> = self.rows_on(month).map(|row| (campaign(&row), row)).collect();
            let of_days = self.rows_of_days_in(month.month());
            let pairs = of_days.filter_map(|row| Some((*of_month.get(&campaign(&row))?, row)));
            pairs.min_by_key(first_rows)
        });
        mixed.min_by_key(first_rows)
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.spend.sums.len()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spend.sums.is_empty()
    }

    /// Returns the rollup with every account in the spelling that stands for it; those of one spelling become one.
    pub(crate) fn respelled(&self, spelling: impl Fn(&Platform, &str) -> String) -> Result<Cow<'_, Rollup>, String> {
        let spelled = |(platform, account): &(Platform, String)| (platform.clone(), spelling(platform, account));
        let accounts: Vec<(Platform, String)> = self.accounts.iter().map(spelled).collect();
        if accounts == self.accounts {
            return Ok(Cow::Borrowed(self));
        }
        let mut respelled = Rollup { accounts, ..self.clone() };
        respelled.accounts.sort();
        respelled.accounts.dedup();
        respelled.spend.respell(spelling)?;
        Ok(Cow::Owned(respelled))
    }
}

/// What a [`Rollup`] holds of spend, of which it and its parts can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spend {
    /// Sorted; those that differ in the name alone stand together.
    campaigns: Vec<Campaign>,
    /// Sorted by day and campaign, one for all names of it.
    sums: Vec<DaySum>,
    /// What sums lack that do not fit in 64 bits.
    wide: Wide<u32>,
}

/// The spend of a campaign on a day or in a month: small, since there may be millions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct DaySum {
    day: Dated,
    /// The campaign's place.
    campaign: u32,
    rows: u32,
    nanos: i64,
    first_row: u64,
}

impl Spend {
    /// Orders sums by day, and adds up what differs in the name alone.
    pub(super) fn of(sums: Sums) -> Result<Spend, TooMany> {
        let Ordered { campaigns, sums, wide } = sums.ordered()?;
        let mut spend = Spend { campaigns, sums: by_day(sums), wide };
        spend.add_up()?;
        Ok(spend)
    }

    /// Adds up what stands beside each other and differs in the name alone.
    fn add_up(&mut self) -> Result<(), TooMany> {
        // The first of the places that differ in the name alone, which is said once for all their days.
        let mut firsts: Vec<u32> = Vec::with_capacity(self.campaigns.len());
        for (at, place) in (0..self.campaigns.len()).zip(0..) {
            let before = at.checked_sub(1).filter(|&before| self.campaigns[before].key() == self.campaigns[at].key());
            firsts.push(before.map_or(place, |before| firsts[before]));
        }
        let is_one = |a: u32, b: u32| firsts.get(a as usize) == firsts.get(b as usize);
        let mut fault = None;
        let wide = &mut self.wide;
        self.sums.dedup_by(|next, kept| {
            let is_same = next.day == kept.day && is_one(next.campaign, kept.campaign);
            let rows = kept.rows.checked_add(next.rows);
            if !is_same {
                return false;
            }
            let Some(rows) = rows else {
                fault = Some(TooMany);
                return false;
            };
            let beside = wide.remove(&(next.day, next.campaign)).unwrap_or(0);
            let (nanos, beside) = match kept.nanos.checked_add(next.nanos) {
                Some(nanos) => (nanos, beside),
                None => (kept.nanos, beside.saturating_add(next.nanos.into())),
            };
            if beside != 0 {
                let sum = wide.entry((kept.day, kept.campaign)).or_insert(0);
                *sum = sum.saturating_add(beside); // out of range is said where it becomes a cost
            }
            *kept = DaySum { rows, nanos, first_row: kept.first_row.min(next.first_row), ..*kept };
            true
        });
        // In which order rows were added must not show.
        let beside = std::mem::take(&mut self.wide);
        for ((day, campaign), beside) in beside {
            let Ok(at) = self.sums.binary_search_by_key(&(day, campaign), |sum| (sum.day, sum.campaign)) else {
                continue;
            };
            let sum = &mut self.sums[at];
            let whole = beside.saturating_add(sum.nanos.into());
            sum.nanos = i64::try_from(whole).unwrap_or_else(|_| {
                self.wide.insert((day, campaign), whole);
                0
            });
        }
        fault.map_or(Ok(()), Err)
    }

    /// Returns the exact sums per currency, or the currency in which one is no money any more.
    pub(super) fn totals(&self) -> Result<Totals, MoneyError> {
        let mut by_campaign = vec![0_i128; self.campaigns.len()];
        for sum in &self.sums {
            if let Some(all) = by_campaign.get_mut(sum.campaign as usize) {
                *all = all.saturating_add(sum.nanos.into());
            }
        }
        for ((_, campaign), &nanos) in &self.wide {
            if let (Some(all), Some(campaign)) =
                (by_campaign.get_mut(*campaign as usize), self.campaigns.get(*campaign as usize))
            {
                *all = all.saturating_add(Cost::from_nanos(nanos, campaign.currency)?.nanos());
            }
        }
        let mut totals = Totals::default();
        for (campaign, nanos) in self.campaigns.iter().zip(by_campaign) {
            totals.add(Cost::from_nanos(nanos, campaign.currency)?)?;
        }
        Ok(totals)
    }

    /// Returns the days on which, and the months in which, something was spent, in order.
    pub(super) fn days(&self) -> impl Iterator<Item = Dated> {
        let mut days = self.sums.iter().map(|sum| sum.day).peekable();
        std::iter::from_fn(move || next_other(&mut days))
    }

    pub(super) fn accounts(&self) -> Vec<(Platform, String)> {
        let mut accounts: Vec<(Platform, String)> =
            self.campaigns.iter().map(|campaign| (campaign.platform.clone(), campaign.account.clone())).collect();
        accounts.dedup();
        accounts
    }

    fn nanos(&self, sum: &DaySum) -> i128 {
        let beside = if self.wide.is_empty() { None } else { self.wide.get(&(sum.day, sum.campaign)) };
        beside.copied().unwrap_or(0).saturating_add(sum.nanos.into())
    }

    /// Returns the campaigns of which a name is called so, with the line of their first row.
    pub(super) fn named(&self, is_called: impl Fn(&str) -> bool) -> impl Iterator<Item = (&str, u64)> {
        let is_called: Vec<bool> = self.campaigns.iter().map(|campaign| is_called(&campaign.name)).collect();
        let called = move |sum: &&DaySum| is_called.get(sum.campaign as usize).copied().unwrap_or(false);
        let name = |sum: &DaySum| Some((self.campaigns.get(sum.campaign as usize)?.name.as_str(), sum.first_row));
        self.sums.iter().filter(called).filter_map(name)
    }

    fn rows<'r>(&'r self, sums: &'r [DaySum]) -> impl Iterator<Item = SpendRow<'r>> {
        sums.iter().filter_map(|sum| {
            let campaign = self.campaigns.get(sum.campaign as usize)?;
            Some(SpendRow {
                day: sum.day,
                platform: &campaign.platform,
                account: &campaign.account,
                campaign: &campaign.campaign,
                campaign_name: &campaign.name,
                // Every sum was a cost when the totals were made.
                cost: Cost::from_nanos(self.nanos(sum), campaign.currency).ok()?,
                rows: sum.rows.into(),
                first_row: sum.first_row,
            })
        })
    }

    fn respell(&mut self, spelling: impl Fn(&Platform, &str) -> String) -> Result<(), String> {
        for campaign in &mut self.campaigns {
            campaign.account = spelling(&campaign.platform, &campaign.account);
        }
        let mut order: Vec<usize> = (0..self.campaigns.len()).collect();
        order.sort_by(|a, b| self.campaigns[*a].cmp(&self.campaigns[*b]));
        let mut place = vec![0; order.len()];
        order.iter().zip(0_u32..).for_each(|(&old, new)| place[old] = new);
        self.campaigns.sort();
        let moved = |old: u32| place.get(old as usize).copied().unwrap_or(old);
        self.sums.iter_mut().for_each(|sum| sum.campaign = moved(sum.campaign));
        let wide = std::mem::take(&mut self.wide);
        self.wide = wide.into_iter().map(|((day, campaign), nanos)| ((day, moved(campaign)), nanos)).collect();
        self.sums.sort_unstable_by_key(|sum| (sum.day, sum.campaign));
        self.add_up().map_err(|TooMany| "the accounts have more rows together than can be counted".to_owned())?;
        self.totals().map(drop).map_err(|error| error.to_string())
    }
}

/// Puts the sums of campaigns, each by day, in the order of days and of campaigns.
fn by_day(by_campaign: Vec<Vec<Sum>>) -> Vec<DaySum> {
    let days = || by_campaign.iter().flatten().map(|sum| sum.day);
    let Some((first, last)) = days().min().zip(days().max()) else { return Vec::new() };
    // Where the sums of each day begin; campaigns come in order, so each finds the next free place of its days.
    let mut places = vec![0_usize; last.steps_since(first) + 1];
    days().for_each(|day| places[day.steps_since(first)] += 1);
    let mut begun = 0;
    for place in &mut places {
        begun += std::mem::replace(place, begun);
    }
    let nothing = DaySum { day: first, campaign: 0, rows: 0, nanos: 0, first_row: 0 };
    let mut sums = vec![nothing; begun];
    for (days, campaign) in by_campaign.into_iter().zip(0..) {
        for Sum { day, rows, nanos, first_row } in days {
            let place = &mut places[day.steps_since(first)];
            sums[*place] = DaySum { day, campaign, rows, nanos, first_row };
            *place += 1;
        }
    }
    sums
}

/// Returns the next of a sorted list that is another.
fn next_other(days: &mut Peekable<impl Iterator<Item = Dated>>) -> Option<Dated> {
    let day = days.next()?;
    while days.next_if_eq(&day).is_some() {}
    Some(day)
}
