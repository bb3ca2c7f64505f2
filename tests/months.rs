//! Spend that is known by month alone: kept, replaced, never beside days of the same campaign and month, and counted
//! when the month is over.

#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use common::{Books, Spend, expect, line};
use desk::Desk;
use desk::books::{HEADER, as_json, books, done, export, refused};
use respend::check::findings;
use respend::statement::{SpendBy, Statement, spend_by};
use serde_json::Value;

/// Imports by month, and answers the import's id.
#[track_caller]
fn by_month(desk: &Desk, typed: &str) -> String {
    as_json(desk, &format!("{typed} --spans month"))[0]["id"].as_str().unwrap().to_owned()
}

/// Spend by day and campaign, as `2018-03 c1 100.10`.
fn spend(desk: &Desk, more: &str) -> Vec<String> {
    let csv = done(desk, &format!("spend --by day,campaign --format csv{more}"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        format!("{} {} {}", cells[0], cells[1], cells[3])
    };
    csv.lines().skip(1).map(row).collect()
}

/// `restated` of an import's answer, as `2018-03 c1 100.10 -> 101.00`.
fn restated(answer: &Value) -> Vec<String> {
    let amount = |value: &Value| value.as_str().unwrap_or("nothing").to_owned();
    let one = |one: &Value| {
        let (day, campaign) = (one["day"].as_str().unwrap(), one["campaign"].as_str().unwrap());
        format!("{day} {campaign} {} -> {}", amount(&one["was"]), amount(&one["now"]))
    };
    answer[0]["restated"].as_array().unwrap().iter().map(one).collect()
}

// kept

#[test]
fn a_month_is_kept_as_a_month_where_it_is_asked_for() {
    let desk = books();
    export(&desk, "a.csv", &["2018-02 c1 20.00", "2018-03 c1 30.00", "2018-03-07 c2 5.00"]);
    let said = refused(&desk, "--today 2018-06-01 import a.csv");
    assert!(said.contains("`2018-02` is a month, not a day") && said.contains("--spans month"), "{said}");

    let answer = as_json(&desk, "--today 2018-06-01 import a.csv --spans month");
    assert_eq!(
        (&answer[0]["grain"], &answer[0]["first_day"], &answer[0]["last_day"]),
        (&"month".into(), &"2018-02-01".into(), &"2018-03-31".into())
    );
    let id = answer[0]["id"].as_str().unwrap();
    assert!(id.starts_with("2018-03-31-x-"), "{id}");
    assert_eq!(
        desk.read(&format!("books/spend/{id}.csv")),
        "day,platform,account,campaign,currency,campaign_name,amount,rows,first_row\n\
         2018-02,x,acme,c1,USD,c1,20.00,1,2\n\
         2018-03,x,acme,c1,USD,c1,30.00,1,3\n\
         2018-03-07,x,acme,c2,USD,c2,5.00,1,4\n"
    );
    let record = desk.read(&format!("books/spend/{id}.toml"));
    assert!(record.contains("grain = \"month\"\noptions = [\"--spans month\"]\n"), "{record}");
    assert_eq!(as_json(&desk, "imports")["tables"][0]["rows"][0]["grain"], "month");
    assert!(done(&desk, "imports").contains("  Per  "), "shown where there is a month");
    assert_eq!(spend(&desk, ""), ["2018-02 c1 20.00", "2018-03 c1 30.00", "2018-03-07 c2 5.00"]);
    assert_eq!(
        done(&desk, "spend --by month --format csv"),
        "month,currency,amount,rows\n2018-02,USD,20.00,1\n2018-03,USD,35.00,2\n"
    );
    assert_eq!(
        done(&desk, "imports --gaps --period 2018-Q1 --as-of 2018-03-31 --format csv").lines().count(),
        2,
        "January"
    );
}

#[test]
fn a_month_counts_when_it_is_over() {
    let desk = books();
    export(&desk, "a.csv", &["2018-03 c1 30.00", "2018-03-31 c2 5.00"]);
    by_month(&desk, "--today 2018-06-01 import a.csv");
    let actual = |as_of: &str| {
        let report = as_json(&desk, &format!("report 2018 --as-of {as_of}"));
        report["lines"][0]["actual"].as_str().unwrap().to_owned()
    };
    assert_eq!((actual("2018-03-30"), actual("2018-03-31")), ("0.00".to_owned(), "35.00".to_owned()));
    assert_eq!(spend(&desk, " --as-of 2018-03-30"), [""; 0]);
    // Nor are its days covered before, so that nothing is redirected for want of it.
    let uncovered = |as_of: &str| {
        as_json(&desk, &format!("report 2018 --as-of {as_of}"))["lines"][0]["uncovered_days"].as_u64().unwrap()
    };
    assert_eq!([uncovered("2018-03-30"), uncovered("2018-03-31"), uncovered("2018-04-02")], [89, 59, 61]);
    let months = as_json(&desk, "report 2018");
    let month = |at: usize| (months["months"][at]["month"].clone(), months["months"][at]["actual"].clone());
    assert_eq!(month(2), ("2018-03".into(), "35.00".into()));
    let digest = |as_of: &str| as_json(&desk, &format!("report 2018-Q1 --as-of {as_of}"))["manifest"]["digest"].clone();
    assert_ne!(digest("2018-03-30"), digest("2018-03-31"));
}

// replaced

#[test]
fn a_newer_month_replaces_an_older_one_by_the_rules_of_days() {
    let desk = books();
    export(&desk, "a.csv", &["2018-03 one 30.00", "2018-03 two 10.00"]);
    // With 28 days, what is dated from 2018-03-31 on could still move: the month by its last day.
    by_month(&desk, "--today 2018-06-01 import a.csv --exported 2018-04-28");
    export(&desk, "b.csv", &["2018-03 one 31.00", "2018-03 two 10.00"]);
    let answer = as_json(&desk, "--today 2018-06-02 import b.csv --exported 2018-04-29 --spans month");
    assert_eq!(restated(&answer), ["2018-03 one 30.00 -> 31.00"]);
    // The newer one is final: its export was made 29 days after the month.
    export(&desk, "c.csv", &["2018-03 one 32.00"]);
    let said = refused(&desk, "--today 2018-06-03 import c.csv --spans month");
    assert!(said.contains("[absent_cells]") && said.contains("on 2018-03"), "{said}");
    let said = refused(&desk, "--today 2018-06-03 import c.csv --spans month --absent gone");
    assert!(said.contains("campaign `one` on 2018-03 was 31.00 USD and final, and is 32.00 USD"), "{said}");
    let answer = as_json(&desk, "--today 2018-06-03 import c.csv --spans month --absent gone --restate");
    assert_eq!(restated(&answer), ["2018-03 one 31.00 -> 32.00", "2018-03 two 10.00 -> nothing"]);
    assert_eq!(spend(&desk, ""), ["2018-03 one 32.00"]);
    assert_eq!(spend(&desk, " --as-known 2018-06-02"), ["2018-03 one 31.00", "2018-03 two 10.00"]);
}

#[test]
fn a_month_is_gone_only_where_all_of_it_is_covered() {
    let desk = books();
    export(&desk, "a.csv", &["2018-03 one 30.00", "2018-04-02 two 1.00"]);
    by_month(&desk, "--today 2018-06-01 import a.csv");
    // Fifteen days of March say nothing of a figure of all of it.
    export(&desk, "b.csv", &["2018-03-01 two 1.00", "2018-03-15 two 2.00"]);
    done(&desk, "--today 2018-06-02 import b.csv --absent gone");
    assert_eq!(
        spend(&desk, ""),
        ["2018-03 one 30.00", "2018-03-01 two 1.00", "2018-03-15 two 2.00", "2018-04-02 two 1.00"]
    );
    export(&desk, "c.csv", &["2018-03-01 two 1.00", "2018-03-15 two 2.00", "2018-03-31 two 3.00"]);
    let said = refused(&desk, "--today 2018-06-03 import c.csv");
    assert!(said.contains("campaign `one` of x/acme on 2018-03, known before"), "{said}");
    let answer = as_json(&desk, "--today 2018-06-03 import c.csv --absent gone");
    assert_eq!(restated(&answer), ["2018-03 one 30.00 -> nothing"]);
}

#[test]
fn a_closed_period_keeps_its_months() {
    let desk = books();
    export(&desk, "a.csv", &["2018-03 one 30.00", "2018-04 one 4.00"]);
    by_month(&desk, "--today 2018-06-01 import a.csv");
    desk.write("books/closes.csv", "event,period,date,recorded\nclose,2018-Q1,2018-06-02,2018-06-02T09:00:00Z\n");
    export(&desk, "b.csv", &["2018-03 one 33.00", "2018-04 one 5.00"]);
    let said = refused(&desk, "--today 2018-06-03 import b.csv --spans month --restate");
    assert!(said.contains("campaign `one` of x/acme on 2018-03 was 30.00 USD and would be 33.00 USD"), "{said}");
    by_month(&desk, "--today 2018-06-03 import b.csv --restate --prior-period");
    let report = as_json(&desk, "report 2018");
    assert_eq!(report["adjustments"].as_array().unwrap().len(), 1);
    assert_eq!(
        (&report["adjustments"][0]["was"], &report["adjustments"][0]["now"]),
        (&"30.00".into(), &"33.00".into())
    );
}

// never beside days

#[test]
fn a_month_does_not_come_beside_days_of_its_campaign_nor_days_beside_their_month() {
    let desk = books();
    export(&desk, "month.csv", &["2018-03 one 30.00"]);
    export(&desk, "days.csv", &["2018-03-05 one 3.00", "2018-03-06 one 4.00"]);
    let id = by_month(&desk, "--today 2018-06-01 import month.csv");
    for typed in ["import days.csv", "import days.csv --absent gone --restate", "import days.csv --spans month"] {
        let said = refused(&desk, &format!("--today 2018-06-02 {typed}"));
        assert!(
            said.contains(&format!(
                "days.csv:2: campaign `one` of x/acme has figures of single days of 2018-03 in this export, and one of the whole month by import `{id}` [mixed_grains]"
            )) && said.contains(&format!("respend imports revoke {id} ")),
            "{typed}: {said}"
        );
    }
    // Another month, and another campaign of that month, are no matter.
    export(&desk, "others.csv", &["2018-02-28 one 3.00", "2018-03-05 two 4.00", "2018-04-01 one 5.00"]);
    done(&desk, "--today 2018-06-02 import others.csv --absent keep");
    export(&desk, "late.csv", &["2018-02 one 9.00"]);
    let said = refused(&desk, "--today 2018-06-03 import late.csv --spans month --absent gone");
    assert!(
        said.contains("has a figure of the whole month of 2018-02 in this export, and figures of single days by"),
        "{said}"
    );
    // The way out.
    done(&desk, &format!("--today 2018-06-03 imports revoke {id} --reason days"));
    done(&desk, "--today 2018-06-04 import days.csv --absent keep");
    assert_eq!(
        spend(&desk, " --period 2018-03"),
        ["2018-03-05 one 3.00", "2018-03-05 two 4.00", "2018-03-06 one 4.00"]
    );
}

#[test]
fn one_account_by_two_names_is_one_campaign() {
    let desk = books();
    desk.write(
        "a.csv",
        &format!(
            "{HEADER}2018-03,x,12-34,one,USD,30.00\n2018-03-05,x,1234,one,USD,3.00\n2018-04,x,1234,one,USD,3.00\n"
        ),
    );
    let said = refused(&desk, "--today 2018-06-01 import a.csv --spans month");
    assert!(
        said.contains("[mixed_grains]") && said.contains("campaign `one` of x/12-34 has a figure of 2018-03 by import"),
        "{said}"
    );
}

#[test]
fn a_revocation_does_not_bring_a_month_back_beside_its_days() {
    let desk = books();
    export(&desk, "month.csv", &["2018-03 one 30.00"]);
    export(&desk, "complete.csv", &["2018-03 two 1.00"]);
    export(&desk, "days.csv", &["2018-03-05 one 3.00"]);
    let month = by_month(&desk, "--today 2018-06-01 import month.csv");
    let complete = by_month(&desk, "--today 2018-06-02 import complete.csv --absent gone");
    done(&desk, "--today 2018-06-03 import days.csv");
    let said = refused(&desk, &format!("--today 2018-06-04 imports revoke {complete} --reason wrong"));
    assert!(said.contains("without this import campaign `one` of x/acme has a figure of 2018-03 by import"), "{said}");
    done(&desk, &format!("--today 2018-06-04 imports revoke {month} --reason wrong"));
    done(&desk, &format!("--today 2018-06-04 imports revoke {complete} --reason wrong"));
    assert_eq!(spend(&desk, ""), ["2018-03-05 one 3.00"]);
}

#[test]
fn files_put_together_by_hand_may_not_mix_them_either() {
    let mixed = Books::new()
        .plan("x", "x", "2018", "365.00 USD")
        .spend(Spend::of("2018-03-01..2018-03-31").row("2018-03", "x/main/one", "30.00 USD"))
        .spend(Spend::of("2018-03-01..2018-03-31").row("2018-03-31", "x/main/one", "3.00 USD"));
    assert_eq!(
        mixed.refusal(),
        "spend/2018-03-31-000000000000.csv:1:1: campaign `one` of x/main has a figure of 2018-03 by import \
         `2018-03-31-000000000000`, and figures of its days by `2018-03-31-000000000001`; revoke one of the two imports: \
         `respend imports revoke ID --reason TEXT`"
    );
}

// under restrictions

fn march(books: Books) -> Books {
    books.spend(Spend::of("2018-01-01..2018-12-31").row("2018-03", "x/main/one", "31.00 USD"))
}

fn codes(books: &Books, statement: &Statement) -> Vec<(&'static str, String, String)> {
    let found = findings(statement, &books.open().unwrap().ledger, None).unwrap();
    let of_months = found.into_iter().filter(|one| one.code.as_str().starts_with("month_figure"));
    of_months.map(|one| (one.code.as_str(), one.place, one.message)).collect()
}

#[test]
fn a_month_is_inside_restrictions_when_all_its_days_are() {
    let plan = || march(Books::new().plan("x", "x", "2018", "365.00 USD"));
    for (books, inside, doubts) in [
        (plan().restrict("ban", "a", "x", "2018-03-01..2018-04-01"), "31.00", 0),
        (plan().restrict("ban", "a", "x", "2018-02-01.."), "31.00", 0),
        (plan().restrict("ban", "a", "x", "2018-03-01..2018-03-31"), "0.00", 1),
        (plan().restrict("ban", "a", "x", "2018-03-31.."), "0.00", 1),
        (plan().restrict("ban", "a", "x", "2018-04-01.."), "0.00", 0),
        (
            plan().restrict("ban", "a", "x", "2018-02-01..2018-03-15").restrict(
                "hold",
                "b",
                "x",
                "2018-03-15..2018-04-01",
            ),
            "31.00",
            0,
        ),
        (
            plan().restrict("ban", "a", "x", "2018-02-01..2018-03-14").restrict(
                "hold",
                "b",
                "x",
                "2018-03-15..2018-04-01",
            ),
            "0.00",
            1,
        ),
        (plan().restrict_in_part("ban", "a", "x/main", "2018-03-01..", "0.5"), "31.00", 0),
        (plan().restrict_in_part("ban", "a", "x/other", "2018-03-10..", "0.5"), "0.00", 0),
        (plan().restrict_in_part("ban", "a", "x", "2018-03-10..", "0.5"), "0.00", 0),
        (march(Books::new()).restrict("ban", "a", "x", "2018-03-10.."), "0.00", 1),
    ] {
        let statement = books.statement("2018");
        let shown = match statement.lines.first() {
            Some(line) => line.figures.get(common::figure("spend_during_restriction")),
            None => statement.unbudgeted[0].during_restriction,
        };
        assert_eq!((shown.to_string().as_str(), codes(&books, &statement).len()), (inside, doubts), "{books:?}");
    }
}

#[test]
fn a_month_in_part_under_restrictions_counts_outside_and_is_pointed_out() {
    let books = march(Books::new().plan("x", "x", "2018", "365.00 USD")).restrict("ban", "a", "x", "2018-03-11..");
    let statement = books.statement("2018");
    expect(
        &line(&statement, "x").figures,
        "actual 31.00, spend_during_restriction 0.00, blocked_gross 296.00, blocked_net 296.00, open_variance 38.00",
    );
    assert_eq!(
        codes(&books, &statement),
        [(
            "month_figure_restricted",
            "line x".to_owned(),
            "31.00 USD of 2018-03 is known by month alone; restrictions cover only some days of that month, so it counts \
             as spent outside them"
                .to_owned()
        )]
    );
}

// cut

#[test]
fn a_month_is_charged_to_the_line_and_the_period_of_its_last_day() {
    let books = march(Books::new().plan("a", "x", "2018-01-01..2018-03-15", "74.00 USD").plan(
        "b",
        "x",
        "2018-03-16..2018-12-31",
        "291.00 USD",
    ));
    let year = books.statement("2018");
    expect(&line(&year, "a").figures, "actual 0.00");
    expect(&line(&year, "b").figures, "actual 31.00");
    let found = codes(&books, &year);
    assert_eq!((found.len(), found[0].0, found[0].1.as_str()), (1, "month_figure_cut", "line b"));

    let one = march(Books::new().plan("x", "x", "2018", "365.00 USD"));
    for (period, as_of, actual, doubts) in [
        ("2018-Q1", "2018-12-31", "31.00", 0),
        ("2018-03-15..2018-04-30", "2018-12-31", "31.00", 1),
        ("2018-01-01..2018-03-30", "2018-12-31", "0.00", 1),
        ("2018-04", "2018-12-31", "0.00", 0),
    ] {
        let statement = one.statement_at(period, as_of, None);
        expect(&line(&statement, "x").figures, &format!("actual {actual}"));
        assert_eq!(codes(&one, &statement).len(), doubts, "{period}");
    }
}

// rounded

#[test]
fn what_is_shown_adds_up_with_months_among_days() {
    let third = "0.003333333 USD";
    let books = Books::new().setting("fiscal_year_start = \"04-06\"\nfiscal_year_named_by = \"start\"").spend(
        Spend::of("2018-03-01..2018-05-31")
            .row("2018-03", "x/main/a", third)
            .row("2018-03-31", "x/main/b", third)
            .row("2018-04", "x/main/a", third)
            .row("2018-04-05", "x/main/b", third)
            .row("2018-04-06", "x/main/c", third)
            .row("2018-04-30", "x/main/b", third)
            .row("2018-05", "x/main/a", third)
            .row("2018-05-01", "x/main/b", third),
    );
    let shelf = books.open().unwrap();
    let period = shelf.period("2018");
    let by_day = spend_by(&shelf.ledger, period, period.last(), None, &[SpendBy::Day]).unwrap();
    let shown: Vec<String> = by_day.iter().map(|group| format!("{} {}", group.keys[0], group.amount)).collect();
    // Running sums: 0.33 and 0.67 at the end of March, 1.00 on 5 April; from 6 April anew, a month after its last day.
    assert_eq!(
        shown,
        [
            "2018-03 0.01",
            "2018-03-31 0.00",
            "2018-04 0.00",
            "2018-04-05 0.00",
            "2018-04-06 0.00",
            "2018-04-30 0.01",
            "2018-05 0.01",
            "2018-05-01 0.00",
        ]
    );
}
