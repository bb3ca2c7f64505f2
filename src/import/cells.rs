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

/// Rows that follow each other.
pub(super) struct Batch<'t> {
    text: &'t [u8],
    bounds: &'t [Bounds],
    /// Where each cell of each row ends.
    ends: &'t [usize],
}

/// Where a row is.
struct Bounds {
    line: u64,
    /// Its first byte in the text.
    start: usize,
    /// Its first cell among all.
    cell: usize,
}

/// Room to find rows in, used again and again.
#[derive(Default)]
pub(super) struct Room {
    bounds: Vec<Bounds>,
    ends: Vec<usize>,
}

/// So many rows are given at once.
pub(super) const BATCH_ROWS: usize = 64;

impl<'t> Batch<'t> {
    /// Returns the rows, one after the other.
    #[inline]
    pub(super) fn iter(&self) -> impl ExactSizeIterator<Item = Row<'t>> {
        let Batch { text, bounds, ends } = *self;
        bounds.iter().enumerate().map(move |(at, &Bounds { line, start, cell })| {
            let next = bounds.get(at + 1).map_or(ends.len(), |next| next.cell);
            Row { line, text, start, ends: ends.get(cell..next).unwrap_or_default() }
        })
    }
}

/// A row of a text: its cells as they stand there, quotes and all.
pub(super) struct Row<'t> {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    text: &'t [u8],
    start: usize,
    /// Where each cell ends.
    ends: &'t [usize],
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
        let start = if first == 0 { self.start } else { self.ends.get(first - 1).map_or(0, |end| end + 1) };
        self.ends.get(last).and_then(|&end| self.text.get(start..end)).unwrap_or_default()
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

/// Gives the rows of a text that begins and ends outside quotes, the first of which stands on `line`: in order, some at
/// a time, and whether they are the last.
///
/// `room` is room to work in. After an error some rows may have been given.
pub(super) fn each_batch(
    text: &str,
    delimiter: u8,
    mut line: u64,
    room: &mut Room,
    mut give: impl FnMut(Batch<'_>, bool),
) -> Result<(), Irregular> {
    let bytes = text.as_bytes();
    let has_cr = memchr::memchr(b'\r', bytes).is_some();
    let mut before = Before { inside: 0, boundary: 1, closed: 0, cr: 0 };
    let Room { bounds, ends } = room;
    bounds.clear();
    ends.clear();
    // The row that has begun.
    let mut row = Bounds { line, start: 0, cell: 0 };
    let mut base = 0;
    while let Some(rest) = bytes.get(base..).filter(|rest| !rest.is_empty()) {
        let stretch = match rest.first_chunk() {
            Some(stretch) => *stretch,
            None => {
                let mut last = [0; 64];
                last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
                last
            }
        };
        let stretch = &stretch;
        let masks = Masks::of(stretch, delimiter, has_cr);
        let inside = before.take(&masks, bytes.len().saturating_sub(base))?;
        // Line ends inside quotes are part of a cell, and yet lines.
        let mut places = (masks.delimiter & !inside) | masks.newline;
        while places != 0 {
            let bit = places.trailing_zeros();
            let at = base + bit as usize;
            if masks.newline >> bit & 1 == 0 {
                ends.push(at);
            } else {
                line = line.saturating_add(1);
                if inside >> bit & 1 == 0 {
                    let ends_in_cr = has_cr && at > row.start && bytes.get(at - 1) == Some(&b'\r');
                    ends.push(if ends_in_cr { at - 1 } else { at });
                    let is_last = at + 1 == bytes.len();
                    let next = Bounds { line, start: at + 1, cell: ends.len() };
                    bounds.push(std::mem::replace(&mut row, next));
                    if bounds.len() == BATCH_ROWS || is_last {
                        give(Batch { text: bytes, bounds, ends }, is_last);
                        bounds.clear();
                        ends.clear();
                        row.cell = 0;
                    }
                }
            }
            places &= places - 1;
        }
        if ends.len() - row.cell > RECORD_FIELDS_MAX {
            return Err(Irregular);
        }
        base += 64;
    }
    if before.inside != 0 || before.cr != 0 {
        return Err(Irregular);
    }
    if row.start < bytes.len() {
        ends.push(bytes.len());
        bounds.push(row);
        give(Batch { text: bytes, bounds, ends }, true);
    }
    Ok(())
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
    fn of(stretch: &[u8; 64], delimiter: u8, has_cr: bool) -> Masks {
        Masks {
            delimiter: places(stretch, delimiter),
            newline: places(stretch, b'\n'),
            quote: places(stretch, b'"'),
            cr: if has_cr { places(stretch, b'\r') } else { 0 },
        }
    }
}

/// Returns a bit per byte, set where it is `sought`.
#[inline]
fn places(stretch: &[u8; 64], sought: u8) -> u64 {
    let sought = u8x16::splat(sought);
    let lane = |lane: &[u8; 16]| u64::from(u8x16::new(*lane).simd_eq(sought).to_bitmask());
    match stretch.as_chunks() {
        // Written out, since this is where most of the time goes.
        ([a, b, c, d], []) => lane(a) | lane(b) << 16 | lane(c) << 32 | lane(d) << 48,
        _ => 0, // 64 bytes are four times 16
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sheet::Records;

    type Rows = Vec<(u64, Vec<String>)>;

    fn by_masks(text: &str) -> Result<Rows, Irregular> {
        let (mut rows, mut record) = (Vec::new(), Record::default());
        each_batch(text, b',', 1, &mut Room::default(), |given, _| {
            for row in given.iter() {
                row.fill(&mut record);
                assert_eq!(row.len(), record.len());
                rows.push((record.line(), record.fields().map(str::to_owned).collect()));
            }
        })?;
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
