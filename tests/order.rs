//! The house stays as drawn: no stage uses one that stands after it, and the library reads no clock, no environment
//! and no terminal, and prints nothing.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

/// The stages in the order data moves through them.
const STAGES: &[&str] = &[
    "money",
    "calendar",
    "scope",
    "visible",
    "sheet",
    "section",
    "import",
    "disk",
    "ledger",
    "facts",
    "plan",
    "blocked",
    "actual",
    "redirect",
    "statement",
    "seal",
    "trace",
    "check",
    "close",
    "propose",
    "outlook",
    "scenario",
    "report",
    "render",
    "journal",
    "export",
    "verify",
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The files of a stage: its front page and what stands in its folder.
fn files(stage: &str) -> Vec<PathBuf> {
    let mut files = vec![source().join(format!("{stage}.rs"))];
    if let Ok(entries) = fs::read_dir(source().join(stage)) {
        files.extend(
            entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|it| it == "rs")),
        );
    }
    files.sort();
    files
}

/// The stages that a text names after `crate::`, alone or in braces.
fn used(text: &str) -> Vec<String> {
    let mut used = Vec::new();
    for (at, _) in text.match_indices("crate::") {
        let rest = &text[at + "crate::".len()..];
        let names = match rest.strip_prefix('{') {
            Some(list) => list.split('}').next().unwrap().split(',').map(str::trim).collect(),
            None => vec![rest],
        };
        let word = |name: &str| name.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        used.extend(names.into_iter().map(word));
    }
    used
}

#[test]
fn every_module_of_the_library_is_a_stage() {
    let lib = fs::read_to_string(source().join("lib.rs")).unwrap();
    let mut modules: Vec<&str> = lib
        .lines()
        .filter_map(|line| line.trim_start_matches("pub ").strip_prefix("mod ")?.strip_suffix(';'))
        .collect();
    let mut stages = STAGES.to_vec();
    modules.sort_unstable();
    stages.sort_unstable();
    assert_eq!(modules, stages);
}

#[test]
fn no_stage_uses_one_that_stands_after_it() {
    for (at, stage) in STAGES.iter().enumerate() {
        for file in files(stage) {
            for name in used(&fs::read_to_string(&file).unwrap()) {
                let stands = STAGES.iter().position(|known| *known == name);
                let stands = stands.unwrap_or_else(|| {
                    panic!("{}: `crate::{name}` is no stage; name the stage it is of", file.display())
                });
                assert!(stands <= at, "{}: `{stage}` uses `{name}`, which stands after it", file.display());
            }
        }
    }
}

#[test]
fn the_check_would_see_a_wrong_turn() {
    assert_eq!(
        used("use crate::report::Table;\nuse crate::{money::Money, statement};"),
        ["report", "money", "statement"]
    );
}

/// What is done to an open file, only who opened it can do.
#[test]
fn files_are_changed_by_the_disk_alone() {
    let changing =
        ["File::create", "OpenOptions", "fs::write", "fs::copy", "fs::rename", "fs::remove", "fs::create", "set_perm"];
    // The demo takes away what an earlier demo made, and what counts of it the disk puts in place.
    let others = ["src/disk.rs", "src/bin/respend/commands/demo.rs", "src/import/fuzzing.rs", "src/render/fuzzing.rs"];
    let mut files = files_below(&source());
    files.retain(|file| !others.iter().any(|other| file.ends_with(other)));
    assert!(files.len() > 100, "{files:?}");
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for word in changing {
                assert!(!line.contains(word), "{}: `{word}` in {line}", file.display());
            }
        }
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

#[test]
fn the_library_reads_no_clock_no_environment_and_no_terminal() {
    let forbidden = [
        "::now()",
        "SystemTime",
        "env::var",
        "env::current_dir",
        "env::args",
        "stdin()",
        "stdout()",
        "stderr()",
        "is_terminal",
        "println!",
        "eprintln!",
    ];
    for file in STAGES.iter().flat_map(|stage| files(stage)) {
        let text = fs::read_to_string(&file).unwrap();
        // Examples in the documentation may print.
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for word in forbidden {
                assert!(!line.contains(word), "{}: `{word}` in {line}", file.display());
            }
        }
    }
}
