//! Taking a reading into the ledger: what it changes, what must be consented to, and the files it becomes.

use std::collections::{BTreeMap, BTreeSet};

use super::imports::{FOLDER, Import, ImportRecord, RecordedAccount, RecordedExclusion, RecordedTotal};
use super::spend::COLUMNS;
use super::{Absent, Change, Ledger, LedgerError};
use crate::calendar::{Day, Instant};
use crate::import::{Reading, Refusal, RefusalCode, Rollup, SpendRow, Warning};
use crate::money::{Cost, Currency, MoneyError, Totals};
use crate::scope::{Id, Platform};

/// What the user allows an import to do to what is known already.
#[derive(Clone, Copy, Debug, Default)]
pub struct Consent {
    /// What to make of campaign-days that are absent from the new export.
    pub absent: Option<Absent>,
    /// Whether figures that were final may change.
    pub restate: bool,
}

/// What became of a reading.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// The import: the new one, or the one that has the same bytes.
    pub id: Id,
    /// Whether the ledger has these bytes already, so that nothing changes.
    pub unchanged: bool,
    /// Every figure known before that is another now.
    pub restated: Vec<Restated>,
    /// What is worth pointing out.
    pub warnings: Vec<Warning>,
}

/// A figure known before that an import changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restated {
    /// The day.
    pub day: Day,
    /// The platform.
    pub platform: Platform,
    /// The account.
    pub account: String,
    /// The campaign.
    pub campaign: String,
    /// The currency.
    pub currency: Currency,
    /// What was known; `None` where nothing was.
    pub was: Option<Cost>,
    /// What is known now; `None` where it is gone.
    pub now: Option<Cost>,
    is_final: bool,
}

/// A campaign's figure of a day, whatever its currency.
type CampaignDay = (Day, Platform, String, String);

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
    if let Some(same) = ledger.imports.iter().find(|import| import.record.export_sha256 == reading.sha256) {
        if same.revoked.is_some() {
            return Err(LedgerError::refused(
                format!("this export was imported as `{}` and revoked", same.id),
                format!("remove {FOLDER}/{}.revoked.toml to let it count again", same.id),
            ));
        }
        let mut warnings = Vec::new();
        if same.record.options != options {
            let said = |options: &[String]| if options.is_empty() { "no options".into() } else { options.join(" ") };
            let message = format!(
                "these bytes were imported with {}, not with {}; to read them otherwise, remove {FOLDER}/{}.csv and .toml first",
                said(&same.record.options),
                said(&options),
                same.id
            );
            warnings.push(Warning { code: "options_differ", message });
        }
        let (id, restated) = (same.id.clone(), Vec::new());
        return Ok(Ok(Acceptance { id, unchanged: true, restated, warnings }));
    }
    let rows = match settled(ledger, rollup) {
        Ok(rows) => rows,
        Err(error) => return Ok(Err(Refusal::new(RefusalCode::OutOfRange, error.to_string(), "correct the export"))),
    };
    if let Some(refusal) = declared_otherwise(ledger, rollup) {
        return Ok(Err(refusal));
    }
    let difference = difference(ledger, rollup, &rows)?;
    if let Some(refusal) = difference.refusal(consent) {
        return Ok(Err(refusal));
    }
    let latest = ledger.imports.iter().map(|import| import.recorded).max();
    let recorded = Change::recorded(recorded, latest);
    let exported = reading.exported.unwrap_or(recorded.day());
    let platforms: BTreeSet<&Platform> = rollup.accounts.iter().map(|(platform, _)| platform).collect();
    let platform = match platforms.first() {
        Some(only) if platforms.len() == 1 => only.to_string(),
        _ => String::from("several"),
    };
    let id = format!("{}-{platform}-{}", rollup.covered.last(), reading.sha256.get(..12).unwrap_or_default());
    let mut warnings = new_accounts(ledger, rollup);
    let mut changed = difference.restated;
    match consent.absent {
        Some(Absent::Gone) => changed.extend(difference.absent),
        _ if difference.absent.is_empty() => {}
        _ => {
            let message = format!(
                "{} figures known before are not in this export and stay as they were",
                difference.absent.len()
            );
            warnings.push(Warning { code: "absent_kept", message });
        }
    }
    changed.sort_by(|a, b| a.key().cmp(&b.key()));
    let csv = rollup_csv(&rows).map_err(|error| LedgerError::io("write", format!("{FOLDER}/{id}.csv"))(error))?;
    let text = |word: Option<String>| word.unwrap_or_default();
    let record = ImportRecord {
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
        exported: exported.to_string(),
        // A row is provisional when it is dated within so many days before the export day.
        provisional_from: exported.minus_days(ledger.settings.provisional_days).to_string(),
        first_day: rollup.covered.start().to_string(),
        last_day: rollup.covered.last().to_string(),
        absent: consent.absent.unwrap_or_default(),
        rows_read: rollup.rows_read,
        rows_kept: rollup.rows_kept,
        blank_rows: rollup.blank_rows,
        excluded_rows: rollup.excluded_rows,
        rollup_sha256: super::sha256(&csv),
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
    let toml = toml::to_string(&record)
        .map_err(|error| LedgerError::refused(format!("the record cannot be written: {error}"), ""))?;
    let import = Import::of(record)
        .map_err(|error| LedgerError::refused(format!("the record cannot be written: {error}"), ""))?;
    change.put(&import.rollup_file(), csv);
    // The record is what makes the import count, so it is written last.
    change.put(&format!("{FOLDER}/{id}.toml"), toml.into_bytes());
    Ok(Ok(Acceptance { id: import.id, unchanged: false, restated: changed, warnings }))
}

fn totals(totals: &Totals) -> Vec<RecordedTotal> {
    totals.iter().map(|sum| RecordedTotal { currency: sum.currency().to_string(), amount: sum.to_string() }).collect()
}

/// The new rows by campaign-day and currency, in the ledger's spelling of their accounts.
fn settled(ledger: &Ledger, rollup: &Rollup) -> Result<BTreeMap<(CampaignDay, Currency), SpendRow>, MoneyError> {
    let mut rows: BTreeMap<(CampaignDay, Currency), SpendRow> = BTreeMap::new();
    for row in &rollup.rows {
        let account = ledger.accounts.spelling(&row.platform, &row.account);
        let key = ((row.day, row.platform.clone(), account.clone(), row.campaign.clone()), row.cost.currency());
        match rows.get_mut(&key) {
            None => drop(rows.insert(key, SpendRow { account, ..row.clone() })),
            Some(sum) => {
                sum.cost = sum.cost.plus(row.cost)?;
                sum.rows = sum.rows.saturating_add(row.rows);
                sum.first_row = sum.first_row.min(row.first_row);
            }
        }
    }
    Ok(rows)
}

/// An account whose currency the ledger declares is billed in no other.
fn declared_otherwise(ledger: &Ledger, rollup: &Rollup) -> Option<Refusal> {
    rollup.rows.iter().find_map(|row| {
        let declared =
            ledger.account_currency(&row.platform, &row.account).filter(|declared| *declared != row.cost.currency())?;
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

/// What an import would change of what is known.
struct Difference {
    restated: Vec<Restated>,
    /// Figures of campaign-days known before, inside the covered accounts and days, that the export does not have.
    absent: Vec<Restated>,
    lowered: Vec<(Day, Platform, String, Currency)>,
}

fn difference(
    ledger: &Ledger,
    rollup: &Rollup,
    rows: &BTreeMap<(CampaignDay, Currency), SpendRow>,
) -> Result<Difference, LedgerError> {
    let accounts: BTreeSet<(Platform, String)> = rollup
        .accounts
        .iter()
        .map(|(platform, account)| (platform.clone(), ledger.accounts.spelling(platform, account)))
        .collect();
    let campaign_days: BTreeSet<&CampaignDay> = rows.keys().map(|(campaign_day, _)| campaign_day).collect();
    let mut difference = Difference { restated: Vec::new(), absent: Vec::new(), lowered: Vec::new() };
    let mut by_account: BTreeMap<(Day, Platform, String, Currency), Cost> = BTreeMap::new();
    let mut known_then: BTreeSet<(CampaignDay, Currency)> = BTreeSet::new();
    let mut finality: BTreeMap<CampaignDay, bool> = BTreeMap::new();
    let out_of_range = |error: MoneyError| LedgerError::refused(error.to_string(), "correct the export");
    let mut add = |key: &(CampaignDay, Currency), change: Cost| -> Result<(), LedgerError> {
        let (day, platform, account, _) = &key.0;
        let sum = by_account.entry((*day, platform.clone(), account.clone(), key.1)).or_insert(Cost::zero(key.1));
        *sum = sum.plus(change).map_err(out_of_range)?;
        Ok(())
    };
    let mut stream = ledger.spend(None)?;
    while let Some(known) = stream.next_day()? {
        if !rollup.covered.contains(known.day) {
            continue;
        }
        for (key, spent) in known.spend {
            if !accounts.contains(&(key.platform.clone(), key.account.clone())) {
                continue;
            }
            let campaign_day = (known.day, key.platform, key.account, key.campaign);
            let at = (campaign_day.clone(), key.currency);
            let is_final = !spent.provisional;
            finality.entry(campaign_day.clone()).and_modify(|known| *known |= is_final).or_insert(is_final);
            if !campaign_days.contains(&campaign_day) {
                difference.absent.push(restated(&at, Some(spent.cost), None, is_final));
                continue;
            }
            let now = rows.get(&at).map(|row| row.cost);
            if now != Some(spent.cost) {
                difference.restated.push(restated(&at, Some(spent.cost), now, is_final));
            }
            add(&at, now.unwrap_or(Cost::zero(key.currency)).minus(spent.cost).map_err(out_of_range)?)?;
            known_then.insert(at);
        }
    }
    // A campaign known in one currency that now comes in another as well.
    for (at, row) in rows.iter().filter(|(at, _)| !known_then.contains(at)) {
        if let Some(is_final) = finality.get(&at.0) {
            difference.restated.push(restated(at, None, Some(row.cost), *is_final));
            add(at, row.cost)?;
        }
    }
    difference.lowered = by_account.into_iter().filter(|(_, change)| change.nanos() < 0).map(|(at, _)| at).collect();
    difference.restated.sort_by(|a, b| a.key().cmp(&b.key()));
    Ok(difference)
}

fn restated(at: &(CampaignDay, Currency), was: Option<Cost>, now: Option<Cost>, is_final: bool) -> Restated {
    let ((day, platform, account, campaign), currency) = at.clone();
    Restated { day, platform, account, campaign, currency, was, now, is_final }
}

impl Restated {
    fn key(&self) -> (Day, &Platform, &str, &str, Currency) {
        (self.day, &self.platform, &self.account, &self.campaign, self.currency)
    }
}

impl Difference {
    /// Refuses what the user did not consent to.
    fn refusal(&self, consent: Consent) -> Option<Refusal> {
        if let (Some(first), None) = (self.absent.first(), consent.absent) {
            let others = match self.absent.len() {
                1 => String::new(),
                n => format!(" and {} more figures", n - 1),
            };
            let account = if first.account.is_empty() { String::new() } else { format!("/{}", first.account) };
            return Some(Refusal::new(
                RefusalCode::AbsentCells,
                format!(
                    "campaign `{}` of {}{account} on {}{others}, known before, is not in this export although it covers the account and the day",
                    first.campaign, first.platform, first.day
                ),
                "say --absent keep if this export is narrower (a part of the campaigns), or --absent gone if it is complete and they are gone",
            ));
        }
        if consent.restate {
            return None;
        }
        if let Some(change) = self.restated.iter().find(|change| change.is_final) {
            let amount = |cost: Option<Cost>| cost.map_or(String::from("nothing"), Cost::spelled);
            return Some(Refusal::new(
                RefusalCode::RestatedFinal,
                format!(
                    "campaign `{}` on {} was {} and final, and is {} in this export",
                    change.campaign,
                    change.day,
                    amount(change.was),
                    amount(change.now)
                ),
                "say --restate if the platform really restated it; --restate --dry-run lists every change and writes nothing",
            ));
        }
        self.lowered.first().map(|(day, platform, account, currency)| {
            let account = if account.is_empty() { String::new() } else { format!("/{account}") };
            Refusal::new(
                RefusalCode::RestatedFinal,
                format!("this export lowers what {platform}{account} spent on {day} in {currency}; two partial exports must not overwrite each other unnoticed"),
                "say --restate if the platform really restated it; --restate --dry-run lists every change and writes nothing",
            )
        })
    }
}

fn rollup_csv(rows: &BTreeMap<(CampaignDay, Currency), SpendRow>) -> std::io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::Any(b'\n')).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(std::io::Error::other)?;
    for (((day, platform, account, campaign), currency), row) in rows {
        let (day, cost, rows, first_row) =
            (day.to_string(), row.cost.to_string(), row.rows.to_string(), row.first_row.to_string());
        let cells =
            [&day, platform.as_str(), account, campaign, currency.code(), &row.campaign_name, &cost, &rows, &first_row];
        writer.write_record(cells).map_err(std::io::Error::other)?;
    }
    writer.into_inner().map_err(|error| error.into_error())
}
