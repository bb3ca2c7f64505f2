//! Nothing is written where it was not asked for, and nothing is said to have failed that was done.

#![allow(clippy::unwrap_used)]

mod desk;

use std::fs;
use std::process::Stdio;

use desk::{Desk, Ran};

fn books() -> Desk {
    let desk = Desk::new();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    desk
}

const EXPORT: &str = "Day,Platform,Account,Campaign,Currency,Spend\n2018-01-05,x,acme,c1,USD,100.10\n";

#[test]
fn the_demo_leaves_the_users_own_ledger_alone() {
    let desk = books();
    let before = fs::read_dir(desk.path("books")).unwrap().count();
    let ran = Ran::of(desk.command(&["demo", "my demo"]).env("RESPEND_LEDGER", desk.path("books")).output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    assert_eq!(fs::read_dir(desk.path("books")).unwrap().count(), before);
    assert_eq!(desk.read("books/budgets.csv").lines().count(), 1);
    assert_eq!(desk.read("my demo/budgets.csv").lines().count(), 2);
    for typed in ["$ respend init \"my demo\" ", "$ cd \"my demo\"\n", "respend --ledger \"my demo\" blocked"] {
        assert!(ran.stdout.contains(typed), "{typed}\n{}", ran.stdout);
    }
}

#[test]
fn a_demo_cut_short_can_be_run_again() {
    let desk = Desk::new();
    let mut child = desk.command(&["demo", "d"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "a broken pipe is a quiet 0");
    desk.done(&["demo", "d"]);
    desk.done(&["demo", "d"]);
    desk.write("d/budgets.csv", "changed");
    let before = desk.tree();
    let ran = desk.run(&["demo", "d"]);
    assert_eq!(ran.code, 1);
    assert_eq!(
        ran.stderr,
        "error: `d` has changed since the demo made it: budgets.csv\n\
         hint: remove the folder, or name another: `respend demo DIR`\n"
    );
    assert_eq!(desk.tree(), before);
}

#[test]
fn a_quiet_demo_prints_the_report_alone() {
    let desk = Desk::new();
    let report = desk.done(&["-q", "demo", "d"]);
    assert!(report.starts_with("Redirection report 2018 - Kaspersky"), "{report}");
    assert_eq!(report, desk.done(&["--ledger", "d", "report", "2018"]));
}

#[test]
fn a_result_that_cannot_be_written_stops_the_command_before_it_changes_anything() {
    let desk = books();
    desk.write("books/evidence/notice.txt", "Dear customer");
    let before = desk.tree();
    let add = ["--ledger", "books", "ban", "add", "--platform", "x", "--from", "2018-02-01"];
    for (how, said) in [
        (
            ["--format", "xlsx"],
            "error: an xlsx file is not for the screen\nhint: say where it goes with --output FILE\n",
        ),
        (
            ["--output", "none/out.txt"],
            "error: cannot write `none/out.txt`: `none` is no folder\nhint: make the folder, or name another\n",
        ),
        (["--output", "books"], "error: cannot write `books`: it is a folder\nhint: name a file in it\n"),
        (
            ["--output", "books/restrictions.csv"],
            "error: cannot write `books/restrictions.csv`: a ledger keeps its facts there\nhint: name another file\n",
        ),
        (
            ["--output", "books/evidence/notice.txt"],
            "error: cannot write `books/evidence/notice.txt`: a ledger keeps its facts there\nhint: name another file\n",
        ),
    ] {
        let ran = desk.run(&[&add[..], &how[..]].concat());
        assert_eq!((ran.code, ran.stderr.as_str(), ran.stdout.as_str()), (2, said, ""));
        assert_eq!(desk.tree(), before);
    }
}

#[test]
fn each_file_of_an_import_stands_alone() {
    let desk = books();
    desk.write("a.csv", EXPORT);
    desk.write("b.csv", &EXPORT.replace("2018-01-05", "2018-01-06"));
    let ran = desk.run(&["--ledger", "books", "import", "a.csv", "none.csv", "b.csv"]);
    assert_eq!(ran.code, 2, "{ran:?}");
    assert!(ran.stdout.contains("a.csv: imported\n") && ran.stdout.contains("b.csv: imported\n"), "{ran:?}");
    assert!(ran.stderr.starts_with("error: cannot read `none.csv`: "), "{ran:?}");
    let spend = desk.done(&["--ledger", "books", "spend", "--by", "day", "--format", "csv"]);
    assert_eq!(spend, "day,currency,amount,rows\n2018-01-05,USD,100.10,1\n2018-01-06,USD,100.10,1\n");
}

#[test]
fn a_dry_run_says_would_and_changes_nothing() {
    let desk = books();
    desk.write("a.csv", EXPORT);
    let before = desk.tree();
    let said = desk.done(&["--ledger", "books", "import", "--dry-run", "a.csv"]);
    assert!(said.contains("a.csv: would be imported\n"), "{said}");
    assert_eq!(desk.tree(), before);
}

#[test]
fn quiet_says_nothing_of_what_was_done_unless_a_format_or_a_file_asks_for_it() {
    let desk = books();
    desk.write("a.csv", EXPORT);
    desk.write("b.csv", &EXPORT.replace("2018-01-05", "2018-01-06"));
    assert_eq!(desk.done(&["--ledger", "books", "-q", "import", "a.csv"]), "");
    let csv = desk.done(&["--ledger", "books", "-q", "--format", "csv", "import", "b.csv"]);
    assert!(csv.contains("Spend,100.10 USD\n"), "{csv}");
    desk.done(&["--ledger", "books", "-q", "--output", "said.txt", "import", "b.csv"]);
    assert!(desk.read("said.txt").starts_with("b.csv: unchanged\n"));
}

#[test]
fn what_is_added_leaves_comments_line_ends_and_the_order_of_columns() {
    let desk = books();
    let own = "# agreed in March\r\nnote,line,entry,period,platform,currency,amount,recorded,basis,x_cc\r\n\
               hi,m,original,2018,meta,USD,1000,,given,CC-1\r\n";
    desk.write("books/budgets.csv", own);
    let add = ["budget", "add", "--line", "g", "--period", "2018", "--platform", "google", "--amount", "5"];
    desk.done(&[&add[..], &["--basis", "given", "--ledger", "books", "--today", "2018-01-02"]].concat());
    let row = ",g,original,2018,google,USD,5.00,2018-01-02T00:00:00Z,given,\r\n";
    assert_eq!(desk.read("books/budgets.csv"), format!("{own}{row}"));
}

const RECEIVING: &str = r#"
[[destination]]
id = "meta"
kind = "platform"
"#;

#[test]
fn an_approval_cut_short_between_its_two_files_brings_its_amount_once() {
    let desk = books();
    desk.write("books/ledger.toml", &(desk.read("books/ledger.toml") + RECEIVING));
    let add = ["--ledger", "books", "--today", "2018-01-01", "budget", "add", "--period", "2018", "--basis", "given"];
    desk.done(&[&add[..], &["--line", "x", "--platform", "x", "--amount", "100"]].concat());
    desk.done(&[&add[..], &["--line", "m", "--platform", "meta", "--amount", "0"]].concat());
    let proposal = "meta-1,proposed,2018-04-20,2018-04-20,,x,meta,USD,30.00,ann,,,,\n";
    desk.write("books/redirections.csv", &(desk.read("books/redirections.csv") + proposal));
    let proposed = desk.read("books/redirections.csv");
    let approve = ["--ledger", "books", "redirect", "approve", "meta-1", "--by", "bob", "--today", "2018-04-21"];
    desk.done(&approve);
    let approved = desk.tree();
    // As a kill between the two names leaves it: the plan line has its entry, the approval is not on record.
    desk.write("books/redirections.csv", &proposed);
    let said = desk.done(&["--ledger", "books", "budget", "list"]);
    assert!(!said.contains("redirect-in"), "what is not approved brings nothing\n{said}");
    // The next command that writes plan lines takes it away, and an approval of another amount stands alone.
    desk.done(&[&approve[..], &["--amount", "20"]].concat());
    let budgets = desk.read("books/budgets.csv");
    assert_eq!(budgets.matches("redirect-in").count(), 1, "{budgets}");
    assert!(
        budgets.ends_with("m,redirect-in,,,,,,20,2018-04-21,2018-04-21T00:00:00Z,bob,given,meta-1,\n"),
        "{budgets}"
    );
    desk.write("books/redirections.csv", &proposed);
    desk.done(&approve);
    assert!(desk.tree() == approved);
    let twice = desk.read("books/budgets.csv");
    desk.write("books/budgets.csv", &(twice.clone() + twice.lines().last().unwrap() + "\n"));
    let ran = desk.run(&["--ledger", "books", "report", "2018"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            2,
            "error: budgets.csv:5:1: redirection `meta-1` brings its amount a second time (the other at \
             budgets.csv:4:1); remove one of the two redirect-in entries\n"
        )
    );
}

#[test]
fn what_happens_on_one_day_is_read_in_the_order_it_was_recorded() {
    let desk = books();
    let donation = "\n[[destination]]\nid = \"eff\"\nkind = \"donation\"\n";
    desk.write("books/ledger.toml", &(desk.read("books/ledger.toml") + donation));
    desk.write(
        "books/budgets.csv",
        "line,entry,period,platform,currency,amount,basis\nx,original,2018,x,USD,100,given\n",
    );
    desk.write(
        "books/redirections.csv",
        "id,event,date,recorded,line,destination,amount,by,reference\n\
         e,proposed,2018-04-20,2018-04-20T01:00:00Z,x,eff,30.00,ann,\n\
         e,approved,2018-04-20,2018-04-20T02:00:00Z,x,eff,,bob,\n",
    );
    let step = |words: &[&str]| {
        let rest = ["--by", "bob", "--ledger", "books", "--today", "2018-04-20"];
        desk.run(&[&["redirect"], words, &rest[..]].concat())
    };
    // Paid, come back and paid again within one day.
    for words in [
        &["pledge", "e"][..],
        &["pay", "e", "--reference", "one"],
        &["refund", "e", "--reference", "one"],
        &["pay", "e", "--reference", "two"],
        &["refund", "e", "--reference", "two"],
        &["cancel", "e"],
    ] {
        let ran = step(words);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{words:?}");
    }
    let ran = step(&["pay", "e", "--reference", "three"]);
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (1, "error: redirection `e`: `paid` is not possible: it is cancelled\nhint: propose a new redirection\n")
    );
}

#[test]
fn a_grouping_named_twice_is_one() {
    let desk = books();
    desk.write("a.csv", EXPORT);
    desk.done(&["--ledger", "books", "import", "a.csv"]);
    let spend = |by: &str| desk.done(&["--ledger", "books", "spend", "--by", by]);
    let blocked = |by: &str| desk.done(&["--ledger", "books", "blocked", "--by", by]);
    assert_eq!(spend("month,account,month"), spend("month,account"));
    assert_eq!(blocked("month,month"), blocked("month"));
}

#[test]
fn an_import_sweeps_what_one_that_was_cut_short_left() {
    let desk = books();
    desk.write("a.csv", EXPORT);
    desk.write("b.csv", &EXPORT.replace("2018-01-05", "2018-01-06"));
    let import = |file: &str| desk.done(&["--ledger", "books", "--today", "2018-02-01", "import", file]);
    import("a.csv");
    let left = ["books/spend/2018-01-31-x-000000000000.csv", "books/spend/.2018-01-31-x-000000000000.toml.tmp"];
    for file in left {
        desk.write(file, "day,platform,account");
    }
    let before = desk.tree();
    desk.done(&["--ledger", "books", "spend"]);
    import("a.csv");
    assert!(desk.tree() == before, "neither a reader nor an import that changes nothing sweeps");
    import("b.csv");
    for file in left {
        assert!(!desk.path(file).exists(), "{file}");
    }
    assert_eq!(fs::read_dir(desk.path("books/spend")).unwrap().count(), 4);
}
