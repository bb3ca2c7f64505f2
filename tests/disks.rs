//! What a disk may refuse, and links where files are expected: the program says what it could not do, and everything is
//! as it was.

#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod desk;

use std::fmt::Write;
use std::fs::{self, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::process::Command;

use desk::books::{HEADER, books, export, run};
use desk::{Desk, Ran};
use respend::ledger::{Change, LedgerError, Log};

const BAN: &str = "ban add --platform x --from 2018-02-01 --id b --today 2018-02-01";

#[track_caller]
fn could_not(desk: &Desk, ran: &Ran, before: &desk::Tree, said: &str) {
    assert_eq!((ran.code, ran.stderr.as_str(), ran.stdout.as_str()), (2, said, ""));
    assert!(desk.tree() == *before, "the desk changed");
}

/// Gives up an administrator's rights, to whom nothing is forbidden.
fn as_anybody(desk: &Desk, typed: &str) -> Ran {
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() != 0) {
        return run(desk, typed);
    }
    // Where the program was built, others may not be able to look.
    let shelf = Desk::new();
    fs::copy(env!("CARGO_BIN_EXE_respend"), shelf.path("respend")).unwrap();
    for folder in [desk.path(""), shelf.path("")] {
        fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = Command::new(shelf.path("respend"));
    command.args(["--ledger", "books"]).args(typed.split(' ')).current_dir(desk.path(""));
    Ran::of(command.uid(65534).gid(65534).output().unwrap())
}

#[test]
fn in_a_folder_that_may_not_be_written_to_the_books_are_read_and_not_changed() {
    let desk = books();
    let folder = desk.path("books");
    fs::set_permissions(&folder, Permissions::from_mode(0o555)).unwrap();
    let before = desk.tree();
    let said = "error: cannot lock `books`: Permission denied (os error 13)\n\
                hint: the ledger is as it was; get the right to write there, or let somebody run it who has it\n";
    could_not(&desk, &as_anybody(&desk, BAN), &before, said);
    assert_eq!(as_anybody(&desk, "report 2018").code, 0);
    // A file that is protected stays so, also where its folder would let it be replaced.
    fs::set_permissions(&folder, Permissions::from_mode(0o777)).unwrap();
    fs::set_permissions(folder.join("restrictions.csv"), Permissions::from_mode(0o444)).unwrap();
    let said = "error: cannot write `books/restrictions.csv`: Permission denied (os error 13)\n\
                hint: the ledger is as it was; get the right to write there, or let somebody run it who has it\n";
    could_not(&desk, &as_anybody(&desk, BAN), &before, said);
}

#[test]
fn what_is_replaced_keeps_its_rights() {
    let desk = books();
    let log = desk.path("books/restrictions.csv");
    for mode in [0o600, 0o660, 0o604] {
        fs::set_permissions(&log, Permissions::from_mode(mode)).unwrap();
        let id = format!("ban-{mode}");
        assert_eq!(run(&desk, &BAN.replace("--id b", &format!("--id {id}"))).code, 0);
        assert!(desk.read("books/restrictions.csv").contains(&id));
        assert_eq!(fs::metadata(&log).unwrap().mode() & 0o777, mode);
    }
}

#[test]
fn a_file_that_grows_too_large_is_refused() {
    let desk = books();
    let mut large = String::from(HEADER);
    (0..40_000).for_each(|at| writeln!(large, "2018-02-05,x,acme,c{at},USD,1.00").unwrap());
    desk.write("large.csv", &large);
    let before = desk.tree();
    let respend = env!("CARGO_BIN_EXE_respend");
    let limited = format!("trap '' XFSZ; ulimit -f 64; exec {respend} --ledger books import large.csv");
    let ran = Command::new("sh").args(["-c", &limited]).current_dir(desk.path("")).output().unwrap();
    let ran = Ran::of(ran);
    let (first, hint) = ran.stderr.split_once('\n').unwrap();
    assert!(first.starts_with("error: cannot write `books/spend/2018-02-05-x-"), "{first}");
    assert!(first.ends_with("csv`: File too large (os error 27)"), "{first}");
    let way_out = "hint: the ledger is as it was; raise the limit on the size of files, then run the command again\n";
    assert_eq!((ran.code, hint), (2, way_out));
    assert!(desk.tree() == before);
}

#[test]
fn a_folder_that_is_gone_is_not_made_again() {
    let desk = books();
    let folder = desk.path("books");
    let mut change = Change::begin(&folder).unwrap();
    let row = [("id", "b"), ("kind", "ban"), ("platform", "x"), ("from", "2018-02-01")];
    change.append(Log::Restrictions, &row.map(|(column, cell)| (column, cell.to_owned()))).unwrap();
    fs::remove_dir_all(&folder).unwrap();
    match change.commit() {
        Err(LedgerError::Io { act: "write", path, error }) => {
            assert_eq!((path, error.kind()), (folder.join("restrictions.csv"), ErrorKind::NotFound));
        }
        other => panic!("{other:?}"),
    }
    assert!(!folder.exists());
}

#[test]
fn nothing_is_written_over_a_link_or_through_it() {
    let desk = books();
    export(&desk, "a.csv", &["2018-01-05 c1 100.10"]);
    fs::rename(desk.path("books/restrictions.csv"), desk.path("books/shared.csv")).unwrap();
    symlink(desk.path("books/shared.csv"), desk.path("books/restrictions.csv")).unwrap();
    fs::create_dir(desk.path("books/elsewhere")).unwrap();
    symlink(desk.path("books/elsewhere"), desk.path("books/spend")).unwrap();
    let before = desk.tree();
    let link = "it is a symbolic link; put what it leads to in its place, or link the whole ledger folder\n\
                hint: the ledger is as it was\n";
    could_not(&desk, &run(&desk, BAN), &before, &format!("error: cannot write `books/restrictions.csv`: {link}"));
    could_not(&desk, &run(&desk, "import a.csv"), &before, &format!("error: cannot write to `books/spend`: {link}"));
    assert!(desk.path("books/restrictions.csv").is_symlink() && desk.path("books/spend").is_symlink());
    assert_eq!(run(&desk, "report 2018").code, 0, "reading goes through links");
}

#[test]
fn a_ledger_folder_may_be_a_link() {
    let desk = books();
    fs::rename(desk.path("books"), desk.path("real")).unwrap();
    symlink("real", desk.path("books")).unwrap();
    assert_eq!(run(&desk, BAN).code, 0);
    assert!(desk.path("books").is_symlink() && desk.read("real/restrictions.csv").contains("\nb,ban,x,"));
}

#[test]
fn links_under_the_names_the_program_writes_first_lead_nowhere() {
    let desk = books();
    desk.write("precious.txt", "precious");
    for name in [".writer", ".restrictions.csv.tmp"] {
        symlink(desk.path("precious.txt"), desk.path("books").join(name)).unwrap();
    }
    assert_eq!(run(&desk, BAN).code, 0);
    assert_eq!(desk.read("precious.txt"), "precious");
    assert!(!desk.path("books/restrictions.csv").is_symlink());
}

#[test]
fn a_report_is_in_its_file_whole_or_not_at_all() {
    let desk = books();
    desk.write("real.json", "old");
    symlink("real.json", desk.path("link.json")).unwrap();
    let report = "report 2018 --today 2019-01-01 --format json";
    let json = run(&desk, report).stdout;
    assert_eq!(run(&desk, &format!("{report} --output link.json")).code, 0);
    assert!(desk.path("link.json").is_symlink() && desk.read("real.json") == json, "a link stays");
    assert_eq!(run(&desk, &format!("{report} --output /dev/stdout")).stdout, json);
    let respend = env!("CARGO_BIN_EXE_respend");
    let limited = format!("trap '' XFSZ; ulimit -f 1; exec {respend} --ledger books {report} --output real.json");
    let before = desk.tree();
    let ran = Ran::of(Command::new("sh").args(["-c", &limited]).current_dir(desk.path("")).output().unwrap());
    let said = "error: cannot write `real.json`: File too large (os error 27)\n\
                hint: raise the limit on the size of files, then run the command again\n";
    could_not(&desk, &ran, &before, said);
}

/// Where the books are changed and only the word of it cannot be written, that is said.
#[test]
#[cfg(target_os = "linux")] // where there is /dev/full
fn a_change_whose_result_cannot_be_written_is_recorded() {
    let desk = books();
    let ran = run(&desk, &format!("{BAN} --output /dev/full"));
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            2,
            "error: cannot write `/dev/full`: No space left on device (os error 28)\n\
             hint: make room on the disk, then run the command again\n\
             hint: the change is recorded all the same; do not make it again\n"
        )
    );
    assert!(desk.read("books/restrictions.csv").contains("\nb,ban,x,"));
}
