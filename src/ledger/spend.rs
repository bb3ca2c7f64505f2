//! The rollups, read as one stream in which the newest import wins.

use std::collections::BTreeSet;
use std::rc::Rc;

use super::accounts::Accounts;
use super::control::{self, Control, Hashing, MEND};
use super::folder::Folder;
use super::rollup::{DayRows, RollupRows};
use super::{Absent, Import, LedgerError, Place, Problem};
use crate::calendar::{Dated, Day};
use crate::money::{Cost, Currency};
use crate::scope::Platform;

/// The spend of a day, or of a month where it is known by month alone.
#[derive(Clone, Debug)]
pub struct DaySpend<'a> {
    /// The day, or the month.
    pub day: Dated,
    /// What was spent: each campaign's, in the order of [`SpendKey`].
    pub spend: Vec<Spent<'a>>,
}

impl<'a> DaySpend<'a> {
    /// Returns the spend of each account in each currency, in order.
    pub(crate) fn by_account(&self) -> impl Iterator<Item = &[Spent<'a>]> {
        self.spend.chunk_by(|a, b| {
            let (a, b) = (a.key(), b.key());
            a.currency == b.currency && a.account == b.account && a.platform == b.platform
        })
    }
}

/// Whose spend it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpendKey {
    /// Where the ad ran.
    pub platform: Platform,
    /// The account it is billed to.
    pub account: String,
    /// The currency.
    pub currency: Currency,
    /// The campaign's id where the platform gives one, else its name.
    pub campaign: String,
}

/// Whose spend it is, and what it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Campaign {
    /// What tells it apart.
    pub key: SpendKey,
    /// The campaign's name.
    pub name: String,
}

/// What a campaign spent on a day or in a month, and on whose word.
#[derive(Clone, Debug)]
pub struct Spent<'a> {
    /// The campaign.
    pub campaign: Rc<Campaign>,
    /// The exact cost.
    pub cost: Cost,
    /// How many rows of the export it sums.
    pub rows: u64,
    /// The import it comes from.
    pub import: &'a Import,
}

impl Spent<'_> {
    /// Returns whose spend it is.
    pub fn key(&self) -> &SpendKey {
        &self.campaign.key
    }

    /// The campaign, whatever the currency.
    fn of(&self) -> (&Platform, &str, &str) {
        let key = self.key();
        (&key.platform, &key.account, &key.campaign)
    }
}

/// Reads the spend of all given imports, day by day and each month before its days, never a file whole.
///
/// Of one campaign and day, or month, the newest import that has it wins. An import whose absences are `gone` speaks
/// alone for its accounts on the days it covers, and in months it covers whole; what older ones say of them is passed
/// over.
///
/// That the rollups are what their records say is known at the end: what was read counts once [`SpendStream::next_day`]
/// has answered that there is no more.
pub struct SpendStream<'a> {
    folder: &'a Folder,
    accounts: &'a Accounts,
    /// Newest first.
    sources: Vec<Source<'a>>,
    hashing: Option<Hashing>,
    begun: bool,
    /// The last day that is asked for.
    last: Option<Day>,
}

struct Source<'a> {
    rows: RollupRows<'a>,
    /// The accounts for which it speaks alone on the days it covers.
    alone_for: BTreeSet<(&'a Platform, String)>,
}

impl<'a> SpendStream<'a> {
    /// Opens the rollups of `imports`, which stand oldest first.
    pub(super) fn open(
        folder: &'a Folder,
        accounts: &'a Accounts,
        imports: &[&'a Import],
        control: Control,
    ) -> Result<SpendStream<'a>, LedgerError> {
        let hashing = control.hash(folder, imports);
        let mut sources = Vec::new();
        for import in imports.iter().rev() {
            let spelled =
                |(platform, account): &'a (Platform, String)| (platform, accounts.spelling(platform, account));
            let alone_for = match import.absent {
                Absent::Gone => import.accounts.iter().map(spelled).collect(),
                Absent::Keep => BTreeSet::new(),
            };
            let rows = RollupRows::new(import, import.rollup_file(), control.open(folder, import)?);
            sources.push(Source { rows, alone_for });
        }
        Ok(SpendStream { folder, accounts, sources, hashing, begun: false, last: None })
    }

    /// Ends with a day, or with the month that it is in.
    pub fn until(self, last: Day) -> SpendStream<'a> {
        SpendStream { last: Some(last), ..self }
    }

    /// Returns the next day, or month, of which anything is known; `None` at the end.
    pub fn next_day(&mut self) -> Result<Option<DaySpend<'a>>, LedgerError> {
        let next = self.next();
        if !matches!(next, Ok(Some(_))) {
            // What is wrong with a file that was changed is first of all that.
            self.control()?;
        }
        next
    }

    /// Holds the rollups against their records.
    fn control(&mut self) -> Result<(), LedgerError> {
        self.hashing.take().map_or(Ok(()), Hashing::end)?;
        let mut oldest_first = self.sources.iter_mut().rev();
        oldest_first.try_for_each(|Source { rows, .. }| control::sum_up(rows, self.folder))
    }

    fn next(&mut self) -> Result<Option<DaySpend<'a>>, LedgerError> {
        let SpendStream { accounts, sources, .. } = self;
        if !std::mem::replace(&mut self.begun, true) {
            sources.iter_mut().try_for_each(|source| source.rows.begin(accounts))?;
        }
        let next = sources.iter().filter_map(|source| source.rows.next_day()).min();
        let Some(day) = next.filter(|day| self.last.is_none_or(|last| day.first_day() <= last)) else {
            return Ok(None);
        };
        let mut all = DayRows::default();
        let mut newer: Vec<&BTreeSet<(&Platform, String)>> = Vec::new();
        for Source { rows, alone_for } in sources {
            if rows.next_day() == Some(day) {
                let mut of_it = rows.day(accounts)?;
                if !newer.is_empty() {
                    let is_closed = |spent: &Spent| {
                        let at = (&spent.key().platform, spent.key().account.clone());
                        newer.iter().any(|alone_for| alone_for.contains(&at))
                    };
                    of_it.spend.retain(|spent| !is_closed(spent));
                }
                if all.spend.is_empty() {
                    all = of_it;
                } else {
                    all.spend.append(&mut of_it.spend);
                    all.in_order = false;
                }
            }
            if !alone_for.is_empty() && day.is_within(rows.import.covered) {
                newer.push(alone_for);
            }
        }
        let spend = if all.in_order { all.spend } else { merged(all.spend)? };
        Ok(Some(DaySpend { day, spend }))
    }
}

/// Puts what imports say of a day, the newest first, together.
fn merged(mut all: Vec<Spent>) -> Result<Vec<Spent>, LedgerError> {
    all.sort_by(|a, b| a.of().cmp(&b.of()));
    let mut newest: Option<Spent> = None;
    all.retain(|spent| {
        let newer = newest.as_ref().filter(|newer| newer.of() == spent.of());
        match newer {
            Some(newer) => std::ptr::eq(newer.import, spent.import),
            None => {
                newest = Some(spent.clone());
                true
            }
        }
    });
    all.sort_by(|a, b| a.key().cmp(b.key()));
    let mut spend: Vec<Spent> = Vec::with_capacity(all.len());
    for next in all {
        match spend.last_mut() {
            // Two spellings of one account may meet here; their rows are one campaign's.
            Some(same) if same.key() == next.key() => {
                same.rows = same.rows.saturating_add(next.rows);
                same.cost = same.cost.plus(next.cost).map_err(|error| {
                    let place = Place::top_of(&next.import.rollup_file());
                    LedgerError::Invalid(vec![Problem { place, what: error.to_string(), mend: MEND.into() }])
                })?;
            }
            _ => spend.push(next),
        }
    }
    Ok(spend)
}
