//! [`Folder`]: a ledger's files, perhaps with changes not yet written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{LOGS, LedgerError, imports, settings};

/// The files of a ledger folder as a reader sees them: those on disk, and over them those a change would write.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    seen: Arc<Seen>,
    pending: BTreeMap<String, Pending>,
}

/// What stood in the folder at one moment: of whatever else there is, a record once written is never changed, and a
/// rollup is there before its record.
#[derive(Debug, PartialEq)]
struct Seen {
    /// The settings and the logs that are there.
    logs: BTreeMap<&'static str, Vec<u8>>,
    /// The records of imports, by name.
    records: Vec<String>,
}

/// A file to be written.
#[derive(Clone, Debug)]
pub(super) enum Pending {
    Bytes(Vec<u8>),
    /// Too large to be held: it stands beside its place already, under a name that readers pass over.
    Beside(PathBuf),
}

impl Folder {
    /// Looks at a folder as it stands at one moment.
    ///
    /// Somebody may write to it meanwhile, and readers take no lock. So it is looked at until it looks the same twice
    /// in a row: no file takes on a state a second time, so between these two looks none changed.
    pub(super) fn open(dir: &Path) -> Result<Folder, LedgerError> {
        let mut seen = Seen::of(dir)?;
        loop {
            let again = Seen::of(dir)?;
            if again == seen {
                return Ok(Folder { dir: dir.to_owned(), seen: Arc::new(seen), pending: BTreeMap::new() });
            }
            seen = again;
        }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.dir.join(file)
    }

    /// Puts something over a file, to be written later.
    pub(super) fn put(&mut self, file: &str, pending: Pending) {
        self.pending.insert(file.to_owned(), pending);
    }

    /// Takes back what was put over a file.
    pub(super) fn withdraw(&mut self, file: &str) {
        self.pending.remove(file);
    }

    /// Returns what is to be written.
    pub(super) fn pending(&self, file: &str) -> Option<&Pending> {
        self.pending.get(file)
    }

    /// Returns a file's bytes; `None` where there is no such file.
    pub(super) fn read(&self, file: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        match self.held(file) {
            Some(bytes) => Ok(Some(bytes.to_owned())),
            None if LOGS.contains(&file) => Ok(None),
            None => read(&self.place(file)),
        }
    }

    /// Returns the files of a folder that end so, by name; those an editor or a system keeps for itself begin with a
    /// dot or end with `~` and are passed over.
    pub(super) fn list(&self, folder: &str, ending: &str) -> Result<Vec<String>, LedgerError> {
        let is_seen = folder == imports::FOLDER && ending == imports::RECORD;
        let mut files = if is_seen { self.seen.records.clone() } else { list(&self.dir, folder, ending)? };
        let inside = format!("{folder}/");
        files.extend(self.pending.keys().filter(|file| file.starts_with(&inside) && file.ends_with(ending)).cloned());
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// Opens a file to be read as a stream.
    pub(super) fn open_file(&self, file: &str) -> io::Result<Box<dyn io::BufRead>> {
        Ok(match self.held(file) {
            Some(bytes) => Box::new(io::Cursor::new(bytes.to_owned())),
            None if LOGS.contains(&file) => return Err(ErrorKind::NotFound.into()),
            None => Box::new(io::BufReader::with_capacity(64 * 1024, fs::File::open(self.place(file))?)),
        })
    }

    /// Returns the bytes of a file that is held.
    fn held(&self, file: &str) -> Option<&[u8]> {
        match self.pending.get(file) {
            Some(Pending::Bytes(bytes)) => Some(bytes),
            Some(Pending::Beside(_)) => None,
            None => self.seen.logs.get(file).map(Vec::as_slice),
        }
    }

    /// Returns where the bytes of a file that is not held are now.
    fn place(&self, file: &str) -> PathBuf {
        match self.pending.get(file) {
            Some(Pending::Beside(path)) => path.clone(),
            _ => self.path(file),
        }
    }
}

impl Seen {
    fn of(dir: &Path) -> Result<Seen, LedgerError> {
        let mut logs = BTreeMap::new();
        for file in LOGS {
            logs.extend(read(&dir.join(file))?.map(|bytes| (file, bytes)));
        }
        // What is no ledger holds no imports, whatever else it is.
        let is_ledger = logs.contains_key(settings::FILE);
        let records = if is_ledger { list(dir, imports::FOLDER, imports::RECORD)? } else { Vec::new() };
        Ok(Seen { logs, records })
    }
}

fn read(path: &Path) -> Result<Option<Vec<u8>>, LedgerError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(LedgerError::io("read", path)(error)),
    }
}

fn list(dir: &Path, folder: &str, ending: &str) -> Result<Vec<String>, LedgerError> {
    let path = dir.join(folder);
    let entries = match fs::read_dir(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(LedgerError::io("read", &path))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let name = entry.map(|entry| entry.file_name()).map_err(LedgerError::io("read", &path))?;
        files.extend(name.to_str().filter(|name| is_fact(name, ending)).map(|name| format!("{folder}/{name}")));
    }
    files.sort();
    Ok(files)
}

fn is_fact(name: &str, ending: &str) -> bool {
    name.ends_with(ending) && !name.starts_with('.')
}
