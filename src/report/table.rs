//! [`Table`]: typed cells under typed columns, before anyone decides how they look.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use crate::calendar::{Dated, Day, Instant};
use crate::money::{Cost, Currency, Money, Share};

/// What a command answers: a title, a few facts, and tables.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// What this is, for what and as of when, in one line.
    pub title: String,
    /// Further lines under the title, such as the cut-offs and what is counted.
    pub facts: Vec<String>,
    /// The tables, in the order they are read.
    pub tables: Vec<Table>,
    /// What it was computed from, by name, where it can be computed anew from that. A workbook carries it as document
    /// properties; the other forms leave it out.
    pub parameters: Vec<(&'static str, String)>,
}

/// One table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// Names the table in csv and xlsx: `platforms`, `identity_1`.
    pub key: String,
    /// What it says, for a reader: with the currency where all its money is in one.
    pub title: String,
    /// The columns.
    pub columns: Vec<Column>,
    /// The rows; each has as many cells as there are columns.
    pub rows: Vec<Row>,
    /// Sentences under the table.
    pub notes: Vec<String>,
}

/// One column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Names the column in csv, json and xlsx: snake_case.
    pub key: String,
    /// Heads the column on a terminal and in markdown.
    pub heading: String,
    /// Whether it says what a row is about, or how much.
    pub role: Role,
    /// Whether terminal and markdown show it; csv, json and xlsx always do.
    pub shown: bool,
}

/// What a column is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Says what a row is about: a platform, a month, an id.
    Key,
    /// Says how much, or adds something that is no key.
    Figure,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// A cell for every column.
    pub cells: Vec<Cell>,
    /// Whether the row sums others of its table; csv and json leave such rows out.
    pub total: bool,
}

/// One cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing to say.
    Blank,
    /// Words.
    Text(String),
    /// Whole minor units.
    Money(Money),
    /// An exact cost.
    Cost(Cost),
    /// A number of things.
    Count(u64),
    /// A day.
    Day(Day),
    /// A moment.
    Instant(Instant),
    /// A part of a whole.
    Share(Share),
    /// What one amount is of another, to a tenth of a percent; may be above the whole, or below nothing.
    Ratio(Decimal),
}

impl Table {
    /// Returns a table without notes.
    pub fn new(key: &str, title: impl Into<String>, columns: Vec<Column>, rows: Vec<Row>) -> Table {
        Table { key: key.to_owned(), title: title.into(), columns, rows, notes: Vec::new() }
    }

    /// Adds sentences under the table.
    pub fn noted(mut self, notes: impl IntoIterator<Item = String>) -> Table {
        self.notes.extend(notes);
        self
    }
}

impl Column {
    /// Returns a column that says what a row is about.
    pub fn key(key: &str, heading: &str) -> Column {
        Column { key: key.to_owned(), heading: heading.to_owned(), role: Role::Key, shown: true }
    }

    /// Returns a column that says how much.
    pub fn figure(key: &str, heading: &str) -> Column {
        Column { role: Role::Figure, ..Column::key(key, heading) }
    }

    /// Returns the column of currencies, which a reader sees only where there are several; titles name a single one.
    pub(super) fn currency(currencies: &BTreeSet<Currency>) -> Column {
        let column = Column::key("currency", "Currency");
        if currencies.len() > 1 { column } else { column.unshown() }
    }

    /// Leaves the column to csv, json and xlsx.
    pub fn unshown(self) -> Column {
        Column { shown: false, ..self }
    }
}

impl Row {
    /// Returns a row of the table's body.
    pub fn body(cells: Vec<Cell>) -> Row {
        Row { cells, total: false }
    }

    /// Returns a row that sums others.
    pub fn total(cells: Vec<Cell>) -> Row {
        Row { cells, total: true }
    }
}

impl Cell {
    /// Returns a text cell.
    pub fn text(text: impl ToString) -> Cell {
        Cell::Text(text.to_string())
    }

    /// Returns the cell of a day, or of a month.
    pub fn dated(dated: Dated) -> Cell {
        if dated.is_month() { Cell::text(dated) } else { Cell::Day(dated.first_day()) }
    }

    /// Returns the cell of what one amount is of another; blank where that is nothing.
    pub(super) fn ratio(part: Decimal, whole: Decimal) -> Cell {
        Cell::or_blank(part.checked_div(whole), |ratio| Cell::Ratio(ratio.round_dp(3)))
    }

    /// Returns the cell of a value that may be missing.
    pub fn or_blank<T>(value: Option<T>, cell: impl FnOnce(T) -> Cell) -> Cell {
        value.map_or(Cell::Blank, cell)
    }
}

/// Returns a title with the currency of its table, where there is one.
pub(super) fn titled(title: &str, currencies: &BTreeSet<Currency>) -> String {
    match currencies.first() {
        Some(one) if currencies.len() == 1 => format!("{title}, {one}"),
        _ => title.to_owned(),
    }
}

/// The user's own columns that any of the rows fills, and the cells of one row under them.
pub(super) fn own_columns<'a>(rows: impl Iterator<Item = &'a BTreeMap<String, String>>) -> Vec<String> {
    rows.flat_map(BTreeMap::keys).collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

pub(super) fn own_cells(columns: &[String], own: &BTreeMap<String, String>) -> Vec<Cell> {
    columns.iter().map(|column| Cell::or_blank(own.get(column).filter(|text| !text.is_empty()), Cell::text)).collect()
}
