//! [`Control`]: that a rollup is what its record says it is, byte for byte, before any of it counts.

use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::ops::Range;
use std::panic::resume_unwind;
use std::thread::{self, JoinHandle};

use super::folder::Folder;
use super::rollup::RollupRows;
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
pub(super) fn crc32(sum: crc32fast::Hasher) -> String {
    format!("{:08x}", sum.finalize())
}

impl Control {
    fn sums(self, import: &Import) -> bool {
        self == Control::Checksum && import.record.rollup_crc32.is_some()
    }

    /// Opens the rollup of an import.
    pub(super) fn open(self, folder: &Folder, import: &Import) -> Result<BufReader<Summed>, LedgerError> {
        let file = import.rollup_file();
        let input = folder.open(&file).map_err(LedgerError::io("read", folder.path(&file)))?;
        Ok(self.summed(import, Box::new(input)))
    }

    /// Opens a part of the rollup of an import.
    pub(super) fn open_part(
        self,
        folder: &Folder,
        import: &Import,
        range: &Range<u64>,
    ) -> io::Result<BufReader<Summed>> {
        let mut input = folder.open_to_seek(&import.rollup_file())?;
        input.seek(SeekFrom::Start(range.start))?;
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
        let hash = move || -> Result<(), LedgerError> {
            for (file, on_record) in files {
                let hashed = folder.open(&file).and_then(|mut input| super::hashed(&mut input));
                let (sha256, _) = hashed.map_err(LedgerError::io("read", folder.path(&file)))?;
                if sha256 != on_record {
                    return Err(changed(&file, "SHA-256"));
                }
            }
            Ok(())
        };
        Some(Hashing(Some(thread::spawn(hash))))
    }
}

/// Rollups that are being hashed. Nobody leaves before it is over: a file that is open cannot go away.
pub(super) struct Hashing(Option<JoinHandle<Result<(), LedgerError>>>);

impl Hashing {
    /// Waits for the end, and says which rollup is not what its record says.
    pub(super) fn end(mut self) -> Result<(), LedgerError> {
        let ended = self.0.take().map(JoinHandle::join);
        ended.map_or(Ok(()), |ended| ended.unwrap_or_else(|panic| resume_unwind(panic)))
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

/// Reads a rollup that is summed up to its end, and says if it is not what its record says.
pub(super) fn sum_up(rows: &mut RollupRows, folder: &Folder) -> Result<(), LedgerError> {
    let file = rows.import.rollup_file();
    let sum = Summed::end(rows.input()).map_err(LedgerError::io("read", folder.path(&file)))?;
    if is_of(sum, rows.import) { Ok(()) } else { Err(changed(&file, "CRC-32")) }
}

/// Returns whether a sum, where there is one, is that of an import's rollup.
fn is_of(sum: Option<crc32fast::Hasher>, import: &Import) -> bool {
    sum.is_none_or(|sum| import.record.rollup_crc32 == Some(crc32(sum)))
}

/// The sums of rollups that are read in parts.
#[derive(Default)]
pub(super) struct Sums(Vec<Option<crc32fast::Hasher>>);

impl Sums {
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

    /// Returns whether these are the sums of the imports' rollups.
    pub(super) fn are_of(self, imports: &[&Import]) -> bool {
        self.0.into_iter().zip(imports).all(|(sum, import)| is_of(sum, import))
    }
}

impl FromIterator<Option<crc32fast::Hasher>> for Sums {
    fn from_iter<I: IntoIterator<Item = Option<crc32fast::Hasher>>>(sums: I) -> Sums {
        Sums(sums.into_iter().collect())
    }
}

fn changed(file: &str, by: &str) -> LedgerError {
    LedgerError::Invalid(vec![Problem {
        place: Place::top_of(file),
        what: format!("the file is not what its record says it was: its {by} differs"),
        mend: MEND.into(),
    }])
}
