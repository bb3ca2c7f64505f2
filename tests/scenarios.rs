//! What could be: scenarios read, laid over a ledger, compared; and that nothing of it is ever written.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod common;
mod desk;

use std::fmt::Write as _;

use common::random::{END, World, all_days, at, world};
use common::{Books, Spend, day, expect, line};
use desk::Desk;
use desk::books::{as_json, books, done, export, run, staged};
use proptest::prelude::*;
use respend::ledger::{Ledger, LedgerError, Scenario, SpendAhead};
use respend::outlook::Outlook;
use respend::scenario::{Comparison, Projection};
use respend::statement::{Figure, Statement, StatementError};
use respend::{Money, Period};
use serde_json::Value;

/// Ten a day on x in 2018, banned from February on, and 12 spent on each day of January.
fn banned() -> Books {
    let spend = (1..=31).fold(Spend::of("2018-01-01..2018-01-31"), |spend, on| {
        spend.row(&format!("2018-01-{on:02}"), "x/main/c", "12.00 USD")
    });
    Books::new().plan("x", "x", "2018", "3650.00 USD").restrict("ban", "b", "x", "2018-02-01..").spend(spend)
}

/// Reads a scenario of a ledger.
fn read(books: &Books, toml: &str) -> Result<(common::Shelf, Scenario), LedgerError> {
    let shelf = books.clone().file("scenarios/s.toml", toml).open()?;
    let scenario = shelf.ledger.scenario("s", None)?.unwrap();
    Ok((shelf, scenario))
}

/// The statement of 2018 under a scenario, with what follows.
#[track_caller]
fn under(books: &Books, toml: &str, as_of: &str) -> Projection {
    let (shelf, scenario) = read(books, &format!("name = \"s\"\n{toml}")).unwrap_or_else(|error| panic!("{error}"));
    let ledger = shelf.ledger.under(&scenario);
    let statement = Statement::of(&ledger, shelf.period("2018"), day(as_of), None).unwrap_or_else(|e| panic!("{e}"));
    Projection::of(&ledger, statement, scenario.spend).unwrap()
}

fn outlook(books: &Books, as_of: &str, spend: SpendAhead) -> Outlook {
    Outlook::of(&books.statement_at("2018", as_of, None), spend).unwrap()
}

fn text(money: Money) -> String {
    money.to_string()
}

#[test]
fn a_ban_is_lifted_moved_extended_shared_or_taken_back() {
    // January's 31 days are open, then so many of ten a day are blocked.
    for (toml, blocked) in [
        ("", "3340.00"),
        ("restriction = [{ id = \"b\", until = \"2018-07-01\" }]", "1500.00"),
        ("restriction = [{ id = \"b\", from = \"2018-03-01\" }]", "3060.00"),
        ("restriction = [{ id = \"b\", from = \"2018-12-01\", until = \"open\" }]", "310.00"),
        ("restriction = [{ id = \"b\", share = \"50%\" }]", "1670.00"),
        ("restriction = [{ id = \"b\", status = \"void\" }]", "0.00"),
        ("hold = [{ id = \"h\", platform = \"twitter\", from = \"2018-01-01\", until = \"\" }]", "3650.00"),
        (
            "ban = [{ id = \"c\", platform = \"x\", account = \"main\", from = \"2018-01-01\", share = \"0.1\" }]",
            "3371.00",
        ),
    ] {
        let projection = under(&banned(), toml, "2018-12-31");
        expect(&line(&projection.statement, "x").figures, &format!("plan 3650.00, blocked_gross {blocked}"));
    }
    let open = banned().restrict("hold", "h", "x", "2018-02-01..2018-03-01");
    let projection =
        under(&open, "restriction = [{ id = \"h\", until = \"\" }, { id = \"b\", status = \"void\" }]", "2018-12-31");
    expect(&line(&projection.statement, "x").figures, "blocked_voluntary 3340.00, blocked_imposed 0.00");
}

#[test]
fn a_plan_is_amended_by_an_amount_or_to_one() {
    for (toml, plan) in [
        ("amendment = [{ line = \"x\", amount = \"334\", effective = \"2018-02-01\" }]", "3984.00"),
        ("amendment = [{ line = \"x\", to = \"4000\", effective = \"2018-02-01\" }]", "4000.00"),
        // One after the other.
        (
            "amendment = [{ line = \"x\", to = \"4000\" }, { line = \"x\", to = \"5000\" }, { line = \"x\", amount = \"-1\" }]",
            "4999.00",
        ),
    ] {
        let projection = under(&banned(), toml, "2018-12-31");
        expect(&line(&projection.statement, "x").figures, &format!("plan {plan}"));
    }
    // What a later entry of the ledger takes away must still be there.
    let cut = banned().amend("x", "-1000.00", "2018-07-01");
    let said =
        read(&cut, "name = \"s\"\n[[amendment]]\nline = \"x\"\namount = \"-2000\"\neffective = \"2018-06-01\"\n");
    let (shelf, scenario) = said.unwrap();
    let refused = Statement::of(&shelf.ledger.under(&scenario), shelf.period("2018"), day("2018-12-31"), None);
    assert!(matches!(refused, Err(StatementError::Ledger(LedgerError::Invalid(_)))), "{refused:?}");
}

#[test]
fn policies_are_added_or_replaced() {
    let desk = staged();
    let compare = |toml: &str| {
        desk.write("s.toml", &format!("name = \"s\"\n{toml}"));
        let answer = as_json(&desk, "scenario compare s.toml --period 2018 --as-of 2018-03-20");
        let rows = answer["tables"].as_array().unwrap().iter().find(|table| table["key"] == "comparison_usd").unwrap();
        let proposed = rows["rows"].as_array().unwrap().iter().filter(|row| row["measure"] == "amount");
        let proposed = proposed.filter(|row| row["figure"] == "proposed" || row["figure"] == "unplaced");
        let said = |row: &Value| {
            let word = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            ["policy", "destination", "base", "scenario_1"].map(word).join(" ")
        };
        proposed.map(said).collect::<Vec<_>>()
    };
    // All that is blocked is pledged already; a plan that is raised blocks more.
    let raised = "[[amendment]]\nline = \"x\"\namount = \"100\"\neffective = \"2018-04-01\"\n";
    assert_eq!(compare(raised), ["all eff 0.00 100.00"]);
    let half = format!(
        "{raised}[[destination]]\nid = \"google\"\nkind = \"platform\"\n[[policy]]\nid = \"all\"\n\
         [[policy.to]]\ndestination = \"google\"\nshare = \"50%\"\n[[policy]]\nid = \"more\"\nremainder = \"eff\"\n"
    );
    assert_eq!(
        compare(&half),
        ["all - 0.00 50.00", "all eff 0.00 0.00", "all google 0.00 50.00", "more eff 0.00 100.00"]
    );
}

#[test]
fn the_days_ahead_are_spent_as_planned_or_at_the_pace_so_far() {
    let books = Books::new().plan("x", "x", "2018", "3650.00 USD").restrict("ban", "b", "x", "2018-07-01..");
    let spend = |days: &str, last: u32| {
        (1..=last).fold(Spend::of(days), |spend, on| spend.row(&format!("2018-01-{on:02}"), "x/main/c", "12.00 USD"))
    };
    let january = books.clone().spend(spend("2018-01-01..2018-01-31", 31));
    let at = |books: &Books, as_of, spend| text(outlook(books, as_of, spend).lines[0].expected.spend().unwrap());
    // 372.00 in January; February to June are 150 days.
    assert_eq!(at(&january, "2018-01-31", SpendAhead::Plan), "1872.00");
    assert_eq!(at(&january, "2018-01-31", SpendAhead::Pace), "2172.00");
    // Ten days without data are not days without spend.
    let gaps = books.clone().spend(spend("2018-01-01..2018-01-21", 21));
    assert_eq!(at(&gaps, "2018-01-31", SpendAhead::Pace), "2052.00");
    let pace = &outlook(&gaps, "2018-01-31", SpendAhead::Plan).lines[0].pace;
    assert_eq!((pace.open_days, pace.elapsed, pace.uncovered), (181, 31, 10));
    assert_eq!((text(pace.planned), text(pace.spent)), ("310.00".to_owned(), "252.00".to_owned()));
    // Of days blocked in part their open part counts: a quarter of February to June.
    let part = january.clone().restrict_in_part("hold", "h", "x", "2018-02-01..2018-07-01", "75%");
    assert_eq!(at(&part, "2018-01-31", SpendAhead::Pace), "822.00");
    // Nothing is known to carry on: the plan stands in.
    assert_eq!(outlook(&books, "2018-01-31", SpendAhead::Pace).lines[0].pace.ahead, None);
    assert_eq!(at(&books, "2018-01-31", SpendAhead::Pace), "1500.00");
    // Rounded once, half up: 10.00 over 3 days, for 178 ahead.
    let thirds = books.spend(Spend::of("2018-01-01..2018-01-03").row("2018-01-02", "x/main/c", "10.00 USD"));
    assert_eq!(at(&thirds, "2018-01-03", SpendAhead::Pace), "603.33");
}

#[test]
fn an_outlook_by_hand() {
    let desk = books();
    desk.write(
        "books/ledger.toml",
        &(desk.read("books/ledger.toml") + "[[destination]]\nid = \"aid\"\nkind = \"donation\"\n"),
    );
    export(&desk, "e.csv", &["2018-01-10 c1 20.00", "2018-02-02 c1 3.00"]);
    done(&desk, "import e.csv --today 2018-03-01 --exported 2018-03-01");
    desk.write("books/restrictions.csv", "id,kind,platform,from\nb,ban,x,2018-02-01\n");
    desk.write(
        "books/redirections.csv",
        "id,event,date,line,destination,amount,by,reference\n\
         r,proposed,2018-02-03,x,aid,100,ann,\nr,approved,2018-02-04,x,aid,,bob,\n\
         r,pledged,2018-02-05,x,aid,80,bob,\nr,paid,2018-02-06,x,aid,30,tom,w\n",
    );
    let printed = done(&desk, "forecast --today 2018-02-10");
    assert_eq!(
        printed,
        "\
Outlook to 2018-12-31 - Books
2018-01-01 to 2018-12-31, as of 2018-02-10: 41 of 365 days are over.
Exact: what is recorded, and the plan of the days ahead. Nothing in it is
  estimated.
x: 9 open days up to the cut-off without data; what was spent then is missing
  here.
"
    );
}
