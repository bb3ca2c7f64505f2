//! The cells of delimited text, found 64 bytes at a time.
//!
//! Most of a large export is plain: quotes open where a cell begins and close where it ends, and rows end in `\n` or
//! `\r\n`. Of such text this finds every cell by bit masks. Of any other it says that it is [`Irregular`], and the
//! text is read again by [`Records`](crate::sheet::Records), which knows all cases, says what is wrong, and is what
//! tests hold this to.

use std::ops::RangeInclusive;

use wide::u8x16;

use crate::sheet::{RECORD_FIELDS_MAX, Record};

/// The text has quotes or line ends out of place, so that masks do not prove where its cells are; or more cells in a row
/// than any file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Irregular;

/// Where the rows and the cells of a text are; room that is used again and again.
#[derive(Debug, Default)]
pub(super) struct Cells {
    /// The rows, and behind them where the next would begin.
    bounds: Vec<Bounds>,
    /// Where each cell of each row ends.
    ends: Vec<u32>,
}

/// Where a row begins.
#[derive(Clone, Copy, Debug)]
struct Bounds {
    line: u64,
    /// Its first byte in the text.
    start: u32,
    /// Its first cell among all.
    cell: u32,
}

/// Rows that follow each other.
pub(super) struct Batch<'t> {
    text: &'t [u8],
    bounds: &'t [Bounds],
    ends: &'t [u32],
}

/// So many rows are given at once.
pub(super) const BATCH_ROWS: usize = 64;

impl Cells {
    /// Returns the rows that were found in a text, some at a time.
    pub(super) fn batches<'t>(&'t self, text: &'t str) -> impl Iterator<Item = Batch<'t>> {
        let rows = self.bounds.len().saturating_sub(1);
        (0..rows).step_by(BATCH_ROWS).map(move |first| {
            let next = rows.min(first + BATCH_ROWS);
            let bounds = self.bounds.get(first..=next).unwrap_or_default();
            Batch { text: text.as_bytes(), bounds, ends: &self.ends }
        })
    }

    /// Returns the line behind the rows that were found.
    pub(super) fn next_line(&self) -> u64 {
        self.bounds.last().map_or(1, |next| next.line)
    }
}

impl<'t> Batch<'t> {
    /// Returns the number of rows.
    pub(super) fn len(&self) -> usize {
        self.bounds.len().saturating_sub(1)
    }

    /// Returns a row; one without cells where there are not so many.
    #[inline]
    pub(super) fn row(&self, at: usize) -> Row<'t> {
        let Batch { text, bounds, ends } = *self;
        let Some([row, next, ..]) = bounds.get(at..) else { return Row { line: 0, text, start: 0, ends: &[] } };
        let ends = ends.get(row.cell as usize..next.cell as usize).unwrap_or_default();
        Row { line: row.line, text, start: row.start as usize, ends }
    }

    /// Returns the rows, one after the other.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(super) fn iter(&self) -> impl Iterator<Item = Row<'t>> {
        (0..self.len()).map(|at| self.row(at))
    }
}

/// A row of a text: its cells as they stand there, quotes and all.
pub(super) struct Row<'t> {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    text: &'t [u8],
    start: usize,
    /// Where each cell ends.
    ends: &'t [u32],
}

impl<'t> Row<'t> {
    /// Returns the number of cells, at least one.
    #[inline]
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Returns a cell as it stands in the text, empty where the row has no such cell.
    #[inline]
    pub(super) fn cell(&self, at: usize) -> &'t [u8] {
        self.cells(&(at..=at))
    }

    /// Returns neighbouring cells as they stand in the text, with what separates them.
    #[inline]
    pub(super) fn cells(&self, run: &RangeInclusive<usize>) -> &'t [u8] {
        let (&first, &last) = (run.start(), run.end());
        let start = if first == 0 { self.start } else { self.ends.get(first - 1).map_or(0, |&end| end as usize + 1) };
        self.ends.get(last).and_then(|&end| self.text.get(start..end as usize)).unwrap_or_default()
    }

    /// Returns a cell of one to eight bytes as a number, whose highest byte is the cell's last; below its first are zeros.
    ///
    /// `None` where it is empty or longer, or the text ends close behind it.
    #[inline]
    pub(super) fn word(&self, at: usize) -> Option<u64> {
        let cell = self.cell(at);
        let unused = 8_usize.checked_sub(cell.len()).filter(|unused| *unused < 8)?;
        let start = (*self.ends.get(at)? as usize).checked_sub(cell.len())?;
        let bytes = self.text.get(start..)?.first_chunk()?;
        Some(u64::from_le_bytes(*bytes) << (8 * unused))
    }

    /// Returns a cell as text.
    pub(super) fn text(&self, at: usize) -> &'t str {
        // Cells end at bytes that are characters of their own.
        std::str::from_utf8(self.cell(at)).unwrap_or_default()
    }

    /// Puts the row into a record, its cells unquoted.
    pub(super) fn fill(&self, record: &mut Record) {
        record.fill(self.line, (0..self.len()).map(|at| self.text(at)));
    }
}

/// Where rows and cells end in a stretch of 64 bytes, a bit per byte.
struct Masks {
    delimiter: u64,
    newline: u64,
    quote: u64,
    cr: u64,
}

/// What the bytes before a stretch leave open.
struct Before {
    /// All ones inside quotes, else zero.
    inside: u64,
    /// 1 where a cell may begin.
    boundary: u64,
    /// 1 after a quote that closed a cell, or escaped another.
    closed: u64,
    /// 1 after a carriage return outside quotes.
    cr: u64,
}

impl Cells {
    /// Finds the whole rows of a text from `start` on, where it is outside quotes and on `line`, and returns where they
    /// end.
    ///
    /// Unless the text `is_all` there is, a row that ends with it is not among them: there is always a next one.
    pub(super) fn find(
        &mut self,
        text: &[u8],
        start: usize,
        mut line: u64,
        delimiter: u8,
        is_all: bool,
    ) -> Result<usize, Irregular> {
        let Cells { bounds, ends } = self;
        bounds.clear();
        ends.clear();
        let (Ok(all), Ok(first)) = (u32::try_from(text.len()), u32::try_from(start)) else { return Err(Irregular) };
        let mut before = Before { inside: 0, boundary: 1, closed: 0, cr: 0 };
        // The row that has begun.
        let mut row = Bounds { line, start: first, cell: 0 };
        let mut base = first;
        while let Some(rest) = text.get(base as usize..).filter(|rest| !rest.is_empty()) {
            let last;
            let stretch = match rest.first_chunk() {
                Some(stretch) => stretch,
                None => {
                    last = padded(rest);
                    &last
                }
            };
            let masks = Masks::of(stretch, delimiter);
            let inside = before.take(&masks, rest.len())?;
            // Line ends inside quotes are part of a cell, and yet lines.
            let mut places = (masks.delimiter & !inside) | masks.newline;
            while places != 0 {
                let bit = places.trailing_zeros();
                let at = base + bit;
                if masks.newline >> bit & 1 == 0 {
                    ends.push(at);
                } else {
                    line = line.saturating_add(1);
                    if inside >> bit & 1 == 0 {
                        let ends_in_cr = at > row.start && text.get(at as usize - 1) == Some(&b'\r');
                        ends.push(if ends_in_cr { at - 1 } else { at });
                        let cell = u32::try_from(ends.len()).map_err(|_| Irregular)?;
                        bounds.push(std::mem::replace(&mut row, Bounds { line, start: at + 1, cell }));
                    }
                }
                places &= places - 1;
            }
            if ends.len() - row.cell as usize > RECORD_FIELDS_MAX {
                return Err(Irregular);
            }
            base = base.checked_add(64).ok_or(Irregular)?;
        }
        if !is_all {
            if row.start == all {
                row = bounds.pop().unwrap_or(row);
            }
            ends.truncate(row.cell as usize);
        } else if before.inside != 0 || before.cr != 0 {
            return Err(Irregular);
        } else if row.start < all {
            ends.push(all);
            let cell = u32::try_from(ends.len()).map_err(|_| Irregular)?;
            bounds.push(std::mem::replace(&mut row, Bounds { line, start: all, cell }));
        }
        bounds.push(row);
        Ok(row.start as usize)
    }
}

/// Fills the last bytes of a text up with zeros.
fn padded(rest: &[u8]) -> [u8; 64] {
    let mut stretch = [0; 64];
    stretch.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    stretch
}

impl Before {
    /// Takes in the next stretch, of which `left` bytes are text, and returns which of them are inside quotes.
    #[inline]
    fn take(&mut self, masks: &Masks, left: usize) -> Result<u64, Irregular> {
        if masks.quote == 0 && masks.cr == 0 && self.inside == 0 && self.closed == 0 && self.cr == 0 {
            self.boundary = (masks.delimiter | masks.newline) >> 63;
            return Ok(0);
        }
        let inside = prefix_xor(masks.quote) ^ self.inside;
        let (opening, closing) = (masks.quote & inside, masks.quote & !inside);
        let (boundary, cr) = ((masks.delimiter | masks.newline) & !inside, masks.cr & !inside);
        let (after_boundary, after_closing) = (boundary << 1 | self.boundary, closing << 1 | self.closed);
        let text = if left < 64 { (1 << left) - 1 } else { u64::MAX };
        let misplaced = (opening & !(after_boundary | after_closing))
            | (after_closing & text & !(boundary | opening | cr))
            | ((cr << 1 | self.cr) & text & !(masks.newline & !inside));
        if misplaced != 0 {
            return Err(Irregular);
        }
        let at_end = left <= 64;
        *self = Before {
            inside: if inside >> 63 == 1 { u64::MAX } else { 0 },
            boundary: boundary >> 63,
            closed: closing >> 63,
            // At the end of the text nothing follows that could be looked at with the next stretch.
            cr: if at_end { u64::from(left > 0 && cr >> (left - 1) & 1 == 1) } else { cr >> 63 },
        };
        Ok(inside)
    }
}

/// For each bit, whether the number of ones up to it is odd.
#[inline]
fn prefix_xor(mut bits: u64) -> u64 {
    for shift in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << shift;
    }
    bits
}

impl Masks {
    #[inline]
    fn of(stretch: &[u8; 64], delimiter: u8) -> Masks {
        // Written out, since this is where most of the time goes.
        let (a, b, c, d) = match stretch.as_chunks() {
            ([a, b, c, d], []) => (u8x16::new(*a), u8x16::new(*b), u8x16::new(*c), u8x16::new(*d)),
            _ => return Masks { delimiter: 0, newline: 0, quote: 0, cr: 0 }, // 64 bytes are four times 16
        };
        let places = |sought: u8| {
            let sought = u8x16::splat(sought);
            (a.simd_eq(sought), b.simd_eq(sought), c.simd_eq(sought), d.simd_eq(sought))
        };
        let bits = |(a, b, c, d): (u8x16, u8x16, u8x16, u8x16)| {
            let lane = |lane: u8x16| u64::from(lane.to_bitmask());
            lane(a) | lane(b) << 16 | lane(c) << 32 | lane(d) << 48
        };
        let (quote, cr) = (places(b'"'), places(b'\r'));
        let rare = (quote.0 | quote.1 | quote.2 | quote.3) | (cr.0 | cr.1 | cr.2 | cr.3);
        let (quote, cr) = if rare.to_bitmask() == 0 { (0, 0) } else { (bits(quote), bits(cr)) };
        Masks { delimiter: bits(places(delimiter)), newline: bits(places(b'\n')), quote, cr }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::Records;

    type Rows = Vec<(u64, Vec<String>)>;

    fn by_masks(text: &str) -> Result<Rows, Irregular> {
        let (mut cells, mut rows, mut record) = (Cells::default(), Vec::new(), Record::default());
        assert_eq!(cells.find(text.as_bytes(), 0, 1, b',', true)?, text.len());
        for row in cells.batches(text).flat_map(|batch| batch.iter().collect::<Vec<_>>()) {
            row.fill(&mut record);
            assert_eq!(row.len(), record.len());
            rows.push((record.line(), record.fields().map(str::to_owned).collect()));
        }
        Ok(rows)
    }

    fn in_order(text: &str) -> Option<Rows> {
        let mut records = Records::new(text.as_bytes(), b',');
        let (mut rows, mut record) = (Vec::new(), Record::default());
        while records.read(&mut record).ok()? {
            rows.push((record.line(), record.fields().map(str::to_owned).collect()));
        }
        Some(rows)
    }

    #[test]
    fn quotes_and_line_ends_in_their_places_are_regular() {
        for text in
            ["", "a,b\n1,2\n", "a,b\r\n\"x,\"\"y\"\"\",\"\"\r\n", "\"a\nb\",c\n\nd", "\"\"\"\",\"\"\n", "é,\"é\n\"\n"]
        {
            assert_eq!(by_masks(text).ok(), in_order(text), "{text:?}");
            let far = format!("{}{text}", "0123456,\n".repeat(9)); // across stretches
            assert_eq!(by_masks(&far).ok(), in_order(&far), "{far:?}");
        }
        for text in ["5\" screen,b\n", "\"a\"b,c\n", "a\rb\n", "a\r", "\"a", "a,\"b\"\r", "\"a\" ,b\n", "x\"\"\n"] {
            assert_eq!(by_masks(text), Err(Irregular), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn agrees_with_the_record_reader(text in "([ab,]{0,30}[\n\",é]{0,3}(\r\n)?(\r)?(\"[ab,\n]{0,9}\")?){0,12}") {
            if let Ok(rows) = by_masks(&text) {
                prop_assert_eq!(Some(rows), in_order(&text));
            }
        }

        #[test]
        fn quoted_cells_are_regular(cells in prop::collection::vec("[a,\"\n é]{0,20}", 1..40), width in 1usize..6, crlf in any::<bool>()) {
            let mut writer = csv::WriterBuilder::new().flexible(true).quote_style(csv::QuoteStyle::Necessary)
                .terminator(if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') }).from_writer(Vec::new());
            cells.chunks(width).for_each(|row| writer.write_record(row).unwrap());
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            let rows = by_masks(&text).unwrap();
            prop_assert_eq!(rows.len(), cells.chunks(width).len());
            prop_assert_eq!(Some(rows), in_order(&text));
        }
    }
}
