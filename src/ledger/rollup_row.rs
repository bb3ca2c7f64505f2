//! [`RollupRow`]: a row of one rollup with the place it stands at, whether or not it counts.

use std::num::ParseIntError;

use super::control::{self, MEND};
use super::rollup::{self, Row};
use super::{Import, Ledger, LedgerError, Place, Problem, SpendKey};
use crate::calendar::Dated;
use crate::money::Cost;
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
        if let Some(problem) = control::damage(&self.folder, import) {
            return Err(LedgerError::Invalid(vec![problem]).into());
        }
        let mut records = Records::new(control::opened(&self.folder, &file)?, b',');
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
        let Row { day, campaign, cost, rows } = rollup::row_of(record, &self.accounts)?;
        let first_row = record.field(8).parse().map_err(|error: ParseIntError| error.to_string())?;
        Ok(RollupRow { place, day, key: campaign.key, cost, rows, first_row })
    }
}

fn damaged(place: Place, what: impl std::fmt::Display) -> LedgerError {
    LedgerError::Invalid(vec![Problem { place, what: what.to_string(), mend: MEND.into() }])
}
