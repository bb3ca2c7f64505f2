//! `spend/<id>.toml`: the record of one import.

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::{Deserialize, Serialize};

use super::folder::Folder;
use super::{LedgerError, Place, Problem, Revocation, revoke, undecided};
use crate::calendar::{Dated, Day, Instant, Period};
use crate::import::Grain;
use crate::money::{Cost, Currency, Totals};
use crate::scope::{Id, Platform};

/// The folder imports are kept in.
pub(super) const FOLDER: &str = "spend";

/// How the names of records end.
pub(super) const RECORD: &str = ".toml";

/// How the names of revocations end.
const REVOKED: &str = ".revoked.toml";

const NOT_EDITED: &str = "a record is not edited; restore it, or remove it to undo the import";

/// One export taken into the ledger.
#[derive(Clone, Debug)]
pub struct Import {
    /// Last day, platform, and the start of the export's SHA-256; with a number where that was taken.
    pub id: Id,
    /// When it was taken in.
    pub recorded: Instant,
    /// The days it speaks for.
    pub covered: Period,
    /// The accounts it speaks for.
    pub accounts: Vec<(Platform, String)>,
    /// The exact sum of its rows per currency.
    pub totals: Totals,
    /// What to make of campaign-days known before and absent from it.
    pub absent: Absent,
    /// The first day whose figures could still move when the export was made.
    pub provisional_from: Day,
    /// Why it was revoked, and when; from then on it does not count.
    pub revoked: Option<Revocation>,
    /// Everything on record.
    pub record: ImportRecord,
}

/// What to make of campaign-days, or campaign-months, that were known before, lie inside the covered accounts and days, and are absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Absent {
    /// The export was narrower: they stay.
    #[default]
    Keep,
    /// The export was complete: they are gone.
    Gone,
}

/// An import's record as it stands in its file. Days, instants and amounts are text, as everywhere in the ledger.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportRecord {
    /// The import's id.
    pub id: String,
    /// The export's file name.
    pub export: String,
    /// The SHA-256 of the export's bytes.
    pub export_sha256: String,
    /// The export's size in bytes.
    pub export_bytes: u64,
    /// What its text was unpacked from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packing: Option<String>,
    /// When it was taken in.
    pub recorded: String,
    /// The platform, or `several`.
    pub platform: String,
    /// The profile that read it.
    pub profile: String,
    /// The encoding it was read in.
    pub encoding: String,
    /// The delimiter between cells.
    pub delimiter: String,
    /// The header of the column the money was read from.
    pub spend_column: String,
    /// `currency` or `micros`.
    pub unit: String,
    /// The order of day, month and year.
    pub day_order: String,
    /// `point` or `comma`.
    pub decimal_mark: String,
    /// `day`, `hour` or `month`.
    pub grain: String,
    /// The options given, as typed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<String>,
    /// The lines above its table, at most 200, each shortened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preamble: Vec<String>,
    /// The day the export was made.
    pub exported: String,
    /// The first day whose figures could still move then.
    pub provisional_from: String,
    /// The first day it speaks for.
    pub first_day: String,
    /// The last day it speaks for.
    pub last_day: String,
    /// What was said of absent campaign-days.
    pub absent: Absent,
    /// Whether it was let in although it changes figures that were final, or lowers an account's day.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub restate: bool,
    /// Whether it was let in although it changes figures of a closed period.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub prior_period: bool,
    /// Rows under the header.
    pub rows_read: u64,
    /// Rows whose amount is in the rollup.
    pub rows_kept: u64,
    /// Rows with no amount.
    pub blank_rows: u64,
    /// Rows left out, such as totals.
    pub excluded_rows: u64,
    /// The SHA-256 of the rollup, `spend/<id>.csv`.
    pub rollup_sha256: String,
    /// Its CRC-32, which is quick to hold it against.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rollup_crc32: Option<String>,
    /// The accounts it speaks for.
    pub account: Vec<RecordedAccount>,
    /// The exact sum per currency.
    pub total: Vec<RecordedTotal>,
    /// The rows left out, with their reasons.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub excluded: Vec<RecordedExclusion>,
    /// By how much `--round` changed the sums.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rounded: Vec<RecordedTotal>,
}

/// An account an import speaks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedAccount {
    /// Where it is.
    pub platform: String,
    /// Its name or number; empty where the export names none.
    pub account: String,
}

/// A control total.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedTotal {
    /// The currency.
    pub currency: String,
    /// The exact sum.
    pub amount: String,
}

/// A row of the export that is not in the rollup.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedExclusion {
    /// Its line in the export.
    pub row: u64,
    /// Why.
    pub reason: String,
}

impl Absent {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Absent::Keep => "keep",
            Absent::Gone => "gone",
        }
    }
}

impl Import {
    /// Returns whether its figures of a day or month could still move when it was made.
    pub fn is_provisional(&self, day: Dated) -> bool {
        self.provisional_from <= day.last_day()
    }

    /// Returns whether any of its figures is of a month.
    pub fn has_months(&self) -> bool {
        self.record.grain == Grain::Month.to_string()
    }

    /// Returns the days it speaks for at a cut-off day: what it says of a month is not known before the month is over.
    pub fn covered_at(&self, as_of: Day) -> Option<Period> {
        let month = as_of.month();
        let is_over = as_of.next().month() != month;
        let end = if self.has_months() && !is_over { month.first_day() } else { self.covered.end() };
        Period::new(self.covered.start(), self.covered.end().min(end))
    }

    /// Returns the days whose figures it may change: those it covers, and of month figures whole months.
    pub fn reach(&self) -> Period {
        if !self.has_months() {
            return self.covered;
        }
        let (first, last) = (self.covered.start().month(), self.covered.last().month());
        Period::new(first.first_day(), last.next().first_day()).unwrap_or(self.covered)
    }

    /// Returns why it counts no longer, by what was recorded then.
    pub fn revoked_by(&self, as_known: Option<Instant>) -> Option<&Revocation> {
        self.revoked.as_ref().filter(|revoked| super::known(Some(revoked.recorded), as_known))
    }

    /// Returns the rollup's file.
    pub fn rollup_file(&self) -> String {
        format!("{FOLDER}/{}.csv", self.id)
    }

    /// Returns the record's file.
    pub fn record_file(&self) -> String {
        format!("{FOLDER}/{}.toml", self.id)
    }

    /// Takes a record's texts for what they mean; where one means nothing, says its key and what is wrong.
    pub(super) fn of(record: ImportRecord) -> Result<Import, (&'static str, String)> {
        fn wrong<E: Display>(key: &'static str) -> impl Fn(E) -> (&'static str, String) {
            move |error| (key, error.to_string())
        }
        let (first, last): (Day, Day) = (
            record.first_day.parse().map_err(wrong("first_day"))?,
            record.last_day.parse().map_err(wrong("last_day"))?,
        );
        let mut accounts = Vec::new();
        for account in &record.account {
            let platform: Platform = account.platform.parse().map_err(wrong("account"))?;
            accounts.push((platform, account.account.clone()));
        }
        let mut totals = Totals::default();
        for total in &record.total {
            let currency: Currency = total.currency.parse().map_err(wrong("total"))?;
            let cost = Cost::parse(&total.amount, currency).map_err(wrong("total"))?;
            totals.add(cost).map_err(wrong("total"))?;
        }
        Ok(Import {
            id: record.id.parse().map_err(wrong("id"))?,
            recorded: record.recorded.parse().map_err(wrong("recorded"))?,
            covered: Period::inclusive(first, last).ok_or("it is before first_day").map_err(wrong("last_day"))?,
            accounts,
            totals,
            absent: record.absent,
            provisional_from: record.provisional_from.parse().map_err(wrong("provisional_from"))?,
            revoked: None,
            record,
        })
    }
}

/// Returns the id of a new import: where the one it would have is taken, as after the same bytes were revoked, with
/// the first number from 2 that makes it free.
pub(super) fn free_id(base: String, imports: &[Import]) -> String {
    let is_free = |id: &String| !imports.iter().any(|import| import.id.as_str() == id);
    let numbered = (2_u64..).map(|number| format!("{base}-{number}"));
    std::iter::once(base.clone()).chain(numbered).find(is_free).unwrap_or(base)
}

/// Returns the files beside the records that belong to none of them, by name.
pub(super) fn unused(folder: &Folder) -> Result<Vec<String>, LedgerError> {
    let records = folder.list(FOLDER, ".toml")?; // in order
    let has_no_record = |file: &String, ending: &str| {
        file.strip_suffix(ending).is_some_and(|id| records.binary_search(&format!("{id}.toml")).is_err())
    };
    let mut unused = folder.list(FOLDER, ".csv")?;
    unused.retain(|rollup| has_no_record(rollup, ".csv"));
    unused.extend(records.iter().filter(|file| has_no_record(file, REVOKED)).cloned());
    unused.sort();
    Ok(unused)
}

/// Reads all records, oldest first. A `.csv` without its record does not exist.
pub(super) fn read(folder: &Folder, problems: &mut Vec<Problem>) -> Result<Vec<Import>, LedgerError> {
    let mut imports: Vec<Import> = Vec::new();
    let mut revoked = BTreeMap::new();
    let files = folder.list(FOLDER, RECORD)?;
    for file in &files {
        let bytes = folder.read(file)?.unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes);
        let undecided = undecided::conflicts(file, &bytes);
        if !undecided.is_empty() {
            problems.extend(undecided);
            continue;
        }
        let mut wrong = |place: Place, what: String, mend: &str| {
            problems.push(Problem { place, what, mend: mend.to_owned() });
        };
        let top = || Place::top_of(file);
        let name = file.rsplit('/').next().unwrap_or_default();
        let revokes = name.strip_suffix(REVOKED);
        let stem = revokes.or(name.strip_suffix(".toml")).unwrap_or(name);
        if stem.parse::<Id>().is_err() {
            let what = format!("`{stem}` is no id of an import; this looks like a copy, which would count twice");
            wrong(top(), what, "remove it from spend/");
            continue;
        }
        if revokes.is_some() {
            match revoke::read(file, &text) {
                Err((place, what)) => wrong(place, what, "correct it, or remove it, and the import counts again"),
                Ok(revocation) => drop(revoked.insert(format!("{FOLDER}/{stem}"), revocation)),
            }
            continue;
        }
        match toml::from_str::<ImportRecord>(&text) {
            Err(error) => wrong(Place::of_error(file, &text, &error), said(&error), NOT_EDITED),
            Ok(record) => match Import::of(record) {
                Err((key, what)) => wrong(Place::of_key(file, &text, key), format!("{key}: {what}"), NOT_EDITED),
                Ok(import) if import.record_file() != *file => {
                    let what = format!("the record of `{}` stands in another file", import.id);
                    let is_copy = files.contains(&import.record_file());
                    let mend = if is_copy { "it is a copy: remove it" } else { "give the file the name of its import" };
                    wrong(Place::of_key(file, &text, "id"), what, mend);
                }
                Ok(import) => imports.push(import),
            },
        }
    }
    for import in &mut imports {
        import.revoked = revoked.remove(&format!("{FOLDER}/{}", import.id));
    }
    imports.sort_by(|a, b| (a.recorded, &a.id).cmp(&(b.recorded, &b.id)));
    Ok(imports)
}

/// Returns what a TOML error says, in a line.
pub(super) fn said(error: &toml::de::Error) -> String {
    error.message().trim().replace('\n', ", ")
}
