//! The calls by which the program changes files, as strace sees them; and runs in which one of them fails, or is the
//! last thing the program does.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::panic)]

pub mod story;

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Output};

use super::desk::Desk;

/// Every call that changes a file, a folder or a name.
const CHANGING: &str = "openat,creat,write,pwrite64,writev,pwritev,ftruncate,fallocate,copy_file_range,sendfile,fsync,\
    fdatasync,sync_file_range,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,unlink,unlinkat,\
    rmdir";

/// One call, where the program changes a file or a folder of the desk.
#[derive(Clone)]
pub struct Call {
    /// Its name, such as `fsync`.
    pub name: String,
    /// What it is done to, as the call names it.
    pub path: String,
    /// Where that is.
    pub place: PathBuf,
    /// Where to, of a rename.
    pub to: PathBuf,
    /// What is written.
    pub bytes: Vec<u8>,
    /// The how manyth of its name and path in its thread, from 1; that is how strace counts.
    nth: usize,
    /// The desk it was seen on.
    desk: PathBuf,
    /// Whether the path bears the number of the process.
    is_of_process: bool,
}

impl fmt::Debug for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.nth, self.name, self.path)
    }
}

impl Call {
    /// What kind of step it is.
    pub fn kind(&self) -> &'static str {
        match self.name.as_str() {
            "openat" | "creat" => "create",
            "write" | "pwrite64" | "writev" | "pwritev" => "write",
            "fsync" | "fdatasync" => "flush",
            "rename" | "renameat" | "renameat2" => "rename",
            "mkdir" | "mkdirat" => "folder",
            "unlink" | "unlinkat" | "rmdir" => "remove",
            other => panic!("the program changes files by {other}, of which nothing is known here"),
        }
    }

    /// Runs the program and has strace do something at this call: end it, or let it fail.
    pub fn inject(&self, desk: &Desk, typed: &[String], what: &str) -> Output {
        let inject = format!("inject={}:{what}:when={}", self.name, self.nth);
        let mut strace = vec!["-e".to_owned(), format!("trace={}", self.name), "-e".into(), inject];
        if !self.is_of_process {
            // The same place, on this desk.
            let (seen, here) = (self.desk.display().to_string(), desk.path(".").canonicalize().unwrap());
            strace.extend(["-P".into(), self.path.replacen(&seen, &here.display().to_string(), 1)]);
        }
        strace.extend(["-o".into(), "/dev/null".into()]);
        run(desk, &strace, typed)
    }
}

/// Whether strace is there; with RESPEND_PEERS=required it has to be.
pub fn has_strace() -> bool {
    let works = Command::new("strace").args(["-qq", "-o", "/dev/null", "-e", "trace=none", "true"]).output();
    if works.is_ok_and(|ran| ran.status.success()) {
        return true;
    }
    let missing = "there is no strace, or it may not trace (apt-get install strace)";
    assert!(std::env::var_os("RESPEND_PEERS").is_none_or(|peers| peers != "required"), "{missing}");
    say(&format!("{missing}, so nothing is stopped on its way\n"));
    false
}

/// Whether all is to be tried, however long it takes.
pub fn is_thorough() -> bool {
    std::env::var_os("RESPEND_THOROUGH").is_some()
}

/// Says what is to be seen also when a test passes.
pub fn say(text: &str) {
    io::stderr().write_all(text.as_bytes()).unwrap();
}

/// Runs the program on a desk and returns the calls by which it changed what is there.
pub fn traced(desk: &Desk, typed: &[String]) -> (Output, Vec<Call>) {
    let log = tempfile::NamedTempFile::new().unwrap();
    let mut strace: Vec<String> = ["-y", "-xx", "-s", "16777216"].map(str::to_owned).into();
    strace.extend(["-e".into(), format!("trace={CHANGING}"), "-o".into(), log.path().display().to_string()]);
    let output = run(desk, &strace, typed);
    let calls = calls(&fs::read_to_string(log.path()).unwrap(), &desk.path(""));
    (output, calls)
}

fn run(desk: &Desk, strace: &[String], typed: &[String]) -> Output {
    let mut command = Command::new("strace");
    command.args(["-f", "-qq"]).args(strace).arg(env!("CARGO_BIN_EXE_respend")).args(typed);
    command.current_dir(desk.path("")).env_remove("RESPEND_LEDGER").output().unwrap()
}

/// Reads a log in which every text stands in hexadecimal: `4711 write(4<\x2f…>, "\x69…", 23) = 23`.
fn calls(log: &str, desk: &Path) -> Vec<Call> {
    let desk = desk.canonicalize().unwrap();
    let mut here = desk.clone();
    let mut counts: BTreeMap<(String, String, String), usize> = BTreeMap::new();
    let mut calls = Vec::new();
    // Where two threads are at it at once, a call stands there twice: as it begins and as it ends.
    for line in log.lines().filter(|line| !line.contains(" resumed>")) {
        let (process, call) = line.split_once(' ').unwrap();
        let (name, arguments) = call.trim().split_once('(').unwrap();
        // What is quoted was given; what stands in `<…>` strace adds: where an open file is, and where we are.
        let (given, added): (Vec<_>, Vec<_>) = texts(arguments).into_iter().partition(|(is_given, _)| *is_given);
        let text = |texts: &[(bool, Vec<u8>)], at: usize| {
            texts.get(at).map(|(_, text)| String::from_utf8_lossy(text).into_owned()).unwrap_or_default()
        };
        if arguments.starts_with("AT_FDCWD") {
            here = text(&added, 0).into();
        }
        let is_open = arguments.starts_with(|c: char| c.is_ascii_digit());
        let path = if is_open { text(&added, 0) } else { text(&given, 0) };
        // Another run has another number, so there strace has to count all calls of the name.
        let is_of_process = path.contains(&format!(".{process}."));
        let mut count = |path: &str| {
            let count = counts.entry((process.into(), name.into(), path.into())).or_default();
            *count += 1;
            *count
        };
        let (of_name, of_path) = (count(""), count(&path));
        let reads = name == "openat" && !["O_CREAT", "O_TRUNC"].iter().any(|flag| arguments.contains(flag));
        let place = here.join(&path);
        let is_pipe = is_open && !path.starts_with('/');
        let failed = arguments.contains(") = -1 ");
        if failed || reads || is_pipe || path.is_empty() || !place.starts_with(&desk) {
            continue;
        }
        calls.push(Call {
            name: name.to_owned(),
            is_of_process,
            nth: if is_of_process { of_name } else { of_path },
            desk: desk.clone(),
            path,
            place: tidy(&place),
            to: tidy(&here.join(text(&given, 1))),
            bytes: if is_open {
                given.into_iter().next().map(|(_, bytes)| bytes).unwrap_or_default()
            } else {
                Vec::new()
            },
        });
    }
    calls
}

/// A path without the dots in it.
fn tidy(path: &Path) -> PathBuf {
    path.components().filter(|part| *part != Component::CurDir).collect()
}

/// The texts of a call, and whether each stands in quotes.
fn texts(arguments: &str) -> Vec<(bool, Vec<u8>)> {
    let mut texts = Vec::new();
    let mut rest = arguments;
    while let Some(start) = rest.find(['<', '"']) {
        let end = start + 1 + rest[start + 1..].find(['>', '"']).unwrap();
        let hex = rest[start + 1..end].split("\\x").skip(1);
        texts.push((rest[start..].starts_with('"'), hex.map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()));
        rest = &rest[end + 1..];
    }
    texts
}
