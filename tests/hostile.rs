//! Files that nobody exports: too long, too wide, too many, or changed while they are read. Each is answered, soon, and
//! memory grows with days and campaigns alone.
//!
//! `cargo test --release --test hostile -- --ignored` reads them at full size.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use respend::import::{FAULTS_LISTED, Options, Profiles, Reading, RefusalCode, read};
use tempfile::NamedTempFile;

/// A file that grows with a number.
struct Case {
    name: &'static str,
    write: fn(&mut dyn Write, u64) -> io::Result<()>,
    /// What is read of it.
    says: fn(u64) -> String,
    /// How many MiB of memory it may take where the number is a million; a bare import takes 10.
    mib: u64,
}

const HEADER: &str = "Time,Id (ID),Campaign,Spend,Retweets,Replies\n";
const ROW: &str = "2018-01-05,7,A,1.50,1,1\n";
const BOM: &str = "\u{feff}";
const UNREADABLE: &str = "truncated: the first row with something in it cannot be read: a line or a quote";

const CASES: &[Case] = &[
    Case {
        name: "rows",
        write: |file, n| between(file, n, |_| ROW.to_owned()),
        says: |n| taken(n + 2, n + 2, 0, 0, 1),
        mib: 64,
    },
    Case {
        name: "campaigns",
        write: |file, n| between(file, n, |at| format!("2018-01-05,{at},Campaign {at},1.50,1,1\n")),
        says: |n| taken(n + 2, n + 2, 0, 0, n),
        mib: 1000,
    },
    Case {
        name: "days with the time of each row",
        write: |file, n| {
            between(file, n, |at| {
                format!("2018-01-05 {:02}:{:02}:{:02}.{at},7,A,1.50,1,1\n", at % 24, at % 60, at % 59)
            })
        },
        says: |n| taken(n + 2, n + 2, 0, 0, 1),
        mib: 64,
    },
    Case {
        name: "blank lines below the header",
        write: |file, n| between(file, n, |_| "\n".to_owned()),
        says: |n| taken(n + 2, 2, n, 0, 1),
        // A block that is all line ends has a row per byte: the blocks on their way hold some 100 MiB, however
        // many there are, and reserve up to 192.
        mib: 256,
    },
    Case {
        name: "blank lines above the header",
        write: |file, n| {
            (0..n).try_for_each(|_| file.write_all(b"\n"))?;
            between(file, 0, |_| String::new())
        },
        says: |_| "no_rows: the first 400 rows are blank".to_owned(),
        mib: 64,
    },
    Case {
        name: "rows without an amount",
        write: |file, n| between(file, n, |_| "2018-01-05,7,A,--,1,1\n".to_owned()),
        says: |n| taken(n + 2, 2, n, 0, 1),
        mib: 64,
    },
    Case {
        name: "total rows, all of them right",
        write: |file, n| between(file, n, |_| "Total,,,3.00,1,1\n".to_owned()),
        says: |n| taken(n + 2, 2, 0, n, 1),
        mib: 64,
    },
    Case {
        name: "total rows, each of another sum",
        write: |file, n| between(file, n, |at| format!("Total: {at},,,{at}.00,1,1\n")),
        says: |n| taken(n + 2, 2, 0, n, 1),
        mib: 64,
    },
    Case {
        name: "faults",
        write: |file, n| between(file, n, |at| format!("2018-01-05,7,A,{at}x,1,1\n")),
        says: |n| refused("bad_amount", "`0x` is not an amount with a decimal point", n),
        mib: 64,
    },
    Case {
        name: "quotes",
        write: |file, n| between(file, n, |_| "\"".to_owned()),
        says: |n| format!("ragged_row: line 3, character {}: text follows the closing quote of a cell", n + 1),
        mib: 64,
    },
    Case {
        name: "byte order marks",
        write: |file, n| {
            (0..n.min(300_000)).try_for_each(|_| file.write_all(BOM.as_bytes()))?;
            between(file, 0, |_| String::new())
        },
        says: |_| taken(2, 2, 0, 0, 1),
        mib: 64,
    },
    Case {
        name: "columns",
        write: |file, n| {
            writeln!(file, "{}{}", HEADER.trim_end(), ",c".repeat(many(n)))?;
            (0..10).try_for_each(|_| writeln!(file, "{}{}", ROW.trim_end(), ",1".repeat(many(n))))
        },
        says: |n| match n {
            0..500_000 => format!("ragged_row: the header has {} cells; no report has more than 5000", n + 6),
            _ => UNREADABLE.to_owned(),
        },
        mib: 128,
    },
    Case {
        name: "columns without a name",
        write: |file, n| {
            writeln!(file, "{}{}", HEADER.trim_end(), ",".repeat(many(n)))?;
            (0..10).try_for_each(|_| writeln!(file, "{}{}", ROW.trim_end(), ",".repeat(many(n))))
        },
        says: |_| taken(10, 10, 0, 0, 1),
        mib: 256,
    },
    Case {
        name: "wide rows and no header",
        write: |file, n| (0..60).try_for_each(|_| writeln!(file, "{}", "c,".repeat(many(n.min(32_000) / 4)))),
        says: |_| "spend_column_unknown: no header is known to be spend; the headers found are: ".to_owned(),
        mib: 64,
    },
    Case {
        name: "columns of rows",
        write: |file, n| between(file, 10, |_| format!("{}{}\n", ROW.trim_end(), ",".repeat(many(n)))),
        says: |_| taken(12, 12, 0, 0, 1),
        mib: 512,
    },
];

fn many(number: u64) -> usize {
    usize::try_from(number).unwrap()
}

fn taken(read: u64, kept: u64, blank: u64, left_out: u64, campaigns: u64) -> String {
    format!("{read} read, {kept} kept, {blank} blank, {left_out} left out, {campaigns} campaign-days")
}

fn refused(code: &str, message: &str, rows: u64) -> String {
    format!("{code}: {message}, and {} more", rows - 1)
}

fn said(reading: &Reading) -> String {
    match &reading.outcome {
        Ok(rollup) => taken(
            rollup.rows_read,
            rollup.rows_kept,
            rollup.blank_rows,
            rollup.excluded_rows,
            u64::try_from(rollup.len()).unwrap(),
        ),
        Err(refusal) => {
            assert!(refusal.more.len() <= FAULTS_LISTED && !refusal.hint.is_empty());
            let more = if refusal.more_rows > 0 { format!(", and {} more", refusal.more_rows) } else { String::new() };
            format!("{}: {}{more}", refusal.code, refusal.message)
        }
    }
}

/// Writes a row below the header, so many lines and another row.
fn between(file: &mut dyn Write, count: u64, line: impl Fn(u64) -> String) -> io::Result<()> {
    write!(file, "{HEADER}{ROW}")?;
    (0..count).try_for_each(|at| file.write_all(line(at).as_bytes()))?;
    file.write_all(ROW.as_bytes())
}

fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> NamedTempFile {
    let file = NamedTempFile::new().unwrap();
    let mut output = BufWriter::new(file.as_file());
    write(&mut output).unwrap();
    output.flush().unwrap();
    drop(output);
    file
}

fn import(file: &Path) -> Reading {
    import_while(file, |_| {})
}

fn import_while(file: &Path, mut happens: impl FnMut(u64)) -> Reading {
    let options = Options { currency: "USD".parse().ok(), ..Options::default() };
    read(file, &options, &Profiles::built_in(), &mut |done, _| happens(done)).unwrap()
}

#[test]
fn whatever_there_is_too_much_of_is_answered() {
    for case in CASES {
        let file = written(|file| (case.write)(file, 6_000));
        let said = said(&import(file.path()));
        assert!(said.starts_with(&(case.says)(6_000)), "{}: {said}", case.name);
    }
}

/// Writes a beginning and a line of so many bytes, which has no end.
fn endless(beginning: &str, bytes: u64) -> NamedTempFile {
    written(|file| {
        file.write_all(beginning.as_bytes())?;
        io::copy(&mut io::repeat(b'x').take(bytes), file).map(drop)
    })
}

#[test]
fn a_line_without_end_is_refused() {
    for (beginning, mib, says) in [
        ("", 2, UNREADABLE),
        ("\"", 2, UNREADABLE),
        (HEADER, 17, "truncated: line 2: a row is longer than 16 MiB"),
        (&format!("{HEADER}{ROW}2018-01-05,7,\""), 17, "truncated: line 3: a row is longer than 16 MiB"),
    ] {
        let said = said(&import(endless(beginning, mib << 20).path()));
        assert!(said.starts_with(says), "{said}");
    }
}

#[test]
fn a_row_of_too_many_cells_is_refused() {
    let file = written(|file| between(file, 3, |_| format!("{}{}\n", ROW.trim_end(), ",".repeat(2 << 20))));
    let refusal = import(file.path()).outcome.unwrap_err();
    assert_eq!((refusal.code, refusal.row), (RefusalCode::RaggedRow, Some(3)));
    assert_eq!(refusal.message, "line 3: a row has more than a million cells");
}

#[test]
fn a_file_that_changes_while_it_is_read_is_refused() {
    let changes: [fn(&Path); 2] = [
        |path| OpenOptions::new().append(true).open(path).unwrap().write_all(ROW.as_bytes()).unwrap(),
        |path| OpenOptions::new().write(true).open(path).unwrap().set_len(HEADER.len() as u64).unwrap(),
    ];
    for change in changes {
        let file = written(|file| between(file, 10, |_| ROW.to_owned()));
        let mut changed = false;
        let reading = import_while(file.path(), |_| {
            if !std::mem::replace(&mut changed, true) {
                change(file.path());
            }
        });
        assert_eq!(said(&reading), "truncated: the file was written to while it was read");
    }
}

#[test]
fn another_file_put_in_the_place_of_the_one_that_is_read_is_not_taken_for_it() {
    let file = written(|file| between(file, 10, |_| ROW.to_owned()));
    let alone = import(file.path());
    let other = written(|file| between(file, 20, |_| ROW.to_owned()));
    let mut other = Some(other);
    let reading = import_while(file.path(), |_| {
        if let Some(other) = other.take() {
            fs::rename(other.into_temp_path().keep().unwrap(), file.path()).unwrap();
        }
    });
    assert_eq!((reading.sha256, reading.outcome), (alone.sha256, alone.outcome));
}

/// Reads a file in a process that gets so much memory and no more, and returns how that ended.
#[cfg(target_os = "linux")]
fn ended_within(mib: u64, file: &Path) -> Option<i32> {
    let limited = format!("ulimit -d {} && exec \"$0\" inspect --currency USD \"$1\"", mib * 1024);
    let mut shell = Command::new("sh");
    shell.args(["-c", &limited, env!("CARGO_BIN_EXE_respend")]).arg(file).stdout(Stdio::null()).stderr(Stdio::null());
    shell.status().unwrap().code()
}

#[test]
#[ignore = "minutes, and gigabytes of disk"]
#[cfg(target_os = "linux")]
fn at_full_size_memory_grows_with_days_and_campaigns_alone() {
    const MANY: u64 = 1_000_000;
    let ends = |file: &NamedTempFile, mib, says: &str| {
        let reading = import(file.path());
        assert!(said(&reading).starts_with(says), "{} is not {says}", said(&reading));
        let expected = if reading.outcome.is_ok() { 0 } else { 1 };
        assert_eq!(ended_within(mib, file.path()), Some(expected), "{says} in {mib} MiB");
    };
    for case in CASES {
        for many in if case.name.starts_with("blank") { vec![MANY, 10 * MANY] } else { vec![MANY] } {
            ends(&written(|file| (case.write)(file, many)), case.mib, &(case.says)(many));
        }
    }
    ends(&endless("", 1 << 30), 64, UNREADABLE);
    ends(&endless(HEADER, 1 << 30), 128, "truncated: line 2: a row is longer than 16 MiB");
}
