//! [`Reading`]: everything learnt from one export.

use crate::calendar::{Day, Period};
use crate::scope::Platform;

use super::rollup::Rollup;
use super::{DayOrder, DecimalMark, Grain, Refusal, RefusalCode, RowFate, Unit};

/// What one file is: every decision taken on the way, as far as it came, and the spend or the refusal.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The path as it was given.
    pub file: String,
    /// The SHA-256 of the file's bytes, in hex.
    pub sha256: String,
    /// The size of the file.
    pub bytes: u64,
    /// What its text was unpacked from, such as `gzip` or `xlsx, sheet "Report"`.
    pub packing: Option<String>,
    /// The platform, where the file is of one.
    pub platform: Option<Platform>,
    /// The name of the profile it was read with.
    pub profile: Option<String>,
    /// The encoding of its text, such as `UTF-16LE`.
    pub encoding: Option<String>,
    /// What separates its cells.
    pub delimiter: Option<char>,
    /// The line its header stands on, from 1.
    pub header_row: Option<u64>,
    /// The header of the money column, as written.
    pub spend_column: Option<String>,
    /// What one unit of the money column is.
    pub unit: Option<Unit>,
    /// How days are written.
    pub day_order: Option<DayOrder>,
    /// The decimal mark; none where no amount has decimals or groups.
    pub decimal_mark: Option<DecimalMark>,
    /// What a row speaks of.
    pub grain: Option<Grain>,
    /// The period the file says it covers.
    pub stated_period: Option<Period>,
    /// The day of the export: the file's own word, else the option.
    pub exported: Option<Day>,
    /// The lines above the header that are not blank.
    pub preamble: Vec<String>,
    /// The header and up to five rows below it, as written; the file's first rows where no header was found.
    pub first_rows: Vec<Vec<String>>,
    /// The header's cells, as written.
    pub header: Vec<String>,
    /// What a careful reader should know about the file.
    pub warnings: Vec<Warning>,
    /// The spend, or why there is none.
    pub outcome: Result<Rollup, Refusal>,
    /// The line of a row that is followed, and what became of it.
    pub(super) followed: Option<(u64, Option<RowFate>)>,
}

impl Reading {
    /// Returns a reading of which nothing is decided yet.
    pub(super) fn begun(file: String, exported: Option<Day>) -> Reading {
        let empty = Refusal::new(RefusalCode::NoRows, "the file is empty", "export the report again");
        Reading {
            file,
            sha256: String::new(),
            bytes: 0,
            packing: None,
            platform: None,
            profile: None,
            encoding: None,
            delimiter: None,
            header_row: None,
            spend_column: None,
            unit: None,
            day_order: None,
            decimal_mark: None,
            grain: None,
            stated_period: None,
            exported,
            preamble: Vec::new(),
            first_rows: Vec::new(),
            header: Vec::new(),
            warnings: Vec::new(),
            outcome: Err(empty),
            followed: None,
        }
    }
}

/// Something a careful reader should know; the file is taken all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The stable name, snake_case.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}
