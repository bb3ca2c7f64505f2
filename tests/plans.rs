//! Plans as they are kept over the years: proposed from spend, changed in any order, carried forward, banned and banned
//! again; by hand and by command.

#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use common::{Books, causes, expect, line};
use desk::Desk;
use desk::books::{as_json, done, export, refused, run};

/// Ten a day on one platform, 2018.
fn x() -> Books {
    Books::new().plan("x", "x", "2018", "3650.00 USD")
}

/// A ledger in USD, with 2.50 on every day of 2017 but 1.00 in February, in two campaigns that share it in turn.
fn spent() -> Desk {
    let desk = Desk::new();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    let first = common::day("2017-01-01");
    let rows: Vec<String> = (0..365)
        .map(|at| first.plus_days(at))
        .map(|day| {
            let campaign = if day.day_of_month() % 2 == 0 { "even" } else { "odd" };
            format!("{day} {campaign} {}", if day.month().to_string() == "2017-02" { "1.00" } else { "2.50" })
        })
        .collect();
    export(&desk, "2017.csv", &rows.iter().map(String::as_str).collect::<Vec<_>>());
    done(&desk, "import 2017.csv --today 2018-01-02 --quiet");
    desk
}

/// A proposal's basis, days, days with data, spend and amount.
fn proposed(desk: &Desk, typed: &str) -> String {
    let answer = as_json(desk, &format!("budget propose --line x --platform x --today 2018-01-02 {typed}"));
    let row = &answer["tables"][0]["rows"][0];
    let text = |key: &str| row[key].as_str().map(str::to_owned).unwrap_or_else(|| row[key].to_string());
    ["basis", "seen", "days", "covered_days", "spend", "amount"].map(text).join(" ")
}

fn every_order<T: Clone>(rows: &[T]) -> Vec<Vec<T>> {
    if rows.is_empty() {
        return vec![Vec::new()];
    }
    let with_first = |at: usize| {
        let rest: Vec<T> = [&rows[..at], &rows[at + 1..]].concat();
        every_order(&rest).into_iter().map(move |rest| [vec![rows[at].clone()], rest].concat()).collect::<Vec<_>>()
    };
    (0..rows.len()).flat_map(with_first).collect()
}

#[test]
fn entries_of_every_kind_in_any_order_make_one_plan() {
    // Eleven a day with what came from 2017, twelve from July on, eleven again from October on.
    let books = x()
        .plan("g", "google", "2018", "0.00 USD")
        .plan("x-2017", "x", "2017", "3650.00 USD")
        .budget("line=x entry=carry-forward amount=365.00 reference=c")
        .budget("line=x-2017 entry=carry-forward amount=-365.00 effective=2018-01-01 reference=c")
        .amend("x", "184.00", "2018-07-01")
        .budget("line=x entry=transfer-out amount=-92.00 effective=2018-10-01 reference=t")
        .budget("line=g entry=transfer-in amount=92.00 effective=2018-12-01 reference=t");
    let (openings, rows) = books.rows[0].split_at(3);
    for rows in every_order(rows) {
        let mut shuffled = books.clone();
        shuffled.rows[0] = [&rows, openings].concat();
        for (period, plan, received) in [
            ("2018-Q1", "990.00", "0.00"),
            ("2018-Q3", "1104.00", "0.00"),
            ("2018-Q4", "1012.00", "92.00"),
            ("2018-10-01", "11.00", "0.00"),
            ("2018", "4107.00", "92.00"),
        ] {
            let told = shuffled.statement(period);
            expect(&line(&told, "x").figures, &format!("plan {plan}"));
            expect(&line(&told, "g").figures, &format!("plan {received}"));
        }
    }
}

#[test]
fn a_ban_is_lifted_and_imposed_again() {
    // 59 days, and 214 from June on.
    let again = x().restrict("ban", "b", "x", "2018-02-01..2018-04-01").restrict("ban", "c", "x", "2018-06-01..");
    let year = again.statement("2018");
    expect(&line(&year, "x").figures, "blocked_gross 2730.00, open_plan 920.00");
    assert_eq!(causes(line(&year, "x")), "b 590.00, c 2140.00");
    // One id says one restriction: its later row replaces the earlier one whole.
    let same = x()
        .restriction("id=b kind=ban scope=x from=2018-02-01 until=2018-04-01 recorded=2018-04-01")
        .restriction("id=b kind=ban scope=x from=2018-06-01 recorded=2018-06-01");
    expect(&line(&same.statement("2018"), "x").figures, "blocked_gross 2140.00");
    let then = same.statement_at("2018", "2018-12-31", Some("2018-05-31"));
    expect(&line(&then, "x").figures, "blocked_gross 590.00");
}

#[test]
fn restrictions_lie_inside_each_other() {
    // The ban takes its 61 days out of the hold's 303.
    let inside =
        x().restrict("hold", "h", "x", "2018-02-01..2018-12-01").restrict("ban", "b", "x", "2018-04-01..2018-06-01");
    let year = inside.statement("2018");
    expect(&line(&year, "x").figures, "blocked_imposed 610.00, blocked_voluntary 2420.00, blocked_gross 3030.00");
    // A part of the line first; on 61 days the ban of everything adds the other 60 %.
    let part = x().restrict_in_part("ban", "a", "x/main", "2018-02-01..2018-12-01", "40%");
    let both = part.restrict("ban", "b", "x", "2018-04-01..2018-06-01").statement("2018");
    assert_eq!(causes(line(&both, "x")), "a 1212.00, b 366.00");
    // A campaign inside that account adds nothing while the account is banned.
    let nested = x()
        .restrict_in_part("ban", "a", "x/main", "2018-02-01..2018-12-01", "40%")
        .restrict_in_part("ban", "c", "x/main/spring", "2018-03-01..2018-12-11", "10%")
        .statement("2018");
    assert_eq!(causes(line(&nested, "x")), "a 1212.00, c 10.00");
}

#[test]
fn a_ban_of_a_part_proposes_the_share_that_was_seen() {
    let desk = spent();
    done(
        &desk,
        "budget add --line x --period 2018 --platform x --amount 3650 --basis given --today 2018-01-02 --quiet",
    );
    // 426.50 of 870.50 in the 365 days before.
    let narrow = "ban add --platform x --campaign even --from 2018-01-01 --id b --today 2018-01-02";
    let told = refused(&desk, narrow);
    assert!(told.contains("add the share; in the 365 days before 2018-01-01 it was 0.4899"), "{told}");
    let told = done(&desk, &format!("{narrow} --share 0.4899"));
    assert!(told.contains("It blocks 1,788.14 USD of plan line x"), "{told}");
}

#[test]
fn years_of_52_and_of_53_weeks_are_periods_with_both_days() {
    let books = Books::new()
        .plan("x-53", "x", "2017-01-29..2018-02-03", "3710.00 USD")
        .plan("x-52", "x", "2018-02-04..2019-02-02", "3640.00 USD")
        .restrict("ban", "b", "x", "2018-01-28..2018-02-11");
    let year = books.statement("2017-01-29..2018-02-03");
    assert_eq!(year.lines.len(), 1, "the next year begins on the next day");
    expect(&line(&year, "x-53").figures, "plan 3710.00, blocked_gross 70.00");
    expect(&line(&books.statement("2018-02-04..2019-02-02"), "x-52").figures, "plan 3640.00, blocked_gross 70.00");
    // Four weeks, four weeks, five weeks.
    for (weeks, plan) in [
        ("2018-02-04..2018-03-03", "280.00"),
        ("2018-03-04..2018-03-31", "280.00"),
        ("2018-04-01..2018-05-05", "350.00"),
    ] {
        expect(&line(&books.statement(weeks), "x-52").figures, &format!("plan {plan}"));
    }
}

#[test]
fn a_returned_balance_is_cash_and_no_export_of_spend() {
    let desk = spent();
    desk.write("account.csv", "Date,Description,Amount,Balance\n2018-01-05,Prepaid balance returned,-500.00,0.00\n");
    let told = refused(&desk, "import account.csv --platform x --currency USD --account acme --today 2018-01-06");
    assert!(told.contains("not_spend"), "{told}");
    // A credit of a day is spend of that day.
    export(&desk, "credit.csv", &["2018-01-05 odd -12.50"]);
    done(&desk, "import credit.csv --today 2018-01-06 --quiet");
    let spend = as_json(&desk, "spend --period 2018 --today 2018-01-06");
    assert_eq!(spend["tables"][0]["rows"][0]["amount"], "-12.50");
}

#[test]
fn a_plan_is_proposed_from_the_year_before() {
    let desk = spent();
    // 337 days at 2.50 and 28 at 1.00.
    for (typed, told) in [
        ("--period 2018", "2017-01-01..2017-12-31 365 365 870.50 870.50"),
        ("--period 2018 --scale 110%", "2017-01-01..2017-12-31 365 365 870.50 957.55"),
        ("--period 2018 --scale 0.3333", "2017-01-01..2017-12-31 365 365 870.50 290.14"),
        ("--period 2018-Q1", "2017-01-01..2017-03-31 90 90 183.00 183.00"),
        ("--period 2018 --campaign even", "2017-01-01..2017-12-31 365 365 426.50 426.50"),
        ("--period 2018 --account acme", "2017-01-01..2017-12-31 365 365 870.50 870.50"),
    ] {
        let basis = "prior-year-actual";
        assert_eq!(proposed(&desk, &format!("--basis {basis} {typed}")), format!("{basis} {told}"), "{typed}");
    }
}

#[test]
fn a_plan_is_proposed_from_a_run_rate() {
    let desk = spent();
    for (typed, told) in [
        ("--period 2018 --days 90 --before 2018-01-01", "2017-10-03..2017-12-31 90 90 225.00 912.50"),
        // 1.75 a day, over a leap year, a month and a day.
        ("--period 2020 --days 56 --before 2017-03-29", "2017-02-01..2017-03-28 56 56 98.00 640.50"),
        ("--period 2018-02 --days 56 --before 2017-03-29", "2017-02-01..2017-03-28 56 56 98.00 49.00"),
        ("--period 2018-02-01 --days 3 --before 2017-03-02", "2017-02-27..2017-03-01 3 3 4.50 1.50"),
        // Nothing is known of the first of January 2018: a day without data is no day without spend.
        ("--period 2018 --days 10 --allow-uncovered", "2017-12-23..2018-01-01 10 9 22.50 912.50"),
    ] {
        assert_eq!(proposed(&desk, &format!("--basis run-rate {typed}")), format!("run-rate {told}"), "{typed}");
    }
}

#[test]
fn amounts_are_rounded_to_what_a_currency_has() {
    for (currency, cost, amount) in [("JPY", "1000", "12167"), ("KWD", "1.0005", "12.179"), ("USD", "1.005", "12.29")] {
        let desk = Desk::new();
        desk.done(&["init", "books", "--name", "Books", "--currency", currency]);
        desk.write(
            "e.csv",
            &format!("Day,Platform,Account,Campaign,Currency,Spend\n2018-01-01,x,a,c,{currency},{cost}\n2018-01-30,x,a,c,{currency},0\n"),
        );
        done(&desk, "import e.csv --decimal point --today 2018-01-31 --quiet");
        let told = proposed(&desk, "--period 2018 --basis run-rate --days 30 --before 2018-01-31 --as-of 2018-01-30");
        assert!(told.ends_with(&format!(" {amount}")), "{currency}: {told}");
    }
}

#[test]
fn days_without_data_stop_a_proposal() {
    let desk = spent();
    let propose = "budget propose --line x --platform x --today 2018-01-02";
    assert_eq!(
        refused(&desk, &format!("{propose} --period 2018 --basis run-rate --days 10")),
        "error: no import covers x on 2018-01-01\n\
         hint: import the exports of those days, or say --allow-uncovered; days without data are not days without spend\n"
    );
    let told = refused(&desk, &format!("{propose} --period 2017 --basis prior-year-actual --write"));
    assert!(told.starts_with("error: no import covers x on 2016-01-01..2016-12-31\n"), "{told}");
    let told = refused(
        &desk,
        &format!("{propose} --period 2030 --basis run-rate --days 5 --before 2016-01-01 --allow-uncovered"),
    );
    assert!(told.starts_with("error: no import speaks for any of the days asked for\n"), "{told}");
    let told = refused(&desk, &format!("{propose} --period 2018 --basis prior-year-actual --currency EUR"));
    assert!(told.starts_with("error: x spent 0.00 EUR on 2017-01-01..2017-12-31: no plan follows from it\n"), "{told}");
}

#[test]
fn what_does_not_belong_together_is_not_guessed() {
    let desk = spent();
    for (typed, told) in [
        ("--basis run-rate", "a run rate is taken over some days"),
        ("--basis run-rate --days 9 --scale 2", "--scale belongs to --basis prior-year-actual"),
        ("--basis prior-year-actual --days 9", "--days and --before belong to --basis run-rate"),
        ("--basis given", "nothing is known here of what is given"),
        ("--basis prior-year-actual --scale 0", "`0` is not a scale"),
    ] {
        let ran = run(&desk, &format!("budget propose --line x --platform x --period 2018 --today 2018-01-02 {typed}"));
        assert_eq!(ran.code, 2, "{typed}: {ran:?}");
        assert!(ran.stderr.contains(told), "{typed}: {}", ran.stderr);
    }
}

#[test]
fn a_proposal_is_written_with_its_reckoning() {
    let desk = spent();
    let typed =
        "budget propose --line x --platform x --period 2018 --basis prior-year-actual --scale 110% --today 2018-01-02";
    let shown = done(&desk, typed);
    assert!(shown.contains("870.50 USD of 2017-01-01..2017-12-31 x 110% = 957.55 USD."), "{shown}");
    assert_eq!(desk.read("books/budgets.csv").lines().count(), 1, "showing writes nothing");
    let told = done(&desk, &format!("{typed} --write --recorded-by ann"));
    assert!(told.contains("Opened plan line x with 957.55 USD."), "{told}");
    assert_eq!(
        desk.read("books/budgets.csv").lines().nth(1).unwrap(),
        "x,original,2018,x,,,USD,957.55,,2018-01-02T00:00:00Z,ann,prior-year-actual,,\
         870.50 USD of 2017-01-01..2017-12-31 x 110%"
    );
    let told = refused(&desk, &format!("{typed} --write"));
    assert!(told.starts_with("error: there is a plan line `x` already\n"), "{told}");
    // What it rests on is said in every report.
    let report = as_json(&desk, "report 2018 --today 2018-01-02");
    assert_eq!(report["assumptions"][0]["code"], "basis");
}

#[test]
fn days_of_a_ban_are_pointed_out() {
    let desk = spent();
    done(&desk, "ban add --platform x --from 2017-12-01 --until 2017-12-11 --id b --today 2018-01-02");
    let typed = "budget propose --line x --platform x --period 2018 --basis prior-year-actual --today 2018-01-02";
    let answer = as_json(&desk, typed);
    assert_eq!(answer["tables"][0]["rows"][0]["restricted_days"], 10);
    assert!(answer["tables"][0]["notes"].to_string().contains("plans too little"), "{answer}");
}

#[test]
fn what_is_left_of_a_fiscal_year_is_carried_forward() {
    let desk = spent();
    let settings = desk.read("books/ledger.toml").replace("fiscal_year_start = \"01-01\"", "");
    desk.write(
        "books/ledger.toml",
        &format!("fiscal_year_start = \"04-01\"\nfiscal_year_named_by = \"start\"\n{settings}"),
    );
    for (line, period) in [("old", "FY2017"), ("new", "FY2018")] {
        let typed = format!("budget add --line {line} --period {period} --platform x --amount 365 --basis given");
        done(&desk, &format!("{typed} --today 2018-01-02"));
    }
    let carry = "budget carry-forward --from old --to new --amount 73.00";
    let told = done(&desk, &format!("{carry} --recorded-by ann --today 2018-04-10"));
    assert!(told.contains("Carried forward 73.00 USD (old-to-new-2018-04-01)"), "{told}");
    assert!(told.contains("Plan line new: 2018-04-01..2019-03-31 on x, 438.00 USD."), "{told}");
    let rows: Vec<String> = desk.read("books/budgets.csv").lines().skip(3).map(str::to_owned).collect();
    assert_eq!(
        rows,
        [
            "old,carry-forward,,,,,,-73.00,2018-04-01,2018-04-10T00:00:00Z,ann,given,old-to-new-2018-04-01,",
            "new,carry-forward,,,,,,73.00,2018-04-01,2018-04-10T00:00:00Z,ann,given,old-to-new-2018-04-01,"
        ]
    );
    // It may arrive later, and leaves the old line after its last day all the same.
    let told = done(&desk, &format!("{carry} --effective 2018-10-01 --today 2018-04-11"));
    assert!(told.contains("(old-to-new-2018-10-01)") && told.contains("on x, 511.00 USD"), "{told}");
    // Spent 687.50 from April to December; 365 less that, and less 146.
    assert!(told.contains("-468.50 USD of it is free now. More was carried\n  forward than was left."), "{told}");
    let told = refused(&desk, "budget carry-forward --from old --to new --amount -1 --today 2018-04-12");
    assert!(told.starts_with("error: what moves is an amount above zero\n"), "{told}");
    let told = refused(&desk, "budget carry-forward --from new --to old --amount 1 --today 2018-04-12");
    assert_eq!(
        told,
        "error: line `old` does not last longer than line `new`\n\
         hint: what is left goes to a later line; between lines of the same days it is `respend budget transfer`\n"
    );
}

#[test]
fn what_was_entered_in_error_is_voided() {
    let desk = spent();
    done(&desk, "budget add --line x --period 2018 --platform x --amount 365 --basis given --today 2018-01-02");
    done(&desk, "ban add --platform x --from 2018-02-01 --reason spam --id b --today 2018-02-01");
    let blocked = |more: &str| {
        let answer = as_json(&desk, &format!("blocked --period 2018 --today 2018-12-31{more}"));
        answer["tables"][0]["rows"][0]["blocked_gross"].as_str().unwrap().to_owned()
    };
    assert_eq!(blocked(""), "334.00");
    let ran = run(&desk, "ban void b");
    assert_eq!(ran.code, 2, "without a word why: {ran:?}");
    let told = refused(&desk, "hold void b --note wrong");
    assert!(told.starts_with("error: there is no hold `b`\n"), "{told}");
    let told = done(&desk, "ban void b --note twice --recorded-by ann --today 2018-02-03");
    assert_eq!(told, "Voided ban b: x from 2018-02-01, as though it had never been\n");
    assert_eq!(
        desk.read("books/restrictions.csv").lines().last().unwrap(),
        "b,ban,x,,,2018-02-01,,,spam,,2018-02-03T00:00:00Z,ann,,,void,twice"
    );
    assert_eq!(blocked(""), "0.00");
    assert_eq!(blocked(" --as-known 2018-02-02"), "334.00", "it is still on record what was known");
    let told = refused(&desk, "ban void b --note again --today 2018-02-04");
    assert!(told.starts_with("error: there is no ban `b`\n"), "{told}");
}
