//! [`Grid`]: the shown columns of a table as text, numbers aligned at the decimal point.

use unicode_width::UnicodeWidthStr;

use super::cells;
use crate::report::{Cell, Row, Table};

/// What is drawn, before anyone draws it.
pub(super) struct Grid {
    /// The columns, left to right.
    pub(super) columns: Vec<GridColumn>,
    /// The rows; each has a cell for every column.
    pub(super) rows: Vec<GridRow>,
}

/// One column.
pub(super) struct GridColumn {
    /// What stands above it.
    pub(super) heading: String,
    /// Whether it is aligned right, as a column of numbers is.
    pub(super) right: bool,
    /// The width at which nothing in it is broken.
    pub(super) natural: usize,
    /// The width below which a number, a day or a word of the heading would be broken.
    pub(super) least: usize,
    /// The width below which a word of its texts would be broken.
    pub(super) longest_word: usize,
    /// Whether words stand in it that may go on in the next line.
    pub(super) wraps: bool,
}

/// One row.
pub(super) struct GridRow {
    /// A cell for every column; a number carries the blanks that bring its point under the others.
    pub(super) cells: Vec<String>,
    /// Whether the row sums others.
    pub(super) total: bool,
}

impl Grid {
    /// Writes a table's shown columns, headings and text by `words`, and every cell of a total row by `total`.
    pub(super) fn of(table: &Table, words: impl Fn(&str) -> String, total: impl Fn(String) -> String) -> Grid {
        let mut rows: Vec<GridRow> =
            table.rows.iter().map(|row| GridRow { cells: Vec::new(), total: row.total }).collect();
        let mut columns = Vec::new();
        for (at, column) in table.columns.iter().enumerate().filter(|(_, column)| column.shown) {
            let cells: Vec<&Cell> = table.rows.iter().map(|row| row.cells.get(at).unwrap_or(&Cell::Blank)).collect();
            let mut texts: Vec<String> = (table.rows.iter().zip(&cells))
                .map(|(row, cell)| {
                    let text = match cell {
                        Cell::Text(text) => words(text),
                        other => cells::shown(other),
                    };
                    if row.total && !text.is_empty() { total(text) } else { text }
                })
                .collect();
            let right = is_of_numbers(&table.rows, &cells);
            if right {
                align_points(&cells, &mut texts);
            }
            columns.push(measure(words(&column.heading), right, &cells, &texts));
            for (row, text) in rows.iter_mut().zip(texts) {
                row.cells.push(text);
            }
        }
        Grid { columns, rows }
    }
}

/// A column is one of numbers when its body holds numbers and blanks; a total row may say `Total` in any column.
fn is_of_numbers(rows: &[Row], cells: &[&Cell]) -> bool {
    let any_total = rows.iter().all(|row| row.total);
    let mut body = rows.iter().zip(cells).filter(|(row, _)| any_total || !row.total).map(|(_, cell)| *cell);
    let mut found = false;
    body.all(|cell| {
        found |= cells::is_number(cell);
        *cell == Cell::Blank || cells::is_number(cell)
    }) && found
}

/// Pads numbers on the right until their decimal points stand under each other when aligned right.
fn align_points(cells: &[&Cell], texts: &mut [String]) {
    let after_point = |text: &str| {
        let last_digit = || text.rfind(|letter: char| letter.is_ascii_digit()).map_or(0, |at| at + 1);
        text.len() - text.find('.').unwrap_or_else(last_digit)
    };
    let numbers = |texts: &[String]| {
        (cells.iter().zip(texts)).filter(|(cell, _)| cells::is_number(cell)).map(|(_, text)| after_point(text)).max()
    };
    let most = numbers(texts).unwrap_or(0);
    for (_, text) in cells.iter().zip(texts).filter(|(cell, _)| cells::is_number(cell)) {
        let missing = most.saturating_sub(after_point(text));
        text.push_str(&" ".repeat(missing));
    }
}

fn measure(heading: String, right: bool, cells: &[&Cell], texts: &[String]) -> GridColumn {
    let widest = |text_cells: bool| {
        (cells.iter().zip(texts))
            .filter(|(cell, _)| matches!(cell, Cell::Text(_)) == text_cells)
            .map(|(_, text)| text.width())
            .max()
    };
    let heading_word = heading.split(' ').map(UnicodeWidthStr::width).max().unwrap_or(0);
    let least = widest(false).unwrap_or(0).max(heading_word);
    let words = widest(true);
    let natural = least.max(words.unwrap_or(0)).max(heading.width());
    let longest_word = texts.iter().flat_map(|text| text.split(' ')).map(UnicodeWidthStr::width).max().unwrap_or(0);
    GridColumn { heading, right, natural, least, longest_word, wraps: words.is_some() }
}
