//! The program is stopped at every call by which it changes a file, and the books are read: they are those before the
//! command or those after it, never between.
//!
//! The calls are those that strace sees of the program as it is; nothing is built into it for this. So that none is
//! overlooked, what strace sees is held against what must happen by the rule in ARCHITECTURE.md for the files that are
//! others after the command. RESPEND_THOROUGH=1 tries every error at every call, and all of the demo.

#![cfg(target_os = "linux")] // where strace is
#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod calls;
mod desk;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};

use calls::story::{Step, laid_out, state, story};
use calls::{Call, has_strace, is_thorough, say, traced};
use desk::{Desk, Ran, Tree};

const SIGKILL: i32 = 9;
const KINDS: [&str; 6] = ["create", "write", "flush", "rename", "folder", "remove"];

type Counts = BTreeMap<&'static str, usize>;

fn counted<'c>(calls: impl IntoIterator<Item = &'c Call>) -> Counts {
    let mut counts = Counts::new();
    calls.into_iter().for_each(|call| *counts.entry(call.kind()).or_default() += 1);
    counts
}

/// What must happen, by the rule, for these files and folders to be others.
fn required(step: &Step) -> Counts {
    let changed: Vec<&PathBuf> =
        step.after.keys().filter(|path| step.before.get(*path) != step.after.get(*path)).collect();
    let (files, folders): (Vec<&PathBuf>, Vec<&PathBuf>) =
        changed.into_iter().partition(|path| step.after[*path].is_some());
    // Each commit takes the lock, leaves a note meanwhile, and flushes the folder of the file that makes it count;
    // before that, where there are several files, the folder of the others. A report is a file without a lock.
    let (notes, commits) = (step.commits(), step.commits().max(1));
    // A folder in the ledger is made or was there; that its name is on the disk is seen to.
    let is_evidence = step.typed.contains("--evidence");
    let has_a_folder = is_evidence || step.typed.starts_with("rates");
    let inner = if step.typed.starts_with("import") { commits } else { usize::from(has_a_folder).max(folders.len()) };
    let flushed = if is_evidence || files.len() > commits { 2 * commits } else { commits };
    let counts = [
        ("create", files.len() + notes),
        ("write", files.len() + notes),
        ("flush", files.len() + inner + flushed),
        ("rename", files.len()),
        ("folder", folders.len()),
        ("remove", notes),
    ];
    counts.into_iter().filter(|(_, count)| *count > 0).collect()
}

/// Every so many calls of the demo, which repeats what the other commands do, and the last, which are its own.
fn tried(step: &Step, calls: Vec<Call>) -> Vec<Call> {
    let (all, last) = (!step.is_demo() || is_thorough(), calls.len().saturating_sub(24));
    calls.into_iter().enumerate().filter(|(at, _)| all || at % 16 == 0 || *at >= last).map(|(_, call)| call).collect()
}

#[test]
fn killed_at_any_call_the_books_are_those_before_or_those_after() {
    if !has_strace() {
        return;
    }
    let mut table = format!("{:<58}", "killed just before each");
    KINDS.iter().for_each(|kind| write!(table, "{kind:>8}").unwrap());
    table.push_str("   the books are those (b)efore, (a)fter\n");
    for step in story() {
        let desk = step.desk();
        let (output, calls) = traced(&desk, &step.words(&desk));
        assert!(output.status.success() && desk.tree() == step.after, "{}: {output:?}", step.typed);
        if !step.is_demo() {
            assert_eq!(counted(&calls), required(step), "{}: {calls:#?}", step.typed);
        }
        let calls = tried(step, calls);
        let (mut killed, mut found) = (Vec::new(), String::new());
        for call in &calls {
            let desk = step.desk();
            let output = call.inject(&desk, &step.words(&desk), "signal=KILL");
            assert_eq!(output.status.signal(), Some(SIGKILL), "{}: {call:?} {output:?}", step.typed);
            killed.push(call);
            let state = state(&desk, step.typed);
            assert!(step.states.contains(&state), "{}: between, before {call:?}", step.typed);
            found.push(if step.is_before(&state) {
                'b'
            } else if step.is_after(&state) {
                'a'
            } else {
                '1'
            });
            if !step.is_after(&state) {
                again(step, &desk, call);
            }
        }
        assert!(found.starts_with('b') && !found.contains("ab"), "{}: {found}", step.typed);
        assert_eq!(counted(killed.iter().copied()), counted(&calls));
        table.push_str(&row(step, &counted(killed), &found));
    }
    say(&table);
}

/// What was cut short is done by typing it again, and what was left behind is gone.
fn again(step: &Step, desk: &Desk, call: &Call) {
    let words = step.words(desk);
    let ran = desk.run(&words.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{} again, after {call:?}", step.typed);
    let mut tree = desk.tree();
    // Beside a report, which knows no lock, a file without a name may stay; it bears the number of its process.
    tree.retain(|path, _| !path.to_string_lossy().starts_with(".out.json."));
    let differs: BTreeSet<&PathBuf> =
        tree.keys().chain(step.after.keys()).filter(|path| tree.get(*path) != step.after.get(*path)).collect();
    assert!(differs.is_empty(), "{} again, after {call:?}: {differs:?}", step.typed);
}

fn row(step: &Step, counts: &Counts, found: &str) -> String {
    let typed: String = step.typed.chars().take(56).collect();
    let mut row = format!("{typed:<58}");
    KINDS.iter().for_each(|kind| write!(row, "{:>8}", counts.get(kind).copied().unwrap_or_default()).unwrap());
    format!("{row}   {found}\n")
}

/// What the system may say to a call.
fn errors(call: &Call) -> &'static [&'static str] {
    match call.kind() {
        "create" | "folder" => &["ENOSPC", "EACCES", "EROFS", "ENOENT"],
        "write" => &["ENOSPC", "EIO", "EDQUOT"],
        "flush" => &["EIO", "ENOSPC"],
        "rename" => &["EIO", "EACCES", "EROFS", "ENOSPC", "ENOENT"],
        _ => &["EACCES", "EIO"],
    }
}

#[test]
fn refused_any_call_the_program_says_so_and_what_the_books_are() {
    if !has_strace() {
        return;
    }
    let mut refused = 0;
    for step in story() {
        let desk = step.desk();
        let calls = tried(step, traced(&desk, &step.words(&desk)).1);
        for (at, call) in calls.iter().enumerate() {
            let errors = errors(call);
            let one = &errors[at % errors.len()..][..1];
            for error in if is_thorough() { errors } else { one } {
                let desk = step.desk();
                let ran = Ran::of(call.inject(&desk, &step.words(&desk), &format!("error={error}")));
                let state = state(&desk, step.typed);
                let at = format!("{}: {error} at {call:?}: {ran:?}", step.typed);
                assert!(step.states.contains(&state), "{at}");
                refused += 1;
                if ran.code == 0 {
                    // Only what takes something away may fail unnoticed.
                    assert!(step.is_after(&state) && call.kind() == "remove" && ran.stderr.is_empty(), "{at}");
                    continue;
                }
                assert_eq!(ran.code, 2, "{at}");
                let names_it = ran.stderr.contains("/books") || ran.stderr.contains("`out.json`") || step.is_demo();
                assert!(ran.stderr.starts_with("error: ") && ran.stderr.contains("\nhint: ") && names_it, "{at}");
                if ran.stderr.contains("is made, but") && !ran.stderr.contains("there is no demo now") {
                    assert!(!step.is_before(&state), "{at}");
                } else {
                    assert!(!step.is_after(&state), "{at}");
                    let left: Vec<PathBuf> = desk.tree().into_keys().filter(|path| is_litter(path)).collect();
                    assert!(left.is_empty() || call.kind() == "remove", "{at} left {left:?}");
                }
                // Where one file was taken in and the other refused, the order in which they are recorded is another.
                if step.is_before(&state) {
                    again(step, &desk, call);
                }
            }
        }
    }
    say(&format!("refused a call {refused} times\n"));
}

fn is_litter(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_string_lossy();
    name.starts_with('.') && (name.ends_with(".tmp") || name == ".writer")
}

/// A disk: what the program sees of it, and what of that is on it when the power is cut.
#[derive(Default)]
struct Disk {
    files: Vec<File>,
    /// What each path leads to: a file, or `None` for a folder.
    flushed: BTreeMap<PathBuf, Option<usize>>,
    seen: BTreeMap<PathBuf, Option<usize>>,
    /// What was done to names since their folder was flushed, in order.
    pending: Vec<Naming>,
}

#[derive(Clone)]
struct File {
    flushed: Vec<u8>,
    seen: Vec<u8>,
}

#[derive(Clone)]
struct Naming {
    gone: Option<PathBuf>,
    there: Option<(PathBuf, Option<usize>)>,
}

impl Naming {
    fn is_in(&self, folder: &Path) -> bool {
        let inside = |path: &PathBuf| path.parent() == Some(folder);
        self.gone.as_ref().is_some_and(inside) || self.there.as_ref().is_some_and(|(path, _)| inside(path))
    }

    fn apply(&self, names: &mut BTreeMap<PathBuf, Option<usize>>) {
        if let Some(gone) = &self.gone {
            // A folder takes along what is in it.
            let inside: Vec<PathBuf> = names.keys().filter(|path| path.starts_with(gone)).cloned().collect();
            for path in inside {
                let file = names.remove(&path).unwrap();
                if let Some((there, _)) = self.there.as_ref().filter(|_| path != *gone) {
                    names.insert(there.join(path.strip_prefix(gone).unwrap()), file);
                }
            }
        }
        if let Some((path, file)) = &self.there {
            names.insert(path.clone(), *file);
        }
    }
}

impl Disk {
    fn of(tree: &Tree, root: &Path) -> Disk {
        let mut disk = Disk::default();
        for (path, bytes) in tree {
            let file = bytes.as_ref().map(|bytes| disk.file(bytes.clone()));
            disk.flushed.insert(root.join(path), file);
        }
        disk.seen = disk.flushed.clone();
        disk
    }

    fn file(&mut self, bytes: Vec<u8>) -> usize {
        self.files.push(File { flushed: bytes.clone(), seen: bytes });
        self.files.len() - 1
    }

    fn name(&mut self, gone: Option<PathBuf>, there: Option<(PathBuf, Option<usize>)>) {
        let naming = Naming { gone, there };
        naming.apply(&mut self.seen);
        self.pending.push(naming);
    }

    fn call(&mut self, call: &Call) {
        let place = call.place.clone();
        let found = self.seen.get(&place).copied();
        match (call.kind(), found) {
            ("create", _) => {
                let file = self.file(Vec::new());
                self.name(None, Some((place, Some(file))));
            }
            ("write", Some(Some(file))) => self.files[file].seen.extend(&call.bytes),
            ("flush", Some(Some(file))) => self.files[file].flushed = self.files[file].seen.clone(),
            ("flush", _) => {
                let (inside, outside) = std::mem::take(&mut self.pending).into_iter().partition(|it| it.is_in(&place));
                self.pending = outside;
                let inside: Vec<Naming> = inside;
                inside.iter().for_each(|naming| naming.apply(&mut self.flushed));
            }
            ("rename", Some(file)) => self.name(Some(place), Some((call.to.clone(), file))),
            ("folder", _) => self.name(None, Some((place, None))),
            ("remove", _) => self.name(Some(place), None),
            (kind, found) => panic!("{kind} of {place:?}, which is {found:?}"),
        }
    }

    /// What may be there after the power was cut: each naming since the last flush is on the disk or is not, and of
    /// what is written and not flushed all, the first half, or nothing.
    fn cut(&self, root: &Path) -> BTreeSet<Tree> {
        let mut trees = BTreeSet::new();
        let count = self.pending.len();
        // Of many every beginning, and all but one.
        let chosen: Vec<Vec<bool>> = if count <= 6 {
            (0..1_u32 << count).map(|bits| (0..count).map(|at| bits >> at & 1 == 1).collect()).collect()
        } else {
            let beginnings = (0..=count).map(|end| (0..count).map(|at| at < end).collect());
            beginnings.chain((0..count).map(|but| (0..count).map(|at| at != but).collect())).collect()
        };
        for chosen in chosen {
            let mut names = self.flushed.clone();
            self.pending.iter().zip(&chosen).filter(|(_, is)| **is).for_each(|(naming, _)| naming.apply(&mut names));
            for part in [0, 1, 2] {
                // Where a folder is not there, nothing in it is; and no reader looks at what begins with a dot.
                let tree = names.iter().filter(|(path, _)| {
                    let mut above = path.ancestors().skip(1).take_while(|folder| *folder != root);
                    above.all(|folder| names.contains_key(folder)) && !is_hidden(path, root)
                });
                let bytes = |file: &usize| {
                    let File { flushed, seen } = &self.files[*file];
                    if flushed == seen { seen.clone() } else { seen[..seen.len() * part / 2].to_vec() }
                };
                trees.insert(
                    tree.map(|(path, file)| (path.strip_prefix(root).unwrap().into(), file.as_ref().map(bytes)))
                        .collect(),
                );
            }
        }
        trees
    }
}

fn is_hidden(path: &Path, root: &Path) -> bool {
    let inside = path.strip_prefix(root).unwrap();
    inside.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'))
}

#[test]
fn when_the_power_is_cut_the_books_are_those_before_or_those_after_and_what_was_said_to_be_done_stays() {
    if !has_strace() {
        return;
    }
    let mut cut = 0;
    for step in story() {
        let desk = step.desk();
        let (_, calls) = traced(&desk, &step.words(&desk));
        let root = desk.path("").canonicalize().unwrap();
        let root: PathBuf = root.components().collect();
        let mut disk = Disk::of(&step.before, &root);
        let mut trees = disk.cut(&root);
        for call in &calls {
            disk.call(call);
            trees.extend(disk.cut(&root));
        }
        let done = disk.cut(&root);
        assert!(disk.seen.keys().all(|path| step.after.contains_key(path.strip_prefix(&root).unwrap())));
        for tree in &trees {
            let state = state(&laid_out(tree), step.typed);
            assert!(step.states.contains(&state), "{}: {:?}", step.typed, tree.keys());
            assert!(!done.contains(tree) || step.is_after(&state), "{}: done, and undone", step.typed);
        }
        cut += trees.len();
    }
    say(&format!("read the books on {cut} disks after a power cut\n"));
}
