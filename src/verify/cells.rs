//! [`differences`]: where a saved workbook is not what it would be now, cell by cell.

use std::collections::{BTreeMap, BTreeSet};

use rust_xlsxwriter::ColNum;

use super::difference::{Difference, joined};
use super::workbook::{Held, Kind, Sheet, SheetRow, Workbook};
use crate::render::HEADER_ROW;

/// Compares two workbooks sheet by sheet, in the order they have now; what is there no more comes last.
pub(super) fn differences(saved: &Workbook, now: &Workbook) -> Vec<Difference> {
    let mut found = Vec::new();
    for sheet in &now.sheets {
        match saved.sheet(&sheet.name) {
            Some(saved) => compare(saved, sheet, &mut found),
            None => found.push(whole_sheet(&sheet.name, None, Some(sheet))),
        }
    }
    let others = saved.sheets.iter().filter(|sheet| now.sheet(&sheet.name).is_none());
    found.extend(others.map(|sheet| whole_sheet(&sheet.name, Some(sheet), None)));
    found
}

fn whole_sheet(name: &str, saved: Option<&Sheet>, now: Option<&Sheet>) -> Difference {
    let rows = |sheet: &Sheet| match sheet.rows.len() {
        1 => String::from("a sheet of 1 row"),
        n => format!("a sheet of {n} rows"),
    };
    Difference { path: name.to_owned(), of: String::new(), saved: saved.map(rows), now: now.map(rows) }
}

/// A row and its number from 0.
type Numbered<'s> = (u32, &'s SheetRow);

fn compare(saved: &Sheet, now: &Sheet, found: &mut Vec<Difference>) {
    let headings = now.rows.get(&HEADER_ROW);
    for pair in aligned(&saved.rows, &now.rows) {
        let (Some((number, saved_row)), Some((_, now_row))) = pair else {
            found.push(whole_row(&now.name, pair));
            continue;
        };
        let columns: BTreeSet<u32> = saved_row.keys().chain(now_row.keys()).copied().collect();
        for column in columns {
            let (saved, now_held) = (saved_row.get(&column), now_row.get(&column));
            if saved == now_held {
                continue;
            }
            let heading = headings.and_then(|row| row.get(&column)).map_or("", |heading| heading.value.as_str());
            // The first cell of a row names it, or is a sentence.
            let of = if number > HEADER_ROW && column > 0 { joined(&name(now_row), heading) } else { String::new() };
            let path = format!("{}!{}", now.name, cell_name(number, column));
            let (saved, now) = told(saved, now_held);
            found.push(Difference { path, of, saved, now });
        }
    }
}

/// A row that is there on one side only, under the number it has there.
fn whole_row(sheet: &str, (saved, now): (Option<Numbered>, Option<Numbered>)) -> Difference {
    let line = saved.or(now).map_or(0, |(number, _)| number).saturating_add(1);
    let cells = |(_, row): Numbered| row.values().map(Held::told).collect::<Vec<_>>().join(" | ");
    let path = format!("{sheet}!{line}:{line}");
    Difference { path, of: String::new(), saved: saved.map(cells), now: now.map(cells) }
}

/// What both cells are told as; where that is the same, one of them is a text that looks like the other's number.
fn told(saved: Option<&Held>, now: Option<&Held>) -> (Option<String>, Option<String>) {
    let is_same = saved.map(Held::told) == now.map(Held::told);
    let told = |held: &Held| if is_same && held.kind == Kind::Text { held.told() + " (a text)" } else { held.told() };
    (saved.map(told), now.map(told))
}

/// `B4`.
fn cell_name(row: u32, column: u32) -> String {
    rust_xlsxwriter::utility::row_col_to_cell(row, ColNum::try_from(column).unwrap_or(ColNum::MAX))
}

/// What a row is about: its first cells, up to three, before its first figure.
fn name(row: &SheetRow) -> String {
    let words = (0..3).map_while(|column| row.get(&column).filter(|held| held.kind != Kind::Number));
    words.map(|held| held.value.as_str()).collect::<Vec<_>>().join(" ")
}

/// Puts each row beside the one of the same name, as far as their order is the same. Rows that lie between such rows and
/// have none of their name stand beside each other in their order: there a name was changed.
fn aligned<'s>(
    saved: &'s BTreeMap<u32, SheetRow>,
    now: &'s BTreeMap<u32, SheetRow>,
) -> Vec<(Option<Numbered<'s>>, Option<Numbered<'s>>)> {
    let (saved_names, saved) = named(saved);
    let (now_names, now) = named(now);
    let places: BTreeMap<_, usize> = now_names.into_iter().zip(0..).collect();
    let same = (0..).zip(&saved_names).filter_map(|(at, name)| Some((at, *places.get(name)?)));
    let mut pairs = Vec::new();
    let (mut next_saved, mut next_now) = (0, 0);
    for (at, place) in same.chain([(saved.len(), now.len())]) {
        if place < next_now {
            continue; // the order was changed
        }
        let before = |rows: &[Numbered<'s>], from: usize, to: usize| rows.get(from..to).unwrap_or_default().to_vec();
        let (left, right) = (before(&saved, next_saved, at), before(&now, next_now, place));
        let longest = left.len().max(right.len());
        pairs.extend((0..longest).map(|at| (left.get(at).copied(), right.get(at).copied())));
        pairs.extend(saved.get(at).zip(now.get(place)).map(|(saved, now)| (Some(*saved), Some(*now))));
        (next_saved, next_now) = (at.saturating_add(1), place.saturating_add(1));
    }
    pairs
}

/// Rows, and the name of each, with its number among the rows of that name.
fn named(rows: &BTreeMap<u32, SheetRow>) -> (Vec<(String, usize)>, Vec<Numbered<'_>>) {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let number = |row| {
        let name = name(row);
        let count = counts.entry(name.clone()).or_default();
        *count = count.saturating_add(1);
        (name, *count)
    };
    (rows.values().map(number).collect(), rows.iter().map(|(number, row)| (*number, row)).collect())
}

#[cfg(test)]
mod tests {
    use rust_xlsxwriter::{Formula, Workbook as Writer};

    use super::*;

    /// A workbook of one sheet `t`: its title, its headings, and rows of a name and a figure, which may be a formula.
    fn workbook(rows: &[(&str, &str)]) -> Workbook {
        let mut writer = Writer::new();
        let sheet = writer.add_worksheet().set_name("t").unwrap();
        sheet.write(0, 0, "Title").unwrap();
        sheet.write_row(HEADER_ROW, 0, ["name", "figure"]).unwrap();
        for ((name, figure), row) in rows.iter().zip(HEADER_ROW + 1..) {
            sheet.write(row, 0, *name).unwrap();
            match figure.strip_prefix('=') {
                Some(formula) => sheet.write(row, 1, Formula::new(formula).set_result("3")).unwrap(),
                None => sheet.write(row, 1, figure.parse::<f64>().unwrap()).unwrap(),
            };
        }
        Workbook::read(&writer.save_to_buffer().unwrap()).unwrap()
    }

    /// `t!B4 (a, figure): 1, 2`, and `-` for nothing.
    fn told(saved: &[(&str, &str)], now: &[(&str, &str)]) -> Vec<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or("-".to_owned());
        let found = differences(&workbook(saved), &workbook(now));
        let one = |it: &Difference| format!("{} ({}): {}, {}", it.path, it.of, text(&it.saved), text(&it.now));
        found.iter().map(one).collect()
    }

    const NOW: &[(&str, &str)] = &[("a", "1"), ("b", "2"), ("c", "3"), ("Total", "=SUM(B4:B6)")];

    #[test]
    fn a_formula_is_its_text_and_its_value() {
        assert_eq!(told(NOW, NOW), [""; 0]);
        for (figure, saved) in [("3", "3"), ("4", "4"), ("=SUM(B4:B5)", "3 (=SUM(B4:B5))")] {
            let mut rows = NOW.to_vec();
            rows[3].1 = figure;
            assert_eq!(told(&rows, NOW), [format!("t!B7 (Total, figure): {saved}, 3 (=SUM(B4:B6))")]);
        }
    }

    #[test]
    fn rows_stand_beside_those_they_are() {
        let without = |at: usize| [&NOW[..at], &NOW[at + 1..]].concat();
        // Taken away, and put in: nothing below differs.
        assert_eq!(told(&without(1), NOW), ["t!5:5 (): -, b | 2"]);
        assert_eq!(told(NOW, &without(0)), ["t!4:4 (): a | 1, -"]);
        assert_eq!(told(NOW, &without(3)), ["t!7:7 (): Total | 3 (=SUM(B4:B6)), -"]);
        // Another name, another figure, and both.
        let with = |name, figure| [&NOW[..1], &[(name, figure)], &NOW[2..]].concat();
        assert_eq!(told(&with("d", "2"), NOW), ["t!A5 (): d, b"]);
        assert_eq!(told(&with("b", "7"), NOW), ["t!B5 (b, figure): 7, 2"]);
        assert_eq!(told(&with("d", "7"), NOW), ["t!A5 (): d, b", "t!B5 (b, figure): 7, 2"]);
        // Two rows of one name are told apart by their order.
        assert_eq!(told(&with("a", "2"), NOW), ["t!A5 (): a, b"]);
        let twice = [("a", "1"), ("a", "2")];
        assert_eq!(told(&[("a", "1"), ("a", "3")], &twice), ["t!B5 (a, figure): 3, 2"]);
        assert_eq!(told(&[("a", "2"), ("a", "1")], &twice).len(), 2);
        // In another order: what stands out of it is told on both sides.
        assert_eq!(told(&[NOW[1], NOW[0], NOW[2], NOW[3]], NOW), ["t!4:4 (): -, a | 1", "t!5:5 (): a | 1, -"]);
    }
}
