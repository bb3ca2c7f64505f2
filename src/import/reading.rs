//! [`Reading`]: everything learnt from one export.

use crate::calendar::{Day, Period};
use crate::money::{Cost, Totals};
use crate::scope::Platform;

use super::{DayOrder, DecimalMark, Grain, Refusal, Unit};

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
}

/// The spend of a file: one row per day, platform, account, campaign and currency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rollup {
    /// Sorted by day, platform, account, campaign, currency.
    pub rows: Vec<SpendRow>,
    /// The period the file states, else from the first row's day to the last's.
    pub covered: Period,
    /// The accounts in it, sorted.
    pub accounts: Vec<(Platform, String)>,
    /// The rows below the header: kept, blank and excluded ones.
    pub rows_read: u64,
    /// The rows whose amount is in [`Rollup::rows`].
    pub rows_kept: u64,
    /// Blank lines, and rows without an amount.
    pub blank_rows: u64,
    /// The rows left out, at most [`EXCLUDED_LISTED`] of them.
    pub excluded: Vec<Excluded>,
    /// How many rows were left out in all.
    pub excluded_rows: u64,
    /// How many of the file's own totals were held against the rows, and agree.
    pub agreed_totals: u64,
    /// The exact sum of the rows per currency.
    pub totals: Totals,
    /// What rounding took away: the exact sum minus [`Rollup::totals`], where rounding was asked for.
    pub rounded: Option<Totals>,
}

/// How many rows left out are listed.
pub const EXCLUDED_LISTED: usize = 1000;

/// The spend of one campaign on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendRow {
    /// The civil day of the ad account.
    pub day: Day,
    /// The platform.
    pub platform: Platform,
    /// The account's id, else its name; empty where nothing says.
    pub account: String,
    /// The campaign's id, else its name; empty where the file has no campaigns.
    pub campaign: String,
    /// The campaign's name; of several names on one day, the first by text order.
    pub campaign_name: String,
    /// The exact sum.
    pub cost: Cost,
    /// How many rows of the file were summed.
    pub rows: u64,
    /// The line of the first of them.
    pub first_row: u64,
}

/// A row that is not spend, left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Excluded {
    /// The line it begins on, from 1.
    pub row: u64,
    /// What it is.
    pub reason: String,
}

/// Something a careful reader should know; the file is taken all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The stable name, snake_case.
    pub code: &'static str,
    /// The sentence.
    pub message: String,
}
