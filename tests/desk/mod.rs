//! A desk: a folder with a ledger and exports, and the program run on them as somebody would type it.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

pub mod books;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// Every file and folder by its path on the desk; of a file its bytes.
pub type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

/// A folder of its own, thrown away at the end.
pub struct Desk {
    dir: TempDir,
}

/// What a run said, and its exit code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Desk {
    pub fn new() -> Desk {
        Desk { dir: TempDir::new().unwrap() }
    }

    /// A desk in memory where the system has such a place: for many runs, of which none has to outlast the machine.
    pub fn in_memory() -> Desk {
        let memory = Path::new("/dev/shm");
        let dir = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() };
        Desk { dir: dir.unwrap() }
    }

    pub fn path(&self, file: &str) -> PathBuf {
        self.dir.path().join(file)
    }

    pub fn write(&self, file: &str, text: &str) {
        let path = self.path(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.path(file)).unwrap()
    }

    /// Returns the program, about to be run in the desk's folder; no ledger comes from outside.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_respend"));
        command.args(args).current_dir(self.dir.path()).env_remove("RESPEND_LEDGER");
        command
    }

    pub fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command(args).output().unwrap())
    }

    /// Runs what must work, and returns what it printed.
    pub fn done(&self, args: &[&str]) -> String {
        let ran = self.run(args);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "respend {}", args.join(" "));
        ran.stdout
    }

    /// Returns every file and folder with its bytes, by its path on the desk.
    pub fn tree(&self) -> Tree {
        tree_of(self.dir.path())
    }
}

/// Returns every file and folder below a folder with its bytes, by its path from there.
pub fn tree_of(folder: &Path) -> Tree {
    let mut tree = BTreeMap::new();
    walk(folder, &mut tree);
    let inside = |path: PathBuf| path.strip_prefix(folder).unwrap().to_owned();
    tree.into_iter().map(|(path, bytes)| (inside(path), bytes)).collect()
}

impl Ran {
    pub fn of(output: Output) -> Ran {
        Ran {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

fn walk(folder: &Path, tree: &mut Tree) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, tree);
            tree.insert(path, None);
        } else {
            let bytes = fs::read(&path).unwrap();
            tree.insert(path, Some(bytes));
        }
    }
}
