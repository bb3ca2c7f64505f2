//! [`Source`]: a file that is read several times, and says how far it is.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek};

use encoding_rs::{Encoding, UTF_8};

use super::bytes::Scan;
use super::text::Decoded;

/// An open file. It stays open between readings, so that another file put in its place is not taken for it.
pub(super) struct Source<'a> {
    file: File,
    progress: &'a mut dyn FnMut(u64, u64),
    done: u64,
    /// The bytes of all readings.
    all: u64,
}

/// As bytes, for evidence, and for the rows.
const READINGS: u64 = 3;
/// How much of a file is looked at for its layout.
const HEAD_BYTES: u64 = 1024 * 1024;

impl<'a> Source<'a> {
    pub(super) fn new(file: File, progress: &'a mut dyn FnMut(u64, u64)) -> io::Result<Source<'a>> {
        let all = file.metadata()?.len().saturating_mul(READINGS);
        Ok(Source { file, progress, done: 0, all })
    }

    /// Reads the file as bytes.
    pub(super) fn scan(&mut self) -> io::Result<Scan> {
        Scan::of(self.rewound()?)
    }

    /// Starts reading the file as text.
    pub(super) fn text(&mut self, encoding: &'static Encoding) -> io::Result<Box<dyn BufRead + '_>> {
        let bytes = self.rewound()?;
        Ok(if encoding == UTF_8 {
            Box::new(BufReader::with_capacity(128 * 1024, bytes)) // the rows check that it is
        } else {
            Box::new(BufReader::with_capacity(128 * 1024, Decoded::new(bytes, encoding)))
        })
    }

    /// Returns the beginning of the file as text, and whether that is all of it.
    pub(super) fn head(&mut self, encoding: &'static Encoding) -> io::Result<(String, bool)> {
        let done = self.done;
        let mut bytes = Vec::new();
        self.text(encoding)?.take(HEAD_BYTES).read_to_end(&mut bytes)?;
        self.done = done; // a look at the head is no reading
        let is_whole = (bytes.len() as u64) < HEAD_BYTES;
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            let valid = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(valid);
            String::from_utf8(bytes).unwrap_or_default()
        });
        Ok((text, is_whole))
    }

    fn rewound(&mut self) -> io::Result<Counted<'_, 'a>> {
        self.file.rewind()?;
        Ok(Counted { source: self })
    }
}

/// Reads and tells how far it is.
struct Counted<'s, 'a> {
    source: &'s mut Source<'a>,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.source.file.read(buffer)?;
        self.source.done = self.source.done.saturating_add(count as u64);
        let all = self.source.all.max(self.source.done);
        (self.source.progress)(self.source.done, all);
        Ok(count)
    }
}
