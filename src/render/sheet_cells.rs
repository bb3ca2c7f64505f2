//! One cell of a spreadsheet.

use rust_xlsxwriter::{ColNum, ExcelDateTime, Format, FormatAlign, RowNum, Worksheet, XlsxError};

use super::cells::{is_number, percent, plain};
use super::formulas::acts_as_formula;
use crate::calendar::Day;
use crate::report::Cell;

/// A spreadsheet keeps this many significant digits of a number.
const DIGITS_KEPT: usize = 15;

/// Writes one cell, as a number wherever the sheet keeps it whole.
pub(super) fn write(
    sheet: &mut Worksheet,
    row: RowNum,
    column: ColNum,
    cell: &Cell,
    format: Format,
) -> Result<(), XlsxError> {
    let text = plain(cell).unwrap_or_default();
    let number = match cell {
        Cell::Blank => {
            sheet.write_blank(row, column, &format)?;
            return Ok(());
        }
        Cell::Text(_) | Cell::Instant(_) => return write_text(sheet, row, column, &text, format),
        Cell::Day(day) => return write_day(sheet, row, column, *day, format),
        Cell::Money(money) => money.amount(),
        Cell::Cost(cost) => cost.amount(),
        Cell::Count(count) => (*count).into(),
        Cell::Share(share) => share.amount(),
        Cell::Ratio(ratio) => *ratio,
    };
    if keeps(cell) {
        sheet.write_with_format(row, column, number, &format.set_num_format(look(cell)))?;
        Ok(())
    } else {
        write_text(sheet, row, column, &text, format.set_align(FormatAlign::Right))
    }
}

/// Returns whether a spreadsheet keeps the number as it is. Leading and trailing zeros cost it nothing.
pub(super) fn keeps(number: &Cell) -> bool {
    let digits: String = plain(number).unwrap_or_default().chars().filter(char::is_ascii_digit).collect();
    is_number(number) && digits.trim_matches('0').len() <= DIGITS_KEPT
}

/// Returns the number format that shows a number as the document's other forms do.
pub(super) fn look(number: &Cell) -> String {
    let with_decimals = |zero: &str, text: &str| match text.split_once('.') {
        Some((_, fraction)) => format!("{zero}.{}", "0".repeat(fraction.len())),
        None => zero.to_owned(),
    };
    match number {
        Cell::Share(share) => with_decimals("0", &percent(*share).to_string()) + "%",
        Cell::Ratio(_) => "#,##0.0%".to_owned(),
        other => {
            let positive = with_decimals("#,##0", &plain(other).unwrap_or_default());
            format!("{positive};[Red]-{positive}")
        }
    }
}

fn write_day(sheet: &mut Worksheet, row: RowNum, column: ColNum, day: Day, format: Format) -> Result<(), XlsxError> {
    let part = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
    let year = u16::try_from(day.year()).unwrap_or(0);
    match ExcelDateTime::from_ymd(year, part(day.month_of_year()), part(day.day_of_month())) {
        Ok(date) => {
            let format = format.set_num_format("yyyy-mm-dd").set_align(FormatAlign::Left);
            sheet.write_datetime_with_format(row, column, date, &format)?;
            Ok(())
        }
        // Before 1900 or after 9999 a spreadsheet has no days.
        Err(_) => write_text(sheet, row, column, &day.to_string(), format),
    }
}

/// A cell of a spreadsheet holds so many characters, counted in UTF-16.
const LONGEST: usize = 32_767;

/// Writes text that stays text, also when someone edits it; of a text that is too long for a cell, its beginning.
pub(super) fn write_text(
    sheet: &mut Worksheet,
    row: RowNum,
    column: ColNum,
    text: &str,
    format: Format,
) -> Result<(), XlsxError> {
    let format = if acts_as_formula(text) { format.set_quote_prefix() } else { format };
    sheet.write_string_with_format(row, column, fitting(text), &format)?;
    Ok(())
}

fn fitting(text: &str) -> String {
    if text.encode_utf16().count() <= LONGEST {
        return text.to_owned();
    }
    let mut length = 1; // the mark that something is missing
    let fits = |letter: &char| {
        length += letter.len_utf16();
        length <= LONGEST
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{cost, money};

    #[test]
    fn numbers_look_as_everywhere_else() {
        for (cell, expected) in [
            (money("94500", "USD"), "#,##0.00;[Red]-#,##0.00"),
            (money("94500", "JPY"), "#,##0;[Red]-#,##0"),
            (cost("0.00125", "USD"), "#,##0.00000;[Red]-#,##0.00000"),
            (Cell::Count(7), "#,##0;[Red]-#,##0"),
            (Cell::Share("0.35".parse().unwrap()), "0%"),
            (Cell::Share("0.125".parse().unwrap()), "0.0%"),
        ] {
            assert_eq!(look(&cell), expected);
        }
    }

    #[test]
    fn what_is_too_long_for_a_cell_is_cut() {
        for (text, length) in
            [("x".repeat(32_767), 32_767), ("x".repeat(32_768), 32_767), ("😀".repeat(16_384), 32_767)]
        {
            assert_eq!(fitting(&text).encode_utf16().count(), length);
            assert_eq!(fitting(&text).ends_with('…'), text.encode_utf16().count() > LONGEST);
        }
    }

    #[test]
    fn fifteen_digits_are_kept() {
        for (cell, expected) in [
            (money("9999999999999.99", "USD"), true),
            (money("10000000000000.01", "USD"), false),
            (money("-945000000000000000", "JPY"), true),
            (cost("0.000000001", "USD"), true),
            (Cell::Count(u64::MAX), false),
            (Cell::text("12"), false),
        ] {
            assert_eq!(keeps(&cell), expected, "{cell:?}");
        }
    }
}
