//! Many writers at once: one after another, nothing lost, nothing torn, and readers never wait.

#![allow(clippy::unwrap_used)]

mod desk;

use std::process::{Child, Stdio};

use desk::Desk;

fn exported(number: usize) -> String {
    format!("Day,Platform,Account,Campaign,Currency,Spend\n2018-01-{number:02},x,acme-{number},c,USD,1.{number:02}\n")
}

fn spawned(desk: &Desk, args: &[&str]) -> Child {
    desk.command(args).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
}

#[test]
fn twenty_imports_and_twenty_bans_at_once_all_stand() {
    let desk = Desk::new();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    let mut writers = Vec::new();
    for number in 1..=20 {
        let (file, id) = (format!("{number}.csv"), format!("ban-{number}"));
        desk.write(&file, &exported(number));
        writers.push(spawned(&desk, &["--ledger", "books", "import", &file]));
        writers.push(spawned(
            &desk,
            &["--ledger", "books", "ban", "add", "--platform", "x", "--from", "2018-02-01", "--id", &id],
        ));
        // A reader in between finds a whole ledger.
        assert_eq!(desk.run(&["--ledger", "books", "report", "2018"]).stderr, "");
    }
    for writer in writers {
        let output = writer.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let bans = desk.read("books/restrictions.csv");
    for number in 1..=20 {
        assert_eq!(bans.lines().filter(|line| line.starts_with(&format!("ban-{number},ban,x,"))).count(), 1);
    }
    assert_eq!(bans.lines().count(), 21);
    let spend = desk.done(&["--ledger", "books", "spend", "--by", "day", "--format", "csv"]);
    for number in 1..=20 {
        assert!(spend.contains(&format!("\n2018-01-{number:02},USD,1.{number:02},1\n")), "{spend}");
    }
    let leftover: Vec<_> =
        desk.tree().into_keys().filter(|path| path.extension().is_some_and(|ending| ending == "tmp")).collect();
    assert!(leftover.is_empty(), "{leftover:?}");
    assert!(!desk.path("books/.writer").exists());
}
