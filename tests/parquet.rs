//! Parquet files of spend, read back by DuckDB and pandas. Built with the feature alone.
#![cfg(feature = "parquet")]
#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod common;
mod desk;
mod python;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use common::{Books, Shelf, Spend, random};
use desk::Desk;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use python::has_python;
use respend::ledger::Control;
use respend::statement::{SpendBy, spend_by};
use respend::{Cost, export};

/// How many random ledgers.
const LEDGERS: usize = 100;

/// Ledger, platform, account, campaign, its name, currency, and day or month.
type Key = Vec<String>;
/// Amount, exact cost, and rows.
type Sum = (Cost, Cost, u64);

/// What a Python script sums in the files of a folder.
fn read_back(script: &str, desk: &Desk) -> BTreeMap<Key, Sum> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(script);
    let ran = Command::new("python3").arg(script).arg(desk.path("")).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let mut sums = BTreeMap::new();
    for line in String::from_utf8(ran.stdout).unwrap().lines() {
        let cells: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let cost = |at: usize| Cost::parse(&cells[at], cells[5].parse().unwrap()).unwrap();
        sums.insert(cells[..7].to_vec(), (cost(7), cost(8), cells[9].parse().unwrap()));
    }
    sums
}

/// What is expected of a ledger's file.
fn expected(name: &str, shelf: &Shelf, sums: &mut BTreeMap<Key, Sum>) {
    let period = random::all_days();
    let mut stream = shelf.ledger.spend(None, Control::Hash);
    while let Some(day) = stream.next_day().unwrap() {
        for spent in &day.spend {
            let key = spent.key();
            let names = [name, key.platform.as_str(), &key.account, &key.campaign, &spent.campaign.name];
            let at = names.into_iter().map(str::to_owned).chain([key.currency.to_string(), day.day.to_string()]);
            sums.insert(at.collect(), (Cost::zero(key.currency), spent.cost, spent.rows));
        }
    }
    let by = [SpendBy::Platform, SpendBy::Account, SpendBy::Campaign, SpendBy::Day];
    for group in spend_by(&shelf.ledger, period, period.last(), None, &by).unwrap() {
        let [platform, account, campaign, day] = group.keys.try_into().unwrap();
        let currency = group.amount.currency();
        let at = [name, &platform, &account, &campaign, &campaign, currency.code(), &day].map(str::to_owned);
        sums.get_mut(&at.to_vec()).unwrap().0 = group.amount.into();
    }
}

#[test]
fn what_is_written_is_read_back_to_the_same_sums() {
    let desk = Desk::new();
    let period = random::all_days();
    let mut runner = TestRunner::deterministic();
    let month =
        Books::new().spend(
            Spend::of("2018-03-01..2018-03-31")
                .row("2018-03", "x/a/Größe; \"東京\"", "999999999999.123456789 USD")
                .row("2018-03-05", "x/a/d", "-0.004 USD"),
        );
    let random = (0..LEDGERS).map(|_| random::world().new_tree(&mut runner).unwrap().current().books(random::END * 3));
    let mut sums = BTreeMap::new();
    for (at, books) in random.chain([month]).enumerate() {
        let shelf = books.open().unwrap();
        let (name, file) = (at.to_string(), desk.path(&format!("{at}.parquet")));
        fs::write(file, export::parquet(&shelf.ledger, period, period.last(), None).unwrap()).unwrap();
        expected(&name, &shelf, &mut sums);
    }
    assert!(sums.len() > 1000, "{} sums are too few to prove anything", sums.len());
    for (script, modules) in [("parquet_duckdb.py", &["duckdb"][..]), ("parquet_pandas.py", &["pandas", "pyarrow"])] {
        if has_python(None) && modules.iter().all(|module| has_python(Some(module))) {
            let found = read_back(script, &desk);
            for (key, sum) in &sums {
                assert_eq!(found.get(key), Some(sum), "{script}: {key:?}");
            }
            assert_eq!(found.len(), sums.len(), "{script}");
        }
    }
}

#[test]
fn the_command_writes_a_file_and_nothing_to_the_screen() {
    let desk = Desk::new();
    let ledger = Path::new(env!("CARGO_MANIFEST_DIR")).join("ledgers/kaspersky-2018");
    let typed = ["--ledger", ledger.to_str().unwrap(), "export", "parquet", "2018"];
    let ran = desk.run(&typed);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("--output FILE"), "{}", ran.stderr);
    assert_eq!(desk.done(&[&typed[..], &["--output", "2018.parquet"]].concat()), "");
    if has_python(None) && has_python(Some("duckdb")) {
        let found = read_back("parquet_duckdb.py", &desk);
        let total = found.values().try_fold(Cost::zero("USD".parse().unwrap()), |sum, (amount, ..)| sum.plus(*amount));
        assert_eq!((found.len(), total.unwrap()), (62, Cost::parse("7912.40", "USD".parse().unwrap()).unwrap()));
    }
}
