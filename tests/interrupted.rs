//! Ctrl-C in the middle of an import: the ledger is as it was, and the next import takes away what was left.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod desk;

use std::fmt::Write;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, Stdio};

use desk::Desk;

const HEADER: &str = "Day,Platform,Account,Campaign,Currency,Spend\n";
const SIGINT: i32 = 2;

/// The files of the ledger that have no name of their own yet.
fn unnamed(desk: &Desk) -> usize {
    let entries = fs::read_dir(desk.path("books/spend")).into_iter().flatten();
    entries.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().starts_with('.')).count()
}

fn spend(desk: &Desk) -> String {
    desk.done(&["--ledger", "books", "spend", "--by", "day", "--format", "csv"])
}

/// Stops an import of so many campaigns while it is being written. Returns whether it came to that: one that is done
/// before the signal arrives stays done.
fn is_stopped(desk: &Desk, campaigns: usize) -> bool {
    let mut large = String::from(HEADER);
    (0..campaigns).for_each(|at| writeln!(large, "2018-02-05,x,acme,c{at},USD,1.00").unwrap());
    desk.write("large.csv", &large);
    let before = spend(desk);
    let mut import = desk.command(&["--ledger", "books", "--quiet", "import", "large.csv"]);
    let mut child = import.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while unnamed(desk) == 0 {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let stopped = child.wait().unwrap().signal() == Some(SIGINT);
    if stopped {
        assert_eq!(spend(desk), before);
    }
    stopped
}

#[test]
fn an_import_stopped_on_its_way_leaves_the_ledger_as_it_was() {
    for campaigns in [20_000, 80_000, 320_000] {
        let desk = Desk::new();
        desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
        desk.write("small.csv", &format!("{HEADER}2018-01-05,x,acme,c1,USD,100.10\n"));
        desk.done(&["--ledger", "books", "import", "small.csv"]);
        if is_stopped(&desk, campaigns) {
            desk.write("next.csv", &format!("{HEADER}2018-03-05,x,acme,c1,USD,7.00\n"));
            desk.done(&["--ledger", "books", "import", "next.csv"]);
            assert_eq!(unnamed(&desk), 0, "what was left behind is taken away");
            assert!(!desk.path("books/.writer").exists());
            desk.done(&["--ledger", "books", "--quiet", "import", "large.csv"]);
            let days = spend(&desk);
            for day in [
                "2018-01-05,USD,100.10,1",
                &format!("2018-02-05,USD,{campaigns}.00,{campaigns}"),
                "2018-03-05,USD,7.00,1",
            ] {
                assert!(days.contains(&format!("\n{day}\n")), "{days}");
            }
            return;
        }
    }
    panic!("no import was stopped; is SIGINT ignored here?");
}
