//! What was known when: every list and report by `--as-of` and `--as-known`, and what has changed since.

#![allow(clippy::unwrap_used)]

mod desk;

use desk::Desk;
use desk::books::{as_json, done, last_import, later, run, staged};
use serde_json::Value;

/// Some cells of the rows of a list's table, with blanks between.
fn told(answer: &Value, key: &str, cells: &[&str]) -> Vec<String> {
    let cell = |value: &Value| value.as_str().map_or(value.to_string(), str::to_owned);
    let table = answer["tables"].as_array().unwrap().iter().find(|table| table["key"] == key).unwrap();
    let row = |row: &Value| cells.iter().map(|name| cell(&row[*name])).collect::<Vec<_>>().join(" ");
    table["rows"].as_array().unwrap().iter().map(row).collect()
}

fn november() -> Desk {
    let desk = staged();
    later(&desk);
    desk
}

/// One list on the days before and after what changes it.
#[track_caller]
fn on(desk: &Desk, typed: &str, key: &str, cells: &[&str], expected: &[(&str, &[&str])]) {
    for (cut_off, rows) in expected {
        let answer = as_json(desk, format!("{typed} {cut_off}").trim());
        assert_eq!(told(&answer, key, cells), *rows, "{typed} {cut_off}");
    }
}

#[test]
fn lists_of_facts_show_what_was_recorded_by_then() {
    let desk = november();
    let second = last_import(&desk);
    on(
        &desk,
        "budget list",
        "budgets",
        &["line", "entry", "amount"],
        &[
            ("--as-known 2018-01-14", &["x original 365.00"]),
            ("--as-known 2018-01-15", &["x original 365.00", "x amendment 36.50"]),
            ("--as-known 2018-04-01", &["x original 365.00", "x amendment 36.50", "x amendment 50.00"]),
            ("", &["meta original 100.00", "x original 365.00", "x amendment 36.50", "x amendment 50.00"]),
        ],
    );
    on(
        &desk,
        "ban list",
        "bans",
        &["id", "from", "until"],
        &[
            ("--as-known 2018-02-04", &[]),
            ("--as-known 2018-06-14", &["ban 2018-02-01 null"]),
            ("", &["ban 2018-02-01 2018-07-01"]),
        ],
    );
    on(
        &desk,
        "hold list",
        "holds",
        &["id"],
        &[("--as-known 2018-02-05", &[]), ("--as-known 2018-06-15", &["hold"]), ("", &["hold", "second"])],
    );
    on(
        &desk,
        "encumbrance list",
        "encumbrances",
        &["reference", "amount"],
        &[("--as-known 2018-01-19", &[]), ("--as-known 2018-04-02", &["PO-7 4.00"]), ("", &["PO-7 0.00"])],
    );
    on(
        &desk,
        "imports",
        "imports",
        &["export", "state"],
        &[
            ("--as-known 2018-01-31", &[]),
            ("--as-known 2018-02-02", &["january.csv counts", "wrong.csv counts"]),
            ("--as-known 2018-02-03", &["january.csv counts", "wrong.csv revoked"]),
            ("--as-known 2018-04-04", &["january.csv counts", "wrong.csv revoked", "late.csv counts"]),
            ("", &["january.csv revoked", "wrong.csv revoked", "late.csv counts", "spelled.csv counts"]),
        ],
    );
    assert!(second.starts_with("2018-02-09"));
}

#[test]
fn redirections_are_cut_by_both() {
    let desk = november();
    on(
        &desk,
        "redirect list --today 2018-11-01",
        "redirections",
        &["state", "approved", "paid"],
        &[
            ("--as-of 2018-02-28", &[]),
            ("--as-of 2018-03-01", &["proposed 0.00 0.00"]),
            ("--as-of 2018-03-05", &["approved 367.50 0.00"]),
            ("--as-of 2018-03-06", &["pledged 367.50 0.00"]),
            ("--as-known 2018-03-05", &["approved 367.50 0.00"]),
            ("--as-known 2018-07-01", &["paid 367.50 367.50"]),
            ("--as-of 2018-06-30 --as-known 2018-07-01", &["pledged 367.50 0.00"]),
            ("", &["acknowledged 367.50 367.50"]),
        ],
    );
}

#[test]
fn spend_blocked_gaps_and_reports_are_cut_by_both() {
    let desk = november();
    on(
        &desk,
        "spend --period 2018 --by day --today 2018-11-01",
        "spend",
        &["day", "amount"],
        &[
            ("--as-known 2018-01-31", &[]),
            ("--as-known 2018-02-02", &["2018-01-05 10.00", "2018-01-06 20.00", "2018-01-07 5.00"]),
            ("--as-known 2018-02-03", &["2018-01-05 10.00", "2018-01-06 20.00"]),
            ("--as-known 2018-02-03 --as-of 2018-01-05", &["2018-01-05 10.00"]),
            ("--as-known 2018-04-04", &["2018-01-05 11.00", "2018-01-06 20.00", "2018-01-08 1.00"]),
            ("", &["2018-01-05 11.00", "2018-01-08 1.00", "2018-02-09 2.00"]),
        ],
    );
    on(
        &desk,
        "blocked --period 2018 --today 2018-11-01",
        "blocked",
        &["blocked_gross", "spend_during_restriction"],
        &[
            ("--as-known 2018-01-31", &["0.00 0.00"]),
            ("--as-known 2018-02-05", &["370.50 0.00"]),
            ("--as-known 2018-04-05 --as-of 2018-02-08", &["0.00 0.00", "420.50 0.00"]),
            ("--as-known 2018-04-05", &["0.00 0.00", "420.50 2.00"]),
        ],
    );
    on(
        &desk,
        "imports --gaps --period 2018-01 --today 2018-11-01",
        "gaps",
        &["first_day", "last_day"],
        &[
            ("--as-known 2018-01-31", &["2018-01-01 2018-01-31"]),
            ("--as-known 2018-01-31 --as-of 2018-01-10", &["2018-01-01 2018-01-10"]),
            ("--as-known 2018-02-03", &["2018-01-01 2018-01-04", "2018-01-07 2018-01-31"]),
        ],
    );
    let report = |cut_offs: &str| as_json(&desk, format!("report 2018 --today 2018-11-01 {cut_offs}").trim());
    let line = |report: &Value, key: &str| {
        report["lines"].as_array().unwrap().iter().find(|line| line["line"] == "x").unwrap()[key].clone()
    };
    assert_eq!(line(&report("--as-known 2018-01-14"), "plan"), "365.00");
    assert_eq!(line(&report("--as-known 2018-03-31"), "redirected_live"), "367.50");
    assert_eq!(line(&report("--as-of 2018-03-04"), "redirected_live"), "0.00");
    let trace = |cut_offs: &str| {
        let answer = as_json(&desk, format!("trace 2018 --figure plan --line x --today 2018-11-01 {cut_offs}").trim());
        told(&answer, "residual", &["statement"])
    };
    assert_eq!((trace("--as-known 2018-01-14"), trace("")), (vec!["365.00".to_owned()], vec!["451.50".to_owned()]));
}

#[test]
fn a_cut_off_that_would_change_nothing_is_refused() {
    let desk = staged();
    let by_record = "error: --as-of would change nothing: these are cut by when they were recorded, not by a day\n\
                     hint: say --as-known DAY, or leave it out\n";
    for list in
        ["imports", "budget list", "ban list", "hold list", "encumbrance list", "trace --export january.csv --row 2"]
    {
        let ran = run(&desk, &format!("{list} --as-of 2018-03-01"));
        assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (2, "", by_record), "{list}");
    }
    let before = desk.tree();
    for typed in [
        "import january.csv --as-known 2018-03-01",
        "inspect january.csv --as-of 2018-03-01",
        "profiles --as-known 2018-03-01",
        "ban lift ban --until 2018-07-01 --as-of 2018-03-01",
        "budget amend --line x --by 1 --as-known 2018-03-01",
        "imports revoke x --reason y --as-known 2018-03-01",
    ] {
        let ran = run(&desk, typed);
        assert_eq!(ran.code, 2, "{typed}");
        assert!(ran.stderr.contains("this command shows nothing that could be cut"), "{typed}: {}", ran.stderr);
    }
    assert!(desk.tree() == before);
}

#[test]
fn a_restatement_says_what_changed_and_what_was_recorded() {
    let desk = november();
    let answer = as_json(&desk, "report 2018 --since 2018-03-31 --as-of 2018-03-31");
    let changes = told(&answer, "changes", &["of", "figure", "then", "now", "change"]);
    for expected in [
        "line meta plan 0.00 100.00 100.00",
        "line x plan 401.50 451.50 50.00",
        "line x actual 30.00 14.00 -16.00",
        "line x encumbered 4.00 0.00 -4.00",
        "total actual 30.00 14.00 -16.00",
    ] {
        assert!(changes.contains(&expected.to_owned()), "{expected}: {changes:#?}");
    }
    assert!(changes.iter().all(|change| !change.contains(" redirected_live ")), "the payment changes no pledge");
    assert_eq!(
        told(&answer, "spend_changes", &["day", "account", "then", "now", "change"]),
        [
            "2018-01-05 acme 10.004 11.00 0.996",
            "2018-01-06 acme 20.00 null -20.00",
            "2018-01-08 acme null 1.00 1.00",
            "2018-02-09 acme null 2.00 2.00",
        ]
    );
    assert_eq!(
        told(&answer, "recorded", &["recorded", "kind", "by"]),
        [
            "2018-04-01T00:00:00Z budget cleo",
            "2018-04-02T00:00:00Z budget null",
            "2018-04-03T00:00:00Z encumbrance null",
            "2018-04-04T00:00:00Z import null",
            "2018-04-05T00:00:00Z import null",
            "2018-06-15T00:00:00Z restriction cleo",
            "2018-06-16T00:00:00Z restriction cleo",
            "2018-07-01T00:00:00Z redirection tom",
            "2018-07-02T00:00:00Z redirection ann",
            "2018-08-01T09:00:00Z close ann",
            "2018-09-01T00:00:00Z revocation cleo",
        ]
    );
    let places = told(&answer, "recorded", &["place"]);
    assert_eq!((places[0].as_str(), places[5].as_str()), ("budgets.csv:4", "restrictions.csv:4"));

    // Between two days of the past, only what was recorded between them counts.
    let spring = as_json(&desk, "report 2018 --since 2018-03-31 --as-known 2018-04-03 --as-of 2018-03-31");
    assert_eq!(told(&spring, "recorded", &["kind"]), ["budget", "budget", "encumbrance"]);
    assert!(told(&spring, "spend_changes", &["day"]).is_empty());
    // What the two reports say themselves is what is compared.
    let of_then = as_json(&desk, "report 2018 --as-known 2018-03-31 --as-of 2018-03-31");
    let of_now = as_json(&desk, "report 2018 --as-of 2018-03-31");
    for change in
        &answer["tables"][0]["rows"].as_array().unwrap().iter().filter(|row| row["of"] == "total").collect::<Vec<_>>()
    {
        let figure = change["figure"].as_str().unwrap();
        assert_eq!(
            (&of_then["totals"][0][figure], &of_now["totals"][0][figure]),
            (&change["then"], &change["now"]),
            "{figure}"
        );
    }
    let wrong = run(&desk, "report 2018 --since 2018-03-31 --as-known 2018-03-01");
    assert_eq!(wrong.code, 2);
    assert!(wrong.stderr.contains("--as-known is not after --since"), "{}", wrong.stderr);
    // Any format will do.
    assert!(done(&desk, "report 2018 --since 2018-03-31").contains("Days whose spend is another now, exact, USD"));
    assert!(done(&desk, "report 2018 --since 2018-03-31 --format csv").starts_with("table,"));
}
