//! A document as a spreadsheet.

use rust_xlsxwriter::{
    ColNum, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, RowNum, Workbook, Worksheet, XlsxError,
};
use unicode_width::UnicodeWidthStr;

use super::RenderError;
use super::cells::{is_number, shown};
use super::sheet_cells::{write, write_text};
use super::sheet_names::SheetNames;
use crate::report::{Cell, Document, Table};

/// Where the headings stand on every sheet of a table: under the title and a line for more words or none.
pub(crate) const HEADER_ROW: RowNum = 2;

/// Returns the document as an xlsx workbook: a sheet a table, every column included, the headings frozen.
///
/// Several tables stand behind a sheet `summary` with the title and the facts; with one table they stand on its own
/// sheet. Numbers are numbers and days are days, so that a reader can go on computing; an amount of more than 15
/// significant digits is written as text, because a spreadsheet would keep 15 of them and show zeros for the rest.
///
/// Text is stored as text. A spreadsheet reads a formula only from a formula's own element, so text that looks like one
/// stays text without an apostrophe in front; the cell is marked as quoted all the same, so that it stays text when
/// someone edits it.
///
/// What the document was computed from are custom properties of the file, so that it can be verified.
pub fn xlsx(document: &Document) -> Result<Vec<u8>, RenderError> {
    let mut workbook = Workbook::new();
    // The same document is the same file on any day.
    let created = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let mut properties = DocProperties::new().set_creation_datetime(&created);
    for (name, value) in &document.parameters {
        properties = properties.set_custom_property(*name, value.as_str());
    }
    workbook.set_properties(&properties);
    let mut names = SheetNames::default();
    if let [table] = document.tables.as_slice() {
        let title = if document.title.is_empty() { &table.title } else { &document.title };
        let subtitle = if table.title == *title { "" } else { &table.title };
        let sheet = workbook.add_worksheet().set_name(names.name(&table.key))?;
        draw(sheet, table, [title, subtitle], &document.facts)?;
    } else {
        summary(workbook.add_worksheet().set_name(names.name("summary"))?, document)?;
        for table in &document.tables {
            let sheet = workbook.add_worksheet().set_name(names.name(&table.key))?;
            draw(sheet, table, [&table.title, ""], &[])?;
        }
    }
    Ok(workbook.save_to_buffer()?)
}

fn summary(sheet: &mut Worksheet, document: &Document) -> Result<(), XlsxError> {
    write_text(sheet, 0, 0, &document.title, Format::new().set_bold())?;
    for (at, fact) in document.facts.iter().enumerate() {
        write_text(sheet, row_number(at).saturating_add(2), 0, fact, Format::new())?;
    }
    Ok(())
}

fn draw(sheet: &mut Worksheet, table: &Table, titles: [&str; 2], facts: &[String]) -> Result<(), XlsxError> {
    for (row, title) in (0..).zip(titles) {
        write_text(sheet, row, 0, title, Format::new().set_bold())?;
    }
    for (at, column) in table.columns.iter().enumerate() {
        let numbers = table.rows.iter().filter_map(|row| row.cells.get(at)).any(is_number);
        let align = if numbers { FormatAlign::Right } else { FormatAlign::Left };
        let format = Format::new().set_bold().set_border_bottom(FormatBorder::Thin).set_align(align);
        write_text(sheet, HEADER_ROW, column_number(at), &column.key, format)?;
        sheet.set_column_width(column_number(at), width(table, at))?;
    }
    let mut next = HEADER_ROW.saturating_add(1);
    sheet.set_freeze_panes(next, 0)?;
    sheet.set_repeat_rows(HEADER_ROW, HEADER_ROW)?;
    sheet.set_landscape().set_print_fit_to_pages(1, 0);
    for row in &table.rows {
        let format = match row.total {
            true => Format::new().set_bold().set_border_top(FormatBorder::Thin),
            false => Format::new(),
        };
        for at in 0..table.columns.len() {
            let (cell, column) = (row.cells.get(at).unwrap_or(&Cell::Blank), column_number(at));
            write(sheet, next, column, cell, format.clone())?;
        }
        next = next.saturating_add(1);
    }
    if table.rows.is_empty() {
        write_text(sheet, next, 0, "(none)", Format::new())?;
        next = next.saturating_add(1);
    }
    for sentence in facts.iter().chain(&table.notes) {
        next = next.saturating_add(1);
        write_text(sheet, next, 0, sentence, Format::new())?;
    }
    Ok(())
}

/// Wide enough for everything in the column, within reason.
fn width(table: &Table, at: usize) -> u16 {
    let cells = table.rows.iter().filter_map(|row| row.cells.get(at)).map(|cell| shown(cell).width());
    let heading = table.columns.get(at).map(|column| column.key.width());
    let widest = cells.chain(heading).max().unwrap_or(0);
    u16::try_from(widest.saturating_add(2).clamp(8, 60)).unwrap_or(60)
}

/// A row beyond the format's last one is refused by the writer.
fn row_number(at: usize) -> RowNum {
    RowNum::try_from(at).unwrap_or(RowNum::MAX)
}

/// A column beyond the format's last one is refused by the writer.
fn column_number(at: usize) -> ColNum {
    ColNum::try_from(at).unwrap_or(ColNum::MAX)
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use calamine::{Data, Reader, Xlsx};
    use proptest::prelude::*;

    use super::*;
    use crate::money::Money;
    use crate::render::samples;
    use crate::report::{Column, Row};

    /// Reads a sheet back: a line a row; texts in quotes, days after a `d`.
    fn read(bytes: &[u8], sheet: &str) -> Vec<String> {
        let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = workbook.worksheet_range(sheet).unwrap();
        let cell = |data: &Data| match data {
            Data::Empty => "·".to_owned(),
            Data::String(text) => format!("{text:?}"),
            Data::Float(number) => number.to_string(),
            Data::DateTime(day) => format!("d{}", day.as_f64()),
            other => format!("unexpected {other:?}"),
        };
        range.rows().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" ")).collect()
    }

    fn part(bytes: &[u8], name: &str) -> String {
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut text = String::new();
        archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn numbers_are_numbers_and_days_are_days() {
        let bytes = xlsx(&samples::document(vec![samples::platforms()])).unwrap();
        assert_eq!(
            read(&bytes, "platforms").join("\n") + "\n",
            "\
\"Blocked budget of acme\" · · · · · · ·
\"By platform\" · · · · · · ·
\"platform\" \"since\" \"currency\" \"blocked\" \"cost\" \"rows\" \"share\" \"recorded\"
\"meta\" d43132 \"USD\" 94500 20.83669 1234 0.35 \"2018-04-20T09:30:00Z\"
\"x\" · \"JPY\" -1250000 0 0 0.125 ·
\"vk\" d43174 \"KWD\" 0.125 · 7 1 \"2018-04-20T09:30:00Z\"
\"Total\" · \"USD\" 94500 20.83669 1241 · ·
· · · · · · · ·
\"as of 2018-12-31\" · · · · · · ·
"
        );
        let styles = part(&bytes, "xl/styles.xml");
        for format in
            ["#,##0.00;[Red]-#,##0.00", "#,##0;[Red]-#,##0", "#,##0.000;[Red]-#,##0.000", "0.0%", "yyyy-mm-dd"]
        {
            assert!(styles.contains(&format!("formatCode=\"{format}\"")), "{format}\n{styles}");
        }
        let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
        assert!(sheet.contains("<pane ySplit=\"3\" topLeftCell=\"A4\""), "{sheet}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(16))]

        /// The writer takes binary numbers: what has at most 15 digits has to come through them unharmed.
        #[test]
        fn every_amount_reads_back(minors in prop::collection::vec(-999_999_999_999_999_i64..=999_999_999_999_999, 200)) {
            let codes = ["USD", "JPY", "KWD", "CLF"];
            let amounts: Vec<Money> = (minors.iter().zip(codes.iter().cycle()))
                .map(|(&minor, code)| Money::from_minor(minor.into(), code.parse().unwrap()).unwrap())
                .collect();
            let rows = amounts.iter().map(|&money| Row::body(vec![Cell::Money(money)])).collect();
            let table = samples::table("t", "", vec![Column::figure("amount", "Amount")], rows);
            let bytes = xlsx(&Document { tables: vec![table], ..Document::default() }).unwrap();
            let expected: Vec<String> = amounts.iter().map(|money| money.amount().normalize().to_string()).collect();
            let sheet = read(&bytes, "t");
            prop_assert_eq!(&sheet[sheet.len() - expected.len()..], expected);
        }
    }

    #[test]
    fn several_tables_stand_behind_a_summary() {
        let bytes = xlsx(&samples::document(vec![samples::hostile(), samples::empty()])).unwrap();
        let workbook: Xlsx<_> = Xlsx::new(Cursor::new(&bytes)).unwrap();
        assert_eq!(workbook.sheet_names(), ["summary", "hostile", "months"]);
        assert_eq!(
            read(&bytes, "summary").join("\n") + "\n",
            "\
\"Blocked budget of acme\"
·
\"as of 2018-12-31\"
"
        );
        assert_eq!(
            read(&bytes, "months").join("\n") + "\n",
            "\
\"By month\" ·
· ·
\"month\" \"blocked\"
\"(none)\" ·
· ·
\"Days that no import covers are not zero spend: they are counted as uncovered, for every platform, and listed.\" ·
\"= Two identities hold.\" ·
"
        );
    }

    #[test]
    fn text_is_never_a_formula() {
        let bytes = xlsx(&samples::document(vec![samples::hostile()])).unwrap();
        assert_eq!(
            read(&bytes, "hostile").join("\n") + "\n",
            "\
\"Blocked budget of acme\" ·
\"Hostile\" ·
\"name\" \"amount\"
\"=1+1\" -5
\"\\u{1b}[31mred\\nline\" -5
\"a|b`c`*d*_e_<f>[g]\\\\\" -5
\"\\u{202e}txet\" -5
\"1,\\\"2\\\"\" -5
· ·
\"as of 2018-12-31\" ·
"
        );
        assert!(!part(&bytes, "xl/worksheets/sheet1.xml").contains("<f>"));
        assert_eq!(part(&bytes, "xl/styles.xml").matches("quotePrefix=\"1\"").count(), 1);
    }

    #[test]
    fn what_a_spreadsheet_would_round_is_text() {
        let rows = [
            samples::money("9007199254740.93", "USD"),
            samples::money("1234567890123456", "JPY"),
            samples::money("-945000000000000000", "JPY"),
            samples::cost("123456.123456789", "USD"),
            samples::cost("1234567.123456789", "USD"),
            Cell::Count(u64::MAX),
        ];
        let rows = rows.into_iter().map(|cell| Row::body(vec![cell])).collect();
        let table = samples::table("t", "T", vec![Column::figure("amount", "Amount")], rows);
        assert_eq!(
            read(&xlsx(&samples::document(vec![table])).unwrap(), "t").split_off(3).join("\n") + "\n",
            "\
9007199254740.93
\"1234567890123456\"
-945000000000000000
123456.123456789
\"1234567.123456789\"
\"18446744073709551615\"
·
\"as of 2018-12-31\"
"
        );
    }

    #[test]
    fn the_same_document_is_the_same_file() {
        let document = samples::document(vec![samples::platforms(), samples::hostile()]);
        let bytes = xlsx(&document).unwrap();
        assert_eq!(bytes, xlsx(&document).unwrap());
        // Nor does the file say when it was made.
        let core = part(&bytes, "docProps/core.xml");
        assert_eq!(core.matches("2000-01-01T00:00:00Z").count(), 2, "{core}");
        let mut archive = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        for at in 0..archive.len() {
            let made = archive.by_index(at).unwrap().last_modified();
            assert_eq!(made, Some(zip::DateTime::default()));
        }
    }

    #[test]
    fn what_is_too_long_for_a_cell_keeps_nothing_from_being_written() {
        let long = Document { facts: vec!["x".repeat(100_000)], ..Document::default() };
        assert!(xlsx(&long).is_ok());
    }
}
