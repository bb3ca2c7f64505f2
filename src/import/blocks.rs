//! [`Blocks`]: a text cut into stretches of whole rows, to be read by several threads.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memrchr};

use super::pass::Obstacle;
use crate::sheet::RECORD_BYTES_MAX;

/// Cuts a text after line ends that are outside quotes.
///
/// A quote opens a cell or closes it, so an even number of them lies before such a line end. That holds for regular
/// text; that the text is regular, those prove who read the blocks: if every quote of a block stands where a cell
/// begins or ends, the next block begins outside quotes.
pub(super) struct Blocks<R> {
    input: R,
    /// How many bytes are read at a time.
    size: usize,
    /// The beginning of a row whose end is in the next block.
    carried: Vec<u8>,
    line: u64,
    ended: bool,
}

/// Whole rows.
#[derive(Debug, Default)]
pub(super) struct Block {
    /// Its room is used again.
    text: String,
    /// The line its first row begins on, from 1.
    pub(super) line: u64,
    /// Whether the text ends with it.
    pub(super) is_last: bool,
}

impl Block {
    pub(super) fn text(&self) -> &str {
        &self.text
    }
}

impl<R: Read> Blocks<R> {
    pub(super) fn new(input: R, size: usize) -> Blocks<R> {
        Blocks { input, size: size.max(2), carried: Vec::new(), line: 1, ended: false }
    }

    /// Reads the next block into the room of an old one; `None` at the end, and after an obstacle.
    pub(super) fn next(&mut self, old: Block) -> Result<Option<Block>, Obstacle> {
        if self.ended {
            return Ok(None);
        }
        let mut buffer = old.text.into_bytes();
        let mut filled = self.carried.len();
        if buffer.len() < filled {
            buffer.resize(filled + self.size, 0);
        }
        buffer.iter_mut().zip(self.carried.drain(..)).for_each(|(to, from)| *to = from);
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
            // The last byte is always carried on, so that the block that ends the text knows it.
            let length =
                if self.ended { Some(filled) } else { last_row_end(text.get(..filled - 1).unwrap_or_default()) };
            if let Some(length) = length {
                self.carried.extend_from_slice(text.get(length..).unwrap_or_default());
                buffer.truncate(length);
                let (line, is_last) = (self.line, self.ended);
                let lines = memchr_iter(b'\n', &buffer).count();
                self.line = line.saturating_add(lines as u64);
                let is_text = memchr(0, &buffer).is_none();
                let text = String::from_utf8(buffer).ok().filter(|_| is_text);
                self.ended |= text.is_none();
                return text.map(|text| Some(Block { text, line, is_last })).ok_or(Obstacle::NotUtf8);
            }
            if filled > RECORD_BYTES_MAX {
                self.ended = true;
                return Err(Obstacle::Irregular);
            }
        }
    }
}

/// Returns where the last row ends of a text that begins outside quotes.
fn last_row_end(text: &[u8]) -> Option<usize> {
    let mut quotes = memchr_iter(b'"', text).count();
    let mut rest = text;
    while let Some(at) = memrchr(b'\n', rest) {
        quotes -= memchr_iter(b'"', rest.get(at..).unwrap_or_default()).count();
        if quotes.is_multiple_of(2) {
            return Some(at + 1);
        }
        rest = rest.get(..at).unwrap_or_default();
    }
    None
}

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
            let mut blocks = Blocks::new(text.as_bytes(), size);
            let (mut all, mut block, mut was_last) = (Vec::new(), Block::default(), false);
            while let Some(next) = blocks.next(block).unwrap() {
                block = next;
                prop_assert!(!was_last);
                prop_assert_eq!(block.line, 1 + all.iter().filter(|byte| **byte == b'\n').count() as u64);
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
        let mut blocks = Blocks::new(endless, 1 << 20);
        assert!(matches!(blocks.next(Block::default()), Err(Obstacle::Irregular)));
        assert!(blocks.next(Block::default()).unwrap().is_none());
    }
}
