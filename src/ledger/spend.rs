//! `spend/<id>.csv`: the rollups, read as one stream in which the newest import wins.

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
const COLUMNS: [&str; 9] =
    ["day", "platform", "account", "campaign", "currency", "campaign_name", "amount", "rows", "first_row"];

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
    accounts: &'a Accounts,
    /// Newest first.
    sources: Vec<Source<'a>>,
}

struct Source<'a> {
    import: &'a Import,
    file: String,
    records: Records<Box<dyn BufRead>>,
    record: Record,
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
        folder: &Folder,
        accounts: &'a Accounts,
        imports: impl Iterator<Item = &'a Import>,
    ) -> Result<SpendStream<'a>, LedgerError> {
        let mut sources = Vec::new();
        for import in imports {
            let file = import.rollup_file();
            whole(folder, import, &file)?;
            let input = folder.open_file(&file).map_err(LedgerError::io("read", folder.path(&file)))?;
            let mut source =
                Source { import, file, records: Records::new(input, b','), record: Record::default(), next: None };
            source.header()?;
            source.advance(accounts)?;
            sources.push(source);
        }
        sources.reverse();
        Ok(SpendStream { accounts, sources })
    }

    /// Returns the next day, or month, of which anything is known; `None` at the end.
    pub fn next_day(&mut self) -> Result<Option<DaySpend>, LedgerError> {
        let Some(day) = self.sources.iter().filter_map(|source| Some(source.next.as_ref()?.day)).min() else {
            return Ok(None);
        };
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
}

/// A rollup is what its record says it is, byte for byte, before any of it counts.
fn whole(folder: &Folder, import: &Import, file: &str) -> Result<(), LedgerError> {
    let failed = LedgerError::io("read", folder.path(file));
    let hashed = folder.open_file(file).and_then(|mut input| super::hashed(&mut input));
    let (sha256, _) = hashed.map_err(failed)?;
    if sha256 == import.record.rollup_sha256 {
        return Ok(());
    }
    Err(LedgerError::Invalid(vec![Problem {
        place: Place::top_of(file),
        what: "the file is not what its record says it was: its SHA-256 differs".into(),
        mend: "a rollup is not edited; restore the file, or remove it and its record and import the export again"
            .into(),
    }]))
}

impl Source<'_> {
    fn header(&mut self) -> Result<(), LedgerError> {
        let header = self.read()?;
        if !header || !self.record.fields().eq(COLUMNS) {
            return Err(self.damaged(format!("the header is not `{}`", COLUMNS.join(","))));
        }
        Ok(())
    }

    fn read(&mut self) -> Result<bool, LedgerError> {
        self.records.read(&mut self.record).map_err(|error| match error {
            RecordError::Io(error) => LedgerError::io("read", &self.file)(error),
            other => self.damaged(other),
        })
    }

    fn advance(&mut self, accounts: &Accounts) -> Result<(), LedgerError> {
        if !self.read()? {
            self.next = None;
            return Ok(());
        }
        let row = self.row(accounts).map_err(|error| self.damaged(error))?;
        if self.next.as_ref().is_some_and(|before| row.day < before.day) {
            return Err(self.damaged("the days are out of order"));
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
            place: Place { file: self.file.clone(), line: self.record.line(), column: 1 },
            what: what.to_string(),
            mend: "a rollup is not edited; restore the file, or remove it and its record and import the export again"
                .into(),
        }])
    }
}
