//! [`Source`]: a file that is read several times, and says how far it is.

use std::fs::{self, File};
use std::io::{self, BufReader, Read};
use std::path::Path;

use encoding_rs::{Encoding, UTF_8};
use sha2::{Digest, Sha256};

use super::bytes::Scan;
use super::text::Decoded;

/// An open file. It stays open between readings, so that another file put in its place is not taken for it.
pub(super) struct Source<'a> {
    /// The file as it was given.
    original: &'a File,
    /// What was inside of it, where it is packed.
    unpacked: Option<&'a File>,
    hash: Option<Hash>,
    progress: &'a mut dyn FnMut(u64, u64),
    done: u64,
    /// The bytes of all readings.
    all: u64,
    size: u64,
}

/// The SHA-256 of bytes, and how many they are.
#[derive(Clone, Debug)]
pub(super) struct Hash {
    sha256: Sha256,
    bytes: u64,
}

impl Hash {
    pub(super) fn new() -> Hash {
        Hash { sha256: Sha256::new(), bytes: 0 }
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.bytes = self.bytes.saturating_add(bytes.len() as u64);
    }
}

/// Opens a file that has an end: no folder, no pipe and no device.
pub(crate) fn open_plain(path: &Path) -> io::Result<fs::File> {
    let what = fs::metadata(path)?;
    match what.is_file() {
        true => File::open(path),
        false if what.is_dir() => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is a folder")),
        false => Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no plain file")),
    }
}

/// How much of a file is looked at for its layout.
const HEAD_BYTES: u64 = 1024 * 1024;

impl<'a> Source<'a> {
    pub(super) fn new(
        original: &'a File,
        unpacked: Option<&'a File>,
        progress: &'a mut dyn FnMut(u64, u64),
    ) -> io::Result<Source<'a>> {
        let size = unpacked.unwrap_or(original).metadata()?.len();
        progress(0, size);
        Ok(Source { original, unpacked, hash: None, progress, done: 0, all: 0, size })
    }

    /// Returns the file as it was given, if its hash is not known yet.
    pub(super) fn unhashed(&self) -> Option<&'a File> {
        self.hash.is_none().then_some(self.original)
    }

    /// Returns whether the text in an encoding is the file as it was given, byte for byte.
    pub(super) fn is_text(&self, encoding: &'static Encoding) -> bool {
        encoding == UTF_8 && self.unpacked.is_none()
    }

    /// Keeps the hash of the file as it was given.
    pub(super) fn hashed(&mut self, hash: Hash) {
        self.hash = Some(hash);
    }

    /// Returns the SHA-256 of the file as it was given, in hex, and its size.
    pub(super) fn into_hash(self) -> io::Result<(String, u64)> {
        let Hash { sha256, bytes } = self.hash.map_or_else(|| sha256(self.original), Ok)?;
        Ok((sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes))
    }

    fn file(&self) -> &'a File {
        self.unpacked.unwrap_or(self.original)
    }

    /// Looks at the beginning of the file as bytes.
    pub(super) fn scan_head(&mut self) -> io::Result<Scan> {
        Scan::of(bytes(self.file()).take(HEAD_BYTES), self.size <= HEAD_BYTES)
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
        let file = bytes(self.file());
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
        Counted { bytes: bytes(self.file()), source: self }
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

/// Returns the hash of a file.
pub(super) fn sha256(file: &File) -> io::Result<Hash> {
    let (mut hash, mut bytes, mut buffer) = (Hash::new(), bytes(file), vec![0; 256 * 1024]);
    loop {
        match bytes.read(&mut buffer) {
            Ok(0) => return Ok(hash),
            Ok(count) => hash.update(buffer.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
