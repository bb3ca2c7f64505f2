//! Figures that change after they were known: restated, gone, revoked, in closed periods; and days without any.

#![allow(clippy::unwrap_used)]

mod desk;

use std::path::Path;

use desk::Desk;
use desk::books::{HEADER, as_json, books, done, export, refused, run};
use serde_json::{Value, json};

/// The rows of the one table of a list.
fn rows(list: &Value) -> &Vec<Value> {
    list["tables"][0]["rows"].as_array().unwrap()
}

/// Spend by day and campaign, as `2018-01-05 c1 100.10`.
fn spend(desk: &Desk, known: &str) -> Vec<String> {
    let known = if known.is_empty() { String::new() } else { format!(" --as-known {known}") };
    let csv = done(desk, &format!("spend --by day,campaign --format csv{known}"));
    let row = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        format!("{} {} {}", cells[0], cells[1], cells[3])
    };
    csv.lines().skip(1).map(row).collect()
}

fn ids(desk: &Desk) -> Vec<String> {
    let list = as_json(desk, "imports");
    rows(&list).iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect()
}

/// `restated` of an import's answer, as `2018-01-05 c1 100.10 -> 101.00`.
fn restated(answer: &Value) -> Vec<String> {
    let amount = |value: &Value| value.as_str().unwrap_or("nothing").to_owned();
    let one = |one: &Value| {
        let (day, campaign) = (one["day"].as_str().unwrap(), one["campaign"].as_str().unwrap());
        format!("{day} {campaign} {} -> {}", amount(&one["was"]), amount(&one["now"]))
    };
    answer[0]["restated"].as_array().unwrap().iter().map(one).collect()
}

fn warnings(answer: &Value) -> Vec<(&str, &str)> {
    let all = answer[0]["warnings"].as_array().unwrap().iter();
    all.map(|one| (one["code"].as_str().unwrap(), one["message"].as_str().unwrap())).collect()
}

// restated

#[test]
fn a_figure_is_provisional_within_so_many_days_before_the_export_day_and_not_one_more() {
    for (setting, exported, last_final, first_provisional) in [
        ("provisional_days = 28", "2018-03-01", "2018-01-31", "2018-02-01"),
        ("provisional_days = 3", "2018-03-01", "2018-02-25", "2018-02-26"),
        ("provisional_days = 0", "2018-03-01", "2018-02-28", "2018-03-01"),
    ] {
        let desk = books();
        let settings = desk.read("books/ledger.toml").replace("provisional_days = 28", setting);
        desk.write("books/ledger.toml", &settings);
        export(&desk, "a.csv", &[&format!("{last_final} c 10.00"), &format!("{first_provisional} c 10.00")]);
        done(&desk, &format!("--today 2018-06-01 import a.csv --exported {exported}"));
        assert_eq!(as_json(&desk, "report 2018")["provisional_rows"], 1, "{setting}");

        export(&desk, "late.csv", &[&format!("{last_final} c 11.00")]);
        let said = refused(&desk, "--today 2018-06-02 import late.csv");
        assert!(
            said.contains(&format!(
                "campaign `c` on {last_final} was 10.00 USD and final, and is 11.00 USD in this export [restated_final]"
            )),
            "{said}"
        );
        export(&desk, "early.csv", &[&format!("{first_provisional} c 11.00")]);
        let answer = as_json(&desk, "--today 2018-06-02 import early.csv");
        assert_eq!(restated(&answer), [format!("{first_provisional} c 10.00 -> 11.00")], "{setting}");
    }
}

#[test]
fn the_export_day_is_the_day_of_the_import_where_nothing_else_says_it() {
    let desk = books();
    export(&desk, "a.csv", &["2018-01-01 c 10.00", "2018-01-02 c 10.00"]);
    let id = as_json(&desk, "--today 2018-01-30 import a.csv")[0]["id"].as_str().unwrap().to_owned();
    let record = desk.read(&format!("books/spend/{id}.toml"));
    assert!(record.contains("exported = \"2018-01-30\"\nprovisional_from = \"2018-01-02\"\n"), "{record}");
}

#[test]
fn days_after_the_export_are_not_covered_and_rows_of_them_are_pointed_out() {
    let desk = books();
    desk.write("books/budgets.csv", &desk.read("books/budgets.csv").replace(",x,", ",meta,"));
    let with_period = |file: &str, rows: &[&str]| {
        let header = "Reporting starts,Reporting ends,Day,Campaign name,Account name,Impressions,Amount spent (USD)\n";
        let row = |row: &&str| format!("2018-01-01,2018-12-31,{row},c,acme,1,10.00\n");
        desk.write(file, &(header.to_owned() + &rows.iter().map(row).collect::<String>()));
    };
    let days = |answer: &Value| format!("{} {}", answer[0]["first_day"], answer[0]["last_day"]).replace('"', "");
    with_period("to-date.csv", &["2018-01-05"]);
    let answer = as_json(&desk, "--today 2018-03-10 import to-date.csv");
    assert_eq!(days(&answer), "2018-01-01 2018-03-10");
    assert_eq!(warnings(&answer), []);
    assert!(desk.read(&format!("books/spend/{}.toml", ids(&desk)[0])).contains("last_day = \"2018-03-10\"\n"));
    assert!(done(&desk, "--today 2018-12-31 imports --gaps").contains("2018-03-11"));

    // A month later the days between are spoken of too, and the figure is still known.
    with_period("later.csv", &["2018-01-05", "2018-04-01"]);
    let answer = as_json(&desk, "--today 2018-06-01 import later.csv --exported 2018-04-10");
    assert_eq!((days(&answer).as_str(), warnings(&answer)), ("2018-01-01 2018-04-10", vec![]));

    with_period("ahead.csv", &["2018-01-05", "2018-04-01", "2018-05-12", "2018-05-14"]);
    let answer = as_json(&desk, "--today 2018-06-01 import ahead.csv --exported 2018-05-11");
    assert_eq!(days(&answer), "2018-01-01 2018-05-14");
    let [(code, message)] = warnings(&answer)[..] else { panic!("{answer}") };
    assert_eq!(code, "after_export");
    assert!(message.starts_with("there are rows of 2018-05-12, after the day of the export, 2018-05-11;"), "{message}");
}

#[test]
fn every_changed_figure_is_listed_was_and_now_and_what_was_known_stays_on_record() {
    let desk = books();
    export(
        &desk,
        "a.csv",
        &["2018-01-05 one 10.00", "2018-01-05 two 20.00", "2018-01-06 one 30.00", "2018-01-06 two 5"],
    );
    done(&desk, "--today 2018-03-01 import a.csv");
    export(
        &desk,
        "b.csv",
        &["2018-01-05 one 11.00", "2018-01-05 new 7.00", "2018-01-06 one 29.00", "2018-01-06 two 5"],
    );
    let table = done(&desk, "--today 2018-03-02 import b.csv --restate --absent gone --dry-run");
    for row in [
        "2018-01-05  acme     one       USD       10.00  11.00\n",
        "2018-01-05  acme     two       USD       20.00\n",
        "2018-01-06  acme     one       USD       30.00  29.00\n",
    ] {
        assert!(table.contains(row), "{row}{table}");
    }
    let answer = as_json(&desk, "--today 2018-03-02 import b.csv --restate --absent gone");
    let changed = ["2018-01-05 one 10.00 -> 11.00", "2018-01-05 two 20.00 -> nothing", "2018-01-06 one 30.00 -> 29.00"];
    assert_eq!(restated(&answer), changed);
    assert_eq!(answer[0]["restated"][0]["platform"], "x");
    let before = ["2018-01-05 one 10.00", "2018-01-05 two 20.00", "2018-01-06 one 30.00", "2018-01-06 two 5.00"];
    assert_eq!(spend(&desk, "2018-03-01"), before);
    let now = ["2018-01-05 new 7.00", "2018-01-05 one 11.00", "2018-01-06 one 29.00", "2018-01-06 two 5.00"];
    assert_eq!(spend(&desk, ""), now);
}

#[test]
fn what_is_absent_stays_or_goes_as_was_said() {
    let desk = books();
    export(&desk, "a.csv", &["2018-01-05 one 10.00", "2018-01-06 two 20.00", "2018-01-07 one 1.00"]);
    done(&desk, "--today 2018-03-01 import a.csv");
    export(&desk, "narrow.csv", &["2018-01-05 one 10.00", "2018-01-07 one 1.00", "2018-01-07 three 3.00"]);
    assert!(refused(&desk, "--today 2018-03-02 import narrow.csv").contains("[absent_cells]"));
    let kept = as_json(&desk, "--today 2018-03-02 import narrow.csv --absent keep");
    assert_eq!(warnings(&kept), [("absent_kept", "1 figure known before is not in this export and stays as it was")]);
    assert_eq!(restated(&kept), [""; 0]);
    let all = ["2018-01-05 one 10.00", "2018-01-06 two 20.00", "2018-01-07 one 1.00", "2018-01-07 three 3.00"];
    assert_eq!(spend(&desk, ""), all);

    export(&desk, "whole.csv", &["2018-01-05 one 10.00", "2018-01-07 one 1.00"]);
    let gone = as_json(&desk, "--today 2018-03-03 import whole.csv --absent gone");
    assert_eq!(restated(&gone), ["2018-01-06 two 20.00 -> nothing", "2018-01-07 three 3.00 -> nothing"]);
    assert_eq!(spend(&desk, ""), ["2018-01-05 one 10.00", "2018-01-07 one 1.00"]);
    assert_eq!(spend(&desk, "2018-03-02"), all);
}

#[test]
fn an_accounts_day_is_lowered_where_its_sum_is_and_not_where_money_moves_within_it() {
    let desk = books();
    export(&desk, "a.csv", &["2018-01-05 one 100.00", "2018-01-05 two 50.00"]);
    done(&desk, "--today 2018-01-06 import a.csv");
    // Provisional figures may move between campaigns, known and new.
    export(&desk, "moved.csv", &["2018-01-05 one 80.00", "2018-01-05 two 50.00", "2018-01-05 new 20.00"]);
    let moved = as_json(&desk, "--today 2018-01-07 import moved.csv");
    assert_eq!(restated(&moved), ["2018-01-05 one 100.00 -> 80.00"]);
    // A credit lowers the day, be it a new campaign's.
    for rows in [
        &["2018-01-05 one 79.99", "2018-01-05 two 50.00", "2018-01-05 new 20.00"][..],
        &["2018-01-05 one 80.00", "2018-01-05 two 50.00", "2018-01-05 new 20.00", "2018-01-05 credit -0.01"],
        &["2018-01-05 credit -0.01"],
    ] {
        export(&desk, "lower.csv", rows);
        let said = refused(&desk, "--today 2018-01-08 import lower.csv --absent keep");
        assert!(said.contains("this export lowers what x/acme spent on 2018-01-05 in USD"), "{said}");
    }
    // A day that nothing was known of cannot be lowered.
    export(&desk, "credit.csv", &["2018-01-06 credit -5.00"]);
    done(&desk, "--today 2018-01-08 import credit.csv");
}

#[test]
fn a_campaign_that_comes_in_another_currency_is_a_figure_gone_and_one_that_is_new() {
    let desk = books();
    export(&desk, "a.csv", &["2018-01-05 one 100.00"]);
    done(&desk, "--today 2018-03-01 import a.csv");
    desk.write("b.csv", &format!("{HEADER}2018-01-05,x,acme,one,EUR,90.00\n"));
    assert!(refused(&desk, "--today 2018-03-02 import b.csv").contains("[restated_final]"));
    let answer = as_json(&desk, "--today 2018-03-02 import b.csv --restate");
    let record = |id: &str| desk.read(&format!("books/spend/{id}.toml"));
    assert!(record(answer[0]["id"].as_str().unwrap()).contains("\nrestate = true\n"));
    export(&desk, "c.csv", &["2018-01-09 one 1.00"]);
    let unneeded = as_json(&desk, "--today 2018-03-02 import c.csv --restate");
    assert!(!record(unneeded[0]["id"].as_str().unwrap()).contains("restate"), "nothing final changed");
    assert_eq!(restated(&answer), ["2018-01-05 one nothing -> 90.00", "2018-01-05 one 100.00 -> nothing"]);
    assert_eq!(answer[0]["restated"][0]["currency"], "EUR");
}

// revoked

#[test]
fn a_revoked_import_counts_no_longer_and_stays_on_record() {
    let desk = books();
    export(&desk, "a.csv", &["2018-01-05 one 10.00"]);
    export(&desk, "b.csv", &["2018-01-05 one 12.00", "2018-01-06 one 5.00"]);
    done(&desk, "--today 2018-03-01 import a.csv");
    done(&desk, "--today 2018-03-02 import b.csv --restate");
    let id = ids(&desk)[1].clone();
    let before = desk.tree();
    let said = desk.done(&[
        "--ledger",
        "books",
        "--today",
        "2018-03-05",
        "imports",
        "revoke",
        &id,
        "--reason",
        "another account",
        "--by",
        "ann",
    ]);
    assert!(
        said.starts_with(&format!("Revoked import {id}, 2018-01-05 to 2018-01-06\nSpend changes by -7.00 USD.\n")),
        "{said}"
    );
    let revoked = format!("books/spend/{id}.revoked.toml");
    assert_eq!(
        desk.read(&revoked),
        "recorded = \"2018-03-05T00:00:00Z\"\nby = \"ann\"\nreason = \"another account\"\n"
    );
    let mut after = desk.tree();
    after.remove(Path::new(&revoked));
    assert!(after == before, "every other file stays as it was");

    assert_eq!(spend(&desk, "2018-03-04"), ["2018-01-05 one 12.00", "2018-01-06 one 5.00"]);
    assert_eq!(spend(&desk, ""), ["2018-01-05 one 10.00"], "what the older import says counts again");
    let list = as_json(&desk, "imports");
    let states: Vec<&Value> = rows(&list).iter().map(|row| &row["state"]).collect();
    assert_eq!(states, ["counts", "revoked"]);
    let row = &rows(&list)[1];
    assert_eq!(
        (&row["revoked"], &row["revoked_by"], &row["revoked_reason"]),
        (&json!("2018-03-05T00:00:00Z"), &json!("ann"), &json!("another account"))
    );
    let table = done(&desk, "imports");
    let note = format!("{id} was revoked on 2018-03-05 by ann and counts no longer:\n  another account\n");
    assert!(table.contains(" revoked\n") && table.contains(&note), "{table}");
    let csv = done(&desk, "imports --format csv");
    assert!(csv.contains(",revoked,2018-03-05T00:00:00Z,ann,another account\n"), "{csv}");
    let then = as_json(&desk, "imports --as-known 2018-03-04");
    assert_eq!((&rows(&then)[1]["state"], &rows(&then)[1]["revoked"]), (&json!("counts"), &Value::Null));
    let manifest = as_json(&desk, "report 2018")["manifest"]["files"].to_string();
    assert!(manifest.contains(&format!("spend/{id}.revoked.toml")), "{manifest}");
}

#[test]
fn a_revocation_is_recorded_after_what_it_takes_back() {
    let desk = books();
    export(&desk, "a.csv", &["2018-01-05 one 10.00"]);
    done(&desk, "--today 2018-03-01 import a.csv");
    let id = ids(&desk)[0].clone();
    done(&desk, &format!("--today 2018-03-01 imports revoke {id} --reason wrong"));
    assert_eq!(spend(&desk, "2018-03-01T00:00:00Z"), ["2018-01-05 one 10.00"]);
    assert_eq!(spend(&desk, "2018-03-01T00:00:01Z"), [""; 0]);
}

#[test]
fn what_cannot_be_revoked_is_refused_with_what_is_near_it() {
    let desk = books();
    assert_eq!(
        refused(&desk, "imports revoke none --reason wrong"),
        "error: there is no import `none`\nhint: the ledger holds no imports\n"
    );
    for day in 1..=7 {
        export(&desk, "a.csv", &[&format!("2018-01-0{day} one 10.00")]);
        done(&desk, "--today 2018-03-01 import a.csv");
    }
    let ids = ids(&desk);
    let said = refused(&desk, "imports revoke 2018-01-03-x --reason wrong");
    assert!(
        said.starts_with(&format!("error: there is no import `2018-01-03-x`\nhint: near it are {}, ", ids[2])),
        "{said}"
    );
    assert_eq!(said.matches("2018-01-0").count(), 6, "five are offered: {said}");
    let said = refused(&desk, &format!("imports revoke {} --reason wrong", &ids[4][13..]));
    assert!(said.contains(&format!("near it are {}, ", ids[4])), "{said}");

    let blank = desk.run(&["--ledger", "books", "imports", "revoke", &ids[0], "--reason", " "]);
    assert_eq!(
        (blank.code, blank.stderr.as_str()),
        (1, "error: a revocation needs a reason\nhint: say why with --reason\n")
    );
    done(&desk, &format!("--today 2018-03-05 imports revoke {} --reason wrong", ids[0]));
    assert_eq!(
        refused(&desk, &format!("imports revoke {} --reason again", ids[0])),
        format!(
            "error: import `{}` was revoked on 2018-03-05: wrong\nhint: `respend imports` lists what counts\n",
            ids[0]
        )
    );
    let both = run(&desk, &format!("imports --gaps revoke {} --reason wrong", ids[1]));
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn the_same_bytes_can_be_imported_again_after_they_were_revoked() {
    let desk = books();
    let text = "Day;Platform;Campaign;Currency;Spend\n05.01.2018;x;one;USD;1,50\n";
    desk.write("a.csv", text);
    done(&desk, "--today 2018-03-01 import a.csv --account acme");
    let first = ids(&desk)[0].clone();
    // Until then other options change nothing, and the way out is named.
    let other = as_json(&desk, "--today 2018-03-02 import a.csv --account other");
    assert_eq!(other[0]["outcome"], "unchanged");
    let said = format!(
        "these bytes were imported with --account acme, not with --account other; to read them otherwise, first take \
         that back with `respend imports revoke {first} --reason TEXT`"
    );
    assert_eq!(warnings(&other), [("options_differ", said.as_str())]);

    let rollup = desk.read(&format!("books/spend/{first}.csv"));
    done(&desk, &format!("--today 2018-03-03 imports revoke {first} --reason wrong"));
    let again = as_json(&desk, "--today 2018-03-04 import a.csv --account other");
    assert_eq!((&again[0]["outcome"], &again[0]["id"]), (&json!("accepted"), &json!(format!("{first}-2"))));
    assert_eq!(desk.read(&format!("books/spend/{first}.csv")), rollup, "a rollup never changes");
    let accounts = |known: &str| done(&desk, &format!("spend --by account --format csv --as-known {known}"));
    assert_eq!(accounts("2018-03-02"), "account,currency,amount,rows\nacme,USD,1.50,1\n");
    assert_eq!(accounts("2018-03-03"), "account,currency,amount,rows\n");
    assert_eq!(accounts("2018-03-04"), "account,currency,amount,rows\nother,USD,1.50,1\n");

    assert_eq!(as_json(&desk, "import a.csv --account other")[0]["outcome"], "unchanged");
    done(&desk, &format!("--today 2018-03-05 imports revoke {first}-2 --reason wrong"));
    assert_eq!(as_json(&desk, "--today 2018-03-06 import a.csv --account acme")[0]["id"], format!("{first}-3"));
    assert_eq!(ids(&desk), [first.clone(), format!("{first}-2"), format!("{first}-3")]);
    assert_eq!(spend(&desk, ""), ["2018-01-05 one 1.50"]);
}

// days without data

#[test]
fn gaps_are_the_open_days_of_plan_lines_that_no_import_covers() {
    let desk = books();
    desk.write(
        "books/budgets.csv",
        "line,entry,period,platform,account,currency,amount,basis\n\
         g-a,original,2018-Q1,google,a,USD,90,given\n\
         g-b,original,2018-Q1,google,b,USD,90,given\n\
         x,original,2018-Q1,x,,USD,90,given\n",
    );
    desk.write("books/restrictions.csv", "id,kind,platform,from,until\nban,ban,x,2018-02-01,2018-03-01\n");
    desk.write("g.csv", &format!("{HEADER}2018-01-03,google,a,c,USD,1\n2018-03-30,google,a,c,USD,1\n"));
    export(&desk, "x.csv", &["2018-01-01 c 1.00", "2018-01-30 c 1.00"]);
    done(&desk, "--today 2018-04-05 import g.csv x.csv");
    let list = as_json(&desk, "imports --gaps --period 2018-Q1 --today 2018-04-05");
    let gaps: Vec<String> = rows(&list)
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap_or("-").to_owned();
            let (platform, account, first, last) =
                (text("platform"), text("account"), text("first_day"), text("last_day"));
            format!("{platform} {account} {} {first} {last} {}: {}", text("line"), row["days"], text("next"))
        })
        .collect();
    assert_eq!(
        gaps,
        [
            "google a g-a 2018-01-01 2018-01-02 2: export the report of g.csv for these days and import it",
            "google a g-a 2018-03-31 2018-03-31 1: export the report of g.csv for these days and import it",
            "google b g-b 2018-01-01 2018-03-31 90: export spend by day and campaign for these days and import it",
            "x - x 2018-01-31 2018-01-31 1: export the report of x.csv for these days and import it",
            "x - x 2018-03-01 2018-03-31 31: export the report of x.csv for these days and import it",
        ]
    );
    // A platform's day counts once, whatever the number of its lines.
    assert_eq!(
        list["facts"],
        json!(["google: 90 open days that no import covers.", "x: 32 open days that no import covers."])
    );
    let report = as_json(&desk, "report 2018-Q1 --today 2018-04-05");
    let uncovered = |of: &Value| {
        of.as_array().unwrap().iter().map(|one| one["uncovered_days"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    assert_eq!((uncovered(&report["lines"]), uncovered(&report["platforms"])), (vec![3, 90, 32], vec![90, 32]));

    let to_january = as_json(&desk, "imports --gaps --period 2018-Q1 --as-of 2018-01-31");
    let days: Vec<u64> = rows(&to_january).iter().map(|row| row["days"].as_u64().unwrap()).collect();
    assert_eq!(days, [2, 31, 1]);
    let before = as_json(&desk, "imports --gaps --period 2018-Q1 --as-known 2018-04-04");
    assert_eq!(
        before["facts"],
        json!(["google: 90 open days that no import covers.", "x: 62 open days that no import covers."])
    );
    let csv = done(&desk, "imports --gaps --period 2018-03 --today 2018-04-05 --format csv");
    assert!(
        csv.starts_with(
            "platform,account,campaign,line,first_day,last_day,days,next\ngoogle,a,,g-a,2018-03-31,2018-03-31,1,"
        ),
        "{csv}"
    );
}

#[test]
fn a_ledger_without_gaps_says_so() {
    let desk = books();
    export(&desk, "x.csv", &["2018-01-01 c 1.00", "2018-01-31 c 1.00"]);
    done(&desk, "--today 2018-02-01 import x.csv");
    let said = done(&desk, "imports --gaps --period 2018-01 --today 2018-02-01");
    assert!(
        said.contains("\nNo gaps: imports cover every open day of the plan lines from 2018-01-01 to\n  2018-01-31.\n"),
        "{said}"
    );
    assert_eq!(
        done(&desk, "imports --gaps --period 2018-01 --today 2018-02-01 --format csv"),
        "platform,account,campaign,line,first_day,last_day,days,next\n"
    );
    let none = as_json(&desk, "imports --gaps --period 2019 --today 2019-02-01");
    assert_eq!(none["facts"], json!(["No plan line has days in 2019-01-01..2019-12-31, so no data is missed."]));
    let ahead = as_json(&desk, "imports --gaps --period 2018-06 --today 2018-02-01");
    assert_eq!(ahead["facts"], json!(["The period lies ahead of 2018-02-01, so no data is missed yet."]));
    let id = ids(&desk)[0].clone();
    done(&desk, &format!("--today 2018-02-02 imports revoke {id} --reason wrong"));
    let gaps = as_json(&desk, "imports --gaps --period 2018-01 --today 2018-02-02");
    assert_eq!(rows(&gaps)[0]["days"], 31, "what was revoked covers nothing");
}

// closed periods

const CLOSES: &str = "event,period,date,recorded,by,reason,digest,previous\n";

/// A ledger with spend on the last day of January and the first of February 2018, and January closed on 2018-04-05.
fn closed() -> Desk {
    let desk = books();
    export(
        &desk,
        "a.csv",
        &["2018-01-30 one 8.00", "2018-01-31 one 10.00", "2018-01-31 two 5.00", "2018-02-01 one 20.00"],
    );
    done(&desk, "--today 2018-04-01 import a.csv");
    desk.write("books/closes.csv", &format!("{CLOSES}close,2018-01,2018-04-05,2018-04-05T09:00:00Z,ann,,,\n"));
    desk
}

#[test]
fn a_closed_day_changes_with_consent_alone() {
    let whole = ["2018-01-31 one 10.00", "2018-01-31 two 5.00", "2018-02-01 one 20.00"];
    for (rows, options, what) in [
        (
            &["2018-01-31 one 11.00", whole[1], whole[2]][..],
            " --restate",
            "changes a figure of closed `2018-01`: campaign `one` of x/acme on 2018-01-31 was 10.00 USD and would be 11.00 USD",
        ),
        (
            &[whole[0], "2018-01-31 new 0.00", whole[1], whole[2]],
            "",
            "changes a figure of closed `2018-01`: campaign `new` of x/acme on 2018-01-31 was nothing and would be 0.00 USD",
        ),
        (
            &["2018-01-05 one 0.01"],
            "",
            "changes a figure of closed `2018-01`: campaign `one` of x/acme on 2018-01-05 was nothing and would be 0.01 USD",
        ),
        (
            &["2018-01-31 one 9.00", whole[2]],
            " --restate --absent gone",
            "changes 2 figures of closed `2018-01`; the first: campaign `one` of x/acme on 2018-01-31 was 10.00 USD and would be 9.00 USD",
        ),
    ] {
        let desk = closed();
        export(&desk, "b.csv", rows);
        let said = refused(&desk, &format!("--today 2018-04-10 import b.csv{options}"));
        assert_eq!(
            said,
            format!(
                "error: b.csv: this export {what} [closed_period]\n\
                 hint: say --prior-period to let it in as an adjustment, which reports list; --prior-period --dry-run lists every change and writes nothing\n"
            )
        );
        let answer: Value = serde_json::from_str(
            &run(&desk, &format!("--today 2018-04-10 --format json import b.csv{options}")).stdout,
        )
        .unwrap();
        assert_eq!(
            (&answer[0]["outcome"], &answer[0]["refusal"]["code"]),
            (&json!("refused"), &json!("closed_period"))
        );
        done(&desk, &format!("--today 2018-04-10 import b.csv{options} --prior-period"));
    }
}

#[test]
fn what_leaves_closed_days_as_they_are_needs_no_consent() {
    let desk = closed();
    // The same bytes, the same figures, other days.
    assert_eq!(as_json(&desk, "--today 2018-04-10 import a.csv")[0]["outcome"], "unchanged");
    export(
        &desk,
        "b.csv",
        &["2018-01-31 one 10.00", "2018-01-31 two 5.00", "2018-02-01 one 21.00", "2018-02-02 one 1.00"],
    );
    let answer = as_json(&desk, "--today 2018-04-10 import b.csv --restate --prior-period");
    assert_eq!((restated(&answer), warnings(&answer).len()), (vec!["2018-02-01 one 20.00 -> 21.00".to_owned()], 0));
    let record = desk.read(&format!("books/spend/{}.toml", ids(&desk)[1]));
    assert!(!record.contains("prior_period"), "nothing of a closed period changed: {record}");
    assert_eq!(as_json(&desk, "report 2018")["adjustments"], json!([]));
    export(&desk, "narrow.csv", &["2018-01-31 one 10.00"]);
    done(&desk, "--today 2018-04-11 import narrow.csv --absent keep");
}

#[test]
fn what_is_let_into_a_closed_period_is_an_adjustment_of_it() {
    let desk = closed();
    export(
        &desk,
        "b.csv",
        &["2018-01-31 one 9.50", "2018-01-31 two 5.00", "2018-01-31 new 0.125", "2018-02-01 one 22.00"],
    );
    let typed = "--today 2018-04-10 import b.csv --restate --prior-period";
    let before = desk.tree();
    let planned = as_json(&desk, &format!("{typed} --dry-run"));
    assert!(desk.tree() == before);
    let answer = as_json(&desk, typed);
    assert_eq!(planned[0]["restated"], answer[0]["restated"]);
    assert_eq!(
        restated(&answer),
        ["2018-01-31 new nothing -> 0.125", "2018-01-31 one 10.00 -> 9.50", "2018-02-01 one 20.00 -> 22.00"]
    );
    let said = "2 figures of closed `2018-01` changed, by -0.375 USD in all; reports list it as an adjustment";
    assert_eq!(warnings(&answer), [("prior_period", said)]);
    let id = answer[0]["id"].as_str().unwrap();
    assert!(
        desk.read(&format!("books/spend/{id}.toml"))
            .contains("\nabsent = \"keep\"\nrestate = true\nprior_period = true\n")
    );

    let one = |campaign: &str, was: &str, now: &str, difference: &str| {
        json!({
            "period": "2018-01", "platform": "x", "account": "acme", "campaign": campaign, "currency": "USD",
            "was": was, "now": now, "difference": difference, "imports": [id],
        })
    };
    let adjustments = json!([one("new", "0.00", "0.125", "0.125"), one("one", "18.00", "17.50", "-0.50")]);
    for period in ["2018-02", "2018-03", "2018", "2018-01"] {
        assert_eq!(as_json(&desk, &format!("report {period}"))["adjustments"], adjustments, "{period}");
    }
    assert_eq!(as_json(&desk, "report 2017")["adjustments"], json!([]), "what comes after a period is not its own");
    let table = done(&desk, "report 2018-02");
    for row in ["2018-01           x         acme     one           18.00  17.50       -0.50\n", "Total of 2018-01 "] {
        assert!(table.contains(row), "{row}\n{table}");
    }

    // The closed period keeps its figures as they were closed, for whoever asks.
    let spend = |known: &str| as_json(&desk, &format!("report 2018-01{known}"))["totals"][0]["spend"].clone();
    assert_eq!((spend(" --as-known 2018-04-05T09:00:00Z"), spend("")), (json!("23.00"), json!("22.63")));
    let then = as_json(&desk, "report 2018-01 --as-known 2018-04-05T09:00:00Z");
    assert_eq!(then["adjustments"], json!([]));
    assert_eq!(as_json(&desk, "report 2018 --as-known 2018-04-05T08:59:59Z")["adjustments"], json!([]));
    let to_date = as_json(&desk, "report 2018 --as-of 2018-01-30");
    assert_eq!(to_date["adjustments"], json!([]), "spend after the cut-off day does not count");

    // Closed again, they are what it was closed with.
    let closes = desk.read("books/closes.csv");
    let again = "reopen,2018-01,2018-04-20,2018-04-20T09:00:00Z,ann,late credit,,\nclose,2018-01,2018-04-21,2018-04-21,ann,,,\n";
    desk.write("books/closes.csv", &(closes + again));
    assert_eq!(as_json(&desk, "report 2018")["adjustments"], json!([]));
    assert_eq!(as_json(&desk, "report 2018 --as-known 2018-04-19")["adjustments"], adjustments);
}

#[test]
fn a_period_that_was_opened_again_may_change() {
    let desk = closed();
    let reopen = "reopen,2018-01-01..2018-01-31,2018-04-06,2018-04-06,ann,late credit,,\n";
    desk.write("books/closes.csv", &(desk.read("books/closes.csv") + reopen));
    export(&desk, "b.csv", &["2018-01-31 one 11.00", "2018-01-31 two 5.00"]);
    let answer = as_json(&desk, "--today 2018-04-10 import b.csv --restate");
    assert_eq!((answer[0]["outcome"].as_str(), warnings(&answer).len()), (Some("accepted"), 0));
}

#[test]
fn an_import_is_recorded_after_the_close_it_adjusts() {
    let desk = closed();
    export(&desk, "b.csv", &["2018-01-31 one 11.00", "2018-01-31 two 5.00"]);
    done(&desk, "--today 2018-04-05 import b.csv --restate --prior-period");
    let list = as_json(&desk, "imports");
    assert_eq!(rows(&list)[1]["recorded"], "2018-04-05T09:00:01Z");
}

#[test]
fn a_revocation_that_changes_a_closed_period_needs_the_same_consent() {
    let desk = closed();
    let id = ids(&desk)[0].clone();
    assert_eq!(
        refused(&desk, &format!("--today 2018-04-10 imports revoke {id} --reason wrong")),
        "error: revoking this import changes 3 figures of closed `2018-01`; the first: campaign `one` of x/acme on \
         2018-01-30 was 8.00 USD and would be nothing\n\
         hint: say --prior-period to let it in as an adjustment, which reports list\n"
    );
    let said = done(&desk, &format!("--today 2018-04-10 imports revoke {id} --reason wrong --prior-period"));
    assert!(said.contains("3 figures of closed `2018-01` changed, by -23.00 USD in all;"), "{said}");
    assert!(
        desk.read(&format!("books/spend/{id}.revoked.toml")).ends_with("reason = \"wrong\"\nprior_period = true\n")
    );
    let adjustments = as_json(&desk, "report 2018-02")["adjustments"].clone();
    let differences: Vec<&Value> = adjustments.as_array().unwrap().iter().map(|one| &one["difference"]).collect();
    assert_eq!((differences, &adjustments[0]["imports"]), (vec![&json!("-18.00"), &json!("-5.00")], &json!([id])));
}

#[test]
fn an_import_whose_figures_newer_ones_repeat_can_be_revoked_without_changing_a_closed_period() {
    let desk = closed();
    let older = ids(&desk)[0].clone();
    let text = desk.read("a.csv");
    desk.write("b.csv", &(text + "2018-02-02,x,acme,one,USD,3.00\n"));
    done(&desk, "--today 2018-04-10 import b.csv");
    let said = done(&desk, &format!("--today 2018-04-11 imports revoke {older} --reason twice"));
    assert!(said.contains("No figure changes: newer imports say all of it.\n"), "{said}");
}

#[test]
fn closes_are_read_like_every_other_file() {
    let desk = closed();
    for (rows, said) in [
        ("close,2018-13,2018-04-05,2018-04-05,,,,\n", "closes.csv:2:7: period: `2018-13` is not a period"),
        (
            "shut,2018,2018-04-05,2018-04-05,,,,\n",
            "closes.csv:2:1: event: `shut` is no event of a period; write close, reopen\n",
        ),
        ("close,,2018-04-05,2018-04-05,,,,\n", "closes.csv:2:7: period: the cell is empty"),
        ("close,2018,,2018-04-05,,,,\n", "closes.csv:2:12: date: the cell is empty"),
        ("close,2018,2018-04-05,,,,,\n", "closes.csv:2:23: recorded: the cell is empty"),
        ("reopen,2018,2018-04-05,2018-04-05,,why,,\n", "closes.csv:2:1: `2018` is not closed then"),
        (
            "close,2018,2018-04-05,2018-04-05,,,,\nreopen,2018,2018-04-06,2018-04-06,,,,\n",
            "closes.csv:3:36: reason: the cell is empty; say why the period is opened again\n",
        ),
        (
            "close,2018,2018-04-05,2018-04-05,,,,\nclose,2018,2018-04-06,2018-04-06,,,,\n",
            "closes.csv:3:1: `2018` is closed already, at closes.csv:2:1; remove one of the two",
        ),
        (
            "close,2018,2018-04-05,2018-04-05,,,,\nreopen,2018,2018-04-05,2018-04-05,,why,,\n",
            "closes.csv:3:1: `2018` has two rows recorded at the same moment (the other at closes.csv:2:1)",
        ),
    ] {
        desk.write("books/closes.csv", &format!("{CLOSES}{rows}"));
        let ran = run(&desk, "report 2018");
        assert_eq!(ran.code, 2, "{rows}");
        assert!(ran.stderr.starts_with(&format!("error: {said}")), "{}", ran.stderr);
    }
    desk.write("books/closes.csv", "event,period,date,recorded,who\n");
    assert!(run(&desk, "report 2018").stderr.starts_with("error: closes.csv:1:28: `who` is no column of closes.csv"));
    // Any order of columns and rows, comments, and columns of one's own.
    desk.write(
        "books/closes.csv",
        "# by quarter\nx_ticket,recorded,date,period,event\n7,2018-04-05,2018-04-05,2018-01,close\n6,2018-02-01,2018-02-01,2017,close\n",
    );
    let manifest = as_json(&desk, "report 2018")["manifest"]["files"].to_string();
    assert!(manifest.contains("\"closes.csv\""), "{manifest}");
    let ran = run(&desk, "report 2018 --output books/closes.csv");
    assert_eq!(
        ran.stderr,
        "error: cannot write `books/closes.csv`: a ledger keeps its facts there\nhint: name another file\n"
    );
}

#[test]
fn fiscal_periods_are_closed_by_their_days() {
    let desk = closed();
    let settings = desk.read("books/ledger.toml");
    let fiscal = "fiscal_year_start = \"02-01\"\nfiscal_year_named_by = \"start\"";
    desk.write("books/ledger.toml", &settings.replace("fiscal_year_start = \"01-01\"", fiscal));
    desk.write("books/closes.csv", &format!("{CLOSES}close,FY2018-M01,2018-04-05,2018-04-05,ann,,,\n"));
    export(&desk, "b.csv", &["2018-02-01 one 21.00"]);
    let said = refused(&desk, "--today 2018-04-10 import b.csv --restate");
    assert!(said.contains("changes a figure of closed `FY2018-M01`"), "{said}");
    export(&desk, "c.csv", &["2018-01-31 one 11.00", "2018-01-31 two 5.00"]);
    done(&desk, "--today 2018-04-10 import c.csv --restate");
}

#[test]
fn periods_that_overlap_are_named_together_and_currencies_are_not_added() {
    let desk = closed();
    let closes = desk.read("books/closes.csv");
    desk.write("books/closes.csv", &(closes + "close,2018-Q1,2018-04-06,2018-04-06,ann,,,\n"));
    let rows = "2018-01-05,x,acme,one,USD,1.50\n2018-02-05,meta,acme,one,EUR,-2.00\n2018-04-01,x,acme,one,USD,9.00\n";
    desk.write("b.csv", &format!("{HEADER}{rows}"));
    let answer = as_json(&desk, "--today 2018-04-10 import b.csv --absent keep --prior-period");
    let said = "2 figures of closed `2018-01` and closed `2018-Q1` changed, by -2.00 EUR, +1.50 USD in all; reports list \
                it as an adjustment";
    assert!(warnings(&answer).contains(&("prior_period", said)), "{answer}");
    let report = as_json(&desk, "report 2018-Q2");
    let listed: Vec<String> = report["adjustments"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| ["period", "platform", "currency", "difference"].map(|key| one[key].as_str().unwrap()).join(" "))
        .collect();
    assert_eq!(listed, ["2018-01 x USD 1.50", "2018-Q1 meta EUR -2.00", "2018-Q1 x USD 1.50"]);
}

#[test]
fn another_spelling_of_an_account_changes_no_closed_figure() {
    let desk = books();
    let row = |account: &str| format!("{HEADER}2018-01-31,google,{account},one,USD,10.00\n");
    desk.write("a.csv", &row("1234567890"));
    desk.write("b.csv", &row("123-456-7890"));
    done(&desk, "--today 2018-04-01 import a.csv");
    desk.write("books/closes.csv", &format!("{CLOSES}close,2018-01,2018-04-05,2018-04-05,ann,,,\n"));
    done(&desk, "--today 2018-04-10 import b.csv");
    assert_eq!(as_json(&desk, "report 2018-02")["adjustments"], json!([]));
    assert_eq!(spend(&desk, ""), ["2018-01-31 one 10.00"]);
}
