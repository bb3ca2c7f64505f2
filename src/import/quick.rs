//! [`Quick`]: the reading of rows like others before them.
//!
//! Whose spend a row is, and of which day, follows from a few of its cells. A row whose cells were met before is added
//! to the same sum; any other goes through [`Rows::add`] and [`Evidence::add`], which know all cases and whose answer
//! is remembered. So what is quick decides nothing.
//!
//! What is done for every row is written as plain loops: of the standard library's adapters, some are called and not
//! inlined where the crate is compiled in parts, and then take more time than what they are for.

use std::collections::BTreeSet;
use std::hash::{BuildHasher, Hasher};
use std::ops::RangeInclusive;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::sheet::Record;

use super::DecimalMark;
use super::amount::{AmountText, contradicts, is_no_value};
use super::cells::{BATCH_ROWS, Batch, Row};
use super::evidence::Evidence;
use super::plain;
use super::rows::{Rows, Settled};
use super::sums::{CampaignNumber, DayNumber, Place};

/// Reads rows into an [`Evidence`] and a [`Rows`].
pub(super) struct Quick<'a> {
    settled: &'a Settled<'a>,
    pub(super) evidence: Evidence,
    pub(super) rows: Rows<'a>,
    days: Known<DayNumber>,
    campaigns: Known<CampaignNumber>,
    record: Record,
}

/// What is known of rows by some of their cells, as these stand in the file.
struct Known<T> {
    /// The cells, in runs of neighbours.
    runs: Vec<RangeInclusive<usize>>,
    by_cells: HashTable<Entry<T>>,
    hasher: RandomState,
    /// How many bytes of cells are remembered.
    bytes: usize,
    /// What was asked for last, by row.
    asked: Vec<Asked<T>>,
}

struct Entry<T> {
    hash: u64,
    /// The runs, [`BETWEEN`] behind each.
    cells: Box<[u8]>,
    known: T,
}

/// The cells of a row, and what is known by them.
struct Asked<T> {
    hash: u64,
    /// Whether they are those of the row before.
    as_before: bool,
    known: Option<T>,
}

/// Occurs in no text.
const BETWEEN: u8 = 0xFF;

/// So many bytes of cells are remembered. Days may carry the time of each row, and names be written in ever other ways,
/// and then are never met again.
const KNOWN_BYTES_MAX: usize = 32 * 1024 * 1024;

impl<T: Copy> Known<T> {
    fn by(columns: impl IntoIterator<Item = Option<usize>>) -> Known<T> {
        let columns: BTreeSet<usize> = columns.into_iter().flatten().collect();
        let mut runs: Vec<RangeInclusive<usize>> = Vec::new();
        for column in columns {
            match runs.last_mut() {
                Some(run) if run.end() + 1 == column => *run = *run.start()..=column,
                _ => runs.push(column..=column),
            }
        }
        let (by_cells, hasher) = (HashTable::new(), RandomState::default());
        Known { runs, by_cells, hasher, bytes: 0, asked: Vec::new() }
    }

    /// Looks rows up. Each step is done for all of them, so that the memory is waited for together.
    #[inline]
    fn ask(&mut self, rows: &Batch) {
        let Known { runs, by_cells, hasher, asked, .. } = self;
        asked.clear();
        let mut found: [Option<&Entry<T>>; BATCH_ROWS] = [None; BATCH_ROWS];
        let mut before: Option<Row> = None;
        let mut hash = 0;
        for at in 0..rows.len() {
            let row = rows.row(at);
            // A day, or a campaign, is often that of the row before.
            let as_before = match &before {
                Some(before) => is_same_in(runs, before, &row),
                None => false,
            };
            if !as_before {
                let mut all = hasher.build_hasher();
                for run in runs.iter() {
                    all.write(row.cells(run));
                }
                hash = all.finish();
            }
            asked.push(Asked { hash, as_before, known: None });
            before = Some(row);
        }
        for (at, found) in found.iter_mut().enumerate() {
            let Some(asked) = asked.get(at) else { break };
            if !asked.as_before {
                *found = by_cells.find(asked.hash, |entry| entry.hash == asked.hash);
            }
        }
        let mut seen = 0;
        for entry in found.iter().flatten() {
            if let (Some(first), Some(last)) = (entry.cells.first(), entry.cells.last()) {
                seen ^= first ^ last;
            }
        }
        std::hint::black_box(seen);
        let mut known = None;
        for (at, found) in found.iter().enumerate() {
            let Some(asked) = asked.get_mut(at) else { break };
            if !asked.as_before {
                known = match found {
                    Some(entry) if entry.is_of(&rows.row(at), runs) => Some(entry.known),
                    _ => None,
                };
            }
            asked.known = known;
        }
    }

    /// Returns what is known of a row of those asked for, or of another like it since.
    #[inline]
    fn known(&self, at: usize, row: &Row) -> Option<T> {
        let asked = self.asked.get(at)?;
        let learnt = || self.by_cells.find(asked.hash, |entry| entry.is_of(row, &self.runs)).map(|entry| entry.known);
        asked.known.or_else(learnt)
    }

    /// Remembers a row of those asked for.
    fn learn(&mut self, at: usize, row: &Row, known: T) {
        const ENTRY: usize = 96; // what one takes besides, while its table grows
        let Known { runs, by_cells, asked, bytes, .. } = self;
        let Some(&Asked { hash, .. }) = asked.get(at) else { return };
        let mut cells = Vec::new();
        for run in runs.iter() {
            cells.extend_from_slice(row.cells(run));
            cells.push(BETWEEN);
        }
        *bytes = bytes.saturating_add(cells.len() + ENTRY);
        if *bytes <= KNOWN_BYTES_MAX {
            by_cells.insert_unique(hash, Entry { hash, cells: cells.into(), known }, |entry| entry.hash);
        }
    }
}

impl<T> Entry<T> {
    /// Returns whether it is about the cells of a row.
    #[inline]
    fn is_of(&self, row: &Row, runs: &[RangeInclusive<usize>]) -> bool {
        let mut rest = &*self.cells;
        for run in runs {
            let cells = row.cells(run);
            let Some((known, [BETWEEN, after @ ..])) = rest.split_at_checked(cells.len()) else { return false };
            if !is_same(known, cells) {
                return false;
            }
            rest = after;
        }
        true
    }
}

/// Returns whether two rows have the same cells in some places.
#[inline]
fn is_same_in(runs: &[RangeInclusive<usize>], one: &Row, other: &Row) -> bool {
    for run in runs {
        if !is_same(one.cells(run), other.cells(run)) {
            return false;
        }
    }
    true
}

/// Returns whether cells are the same. Most are short, and then this takes less time than a call for it would.
#[inline]
fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let word = |bytes: &[u8; 8]| u64::from_ne_bytes(*bytes);
    let (mut one_left, mut other_left) = (one, other);
    if let (Some(end), Some(other_end)) = (one.last_chunk(), other.last_chunk()) {
        // Names that differ mostly do so at their ends. The last eight overlap those before.
        if word(end) != word(other_end) {
            return false;
        }
        let mut differs = 0;
        while let (Some((next, left)), Some((other_next, other_after))) =
            (one_left.split_first_chunk(), other_left.split_first_chunk())
        {
            differs |= word(next) ^ word(other_next);
            (one_left, other_left) = (left, other_after);
        }
        return differs == 0;
    }
    let mut differs = 0;
    while let ([next, left @ ..], [other_next, other_after @ ..]) = (one_left, other_left) {
        differs |= next ^ other_next;
        (one_left, other_left) = (left, other_after);
    }
    differs == 0
}

impl<'a> Quick<'a> {
    pub(super) fn new(settled: &'a Settled<'a>) -> Quick<'a> {
        let columns = &settled.columns;
        let ([first, last], report) = (columns.dated_by.cells(), columns.report_period);
        let names = [columns.campaign, columns.campaign_id, columns.account, columns.account_id];
        Quick {
            settled,
            evidence: Evidence::new(),
            rows: Rows::new(settled),
            days: Known::by([first, last, report.map(|(first, _)| first), report.map(|(_, last)| last)]),
            campaigns: Known::by(names.into_iter().chain([columns.currency, columns.platform, columns.other_platform])),
            record: Record::default(),
        }
    }

    /// Reads rows, those below the header; `are_last` where the file ends with them.
    #[inline]
    pub(super) fn add(&mut self, rows: &Batch, header_line: u64, are_last: bool) {
        self.days.ask(rows);
        self.campaigns.ask(rows);
        self.fetch();
        let last = rows.len().saturating_sub(1);
        for at in 0..rows.len() {
            let row = rows.row(at);
            if row.line <= header_line {
                continue;
            }
            let (day, campaign) = (self.days.known(at, &row), self.campaigns.known(at, &row));
            let place = match (day, campaign) {
                (Some(day), Some(campaign)) => Some(Place { day, campaign }),
                _ => None,
            };
            if place.is_some_and(|place| self.add_known(&row, place)) {
                continue;
            }
            row.fill(&mut self.record);
            self.evidence.add(&self.record, self.settled);
            let Some(place) = self.rows.add(&self.record, are_last && at == last) else { continue };
            if day.is_none() {
                self.days.learn(at, &row, place.day);
            }
            if campaign.is_none() {
                self.campaigns.learn(at, &row, place.campaign);
            }
        }
    }

    /// Looks at the sums of the rows asked for.
    #[inline]
    fn fetch(&self) {
        let mut seen = 0;
        for at in 0..self.days.asked.len() {
            if let (Some(day), Some(campaign)) = (self.days.asked.get(at), self.campaigns.asked.get(at))
                && let (Some(day), Some(campaign)) = (day.known, campaign.known)
            {
                seen ^= self.rows.rows_of(Place { day, campaign });
            }
        }
        std::hint::black_box(seen);
    }

    /// Reads a row from the reader that knows all cases.
    pub(super) fn add_in_order(&mut self, record: &Record, is_last: bool) {
        self.evidence.add(record, self.settled);
        self.rows.add(record, is_last);
    }

    /// Adds a row where nothing about it is left to say.
    fn add_known(&mut self, row: &Row, place: Place) -> bool {
        let Settled { columns, mark, unit, options, .. } = self.settled;
        if !(columns.needed..=columns.width).contains(&row.len()) || options.round.is_some() {
            return false;
        }
        let (nanos, proof) = if let Some(plain) = plain::read(row, columns.spend, *mark, *unit) {
            plain
        } else {
            let cell = row.text(columns.spend);
            let cell = cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell);
            if cell.contains('"') {
                return false;
            }
            if is_no_value(cell) {
                self.rows.add_blank();
                return true;
            }
            let Ok(text) = AmountText::of(cell) else { return false };
            let value = text.value(mark.unwrap_or(DecimalMark::Point), *unit).ok().and_then(|amount| amount.nanos());
            let currency = || self.rows.currency_of(place);
            let is_usual =
                !text.scientific && text.mark.is_none_or(|mark| currency().is_some_and(|of| !contradicts(mark, of)));
            let Some(nanos) = value.filter(|_| is_usual) else { return false };
            (nanos, text.proof())
        };
        self.evidence.add_amount(proof, row.line, || row.text(columns.spend));
        self.rows.add_known(place, nanos, row.line);
        true
    }

    /// Takes in what was read of other rows of the same file.
    pub(super) fn merge(&mut self, other: Quick<'a>) {
        self.evidence.merge(other.evidence);
        self.rows.merge(other.rows);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cells_are_the_same_as_their_bytes(one in "[ab]{0,40}", at in 0usize..40, other in "[ab]{0,40}") {
            prop_assert!(is_same(one.as_bytes(), one.clone().as_bytes()));
            prop_assert_eq!(is_same(one.as_bytes(), other.as_bytes()), one == other);
            let changed: Vec<u8> = one.bytes().enumerate().map(|(i, byte)| if i == at { b'c' } else { byte }).collect();
            prop_assert_eq!(is_same(one.as_bytes(), &changed), one.as_bytes() == changed);
        }
    }
}
