//! [`Folder`]: a ledger's files, perhaps with changes not yet written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Cursor, ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{LedgerError, Place, Problem, limits};
use crate::import::open_plain;

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
        let file = create_anew(&unnamed.path)?;
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

/// Begins a file in the place of one that a program left behind. A link of that name is not followed.
pub(super) fn create_anew(path: &Path) -> io::Result<fs::File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => fs::File::create_new(path),
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
        let most = if file.ends_with(".toml") { limits::TOML_BYTES } else { limits::LOG_BYTES };
        let bytes = match self.pending.get(file) {
            Some(Pending::Bytes(bytes)) => Some(bytes.clone()).filter(|bytes| bytes.len() as u64 <= most),
            _ => match self.on_disk(file)? {
                Some(found) => read_up_to(most, found).map_err(LedgerError::io("read", self.path(file)))?,
                None => return Ok(None),
            },
        };
        if bytes.is_none() {
            let what = format!("the file is larger than {} MiB, and so is no file of a ledger", most >> 20);
            return Err(said_of(file, what, "restore it from a copy, or take out what does not belong there"));
        }
        Ok(bytes)
    }

    /// Returns the files of a folder that end so, by name; those an editor or a system keeps for itself begin with a
    /// dot or `~$`, or end otherwise, and are passed over.
    pub(super) fn list(&self, folder: &str, ending: &str) -> Result<Vec<String>, LedgerError> {
        self.check_links(folder)?;
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

    /// Opens a file to be read as a stream; `None` where there is no such file.
    pub(super) fn open(&self, file: &str) -> Result<Option<Box<dyn BufRead>>, LedgerError> {
        let opened: Box<dyn BufRead> = match self.pending.get(file) {
            Some(Pending::Bytes(bytes)) => Box::new(Cursor::new(bytes.clone())),
            _ => match self.on_disk(file)? {
                Some(found) => Box::new(BufReader::with_capacity(64 * 1024, found)),
                None => return Ok(None),
            },
        };
        Ok(Some(opened))
    }

    /// Opens what is on disk now.
    fn on_disk(&self, file: &str) -> Result<Option<fs::File>, LedgerError> {
        let path = match self.pending.get(file) {
            Some(Pending::Unnamed(unnamed)) => unnamed.path.clone(),
            _ => self.path(file),
        };
        self.check_links(file)?;
        match open_plain(&path) {
            Ok(found) => Ok(Some(found)),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(error) => Err(LedgerError::io("read", path)(error)),
        }
    }

    /// Refuses a file or a folder of the ledger that a link leads out of it: what is read and written stays inside.
    pub(super) fn check_links(&self, file: &str) -> Result<(), LedgerError> {
        let Some(link) = (Path::new(file).ancestors().filter(|part| *part != Path::new("")))
            .find(|part| self.dir.join(part).is_symlink())
        else {
            return Ok(());
        };
        let link = link.to_string_lossy();
        let (home, leads_to) = (fs::canonicalize(&self.dir), fs::canonicalize(self.path(&link)));
        let what = match (home, leads_to) {
            (Ok(home), Ok(leads_to)) if leads_to.starts_with(&home) => return Ok(()),
            (Ok(_), Ok(_)) => "this is a link that leads out of the ledger folder",
            _ => "this is a link that leads nowhere",
        };
        Err(said_of(&link, what, "put the files themselves into the ledger folder"))
    }
}

fn said_of(file: &str, what: impl Into<String>, mend: &str) -> LedgerError {
    LedgerError::Invalid(vec![Problem { place: Place::top_of(file), what: what.into(), mend: mend.into() }])
}

fn is_fact(name: &str, ending: &str) -> bool {
    name.ends_with(ending) && !name.starts_with('.') && !name.starts_with("~$")
}
