//! [`Refusal`]: why a file is not taken, and the way out.

use std::fmt;
use std::io;

use serde::{Serialize, Serializer};

use crate::sheet::RecordError;

use super::text::Damage;

/// Names every code once, with its word and its meaning.
macro_rules! codes {
    ($($(#[$doc:meta])+ $code:ident = $word:literal),+ $(,)?) => {
        /// Why a file was refused: stable names that programs may rely on.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RefusalCode { $($(#[$doc])+ $code),+ }

        impl RefusalCode {
            /// Every code, in the order of this list.
            pub const ALL: &[RefusalCode] = &[$(RefusalCode::$code),+];

            /// Returns the code's name, such as `currency_unknown`.
            pub fn as_str(self) -> &'static str {
                match self { $(RefusalCode::$code => $word),+ }
            }
        }
    };
}

codes! {
    /// Not text of one encoding: a web page, a PDF document, a damaged file.
    NotText = "not_text",
    /// An archive or a workbook with a password.
    Protected = "protected",
    /// More than is unpacked of a packed file.
    TooLarge = "too_large",
    /// An archive of more than one file.
    MemberUnknown = "member_unknown",
    /// More than one sheet of a workbook has a table, or there is no such sheet.
    SheetUnknown = "sheet_unknown",
    /// Money, but not advertising spend: a billing report, a list of settings.
    NotSpend = "not_spend",
    /// No row of data, or no row with an amount.
    NoRows = "no_rows",
    /// No profile proves where the file is from.
    ProfileUnknown = "profile_unknown",
    /// More than one profile proves it.
    ProfileAmbiguous = "profile_ambiguous",
    /// Neither the file nor an option says the platform, or they contradict each other.
    PlatformUnknown = "platform_unknown",
    /// No column, or more than one, can be the spend.
    SpendColumnUnknown = "spend_column_unknown",
    /// A needed column is missing.
    ColumnMissing = "column_missing",
    /// A needed header occurs more than once.
    AmbiguousHeader = "ambiguous_header",
    /// Rows do not speak of single days.
    NoDailyRows = "no_daily_rows",
    /// A campaign's month stands beside days of it, in one file or with what is known.
    MixedGrains = "mixed_grains",
    /// Rows of one month cover days that others cover too.
    SpansOverlap = "spans_overlap",
    /// Neither the file nor an option says the currency, or they contradict each other.
    CurrencyUnknown = "currency_unknown",
    /// Nothing proves whether amounts are in units of the currency or in millionths.
    UnitUnknown = "unit_unknown",
    /// Nothing proves whether days are written day or month first.
    DayOrderUnknown = "day_order_unknown",
    /// Nothing proves whether the decimal mark is a point or a comma.
    DecimalMarkUnknown = "decimal_mark_unknown",
    /// A cell of the money column is no amount.
    BadAmount = "bad_amount",
    /// A cell of the day column is no day.
    BadDay = "bad_day",
    /// A row's day is outside the period the file states.
    DayOutsidePeriod = "day_outside_period",
    /// A row with an amount names no campaign.
    CampaignUnknown = "campaign_unknown",
    /// An id was turned into a rounded number by a spreadsheet.
    DamagedId = "damaged_id",
    /// More decimals than are kept.
    TooPrecise = "too_precise",
    /// An amount of 10^18 or more, or a sum beyond what is counted.
    OutOfRange = "out_of_range",
    /// A row has more or fewer cells than the header.
    RaggedRow = "ragged_row",
    /// The file ends in the middle of a row, or of what is packed.
    Truncated = "truncated",
    /// A total row disagrees with the rows.
    TotalMismatch = "total_mismatch",
    /// The file says how many rows it has, and has another number.
    RowCountMismatch = "row_count_mismatch",
    /// Campaign-days known before are missing from a file that covers them.
    AbsentCells = "absent_cells",
    /// A figure that was final has changed.
    RestatedFinal = "restated_final",
    /// A day of a closed period would change.
    ClosedPeriod = "closed_period",
}

impl fmt::Display for RefusalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for RefusalCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Why a file is not taken: what was found, where, and the option or the export step that mends it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable name.
    pub code: RefusalCode,
    /// What was found, in a sentence.
    pub message: String,
    /// The line of the file on which the row begins, from 1.
    pub row: Option<u64>,
    /// The header of the column.
    pub column: Option<String>,
    /// The cell as it stands in the file.
    pub cell: Option<String>,
    /// What to do about it.
    pub hint: String,
    /// Further faults found in the same reading, at most [`FAULTS_LISTED`].
    pub more: Vec<Fault>,
    /// How many further faults there are in all.
    pub more_rows: u64,
}

/// How many further faults a refusal lists.
pub const FAULTS_LISTED: usize = 20;

/// One more thing wrong in a refused file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The stable name.
    pub code: RefusalCode,
    /// The line of the file on which the row begins, from 1; none where the whole file is meant.
    pub row: Option<u64>,
    /// The header of the column; empty where the whole row is meant.
    pub column: String,
    /// The cell as it stands in the file.
    pub cell: String,
    /// What is wrong with it.
    pub message: String,
    /// What to do about it.
    pub hint: String,
}

impl Refusal {
    /// Returns a refusal of the file as a whole.
    pub(crate) fn new(code: RefusalCode, message: impl Into<String>, hint: impl Into<String>) -> Refusal {
        Refusal {
            code,
            message: cut(&message.into(), 4000), // it may quote a cell of any length
            row: None,
            column: None,
            cell: None,
            hint: hint.into(),
            more: Vec::new(),
            more_rows: 0,
        }
    }

    /// Adds the row.
    pub(super) fn at_row(mut self, row: u64) -> Refusal {
        self.row = Some(row);
        self
    }

    /// Adds column and cell.
    pub(super) fn at_cell(mut self, column: &str, cell: &str) -> Refusal {
        self.column = Some(column.to_owned());
        self.cell = Some(shortened(cell));
        self
    }

    /// Takes one more refusal of the same reading: counted, and listed while there is room.
    pub(super) fn add(&mut self, other: Refusal) {
        self.more_rows = self.more_rows.saturating_add(1);
        if self.more.len() < FAULTS_LISTED {
            self.more.push(Fault {
                code: other.code,
                row: other.row,
                column: other.column.unwrap_or_default(),
                cell: other.cell.unwrap_or_default(),
                message: other.message,
                hint: other.hint,
            });
        }
    }

    /// Returns both answers, or why there are not both: two refusals are one.
    pub(super) fn both<A, B>(one: Result<A, Refusal>, other: Result<B, Refusal>) -> Result<(A, B), Refusal> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (Ok(_), Err(refusal)) | (Err(refusal), Ok(_)) => Err(refusal),
            (Err(mut refusal), Err(other)) => {
                refusal.add(other);
                Err(refusal)
            }
        }
    }

    /// Returns what to do, each of it once, in the order of the faults.
    pub fn hints(&self) -> Vec<&str> {
        let mut hints = vec![self.hint.as_str()];
        for fault in &self.more {
            if !hints.contains(&fault.hint.as_str()) {
                hints.push(&fault.hint);
            }
        }
        hints
    }
}

/// Cells come from outside and may be of any length; a message shows their beginning.
pub(crate) fn shortened(cell: &str) -> String {
    cut(cell, 80)
}

fn cut(text: &str, most: usize) -> String {
    let mut shown: String = text.chars().take(most).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    shown
}

/// Writes the message; code and hint stand beside it.
impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What ends a reading early: trouble with the disk, or the file's own.
#[derive(Debug)]
pub(super) enum Stop {
    Io(io::Error),
    Refused(Box<Refusal>),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Stop {
        Stop::Refused(Box::new(refusal))
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Stop {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Damage>()) {
            Some(damage) => damage.refusal().into(),
            None => Stop::Io(error),
        }
    }
}

impl From<RecordError> for Stop {
    fn from(error: RecordError) -> Stop {
        const AGAIN: &str = "download the report again from the platform; a complete file closes every quote it opens";
        let message = error.to_string();
        match error {
            RecordError::Io(error) => error.into(),
            RecordError::OpenQuote { line, column } => Refusal::new(
                RefusalCode::Truncated,
                format!("line {line}, character {column}: {message}; the file seems to be cut off"),
                AGAIN,
            )
            .at_row(line)
            .into(),
            RecordError::TooLong { line } => Refusal::new(
                RefusalCode::Truncated,
                format!("line {line}: {message}; a quote seems to be opened there and never closed"),
                AGAIN,
            )
            .at_row(line)
            .into(),
            RecordError::TooWide { line } => Refusal::new(
                RefusalCode::RaggedRow,
                format!("line {line}: {message}"),
                "export the report again with the columns that are needed",
            )
            .at_row(line)
            .into(),
            RecordError::AfterQuote { line, column } => Refusal::new(
                RefusalCode::RaggedRow,
                format!("line {line}, character {column}: {message}"),
                "download the report again from the platform and import it without editing it",
            )
            .at_row(line)
            .into(),
            RecordError::NotUtf8 { line } => Damage { line, what: "the text is not UTF-8" }.refusal().into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_named_once() {
        let mut names: Vec<&str> = RefusalCode::ALL.iter().map(|code| code.as_str()).collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), RefusalCode::ALL.len());
        assert_eq!(RefusalCode::ClosedPeriod.to_string(), "closed_period");
    }

    #[test]
    fn further_faults_are_listed_up_to_a_limit_and_counted() {
        let fault = |row| Refusal::new(RefusalCode::BadAmount, "no amount", "").at_row(row).at_cell("Cost", "x");
        let mut refusal = fault(1);
        (2..=30).for_each(|row| refusal.add(fault(row)));
        assert_eq!((refusal.more.len(), refusal.more_rows, refusal.more[0].row), (FAULTS_LISTED, 29, Some(2)));
        assert_eq!(shortened(&"é".repeat(100)).chars().count(), 81);
    }
}
