//! Delimited text as records that know their place.
//!
//! Both exports and the ledger's own files are read through [`Records`]. The `csv` crate, which writes them, does
//! not say on which line a record begins once line ends are CRLF or blank lines intervene, nor that a quote was
//! left open at the end of the file; an error message and a truncated download need both. On what both accept, the
//! two readers agree, and a test holds them to it.
//!
//! Knows nothing of what the fields mean.

use std::io::{self, BufRead};

/// No record is longer than this; memory stays bounded on any input.
pub(crate) const RECORD_BYTES_MAX: usize = 16 * 1024 * 1024;
/// No record has more fields: where each ends takes more room than a delimiter does.
pub(crate) const RECORD_FIELDS_MAX: usize = 1 << 20;

/// Reads records from UTF-8 text, one at a time, into a buffer the caller keeps.
///
/// Fields are quoted as in RFC 4180; a record ends at `\n`, `\r\n` or `\r`; a byte order mark is skipped; a blank
/// line is a record of one empty field.
#[derive(Debug)]
pub(crate) struct Records<R> {
    input: R,
    delimiter: u8,
    /// The line of the next byte, from 1.
    line: u64,
    /// The character column of the next byte in its line, from 1.
    column: u32,
    at_start: bool,
    after_cr: bool,
}

/// One record: its fields unquoted, and where each begins.
#[derive(Clone, Debug, Default)]
pub(crate) struct Record {
    line: u64,
    text: String,
    /// Where each field ends in `text`.
    ends: Vec<usize>,
    /// The character column in the file at which each field begins; of a field after a quoted line break, in its line.
    columns: Vec<u32>,
}

/// Why a record could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RecordError {
    #[error("a quote opened here is never closed")]
    OpenQuote { line: u64, column: u32 },
    #[error("text follows the closing quote of a cell")]
    AfterQuote { line: u64, column: u32 },
    #[error("a row is longer than 16 MiB")]
    TooLong { line: u64 },
    #[error("a row has more than a million cells")]
    TooWide { line: u64 },
    #[error("the text is not UTF-8")]
    NotUtf8 { line: u64 },
    #[error(transparent)]
    Io(#[from] io::Error),
}

impl Record {
    /// Puts in a row whose cells are given as they stand in a text, quotes and all. Of their columns nothing is known.
    pub(crate) fn fill<'c>(&mut self, line: u64, cells: impl Iterator<Item = &'c str>) {
        self.line = line;
        self.text.clear();
        self.ends.clear();
        self.columns.clear();
        for cell in cells {
            match cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')) {
                None => self.text.push_str(cell),
                Some(quoted) => {
                    // Every second quote stands for one.
                    let mut parts = quoted.split("\"\"");
                    self.text.extend(parts.next());
                    parts.for_each(|part| {
                        self.text.push('"');
                        self.text.push_str(part);
                    });
                }
            }
            self.ends.push(self.text.len());
        }
    }

    /// Returns the line the record begins on, from 1.
    pub(crate) fn line(&self) -> u64 {
        self.line
    }

    /// Returns the number of fields, at least one.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns a field's text, empty where the record has no such field.
    pub(crate) fn field(&self, at: usize) -> &str {
        let Some(&end) = self.ends.get(at) else { return "" };
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..end]
    }

    /// Returns the character column a field begins at, from 1.
    pub(crate) fn column(&self, at: usize) -> u32 {
        self.columns.get(at).copied().unwrap_or(1)
    }

    /// Returns the fields in order.
    pub(crate) fn fields(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.field(at))
    }

    /// Returns whether every field is empty or white space.
    pub(crate) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

#[derive(Clone, Copy, PartialEq)]
enum State {
    FieldStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted field: it closed the field, or the next byte is a second one.
    QuoteSeen,
}

impl<R: BufRead> Records<R> {
    /// Starts at the first byte of `input`.
    pub(crate) fn new(input: R, delimiter: u8) -> Self {
        Records { input, delimiter, line: 1, column: 1, at_start: true, after_cr: false }
    }

    /// Returns what is in memory of the text ahead, at the beginning of a record; nothing before the first of all.
    pub(crate) fn ahead(&mut self) -> io::Result<&[u8]> {
        if self.at_start || self.after_cr {
            return Ok(&[]);
        }
        self.input.fill_buf()
    }

    /// Passes over whole records of what is [ahead](Records::ahead), each of one line, which somebody else has read.
    pub(crate) fn pass(&mut self, bytes: usize, records: u64) {
        self.input.consume(bytes);
        self.line = self.line.saturating_add(records);
    }

    /// Returns what is not read yet.
    pub(crate) fn rest(&mut self) -> &mut R {
        &mut self.input
    }

    /// Reads the next record; `false` at the end.
    pub(crate) fn read(&mut self, record: &mut Record) -> Result<bool, RecordError> {
        let mut bytes = std::mem::take(&mut record.text).into_bytes();
        bytes.clear();
        record.ends.clear();
        record.columns.clear();
        if self.at_start {
            self.at_start = false;
            if self.input.fill_buf()?.starts_with("\u{feff}".as_bytes()) {
                self.input.consume(3);
            }
        }
        let mut state = State::FieldStart;
        let mut opened = (self.line, self.column);
        let mut begun = false;
        loop {
            let buffer = self.input.fill_buf()?;
            if buffer.is_empty() {
                if state == State::Quoted {
                    return Err(RecordError::OpenQuote { line: opened.0, column: opened.1 });
                }
                if begun {
                    self.finish(record, bytes)?;
                }
                return Ok(begun);
            }
            let mut used = 0;
            let mut ended = false;
            for &byte in buffer {
                used += 1;
                if std::mem::take(&mut self.after_cr) && byte == b'\n' {
                    continue;
                }
                if !begun {
                    begun = true;
                    record.line = self.line;
                    record.columns.push(self.column);
                }
                match (state, byte) {
                    (State::FieldStart, b'"') => {
                        opened = (self.line, self.column);
                        state = State::Quoted;
                    }
                    (State::Quoted, b'"') => state = State::QuoteSeen,
                    (State::QuoteSeen, b'"') => {
                        bytes.push(b'"');
                        state = State::Quoted;
                    }
                    (State::Quoted, _) => bytes.push(byte),
                    (_, b'\n' | b'\r') => ended = true,
                    (_, _) if byte == self.delimiter => {
                        record.ends.push(bytes.len());
                        record.columns.push(self.column.saturating_add(1));
                        state = State::FieldStart;
                    }
                    (State::QuoteSeen, _) => {
                        return Err(RecordError::AfterQuote { line: self.line, column: self.column });
                    }
                    (_, _) => {
                        bytes.push(byte);
                        state = State::Plain;
                    }
                }
                if byte == b'\n' || (ended && byte == b'\r') {
                    self.line += 1;
                    self.column = 1;
                    self.after_cr = byte == b'\r';
                } else if byte & 0xC0 != 0x80 {
                    // A continuation byte of UTF-8 is no new character.
                    self.column = self.column.saturating_add(1);
                }
                if ended {
                    break;
                }
            }
            self.input.consume(used);
            if bytes.len() > RECORD_BYTES_MAX {
                return Err(RecordError::TooLong { line: record.line });
            }
            if record.ends.len() > RECORD_FIELDS_MAX {
                return Err(RecordError::TooWide { line: record.line });
            }
            if ended {
                self.finish(record, bytes)?;
                return Ok(true);
            }
        }
    }

    fn finish(&self, record: &mut Record, bytes: Vec<u8>) -> Result<(), RecordError> {
        record.ends.push(bytes.len());
        let not_utf8 = RecordError::NotUtf8 { line: record.line };
        let Ok(text) = String::from_utf8(bytes) else { return Err(not_utf8) };
        // Without the delimiter between them, two damaged fields may make a character together.
        if !record.ends.iter().all(|end| text.is_char_boundary(*end)) {
            return Err(not_utf8);
        }
        record.text = text;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Vec<(u64, Vec<String>)> {
        let mut records = Records::new(text.as_bytes(), b',');
        let mut record = Record::default();
        let mut all = Vec::new();
        while records.read(&mut record).unwrap() {
            all.push((record.line(), record.fields().map(str::to_owned).collect()));
        }
        all
    }

    #[test]
    fn records_know_their_line_whatever_the_line_ends() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["\u{feff}a,b", "", "\"x", "y\",2", "3,"].join(end);
            let lines: Vec<u64> = read(&text).iter().map(|(line, _)| *line).collect();
            let expected = if end == "\r" { [1, 2, 3, 4].to_vec() } else { [1, 2, 3, 5].to_vec() };
            assert_eq!(lines, expected, "{end:?}");
            assert_eq!(read(&text)[0].1, ["a", "b"]);
            assert_eq!(read(&text).last().unwrap().1, ["3", ""]);
        }
    }

    #[test]
    fn fields_know_their_column() {
        let mut records = Records::new("é,\"b\"\"c\",d\n".as_bytes(), b',');
        let mut record = Record::default();
        records.read(&mut record).unwrap();
        assert_eq!([0, 1, 2].map(|at| record.column(at)), [1, 3, 10]);
        assert_eq!(record.field(1), "b\"c");
        assert_eq!(record.field(9), "");
    }

    #[test]
    fn damage_is_found() {
        let first_error = |text: &'static [u8]| {
            let mut records = Records::new(text, b',');
            let mut record = Record::default();
            loop {
                match records.read(&mut record) {
                    Ok(true) => {}
                    Ok(false) => return String::from("none"),
                    Err(error) => return format!("{error:?}"),
                }
            }
        };
        assert_eq!(first_error(b"a\nb,\"c\nd"), "OpenQuote { line: 2, column: 3 }");
        assert_eq!(first_error(b"\"a\"b"), "AfterQuote { line: 1, column: 4 }");
        assert_eq!(first_error(b"a\n\xff\n"), "NotUtf8 { line: 2 }");
        assert_eq!(first_error(b"a\n\xef,\xbb\xbf\n"), "NotUtf8 { line: 2 }");
        assert_eq!(first_error(b"5\" screen,b\n"), "none");
    }

    proptest! {
        #[test]
        fn agrees_with_the_csv_crate(text in "[ab\",\n\r é]{0,40}", capacity in 1usize..8) {
            let mut records = Records::new(io::BufReader::with_capacity(capacity, text.as_bytes()), b',');
            let mut record = Record::default();
            let mut ours: Vec<Vec<String>> = Vec::new();
            loop {
                match records.read(&mut record) {
                    Ok(true) => ours.push(record.fields().map(str::to_owned).collect()),
                    Ok(false) => break,
                    Err(_) => return Ok(()), // what we refuse, the other reads somehow
                }
            }
            ours.retain(|fields| fields.as_slice() != [""]);
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let mut theirs: Vec<Vec<String>> = reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            theirs.retain(|fields| fields.as_slice() != [""]);
            prop_assert_eq!(ours, theirs);
        }
    }
}
