//! `spend/<id>.csv`: the rollups, read as one stream in which the newest import wins.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Write};

use super::accounts::Accounts;
use super::folder::Folder;
use super::{Absent, Import, LedgerError, Place, Problem};
use crate::calendar::Dated;
use crate::import::{Rollup, SpendRow};
use crate::money::{Cost, Currency, digits};
use crate::scope::{Id, Platform};
use crate::sheet::{Record, RecordError, Records};

/// The columns of a rollup, in this order.
pub(super) const COLUMNS: [&str; 9] =
    ["day", "platform", "account", "campaign", "currency", "campaign_name", "amount", "rows", "first_row"];

const MEND: &str = "a rollup is not edited; restore the file, or remove it and its record and import the export again";

/// Writes a rollup. Names, which may be anything, are written once per campaign; numbers need no quotes.
pub(super) fn write(rollup: &Rollup, output: &mut dyn Write) -> io::Result<()> {
    writeln!(output, "{}", COLUMNS.join(","))?;
    let mut all_names: Vec<Box<[u8]>> = Vec::new();
    let (mut line, mut day) = (Vec::new(), None);
    let mut written = String::new();
    for (place, row) in rollup.placed_rows() {
        if day.replace(row.day) != Some(row.day) {
            written = row.day.to_string();
        }
        if all_names.len() <= place {
            all_names.resize(place + 1, Box::default());
        }
        let names = &mut all_names[place];
        if names.is_empty() {
            *names = names_of(&row)?;
        }
        line.clear();
        line.extend_from_slice(written.as_bytes());
        line.push(b',');
        line.extend_from_slice(names);
        row.cost.write(&mut line);
        line.push(b',');
        digits(&mut line, row.rows, 1);
        line.push(b',');
        digits(&mut line, row.first_row, 1);
        line.push(b'\n');
        output.write_all(&line)?;
    }
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

/// The spend of a day, or of a month where it is known by month alone: each campaign's, in the order of [`SpendKey`].
#[derive(Clone, Debug)]
pub struct DaySpend {
    /// The day, or the month.
    pub day: Dated,
    /// What was spent, and on whose word.
    pub spend: BTreeMap<SpendKey, Spent>,
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

/// What a campaign spent on a day or in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spent {
    /// The exact cost.
    pub cost: Cost,
    /// The campaign's name.
    pub campaign_name: String,
    /// How many rows of the export it sums.
    pub rows: u64,
    /// Whether the figure could still move when it was exported.
    pub provisional: bool,
    /// The import it comes from.
    pub import: Id,
}

/// Reads the spend of all given imports, day by day and each month before its days, never a file whole.
///
/// Of one campaign and day, or month, the newest import that has it wins. An import whose absences are `gone` speaks
/// alone for its accounts on the days it covers, and in months it covers whole; what older ones say of them is passed
/// over.
pub struct SpendStream<'a> {
    folder: &'a Folder,
    accounts: &'a Accounts,
    /// Imports whose days are still to come, the earliest last, each with how many are newer. There may be more of them
    /// than files may be open at once.
    ahead: Vec<(usize, &'a Import)>,
    /// Those that speak for the day, or still have rows; newest import first.
    sources: Vec<Source<'a>>,
}

struct Source<'a> {
    import: &'a Import,
    /// How many imports are newer.
    newer: usize,
    file: String,
    /// Open while there are rows.
    records: Option<Records<Box<dyn BufRead>>>,
    record: Record,
    /// The day of the row read last.
    day: Option<Dated>,
    next: Option<Row>,
}

struct Row {
    day: Dated,
    key: SpendKey,
    cost: Cost,
    campaign_name: String,
    rows: u64,
}

impl<'a> SpendStream<'a> {
    /// Opens the rollups of `imports`, which stand oldest first.
    pub(super) fn open(
        folder: &'a Folder,
        accounts: &'a Accounts,
        imports: impl Iterator<Item = &'a Import>,
    ) -> Result<SpendStream<'a>, LedgerError> {
        let mut ahead: Vec<&Import> = imports.collect();
        // Every rollup is whole before a row of any counts.
        let damaged: Vec<Problem> = ahead.iter().filter_map(|import| damage(folder, import)).collect();
        if !damaged.is_empty() {
            return Err(LedgerError::Invalid(damaged));
        }
        ahead.reverse();
        let mut ahead: Vec<(usize, &Import)> = ahead.into_iter().enumerate().collect();
        ahead.sort_by_key(|(newer, import)| (Reverse(import.reach().start()), *newer));
        Ok(SpendStream { folder, accounts, ahead, sources: Vec::new() })
    }

    /// Returns the next day, or month, of which anything is known; `None` at the end.
    pub fn next_day(&mut self) -> Result<Option<DaySpend>, LedgerError> {
        let Some(day) = self.reach_next()? else { return Ok(None) };
        let mut spend: BTreeMap<SpendKey, Spent> = BTreeMap::new();
        let mut taken: BTreeSet<(Platform, String, String)> = BTreeSet::new();
        let mut closed: BTreeSet<(&Platform, String)> = BTreeSet::new();
        for source in &mut self.sources {
            let import = source.import;
            let mut seen = Vec::new();
            while let Some(row) = source.next.take_if(|row| row.day == day) {
                source.advance(self.accounts)?;
                let campaign = (row.key.platform.clone(), row.key.account.clone(), row.key.campaign.clone());
                let is_closed =
                    closed.iter().any(|(platform, account)| **platform == campaign.0 && *account == campaign.1);
                if is_closed || taken.contains(&campaign) {
                    continue;
                }
                seen.push(campaign);
                // Two spellings of one account may meet here; their rows are one campaign's.
                let spent = Spent {
                    cost: Cost::zero(row.key.currency),
                    campaign_name: row.campaign_name,
                    rows: 0,
                    provisional: import.is_provisional(day),
                    import: import.id.clone(),
                };
                let spent = spend.entry(row.key).or_insert(spent);
                spent.rows = spent.rows.saturating_add(row.rows);
                spent.cost = spent.cost.plus(row.cost).map_err(|error| source.damaged(error))?;
            }
            taken.extend(seen);
            if import.absent == Absent::Gone && day.is_within(import.covered) {
                closed.extend(
                    import
                        .accounts
                        .iter()
                        .map(|(platform, account)| (platform, self.accounts.spelling(platform, account))),
                );
            }
        }
        Ok(Some(DaySpend { day, spend }))
    }

    /// Opens the rollups that begin before anything else is known, and returns the day or month that comes next.
    fn reach_next(&mut self) -> Result<Option<Dated>, LedgerError> {
        loop {
            let next = self.sources.iter().filter_map(|source| Some(source.next.as_ref()?.day)).min();
            let begins =
                |(_, import): &mut (usize, &Import)| next.is_none_or(|next| import.reach().start() <= next.last_day());
            let Some((newer, import)) = self.ahead.pop_if(begins) else {
                let ends = |import: &Import| next.is_none_or(|next| import.covered.end() <= next.first_day());
                self.sources.retain(|source| source.next.is_some() || !ends(source.import));
                return Ok(next);
            };
            let source = Source::begin(self.folder, self.accounts, import, newer)?;
            let at = self.sources.partition_point(|known| known.newer < newer);
            self.sources.insert(at, source);
        }
    }
}

/// Opens a rollup, which must be there.
pub(super) fn opened(folder: &Folder, file: &str) -> Result<Box<dyn BufRead>, LedgerError> {
    let missing = || LedgerError::io("read", folder.path(file))(io::ErrorKind::NotFound.into());
    folder.open_file(file)?.ok_or_else(missing)
}

/// Says what is wrong with a rollup that is not what its record says it is, byte for byte.
pub(super) fn damage(folder: &Folder, import: &Import) -> Option<Problem> {
    let file = import.rollup_file();
    let read = |error: io::Error| LedgerError::io("read", folder.path(&file))(error);
    let hashed = folder
        .open_file(&file)
        .and_then(|input| input.map(|mut input| super::hashed(&mut input).map_err(read)).transpose());
    let what = match hashed {
        Ok(Some((sha256, _))) if sha256 == import.record.rollup_sha256 => return None,
        Ok(Some(_)) => String::from("the file is not what its record says it was: its SHA-256 differs"),
        Ok(None) => String::from("the file is missing, and there is a record of it"),
        Err(LedgerError::Io { error, .. }) => format!("the file cannot be read: {error}"),
        Err(error) => error.to_string(),
    };
    Some(Problem { place: Place::top_of(&file), what, mend: MEND.into() })
}

impl<'a> Source<'a> {
    fn begin(
        folder: &Folder,
        accounts: &Accounts,
        import: &'a Import,
        newer: usize,
    ) -> Result<Source<'a>, LedgerError> {
        let file = import.rollup_file();
        let records = Some(Records::new(opened(folder, &file)?, b','));
        let mut source = Source { import, newer, file, records, record: Record::default(), day: None, next: None };
        if !source.read()? || !source.record.fields().eq(COLUMNS) {
            return Err(source.damaged(format!("the header is not `{}`", COLUMNS.join(","))));
        }
        source.advance(accounts)?;
        Ok(source)
    }

    fn read(&mut self) -> Result<bool, LedgerError> {
        let Some(records) = &mut self.records else { return Ok(false) };
        records.read(&mut self.record).map_err(|error| match error {
            RecordError::Io(error) => LedgerError::io("read", &self.file)(error),
            other => self.damaged(other),
        })
    }

    fn advance(&mut self, accounts: &Accounts) -> Result<(), LedgerError> {
        if !self.read()? {
            self.records = None;
            self.next = None;
            return Ok(());
        }
        let row = self.row(accounts).map_err(|error| self.damaged(error))?;
        if self.day.replace(row.day) > Some(row.day) {
            return Err(self.damaged("the days are out of order"));
        }
        if row.day.first_day() < self.import.reach().start() {
            return Err(self.damaged(format!("{} is not among the days its record says it speaks for", row.day)));
        }
        self.next = Some(row);
        Ok(())
    }

    fn row(&self, accounts: &Accounts) -> Result<Row, String> {
        fn say(error: impl std::fmt::Display) -> String {
            error.to_string()
        }
        let record = &self.record;
        if record.len() != COLUMNS.len() {
            return Err(format!("the row has {} cells, not {}", record.len(), COLUMNS.len()));
        }
        let platform: Platform = record.field(1).parse().map_err(say)?;
        let currency: Currency = record.field(4).parse().map_err(say)?;
        let account = accounts.spelling(&platform, record.field(2));
        Ok(Row {
            day: record.field(0).parse().map_err(say)?,
            key: SpendKey { platform, account, currency, campaign: record.field(3).to_owned() },
            cost: Cost::parse(record.field(6), currency).map_err(say)?,
            campaign_name: record.field(5).to_owned(),
            rows: record.field(7).parse().map_err(say)?,
        })
    }

    fn damaged(&self, what: impl std::fmt::Display) -> LedgerError {
        LedgerError::Invalid(vec![Problem {
            place: Place { line: self.record.line().max(1), ..Place::top_of(&self.file) },
            what: what.to_string(),
            mend: MEND.into(),
        }])
    }
}
