//! [`to_text`]: one sheet of a workbook, written as delimited text.
//!
//! From there on a workbook is read as any other file. Every row of the sheet is a line of the text, blank ones too, so
//! that a row number in a message is the sheet's own. Every cell stands in quotes, so that nothing in it can be taken
//! for a delimiter.
//!
//! **Numbers.** A spreadsheet keeps a number as a double and shows at most 15 digits of it. What is written here is the
//! shortest decimal that reads back to the very same double: what somebody typed or a platform wrote comes out as it
//! went in, digit for digit, up to 15 digits; nothing is added and nothing rounded. A sum that a spreadsheet got
//! slightly wrong (`110.69999999999999`) comes out just as wrong, and is refused for its many decimals until `--round`
//! says what to make of it. A whole number of 2^53 or more may stand for its neighbours as well; it is written like
//! `1.2E+17`, which is refused where it should be an id. No arithmetic is done here.
//!
//! Knows sheets and cells; which column is what, it does not.

use std::fs::File;
use std::io::{BufReader, Seek};

use calamine::{Data, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxError, XlsxFormulaMetadata};

use super::opendocument::OpenDocument;
use super::refusal::{Refusal, RefusalCode, Stop, shortened};
use super::unpack::Sink;

/// A kind of workbook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Of Excel.
    Xlsx,
    /// Of LibreOffice and others.
    Ods,
}

impl Kind {
    fn as_str(self) -> &'static str {
        match self {
            Kind::Xlsx => "xlsx",
            Kind::Ods => "ods",
        }
    }
}

/// A row of so many filled cells belongs to a table: a day, a campaign and an amount.
const TABLE_CELLS: usize = 3;
/// No sheet has more columns.
const COLUMNS_MAX: u32 = 16_384;
/// No record is longer, in any file.
const ROW_BYTES_MAX: usize = 16 * 1024 * 1024;
/// From here on (2^53) a double no longer tells a whole number from the next.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

/// Writes the sheet asked for, else the only one with a table, and returns what was read.
pub(super) fn to_text(file: &File, kind: Kind, sheet: Option<&str>, text: &mut Sink) -> Result<String, Stop> {
    let mut workbook = Workbook::open(file, kind)?;
    let name = workbook.choose(sheet)?;
    let mut rows = Rows { text, line: 0, width: 0, cells: Vec::new(), bytes: 0 };
    workbook.each_cell(&name, &mut |row, column, cell| rows.put(row, column, cell).map(|()| true))?;
    rows.end_row()?;
    Ok(format!("{}, sheet \"{}\"", kind.as_str(), shortened(&name)))
}

enum Workbook<'a> {
    Xlsx(Box<Xlsx<BufReader<&'a File>>>),
    Ods(OpenDocument<'a>),
}

/// Takes a cell by its row and column, counted from 0; answers whether to go on.
pub(super) type Give<'g> = dyn FnMut(u32, u32, String) -> Result<bool, Stop> + 'g;

impl<'a> Workbook<'a> {
    fn open(mut file: &'a File, kind: Kind) -> Result<Workbook<'a>, Stop> {
        file.rewind()?;
        Ok(match kind {
            Kind::Xlsx => Workbook::Xlsx(Box::new(Xlsx::new(BufReader::new(file))?)),
            Kind::Ods => Workbook::Ods(OpenDocument::open(file)?),
        })
    }

    /// Returns the names of the sheets, and whether they are hidden.
    fn sheets(&self) -> Vec<(String, bool)> {
        match self {
            Workbook::Xlsx(workbook) => {
                let sheets = workbook.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
                sheets.map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect()
            }
            Workbook::Ods(workbook) => workbook.sheets.clone(),
        }
    }

    /// Gives every cell of a sheet that holds something, row by row.
    fn each_cell(&mut self, sheet: &str, give: &mut Give) -> Result<(), Stop> {
        let workbook = match self {
            Workbook::Xlsx(workbook) => workbook,
            Workbook::Ods(workbook) => return workbook.each_cell(sheet, give),
        };
        let mut cells = workbook.worksheet_cells_reader(sheet)?;
        while let Some(cell) = cells.next_cell_with_formula_metadata()? {
            let mut text = text_of(&cell.value.into());
            if let (true, Some(formula)) = (text.is_empty(), cell.formula) {
                // Its result is not in the file; as it stands it is no amount and no day.
                text = match formula {
                    XlsxFormulaMetadata::Normal { formula } | XlsxFormulaMetadata::Shared { formula, .. } => {
                        format!("={formula}")
                    }
                    _ => "=formula".to_owned(),
                };
            }
            if !text.is_empty() && !give(cell.pos.0, cell.pos.1, text)? {
                break;
            }
        }
        Ok(())
    }

    /// Returns the name of the sheet asked for, else of the only one with a table; hidden ones count where no visible
    /// one has any.
    fn choose(&mut self, wanted: Option<&str>) -> Result<String, Stop> {
        let sheets = self.sheets();
        if let Some(wanted) = wanted {
            let found = sheets.iter().find(|(name, _)| name.trim() == wanted.trim());
            return Ok(found.map(|(name, _)| name.clone()).ok_or_else(|| {
                let names: Vec<&str> = sheets.iter().map(|(name, _)| name.as_str()).collect();
                let message = format!("the workbook has no sheet `{wanted}`; its sheets are: {}", listed(&names));
                Refusal::new(RefusalCode::SheetUnknown, message, "say --sheet with one of them")
            })?);
        }
        let (mut visible, mut hidden) = (Vec::new(), Vec::new());
        for (name, is_hidden) in &sheets {
            if self.has_table(name)? {
                if *is_hidden { &mut hidden } else { &mut visible }.push(name.as_str());
            }
        }
        match if visible.is_empty() { hidden.as_slice() } else { visible.as_slice() } {
            [only] => Ok((*only).to_owned()),
            [] => Err(Refusal::new(
                RefusalCode::NoRows,
                "no sheet of the workbook has a table: a row of at least three filled cells",
                "export the report again for a period and a selection with spend",
            )
            .into()),
            several => Err(Refusal::new(
                RefusalCode::SheetUnknown,
                format!("more than one sheet of the workbook has a table: {}", listed(several)),
                "say which one holds the spend per day: --sheet with its name",
            )
            .into()),
        }
    }

    fn has_table(&mut self, sheet: &str) -> Result<bool, Stop> {
        let (mut current, mut filled, mut found) = (0, 0, false);
        self.each_cell(sheet, &mut |row, _, text| {
            if row != current {
                (current, filled) = (row, 0);
            }
            filled += usize::from(!text.trim().is_empty());
            found = filled >= TABLE_CELLS;
            Ok(!found)
        })?;
        Ok(found)
    }
}

fn listed(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{}`", shortened(name))).collect::<Vec<_>>().join(", ")
}

/// The sheet as it is written, a line a row.
struct Rows<'t> {
    text: &'t mut Sink,
    /// How many rows are written.
    line: u32,
    /// The widest row so far. A row is filled up to it: a header is as wide as its table, and the cells that a sheet
    /// leaves out at a row's end are blank ones.
    width: usize,
    /// The cells of the row that comes next, and how long they are together.
    cells: Vec<String>,
    bytes: usize,
}

impl Rows<'_> {
    fn put(&mut self, row: u32, column: u32, cell: String) -> Result<(), Stop> {
        while self.line < row {
            self.end_row()?;
        }
        let at = usize::try_from(column.min(COLUMNS_MAX)).unwrap_or(usize::MAX);
        if row < self.line || column >= COLUMNS_MAX || self.cells.get(at).is_some_and(|cell| !cell.is_empty()) {
            return Err(damaged("its cells are not in order").into());
        }
        self.bytes = self.bytes.saturating_add(cell.len());
        if self.bytes > ROW_BYTES_MAX {
            return Err(damaged("a row is longer than 16 MiB").into());
        }
        self.cells.resize(self.cells.len().max(at + 1), String::new());
        if let Some(place) = self.cells.get_mut(at) {
            *place = cell;
        }
        Ok(())
    }

    fn end_row(&mut self) -> Result<(), Stop> {
        self.width = self.width.max(self.cells.len());
        let mut line = String::new();
        if !self.cells.is_empty() {
            self.cells.resize(self.width, String::new());
            for (at, cell) in self.cells.iter().enumerate() {
                line += if at > 0 { ",\"" } else { "\"" };
                if cell.contains('"') || cell.contains('\r') || cell.contains('\n') {
                    // A line break in a cell would move the numbers of all rows below it.
                    line += &cell.replace(['\r', '\n'], " ").replace('"', "\"\"");
                } else {
                    line += cell;
                }
                line.push('"');
            }
            self.cells.clear();
            self.bytes = 0;
        }
        line.push('\n');
        self.line = self.line.saturating_add(1);
        self.text.put(line.as_bytes())
    }
}

/// Returns a cell as text; empty where there is nothing in it.
pub(crate) fn text_of(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number_text(*number),
        Data::Bool(true) => "TRUE".to_owned(),
        Data::Bool(false) => "FALSE".to_owned(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(moment) => moment_text(moment),
        Data::DateTimeIso(moment) => without_midnight(moment.clone()),
        Data::DurationIso(duration) => duration.clone(),
    }
}

/// Returns the shortest decimal that reads back, or what cannot be an id where it is not exact.
pub(super) fn number_text(number: f64) -> String {
    if number.abs() >= EXACT_BELOW {
        return format!("{number:E}").replace('E', "E+");
    }
    let mut text = number.to_string(); // the shortest that reads back, never with an exponent
    // `1.234` would be a thousand where the decimal mark is a comma; of four decimals the point can group nothing.
    if text.split_once('.').is_some_and(|(_, decimals)| decimals.len() == 3) {
        text.push('0');
    }
    text
}

/// Returns an ISO day, without a time that says nothing.
pub(super) fn without_midnight(moment: String) -> String {
    match moment.split_once('T') {
        Some((day, time)) if !time.contains(|char: char| ('1'..='9').contains(&char)) => day.to_owned(),
        _ => moment,
    }
}

/// A day, with its time where that is not midnight; a time without a day alone. What is no moment stays a number.
fn moment_text(moment: &ExcelDateTime) -> String {
    const DAYS: std::ops::Range<f64> = 0.0..2_958_466.0; // up to the end of the year 9999
    if moment.is_duration() || !DAYS.contains(&moment.as_f64()) {
        return number_text(moment.as_f64());
    }
    let (year, month, day, hour, minute, second, milli) = moment.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    let fraction = if milli == 0 { String::new() } else { format!(".{milli:03}") };
    let time = format!("{hour:02}:{minute:02}:{second:02}{fraction}");
    match (year, (hour, minute, second, milli)) {
        (1899, _) => time,
        (_, (0, 0, 0, 0)) => date,
        _ => format!("{date} {time}"),
    }
}

/// Refuses a workbook with a password.
pub(super) fn protected() -> Refusal {
    Refusal::new(
        RefusalCode::Protected,
        "the file is protected by a password",
        "export the report again, or open it, remove the password and save it",
    )
}

/// Refuses a workbook that is not as it should be.
pub(super) fn damaged(why: &str) -> Refusal {
    let message = format!("the workbook is damaged, or none that can be read: {}", shortened(why));
    Refusal::new(RefusalCode::NotText, message, "export the report again, as .csv where the platform offers it")
}

impl From<XlsxError> for Stop {
    fn from(error: XlsxError) -> Stop {
        match error {
            XlsxError::Io(error) if error.raw_os_error().is_some() => Stop::Io(error),
            other => damaged(&other.to_string()).into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use calamine::ExcelDateTimeType;

    use super::*;

    #[test]
    fn numbers_are_written_as_they_were_typed() {
        for (number, text) in [
            (0.0, "0"),
            (412.5, "412.5"),
            (1234567.89, "1234567.89"),
            (110.69999999999999, "110.69999999999999"),
            (0.30000000000000004, "0.30000000000000004"),
            (-0.000001, "-0.000001"),
            (1.234, "1.2340"),
            (1.2345, "1.2345"),
            (1_234_567_890.0, "1234567890"),
            (9_007_199_254_740_991.0, "9007199254740991"),
            (9_007_199_254_740_992.0, "9.007199254740992E+15"),
            (120_212_345_678_901_230.0, "1.2021234567890123E+17"),
            (-1e300, "-1E+300"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number_text(number), text);
        }
    }

    #[test]
    fn moments_are_days_unless_they_have_a_time() {
        let moment = |value: f64, is_1904| {
            text_of(&Data::DateTime(ExcelDateTime::new(value, ExcelDateTimeType::DateTime, is_1904)))
        };
        assert_eq!(moment(43101.0, false), "2018-01-01");
        assert_eq!(moment(43101.0 - 1462.0, true), "2018-01-01");
        assert_eq!(moment(46_082.291_666_666_7, false), "2026-03-01 07:00:00");
        assert_eq!(moment(46_082.999_999_999_9, false), "2026-03-02");
        assert_eq!(moment(0.5, false), "12:00:00");
        assert_eq!(moment(-3.5, false), "-3.5");
        assert_eq!(moment(120_212_345.0, false), "120212345");
        assert_eq!(text_of(&Data::DateTimeIso("2026-03-01T00:00:00".into())), "2026-03-01");
        assert_eq!(text_of(&Data::DateTimeIso("2026-03-01T07:00:00".into())), "2026-03-01T07:00:00");
        assert_eq!(text_of(&Data::DateTimeIso("2026-03-01".into())), "2026-03-01");
    }
}
