//! [`Source`]: a file that is read several times, and says how far it is.

use std::fs::File;
use std::io::{self, BufReader, Read};

use encoding_rs::{Encoding, UTF_8};
use sha2::{Digest, Sha256};

use super::bytes::Scan;
use super::text::Decoded;

/// An open file. It stays open between readings, so that another file put in its place is not taken for it.
pub(super) struct Source<'a> {
    file: &'a File,
    progress: &'a mut dyn FnMut(u64, u64),
    done: u64,
    /// The bytes of all readings.
    all: u64,
    size: u64,
}

/// How much of a file is looked at for its layout.
const HEAD_BYTES: u64 = 1024 * 1024;

impl<'a> Source<'a> {
    pub(super) fn new(file: &'a File, progress: &'a mut dyn FnMut(u64, u64)) -> io::Result<Source<'a>> {
        let size = file.metadata()?.len();
        progress(0, size);
        Ok(Source { file, progress, done: 0, all: 0, size })
    }

    /// Looks at the beginning of the file as bytes.
    pub(super) fn scan_head(&mut self) -> io::Result<Scan> {
        Scan::of(bytes(self.file).take(HEAD_BYTES), self.size <= HEAD_BYTES)
    }

    /// Looks at the whole file as bytes.
    pub(super) fn scan(&mut self) -> io::Result<Scan> {
        Scan::of(self.counted(), true)
    }

    /// Starts reading the file as text; of UTF-8 the reader has to check that it is.
    pub(super) fn text(&mut self, encoding: &'static Encoding) -> Box<dyn Read + '_> {
        if encoding == UTF_8 { Box::new(self.counted()) } else { Box::new(Decoded::new(self.counted(), encoding)) }
    }

    /// Starts reading the beginning of the file as text.
    pub(super) fn head(&self, encoding: &'static Encoding) -> Box<dyn Read + 'a> {
        let file = bytes(self.file);
        if encoding == UTF_8 {
            Box::new(file.take(HEAD_BYTES))
        } else {
            Box::new(Decoded::new(BufReader::new(file), encoding).take(HEAD_BYTES))
        }
    }

    /// Returns the beginning of the file as text, and whether that is all of it.
    pub(super) fn head_text(&self, encoding: &'static Encoding) -> io::Result<(String, bool)> {
        let mut bytes = Vec::new();
        self.head(encoding).read_to_end(&mut bytes)?;
        let is_whole = (bytes.len() as u64) < HEAD_BYTES;
        let text = String::from_utf8(bytes).unwrap_or_else(|error| {
            let valid = error.utf8_error().valid_up_to();
            let mut bytes = error.into_bytes();
            bytes.truncate(valid);
            String::from_utf8(bytes).unwrap_or_default()
        });
        Ok((text, is_whole))
    }

    fn counted(&mut self) -> Counted<'_, 'a> {
        self.all = self.all.saturating_add(self.size);
        Counted { bytes: bytes(self.file), source: self }
    }
}

/// Reads and tells how far it is.
struct Counted<'s, 'a> {
    bytes: Bytes<'a>,
    source: &'s mut Source<'a>,
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.bytes.read(buffer)?;
        let source = &mut *self.source;
        source.done = source.done.saturating_add(count as u64);
        (source.progress)(source.done, source.all.max(source.done));
        Ok(count)
    }
}

/// Reads a file from its beginning, whoever else reads it at the same time.
struct Bytes<'a> {
    file: &'a File,
    at: u64,
}

fn bytes(file: &File) -> Bytes<'_> {
    Bytes { file, at: 0 }
}

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        #[cfg(unix)]
        let count = std::os::unix::fs::FileExt::read_at(self.file, buffer, self.at)?;
        #[cfg(windows)]
        let count = std::os::windows::fs::FileExt::seek_read(self.file, buffer, self.at)?;
        self.at = self.at.saturating_add(count as u64);
        Ok(count)
    }
}

/// Returns the SHA-256 of a file in hex, and its size.
pub(super) fn sha256(file: &File) -> io::Result<(String, u64)> {
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), bytes(file), vec![0; 256 * 1024]);
    loop {
        match bytes.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => hash.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes.at))
}
