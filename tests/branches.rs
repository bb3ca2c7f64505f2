//! Two branches under git that each add something merge without a conflict, and the merged ledger reads as both.

#![allow(clippy::unwrap_used)]

mod desk;

use std::collections::BTreeSet;
use std::process::Command;

use desk::books::{done, export, run};
use desk::{Desk, Ran};

/// Runs git on the books, with nothing of whoever runs the tests.
fn git(desk: &Desk, typed: &[&str]) -> Ran {
    let mut git = Command::new("git");
    git.current_dir(desk.path("books")).args(["-c", "user.name=ann", "-c", "user.email=ann@example.com"]).args(typed);
    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1").env_remove("GIT_DIR");
    Ran::of(git.output().expect("git runs"))
}

#[track_caller]
fn committed(desk: &Desk, message: &str) {
    git(desk, &["add", "-A"]);
    let ran = git(desk, &["commit", "-q", "-m", message]);
    assert_eq!(ran.code, 0, "{ran:?}");
}

const LOGS: [&str; 5] = ["budgets.csv", "restrictions.csv", "redirections.csv", "encumbrances.csv", "closes.csv"];

/// The rows of all logs, with the file each stands in.
fn rows(desk: &Desk) -> Vec<String> {
    let of = |file: &&str| {
        let path = format!("books/{file}");
        let text = if desk.path(&path).exists() { desk.read(&path) } else { String::new() };
        text.lines().map(|line| format!("{file}: {line}")).collect::<Vec<_>>()
    };
    LOGS.iter().flat_map(of).filter(|row| !row.ends_with(": ")).collect()
}

/// Books under git, with two redirections proposed.
fn kept() -> Desk {
    let desk = Desk::new();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    done(&desk, "--today 2018-01-01 budget add --line x --period 2018 --platform x --amount 365 --basis given");
    desk.write(
        "books/ledger.toml",
        &(desk.read("books/ledger.toml") + "\n[[destination]]\nid = \"eff\"\nkind = \"donation\"\n"),
    );
    desk.write(
        "books/redirections.csv",
        "id,event,date,recorded,policy,line,destination,currency,amount,by,reference,note\n\
         r,proposed,2018-03-01,2018-03-01,,x,eff,USD,20.00,ann,,\n\
         s,proposed,2018-03-01,2018-03-01,,x,eff,USD,30.00,ann,,\n",
    );
    done(&desk, "--today 2018-02-01 ban add --platform x --from 2018-02-01 --reason policy --id ban");
    done(&desk, "--today 2018-02-01 encumbrance add --line x --reference PO-1 --date 2018-06-01 --amount 3");
    export(&desk, "a.csv", &["2018-01-05 c1 5.00"]);
    export(&desk, "b.csv", &["2018-01-06 c1 6.00"]);
    export(&desk, "c.csv", &["2018-01-06 c2 7.00"]);
    assert_eq!(git(&desk, &["init", "-q", "-b", "main"]).code, 0);
    desk
}

/// What is done on a branch: typed, or `FILE += ROW` by hand.
fn act(desk: &Desk, what: &str) {
    match what.split_once(" += ") {
        Some((file, rows)) => {
            let path = format!("books/{file}");
            let text = if desk.path(&path).exists() { desk.read(&path) } else { String::new() };
            desk.write(&path, &(text + &rows.replace('|', "\n") + "\n"));
        }
        None => drop(done(desk, what)),
    }
}

/// Does one thing on each of two branches, merges them, and answers whether that went without a conflict.
fn merged(desk: &Desk, ours: &str, theirs: &str) -> bool {
    committed(desk, "before");
    let before: BTreeSet<String> = rows(desk).into_iter().collect();
    let mut added = Vec::new();
    for (branch, what) in [("theirs", theirs), ("ours", ours)] {
        assert_eq!(git(desk, &["checkout", "-q", "-b", branch, "main"]).code, 0);
        act(desk, what);
        added.extend(rows(desk).into_iter().filter(|row| !before.contains(row)));
        committed(desk, what);
    }
    let ran = git(desk, &["merge", "-q", "--no-edit", "theirs"]);
    if ran.code != 0 {
        return false;
    }
    // What both added alike, such as the header of a new log, stands there once.
    let mut expected: Vec<String> = before.into_iter().chain(added).collect::<BTreeSet<_>>().into_iter().collect();
    let mut rows = rows(desk);
    expected.sort();
    rows.sort();
    assert_eq!(rows, expected, "{ours} | {theirs}");
    true
}

/// Pairs of things that two people do at the same time.
const PAIRS: &[(&str, &str)] = &[
    ("--today 2018-02-01 import a.csv", "--today 2018-02-02 import b.csv"),
    ("--today 2018-02-01 import b.csv", "--today 2018-02-01 import c.csv"),
    (
        "--today 2018-03-01 ban add --platform meta --from 2018-03-01 --reason one",
        "--today 2018-03-01 ban add --platform meta --from 2018-03-01 --reason two",
    ),
    (
        "--today 2018-03-01 hold add --platform x --from 2018-03-01 --reason one",
        "--today 2018-03-02 ban lift ban --until 2018-06-01",
    ),
    (
        "--today 2018-03-01 budget add --line m --period 2018 --platform meta --amount 5 --basis given",
        "--today 2018-03-01 budget add --line l --period 2018 --platform linkedin --amount 6 --basis given",
    ),
    (
        "--today 2018-03-01 budget amend --line x --by 10 --basis given",
        "--today 2018-03-02 budget amend --line x --by 20 --basis given",
    ),
    ("--today 2018-03-05 redirect approve r --by bob", "--today 2018-03-06 redirect approve s --by cid"),
    (
        "--today 2018-03-01 encumbrance add --line x --reference PO-8 --date 2018-06-02 --amount 1",
        "--today 2018-03-01 encumbrance add --line x --reference PO-9 --date 2018-06-02 --amount 1",
    ),
    (
        "--today 2018-03-01 encumbrance release --line x --reference PO-1",
        "--today 2018-03-02 encumbrance add --line x --reference PO-9 --date 2018-06-02 --amount 1",
    ),
    (
        "closes.csv += event,period,date,recorded|close,2018-01,2018-02-10,2018-02-10",
        "closes.csv += event,period,date,recorded|close,2018-02,2018-03-10,2018-03-10",
    ),
    ("--today 2018-02-01 import a.csv", "--today 2018-03-02 ban lift ban --until 2018-06-01"),
];

#[test]
fn two_branches_that_each_add_something_merge_and_read_as_both() {
    for (ours, theirs) in PAIRS {
        let desk = kept();
        assert!(merged(&desk, ours, theirs), "{ours} | {theirs}");
        let ran = run(&desk, "--today 2018-12-31 report 2018");
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ours} | {theirs}");
        assert!(run(&desk, "--today 2018-12-31 check").code < 2, "{ours} | {theirs}");
    }
}

#[test]
fn the_merged_ledger_says_what_both_said() {
    let desk = kept();
    assert!(merged(&desk, "--today 2018-02-01 import a.csv", "--today 2018-02-02 import b.csv"));
    assert_eq!(
        done(&desk, "spend --by day --format csv"),
        "day,currency,amount,rows\n2018-01-05,USD,5.00,1\n2018-01-06,USD,6.00,1\n"
    );
    let desk = kept();
    let amend = |by: &str, day: &str| format!("--today {day} budget amend --line x --by {by} --basis given");
    assert!(merged(&desk, &amend("10", "2018-03-01"), &amend("20", "2018-03-02")), "of one line");
    let blocked = done(&desk, "--today 2018-12-31 blocked --format csv");
    assert!(blocked.contains("\nx,USD,395.00,"), "365 and 10 and 20: {blocked}");
}

#[test]
fn files_kept_by_hand_merge_too() {
    for (crlf, ended) in [(false, false), (true, true), (true, false)] {
        // One pair of each log.
        for (ours, theirs) in PAIRS.iter().skip(2).step_by(2) {
            let desk = kept();
            for file in LOGS.iter().filter(|file| **file != "closes.csv") {
                let path = format!("books/{file}");
                let text = desk.read(&path);
                let text = if ended { text.as_str() } else { text.trim_end() };
                desk.write(&path, &if crlf { text.replace('\n', "\r\n") } else { text.to_owned() });
            }
            assert!(merged(&desk, ours, theirs), "{ours} | {theirs}");
            let ran = run(&desk, "--today 2018-12-31 report 2018");
            assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ours} | {theirs}");
        }
    }
}

#[test]
fn what_git_cannot_merge_is_said_and_mended_by_taking_out_the_marks() {
    let desk = kept();
    let declare = |id: &str| format!("ledger.toml += |[[destination]]|id = \"{id}\"|kind = \"reserve\"");
    assert!(!merged(&desk, &declare("next-year"), &declare("training")));
    let ran = run(&desk, "check");
    assert_eq!(ran.code, 2);
    let said: Vec<&str> = ran.stderr.lines().collect();
    assert!(said.len() == 1 && said[0].contains(": a merge of two branches left lines "), "{ran:?}");
    let text = desk.read("books/ledger.toml");
    let one = |id: &str| format!("\n[[destination]]\nid = \"{id}\"\nkind = \"reserve\"\n");
    let kept: String =
        text.lines().take_while(|line| !line.starts_with("<<<<<<<")).map(|line| format!("{line}\n")).collect();
    assert!(text.contains("id = \"next-year\"") && text.contains("id = \"training\""), "{text}");
    let kept = kept.trim_end().trim_end_matches("[[destination]]").trim_end().to_owned();
    desk.write("books/ledger.toml", &format!("{kept}\n{}{}", one("next-year"), one("training")));
    done(&desk, "budget list");
}

#[test]
fn the_same_export_on_both_branches_is_said_and_one_record_is_kept() {
    let desk = kept();
    assert!(!merged(&desk, "--today 2018-02-01 import a.csv", "--today 2018-02-02 import a.csv"), "`recorded` differs");
    let ran = run(&desk, "spend");
    assert!(ran.code == 2 && ran.stderr.starts_with("error: spend/2018-01-05-x-"), "{ran:?}");
    assert!(ran.stderr.contains("a merge of two branches left lines"), "{ran:?}");
    assert_eq!(git(&desk, &["checkout", "--ours", "spend"]).code, 0);
    assert_eq!(done(&desk, "spend --format csv"), "platform,currency,amount,rows\nx,USD,5.00,1\n");
}
