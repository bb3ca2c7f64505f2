//! Amounts of digits and perhaps a mark, which are most of them.

use super::amount::Proof;
use super::cells::Row;
use super::{DecimalMark, Unit};

/// What an amount comes to, in billionths of the currency's unit, and what it proves of the mark.
type Read = (i128, Proof);

/// Reads a cell that is digits, perhaps with a sign before and decimals behind them; `None` for any other.
#[inline]
pub(super) fn read(row: &Row, at: usize, mark: Option<DecimalMark>, unit: Unit) -> Option<Read> {
    let (mark, byte) = match mark {
        Some(DecimalMark::Comma) => (DecimalMark::Comma, b','),
        _ => (DecimalMark::Point, b'.'),
    };
    let digits = row.word(at).and_then(|word| short(word, byte)).or_else(|| long(row.cell(at), byte))?;
    digits.amount(mark, unit)
}

/// The digits of an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Digits {
    is_negative: bool,
    /// What they are without the mark.
    value: u64,
    count: usize,
    /// How many stand behind the mark, if there is one.
    decimals: Option<usize>,
    begin_with_0: bool,
}

impl Digits {
    #[inline]
    fn amount(self, mark: DecimalMark, unit: Unit) -> Option<Read> {
        const COUNT_MAX: usize = 18;
        const TENS: [i64; 10] = [1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
        let decimals_max = match unit {
            Unit::Currency => 9_usize,
            Unit::Micros => 3,
        };
        let written = self.decimals.unwrap_or(0);
        let before = self.count.checked_sub(written).filter(|before| *before > 0)?;
        let zeros = decimals_max.checked_sub(written).filter(|_| self.count <= COUNT_MAX)?;
        let proof = match self.decimals {
            None => Proof::Irrelevant,
            Some(0) => return None,
            Some(3) if before <= 3 && !self.begin_with_0 => Proof::Open,
            Some(_) => Proof::Mark(mark),
        };
        let nanos = i128::from(self.value) * i128::from(*TENS.get(zeros)?);
        Some((if self.is_negative { -nanos } else { nanos }, proof))
    }
}

/// Reads at most eight bytes without a sign, given as [`Row::word`] does. All at once, so that amounts of many lengths
/// take the same way.
#[inline(always)]
fn short(word: u64, mark: u8) -> Option<Digits> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let unused = word.trailing_zeros() / 8;
    // Of the bytes that are the mark the lowest gets its high bit, and none below it.
    let differs = word ^ (ONES * u64::from(mark));
    let marks = differs.wrapping_sub(ONES) & !differs & (ONES << 7);
    let (word, count, decimals) = if marks == 0 {
        (word, 8_u32.checked_sub(unused)?, None)
    } else {
        let at = marks.trailing_zeros() / 8;
        let before = word & ((1 << (8 * at)) - 1);
        let behind = word & (u64::MAX << (8 * at)) & !(0xFF << (8 * at));
        (behind | before << 8, 7_u32.checked_sub(unused)?, Some(7 - at as usize))
    };
    let unused = 8 * 8_u32.checked_sub(count).filter(|unused| *unused < 8)?;
    let filled = word | (ONES * u64::from(b'0')) & ((1 << unused) - 1);
    let high = ONES * 0xF0;
    if filled & high != ONES * 0x30 || filled.wrapping_add(ONES * 0x06) & high != ONES * 0x30 {
        return None;
    }
    // The first stands lowest. Neighbours are put together to pairs, these to fours, and these to all.
    let pairs = (filled & (ONES * 0x0F)).wrapping_mul(10 << 8 | 1) >> 8 & 0x00FF_00FF_00FF_00FF;
    let fours = pairs.wrapping_mul(100 << 16 | 1) >> 16 & 0x0000_FFFF_0000_FFFF;
    let value = fours.wrapping_mul(10_000 << 32 | 1) >> 32;
    let begin_with_0 = word >> unused & 0xFF == u64::from(b'0');
    Some(Digits { is_negative: false, value, count: count as usize, decimals, begin_with_0 })
}

/// Reads a cell byte by byte.
fn long(cell: &[u8], mark: u8) -> Option<Digits> {
    let (is_negative, body) = match cell {
        [b'-', body @ ..] => (true, body),
        body => (false, body),
    };
    let (mut value, mut count, mut decimals) = (0_u64, 0, None);
    for &next in body {
        if next.is_ascii_digit() {
            value = value.checked_mul(10)?.checked_add(u64::from(next - b'0'))?;
            count += 1;
            decimals = decimals.map(|decimals: usize| decimals + 1);
        } else if next == mark && decimals.is_none() {
            decimals = Some(0);
        } else {
            return None;
        }
    }
    Some(Digits { is_negative, value, count, decimals, begin_with_0: body.first() == Some(&b'0') })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::import::amount::AmountText;
    use crate::import::cells::Cells;

    /// Gives the row that a cell is the first of.
    fn in_row<T>(cell: &str, behind: &str, give: impl FnOnce(&Row) -> T) -> Option<T> {
        let (text, mut cells) = (format!("{cell};{behind}"), Cells::default());
        cells.find(text.as_bytes(), 0, 1, b';', true).ok()?;
        let row = cells.batches(&text).next()?.iter().next()?;
        Some(give(&row))
    }

    proptest! {
        #[test]
        fn a_plain_amount_is_what_the_reader_of_all_amounts_says(
            cell in "-?[0-9]{0,20}([.,][0-9]{0,11})?|-?0?[0-9]{1,3}[.,][0-9]{3}", comma in any::<bool>(), unknown in any::<bool>(), micros in any::<bool>(),
        ) {
            let mark = if comma { DecimalMark::Comma } else { DecimalMark::Point };
            let unit = if micros { Unit::Micros } else { Unit::Currency };
            let given = (!unknown || comma).then_some(mark);
            let found = in_row(&cell, "and more", |row| read(row, 0, given, unit)).unwrap();
            if let Some((nanos, proof)) = found {
                let text = AmountText::of(&cell).unwrap();
                prop_assert_eq!(text.value(mark, unit).unwrap().nanos(), Some(nanos), "{}", cell);
                prop_assert_eq!(text.proof(), proof, "{}", cell);
            }
            // At the end of a text there are no eight bytes to read at once.
            prop_assert_eq!(found, in_row(&cell, "", |row| read(row, 0, given, unit)).unwrap());
        }

        #[test]
        fn eight_bytes_at_once_are_what_they_are_one_by_one(cell in "[-0-9.,:; a]{0,9}|[0-9]{1,8}|[0-9]{1,5}[.,][0-9]{0,2}") {
            let both = in_row(&cell, "and more", |row| (row.word(0).and_then(|word| short(word, b'.')), long(row.cell(0), b'.')));
            let (short, long) = both.unwrap_or_default();
            let is_short = |digits: &Digits| !digits.is_negative && digits.count > 0;
            if cell.len() <= 8 && !cell.contains(';') {
                prop_assert_eq!(short, long.filter(is_short), "{}", cell);
            } else {
                prop_assert!(short.is_none() || short == long, "{}", cell);
            }
        }
    }

    #[test]
    fn plain_amounts_are_quick() {
        let read = |cell: &str, unit| in_row(cell, "and more", |row| read(row, 0, None, unit)).flatten();
        let nanos = |cell: &str| read(cell, Unit::Currency).map(|(nanos, _)| nanos);
        assert_eq!(nanos("-12.50"), Some(-12_500_000_000));
        assert_eq!(nanos("12345.67"), Some(12_345_670_000_000));
        assert_eq!(nanos("87654321"), Some(87_654_321_000_000_000));
        assert_eq!((nanos("0"), nanos("9.5")), (Some(0), Some(9_500_000_000)));
        assert_eq!(read("20836690", Unit::Micros).map(|(nanos, _)| nanos), Some(20_836_690_000));
        for cell in ["", "-", "5.", ".5", "1,5", "1.2.3", "(5)", "12:45", "1 2", "1234567890123456789", "0.1234567891"]
        {
            assert_eq!(nanos(cell), None, "{cell}");
        }
    }
}
