//! Many writers at once: one after another, nothing lost, nothing torn, and readers never wait.

#![allow(clippy::unwrap_used)]

mod desk;

use std::io::Write;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use desk::Desk;
use respend::ledger::{EntryKind, Ledger};
use serde_json::Value;

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

/// How often each writer does its round of three commands; with RESPEND_THOROUGH=1 four hundred times.
const ROUNDS: usize = 25;
const WRITERS: usize = 2;

const RECEIVING: &str = "\n[[destination]]\nid = \"meta\"\nkind = \"platform\"\n";

/// Two writers, who wait for nobody but each other, and readers all the while. A writer's rounds stand in three files
/// and a folder, in an order; so whatever a reader sees of a round must be there with all that came before it.
#[test]
fn two_writers_and_many_readers_lose_nothing_and_see_nothing_by_halves() {
    let rounds = if std::env::var_os("RESPEND_THOROUGH").is_some() { 400 } else { ROUNDS };
    let desk = &Desk::in_memory();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    desk.write("books/ledger.toml", &(desk.read("books/ledger.toml") + RECEIVING));
    desk.write(
        "books/budgets.csv",
        "line,entry,period,platform,currency,amount,basis,effective,reference,recorded,by\n\
         x,original,2018,x,USD,100000,given,,,,\nm,original,2018,meta,USD,0,given,,,,\n",
    );
    let proposed =
        |writer| (0..rounds).map(move |at| format!("r-{writer}-{at},proposed,2018-04-20,,x,meta,1.00,ann\n"));
    let proposed: String = (0..WRITERS).flat_map(proposed).collect();
    desk.write("books/redirections.csv", &format!("id,event,date,recorded,line,destination,amount,by\n{proposed}"));

    let working = AtomicUsize::new(WRITERS);
    let reads = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for writer in 0..WRITERS {
            let working = &working;
            scope.spawn(move || {
                let _done = Leaves(working);
                (0..rounds).for_each(|at| round(desk, writer, at));
            });
        }
        scope.spawn(|| {
            let mut seen = [0; WRITERS];
            while working.load(Ordering::Relaxed) > 0 {
                seen = looked(desk, seen);
                if reads.fetch_add(1, Ordering::Relaxed).is_multiple_of(8) {
                    reported(desk);
                }
            }
        });
    });
    assert_eq!(looked(desk, [0; WRITERS]), [rounds; WRITERS], "what was said to be done is there");
    let left: Vec<_> = desk.tree().into_keys().filter(|path| path.extension().is_some_and(|it| it == "tmp")).collect();
    assert!(left.is_empty() && !desk.path("books/.writer").exists(), "{left:?}");
    let said = format!(
        "{} commands by {WRITERS} writers, read {} times meanwhile\n",
        WRITERS * rounds * 3,
        reads.into_inner()
    );
    std::io::stderr().write_all(said.as_bytes()).unwrap();
}

/// What a plan line received is what was approved, in every report.
fn reported(desk: &Desk) {
    let report = desk.done(&["--ledger", "books", "report", "2018", "--as-of", "2018-12-31", "--format", "json"]);
    let report: Value = serde_json::from_str(&report).unwrap();
    let approved = report["redirections"].as_array().unwrap().iter().filter(|one| one["state"] == "approved").count();
    let line = report["lines"].as_array().unwrap().iter().find(|line| line["line"] == "m").unwrap();
    assert_eq!(line["plan_received"], format!("{approved}.00"), "an approval by halves");
}

/// Counts down, also when a test fails.
struct Leaves<'a>(&'a AtomicUsize);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// An order, then spend, then an approval, which adds to two files.
fn round(desk: &Desk, writer: usize, at: usize) {
    let (order, file, id) = (format!("{writer}-{at}"), format!("{writer}-{at}.csv"), format!("r-{writer}-{at}"));
    let day = format!("2018-{:02}-{:02}", 1 + at / 28 % 12, 1 + at % 28);
    let account = format!("acme-{writer}-{}", at / 336);
    desk.write(&file, &format!("Day,Platform,Account,Campaign,Currency,Spend\n{day},x,{account},c,USD,1.00\n"));
    let books = ["--ledger", "books", "--quiet"];
    let order = ["encumbrance", "add", "--line", "x", "--date", "2018-03-01", "--amount", "1", "--reference", &order];
    insists(desk, &[&books[..], &order].concat());
    insists(desk, &[&books[..], &["import", &file]].concat());
    insists(desk, &[&books[..], &["redirect", "approve", &id, "--by", "bob", "--date", "2018-04-21"]].concat());
}

/// Types a command again as long as it is told that somebody else writes, which on a slow machine can last.
fn insists(desk: &Desk, args: &[&str]) {
    let ran = loop {
        let ran = desk.run(args);
        if !ran.stderr.starts_with("error: the ledger is being written to by ") {
            break ran;
        }
    };
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "respend {}", args.join(" "));
}

/// Reads the books: of each writer so many orders, imports and approvals, each once. Returns how many approvals.
fn looked(desk: &Desk, before: [usize; WRITERS]) -> [usize; WRITERS] {
    let ledger = Ledger::open(&desk.path("books")).unwrap();
    let orders: Vec<String> = ledger.encumbrances(None).into_iter().map(|order| order.reference).collect();
    let imports: Vec<String> =
        ledger.imports(None).iter().map(|import| import.record.export.trim_end_matches(".csv").to_owned()).collect();
    let is_approved = |one: &&respend::ledger::Redirection| one.events.len() == 2;
    let approved: Vec<String> =
        ledger.redirections().iter().filter(is_approved).map(|one| one.id.to_string()).collect();
    let received: Vec<String> = ledger
        .lines(None)
        .into_iter()
        .flat_map(|line| line.entries)
        .filter(|entry| entry.kind == EntryKind::RedirectIn)
        .filter_map(|entry| entry.reference)
        .collect();
    let seen = std::array::from_fn(|writer| {
        // So many there are, and they are the first so many.
        let count = |names: &[String], beginning: &str| {
            let mut of_it: Vec<usize> =
                names.iter().filter_map(|name| name.strip_prefix(beginning)?.parse().ok()).collect();
            of_it.sort_unstable();
            assert!(of_it.iter().copied().eq(0..of_it.len()), "{beginning}: {of_it:?}");
            of_it.len()
        };
        let (orders, imports) = (count(&orders, &format!("{writer}-")), count(&imports, &format!("{writer}-")));
        let approved = count(&approved, &format!("r-{writer}-"));
        assert_eq!(approved, count(&received, &format!("r-{writer}-")), "an approval by halves");
        assert!(orders >= imports && imports >= approved && approved + 1 >= orders, "{orders} {imports} {approved}");
        approved
    });
    assert!((0..WRITERS).all(|writer| seen[writer] >= before[writer]), "{before:?}, then {seen:?}");
    seen
}
