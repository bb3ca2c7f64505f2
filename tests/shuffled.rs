//! The order of rows means nothing: neither in the ledger's files nor in an export.

#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use respend::Instant;
use respend::import::{self, Options, Profiles};
use respend::ledger::{self, Change, Consent, Ledger};
use respend::report::Yearly;

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ledgers/kaspersky-2018")
}

/// The report of 2018 without its manifest.
fn told(ledger: &Path) -> serde_json::Value {
    let report = Yearly::of(&Ledger::open(ledger).unwrap(), "2018", "2018-12-31".parse().unwrap(), None, None).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&report.json().unwrap()).unwrap();
    json.as_object_mut().unwrap().remove("manifest").unwrap();
    json
}

/// Rows under the first line, put into another order; `order` draws from what is left.
fn shuffled(text: &str, order: &[usize]) -> String {
    let mut lines = text.split_inclusive('\n');
    let mut all = lines.next().unwrap().to_owned();
    let mut rows: Vec<&str> = lines.collect();
    for at in order.iter().cycle() {
        if rows.is_empty() {
            break;
        }
        all += rows.remove(at % rows.len());
    }
    all
}

/// A ledger with the example's plan, ban and redirection and a few rows more, and its own spend.
fn books(folder: &Path, order: &[usize], exports: &[String]) {
    fs::create_dir_all(folder).unwrap();
    fs::copy(example().join("ledger.toml"), folder.join("ledger.toml")).unwrap();
    let more = [
        (
            "budgets.csv",
            "x-2018,amendment,,,,,,5500.00,2018-06-01,2018-05-30,controller,given,,\n\
                         x-2018,amendment,,,,,,-500.00,2018-06-01,2018-05-30,controller,given,,\n\
                         m-2018,original,2018,meta,,,USD,1200.00,,2018-01-29,controller,forecast,,\n",
        ),
        (
            "restrictions.csv",
            "x-ban-2018-02,ban,x,,,2018-02-01,2018-09-01,,,,2018-08-20,controller,,,active,\n\
                              m-ban,ban,meta,,,2018-11-01,,0.5,,,2018-10-30,controller,,,active,\n",
        ),
        (
            "redirections.csv",
            "more,proposed,2018-06-02,2018-06-02,,x-2018,eff,USD,1000.00,controller,,,,,,\n\
                              more,approved,2018-06-03,2018-06-03,,x-2018,eff,USD,900.00,cfo,,,,,,\n",
        ),
        (
            "encumbrances.csv",
            "x-2018,po-1,2018-01-20,USD,100.00,2018-01-10,,\n\
                              x-2018,po-1,2018-01-20,USD,40.00,2018-01-15,,\n\
                              m-2018,po-2,2018-03-20,USD,70.00,2018-03-10,,\n",
        ),
    ];
    for (file, rows) in more {
        let text = fs::read_to_string(example().join(file)).unwrap() + rows;
        fs::write(folder.join(file), shuffled(&text, order)).unwrap();
    }
    for (at, export) in exports.iter().enumerate() {
        let file = folder.join(format!("export-{at}.csv"));
        fs::write(&file, export).unwrap();
        let options = Options {
            currency: Some("USD".parse().unwrap()),
            account: Some("kaspersky".into()),
            exported: Some("2018-03-02".parse().unwrap()),
            ..Options::default()
        };
        let reading = import::read(&file, &options, &Profiles::built_in(), &mut |_, _| {}).unwrap();
        let mut change = Change::begin(folder).unwrap();
        let recorded: Instant = "2018-03-02".parse().unwrap();
        let rollup = reading.outcome.as_ref().unwrap();
        ledger::accept(&mut change, &reading, rollup, Consent::default(), Vec::new(), recorded).unwrap().unwrap();
        change.commit().unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn rows_of_ledger_and_exports_in_any_order_tell_the_same(order in prop::collection::vec(0usize..1000, 1..30)) {
        let exports = ["x-2017.csv", "x-2018-01.csv"].map(|file| fs::read_to_string(example().join("exports").join(file)).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let (straight, mixed) = (folder.path().join("straight"), folder.path().join("mixed"));
        books(&straight, &[0], &exports);
        books(&mixed, &order, &exports.map(|export| shuffled(&export, &order)));
        let expected = told(&straight);
        prop_assert_eq!(expected["lines"][1]["redirected_live"].as_str(), Some("87373.97"), "the case is a rich one");
        prop_assert_eq!(told(&mixed), expected);
    }
}
