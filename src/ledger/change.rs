//! [`Change`]: the one way anything is written to a ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, Write};
use std::path::Path;

use super::folder::{Pending, read_up_to};
use super::lock::Lock;
use super::rows::{self, Columns};
use super::{
    Ledger, LedgerError, Status, budgets, closes, encumbrances, imports, limits, rates, redirections, restrictions,
};
use crate::calendar::Instant;
use crate::disk::{self, Hashes, Made, Unnamed};
use crate::import::open_plain;
use crate::scope::Id;

/// The folder that notices and letters are copied to.
const EVIDENCE: &str = "evidence";

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
    /// Those of them that are on the disk already.
    unnamed: BTreeMap<String, Unnamed>,
    /// The folders that files of it are in, and those of them that were made for it.
    folders: BTreeSet<String>,
    made: Vec<Made>,
    // Released last: what is not to stay is taken away under it.
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
    /// `closes.csv`
    Closes,
}

impl Log {
    fn file(self) -> &'static str {
        match self {
            Log::Budgets => budgets::FILE,
            Log::Restrictions => restrictions::FILE,
            Log::Redirections => redirections::FILE,
            Log::Encumbrances => encumbrances::FILE,
            Log::Closes => closes::FILE,
        }
    }

    fn columns(self) -> &'static Columns<'static> {
        match self {
            Log::Budgets => &budgets::COLUMNS,
            Log::Restrictions => &restrictions::COLUMNS,
            Log::Redirections => &redirections::COLUMNS,
            Log::Encumbrances => &encumbrances::COLUMNS,
            Log::Closes => &closes::COLUMNS,
        }
    }

    /// Returns whether a cell says only what holds without it, so that a file without its column can do without.
    fn is_implied(self, column: &str, value: &str) -> bool {
        match self {
            Log::Budgets | Log::Closes => false,
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
        let (files, unnamed, folders, made) = (Vec::new(), BTreeMap::new(), BTreeSet::new(), Vec::new());
        Ok(Change { before, after, files, unnamed, folders, made, _lock: lock })
    }

    /// Returns the ledger as it was found.
    pub fn before(&self) -> &Ledger {
        &self.before
    }

    /// Adds a row to a log: cells by column name. Every byte that stands there stays as it is. Returns the line on
    /// which the row begins.
    pub fn append(&mut self, log: Log, cells: &[(&str, String)]) -> Result<u64, LedgerError> {
        Ok(self.append_all(log, &[cells])?.first().copied().unwrap_or(0))
    }

    /// Adds rows to a log, as [`append`](Change::append) does each; returns their lines.
    pub fn append_all<'c>(
        &mut self,
        log: Log,
        rows: &[impl AsRef<[(&'c str, String)]>],
    ) -> Result<Vec<u64>, LedgerError> {
        let file = log.file();
        let mut bytes = self.after.read(file)?.unwrap_or_else(|| log.empty().1);
        if log == Log::Budgets && self.after.pending(file).is_none() {
            bytes = rows::without(&bytes, &self.before.left_behind);
        }
        let Some(header) = rows::header_of(&bytes) else {
            return Err(LedgerError::refused(format!("{file} has no header row"), "restore it, or remove the file"));
        };
        let names = header.names();
        let ends = if bytes.windows(2).any(|pair| pair == b"\r\n") {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        };
        if !bytes.ends_with(b"\n") {
            bytes.extend_from_slice(if matches!(ends, csv::Terminator::CRLF) { b"\r\n" } else { b"\n" });
        }
        let breaks = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        let mut next = 1 + breaks(&bytes);
        let mut lines = Vec::with_capacity(rows.len());
        let mut writer = csv::WriterBuilder::new().terminator(ends).from_writer(bytes);
        for cells in rows.iter().map(AsRef::as_ref) {
            if let Some((missing, _)) = cells.iter().find(|(name, value)| {
                !value.is_empty() && !names.iter().any(|known| known == name) && !log.is_implied(name, value)
            }) {
                return Err(no_column(log, missing));
            }
            let cell =
                |name: &String| cells.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str());
            let written = writer.write_record(names.iter().map(cell)).map_err(io::Error::other);
            written.map_err(LedgerError::io("write", self.after.path(file)))?;
            lines.push(next);
            next += 1 + names.iter().map(|name| breaks(cell(name).as_bytes())).sum::<u64>();
        }
        let bytes =
            writer.into_inner().map_err(|error| LedgerError::io("write", self.after.path(file))(error.into_error()))?;
        self.put(file, bytes);
        Ok(lines)
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
    ) -> Result<Hashes, LedgerError> {
        let (unnamed, hashes) = self.written(file, write)?;
        self.put_unnamed(file, unnamed);
        Ok(hashes)
    }

    /// Keeps the text a period is sealed with, as `write` writes it, and returns its SHA-256, which names the file.
    pub fn keep_text(
        &mut self,
        period: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<String, LedgerError> {
        let (unnamed, hashes) = self.written(&closes::text_file(period, "sealing"), write)?;
        let sha256 = super::hex(&hashes.sha256);
        let file = closes::text_file(period, &sha256);
        self.put_unnamed(&file, unnamed.placed(&self.after.path(&file)));
        Ok(sha256)
    }

    /// Writes a file that has no name yet, and returns it with its hashes.
    fn written(
        &mut self,
        file: &str,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(Unnamed, Hashes), LedgerError> {
        self.make_folder(file)?;
        let path = self.after.path(file);
        Unnamed::stream(&path, write).map_err(LedgerError::io("write", &path))
    }

    fn put_unnamed(&mut self, file: &str, unnamed: Unnamed) {
        self.put_pending(file, Pending::Beside(unnamed.path().to_owned()));
        self.unnamed.insert(file.to_owned(), unnamed);
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
        self.unnamed.remove(file);
    }

    /// Makes the folder that a file is in; the ledger's own is there.
    fn make_folder(&mut self, file: &str) -> Result<(), LedgerError> {
        self.after.check_links(file)?;
        if let Some((folder, _)) = file.rsplit_once('/').filter(|(folder, _)| !self.folders.contains(*folder)) {
            self.folders.insert(folder.to_owned());
            let path = self.after.path(folder);
            self.made.extend(disk::make_folder(&path).map_err(LedgerError::io("write to", &path))?);
        }
        Ok(())
    }

    /// Copies a notice or a letter into `evidence/` and returns its path there and its SHA-256.
    ///
    /// Two files of one name stand beside each other: the copy's name carries the start of its hash.
    pub fn evidence(&mut self, file: &Path) -> Result<(String, String), LedgerError> {
        let read = open_plain(file).and_then(|opened| read_up_to(limits::EVIDENCE_BYTES, opened));
        let Some(bytes) = read.map_err(LedgerError::io("read", file))? else {
            return Err(LedgerError::refused(
                format!("`{}` is larger than {} MiB", file.display(), limits::EVIDENCE_BYTES >> 20),
                "keep it elsewhere, and name a letter that says where",
            ));
        };
        let sha256 = super::sha256(&bytes);
        let name = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let path = format!("{EVIDENCE}/{}-{}", &sha256[..8], plain_name(&name));
        match self.after.read(&path)? {
            None => self.put(&path, bytes),
            Some(known) if known == bytes => {
                // It may be of a command that was cut short before its name was on the disk.
                self.make_folder(&path)?;
                let folder = self.after.path(EVIDENCE);
                disk::flush(&folder).map_err(LedgerError::io("write to", &folder))?;
            }
            Some(_) => {
                let hint = "move it back to what it was, or give the new one another name";
                return Err(LedgerError::refused(format!("`{path}` is there already and says something else"), hint));
            }
        }
        Ok((path, sha256))
    }

    /// Returns a moment to record something at: `now`, or just after `latest` where that is not before it, so that
    /// what replaces a row is always recorded after it; and after every close, whose text holds what was known then.
    pub fn recorded(&self, now: Instant, latest: Option<Instant>) -> Instant {
        let closed = self.before.closes().iter().map(|close| close.recorded).max();
        latest.max(closed).map_or(now, |latest| now.max(latest.next()))
    }

    /// Returns the ledger as it would be, or what would be wrong in its files.
    pub fn ledger(&self) -> Result<Ledger, LedgerError> {
        Ledger::read(self.after.clone())
    }

    /// Writes the change: every file whole and flushed under a temporary name, then named in order; the last makes it
    /// count.
    pub fn commit(mut self) -> Result<(), LedgerError> {
        for file in self.files.clone() {
            if let Some(Pending::Bytes(bytes)) = self.after.pending(&file).cloned() {
                self.make_folder(&file)?;
                let path = self.after.path(&file);
                let unnamed = Unnamed::write(&path, &bytes).map_err(LedgerError::io("write", &path))?;
                self.unnamed.insert(file, unnamed);
            }
        }
        let unnamed = self.files.iter().filter_map(|file| self.unnamed.remove(file)).collect();
        disk::name(unnamed)?;
        self.made.drain(..).for_each(|made| drop(made.keep()));
        self.sweep();
        Ok(())
    }

    /// Takes away what commands that were cut short left in the folders of this change: files not yet named, and
    /// rollups without a record. Where that cannot be done it does no harm, and the change stands.
    fn sweep(&self) {
        let records = self.after.list(imports::FOLDER, imports::RECORD).ok();
        for folder in [imports::FOLDER, closes::FOLDER, rates::FOLDER, EVIDENCE] {
            let inside = format!("{folder}/");
            if !self.files.iter().any(|file| file.starts_with(&inside)) {
                continue;
            }
            for entry in fs::read_dir(self.after.path(folder)).into_iter().flatten().flatten() {
                let name = entry.file_name().to_string_lossy().into_owned();
                let is_unnamed = name.starts_with('.') && name.ends_with(".tmp");
                let has_no_record = || {
                    // What has no id of an import is somebody's own.
                    let id = name.strip_suffix(".csv").filter(|id| id.parse::<Id>().is_ok())?;
                    Some(records.as_ref()?.binary_search(&format!("{folder}/{id}.toml")).is_err())
                };
                if is_unnamed || (folder == imports::FOLDER && has_no_record() == Some(true)) {
                    disk::sweep(&entry.path());
                }
            }
        }
    }
}

/// Returns a file's name with letters, digits, `.`, `_` and `-` alone, as every system takes it. Of a long one the end is
/// kept, which says what kind of file it is.
fn plain_name(name: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || "._-".contains(c) { c } else { '-' };
    let name: String = name.trim_matches('.').chars().map(plain).collect();
    let begin = (0..=name.len()).find(|at| name.len() - at <= limits::EVIDENCE_NAME && name.is_char_boundary(*at));
    name.get(begin.unwrap_or(0)..).unwrap_or_default().to_owned()
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
