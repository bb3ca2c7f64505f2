//! [`RollupRow`]: a row of one rollup with the place it stands at, whether or not it counts.

use std::str::FromStr;

use super::spend::{COLUMNS, damage, opened};
use super::{Import, Ledger, LedgerError, Place, Problem, SpendKey};
use crate::calendar::Dated;
use crate::money::Cost;
use crate::scope::Platform;
use crate::sheet::{Record, Records};

/// What an import says of a campaign on a day or in a month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RollupRow {
    /// Where it stands.
    pub place: Place,
    /// The day, or the month.
    pub day: Dated,
    /// Whose spend it is, the account in the spelling that stands for it.
    pub key: SpendKey,
    /// The exact cost.
    pub cost: Cost,
    /// How many rows of the export it sums.
    pub rows: u64,
    /// The line of the first of them.
    pub first_row: u64,
}

impl Ledger {
    /// Hands every row of an import's rollup to `take`, in the order of the file.
    pub fn rollup<E: From<LedgerError>>(
        &self,
        import: &Import,
        mut take: impl FnMut(RollupRow) -> Result<(), E>,
    ) -> Result<(), E> {
        let file = import.rollup_file();
        if let Some(problem) = damage(&self.folder, import) {
            return Err(LedgerError::Invalid(vec![problem]).into());
        }
        let mut records = Records::new(opened(&self.folder, &file)?, b',');
        let mut record = Record::default();
        let mut is_header = true;
        loop {
            let place = |record: &Record| Place { file: file.clone(), line: record.line(), column: 1 };
            if !records.read(&mut record).map_err(|error| damaged(place(&record), error))? {
                return Ok(());
            }
            if !std::mem::take(&mut is_header) {
                take(self.rollup_row(&record, place(&record)).map_err(|error| damaged(place(&record), error))?)?;
            }
        }
    }

    fn rollup_row(&self, record: &Record, place: Place) -> Result<RollupRow, String> {
        fn cell<T: FromStr<Err: std::fmt::Display>>(record: &Record, at: usize) -> Result<T, String> {
            record.field(at).parse().map_err(|error: T::Err| error.to_string())
        }
        if record.len() != COLUMNS.len() {
            return Err(format!("the row has {} cells, not {}", record.len(), COLUMNS.len()));
        }
        let platform: Platform = cell(record, 1)?;
        let currency = cell(record, 4)?;
        let account = self.account_spelling(&platform, record.field(2));
        Ok(RollupRow {
            place,
            day: cell(record, 0)?,
            key: SpendKey { platform, account, currency, campaign: record.field(3).to_owned() },
            cost: Cost::parse(record.field(6), currency).map_err(|error| error.to_string())?,
            rows: cell(record, 7)?,
            first_row: cell(record, 8)?,
        })
    }
}

fn damaged(place: Place, what: impl std::fmt::Display) -> LedgerError {
    LedgerError::Invalid(vec![Problem {
        place,
        what: what.to_string(),
        mend: "a rollup is not edited; restore the file, or remove it and its record and import the export again"
            .into(),
    }])
}
