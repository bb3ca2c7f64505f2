//! docs/json.md names every code and every key there is, and no other.

#![allow(clippy::unwrap_used)] // the helpers of tests are tests, too

mod desk;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use desk::Desk;
use respend::import::RefusalCode;
use respend::ledger::Ledger;
use respend::report::Yearly;
use serde_json::Value;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What the first column names in the table under a heading of the page.
fn listed(heading: &str) -> Vec<String> {
    let page = fs::read_to_string(project("docs/json.md")).unwrap();
    let (_, below) = page.split_once(&format!("\n{heading}\n")).unwrap();
    let section = below.split("\n#").next().unwrap();
    let names = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next());
    names.flat_map(|names| names.split('`').skip(1).step_by(2)).map(str::to_owned).collect()
}

/// Holds what the page names against what there is.
fn expect(heading: &str, names: BTreeSet<String>) {
    let listed = listed(heading);
    assert_eq!(listed.iter().cloned().collect::<BTreeSet<_>>(), names, "{heading}");
    assert_eq!(listed.len(), names.len(), "{heading}: one is listed twice");
}

fn keys(json: &str) -> BTreeSet<String> {
    let json: Value = serde_json::from_str(json).unwrap();
    let object = json.get(0).unwrap_or(&json).as_object().unwrap();
    object.keys().cloned().collect()
}

#[test]
fn keys_of_a_report() {
    let ledger = Ledger::open(&project("ledgers/kaspersky-2018")).unwrap();
    let report = Yearly::of(&ledger, "2018", "2018-12-31".parse().unwrap(), None, None).unwrap();
    expect("## `report`", keys(&report.json().unwrap()));
}

#[test]
fn keys_of_an_import() {
    let desk = Desk::new();
    desk.write("spend.csv", "date,platform,campaign,currency,spend\n2025-01-02,meta,Spring,EUR,412.50\n");
    expect("## `inspect` and `import`", keys(&desk.done(&["inspect", "spend.csv", "--format", "json"])));
}

#[test]
fn refusal_codes() {
    expect("### Refusal codes", RefusalCode::ALL.iter().map(RefusalCode::to_string).collect());
}

#[test]
fn warning_codes() {
    let folders =
        ["src", "src/import", "src/import/rows", "src/ledger"].map(|folder| fs::read_dir(project(folder)).unwrap());
    let files = folders.into_iter().flatten().map(|entry| entry.unwrap().path()).filter(|path| path.is_file());
    let mut codes = BTreeSet::new();
    for file in files {
        // Line breaks are the formatter's.
        let text = fs::read_to_string(file).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ");
        let words = text.split("Warning { code: \"").skip(1).filter_map(|rest| rest.split('"').next());
        codes.extend(words.map(str::to_owned));
    }
    expect("### Warning codes", codes);
}

#[test]
fn assumption_codes() {
    let text = fs::read_to_string(project("src/check/assumptions.rs")).unwrap();
    let added = text.split_whitespace().collect::<String>();
    let codes = added.split("add(\"").skip(1).filter_map(|rest| rest.split('"').next());
    expect("### Assumption codes", codes.map(str::to_owned).collect());
}
