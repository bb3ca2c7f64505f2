//! The figures that any arithmetic of blocked budgets must come to: 94,500.00 USD, even over a year.

mod common;

use common::{Books, Spend, causes, expect, line, months};
use respend::statement::Statement;

/// The year's plan, on one line.
fn plan() -> Books {
    Books::new().plan("x", "x", "2018", "94500.00 USD")
}

/// Checks one line's figures, that of its platform and that of all, which are the same where there is one line.
#[track_caller]
fn check(statement: &Statement, told: &str) {
    expect(&line(statement, "x").figures, told);
    assert_eq!(statement.platforms.len(), 1);
    for sums in statement.platforms.values().chain(statement.totals.values()) {
        expect(sums, told);
    }
}

#[test]
fn a_ban_blocks_the_plan_from_its_first_day() {
    for (from, told) in [
        ("2018-02-01", "plan 94500.00, open_plan 8026.03, blocked_imposed 86473.97, blocked_gross 86473.97"),
        ("2018-01-26", "plan 94500.00, open_plan 6472.60, blocked_imposed 88027.40, blocked_gross 88027.40"),
        ("2018-04-20", "plan 94500.00, open_plan 28220.55, blocked_imposed 66279.45, blocked_gross 66279.45"),
        ("2018-01-01", "plan 94500.00, open_plan 0.00, blocked_imposed 94500.00, blocked_gross 94500.00"),
        ("2018-12-31", "plan 94500.00, open_plan 94241.10, blocked_imposed 258.90, blocked_gross 258.90"),
        ("2019-01-01", "plan 94500.00, open_plan 94500.00, blocked_imposed 0.00, blocked_gross 0.00"),
    ] {
        check(&plan().restrict("ban", "b", "x", &format!("{from}..")).statement("2018"), told);
    }
}

#[test]
fn the_months_of_the_plan() {
    let year = plan().restrict("ban", "b", "x", "2018-02-01..").statement("2018");
    let x = line(&year, "x");
    let even = "8026.03 7249.31 8026.03 7767.12 8026.03 7767.12 8026.03 8026.03 7767.12 8026.03 7767.12 8026.03";
    assert_eq!(months(x, "plan"), even);
    assert_eq!(months(x, "blocked_gross"), even.replacen("8026.03", "0.00", 1));
    let names: Vec<String> = x.months.iter().map(|month| month.month.to_string()).collect();
    let expected: Vec<String> = (1..=12).map(|month| format!("2018-{month:02}")).collect();
    assert_eq!(names, expected);
    for (month, amount) in expected.iter().zip(even.split(' ')) {
        check(&plan().statement(month), &format!("plan {amount}, open_plan {amount}"));
    }
}

#[test]
fn two_bans_that_overlap_count_once() {
    let bans = plan().restrict("ban", "a", "x", "2018-02-01..2018-04-01");
    let year = bans.restrict("ban", "b", "x", "2018-03-15..2018-05-01").statement("2018");
    check(&year, "blocked_gross 23042.46, blocked_imposed 23042.46, open_plan 71457.54");
    assert_eq!(causes(line(&year, "x")), "a 15275.34, b 7767.12");
}

#[test]
fn a_hold_takes_over_where_the_ban_ends() {
    let ban = plan().restrict("ban", "b", "x", "2018-02-01..2018-07-01");
    let year = ban.restrict("hold", "h", "x", "2018-04-20..2019-01-01").statement("2018");
    check(&year, "blocked_imposed 38835.61, blocked_voluntary 47638.36, blocked_gross 86473.97");
    assert_eq!(causes(line(&year, "x")), "b 38835.61, h 47638.36");
}

#[test]
fn an_amendment_leaves_the_days_before_it() {
    let amended = plan().amend("x", "25500.00", "2018-07-01");
    check(&amended.statement("2018"), "plan 120000.00");
    check(&amended.statement("2018-01-01..2018-06-30"), "plan 46861.64");
    check(&amended.statement("2018-07-01..2018-12-31"), "plan 73138.36");
}

#[test]
fn what_was_spent_is_not_there_to_be_redirected() {
    let spend = Spend::of("2018-01-01..2018-12-31").row("2018-01-15", "x/main/spring", "60000.00 USD");
    let year = plan().restrict("ban", "b", "x", "2018-02-01..").spend(spend).statement("2018");
    check(
        &year,
        "plan 94500.00, actual 60000.00, blocked_gross 86473.97, blocked_net 86473.97, free 34500.00, \
         redirectable 34500.00",
    );
}

#[test]
fn twelve_lines_phase_a_plan_by_month() {
    let mut books = Books::new().restrict("ban", "b", "x", "2018-02-01..");
    for month in 1..=12 {
        books = books.plan(&format!("x-{month:02}"), "x", &format!("2018-{month:02}"), "7875.00 USD");
    }
    let year = books.statement("2018");
    assert_eq!(year.lines.len(), 12);
    for sums in year.platforms.values().chain(year.totals.values()) {
        expect(sums, "plan 94500.00, blocked_gross 86625.00, open_plan 7875.00");
    }
}

#[test]
fn a_share_of_the_line() {
    for (share, blocked) in [("0.35", "30265.89"), ("0.25", "21618.49"), ("35%", "30265.89"), ("1", "86473.97")] {
        let year = plan().restrict_in_part("ban", "b", "x", "2018-02-01..", share).statement("2018");
        check(&year, &format!("plan 94500.00, blocked_gross {blocked}"));
    }
}

#[test]
fn a_leap_year_has_one_day_more() {
    let books = Books::new().plan("x", "x", "2020", "94500.00 USD").restrict("ban", "b", "x", "2020-02-01..");
    check(&books.statement("2020"), "plan 94500.00, blocked_gross 86495.90, open_plan 8004.10");
}
