//! [`Folder`]: a ledger's files, perhaps with changes not yet written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{LOGS, LedgerError, Place, Problem, imports, limits, settings};
use crate::import::open_plain;

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
            Some(bytes) if bytes.len() as u64 > most(file) => Err(too_large(file)),
            Some(bytes) => Ok(Some(bytes.to_owned())),
            None if LOGS.contains(&file) => Ok(None),
            None => {
                self.check_links(file)?;
                read(&self.place(file), file)
            }
        }
    }

    /// Returns the files of a folder that end so, by name; those an editor or a system keeps for itself begin with a
    /// dot or `~$`, or end otherwise, and are passed over.
    pub(super) fn list(&self, folder: &str, ending: &str) -> Result<Vec<String>, LedgerError> {
        let is_seen = folder == imports::FOLDER && ending == imports::RECORD;
        let mut files = if is_seen { self.seen.records.clone() } else { list(&self.dir, folder, ending)? };
        let inside = format!("{folder}/");
        files.extend(self.pending.keys().filter(|file| file.starts_with(&inside) && file.ends_with(ending)).cloned());
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// Opens a file to be read as a stream; `None` where there is no such file.
    pub(super) fn open_file(&self, file: &str) -> Result<Option<Box<dyn BufRead>>, LedgerError> {
        match self.held(file) {
            Some(bytes) => return Ok(Some(Box::new(Cursor::new(bytes.to_owned())))),
            None if LOGS.contains(&file) => return Ok(None),
            None => self.check_links(file)?,
        }
        let found = open(&self.place(file))?;
        Ok(found.map(|found| Box::new(BufReader::with_capacity(64 * 1024, found)) as Box<dyn BufRead>))
    }

    /// Opens a file on the disk to be read at any place; `None` where there is none, or other bytes are held.
    pub(super) fn open_to_seek(&self, file: &str) -> Result<Option<fs::File>, LedgerError> {
        if self.held(file).is_some() {
            return Ok(None);
        }
        self.check_links(file)?;
        open(&self.place(file))
    }

    /// Refuses a file or a folder of the ledger that a link leads out of it: what is read and written stays inside.
    pub(super) fn check_links(&self, file: &str) -> Result<(), LedgerError> {
        check_links(&self.dir, file)
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
            check_links(dir, file)?;
            logs.extend(read(&dir.join(file), file)?.map(|bytes| (file, bytes)));
        }
        // What is no ledger holds no imports, whatever else it is.
        let is_ledger = logs.contains_key(settings::FILE);
        let records = if is_ledger { list(dir, imports::FOLDER, imports::RECORD)? } else { Vec::new() };
        Ok(Seen { logs, records })
    }
}

/// How many bytes a file may have.
fn most(file: &str) -> u64 {
    if file.ends_with(".toml") { limits::TOML_BYTES } else { limits::LOG_BYTES }
}

fn too_large(file: &str) -> LedgerError {
    let what = format!("the file is larger than {} MiB, and so is no file of a ledger", most(file) >> 20);
    said_of(file, what, "restore it from a copy, or take out what does not belong there")
}

/// Reads a file at any place; `None` where there is none.
pub(super) fn read(path: &Path, file: &str) -> Result<Option<Vec<u8>>, LedgerError> {
    let Some(found) = open(path)? else { return Ok(None) };
    let bytes = read_up_to(most(file), found).map_err(LedgerError::io("read", path))?;
    bytes.map(Some).ok_or_else(|| too_large(file))
}

fn open(path: &Path) -> Result<Option<fs::File>, LedgerError> {
    match open_plain(path) {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(LedgerError::io("read", path)(error)),
    }
}

/// Reads a file whole, unless it has more than so many bytes: then `None`.
pub(super) fn read_up_to(most: u64, file: fs::File) -> io::Result<Option<Vec<u8>>> {
    if file.metadata()?.len() > most {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

fn check_links(dir: &Path, file: &str) -> Result<(), LedgerError> {
    let Some(link) =
        (Path::new(file).ancestors().filter(|part| *part != Path::new(""))).find(|part| dir.join(part).is_symlink())
    else {
        return Ok(());
    };
    let link = link.to_string_lossy();
    let (home, leads_to) = (fs::canonicalize(dir), fs::canonicalize(dir.join(&*link)));
    let what = match (home, leads_to) {
        (Ok(home), Ok(leads_to)) if leads_to.starts_with(&home) => return Ok(()),
        (Ok(_), Ok(_)) => "this is a link that leads out of the ledger folder",
        _ => "this is a link that leads nowhere",
    };
    Err(said_of(&link, what, "put the files themselves into the ledger folder"))
}

fn said_of(file: &str, what: impl Into<String>, mend: &str) -> LedgerError {
    LedgerError::Invalid(vec![Problem { place: Place::top_of(file), what: what.into(), mend: mend.into() }])
}

fn list(dir: &Path, folder: &str, ending: &str) -> Result<Vec<String>, LedgerError> {
    check_links(dir, folder)?;
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
    name.ends_with(ending) && !name.starts_with('.') && !name.starts_with("~$")
}
