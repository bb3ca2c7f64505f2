//! [`Rollup`]: the spend of a file per day, or month, and campaign.

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::calendar::{Dated, Day, Month, Period};
use crate::money::{Cost, MoneyError, Totals};
use crate::scope::Platform;

use super::sums::{Campaign, CampaignNumber, Ordered, Sum, Sums, TooMany, Wide};

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
        self.by_day().flat_map(|(_, rows)| rows).map(|(_, row)| row)
    }

    /// Returns the rows of each day, and of each month, in order. Rows with the same number have the same names.
    pub(crate) fn by_day(&self) -> impl Iterator<Item = (Dated, impl Iterator<Item = (usize, SpendRow<'_>)>)> {
        self.spend.days.iter().map(|day| (day.0, self.spend.rows(day)))
    }

    /// Returns the rows of a day, or of a month as a whole.
    pub fn rows_on(&self, day: Dated) -> impl Iterator<Item = SpendRow<'_>> {
        self.rows_between(day, move |other| other == day)
    }

    /// Returns the rows of a month's days.
    pub(crate) fn rows_of_days_in(&self, month: Month) -> impl Iterator<Item = SpendRow<'_>> {
        let next = Dated::from(month.next());
        self.rows_between(Dated::from(month.first_day()), move |day| day < next)
    }

    fn rows_between(&self, first: Dated, goes_on: impl Fn(Dated) -> bool) -> impl Iterator<Item = SpendRow<'_>> {
        let start = self.spend.days.partition_point(|(day, _)| *day < first);
        let days = self.spend.days.iter().skip(start).take_while(move |(day, _)| goes_on(*day));
        days.flat_map(|day| self.spend.rows(day)).map(|(_, row)| row)
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

    /// Returns the days it speaks of where the file was made on a day: up to that one, or to its last row.
    pub(crate) fn covered_by(&self, exported: Day) -> Period {
        let last = self.spend.days().map(Dated::last_day).max().unwrap_or(exported).max(exported);
        Period::inclusive(self.covered.start(), self.covered.last().min(last)).unwrap_or(self.covered)
    }

    /// Returns the first day with rows behind a day.
    pub(crate) fn first_after(&self, day: Day) -> Option<Dated> {
        self.spend.days().find(|dated| dated.first_day() > day)
    }

    /// Returns how many rows there are.
    pub fn len(&self) -> usize {
        self.spend.days.iter().map(|(_, sums)| sums.len()).sum()
    }

    /// Returns whether there are none.
    pub fn is_empty(&self) -> bool {
        self.spend.days.is_empty()
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
    /// The sums of each day, and of each month, by campaign: one for all names of it.
    days: Vec<(Dated, Vec<Sum>)>,
    /// What sums lack that do not fit in 64 bits.
    wide: Wide<(Dated, CampaignNumber)>,
}

impl Spend {
    /// Adds up what differs in the name alone.
    pub(super) fn of(sums: Sums) -> Result<Spend, TooMany> {
        let Ordered { campaigns, days, wide } = sums.ordered();
        let mut spend = Spend { campaigns, days, wide };
        spend.add_up()?;
        Ok(spend)
    }

    /// Adds up what stands beside each other and differs in the name alone.
    fn add_up(&mut self) -> Result<(), TooMany> {
        // The first of the places that differ in the name alone, which is said once for all their days.
        let mut firsts: Vec<usize> = Vec::with_capacity(self.campaigns.len());
        for place in 0..self.campaigns.len() {
            let before =
                place.checked_sub(1).filter(|&before| self.campaigns[before].key() == self.campaigns[place].key());
            firsts.push(before.map_or(place, |before| firsts[before]));
        }
        let is_one = |a: CampaignNumber, b: CampaignNumber| firsts.get(a.place()) == firsts.get(b.place());
        let wide = &mut self.wide;
        let names_differ = firsts.iter().enumerate().any(|(place, first)| place != *first);
        for (day, sums) in self.days.iter_mut().filter(|_| names_differ) {
            let mut added = Ok(());
            sums.dedup_by(|next, kept| {
                let is_same = is_one(next.campaign, kept.campaign);
                if is_same && added.is_ok() {
                    added = kept.take(*next).map(|rest| {
                        let beside = wide.remove(&(*day, next.campaign)).unwrap_or(0).saturating_add(rest.into());
                        if beside != 0 {
                            let sum = wide.entry((*day, kept.campaign)).or_insert(0);
                            *sum = sum.saturating_add(beside); // out of range is said where it becomes a cost
                        }
                    });
                }
                is_same
            });
            added?;
        }
        // In which order rows were added must not show.
        let beside = std::mem::take(&mut self.wide);
        for ((day, campaign), beside) in beside {
            let Ok(at) = self.days.binary_search_by_key(&day, |(day, _)| *day) else { continue };
            let sums = &mut self.days[at].1;
            let Ok(at) = sums.binary_search_by_key(&campaign, |sum| sum.campaign) else { continue };
            let sum = &mut sums[at];
            let whole = beside.saturating_add(sum.nanos.into());
            sum.nanos = i64::try_from(whole).unwrap_or_else(|_| {
                self.wide.insert((day, campaign), whole);
                0
            });
        }
        Ok(())
    }

    /// Returns the exact sums per currency, or the currency in which one is no money any more.
    pub(super) fn totals(&self) -> Result<Totals, MoneyError> {
        let mut by_campaign = vec![0_i128; self.campaigns.len()];
        for sum in self.sums() {
            if let Some(all) = by_campaign.get_mut(sum.campaign.place()) {
                *all = all.saturating_add(sum.nanos.into());
            }
        }
        for ((_, campaign), &nanos) in &self.wide {
            if let (Some(all), Some(campaign)) =
                (by_campaign.get_mut(campaign.place()), self.campaigns.get(campaign.place()))
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
        self.days.iter().map(|(day, _)| *day)
    }

    fn sums(&self) -> impl Iterator<Item = &Sum> {
        self.days.iter().flat_map(|(_, sums)| sums)
    }

    pub(super) fn accounts(&self) -> Vec<(Platform, String)> {
        let mut accounts: Vec<(Platform, String)> =
            self.campaigns.iter().map(|campaign| (campaign.platform.clone(), campaign.account.clone())).collect();
        accounts.dedup();
        accounts
    }

    fn nanos(&self, day: Dated, sum: &Sum) -> i128 {
        let beside = if self.wide.is_empty() { None } else { self.wide.get(&(day, sum.campaign)) };
        beside.copied().unwrap_or(0).saturating_add(sum.nanos.into())
    }

    /// Returns the rows of a day, each with the place of its campaign.
    fn rows<'r>(&'r self, (day, sums): &'r (Dated, Vec<Sum>)) -> impl Iterator<Item = (usize, SpendRow<'r>)> {
        sums.iter().filter_map(|sum| {
            let place = sum.campaign.place();
            let campaign = self.campaigns.get(place)?;
            let row = SpendRow {
                day: *day,
                platform: &campaign.platform,
                account: &campaign.account,
                campaign: &campaign.campaign,
                campaign_name: &campaign.name,
                // Every sum was a cost when the totals were made.
                cost: Cost::from_nanos(self.nanos(*day, sum), campaign.currency).ok()?,
                rows: sum.rows.into(),
                first_row: sum.first_row,
            };
            Some((place, row))
        })
    }

    fn respell(&mut self, spelling: impl Fn(&Platform, &str) -> String) -> Result<(), String> {
        fn too_many(_: TooMany) -> String {
            "the accounts have more rows together than can be counted".to_owned()
        }
        for campaign in &mut self.campaigns {
            campaign.account = spelling(&campaign.platform, &campaign.account);
        }
        let mut order: Vec<usize> = (0..self.campaigns.len()).collect();
        order.sort_by(|a, b| self.campaigns[*a].cmp(&self.campaigns[*b]));
        let mut moved = vec![None; order.len()];
        for (place, old) in order.into_iter().enumerate() {
            moved[old] = Some(CampaignNumber::of(place).map_err(too_many)?);
        }
        self.campaigns.sort();
        let moved = |old: CampaignNumber| moved.get(old.place()).copied().flatten().unwrap_or(old);
        for (_, sums) in &mut self.days {
            sums.iter_mut().for_each(|sum| sum.campaign = moved(sum.campaign));
            sums.sort_unstable_by_key(|sum| sum.campaign);
        }
        let wide = std::mem::take(&mut self.wide);
        self.wide = wide.into_iter().map(|((day, campaign), nanos)| ((day, moved(campaign)), nanos)).collect();
        self.add_up().map_err(too_many)?;
        self.totals().map(drop).map_err(|error| error.to_string())
    }
}
