//! [`Control`]: that a rollup is what its record says it is, byte for byte, before any of it counts.

use std::io::{self, BufRead, BufReader, Read};
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

/// The bytes of a rollup. Those read so far are summed up where that is asked for.
pub(super) struct Summed {
    input: Box<dyn BufRead>,
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
        let sum = self.sums(import).then(crc32fast::Hasher::new);
        Ok(BufReader::with_capacity(64 * 1024, Summed { input, sum }))
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
        Some(Hashing(thread::spawn(hash)))
    }
}

/// Rollups that are being hashed.
pub(super) struct Hashing(JoinHandle<Result<(), LedgerError>>);

impl Hashing {
    /// Waits for the end, and says which rollup is not what its record says.
    pub(super) fn end(self) -> Result<(), LedgerError> {
        self.0.join().unwrap_or_else(|panic| resume_unwind(panic))
    }
}

/// Reads a rollup that is summed up to its end, and says if it is not what its record says.
pub(super) fn sum_up(rows: &mut RollupRows, folder: &Folder) -> Result<(), LedgerError> {
    let import = rows.import;
    let input = rows.input();
    if input.get_ref().sum.is_none() {
        return Ok(());
    }
    let file = import.rollup_file();
    io::copy(input, &mut io::sink()).map_err(LedgerError::io("read", folder.path(&file)))?;
    let sum = input.get_ref().sum.clone().map(crc32);
    if sum == import.record.rollup_crc32 { Ok(()) } else { Err(changed(&file, "CRC-32")) }
}

fn changed(file: &str, by: &str) -> LedgerError {
    LedgerError::Invalid(vec![Problem {
        place: Place::top_of(file),
        what: format!("the file is not what its record says it was: its {by} differs"),
        mend: MEND.into(),
    }])
}
