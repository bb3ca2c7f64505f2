//! The rollups, read as one stream in which the newest import wins.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::io::BufReader;
use std::rc::Rc;

use super::accounts::Accounts;
use super::control::{Control, Hashing, MEND, Summed, Sums};
use super::folder::Folder;
use super::parts::Part;
use super::rollup::{DayRows, RollupDays};
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
/// has answered that there is no more, or [`SpendStream::end`] that it is as it was.
pub struct SpendStream<'a> {
    folder: &'a Folder,
    accounts: &'a Accounts,
    control: Control,
    /// Oldest first.
    imports: Vec<&'a Import>,
    /// Those whose days are still to come, by their place among the imports; the earliest days come last. There may be
    /// more of them than files may be open at once.
    ahead: Vec<(usize, &'a Import)>,
    /// Those that speak for the day, or still have rows; newest import first.
    sources: Vec<Source<'a>>,
    hashing: Option<Hashing>,
    sums: Sums,
    /// The part it reads, where it does not read all.
    part: Option<&'a Part>,
    /// The last day that is asked for.
    last: Option<Day>,
}

struct Source<'a> {
    /// Its place among the imports.
    at: usize,
    import: &'a Import,
    /// The accounts for which it speaks alone on the days it covers.
    alone_for: BTreeSet<(&'a Platform, String)>,
    /// Open while there are rows.
    rows: Option<RollupDays<'a>>,
}

impl Source<'_> {
    fn next_day(&self) -> Option<Dated> {
        self.rows.as_ref()?.next_day()
    }
}

impl<'a> SpendStream<'a> {
    /// Reads the rollups of `imports`, which stand oldest first.
    pub(super) fn open(
        folder: &'a Folder,
        accounts: &'a Accounts,
        imports: &[&'a Import],
        control: Control,
    ) -> SpendStream<'a> {
        let hashing = control.hash(folder, imports);
        SpendStream { hashing, ..SpendStream::of(folder, accounts, imports, control) }
    }

    /// Reads a part of the rollups of `imports`, which stand oldest first, to be summed up.
    pub(super) fn of_part(
        folder: &'a Folder,
        accounts: &'a Accounts,
        imports: &[&'a Import],
        part: &'a Part,
    ) -> SpendStream<'a> {
        SpendStream { part: Some(part), ..SpendStream::of(folder, accounts, imports, Control::Checksum) }
    }

    fn of(folder: &'a Folder, accounts: &'a Accounts, imports: &[&'a Import], control: Control) -> SpendStream<'a> {
        let mut ahead: Vec<(usize, &Import)> = imports.iter().copied().enumerate().collect();
        ahead.sort_by_key(|(_, import)| Reverse(import.reach().start()));
        let (imports, sums) = (imports.to_vec(), Sums::of(imports.len()));
        let (sources, hashing, part, last) = (Vec::new(), None, None, None);
        SpendStream { folder, accounts, control, imports, ahead, sources, hashing, sums, part, last }
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
            self.end()?;
        }
        next
    }

    /// Ends before the end, and says which rollups are not what their records say. Parts are held against them together.
    pub fn end(&mut self) -> Result<(), LedgerError> {
        if self.part.is_some() {
            return Ok(());
        }
        let mut problems = self.hashing.take().map_or_else(Vec::new, Hashing::end);
        problems.extend(self.sum_up());
        problems.extend(std::mem::take(&mut self.sums).damage(&self.imports));
        problems.sort();
        if problems.is_empty() { Ok(()) } else { Err(LedgerError::Invalid(problems)) }
    }

    /// Reads a part to its end, and returns the sums of its rollups; `None` where one cannot be read.
    pub(super) fn end_part(&mut self) -> Option<Sums> {
        self.sum_up().is_empty().then(|| std::mem::take(&mut self.sums))
    }

    /// Reads what is left of the rollups that are summed up, and says which cannot be read.
    fn sum_up(&mut self) -> Vec<Problem> {
        self.ahead.clear();
        for source in self.sources.drain(..) {
            if let Some(Ok(sum)) = source.rows.map(|mut rows| rows.sum_up()) {
                self.sums.put(source.at, sum);
            }
        }
        let SpendStream { folder, control, part, .. } = *self;
        self.sums.complete(control, &self.imports, |at, import| {
            let file = import.rollup_file();
            let mut input = input(folder, control, part, at, import)?;
            Summed::end(&mut input).map_err(LedgerError::io("read", folder.path(&file)))
        })
    }

    fn next(&mut self) -> Result<Option<DaySpend<'a>>, LedgerError> {
        let next = self.reach_next()?;
        let Some(day) = next.filter(|day| self.last.is_none_or(|last| day.first_day() <= last)) else {
            return Ok(None);
        };
        let mut all = DayRows::default();
        let mut newer: Vec<&BTreeSet<(&Platform, String)>> = Vec::new();
        for Source { at, import, alone_for, rows } in &mut self.sources {
            if let Some(open) = rows.as_mut().filter(|rows| rows.next_day() == Some(day)) {
                let mut of_it = open.day(self.accounts)?;
                if open.next_day().is_none() {
                    self.sums.put(*at, open.sum_up()?);
                    *rows = None;
                }
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
            if !alone_for.is_empty() && day.is_within(import.covered) {
                newer.push(alone_for);
            }
        }
        let spend = if all.in_order { all.spend } else { merged(all.spend)? };
        Ok(Some(DaySpend { day, spend }))
    }

    /// Opens the rollups that begin before anything else is known, and returns the day or month that comes next.
    fn reach_next(&mut self) -> Result<Option<Dated>, LedgerError> {
        loop {
            let next = self.sources.iter().filter_map(Source::next_day).min();
            let begins =
                |(_, import): &mut (usize, &Import)| next.is_none_or(|next| import.reach().start() <= next.last_day());
            if let Some((at, import)) = self.ahead.pop_if(begins) {
                let source = self.begin(at, import)?;
                let place = self.sources.partition_point(|known| known.at > at);
                self.sources.insert(place, source);
                continue;
            }
            let ends = |import: &Import| next.is_none_or(|next| import.covered.end() <= next.first_day());
            self.sources.retain(|source| source.rows.is_some() || !ends(source.import));
            let out_of_place = |source: &&Source| {
                self.part.zip(source.next_day()).is_some_and(|(part, next)| !part.days.contain(next))
            };
            return match self.sources.iter().find(out_of_place).and_then(|source| source.rows.as_ref()) {
                Some(rows) => Err(rows.out_of_order()),
                None => Ok(next),
            };
        }
    }

    fn begin(&mut self, at: usize, import: &'a Import) -> Result<Source<'a>, LedgerError> {
        let spelled =
            |(platform, account): &'a (Platform, String)| (platform, self.accounts.spelling(platform, account));
        let alone_for = match import.absent {
            Absent::Gone => import.accounts.iter().map(spelled).collect(),
            Absent::Keep => BTreeSet::new(),
        };
        let input = input(self.folder, self.control, self.part, at, import)?;
        let mut rows = RollupDays::new(import, import.rollup_file(), input);
        let range = self.part.and_then(|part| part.ranges.get(at));
        rows.begin(self.accounts, range.is_none_or(|range| range.start == 0 && range.end > 0))?;
        if rows.next_day().is_some() {
            return Ok(Source { at, import, alone_for, rows: Some(rows) });
        }
        self.sums.put(at, rows.sum_up()?);
        Ok(Source { at, import, alone_for, rows: None })
    }
}

/// Opens the rollup of an import, or the part of it that is read.
fn input(
    folder: &Folder,
    control: Control,
    part: Option<&Part>,
    at: usize,
    import: &Import,
) -> Result<BufReader<Summed>, LedgerError> {
    match part.and_then(|part| part.ranges.get(at)) {
        Some(range) => control.open_part(folder, import, range),
        None => control.open(folder, import),
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
