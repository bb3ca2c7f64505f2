//! Exports that are not plain text: workbooks, gzip and zip archives, and what becomes of them.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod archive;

use std::io::Write;

use archive::{members, mutated, with, with_changed_part, zipped};
use flate2::Compression;
use flate2::write::GzEncoder;
use proptest::prelude::*;
use respend::import::{
    DayOrder, DecimalMark, Options, Profiles, Reading, Refusal, RefusalCode, Rollup, SpendRow, read,
};
use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook, Worksheet, XlsxError};
use sha2::{Digest, Sha256};

// Reading.

fn import_with(bytes: &[u8], options: &Options) -> Reading {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    let reading = read(file.path(), options, &Profiles::built_in(), &mut |done, all| assert!(done <= all)).unwrap();
    let sha256: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!((reading.bytes, &reading.sha256), (bytes.len() as u64, &sha256), "of the file as it was given");
    reading
}

fn import(bytes: &[u8]) -> Reading {
    import_with(bytes, &Options { account: Some("main".into()), ..Options::default() })
}

fn import_sheet(bytes: &[u8], sheet: &str) -> Reading {
    import_with(bytes, &Options { sheet: Some(sheet.into()), ..Options::default() })
}

fn taken(reading: &Reading) -> &Rollup {
    match &reading.outcome {
        Ok(rollup) => rollup,
        Err(refusal) => panic!("refused: {} {} ({})", refusal.code, refusal.message, refusal.hint),
    }
}

fn refused(reading: &Reading) -> &Refusal {
    match &reading.outcome {
        Ok(rollup) => panic!("taken: {:?}", rollup.rows().collect::<Vec<_>>()),
        Err(refusal) => {
            assert!(!refusal.message.is_empty() && !refusal.hint.is_empty(), "{refusal:?}");
            refusal
        }
    }
}

/// Code, row, column and cell of what is refused.
fn fault(bytes: &[u8]) -> (RefusalCode, u64, String, String) {
    let reading = import(bytes);
    let Refusal { code, row, column, cell, .. } = refused(&reading).clone();
    assert!(row.is_some() && column.is_some(), "{:?}", refused(&reading));
    (code, row.unwrap(), column.unwrap(), cell.unwrap())
}

/// `day campaign cost currency @first_row`
fn rows(reading: &Reading) -> Vec<String> {
    let line = |SpendRow { day, campaign, cost, first_row, .. }: SpendRow| {
        format!("{day} {campaign} {cost} {} @{first_row}", cost.currency())
    };
    taken(reading).rows().map(line).collect()
}

// Packing.

const CSV: &str = "Day,Platform,Campaign,Currency,Spend\n2018-01-05,x,Spring,USD,1.50\n2018-01-06,x,Spring,USD,2.25\n";

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::default());
    gz.write_all(bytes).unwrap();
    gz.finish().unwrap()
}

// Workbooks.

/// A sheet's name, and what fills it.
type Sheet<'s> = (&'s str, &'s dyn Fn(&mut Worksheet) -> Result<(), XlsxError>);

fn workbook(sheets: &[Sheet]) -> Vec<u8> {
    let mut workbook = Workbook::new();
    for (name, fill) in sheets {
        let sheet = workbook.add_worksheet();
        sheet.set_name(*name).unwrap();
        fill(sheet).unwrap();
    }
    workbook.save_to_buffer().unwrap()
}

fn day(serial: f64) -> ExcelDateTime {
    ExcelDateTime::from_serial_datetime(serial).unwrap()
}

fn as_day() -> Format {
    Format::new().set_num_format("dd/mm/yyyy")
}

/// A table of days, campaigns and amounts in US dollars.
fn table(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.write_row(0, 0, ["Day", "Platform", "Campaign ID", "Currency", "Spend"])?;
    for (row, serial, amount) in [(1, 43105.0, 1.5), (2, 43106.0, 2.25)] {
        sheet.write_with_format(row, 0, day(serial), &as_day())?;
        sheet.write_row(row, 1, ["x", "spring", "USD"])?;
        sheet.write(row, 4, amount)?;
    }
    Ok(())
}

/// The table with one cell of its last row written otherwise.
fn table_with(column: u16, write: &dyn Fn(&mut Worksheet, u32, u16) -> Result<(), XlsxError>) -> Vec<u8> {
    workbook(&[("Report", &|sheet: &mut Worksheet| {
        table(sheet)?;
        write(sheet, 2, column)
    })])
}

const READ: [&str; 2] = ["2018-01-05 spring 1.50 USD @2", "2018-01-06 spring 2.25 USD @3"];

// Archives.

#[test]
fn a_packed_text_is_read_as_the_text_itself() {
    let plain = import(CSV.as_bytes());
    assert_eq!(plain.packing, None);
    let utf16: Vec<u8> = [0xFF, 0xFE].into_iter().chain(CSV.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let (first, second) = CSV.split_at(50);
    for (packed, packing) in [
        (gz(CSV.as_bytes()), "gzip"),
        (gz(&utf16), "gzip"),
        ([gz(first.as_bytes()), gz(second.as_bytes())].concat(), "gzip"),
        (zipped(&[("spring.csv", CSV.as_bytes())]), "zip, member spring.csv"),
        (zipped(&[("a/b/spring.txt", &utf16)]), "zip, member a/b/spring.txt"),
        (zipped(&[("spring.csv.gz", &gz(CSV.as_bytes()))]), "zip, member spring.csv.gz; gzip"),
        (gz(&zipped(&[("spring.csv", CSV.as_bytes())])), "gzip; zip, member spring.csv"),
        (
            zipped(&[
                ("2018/", b""),
                ("2018/.DS_Store", b"\0\0"),
                ("2018/spring.csv", CSV.as_bytes()),
                ("__MACOSX/2018/._spring.csv", b"\0\x05\x16\x07"),
            ]),
            "zip, member 2018/spring.csv",
        ),
    ] {
        let reading = import(&packed);
        assert_eq!(taken(&reading), taken(&plain), "{packing}");
        assert_eq!(reading.packing.as_deref(), Some(packing));
        assert_eq!(reading.warnings.len(), plain.warnings.len());
    }
}

#[test]
fn what_is_wrong_with_a_packed_text_is_said_as_ever() {
    let packed = zipped(&[("spring.csv", CSV.replace("2.25", "2.2x").as_bytes())]);
    assert_eq!(fault(&packed), (RefusalCode::BadAmount, 3, "Spend".into(), "2.2x".into()));
    let page = gz(b"<!doctype html><title>Log in</title>");
    assert!(refused(&import(&page)).message.contains("web page"));
    assert_eq!(refused(&import(&gz(b""))).code, RefusalCode::NoRows);
    assert_eq!(refused(&import(&gz(b"PAR1"))).code, RefusalCode::NotText);
}

#[test]
fn an_archive_of_several_files_names_them() {
    let reading = import(&zipped(&[("a.csv", CSV.as_bytes()), ("b/b.csv", CSV.as_bytes()), ("read me", b"hello")]));
    let refusal = refused(&reading);
    assert_eq!(refusal.code, RefusalCode::MemberUnknown);
    assert!(refusal.message.ends_with("holds 3 files: `a.csv`, `b/b.csv`, `read me`"), "{}", refusal.message);
    assert_eq!(reading.packing, None);
    let none = zipped(&[("2018/", b""), (".DS_Store", b"\0")]);
    assert_eq!(refused(&import(&none)).code, RefusalCode::NoRows);
    assert_eq!(refused(&import(&zipped(&[]))).code, RefusalCode::NoRows);
}

#[test]
fn what_is_packed_too_deep_is_left_to_the_user() {
    let twice = gz(&zipped(&[("spring.csv", CSV.as_bytes())]));
    for deep in [gz(&twice), zipped(&[("spring.gz", &twice)]), gz(&zipped(&[("a.xlsx", &workbook(&[("A", &table)]))]))]
    {
        let reading = import(&deep);
        assert_eq!(refused(&reading).code, RefusalCode::NotText);
        assert!(refused(&reading).message.contains("more than twice"), "{}", refused(&reading).message);
    }
}

#[test]
fn damaged_archives() {
    let code = |bytes: &[u8]| refused(&import(bytes)).code;
    let packed = gz(CSV.repeat(100).as_bytes());
    for length in [2, 9, 12, packed.len() / 2, packed.len() - 9, packed.len() - 1] {
        assert_eq!(code(&packed[..length]), RefusalCode::Truncated, "{length} of {}", packed.len());
    }
    let mut wrong_checksum = packed.clone();
    *wrong_checksum.iter_mut().rev().nth(5).unwrap() ^= 1;
    assert_eq!(code(&wrong_checksum), RefusalCode::NotText);
    assert_eq!(code(&[packed.as_slice(), b"and something else"].concat()), RefusalCode::NotText);

    let packed = zipped(&[("spring.csv", CSV.as_bytes())]);
    for length in [4, 20, packed.len() / 2, packed.len() - 1] {
        assert_eq!(code(&packed[..length]), RefusalCode::Truncated, "{length} of {}", packed.len());
    }
    // The checksum of the member, where the list at the end has it.
    let list = packed.windows(4).position(|bytes| bytes == b"PK\x01\x02").unwrap();
    let mut wrong_checksum = packed.clone();
    wrong_checksum[list + 16] ^= 1;
    assert_eq!(code(&wrong_checksum), RefusalCode::NotText);
    let mut encrypted = packed.clone();
    encrypted[6] |= 1;
    encrypted[list + 8] |= 1;
    assert_eq!(code(&encrypted), RefusalCode::Protected);
    let mut other_method = packed;
    other_method[8] = 14;
    other_method[list + 10] = 14;
    assert_eq!(code(&other_method), RefusalCode::NotText);
}

/// So many MiB of line feeds, as cheaply as they can be packed.
fn line_feeds(mebibytes: usize) -> Vec<u8> {
    gz(&[b'\n'; 1 << 20]).repeat(mebibytes)
}

#[test]
fn bombs_are_refused() {
    let reading = import(&line_feeds(300));
    assert_eq!(refused(&reading).code, RefusalCode::TooLarge);
    assert!(refused(&reading).message.contains("more than 256 MiB"), "{}", refused(&reading).message);
    let inside = import(&zipped(&[("spring.gz", &line_feeds(300))]));
    assert_eq!(refused(&inside).code, RefusalCode::TooLarge);
    assert_eq!(refused(&import(&line_feeds(2))).code, RefusalCode::NoRows);
}

#[test]
fn a_workbook_that_would_fill_the_memory_is_refused() {
    let picture = vec![0; 65 << 20];
    let names: Vec<String> = (0..8).map(|at| format!("xl/media/image{at}.bmp")).collect();
    let mut parts = vec![("[Content_Types].xml", &b"<Types/>"[..])];
    parts.extend(names.iter().map(|name| (name.as_str(), picture.as_slice())));
    assert_eq!(refused(&import(&zipped(&parts))).code, RefusalCode::TooLarge);
    // Memory would be reserved for as many texts as it says it has.
    let lies = |from, to| with(&workbook(&[("A", &table)]), "xl/sharedStrings.xml", from, to);
    let lies = lies("uniqueCount=\"", "uniqueCount = '9999999999999' x=\"");
    assert_eq!(refused(&import(&lies)).code, RefusalCode::NotText);
}

// Sheets.

#[test]
fn a_sheet_is_read_row_by_row() {
    let report = workbook(&[("Campaign report", &|sheet: &mut Worksheet| {
        sheet.write(0, 0, "Campaign report")?;
        sheet.write(1, 0, "July 1, 2026 - July 31, 2026")?;
        sheet.write_row(3, 0, ["Campaign status", "Campaign", "Day", "Currency code", "Clicks", "Cost", "Note"])?;
        for (row, name, serial, cost) in [(4, "Brand\nDACH", 46204.0, 1234.567), (7, "\"Total\" recall", 46205.0, 1e-6)]
        {
            sheet.write(row, 0, "Enabled")?;
            sheet.write(row, 1, name)?;
            sheet.write_with_format(row, 2, day(serial), &as_day())?;
            sheet.write(row, 3, "EUR")?;
            sheet.write(row, 5, cost)?;
        }
        sheet.write(8, 0, "Total: Campaigns")?;
        sheet.write_formula(8, 5, Formula::new("SUM(F5:F8)").set_result("1234.567001"))?;
        Ok(())
    })]);
    let reading = import(&report);
    assert_eq!(
        rows(&reading),
        ["2026-07-01 Brand DACH 1234.567 EUR @5", "2026-07-02 \"Total\" recall 0.000001 EUR @8"]
    );
    let rollup = taken(&reading);
    assert_eq!((rollup.rows_read, rollup.rows_kept, rollup.blank_rows, rollup.excluded_rows), (5, 2, 2, 1));
    assert_eq!((rollup.excluded[0].row, rollup.agreed_totals), (9, 1));
    assert_eq!(rollup.covered.to_string(), "2026-07-01..2026-07-31");
    assert_eq!(reading.profile.as_deref(), Some("google-ads-ui"));
    assert_eq!(reading.packing.as_deref(), Some("xlsx, sheet \"Campaign report\""));
    assert_eq!(reading.header_row, Some(4));
    assert_eq!((reading.decimal_mark, reading.day_order), (Some(DecimalMark::Point), Some(DayOrder::YearMonthDay)));
    let packed = import(&zipped(&[("report.xlsx", &report)]));
    assert_eq!(taken(&packed), rollup);
    assert_eq!(packed.packing.as_deref(), Some("zip, member report.xlsx; xlsx, sheet \"Campaign report\""));
}

#[test]
fn the_only_sheet_with_a_table_is_read() {
    let title = |sheet: &mut Worksheet| sheet.write(0, 0, "How to read this report").map(|_| ());
    let hidden = |sheet: &mut Worksheet| {
        sheet.set_hidden(true);
        table(sheet)
    };
    let empty = |_: &mut Worksheet| Ok(());
    let read = |sheets: &[Sheet]| {
        let reading = import(&workbook(sheets));
        assert_eq!(rows(&reading), READ);
        reading.packing.unwrap()
    };
    assert_eq!(
        read(&[("Über", &title), ("Leer", &empty), ("Data & \"more\"", &table)]),
        "xlsx, sheet \"Data & \"more\"\""
    );
    assert_eq!(read(&[("Report", &table), ("Raw", &hidden)]), "xlsx, sheet \"Report\"");
    assert_eq!(read(&[("Title", &title), ("Raw", &hidden)]), "xlsx, sheet \"Raw\"");
    let nothing = workbook(&[("Title", &title), ("Leer", &empty)]);
    assert_eq!(refused(&import(&nothing)).code, RefusalCode::NoRows);
}

#[test]
fn of_several_tables_the_user_names_one() {
    let two = workbook(&[
        ("Formatted report", &table),
        ("Raw", &|sheet: &mut Worksheet| {
            table(sheet)?;
            sheet.write(1, 4, 7)?;
            Ok(())
        }),
    ]);
    let reading = import(&two);
    let refusal = refused(&reading);
    assert_eq!(refusal.code, RefusalCode::SheetUnknown);
    assert!(refusal.message.ends_with("`Formatted report`, `Raw`") && refusal.hint.contains("--sheet"), "{refusal}");
    assert_eq!(rows(&import_sheet(&two, "Raw"))[0], "2018-01-05 spring 7.00 USD @2");
    assert_eq!(rows(&import_sheet(&two, "Formatted report")), READ);
    let unknown = import_sheet(&two, "raw");
    assert_eq!(refused(&unknown).code, RefusalCode::SheetUnknown);
    assert!(refused(&unknown).message.contains("its sheets are: `Formatted report`, `Raw`"));
    for other in [CSV.as_bytes(), &gz(CSV.as_bytes())] {
        assert_eq!(refused(&import_sheet(other, "Raw")).code, RefusalCode::SheetUnknown);
    }
}

// Cells.

#[test]
fn amounts_are_exact_or_refused() {
    let amount = |write: &dyn Fn(&mut Worksheet, u32, u16) -> Result<(), XlsxError>| table_with(4, write);
    let number = |number: f64| amount(&move |sheet, row, column| sheet.write(row, column, number).map(|_| ()));
    for (cell, read) in [
        (110.7, "110.70"),
        (0.1, "0.10"),
        (-12.345, "-12.345"),
        (1_234_567.891, "1234567.891"),
        (0.000_000_001, "0.000000001"),
        (0.0, "0.00"),
        (999_999_999_999.99, "999999999999.99"),
    ] {
        assert_eq!(rows(&import(&number(cell)))[1], format!("2018-01-06 spring {read} USD @3"));
    }
    let percent = Format::new().set_num_format("0.00%");
    let percent = amount(&|sheet, row, column| sheet.write_with_format(row, column, 0.0525, &percent).map(|_| ()));
    assert_eq!(rows(&import(&percent))[1], "2018-01-06 spring 0.0525 USD @3");
    // What a spreadsheet got slightly wrong is not put right in silence.
    let artefact = number(110.699_999_999_999_99);
    assert_eq!(fault(&artefact).0, RefusalCode::TooPrecise);
    assert_eq!(fault(&artefact).3, "110.69999999999999");
    let rounded = import_with(&artefact, &Options { round: Some(2), ..Options::default() });
    assert_eq!(rows(&rounded)[1], "2018-01-06 spring 110.70 USD @3");
    // Three decimals are no thousands, whatever the options say.
    let comma = Options { decimal_mark: Some(DecimalMark::Comma), ..Options::default() };
    let refusal = import_with(&number(1.234), &comma);
    assert_eq!((refused(&refusal).code, refused(&refusal).more_rows), (RefusalCode::BadAmount, 1));
    assert_eq!(rows(&import(&number(1.234)))[1], "2018-01-06 spring 1.234 USD @3");
}

#[test]
fn cells_that_are_no_amounts() {
    let amount = |write: &dyn Fn(&mut Worksheet, u32, u16) -> Result<(), XlsxError>| fault(&table_with(4, write));
    let bad = |cell: &str| (RefusalCode::BadAmount, 3, "Spend".to_owned(), cell.to_owned());
    let formula = |result: &'static str| Formula::new("A1/0").set_result(result);
    assert_eq!(amount(&|sheet, row, column| sheet.write(row, column, formula("#DIV/0!")).map(|_| ())), bad("#DIV/0!"));
    assert_eq!(amount(&|sheet, row, column| sheet.write(row, column, true).map(|_| ())), bad("TRUE"));
    let moment =
        |sheet: &mut Worksheet, row, column| sheet.write_with_format(row, column, day(43105.5), &as_day()).map(|_| ());
    assert_eq!(amount(&moment), bad("2018-01-05 12:00:00"));
    // A formula whose result is not in the file is no blank cell: spend would be lost.
    let unknown = table_with(4, &|sheet, row, column| sheet.write(row, column, Formula::new("SUM(E1:E2)")).map(|_| ()));
    let unknown = with(&unknown, "xl/worksheets/sheet1.xml", "</f><v>0</v>", "</f>");
    assert_eq!(fault(&unknown), bad("=SUM(E1:E2)"));
    let none = table_with(4, &|sheet, row, column| {
        sheet.clear_cell(row, column);
        Ok(())
    });
    assert_eq!((taken(&import(&none)).blank_rows, taken(&import(&none)).rows_kept), (1, 1));
}

#[test]
fn texts_in_cells_are_read_as_in_any_file() {
    let german = table_with(4, &|sheet, row, column| {
        sheet.write(row - 1, column, "1.234,5")?.write(row, column, "2,25 ")?;
        Ok(())
    });
    let reading = import(&german);
    assert_eq!(rows(&reading), ["2018-01-05 spring 1234.50 USD @2", "2018-01-06 spring 2.25 USD @3"]);
    let mixed = table_with(4, &|sheet, row, column| sheet.write(row, column, "2,25").map(|_| ()));
    assert_eq!(fault(&mixed).0, RefusalCode::DecimalMarkUnknown);
}

#[test]
fn ids_that_a_number_cannot_hold_are_refused() {
    let id = |id: f64| table_with(2, &move |sheet, row, column| sheet.write(row, column, id).map(|_| ()));
    assert_eq!(rows(&import(&id(9_007_199_254_740_991.0)))[1], "2018-01-06 9007199254740991 2.25 USD @3");
    assert_eq!(
        fault(&id(120_212_345_678_901_230.0)),
        (RefusalCode::DamagedId, 3, "Campaign ID".into(), "1.2021234567890123E+17".into())
    );
    let text = table_with(2, &|sheet, row, column| sheet.write(row, column, "120212345678901234").map(|_| ()));
    assert_eq!(rows(&import(&text))[1], "2018-01-06 120212345678901234 2.25 USD @3");
}

#[test]
fn days_are_days_however_they_are_shown() {
    let shown = |format: &'static str, serial: f64| {
        let format = Format::new().set_num_format(format);
        table_with(0, &move |sheet, row, column| sheet.write_with_format(row, column, day(serial), &format).map(|_| ()))
    };
    for format in ["mm/dd/yy", "d. mmmm yyyy", "[$-407]ddd, d/m/yy;@", "yyyy-mm-dd hh:mm"] {
        assert_eq!(rows(&import(&shown(format, 43106.0)))[1], "2018-01-06 spring 2.25 USD @3", "{format}");
    }
    let reading = import(&shown("hh:mm", 43_106.291_666_666_7));
    assert_eq!(rows(&reading)[1], "2018-01-06 spring 2.25 USD @3");
    assert_eq!(reading.first_rows[2][0], "2018-01-06 07:00:00");
    // The same numbers count from 1904 where the workbook says so.
    let mac = with(&workbook(&[("A", &table)]), "xl/workbook.xml", "<workbookPr ", "<workbookPr date1904=\"1\" ");
    assert_eq!(rows(&import(&mac))[0], "2022-01-06 spring 1.50 USD @2");
    // A number that is not shown as a day is none.
    let bare = table_with(0, &|sheet, row, column| sheet.write(row, column, 43106).map(|_| ()));
    assert_eq!((fault(&bare).0, fault(&bare).3), (RefusalCode::BadDay, "43106".into()));
}

#[test]
fn days_that_a_spreadsheet_turned_are_found_out() {
    // Opened where days come first, 1/13/2018 stays a text and 1/12/2018 becomes the first of December.
    let turned = table_with(0, &|sheet, row, column| sheet.write(row, column, "1/13/2018").map(|_| ()));
    assert_eq!(fault(&turned), (RefusalCode::DayOrderUnknown, 3, "Day".into(), "1/13/2018".into()));
    let order = Options { day_order: Some(DayOrder::MonthDayYear), ..Options::default() };
    assert_eq!(refused(&import_with(&turned, &order)).code, RefusalCode::DayOrderUnknown);
}

// Other workbooks.

#[test]
fn what_other_programs_write() {
    let plain = workbook(&[("A", &table)]);
    let sheet = "xl/worksheets/sheet1.xml";
    // Cells and rows that do not say their place follow each other.
    let placeless = with(&with(&plain, sheet, "<c r=\"A1\"", "<c"), sheet, "<row r=\"1\"", "<row");
    assert_eq!(rows(&import(&placeless)), READ);
    // An ISO day, as the strict form of the format has it.
    let cell = String::from_utf8(members(&plain)[sheet].clone()).unwrap();
    let at = cell.find("<c r=\"A3\"").unwrap();
    let old = &cell[at..at + cell[at..].find("</c>").unwrap()];
    let iso = with(&plain, sheet, old, "<c r=\"A3\" t=\"d\"><v>2018-01-06T00:00:00</v>");
    assert_eq!(rows(&import(&iso)), READ);
    let inline =
        with(&plain, sheet, old, "<c r=\"A3\" t=\"inlineStr\"><is><r><t>2018-</t></r><r><t>01-06</t></r></is>");
    assert_eq!(rows(&import(&inline)), READ);
}

/// A cell of an OpenDocument sheet.
fn td(attributes: &str, text: &str) -> String {
    format!("<table:table-cell {attributes}><text:p>{text}</text:p></table:table-cell>")
}

fn tr(attributes: &str, cells: &str) -> String {
    format!("<table:table-row {attributes}>{cells}</table:table-row>")
}

fn number(number: &str) -> String {
    td(&format!("office:value-type=\"float\" office:value=\"{number}\""), "shown otherwise")
}

/// A row with a day, names and an amount.
fn open_row(attributes: &str, amount: &str) -> String {
    let string = "office:value-type=\"string\"";
    let cells = [
        td("office:value-type=\"date\" office:date-value=\"2018-01-05T00:00:00\"", "5. Januar"),
        td(string, "x"),
        td(string, "A &amp;<text:s text:c=\"2\"/><text:span>&#x42;</text:span></text:p><text:p>C"),
        td(string, "U<office:annotation><text:p>a comment</text:p></office:annotation>SD"),
        amount.to_owned(),
    ];
    tr(attributes, &cells.concat())
}

/// A sheet of the table's header and what stands below it.
fn open_document(rows: &str) -> Vec<u8> {
    let header =
        ["Day", "Platform", "Campaign", "Currency", "Spend"].map(|name| td("office:value-type=\"string\"", name));
    let mut members = members(OPEN);
    let content = String::from_utf8(members["content.xml"].clone()).unwrap();
    let before = &content[..content.find("<table:table ").unwrap()];
    let table = format!("<table:table table:name=\"Data\">{}{rows}</table:table>", tr("", &header.concat()));
    let content = format!("{before}{table}</office:spreadsheet></office:body></office:document-content>");
    members.insert("content.xml".into(), content.into_bytes());
    zipped(&members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

#[test]
fn cells_of_an_open_document() {
    let row = |amount: &str| open_document(&open_row("", amount));
    let cell = |kind: &str, more: &str, text: &str| td(&format!("office:value-type=\"{kind}\" {more}"), text);
    for (cell, amount) in [
        (number("110.7"), "110.70"),
        (number("1.5E-06"), "0.0000015"),
        (cell("percentage", "office:value=\"0.0525\"", "5 %"), "0.0525"),
        (cell("currency", "office:currency=\"USD\" office:value=\"-1.234\"", "-1,23 $"), "-1.234"),
        (cell("string", "office:string-value=\"1,234.50\"", "shown otherwise"), "1234.50"),
        (cell("string", "", "1,234.50"), "1234.50"),
    ] {
        assert_eq!(rows(&import(&row(&cell))), [format!("2018-01-05 A &  B C {amount} USD @2")]);
    }
    for (cell, shown) in [
        (cell("string", "office:string-value=\"\" calcext:value-type=\"error\"", "#REF!"), "#REF!"),
        (cell("float", "office:value=\"0\" calcext:value-type=\"error\"", "Err:502"), "Err:502"),
        (cell("boolean", "office:boolean-value=\"true\"", "WAHR"), "TRUE"),
        (td("table:formula=\"of:=SUM(A1)\"", ""), "of:=SUM(A1)"),
    ] {
        assert_eq!(fault(&row(&cell)), (RefusalCode::BadAmount, 2, "Spend".into(), shown.into()));
    }
    assert_eq!(fault(&row(&number("110.69999999999999"))).0, RefusalCode::TooPrecise);
}

#[test]
fn rows_and_cells_that_an_open_document_repeats() {
    let blank =
        tr("table:number-rows-repeated=\"1000000\"", "<table:table-cell table:number-columns-repeated=\"16384\"/>");
    let (one, twice) = (open_row("", &number("1")), open_row("table:number-rows-repeated=\"2\"", &number("1")));
    let reading =
        import(&open_document(&format!("{twice}<table:table-row-group>{one}</table:table-row-group>{blank}")));
    assert_eq!(rows(&reading), ["2018-01-05 A &  B C 3.00 USD @2"]);
    assert_eq!((taken(&reading).rows_read, taken(&reading).rows().next().unwrap().rows), (3, 3));
    let later = import(&open_document(&format!("{blank}{one}")));
    assert_eq!(rows(&later), ["2018-01-05 A &  B C 1.00 USD @1000002"]);
    // A file of a few bytes fills neither the memory nor the disk.
    let cells = |columns: &str, length: usize| {
        td(&format!("office:value-type=\"string\" table:number-columns-repeated=\"{columns}\""), &"x".repeat(length))
    };
    let rows = tr("table:number-rows-repeated=\"1000000\"", &cells("16384", 1000));
    assert_eq!(refused(&import(&open_document(&rows))).code, RefusalCode::TooLarge);
    for row in [tr("", &cells("16384", 1100)), tr("", &cells("16385", 1)), tr("", &cells("4294967296", 1))] {
        assert_eq!(refused(&import(&open_document(&row))).code, RefusalCode::NotText);
    }
}

#[test]
fn open_documents_that_are_damaged_or_protected() {
    let code = |bytes: &[u8]| refused(&import(bytes)).code;
    let plain = open_document(&open_row("", &number("1")));
    assert_eq!(rows(&import(&plain)).len(), 1);
    let end = "</table:table></office:spreadsheet></office:body></office:document-content>";
    for (from, to) in
        [(end, ""), ("office:value=\"1\"", "office:value=\"one\""), ("&amp;", "&none;"), ("&amp;", "&#xD800;")]
    {
        assert_eq!(code(&with(&plain, "content.xml", from, to)), RefusalCode::NotText, "{from}");
    }
    let (manifest, end) = ("META-INF/manifest.xml", "</manifest:manifest>");
    let text = String::from_utf8(members(&plain)[manifest].clone()).unwrap();
    let end = if text.contains(end) { end } else { "</manifest>" };
    let encrypted = format!("<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>{end}");
    assert_eq!(code(&with(&plain, manifest, end, &encrypted)), RefusalCode::Protected);
}

#[test]
fn damaged_workbooks() {
    let plain = workbook(&[("A", &table)]);
    let sheet = "xl/worksheets/sheet1.xml";
    let code = |bytes: &[u8]| refused(&import(bytes)).code;
    for damaged in [
        with(&plain, sheet, "</row></sheetData>", ""),
        with(&plain, sheet, "<c r=\"A3\"", "<c r=\"A1\""),
        with(&plain, sheet, "<c r=\"A3\"", "<c r=\"A2\""),
        with(&plain, sheet, "<c r=\"A3\"", "<c r=\"XFE3\""),
        with(&plain, sheet, "<c r=\"A3\"", "<c r=\"ZZZZZZZZZZZZ9\""),
        with(&plain, "xl/workbook.xml", "<sheets>", "<sheets"),
        with(&plain, "xl/sharedStrings.xml", "<si><t>Day</t></si>", ""),
        zipped(&[("[Content_Types].xml", b"<Types/>"), ("word/document.xml", b"<w/>")]),
        zipped(&[("mimetype", b"application/vnd.oasis.opendocument.spreadsheet")]),
    ] {
        let reading = import(&damaged);
        assert_eq!(refused(&reading).code, RefusalCode::NotText);
    }
    for length in [4, plain.len() / 2, plain.len() - 1] {
        assert_eq!(code(&plain[..length]), RefusalCode::Truncated);
    }
}

// Any bytes.

/// A workbook of another program's making.
const OPEN: &[u8] = include_bytes!("exports/meta-ads-manager/campaigns-by-day.ods");

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn no_bytes_are_too_strange(
        bytes in prop_oneof![
            mutated(gz(CSV.as_bytes())),
            mutated(zipped(&[("spring.csv", CSV.as_bytes())])),
            mutated(workbook(&[("A", &table)])),
            with_changed_part(&workbook(&[("A", &table)])),
            with_changed_part(OPEN),
        ],
    ) {
        let reading = import(&bytes);
        prop_assert!(reading.outcome.is_ok() || !refused(&reading).hint.is_empty());
    }
}
