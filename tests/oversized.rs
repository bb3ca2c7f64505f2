//! Ledger files that nobody keeps: too large, too many, nested without end, or no files at all. Each is read or refused,
//! soon, and in memory that has a bound.
//!
//! `cargo test --release --test oversized -- --ignored` reads them at full size.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod desk;

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::process::Command;

use desk::books::{books, done, export, run};
use desk::{Desk, Ran};

const BUDGETS: &str = "line,entry,period,platform,currency,amount,basis\n";
const ROW: &str = "x,original,2018,x,USD,365,given\n";

/// The logs, and the beginning of a row of each.
const LOGS: [(&str, &str); 5] = [
    ("budgets.csv", BUDGETS),
    ("restrictions.csv", "id,kind,platform,from\n"),
    ("redirections.csv", "id,event,date,line,destination,amount\n"),
    ("encumbrances.csv", "line,reference,date,amount\n"),
    ("closes.csv", "event,period,date,recorded\n"),
];

#[track_caller]
fn says(desk: &Desk, what: &str) {
    let ran = run(desk, "report 2018");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{what}");
    assert!(ran.stderr.starts_with(&format!("error: {what}")), "{what}: {:.2000}", ran.stderr);
    assert!(ran.stderr.len() < 3_000_000);
}

/// Makes a file of so many bytes that holds nothing; it takes no room on the disk.
fn hollow(desk: &Desk, file: &str, mib: u64) {
    let path = desk.path(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().set_len((mib << 20) + 1).unwrap();
}

#[test]
fn a_file_that_is_too_large_is_refused() {
    for (file, _) in LOGS {
        let desk = books();
        hollow(&desk, &format!("books/{file}"), 256);
        says(&desk, &format!("{file}:1:1: the file is larger than 256 MiB"));
    }
    for file in ["ledger.toml", "spend/a.toml", "spend/a.revoked.toml"] {
        let desk = books();
        hollow(&desk, &format!("books/{file}"), 8);
        says(&desk, &format!("{file}:1:1: the file is larger than 8 MiB"));
    }
    let desk = books();
    hollow(&desk, "notice.pdf", 256);
    let ran = run(&desk, "ban add --platform x --from 2018-02-01 --evidence notice.pdf");
    assert_eq!((ran.code, ran.stderr.lines().next()), (1, Some("error: `notice.pdf` is larger than 256 MiB")));
    hollow(&desk, "books/profiles/house.toml", 8);
    assert!(run(&desk, "profiles").stderr.starts_with("error: profiles/house.toml:1:1: the file is larger"));
    for (file, named) in [("books/scenarios/s.toml", "s"), ("s.toml", "s.toml")] {
        hollow(&desk, file, 8);
        let ran = run(&desk, &format!("scenario run {named}"));
        assert!(ran.code == 2 && ran.stderr.ends_with("s.toml:1:1: the file is larger than 8 MiB, and so is no file of a ledger; restore it from a copy, or take out what does not belong there\n"), "{ran:?}");
    }
}

#[test]
fn a_log_is_no_trap() {
    for (file, header) in LOGS {
        let columns = header.matches(',').count() + 1;
        let blank = ",".repeat(columns - 1);
        for (text, what) in [
            (format!("{header}\"a\n"), "2:1: a quote opened here is never closed"),
            (format!("{}{}\n", header.trim_end(), ",x_a".repeat(2_000)), "1:"),
            (format!("{header}{blank}{}\n", "x".repeat(32_768)), "2:"),
            (format!("{header}{}\n", "\0,".repeat(columns - 1)), "2:"),
            (format!("{header}{}", ",\n".repeat(10_000)), "2:1: the row has 2 cells"),
            (format!("{header}{}", format!("{blank}\n").repeat(10_000)), "2:"),
        ] {
            let desk = books();
            desk.write(&format!("books/{file}"), &text);
            says(&desk, &format!("{file}:{what}"));
        }
    }
    let long = "x".repeat(17 << 20);
    for (text, what) in [
        (format!("{BUDGETS}\"{long}"), "2:1: a row is longer than 16 MiB"),
        (format!("{long}\n"), "1:1: a row is longer than 16 MiB"),
        (format!("{BUDGETS}{}\n", ",".repeat(1 << 21)), "2:1: a row has more than a million cells"),
        (format!("{}{}\n", BUDGETS.trim_end(), ",x_a".repeat(1 << 19)), "1:"),
        (format!("{BUDGETS}{}", ",\n".repeat(100_000)), "2:1: the row has 2 cells"),
    ] {
        let desk = books();
        desk.write("books/budgets.csv", &text);
        says(&desk, &format!("budgets.csv:{what}"));
    }
    let desk = books();
    desk.write("books/budgets.csv", &format!("{BUDGETS}{}", ",\n".repeat(100_000)));
    let said = run(&desk, "report 2018").stderr;
    assert_eq!(said.lines().count(), 1001);
    assert!(said.ends_with(
        "so much is wrong above that the file is not read from here on; mend what is said, and try again\n"
    ));
}

#[test]
fn settings_are_no_trap() {
    let desk = books();
    let settings = desk.read("books/ledger.toml");
    let many = |text: &str, times: usize| text.repeat(times);
    for (toml, what) in [
        (settings.clone() + "x = " + &many("[", 100_000) + &many("]", 100_000), "cannot recurse further"),
        (settings.clone() + "x = " + &many("{a=", 100_000), "cannot recurse further"),
        (settings.clone() + "a" + &many(".a", 100_000) + " = 1", "recursion limit"),
        (settings.clone() + "[a" + &many(".a", 100_000) + "]", "recursion limit"),
        (settings.clone() + "[accounts.\"x/a\"]\n[accounts.\"x/a\"]\n", "duplicate key"),
        (settings.clone() + "x = [" + &many("1,", 100_000) + "]", "`x` is no key of ledger.toml"),
        (settings.replace("format = 1", &format!("format = {}", many("9", 100_000))), "`format` is a number"),
        (
            settings.replace("provisional_days = 28", "provisional_days = 0xffffffffffffffff"),
            "`provisional_days` is a number",
        ),
        (settings.replace("format = 1", &format!("format = 1\n{} = 1", many("k", 100_000))), "`kkk"),
    ] {
        desk.write("books/ledger.toml", &toml);
        let ran = run(&desk, "report 2018");
        assert_eq!(ran.code, 2);
        assert!(
            ran.stderr.starts_with("error: ledger.toml:") && ran.stderr.contains(what),
            "{what}: {:.2000}",
            ran.stderr
        );
        assert!(ran.stderr.len() < 3000);
    }
}

#[test]
fn a_scenario_is_no_trap() {
    let desk = books();
    let ban = "[[ban]]\nid = \"n\"\nplatform = \"x\"\nfrom = \"2018-02-01\"\n";
    for (toml, what) in [
        ("x = ".to_owned() + &"[".repeat(100_000), "cannot recurse further"),
        (ban.repeat(20_000), "1:1: `name` is missing"),
        ("name = \"s\"\n".to_owned() + &ban.repeat(20_000), "7:6: restriction: `n` is declared twice"),
        (
            "name = \"s\"\n".to_owned() + &"[[amendment]]\nline = \"x\"\nto = \"1\"\nx = 1\n".repeat(20_000),
            "5:1: `x` is no key",
        ),
        (
            "name = \"s\"\nrestriction = [".to_owned() + &"{ id = \"n\", until = \"\" },".repeat(20_000) + "]",
            "2:23: restriction: there",
        ),
    ] {
        desk.write("books/scenarios/s.toml", &toml);
        let ran = run(&desk, "scenario run s");
        assert_eq!(ran.code, 2);
        assert!(
            ran.stderr.starts_with("error: scenarios/s.toml:") && ran.stderr.contains(what),
            "{:.2000}",
            ran.stderr
        );
        assert!(ran.stderr.lines().count() <= 1001);
    }
    // Many that are sound are taken, and each has its place.
    let many: String = (0..20_000).map(|at| format!("{{ line = \"x\", amount = \"{at}\" }},")).collect();
    desk.write(
        "s.toml",
        &format!("name = \"s\"\namendment = [{many}{{ line = \"x\", to = \"0\", effective = \"2018-12-31\" }}]\n"),
    );
    let ran = run(&desk, "scenario run s.toml --period 2018");
    assert!(ran.code == 2 && ran.stderr.starts_with("error: s.toml:2:6"), "{:.2000}", ran.stderr);
}

#[test]
#[cfg(unix)]
fn what_is_no_file_is_neither_read_nor_waited_for() {
    use std::os::unix::fs::symlink;

    for file in ["ledger.toml", "budgets.csv", "closes.csv", "encumbrances.csv", "spend/a.toml", "spend/a.revoked.toml"]
    {
        for kind in ["folder", "pipe", "device"] {
            let desk = books();
            let path = desk.path(&format!("books/{file}"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let _ = fs::remove_file(&path);
            match kind {
                "folder" => fs::create_dir(&path).unwrap(),
                "pipe" => assert!(Command::new("mkfifo").arg(&path).status().unwrap().success()),
                _ => symlink("/dev/zero", &path).unwrap(),
            }
            let ran = run(&desk, "report 2018");
            assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{file} {kind}: {ran:?}");
            let what = match kind {
                "folder" => "it is a folder",
                "pipe" => "it is no plain file",
                _ => "this is a link that leads out of the ledger folder",
            };
            assert!(ran.stderr.contains(what) && ran.stderr.lines().count() == 1, "{file} {kind}: {ran:?}");
        }
    }
    let desk = books();
    symlink("/dev/zero", desk.path("device")).unwrap();
    // A folder of evidence is not read at all.
    symlink("/dev", desk.path("books/evidence")).unwrap();
    done(&desk, "report 2018");
}

/// Writes imports of a day each; the file of none of them is ever open beside all the others.
fn imports(desk: &Desk, count: usize) {
    export(desk, "e.csv", &["2018-01-05 c1 1.00"]);
    done(desk, "import e.csv");
    let of = |ending: &str| {
        let mut files = desk.tree().into_keys().filter(|path| path.to_string_lossy().ends_with(ending));
        files.find(|path| path.parent().unwrap().ends_with("spend")).unwrap()
    };
    let record = of(".toml");
    let (toml, rollup) =
        (fs::read_to_string(desk.path("").join(&record)).unwrap(), fs::read(desk.path("").join(of(".csv"))).unwrap());
    let name = record.file_stem().unwrap().to_string_lossy().into_owned();
    for at in 0..count {
        let id = format!("import-{at}");
        fs::write(desk.path(&format!("books/spend/{id}.csv")), &rollup).unwrap();
        fs::write(
            desk.path(&format!("books/spend/{id}.toml")),
            toml.replace(&format!("\"{name}\""), &format!("\"{id}\"")),
        )
        .unwrap();
    }
}

#[cfg(target_os = "linux")]
fn within(desk: &Desk, limits: &str, typed: &str) -> Ran {
    let limited = format!("ulimit {limits} && exec \"$0\" --ledger books {typed}");
    let mut shell = Command::new("sh");
    Ran::of(shell.args(["-c", &limited, env!("CARGO_BIN_EXE_respend")]).current_dir(desk.path("")).output().unwrap())
}

#[test]
#[cfg(target_os = "linux")]
fn more_imports_are_read_than_files_may_be_open() {
    let desk = books();
    let days: Vec<String> = (1..=28).map(|day| format!("2018-01-{day:02}")).collect();
    for day in &days {
        export(&desk, &format!("{day}.csv"), &[&format!("{day} c1 1.00")]);
    }
    done(&desk, &format!("import {}", days.iter().map(|day| format!("{day}.csv")).collect::<Vec<_>>().join(" ")));
    let ran = within(&desk, "-n 16", "spend --by platform --format csv");
    assert_eq!((ran.code, ran.stdout.lines().last()), (0, Some("x,USD,28.00,28")), "{ran:?}");
}

#[test]
#[ignore = "minutes, and gigabytes of disk"]
#[cfg(target_os = "linux")]
fn at_full_size_memory_has_a_bound() {
    const MIB: u64 = 1 << 20;
    let fill = |desk: &Desk, file: &str, begin: &str, part: &str, bytes: u64| {
        let mut output = BufWriter::new(File::create(desk.path(&format!("books/{file}"))).unwrap());
        output.write_all(begin.as_bytes()).unwrap();
        (0..bytes / part.len() as u64).for_each(|_| output.write_all(part.as_bytes()).unwrap());
    };
    // How many MiB each may take.
    for (file, begin, part, bytes, mib, says) in [
        ("budgets.csv", BUDGETS, "x", 1024 * MIB, 64, "the file is larger than 256 MiB"),
        ("budgets.csv", BUDGETS, "x", 255 * MIB, 320, "a row is longer than 16 MiB"),
        ("budgets.csv", BUDGETS, ",\n", 255 * MIB, 320, "so much is wrong above"),
        ("budgets.csv", BUDGETS, ROW, 255 * MIB, 1800, "the file has more than 1000000 rows"),
        ("ledger.toml", "", "[[policy]]\n", 8 * MIB - 16, 1200, "missing field"),
        ("ledger.toml", "x = [", "0,", 8 * MIB - 16, 1200, "ledger.toml"),
        ("ledger.toml", "", "a.a=0\n", 8 * MIB - 16, 1200, "duplicate key"),
    ] {
        let desk = books();
        fill(&desk, file, begin, part, bytes);
        let ran = within(&desk, &format!("-d {}", mib * 1024), "report 2018");
        assert!(ran.code == 2 && ran.stderr.contains(says), "{file} {says}: {} {:.2000}", ran.code, ran.stderr);
    }
    let desk = books();
    imports(&desk, 100_000);
    let ran = within(&desk, "-d 2000000 -n 200000", "imports --format csv");
    assert_eq!((ran.code, ran.stdout.lines().count()), (0, 100_002), "{:.2000}", ran.stderr);
    let desk = books();
    let mut rows = String::from(BUDGETS);
    (0..20_000).for_each(|at| writeln!(rows, "x{at},original,2018,x,USD,365,given").unwrap());
    desk.write("books/budgets.csv", &rows);
    assert!(run(&desk, "report 2018").stderr.contains("overlaps line"));
}
