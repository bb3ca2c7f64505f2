//! Taking a reading into the ledger: what it changes, what must be consented to, and the files it becomes.

use std::collections::BTreeSet;

use super::closes::PriorPeriod;
use super::difference::Difference;
use super::imports::{FOLDER, Import, ImportRecord, RecordedAccount, RecordedExclusion, RecordedTotal, free_id};
use super::mixed::Mixed;
use super::{Absent, Change, Ledger, LedgerError, Restated, limits, rollup};
use crate::calendar::{Dated, Day, Instant, Period};
use crate::import::{Reading, Refusal, RefusalCode, Rollup, Warning, shortened};
use crate::money::Totals;
use crate::scope::{Id, Platform};

/// What the user allows an import to do to what is known already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Consent {
    /// What to make of campaign-days that are absent from the new export.
    pub absent: Option<Absent>,
    /// Whether figures that were final may change.
    pub restate: bool,
    /// Whether figures of closed periods may change.
    pub prior_period: bool,
}

/// What became of a reading.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The import: the new one, or the one that has the same bytes.
    pub id: Id,
    /// Whether the ledger has these bytes already, so that nothing changes.
    pub unchanged: bool,
    /// The days it speaks of: those of the file, up to the day it was made.
    pub covered: Period,
    /// Every figure known before that is another now; in closed periods also those that were not known before.
    pub restated: Vec<Restated>,
    /// What is worth pointing out.
    pub warnings: Vec<Warning>,
}

/// So many lines above the table are kept with the record.
const PREAMBLE_LINES: usize = 200;

/// Adds a reading to a change, to be committed with it; or answers why it may not be taken.
///
/// `recorded` is the moment of the import. The export day is the one the reading found or was given, else that of
/// `recorded`; rows dated within the ledger's `provisional_days` before it can still move.
pub fn accept(
    change: &mut Change,
    reading: &Reading,
    rollup: &Rollup,
    consent: Consent,
    options: Vec<String>,
    recorded: Instant,
) -> Result<Result<Acceptance, Refusal>, LedgerError> {
    let ledger = change.before();
    let counts = |import: &&Import| import.record.export_sha256 == reading.sha256 && import.revoked.is_none();
    if let Some(same) = ledger.imports.iter().find(counts) {
        let mut warnings = Vec::new();
        if same.record.options != options {
            let said = |options: &[String]| if options.is_empty() { "no options".into() } else { options.join(" ") };
            let message = format!(
                "these bytes were imported with {}, not with {}; to read them otherwise, first take that back with `respend imports revoke {} --reason TEXT`",
                said(&same.record.options),
                said(&options),
                same.id
            );
            warnings.push(Warning { code: "options_differ", message });
        }
        let (id, restated) = (same.id.clone(), Vec::new());
        return Ok(Ok(Acceptance { id, unchanged: true, covered: same.covered, restated, warnings }));
    }
    let spelling = |platform: &Platform, account: &str| ledger.accounts.spelling(platform, account);
    let mut settled = match rollup.respelled(spelling) {
        Ok(rollup) => rollup,
        Err(error) => return Ok(Err(Refusal::new(RefusalCode::OutOfRange, error, "correct the export"))),
    };
    if let Some(refusal) = too_long(rollup).or_else(|| declared_otherwise(ledger, rollup)) {
        return Ok(Err(refusal));
    }
    let recorded = change.recorded(recorded, ledger.spend_recorded());
    let exported = reading.exported.unwrap_or(recorded.day());
    let covered = rollup.covered_by(exported);
    if covered != settled.covered {
        settled.to_mut().covered = covered;
    }
    let difference = Difference::of(ledger, &settled)?;
    if let Some(refusal) = difference.refusal(consent) {
        return Ok(Err(refusal));
    }
    let restate = consent.restate && difference.refusal(Consent { restate: false, ..consent }).is_some();
    let platforms: BTreeSet<&Platform> = rollup.accounts.iter().map(|(platform, _)| platform).collect();
    let platform = match platforms.first() {
        Some(only) if platforms.len() == 1 => only.to_string(),
        _ => String::from("several"),
    };
    // An id has at most 64 characters, perhaps with a number behind it; a platform's may have as many alone.
    let place = platform.get(..36).unwrap_or(&platform);
    let id = format!("{}-{place}-{}", covered.last(), reading.sha256.get(..12).unwrap_or_default());
    let id = free_id(id, &ledger.imports);
    let mut warnings = new_accounts(ledger, rollup);
    warnings.extend(rollup.first_after(exported).map(|dated| after_export(dated, exported)));
    let mut changed = difference.restated;
    match consent.absent {
        Some(Absent::Gone) => changed.extend(difference.absent),
        _ if difference.absent.is_empty() => {}
        _ => {
            let message = match difference.absent.len() {
                1 => String::from("1 figure known before is not in this export and stays as it was"),
                n => format!("{n} figures known before are not in this export and stay as they were"),
            };
            warnings.push(Warning { code: "absent_kept", message });
        }
    }
    // A row is provisional when it is dated within so many days before the export day.
    let provisional_from = exported.minus_days(ledger.settings.provisional_days).to_string();
    let file = format!("{FOLDER}/{id}.csv");
    let hashes = change.put_written(&file, |output| rollup::write(&settled, output))?;
    let text = |word: Option<String>| word.unwrap_or_default();
    let mut record = ImportRecord {
        id: id.clone(),
        export: std::path::Path::new(&reading.file)
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        export_sha256: reading.sha256.clone(),
        export_bytes: reading.bytes,
        packing: reading.packing.clone(),
        recorded: recorded.to_string(),
        platform,
        profile: text(reading.profile.clone()),
        encoding: text(reading.encoding.clone()),
        delimiter: text(reading.delimiter.map(String::from)),
        spend_column: text(reading.spend_column.clone()),
        unit: text(reading.unit.map(|unit| unit.to_string())),
        day_order: text(reading.day_order.map(|order| order.to_string())),
        decimal_mark: text(reading.decimal_mark.map(|mark| mark.to_string())),
        grain: text(reading.grain.map(|grain| grain.to_string())),
        options,
        preamble: reading.preamble.iter().take(PREAMBLE_LINES).map(|line| shortened(line)).collect(),
        exported: exported.to_string(),
        provisional_from,
        first_day: covered.start().to_string(),
        last_day: covered.last().to_string(),
        absent: consent.absent.unwrap_or_default(),
        restate,
        prior_period: false,
        rows_read: rollup.rows_read,
        rows_kept: rollup.rows_kept,
        blank_rows: rollup.blank_rows,
        excluded_rows: rollup.excluded_rows,
        rollup_sha256: super::hex(&hashes.sha256),
        rollup_crc32: Some(super::control::crc32(hashes.crc32)),
        account: rollup
            .accounts
            .iter()
            .map(|(platform, account)| RecordedAccount { platform: platform.to_string(), account: account.clone() })
            .collect(),
        total: totals(&rollup.totals),
        excluded: rollup
            .excluded
            .iter()
            .map(|row| RecordedExclusion { row: row.row, reason: row.reason.clone() })
            .collect(),
        rounded: rollup.rounded.as_ref().map(totals).unwrap_or_default(),
    };
    let import = put_record(change, &record)?;
    // What was not seen before: rows that are of one campaign by the spelling of its account alone.
    let has_months = import.has_months() || change.before().imports.iter().any(Import::has_months);
    if has_months && let Some(mixed) = Mixed::brought_by(change)? {
        withdraw(change, &import);
        let hint = "export it by day, or by month, but not both for one campaign and month";
        return Ok(Err(Refusal::new(RefusalCode::MixedGrains, mixed.to_string(), hint)));
    }
    let prior = PriorPeriod::of(change, import.reach())?;
    if !prior.is_empty() {
        if !consent.prior_period {
            withdraw(change, &import);
            return Ok(Err(prior.refusal()));
        }
        record.prior_period = true;
        put_record(change, &record)?;
        warnings.extend(prior.warning());
        changed.extend(prior.added().cloned());
    }
    changed.sort_by(|a, b| a.key().cmp(&b.key()));
    changed.dedup_by(|a, b| a.key() == b.key());
    Ok(Ok(Acceptance { id: import.id, unchanged: false, covered, restated: changed, warnings }))
}

/// Warns of rows of days that had not come when the file was made.
fn after_export(dated: Dated, exported: Day) -> Warning {
    let message = format!(
        "there are rows of {dated}, after the day of the export, {exported}; check that days are read in the right order \
         (--day-order) and when the file was made (--exported)"
    );
    Warning { code: "after_export", message }
}

/// Puts a record, which is what makes the import count, so it is written last.
fn put_record(change: &mut Change, record: &ImportRecord) -> Result<Import, LedgerError> {
    fn refused(error: impl std::fmt::Display) -> LedgerError {
        LedgerError::refused(format!("the record cannot be written: {error}"), "")
    }
    let toml = toml::to_string(record).map_err(refused)?;
    let import = Import::of(record.clone()).map_err(|(key, what)| refused(format!("{key}: {what}")))?;
    change.put(&import.record_file(), toml.into_bytes());
    Ok(import)
}

/// Takes back what an import would have put into the ledger.
fn withdraw(change: &mut Change, import: &Import) {
    change.withdraw(&import.rollup_file());
    change.withdraw(&import.record_file());
}

fn totals(totals: &Totals) -> Vec<RecordedTotal> {
    totals.iter().map(|sum| RecordedTotal { currency: sum.currency().to_string(), amount: sum.to_string() }).collect()
}

/// A name that would make rows of the rollup too long to be read again.
fn too_long(rollup: &Rollup) -> Option<Refusal> {
    rollup.rows().find_map(|row| {
        let names = [("account", row.account), ("campaign", row.campaign), ("campaign's name", row.campaign_name)];
        let (what, _) = names.into_iter().find(|(_, name)| name.len() > limits::NAME_BYTES)?;
        let message = format!("the {what} has more than {} bytes", limits::NAME_BYTES);
        let refusal = Refusal::new(RefusalCode::OutOfRange, message, "correct the export");
        Some(Refusal { row: Some(row.first_row), ..refusal })
    })
}

/// An account whose currency the ledger declares is billed in no other.
fn declared_otherwise(ledger: &Ledger, rollup: &Rollup) -> Option<Refusal> {
    if !rollup.accounts.iter().any(|(platform, account)| ledger.account_currency(platform, account).is_some()) {
        return None;
    }
    rollup.rows().find_map(|row| {
        let declared =
            ledger.account_currency(row.platform, row.account).filter(|declared| *declared != row.cost.currency())?;
        let message = format!(
            "account `{}` is billed in {declared}, says ledger.toml, and this export is in {}",
            row.account,
            row.cost.currency()
        );
        let refusal = Refusal::new(
            RefusalCode::CurrencyUnknown,
            message,
            "correct --currency, or the account's currency in ledger.toml",
        );
        Some(Refusal { row: Some(row.first_row), ..refusal })
    })
}

fn new_accounts(ledger: &Ledger, rollup: &Rollup) -> Vec<Warning> {
    let known_platform = |platform: &Platform| {
        ledger.imports.iter().any(|import| import.accounts.iter().any(|(known, _)| known == platform))
    };
    let new = rollup
        .accounts
        .iter()
        .filter(|(platform, account)| known_platform(platform) && !ledger.accounts.knows(platform, account));
    let message = |platform: &Platform, account: &str| {
        let name = if account.is_empty() { "(no name)" } else { account };
        format!(
            "account `{name}` is new on {platform}; if it is another name of a known one, add it to that account's aliases in ledger.toml"
        )
    };
    new.map(|(platform, account)| Warning { code: "new_account", message: message(platform, account) }).collect()
}
