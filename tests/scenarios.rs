//! What could be: scenarios read, laid over a ledger, compared; and that nothing of it is ever written.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod common;
mod desk;

use std::fmt::Write as _;

use common::random::{END, World, all_days, at, world};
use common::{Books, Spend, day, expect, line};
use desk::books::{as_json, books, done, export, later, run, staged};
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
        let proposed = proposed.filter(|row| row["of"] == "proposed" || row["of"] == "unplaced");
        let said = |row: &Value| {
            let word = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            ["policy", "destination", "base", "scenario_1"].map(word).join(" ")
        };
        proposed.map(said).collect::<Vec<_>>()
    };
    // All that is blocked is pledged already; a plan that is raised blocks more. A further policy takes what is left.
    let raised = "[[amendment]]\nline = \"x\"\namount = \"100\"\neffective = \"2018-04-01\"\n";
    assert_eq!(compare(raised), ["all eff 0.00 100.00"]);
    let half = format!(
        "{raised}[[destination]]\nid = \"google\"\nkind = \"platform\"\n[[policy]]\nid = \"all\"\n\
         [[policy.to]]\ndestination = \"google\"\nshare = \"50%\"\n[[policy]]\nid = \"more\"\nremainder = \"eff\"\n"
    );
    assert_eq!(
        compare(&half),
        ["all - 0.00 50.00", "all eff 0.00 0.00", "all google 0.00 50.00", "more eff 0.00 50.00"]
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

/// 9 days of January have no data; of the other 22, 20.00 for 184 open days ahead are 167.27.
const OUTLOOK: &str = "\
Outlook to 2018-12-31 - Books
2018-01-01 to 2018-12-31, as of 2018-02-10: 41 of 365 days are over.
Exact: what is recorded, and the plan of the days ahead. Nothing in it is
  estimated.
x: 9 open days up to the cut-off without data; what was spent then is missing
  here.

Expected spend at the end, USD
Plan line    Plan  Actual to date  Open plan ahead  Expected spend
---------  ------  --------------  ---------------  --------------
x          365.00           23.00           184.00          207.00
---------  ------  --------------  ---------------  --------------
Total      365.00           23.00           184.00          207.00

Expected spend is the actual to date and the open plan ahead: the plan of the
  days after the cut-off on which ads may run.

What is blocked, redirected and left, USD
Plan line   Blocked to      Blocked  Redirected        Of it         Over   Left
                  date        ahead                   unpaid   redirected
---------  -----------  -----------  ----------  -----------  -----------  -----
x                10.00       140.00       80.00        50.00         0.00  78.00
---------  -----------  -----------  ----------  -----------  -----------  -----
Total            10.00       140.00       80.00        50.00         0.00  78.00

Unpaid is approved or pledged, and neither paid nor taken over by another
  budget.
Left is plan less actual, open plan ahead or open orders, and what is
  redirected. Redirected and what follows it are of whole plan lines.

Plan = actual to date + open plan ahead + open variance to date + blocked net,
  USD
Plan line    Plan     Actual to    Open plan         Open  Blocked net  Residual
                           date        ahead  variance to
                                                     date
---------  ------  ------------  -----------  -----------  -----------  --------
x          365.00         23.00       184.00        11.00       147.00      0.00
---------  ------  ------------  -----------  -----------  -----------  --------
Total      365.00         23.00       184.00        11.00       147.00      0.00

Open variance to date is the open plan up to the cut-off less what was spent on
  open days: above zero, less was spent than planned.

Spent share against time share, USD
Plan line      Open  To date  Spent on  Of open     Open  Over  Of open    Ahead
               plan               open     plan     days           days  at this
                                  days                                      pace
---------  --------  -------  --------  -------  -------  ----  -------  -------
x            215.00    31.00     20.00     9.3%      215    31    14.4%   167.27

Where more of the open plan is spent than open days are over, money goes faster
  than planned. At this pace: each open day ahead costs what an open day with
  data has cost so far; a day that is blocked in part counts for its open part.
";

#[test]
fn an_outlook_by_hand() {
    let desk = books();
    desk.write(
        "books/ledger.toml",
        &(desk.read("books/ledger.toml") + "[[destination]]\nid = \"aid\"\nkind = \"donation\"\n"),
    );
    export(&desk, "e.csv", &["2018-01-10 c1 20.00", "2018-02-02 c1 3.00"]);
    done(&desk, "import e.csv --today 2018-03-01 --exported 2018-03-01");
    desk.write("books/restrictions.csv", "id,kind,platform,from,until\nb,ban,x,2018-02-01,2018-07-01\n");
    desk.write(
        "books/redirections.csv",
        "id,event,date,line,destination,amount,by,reference\n\
         r,proposed,2018-02-03,x,aid,100,ann,\nr,approved,2018-02-04,x,aid,,bob,\n\
         r,pledged,2018-02-05,x,aid,80,bob,\nr,paid,2018-02-06,x,aid,30,tom,w\n",
    );
    assert_eq!(done(&desk, "forecast --today 2018-02-10"), OUTLOOK);
    let json = as_json(&desk, "forecast 2018 --as-of 2018-02-10");
    let row = |table: usize, keys: &[&str]| {
        let row = &json["tables"][table]["rows"][0];
        keys.iter().map(|key| row[key].as_str().map_or(row[key].to_string(), str::to_owned)).collect::<Vec<_>>()
    };
    assert_eq!(
        row(0, &["line", "platform", "currency", "plan", "actual", "spend_ahead", "expected_spend"]).join(" "),
        "x x USD 365.00 23.00 184.00 207.00"
    );
    assert_eq!(
        row(3, &["spent_share", "time_share", "uncovered_days", "expected_at_pace"]).join(" "),
        "0.093 0.144 9 190.27"
    );
    for format in ["csv", "markdown"] {
        assert!(done(&desk, &format!("forecast 2018 --as-of 2018-02-10 --format {format}")).contains("207.00"));
    }
}

/// What commands of this kind print, and that they leave every byte of the folder as it is.
#[test]
fn nothing_is_written() {
    let desk = staged();
    desk.write("books/scenarios/a.toml", "name = \"A\"\nrestriction = [{ id = \"ban\", until = \"2018-07-01\" }]\n");
    desk.write("b.toml", "name = \"B\"\namendment = [{ line = \"x\", amount = \"1\" }]\nspend = \"pace\"\n");
    let before = desk.tree();
    for typed in [
        "forecast",
        "forecast 2018 --as-of 2018-03-20 --as-known 2018-03-01",
        "scenario run a",
        "scenario run b.toml --period 2018 --prior-period",
        "scenario compare",
        "scenario compare a b.toml --period 2018 --restriction ban --restriction hold --format json",
        "scenario compare --period 2018-Q3 --as-known 2018-02-20 --format csv",
    ] {
        let ran = run(&desk, &format!("{typed} --today 2018-03-20"));
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{typed}");
        assert!(!ran.stdout.is_empty() && desk.tree() == before, "{typed}");
    }
}

#[test]
fn what_a_ban_blocks_when_it_ends_month_by_month() {
    let desk = staged();
    let answer = as_json(&desk, "scenario compare --period 2018 --as-of 2018-03-20");
    let tables = answer["tables"].as_array().unwrap();
    let rows = tables.iter().find(|table| table["key"] == "ends").unwrap()["rows"].as_array().unwrap();
    let keys = ["until", "blocked_imposed", "blocked_voluntary", "redirectable", "redirected_live", "over_redirected"];
    let said = |row: &Value| keys.map(|key| row[key].as_str().unwrap_or("-").to_owned()).join(" ");
    assert_eq!(
        rows.iter().map(said).collect::<Vec<_>>(),
        [
            "- 370.50 0.00 0.00 367.50 0.00",
            "2018-03-01 28.00 34.70 0.00 367.50 304.80",
            "2018-04-01 62.70 34.70 0.00 367.50 273.10",
            "2018-05-01 96.28 34.70 0.00 367.50 239.52",
            "2018-06-01 130.97 34.70 0.00 367.50 204.83",
            "2018-07-01 164.55 34.70 0.00 367.50 171.25",
            "2018-08-01 199.25 34.70 0.00 367.50 136.55",
            "2018-09-01 233.95 34.70 0.00 367.50 101.85",
            "2018-10-01 267.53 34.70 0.00 367.50 68.27",
            "2018-11-01 302.22 34.70 0.00 367.50 33.58",
            "2018-12-01 335.80 34.70 0.00 367.50 0.00",
            "2019-01-01 370.50 0.00 0.00 367.50 0.00",
        ]
    );
    assert_eq!(
        as_json(&desk, "scenario compare --period 2018-01 --as-of 2018-03-20")["tables"].as_array().unwrap().len(),
        2
    );
}

#[test]
fn a_scenario_is_laid_over_what_was_known() {
    let desk = staged();
    later(&desk);
    desk.write("s.toml", "name = \"S\"\nrestriction = [{ id = \"ban\", from = \"2018-03-01\" }]\n");
    let blocked = |cut: &str| {
        let typed = format!("scenario run s.toml --period 2018-Q3 --as-of 2018-03-20 --as-known {cut}");
        let answer = as_json(&desk, &typed);
        answer["tables"][1]["rows"][0]["blocked_imposed"].as_str().unwrap().to_owned()
    };
    // In June it was recorded that the ban ends in July; its end is not the scenario's.
    assert_eq!((blocked("2018-03-20").as_str(), blocked("2018-06-15").as_str()), ("102.98", "0.00"));
    let ran = run(&desk, "scenario run s.toml --period 2018 --as-known 2018-02-04");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            2,
            "error: s.toml:2:23: restriction: there is no ban or hold `ban`; the ledger has none; a new one is a [[ban]] or a [[hold]]\n"
        )
    );
}

const FAULTS: &str = r#"scenarios/s.toml:1:1: `name` is missing; add name = "…", which stands over its figures
scenarios/s.toml:1:1: `nme` is no key of a scenario; perhaps `name`; its keys are `name`, `note`, `spend`, `ban`, `hold`, `restriction`, `amendment`, `destination`, `policy`
scenarios/s.toml:2:9: spend: `forecast` needs an estimate of the days ahead, which is not there yet; write plan (their plan) or pace (as much a day as so far)
scenarios/s.toml:4:6: ban: `ban` is in restrictions.csv already; change that one with [[restriction]], or give another id
scenarios/s.toml:6:8: `ban.from` is a date; write from = "…"
scenarios/s.toml:9:12: platform: `no such` is not a platform's id; use small letters, digits, `.`, `_` and `-`, like `linkedin`
scenarios/s.toml:11:9: until: `2018-06-01` is not after 2018-07-01, the day it begins; until is the first day ads may run again
scenarios/s.toml:12:9: share: `140%` is not a share; write a part of the whole above 0 and at most 1, like 0.35 or 35%
scenarios/s.toml:14:6: restriction: there is no ban or hold `y`; the ledger has ban, hold; a new one is a [[ban]] or a [[hold]]
scenarios/s.toml:16:1: restriction: nothing of it is changed; write from, until, share or status = "void"
scenarios/s.toml:19:6: restriction: `hold` is declared twice; keep one
scenarios/s.toml:20:8: from: `2018-02-30` is not in the calendar
scenarios/s.toml:22:8: amendment: there is no plan line `y`; the ledger has x
scenarios/s.toml:25:8: amendment: `x` needs either an amount or what it is changed to; write amount = "…", the change, or to = "…", the new amount
scenarios/s.toml:30:6: amendment: `3.001` has more than 2 decimals
scenarios/s.toml:32:8: effective: 2019-01-01 is after the last day of line `x`, 2018-12-31; date it inside the line's period
scenarios/s.toml:35:3: `rate` is no key of a scenario; its keys are `name`, `note`, `spend`, `ban`, `hold`, `restriction`, `amendment`, `destination`, `policy`
scenarios/s.toml:38:6: destination: `eff` is declared in ledger.toml already; leave it out here
scenarios/s.toml:39:8: kind: `gift` is no kind of destination; write donation, platform, reserve
scenarios/s.toml:43:15: destination: no destination `nn` is declared; add a [[destination]] with this id
"#;

/// A scenario with a fault of every kind, and what is said of it.
#[test]
fn all_that_is_wrong_is_said_together() {
    let desk = staged();
    let toml = "\
nme = \"x\"
spend = \"forecast\"
[[ban]]
id = \"ban\"
platform = \"x\"
from = 2018-07-01
[[hold]]
id = \"new\"
platform = \"no such\"
from = \"2018-07-01\"
until = \"2018-06-01\"
share = \"140%\"
[[restriction]]
id = \"y\"
until = \"open\"
[[restriction]]
id = \"hold\"
[[restriction]]
id = \"hold\"
from = \"2018-02-30\"
[[amendment]]
line = \"y\"
to = \"3\"
[[amendment]]
line = \"x\"
to = \"3\"
amount = \"3\"
[[amendment]]
line = \"x\"
to = \"3.001\"
[[amendment]]
line = \"x\"
amount = \"3\"
effective = \"2019-01-01\"
[[rate]]
x = 1
[[destination]]
id = \"eff\"
kind = \"gift\"
[[policy]]
id = \"a\"
[[policy.to]]
destination = \"nn\"
share = \"1\"
";
    desk.write("books/scenarios/s.toml", toml);
    let ran = run(&desk, "scenario run s");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""));
    assert_eq!(ran.stderr.replace("error: ", ""), FAULTS);
    // What follows from it is held to the rules of the whole ledger, and has its place in the scenario.
    for (toml, said) in [
        (
            "name = \"s\"\n[[ban]]\nid = \"n\"\nplatform = \"nosuch\"\nfrom = \"2018-02-01\"\n",
            "scenarios/s.toml:2:1: `nosuch` is no platform this ledger knows; ",
        ),
        (
            "name = \"s\"\n\n[[ban]]\nid = \"n\"\nplatform = \"x\"\ncampaign = \"c1\"\nfrom = \"2018-02-01\"\n",
            "scenarios/s.toml:3:1: ban `n` on x/*/c1 is narrower than plan line `x` (x) and has no share; ",
        ),
        (
            "name = \"s\"\n[[amendment]]\nline = \"x\"\nto = \"1\"\neffective = \"2018-12-01\"\n",
            "scenarios/s.toml:2:1: line `x` is 1.00 USD from 2018-12-01 on, but ",
        ),
        ("\u{feff}name = \"s\"\n<<<<<<< a\n=======\n>>>>>>> b\n", "scenarios/s.toml:2:1: "),
    ] {
        desk.write("books/scenarios/s.toml", toml);
        let ran = run(&desk, "scenario run s --period 2018");
        assert!(ran.code == 2 && ran.stderr.starts_with(&format!("error: {said}")), "{ran:?}");
    }
    let ran = run(&desk, "scenario run nowhere");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (
            2,
            "error: there is no scenario `nowhere`\nhint: the ledger has s; a scenario elsewhere is named by its file, ending in .toml\n"
        )
    );
    for outside in ["../../books/scenarios/s", "a\\b", "nowhere.toml"] {
        let ran = run(&desk, &format!("scenario run {outside}"));
        assert!(
            ran.code == 2 && ran.stderr.starts_with(&format!("error: there is no scenario `{outside}`")),
            "{ran:?}"
        );
    }
    desk.write("books/scenarios/s.toml", "name = \"s\"\n");
    let ran = run(&desk, "scenario compare s --restriction other --period 2018");
    assert_eq!(
        (ran.code, ran.stderr.as_str()),
        (1, "error: there is no ban or hold `other` in this period\nhint: there is ban, hold\n")
    );
}

#[test]
fn more_scenarios_than_fit_stand_in_tables_of_their_own() {
    let desk = staged();
    for at in 1..=5 {
        let toml = format!("name = \"Raised by {at}\"\namendment = [{{ line = \"x\", amount = \"{at}\" }}]\n");
        desk.write(&format!("books/scenarios/s{at}.toml"), &toml);
    }
    let printed = done(&desk, "scenario compare --period 2018 --as-of 2018-03-20");
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "{printed}");
    let answer = as_json(&desk, "scenario compare --period 2018 --as-of 2018-03-20");
    let keys = |table: &Value| {
        let row = &table["rows"][0];
        let text = |key: &str| row.get(key).map(|cell| cell.as_str().unwrap().to_owned());
        (1..=5).filter_map(|at| text(&format!("scenario_{at}"))).collect::<Vec<_>>()
    };
    let tables = answer["tables"].as_array().unwrap().iter().filter(|table| table["key"] == "comparison_usd");
    assert_eq!(tables.map(keys).collect::<Vec<_>>(), [vec!["402.50", "403.50", "404.50"], vec!["405.50", "406.50"]]);
}

/// docs/json.md names every table and every key of the answers.
#[test]
fn the_page_of_json_names_every_key() {
    let page = std::fs::read_to_string(format!("{}/docs/json.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let desk = staged();
    desk.write("s.toml", "name = \"S\"\namendment = [{ line = \"x\", amount = \"1\" }]\n");
    for typed in ["forecast 2018", "scenario compare s.toml --period 2018"] {
        let answer = as_json(&desk, &format!("{typed} --as-of 2018-03-20"));
        for table in answer["tables"].as_array().unwrap() {
            let key = table["key"].as_str().unwrap();
            assert!(page.contains(&format!("`{key}`")), "{key}");
            for column in table["rows"][0].as_object().unwrap().keys() {
                assert!(page.contains(&format!("`{column}`")), "{key}: {column}");
            }
        }
    }
}

/// docs/scenarios.md does what it says: its files are read, its commands print what it shows, and it names every key.
#[test]
fn the_page_does_what_it_says() {
    let page = std::fs::read_to_string(format!("{}/docs/scenarios.md", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let desk = desk::Desk::new();
    desk.run(&["demo"]);
    let mut given = page.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    desk.write("respend-demo/scenarios/june.toml", given.next().unwrap());
    for toml in given {
        desk.write("given.toml", toml);
        desk.done(&["--ledger", "respend-demo", "scenario", "run", "given.toml", "--period", "2018"]);
    }
    let mut shown = 0;
    for block in page.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap()) {
        let mut lines = block.lines();
        let typed = lines.next().unwrap().strip_prefix("$ respend ").unwrap();
        let args: Vec<&str> = ["--ledger", "respend-demo"].into_iter().chain(typed.split(' ')).collect();
        let printed = desk.done(&args);
        let mut printed = printed.lines();
        for line in lines {
            assert!(printed.any(|other| other == line), "the page shows what is not printed there: {line}");
            shown += 1;
        }
    }
    assert!(shown > 20, "the page shows a comparison");

    let named = |heading: &str| {
        let section = page.split_once(&format!("{heading}\n")).unwrap().1.split("\n#").next().unwrap();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split(" |").next());
        let keys = rows.flat_map(|row| row.split([',', ' ', '`', '[', ']']).filter(|key| !key.is_empty()));
        keys.map(str::to_owned).collect::<std::collections::BTreeSet<_>>()
    };
    for (heading, toml) in [
        ("## Every key", "no = 1"),
        ("### `[[ban]]` and `[[hold]]`", "[[ban]]\nno = 1"),
        ("### `[[ban]]` and `[[hold]]`", "[[hold]]\nno = 1"),
        ("### `[[restriction]]`", "[[restriction]]\nno = 1"),
        ("### `[[amendment]]`", "[[amendment]]\nno = 1"),
    ] {
        desk.write("given.toml", toml);
        let said = desk.run(&["--ledger", "respend-demo", "scenario", "run", "given.toml"]).stderr;
        let (_, keys) = said.split_once("its keys are ").unwrap();
        let keys: std::collections::BTreeSet<_> =
            keys.lines().next().unwrap().split(", ").map(|key| key.trim_matches('`').to_owned()).collect();
        assert_eq!(named(heading), keys, "{heading}");
    }
}

/// One thing a scenario could say, as plain values.
#[derive(Clone, Debug)]
enum Fact {
    /// A new ban or hold: whether it is a hold, on which scope, from when, for how long, percent.
    New(bool, usize, u32, Option<u32>, u32),
    /// Another row of a known one: which, from when, for how long, whether it is void.
    Row(usize, u32, Option<u32>, bool),
    /// An amendment: of which line, by how much, on which of its days.
    Amendment(usize, i128, u32),
}

fn fact() -> impl Strategy<Value = Fact> {
    let length = || prop::option::of(1..400_u32);
    prop_oneof![
        (any::<bool>(), 0..SCOPES.len(), 0..END, length(), 1..=100_u32)
            .prop_map(|(a, b, c, d, e)| Fact::New(a, b, c, d, e)),
        (0..6_usize, 0..END, length(), any::<bool>()).prop_map(|(a, b, c, d)| Fact::Row(a, b, c, d)),
        (0..8_usize, -5_000..50_000_i128, 0..500_u32).prop_map(|(a, b, c)| Fact::Amendment(a, b, c)),
    ]
}

const SCOPES: [&str; 6] = ["x", "x/a-1", "x/*/c", "google", "meta", "x/b/d"];

/// Writes the same facts as a scenario, and as rows that are really added to the books, recorded last.
fn twice(world: &World, ledger: &Ledger, facts: &[Fact]) -> (String, Books) {
    const LATE: &str = "2199-01-01";
    let (mut toml, mut books) = (String::from("name = \"s\"\n"), world.books(u32::MAX));
    let known = ledger.restrictions(None);
    let lines = ledger.lines(None);
    let mut changed = Vec::new();
    for (number, fact) in facts.iter().enumerate() {
        match fact {
            Fact::New(is_hold, scope, from, days, share) => {
                let (kind, scope, from) = (if *is_hold { "hold" } else { "ban" }, SCOPES[*scope], at(*from));
                let until = days.map(|days| from.plus_days(days).to_string());
                writeln!(toml, "[[{kind}]]\nid = \"new-{number}\"\nfrom = \"{from}\"\nshare = \"{share}%\"").unwrap();
                for (key, part) in
                    ["platform", "account", "campaign"].iter().zip(scope.split('/')).filter(|(_, part)| *part != "*")
                {
                    writeln!(toml, "{key} = \"{part}\"").unwrap();
                }
                until.iter().for_each(|until| writeln!(toml, "until = \"{until}\"").unwrap());
                books = books.restriction(&format!(
                    "id=new-{number} kind={kind} scope={scope} from={from} until={} share={share}% recorded={LATE}",
                    until.unwrap_or_default()
                ));
            }
            Fact::Row(which, from, days, is_void) => {
                let Some(of) = known.get(*which).filter(|of| !changed.contains(&of.id)) else { continue };
                changed.push(of.id.clone());
                let from = at(*from);
                let until = days.map(|days| from.plus_days(days).to_string());
                let (status, share) = (if *is_void { "void" } else { "active" }, of.share);
                let end = until.clone().unwrap_or("open".to_owned());
                writeln!(
                    toml,
                    "[[restriction]]\nid = \"{}\"\nfrom = \"{from}\"\nuntil = \"{end}\"\nstatus = \"{status}\"",
                    of.id
                )
                .unwrap();
                let part = |part: &Option<String>| part.clone().unwrap_or("*".to_owned());
                books = books.restriction(&format!(
                    "id={} kind={} scope={}/{}/{} from={from} until={} share={} status={status} recorded={LATE}",
                    of.id,
                    of.kind,
                    of.scope.platform,
                    part(&of.scope.account),
                    part(&of.scope.campaign),
                    until.unwrap_or_default(),
                    share.map(|share| share.to_string()).unwrap_or_default(),
                ));
            }
            Fact::Amendment(which, by, offset) => {
                let line = &lines[which % lines.len()];
                let effective = line.period.start().plus_days(offset % line.period.days());
                let by = Money::from_minor(*by, line.currency).unwrap();
                writeln!(toml, "[[amendment]]\nline = \"{}\"\namount = \"{by}\"\neffective = \"{effective}\"", line.id)
                    .unwrap();
                books = books.budget(&format!(
                    "line={} entry=amendment amount={by} effective={effective} basis=given recorded={LATE}",
                    line.id
                ));
            }
        }
    }
    (toml, books)
}

/// What a statement says, but for where and when its facts were recorded.
fn said(statement: Result<Statement, StatementError>) -> String {
    let statement = match statement {
        Ok(statement) => statement,
        Err(StatementError::Ledger(LedgerError::Invalid(problems))) => {
            let mut what: Vec<String> = problems.into_iter().map(|problem| problem.what).collect();
            what.sort();
            return what.join("\n");
        }
        Err(error) => return error.to_string(),
    };
    let mut text = String::new();
    for line in &statement.lines {
        writeln!(text, "{} {:?} {:?}", line.line.id, line.figures, line.months).unwrap();
        writeln!(text, "{:?} {:?} {:?}", line.blocked.segments(), line.blocked_by_whole, line.uncovered).unwrap();
    }
    for one in &statement.restrictions {
        writeln!(text, "{} {} {} {:?} {:?}", one.kind, one.id, one.from, one.until, one.share).unwrap();
    }
    let Statement { unbudgeted, platforms, totals, redirections, month_figures, .. } = &statement;
    writeln!(text, "{unbudgeted:?} {platforms:?} {totals:?} {month_figures:?}").unwrap();
    for of in redirections {
        writeln!(text, "{} {} {:?}", of.redirection.id, of.state, of.needs_other_funding).unwrap();
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    /// A scenario says what its facts would, were they recorded; one that changes nothing says what is.
    #[test]
    fn a_scenario_is_a_ledger_in_which_it_is_so(
        world in world(),
        facts in prop::collection::vec(fact(), 0..4),
        as_of in 0..END,
        days in prop_oneof![Just(all_days()), (0..END - 1, 1..400_u32).prop_map(|(from, days)| Period::new(at(from), at(from + days)).unwrap())],
    ) {
        let shelf = world.books(u32::MAX).open().unwrap();
        let (toml, added) = twice(&world, &shelf.ledger, &facts);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.toml");
        std::fs::write(&file, &toml).unwrap();
        let scenario = shelf.ledger.scenario(file.to_str().unwrap(), None).unwrap().unwrap();
        let under = Statement::of(&shelf.ledger.under(&scenario), days, at(as_of), None);
        let really = added.open().unwrap();
        prop_assert_eq!(said(under), said(really.statement(days, at(as_of), None)), "{}", toml);
        if facts.is_empty() {
            let base = said(shelf.statement(days, at(as_of), None));
            prop_assert_eq!(said(Statement::of(&shelf.ledger.under(&scenario), days, at(as_of), None)), base);
        }
    }

}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Beside each other, ledgers have the statements they have alone; an outlook adds up, and so do its sums.
    #[test]
    fn what_is_compared_is_what_it_is_alone(world in world(), facts in prop::collection::vec(fact(), 0..3), as_of in 0..END) {
        let shelf = world.books(u32::MAX).open().unwrap();
        let (toml, _) = twice(&world, &shelf.ledger, &facts);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.toml");
        std::fs::write(&file, &toml).unwrap();
        let scenario = shelf.ledger.scenario(file.to_str().unwrap(), None).unwrap().unwrap();
        let (days, as_of) = (all_days(), at(as_of));
        let restrictions: Vec<_> = shelf.ledger.restrictions(None).into_iter().take(1).collect();
        let Ok(compared) = Comparison::of(&shelf.ledger, vec![scenario.clone()], &restrictions, days, as_of, None) else { return Ok(()) };
        let alone = Statement::of(&shelf.ledger.under(&scenario), days, as_of, None);
        prop_assert_eq!(said(Ok(compared.scenarios[0].1.statement.clone())), said(alone));
        prop_assert_eq!(said(Ok(compared.base.statement.clone())), said(shelf.statement(days, as_of, None)));
        for (restriction, ends) in &compared.ends {
            for one in ends {
                let Some(until) = one.until else { continue };
                let ledger = shelf.ledger.under(&Scenario::ending(restriction, until));
                let alone = Statement::of(&ledger, days, as_of, None).unwrap();
                let blocked: i128 = alone.lines.iter().filter(|line| line.line.scope.overlaps(&restriction.scope)).map(|line| line.figures.get(Figure::BlockedGross).minor()).sum();
                prop_assert_eq!(one.figures.values().map(|sums| sums.get(Figure::BlockedGross).minor()).sum::<i128>(), blocked);
            }
        }
        for projection in [&compared.base, &compared.scenarios[0].1] {
            let Outlook { lines, platforms, totals } = &projection.outlook;
            for expected in lines.iter().map(|line| &line.expected).chain(platforms.values()).chain(totals.values()) {
                prop_assert!(expected.residual().unwrap().is_zero());
                let whole = expected.figures.get(Figure::BlockedToDate).plus(expected.blocked_ahead().unwrap()).unwrap();
                prop_assert_eq!(whole, expected.figures.get(Figure::BlockedGross));
            }
            let spend = |all: Vec<Money>| all.iter().map(|money| money.minor()).sum::<i128>();
            let of_lines = spend(lines.iter().map(|line| line.expected.spend().unwrap()).collect());
            prop_assert_eq!(of_lines, spend(totals.values().map(|total| total.spend().unwrap()).collect()));
            prop_assert_eq!(of_lines, spend(platforms.values().map(|sum| sum.spend().unwrap()).collect()));
        }
    }
}
