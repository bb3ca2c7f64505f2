//! Saved workbooks, recomputed: whatever was changed in one is found in its cell, and what is no report is refused.

#![allow(clippy::unwrap_used)]

mod archive;
mod desk;
mod python;

use std::fs;
use std::path::Path;
use std::process::Command;

use archive::{members, mutated, with, with_changed_part, zipped};
use desk::{Desk, Ran};
use proptest::prelude::*;
use python::is_there;
use respend::ledger::Ledger;
use respend::render::xlsx;
use respend::report::Yearly;
use respend::verify::{Saved, verify};
use serde_json::Value;

const LEDGER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/ledgers/kaspersky-2018");
const PLAN: &str = "xl/worksheets/sheet2.xml";
const MONTHS: &str = "xl/worksheets/sheet5.xml";
const MANIFEST: &str = "xl/worksheets/sheet14.xml";
const TEXTS: &str = "xl/sharedStrings.xml";
const SHEETS: &str = "xl/workbook.xml";
const PROPERTIES: &str = "docProps/custom.xml";

/// The report of the worked ledger, saved as a workbook.
fn report() -> Vec<u8> {
    let desk = Desk::new();
    desk.done(&["--ledger", LEDGER, "report", "2018", "--format", "xlsx", "--output", "report.xlsx"]);
    fs::read(desk.path("report.xlsx")).unwrap()
}

fn run(bytes: &[u8], more: &[&str]) -> Ran {
    let desk = Desk::new();
    fs::write(desk.path("saved.xlsx"), bytes).unwrap();
    desk.run(&[&["--ledger", LEDGER, "verify", "saved.xlsx"], more].concat())
}

/// What differs: `plan!C4 (x USD, plan): 94501, now 94500`.
fn told(bytes: &[u8]) -> Vec<String> {
    let ran = run(bytes, &["--format", "json"]);
    assert_eq!(ran.stderr, "");
    let answer: Value = serde_json::from_str(&ran.stdout).unwrap();
    let table = answer["tables"].as_array().unwrap().iter().find(|table| table["key"] == "differences");
    let rows = table.map(|table| table["rows"].as_array().unwrap().clone()).unwrap_or_default();
    assert_eq!(ran.code, i32::from(!rows.is_empty()));
    let text = |value: &Value| value.as_str().unwrap_or("nothing").to_owned();
    let told = |row: &Value| {
        format!("{} ({}): {}, now {}", text(&row["path"]), text(&row["of"]), text(&row["saved"]), text(&row["now"]))
    };
    rows.iter().map(told).collect()
}

/// The text of a row of a sheet.
fn row(bytes: &[u8], sheet: &str, number: u32) -> String {
    let text = String::from_utf8(members(bytes)[sheet].clone()).unwrap();
    let begin = text.find(&format!("<row r=\"{number}\"")).unwrap();
    let end = text[begin..].find("</row>").unwrap() + "</row>".len();
    text[begin..begin + end].to_owned()
}

/// The workbook with another part in place of one, or without it.
fn with_part(bytes: &[u8], name: &str, part: Option<&[u8]>) -> Vec<u8> {
    let mut members = members(bytes);
    match part {
        Some(part) => members.insert(name.to_owned(), part.to_vec()),
        None => members.remove(name),
    };
    zipped(&members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect::<Vec<_>>())
}

#[test]
fn each_kind_of_change_is_found_where_it_is() {
    let report = report();
    assert_eq!(told(&report), [""; 0]);
    let total = row(&report, PLAN, 5);
    let february = row(&report, MONTHS, 5);
    let moved = february.replace("5\"", "18\"");
    for (part, from, to, expected) in [
        // A number; a number that became a text; a formula in the place of a number; nothing in the place of one.
        (
            PLAN,
            "<c r=\"C4\" s=\"4\"><v>94500</v>",
            "<c r=\"C4\" s=\"4\"><v>94501</v>",
            "plan!C4 (x USD, plan): 94501, now 94500",
        ),
        (
            PLAN,
            "<c r=\"C4\" s=\"4\">",
            "<c r=\"C4\" s=\"4\" t=\"str\">",
            "plan!C4 (x USD, plan): 94500 (a text), now 94500",
        ),
        (PLAN, "<c r=\"C4\" s=\"4\">", "<c r=\"C4\"><f>C5</f>", "plan!C4 (x USD, plan): 94500 (=C5), now 94500"),
        (PLAN, "<c r=\"H4\" s=\"4\"><v>0</v></c>", "", "plan!H4 (x USD, residual): nothing, now 0"),
        // A text, a heading, a day.
        (
            TEXTS,
            "All amounts in USD.",
            "All amounts in EUR.",
            "summary!A4 (): All amounts in EUR., now All amounts in USD.",
        ),
        (
            PLAN,
            "<c r=\"D3\" s=\"3\" t=\"s\"><v>7</v>",
            "<c r=\"D3\" t=\"str\"><v>open</v>",
            "plan!D3 (): open, now open_plan",
        ),
        (
            "xl/worksheets/sheet6.xml",
            "<v>43132</v>",
            "<v>43133</v>",
            "restrictions!D4 (x-ban-2018-02 ban x, from): 2018-02-02, now 2018-02-01",
        ),
        // A row that was taken away, one that was put in, one in another place.
        (
            PLAN,
            total.as_str(),
            "",
            "plan!5:5 (): nothing, now Total | USD | 94500 | 8026.03 | 86473.97 | 0 | 86473.97 | 0",
        ),
        (
            PLAN,
            "</sheetData>",
            "<row r=\"9\"><c r=\"B9\" t=\"str\"><v>paid</v></c><c r=\"C9\"><v>7</v></c></row></sheetData>",
            "plan!9:9 (): paid | 7, now nothing",
        ),
        (
            MONTHS,
            february.as_str(),
            "",
            "months_x_usd!5:5 (): nothing, now x | 2018-02 | USD | 7249.31 | 0 | 0 | 7249.31 | 0 | 7249.31",
        ),
        // A sheet that was taken away, and one that was put in.
        (
            SHEETS,
            "<sheet name=\"findings\" sheetId=\"12\" r:id=\"rId12\"/>",
            "",
            "findings (): nothing, now a sheet of 3 rows",
        ),
        (
            SHEETS,
            "<sheets>",
            "<sheets><sheet name=\"mine\" sheetId=\"99\" r:id=\"rId2\"/>",
            "mine (): a sheet of 4 rows, now nothing",
        ),
        // What it rests on, and by which program.
        (TEXTS, "the statement (SHA-256): ", "the statement (SHA-256): 0", "Digest"),
        (TEXTS, ">Computed by respend", ">Computed by another", "Computed by another"),
        (PROPERTIES, ">respend 0", ">another 0", "now Computed by another 0"),
        (MANIFEST, "<c r=\"B4\" ", "<c r=\"F4\"><v>1</v></c><c r=\"B4\" ", "manifest!F4"),
    ] {
        let found = told(&with(&report, part, from, to));
        assert!(found.len() == 1 && found[0].contains(expected), "{from} -> {to}: {found:#?}");
    }
    let both = with(&report, MONTHS, &february, "");
    let found = told(&with(&both, MONTHS, "</sheetData>", &(moved + "</sheetData>")));
    let places: Vec<&str> = found.iter().map(|one| one.split(' ').next().unwrap()).collect();
    assert_eq!(places, ["months_x_usd!5:5", "months_x_usd!18:18"]);
}

#[test]
fn what_a_cell_holds_is_compared_and_not_how_it_is_written() {
    let report = report();
    for (part, from, to) in [
        (PLAN, "<v>94500</v>", "<v>9.45E4</v>"),
        (PLAN, "<v>8026.03</v>", "<v>8026.0300000000007</v>"),
        (PLAN, " s=\"4\"", ""),
        (PLAN, " spans=\"1:8\"", ""),
        (PLAN, "t=\"s\"><v>12</v>", "t=\"inlineStr\"><is><r><t>x</t></r></is>"),
        (PLAN, "</sheetData>", "<row r=\"9\"><c r=\"A9\" s=\"4\"/></row></sheetData>"),
        (SHEETS, "name=\"findings\"", "state=\"hidden\" name=\"findings\""),
        (PROPERTIES, "<property ", "\n  <property "),
        (PROPERTIES, "<vt:lpwstr>2018</vt:lpwstr>", "<vt:lpwstr>&#50;018</vt:lpwstr>"),
        (PROPERTIES, "</Properties>", "<property name=\"Cost centre\"><vt:i4>7</vt:i4></property></Properties>"),
    ] {
        assert_eq!(told(&with(&report, part, from, to)), [""; 0], "{from} -> {to}");
    }
    // Another program is no difference where all of the workbook says so.
    let other = with(&report, PROPERTIES, ">respend 0", ">respend 1");
    assert_eq!(told(&with(&other, TEXTS, "by respend 0", "by respend 1")), [""; 0]);
}

#[test]
fn what_differs_is_said_with_its_cell() {
    let ran = run(&with(&report(), PLAN, "<v>94500</v></c><c r=\"D4\"", "<v>94501</v></c><c r=\"D4\""), &[]);
    assert_eq!((ran.code, ran.stderr.as_str()), (1, ""));
    for expected in ["saved.xlsx: 1 difference\n", "\nplan!C4  x USD, plan  94501  94500\n"] {
        assert!(ran.stdout.contains(expected), "{}", ran.stdout);
    }
    let same = run(&report(), &[]).stdout;
    assert!(same.starts_with("saved.xlsx: same\n") && same.contains("Every cell and the digest"), "{same}");
    assert!(same.contains("how they look (number formats, hidden rows) is not"), "{same}");
}

#[test]
fn what_is_no_saved_workbook_is_refused_with_the_way_out() {
    let report = report();
    let desk = Desk::new();
    for (file, typed) in [
        ("imports.xlsx", "imports"),
        ("since.xlsx", "report 2018 --since 2018-03-01"),
        ("report.csv", "report 2018 --format csv"),
        ("report.md", "report 2018 --format markdown"),
    ] {
        let format = if typed.contains("--format") { "" } else { " --format xlsx" };
        let typed = format!("--ledger {LEDGER} {typed}{format} --output {file}");
        desk.done(&typed.split(' ').collect::<Vec<_>>());
    }
    let file = |name: &str| fs::read(desk.path(name)).unwrap();
    let unknown = "it is a workbook that does not say which report it is";
    let damaged = "it cannot be read: ";
    let properties = |text: &str| with_part(&report, PROPERTIES, Some(text.as_bytes()));
    let table = row(&report, PLAN, 4);
    for (bytes, expected) in [
        (file("imports.xlsx"), unknown),
        (file("since.xlsx"), unknown),
        (with_part(&report, PROPERTIES, None), unknown),
        (file("report.csv"), "it is no JSON: "),
        (file("report.md"), "it is no JSON: "),
        (with(&report, PROPERTIES, "report/1", "report/2"), "its schema `respend.report/2` is newer"),
        (with(&report, PROPERTIES, "name=\"as_of\"", "name=\"of\""), "it does not say its `as_of`"),
        (with(&report, PROPERTIES, ">2018-12-31<", ">soon<"), "its `as_of` cannot be read: "),
        (with(&report, PROPERTIES, ">Kaspersky ", ">Other "), "it is a report of the ledger `Other Lab on Twitter"),
        (properties("<Properties><property"), damaged),
        (properties("<Properties><property name='schema'><a>&bomb;</a></property></Properties>"), damaged),
        (properties(&"<!-- -->".repeat(200_000)), "its document properties are longer than 1 MiB"),
        (zipped(&[("report.json", b"{}")]), "it is an archive, and no workbook that is read here"),
        (report[..report.len() / 2].to_vec(), damaged),
        (with_part(&report, PLAN, Some(b"<worksheet><sheetData><row><c r='A1'><v>1</v>")), damaged),
        (with(&report, PLAN, &table, &format!("{table}{table}")), "a cell is there twice"),
        (with(&report, SHEETS, "name=\"findings\"", "name=\"plan\""), "two of its sheets have the same name"),
        (with(&report, TEXTS, "uniqueCount=\"", "uniqueCount = '9999999999999' x=\""), "more texts than fit into it"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "it is a workbook behind a password, or an old .xls"),
    ] {
        let ran = run(&bytes, &[]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{expected}: {ran:?}");
        assert!(ran.stderr.contains(expected) && ran.stderr.contains("\nhint: "), "{expected}: {}", ran.stderr);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_bytes_are_compared_or_refused(bytes in prop_oneof![mutated(library()), with_changed_part(&library())]) {
        match Saved::read(&bytes) {
            Ok(saved) => drop(verify(&Ledger::open(Path::new(LEDGER)).unwrap(), saved)),
            Err(refused) => prop_assert!(!refused.what.is_empty() && !refused.hint.is_empty()),
        }
    }
}

/// The report as the library renders it.
fn library() -> Vec<u8> {
    let ledger = Ledger::open(Path::new(LEDGER)).unwrap();
    let report = Yearly::of(&ledger, "2018", "2018-12-31".parse().unwrap(), None, None).unwrap();
    xlsx(&report.document().unwrap()).unwrap()
}

/// A spreadsheet writes all parts of a workbook anew, and what the cells hold stays.
#[test]
fn what_libreoffice_saved_again_is_compared_as_before() {
    if !is_there("soffice", &["--version"], "there is no soffice (LibreOffice Calc)") {
        return;
    }
    let report = report();
    let (from, to) = ("<c r=\"C4\" s=\"4\"><v>94500</v>", "<c r=\"C4\" s=\"4\"><v>94501</v>");
    let changed = String::from_utf8(members(&report)[PLAN].clone()).unwrap().replace(from, to);
    let desk = Desk::new();
    fs::write(desk.path("same.xlsx"), &report).unwrap();
    fs::write(desk.path("changed.xlsx"), with_part(&report, PLAN, Some(changed.as_bytes()))).unwrap();
    // Of its own, so that one that runs already does not do the work.
    let profile = format!("-env:UserInstallation=file://{}", desk.path("profile").display());
    let args = [&profile, "--headless", "--convert-to", "xlsx", "--outdir", "again", "same.xlsx", "changed.xlsx"];
    let ran = Command::new("soffice").args(args).current_dir(desk.path("")).output().unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let again = |file: &str| fs::read(desk.path("again").join(file)).unwrap();
    assert_ne!(again("same.xlsx"), report, "it was written anew");
    assert_eq!(told(&again("same.xlsx")), [""; 0]);
    assert_eq!(told(&again("changed.xlsx")), ["plan!C4 (x USD, plan): 94501, now 94500"]);
}
