//! Spend as a Parquet file.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{
    BoolType, ByteArray, ByteArrayType, DataType, FixedLenByteArray, FixedLenByteArrayType, Int32Type, Int64Type,
};
use parquet::errors::ParquetError as WriterError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use crate::actual::{self, Actual, ActualError};
use crate::calendar::{Dated, Day, Instant, Period};
use crate::ledger::{Control, Ledger, LedgerError, SpendKey};
use crate::money::{Cost, Money, MoneyError};
use crate::scope::Id;

/// How many rows are written together, and held until then.
const ROWS: usize = 65_536;

/// The columns. Costs have up to nine decimals, and so has every amount.
const SCHEMA: &str = "message spend {
    required int32 day (DATE);
    required binary grain (STRING);
    required binary platform (STRING);
    required binary account (STRING);
    required binary campaign (STRING);
    required binary campaign_name (STRING);
    required binary currency (STRING);
    required fixed_len_byte_array(16) amount (DECIMAL(38, 9));
    required fixed_len_byte_array(16) cost (DECIMAL(38, 9));
    required int64 rows;
    required boolean provisional;
    required binary import (STRING);
}";

/// A row, held until it is written.
struct Row {
    day: Dated,
    key: SpendKey,
    campaign_name: String,
    amount: Money,
    cost: Cost,
    rows: u64,
    provisional: bool,
    import: Id,
}

/// Why there is no Parquet file.
#[derive(Debug, thiserror::Error)]
pub enum ParquetError {
    /// The ledger's files.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An amount is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
    /// The Parquet writer refused.
    #[error("the spend cannot be written as Parquet: {0}")]
    Writer(#[from] WriterError),
}

impl From<ActualError> for ParquetError {
    fn from(error: ActualError) -> ParquetError {
        match error {
            ActualError::Ledger(error) => ParquetError::Ledger(error),
            ActualError::Money(error) => ParquetError::Money(error),
        }
    }
}

impl From<Actual<'_>> for Row {
    fn from(actual: Actual) -> Row {
        let Actual { day, key, campaign_name, amount, cost, rows, provisional, import } = actual;
        let (key, campaign_name, import) = (key.clone(), campaign_name.to_owned(), import.clone());
        Row { day, key, campaign_name, amount, cost, rows, provisional, import }
    }
}

/// Returns the spend of a period up to a cut-off, a row per campaign and day, or month, in the order of days.
///
/// `amount` is what statements count, in whole minor units; `cost` is exact. A month has its last day in `day`, where it
/// counts, and `month` in `grain`.
pub fn parquet(
    ledger: &Ledger,
    period: Period,
    as_of: Day,
    as_known: Option<Instant>,
) -> Result<Vec<u8>, ParquetError> {
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let properties = WriterProperties::builder().set_compression(Compression::UNCOMPRESSED).build();
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties))?;
    let mut rows: Vec<Row> = Vec::new();
    actual::read(ledger, as_of.min(period.last()), as_known, Control::Hash, |actual| -> Result<(), ParquetError> {
        if period.contains(actual.day.last_day()) {
            rows.push(Row::from(actual));
        }
        if rows.len() >= ROWS {
            group(&mut writer, &rows)?;
            rows.clear();
        }
        Ok(())
    })?;
    if !rows.is_empty() {
        group(&mut writer, &rows)?;
    }
    Ok(writer.into_inner()?)
}

/// Writes some rows, column by column, in the order of [`SCHEMA`].
fn group(writer: &mut SerializedFileWriter<Vec<u8>>, rows: &[Row]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    column::<Int32Type>(&mut group, rows, |row| days_since_1970(row.day.last_day()))?;
    text(&mut group, rows, |row| if row.day.is_month() { "month" } else { "day" })?;
    text(&mut group, rows, |row| row.key.platform.as_str())?;
    text(&mut group, rows, |row| &row.key.account)?;
    text(&mut group, rows, |row| &row.key.campaign)?;
    text(&mut group, rows, |row| &row.campaign_name)?;
    text(&mut group, rows, |row| row.key.currency.code())?;
    column::<FixedLenByteArrayType>(&mut group, rows, |row| decimal(Cost::from(row.amount)))?;
    column::<FixedLenByteArrayType>(&mut group, rows, |row| decimal(row.cost))?;
    column::<Int64Type>(&mut group, rows, |row| i64::try_from(row.rows).unwrap_or(i64::MAX))?;
    column::<BoolType>(&mut group, rows, |row| row.provisional)?;
    text(&mut group, rows, |row| row.import.as_str())?;
    group.close()?;
    Ok(())
}

fn text(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    rows: &[Row],
    value: impl Fn(&Row) -> &str,
) -> Result<(), ParquetError> {
    column::<ByteArrayType>(group, rows, |row| ByteArray::from(value(row)))
}

fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    rows: &[Row],
    value: impl Fn(&Row) -> T::T,
) -> Result<(), ParquetError> {
    if let Some(mut column) = group.next_column()? {
        let values: Vec<T::T> = rows.iter().map(value).collect();
        column.typed::<T>().write_batch(&values, None, None)?;
        column.close()?;
    }
    Ok(())
}

/// The bytes of a decimal with nine decimals: the number of billionths, the highest first.
fn decimal(cost: Cost) -> FixedLenByteArray {
    ByteArray::from(cost.nanos().to_be_bytes().to_vec()).into()
}

/// Days of a ledger lie in the years 1970 to 2199.
fn days_since_1970(day: Day) -> i32 {
    let days = Day::new(1970, 1, 1).map_or(0, |first| day.days_since(first));
    i32::try_from(days).unwrap_or(i32::MAX)
}
