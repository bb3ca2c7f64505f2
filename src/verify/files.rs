//! [`FileChange`]: a file of the ledger that is not as it was when a report was made.

use std::collections::BTreeMap;

use super::Difference;
use crate::ledger::{Ledger, LedgerError};
use crate::report::ManifestFile;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileChange {
    /// Its path in the ledger folder.
    pub path: String,
    /// What became of it.
    pub state: FileState,
    /// Its SHA-256 then; `None` where it was not there.
    pub was: Option<String>,
    /// Its SHA-256 now; `None` where it is gone.
    pub now: Option<String>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileState {
    /// What stood in it then is other now.
    Changed,
    /// It is not there any more.
    Gone,
    /// All that stood in it stands there still, and more below.
    Grown,
    /// It was not there.
    New,
}

/// The files of which a digest says whether anything they say has changed; their bytes may change without it.
const DIGESTED: [&str; 5] = ["ledger.toml", "budgets.csv", "restrictions.csv", "redirections.csv", "encumbrances.csv"];

/// Returns what became of the files of a report, by path.
pub(super) fn changes(
    ledger: &Ledger,
    then: &[ManifestFile],
    now: &[ManifestFile],
) -> Result<Vec<FileChange>, LedgerError> {
    let by_path = |files: &[ManifestFile]| -> BTreeMap<String, ManifestFile> {
        files.iter().map(|file| (file.path.clone(), file.clone())).collect()
    };
    let (then, now) = (by_path(then), by_path(now));
    let mut changes = Vec::new();
    for (path, was) in &then {
        let state = match now.get(path) {
            None => FileState::Gone,
            Some(now) if now.sha256 == was.sha256 => continue,
            Some(now) if now.bytes > was.bytes && ledger.sha256_of_first(path, was.bytes)? == was.sha256 => {
                FileState::Grown
            }
            Some(_) => FileState::Changed,
        };
        let now = now.get(path).map(|file| file.sha256.clone());
        changes.push(FileChange { path: path.clone(), state, was: Some(was.sha256.clone()), now });
    }
    let new = now.into_iter().filter(|(path, _)| !then.contains_key(path));
    changes.extend(new.map(|(path, file)| FileChange {
        path,
        state: FileState::New,
        was: None,
        now: Some(file.sha256),
    }));
    changes.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(changes)
}

/// Returns the files a report would name now if nothing had been added: those it names, and what is another file now, or
/// none, where that is a difference by itself.
pub(super) fn without_later(then: &[ManifestFile], now: &[ManifestFile], changes: &[FileChange]) -> Vec<ManifestFile> {
    let mut files: BTreeMap<&str, &ManifestFile> = then.iter().map(|file| (file.path.as_str(), file)).collect();
    let now: BTreeMap<&str, &ManifestFile> = now.iter().map(|file| (file.path.as_str(), file)).collect();
    for change in changes.iter().filter(|change| change.is_lost()) {
        let path = change.path.as_str();
        match now.get(path) {
            Some(now) => files.insert(path, now),
            None => files.remove(path),
        };
    }
    files.into_values().cloned().collect()
}

impl FileState {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            FileState::Changed => "changed",
            FileState::Gone => "gone",
            FileState::Grown => "grown",
            FileState::New => "new",
        }
    }

    /// Says what that means.
    pub(super) fn meaning(self) -> &'static str {
        match self {
            FileState::Changed => "what stood in it then is other now",
            FileState::Gone => "it is not there any more",
            FileState::Grown => "what stood in it stands there still; rows were added below",
            FileState::New => "it was added since",
        }
    }
}

impl FileChange {
    /// Returns the difference it is by itself: a file that is written once and was changed or taken away, whether or
    /// not a figure rests on it. Of the others the digest says whether what they say has changed.
    pub(super) fn difference(&self) -> Option<Difference> {
        self.is_lost().then(|| Difference {
            path: String::from("manifest.files[].sha256"),
            of: self.path.clone(),
            saved: self.was.clone(),
            now: self.now.clone(),
        })
    }

    fn is_lost(&self) -> bool {
        let is_other = matches!(self.state, FileState::Changed | FileState::Gone);
        is_other && !DIGESTED.contains(&self.path.as_str())
    }
}
