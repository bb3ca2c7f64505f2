//! [`Folder`]: a ledger's files, perhaps with changes not yet written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use super::LedgerError;

/// The files of a ledger folder as a reader sees them: those on disk, and over them those a change would write.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    pending: BTreeMap<String, Vec<u8>>,
}

impl Folder {
    pub(super) fn new(dir: &Path) -> Folder {
        Folder { dir: dir.to_owned(), pending: BTreeMap::new() }
    }

    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    pub(super) fn path(&self, file: &str) -> PathBuf {
        self.dir.join(file)
    }

    /// Puts bytes over a file, to be written later.
    pub(super) fn put(&mut self, file: &str, bytes: Vec<u8>) {
        self.pending.insert(file.to_owned(), bytes);
    }

    /// Takes back what was put over a file.
    pub(super) fn withdraw(&mut self, file: &str) {
        self.pending.remove(file);
    }

    /// Returns what is to be written.
    pub(super) fn pending(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.pending
    }

    /// Returns a file's bytes; `None` where there is no such file.
    pub(super) fn read(&self, file: &str) -> Result<Option<Vec<u8>>, LedgerError> {
        if let Some(bytes) = self.pending.get(file) {
            return Ok(Some(bytes.clone()));
        }
        match fs::read(self.path(file)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(LedgerError::io("read", self.path(file))(error)),
        }
    }

    /// Returns the files of a folder that end so, by name; those an editor or a system keeps for itself begin with a
    /// dot or end with `~` and are passed over.
    pub(super) fn list(&self, folder: &str, ending: &str) -> Result<Vec<String>, LedgerError> {
        let path = self.path(folder);
        let mut files = Vec::new();
        match fs::read_dir(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(LedgerError::io("read", path)(error)),
            Ok(entries) => {
                for entry in entries {
                    let name = entry.map(|entry| entry.file_name()).map_err(LedgerError::io("read", &path))?;
                    files.extend(
                        name.to_str().filter(|name| is_fact(name, ending)).map(|name| format!("{folder}/{name}")),
                    );
                }
            }
        }
        let inside = format!("{folder}/");
        files.extend(self.pending.keys().filter(|file| file.starts_with(&inside) && file.ends_with(ending)).cloned());
        files.sort();
        files.dedup();
        Ok(files)
    }

    /// Opens a file to be read as a stream.
    pub(super) fn open(&self, file: &str) -> io::Result<Box<dyn io::BufRead>> {
        Ok(match self.pending.get(file) {
            Some(bytes) => Box::new(io::Cursor::new(bytes.clone())),
            None => Box::new(io::BufReader::with_capacity(64 * 1024, fs::File::open(self.path(file))?)),
        })
    }
}

fn is_fact(name: &str, ending: &str) -> bool {
    name.ends_with(ending) && !name.starts_with('.')
}
