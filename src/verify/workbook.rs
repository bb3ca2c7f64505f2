//! [`Workbook`]: what the sheets of a saved workbook hold, and the document properties that say how it was computed.
//!
//! A cell is what it holds: its value, whether that is a text, and its formula. How it looks is not read.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, Reader, SheetType, Xlsx};
use quick_xml::XmlVersion;
use quick_xml::events::Event;
use zip::ZipArchive;

use super::saved::NotAReport;
use crate::import::{shortened, text_of_cell, unreadable_workbook};
use crate::render::HEADER_ROW;

/// A workbook as it is compared.
#[derive(Clone, Debug)]
pub(super) struct Workbook {
    /// The custom document properties, by name.
    pub(super) properties: BTreeMap<String, String>,
    /// The sheets in their order.
    pub(super) sheets: Vec<Sheet>,
}

/// One sheet.
#[derive(Clone, Debug)]
pub(super) struct Sheet {
    pub(super) name: String,
    /// The rows with something in them, by their number from 0.
    pub(super) rows: BTreeMap<u32, SheetRow>,
}

/// The cells of a row that hold something, by the number of their column from 0.
pub(super) type SheetRow = BTreeMap<u32, Held>;

/// What a cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) value: String,
    /// A text may look like a number and is none.
    pub(super) kind: Kind,
    pub(super) formula: Option<String>,
}

/// What kind of value a cell holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
    /// A day; by other hands, also a truth or an error.
    Other,
}

impl Held {
    /// Returns what a reader sees of it: its value, and the formula that it comes from.
    pub(super) fn told(&self) -> String {
        match &self.formula {
            Some(formula) if self.value.is_empty() => format!("={formula}"),
            Some(formula) => format!("{} (={formula})", self.value),
            None => self.value.clone(),
        }
    }
}

/// No sheet has more.
const ROWS_MAX: u32 = 1_048_576;
const COLUMNS_MAX: u32 = 16_384;
/// What the cells of a workbook may take in memory, and what one takes without its texts.
const ROOM: usize = 512 * 1024 * 1024;
const ROOM_OF_A_CELL: usize = 128;
/// The bytes that are read of the document properties; a report's are some hundreds.
const PROPERTIES_MAX: u64 = 1024 * 1024;

const CONTENT: &str = "[Content_Types].xml";
const PROPERTIES: &str = "docProps/custom.xml";

impl Workbook {
    /// Reads a workbook from the bytes of its file.
    pub(super) fn read(bytes: &[u8]) -> Result<Workbook, NotAReport> {
        if let Some(why) = unreadable_workbook(bytes) {
            return Err(refused(&why));
        }
        // Its reader may stumble over parts that make no sense.
        let read = || Ok(Workbook { properties: properties(bytes)?, sheets: sheets(bytes, ROOM)? });
        catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(refused("its parts contradict each other")))
    }

    /// Returns the sheet of that name.
    pub(super) fn sheet(&self, name: &str) -> Option<&Sheet> {
        self.sheets.iter().find(|sheet| sheet.name == name)
    }

    /// Returns the rows of a sheet's table, each by its headings.
    pub(super) fn records(&self, sheet: &str) -> impl Iterator<Item = BTreeMap<&str, &Held>> {
        let sheet = self.sheet(sheet);
        let headings = sheet.and_then(|sheet| sheet.rows.get(&HEADER_ROW));
        let below = sheet.map(|sheet| sheet.rows.range(HEADER_ROW.saturating_add(1)..)).into_iter().flatten();
        below.map(move |(_, row)| {
            let heading = |column| headings.and_then(|headings| headings.get(column));
            row.iter().filter_map(|(column, held)| Some((heading(column)?.value.as_str(), held))).collect()
        })
    }
}

/// What other readers say of a workbook; it may quote it.
fn unreadable(why: &dyn ToString) -> NotAReport {
    refused(&shortened(&why.to_string()))
}

fn refused(why: &str) -> NotAReport {
    let hint = String::from("copy it again from where it was saved");
    NotAReport { what: format!("it cannot be read: {why}"), hint }
}

fn sheets(bytes: &[u8], mut room: usize) -> Result<Vec<Sheet>, NotAReport> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    let (mut sheets, mut names) = (Vec::new(), BTreeSet::new());
    for sheet in workbook.sheets_metadata().to_vec() {
        if !names.insert(sheet.name.clone()) {
            return Err(refused("two of its sheets have the same name"));
        }
        let rows = if sheet.typ == SheetType::WorkSheet {
            rows(&mut workbook, &sheet.name, &mut room)?
        } else {
            BTreeMap::new()
        };
        sheets.push(Sheet { name: sheet.name, rows });
    }
    Ok(sheets)
}

fn rows(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    sheet: &str,
    room: &mut usize,
) -> Result<BTreeMap<u32, SheetRow>, NotAReport> {
    let mut rows: BTreeMap<u32, SheetRow> = BTreeMap::new();
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(|error| unreadable(&error))?;
    while let Some(cell) = cells.next_cell_with_formula().map_err(|error| unreadable(&error))? {
        let value = Data::from(cell.value);
        let held = Held {
            kind: match value {
                Data::String(_) => Kind::Text,
                Data::Int(_) | Data::Float(_) => Kind::Number,
                _ => Kind::Other,
            },
            value: text_of(&value),
            formula: cell.formula.filter(|formula| !formula.is_empty()),
        };
        let bytes = held.value.len().saturating_add(held.formula.as_ref().map_or(0, String::len));
        *room = room.checked_sub(bytes.saturating_add(ROOM_OF_A_CELL)).ok_or_else(too_large)?;
        if held.value.is_empty() && held.formula.is_none() {
            continue;
        }
        let (row, column) = cell.pos;
        let is_first = rows.entry(row).or_default().insert(column, held).is_none();
        if row >= ROWS_MAX || column >= COLUMNS_MAX || !is_first {
            return Err(refused("a cell is there twice, or outside of its sheet"));
        }
    }
    Ok(rows)
}

fn too_large() -> NotAReport {
    NotAReport {
        what: String::from("its sheets hold more than is read of a workbook"),
        hint: String::from("save the report with --format json, and verify that"),
    }
}

/// A value as text. Of a number the 15 digits that a spreadsheet keeps and shows: what it computes itself may be off by
/// a hair behind them.
fn text_of(value: &Data) -> String {
    match value {
        Data::Float(number) => format!("{number:.14e}").parse().unwrap_or(*number).to_string(),
        other => text_of_cell(other),
    }
}

/// The custom properties; none where the workbook has no such part.
fn properties(bytes: &[u8]) -> Result<BTreeMap<String, String>, NotAReport> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(&error))?;
    if archive.index_for_name(CONTENT).is_none() {
        return Err(NotAReport {
            what: String::from("it is an archive, and no workbook that is read here"),
            hint: String::from("unpack it; save a workbook of another kind as .xlsx"),
        });
    }
    let Some(at) = archive.index_for_name(PROPERTIES) else { return Ok(BTreeMap::new()) };
    let part = archive.by_index(at).map_err(|error| unreadable(&error))?;
    let mut text = String::new();
    let read = part.take(PROPERTIES_MAX.saturating_add(1)).read_to_string(&mut text);
    read.map_err(|error| unreadable(&error))?;
    if text.len() as u64 > PROPERTIES_MAX {
        return Err(refused("its document properties are longer than 1 MiB"));
    }
    named_texts(&text).map_err(|error| unreadable(&format!("its document properties: {error}")))
}

/// Every `<property name="…"><vt:lpwstr>…</vt:lpwstr></property>`, of any type.
fn named_texts(xml: &str) -> Result<BTreeMap<String, String>, quick_xml::Error> {
    let mut xml = quick_xml::Reader::from_str(xml);
    let (mut properties, mut name) = (BTreeMap::new(), None);
    loop {
        match xml.read_event()? {
            Event::Start(start) if start.local_name().as_ref() == "property" => {
                let written = start.try_get_attribute("name")?;
                name = written.map(|name| name.normalized_value(XmlVersion::Implicit1_0).map(|name| name.into_owned()));
            }
            Event::Start(start) => {
                if let Some(name) = name.take() {
                    let text = xml.read_text(start.name())?.xml10_content().into_owned();
                    properties.insert(name?, quick_xml::escape::unescape(&text)?.into_owned());
                }
            }
            Event::Eof => return Ok(properties),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cells_hold_is_counted_while_it_is_read() {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        let sheet = workbook.add_worksheet();
        // One text in the file, and many in memory.
        for row in 0..100 {
            sheet.write(row, 0, "x".repeat(1_000)).unwrap();
        }
        let bytes = workbook.save_to_buffer().unwrap();
        assert_eq!(sheets(&bytes, 200_000).unwrap()[0].rows.len(), 100);
        assert!(sheets(&bytes, 100_000).unwrap_err().what.contains("hold more than is read"));
    }
}
