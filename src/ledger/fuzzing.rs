//! What fuzzing feeds: each function takes any bytes for one file of a ledger and holds what is read to what must be true.
//!
//! Everything stays in memory. No part of the API: it is there in tests, which feed the kept corpus, and with the
//! feature `fuzzing`.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)] // what is wrong here is to be loud

use super::folder::{Folder, Pending};
use super::imports::ImportRecord;
use super::{
    Control, Ledger, LedgerError, Problem, Scenario, Status, budgets, closes, encumbrances, redirections, restrictions,
    settings,
};
use crate::sheet::{Record, Records};
use crate::visible::steers;

const SETTINGS: &str = r#"format = 1
name = "Books"
currency = "USD"
accounts."x/123-456" = { aliases = ["Acme"] }
accounts."house/1" = {}
destination = [{ id = "aid", kind = "donation" }, { id = "google", kind = "platform" }, { id = "buffer", kind = "reserve" }]
"#;
const BUDGETS: &str = "line,entry,period,platform,currency,amount,basis\n\
    x,original,2018,x,USD,365,given\ngoogle,original,2018-Q1,google,JPY,9000,forecast\n";
const ID: &str = "2018-01-31-x-c1999b03d39d";
const ROLLUP: &str = "day,platform,account,campaign,currency,campaign_name,amount,rows,first_row\n\
    2018-01-05,x,123456,k1,USD,Research,138.73,1,2\n";

/// The record of an import that speaks for January 2018, and of its rollup.
fn record_of(rollup: &[u8]) -> String {
    let sha256 = super::sha256(rollup);
    format!(
        r#"id = "{ID}"
export = "x.csv"
export_sha256 = "c1999b03d39d"
export_bytes = 1
recorded = "2018-02-01"
platform = "x"
profile = "x-ads-ui"
encoding = "UTF-8"
delimiter = ","
spend_column = "Spend"
unit = "currency"
day_order = ""
decimal_mark = "point"
grain = "month"
exported = "2018-02-01"
provisional_from = "2018-01-04"
first_day = "2018-01-01"
last_day = "2018-01-31"
absent = "gone"
rows_read = 1
rows_kept = 1
blank_rows = 0
excluded_rows = 0
rollup_sha256 = "{sha256}"
account = [{{ platform = "x", account = "123456" }}]
total = []
"#
    )
}

/// Books with a plan and an import, in which one file holds these bytes.
fn books(file: &str, bytes: &[u8]) -> Folder {
    let mut folder = Folder::open("no folder".as_ref()).unwrap();
    let mut put = |file: &str, bytes: &[u8]| folder.put(file, Pending::Bytes(bytes.to_owned()));
    put(settings::FILE, SETTINGS.as_bytes());
    put(budgets::FILE, BUDGETS.as_bytes());
    let rollup = if file.starts_with("spend/") && file.ends_with(".csv") { bytes } else { ROLLUP.as_bytes() };
    put(&format!("spend/{ID}.csv"), rollup);
    put(&format!("spend/{ID}.toml"), record_of(rollup).as_bytes());
    put(file, bytes);
    folder
}

/// Reads books in which one file holds these bytes. What is wrong has its place in a file, and is said on one line that
/// steers nothing.
fn read(file: &str, bytes: &[u8]) -> Option<Ledger> {
    Ledger::read(books(file, bytes)).map_err(|error| check(&error, file, bytes)).ok()
}

fn check(error: &LedgerError, file: &str, bytes: &[u8]) {
    let LedgerError::Invalid(problems) = error else { panic!("{error}") };
    assert!(!problems.is_empty() && problems.is_sorted());
    let lines = 1 + bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64;
    for problem in problems {
        let Problem { place, what, .. } = problem;
        assert!(place.line > 0 && place.column > 0 && !what.is_empty(), "{problem:?}");
        if place.file == file {
            assert!(place.line <= lines && place.column as usize <= bytes.len() + 1, "{problem:?}");
        }
        assert!(!problem.to_string().contains(steers), "{problem:?}");
    }
}

/// Everything that was read, in words.
fn said(ledger: &Ledger) -> String {
    let Ledger {
        folder: _,
        settings,
        accounts,
        lines,
        restrictions,
        redirections,
        encumbrances,
        closes,
        imports,
        left_behind,
    } = ledger;
    format!(
        "{settings:?} {accounts:?} {lines:?} {restrictions:?} {redirections:?} {encumbrances:?} {closes:?} {imports:?} {left_behind:?}"
    )
}

/// A log says the same when its columns stand in another order, all its cells in quotes, and its rows on their lines.
fn log(file: &str, bytes: &[u8]) {
    let Some(ledger) = read(file, bytes) else { return };
    let again = rewritten(bytes);
    let other = read(file, &again).unwrap_or_else(|| panic!("{:?}", String::from_utf8_lossy(&again)));
    assert_eq!(said(&other), said(&ledger));
}

fn rewritten(bytes: &[u8]) -> Vec<u8> {
    let mut records = Records::new(bytes, b',');
    let (mut record, mut line, mut is_below) = (Record::default(), 1, false);
    let mut text = String::new();
    while records.read(&mut record).unwrap() {
        is_below |= !record.is_blank() && !record.field(0).starts_with('#');
        if !is_below || (record.is_blank() && record.len() == 1) {
            continue;
        }
        while line < record.line() {
            text.push('\n');
            line += 1;
        }
        let mut cells: Vec<String> = record.fields().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        cells.reverse();
        let row = cells.join(",") + "\n";
        line += row.matches('\n').count() as u64;
        text += &row;
    }
    text.into_bytes()
}

pub fn budgets(bytes: &[u8]) {
    log(budgets::FILE, bytes);
}

pub fn restrictions(bytes: &[u8]) {
    log(restrictions::FILE, bytes);
}

pub fn redirections(bytes: &[u8]) {
    log(redirections::FILE, bytes);
}

pub fn encumbrances(bytes: &[u8]) {
    log(encumbrances::FILE, bytes);
}

pub fn closes(bytes: &[u8]) {
    log(closes::FILE, bytes);
}

/// Settings say the same when their keys stand in another order.
pub fn settings(bytes: &[u8]) {
    let Some(ledger) = read(settings::FILE, bytes) else { return };
    let table: toml::Table = toml::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
    let again = toml::to_string_pretty(&table).unwrap();
    let other = read(settings::FILE, again.as_bytes()).unwrap_or_else(|| panic!("{again}"));
    assert_eq!(said(&other), said(&ledger));
}

/// A scenario says the same when its keys stand in another order. What it says of restrictions and amendments is in
/// the ledger under it, and nothing of the ledger is gone.
pub fn scenario(bytes: &[u8]) {
    const FILE: &str = "scenarios/s.toml";
    let ledger = Ledger::read(scenario_books(bytes)).unwrap();
    let read = |ledger: &Ledger, bytes: &[u8]| {
        ledger.scenario("s", None).map_err(|error| check(&error, FILE, bytes)).ok().flatten()
    };
    let Some(scenario) = read(&ledger, bytes) else { return };
    let table: toml::Table = toml::from_str(std::str::from_utf8(bytes).unwrap()).unwrap();
    let again = toml::to_string_pretty(&table).unwrap();
    let other = Ledger::read(scenario_books(again.as_bytes())).unwrap();
    let other = read(&other, again.as_bytes()).unwrap_or_else(|| panic!("{again}"));
    let unplaced = |scenario: &Scenario| {
        let mut scenario = scenario.clone();
        let places = scenario.restrictions.iter_mut().map(|one| &mut one.place);
        places.chain(scenario.amendments.iter_mut().map(|(_, entry)| &mut entry.place)).for_each(|place| {
            (place.line, place.column) = (1, 1);
        });
        format!("{scenario:?}")
    };
    assert_eq!(unplaced(&other), unplaced(&scenario));
    let under = ledger.under(&scenario);
    assert_eq!(under.restrictions.len(), ledger.restrictions.len() + scenario.restrictions.len());
    let entries = |ledger: &Ledger| ledger.lines.iter().map(|line| line.entries.len()).sum::<usize>();
    assert_eq!(entries(&under), entries(&ledger) + scenario.amendments.len());
    for one in &scenario.restrictions {
        let known = under.restrictions(None).into_iter().find(|known| known.id == one.id);
        assert_eq!(
            known.map(|known| (known.from, known.until)),
            (one.status == Status::Active).then_some((one.from, one.until))
        );
    }
}

/// Books with a ban and a policy, and these bytes as a scenario.
fn scenario_books(bytes: &[u8]) -> Folder {
    let mut folder = books("scenarios/s.toml", bytes);
    let ban = "id,kind,platform,from,recorded\nban,ban,x,2018-02-01,2018-02-02\n";
    folder.put(restrictions::FILE, Pending::Bytes(ban.into()));
    folder
}

/// The record of an import is what is written of it.
pub fn record(bytes: &[u8]) {
    let file = format!("spend/{ID}.toml");
    let Some(ledger) = read(&file, bytes) else { return };
    let [import] = ledger.imports.as_slice() else { panic!("{ledger:?}") };
    let again = toml::to_string(&import.record).unwrap();
    let other: ImportRecord = toml::from_str(&again).unwrap();
    assert_eq!(format!("{other:?}"), format!("{:?}", import.record));
    assert_eq!(said(&read(&file, again.as_bytes()).unwrap()), said(&ledger));
    spent(&ledger, &file, bytes);
}

/// Why an import counts no longer.
pub fn revoked(bytes: &[u8]) {
    let file = format!("spend/{ID}.revoked.toml");
    let Some(ledger) = read(&file, bytes) else { return };
    let revocation = ledger.imports[0].revoked.as_ref().unwrap();
    assert!(ledger.imports(None).is_empty() && ledger.imports(Some(revocation.recorded)).is_empty());
    assert_eq!(spent(&ledger, &file, bytes), Some(String::new()));
}

/// A rollup: its days stand in order, and it is what is written of it.
pub fn rollup(bytes: &[u8]) {
    let file = format!("spend/{ID}.csv");
    let ledger = read(&file, bytes).unwrap(); // its rows are read later
    let Some(first) = spent(&ledger, &file, bytes) else { return };
    if first.split(|c: char| !c.is_ascii_digit()).any(|digits| digits.len() > 18) {
        return; // a sum of rows may be above what one row may hold
    }
    let again = format!("{}\n{first}", ROLLUP.lines().next().unwrap());
    let other = read(&file, again.as_bytes()).unwrap();
    assert_eq!(spent(&other, &file, again.as_bytes()).as_ref(), Some(&first), "{again:?}");
}

/// Returns the rows of all that was spent, as a rollup has them; `None` where a rollup is damaged.
fn spent(ledger: &Ledger, file: &str, bytes: &[u8]) -> Option<String> {
    let damaged = |error| check(&error, file, bytes);
    let mut stream = ledger.spend(None, Control::Hash);
    let (mut writer, mut before) = (csv::Writer::from_writer(Vec::new()), None);
    while let Some(day) = stream.next_day().map_err(damaged).ok()? {
        assert!(before < Some(day.day));
        before = Some(day.day);
        for spent in &day.spend {
            let key = spent.key();
            let [day, cost, rows] = [day.day.to_string(), spent.cost.to_string(), spent.rows.to_string()];
            let (platform, currency) = (key.platform.as_str(), key.currency.code());
            let names = [platform, &key.account, &key.campaign, currency, &spent.campaign.name];
            writer.write_record([&day as &str].into_iter().chain(names).chain([&cost, &rows, "2"])).unwrap();
        }
    }
    Some(String::from_utf8(writer.into_inner().unwrap()).unwrap())
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;

    type Target = (&'static str, fn(&[u8]));

    #[test]
    fn nothing_kept_is_too_strange() {
        let targets: [Target; 10] = [
            ("budgets", budgets),
            ("closes", closes),
            ("encumbrances", encumbrances),
            ("record", record),
            ("redirections", redirections),
            ("restrictions", restrictions),
            ("revoked", revoked),
            ("rollup", rollup),
            ("scenario", scenario),
            ("settings", settings),
        ];
        for (target, take) in targets {
            let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(target);
            let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
            files.sort();
            assert!(!files.is_empty() && files.len() <= 40, "{target}");
            for file in files {
                let bytes = fs::read(&file).unwrap();
                assert!(bytes.len() < 2048, "{} is not small", file.display());
                take(&bytes);
            }
        }
    }
}
