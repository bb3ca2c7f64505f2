//! docs/json.md names every code there is, and no other.

#![allow(clippy::unwrap_used)] // the helpers of tests are tests, too

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use respend::import::RefusalCode;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// The codes in the first column of the table under a heading of the page.
fn listed(heading: &str) -> Vec<String> {
    let page = fs::read_to_string(project("docs/json.md")).unwrap();
    let (_, below) = page.split_once(&format!("\n### {heading}\n")).unwrap();
    let section = below.split("\n#").next().unwrap();
    section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once('`')?.0.to_owned())).collect()
}

/// Holds the page's codes against those there are.
fn expect(heading: &str, codes: BTreeSet<String>) {
    let listed = listed(heading);
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), codes, "{heading}");
    assert_eq!(listed.len(), codes.len(), "{heading}: a code is listed twice");
}

#[test]
fn refusal_codes() {
    expect("Refusal codes", RefusalCode::ALL.iter().map(RefusalCode::to_string).collect());
}

#[test]
fn warning_codes() {
    let folders = ["src", "src/import", "src/ledger"].map(|folder| fs::read_dir(project(folder)).unwrap());
    let files = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut codes = BTreeSet::new();
    for file in files {
        // Line breaks are the formatter's.
        let text = fs::read_to_string(file).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let words = text.split("Warning { code: \"").skip(1).filter_map(|rest| rest.split('"').next());
        codes.extend(words.map(str::to_owned));
    }
    expect("Warning codes", codes);
}

#[test]
fn finding_and_assumption_codes() {
    let text = fs::read_to_string(project("src/check.rs")).unwrap();
    let listed = [listed("Finding codes"), listed("Assumption codes")].concat();
    for code in &listed {
        assert!(text.contains(&format!("\"{code}\"")), "there is no {code}");
    }
    // Whatever looks like a code there is one.
    let is_code =
        |word: &&str| word.contains('_') && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    for word in text.split('"').filter(is_code) {
        assert!(listed.iter().any(|code| code == word), "docs/json.md does not name {word}");
    }
}
