//! Figures traced to facts, and rows of exports to figures, as typed.

#![allow(clippy::unwrap_used)]

mod desk;

use std::path::Path;

use desk::Desk;
use desk::books::{HEADER, as_json, done, export, last_import, later, refused, run, staged};
use serde_json::Value;

/// The rows of a table of an answer.
fn rows<'a>(answer: &'a Value, key: &str) -> Vec<&'a Value> {
    let table = answer["tables"].as_array().unwrap().iter().find(|table| table["key"] == key);
    table.map(|table| table["rows"].as_array().unwrap().iter().collect()).unwrap_or_default()
}

/// Some cells of the rows of a table, with blanks between.
fn told(answer: &Value, key: &str, cells: &[&str]) -> Vec<String> {
    let cell = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let row = |row: &&Value| cells.iter().map(|name| cell(&row[*name])).collect::<Vec<_>>().join(" ");
    rows(answer, key).iter().map(row).collect()
}

/// What is said of a row in one import, as `key: value`.
fn said(answer: &Value, at: usize) -> Vec<String> {
    let rows = answer["tables"][at]["rows"].as_array().unwrap();
    rows.iter().map(|row| format!("{}: {}", row["key"].as_str().unwrap(), row["value"].as_str().unwrap())).collect()
}

#[test]
fn a_figure_goes_back_to_entries_and_restrictions() {
    let desk = staged();
    let answer = as_json(&desk, "trace 2018 --figure blocked_gross --line x --as-of 2018-03-31");
    assert_eq!(
        told(&answer, "parts", &["depth", "part", "amount", "place", "recorded", "by"]),
        [
            "0 blocked_gross 370.50 null null null",
            "1 · blocked_imposed 370.50 null null null",
            "2 ·· ban ban 370.50 restrictions.csv:2 2018-02-05T00:00:00Z ann",
            "3 ··· plan 370.50 null null null",
            "4 ···· original of x 334.00 budgets.csv:2 2018-01-01T00:00:00Z ann",
            "4 ···· amendment of x 36.50 budgets.csv:3 2018-01-15T00:00:00Z ann",
            "1 · blocked_voluntary 0.00 null null null",
        ]
    );
    assert_eq!(told(&answer, "residual", &["statement", "facts", "residual"]), ["370.50 370.50 0.00"]);
    assert!(rows(&answer, "spend").is_empty(), "no spend is in it");
    // February: 28 of 365 days of the original, nothing of the amendment.
    let month = as_json(&desk, "trace 2018 --figure blocked_gross --line x --month 2018-02 --as-of 2018-03-31");
    let entries: Vec<_> =
        told(&month, "parts", &["part", "amount"]).into_iter().filter(|part| part.contains("of x")).collect();
    assert_eq!(entries, ["···· original of x 28.00", "···· amendment of x 0.00"]);
}

#[test]
fn redirected_money_goes_back_to_the_steps_that_took_it() {
    let desk = staged();
    let answer = as_json(&desk, "trace 2018 --figure redirected_live --as-of 2018-03-31");
    let steps: Vec<String> = told(&answer, "parts", &["kind", "amount", "place", "by"]);
    let steps: Vec<&String> = steps.iter().filter(|step| step.starts_with("step")).collect();
    assert_eq!(
        steps,
        ["step 0.00 redirections.csv:2 ann", "step 367.50 redirections.csv:3 ben", "step 0.00 redirections.csv:4 ben"]
    );
    // What is free is less than what is blocked, by the order, so it is what was taken.
    let left = as_json(&desk, "trace 2018 --figure redirectable --line x --as-of 2018-03-31");
    let words = told(&left, "parts", &["depth", "kind", "amount", "words"]);
    assert_eq!(
        words[1],
        "1 rule 367.50 blocked_net 370.50 or free 367.50 of the whole line, whichever is less; never below zero"
    );
    assert!(told(&left, "parts", &["depth", "part", "amount"]).contains(&"3 ··· order PO-7 -4.00".into()), "{left:#}");
    let orders = as_json(&desk, "trace 2018 --figure encumbered --as-of 2018-03-31");
    assert!(
        told(&orders, "parts", &["part", "amount", "place"]).contains(&"··· order PO-7 4.00 encumbrances.csv:2".into())
    );
}

#[test]
fn spend_goes_back_to_rows_of_exports_and_says_what_was_replaced() {
    let desk = staged();
    let january = last_of(&desk, "january.csv");
    let answer = as_json(&desk, "trace 2018 --figure actual --line x --as-of 2018-03-31");
    let cells = ["day", "campaign", "exact", "amount", "import", "place", "first_row", "rows", "export", "record"];
    assert_eq!(
        told(&answer, "spend", &cells),
        [
            format!("2018-01-05 c1 10.004 10.00 {january} spend/{january}.csv:2 2 1 january.csv spend/{january}.toml"),
            format!("2018-01-06 c2 20.00 20.00 {january} spend/{january}.csv:3 3 1 january.csv spend/{january}.toml"),
        ]
    );
    assert_eq!(rows(&answer, "spend")[0]["export_sha256"], sha256(&desk, "january.csv"));
    assert_eq!(
        told(&answer, "replaced", &["day", "campaign", "was", "now", "why"]),
        ["2018-01-07 c3 5.00 null revoked 2018-02-03T00:00:00Z by ann: wrong"]
    );
    later(&desk);
    let (now, late) =
        (as_json(&desk, "trace 2018 --figure actual --line x --as-of 2018-03-31"), last_of(&desk, "late.csv"));
    assert_eq!(
        told(&now, "spend", &["day", "campaign", "exact", "import"])[..2],
        [format!("2018-01-05 c1 11.00 {late}"), format!("2018-01-08 c1 1.00 {late}")]
    );
    // By what was known in May the first import stood, and what it said on the 5th was replaced.
    let may = as_json(&desk, "trace 2018 --figure actual --line x --as-of 2018-03-31 --as-known 2018-05-31");
    assert_eq!(
        told(&may, "spend", &["day", "exact"])[..3],
        ["2018-01-05 11.00", "2018-01-06 20.00", "2018-01-08 1.00"]
    );
    assert_eq!(
        told(&may, "replaced", &["day", "was", "now", "why"])[..1],
        [format!("2018-01-05 10.004 11.00 {late} says otherwise, and is newer")]
    );
    // And what was traced in March is traced the same, by what was known then.
    let then = as_json(&desk, "trace 2018 --figure actual --line x --as-of 2018-03-31 --as-known 2018-03-31");
    assert_eq!(then["tables"], answer["tables"]);
}

#[test]
fn a_list_is_narrowed_and_cut_on_a_screen_alone() {
    let desk = staged();
    let days: Vec<String> = (1..=28).map(|day| format!("2018-05-{day:02} c1 1.00")).collect();
    export(&desk, "may.csv", &days.iter().map(String::as_str).collect::<Vec<_>>());
    done(&desk, "--today 2018-06-01 import may.csv");
    let shown = done(&desk, "trace 2018-05 --figure spend_during_restriction --line x");
    assert!(shown.contains("And 8 more; --format csv or json lists all"), "{shown}");
    assert!(
        shown.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == ["Not", "listed", "8.00"]),
        "{shown}"
    );
    assert!(shown.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == ["Total", "28.00"]), "{shown}");
    let all = as_json(&desk, "trace 2018-05 --figure spend_during_restriction --line x");
    assert_eq!(rows(&all, "spend").len(), 28);
    assert!(rows(&all, "spend").iter().all(|row| row["inside"] == "ban"));
    let one = done(&desk, "trace 2018-05 --figure spend_during_restriction --line x --day 2018-05-03");
    assert!(one.contains("2018-05-03") && !one.contains("2018-05-04"), "{one}");
    assert!(one.lines().any(|line| line.split_whitespace().collect::<Vec<_>>() == ["Not", "listed", "27.00"]), "{one}");
}

#[test]
fn what_is_no_figure_is_refused_with_what_there_is() {
    let desk = staged();
    let said = |typed: &str| run(&desk, typed).stderr;
    assert!(said("trace 2018 --figure blocked").contains("the figures are plan, plan_received, actual, open_plan"));
    assert!(refused(&desk, "trace 2018 --figure plan --line y").contains("those with days in it are x"));
    assert!(refused(&desk, "trace 2018 --figure free --month 2018-02").contains("leave --month out"));
    assert!(refused(&desk, "trace 2018 --figure unbudgeted --line x").contains("`unbudgeted` is of no plan line"));
    assert!(refused(&desk, "trace 2018 --figure plan --platform meta").contains("meta has no figures"));
    assert!(refused(&desk, "trace 2018 --figure plan --currency EUR").contains("there are figures in USD"));
}

#[test]
fn a_row_is_followed_into_the_statement() {
    let desk = staged();
    let january = last_of(&desk, "january.csv");
    let answer = as_json(&desk, "trace --export january.csv --row 2");
    assert_eq!(
        said(&answer, 0),
        [
            format!("import: {january}, recorded 2018-02-01T00:00:00Z"),
            format!("record: spend/{january}.toml"),
            "row: was kept: 10.004 USD".into(),
            "day: 2018-01-05".into(),
            "month: 2018-01".into(),
            "platform: x".into(),
            "account: acme".into(),
            "campaign: c1".into(),
            format!("rollup: spend/{january}.csv:2, 10.004 USD of 1 row, the first on row 2"),
            "counts: yes".into(),
            "line: x".into(),
            "inside: no restriction".into(),
        ]
    );
    let of_wrong = as_json(&desk, "trace --export wrong.csv --row 2");
    assert!(said(&of_wrong, 0).contains(&"counts: no: the import was revoked 2018-02-03T00:00:00Z: wrong".into()));
    later(&desk);
    let may = as_json(&desk, "trace --export january.csv --row 2 --as-known 2018-05-31");
    let late = last_of(&desk, "late.csv");
    assert!(said(&may, 0).contains(&format!("counts: no: {late} is newer, and says 11.00 USD")), "{may:#}");
    // Imported again after it was revoked, the same bytes are named twice.
    done(&desk, "--today 2018-10-01 import january.csv --restate --prior-period --absent keep");
    let twice = as_json(&desk, "trace --export january.csv --row 3");
    let imports: Vec<String> = (0..2).map(|at| said(&twice, at)[0].clone()).collect();
    assert!(imports[0].contains(&january) && imports[1].contains(&format!("{january}-2")), "{imports:?}");
    assert_eq!(twice["tables"].as_array().unwrap().len(), 2);
}

#[test]
fn every_row_of_an_export_has_a_fate() {
    let desk = staged();
    let text = "Report of 2018\n".to_owned()
        + HEADER
        + "2018-07-01,x,acme,c1,USD,\"1,5\"\n2018-07-01,x,acme,c2,USD,\n\n2018-07-01,x,acme,c1,USD,\"2,5\"\n2018-07-02,linkedin,li,c9,USD,\"3,5\"\nTotal,,,,USD,\"7,5\"\n";
    desk.write("july.csv", &text);
    done(&desk, "--today 2018-08-01 import july.csv --decimal comma --account unused --round 6");
    let row = |row: u64| as_json(&desk, &format!("trace --export july.csv --row {row}"));
    let fate = |at: u64| said(&row(at), 0)[2].clone();
    let import = last_import(&desk);
    for (at, expected) in [
        (1, "row: stands above the rows of the table, in or before its header"),
        (2, "row: stands above the rows of the table, in or before its header"),
        (3, "row: was kept: 1.50 USD"),
        (4, "row: is blank, or has no amount"),
        (5, "row: is blank, or has no amount"),
        (6, "row: was kept: 2.50 USD"),
        (8, "row: was left out: a total row, `Total`"),
        (9, "row: does not exist: no row begins on that line"),
    ] {
        assert_eq!(fate(at), expected, "row {at}");
    }
    let sixth = said(&row(6), 0);
    assert!(
        sixth.contains(&format!("rollup: spend/{import}.csv:2, 4.00 USD of 2 rows, the first on row 3")),
        "{sixth:?}"
    );
    assert!(sixth.contains(&"inside: ban".into()), "{sixth:?}");
    let seventh = said(&row(7), 0);
    assert!(seventh.contains(&"line: none: it is unbudgeted".into()), "{seventh:?}");
}

#[test]
fn a_row_of_a_workbook_is_the_row_of_its_sheet() {
    let desk = desk::books::books();
    let export = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/exports/meta-ads-manager/campaigns-by-day.ods");
    let typed = |args: &[&str]| desk.done(&[&["--ledger", "books", "--format", "json"], args].concat());
    typed(&["import", "--today", "2026-07-05", "--account", "acme", "--sheet", "Raw Data Report", export]);
    let import = last_import(&desk);
    let rollup = desk.read(&format!("books/spend/{import}.csv"));
    let first = rollup.lines().nth(1).unwrap();
    let (day, row) = (first.split(',').next().unwrap(), first.rsplit(',').next().unwrap());
    // The options the import was typed with are those the row is read with again.
    let answer: Value = serde_json::from_str(&typed(&["trace", "--export", export, "--row", row])).unwrap();
    let said = said(&answer, 0);
    for expected in [format!("day: {day}"), "account: acme".into(), "counts: yes".into()] {
        assert!(said.contains(&expected), "{expected}: {said:?}");
    }
}

#[test]
fn the_readme_shows_a_trace() {
    let readme = include_str!("../README.md");
    let (_, shown) = readme.split_once("$ respend --ledger ledgers/kaspersky-2018 trace ").unwrap();
    let (typed, shown) = shown.split_once('\n').unwrap();
    let project = env!("CARGO_MANIFEST_DIR");
    let ledger = format!("{project}/ledgers/kaspersky-2018");
    let desk = Desk::new();
    let typed: Vec<&str> = ["--ledger", &ledger, "trace"].into_iter().chain(typed.split(' ')).collect();
    assert_eq!(shown.split("```").next().unwrap(), desk.done(&typed));
}

#[test]
fn an_export_no_import_has_is_refused_with_what_comes_near() {
    let desk = staged();
    let january = last_of(&desk, "january.csv");
    let text = desk.read("january.csv");
    desk.write("copy/january.csv", &(text + "\n"));
    desk.write("unknown.csv", HEADER);
    let said = refused(&desk, "trace --export copy/january.csv --row 2");
    assert!(said.starts_with("error: no import has `copy/january.csv`: its SHA-256 is "), "{said}");
    assert!(said.contains(&format!("hint: import {january} was of a file of this name with the SHA-256 ")), "{said}");
    assert!(
        refused(&desk, "trace --export unknown.csv --row 2").contains("hint: `respend imports --format json` lists")
    );
    let none = run(&desk, "trace --export none.csv --row 2");
    assert_eq!(none.code, 2);
}

#[test]
fn revoking_leaves_every_file_and_every_trace_of_before() {
    let desk = staged();
    let before = desk.tree();
    let traced =
        |known: &str| as_json(&desk, &format!("trace 2018 --figure spend --as-of 2018-03-31 --as-known {known}"));
    let then = traced("2018-03-31");
    let january = last_of(&desk, "january.csv");
    done(&desk, &format!("--today 2018-04-01 imports revoke {january} --reason late --prior-period"));
    assert_eq!(traced("2018-03-31"), then);
    let after = desk.tree();
    let new: Vec<_> = after.keys().filter(|path| !before.contains_key(*path)).collect();
    assert_eq!(new, [Path::new(&format!("books/spend/{january}.revoked.toml"))]);
    assert!(before.iter().all(|(path, bytes)| after[path] == *bytes), "what stood there is as it was");
    // The evidence is still named by what is known now.
    let replaced = told(&traced("2018-04-30"), "replaced", &["day", "was", "why", "export", "first_row"]);
    assert_eq!(replaced[0], "2018-01-05 10.004 revoked 2018-04-01T00:00:00Z: late january.csv 2");
}

/// The import of an export, by the file's name.
fn last_of(desk: &Desk, export: &str) -> String {
    let imports = as_json(desk, "imports");
    let rows = imports["tables"][0]["rows"].as_array().unwrap();
    rows.iter().rfind(|row| row["export"] == export).unwrap()["id"].as_str().unwrap().to_owned()
}

fn sha256(desk: &Desk, file: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(desk.read(file).as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}
