//! Worked cases of every rule: plan, blocked, spend, free, redirections. Plans are ten a day where nothing else is said.

#![allow(clippy::unwrap_used)]

mod common;

use common::{Books, Spend, causes, day, expect, line, months, redirection};
use respend::statement::{Figure, Figures, Statement};
use respend::{Currency, Platform};

/// Ten a day on one platform, 2018.
fn x() -> Books {
    Books::new().plan("x", "x", "2018", "3650.00 USD")
}

/// An export that covers all of 2018.
fn year_of_spend() -> Spend {
    Spend::of("2018-01-01..2018-12-31")
}

#[track_caller]
fn expect_line(statement: &Statement, id: &str, told: &str) {
    expect(&line(statement, id).figures, told);
}

#[track_caller]
fn expect_total(statement: &Statement, told: &str) {
    assert_eq!(statement.totals.len(), 1, "one currency");
    statement.totals.values().for_each(|sums| expect(sums, told));
}

#[track_caller]
fn expect_refusal(books: &Books, told: &str) {
    let refusal = books.refusal();
    assert!(refusal.contains(told), "{refusal}\ndoes not say\n{told}");
}

mod plan {
    use super::*;

    #[test]
    fn each_amendment_spreads_what_is_left_over_what_is_left() {
        let books = x().amend("x", "-92.00", "2018-10-01").amend("x", "184.00", "2018-07-01");
        for (period, plan) in [
            ("2018-01-01..2018-06-30", "1810.00"),
            ("2018-Q3", "1012.00"),
            ("2018-Q4", "920.00"),
            ("2018-10-01", "10.00"),
            ("2018-09-30", "11.00"),
            ("2018", "3742.00"),
        ] {
            expect_line(&books.statement(period), "x", &format!("plan {plan}"));
        }
    }

    #[test]
    fn amendments_of_one_day_count_together() {
        // The first alone would leave less than nothing.
        let books = x().amend("x", "-2000.00", "2018-07-01").amend("x", "2184.00", "2018-07-01");
        expect_line(&books.statement("2018-07"), "x", "plan 341.00");
        expect_line(&books.statement("2018"), "x", "plan 3834.00");
    }

    #[test]
    fn what_takes_effect_by_the_first_day_opens_the_line() {
        let books = x().amend("x", "300.00", "2017-11-30").amend("x", "65.00", "2018-01-01");
        expect_line(&books.statement("2018-01"), "x", "plan 341.00");
        expect_line(&books.statement("2018-12"), "x", "plan 341.00");
    }

    #[test]
    fn an_amendment_on_the_last_day_falls_on_that_day_alone() {
        let books = x().amend("x", "-10.00", "2018-12-31");
        expect_line(&books.statement("2018-12-30"), "x", "plan 10.00");
        expect_line(&books.statement("2018-12-31"), "x", "plan 0.00");
    }

    #[test]
    fn no_more_can_be_taken_away_than_is_left() {
        expect_refusal(
            &x().amend("x", "-1840.01", "2018-07-01"),
            "budgets.csv:3:1: line `x` is 1,809.99 USD from 2018-07-01 on, but 1,810.00 of it is planned for the days \
             before; at most 1,840.00 USD can be taken away from that day on",
        );
        expect_line(&x().amend("x", "-1840.00", "2018-07-01").statement("2018"), "x", "plan 1810.00");
        expect_refusal(&Books::new().plan("x", "x", "2018", "-1.00 USD"), "budgets.csv:2:1: line `x` is -1.00 USD");
    }

    #[test]
    fn a_transfer_moves_plan_and_makes_none() {
        let books = x()
            .plan("g", "google", "2018", "7300.00 USD")
            .budget("line=x entry=transfer-out amount=-920.00 effective=2018-07-01 reference=t1")
            .budget("line=g entry=transfer-in amount=920.00 effective=2018-10-01 reference=t1");
        let year = books.statement("2018");
        expect_line(&year, "x", "plan 2730.00");
        expect_line(&year, "g", "plan 8220.00");
        expect_total(&year, "plan 10950.00");
        expect_line(&books.statement("2018-Q4"), "x", "plan 460.00");
        expect_line(&books.statement("2018-Q4"), "g", "plan 2760.00");
    }

    #[test]
    fn a_transfer_has_two_halves_that_sum_to_zero() {
        let books = x().plan("g", "google", "2018", "7300.00 USD").plan("m", "meta", "2018", "10.00 EUR");
        let out = "line=x entry=transfer-out amount=-920.00 effective=2018-07-01";
        for (halves, told) in [
            (
                vec![format!("{out} reference=t")],
                "budgets.csv:5:1: the transfer `t` does not sum to zero but to -920.00 USD",
            ),
            (vec![out.to_owned()], "budgets.csv:5:1: a transfer-out without a reference"),
            (
                vec![format!("{out} reference=t"), "line=m entry=transfer-in amount=920.00 reference=t".to_owned()],
                "does not sum to zero but to 920.00 EUR and -920.00 USD",
            ),
            (
                vec![format!("{out} reference=t"), "line=g entry=transfer-in amount=919.99 reference=t".to_owned()],
                "does not sum to zero but to -0.01 USD",
            ),
            (
                vec![
                    "line=x entry=transfer-out amount=5.00 reference=t".to_owned(),
                    "line=g entry=transfer-in amount=-5.00 reference=t".to_owned(),
                ],
                "amount: 5.00 is the wrong way round for a transfer-out",
            ),
        ] {
            expect_refusal(&halves.iter().fold(books.clone(), |books, half| books.budget(half)), told);
        }
    }

    #[test]
    fn a_carry_forward_lowers_the_old_lines_free_and_not_its_plan() {
        let books = x()
            .plan("x-2019", "x", "2019", "3650.00 USD")
            .restrict("ban", "b", "x", "2018-07-01..2019-01-01")
            .spend(year_of_spend().row("2018-03-01", "x/main/c", "1810.00 USD"));
        let told = "plan 3650.00, actual 1810.00, blocked_net 1840.00, free 1840.00, redirectable 1840.00";
        expect_line(&books.statement("2018"), "x", told);
        let carried = books
            .budget("line=x entry=carry-forward amount=-100.00 effective=2019-01-01 reference=c")
            .budget("line=x-2019 entry=carry-forward amount=100.00 effective=2019-01-01 reference=c");
        let year = carried.statement("2018");
        let told = "plan 3650.00, actual 1810.00, blocked_net 1840.00, free 1740.00, redirectable 1740.00";
        expect_line(&year, "x", told);
        assert_eq!(line(&year, "x").carried_out.to_string(), "100.00");
        expect_line(&carried.statement("2019"), "x-2019", "plan 3750.00, blocked_gross 0.00");
        expect_line(&carried.statement("2019-01-01..2019-03-14"), "x-2019", "plan 750.00");
    }

    #[test]
    fn a_carry_forward_leaves_after_the_old_lines_last_day() {
        let books = x().plan("x-2019", "x", "2019", "3650.00 USD");
        let books = books.budget("line=x-2019 entry=carry-forward amount=100.00 effective=2019-01-01 reference=c");
        expect_refusal(
            &books.clone().budget("line=x entry=carry-forward amount=-100.00 effective=2018-12-31 reference=c"),
            "what line `x` carries forward leaves it after its last day, 2018-12-31",
        );
        expect_refusal(&books, "the carry-forward `c` does not sum to zero but to 100.00 USD");
    }

    #[test]
    fn nothing_takes_effect_after_the_last_day() {
        expect_refusal(
            &x().amend("x", "5.00", "2019-01-01"),
            "budgets.csv:3:23: effective: 2019-01-01 is after the last day of line `x`, 2018-12-31",
        );
    }

    #[test]
    fn no_two_lines_cover_the_same_spend() {
        for (a, b, days, overlap) in [
            ("x", "x/main/c", "2018-06-01..2018-06-30", true),
            ("x", "x", "2018-12-31..2019-12-30", true),
            ("x", "x", "2019", false),
            ("x/main", "x/*/c", "2018", true),
            ("x/main", "x/other", "2018", false),
            ("x/main/c", "x/main/d", "2018", false),
            ("x/main/c", "x/*/c", "2018", true),
            ("x", "google", "2018", false),
        ] {
            let books = Books::new().plan("a", a, "2018", "1.00 USD").plan("b", b, days, "1.00 USD");
            let refusal = books.refusal();
            assert_eq!(
                refusal.contains("line `b`") && refusal.contains("overlaps line `a`"),
                overlap,
                "{a} {b}: {refusal}"
            );
            assert_eq!(refusal.starts_with("budgets.csv:3:1: "), overlap, "{refusal}");
        }
    }

    #[test]
    fn two_spellings_of_an_account_are_not_two_lines() {
        let books = Books::new().plan("a", "google/123-456", "2018", "1.00 USD");
        expect_refusal(&books.plan("b", "google/123456", "2018", "1.00 USD"), "overlaps line `a`");
        let aliases = "[accounts.\"google/123-456\"]\naliases = [\"Acme\"]";
        let books = Books::new().table(aliases).plan("a", "google/Acme", "2018", "1.00 USD");
        expect_refusal(&books.plan("b", "google/123.456", "2018", "1.00 USD"), "overlaps line `a`");
    }

    #[test]
    fn yen_have_no_decimals_and_dinars_three() {
        let books = Books::new().plan("j", "x", "2018", "1000 JPY").plan("k", "google", "2018", "1.000 KWD");
        let year = books
            .restrict("ban", "b", "x", "2018-02-01..")
            .restrict("ban", "c", "google", "2018-02-01..")
            .statement("2018");
        expect_line(&year, "j", "plan 1000, open_plan 85, blocked_gross 915");
        expect_line(&year, "k", "plan 1.000, open_plan 0.085, blocked_gross 0.915");
        assert_eq!(year.totals.len(), 2, "currencies are never added");
        expect_refusal(&Books::new().plan("j", "x", "2018", "1000.5 JPY"), "budgets.csv:2:25: amount: ");
    }
}

mod blocked {
    use super::*;

    #[test]
    fn bans_come_before_holds_then_the_earliest_then_the_id() {
        for (restrictions, told) in [
            (vec![("hold", "h", "2018-01-01.."), ("ban", "b", "2018-03-01..2018-04-01")], "b 310.00, h 3340.00"),
            (vec![("ban", "a", "2018-04-01.."), ("ban", "b", "2018-03-01..")], "b 3060.00"),
            (vec![("ban", "b", "2018-03-01.."), ("ban", "a", "2018-03-01..")], "a 3060.00"),
            (vec![("ban", "b", "2018-03-01..2018-04-01"), ("ban", "a", "2018-03-15..")], "a 2750.00, b 310.00"),
            (vec![("hold", "h", "2017-06-01..2018-01-11"), ("ban", "b", "2019-01-01..")], "h 100.00"),
        ] {
            let books = restrictions.iter().fold(x(), |books, (kind, id, days)| books.restrict(kind, id, "x", days));
            assert_eq!(causes(line(&books.statement("2018"), "x")), told, "{restrictions:?}");
        }
    }

    #[test]
    fn a_hold_that_outlasts_a_ban_changes_the_cause_and_not_the_sum() {
        let open = x().restrict("ban", "b", "x", "2018-02-01..");
        expect_line(
            &open.statement("2018"),
            "x",
            "blocked_imposed 3340.00, blocked_voluntary 0.00, blocked_gross 3340.00",
        );
        let held = x().restrict("ban", "b", "x", "2018-02-01..2018-07-01").restrict("hold", "h", "x", "2018-06-01..");
        expect_line(
            &held.statement("2018"),
            "x",
            "blocked_imposed 1500.00, blocked_voluntary 1840.00, blocked_gross 3340.00",
        );
    }

    #[test]
    fn a_restriction_narrower_than_the_line_needs_a_share_and_is_told_the_one_seen() {
        let spend = Spend::of("2017-01-01..2018-12-31")
            .row("2017-01-31", "x/main/c", "9999.00 USD")
            .row("2017-02-01", "x/main/c", "35.00 USD")
            .row("2018-01-31", "x/other/c", "65.00 USD")
            .row("2018-01-31", "x/other/c2", "5.00 EUR")
            .row("2018-02-01", "x/other/c", "9999.00 USD");
        let books = x().restrict("ban", "b", "x/main", "2018-02-01..");
        let what = "restrictions.csv:2:1: ban `b` on x/main is narrower than plan line `x` (x) and has no share; add the share";
        expect_refusal(&books.clone().spend(spend), &format!("{what}; in the 365 days before 2018-02-01 it was 0.35"));
        expect_refusal(&books, &format!("{what}, like 0.35; in the 365 days before 2018-02-01 no spend is known"));
    }

    #[test]
    fn only_what_leaves_a_part_of_the_line_open_needs_a_share() {
        for (scope, restricted, days, needs) in [
            ("x", "x", "2018-02-01..", false),
            ("x/main/c", "x/main", "2018-02-01..", false),
            ("x/main/c", "x/*/c", "2018-02-01..", false),
            ("x/main", "x/*/c", "2018-02-01..", true),
            ("x/*/c", "x/main", "2018-02-01..", true),
            ("x", "x/*/c", "2018-02-01..", true),
            ("x/main", "x/other", "2018-02-01..", false),
            ("x", "x/main", "2019-01-01..", false),
            ("x", "x/main", "2017-01-01..2018-01-01", false),
            ("x", "google/main", "2018-02-01..", false),
        ] {
            let books = Books::new().plan("l", scope, "2018", "3650.00 USD").restrict("ban", "b", restricted, days);
            assert_eq!(books.refusal().contains("has no share"), needs, "{restricted} over {scope} on {days}");
        }
    }

    #[test]
    fn shares_of_disjoint_scopes_add_up_and_of_overlapping_ones_the_largest_counts() {
        for (restrictions, blocked) in [
            (vec![("x/a", "0.3"), ("x/b", "0.5")], "2672.00"),
            (vec![("x/a", "0.3"), ("x/*/c", "0.5")], "1670.00"),
            (vec![("x/a", "0.3"), ("x/b/c", "0.4"), ("x/*/c", "0.5")], "2338.00"),
            (vec![("x/a", "0.3"), ("x/b/c", "0.1"), ("x/*/c", "0.5"), ("x/*/d", "0.05")], "1837.00"),
            (vec![("x/a/c", "0.2"), ("x/a/d", "0.2"), ("x/a", "0.3")], "1336.00"),
            (vec![("x/a", "0.7"), ("x/b", "0.6")], "3340.00"),
            (vec![("x", "0.6"), ("x/a", "0.4"), ("x/b", "0.1")], "2004.00"),
            (vec![("x", "0.6"), ("x", "0.5")], "2004.00"),
            (vec![("x/a", "0.4"), ("x", "")], "3340.00"),
            (vec![("x/a/c", "0.2"), ("x/a/d", "0.2"), ("x/a", "0.3"), ("x/b", "0.1")], "1670.00"),
            (vec![("x/a/c", "0.2"), ("x/b/c", "0.2"), ("x/*/c", "0.3"), ("x/*/d", "0.1")], "1670.00"),
        ] {
            let books = restrictions.iter().enumerate().fold(x(), |books, (at, (scope, share))| {
                books.restrict_in_part("ban", &format!("b{at}"), scope, "2018-02-01..", share)
            });
            expect_line(&books.statement("2018"), "x", &format!("blocked_gross {blocked}"));
        }
    }

    #[test]
    fn a_cause_counts_with_what_it_adds_to_those_before_it() {
        let books = x().restrict_in_part("ban", "a", "x/a", "2018-02-01..", "0.3");
        let both = books.clone().restrict_in_part("ban", "c", "x/*/c", "2018-03-01..", "0.5");
        assert_eq!(causes(line(&both.statement("2018"), "x")), "a 1002.00, c 612.00");
        let whole = books.restrict("hold", "h", "x", "2018-01-01..");
        assert_eq!(causes(line(&whole.statement("2018"), "x")), "a 1002.00, h 2648.00");
        // The account adds nothing to the line's share until another account stands beside it.
        let beside = x()
            .restrict_in_part("ban", "a", "x", "2018-02-01..", "0.6")
            .restrict_in_part("ban", "b", "x/a", "2018-02-01..", "0.4")
            .restrict_in_part("ban", "c", "x/b", "2018-02-01..", "0.5");
        assert_eq!(causes(line(&beside.statement("2018"), "x")), "a 2004.00, c 1002.00");
    }

    #[test]
    fn causes_and_months_add_up_though_a_causes_month_may_be_below_zero() {
        // One yen a month; the first cause takes every other, and both together 0.6 of each.
        let year = Books::new()
            .plan("x", "x", "2018", "12 JPY")
            .restrict_in_part("ban", "a", "x/a", "2018-01-01..", "0.5")
            .restrict_in_part("ban", "b", "x/b", "2018-01-01..", "0.1")
            .statement("2018");
        let x = line(&year, "x");
        assert_eq!(causes(x), "a 6, b 1");
        assert_eq!(months(x, "plan"), "1 1 1 1 1 1 1 1 1 1 1 1");
        assert_eq!(months(x, "blocked_gross"), "1 0 1 0 1 1 0 1 0 1 1 0");
        let of = |id: &str| {
            let amounts = x.months.iter().map(|month| {
                let found = month.blocked_by.iter().find(|((_, known), _)| known.as_str() == id);
                found.map_or("none".to_owned(), |(_, amount)| amount.to_string())
            });
            amounts.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(of("a"), "1 0 1 0 1 0 1 0 1 0 1 0");
        assert_eq!(of("b"), "0 0 0 0 0 1 -1 1 -1 1 0 0");
    }

    #[test]
    fn a_share_is_taken_of_the_run_of_days_and_not_day_by_day() {
        // Half of one yen a day is no amount; half of three days' yen is rounded once.
        let books = Books::new().plan("x", "x", "2018", "365 JPY");
        let blocked = |days: &str| {
            let books = books.clone().restrict_in_part("ban", "b", "x", days, "0.25");
            line(&books.statement("2018"), "x").figures.get(common::figure("blocked_gross")).to_string()
        };
        assert_eq!(blocked("2018-03-01..2018-03-02"), "0");
        assert_eq!(blocked("2018-03-01..2018-03-03"), "1");
        assert_eq!(blocked("2018-03-01..2018-03-06"), "1");
        assert_eq!(blocked("2018-03-01..2018-03-07"), "2");
        // What adds nothing does not cut the run.
        let alone = books.clone().restrict_in_part("ban", "b", "x", "2018-03-01..2018-03-03", "0.25");
        let beside = alone.restrict_in_part("ban", "c", "x/a", "2018-03-02..2018-03-03", "0.2");
        assert_eq!(causes(line(&beside.statement("2018"), "x")), "b 1");
        // Another cause in the middle begins a run of its own: 0.25 of 3 days, twice.
        let cut = books.clone().restrict_in_part("ban", "b", "x", "2018-03-01..2018-03-07", "0.25");
        let cut = cut.restrict_in_part("ban", "c", "x", "2018-03-04..2018-03-05", "0.5");
        assert_eq!(causes(line(&cut.statement("2018"), "x")), "b 2, c 1");
    }

    #[test]
    fn a_later_row_replaces_the_earlier_and_void_takes_it_away() {
        let books = x()
            .restriction("id=b kind=ban scope=x from=2018-02-01 recorded=2018-02-02")
            .restriction("id=b kind=ban scope=x from=2018-02-01 until=2018-05-01 recorded=2018-04-20T10:00:00Z")
            .restriction("id=b kind=ban scope=x from=2018-02-01 status=void recorded=2018-06-01");
        for (as_known, blocked) in [
            ("2018-02-01", "0.00"),
            ("2018-02-02", "3340.00"),
            ("2018-04-20T09:59:59Z", "3340.00"),
            ("2018-04-20T10:00:00Z", "890.00"),
            ("2018-04-20", "890.00"),
            ("2018-06-01", "0.00"),
        ] {
            let statement = books.statement_at("2018", "2018-12-31", Some(as_known));
            expect_line(&statement, "x", &format!("blocked_gross {blocked}"));
            assert_eq!(statement.restrictions.is_empty(), blocked == "0.00", "{as_known}");
        }
        expect_line(&books.statement("2018"), "x", "blocked_gross 0.00, open_plan 3650.00");
    }
}

mod spend {
    use super::*;

    #[test]
    fn spend_on_a_restricted_day_lowers_blocked_and_not_the_open_plan() {
        let spend = year_of_spend()
            .row("2018-01-31", "x/main/c", "100.00 USD")
            .row("2018-02-01", "x/main/c", "30.00 USD")
            .row("2018-06-30", "x/main/c", "10.00 USD")
            .row("2018-07-01", "x/main/c", "7.00 USD");
        let year = x().restrict("ban", "b", "x", "2018-02-01..2018-07-01").spend(spend).statement("2018");
        expect_line(
            &year,
            "x",
            "actual 147.00, open_plan 2150.00, open_variance 2043.00, blocked_gross 1500.00, \
             spend_during_restriction 40.00, blocked_net 1460.00",
        );
        assert_eq!(
            months(line(&year, "x"), "actual"),
            "100.00 30.00 0.00 0.00 0.00 10.00 7.00 0.00 0.00 0.00 0.00 0.00"
        );
    }

    #[test]
    fn a_share_of_the_whole_line_takes_no_rows_and_a_named_account_its_own() {
        let spend = year_of_spend()
            .row("2018-03-01", "x/main/c", "100.00 USD")
            .row("2018-03-01", "x/other/c", "30.00 USD")
            .row("2018-03-01", "x/other/d", "5.00 USD");
        for (scope, share, inside) in [
            ("x", "", "135.00"),
            ("x", "1", "135.00"),
            ("x", "0.9", "0.00"),
            ("x/main", "0.4", "100.00"),
            ("x/*/c", "0.4", "130.00"),
            ("x/other/d", "0.4", "5.00"),
            ("x/third", "0.4", "0.00"),
        ] {
            let books = x().restrict_in_part("ban", "b", scope, "2018-02-01..", share).spend(spend.clone());
            expect_line(&books.statement("2018"), "x", &format!("actual 135.00, spend_during_restriction {inside}"));
        }
    }

    #[test]
    fn blocked_net_below_zero_is_shown() {
        let spend = year_of_spend().row("2018-12-31", "x/main/c", "25.00 USD");
        let year = x().restrict("ban", "b", "x", "2018-12-31..").spend(spend).statement("2018");
        let told = "blocked_gross 10.00, spend_during_restriction 25.00, blocked_net -15.00, redirectable 0.00, over_redirected 0.00";
        expect_line(&year, "x", told);
        expect_total(&year, told);
    }

    #[test]
    fn a_credit_lowers_the_actual_of_its_day() {
        let spend = year_of_spend()
            .row("2018-01-31", "x/main/c", "100.00 USD")
            .row("2018-02-03", "x/main/c", "-20.50 USD")
            .row("2018-03-03", "x/main/c", "-200.00 USD");
        let books = x().restrict("ban", "b", "x", "2018-03-01..").spend(spend);
        expect_line(&books.statement("2018-02"), "x", "actual -20.50");
        expect_line(
            &books.statement("2018"),
            "x",
            "actual -120.50, spend_during_restriction -200.00, blocked_net 3260.00",
        );
    }

    /// The actuals of the given days.
    fn days(books: &Books, days: &[&str]) -> String {
        let shown =
            days.iter().map(|day| line(&books.statement(day), "x").figures.get(common::figure("actual")).to_string());
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn cost_below_the_minor_unit_is_a_running_sum_rounded_once() {
        for (currency, cost, shown, sum) in [
            ("USD", "0.004", "0.00 0.01 0.00 0.01", "0.02"),
            ("JPY", "0.4", "0 1 0 1", "2"),
            ("KWD", "0.0004", "0.000 0.001 0.000 0.001", "0.002"),
            ("USD", "-0.004", "0.00 -0.01 0.00 -0.01", "-0.02"),
            ("USD", "0.001249999", "0.00 0.00 0.00 0.00", "0.00"),
            ("USD", "0.00125", "0.00 0.00 0.00 0.01", "0.01"),
        ] {
            let four = ["2018-03-01", "2018-03-02", "2018-03-05", "2018-04-01"];
            let spend = four
                .iter()
                .fold(year_of_spend(), |spend, day| spend.row(day, "x/main/c", &format!("{cost} {currency}")));
            let books = Books::new().plan("x", "x", "2018", &format!("3650 {currency}")).spend(spend);
            assert_eq!(days(&books, &four), shown, "{cost}");
            expect_line(&books.statement("2018"), "x", &format!("actual {sum}"));
        }
    }

    #[test]
    fn each_account_and_each_fiscal_year_rounds_for_itself() {
        let spend = Spend::of("2018-01-01..2019-12-31")
            .row("2018-12-31", "x/main/c", "0.004 USD")
            .row("2018-12-31", "x/other/c", "0.004 USD")
            .row("2019-01-01", "x/main/c", "0.004 USD");
        let plan = Books::new().plan("x", "x", "2018-01-01..2019-12-31", "7300.00 USD").spend(spend);
        expect_line(&plan.statement("2018-01-01..2019-12-31"), "x", "actual 0.00");
        let april = plan.setting("fiscal_year_start = \"04-01\"\nfiscal_year_named_by = \"start\"");
        expect_line(&april.statement("2018-01-01..2019-12-31"), "x", "actual 0.01");
        assert_eq!(days(&april, &["2018-12-31", "2019-01-01"]), "0.00 0.01");
    }

    #[test]
    fn an_accounts_day_is_split_over_its_campaigns_by_largest_remainder() {
        for (costs, shown) in [
            (["0.005", "0.005", "0.005"], "a 0.01, b 0.01, c 0.00"),
            (["0.001", "0.002", "0.003"], "a 0.00, b 0.00, c 0.01"),
            (["1.004", "0.004", "0.003"], "a 1.01, b 0.00, c 0.00"),
            (["-0.004", "0.009", "0.009"], "a -0.01, b 0.01, c 0.01"),
        ] {
            let spend =
                ["c", "b", "a"].iter().zip(costs.iter().rev()).fold(year_of_spend(), |spend, (campaign, cost)| {
                    spend.row("2018-03-01", &format!("x/main/{campaign}"), &format!("{cost} USD"))
                });
            let year = Books::new().spend(spend).statement("2018");
            let parts: Vec<String> =
                year.unbudgeted.iter().map(|one| format!("{} {}", one.campaign, one.actual)).collect();
            assert_eq!(parts.join(", "), shown, "{costs:?}");
        }
    }

    #[test]
    fn the_newest_import_wins_each_campaigns_day() {
        let older = Spend::of("2018-01-01..2018-01-02")
            .recorded("2018-02-01")
            .row("2018-01-01", "x/main/c", "10.00 USD")
            .row("2018-01-02", "x/main/c", "20.00 USD")
            .row("2018-01-01", "x/main/d", "5.00 USD")
            .row("2018-01-01", "x/other/c", "3.00 USD");
        let newer = |days: &str| Spend::of(days).recorded("2018-03-01").row("2018-01-01", "x/main/c", "12.00 USD");
        for (imports, actual) in [
            (vec![older.clone()], "38.00"),
            (vec![older.clone(), newer("2018-01-01..2018-01-02")], "40.00"),
            (vec![newer("2018-01-01..2018-01-02"), older.clone()], "40.00"),
            (vec![older.clone(), newer("2018-01-01..2018-01-02").complete()], "15.00"),
            (vec![older.clone(), newer("2018-01-01..2018-01-01").complete()], "35.00"),
            (vec![older.clone(), newer("2018-01-01..2018-01-02").complete().account("x/other")], "12.00"),
            (vec![older.clone(), Spend::of("2018-01-01..2018-01-02").complete().account("x/main")], "3.00"),
            // Of one moment, the later id.
            (vec![older.clone(), newer("2018-01-01..2018-01-02").recorded("2018-02-01")], "40.00"),
            (vec![newer("2018-01-01..2018-01-02").recorded("2018-02-01"), older.clone()], "38.00"),
            // What an older complete export cannot take away.
            (vec![older.clone(), newer("2018-01-01..2018-01-02").complete().recorded("2018-01-05")], "38.00"),
        ] {
            let books = imports.iter().cloned().fold(x(), Books::spend);
            expect_line(&books.statement("2018"), "x", &format!("actual {actual}"));
        }
        let both = x().spend(older).spend(newer("2018-01-01..2018-01-02").complete());
        expect_line(&both.statement_at("2018", "2018-12-31", Some("2018-02-28")), "x", "actual 38.00");
        expect_line(&both.statement_at("2018", "2018-12-31", Some("2018-03-01")), "x", "actual 15.00");
    }

    #[test]
    fn rows_that_could_still_move_are_counted() {
        let spend = year_of_spend()
            .provisional_from("2018-12-04")
            .row("2018-12-03", "x/main/c", "10.00 USD")
            .row("2018-12-04", "x/main/c", "10.00 USD")
            .row("2018-12-31", "google/main/c", "10.00 USD");
        let books = x().spend(spend);
        assert_eq!(books.statement("2018").provisional_rows, 2);
        assert_eq!(books.statement_at("2018", "2018-12-30", None).provisional_rows, 1);
        assert_eq!(books.statement("2018-11").provisional_rows, 0);
        let settled = books.spend(Spend::of("2018-12-01..2018-12-31").recorded("2019-03-01").row(
            "2018-12-04",
            "x/main/c",
            "9.00 USD",
        ));
        assert_eq!(settled.statement("2018").provisional_rows, 1);
    }

    #[test]
    fn open_days_that_no_import_speaks_for_are_uncovered() {
        let platform = "x".parse().unwrap();
        let ban = x().restrict("ban", "b", "x", "2018-02-01..");
        let uncovered = |books: &Books, as_of: &str| {
            let statement = books.statement_at("2018", as_of, None);
            let periods: Vec<String> = line(&statement, "x").uncovered.iter().map(ToString::to_string).collect();
            (periods.join(" "), statement.uncovered_days(&platform))
        };
        assert_eq!(uncovered(&ban, "2018-12-31"), ("2018-01-01..2018-01-31".to_owned(), 31));
        assert_eq!(uncovered(&ban, "2018-01-10"), ("2018-01-01..2018-01-10".to_owned(), 10));
        let known = ban
            .spend(Spend::of("2018-01-05..2018-01-20").account("x/main"))
            .spend(Spend::of("2018-01-10..2018-01-25").account("x/main"));
        assert_eq!(uncovered(&known, "2018-12-31"), ("2018-01-01..2018-01-04 2018-01-26..2018-01-31".to_owned(), 10));
        assert_eq!(uncovered(&known, "2018-01-27"), ("2018-01-01..2018-01-04 2018-01-26..2018-01-27".to_owned(), 6));
        let other = known.clone().spend(Spend::of("2018-01-01..2018-12-31").account("google/main"));
        assert_eq!(uncovered(&other, "2018-12-31").1, 10);
        // A share leaves days open.
        let part = x().restrict_in_part("ban", "b", "x", "2018-02-01..", "0.5");
        assert_eq!(uncovered(&part, "2018-12-31").1, 365);
        let account = Books::new()
            .plan("x", "x/main", "2018-01", "31.00 USD")
            .spend(Spend::of("2018-01-01..2018-01-31").account("x/other"));
        assert_eq!(uncovered(&account, "2018-12-31").1, 31);
    }

    #[test]
    fn what_no_line_covers_is_unbudgeted() {
        let spend = Spend::of("2017-01-01..2018-12-31")
            .row("2018-03-01", "x/main/c", "1.00 USD")
            .row("2018-03-01", "x/other/c", "2.00 USD")
            .row("2018-03-02", "x/other/c", "4.00 USD")
            .row("2018-01-02", "x/other/c", "8.00 USD")
            .row("2018-03-01", "google/g/c", "16.00 USD")
            .row("2018-03-01", "x/main/c2", "32.00 EUR")
            .row("2017-03-01", "x/main/c", "64.00 USD");
        let books = Books::new().plan("x", "x/main", "2018", "3650.00 USD").restrict("ban", "b", "x", "2018-02-01..");
        let year = books.spend(spend).statement("2018");
        expect_line(&year, "x", "actual 1.00, spend_during_restriction 1.00");
        let shown: Vec<String> = year
            .unbudgeted
            .iter()
            .map(|one| {
                let Money { actual, inside } = Money { actual: one.actual, inside: one.during_restriction };
                format!("{}/{}/{} {actual} {} {inside}", one.platform, one.account, one.campaign, actual.currency())
            })
            .collect();
        assert_eq!(shown, ["google/g/c 16.00 USD 0.00", "x/main/c2 32.00 EUR 32.00", "x/other/c 14.00 USD 6.00"]);
        let missing: Vec<String> =
            year.missing_rates.iter().map(|one| format!("{} {} {}", one.line, one.day, one.amount.spelled())).collect();
        assert_eq!(missing, ["x 2018-03-01 32.00 EUR"]);
        let sums: Vec<String> =
            year.platforms.keys().map(|(platform, currency)| format!("{platform} {currency}")).collect();
        assert_eq!(sums, ["google USD", "x EUR", "x USD"]);
        let usd = &year.totals[&"USD".parse().unwrap()];
        expect(
            usd,
            "plan 3650.00, actual 1.00, unbudgeted 30.00, spend 31.00, open_variance 310.00, blocked_net 3339.00",
        );
        expect(&year.totals[&"EUR".parse().unwrap()], "plan 0.00, actual 0.00, unbudgeted 32.00, spend 32.00");
        for figures in year.totals.values() {
            assert!(figures.residual_of_plan().unwrap().is_zero() && figures.residual_of_actual().unwrap().is_zero());
        }
    }

    /// What a row of unbudgeted spend says of money.
    struct Money {
        actual: respend::Money,
        inside: respend::Money,
    }

    #[test]
    fn spellings_of_an_account_are_one_account() {
        let rows = year_of_spend()
            .row("2018-03-01", "google/123.456/c", "1.00 USD")
            .row("2018-03-01", "google/Acme/c", "2.00 USD")
            .row("2018-03-01", "google/999/c", "4.00 USD");
        let aliases = "[accounts.\"google/123-456\"]\naliases = [\"Acme\"]";
        let books = Books::new().table(aliases).plan("g", "google/123456", "2018", "3650.00 USD");
        let year = books.restrict("ban", "b", "google/12-34-56", "2018-02-01..").spend(rows).statement("2018");
        expect_line(&year, "g", "actual 3.00, blocked_gross 3340.00, spend_during_restriction 3.00");
        assert_eq!(line(&year, "g").line.scope.to_string(), "google/123-456");
        assert_eq!(line(&year, "g").uncovered.len(), 0);
        assert_eq!(year.unbudgeted.len(), 1);
    }

    #[test]
    fn a_newer_import_wins_under_another_spelling_of_the_account() {
        let older = year_of_spend().recorded("2018-03-02").row("2018-03-01", "google/123-456/c", "1.00 USD");
        let newer = year_of_spend().recorded("2018-03-03").row("2018-03-01", "google/123456/c", "2.00 USD");
        let books = Books::new().plan("g", "google", "2018", "3650.00 USD").spend(older.clone());
        expect_line(&books.clone().spend(newer).statement("2018"), "g", "actual 2.00");
        let gone = year_of_spend().recorded("2018-03-03").account("google/123456").complete();
        expect_line(&books.spend(gone).statement("2018"), "g", "actual 0.00");
    }
}

mod cut_off {
    use super::*;

    #[test]
    fn a_day_in_the_year_says_what_is_past_and_what_is_ahead() {
        let spend = year_of_spend()
            .row("2018-03-31", "x/main/c", "700.00 USD")
            .row("2018-05-01", "x/main/c", "11.00 USD")
            .row("2018-06-30", "x/main/c", "22.00 USD")
            .row("2018-07-01", "x/main/c", "44.00 USD");
        let books = x().restrict("ban", "b", "x", "2018-04-01..2018-08-01").spend(spend);
        expect_line(
            &books.statement_at("2018", "2018-06-30", None),
            "x",
            "plan 3650.00, actual 733.00, open_plan 2430.00, open_plan_ahead 1530.00, open_variance 1730.00, \
             open_variance_to_date 200.00, blocked_gross 1220.00, blocked_to_date 910.00, \
             spend_during_restriction 33.00, blocked_net 1187.00, free 1387.00, redirectable 1187.00",
        );
        expect_line(
            &books.statement_at("2018", "2018-08-31", None),
            "x",
            "actual 777.00, open_plan_ahead 1220.00, open_variance_to_date 510.00, blocked_to_date 1220.00, \
             blocked_net 1143.00, free 1653.00",
        );
        expect_line(
            &books.statement_at("2018", "2017-12-31", None),
            "x",
            "actual 0.00, open_plan_ahead 2430.00, open_variance_to_date 0.00, blocked_to_date 0.00, free 1220.00",
        );
    }

    #[test]
    fn the_day_cuts_no_budget_entry_and_no_restriction() {
        let books = x().amend("x", "184.00", "2018-07-01").restrict("ban", "b", "x", "2018-10-01..");
        let statement = books.statement_at("2018", "2018-03-31", None);
        expect_line(
            &statement,
            "x",
            "plan 3834.00, blocked_gross 1012.00, blocked_to_date 0.00, open_plan_ahead 1922.00",
        );
    }

    #[test]
    fn what_was_recorded_later_was_not_known() {
        let books = Books::new()
            .budget(
                "line=x entry=original period=2018 scope=x currency=USD amount=3650.00 basis=given recorded=2018-01-01",
            )
            .budget(
                "line=x entry=amendment amount=184.00 effective=2018-07-01 basis=given recorded=2018-08-01T12:00:00Z",
            )
            .restriction("id=b kind=ban scope=x from=2018-02-01 recorded=2018-02-02")
            .encumbrance("line=x reference=o1 date=2018-03-01 amount=50.00 recorded=2018-02-03")
            .encumbrance("line=x reference=o1 date=2018-03-01 amount=20.00 recorded=2018-02-05")
            .spend(year_of_spend().recorded("2018-02-04").row("2018-01-05", "x/main/c", "7.00 USD"));
        for (as_known, told) in [
            ("2018-02-01", "plan 3650.00, actual 0.00, blocked_gross 0.00, encumbered 0.00"),
            ("2018-02-02", "plan 3650.00, actual 0.00, blocked_gross 3340.00, encumbered 0.00"),
            ("2018-02-03", "plan 3650.00, actual 0.00, blocked_gross 3340.00, encumbered 50.00"),
            ("2018-02-04", "plan 3650.00, actual 7.00, blocked_gross 3340.00, encumbered 50.00"),
            ("2018-02-05", "plan 3650.00, actual 7.00, blocked_gross 3340.00, encumbered 20.00"),
            ("2018-07-31", "plan 3650.00, actual 7.00, blocked_gross 3340.00, encumbered 20.00"),
            ("2018-08-01T11:59:59Z", "plan 3650.00, actual 7.00, blocked_gross 3340.00, encumbered 20.00"),
            ("2018-08-01", "plan 3834.00, actual 7.00, blocked_gross 3524.00, encumbered 20.00"),
        ] {
            expect_line(&books.statement_at("2018", "2018-12-31", Some(as_known)), "x", told);
        }
        assert!(books.statement_at("2018", "2018-12-31", Some("2017-12-31")).lines.is_empty());
    }

    #[test]
    fn a_refusal_proposes_the_share_that_was_known() {
        let books = x()
            .restriction("id=b kind=ban scope=x/main from=2018-02-01 recorded=2018-02-01")
            .spend(year_of_spend().recorded("2018-01-20").row("2018-01-01", "x/main/c", "1.00 USD").row(
                "2018-01-01",
                "x/other/c",
                "3.00 USD",
            ))
            .spend(year_of_spend().recorded("2018-03-01").row("2018-01-01", "x/main/c", "3.00 USD"));
        let shelf = books.open().unwrap();
        let year = shelf.period("2018");
        let refusal = |as_known: &str| {
            let as_known = respend::Instant::parse_cut_off(as_known).unwrap();
            shelf.statement(year, year.last(), Some(as_known)).unwrap_err().to_string()
        };
        assert!(refusal("2018-02-01").ends_with("it was 0.25"), "{}", refusal("2018-02-01"));
        assert!(refusal("2018-03-01").ends_with("it was 0.5"), "{}", refusal("2018-03-01"));
    }

    #[test]
    fn fiscal_years_begin_where_the_ledger_says() {
        for (named_by, year) in [("start", 2018), ("end", 2019)] {
            let books = Books::new()
                .setting(&format!("fiscal_year_start = \"04-01\"\nfiscal_year_named_by = \"{named_by}\""))
                .plan("x", "x", &format!("FY{year}"), "3650.00 USD")
                .restrict("ban", "b", "x", "2018-05-01..");
            for (period, plan, blocked) in [
                ("", "3650.00", "3350.00"),
                ("-Q1", "910.00", "610.00"),
                ("-Q4", "900.00", "900.00"),
                ("-M01", "300.00", "0.00"),
                ("-M03", "300.00", "300.00"),
                ("-M12", "310.00", "310.00"),
            ] {
                let statement = books.statement(&format!("FY{year}{period}"));
                expect_line(&statement, "x", &format!("plan {plan}, blocked_gross {blocked}"));
            }
            let statement = books.statement(&format!("FY{year}"));
            assert_eq!(line(&statement, "x").line.period.to_string(), "2018-04-01..2019-03-31");
            assert_eq!(
                months(line(&statement, "x"), "blocked_gross").split(' ').collect::<Vec<_>>()[..3],
                ["0.00", "310.00", "300.00"]
            );
            expect_line(&books.statement("2018"), "x", "plan 2750.00, blocked_gross 2450.00");
        }
        expect_refusal(
            &Books::new().setting("fiscal_year_start = \"04-01\"").plan("x", "x", "2018", "1.00 USD"),
            "a fiscal year that starts on 04-01 needs a name",
        );
    }

    #[test]
    fn a_line_that_crosses_years_shows_each_years_flows_and_its_own_stocks() {
        let spend = Spend::of("2018-01-01..2019-12-31").row("2018-08-01", "x/main/c", "500.00 USD").row(
            "2019-03-01",
            "x/main/c",
            "50.00 USD",
        );
        let books = Books::new()
            .plan("x", "x", "2018-07-01..2019-06-30", "3650.00 USD")
            .restrict("ban", "b", "x", "2018-10-01..2019-02-01")
            .encumbrance("line=x reference=o date=2019-01-05 amount=30.00")
            .spend(spend);
        expect_line(
            &books.statement("2018"),
            "x",
            "plan 1840.00, actual 500.00, open_plan 920.00, open_plan_ahead 0.00, open_variance 420.00, \
             blocked_gross 920.00, blocked_net 920.00, encumbered 30.00, free 1620.00, redirectable 1230.00",
        );
        expect_line(
            &books.statement("2019"),
            "x",
            "plan 1810.00, actual 50.00, open_plan 1500.00, open_variance 1450.00, blocked_gross 310.00, \
             blocked_net 310.00, encumbered 30.00, free 3070.00, redirectable 1230.00",
        );
        assert_eq!(months(line(&books.statement("2019"), "x"), "plan"), "310.00 280.00 310.00 300.00 310.00 300.00");
        assert!(books.statement("2017").lines.is_empty());
    }
}

mod free {
    use super::*;

    #[test]
    fn open_orders_bind_the_open_days_ahead_or_the_blocked_ones() {
        let base = x().restrict("ban", "b", "x", "2018-10-01..").spend(year_of_spend().row(
            "2018-06-30",
            "x/main/c",
            "1810.00 USD",
        ));
        for (orders, told) in [
            (vec![], "encumbered 0.00, free 920.00, redirectable 920.00"),
            // Less than the open plan ahead needs anyway.
            (vec![("2018-08-01", "500.00")], "encumbered 500.00, free 920.00, redirectable 920.00"),
            (
                vec![("2018-08-01", "500.00"), ("2018-09-30", "500.00")],
                "encumbered 1000.00, free 840.00, redirectable 840.00",
            ),
            (vec![("2018-10-01", "100.00")], "encumbered 100.00, free 820.00, redirectable 820.00"),
            (
                vec![("2018-12-31", "100.00"), ("2018-08-01", "921.00")],
                "encumbered 1021.00, free 819.00, redirectable 819.00",
            ),
            (vec![("2018-12-31", "2000.00")], "encumbered 2000.00, free -1080.00, redirectable 0.00"),
        ] {
            let books = orders.iter().enumerate().fold(base.clone(), |books, (at, (day, amount))| {
                books.encumbrance(&format!("line=x reference=o{at} date={day} amount={amount}"))
            });
            expect_line(&books.statement_at("2018", "2018-06-30", None), "x", told);
        }
    }

    #[test]
    fn an_order_serves_a_day_of_its_line() {
        let books = x().encumbrance("line=x reference=o date=2019-01-01 amount=30.00");
        expect_refusal(&books, "date: 2019-01-01 is not in the period of line `x`, 2018-01-01..2018-12-31");
    }

    #[test]
    fn a_day_under_a_share_is_a_restricted_day_for_orders() {
        let books = x().restrict_in_part("ban", "b", "x", "2018-10-01..", "0.5");
        let books = books.encumbrance("line=x reference=o date=2018-11-01 amount=100.00");
        // Ahead are 920 of open days, and half of 920; blocked is the other half.
        expect_line(
            &books.statement_at("2018", "2018-06-30", None),
            "x",
            "open_plan_ahead 1380.00, blocked_net 460.00, free 2170.00",
        );
    }

    #[test]
    fn the_latest_row_of_an_order_counts_and_zero_ends_it() {
        let books = x()
            .encumbrance("line=x reference=o date=2018-03-01 amount=100.00 recorded=2018-01-02")
            .encumbrance("line=x reference=o date=2018-03-05 amount=0 recorded=2018-03-06")
            .encumbrance("line=x reference=p date=2018-03-01 amount=7.00 recorded=2018-01-03");
        expect_line(&books.statement("2018"), "x", "encumbered 7.00, free 3643.00");
        expect_refusal(&books.encumbrance("line=x reference=q date=2018-03-01 amount=-1"), "encumbrances.csv:5:");
    }

    #[test]
    fn overspending_leaves_less_than_nothing_free() {
        let spend = year_of_spend().row("2018-01-05", "x/main/c", "4000.00 USD");
        let year = x().restrict("ban", "b", "x", "2018-02-01..").spend(spend).statement("2018");
        expect_line(&year, "x", "free -350.00, blocked_net 3340.00, redirectable 0.00, over_redirected 0.00");
    }
}

mod redirections {
    use super::*;

    /// A ban from February on a platform, with every kind of destination.
    fn books() -> Books {
        x().restrict("ban", "b", "x", "2018-02-01..")
            .destination("aid", "donation")
            .destination("google", "platform")
            .destination("buffer", "reserve")
    }

    fn events(books: Books, rows: &[&str]) -> Books {
        rows.iter().fold(books, |books, row| books.event(&format!("id=r line=x {row}")))
    }

    const PROPOSED: &str = "destination=aid event=proposed date=2018-02-05 amount=1000.00 by=ann";
    const APPROVED: &str = "event=approved date=2018-02-10 amount=900.00 by=bob";
    const PLEDGED: &str = "event=pledged date=2018-02-15 amount=800.00";
    const PAID: &str = "event=paid date=2018-02-20 amount=300.00 reference=p1";

    /// State and amounts at a day: what is live, pledged less paid, paid, acknowledged, awaiting its letter.
    fn stands(books: &Books, as_of: &str) -> String {
        let statement = books.statement_at("2018", as_of, None);
        if statement.redirections.is_empty() {
            return "none".to_owned();
        }
        let one = redirection(&statement, "r");
        let live = line(&statement, "x").figures.get(common::figure("redirected_live"));
        let pledged = one.progress.pledged.unwrap_or(respend::Money::zero(live.currency()));
        assert_eq!(pledged, one.paid.plus(one.outstanding).unwrap());
        assert_eq!(one.paid, one.acknowledged.plus(one.awaiting_letter).unwrap());
        let shown = [live, one.outstanding, one.paid, one.acknowledged, one.awaiting_letter];
        format!("{} {}", one.state, shown.map(|amount| amount.to_string()).join(" "))
    }

    #[test]
    fn a_donation_from_proposal_to_letter() {
        let books = events(
            books(),
            &[
                PROPOSED,
                APPROVED,
                PLEDGED,
                PAID,
                "event=paid date=2018-03-01 reference=p2",
                "event=acknowledged date=2018-03-10 amount=200.00 reference=p1",
                "event=acknowledged date=2018-03-11 reference=p2",
                "event=acknowledged date=2018-03-12 reference=p1",
                "event=refunded date=2018-04-01 amount=100.00 reference=p2",
                "event=paid date=2018-04-05 reference=p3",
            ],
        );
        for (as_of, told) in [
            ("2018-02-04", "none"),
            ("2018-02-05", "proposed 0.00 0.00 0.00 0.00 0.00"),
            ("2018-02-10", "approved 900.00 0.00 0.00 0.00 0.00"),
            ("2018-02-15", "pledged 800.00 800.00 0.00 0.00 0.00"),
            ("2018-02-20", "pledged 800.00 500.00 300.00 0.00 300.00"),
            ("2018-03-01", "paid 800.00 0.00 800.00 0.00 800.00"),
            ("2018-03-10", "paid 800.00 0.00 800.00 200.00 600.00"),
            ("2018-03-11", "paid 800.00 0.00 800.00 700.00 100.00"),
            ("2018-03-12", "acknowledged 800.00 0.00 800.00 800.00 0.00"),
            ("2018-04-01", "pledged 800.00 100.00 700.00 700.00 0.00"),
            ("2018-04-05", "paid 800.00 0.00 800.00 700.00 100.00"),
        ] {
            assert_eq!(stands(&books, as_of), told, "{as_of}");
        }
        expect_line(
            &books.statement("2018"),
            "x",
            "redirected_live 800.00, redirectable 2540.00, over_redirected 0.00",
        );
    }

    #[test]
    fn a_blank_amount_is_unchanged() {
        let books = events(
            books(),
            &[
                PROPOSED,
                "event=approved date=2018-02-10 by=bob",
                "event=pledged date=2018-02-15",
                "event=paid date=2018-02-16",
                "event=acknowledged date=2018-02-17",
            ],
        );
        assert_eq!(stands(&books, "2018-02-17"), "acknowledged 1000.00 0.00 1000.00 1000.00 0.00");
    }

    #[test]
    fn cancelling_leaves_what_was_paid() {
        let cancelled = "event=cancelled date=2018-03-01";
        for (rows, told) in [
            (vec![PROPOSED, cancelled], "cancelled 0.00 0.00 0.00 0.00 0.00"),
            (vec![PROPOSED, APPROVED, cancelled], "cancelled 0.00 0.00 0.00 0.00 0.00"),
            (vec![PROPOSED, APPROVED, PLEDGED, cancelled], "cancelled 0.00 0.00 0.00 0.00 0.00"),
            (vec![PROPOSED, APPROVED, PLEDGED, PAID, cancelled], "cancelled 300.00 0.00 300.00 0.00 300.00"),
            (
                vec![PROPOSED, APPROVED, PLEDGED, PAID, cancelled, "event=acknowledged date=2018-03-05"],
                "cancelled 300.00 0.00 300.00 300.00 0.00",
            ),
            (
                vec![PROPOSED, APPROVED, PLEDGED, PAID, cancelled, "event=refunded date=2018-03-05 amount=100.00"],
                "cancelled 200.00 0.00 200.00 0.00 200.00",
            ),
        ] {
            let books = events(books(), &rows);
            assert_eq!(stands(&books, "2018-12-31"), told, "{rows:?}");
            let live = told.split(' ').nth(1).unwrap();
            expect_line(&books.statement("2018"), "x", &format!("redirected_live {live}"));
        }
    }

    #[test]
    fn a_platform_or_a_reserve_is_moved_and_never_paid() {
        for to in ["google", "buffer"] {
            let proposed = format!("destination={to} event=proposed date=2018-02-05 amount=1000.00 by=ann");
            let books = events(books(), &[&proposed, APPROVED, "event=moved date=2018-03-01"]);
            assert_eq!(stands(&books, "2018-02-28"), "approved 900.00 0.00 0.00 0.00 0.00");
            assert_eq!(stands(&books, "2018-03-01"), "moved 900.00 0.00 0.00 0.00 0.00");
        }
    }

    #[test]
    fn a_platforms_line_receives_beside_its_plan() {
        let proposed = "destination=google event=proposed date=2018-02-05 amount=1000.00 by=ann";
        let base = books()
            .plan("g", "google", "2018", "7300.00 USD")
            .budget("line=g entry=redirect-in amount=900.00 effective=2018-10-03 reference=r");
        let approved = events(base.clone(), &[proposed, APPROVED]);
        let year = approved.statement("2018");
        expect_line(
            &year,
            "g",
            "plan 7300.00, plan_received 900.00, open_plan 7300.00, open_variance 7300.00, free 7300.00",
        );
        expect_line(&year, "x", "plan 3650.00, redirected_live 900.00, redirectable 2440.00");
        expect_total(&year, "plan 10950.00, plan_received 0.00");
        let received = |(platform, sums): (&(Platform, Currency), &Figures)| {
            (platform.0.to_string(), sums.get(Figure::PlanReceived).to_string())
        };
        let by_platform: Vec<_> = year.platforms.iter().map(received).collect();
        assert_eq!(by_platform, [("google".into(), "900.00".into()), ("x".into(), "0.00".into())]);
        expect_line(&approved.statement("2018-10"), "g", "plan 620.00, plan_received 290.00");
        for (rows, received) in [
            (vec![proposed], "0.00"),
            (vec![proposed, APPROVED, "event=moved date=2018-03-01"], "900.00"),
            (vec![proposed, APPROVED, "event=cancelled date=2018-03-01"], "0.00"),
        ] {
            let year = events(base.clone(), &rows).statement("2018");
            expect_line(&year, "g", &format!("plan 7300.00, plan_received {received}"));
        }
        expect_refusal(&base, "budgets.csv:4:1: a redirect-in names the redirection `r`, which does not exist");
    }

    #[test]
    fn what_a_lift_reopens_takes_the_latest_approvals_funding() {
        let approve = |books: Books, id: &str, amount: &str, day: &str| {
            books
                .event(&format!("id={id} line=x destination=aid event=proposed date=2018-02-05 amount={amount} by=ann"))
                .event(&format!("id={id} line=x event=approved date={day} by=bob recorded={day}"))
        };
        let mut books = x()
            .destination("aid", "donation")
            .restriction("id=b kind=ban scope=x from=2018-02-01 recorded=2018-02-01")
            .restriction("id=b kind=ban scope=x from=2018-02-01 until=2018-05-01 recorded=2018-04-20")
            .spend(year_of_spend().recorded("2018-02-01").row("2018-01-31", "x/main/c", "310.00 USD"));
        for (id, amount, day) in
            [("r1", "1500.00", "2018-04-01"), ("r2", "1000.00", "2018-03-01"), ("r3", "100.00", "2018-04-02")]
        {
            books = approve(books, id, amount, day);
        }
        books = books.event("id=r4 line=x destination=aid event=proposed date=2018-04-03 amount=5000.00 by=ann");
        let needs = |statement: &Statement| {
            ["r1", "r2", "r3", "r4"].map(|id| redirection(statement, id).needs_other_funding.to_string()).join(" ")
        };
        let before = books.statement_at("2018", "2018-12-31", Some("2018-04-19"));
        expect_line(
            &before,
            "x",
            "blocked_net 3340.00, redirected_live 2600.00, redirectable 740.00, over_redirected 0.00",
        );
        assert_eq!(needs(&before), "0.00 0.00 0.00 0.00");
        let after = books.statement("2018");
        expect_line(
            &after,
            "x",
            "blocked_net 890.00, redirected_live 2600.00, redirectable 0.00, over_redirected 1710.00",
        );
        assert_eq!(needs(&after), "1500.00 110.00 100.00 0.00");
        // Nothing was cancelled.
        assert!(after.redirections.iter().all(|one| one.state.as_str() != "cancelled"));
    }

    #[test]
    fn no_more_is_redirectable_than_is_blocked_and_free() {
        let proposed = "destination=aid event=proposed date=2018-02-05 amount=3340.00 by=ann";
        let books = events(books(), &[proposed, "event=approved date=2018-02-10 by=bob"]);
        let year = books.statement("2018");
        expect_line(&year, "x", "redirectable 0.00, over_redirected 0.00");
        let late = books.spend(year_of_spend().row("2018-01-05", "x/main/c", "320.00 USD")).statement("2018");
        expect_line(&late, "x", "free 3330.00, redirectable 0.00, over_redirected 10.00");
        assert_eq!(redirection(&late, "r").needs_other_funding.to_string(), "10.00");
    }

    #[test]
    fn somebody_else_approves() {
        for (by, told) in [("ann", "approved by ann"), ("", "approved by nobody")] {
            let by = if by.is_empty() { String::new() } else { format!(" by={by}") };
            let approved = format!("event=approved date=2018-02-10{by}");
            let told =
                format!("redirections.csv:3:1: redirection `r`: {told}, who is not someone other than the proposer");
            expect_refusal(&events(books(), &[PROPOSED, &approved]), &told);
            let alone = events(books().setting("four_eyes = false"), &[PROPOSED, &approved]);
            assert_eq!(stands(&alone, "2018-12-31"), "approved 1000.00 0.00 0.00 0.00 0.00");
        }
    }

    #[test]
    fn what_cannot_happen_is_refused_with_the_state_it_is_in() {
        let to_google = "destination=google event=proposed date=2018-02-05 amount=1000.00 by=ann";
        let cancelled = "event=cancelled date=2018-03-01";
        for (rows, told) in [
            (vec![APPROVED], "redirection `r` has no destination"),
            (vec!["destination=aid event=approved date=2018-02-10 by=bob"], "`approved` without a proposal before it"),
            (vec![PROPOSED, PROPOSED], "`proposed` is not possible: it is proposed"),
            (vec!["destination=aid event=proposed date=2018-02-05 by=ann"], "a proposal needs an amount above zero"),
            (
                vec!["destination=aid event=proposed date=2018-02-05 by=ann amount=0"],
                "a proposal needs an amount above zero",
            ),
            (
                vec![PROPOSED, "event=approved date=2018-02-10 amount=1000.01 by=bob"],
                "1,000.01 USD is more than the 1,000.00 proposed",
            ),
            (
                vec![PROPOSED, APPROVED, "event=approved date=2018-02-11 by=cid"],
                "`approved` is not possible: it is approved",
            ),
            (vec![PROPOSED, PLEDGED], "`pledged` is not possible: it is proposed"),
            (
                vec![PROPOSED, APPROVED, "event=pledged date=2018-02-15 amount=900.01"],
                "900.01 USD is more than the 900.00 approved",
            ),
            (
                vec![PROPOSED, APPROVED, PLEDGED, "event=pledged date=2018-02-16"],
                "`pledged` is not possible: it is pledged",
            ),
            (vec![PROPOSED, APPROVED, PAID], "`paid` is not possible: it is approved"),
            (
                vec![PROPOSED, APPROVED, PLEDGED, PAID, "event=paid date=2018-02-21 amount=500.01 reference=p2"],
                "500.01 USD is more than the 500.00 still outstanding of the pledge",
            ),
            (
                vec![
                    PROPOSED,
                    APPROVED,
                    PLEDGED,
                    "event=paid date=2018-02-20 reference=p1",
                    "event=paid date=2018-02-21 reference=p2",
                ],
                "`paid` is not possible: it is paid",
            ),
            (
                vec![PROPOSED, APPROVED, PLEDGED, PAID, "event=paid date=2018-02-21 amount=1.00 reference=p1"],
                "an earlier payment has the same reference",
            ),
            (
                vec![PROPOSED, APPROVED, PLEDGED, "event=acknowledged date=2018-02-20"],
                "`acknowledged` without a payment before it",
            ),
            (
                vec![PROPOSED, APPROVED, PLEDGED, PAID, "event=acknowledged date=2018-02-21 reference=p9"],
                "no payment has the reference `p9`; the payments are p1",
            ),
            (
                vec![
                    PROPOSED,
                    APPROVED,
                    PLEDGED,
                    PAID,
                    "event=paid date=2018-02-21 reference=p2",
                    "event=acknowledged date=2018-02-22",
                ],
                "`acknowledged` does not say which payment it belongs to; the payments are p1, p2",
            ),
            (
                vec![PROPOSED, APPROVED, PLEDGED, PAID, "event=acknowledged date=2018-02-21 amount=300.01"],
                "300.01 USD is more than the 300.00 of the payment without a letter",
            ),
            (
                vec![
                    PROPOSED,
                    APPROVED,
                    PLEDGED,
                    PAID,
                    "event=acknowledged date=2018-02-21",
                    "event=acknowledged date=2018-02-22",
                ],
                "the payment has its letter already",
            ),
            (
                vec![PROPOSED, APPROVED, PLEDGED, PAID, "event=refunded date=2018-02-21 amount=300.01"],
                "300.01 USD is more than the 300.00 left of the payment",
            ),
            (
                vec![PROPOSED, APPROVED, PLEDGED, PAID, "event=refunded date=2018-02-21 amount=-1.00"],
                "an event's amount is not below zero",
            ),
            (
                vec![PROPOSED, cancelled, "event=approved date=2018-03-02 by=bob"],
                "`approved` is not possible: it is cancelled",
            ),
            (vec![PROPOSED, cancelled, cancelled], "`cancelled` is not possible: it is cancelled"),
            (vec![PROPOSED, APPROVED, "event=moved date=2018-03-01"], "a donation is not moved"),
            (vec![to_google, "event=moved date=2018-03-01"], "`moved` is not possible: it is proposed"),
            (vec![to_google, APPROVED, PLEDGED], "a platform takes no pledge"),
            (vec![to_google, APPROVED, PAID], "`paid` is not possible: it is approved"),
            (
                vec![to_google, APPROVED, "event=moved date=2018-03-01", cancelled],
                "`cancelled` is not possible: it is moved",
            ),
            (
                vec![PROPOSED, "event=approved date=2018-02-10 by=bob recorded=2018-02-10", PLEDGED],
                "`pledged` is recorded before the step it follows",
            ),
            (
                vec!["destination=nobody event=proposed date=2018-02-05 amount=1.00"],
                "no destination `nobody` is declared",
            ),
            (
                vec![PROPOSED, "event=approved date=2018-02-10 by=bob destination=google"],
                "has the destination `google` here and `aid` before",
            ),
        ] {
            let books = events(books(), &rows);
            let refusal = books.refusal();
            assert!(refusal.contains(told), "{rows:?}: {refusal}\ndoes not say\n{told}");
            assert!(refusal.starts_with("redirections.csv:"), "{refusal}");
        }
    }

    /// What was taken out of a reserve that holds 900.00, moved on 1 March.
    fn out_of_a_reserve(rows: &[&str]) -> Books {
        let kept = "destination=buffer event=proposed date=2018-02-05 amount=1000.00 by=ann recorded=2018-02-05";
        let agreed = "event=approved date=2018-02-10 amount=900.00 by=bob recorded=2018-02-10";
        let books = events(books(), &[kept, agreed, "event=moved date=2018-03-01 recorded=2018-03-05"]);
        rows.iter().fold(books, |books, row| {
            let (id, row) = row.split_once(' ').unwrap();
            let proposed =
                format!("id={id} line=x from=r destination=aid event=proposed date=2018-03-06 amount=800.00");
            let is_told = books.rows[2].iter().any(|told| told.starts_with(&format!("{id},")));
            let books = if is_told { books } else { books.event(&format!("{proposed} by=ann recorded=2018-03-06")) };
            books.event(&format!("id={id} {row}"))
        })
    }

    #[test]
    fn what_is_taken_out_of_a_reserve_is_in_it() {
        let given = "a event=approved date=2018-03-07 amount=500.00 by=bob recorded=2018-03-07";
        let rest = "b event=approved date=2018-03-10 amount=400.00 by=bob recorded=2018-03-10";
        let lives = |statement: &Statement| {
            let live = |id: &&str| redirection(statement, id).live().unwrap().to_string();
            ["r", "a", "b"].iter().map(live).collect::<Vec<_>>().join(" ")
        };
        let all = out_of_a_reserve(&[given, rest]).statement("2018");
        assert_eq!(lives(&all), "0.00 500.00 400.00");
        expect_line(&all, "x", "redirected_live 900.00, redirectable 2440.00");
        // Of what is too much, the latest approval is told first; the reserve holds nothing that could be.
        let late = out_of_a_reserve(&[given, rest])
            .spend(year_of_spend().row("2018-01-05", "x/main/c", "2940.00 USD"))
            .statement("2018");
        let needs = ["r", "a", "b"].map(|id| redirection(&late, id).needs_other_funding.to_string()).join(" ");
        assert_eq!((needs.as_str(), lives(&late).as_str()), ("0.00 0.00 190.00", "0.00 500.00 400.00"));
        // What came back before may be taken again.
        let back = "a event=cancelled date=2018-03-09 recorded=2018-03-09";
        let more = "b event=approved date=2018-03-10 amount=800.00 by=bob recorded=2018-03-10";
        assert_eq!(lives(&out_of_a_reserve(&[given, back, more]).statement("2018")), "100.00 0.00 800.00");
        // But it must be on record by then: whoever cuts the books between would find more taken than there was.
        let late_back = "a event=cancelled date=2018-03-09 recorded=2018-03-20";
        for rows in [vec![given, more], vec![given, late_back, more]] {
            let refusal = out_of_a_reserve(&rows).refusal();
            assert!(refusal.contains("`b`: it takes 400.00 USD more than `r` still holds then"), "{refusal}");
        }
    }

    #[test]
    fn only_what_a_reserve_took_over_goes_on() {
        let to_aid = "id=a line=x destination=aid event=proposed date=2018-03-06 amount=800.00 by=ann";
        let approved = "id=a event=approved date=2018-03-07 by=bob";
        let kept = |books: Books| {
            books.event("id=r line=x destination=buffer event=proposed date=2018-02-05 amount=900 by=ann")
        };
        let agreed = |books: Books| books.event("id=r event=approved date=2018-02-10 by=bob");
        let moved = |books: Books, day: &str| books.event(&format!("id=r event=moved date={day}"));
        let none = "`r` is no redirection from plan line `x` to a reserve";
        for (ledger, told) in [
            (books().event(&format!("{to_aid} from=r")), "there is no redirection `r` to take from"),
            (events(books(), &[PROPOSED]).event(&format!("{to_aid} from=r")), none),
            (
                kept(books()).event(&format!("{to_aid} from=r")).event("id=a event=pledged date=2018-03-08 from=q"),
                "has the `from` `q` here, and not in its proposal",
            ),
            (
                // Recorded later, it would change what an earlier report said.
                kept(books()).event(to_aid).event("id=a event=approved date=2018-03-08 by=bob from=r"),
                "has the `from` `r` here, and not in its proposal",
            ),
            (
                moved(agreed(kept(books())), "2018-03-08").event(&format!("{to_aid} from=r")).event(approved),
                "`approved` is not possible: `r` has not been moved by then",
            ),
            (
                agreed(kept(books())).event(&format!("{to_aid} from=r")).event(approved),
                "`approved` is not possible: `r` has not been moved by then",
            ),
            (
                moved(agreed(kept(books().plan("g", "google", "2018", "10.00 USD"))), "2018-03-01")
                    .event("id=a line=g destination=aid event=proposed date=2018-03-06 amount=8.00 by=ann from=r"),
                "`r` is no redirection from plan line `g` to a reserve",
            ),
            (
                moved(agreed(kept(books())), "2018-03-01")
                    .event("id=q line=x destination=buffer event=proposed date=2018-03-06 amount=8.00 by=ann from=r")
                    .event(&format!("{to_aid} from=q")),
                "`q` is no redirection from plan line `x` to a reserve",
            ),
        ] {
            let refusal = ledger.refusal();
            assert!(refusal.contains(told), "{refusal}\ndoes not say\n{told}");
        }
    }

    #[test]
    fn a_condition_stands_beside_a_pledge_alone() {
        let refusal = events(books(), &[PROPOSED, "event=approved date=2018-02-10 by=bob condition=rain"]).refusal();
        assert!(refusal.contains("`approved` with a condition"), "{refusal}");
        let first = PROPOSED.to_owned() + " condition=rain";
        let refusal = events(books(), &[&first]).refusal();
        assert!(refusal.contains("`proposed` with a condition"), "{refusal}");
        // Of one day, the condition comes before it is met.
        let met = [PROPOSED, APPROVED, "event=pledged date=2018-02-15", "event=pledged date=2018-02-15 condition=rain"];
        assert_eq!(stands(&events(books(), &met), "2018-02-15"), "pledged 900.00 900.00 0.00 0.00 0.00");
    }

    #[test]
    fn events_stand_in_any_order_in_the_file() {
        let rows = [PAID, APPROVED, PROPOSED, PLEDGED];
        assert_eq!(stands(&events(books(), &rows), "2018-12-31"), "pledged 800.00 500.00 300.00 0.00 300.00");
    }

    #[test]
    fn the_day_and_the_record_cut_events_each_for_itself() {
        let books = events(
            books(),
            &[
                "destination=aid event=proposed date=2018-02-05 amount=1000.00 by=ann recorded=2018-02-05",
                "event=approved date=2018-02-10 by=bob recorded=2018-06-01",
            ],
        );
        for (as_of, as_known, live) in [
            ("2018-02-09", None, "0.00"),
            ("2018-02-10", None, "1000.00"),
            ("2018-02-10", Some("2018-05-31"), "0.00"),
            ("2018-02-10", Some("2018-06-01"), "1000.00"),
        ] {
            expect_line(&books.statement_at("2018", as_of, as_known), "x", &format!("redirected_live {live}"));
        }
        assert!(books.statement_at("2018", "2018-12-31", Some("2018-02-04")).redirections.is_empty());
        let before = books.statement_at("2018", "2018-12-31", Some("2018-05-31"));
        assert_eq!(redirection(&before, "r").redirection.events.len(), 1, "what was not known is not told");
        assert_eq!(redirection(&books.statement("2018"), "r").progress.approved.unwrap().date, day("2018-02-10"));
    }
}
