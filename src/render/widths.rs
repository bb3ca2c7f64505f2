//! How wide each column is drawn when the whole does not fit.

use super::grid::GridColumn;

/// Blanks between two columns.
pub(super) const GAP: usize = 2;

/// Columns of text stay at least this wide while anything else can give way.
const COMFORTABLE: usize = 24;

/// Columns of text never get narrower, even if the table is then wider than the terminal.
const NARROWEST: usize = 8;

/// Returns a width for every column, so that the table fits into `available` if it can.
///
/// First the longest texts go on in the next line, then the headings of numbers, then texts get narrow. Numbers and
/// days are never broken: a table of too many of them is wider than the terminal. With `whole_words` no word is broken
/// either, so that ids can be searched for.
pub(super) fn fit(columns: &[GridColumn], available: usize, whole_words: bool) -> Vec<usize> {
    let mut widths: Vec<usize> = columns.iter().map(|column| column.natural).collect();
    let gaps = GAP * columns.len().saturating_sub(1);
    let floors: [fn(&GridColumn) -> usize; 3] = [
        |column| if column.wraps { column.least.max(COMFORTABLE) } else { column.natural },
        |column| if column.wraps { column.least.max(COMFORTABLE) } else { column.least },
        |column| if column.wraps { column.least.max(NARROWEST) } else { column.least },
    ];
    let unbroken = |column: &GridColumn| if whole_words { column.longest_word } else { 0 };
    for floor in floors {
        let floor = |column: &GridColumn| floor(column).max(unbroken(column)).min(column.natural);
        while widths.iter().sum::<usize>() + gaps > available {
            let shrinkable = widths.iter_mut().zip(columns).filter(|(width, column)| **width > floor(column));
            let Some((widest, _)) = shrinkable.max_by_key(|(width, _)| **width) else { break };
            *widest -= 1;
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(natural: usize, least: usize, wraps: bool) -> GridColumn {
        GridColumn { heading: String::new(), right: !wraps, natural, least, longest_word: 22, wraps }
    }

    #[test]
    fn long_texts_give_way_first_and_numbers_never() {
        let columns = [column(40, 4, true), column(30, 4, true), column(20, 10, false)];
        for (available, expected) in [
            (94, [40, 30, 20]),
            (84, [30, 30, 20]),
            (72, [24, 24, 20]),
            (66, [24, 24, 14]),
            (62, [24, 24, 10]),
            (54, [20, 20, 10]),
            (30, [8, 8, 10]),
            (5, [8, 8, 10]),
        ] {
            assert_eq!(fit(&columns, available, false), expected, "{available}");
        }
        assert_eq!(fit(&columns, 5, true), [22, 22, 20]);
        assert_eq!(fit(&[], 80, false), [0; 0]);
    }
}
