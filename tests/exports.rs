//! Exports of every profile, kept as their platforms write them, and what is read from each.
//!
//! `tests/exports/<profile>/<case>.<ext>` is an export, true to the byte. Beside it, `<case>.<ext>.expected` begins with
//! the options it is read with, as typed; what follows is written by `RESPEND_REFRESH=1 cargo test --test exports`. The
//! difference in that file is what there is to review: every figure in it is to be checked against the export.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::{Display, Write as _};
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use encoding_rs::Encoding;
use respend::import::{Options, Profiles, Reading, Refusal, Rollup, SpendRow, read};
use respend::{Cost, Currency, Dated};

/// What an expected file begins with.
const OPTIONS: &str = "options:";

#[test]
fn every_export_is_read_as_expected() {
    let refresh = is_refreshing();
    let profiles = Profiles::built_in();
    let mut wrong = Vec::new();
    for file in exports() {
        let expected = expected_of(&file);
        let before = fs::read_to_string(&expected).unwrap_or_default();
        if before.is_empty() && !refresh {
            wrong.push(format!("{} is missing", expected.display()));
            continue;
        }
        let typed = typed_of(&before);
        let reading = read(&file, &options(typed), &profiles, &mut |_, _| {}).unwrap();
        let now = format!("{}\n{}", format!("{OPTIONS} {typed}").trim_end(), shown(&reading));
        if refresh {
            fs::write(&expected, now).unwrap();
        } else if now != before {
            wrong.push(format!("{} is now read otherwise:\n{}", file.display(), difference(&before, &now)));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// Encoding and line ends are the platform's habit, and no part of what it says.
#[test]
fn an_export_says_the_same_in_any_encoding() {
    if is_refreshing() {
        return;
    }
    let profiles = Profiles::built_in();
    for file in exports() {
        let typed = typed_of(&fs::read_to_string(expected_of(&file)).unwrap_or_default()).to_owned();
        let is_code_page = |reading: &Reading| reading.warnings.iter().any(|warning| warning.code == "legacy_encoding");
        let reading = read(&file, &options(&typed), &profiles, &mut |_, _| {}).unwrap();
        let Some(encoding) = reading.encoding.as_ref().and_then(|name| Encoding::for_label(name.as_bytes())) else {
            continue;
        };
        if is_code_page(&reading) {
            continue; // which page it is, its letters say
        }
        let bytes = fs::read(&file).unwrap();
        let (text, _, is_damaged) = encoding.decode(&bytes);
        if is_damaged {
            continue;
        }
        let plain = text.replace("\r\n", "\n");
        let utf16: Vec<u8> = plain.replace('\n', "\r\n").encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [plain.into_bytes(), [vec![0xFE, 0xFF], utf16].concat()] {
            let mut copy = tempfile::NamedTempFile::new().unwrap();
            copy.write_all(&bytes).unwrap();
            let again = read(copy.path(), &options(&typed), &profiles, &mut |_, _| {}).unwrap();
            assert_eq!(again.outcome, reading.outcome, "{}", file.display());
        }
    }
}

/// A report lacks columns that its author did not choose. Then it is refused, or the same is read from it: never
/// another column of money or of days.
#[test]
fn an_export_without_one_of_its_columns_says_the_same_or_nothing() {
    if is_refreshing() {
        return;
    }
    let profiles = Profiles::built_in();
    let (mut same, mut refused) = (0, 0);
    for file in exports() {
        let options = options(typed_of(&fs::read_to_string(expected_of(&file)).unwrap_or_default()));
        let reading = read(&file, &options, &profiles, &mut |_, _| {}).unwrap();
        let Ok(rollup) = &reading.outcome else { continue };
        for (at, header) in reading.header.iter().enumerate() {
            let mut narrower = tempfile::NamedTempFile::new().unwrap();
            narrower.write_all(without_column(&file, &reading, at).as_bytes()).unwrap();
            let again = read(narrower.path(), &options, &profiles, &mut |_, _| {}).unwrap();
            match &again.outcome {
                Ok(again) => {
                    same += 1;
                    assert_eq!(by_day(again), by_day(rollup), "{} without `{header}`", file.display());
                    assert_ne!(Some(header), reading.spend_column.as_ref(), "{}", file.display());
                }
                Err(_) => refused += 1,
            }
        }
    }
    assert!(same > 100 && refused > 100, "{same} the same, {refused} refused");
}

/// The sum of each day and currency.
fn by_day(rollup: &Rollup) -> BTreeMap<(Dated, Currency), Cost> {
    let mut days = BTreeMap::new();
    for row in rollup.rows() {
        let sum = days.entry((row.day, row.cost.currency())).or_insert_with(|| Cost::zero(row.cost.currency()));
        *sum = sum.plus(row.cost).unwrap();
    }
    days
}

/// The text of an export, from its header on without one column.
fn without_column(file: &Path, reading: &Reading, at: usize) -> String {
    let encoding = Encoding::for_label(reading.encoding.as_deref().unwrap().as_bytes()).unwrap();
    let bytes = fs::read(file).unwrap();
    let (text, _, _) = encoding.decode(&bytes);
    let delimiter = u8::try_from(reading.delimiter.unwrap()).unwrap();
    let mut records =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut narrower = csv::WriterBuilder::new().delimiter(delimiter).flexible(true).from_writer(Vec::new());
    let mut below = false;
    for record in records.records() {
        let record = record.unwrap();
        below = below || record.iter().map(str::trim).eq(reading.header.iter().map(String::as_str));
        let is_needed = |(place, _): &(usize, &str)| !below || *place != at;
        narrower.write_record(record.iter().enumerate().filter(is_needed).map(|(_, cell)| cell)).unwrap();
    }
    String::from_utf8(narrower.into_inner().unwrap()).unwrap()
}

#[test]
fn nothing_is_expected_of_an_export_that_is_not_there() {
    let files: BTreeSet<PathBuf> = exports().into_iter().collect();
    let astray = |path: &PathBuf| is_expected(path) && !files.contains(&path.with_extension(""));
    let astray: Vec<PathBuf> = below(&folder()).into_iter().filter(astray).collect();
    assert!(astray.is_empty(), "{astray:?}");
}

#[test]
fn every_profile_has_exports_that_prove_it() {
    if is_refreshing() {
        return; // the expected files are being written at this moment
    }
    let mut proven = BTreeSet::new();
    for file in exports() {
        let text = fs::read_to_string(expected_of(&file)).unwrap_or_default();
        let profile = text.lines().find_map(|line| line.strip_prefix("profile: ")).unwrap_or("-").to_owned();
        let is_forced = text.lines().next().is_some_and(|options| options.contains("--profile"));
        let folder = file.parent().and_then(Path::file_name).unwrap().to_str().unwrap().to_owned();
        assert!(profile == "-" || profile == folder, "{}: read with {profile}", file.display());
        if !is_forced {
            proven.insert(profile);
        }
    }
    let profiles = Profiles::built_in();
    let without: Vec<&str> =
        profiles.iter().map(|profile| profile.name()).filter(|name| !proven.contains(*name)).collect();
    assert!(without.is_empty(), "no export in tests/exports proves {}", without.join(", "));
}

fn is_refreshing() -> bool {
    std::env::var_os("RESPEND_REFRESH").is_some_and(|value| value == "1")
}

// Files.

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exports")
}

fn is_expected(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "expected")
}

fn expected_of(file: &Path) -> PathBuf {
    PathBuf::from(format!("{}.expected", file.display()))
}

/// The files below a folder, sorted.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn exports() -> Vec<PathBuf> {
    below(&folder()).into_iter().filter(|path| !is_expected(path)).collect()
}

// Options as typed.

/// What the first line of an expected file says.
fn typed_of(expected: &str) -> &str {
    expected.lines().next().unwrap_or_default().strip_prefix(OPTIONS).unwrap_or_default().trim()
}

fn options(typed: &str) -> Options {
    let mut options = Options::default();
    let words = words(typed);
    for pair in words.chunks(2) {
        let [name, value] = pair else { panic!("`{typed}` has an option without a value") };
        match name.as_str() {
            "--currency" => options.currency = Some(value.parse().unwrap()),
            "--unit" => options.unit = Some(value.parse().unwrap()),
            "--day-order" => options.day_order = Some(value.parse().unwrap()),
            "--decimal" => options.decimal_mark = Some(value.parse().unwrap()),
            "--spend-column" => options.spend_column = Some(value.clone()),
            "--platform" => options.platform = Some(value.parse().unwrap()),
            "--account" => options.account = Some(value.clone()),
            "--profile" => options.profile = Some(value.clone()),
            "--sheet" => options.sheet = Some(value.clone()),
            "--exported" => options.exported = Some(value.parse().unwrap()),
            "--round" => options.round = Some(value.parse().unwrap()),
            "--spans" => options.spans = Some(value.parse().unwrap()),
            other => panic!("`{other}` is no option of an import"),
        }
    }
    options
}

/// Words apart at blanks; quotes keep blanks in.
fn words(typed: &str) -> Vec<String> {
    let (mut words, mut quoted) = (vec![String::new()], false);
    for char in typed.chars() {
        match char {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            char => words.last_mut().unwrap().push(char),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

// What is shown.

fn shown(reading: &Reading) -> String {
    let mut text = String::new();
    let mut say = |name: &str, value: Option<String>| {
        writeln!(text, "{name}: {}", value.unwrap_or_else(|| "-".to_owned())).unwrap();
    };
    if reading.packing.is_some() {
        say("packing", reading.packing.clone());
    }
    say("platform", word(&reading.platform));
    say("profile", word(&reading.profile));
    say("encoding", word(&reading.encoding));
    let delimiter = reading.delimiter.map(|delimiter| match delimiter {
        '\t' => "tab".to_owned(),
        other => other.to_string(),
    });
    say("delimiter", delimiter);
    say("header row", word(&reading.header_row));
    say("preamble lines", Some(reading.preamble.len().to_string()));
    say("stated period", word(&reading.stated_period));
    say("exported", word(&reading.exported));
    say("spend column", word(&reading.spend_column));
    say("unit", word(&reading.unit));
    say("day order", word(&reading.day_order));
    say("decimal mark", word(&reading.decimal_mark));
    say("grain", word(&reading.grain));
    let mut warnings: Vec<&str> = reading.warnings.iter().map(|warning| warning.code).collect();
    warnings.dedup();
    say("warnings", (!warnings.is_empty()).then(|| warnings.join(" ")));
    text.push('\n');
    text += &match &reading.outcome {
        Ok(rollup) => taken(rollup),
        Err(refusal) => refused(refusal),
    };
    text
}

fn word(value: &Option<impl Display>) -> Option<String> {
    value.as_ref().map(ToString::to_string)
}

fn taken(rollup: &Rollup) -> String {
    let mut lines = vec![format!(
        "rows: {} read, {} kept, {} blank, {} left out",
        rollup.rows_read, rollup.rows_kept, rollup.blank_rows, rollup.excluded_rows
    )];
    lines
        .extend(rollup.excluded.iter().map(|excluded| format!("left out: line {}, {}", excluded.row, excluded.reason)));
    lines.push(format!("totals that agree: {}", rollup.agreed_totals));
    lines.extend(rollup.totals.iter().map(|sum| format!("sum: {sum} {}", sum.currency())));
    for away in rollup.rounded.iter().flat_map(|away| away.iter()) {
        lines.push(format!("rounded away: {away} {}", away.currency()));
    }
    lines.push(String::new());
    lines.extend(rollup.rows().map(row));
    lines.join("\n") + "\n"
}

fn row(row: SpendRow) -> String {
    let SpendRow { day, platform, account, campaign, campaign_name, cost, rows, first_row } = row;
    let currency = cost.currency();
    let line =
        format!("{day} {platform}/{account}/{campaign} \"{campaign_name}\" {cost} {currency} ×{rows} @{first_row}");
    line.replace('\n', "\\n")
}

fn refused(refusal: &Refusal) -> String {
    let or_none = |value: Option<String>| value.unwrap_or_else(|| "-".to_owned());
    let (row, column, cell) = (word(&refusal.row), refusal.column.clone(), refusal.cell.clone());
    let mut text = format!(
        "refused: {}\nrow: {}\ncolumn: {}\ncell: {}\nmessage: {}\nhint: {}\n",
        refusal.code,
        or_none(row),
        or_none(column),
        or_none(cell),
        refusal.message,
        refusal.hint
    );
    for fault in &refusal.more {
        let row = fault.row.map(|row| format!("line {row}, ")).unwrap_or_default();
        writeln!(text, "also: {row}{}, `{}`: {} [{}]", fault.column, fault.cell, fault.message, fault.code).unwrap();
    }
    text
}

/// The lines that only one of two texts has.
fn difference(before: &str, now: &str) -> String {
    let only = |a: &str, b: &str, sign: &str| -> Vec<String> {
        let there: BTreeSet<&str> = b.lines().collect();
        a.lines().filter(|line| !there.contains(line)).map(|line| format!("  {sign} {line}")).collect()
    };
    [only(before, now, "-"), only(now, before, "+")].concat().join("\n")
}
