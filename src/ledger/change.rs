//! [`Change`]: the one way anything is written to a ledger.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Write};
use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use sha2::{Digest, Sha256};

use super::folder::{Pending, Unnamed};
use super::rows::{self, Columns};
use super::{Ledger, LedgerError, Status, budgets, encumbrances, imports, redirections, restrictions};
use crate::calendar::Instant;

/// Says who is writing, while somebody is. The lock itself is on the folder.
const WRITER: &str = ".writer";

/// A second writer asks for the lock this often, a little apart, before it gives up: five seconds in all.
const TRIES: u32 = 100;
const APART: Duration = Duration::from_millis(50);

/// A change of a ledger that is validated whole before any of it is written.
///
/// [`Change::begin`] takes the ledger's lock and reads it; additions are collected; [`Change::ledger`] reads the
/// ledger as it would be, and refuses it where a rule is broken; [`Change::commit`] writes. Dropping a change leaves
/// the ledger as it was.
pub struct Change {
    before: Ledger,
    after: super::folder::Folder,
    /// In the order in which they are written; the last makes the change count.
    files: Vec<String>,
    _lock: Lock,
}

/// A log of the ledger that commands append to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Log {
    /// `budgets.csv`
    Budgets,
    /// `restrictions.csv`
    Restrictions,
    /// `redirections.csv`
    Redirections,
    /// `encumbrances.csv`
    Encumbrances,
}

impl Log {
    fn file(self) -> &'static str {
        match self {
            Log::Budgets => budgets::FILE,
            Log::Restrictions => restrictions::FILE,
            Log::Redirections => redirections::FILE,
            Log::Encumbrances => encumbrances::FILE,
        }
    }

    fn columns(self) -> &'static Columns {
        match self {
            Log::Budgets => &budgets::COLUMNS,
            Log::Restrictions => &restrictions::COLUMNS,
            Log::Redirections => &redirections::COLUMNS,
            Log::Encumbrances => &encumbrances::COLUMNS,
        }
    }

    /// Returns whether a cell says only what holds without it, so that a file without its column can do without.
    fn is_implied(self, column: &str, value: &str) -> bool {
        match self {
            Log::Budgets => false,
            Log::Restrictions => column == "status" && value == Status::Active.as_str(),
            // The currency is that of the plan line.
            Log::Redirections | Log::Encumbrances => column == "currency",
        }
    }

    /// Returns a file with its header and no rows.
    pub(super) fn empty(self) -> (&'static str, Vec<u8>) {
        (self.file(), format!("{}\n", self.columns().all.join(",")).into_bytes())
    }
}

impl Change {
    /// Locks a ledger for writing and reads it. A second writer waits briefly, then is told who holds the lock.
    pub fn begin(dir: &Path) -> Result<Change, LedgerError> {
        let lock = Lock::take(dir)?;
        let before = Ledger::open(dir)?;
        let after = before.folder.clone();
        Ok(Change { before, after, files: Vec::new(), _lock: lock })
    }

    /// Returns the ledger as it was found.
    pub fn before(&self) -> &Ledger {
        &self.before
    }

    /// Adds a row to a log: cells by column name. Every byte that stands there stays as it is. Returns the line on
    /// which the row begins.
    pub fn append(&mut self, log: Log, cells: &[(&str, String)]) -> Result<u64, LedgerError> {
        let file = log.file();
        let mut bytes = self.after.read(file)?.unwrap_or_else(|| log.empty().1);
        let Some(header) = rows::header_of(&bytes) else {
            return Err(LedgerError::refused(format!("{file} has no header row"), "restore it, or remove the file"));
        };
        let names = header.names();
        if let Some((missing, _)) = cells.iter().find(|(name, value)| {
            !value.is_empty() && !names.iter().any(|known| known == name) && !log.is_implied(name, value)
        }) {
            return Err(no_column(log, missing));
        }
        let ends = if bytes.windows(2).any(|pair| pair == b"\r\n") {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        };
        if !bytes.ends_with(b"\n") {
            bytes.extend_from_slice(if matches!(ends, csv::Terminator::CRLF) { b"\r\n" } else { b"\n" });
        }
        let line = 1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let cell =
            |name: &String| cells.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
        let mut writer = csv::WriterBuilder::new().terminator(ends).from_writer(bytes);
        let written = writer.write_record(names.iter().map(cell)).map_err(io::Error::other);
        written.map_err(LedgerError::io("write", self.after.path(file)))?;
        let bytes =
            writer.into_inner().map_err(|error| LedgerError::io("write", self.after.path(file))(error.into_error()))?;
        self.put(file, bytes);
        Ok(line)
    }

    /// Puts a whole file, to be written after those put before it.
    pub(super) fn put(&mut self, file: &str, bytes: Vec<u8>) {
        self.put_pending(file, Pending::Bytes(bytes));
    }

    /// Puts a whole file too large to be held, as `write` writes it, and returns its SHA-256 and its CRC-32.
    pub(super) fn put_written(
        &mut self,
        file: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(String, String), LedgerError> {
        let path = self.after.path(file);
        let written = || -> io::Result<(Unnamed, (String, String))> {
            let (unnamed, output) = Unnamed::create(&path)?;
            Ok((unnamed, written_beside(output, write)?))
        };
        let (unnamed, sums) = written().map_err(LedgerError::io("write", &path))?;
        self.put_pending(file, Pending::Unnamed(Arc::new(unnamed)));
        Ok(sums)
    }

    fn put_pending(&mut self, file: &str, pending: Pending) {
        self.after.put(file, pending);
        self.files.retain(|known| known != file);
        self.files.push(file.to_owned());
    }

    /// Takes back a file that was put, so that it is not written.
    pub(super) fn withdraw(&mut self, file: &str) {
        self.after.withdraw(file);
        self.files.retain(|known| known != file);
    }

    /// Copies a notice or a letter into `evidence/` and returns its path there and its SHA-256.
    ///
    /// Two files of one name stand beside each other: the copy's name carries the start of its hash.
    pub fn evidence(&mut self, file: &Path) -> Result<(String, String), LedgerError> {
        let mut bytes = Vec::new();
        let opened = File::open(file).and_then(|mut opened| opened.read_to_end(&mut bytes));
        opened.map_err(LedgerError::io("read", file))?;
        let sha256 = super::sha256(&bytes);
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let plain = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '-' };
        let name: String = name.trim_start_matches('.').chars().map(plain).collect();
        let path = format!("evidence/{}-{name}", &sha256[..8]);
        self.put(&path, bytes);
        Ok((path, sha256))
    }

    /// Returns a moment to record something at: `now`, or just after `latest` where that is not before it, so that
    /// what replaces a row is always recorded after it.
    pub fn recorded(now: Instant, latest: Option<Instant>) -> Instant {
        latest.map_or(now, |latest| now.max(latest.next()))
    }

    /// Returns the ledger as it would be, or what would be wrong in its files.
    pub fn ledger(&self) -> Result<Ledger, LedgerError> {
        Ledger::read(self.after.clone())
    }

    /// Writes the change: every file whole, to a temporary name, flushed and renamed; the last one makes it count.
    pub fn commit(self) -> Result<(), LedgerError> {
        for file in &self.files {
            let path = self.after.path(file);
            match self.after.pending(file) {
                Some(Pending::Bytes(bytes)) => write(&path, bytes)?,
                Some(Pending::Unnamed(unnamed)) => name(unnamed, &path).map_err(LedgerError::io("write", &path))?,
                None => {}
            }
        }
        if self.files.iter().any(|file| file.starts_with(imports::FOLDER)) { self.sweep() } else { Ok(()) }
    }

    /// Takes away what imports that were cut short left behind: rollups without a record, and files not yet named.
    fn sweep(&self) -> Result<(), LedgerError> {
        let folder = self.after.path(imports::FOLDER);
        let records = self.after.list(imports::FOLDER, ".toml")?;
        let entries = fs::read_dir(&folder).map_err(LedgerError::io("read", &folder))?;
        for entry in entries {
            let name = entry.map(|entry| entry.file_name()).map_err(LedgerError::io("read", &folder))?;
            let name = name.to_string_lossy();
            let is_unnamed = name.starts_with('.') && name.ends_with(".tmp");
            let has_no_record = name
                .strip_suffix(".csv")
                .is_some_and(|id| !records.contains(&format!("{}/{id}.toml", imports::FOLDER)));
            if is_unnamed || has_no_record {
                let path = folder.join(&*name);
                fs::remove_file(&path).map_err(LedgerError::io("remove", &path))?;
            }
        }
        Ok(())
    }
}

fn no_column(log: Log, missing: &str) -> LedgerError {
    let file = log.file();
    if !log.columns().all.contains(&missing) && !missing.starts_with("x_") {
        return LedgerError::refused(
            format!("`{missing}` is no column of {file}"),
            format!("its columns are {}, and your own, named `x_…`", log.columns().all.join(", ")),
        );
    }
    LedgerError::refused(
        format!("{file} has no column `{missing}`, which this entry needs"),
        format!("add `{missing}` to its header, and a cell to each of its rows, empty where there is nothing to say"),
    )
}

/// Writes a file so that a reader finds the old bytes or the new ones, whenever the program stops.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), LedgerError> {
    let written = || -> io::Result<()> {
        let (unnamed, mut file) = Unnamed::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        name(&unnamed, path)
    };
    written().map_err(LedgerError::io("write", path))
}

/// Gives a written file its name.
fn name(unnamed: &Unnamed, path: &Path) -> io::Result<()> {
    fs::rename(&unnamed.path, path)?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

/// Writes what `write` gives, flushes it to the disk and returns its SHA-256; hash and disk are other threads' work.
fn written_beside(
    mut output: File,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<(String, String)> {
    const SYNCED: usize = 32 * 1024 * 1024; // from time to time, so that the end has not all of it to wait for
    let (to_disk, for_disk) = sync_channel::<Arc<Vec<u8>>>(16);
    let (to_hash, for_hash) = sync_channel::<Arc<Vec<u8>>>(16);
    thread::scope(|scope| {
        let hash = scope.spawn(move || {
            let (mut hash, mut sum) = (Sha256::new(), crc32fast::Hasher::new());
            for block in for_hash {
                hash.update(&*block);
                sum.update(&block);
            }
            (super::hex(&hash.finalize()), super::control::crc32(sum))
        });
        let disk = scope.spawn(move || {
            let mut unsynced = 0;
            for block in for_disk {
                output.write_all(&block)?;
                unsynced += block.len();
                if unsynced >= SYNCED {
                    output.sync_data()?;
                    unsynced = 0;
                }
            }
            output.sync_all()
        });
        let mut blocks = Blocks { block: Vec::new(), to: [to_disk, to_hash] };
        let given = write(&mut blocks).and_then(|()| blocks.send());
        drop(blocks);
        let written = disk.join().unwrap_or_else(|panic| resume_unwind(panic));
        let sums = hash.join().unwrap_or_else(|panic| resume_unwind(panic));
        // Where the disk fails nobody takes blocks any more, so its error is the cause.
        written.and(given).map(|()| sums)
    })
}

/// Hands what is written to other threads, a block at a time.
struct Blocks {
    block: Vec<u8>,
    to: [SyncSender<Arc<Vec<u8>>>; 2],
}

impl Blocks {
    const SIZE: usize = 256 * 1024;

    fn send(&mut self) -> io::Result<()> {
        let block = Arc::new(std::mem::replace(&mut self.block, Vec::with_capacity(Self::SIZE)));
        let send = |to: &SyncSender<_>| to.send(Arc::clone(&block)).map_err(|_| io::ErrorKind::BrokenPipe.into());
        self.to.iter().try_for_each(send)
    }
}

impl Write for Blocks {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() + bytes.len() > Self::SIZE {
            self.send()?;
        }
        self.block.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes a rename durable, where the system lets a folder be opened.
fn sync_folder(folder: &Path) -> io::Result<()> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// One writer at a time: an advisory lock on the folder, released when this is dropped or the program ends.
struct Lock {
    _folder: File,
    writer: PathBuf,
}

impl Lock {
    fn take(dir: &Path) -> Result<Lock, LedgerError> {
        let settings = dir.join(super::settings::FILE);
        if !settings.is_file() {
            return Err(LedgerError::NotALedger(dir.to_owned()));
        }
        // Not every system opens a folder; where it does not, the ledger's own settings stand for it.
        let folder = File::open(if cfg!(unix) { dir } else { &settings }).map_err(LedgerError::io("lock", dir))?;
        let writer = dir.join(WRITER);
        let mut tries = 0;
        while let Err(error) = folder.try_lock() {
            match error {
                TryLockError::Error(error) => return Err(LedgerError::io("lock", dir)(error)),
                TryLockError::WouldBlock if tries < TRIES => thread::sleep(APART),
                TryLockError::WouldBlock => {
                    let holder = fs::read_to_string(&writer).ok().filter(|holder| !holder.trim().is_empty());
                    let holder = holder.map_or("another program".into(), |holder| holder.trim().to_owned());
                    return Err(LedgerError::Locked(holder));
                }
            }
            tries += 1;
        }
        let holder = format!("respend, process {}\n", std::process::id());
        fs::write(&writer, holder).map_err(LedgerError::io("write", &writer))?;
        Ok(Lock { _folder: folder, writer })
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Left behind, it would mislead nobody: it is read only while the lock is held.
        let _ = fs::remove_file(&self.writer);
    }
}
