//! Formulas for the totals of a sheet.

use rust_xlsxwriter::{ColNum, RowNum, cell_range};

use super::cells::plain;
use crate::report::{Cell, Row};

/// A longer list of ranges is no formula that anyone would read.
const RANGES_MAX: usize = 30;

/// Returns the formula that adds up what the total at `rows[total]` sums; the body's first row stands at `first`.
///
/// A table does not say which rows its totals sum, so the formula is proven before it is written: the amounts of the
/// same currency since the last total, else all of the body above, have to add up to the total exactly. `None` where
/// they do not, or where one of them is no number on the sheet (`on_sheet`): the total then stays a value.
pub(super) fn formula(
    rows: &[Row],
    total: usize,
    at: (RowNum, ColNum),
    on_sheet: impl Fn(&Cell) -> bool,
) -> Option<String> {
    let (first, column) = at;
    let cell_of = |row: &Row| row.cells.get(usize::from(column)).cloned().unwrap_or(Cell::Blank);
    let sum = cell_of(rows.get(total)?);
    let since_last = (0..total).rev().skip_while(|&row| rows[row].total).take_while(|&row| !rows[row].total).last()?;
    for from in [since_last, 0] {
        let summed: Vec<usize> =
            (from..total).filter(|&row| !rows[row].total && plus(&cell_of(&rows[row]), &sum).is_some()).collect();
        let cells: Vec<Cell> = summed.iter().map(|&row| cell_of(&rows[row])).collect();
        let (start, others) = cells.split_first()?;
        let adds_up = others.iter().try_fold(start.clone(), |sum, cell| plus(&sum, cell)) == Some(sum.clone());
        if adds_up && cells.iter().all(&on_sheet) {
            return written(&summed, first, column, &sum);
        }
    }
    None
}

/// Adds what can be added: amounts of one currency, or numbers of things.
fn plus(a: &Cell, b: &Cell) -> Option<Cell> {
    match (a, b) {
        (Cell::Money(a), Cell::Money(b)) => a.plus(*b).ok().map(Cell::Money),
        (Cell::Cost(a), Cell::Cost(b)) => a.plus(*b).ok().map(Cell::Cost),
        (Cell::Count(a), Cell::Count(b)) => a.checked_add(*b).map(Cell::Count),
        _ => None,
    }
}

fn written(summed: &[usize], first: RowNum, column: ColNum, sum: &Cell) -> Option<String> {
    let runs: Vec<&[usize]> = summed.chunk_by(|row, next| row + 1 == *next).collect();
    if runs.len() > RANGES_MAX {
        return None;
    }
    let row_number = |row: &usize| RowNum::try_from(*row).ok()?.checked_add(first);
    let ranges: Option<Vec<String>> = runs
        .iter()
        .map(|run| Some(cell_range(row_number(run.first()?)?, column, row_number(run.last()?)?, column)))
        .collect();
    // A spreadsheet adds in binary; without rounding a total could differ from what people add up by a hair.
    let decimals = plain(sum)?.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    Some(format!("ROUND(SUM({}),{decimals})", ranges?.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{cost, money};

    fn formulas(rows: &[(bool, Cell)]) -> Vec<String> {
        let row = |(total, cell): &(bool, Cell)| Row { cells: vec![cell.clone()], total: *total };
        let rows: Vec<Row> = rows.iter().map(row).collect();
        let totals = (0..rows.len()).filter(|&at| rows[at].total);
        totals.map(|at| formula(&rows, at, (3, 0), |_| true).unwrap_or_default()).collect()
    }

    #[test]
    fn totals_sum_what_adds_up_to_them() {
        let usd = |text: &str| money(text, "USD");
        let jpy = |text: &str| money(text, "JPY");
        let body = |cell: Cell| (false, cell);
        let total = |cell: Cell| (true, cell);
        for (rows, expected) in [
            (vec![body(usd("1")), body(usd("-3")), total(usd("-2"))], vec!["ROUND(SUM(A4:A5),2)"]),
            (
                vec![
                    body(usd("1")),
                    body(jpy("5")),
                    body(Cell::Blank),
                    body(usd("2")),
                    total(usd("3")),
                    total(jpy("5")),
                ],
                vec!["ROUND(SUM(A4,A7),2)", "ROUND(SUM(A5),0)"],
            ),
            (
                vec![body(usd("1")), total(usd("1")), body(usd("2")), total(usd("2")), total(usd("3"))],
                vec!["ROUND(SUM(A4),2)", "ROUND(SUM(A6),2)", "ROUND(SUM(A4,A6),2)"],
            ),
            (
                vec![body(cost("0.5", "USD")), body(cost("0.003", "USD")), total(cost("0.503", "USD"))],
                vec!["ROUND(SUM(A4:A5),3)"],
            ),
            (vec![body(Cell::Count(2)), body(Cell::Count(3)), total(Cell::Count(5))], vec!["ROUND(SUM(A4:A5),0)"]),
            (vec![body(usd("1")), total(usd("1.01")), total(Cell::text("Total")), total(jpy("1"))], vec!["", "", ""]),
            (vec![total(usd("0"))], vec![""]),
        ] {
            assert_eq!(formulas(&rows), expected);
        }
    }

    #[test]
    fn a_total_of_what_is_no_number_stays_a_value() {
        let row = |total| Row { cells: vec![Cell::Count(u64::MAX)], total };
        assert_eq!(formula(&[row(false), row(true)], 1, (3, 0), |_| false), None);
    }
}
