//! [`Folder`]: a ledger's files, perhaps with changes not yet written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::LedgerError;

/// The files of a ledger folder as a reader sees them: those on disk, and over them those a change would write.
#[derive(Clone, Debug)]
pub(super) struct Folder {
    dir: PathBuf,
    pending: BTreeMap<String, Pending>,
}

/// A file to be written.
#[derive(Clone, Debug)]
pub(super) enum Pending {
    Bytes(Vec<u8>),
    /// Too large to be held: it stands beside its place already, under a name that readers pass over.
    Unnamed(Arc<Unnamed>),
}

/// A file that has not its name yet. One that never gets it goes away.
#[derive(Debug)]
pub(super) struct Unnamed {
    pub(super) path: PathBuf,
    /// The folder that was made for it.
    made: Option<PathBuf>,
}

impl Unnamed {
    /// Begins a file that will be `path`.
    pub(super) fn create(path: &Path) -> io::Result<(Unnamed, fs::File)> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let made = (!folder.exists()).then(|| folder.to_owned());
        fs::create_dir_all(folder)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let unnamed = Unnamed { path: folder.join(format!(".{name}.tmp")), made };
        let file = fs::File::create(&unnamed.path)?;
        Ok((unnamed, file))
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        // Once it has its name there is nothing here to remove, and its folder is not empty.
        let _ = fs::remove_file(&self.path);
        let _ = self.made.as_ref().map(fs::remove_dir);
    }
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
        if let Some(Pending::Bytes(bytes)) = self.pending.get(file) {
            return Ok(Some(bytes.clone()));
        }
        match fs::read(self.place(file)) {
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
            Some(Pending::Bytes(bytes)) => Box::new(io::Cursor::new(bytes.clone())),
            _ => Box::new(io::BufReader::with_capacity(64 * 1024, fs::File::open(self.place(file))?)),
        })
    }

    /// Opens a file on the disk to be read at any place.
    pub(super) fn open_to_seek(&self, file: &str) -> io::Result<fs::File> {
        match self.pending.get(file) {
            Some(Pending::Bytes(_)) => Err(ErrorKind::Unsupported.into()),
            _ => fs::File::open(self.place(file)),
        }
    }

    /// Returns where a file's bytes are now.
    fn place(&self, file: &str) -> PathBuf {
        match self.pending.get(file) {
            Some(Pending::Unnamed(unnamed)) => unnamed.path.clone(),
            _ => self.path(file),
        }
    }
}

fn is_fact(name: &str, ending: &str) -> bool {
    name.ends_with(ending) && !name.starts_with('.')
}
