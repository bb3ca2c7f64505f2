//! The rollups, read as one stream in which the newest import wins.

use std::collections::BTreeSet;
use std::io::{self, BufReader};
use std::rc::Rc;

use super::accounts::Accounts;
use super::control::{self, Control, Hashing, MEND, Summed, Sums};
use super::folder::Folder;
use super::parts::{Days, Part};
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
    /// The days it holds, where it is a part.
    part: Option<Days>,
    begun: bool,
    /// The last day that is asked for.
    last: Option<Day>,
}

struct Source<'a> {
    rows: RollupRows<'a>,
    /// The accounts for which it speaks alone on the days it covers.
    alone_for: BTreeSet<(&'a Platform, String)>,
}

impl<'a> Source<'a> {
    fn new(import: &'a Import, accounts: &Accounts, input: BufReader<Summed>) -> Source<'a> {
        let spelled = |(platform, account): &'a (Platform, String)| (platform, accounts.spelling(platform, account));
        let alone_for = match import.absent {
            Absent::Gone => import.accounts.iter().map(spelled).collect(),
            Absent::Keep => BTreeSet::new(),
        };
        Source { rows: RollupRows::new(import, import.rollup_file(), input), alone_for }
    }
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
        let newest_first = imports.iter().rev();
        let opened = newest_first.map(|import| Ok(Source::new(import, accounts, control.open(folder, import)?)));
        let sources = opened.collect::<Result<_, LedgerError>>()?;
        Ok(SpendStream { folder, accounts, sources, hashing, part: None, begun: false, last: None })
    }

    /// Opens a part of the rollups of `imports`, which stand oldest first, to be summed up.
    pub(super) fn of_part(
        folder: &'a Folder,
        accounts: &'a Accounts,
        imports: &[&'a Import],
        part: &Part,
    ) -> io::Result<SpendStream<'a>> {
        let newest_first = imports.iter().zip(&part.ranges).rev();
        let opened = newest_first.map(|(import, range)| {
            Ok(Source::new(import, accounts, Control::Checksum.open_part(folder, import, range)?))
        });
        let sources = opened.collect::<io::Result<_>>()?;
        Ok(SpendStream { folder, accounts, sources, hashing: None, part: Some(part.days), begun: false, last: None })
    }

    /// Reads a part to its end, and returns the sums of its rollups, oldest first.
    pub(super) fn end_part(&mut self) -> io::Result<Sums> {
        self.sources.iter_mut().rev().map(|source| Summed::end(source.rows.input())).collect()
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

    /// Holds the rollups against their records; parts are held against them together.
    fn control(&mut self) -> Result<(), LedgerError> {
        if self.part.is_some() {
            return Ok(());
        }
        self.hashing.take().map_or(Ok(()), Hashing::end)?;
        let mut oldest_first = self.sources.iter_mut().rev();
        oldest_first.try_for_each(|Source { rows, .. }| control::sum_up(rows, self.folder))
    }

    fn next(&mut self) -> Result<Option<DaySpend<'a>>, LedgerError> {
        let SpendStream { accounts, sources, part, .. } = self;
        if !std::mem::replace(&mut self.begun, true) {
            let has_header = part.is_none_or(|days| days.from.is_none());
            sources.iter_mut().try_for_each(|source| source.rows.begin(accounts, has_header))?;
        }
        let out_of_place =
            |source: &&Source| part.is_some_and(|days| source.rows.next_day().is_some_and(|next| !days.contain(next)));
        if let Some(source) = sources.iter().find(out_of_place) {
            return Err(source.rows.out_of_order());
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
