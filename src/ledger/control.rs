//! [`Control`]: that a rollup is what its record says it is, byte for byte, before any of it counts.

use std::io::{self, BufRead, BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::ops::Range;
use std::panic::resume_unwind;
use std::thread::{self, JoinHandle};

use super::folder::Folder;
use super::{Import, LedgerError, Place, Problem};

/// How rollups are held against their records while spend is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// By the SHA-256: for what is kept, and for what is built on it.
    Hash,
    /// By the CRC-32, which no slip of an editor leaves as it was, and which takes a tenth of the time: for what is shown and
    /// not kept. By the SHA-256 where the record has no CRC-32.
    Checksum,
}

/// What to do about a rollup that is not what it was.
pub(super) const MEND: &str =
    "a rollup is not edited; restore the file, or remove it and its record and import the export again";

/// The bytes of a rollup, or of a part of it. Those read so far are summed up where that is asked for.
pub(super) struct Summed {
    input: Box<dyn Read>,
    sum: Option<crc32fast::Hasher>,
}

impl Read for Summed {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        let count = self.input.read(room)?;
        if let Some(sum) = &mut self.sum {
            sum.update(room.get(..count).unwrap_or_default());
        }
        Ok(count)
    }
}

/// Returns a CRC-32 in small hex.
pub(super) fn crc32(sum: u32) -> String {
    format!("{sum:08x}")
}

/// Opens a rollup, which must be there.
pub(super) fn opened(folder: &Folder, file: &str) -> Result<Box<dyn BufRead>, LedgerError> {
    folder.open_file(file)?.ok_or_else(|| missing(folder, file))
}

fn missing(folder: &Folder, file: &str) -> LedgerError {
    LedgerError::io("read", folder.path(file))(ErrorKind::NotFound.into())
}

/// Says what is wrong with a rollup that is not what its record says it is, by its SHA-256.
pub(super) fn damage(folder: &Folder, import: &Import) -> Option<Problem> {
    damage_of(folder, &import.rollup_file(), &import.record.rollup_sha256)
}

fn damage_of(folder: &Folder, file: &str, on_record: &str) -> Option<Problem> {
    let read = |error: io::Error| LedgerError::io("read", folder.path(file))(error);
    match opened(folder, file).and_then(|mut input| super::hashed(&mut input).map_err(read)) {
        Ok((sha256, _)) if sha256 == on_record => None,
        Ok(_) => Some(changed(file, "SHA-256")),
        Err(error) => Some(unreadable(file, error)),
    }
}

fn changed(file: &str, by: &str) -> Problem {
    problem(file, format!("the file is not what its record says it was: its {by} differs"))
}

fn unreadable(file: &str, error: LedgerError) -> Problem {
    let what = match error {
        LedgerError::Io { error, .. } if error.kind() == ErrorKind::NotFound => {
            String::from("the file is missing, and there is a record of it")
        }
        LedgerError::Io { error, .. } => format!("the file cannot be read: {error}"),
        error => error.to_string(),
    };
    problem(file, what)
}

fn problem(file: &str, what: String) -> Problem {
    Problem { place: Place::top_of(file), what, mend: MEND.into() }
}

impl Control {
    fn sums(self, import: &Import) -> bool {
        self == Control::Checksum && import.record.rollup_crc32.is_some()
    }

    /// Opens the rollup of an import.
    pub(super) fn open(self, folder: &Folder, import: &Import) -> Result<BufReader<Summed>, LedgerError> {
        Ok(self.summed(import, opened(folder, &import.rollup_file())?))
    }

    /// Opens a part of the rollup of an import; one without bytes is not opened.
    pub(super) fn open_part(
        self,
        folder: &Folder,
        import: &Import,
        range: &Range<u64>,
    ) -> Result<BufReader<Summed>, LedgerError> {
        if range.is_empty() {
            return Ok(self.summed(import, Box::new(io::empty())));
        }
        let file = import.rollup_file();
        let mut input = folder.open_to_seek(&file)?.ok_or_else(|| missing(folder, &file))?;
        input.seek(SeekFrom::Start(range.start)).map_err(LedgerError::io("read", folder.path(&file)))?;
        Ok(self.summed(import, Box::new(input.take(range.end.saturating_sub(range.start)))))
    }

    fn summed(self, import: &Import, input: Box<dyn Read>) -> BufReader<Summed> {
        let sum = self.sums(import).then(crc32fast::Hasher::new);
        BufReader::with_capacity(64 * 1024, Summed { input, sum })
    }

    /// Begins to hash the rollups whose hashes are asked for, beside what else is done.
    pub(super) fn hash(self, folder: &Folder, imports: &[&Import]) -> Option<Hashing> {
        let hashed = imports.iter().filter(|import| !self.sums(import));
        let files: Vec<(String, String)> =
            hashed.map(|import| (import.rollup_file(), import.record.rollup_sha256.clone())).collect();
        if files.is_empty() {
            return None;
        }
        let folder = folder.clone();
        let hash = move || files.iter().filter_map(|(file, on_record)| damage_of(&folder, file, on_record)).collect();
        Some(Hashing(Some(thread::spawn(hash))))
    }
}

/// Rollups that are being hashed. Nobody leaves before it is over: a file that is open cannot go away.
pub(super) struct Hashing(Option<JoinHandle<Vec<Problem>>>);

impl Hashing {
    /// Waits for the end, and says which rollups are not what their records say.
    pub(super) fn end(mut self) -> Vec<Problem> {
        let ended = self.0.take().map(JoinHandle::join);
        ended.map_or_else(Vec::new, |ended| ended.unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

impl Drop for Hashing {
    fn drop(&mut self) {
        let _ = self.0.take().map(JoinHandle::join);
    }
}

impl Summed {
    /// Reads to the end, and returns the sum where there is one.
    pub(super) fn end(input: &mut BufReader<Summed>) -> io::Result<Option<crc32fast::Hasher>> {
        if input.get_ref().sum.is_some() {
            io::copy(input, &mut io::sink())?;
        }
        Ok(input.get_ref().sum.clone())
    }
}

/// The sums of rollups, or of parts of them, as far as they are read to the end; oldest import first.
#[derive(Default)]
pub(super) struct Sums(Vec<Option<crc32fast::Hasher>>);

impl Sums {
    /// Returns the sums of so many rollups, none of which is read.
    pub(super) fn of(imports: usize) -> Sums {
        Sums(vec![None; imports])
    }

    /// Puts in the sum of a rollup.
    pub(super) fn put(&mut self, at: usize, sum: Option<crc32fast::Hasher>) {
        if let Some(place) = self.0.get_mut(at) {
            *place = sum;
        }
    }

    /// Takes in the sums of the parts that follow, of the same rollups.
    pub(super) fn append(&mut self, next: Sums) {
        if self.0.is_empty() {
            *self = next;
            return;
        }
        for (sum, next) in self.0.iter_mut().zip(next.0) {
            if let (Some(sum), Some(next)) = (sum, next) {
                sum.combine(&next);
            }
        }
    }

    /// Sums up by `read` those of the rollups that are to be summed up and have no sum yet, and says which cannot be read.
    pub(super) fn complete(
        &mut self,
        control: Control,
        imports: &[&Import],
        read: impl Fn(usize, &Import) -> Result<Option<crc32fast::Hasher>, LedgerError>,
    ) -> Vec<Problem> {
        let mut problems = Vec::new();
        for (at, (sum, import)) in self.0.iter_mut().zip(imports).enumerate() {
            if sum.is_none() && control.sums(import) {
                match read(at, import) {
                    Ok(read) => *sum = read,
                    Err(error) => problems.push(unreadable(&import.rollup_file(), error)),
                }
            }
        }
        problems
    }

    /// Says which rollups are not what their records say.
    pub(super) fn damage(self, imports: &[&Import]) -> Vec<Problem> {
        let damage = |(sum, import): (Option<crc32fast::Hasher>, &&Import)| {
            let is_whole = import.record.rollup_crc32 == Some(crc32(sum?.finalize()));
            (!is_whole).then(|| changed(&import.rollup_file(), "CRC-32"))
        };
        self.0.into_iter().zip(imports).filter_map(damage).collect()
    }
}
