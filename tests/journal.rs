//! The journal of worked ledgers, posting by posting.
//!
//! `tests/expected/journal.*` is the shipped ledger in each format; `RESPEND_REFRESH=1 cargo test --test journal` writes
//! them anew, and the difference is what there is to review.
#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod common;
mod desk;

use std::fs;
use std::path::{Path, PathBuf};

use common::{Books, Spend};
use desk::Desk;
use respend::export;
use respend::journal::Journal;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

const FORMATS: [&str; 4] = ["hledger", "ledger", "beancount", "journal"];

#[test]
fn the_shipped_ledger_in_every_format() {
    let desk = Desk::new();
    let ledger = project("ledgers/kaspersky-2018");
    for format in FORMATS {
        let typed = ["--ledger", ledger.to_str().unwrap(), "--today", "2020-01-01", "export", format, "2018"];
        let shown = desk.done(&typed);
        let expected = project(&format!("tests/expected/journal.{format}"));
        if std::env::var_os("RESPEND_REFRESH").is_some() {
            fs::write(&expected, &shown).unwrap();
        }
        assert_eq!(shown, fs::read_to_string(expected).unwrap(), "{format}");
        let to_file = [&typed[..], &["--output", "books"]].concat();
        assert_eq!(desk.done(&to_file), "", "{format}");
        assert_eq!(desk.read("books"), shown, "{format}");
    }
}

#[test]
fn cut_offs_cut_the_journal() {
    let desk = Desk::new();
    let ledger = project("ledgers/kaspersky-2018");
    let export = |more: &[&str]| {
        desk.done(&[&["--ledger", ledger.to_str().unwrap(), "export", "hledger", "2018"], more].concat())
    };
    let (whole, as_of) = (export(&[]), export(&["--as-of", "2018-04-24"]));
    assert!(
        whole.contains("to eff: paid") && !as_of.contains("to eff: paid") && as_of.contains("to eff: pledged"),
        "{as_of}"
    );
    let as_known = export(&["--as-known", "2018-03-01"]);
    assert!(!as_known.contains("Blocked") && as_known.contains("Open:X:X-2018  7249.31 USD"), "{as_known}");
}

#[test]
fn what_cannot_be_exported_is_said() {
    let desk = Desk::new();
    let ledger = project("ledgers/kaspersky-2018");
    let run = |more: &[&str]| desk.run(&[&["--ledger", ledger.to_str().unwrap(), "export"], more].concat());
    let ran = run(&["hledger", "2018", "--format", "json"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("leave --format out"), "{}", ran.stderr);
    let ran = run(&["gnucash", "2018"]);
    assert_eq!(ran.code, 2);
    assert!(ran.stderr.contains("hledger, ledger, beancount, journal"), "{}", ran.stderr);
    assert_eq!(run(&["hledger", "2018-13"]).code, 2);
}

#[cfg(not(feature = "parquet"))]
#[test]
fn a_build_without_parquet_says_how_to_get_it() {
    let desk = Desk::new();
    let ledger = project("ledgers/kaspersky-2018");
    let ran = desk.run(&["--ledger", ledger.to_str().unwrap(), "export", "parquet", "2018", "--output", "spend"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.contains("--features parquet"), "{}", ran.stderr);
    assert!(!desk.path("spend").exists());
}

/// The transactions of a period as hledger reads them, without declarations.
fn posted(books: &Books, period: &str) -> String {
    let statement = books.statement(period);
    let journal = Journal::of("Books", &statement).unwrap();
    let text = export::hledger(&journal);
    text.split_once("\n\n2").map(|(_, rest)| format!("2{rest}")).unwrap_or_default()
}

#[test]
fn a_year_with_every_kind_of_entry() {
    let books = Books::new()
        .plan("a", "x", "2018-01", "310.00 USD")
        .plan("b", "google", "2018-01", "31.00 USD")
        .budget("line=a entry=transfer-out amount=-31.00 effective=2018-01-01 reference=t1")
        .budget("line=b entry=transfer-in amount=31.00 effective=2018-01-01 reference=t1")
        .amend("b", "15.00", "2018-01-17")
        .restrict("ban", "ban", "x", "2018-01-11..2018-01-21")
        .restrict("hold", "hold", "x", "2018-01-16..2018-01-26");
    assert_eq!(
        posted(&books, "2018-01"),
        "\
2018-01-01 * (a) Budget a: original
    Equity:Budget:Approved:X:A  310.00 USD
    Equity:Budget:Authority:X:A  -310.00 USD

2018-01-01 * (b) Budget b: original
    Equity:Budget:Approved:Google:B  31.00 USD
    Equity:Budget:Authority:Google:B  -31.00 USD

2018-01-01 * (t1) Transfer t1
    Equity:Budget:Approved:X:A  -31.00 USD
    Equity:Budget:Approved:Google:B  31.00 USD

2018-01-01 * (a) Plan a: 2018-01
    Equity:Budget:Open:X:A  144.00 USD
    Equity:Budget:Blocked:Imposed:X:A:Ban  90.00 USD
    Equity:Budget:Blocked:Voluntary:X:A:Hold  45.00 USD
    Equity:Budget:Plan:X:A  -279.00 USD

2018-01-01 * (b) Plan b: 2018-01
    Equity:Budget:Open:Google:B  77.00 USD
    Equity:Budget:Plan:Google:B  -77.00 USD

2018-01-17 * (b) Budget b: amendment
    Equity:Budget:Approved:Google:B  15.00 USD
    Equity:Budget:Authority:Google:B  -15.00 USD
"
    );
    let carried = books.plan("c", "meta", "2018-02", "28.00 USD");
    let carried = carried
        .budget("line=c entry=carry-forward amount=10.00 effective=2018-02-01 reference=c1 note=from-a")
        .budget("line=a entry=carry-forward amount=-10.00 effective=2018-02-01 reference=c1");
    let february = posted(&carried, "2018-02");
    assert_eq!(
        february,
        "\
2018-02-01 * (c) Budget c: original
    Equity:Budget:Approved:Meta:C  28.00 USD
    Equity:Budget:Authority:Meta:C  -28.00 USD

2018-02-01 * (c) Budget c: carry-forward, from-a
    Equity:Budget:Approved:Meta:C  10.00 USD
    Equity:Budget:Authority:Meta:C  -10.00 USD

2018-02-01 * (c) Plan c: 2018-02
    Equity:Budget:Open:Meta:C  38.00 USD
    Equity:Budget:Plan:Meta:C  -38.00 USD
"
    );
    let both = posted(&carried, "2018-01-01..2018-02-28");
    assert!(
        both.contains(
            "\
2018-02-01 * (a) Budget a: carry-forward
    Equity:Budget:Carried:X:A  10.00 USD
    Equity:Budget:Authority:X:A  -10.00 USD
"
        ),
        "{both}"
    );
}

#[test]
fn spend_inside_restrictions_and_outside_the_plan() {
    let books = Books::new().plan("a", "x", "2018-01", "31.000 KWD").restrict("ban", "ban", "x", "2018-01-11..").spend(
        Spend::of("2018-01-01..2018-01-31")
            .row("2018-01-05", "x/main/c", "1.2346 KWD")
            .row("2018-01-12", "x/main/c", "2.5 KWD")
            .row("2018-01-12", "x/Main/c", "7 KWD")
            .row("2018-01-12", "x/main/d", "700 JPY")
            .row("2018-01-13", "google/g/c", "-5.00 USD"),
    );
    // `Main` is another account than `main`, and its path says so.
    assert_eq!(
        posted(&books, "2018-01"),
        "\
2018-01-01 * (a) Budget a: original
    Equity:Budget:Approved:X:A  31.000 KWD
    Equity:Budget:Authority:X:A  -31.000 KWD

2018-01-01 * (a) Plan a: 2018-01
    Equity:Budget:Open:X:A  10.000 KWD
    Equity:Budget:Blocked:Imposed:X:A:Ban  21.000 KWD
    Equity:Budget:Plan:X:A  -31.000 KWD

2018-01-31 * (a) Spend a: 2018-01
    Expenses:Advertising:X:Main-eb814be3ca3b  7.000 KWD
    Liabilities:Payable:X:Main-eb814be3ca3b  -7.000 KWD
    Expenses:Advertising:X:Main  3.735 KWD
    Liabilities:Payable:X:Main  -3.735 KWD
    Equity:Budget:Spent:Open:X:A  1.235 KWD
    Equity:Budget:Spent:Restricted:X:A  9.500 KWD
    Equity:Budget:Authority:X:A  -10.735 KWD

2018-01-31 * Spend google, in no plan line: 2018-01
    Expenses:Advertising:Google:G  -5.00 USD
    Liabilities:Payable:Google:G  5.00 USD
    Equity:Budget:Unbudgeted:Google:G  -5.00 USD
    Equity:Budget:Authority  5.00 USD

2018-01-31 * Spend x, in no plan line: 2018-01
    Expenses:Advertising:X:Main  700 JPY
    Liabilities:Payable:X:Main  -700 JPY
    Equity:Budget:Unbudgeted:X:Main  700 JPY
    Equity:Budget:Authority  -700 JPY
"
    );
}

#[test]
fn a_pledge_of_last_year_paid_in_this_one() {
    let books = Books::new()
        .destination("aid", "donation")
        .plan("a", "x", "2018-12-01..2019-01-31", "620.00 USD")
        .restrict("ban", "ban", "x", "2018-12-01..")
        .event("id=r event=proposed date=2018-12-03 line=a destination=aid amount=500.00 by=ann")
        .event("id=r event=approved date=2018-12-04 line=a destination=aid amount=400.00 by=bob")
        .event("id=r event=pledged date=2018-12-05 line=a destination=aid amount=300.00 by=bob")
        .event("id=r event=paid date=2018-12-20 line=a destination=aid amount=100.00 by=bob reference=w1")
        .event("id=r event=paid date=2019-01-10 line=a destination=aid amount=150.00 by=bob reference=w2")
        .event("id=r event=acknowledged date=2019-01-11 line=a destination=aid by=bob reference=w2")
        .event("id=r event=refunded date=2019-01-12 line=a destination=aid amount=20.00 by=bob reference=w2")
        .event("id=r event=cancelled date=2019-01-20 line=a destination=aid by=bob")
        .event("id=r event=refunded date=2019-01-21 line=a destination=aid amount=30.00 by=bob reference=w2");
    assert_eq!(
        posted(&books, "2019"),
        "\
2019-01-01 * (a) Budget a: original, on 2018-12-01
    Equity:Budget:Approved:X:A  620.00 USD
    Equity:Budget:Authority:X:A  -620.00 USD

2019-01-01 * (a) Plan a: 2019-01
    Equity:Budget:Blocked:Imposed:X:A:Ban  310.00 USD
    Equity:Budget:Plan:X:A  -310.00 USD

2019-01-01 * (r) Redirection r to aid: approved, on 2018-12-04
    Equity:Budget:Redirected:Aid:X:A  400.00 USD
    Equity:Budget:Authority:X:A  -400.00 USD

2019-01-01 * (r) Redirection r to aid: pledged, on 2018-12-05
    Equity:Budget:Redirected:Aid:X:A  -100.00 USD
    Equity:Budget:Authority:X:A  100.00 USD
    Equity:Opening:Aid  300.00 USD
    Liabilities:Pledges:Aid  -300.00 USD

2019-01-01 * (w1) Redirection r to aid: paid, on 2018-12-20
    Assets:Cash:Aid  -100.00 USD
    Liabilities:Pledges:Aid  100.00 USD

2019-01-10 * (w2) Redirection r to aid: paid
    Assets:Cash:Aid  -150.00 USD
    Liabilities:Pledges:Aid  150.00 USD

2019-01-12 * (w2) Redirection r to aid: refunded
    Assets:Cash:Aid  20.00 USD
    Liabilities:Pledges:Aid  -20.00 USD

2019-01-20 * (r) Redirection r to aid: cancelled
    Equity:Budget:Redirected:Aid:X:A  -70.00 USD
    Equity:Budget:Authority:X:A  70.00 USD
    Expenses:Donations:Aid  -70.00 USD
    Liabilities:Pledges:Aid  70.00 USD

2019-01-21 * (w2) Redirection r to aid: refunded
    Equity:Budget:Redirected:Aid:X:A  -30.00 USD
    Equity:Budget:Authority:X:A  30.00 USD
    Expenses:Donations:Aid  -30.00 USD
    Assets:Cash:Aid  30.00 USD
"
    );
}
