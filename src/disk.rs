//! Files written whole or not at all: every call that changes a file or a folder stands here.
//!
//! What is written stands beside its place first, under a temporary name, and is flushed to the disk; then it is given
//! its name, and the folder is flushed. Of several files the last one makes them count: it is named when all others
//! are on the disk with their names. So whenever the program or the machine stops, a reader finds what was before, or
//! what is after.
//!
//! Knows files and folders. Knows nothing of what is in them.

mod stream;

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

pub(crate) use stream::Hashes;

/// A file that has its bytes and not its name yet. Dropped before it is given its name, it goes away.
#[derive(Debug)]
pub(crate) struct Unnamed {
    /// Where its bytes are until then.
    path: PathBuf,
    place: PathBuf,
    is_named: bool,
}

/// A folder that was made. Dropped before anything is in it to stay, it goes away.
#[derive(Debug)]
pub(crate) struct Made(PathBuf);

/// Why files were not given their names.
#[derive(Debug)]
pub(crate) struct Unnameable {
    /// The file that could not be named, or the folder that could not be flushed.
    pub(crate) path: PathBuf,
    pub(crate) error: io::Error,
    /// Whether the last file has its name all the same, so that all of them count.
    pub(crate) counts: bool,
}

impl Unnamed {
    /// Begins a file that will stand at `place`, in a folder that is there.
    fn create(place: &Path, ending: &str) -> io::Result<(Unnamed, File)> {
        let before = replaceable(place)?;
        let name = place.file_name().unwrap_or_default().to_string_lossy();
        let path = place.with_file_name(format!(".{name}.{ending}"));
        let file = create_new(&path)?;
        let unnamed = Unnamed { path, place: place.to_owned(), is_named: false };
        if let Some(before) = before {
            keep(&file, &before)?;
        }
        Ok((unnamed, file))
    }

    /// Writes a file that will stand at `place` and flushes it. Nobody else writes to that place meanwhile.
    pub(crate) fn write(place: &Path, bytes: &[u8]) -> io::Result<Unnamed> {
        Unnamed::write_as(place, "tmp", bytes)
    }

    fn write_as(place: &Path, ending: &str, bytes: &[u8]) -> io::Result<Unnamed> {
        let (unnamed, mut file) = Unnamed::create(place, ending)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        Ok(unnamed)
    }

    /// Does the same with a file too large to be held, and returns its hashes.
    pub(crate) fn stream(
        place: &Path,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> io::Result<(Unnamed, Hashes)> {
        let (unnamed, file) = Unnamed::create(place, "tmp")?;
        let hashes = stream::stream(file, write)?;
        Ok((unnamed, hashes))
    }

    /// Returns it with another place in the same folder, where it will stand.
    pub(crate) fn placed(mut self, place: &Path) -> Unnamed {
        self.place = place.to_owned();
        self
    }

    /// Returns where its bytes are as long as it has no name.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn name(&mut self) -> io::Result<()> {
        fs::rename(&self.path, &self.place)?;
        self.is_named = true;
        Ok(())
    }
}

impl Drop for Unnamed {
    fn drop(&mut self) {
        if !self.is_named {
            // Left behind, it would mislead nobody: no reader looks at it, and the next writer takes it away.
            let _ = fs::remove_file(&self.path);
        }
    }
}

impl Made {
    /// Returns the folder, which stays.
    pub(crate) fn keep(mut self) -> PathBuf {
        std::mem::take(&mut self.0)
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        if !self.0.as_os_str().is_empty() {
            // One that is not empty stays.
            let _ = fs::remove_dir(&self.0);
        }
    }
}

/// Gives files that are flushed their names, in this order. Those before the last are on the disk with their names
/// when the last one, which makes them count, is given its own.
pub(crate) fn name(mut files: Vec<Unnamed>) -> Result<(), Unnameable> {
    let Some(mut last) = files.pop() else { return Ok(()) };
    let mut folders: Vec<PathBuf> = Vec::new();
    for file in &mut files {
        named(file)?;
        let folder = folder_of(&file.place);
        if !folders.iter().any(|known| known == folder) {
            folders.push(folder.to_owned());
        }
    }
    for folder in folders {
        flush(&folder).map_err(|error| Unnameable { path: folder, error, counts: false })?;
    }
    named(&mut last)?;
    let folder = folder_of(&last.place);
    flush(folder).map_err(|error| Unnameable { path: folder.to_owned(), error, counts: true })
}

fn named(file: &mut Unnamed) -> Result<(), Unnameable> {
    file.name().map_err(|error| Unnameable { path: file.place.clone(), error, counts: false })
}

/// Makes a folder in one that is there, if need be. Then its name is on the disk, whoever made it.
pub(crate) fn make_folder(path: &Path) -> io::Result<Option<Made>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => return flush(folder_of(path)).map(|()| None),
        Ok(found) => return Err(not_replaced(&found)),
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    fs::create_dir(path)?;
    let made = Made(path.to_owned());
    flush(folder_of(path))?;
    Ok(Some(made))
}

/// Makes a folder and those above it that are not there; the outermost comes first.
pub(crate) fn make_folders(path: &Path) -> io::Result<Vec<Made>> {
    let missing: Vec<&Path> =
        path.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.exists()).collect();
    let made: io::Result<Vec<Option<Made>>> = missing.into_iter().rev().map(make_folder).collect();
    Ok(made?.into_iter().flatten().collect())
}

/// Writes a note that nothing depends on, at once and unflushed.
pub(crate) fn note(path: &Path, text: &str) -> io::Result<()> {
    create_new(path)?.write_all(text.as_bytes())
}

/// Takes a file away that counts for nothing. Where it stays it does no harm, so nothing is said.
pub(crate) fn sweep(path: &Path) {
    let _ = fs::remove_file(path);
}

/// Writes a file whole or not at all, for somebody to read: no folder of a ledger.
///
/// Where a link stands it stays, and what it leads to is replaced. What is no file, as a pipe, is written to.
pub fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let place = match fs::metadata(path) {
        Ok(found) if !found.is_file() => return OpenOptions::new().write(true).open(path)?.write_all(bytes),
        Ok(_) => fs::canonicalize(path)?,
        Err(error) if error.kind() == ErrorKind::NotFound => path.to_owned(),
        Err(error) => return Err(error),
    };
    // Two programs may write to one place; the later one wins, and neither disturbs the other.
    let unnamed = Unnamed::write_as(&place, &format!("{}.tmp", std::process::id()), bytes)?;
    name(vec![unnamed]).map_err(|Unnameable { error, counts, .. }| if counts { unflushed(&error) } else { error })
}

/// Makes a folder, and those above it that are not there.
pub fn make(path: &Path) -> io::Result<()> {
    make_folders(path)?.into_iter().for_each(|made| drop(made.keep()));
    Ok(())
}

/// Moves all that is in a folder to another one of the same disk, `last` last, and takes the empty folder away.
///
/// All that is in it is flushed already.
pub fn move_up(from: &Path, to: &Path, last: &str) -> io::Result<()> {
    let entries: io::Result<Vec<_>> = fs::read_dir(from)?.map(|entry| Ok(entry?.file_name())).collect();
    let mut names = entries?;
    names.sort();
    names.retain(|name| name != last);
    for name in &names {
        fs::rename(from.join(name), to.join(name))?;
    }
    flush(to)?;
    fs::rename(from.join(last), to.join(last))?;
    // Left behind, the empty folder does no harm.
    let _ = fs::remove_dir(from);
    flush(to).map_err(|error| unflushed(&error))
}

/// Says of what is written that it may be lost when the power is cut now.
fn unflushed(error: &io::Error) -> io::Error {
    io::Error::other(format!("it is made, but its folder could not be flushed to the disk: {error}"))
}

/// Returns what stands at a place; `None` where nothing does. What is no file, or protected, may not be replaced.
fn replaceable(place: &Path) -> io::Result<Option<Metadata>> {
    match fs::symlink_metadata(place) {
        Ok(found) if found.is_file() => Ok(Some(OpenOptions::new().write(true).open(place)?.metadata()?)),
        Ok(found) => Err(not_replaced(&found)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Why nothing is written over a link: what it leads to may be another ledger's, and that one is not locked.
fn not_replaced(found: &Metadata) -> io::Error {
    io::Error::other(if found.is_symlink() {
        "it is a symbolic link; put what it leads to in its place, or link the whole ledger folder"
    } else {
        "something else stands there; move it away"
    })
}

/// Creates a file where none is; one that was left behind there goes away.
fn create_new(path: &Path) -> io::Result<File> {
    let create = || OpenOptions::new().write(true).create_new(true).open(path);
    match create() {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            create()
        }
        created => created,
    }
}

/// Gives a new file the rights of the one it replaces, and its owner where the system lets us.
fn keep(file: &File, before: &Metadata) -> io::Result<()> {
    let now = file.metadata()?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, fchown};
        let differs = |one: u32, other: u32| (one != other).then_some(one);
        let (owner, group) = (differs(before.uid(), now.uid()), differs(before.gid(), now.gid()));
        if (owner.is_some() || group.is_some()) && fchown(file, owner, group).is_err() {
            // Only an administrator gives a file away; the group may be one of ours.
            let _ = fchown(file, None, group);
        }
    }
    if now.permissions() != before.permissions() { file.set_permissions(before.permissions()) } else { Ok(()) }
}

/// Returns the folder a path is in.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Flushes a folder, so that names in it are on the disk; where the system lets a folder be opened and flushed.
pub(crate) fn flush(folder: &Path) -> io::Result<()> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(folder)?.sync_all() {
        Err(error) if error.kind() == ErrorKind::InvalidInput => Ok(()),
        flushed => flushed,
    }
}
