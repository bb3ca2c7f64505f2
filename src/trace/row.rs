//! [`trace_row`]: where a row of an export went.

use std::io;
use std::path::Path;

use super::Source;
use super::spent::{gone, inside, line_of};
use crate::calendar::{Dated, Instant};
use crate::import::{Options, Profiles, Refusal, RowFate, follow};
use crate::ledger::{Control, Import, Ledger, RollupRow, SpendKey};
use crate::money::Cost;
use crate::scope::Id;
use crate::statement::{Conversion, Statement, StatementError};

/// Where a row went, in one import of its export.
#[derive(Clone, Debug)]
pub struct RowTrace {
    /// The import.
    pub import: Import,
    /// What became of the row, or why the export cannot be read as it was.
    pub fate: Result<RowFate, String>,
    /// Where it is counted; `None` where it is no spend.
    pub taken: Option<Taken>,
}

/// Where the amount of a row is counted.
#[derive(Clone, Debug)]
pub struct Taken {
    /// The day, or the month.
    pub day: Dated,
    /// Whose spend it is, the account in the spelling that stands for it.
    pub key: SpendKey,
    /// What the row itself says.
    pub cost: Cost,
    /// The row of the rollup that sums it with others; `None` where the rollup has none, which is wrong.
    pub source: Option<(Source, Cost)>,
    /// Why it does not count; `None` where it does.
    pub why_not: Option<String>,
    /// What counts of its campaign and day.
    pub counts: Option<(Id, Cost)>,
    /// The plan line it is charged to; `None`: it is unbudgeted.
    pub line: Option<Id>,
    /// The restrictions it is inside of.
    pub inside: Vec<Id>,
}

/// Says where the row on a line of an export went, in each import of these bytes, oldest first; nothing where there is
/// none. The export is read again with the options of the import.
pub fn trace_row(
    ledger: &Ledger,
    export: &Path,
    sha256: &str,
    row: u64,
    profiles: &Profiles,
    as_known: Option<Instant>,
) -> Result<Vec<RowTrace>, RowTraceError> {
    let mut traces = Vec::new();
    for import in ledger.imports_taken(as_known).into_iter().filter(|import| import.record.export_sha256 == sha256) {
        let fate = match Options::of_typed(&import.record.options) {
            Err(error) => Err(error),
            Ok(options) => {
                let (reading, fate) = follow(export, &options, profiles, row)?;
                reading.outcome.map(|_| fate).map_err(|Refusal { message, .. }| message)
            }
        };
        let taken = match &fate {
            Ok(RowFate::Kept { day, platform, account, campaign, cost }) => {
                let account = ledger.account_spelling(platform, account);
                let (platform, campaign, currency) = (platform.clone(), campaign.clone(), cost.currency());
                let key = SpendKey { platform, account, currency, campaign };
                Some(taken(ledger, import, *day, key, *cost, as_known)?)
            }
            _ => None,
        };
        traces.push(RowTrace { import: import.clone(), fate, taken });
    }
    Ok(traces)
}

/// Why a row cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum RowTraceError {
    /// The disk.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// The ledger's files, or what follows from them.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

fn taken(
    ledger: &Ledger,
    import: &Import,
    day: Dated,
    key: SpendKey,
    cost: Cost,
    as_known: Option<Instant>,
) -> Result<Taken, StatementError> {
    let mut source: Option<(Source, Cost)> = None;
    let mut its_row: Option<RollupRow> = None;
    ledger.rollup(import, |row| -> Result<(), StatementError> {
        if (row.day, &row.key) == (day, &key) {
            source = Some((Source::of(import, &row), row.cost));
            its_row = Some(row);
        }
        Ok(())
    })?;
    let mut counts = None;
    let mut stream = ledger.spend(as_known, Control::Hash).until(day.last_day());
    while let Some(next) = stream.next_day()? {
        if next.day == day {
            let spent = next.spend.iter().find(|spent| *spent.key() == key);
            counts = spent.map(|spent| (spent.import.id.clone(), spent.cost));
        }
    }
    let why_not = match (import.revoked_by(as_known), &counts) {
        (Some(revoked), _) => Some(format!("the import was revoked {}: {}", revoked.recorded, revoked.reason)),
        (None, Some((counts, _))) if *counts == import.id => None,
        (None, Some((counts, cost))) if source.as_ref().is_some_and(|(_, was)| was == cost) => {
            Some(format!("{counts} is newer, and says the same"))
        }
        (None, Some((counts, cost))) => Some(format!("{counts} is newer, and says {}", cost.spelled())),
        (None, None) => its_row.map(|row| gone(ledger, import, &row, as_known)),
    };
    let statement = Statement::of(ledger, day.period(), day.last_day(), as_known)?;
    let currency = Conversion::of(ledger, as_known).currency(day, &key);
    let line = line_of(&statement, day, &key, currency);
    let (inside, line) = (inside(&statement, line, day, &key), line.map(|line| line.line.id.clone()));
    Ok(Taken { day, key, cost, source, why_not, counts, line, inside })
}
