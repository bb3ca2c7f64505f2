//! The worked ledger of four platforms: its script rebuilds it, its page shows what the program prints, and its
//! converted spend is summed here anew.

#![allow(clippy::unwrap_used)]

mod desk;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use desk::{Desk, Tree, tree_of};
use serde_json::Value;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn is_refreshed() -> bool {
    std::env::var_os("RESPEND_REFRESH").is_some()
}

/// Runs the program on the ledger as it stands in the repository.
fn typed(args: &str) -> String {
    if is_refreshed() {
        made();
    }
    let ledger = project("ledgers/four-platforms");
    let args = ["--ledger", ledger.to_str().unwrap()].into_iter().chain(args.split(' '));
    Desk::new().done(&args.collect::<Vec<_>>())
}

/// The ledger's files as they stand in the repository, but for the page and the script.
fn kept() -> Tree {
    let mut files = tree_of(&project("ledgers/four-platforms"));
    files.retain(|path, _| !["README.md", "rebuild.sh"].iter().any(|other| path == Path::new(other)));
    files
}

/// What the script makes, built once.
fn made() -> &'static Tree {
    static MADE: OnceLock<Tree> = OnceLock::new();
    MADE.get_or_init(|| {
        let (desk, ledger) = (Desk::new(), project("ledgers/four-platforms"));
        let program = Path::new(env!("CARGO_BIN_EXE_respend")).parent().unwrap();
        let path = std::env::var("PATH").unwrap_or_default();
        let ran = Command::new("sh")
            .arg(ledger.join("rebuild.sh"))
            .arg(desk.path("made"))
            .env("PATH", format!("{}:{path}", program.display()))
            .env_remove("RESPEND_LEDGER")
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let made = tree_of(&desk.path("made"));
        let files = made.iter().filter_map(|(file, bytes)| Some((file, bytes.as_ref()?)));
        for (file, bytes) in files.filter(|_| is_refreshed()) {
            fs::create_dir_all(ledger.join(file).parent().unwrap()).unwrap();
            fs::write(ledger.join(file), bytes).unwrap();
        }
        made
    })
}

#[test]
fn the_script_makes_the_ledger_of_the_repository() {
    let (made, kept) = (made(), kept());
    assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (file, bytes) in made {
        assert!(kept[file] == *bytes, "{} differs", file.display());
    }
}

#[test]
fn report_outlook_and_scenarios_are_as_expected() {
    for (file, args) in [
        ("report.txt", "report 2022 --as-of 2022-06-30 --in USD"),
        ("report.json", "report 2022 --as-of 2022-06-30 --format json"),
        ("forecast.txt", "forecast 2022 --as-of 2022-06-30"),
        ("scenarios.txt", "scenario compare --as-of 2022-06-30"),
        ("journal.hledger", "export hledger 2022 --as-of 2022-06-30"),
    ] {
        let (path, text) = (project("tests/expected/four-platforms").join(file), typed(args));
        if is_refreshed() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &text).unwrap();
        }
        let expected = fs::read_to_string(&path).unwrap_or_default();
        assert!(text == expected, "{file} is other than expected; RESPEND_REFRESH=1 writes it anew:\n{text}");
    }
}

#[test]
fn the_page_shows_what_the_program_prints() {
    let path = project("ledgers/four-platforms/README.md");
    let page = fs::read_to_string(&path).unwrap();
    let mut parts = page.split("```console\n$ respend ");
    let (mut shown, mut blocks) = (parts.next().unwrap().to_owned(), 0);
    for part in parts {
        let (args, rest) = part.split_once('\n').unwrap();
        let (_, after) = rest.split_once("```\n").unwrap();
        shown += &format!("```console\n$ respend {args}\n{}```\n{after}", typed(args));
        blocks += 1;
    }
    if is_refreshed() {
        fs::write(&path, &shown).unwrap();
    }
    assert!(
        blocks > 1 && (shown == page || is_refreshed()),
        "the page shows what the program does not print:\n{shown}"
    );
}

/// The last rate of the dollar that was published up to a day, in parts of ten thousand.
fn rate(published: &BTreeMap<String, i128>, day: &str) -> i128 {
    *published.range(..=day.to_owned()).next_back().unwrap().1
}

/// A number with decimals as a whole one, `digits` behind the point.
fn whole(number: &str, digits: usize) -> i128 {
    let (whole, decimals) = number.split_once('.').unwrap_or((number, ""));
    format!("{whole}{decimals:0<digits$}").parse().unwrap()
}

#[test]
fn the_euros_of_google_come_to_these_dollars() {
    let folder = project("ledgers/four-platforms/exports");
    let history = fs::read_to_string(folder.join("eurofxref-hist.csv")).unwrap();
    let published = history.lines().skip(1).map(|line| {
        let mut cells = line.split(',');
        (cells.next().unwrap().to_owned(), whole(cells.next().unwrap(), 4))
    });
    let published: BTreeMap<String, i128> = published.collect();
    let mut parts = 0_i128; // of a dollar, a million each
    for file in ["google-2022-01-bis-04.csv", "google-2022-05-bis-06.csv"] {
        let bytes = fs::read(folder.join(file)).unwrap();
        let units: Vec<u16> = bytes[2..].as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair)).collect();
        for line in String::from_utf16(&units).unwrap().lines().filter(|line| line.starts_with("Aktiviert")) {
            let cells: Vec<&str> = line.split('\t').collect();
            let (day, cents) = (cells[2], cells[5].replace('.', "").replace(',', "."));
            let day = format!("{}-{}-{}", &day[6..], &day[3..5], &day[..2]);
            parts += whole(&cents, 2) * rate(&published, &day);
        }
    }
    let cents = (parts + 5_000).div_euclid(10_000);
    assert_eq!(cents, 6_624_905, "{parts}");
    let report: Value = serde_json::from_str(&typed("report 2022 --as-of 2022-06-30 --format json")).unwrap();
    let line = report["lines"].as_array().unwrap().iter().find(|line| line["line"] == "google-2022").unwrap();
    assert_eq!(line["actual"], format!("{}.{:02}", cents / 100, cents % 100));
}
