//! The rows of one CSV file of the ledger, as cells that know their place.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::str::FromStr;

use super::{Place, Problem, limits, undecided};
use crate::sheet::{Record, RecordError, Records};

/// The columns a file may have, in the order the program writes them.
pub(super) struct Columns<'a> {
    pub(super) all: &'a [&'a str],
    pub(super) needed: &'a [&'a str],
}

impl Columns<'_> {
    /// Returns their names for a message; a column without one is none that anybody needs.
    fn named(&self) -> String {
        self.all.iter().copied().filter(|name| !name.is_empty()).collect::<Vec<_>>().join(", ")
    }
}

/// A file's header: which column stands where.
#[derive(Clone, Debug)]
pub(super) struct Header {
    names: Vec<String>,
}

impl Header {
    /// Returns the columns as the file orders them.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    fn position(&self, column: &str) -> Option<usize> {
        self.names.iter().position(|name| name == column)
    }
}

/// One row under the header.
#[derive(Clone, Debug)]
pub(super) struct Row<'a> {
    file: &'a str,
    header: &'a Header,
    record: Record,
}

/// Reads a file whole and hands each row to `take`; what is wrong is added to `problems`.
pub(super) fn read(
    file: &str,
    bytes: &[u8],
    columns: &Columns<'_>,
    problems: &mut Vec<Problem>,
    mut take: impl FnMut(&Row<'_>, &mut Vec<Problem>),
) {
    let undecided = undecided::conflicts(file, bytes);
    if !undecided.is_empty() {
        return problems.extend(undecided);
    }
    let mut records = Records::new(bytes, b',');
    let mut record = Record::default();
    let mut header: Option<Header> = None;
    let (before, mut rows) = (problems.len(), 0_usize);
    loop {
        match records.read(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return problems.push(damaged(file, &error)),
        }
        match &header {
            None if record.is_blank() || record.field(0).starts_with('#') => {}
            None => match read_header(file, &record, columns, problems) {
                Some(found) => header = Some(found),
                None => return,
            },
            Some(_) if record.is_blank() && record.len() == 1 => {}
            Some(header) => {
                let row = Row { file, header, record: record.clone() };
                rows += 1;
                if rows > limits::LOG_ROWS {
                    return problems.push(Problem {
                        place: Place::top_of(file),
                        what: format!("the file has more than {} rows", limits::LOG_ROWS),
                        mend: "restore it from a copy, or take out what does not belong there".into(),
                    });
                }
                if problems.len() - before >= limits::PROBLEMS {
                    return problems.push(Problem {
                        place: row.place_of_row(),
                        what: "so much is wrong above that the file is not read from here on".into(),
                        mend: "mend what is said, and try again".into(),
                    });
                }
                if let Some(at) = (0..record.len()).find(|at| is_too_long(record.field(*at))) {
                    problems.push(too_long(Place { column: record.column(at), ..row.place_of_row() }));
                } else if record.len() == header.names.len() {
                    take(&row, problems);
                } else if undecided::is_mark(record.field(0)) {
                    problems.push(Problem {
                        place: row.place_of_row(),
                        what: format!("`{}` was left here by a merge of two branches", record.field(0)),
                        mend: "remove the line, and see that the rows around it belong here".into(),
                    });
                } else {
                    problems.push(Problem {
                        place: row.place_of_row(),
                        what: format!("the row has {} cells, the header {}", record.len(), header.names.len()),
                        mend: "give every column a cell, empty where there is nothing to say; quote cells that hold a comma".into(),
                    });
                }
            }
        }
    }
    if header.is_none() {
        problems.push(Problem {
            place: Place::top_of(file),
            what: "the file has no header row".into(),
            mend: format!("begin it with `{}`", columns.all.join(",")),
        });
    }
}

/// Returns the header of a file that [`read`] accepted.
pub(super) fn header_of(bytes: &[u8]) -> Option<Header> {
    let mut records = Records::new(bytes, b',');
    let mut record = Record::default();
    while records.read(&mut record).ok()? {
        if !record.is_blank() && !record.field(0).starts_with('#') {
            return Some(Header { names: names(&record) });
        }
    }
    None
}

fn is_too_long(cell: &str) -> bool {
    cell.len() > limits::CELL_CHARACTERS && cell.chars().count() > limits::CELL_CHARACTERS
}

fn too_long(place: Place) -> Problem {
    Problem {
        place,
        what: format!("the cell has more than {} characters", limits::CELL_CHARACTERS),
        mend: "shorten it; put long texts into evidence/".into(),
    }
}

/// Returns a file's bytes without the rows that begin on these lines; every other byte stays.
pub(super) fn without(bytes: &[u8], lines: &[u64]) -> Vec<u8> {
    let mut records = Records::new(bytes, b',');
    let mut record = Record::default();
    let (mut kept, mut begun) = (Vec::with_capacity(bytes.len()), 0);
    while records.read(&mut record).unwrap_or(false) {
        let ended = bytes.len() - records.rest().len();
        if !lines.contains(&record.line()) {
            kept.extend_from_slice(bytes.get(begun..ended).unwrap_or_default());
        }
        begun = ended;
    }
    kept.extend_from_slice(bytes.get(begun..).unwrap_or_default());
    kept
}

fn names(record: &Record) -> Vec<String> {
    record.fields().map(|name| name.trim().to_owned()).collect()
}

fn read_header(file: &str, record: &Record, columns: &Columns<'_>, problems: &mut Vec<Problem>) -> Option<Header> {
    let before = problems.len();
    let names = names(record);
    let place = |at: usize| Place { file: file.to_owned(), line: record.line(), column: record.column(at) };
    if names.len() > limits::LOG_COLUMNS {
        problems.push(Problem {
            place: place(limits::LOG_COLUMNS),
            what: format!("the header has {} columns; no log has more than {}", names.len(), limits::LOG_COLUMNS),
            mend: "take out those that hold nothing".into(),
        });
        return None;
    }
    for (at, name) in names.iter().enumerate() {
        if is_too_long(name) {
            problems.push(too_long(place(at)));
        } else if names[..at].contains(name) {
            problems.push(Problem {
                place: place(at),
                what: format!("the column `{name}` stands twice"),
                mend: "keep one".into(),
            });
        } else if !columns.all.contains(&name.as_str()) && !name.starts_with("x_") {
            problems.push(Problem {
                place: place(at),
                what: format!("`{name}` is no column of {file}"),
                mend: format!("its columns are {}; name a column of your own `x_{name}`", columns.named()),
            });
        }
    }
    let missing: Vec<&str> =
        columns.needed.iter().copied().filter(|needed| !names.iter().any(|name| name == needed)).collect();
    if !missing.is_empty() {
        problems.push(Problem {
            place: place(0),
            what: format!(
                "the header lacks {}",
                missing.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
            ),
            mend: "add the column".into(),
        });
    }
    (problems.len() == before).then_some(Header { names })
}

fn damaged(file: &str, error: &RecordError) -> Problem {
    let (line, column, mend) = match error {
        RecordError::OpenQuote { line, column } => (*line, *column, "close it, or double it if it is part of the text"),
        RecordError::AfterQuote { line, column } => (*line, *column, "write a quote inside a quoted cell twice"),
        RecordError::TooLong { line } | RecordError::TooWide { line } => (*line, 1, "split it"),
        RecordError::NotUtf8 { line } => (*line, 1, "save the file as UTF-8"),
        RecordError::Io(_) => (1, 1, ""),
    };
    Problem { place: Place { file: file.to_owned(), line, column }, what: error.to_string(), mend: mend.into() }
}

impl Row<'_> {
    /// Returns a cell's text without the white space around it; empty where the file has no such column.
    pub(super) fn text(&self, column: &str) -> &str {
        self.header.position(column).map_or("", |at| self.record.field(at).trim())
    }

    /// Returns a cell's text, `None` where it is empty.
    pub(super) fn optional(&self, column: &str) -> Option<String> {
        Some(self.text(column)).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// Returns where a cell stands.
    pub(super) fn place(&self, column: &str) -> Place {
        let column = self.header.position(column).map_or(1, |at| self.record.column(at));
        Place { file: self.file.to_owned(), line: self.record.line(), column }
    }

    /// Returns where the row begins.
    pub(super) fn place_of_row(&self) -> Place {
        Place { file: self.file.to_owned(), line: self.record.line(), column: 1 }
    }

    /// Returns each column's name, its cell without the white space around it, and where the cell begins.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&str, &str, u32)> {
        let names = self.header.names.iter().enumerate();
        names.map(|(at, name)| (name.as_str(), self.record.field(at).trim(), self.record.column(at)))
    }

    /// Returns the line the row begins on.
    pub(super) fn line(&self) -> u64 {
        self.record.line()
    }

    /// Returns the user's own columns with what they hold here.
    pub(super) fn own(&self) -> BTreeMap<String, String> {
        let own = self.header.names.iter().enumerate().filter(|(_, name)| name.starts_with("x_"));
        own.map(|(at, name)| (name.clone(), self.record.field(at).to_owned())).collect()
    }

    /// Says what is wrong with a cell.
    pub(super) fn wrong(&self, column: &str, what: impl Display, mend: &str) -> Problem {
        Problem { place: self.place(column), what: format!("{column}: {what}"), mend: mend.to_owned() }
    }

    /// Reads a cell that may be empty.
    pub(super) fn parse<T: FromStr<Err: Display>>(&self, column: &str, problems: &mut Vec<Problem>) -> Option<T> {
        self.parse_with(column, problems, str::parse)
    }

    /// Reads a cell that may not be empty.
    pub(super) fn need<T: FromStr<Err: Display>>(&self, column: &str, problems: &mut Vec<Problem>) -> Option<T> {
        self.filled(column, problems).then(|| self.parse(column, problems)).flatten()
    }

    /// Reads a cell that may be empty, with what the types alone do not know.
    pub(super) fn parse_with<T, E: Display>(
        &self,
        column: &str,
        problems: &mut Vec<Problem>,
        read: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() {
            return None;
        }
        read(text).map_err(|error| problems.push(self.wrong(column, error, ""))).ok()
    }

    /// Returns whether a cell holds something, and says so where it does not.
    pub(super) fn filled(&self, column: &str, problems: &mut Vec<Problem>) -> bool {
        let filled = !self.text(column).is_empty();
        if !filled {
            problems.push(self.wrong(column, "the cell is empty", "this column may not be left empty here"));
        }
        filled
    }
}
