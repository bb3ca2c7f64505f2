//! A document as markdown (GitHub's, for the tables), as readable before it is rendered as after.

use unicode_width::UnicodeWidthStr;

use super::grid::{Grid, GridColumn};
use crate::report::{Document, Table};
use crate::visible::visible;

/// Returns the document as markdown: headings, a list of facts, tables with totals in bold, notes as paragraphs.
pub fn markdown(document: &Document) -> String {
    let mut blocks = vec![];
    if !document.title.is_empty() {
        blocks.push(format!("# {}", escaped(&document.title)));
    }
    if !document.facts.is_empty() {
        blocks.push(document.facts.iter().map(|fact| format!("- {}", paragraph(fact))).collect::<Vec<_>>().join("\n"));
    }
    for table in document.tables.iter().filter(|table| table.shown) {
        if !table.title.is_empty() {
            blocks.push(format!("## {}", escaped(&table.title)));
        }
        blocks.push(drawn(table));
        blocks.extend(table.notes.iter().map(|note| paragraph(note)));
    }
    blocks.into_iter().map(|block| block + "\n").collect::<Vec<_>>().join("\n")
}

fn drawn(table: &Table) -> String {
    let grid = Grid::of(table, escaped, |total| format!("**{total}**"));
    if grid.rows.is_empty() || grid.columns.is_empty() {
        return "(none)".to_owned();
    }
    // The rule under the headings needs three characters.
    let widths: Vec<usize> = grid.columns.iter().map(|column| column.natural.max(3)).collect();
    let line = |cells: &mut dyn Iterator<Item = String>| format!("| {} |", cells.collect::<Vec<_>>().join(" | "));
    let padded = |cells: &mut dyn Iterator<Item = &String>| {
        line(&mut cells.zip(&grid.columns).zip(&widths).map(|((cell, column), &width)| pad(cell, column, width)))
    };
    let rule = |(column, &width): (&GridColumn, &usize)| match column.right {
        true => "-".repeat(width - 1) + ":",
        false => "-".repeat(width),
    };
    let mut lines = vec![
        padded(&mut grid.columns.iter().map(|column| &column.heading)),
        line(&mut grid.columns.iter().zip(&widths).map(rule)),
    ];
    lines.extend(grid.rows.iter().map(|row| padded(&mut row.cells.iter())));
    lines.join("\n")
}

fn pad(cell: &str, column: &GridColumn, width: usize) -> String {
    let blanks = " ".repeat(width.saturating_sub(cell.width()));
    if column.right { blanks + cell } else { cell.to_owned() + &blanks }
}

/// Returns words that mean nothing to markdown or HTML.
fn escaped(words: &str) -> String {
    let mut text = String::new();
    for letter in visible(words).trim().chars() {
        if matches!(letter, '\\' | '|' | '<' | '>' | '`' | '*' | '_' | '[' | ']' | '&' | '~' | '$') {
            text.push('\\');
        }
        text.push(letter);
    }
    text
}

/// Returns words that also begin no heading, list or rule where they begin a line.
fn paragraph(words: &str) -> String {
    let text = escaped(words);
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    let begins_list = digits > 0 && rest.starts_with(['.', ')']);
    if begins_list || (digits == 0 && rest.starts_with(['#', '+', '-', '='])) {
        format!("{number}\\{rest}")
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn tables_read_well_before_they_are_rendered() {
        let document = samples::document(vec![samples::platforms(), samples::empty()]);
        assert_eq!(
            markdown(&document),
            "\
# Blocked budget of acme

- as of 2018-12-31

## By platform

| Platform  | Since      | Currency |         Blocked |         Cost |      Rows |  Share |
| --------- | ---------- | -------- | --------------: | -----------: | --------: | -----: |
| meta      | 2018-02-01 | USD      |     94,500.00   |   20.83669   |   1,234   |  35%   |
| x         |            | JPY      | -1,250,000      |    0         |       0   |  12.5% |
| vk        | 2018-03-15 | KWD      |          0.125  |              |       7   | 100%   |
| **Total** |            | **USD**  |   **94,500.00** | **20.83669** | **1,241** |        |

## By month

(none)

Days that no import covers are not zero spend: they are counted as uncovered, for every platform, and listed.

\\= Two identities hold.
"
        );
    }

    #[test]
    fn text_stays_in_its_cell() {
        let document = Document { tables: vec![samples::hostile()], ..Document::default() };
        assert_eq!(
            markdown(&document),
            "\
## Hostile

| Name                            | Amount |
| ------------------------------- | -----: |
| =1+1                            |  -5.00 |
| \\\\u{1b}\\[31mred\\\\nline          |  -5.00 |
| a\\|b\\`c\\`\\*d\\*\\_e\\_\\<f\\>\\[g\\]\\\\ |  -5.00 |
| \\\\u{202e}txet                   |  -5.00 |
| 1,\"2\"                           |  -5.00 |
"
        );
    }

    #[test]
    fn sentences_begin_no_heading_and_no_list() {
        for (words, text) in [
            ("# one", "\\# one"),
            ("- one", "\\- one"),
            ("1. one", "1\\. one"),
            ("2018-02-01: banned", "2018-02-01: banned"),
            ("    code", "code"),
            ("plain & simple #3", "plain \\& simple #3"),
        ] {
            assert_eq!(paragraph(words), text);
        }
    }
}
