//! Exchange rates: files that are read or refused, the rate of a day, and what spend in another currency comes to.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod common;
mod desk;

use common::{Books, Spend, expect, line};
use desk::Desk;
use desk::books::{HEADER, as_json, books, done, refused, run};
use respend::ledger::Ledger;
use respend::rates::find;

/// As the bank publishes it: the newest day first, a comma at the end of every row.
const HISTORY: &str = "Date,USD,JPY,CYP,\n\
    2018-03-06,1.24,132,N/A,\n\
    2018-03-02,1.25,130,N/A,\n\
    2018-03-01,1.20,N/A,0.58,\n";

fn found(ledger: &Ledger, pair: &str, day: &str) -> Option<String> {
    let (base, quote) = pair.split_once(' ').unwrap();
    let found = find(ledger, base.parse().unwrap(), quote.parse().unwrap(), day.parse().unwrap())?;
    let days: Vec<String> = found.legs.iter().map(|leg| leg.published.day.to_string()).collect();
    Some(format!("{} of {}", found.rate, days.join(" and ")))
}

#[test]
fn a_weekend_has_the_rate_of_the_friday_before() {
    let shelf = Books::new().file("rates/hist.csv", HISTORY).open().unwrap();
    let found = |pair, day| found(&shelf.ledger, pair, day).unwrap();
    assert_eq!(found("EUR USD", "2018-03-02"), "1.25 of 2018-03-02");
    assert_eq!(found("EUR USD", "2018-03-05"), "1.25 of 2018-03-02");
    assert_eq!(found("USD EUR", "2018-03-04"), "0.8 of 2018-03-02");
    assert_eq!(found("USD JPY", "2018-03-04"), "104 of 2018-03-02 and 2018-03-02");
}

#[test]
fn what_is_missing_stays_missing() {
    let shelf = Books::new().file("rates/hist.csv", HISTORY).open().unwrap();
    let found = |pair, day| found(&shelf.ledger, pair, day);
    assert_eq!(found("EUR USD", "2018-02-28"), None, "nothing is published before it");
    assert_eq!(found("EUR JPY", "2018-03-01"), None, "N/A is no rate");
    assert_eq!(found("EUR GBP", "2018-03-02"), None);
    assert_eq!(found("EUR USD", "2018-03-13").unwrap(), "1.24 of 2018-03-06");
    assert_eq!(found("EUR USD", "2018-03-14"), None, "too long ago");
    assert_eq!(found("EUR CYP", "2018-03-08").unwrap(), "0.58 of 2018-03-01");
    assert_eq!(found("EUR CYP", "2018-03-09"), None, "the bank prices it no more");
}

#[test]
fn ones_own_rate_comes_first_and_holds_for_a_month() {
    let own = "date,base,quote,rate,source\n2018-03-01,USD,EUR,0.85,treasury\n2018-03-01,KWD,EUR,2.7,bank\n";
    let shelf = Books::new().file("rates/hist.csv", HISTORY).file("rates/own.csv", own).open().unwrap();
    let found = |pair, day| found(&shelf.ledger, pair, day);
    assert_eq!(found("USD EUR", "2018-03-06").unwrap(), "0.85 of 2018-03-01");
    assert_eq!(found("EUR USD", "2018-04-01").unwrap(), "1.176470588 of 2018-03-01");
    assert_eq!(found("EUR USD", "2018-04-02"), None);
    assert_eq!(found("KWD JPY", "2018-03-06").unwrap(), "356.4 of 2018-03-01 and 2018-03-06");
    assert_eq!(found("KWD USD", "2018-03-06").unwrap(), "3.176470588 of 2018-03-01 and 2018-03-01");
}

#[test]
fn columns_come_in_any_order_and_files_in_any_make() {
    let made_anew = "\u{feff}Date,GBP,USD\r\n2018-03-06,0.89,1.24\r\n2018-03-01,,1.2\r\n";
    let shelf = Books::new().file("rates/a.csv", HISTORY).file("rates/b.csv", made_anew).open().unwrap();
    assert_eq!(found(&shelf.ledger, "GBP USD", "2018-03-06").unwrap(), "1.393258427 of 2018-03-06 and 2018-03-06");
    assert_eq!(found(&shelf.ledger, "EUR GBP", "2018-03-05"), None);
}

#[test]
fn all_that_is_wrong_is_said_with_its_place() {
    let wrong = [
        ("rates/a.csv", "Date,USD,JPY,\n2018-03-02,0,130,\n2018-13-01,1.2,N/A,\n2018-03-01,1.2,abc,\n"),
        ("rates/b.csv", "Date,USD,EUR,XYZ\n2018-03-02,1.25,1,2\n"),
        ("rates/c.csv", "date,base,quote,rate,source\n2018-03-01,USD,USD,1,bank\n,USD,EUR,1/2,\n2018-03-01,USD,EUR\n"),
        ("rates/d.csv", "Date,USD,\n2018-03-02,1.25,9\n"),
        ("rates/e.csv", "day,from,to\n"),
    ];
    let books = wrong.iter().fold(Books::new(), |books, (file, text)| books.file(file, text));
    let rate = "is not a rate; write a plain decimal above 0 and below 10^9 with at most nine decimals, like 1.2312";
    let said: Vec<String> = books.open().err().unwrap().to_string().lines().map(str::to_owned).collect();
    let own = "its columns are date, base, quote, rate, source; name a column of your own";
    let bank = "its columns are Date, USD; name a column of your own";
    assert_eq!(
        said,
        [
            format!("rates/a.csv:2:12: USD: `0` {rate}; write N/A where there is none"),
            "rates/a.csv:3:1: Date: `2018-13-01` is not in the calendar".into(),
            format!("rates/a.csv:4:16: JPY: `abc` {rate}; write N/A where there is none"),
            format!("rates/b.csv:1:10: `EUR` is no column of rates/b.csv; {bank} `x_EUR`"),
            format!("rates/b.csv:1:14: `XYZ` is no column of rates/b.csv; {bank} `x_XYZ`"),
            "rates/c.csv:2:16: quote: it is the base itself; a rate is of two currencies".into(),
            "rates/c.csv:3:1: date: the cell is empty; this column may not be left empty here".into(),
            format!("rates/c.csv:3:10: rate: `1/2` {rate}"),
            "rates/c.csv:3:14: source: the cell is empty; this column may not be left empty here".into(),
            "rates/c.csv:4:1: the row has 3 cells, the header 5; give every column a cell, empty where there is nothing to say; quote cells that hold a comma".into(),
            "rates/d.csv:2:17: `9` stands under no currency; take it out".into(),
            format!("rates/e.csv:1:1: `day` is no column of rates/e.csv; {own} `x_day`"),
            "rates/e.csv:1:1: the header lacks `date`, `base`, `quote`, `rate`, `source`; add the column".into(),
            format!("rates/e.csv:1:5: `from` is no column of rates/e.csv; {own} `x_from`"),
            format!("rates/e.csv:1:10: `to` is no column of rates/e.csv; {own} `x_to`"),
        ]
    );
}

#[test]
fn two_files_that_differ_are_both_named() {
    let same = Books::new().file("rates/a.csv", HISTORY).file("rates/b.csv", HISTORY);
    assert!(same.open().is_ok());
    let other = same.file("rates/b.csv", "Date,JPY,USD\n2018-03-02,130.00,1.26\n");
    assert_eq!(
        other.open().err().unwrap().to_string(),
        "rates/b.csv:2:19: EUR in USD of 2018-03-02 is 1.26 here and 1.25 at rates/a.csv:3:12; a day has one rate: take out the one that is wrong"
    );
    // By one's own word a rate may be another.
    let own = "date,base,quote,rate,source\n2018-03-02,EUR,USD,1.3,treasury\n";
    let shelf = Books::new().file("rates/a.csv", HISTORY).file("rates/own.csv", own).open().unwrap();
    assert_eq!(found(&shelf.ledger, "EUR USD", "2018-03-02").unwrap(), "1.3 of 2018-03-02");
}

/// The files in `rates/`, with what stands in them.
fn kept(desk: &Desk) -> Vec<(String, String)> {
    let inside = |(path, bytes): (std::path::PathBuf, Option<Vec<u8>>)| {
        let name = path.strip_prefix("books/rates").ok()?.to_string_lossy().into_owned();
        Some((name, String::from_utf8(bytes?).unwrap()))
    };
    desk.tree().into_iter().filter_map(inside).collect()
}

#[test]
fn a_file_is_kept_as_it_was_published_and_a_longer_one_adds_what_is_new() {
    let desk = books();
    desk.write("hist.csv", HISTORY);
    let said = done(&desk, "rates import hist.csv");
    assert!(said.contains("3 pairs, 2018-03-01 to 2018-03-06.\n3 rows say something new"), "{said}");
    let [(first, text)] = <[_; 1]>::try_from(kept(&desk)).unwrap();
    assert!(first.starts_with("ecb-2018-03-06-") && text == HISTORY, "{first}");
    // The same again changes nothing.
    let before = desk.tree();
    assert!(done(&desk, "rates import hist.csv").contains("hist.csv: unchanged"));
    assert!(desk.tree() == before);
    // A longer one, with a currency more: two rows say something new.
    let longer = "Date,GBP,JPY,USD,\n\
        2018-03-07,N/A,132.5,1.2410,\n2018-03-06,0.89,132,1.24,\n2018-03-02,N/A,130,1.25,\n2018-03-01,N/A,N/A,1.2000,\n";
    desk.write("hist.csv", longer);
    done(&desk, "rates import hist.csv");
    let [(name, text), (other, added)] = <[_; 2]>::try_from(kept(&desk)).unwrap();
    assert_eq!((name, text.as_str()), (first, HISTORY));
    assert!(other.starts_with("ecb-2018-03-07-"), "{other}");
    assert_eq!(added, "Date,GBP,JPY,USD,\n2018-03-07,N/A,132.5,1.2410,\n2018-03-06,0.89,132,1.24,\n");
    desk.write("own.csv", "date,base,quote,rate,source\n2018-03-01,EUR,KWD,0.37,house bank\n");
    done(&desk, "rates import own.csv");
    let listed = done(&desk, "rates list");
    let rows: Vec<&str> = listed.lines().filter(|line| line.starts_with("EUR")).collect();
    assert_eq!(
        rows,
        [
            "EUR  KWD  2018-03-01  2018-03-01     1  house bank",
            "EUR  CYP  2018-03-01  2018-03-01     1  ECB",
            "EUR  GBP  2018-03-06  2018-03-06     1  ECB",
            "EUR  JPY  2018-03-02  2018-03-07     3  ECB",
            "EUR  USD  2018-03-01  2018-03-07     4  ECB",
        ]
    );
}

#[test]
fn what_cannot_be_taken_changes_nothing() {
    let desk = books();
    desk.write("hist.csv", HISTORY);
    done(&desk, "rates import hist.csv");
    desk.write("other.csv", "Date,USD,\n2018-03-02,1.26,\n2018-03-01,x,\n");
    let said = refused(&desk, "rates import other.csv");
    assert!(
        said.contains("error: other.csv:3:12: USD: `x` is not a rate") && said.contains("hint: the file is not taken")
    );
    desk.write("other.csv", "Date,USD,\n2018-03-02,1.26,\n");
    let said = refused(&desk, "rates import other.csv");
    assert!(said.contains("EUR in USD of 2018-03-02 is 1.2"), "{said}");
    for (text, what) in [
        ("Date,USD,\n2018-03-02,N/A,\n", "holds no rate"),
        ("PK\u{3}\u{4}", "is an archive"),
        ("", "the file has no header row"),
    ] {
        desk.write("other.csv", text);
        let said = refused(&desk, "rates import other.csv");
        assert!(said.contains(what), "{said}");
    }
    assert_eq!(run(&desk, "rates import nothing.csv").code, 2);
}

/// Books in USD with a plan of 365.00 for 2018 on x, and spend in two other currencies.
fn abroad() -> Desk {
    let desk = books();
    let rows = "2018-03-02,x,acme,c1,EUR,8.00\n2018-03-04,x,acme,c1,EUR,0.10\n2018-03-06,x,acme,c2,JPY,132\n";
    desk.write("e.csv", &format!("{HEADER}{rows}"));
    done(&desk, "--today 2018-04-10 import e.csv --exported 2018-04-10");
    desk.write("hist.csv", HISTORY);
    desk
}

#[test]
fn spend_counts_at_the_rate_of_its_day() {
    let desk = abroad();
    let report = as_json(&desk, "report 2018 --as-of 2018-12-31");
    assert_eq!(report["lines"][0]["actual"], "0.00");
    let missing: Vec<&str> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|finding| finding["code"] == "rate_missing")
        .map(|finding| finding["message"].as_str().unwrap())
        .collect();
    assert_eq!(
        missing,
        [
            "132 JPY was spent, and no rate of JPY in USD is known of 2018-03-06; it is not converted and counts as unbudgeted",
            "8.10 EUR was spent, and no rate of EUR in USD is known of 2018-03-02, 2018-03-04; it is not converted and counts as unbudgeted",
        ]
    );
    assert_eq!(run(&desk, "check --as-of 2018-12-31").code, 1);

    done(&desk, "rates import hist.csv");
    // 8.00 at 1.25, 0.10 at Friday's 1.25, and 132 by the euro: 1 euro, 1.24 dollars. 10.00 + 0.125 + 1.24 = 11.365.
    let report = as_json(&desk, "report 2018 --as-of 2018-12-31");
    assert_eq!(report["lines"][0]["actual"], "11.37");
    assert_eq!(report["totals"].as_array().unwrap().len(), 1);
    let rates: Vec<String> = report["rates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|rate| {
            let made_of: Vec<String> = rate["made_of"]
                .as_array()
                .unwrap()
                .iter()
                .map(|leg| format!("{} {} {} {}", leg["base"], leg["quote"], leg["day"], leg["rate"]).replace('"', ""))
                .collect();
            format!("{} {} {} {}: {}", rate["base"], rate["quote"], rate["day"], rate["rate"], made_of.join(", "))
                .replace('"', "")
        })
        .collect();
    assert_eq!(
        rates,
        [
            "EUR USD 2018-03-02 1.25: EUR USD 2018-03-02 1.25",
            "EUR USD 2018-03-04 1.25: EUR USD 2018-03-02 1.25",
            "JPY USD 2018-03-06 0.009393939: EUR JPY 2018-03-06 132, EUR USD 2018-03-06 1.24",
        ]
    );
    assert_eq!(run(&desk, "check --as-of 2018-12-31").code, 0);
    let trace = done(&desk, "trace 2018 --figure actual --line x");
    assert!(trace.contains("actual        11.37             11.37      0.00"), "{trace}");
    let said = done(&desk, "report 2018 --as-of 2018-12-31");
    assert!(said.contains("\nRates used\n") && !said.contains("Rates used, by day"), "{said}");
    assert!(done(&desk, "report 2018 --format csv").contains("\nrates,"), "each rate stands in the csv");
}

#[test]
fn a_month_counts_at_the_rate_of_its_last_day() {
    let rates = "Date,USD,\n2018-03-30,1.5,\n2018-03-01,1.2,\n";
    let statement = Books::new()
        .plan("x", "x", "2018", "365.00 USD")
        .spend(Spend::of("2018-03-01..2018-03-31").row("2018-03", "x/main/c", "10.00 EUR"))
        .file("rates/hist.csv", rates)
        .statement("2018");
    expect(&line(&statement, "x").figures, "actual 15.00");
}

/// Each day by itself would lose the half cent: 0.005 dollars a day for four days are 2 cents.
#[test]
fn what_is_converted_is_rounded_by_its_running_sum() {
    let days = ["2018-03-02", "2018-03-03", "2018-03-04", "2018-03-05"];
    let spend =
        days.iter().fold(Spend::of("2018-01-01..2018-12-31"), |spend, day| spend.row(day, "x/main/c", "0.004 EUR"));
    let books = Books::new().plan("x", "x", "2018", "365.00 USD").spend(spend).file("rates/hist.csv", HISTORY);
    expect(&line(&books.statement("2018"), "x").figures, "actual 0.02");
    // Cut anywhere, the parts sum to the whole, also where the line is another.
    let cut = |period: &str| line(&books.statement(period), "x").figures.get(common::figure("actual")).minor();
    assert_eq!(cut("2018-03-01..2018-03-03") + cut("2018-03-04..2018-03-31"), 2);
}

#[test]
fn a_saved_report_is_the_same_while_its_rates_are() {
    let desk = abroad();
    done(&desk, "rates import hist.csv");
    done(&desk, "report 2018 --as-of 2018-12-31 --format json --output r.json");
    desk.write("more.csv", "Date,USD,GBP\n2018-03-07,1.23,0.88\n2018-03-06,1.24,0.89\n");
    done(&desk, "rates import more.csv");
    done(&desk, "verify r.json");
    let [(name, text), _] = <[_; 2]>::try_from(kept(&desk)).unwrap();
    desk.write(&format!("books/rates/{name}"), &text.replace("2018-03-02,1.25", "2018-03-02,1.35"));
    let ran = run(&desk, "verify r.json");
    assert!(ran.code == 1 && ran.stdout.contains("rates"), "{ran:?}");
}

#[test]
fn a_closed_period_keeps_its_rates() {
    let desk = abroad();
    desk.write("friday.csv", "Date,USD,JPY\n2018-03-06,N/A,132\n2018-03-02,1.25,130\n2018-03-01,1.2,N/A\n");
    done(&desk, "rates import friday.csv");
    done(&desk, "close 2018-03 --by ann --today 2018-05-01");
    assert_eq!(run(&desk, "check --today 2018-05-02").code, 0);
    // Of 6 March the bank has a rate after all.
    let said = refused(&desk, "rates import hist.csv");
    assert!(
        said.contains("error: period 2018-03: ") && said.contains("hint: a closed period keeps its figures"),
        "{said}"
    );
    done(&desk, "reopen 2018-03 --by ann --reason rates --today 2018-05-03");
    done(&desk, "rates import hist.csv");
    done(&desk, "close 2018-03 --by ann --today 2018-05-04");
    // A rate that somebody edits breaks the seal, and is named.
    let (name, text) = kept(&desk).into_iter().find(|(_, text)| text.contains("1.24")).unwrap();
    desk.write(&format!("books/rates/{name}"), &text.replace("1.24", "1.25"));
    let said = run(&desk, "check --today 2018-05-05 --format csv").stdout;
    assert!(said.contains("rate of EUR in USD of 2018-03-06: rate was `1.24`, is `1.25`"), "{said}");
}

#[test]
fn nothing_is_proposed_while_a_rate_is_missing() {
    let desk = abroad();
    let settings = desk.read("books/ledger.toml")
        + "[[destination]]\nid = \"eff\"\nkind = \"donation\"\n[[policy]]\nid = \"all\"\nremainder = \"eff\"\n";
    desk.write("books/ledger.toml", &settings);
    done(&desk, "--today 2018-04-11 ban add --platform x --from 2018-04-01 --id late");
    // All that stops it is said at once.
    let said = refused(&desk, "redirect propose --today 2018-04-12");
    assert!(said.contains("without a rate into USD") && said.contains("has open days that no import covers"), "{said}");
    done(&desk, "--today 2018-04-11 ban add --platform x --from 2018-01-01 --id ban");
    let propose = "redirect propose --write --by ann --today 2018-04-12";
    let said = refused(&desk, propose);
    assert!(said.contains("error: plan line `x` has 8.00 EUR of 2018-03-02 without a rate into USD"), "{said}");
    done(&desk, "rates import hist.csv");
    done(&desk, propose);
}

/// Books with half a year blocked, and 100.00 of it pledged to a donation.
fn pledged() -> Desk {
    let desk = books();
    let settings = desk.read("books/ledger.toml") + "[[destination]]\nid = \"eff\"\nkind = \"donation\"\n";
    desk.write("books/ledger.toml", &settings);
    done(&desk, "--today 2018-02-01 ban add --platform x --from 2018-02-01 --id ban");
    let header = desk.read("books/redirections.csv");
    let steps = "r,proposed,2018-02-02,2018-02-02,,x,eff,USD,100.00,ann,,,,,,\n\
        r,approved,2018-02-02,2018-02-02,,x,eff,USD,,bob,,,,,,\n\
        r,pledged,2018-02-02,2018-02-02,,x,eff,USD,,bob,,,,,,\n";
    desk.write("books/redirections.csv", &(header + steps));
    desk.write("hist.csv", HISTORY);
    done(&desk, "rates import hist.csv");
    desk
}

fn redirection(desk: &Desk) -> serde_json::Value {
    as_json(desk, "report 2018 --as-of 2018-12-31")["redirections"][0].clone()
}

#[test]
fn a_payment_in_another_currency_settles_what_it_is_worth() {
    let desk = pledged();
    // 32.00 euros at Friday's 1.25 are 40.00 dollars; then 50.00 euros would be more than the 60.00 outstanding.
    done(
        &desk,
        "redirect pay r --amount 32 --currency EUR --date 2018-03-04 --by tom --reference w1 --today 2018-03-05",
    );
    let said = redirection(&desk);
    let told =
        |said: &serde_json::Value| ["pledged", "paid", "outstanding"].map(|key| said[key].as_str().unwrap().to_owned());
    assert_eq!(told(&said), ["100.00", "40.00", "60.00"]);
    let payment = &said["fx_payments"][0];
    let amounts = |payment: &serde_json::Value| {
        ["paid_currency", "paid_amount", "converted", "fx_difference", "settled"]
            .map(|key| payment[key].as_str().unwrap().to_owned())
    };
    assert_eq!(amounts(payment), ["EUR", "32.00", "40.00", "0.00", "40.00"]);
    assert_eq!(
        (&payment["rate"]["day"], &payment["rate"]["made_of"][0]["day"]),
        (&"2018-03-04".into(), &"2018-03-02".into())
    );
    done(
        &desk,
        "redirect pay r --amount 50 --currency EUR --date 2018-03-06 --by tom --reference w2 --today 2018-03-06",
    );
    let said = redirection(&desk);
    assert_eq!(told(&said), ["100.00", "100.00", "0.00"]);
    assert_eq!(amounts(&said["fx_payments"][1]), ["EUR", "50.00", "62.00", "-2.00", "60.00"]);
    let report = done(&desk, "report 2018 --as-of 2018-12-31");
    assert!(report.contains("Payments in another currency than their pledge, USD"), "{report}");
    assert_eq!(run(&desk, "check --as-of 2018-12-31").stderr, "");
    // A later rate of that day changes no state and no tie-out; the difference alone rests on it.
    let rows = desk.read("books/redirections.csv");
    assert!(rows.ends_with("r,paid,2018-03-06,2018-03-06T00:00:00Z,,x,eff,USD,60.00,tom,w2,,,EUR,50.00,\n"), "{rows}");
}

#[test]
fn somebody_may_say_what_a_payment_settles() {
    let desk = pledged();
    done(
        &desk,
        "redirect pay r --amount 79 --currency EUR --settles 100 --date 2018-03-02 --by tom --today 2018-03-05",
    );
    let said = redirection(&desk);
    assert_eq!((&said["outstanding"], &said["state"]), (&"0.00".into(), &"paid".into()));
    let payment = &said["fx_payments"][0];
    assert_eq!((&payment["converted"], &payment["fx_difference"]), (&"98.75".into(), &"1.25".into()));
    // What came back is in the pledge's currency, and the payment is what it was.
    done(&desk, "redirect refund r --amount 10 --date 2018-03-06 --by tom --today 2018-03-06");
    let said = redirection(&desk);
    assert_eq!((&said["paid"], &said["fx_payments"][0]["settled"]), (&"90.00".into(), &"100.00".into()));
}

#[test]
fn what_a_payment_settles_is_said_or_known() {
    let desk = pledged();
    let pay = "redirect pay r --by tom --today 2018-07-01 --amount 79";
    let said = refused(&desk, &format!("{pay} --currency EUR"));
    assert!(
        said.contains("error: no rate of EUR in USD is known of 2018-07-01\nhint: take rates of that day in"),
        "{said}"
    );
    let said = refused(&desk, &format!("{pay} --currency USD --settles 79"));
    assert!(said.contains("paid_currency: USD is the currency of line `x` itself"), "{said}");
    let said = refused(&desk, &format!("{pay} --currency EUR --settles 101"));
    assert!(said.contains("101.00 USD is more than the 100.00 still outstanding of the pledge"), "{said}");
    // Without a rate the payment stands, and its difference is a finding.
    done(&desk, &format!("{pay} --currency EUR --settles 90"));
    let ran = run(&desk, "check --as-of 2018-12-31 --format csv");
    assert!(
        ran.code == 1
            && ran
                .stdout
                .contains("redirection r,\"79.00 EUR was paid, and no rate of EUR in USD is known of 2018-07-01"),
        "{}",
        ran.stdout
    );
    assert!(redirection(&desk)["fx_payments"][0]["fx_difference"].is_null());
    for (cells, what) in [
        ("paid,2018-07-02,,x,eff,5.00,w,EUR,", "paid_amount: the cell is empty"),
        ("paid,2018-07-02,,x,eff,5.00,w,,4.00", "paid_currency: the cell is empty"),
        ("paid,2018-07-02,,x,eff,,w,EUR,4.00", "amount: the cell is empty"),
        ("paid,2018-07-02,,x,eff,5.00,w,EUR,-4.00", "paid_amount: what left the bank is above zero"),
        ("cancelled,2018-07-02,,x,eff,,w,EUR,4.00", "paid_currency: only a payment leaves the bank"),
    ] {
        let desk = pledged();
        let header = "id,event,date,recorded,line,destination,amount,reference,paid_currency,paid_amount\n";
        let steps = "r,proposed,2018-02-02,,x,eff,100.00,,,\nr,approved,2018-02-02,,x,eff,,,,\nr,pledged,2018-02-02,,x,eff,,,,\n";
        let settings = desk.read("books/ledger.toml").replace("four_eyes = true", "four_eyes = false");
        desk.write("books/ledger.toml", &settings);
        desk.write("books/redirections.csv", &format!("{header}{steps}r,{cells}\n"));
        let said = run(&desk, "report 2018").stderr;
        assert!(said.contains("redirections.csv:5:") && said.contains(what), "{cells}: {said}");
    }
}

#[test]
fn a_payment_of_several_pledges_settles_together_what_it_is_worth() {
    let desk = pledged();
    let second = desk.read("books/redirections.csv").lines().skip(1).map(|row| format!("{row}\n")).collect::<String>();
    let second = second.replace("r,", "s,").replace("100.00", "50.01");
    desk.write("books/redirections.csv", &(desk.read("books/redirections.csv") + &second));
    let paid = |at: usize| {
        let log = desk.read("books/redirections.csv");
        let cells = |row: &str| [0, 8, 14].map(|at: usize| row.split(',').nth(at).unwrap().to_owned()).join(" ");
        let rows: Vec<String> = log.lines().map(cells).collect();
        rows[rows.len() - at..].join(", ")
    };
    // 100.00 euros are 125.00 dollars, of pledges of 100.00 and 50.01; the cents go to the largest remainders.
    let pay = "redirect pay r s --currency EUR --by tom --today 2018-03-06";
    done(&desk, &format!("{pay} --date 2018-03-04 --amount 100 --reference w1"));
    assert_eq!(paid(2), "r 83.33 66.66, s 41.67 33.34");
    // 30.00 euros are more than the 25.01 that are left, and both are paid off to the cent.
    done(&desk, &format!("{pay} --date 2018-03-04 --amount 30 --reference w2"));
    assert_eq!(paid(2), "r 16.67 20.00, s 8.34 10.00");
    let report = as_json(&desk, "report 2018 --as-of 2018-12-31");
    assert_eq!([&report["redirections"][0]["state"], &report["redirections"][1]["state"]], ["paid", "paid"]);
    assert!(refused(&desk, &format!("{pay} --amount 1 --reference w3")).contains("cannot be divided"));
    // What somebody says that it settles is divided, too.
    done(&desk, "redirect refund --reference w2 --by tom --today 2018-03-06");
    done(&desk, &format!("{pay} --amount 21 --settles 25 --reference w3"));
    assert_eq!(paid(2), "r 16.66 13.99, s 8.34 7.01");
}

#[test]
fn a_payment_of_pledges_in_several_currencies_is_not_divided() {
    let desk = pledged();
    let lines = desk.read("books/budgets.csv") + "m,original,2018,meta,EUR,100,given\n";
    desk.write("books/budgets.csv", &lines);
    let second = "t,proposed,2018-02-02,2018-02-02,,m,eff,EUR,10.00,ann,,,,,,\n\
        t,approved,2018-02-02,2018-02-02,,m,eff,EUR,,bob,,,,,,\n\
        t,pledged,2018-02-02,2018-02-02,,m,eff,EUR,,bob,,,,,,\n";
    desk.write("books/redirections.csv", &(desk.read("books/redirections.csv") + second));
    let said = refused(&desk, "redirect pay r t --amount 10 --currency EUR --by tom --today 2018-03-05");
    assert!(said.contains("error: 10.00 EUR cannot be divided among these redirections: "), "{said}");
    assert!(said.contains("hint: give each its own amount, in a command of its own"), "{said}");
}
