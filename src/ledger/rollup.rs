//! `spend/<id>.csv`: one rollup, written, and read back day by day.
//!
//! From day to day a rollup has the same campaigns in the same order. So a row that begins like one of the day before
//! is known by its bytes, and only its numbers are read. Every other row, and every row with anything unusual in it,
//! goes through [`Records`], which knows all cases and says what is wrong.

use std::collections::VecDeque;
use std::io::{self, BufReader, Write};
use std::rc::Rc;

use super::accounts::Accounts;
use super::control::{MEND, Summed};
use super::spend::{Campaign, SpendKey, Spent};
use super::{Import, LedgerError, Place, Problem};
use crate::calendar::Dated;
use crate::import::{Rollup, SpendRow};
use crate::money::{Cost, Currency, digits};
use crate::scope::Platform;
use crate::sheet::{Record, RecordError, Records};

/// The columns of a rollup, in this order.
const COLUMNS: [&str; 9] =
    ["day", "platform", "account", "campaign", "currency", "campaign_name", "amount", "rows", "first_row"];

/// Writes a rollup. Names, which may be anything, are written once per campaign; numbers need no quotes.
pub(super) fn write(rollup: &Rollup, output: &mut dyn Write) -> io::Result<()> {
    const AT_ONCE: usize = 64 * 1024;
    let mut all_names: Vec<Box<[u8]>> = Vec::new();
    let mut text = COLUMNS.join(",").into_bytes();
    text.push(b'\n');
    for (day, rows) in rollup.by_day() {
        let day = format!("{day},");
        for (place, row) in rows {
            if all_names.len() <= place {
                all_names.resize(place + 1, Box::default());
            }
            let names = &mut all_names[place];
            if names.is_empty() {
                *names = names_of(&row)?;
            }
            text.extend_from_slice(day.as_bytes());
            text.extend_from_slice(names);
            row.cost.write(&mut text);
            text.push(b',');
            digits(&mut text, row.rows, 1);
            text.push(b',');
            digits(&mut text, row.first_row, 1);
            text.push(b'\n');
            if text.len() >= AT_ONCE {
                output.write_all(&text)?;
                text.clear();
            }
        }
    }
    output.write_all(&text)?;
    output.flush()
}

/// Returns the cells from platform to name, and a comma behind each.
fn names_of(row: &SpendRow) -> io::Result<Box<[u8]>> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let names = [row.platform.as_str(), row.account, row.campaign, row.cost.currency().code(), row.campaign_name, ""];
    writer.write_record(names)?;
    let mut names = writer.into_inner().map_err(csv::IntoInnerError::into_error)?;
    names.truncate(names.len().saturating_sub(1)); // the line end
    Ok(names.into())
}

/// A rollup that is read day by day.
pub(super) struct RollupDays<'a> {
    pub(super) import: &'a Import,
    file: String,
    records: Records<BufReader<Summed>>,
    /// The row that was read last.
    record: Record,
    /// The line it begins on, as it stands in the file.
    line: Vec<u8>,
    known: Known,
    /// The first row of the day that comes next.
    next: Option<Row>,
}

/// A row, whatever it is.
pub(super) struct Row {
    pub(super) day: Dated,
    pub(super) campaign: Campaign,
    pub(super) cost: Cost,
    pub(super) rows: u64,
}

/// The rows of a day, or of a month.
#[derive(Default)]
pub(super) struct DayRows<'a> {
    pub(super) spend: Vec<Spent<'a>>,
    /// Whether they are known to stand in the order of their keys, each key once.
    pub(super) in_order: bool,
}

impl<'a> RollupDays<'a> {
    pub(super) fn new(import: &'a Import, file: String, input: BufReader<Summed>) -> RollupDays<'a> {
        let (records, record, line) = (Records::new(input, b','), Record::default(), Vec::new());
        RollupDays { import, file, records, record, line, known: Known::new(), next: None }
    }

    /// Reads up to the first row.
    pub(super) fn begin(&mut self, accounts: &Accounts, has_header: bool) -> Result<(), LedgerError> {
        if has_header && !(self.read()? && self.record.fields().eq(COLUMNS)) {
            return Err(self.damaged(format!("the header is not `{}`", COLUMNS.join(","))));
        }
        self.next = self.row(accounts)?;
        match self.next_day().filter(|day| day.first_day() < self.import.reach().start()) {
            Some(day) => Err(self.damaged(format!("{day} is not among the days its record says it speaks for"))),
            None => Ok(()),
        }
    }

    /// Returns the day, or month, that comes next.
    pub(super) fn next_day(&self) -> Option<Dated> {
        self.next.as_ref().map(|row| row.day)
    }

    /// Reads the rows of the day that comes next.
    pub(super) fn day(&mut self, accounts: &Accounts) -> Result<DayRows<'a>, LedgerError> {
        let Some(first) = self.next.take() else { return Ok(DayRows::default()) };
        let day = first.day;
        let begins = format!("{day},");
        let mut spend = Vec::with_capacity(self.known.len());
        spend.push(self.learn(first));
        loop {
            self.quick(begins.as_bytes(), &mut spend)?;
            match self.row(accounts)? {
                Some(row) if row.day == day => spend.push(self.learn(row)),
                Some(row) if row.day < day => return Err(self.out_of_order()),
                next => {
                    self.next = next;
                    return Ok(DayRows { spend, in_order: self.known.end_day() });
                }
            }
        }
    }

    /// Reads rows of a day as long as each is of a campaign that is known and has plain numbers.
    fn quick(&mut self, day: &[u8], spend: &mut Vec<Spent<'a>>) -> Result<(), LedgerError> {
        let ahead = self.records.ahead().map_err(LedgerError::io("read", &self.file))?;
        let (mut rest, mut records) = (ahead, 0);
        while let Some(cells) = rest.strip_prefix(day)
            && let Some((at, campaign, numbers)) = self.known.find(cells)
            && let Some((nanos, rows, next)) = numbers_of(numbers)
            && let Ok(cost) = Cost::from_nanos(nanos.into(), campaign.key.currency)
        {
            spend.push(Spent { campaign: Rc::clone(campaign), cost, rows, import: self.import });
            self.known.met(at);
            rest = next;
            records += 1;
        }
        let used = ahead.len() - rest.len();
        self.records.pass(used, records);
        Ok(())
    }

    /// Reads the next row, whatever it is.
    fn row(&mut self, accounts: &Accounts) -> Result<Option<Row>, LedgerError> {
        self.line.clear();
        let ahead = self.records.ahead().map_err(LedgerError::io("read", &self.file))?;
        self.line.extend(memchr::memchr(b'\n', ahead).and_then(|end| ahead.get(..end)).unwrap_or_default());
        if !self.read()? {
            return Ok(None);
        }
        row_of(&self.record, accounts).map(Some).map_err(|error| self.damaged(error))
    }

    fn read(&mut self) -> Result<bool, LedgerError> {
        self.records.read(&mut self.record).map_err(|error| match error {
            RecordError::Io(error) => LedgerError::io("read", &self.file)(error),
            other => self.damaged(other),
        })
    }

    /// Remembers the row that was read last, so that others like it are known.
    fn learn(&mut self, row: Row) -> Spent<'a> {
        let Row { campaign, cost, rows, .. } = row;
        // A record whose cells have no line end is one line.
        let is_line = self.record.fields().all(|cell| !cell.contains(['\n', '\r']));
        let cells = names_in(&self.line).filter(|_| is_line);
        let campaign = self.known.learn(cells, self.record.field(2), campaign);
        Spent { campaign, cost, rows, import: self.import }
    }

    /// Reads to the end of a rollup that is summed up, and returns the sum.
    pub(super) fn sum_up(&mut self) -> Result<Option<crc32fast::Hasher>, LedgerError> {
        Summed::end(self.records.rest()).map_err(LedgerError::io("read", &self.file))
    }

    pub(super) fn out_of_order(&self) -> LedgerError {
        self.damaged("the days are out of order")
    }

    fn damaged(&self, what: impl std::fmt::Display) -> LedgerError {
        let place = Place { line: self.record.line().max(1), ..Place::top_of(&self.file) };
        LedgerError::Invalid(vec![Problem { place, what: what.to_string(), mend: MEND.into() }])
    }
}

/// Reads a row from its cells.
pub(super) fn row_of(record: &Record, accounts: &Accounts) -> Result<Row, String> {
    fn say(error: impl std::fmt::Display) -> String {
        error.to_string()
    }
    if record.len() != COLUMNS.len() {
        return Err(format!("the row has {} cells, not {}", record.len(), COLUMNS.len()));
    }
    let platform: Platform = record.field(1).parse().map_err(say)?;
    let currency: Currency = record.field(4).parse().map_err(say)?;
    let account = accounts.spelling(&platform, record.field(2));
    let key = SpendKey { platform, account, currency, campaign: record.field(3).to_owned() };
    Ok(Row {
        day: record.field(0).parse().map_err(say)?,
        campaign: Campaign { key, name: record.field(5).to_owned() },
        cost: Cost::parse(record.field(6), currency).map_err(say)?,
        rows: record.field(7).parse().map_err(say)?,
    })
}

/// Returns the cells from platform to name, and a comma behind each, of a line: all but the day and the three numbers.
fn names_in(line: &[u8]) -> Option<&[u8]> {
    let start = memchr::memchr(b',', line)? + 1;
    let last = memchr::memrchr_iter(b',', line).nth(2)?;
    line.get(start..=last)
}

/// Reads plain numbers: an amount in billionths and a number of rows, a comma behind each, and digits up to the end of the
/// line, behind which the rest begins.
#[inline]
fn numbers_of(cells: &[u8]) -> Option<(i64, u64, &[u8])> {
    const TENS: [i64; 10] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
    let (is_negative, cells) = match cells {
        [b'-', rest @ ..] => (true, rest),
        _ => (false, cells),
    };
    let (mut size, mut cells) = digits_of(cells)?;
    let mut decimals = 0;
    if let [b'.', rest @ ..] = cells {
        let (fraction, after) = digits_of(rest)?;
        decimals = rest.len() - after.len();
        size = size.checked_mul(*TENS.get(decimals)?)?.checked_add(fraction)?;
        cells = after;
    }
    let nanos = size.checked_mul(*TENS.get(9_usize.checked_sub(decimals)?)?)?;
    let (rows, cells) = digits_of(cells.strip_prefix(b",")?)?;
    let (_, cells) = digits_of(cells.strip_prefix(b",")?)?;
    Some((if is_negative { -nanos } else { nanos }, rows.cast_unsigned(), cells.strip_prefix(b"\n")?))
}

/// Reads digits, at least one and at most eighteen, and returns what follows.
#[inline]
fn digits_of(cells: &[u8]) -> Option<(i64, &[u8])> {
    let (mut number, mut count) = (0_i64, 0_usize);
    while let Some(digit) = cells.get(count).map(|byte| byte.wrapping_sub(b'0')).filter(|digit| *digit < 10) {
        number = number.wrapping_mul(10).wrapping_add(digit.into());
        count += 1;
    }
    if (1..=18).contains(&count) { Some((number, cells.get(count..)?)) } else { None }
}

/// The campaigns of the last days, in the order of the rollup.
struct Known {
    /// Those that were met today, or passed over, come last.
    ring: VecDeque<Entry>,
    /// How many at the front were neither.
    ahead: usize,
    /// Whether the ring as it was at the beginning of the day, with what was put into it since, is in the order of keys.
    in_order: bool,
    /// Whether a campaign was put in just now, so that the next may not come after it.
    is_new: bool,
    /// Whether a campaign was met today that is not in the ring.
    is_strayed: bool,
}

struct Entry {
    /// The cells from platform to name, and a comma behind each.
    cells: Box<[u8]>,
    /// The account as it is written in the rollup.
    account: Box<str>,
    campaign: Rc<Campaign>,
    /// For how many days it was not met.
    away: u8,
}

/// A campaign that pauses for longer is forgotten, so that what is known does not grow with the days.
const AWAY_MAX: u8 = 7;

/// So many campaigns may pause between two that are met.
const PAUSED_MAX: usize = 8;

/// What rows of a day are sorted by in a rollup.
fn place<'c>(campaign: &'c Campaign, account: &'c str) -> (&'c Platform, &'c str, &'c str, Currency) {
    (&campaign.key.platform, account, &campaign.key.campaign, campaign.key.currency)
}

impl Entry {
    fn place(&self) -> (&Platform, &str, &str, Currency) {
        place(&self.campaign, &self.account)
    }
}

impl Known {
    fn new() -> Known {
        Known { ring: VecDeque::new(), ahead: 0, in_order: true, is_new: false, is_strayed: false }
    }

    fn len(&self) -> usize {
        self.ring.len()
    }

    /// Returns the next campaign whose cells these are, how many are passed over, and what follows them.
    #[inline]
    fn find<'c>(&self, cells: &'c [u8]) -> Option<(usize, &Rc<Campaign>, &'c [u8])> {
        (0..self.ahead.min(PAUSED_MAX)).find_map(|at| {
            let next = self.ring.get(at)?;
            Some((at, &next.campaign, cells.strip_prefix(&*next.cells)?))
        })
    }

    /// Passes over so many campaigns, and takes the one after them as met.
    #[inline]
    fn met(&mut self, at: usize) {
        (0..at).for_each(|_| self.pass(true));
        self.pass(false);
    }

    #[inline]
    fn pass(&mut self, is_away: bool) {
        let Some(mut entry) = self.ring.pop_front() else { return };
        self.ahead = self.ahead.saturating_sub(1);
        entry.away = if is_away { entry.away + 1 } else { 0 };
        if entry.away > AWAY_MAX {
            return;
        }
        if std::mem::take(&mut self.is_new) {
            self.follows(&entry.campaign);
        }
        self.ring.push_back(entry);
    }

    /// Looks whether a campaign comes after the one before it.
    fn follows(&mut self, campaign: &Campaign) {
        let before = if self.ahead < self.ring.len() { self.ring.back() } else { None };
        self.in_order &= before.is_none_or(|before| before.campaign.key < campaign.key);
    }

    /// Takes a campaign as met, whichever it is; its cells, where they are known.
    fn learn(&mut self, cells: Option<&[u8]>, account: &str, campaign: Campaign) -> Rc<Campaign> {
        let place = place(&campaign, account);
        while self.next().is_some_and(|next| next.place() < place) {
            self.pass(true);
        }
        if let Some(next) = self.next().filter(|next| next.place() == place) {
            if *next.campaign == campaign && cells.is_none_or(|cells| *next.cells == *cells) {
                let same = Rc::clone(&next.campaign);
                self.met(0);
                return same;
            }
            // It is called otherwise now.
            self.ring.pop_front();
            self.ahead -= 1;
        }
        let campaign = Rc::new(campaign);
        let Some(cells) = cells else {
            self.is_strayed = true;
            return campaign;
        };
        self.is_new = true;
        self.follows(&campaign);
        let known = Rc::clone(&campaign);
        self.ring.push_back(Entry { cells: cells.into(), account: account.into(), campaign: known, away: 0 });
        campaign
    }

    fn next(&self) -> Option<&Entry> {
        self.ring.front().filter(|_| self.ahead > 0)
    }

    /// Begins anew, and returns whether the campaigns met were in the order of their keys, each once.
    fn end_day(&mut self) -> bool {
        (0..self.ahead).for_each(|_| self.pass(true));
        let was_in_order = self.in_order && !self.is_strayed;
        self.ahead = self.ring.len();
        self.is_new = false;
        self.is_strayed = false;
        self.in_order = self.in_order || self.ring.iter().is_sorted_by(|a, b| a.campaign.key < b.campaign.key);
        was_in_order
    }
}
