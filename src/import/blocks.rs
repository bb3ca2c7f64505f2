//! [`Blocks`]: a text cut into stretches of whole rows, to be read by several threads.

use std::io::{self, Read};

use memchr::memchr;

use super::cells::{Batch, Cells};
use super::pass::Obstacle;
use crate::sheet::RECORD_BYTES_MAX;

/// Cuts a text between rows and finds their cells. The rows are the same wherever it is cut.
pub(super) struct Blocks<R> {
    input: R,
    delimiter: u8,
    /// How many bytes are read at a time.
    size: usize,
    /// The beginning of the next block.
    carried: Vec<u8>,
    line: u64,
    ended: bool,
}

/// Whole rows.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Its room is used again, and so is that of the cells.
    text: String,
    cells: Cells,
    /// Whether the text ends with it.
    pub(super) is_last: bool,
}

impl Block {
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns its rows, some at a time.
    pub(super) fn batches(&self) -> impl Iterator<Item = Batch<'_>> {
        self.cells.batches(&self.text)
    }
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(input: R, delimiter: u8, size: usize) -> Blocks<R> {
        Blocks { input, delimiter, size: size.max(2), carried: Vec::new(), line: 1, ended: false }
    }

    /// Reads the next block into the room of an old one; `None` at the end, and after an obstacle.
    pub(super) fn next(&mut self, old: Block) -> Result<Option<Block>, Obstacle> {
        if self.ended {
            return Ok(None);
        }
        let (mut buffer, mut cells) = (old.text.into_bytes(), old.cells);
        let mut filled = self.carried.len();
        if buffer.len() < filled {
            buffer.resize(filled + self.size, 0);
        }
        buffer.get_mut(..filled).unwrap_or_default().copy_from_slice(&self.carried);
        self.carried.clear();
        loop {
            let wanted = filled + self.size;
            if buffer.len() < wanted {
                buffer.resize(wanted, 0);
            }
            while let Some(room) = buffer.get_mut(filled..wanted).filter(|room| !room.is_empty()) {
                match self.input.read(room) {
                    Ok(0) => {
                        self.ended = true;
                        break;
                    }
                    Ok(count) => filled += count,
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    Err(error) => return Err(error.into()),
                }
            }
            let text = buffer.get(..filled).unwrap_or_default();
            let begins_with_mark = self.line == 1 && text.starts_with(BOM);
            let start = if begins_with_mark { BOM.len() } else { 0 };
            let found = cells.find(text, start, self.line, self.delimiter, self.ended);
            let length = found.inspect_err(|_| self.ended = true)?;
            if length > start || self.ended {
                self.carried.extend_from_slice(text.get(length..).unwrap_or_default());
                buffer.truncate(length);
                let is_last = self.ended;
                self.line = cells.next_line();
                let is_text = memchr(0, &buffer).is_none();
                let text = String::from_utf8(buffer).ok().filter(|_| is_text);
                self.ended |= text.is_none();
                return text.map(|text| Some(Block { text, cells, is_last })).ok_or(Obstacle::NotUtf8);
            }
            if filled > RECORD_BYTES_MAX {
                self.ended = true;
                return Err(Obstacle::Irregular);
            }
        }
    }
}

/// What may stand at the beginning of UTF-8; no part of the first cell.
const BOM: &[u8] = "\u{feff}".as_bytes();

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn blocks_are_whole_rows_and_all_of_the_text(
            rows in prop::collection::vec("([ab]{0,5}|\"[a\n]{0,5}(\"\")?\")(\r)?", 0..30), size in 2usize..20, open in any::<bool>(),
        ) {
            let text = rows.join("\n") + if open { "" } else { "\n" };
            let mut blocks = Blocks::new(text.as_bytes(), b',', size);
            let (mut all, mut block, mut was_last) = (Vec::new(), Block::default(), false);
            loop {
                block = match blocks.next(block) {
                    Ok(Some(next)) => next,
                    Ok(None) => break,
                    Err(_) => {
                        prop_assert!(text.ends_with('\r')); // which is in its place before a line end alone
                        return Ok(());
                    }
                };
                prop_assert!(!was_last);
                let line = block.batches().next().and_then(|batch| Some(batch.iter().next()?.line));
                prop_assert!(line.is_none_or(|line| line == 1 + all.iter().filter(|byte| **byte == b'\n').count() as u64));
                prop_assert!(all.is_empty() || all.ends_with(b"\n"));
                prop_assert!(all.iter().filter(|byte| **byte == b'"').count().is_multiple_of(2));
                all.extend_from_slice(block.text().as_bytes());
                was_last = block.is_last;
            }
            prop_assert!(was_last);
            prop_assert_eq!(String::from_utf8(all).unwrap(), text);
        }
    }

    #[test]
    fn a_row_without_end_is_not_held_in_memory() {
        let endless = io::repeat(b'x');
        let mut blocks = Blocks::new(endless, b',', 1 << 20);
        assert!(matches!(blocks.next(Block::default()), Err(Obstacle::Irregular)));
        assert!(blocks.next(Block::default()).unwrap().is_none());
    }
}
