//! [`Lock`]: one writer at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::folder::read_up_to;
use super::{LedgerError, limits, settings};
use crate::disk;
use crate::import::open_plain;

/// Says who is writing, while somebody is. The lock itself is on the folder.
pub(super) const WRITER: &str = ".writer";

/// A second writer asks for the lock this often, a little apart, before it gives up: five seconds in all.
const TRIES: u32 = 1000;
const APART: Duration = Duration::from_millis(5);

/// An advisory lock on a ledger folder, released when this is dropped or the program ends. Readers take none.
#[derive(Debug)]
pub(super) struct Lock {
    _locked: File,
    writer: PathBuf,
}

impl Lock {
    /// Locks a ledger.
    pub(super) fn take(dir: &Path) -> Result<Lock, LedgerError> {
        let settings = dir.join(settings::FILE);
        if !settings.is_file() {
            return Err(LedgerError::NotALedger(dir.to_owned()));
        }
        // Not every system opens a folder; where it does not, the ledger's own settings stand for it.
        Lock::on(if cfg!(unix) { dir } else { &settings }, dir)
    }

    /// Locks a folder that is not a ledger yet, where the system lets it be opened.
    pub(super) fn take_new(dir: &Path) -> Result<Option<Lock>, LedgerError> {
        if cfg!(unix) { Lock::on(dir, dir).map(Some) } else { Ok(None) }
    }

    fn on(path: &Path, dir: &Path) -> Result<Lock, LedgerError> {
        let locked = File::open(path).map_err(LedgerError::io("lock", dir))?;
        let writer = dir.join(WRITER);
        let mut tries = 0;
        while let Err(error) = locked.try_lock() {
            match error {
                TryLockError::Error(error) => return Err(LedgerError::io("lock", dir)(error)),
                TryLockError::WouldBlock if tries < TRIES => thread::sleep(APART),
                TryLockError::WouldBlock => {
                    let holder =
                        open_plain(&writer).and_then(|file| read_up_to(limits::WRITER_BYTES, file)).ok().flatten();
                    let holder = String::from_utf8_lossy(&holder.unwrap_or_default()).trim().to_owned();
                    return Err(LedgerError::Locked(if holder.is_empty() { "another program".into() } else { holder }));
                }
            }
            tries += 1;
        }
        let holder = format!("respend, process {}\n", std::process::id());
        let lock = Lock { _locked: locked, writer };
        disk::note(&lock.writer, &holder).map_err(LedgerError::io("lock", dir))?;
        Ok(lock)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Left behind, it would mislead nobody: it is read only while the lock is held.
        disk::sweep(&self.writer);
    }
}
