//! Saved reports, recomputed: the same after later facts, and every hand edit of an earlier one found and named.

#![allow(clippy::unwrap_used)]

mod desk;

use std::fs;

use desk::Desk;
use desk::books::{done, export, later, run, staged};
use serde_json::{Value, json};

/// The answer as JSON, whatever the exit code.
fn verified(desk: &Desk, file: &str) -> (i32, Value) {
    let ran = run(desk, &format!("verify {file} --format json"));
    assert_eq!(ran.stderr, "");
    (ran.code, serde_json::from_str(&ran.stdout).unwrap())
}

/// The rows of a table of it.
fn rows<'a>(answer: &'a Value, key: &str) -> Vec<&'a Value> {
    let table = answer["tables"].as_array().unwrap().iter().find(|table| table["key"] == key);
    table.map(|table| table["rows"].as_array().unwrap().iter().collect()).unwrap_or_default()
}

/// The files of the answer, as `budgets.csv grown`.
fn files(answer: &Value) -> Vec<String> {
    let told = |row: &&Value| format!("{} {}", row["file"].as_str().unwrap(), row["state"].as_str().unwrap());
    rows(answer, "files").iter().map(told).collect()
}

#[test]
fn a_report_of_march_is_the_same_in_november() {
    let desk = staged();
    done(&desk, "--today 2018-03-31 report 2018 --filing-date 2019-04-15 --format json --output march.json");
    done(
        &desk,
        "--today 2018-03-31 report 2018-Q1 --as-known 2018-02-05 --as-of 2018-02-10 --format json --output earlier.json",
    );
    done(&desk, "--today 2018-03-31 report 2018 --as-of 2018-12-31 --format json --output ahead.json");
    done(&desk, "--today 2018-03-31 report 2018 --filing-date 2019-04-15 --format xlsx --output march.xlsx");
    assert_eq!(verified(&desk, "march.json").1["title"], "march.json: same");
    let before = desk.tree();
    later(&desk);
    // By hand: a column of one's own that no earlier row fills, and a policy that no earlier row names so.
    let append = |file: &str, row: &str| desk.write(file, &(desk.read(file) + row));
    let id = desk.read("books/redirections.csv").lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    append("books/budgets.csv", "x,amendment,,,,USD,1,2018-08-01,2018-08-01,cleo,given,,4711\n");
    append("books/redirections.csv", &format!("{id},refunded,2018-08-01,2018-08-01,aaa,,,,1.00,cleo,wire-1,,4711\n"));
    for file in ["march.json", "march.xlsx", "earlier.json", "ahead.json"] {
        let (code, answer) = verified(&desk, file);
        assert_eq!((code, &answer["title"]), (0, &json!(format!("{file}: same"))), "{answer:#}");
        assert!(rows(&answer, "differences").is_empty());
        let files = files(&answer);
        for grown in ["budgets.csv", "closes.csv", "encumbrances.csv", "redirections.csv", "restrictions.csv"] {
            assert!(files.contains(&format!("{grown} grown")), "{files:?}");
        }
        assert!(files.iter().all(|file| file.ends_with(" grown") || file.ends_with(" new")), "{files:?}");
    }
    // Every byte that stood there still does.
    let after = desk.tree();
    for (path, bytes) in before.iter().filter_map(|(path, bytes)| Some((path, bytes.as_ref()?))) {
        assert!(after[path].as_ref().is_some_and(|now| now.starts_with(bytes)), "{}", path.display());
    }
    // What is said now is something else, so that the sameness is no accident.
    let now: Value = serde_json::from_str(&done(&desk, "--today 2018-03-31 report 2018 --format json")).unwrap();
    let then: Value = serde_json::from_str(&desk.read("march.json")).unwrap();
    assert_ne!(now["lines"], then["lines"]);
}

#[test]
fn a_report_is_verified_by_what_it_says_of_itself() {
    let desk = staged();
    // The same with the cut-off said and not said, and with nothing dated at all.
    done(&desk, "report 2018 --as-of 2018-03-31 --format json --output open.json");
    let known =
        serde_json::from_str::<Value>(&desk.read("open.json")).unwrap()["as_known"].as_str().unwrap().to_owned();
    done(&desk, &format!("report 2018 --as-of 2018-03-31 --as-known {known} --format json --output said.json"));
    assert_eq!(desk.read("open.json"), desk.read("said.json"));

    let fresh = desk::books::books();
    done(&fresh, "report 2018 --as-of 2018-03-31 --format json --output undated.json");
    done(&fresh, "report 2018 --as-of 2018-03-31 --format xlsx --output undated.xlsx");
    assert_eq!(serde_json::from_str::<Value>(&fresh.read("undated.json")).unwrap()["as_known"], Value::Null);
    export(&fresh, "a.csv", &["2018-01-05 c1 10.00"]);
    done(&fresh, "--today 2018-04-01 import a.csv");
    assert_eq!(verified(&fresh, "undated.json").0, 0);
    assert_eq!(verified(&fresh, "undated.xlsx").0, 0);
}

#[test]
fn every_hand_edit_of_an_earlier_fact_is_found_and_named() {
    let first = |desk: &Desk| {
        let mut names: Vec<_> =
            fs::read_dir(desk.path("books/spend")).unwrap().map(|it| it.unwrap().file_name()).collect();
        names.sort();
        names[0].to_str().unwrap().trim_end_matches(".csv").to_owned()
    };
    // The file, what stands there, what is made of it; a field that differs then, or the digest where none shows it.
    let edits = [
        ("budgets.csv", "USD,365,", "USD,366,", "lines[0].plan"),
        ("budgets.csv", ",36.50,2018-03-01", ",36.50,2018-03-02", "lines[0].blocked_to_date"),
        ("budgets.csv", "as agreed", "agreed", "manifest.digest"),
        ("budgets.csv", "2018-01-01,ann", "2018-01-01,bob", "manifest.digest"),
        ("budgets.csv", "given,as agreed", "forecast,as agreed", "assumptions[].message"),
        ("restrictions.csv", "2018-02-01", "2018-02-02", "lines[0].blocked_gross"),
        ("restrictions.csv", "hold,hold", "hold,ban", "restrictions[1].kind"),
        ("restrictions.csv", "2018-02-05T00", "2018-02-05T01", "manifest.digest"),
        ("encumbrances.csv", ",4.00,", ",5.00,", "lines[0].encumbered"),
        ("redirections.csv", ",ben,", ",bert,", "manifest.digest"),
        ("redirections.csv", "approved,2018-03-05", "approved,2018-03-04", "manifest.digest"),
        ("closes.csv", ",ann,", ",bob,", "manifest.files[].sha256"),
        ("ledger.toml", "country = \"US\"", "country = \"DE\"", "manifest.digest"),
        ("ledger.toml", "provisional_days = 28", "provisional_days = 27", "manifest.digest"),
        ("spend/ID.toml", "january.csv", "other.csv", "manifest.files[].sha256"),
        ("spend/ID.toml", "last_day = \"2018-01-06\"", "last_day = \"2018-01-31\"", "lines[0].uncovered_days"),
        ("spend/ID.toml", "recorded = \"2018-02-01", "recorded = \"2018-11-01", "lines[0].actual"),
    ];
    let desk = staged();
    done(&desk, "--today 2018-03-31 report 2018 --format json --output march.json");
    done(&desk, "--today 2018-03-31 report 2018 --format xlsx --output march.xlsx");
    later(&desk);
    let mut missed = Vec::new();
    for (file, from, to, field) in edits {
        let file = file.replace("ID", &first(&desk));
        let text = desk.read(&format!("books/{file}"));
        assert!(text.contains(from), "{file}: {from}\n{text}");
        // What init wrote into ledger.toml shows some keys in comments.
        let times = if file == "ledger.toml" { usize::MAX } else { 1 };
        desk.write(&format!("books/{file}"), &text.replacen(from, to, times));
        let (code, answer) = verified(&desk, "march.json");
        let told: Vec<&str> = rows(&answer, "differences").iter().map(|row| row["path"].as_str().unwrap()).collect();
        let found =
            |path: &&str| *path == field || path.starts_with("assumptions[") && field.starts_with("assumptions");
        let is_named = files(&answer).contains(&format!("{file} changed"));
        if code != 1 || !is_named || !told.iter().any(found) {
            missed.push(format!("{file}: {from} -> {to}: {code} {told:?} {:?}", files(&answer)));
        }
        // A workbook shows it in a cell, or in one of what it rests on.
        let (code, cells) = verified(&desk, "march.xlsx");
        let places: Vec<&str> = rows(&cells, "differences").iter().map(|row| row["path"].as_str().unwrap()).collect();
        let is_unseen = field.starts_with("manifest") && !told.iter().any(|path| path.starts_with("lines"));
        let is_found = places.iter().any(|place| is_unseen == place.starts_with("manifest!"));
        if code != 1 || !is_found || files(&cells) != files(&answer) {
            missed.push(format!("{file}: {from} -> {to}: a workbook: {code} {places:?} {:?}", files(&cells)));
        }
        desk.write(&format!("books/{file}"), &text);
    }
    assert!(missed.is_empty(), "{missed:#?}");
    // What was taken away, whole or in part.
    let names =
        fs::read_dir(desk.path("books/spend")).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap());
    let revoked = names.filter(|name| name.starts_with("2018-01-07")).find(|name| name.ends_with(".revoked.toml"));
    for file in [format!("spend/{}", revoked.unwrap()), String::from("encumbrances.csv")] {
        let text = desk.read(&format!("books/{file}"));
        fs::remove_file(desk.path(&format!("books/{file}"))).unwrap();
        let (code, answer) = verified(&desk, "march.json");
        assert_eq!(code, 1);
        assert!(files(&answer).contains(&format!("{file} gone")), "{file}: {:?}", files(&answer));
        assert_eq!(verified(&desk, "march.xlsx").0, 1);
        desk.write(&format!("books/{file}"), &text);
    }
    // A fact that was added by hand among the earlier ones.
    let budgets = desk.read("books/budgets.csv");
    desk.write("books/budgets.csv", &(budgets.clone() + "x,amendment,,,,,1,2018-02-01,2018-02-01,ann,given,,\n"));
    let (code, answer) = verified(&desk, "march.json");
    assert_eq!((code, rows(&answer, "differences")[0]["path"].as_str().unwrap()), (1, "lines[0].blocked_gross"));
    assert!(files(&answer).contains(&"budgets.csv grown".to_owned()));
    desk.write("books/budgets.csv", &budgets);
    assert_eq!(verified(&desk, "march.json").0, 0, "all edits were undone");
    // An edit of the report itself.
    let saved = desk.read("march.json");
    desk.write("march.json", &saved.replacen("\"blocked_gross\": \"", "\"blocked_gross\": \"9", 1));
    let (code, answer) = verified(&desk, "march.json");
    let differences = rows(&answer, "differences");
    assert_eq!((code, differences.len(), &differences[0]["path"]), (1, 1, &json!("lines[0].blocked_gross")));
    assert_eq!(files(&answer).iter().filter(|file| file.ends_with("changed")).count(), 0);
}

#[test]
fn rows_in_another_order_and_comments_are_no_difference() {
    let desk = staged();
    done(&desk, "--today 2018-03-31 report 2018 --format json --output march.json");
    let budgets = desk.read("books/budgets.csv");
    let [header, first, second] = budgets.lines().collect::<Vec<_>>()[..] else { panic!("{budgets}") };
    desk.write("books/budgets.csv", &format!("# ours\n{header}\n{second}\n{first}\n"));
    let (code, answer) = verified(&desk, "march.json");
    assert_eq!((code, files(&answer)), (0, vec![String::from("budgets.csv changed")]));
}

#[test]
fn what_is_no_report_of_this_ledger_is_refused_with_the_way_out() {
    let desk = staged();
    done(&desk, "report 2018 --format json --output report.json");
    done(&desk, "imports --format json --output imports.json");
    let saved = desk.read("report.json");
    desk.write("cut.json", &saved[..saved.len() / 2]);
    desk.write("newer.json", &saved.replacen("respend.report/1", "respend.report/2", 1));
    desk.write("other.json", &saved.replacen("\"ledger\": \"Books\"", "\"ledger\": \"Other\"", 1));
    desk.write("day.json", &saved.replacen("\"as_of\": \"20", "\"as_of\": \"20x", 1));
    desk.write("note.txt", "the report\n");
    let said = |file: &str| {
        let ran = run(&desk, &format!("verify {file}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{file}: {ran:?}");
        ran.stderr
    };
    for (file, expected) in [
        ("cut.json", "`cut.json` cannot be verified: it ends in the middle, on line "),
        (
            "newer.json",
            "its schema `respend.report/2` is newer than this program, which reads `respend.report/1`\nhint: ",
        ),
        (
            "other.json",
            "it is a report of the ledger `Other`, and this one is `Books`\nhint: name the ledger with --ledger",
        ),
        ("day.json", "its `as_of` cannot be read: "),
        ("imports.json", "it is JSON, but no report: it has no `schema`\nhint: save one with `respend report PERIOD"),
        ("note.txt", "it is no JSON: "),
        ("none.json", "cannot read `none.json`: "),
    ] {
        assert!(said(file).contains(expected), "{file}: {}", said(file));
    }
    let cut_off = run(&desk, "verify report.json --as-known 2018-03-01");
    assert_eq!(cut_off.code, 2);
    assert!(cut_off.stderr.contains("a saved report says itself by which days it was cut"), "{}", cut_off.stderr);
}

#[test]
fn on_a_screen_differences_are_cut_and_in_csv_they_are_all_there() {
    let desk = staged();
    done(&desk, "--today 2018-03-31 report 2018 --format json --output march.json");
    let budgets = desk.read("books/budgets.csv");
    desk.write("books/budgets.csv", &budgets.replace("USD,365,", "USD,730,"));
    let shown = run(&desk, "verify march.json");
    assert_eq!(shown.code, 1);
    assert!(shown.stdout.contains("more; --format csv or json lists all."), "{}", shown.stdout);
    assert!(shown.stdout.contains("budgets.csv  changed  what stood in it then is other now"), "{}", shown.stdout);
    let listed = run(&desk, "verify march.json --format csv").stdout;
    assert!(listed.lines().filter(|line| line.starts_with("differences,")).count() > 80, "{listed}");
}
