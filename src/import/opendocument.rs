//! [`OpenDocument`]: the sheets of an OpenDocument workbook (`.ods`), a row at a time.
//!
//! Such a file says of rows and cells how often they are repeated, and some programs repeat blank ones to the end of the
//! sheet, a million rows down. So its rows are given as they come and nothing is laid out in memory.
//!
//! Knows how cells are stored; what becomes of them, [`workbook`](super::workbook) says.

use std::fs::File;
use std::io::{BufReader, Read, Seek};

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use zip::ZipArchive;
use zip::read::ZipFile;

use super::refusal::Stop;
use super::workbook::{Give, damaged, number_text, protected, without_midnight};

/// An OpenDocument workbook.
pub(super) struct OpenDocument<'a> {
    archive: ZipArchive<BufReader<&'a File>>,
    /// The names of its sheets, and whether they are hidden.
    pub(super) sheets: Vec<(String, bool)>,
}

type Xml<'z, 'a> = Reader<BufReader<ZipFile<'z, BufReader<&'a File>>>>;

impl<'a> OpenDocument<'a> {
    pub(super) fn open(mut file: &'a File) -> Result<OpenDocument<'a>, Stop> {
        file.rewind()?;
        let mut archive = ZipArchive::new(BufReader::new(file))?;
        let mut manifest = String::new();
        archive
            .by_name("META-INF/manifest.xml")?
            .read_to_string(&mut manifest)
            .map_err(|error| damaged(&error.to_string()))?;
        if manifest.contains("encryption-data") {
            return Err(protected().into());
        }
        let mut workbook = OpenDocument { archive, sheets: Vec::new() };
        let (mut sheets, mut style, mut hidden) = (Vec::new(), None, Vec::new());
        workbook.each_element(|xml, start| {
            match start.local_name().as_ref() {
                "style" => style = attribute(start, "style:name")?,
                "table-properties" if attribute(start, "table:display")?.as_deref() == Some("false") => {
                    hidden.extend(style.clone());
                }
                "table" => {
                    let is_hidden = attribute(start, "table:style-name")?.is_some_and(|style| hidden.contains(&style));
                    sheets.push((attribute(start, "table:name")?.unwrap_or_default(), is_hidden));
                    skip(xml, start)?;
                }
                _ => {}
            }
            Ok(true)
        })?;
        workbook.sheets = sheets;
        Ok(workbook)
    }

    /// Gives every cell of a sheet that holds something, row by row, until told to stop.
    pub(super) fn each_cell(&mut self, sheet: &str, give: &mut Give) -> Result<(), Stop> {
        self.each_element(|xml, start| match start.local_name().as_ref() {
            "table" if attribute(start, "table:name")?.unwrap_or_default() == sheet => {
                table(xml, give)?;
                Ok(false)
            }
            "table" => skip(xml, start).map(|()| true),
            _ => Ok(true),
        })
    }

    /// Looks at every element of the content that is not passed over, until told to stop.
    fn each_element(
        &mut self,
        mut look: impl FnMut(&mut Xml<'_, 'a>, &BytesStart<'static>) -> Result<bool, Stop>,
    ) -> Result<(), Stop> {
        let mut xml = Reader::from_reader(BufReader::new(self.archive.by_name("content.xml")?));
        xml.config_mut().expand_empty_elements = true;
        loop {
            match next(&mut xml)? {
                // What was deleted, and tables of other files.
                Event::Start(start) if ["tracked-changes", "dde-links"].contains(&start.local_name().as_ref()) => {
                    skip(&mut xml, &start)?;
                }
                Event::Start(start) if !look(&mut xml, &start)? => return Ok(()),
                Event::Eof => return Ok(()),
                _ => {}
            }
        }
    }
}

fn table(xml: &mut Xml, give: &mut Give) -> Result<(), Stop> {
    let (mut row, mut repeated, mut column) = (0_u32, 1_u32, 0_u32);
    let mut cells: Vec<(u32, u32, String)> = Vec::new(); // first column, how many, text
    let outside = || damaged("a cell is outside of the sheet");
    loop {
        match next(xml)? {
            Event::Start(start) => match start.local_name().as_ref() {
                "table-row" => (repeated, column) = (repeats(&start, "table:number-rows-repeated")?, 0),
                "table-cell" | "covered-table-cell" => {
                    let columns = repeats(&start, "table:number-columns-repeated")?;
                    let text = cell(xml, &start)?;
                    if !text.is_empty() {
                        cells.push((column, columns, text));
                    }
                    column = column.checked_add(columns).ok_or_else(outside)?;
                }
                // Groups and header rows only surround rows.
                "table-row-group" | "table-header-rows" | "table-rows" => {}
                _ => skip(xml, &start)?,
            },
            Event::End(end) if end.local_name().as_ref() == "table-row" => {
                let rows = if cells.is_empty() { 0 } else { repeated };
                for row in row..row.saturating_add(rows) {
                    for (first, columns, text) in &cells {
                        for column in *first..first.saturating_add(*columns) {
                            if !give(row, column, text.clone())? {
                                return Ok(());
                            }
                        }
                    }
                }
                cells.clear();
                row = row.checked_add(repeated).ok_or_else(outside)?;
            }
            Event::End(end) if end.local_name().as_ref() == "table" => return Ok(()),
            Event::Eof => return Err(damaged("it ends within a sheet").into()),
            _ => {}
        }
    }
}

/// Returns what a cell holds.
fn cell(xml: &mut Xml, start: &BytesStart) -> Result<String, Stop> {
    let text = paragraphs(xml)?;
    let value = |name: &str| Ok::<String, Stop>(attribute(start, name)?.unwrap_or_default());
    if attribute(start, "calcext:value-type")?.as_deref() == Some("error") {
        return Ok(text); // such as `#REF!`
    }
    Ok(match attribute(start, "office:value-type")?.as_deref() {
        Some("float" | "percentage" | "currency") => {
            let number = value("office:value")?;
            number_text(number.parse().map_err(|_| damaged(&format!("`{number}` is no number")))?)
        }
        Some("date") => without_midnight(value("office:date-value")?),
        Some("time") => value("office:time-value")?,
        Some("boolean") => value("office:boolean-value")?.to_uppercase(),
        Some(_) => attribute(start, "office:string-value")?.filter(|text| !text.is_empty()).unwrap_or(text),
        // A formula without its result; as it stands it is no amount and no day.
        None if text.is_empty() => value("table:formula")?,
        None => text,
    })
}

/// Returns the text of a cell, its paragraphs as lines, and reads to the cell's end.
fn paragraphs(xml: &mut Xml) -> Result<String, Stop> {
    let (mut text, mut paragraphs, mut is_inside) = (String::new(), 0, false);
    loop {
        match next(xml)? {
            Event::Start(start) => match start.local_name().as_ref() {
                "p" if !is_inside => {
                    if paragraphs > 0 {
                        text.push('\n');
                    }
                    (paragraphs, is_inside) = (paragraphs + 1, true);
                }
                "s" => {
                    let blanks = attribute(&start, "text:c")?.and_then(|count| count.parse().ok()).unwrap_or(1_usize);
                    text.extend(std::iter::repeat_n(' ', blanks.min(1000)));
                }
                "tab" | "line-break" => text.push(' '),
                "span" | "a" => {}
                _ => skip(xml, &start)?, // a comment, a picture
            },
            Event::Text(piece) if is_inside => text += &piece.xml10_content(),
            Event::CData(piece) if is_inside => text += &piece.xml10_content(),
            Event::GeneralRef(entity) if is_inside => {
                let wrong = || damaged(&format!("`&{};` is no character", &*entity));
                match quick_xml::escape::resolve_predefined_entity(&entity) {
                    Some(known) => text += known,
                    None => text.push(entity.resolve_char_ref().ok().flatten().ok_or_else(wrong)?),
                }
            }
            Event::End(end) => match end.local_name().as_ref() {
                "p" => is_inside = false,
                "table-cell" | "covered-table-cell" => return Ok(text),
                _ => {}
            },
            Event::Eof => return Err(damaged("it ends within a cell").into()),
            _ => {}
        }
    }
}

fn next(xml: &mut Xml) -> Result<Event<'static>, Stop> {
    Ok(xml.read_event_into(&mut Vec::new())?.into_owned())
}

fn skip(xml: &mut Xml, start: &BytesStart) -> Result<(), Stop> {
    xml.read_to_end_into(start.name(), &mut Vec::new())?;
    Ok(())
}

fn attribute(start: &BytesStart, name: &str) -> Result<Option<String>, Stop> {
    let Some(found) = start.try_get_attribute(name)? else { return Ok(None) };
    Ok(Some(found.normalized_value(XmlVersion::Implicit1_0)?.into_owned()))
}

fn repeats(start: &BytesStart, name: &str) -> Result<u32, Stop> {
    let Some(count) = attribute(start, name)? else { return Ok(1) };
    Ok(count.parse().map_err(|_| damaged(&format!("`{count}` is no number of times")))?)
}

impl From<quick_xml::Error> for Stop {
    fn from(error: quick_xml::Error) -> Stop {
        match error {
            quick_xml::Error::Io(error) if error.raw_os_error().is_some() => {
                Stop::Io(std::io::Error::new(error.kind(), error))
            }
            other => damaged(&other.to_string()).into(),
        }
    }
}

impl From<quick_xml::events::attributes::AttrError> for Stop {
    fn from(error: quick_xml::events::attributes::AttrError) -> Stop {
        damaged(&error.to_string()).into()
    }
}
