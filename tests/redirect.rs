//! Blocked money by command: what policies propose and what else they could, what a reserve passes on, pledges on a
//! condition, and payments of several redirections at once.

#![allow(clippy::unwrap_used)]

mod common;
mod desk;

use common::{expect, line, redirection};
use desk::Desk;
use desk::books::{as_json, done, export, refused};
use respend::Period;
use respend::ledger::Ledger;
use respend::statement::Statement;
use serde_json::Value;

const DESTINATIONS: &str = r#"
[[destination]]
id = "aid"
kind = "donation"
[[destination]]
id = "linkedin"
kind = "platform"
[[destination]]
id = "buffer"
kind = "reserve"
"#;

/// A thousand a day on two platforms in April 2018, both banned on its last ten days; 5,000.00 spent on x before.
fn banned(policies: &str) -> Desk {
    let desk = Desk::new();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    desk.write("books/ledger.toml", &(desk.read("books/ledger.toml") + DESTINATIONS + policies));
    for (line, platform, amount) in [("meta", "meta", "30000"), ("x", "x", "30000"), ("li", "linkedin", "0")] {
        done(
            &desk,
            &format!(
                "budget add --line {line} --period 2018-04 --platform {platform} --amount {amount} --basis given --today 2018-04-01 --quiet"
            ),
        );
    }
    for platform in ["meta", "x"] {
        done(&desk, &format!("ban add --platform {platform} --from 2018-04-21 --id {platform}-ban --today 2018-04-21"));
    }
    export(&desk, "april.csv", &["2018-04-02 c 5000.00"]);
    done(&desk, "import april.csv --today 2018-04-21 --quiet");
    desk
}

fn policy(id: &str, more: &str, to: &[&str]) -> String {
    let to: String = to.iter().map(|to| format!("[[policy.to]]\n{}\n", to.replace("; ", "\n"))).collect();
    format!("[[policy]]\nid = \"{id}\"\n{}\n{to}", more.replace("; ", "\n"))
}

fn statement(desk: &Desk, as_of: &str) -> Statement {
    let ledger = Ledger::open(&desk.path("books")).unwrap();
    let april = Period::parse("2018-04", &ledger.settings().fiscal_year).unwrap();
    Statement::of(&ledger, april, common::day(as_of), None).unwrap()
}

/// The rows of a table, as the texts of some of its columns.
fn rows(answer: &Value, table: &str, columns: &[&str]) -> Vec<String> {
    let of_it = answer["tables"].as_array().unwrap().iter().filter(|of| of["key"] == table);
    let text = |cell: &Value| cell.as_str().unwrap_or("-").to_owned();
    let row = |row: &Value| columns.iter().map(|column| text(&row[column])).collect::<Vec<_>>().join(" ");
    of_it.flat_map(|table| table["rows"].as_array().unwrap()).map(row).collect()
}

/// Writes what policies propose, and returns the ids in the order of their rows.
fn written(desk: &Desk, typed: &str) -> Vec<String> {
    let before = desk.read("books/redirections.csv").lines().count();
    done(desk, &format!("redirect propose --write --by ann --allow-uncovered {typed}"));
    let log = desk.read("books/redirections.csv");
    log.lines().skip(before).map(|row| row.split(',').next().unwrap().to_owned()).collect()
}

#[test]
fn a_proposal_shows_its_arithmetic_and_what_other_bases_would_give() {
    let to =
        ["destination = \"aid\"; amount = \"1000\"", "destination = \"linkedin\"; share = \"60%\"; cap = \"4000\""];
    let desk = banned(&policy("p", "takes = { platform = \"x\" }; remainder = \"buffer\"", &to));
    let before = desk.tree();
    let shown = done(&desk, "redirect propose --date 2018-04-30 --allow-uncovered");
    assert!(desk.tree() == before, "what is shown is not written");
    assert_eq!(
        shown,
        "\
Books: proposals as of 2018-04-30

Policy p: what each plan line gives, USD
Plan line     Blocked       Free  Redirected  Redirectable   Proposed  Gives now
                  net                                         already
---------  ----------  ---------  ----------  ------------  ---------  ---------
x           10,000.00  25,000.00        0.00     10,000.00       0.00  10,000.00

Redirectable is blocked net or free, whichever is less, without what is
  redirected; never below zero.
By its basis, blocked, each line gives what is redirectable and not proposed
  already.

Policy p: how it is divided, and what other bases would give, USD
To        By                       blocked  remaining  whole-plan
--------  ---------------------  ---------  ---------  ----------
aid       1,000.00                1,000.00   1,000.00    1,000.00
linkedin  60%, at most 4,000.00   4,000.00   4,000.00    4,000.00
buffer    what is left            5,000.00  20,000.00   25,000.00
--------  ---------------------  ---------  ---------  ----------
Total                            10,000.00  25,000.00   30,000.00

By remaining, 15,000.00 USD of it would need other funding.
By whole-plan, 20,000.00 USD of it would need other funding.
blocked is the basis of the policy; `basis` in ledger.toml chooses another.

Policy p: proposed redirections, USD
To        From plan line     Amount
--------  --------------  ---------
aid       x                1,000.00
linkedin  x                4,000.00
buffer    x                5,000.00
--------  --------------  ---------
Total                     10,000.00
"
    );
}

#[test]
fn each_basis_gives_its_own() {
    let to = ["destination = \"aid\"; share = \"1\""];
    for (basis, told) in [
        ("basis = \"blocked\"", ["meta 10000.00 0.00", "x 10000.00 0.00"]),
        ("basis = \"blocked\"; takes = { restrictions = [\"x-ban\"] }", ["meta 0.00 0.00", "x 10000.00 0.00"]),
        ("basis = \"blocked\"; takes = { cause = \"voluntary\" }", ["meta 0.00 0.00", "x 0.00 0.00"]),
        ("basis = \"remaining\"", ["meta 30000.00 20000.00", "x 25000.00 15000.00"]),
        ("basis = \"whole-plan\"", ["meta 30000.00 20000.00", "x 30000.00 20000.00"]),
        ("basis = \"fixed\"; amount = \"12000\"", ["meta 10000.00 0.00", "x 2000.00 0.00"]),
        // What no line has is asked of the first, which is linkedin's by its id.
        ("basis = \"fixed\"; amount = \"21000\"", ["meta 10000.00 0.00", "x 10000.00 0.00"]),
    ] {
        let desk = banned(&policy("p", basis, &to));
        let typed = "redirect propose --date 2018-04-30 --allow-uncovered";
        let gives = rows(&as_json(&desk, typed), "gives", &["line", "gives", "needs_other_funding"]);
        assert_eq!(gives[1..], told, "{basis}");
        let first = if basis.contains("21000") { "li 1000.00 1000.00" } else { "li 0.00 0.00" };
        assert_eq!(gives[0], first, "{basis}");
    }
}

#[test]
fn a_named_amount_is_not_given_twice() {
    // Of 12,000.00, 10,000.00 are redirected of the second line; the first has 2,000.00 to give, and no more.
    let desk = banned(&policy("p", "basis = \"fixed\"; amount = \"12000\"", &["destination = \"aid\"; share = \"1\""]));
    let log = desk.read("books/redirections.csv");
    let header = log.lines().next().unwrap();
    let row = |event: &str, amount: &str, by: &str| {
        let cell = |column| match column {
            "id" => "r",
            "event" => event,
            "date" | "recorded" => "2018-04-25",
            "policy" => "p",
            "line" => "x",
            "destination" => "aid",
            "amount" => amount,
            "by" => by,
            _ => "",
        };
        header.split(',').map(cell).collect::<Vec<_>>().join(",") + "\n"
    };
    desk.write(
        "books/redirections.csv",
        &(log.clone() + &row("proposed", "10000", "ann") + &row("approved", "", "bob")),
    );
    let shown = as_json(&desk, "redirect propose --date 2018-04-30 --allow-uncovered");
    assert_eq!(rows(&shown, "gives", &["line", "gives"]), ["li 0.00", "meta 2000.00", "x 0.00"]);
}

#[test]
fn several_policies_take_in_turn_what_is_left() {
    let half = policy("half", "takes = { platform = \"x\" }", &["destination = \"aid\"; share = \"50%\""]);
    let named =
        policy("named", "basis = \"fixed\"; amount = \"12000\"", &["destination = \"buffer\"; share = \"100%\""]);
    let rest = policy("rest", "", &["destination = \"aid\"; share = \"100%\""]);
    let desk = banned(&(half + &named + &rest));
    let typed = "redirect propose --date 2018-04-30 --allow-uncovered";
    let told = ["half x 5000.00", "named meta 10000.00", "named x 2000.00", "rest x 3000.00"];
    assert_eq!(rows(&as_json(&desk, typed), "proposed", &["policy", "line", "amount"]), told);
    assert_eq!(written(&desk, "--date 2018-04-30").len(), 4);
    // What waits for approval is asked for already, whoever asked.
    let refusal = refused(&desk, "redirect propose --date 2018-04-30 --allow-uncovered --write --by ann");
    assert!(refusal.contains("there is nothing to propose"), "{refusal}");
    let again = as_json(&desk, typed);
    let waiting = rows(&again, "gives", &["policy", "line", "redirectable", "waiting", "gives"]);
    assert_eq!(waiting[0], "half x 10000.00 10000.00 0.00");
    // Approved one by one, they take all there is and no more.
    for row in desk.read("books/redirections.csv").lines().skip(1) {
        let id = row.split(',').next().unwrap();
        done(&desk, &format!("redirect approve {id} --by bob --date 2018-04-30"));
    }
    for of in ["meta", "x"] {
        let figures = "redirected_live 10000.00, redirectable 0.00, over_redirected 0.00";
        expect(&line(&statement(&desk, "2018-04-30"), of).figures, figures);
    }
}

/// 10,000.00 of x in a reserve, moved on 3 May 2018.
fn held() -> (Desk, String) {
    let desk = banned(&policy("keep", "takes = { platform = \"x\" }", &["destination = \"buffer\"; share = \"100%\""]));
    let kept = written(&desk, "--date 2018-05-01").remove(0);
    done(&desk, &format!("redirect approve {kept} --by bob --date 2018-05-02"));
    done(&desk, &format!("redirect pay {kept} --by tom --date 2018-05-03"));
    (desk, kept)
}

#[test]
fn a_reserve_passes_on_what_it_holds_and_no_dollar_counts_twice() {
    let (desk, kept) = held();
    let given = written(&desk, &format!("--from {kept} --to aid --amount 4000 --date 2018-05-04")).remove(0);
    // What is asked for already is not there to be asked for again.
    let refusal =
        refused(&desk, &format!("redirect propose --from {kept} --to aid --amount 6000.01 --date 2018-05-04"));
    assert!(refusal.contains("6,000.01 USD is not above zero and at most the 6,000.00 that"), "{refusal}");
    let stands = |as_of: &str| {
        let told = statement(&desk, as_of);
        let of = |id: &str| redirection(&told, id).live().unwrap().to_string();
        let sum = line(&told, "x").figures.get(common::figure("redirected_live"));
        format!("{} {} of {sum}", of(&kept), of(&given))
    };
    assert_eq!(stands("2018-05-04"), "10000.00 0.00 of 10000.00");
    done(&desk, &format!("redirect approve {given} --by bob --date 2018-05-05"));
    assert_eq!(stands("2018-05-05"), "6000.00 4000.00 of 10000.00");
    // What is pledged for less, or not paid before it is cancelled, is the reserve's again.
    done(&desk, &format!("redirect pledge {given} --by bob --amount 3000 --date 2018-05-06"));
    assert_eq!(stands("2018-05-06"), "7000.00 3000.00 of 10000.00");
    done(&desk, &format!("redirect pay {given} --by tom --amount 1000 --reference w --date 2018-05-07"));
    done(&desk, &format!("redirect cancel {given} --by bob --date 2018-05-08"));
    assert_eq!(stands("2018-05-08"), "9000.00 1000.00 of 10000.00");
    let report = as_json(&desk, "report 2018-04 --as-of 2018-05-08");
    let of = |id: &str| report["redirections"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone();
    assert_eq!((&of(&kept)["taken_on"], &of(&kept)["from"]), (&"1000.00".into(), &Value::Null));
    assert_eq!((&of(&given)["paid"], &of(&given)["from"]), (&"1000.00".into(), &Value::from(kept.as_str())));
    // The same in the journal, and taken apart.
    let journal = done(&desk, "export journal 2018-04 --as-of 2018-05-08");
    let debit = |row: &str| row.split(',').nth(3).unwrap_or_default().to_owned();
    let credit = |row: &str| row.split(',').nth(4).unwrap_or_default().to_owned();
    let moves: Vec<String> = journal
        .lines()
        .filter(|row| row.contains("Redirected:Buffer"))
        .map(|row| format!("{}-{}", debit(row), credit(row)))
        .collect();
    assert_eq!(moves, ["10000.00-", "-4000.00", "1000.00-", "2000.00-"]);
    let traced = as_json(&desk, "trace 2018-04 --figure redirected_live --line x --as-of 2018-05-08");
    assert_eq!(rows(&traced, "residual", &["statement", "facts", "residual"]), ["10000.00 10000.00 0.00"]);
    // On the screen of the reader.
    let shown = done(&desk, "report 2018-04 --as-of 2018-05-08");
    assert!(shown.contains(&format!("{given} is taken out of {kept}.")), "{shown}");
    assert!(shown.contains(&format!("buffer still holds 9,000.00 USD of {kept}.")), "{shown}");
}

#[test]
fn nothing_comes_out_of_what_no_reserve_holds() {
    let (desk, kept) = held();
    for (typed, told) in [
        ("--from nothing --to aid", "there is no redirection `nothing` that a reserve has taken over; there are"),
        (&*format!("--from {kept} --to nobody"), "there is no destination `nobody`"),
        (&*format!("--from {kept} --to buffer"), "`buffer` is where it is"),
        (&*format!("--from {kept} --to aid --amount 0"), "0.00 USD is not above zero and at most the 10,000.00"),
        (&*format!("--from {kept} --to aid --amount 1.001"), "amount: "),
    ] {
        let refusal = refused(&desk, &format!("redirect propose --date 2018-05-04 {typed}"));
        assert!(refusal.contains(told), "{typed}: {refusal}");
    }
    // Before it was moved there is nothing in the reserve.
    let early = refused(&desk, &format!("redirect propose --from {kept} --to aid --date 2018-05-02"));
    assert!(early.contains("there are none"), "{early}");
}

#[test]
fn a_pledge_on_a_condition_is_owed_once_it_is_met() {
    let desk = banned(&policy("p", "takes = { platform = \"x\" }", &["destination = \"aid\"; share = \"100%\""]));
    let id = written(&desk, "--date 2018-05-01").remove(0);
    done(&desk, &format!("redirect approve {id} --by bob --date 2018-05-02"));
    desk.done(&[
        "--ledger",
        "books",
        "redirect",
        "pledge",
        &id,
        "--amount",
        "8000",
        "--condition",
        "others give as much",
        "--by",
        "bob",
        "--date",
        "2018-05-03",
    ]);
    // It is given away, and owed to nobody yet.
    let report = as_json(&desk, "report 2018-04 --as-of 2018-05-03");
    let one = &report["redirections"][0];
    let told = ["state", "approved", "conditional", "pledged", "outstanding"].map(|key| one[key].as_str().unwrap());
    assert_eq!(told, ["conditional", "10000.00", "8000.00", "0.00", "0.00"]);
    expect(&line(&statement(&desk, "2018-05-03"), "x").figures, "redirected_live 8000.00, redirectable 2000.00");
    let shown = done(&desk, "report 2018-04 --as-of 2018-05-03");
    assert!(shown.contains(&format!("{id} is owed once its condition is met: others give as much")), "{shown}");
    let journal = done(&desk, "export journal 2018-04 --as-of 2018-05-03");
    assert!(!journal.contains("Pledges"), "{journal}");
    let early = refused(&desk, &format!("redirect pay {id} --by tom --date 2018-05-04"));
    assert!(early.contains("`paid` is not possible: it is conditional"), "{early}");
    let twice = refused(&desk, &format!("redirect pledge {id} --condition more --by bob --date 2018-05-04"));
    assert!(twice.contains("pledge it without a condition once that is met"), "{twice}");
    let more = refused(&desk, &format!("redirect pledge {id} --amount 8000.01 --by bob --date 2018-05-04"));
    assert!(more.contains("8,000.01 USD is more than the 8,000.00 pledged on a condition"), "{more}");
    done(&desk, &format!("redirect pledge {id} --by bob --date 2018-05-05"));
    let report = as_json(&desk, "report 2018-04 --as-of 2018-05-05");
    let one = &report["redirections"][0];
    let told = ["state", "conditional", "pledged", "outstanding"].map(|key| one[key].as_str().unwrap());
    assert_eq!(told, ["pledged", "0.00", "8000.00", "8000.00"]);
    done(&desk, &format!("redirect pay {id} --by tom --date 2018-05-06"));
    // A condition that is never met: the pledge is cancelled, and nothing of it is left.
    let never = written(&desk, "--date 2018-05-07").remove(0);
    done(&desk, &format!("redirect approve {never} --by bob --date 2018-05-07"));
    done(&desk, &format!("redirect pledge {never} --condition rain --by bob --date 2018-05-08"));
    done(&desk, &format!("redirect cancel {never} --by bob --date 2018-05-09"));
    expect(&line(&statement(&desk, "2018-05-09"), "x").figures, "redirected_live 8000.00, redirectable 2000.00");
}

#[test]
fn what_one_payment_paid_comes_back_by_the_original_split() {
    let to = ["destination = \"aid\"; share = \"100%\""];
    let desk = banned(&(policy("all", "period = \"2018-04\"", &to) + &policy("none", "", &to)));
    // 10,000.00 of meta and 10,000.00 of x, of which 5,000.01 are pledged.
    let ids = written(&desk, "--date 2018-05-01 --policy all");
    let [meta, x] = [&ids[0], &ids[1]];
    done(&desk, &format!("redirect approve {meta} {x} --by bob --date 2018-05-02"));
    done(&desk, &format!("redirect pledge {meta} --by bob --date 2018-05-03"));
    done(&desk, &format!("redirect pledge {x} --amount 5000.01 --by bob --date 2018-05-03"));
    let paid = |as_of: &str| {
        let told = statement(&desk, as_of);
        [meta, x].map(|id| redirection(&told, id)).map(|one| format!("{} {}", one.paid, one.acknowledged)).join(", ")
    };
    // A part of both: 10,000.00 and 5,000.01 of 3,000.00.
    done(&desk, &format!("redirect pay {meta} {x} --amount 3000 --reference w1 --by tom --date 2018-05-04"));
    assert_eq!(paid("2018-05-04"), "2000.00 0.00, 1000.00 0.00");
    done(&desk, &format!("redirect pay {meta} {x} --reference w2 --by tom --date 2018-05-05"));
    assert_eq!(paid("2018-05-05"), "10000.00 0.00, 5000.01 0.00");
    // 100.00 of the first payment come back: two thirds and one third, and the cent goes to the larger remainder.
    done(&desk, "redirect refund --reference w1 --amount 100 --by tom --date 2018-05-06");
    assert_eq!(paid("2018-05-06"), "9933.33 0.00, 4966.68 0.00");
    // One letter for what is left of it.
    done(&desk, "redirect acknowledge --reference w1 --by ann --date 2018-05-07");
    assert_eq!(paid("2018-05-07"), "9933.33 1933.33, 4966.68 966.67");
    // All of it: each gets back what it paid.
    done(&desk, "redirect refund --reference w1 --by tom --date 2018-05-08");
    assert_eq!(paid("2018-05-08"), "8000.00 0.00, 4000.01 0.00");
    // A cent is of the larger alone, and a letter is of those that have none yet.
    done(&desk, "redirect refund --reference w2 --amount 0.01 --by tom --date 2018-05-08");
    assert_eq!(paid("2018-05-08"), "7999.99 0.00, 4000.01 0.00");
    done(&desk, &format!("redirect acknowledge {x} --reference w2 --by ann --date 2018-05-09"));
    done(&desk, "redirect acknowledge --reference w2 --by ann --date 2018-05-10");
    assert_eq!(paid("2018-05-10"), "7999.99 7999.99, 4000.01 4000.01");
    for (typed, told) in [
        ("redirect acknowledge --reference w2 --by ann --date 2018-05-11", "the payment has its letter already"),
        ("redirect refund --reference w9 --by tom --date 2018-05-11", "no payment has the reference `w9`"),
        (
            "redirect refund --reference w2 --amount 12000.02 --by tom --date 2018-05-11",
            "is more than the 7,999.99 left of the payment",
        ),
    ] {
        let refusal = refused(&desk, typed);
        assert!(refusal.contains(told), "{typed}: {refusal}");
    }
}

#[test]
fn one_payment_of_several_redirections_is_of_each_or_refused() {
    let to = ["destination = \"aid\"; share = \"50%\"", "destination = \"eff\"; share = \"50%\""];
    let eff = "[[destination]]\nid = \"eff\"\nkind = \"donation\"\n";
    let desk = banned(&(eff.to_owned() + &policy("p", "takes = { platform = \"x\" }", &to)));
    let ids = written(&desk, "--date 2018-05-01");
    let [one, other] = [&ids[0], &ids[1]];
    done(&desk, &format!("redirect approve {one} {other} --by bob --date 2018-05-02"));
    done(&desk, &format!("redirect pledge {one} --by bob --date 2018-05-02"));
    let refusal = refused(&desk, &format!("redirect pay {one} {other} --amount 10.00 --by tom --date 2018-05-02"));
    assert!(refusal.contains(&format!("redirection `{other}` can take no part of 10.00")), "{refusal}");
    done(&desk, &format!("redirect pledge {other} --by bob --date 2018-05-02"));
    let refusal = refused(&desk, &format!("redirect pay {one} {one} --amount 10.00 --by tom --date 2018-05-02"));
    assert!(refusal.contains(&format!("redirection `{one}` is named twice")), "{refusal}");
    let before = desk.read("books/redirections.csv");
    let paid = |typed: String| {
        desk.write("books/redirections.csv", &before);
        done(&desk, &typed);
        let log = desk.read("books/redirections.csv");
        log.lines()
            .filter(|row| row.contains(",paid,"))
            .map(|row| row.split(',').take(9).collect::<Vec<_>>().join(","))
            .collect::<Vec<_>>()
    };
    let rest = "--amount 0.01 --by tom --date 2018-05-02 --today 2018-05-02";
    let as_named = paid(format!("redirect pay {one} {other} {rest}"));
    assert_eq!(as_named.len(), 1, "the other has no part of one cent");
    assert_eq!(as_named, paid(format!("redirect pay {other} {one} {rest}")));
}

#[test]
fn payments_to_several_places_are_named() {
    let to = ["destination = \"aid\"; share = \"50%\"", "destination = \"eff\"; share = \"50%\""];
    let eff = "[[destination]]\nid = \"eff\"\nkind = \"donation\"\n";
    let desk = banned(&(eff.to_owned() + &policy("p", "takes = { platform = \"x\" }", &to)));
    let ids = written(&desk, "--date 2018-05-01").join(" ");
    done(&desk, &format!("redirect approve {ids} --by bob --date 2018-05-02"));
    done(&desk, &format!("redirect pledge {ids} --by bob --date 2018-05-02"));
    done(&desk, &format!("redirect pay {ids} --reference 1 --by tom --date 2018-05-02"));
    let refusal = refused(&desk, "redirect refund --reference 1 --by tom --date 2018-05-03");
    assert!(refusal.contains("payments to several destinations have the reference `1`"), "{refusal}");
}
