//! A document on a terminal, or in a mail.

use comfy_table::{
    Attribute, Cell, CellAlignment, ColumnConstraint, ContentArrangement, Row, Table as Drawing, TableStyle, Width,
};
use textwrap::{Options, WordSplitter};

use super::grid::Grid;
use super::widths::{self, GAP};
use crate::report::{Document, Table};
use crate::visible::visible;

/// How a terminal wants it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalStyle {
    /// The terminal's width. `None` when the output goes to a file or another program: it is then drawn for 80 columns,
    /// and no word is broken.
    pub width: Option<usize>,
    /// Whether titles, headings and totals are bold. There is nothing else to style: a minus sign says enough.
    pub color: bool,
}

/// Lines of sentences longer than this are hard to read, however wide the terminal is.
const PROSE_WIDEST: usize = 100;
/// What a mail or a file is read at.
const PIPED: usize = 80;

/// Returns the document as text, drawn with blanks and hyphens alone, so that it can be pasted into a mail.
///
/// ```
/// use respend::render::{TerminalStyle, terminal};
/// use respend::report::{Cell, Column, Document, Row, Table};
///
/// let money = |text: &str| respend::Money::parse(text, "USD".parse().unwrap()).map(Cell::Money);
/// let table = Table {
///     key: "platforms".into(),
///     title: "Blocked by platform (USD)".into(),
///     columns: vec![Column::key("platform", "Platform"), Column::figure("blocked", "Blocked")],
///     rows: vec![
///         Row::body(vec![Cell::text("meta"), money("94500")?]),
///         Row::total(vec![Cell::text("Total"), money("94500")?]),
///     ],
///     notes: vec![],
/// };
/// let document = Document { tables: vec![table], ..Document::default() };
/// assert_eq!(
///     terminal(&document, TerminalStyle::default()),
///     "\
/// Blocked by platform (USD)
/// Platform    Blocked
/// --------  ---------
/// meta      94,500.00
/// --------  ---------
/// Total     94,500.00
/// "
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn terminal(document: &Document, style: TerminalStyle) -> String {
    let mut blocks = vec![];
    let mut head = titles(&document.title, style);
    head.extend(document.facts.iter().flat_map(|fact| sentences(fact, style)));
    blocks.push(head);
    for table in &document.tables {
        let mut lines = titles(&table.title, style);
        lines.extend(drawn(table, style));
        blocks.push(lines);
        blocks.push(table.notes.iter().flat_map(|note| sentences(note, style)).collect());
    }
    let blocks = blocks.into_iter().filter(|lines| !lines.is_empty());
    blocks.map(|lines| lines.join("\n") + "\n").collect::<Vec<_>>().join("\n")
}

fn titles(title: &str, style: TerminalStyle) -> Vec<String> {
    let lines = sentences(title, style);
    if style.color { lines.into_iter().map(|line| format!("\u{1b}[1m{line}\u{1b}[0m")).collect() } else { lines }
}

/// Wraps at blanks alone: a day or an id with hyphens stays whole. What goes on is set in.
fn sentences(text: &str, style: TerminalStyle) -> Vec<String> {
    let text = visible(text);
    if text.trim().is_empty() {
        return vec![];
    }
    let width = style.width.map_or(PIPED, |width| width.clamp(1, PROSE_WIDEST));
    let options = Options::new(width)
        .subsequent_indent("  ")
        .word_splitter(WordSplitter::NoHyphenation)
        .break_words(style.width.is_some());
    textwrap::wrap(text.trim(), options).into_iter().map(|line| line.trim_end().to_owned()).collect()
}

fn drawn(table: &Table, style: TerminalStyle) -> Vec<String> {
    let grid = Grid::of(table, |words| visible(words).into_owned(), |total| total);
    if grid.rows.is_empty() || grid.columns.is_empty() {
        return vec!["(none)".to_owned()];
    }
    let widths = widths::fit(&grid.columns, style.width.unwrap_or(PIPED), style.width.is_none());
    let drawing = drawing(&grid, &widths, style);
    drawing.lines().map(|line| line.trim_end().to_owned()).collect()
}

fn drawing(grid: &Grid, widths: &[usize], style: TerminalStyle) -> Drawing {
    let bold = |text: &str| {
        let cell = Cell::new(text);
        if style.color && !text.is_empty() { cell.add_attribute(Attribute::Bold) } else { cell }
    };
    let rule = || Row::from(widths.iter().map(|&width| "-".repeat(width)));
    let mut drawing = Drawing::new();
    // Without this the library would look for a terminal of its own accord.
    drawing.force_no_tty();
    if style.color {
        drawing.enforce_styling().style_text_only();
    }
    drawing.load_style(TableStyle::new()).set_content_arrangement(ContentArrangement::Disabled);
    // Of a list of words and what they mean there is nothing to head.
    if grid.columns.iter().any(|column| !column.heading.is_empty()) {
        drawing.set_header(grid.columns.iter().map(|column| bold(&column.heading)).collect::<Vec<_>>());
        drawing.add_row(rule());
    }
    let mut in_totals = true;
    for row in &grid.rows {
        if row.total && !in_totals {
            drawing.add_row(rule());
        }
        in_totals = row.total;
        if row.total {
            drawing.add_row(row.cells.iter().map(|cell| bold(cell)).collect::<Vec<_>>());
        } else {
            drawing.add_row(row.cells.clone());
        }
    }
    let last = grid.columns.len().saturating_sub(1);
    for ((at, column), &width) in grid.columns.iter().enumerate().zip(widths) {
        let Some(drawn) = drawing.column_mut(at) else { continue };
        let gap = if at < last { GAP } else { 0 };
        // The library counts in 16 bits and adds the gap.
        let whole = u16::try_from(width + gap).unwrap_or(u16::MAX);
        drawn.set_padding((0, if gap > 0 { 2 } else { 0 }));
        drawn.set_constraint(ColumnConstraint::Absolute(Width::Fixed(whole)));
        drawn.set_cell_alignment(if column.right { CellAlignment::Right } else { CellAlignment::Left });
    }
    drawing
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    const PIPED: TerminalStyle = TerminalStyle { width: None, color: false };

    fn wide(width: usize) -> TerminalStyle {
        TerminalStyle { width: Some(width), color: false }
    }

    #[test]
    fn points_stand_under_each_other() {
        let document = samples::document(vec![samples::platforms(), samples::empty()]);
        let expected = "\
Blocked budget of acme
as of 2018-12-31

By platform
Platform  Since       Currency         Blocked      Cost   Rows   Share
--------  ----------  --------  --------------  --------  -----  ------
meta      2018-02-01  USD           94,500.00   20.83669  1,234   35%
x                     JPY       -1,250,000       0            0   12.5%
vk        2018-03-15  KWD                0.125                7  100%
--------  ----------  --------  --------------  --------  -----  ------
Total                 USD           94,500.00   20.83669  1,241

By month
(none)

Days that no import covers are not zero spend: they are counted as uncovered,
  for every platform, and listed.
= Two identities hold.
";
        assert_eq!(terminal(&document, PIPED), expected);
        assert_eq!(terminal(&document, wide(80)), expected);
    }

    #[test]
    fn texts_wrap_and_numbers_do_not() {
        let document = samples::document(vec![samples::wide()]);
        assert_eq!(
            terminal(&document, wide(80)),
            "\
Blocked budget of acme
as of 2018-12-31

Restrictions (USD)
Restriction         From        Reason                     Blocked  Redirectable
                                                          gross to
                                                              date
------------------  ----------  --------------------  ------------  ------------
meta-ban-2018-7f3a  2018-02-01  The platform closed   1,294,500.00    -94,500.25
                                the account for a
                                breach of its policy
                                on business
                                practices
"
        );
        assert_eq!(
            terminal(&document, wide(40)),
            "\
Blocked budget of acme
as of 2018-12-31

Restrictions (USD)
Restriction  From        Reason         Blocked  Redirectable
                                       gross to
                                           date
-----------  ----------  --------  ------------  ------------
meta-ban-20  2018-02-01  The       1,294,500.00    -94,500.25
18-7f3a                  platform
                         closed
                         the
                         account
                         for a
                         breach
                         of its
                         policy
                         on
                         business
                         practice
                         s
"
        );
        assert_eq!(terminal(&document, PIPED), terminal(&document, wide(80)));
    }

    #[test]
    fn text_cannot_steer_the_terminal() {
        let hostile =
            Document { title: "\u{1b}]0;title\u{7}".into(), tables: vec![samples::hostile()], ..Document::default() };
        assert_eq!(
            terminal(&hostile, PIPED),
            "\
\\u{1b}]0;title\\u{7}

Hostile
Name                 Amount
-------------------  ------
=1+1                  -5.00
\\u{1b}[31mred\\nline   -5.00
a|b`c`*d*_e_<f>[g]\\   -5.00
\\u{202e}txet          -5.00
1,\"2\"                 -5.00
"
        );
    }

    #[test]
    fn titles_headings_and_totals_are_bold() {
        let style = TerminalStyle { color: true, width: None };
        let mut platforms = samples::platforms();
        platforms.columns.iter_mut().skip(4).for_each(|column| column.shown = false);
        assert_eq!(
            terminal(&Document { tables: vec![platforms], ..Document::default() }, style).replace('\u{1b}', "^"),
            "\
^[1mBy platform^[0m
^[1mPlatform^[0m  ^[1mSince^[0m       ^[1mCurrency^[0m         ^[1mBlocked^[0m
--------  ----------  --------  --------------
meta      2018-02-01  USD           94,500.00
x                     JPY       -1,250,000
vk        2018-03-15  KWD                0.125
--------  ----------  --------  --------------
^[1mTotal^[0m                 ^[1mUSD^[0m           ^[1m94,500.00 ^[0m
"
        );
    }

    #[test]
    fn widths_are_those_of_the_screen() {
        use crate::report::{Cell, Column, Row};
        let rows =
            ["東京", "e\u{301}té", "👩\u{200d}🔬", "ab"].map(|text| Row::body(vec![Cell::text(text), Cell::Count(1)]));
        let columns = vec![Column::key("city", "City"), Column::figure("rows", "Rows")];
        let document = Document { tables: vec![samples::table("t", "", columns, rows.into())], ..Document::default() };
        assert_eq!(
            terminal(&document, PIPED),
            "\
City  Rows
----  ----
東京     1
été      1
👩\u{200d}🔬       1
ab       1
"
        );
    }

    #[test]
    fn nothing_is_too_small_or_too_large() {
        assert_eq!(terminal(&Document::default(), wide(0)), "");
        let mut endless = samples::hostile();
        endless.rows[0].cells[0] = crate::report::Cell::text("x".repeat(70_000));
        let endless = Document { tables: vec![endless], ..Document::default() };
        assert!(terminal(&endless, PIPED).contains("1,\"2\""));
        let narrow = terminal(&samples::document(vec![samples::wide()]), wide(0));
        assert!(narrow.contains("1,294,500.00    -94,500.25\n"), "{narrow}");
    }
}
