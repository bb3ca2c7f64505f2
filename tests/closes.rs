//! Closed periods: what is sealed, how a changed fact is named, what comes late, and a second program that agrees.

#![allow(clippy::unwrap_used)]

mod desk;
mod python;

use std::path::Path;
use std::process::Command;

use desk::books::{HEADER, as_json, books, done, export, refused, run};
use desk::{Desk, Ran};
use python::{has_python, python};
use serde_json::{Value, json};

const BUDGETS: &str = "line,entry,period,platform,currency,amount,effective,recorded,by,basis,reference,note\n\
    x,original,2018,x,USD,365.00,,2018-01-02,ann,given,,\n";
const BANS: &str = "id,kind,platform,from,until,recorded,by\nx-ban,ban,x,2018-02-01,,2018-02-03,ann\n";
const STEPS: &str = "id,event,date,recorded,line,destination,amount,by\n\
    eff-1,proposed,2018-03-01,2018-03-01,x,eff,100.00,ann\n\
    eff-1,approved,2018-03-02,2018-03-02,x,eff,,bob\n";
const ORDERS: &str = "line,reference,date,amount,recorded,by\nx,PO-1,2018-01-15,5.00,2018-01-10,ann\n";

/// Books with a fact of every kind in the first quarter of 2018: spend restated, revoked and under an alias.
fn open() -> Desk {
    let desk = books();
    let settings = desk.read("books/ledger.toml")
        + "\n[accounts.\"x/acme\"]\naliases = [\"Acme US\"]\n\n[[destination]]\nid = \"eff\"\nkind = \"donation\"\n";
    desk.write("books/ledger.toml", &settings);
    for (file, text) in
        [("budgets", BUDGETS), ("restrictions", BANS), ("redirections", STEPS), ("encumbrances", ORDERS)]
    {
        desk.write(&format!("books/{file}.csv"), text);
    }
    export(&desk, "a.csv", &["2018-01-05 one 10.00", "2018-01-31 one 12.345", "2018-01-31 two 5.00"]);
    done(&desk, "--today 2018-02-01 import a.csv");
    desk.write("b.csv", &format!("{HEADER}2018-01-31,x,Acme US,one,USD,12.50\n2018-02-01,x,Acme US,one,USD,0.25\n"));
    done(&desk, "--today 2018-02-02 import b.csv --absent keep");
    export(&desk, "c.csv", &["2018-01-31 one 99.00", "2018-03-31 one 1.00"]);
    done(&desk, "--today 2018-04-02 import c.csv --absent gone --restate");
    let id = "2018-03-31-x";
    let list = as_json(&desk, "imports");
    let ids = list["tables"][0]["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned());
    let id = ids.into_iter().find(|known| known.starts_with(id)).unwrap();
    done(&desk, &format!("--today 2018-04-03 imports revoke {id} --reason wrong"));
    desk
}

/// The same with the first quarter closed on 2018-04-05.
fn sealed() -> Desk {
    let desk = open();
    done(&desk, "--today 2018-04-05 close 2018-Q1 --by ann");
    desk
}

/// What `check` finds of closed periods: severity, code, place and message.
fn findings(desk: &Desk) -> Vec<String> {
    let codes = ["close_broken", "close_unproven", "close_text_missing", "late_fact", "unused_file"];
    let Ran { code, stdout, stderr } = run(desk, "--today 2019-02-01 check --format json");
    assert_eq!(stderr, "");
    let list: Value = serde_json::from_str(&stdout).unwrap();
    let text = |row: &Value, key: &str| row[key].as_str().unwrap().to_owned();
    let rows = list["tables"][0]["rows"].as_array().unwrap();
    assert_eq!(code, i32::from(rows.iter().any(|row| row["severity"] == "error")));
    rows.iter()
        .filter(|row| codes.contains(&row["code"].as_str().unwrap()))
        .map(|row| {
            let [severity, code, place, message] = ["severity", "code", "place", "message"].map(|key| text(row, key));
            format!("{severity} {code} {place}: {message}")
        })
        .collect()
}

/// The text that the last row was sealed with.
fn kept(desk: &Desk) -> String {
    let closes = desk.read("books/closes.csv");
    let cells: Vec<&str> = closes.lines().last().unwrap().split(',').collect();
    format!("books/closes/{}-{}.txt", cells[1], &cells[6][..12])
}

/// Edits a file of the books, looks, and puts it back.
fn edited<T>(desk: &Desk, file: &str, was: &str, now: &str, look: impl FnOnce(&Desk) -> T) -> T {
    let text = desk.read(file);
    assert!(text.contains(was), "{file} has no {was}");
    desk.write(file, &text.replace(was, now));
    let seen = look(desk);
    desk.write(file, &text);
    seen
}

#[test]
fn every_edited_fact_is_named_with_what_it_was_and_what_it_is() {
    let desk = sealed();
    assert_eq!(findings(&desk), [] as [&str; 0]);
    for (file, was, now, fact, figures) in [
        (
            "budgets.csv",
            "365.00",
            "366.00",
            "budgets.csv:2:1: original of line `x`: amount was `365.00`, is `366.00`",
            "with that 30 of its figures are others, the first: blocked_gross of line `x`, USD: amount was `59.00`, is `59.17`",
        ),
        (
            "restrictions.csv",
            "2018-02-01",
            "2018-02-02",
            "restrictions.csv:2:1: ban `x-ban`: from was `2018-02-01`, is `2018-02-02`",
            "with that 24 of its figures are others, the first: blocked_gross of line `x`, USD: amount was `59.00`, is `58.00`",
        ),
        (
            "redirections.csv",
            "100.00",
            "90.00",
            "redirections.csv:2:1: step `proposed` of redirection `eff-1`: amount was `100.00`, is `90.00`",
            "with that 6 of its figures are others, the first: redirectable of line `x`, USD: amount was `232.25`, is `242.25`",
        ),
        (
            "encumbrances.csv",
            "5.00",
            "6.00",
            "encumbrances.csv:2:1: order `PO-1` on line `x`: amount was `5.00`, is `6.00`",
            "with that 9 of its figures are others, the first: encumbered of line `x`, USD: amount was `5.00`, is `6.00`",
        ),
    ] {
        let found = edited(&desk, &format!("books/{file}"), was, now, findings);
        let broken = "error close_broken period 2018-Q1: ";
        assert_eq!(found, [format!("{broken}{fact}"), format!("{broken}{figures}")]);
    }
    let found = edited(&desk, "books/ledger.toml", "\nkind = \"donation\"", "\nkind = \"reserve\"", findings);
    assert_eq!(found, ["error close_broken period 2018-Q1: destination `eff`: kind was `donation`, is `reserve`"]);
    let found = edited(&desk, "books/closes.csv", ",ann,", ",bob,", findings);
    assert_eq!(
        found,
        ["error close_broken period 2018-Q1: closes.csv:2:1: the close of `2018-Q1` itself: by was `ann`, is `bob`"]
    );
    assert_eq!(findings(&desk), [] as [&str; 0]);
}

#[test]
fn facts_taken_away_or_put_in_are_named_too() {
    let desk = sealed();
    let found = edited(&desk, "books/restrictions.csv", "x-ban,ban,x,2018-02-01,,2018-02-03,ann\n", "", findings);
    assert_eq!(
        found[0],
        format!(
            "error close_broken period 2018-Q1: ban `x-ban` is gone; it was id `x-ban`, kind `ban`, platform `x`, from `2018-02-01`, recorded `2018-02-03T00:00:00Z`, by `ann`, status `active`"
        )
    );
    // A row without `recorded` claims to have been known from the start.
    let row = "x,PO-1,2018-01-15,5.00,2018-01-10,ann\n";
    let found = edited(&desk, "books/encumbrances.csv", row, &format!("{row}x,PO-2,2018-01-16,7.00,,\n"), findings);
    assert_eq!(
        found[0],
        format!(
            "error close_broken period 2018-Q1: encumbrances.csv:3:1: order `PO-2` on line `x` was not there when the period was closed; it is line `x`, reference `PO-2`, date `2018-01-16`, amount `7.00`"
        )
    );
    // Where rows stand, and how cells are spelled, changes nothing.
    let steps = "id,event,date,recorded,line,destination,amount,by,x_ours\n\
        eff-1,approved,2018-03-02,2018-03-02T00:00:00Z,,,100,bob,1\n\
        eff-1,proposed,2018-03-01,2018-03-01,x,eff,100,ann,2\n";
    let found = edited(&desk, "books/redirections.csv", STEPS, steps, findings);
    assert_eq!(found.len(), 1, "an amount where none was is another fact: {found:?}");
    let found = edited(&desk, "books/redirections.csv", STEPS, &steps.replace(",,,100,bob", ",,,,bob"), findings);
    assert_eq!(found, [] as [&str; 0]);
}

#[test]
fn an_edited_rollup_is_named_though_its_record_was_made_to_match() {
    let desk = sealed();
    let (rollup, record) = ("books/spend/2018-01-31-x-ddf3c878ac8c.csv", "books/spend/2018-01-31-x-ddf3c878ac8c.toml");
    let text = desk.read(rollup).replace(",10.00,", ",11.00,");
    desk.write(rollup, &text);
    assert!(run(&desk, "report 2018").stderr.contains("its SHA-256 differs"));
    let was = "18d06442ab035b53b4146b40edfe2f6df4a6d8ba9f433f70e64976e099462796";
    let now = sha256(&desk, rollup);
    desk.write(record, &desk.read(record).replace(was, &now));
    assert_eq!(
        findings(&desk),
        [
            format!(
                "error close_broken period 2018-Q1: import `2018-01-31-x-ddf3c878ac8c`: rollup_sha256 was `{was}`, is `{now}`"
            ),
            String::from(
                "error close_broken period 2018-Q1: spend of campaign `one` of x/acme on 2018-01-05: amount was `10.00`, is `11.00`"
            ),
            String::from(
                "error close_broken period 2018-Q1: with that 17 of its figures are others, the first: actual of line `x`, USD: amount was `27.75`, is `28.75`"
            ),
        ]
    );
}

/// The hash of a file, as the system's own program reckons it.
fn sha256(desk: &Desk, file: &str) -> String {
    let ran = Command::new("sha256sum").arg(desk.path(file)).output().unwrap();
    String::from_utf8(ran.stdout).unwrap()[..64].to_owned()
}

#[test]
fn the_kept_text_is_evidence_and_its_own_loss_is_said() {
    let desk = sealed();
    let file = kept(&desk);
    let text = desk.read(&file);
    assert_eq!(desk.read("books/closes.csv").split(',').nth(13).unwrap(), sha256(&desk, &file));
    let name = file.strip_prefix("books/").unwrap();
    desk.write(&file, &text.replace("\"365.00\"", "\"366.00\""));
    let edited_text = format!(
        "error close_broken period 2018-Q1: the text it was sealed with, {name}, was edited: it has another SHA-256; "
    );
    assert_eq!(findings(&desk), [format!("{edited_text}the digest still holds: the ledger says what was closed")]);
    std::fs::remove_file(desk.path(&file)).unwrap();
    assert_eq!(
        findings(&desk),
        [format!(
            "warning close_text_missing period 2018-Q1: the text it was sealed with, {name}, is missing; the digest still holds: the ledger says what was closed"
        )]
    );
    let found = edited(&desk, "books/budgets.csv", "365.00", "366.00", findings);
    assert_eq!(
        found,
        [format!(
            "error close_broken period 2018-Q1: the text it was sealed with, {name}, is missing; the digest does not hold, and what changed cannot be named"
        )]
    );
}

/// Books with the first quarter closed, opened, and closed again, and the second closed after it.
fn chained() -> Desk {
    let desk = sealed();
    done(&desk, "--today 2018-04-06 reopen 2018-Q1 --by ann --reason late-credit");
    done(&desk, "--today 2018-04-07 close 2018-Q1 --by ann --reason again");
    done(&desk, "--today 2018-07-02 close 2018-Q2 --by ann");
    desk
}

#[test]
fn a_row_of_the_chain_that_is_edited_added_or_taken_away_is_seen() {
    let desk = chained();
    assert_eq!(findings(&desk), [] as [&str; 0]);
    let file = "books/closes.csv";
    let log = desk.read(file);
    let rows: Vec<&str> = log.lines().collect();
    let digest = |row: usize| &rows[row].split(',').nth(6).unwrap()[..12];
    let without = |row: usize| {
        format!(
            "{}\n",
            rows.iter().enumerate().filter(|(at, _)| *at != row).map(|(_, row)| *row).collect::<Vec<_>>().join("\n")
        )
    };
    let orphan = |row: usize, period: &str| {
        format!(
            "note unused_file closes/{period}-{}.txt: closes.csv has no row with the digest of this text: a close was cut short before it wrote one, or the row was removed or edited",
            digest(row)
        )
    };

    // What else stands among the texts is passed over.
    desk.write("books/closes/notes.txt", "mine");
    assert_eq!(findings(&desk), [] as [&str; 0]);
    // The last row: nothing after it misses it, but its text does.
    desk.write(file, &without(4));
    assert_eq!(findings(&desk), [orphan(4, "2018-Q2")]);
    // The first two: the close that was taken back, and why.
    desk.write(file, &format!("{}\n{}\n{}\n", rows[0], rows[3], rows[4]));
    let broken = format!(
        "error close_broken period 2018-Q1: closes.csv:2:1: `previous` is {}…, but there is no row before it: a row of closes.csv was removed, added or edited",
        digest(2)
    );
    assert_eq!(findings(&desk), [broken, orphan(1, "2018-Q1")]);
    // One in the middle.
    desk.write(file, &format!("{}\n{}\n{}\n{}\n", rows[0], rows[1], rows[2], rows[4]));
    let broken = format!(
        "error close_broken period 2018-Q2: closes.csv:4:1: `previous` is {}…, but the row before it, closes.csv:3:1, has the digest {}…: a row of closes.csv was removed, added or edited",
        digest(3),
        digest(2)
    );
    assert_eq!(findings(&desk), [broken, orphan(3, "2018-Q1")]);
    // Without what opened it, the period would be closed twice.
    desk.write(file, &without(2));
    assert!(run(&desk, "report 2018").stderr.contains("`2018-Q1` is closed already, at closes.csv:2:1"));
    desk.write(file, &log);

    let found = edited(&desk, file, "late-credit", "a-credit", findings);
    assert_eq!(
        found,
        ["error close_broken period 2018-Q1: closes.csv:3:1: the row does not have its digest: its cells were edited"]
    );
    // The close that was taken back, too.
    let row = rows[1].replace(",ann,", ",eve,");
    let found = edited(&desk, file, rows[1], &row, findings);
    assert_eq!(
        found,
        [
            "error close_broken period 2018-Q1: closes.csv:2:1: the row is not the one that was sealed: its cells were edited"
        ]
    );
    // Rows may stand in any order: they are read by when they were recorded.
    desk.write(file, &format!("{}\n{}\n{}\n{}\n{}\n", rows[0], rows[4], rows[2], rows[3], rows[1]));
    assert_eq!(findings(&desk), [] as [&str; 0]);
    // Another moment is another order.
    desk.write(file, &log.replace("2018-07-02T00:00:00Z", "2018-04-06T12:00:00Z"));
    assert!(findings(&desk).len() >= 2, "{:?}", findings(&desk));
}

#[test]
fn a_close_by_hand_is_allowed_and_proves_nothing() {
    let desk = open();
    desk.write("books/closes.csv", "event,period,date,recorded\nclose,2018-01,2018-02-05,2018-02-05\n");
    assert_eq!(
        findings(&desk)[0],
        "note close_unproven period 2018-01: it was closed by hand, without a digest, so nothing proves what was closed"
    );
    desk.write("books/closes.csv", "event,period,date,recorded,digest\nclose,2018-01,2018-02-05,2018-02-05,ABC\n");
    assert_eq!(
        run(&desk, "report 2018").stderr,
        "error: closes.csv:2:37: digest: `ABC` is no SHA-256 in small hex; leave it empty where `respend close` did not write it\n"
    );
    desk.write("books/closes.csv", "event,period,date,recorded\nclose,2018-01,2018-02-05,2018-02-05\n");
    let said = refused(&desk, "--today 2018-05-01 reopen 2018-01 --by ann --reason seal");
    assert!(said.starts_with("error: closes.csv has no column `by`, which this entry needs\n"), "{said}");
}

#[test]
fn what_cannot_be_closed_or_opened_is_refused() {
    let desk = sealed();
    for (typed, said) in [
        (
            "--today 2018-06-30 close 2018-Q2 --by ann",
            "error: `2018-Q2` is not over: its last day is 2018-06-30, and today is 2018-06-30\n",
        ),
        (
            "--today 2018-07-02 close 2018-Q2 --by ann --date 2018-06-30",
            "error: `2018-Q2` cannot be closed on 2018-06-30\nhint: the day of the close lies after 2018-06-30 and not after today, 2018-07-02\n",
        ),
        (
            "--today 2018-07-02 close 2018-Q2 --by ann --date 2018-07-03",
            "error: `2018-Q2` cannot be closed on 2018-07-03\n",
        ),
        (
            "--today 2018-07-02 close 2018-Q1 --by ann",
            "error: `2018-Q1` is closed already, since 2018-04-05\nhint: what comes late enters with --prior-period; to close it anew, first `respend reopen 2018-Q1 --by NAME --reason TEXT`\n",
        ),
        (
            "--today 2019-07-02 close 2018 --by ann",
            "error: `2018` has days of `2018-Q1`, which is closed since 2018-04-05\n",
        ),
        (
            "--today 2018-07-02 reopen 2018-Q2 --by ann --reason why",
            "error: `2018-Q2` is not closed\nhint: closed are 2018-Q1; a period is opened again under the days it was closed for\n",
        ),
    ] {
        let told = refused(&desk, typed);
        assert!(told.starts_with(said), "{typed}: {told}");
    }
    let ran = desk.run(&["--ledger", "books", "--today", "2018-07-02", "close", "2018-Q2", "--by", " "]);
    assert_eq!((ran.code, ran.stderr.starts_with("error: --by says nothing\n")), (1, true), "{ran:?}");
    let ran = run(&desk, "--today 2018-07-02 close 2018-Q2 --by ann --as-known 2018-03-01");
    assert_eq!(ran.code, 2, "{ran:?}");
}

#[test]
fn books_that_contradict_themselves_are_closed_with_consent_alone() {
    let desk = open();
    desk.write("books/redirections.csv", &STEPS.replace("100.00", "1000.00"));
    let said = refused(&desk, "--today 2018-04-05 close 2018-Q1 --by ann");
    assert_eq!(
        said,
        "error: redirection eff-1: 667.75 USD of it is not, or no longer, blocked and free; it needs other funding, or is cancelled [needs_other_funding]\n\
         error: line x: redirections take 667.75 USD more than is blocked and free; cancel some, or fund them otherwise [over_redirected]\n\
         hint: settle what the books contradict, or close `2018-Q1` as it is with --despite-findings\n"
    );
    let said = done(&desk, "--today 2018-04-05 close 2018-Q1 --by ann --despite-findings");
    assert!(said.contains("\nFindings at the close\n") && said.contains("over_redirected"), "{said}");
    assert_eq!(findings(&desk), [] as [&str; 0]);
}

#[test]
fn what_was_sealed_is_shown() {
    let desk = open();
    let shown = done(&desk, "--today 2018-04-05 close 2018-Q1 --by ann");
    let digest = desk.read("books/closes.csv").split(',').nth(13).unwrap().to_owned();
    let expected = format!(
        "Closed 2018-Q1 - Books
2018-01-01..2018-03-31, 90 days, by what was recorded up to
  2018-04-05T00:00:00Z.
Digest (SHA-256):
  {digest}
It is the first row with a digest.
To check it: `sha256sum closes/2018-Q1-{}.txt` is the digest, and
  `respend check` names what changed.
Keep the digest where the ledger is not: who can edit all of the ledger could
  make another.

Sealed text
File                             Facts  Figures of spend
-------------------------------  -----  ----------------
closes/2018-Q1-def61ee6747d.txt     10                 4

Figures sealed, USD
Platform   Plan  Spend  Blocked  Redirected  Redirectable
--------  -----  -----  -------  ----------  ------------
x         90.00  27.75    59.00      100.00        232.25
--------  -----  -----  -------  ----------  ------------
Total     90.00  27.75    59.00      100.00        232.25

Findings at the close
",
        &digest[..12]
    );
    assert!(shown.starts_with(&expected), "{shown}");
    assert!(shown.contains("uncovered_days") || shown.contains("spend_during_restriction"), "{shown}");
}

#[test]
fn facts_for_closed_days_need_consent_and_are_adjustments() {
    let desk = sealed();
    let today = "--today 2018-05-01";
    for (typed, fact) in [
        (
            "budget amend --line x --by 73 --effective 2018-03-15 --basis given",
            "amendment of 73.00 USD on line `x` from 2018-03-15",
        ),
        (
            "budget add --line m --period 2018 --platform meta --amount 365 --basis given",
            "opening of 365.00 USD on line `m` from 2018-01-01",
        ),
        ("ban lift x-ban --until 2018-03-01", "ban `x-ban` on x from 2018-02-01, until 2018-03-01"),
        (
            "hold add --platform x --from 2018-01-10 --until 2018-01-12 --id h",
            "hold `h` on x from 2018-01-10, until 2018-01-12",
        ),
        ("redirect pledge eff-1 --by bob --date 2018-03-31", "step `pledged` of redirection `eff-1` on 2018-03-31"),
        (
            "encumbrance add --line x --reference PO-2 --date 2018-03-31 --amount 2",
            "order `PO-2` on line `x` for 2018-03-31, 2.00 USD open",
        ),
        ("encumbrance release --line x --reference PO-1", "order `PO-1` on line `x` for 2018-01-15, 0.00 USD open"),
    ] {
        let said = refused(&desk, &format!("{today} {typed}"));
        assert_eq!(
            said,
            format!(
                "error: closed `2018-Q1` would have another fact: {fact} [closed_period]\n\
            hint: say --prior-period to let it in as an adjustment, which reports list; or open the period again with `respend reopen 2018-Q1 --by NAME --reason TEXT`\n"
            ),
        );
    }
    // What changes no closed day needs no consent.
    for typed in [
        "budget amend --line x --by 73 --effective 2018-04-01 --basis given",
        "ban lift x-ban --until 2018-04-01",
        "redirect pledge eff-1 --by bob --date 2018-04-02",
        "encumbrance add --line x --reference PO-2 --date 2018-04-10 --amount 2",
    ] {
        done(&desk, &format!("{today} {typed}"));
    }
    assert_eq!(findings(&desk), [] as [&str; 0]);
    assert_eq!(as_json(&desk, "report 2018-Q2")["line_adjustments"], json!([]));

    let Ran { code, stderr, .. } = run(
        &desk,
        &format!("{today} budget amend --line x --by 10 --effective 2018-03-31 --basis given --prior-period"),
    );
    let fact = "amendment of 10.00 USD on line `x` from 2018-03-31";
    assert_eq!(
        (code, stderr),
        (0, format!("note: closed `2018-Q1` has another fact: {fact}; reports list it as an adjustment\n"))
    );
    let report = as_json(&desk, "report 2018-Q2");
    let adjustment = |figure: &str, was: &str, now: &str, difference: &str| {
        json!({"period": "2018-Q1", "line": "x", "currency": "USD", "figure": figure, "was": was, "now": now, "difference": difference,
            "facts": [format!("{fact}, recorded 2018-05-01T00:00:01Z")]})
    };
    assert_eq!(
        report["line_adjustments"],
        json!([
            adjustment("plan", "90.00", "90.04", "0.04"),
            adjustment("blocked_imposed", "59.00", "59.04", "0.04"),
            adjustment("blocked_net", "58.75", "58.79", "0.04"),
        ])
    );
    let late = format!("warning late_fact period 2018-Q1: {fact}, recorded 2018-05-01T00:00:01Z, came after the close");
    assert_eq!(findings(&desk), std::slice::from_ref(&late));

    // Typed by hand it is just the same.
    let orders = desk.read("books/encumbrances.csv") + "x,PO-9,2018-03-30,3.00,2018-05-02T10:00:00Z,ann\n";
    desk.write("books/encumbrances.csv", &orders);
    let order = "order `PO-9` on line `x` for 2018-03-30, 3.00 USD open, recorded 2018-05-02T10:00:00Z";
    let late_order = format!("warning late_fact period 2018-Q1: {order}, came after the close");
    assert_eq!(findings(&desk), [late, late_order]);
    let adjustments = as_json(&desk, "report 2018-Q2")["line_adjustments"].clone();
    let last = adjustments.as_array().unwrap().last().unwrap();
    assert_eq!((&last["figure"], &last["was"], &last["now"]), (&json!("encumbered"), &json!("5.00"), &json!("8.00")));
    let table = done(&desk, "report 2018-Q2");
    assert!(table.contains("Figures of closed periods that changed since, USD\n"), "{table}");
    // As it was known at the close, the period has the figures it was closed with.
    let then = as_json(&desk, "report 2018-Q1 --as-known 2018-04-05T00:00:00Z");
    assert_eq!((&then["totals"][0]["plan"], &then["line_adjustments"]), (&json!("90.00"), &json!([])));
}

#[test]
fn spend_that_comes_late_is_pointed_out_and_the_seal_holds() {
    let desk = sealed();
    export(&desk, "late.csv", &["2018-01-05 one 11.00"]);
    let said = refused(&desk, "--today 2018-05-01 import late.csv --restate");
    assert!(said.contains("[closed_period]"), "{said}");
    done(&desk, "--today 2018-05-01 import late.csv --restate --prior-period");
    let found = findings(&desk);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with(
            "warning late_fact period 2018-Q1: the spend of 1 campaign is another since the close, by 2018-01-05-x-"
        ),
        "{found:?}"
    );
    let report = as_json(&desk, "report 2018-Q2");
    assert_eq!(report["line_adjustments"][0]["figure"], "actual");
    assert_eq!(
        (&report["adjustments"][0]["was"], &report["adjustments"][0]["now"]),
        (&json!("22.75"), &json!("23.75"))
    );
}

#[test]
fn another_spelling_of_an_account_changes_nothing_that_was_sealed() {
    let desk = books();
    let budgets =
        "line,entry,period,platform,account,currency,amount,basis\nm,original,2018,meta,12-34,USD,365,given\n";
    desk.write("books/budgets.csv", budgets);
    desk.write("books/restrictions.csv", "id,kind,platform,account,from\nh,hold,meta,12-34,2018-02-01\n");
    desk.write("a.csv", &format!("{HEADER}2018-01-31,meta,12-34,one,USD,12.50\n"));
    done(&desk, "--today 2018-02-02 import a.csv");
    done(&desk, "--today 2018-04-05 close 2018-Q1 --by ann");
    // The spelling that was recorded first still stands for the account.
    desk.write("b.csv", &format!("{HEADER}2018-04-01,meta,1-234,one,USD,0.50\n"));
    done(&desk, "--today 2018-05-02 import b.csv");
    let spend = done(&desk, "spend --by account --format csv");
    assert!(spend.contains("\n12-34,USD,13.00,"), "{spend}");
    assert_eq!(findings(&desk), [] as [&str; 0]);
    if let Some(ran) = recomputed(&desk.path("books")) {
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}

// The second program.

/// What the program of docs/closes.md says of a ledger, and its exit code; nothing where there is no Python 3.11.
fn recomputed(ledger: &Path) -> Option<Ran> {
    has_python(Some("tomllib")).then(|| Ran::of(python("closes/recompute.py", ledger)))
}

#[test]
fn another_program_recomputes_the_digests_from_the_facts() {
    let desk = chained();
    // What comes later changes nothing of what was sealed.
    export(&desk, "late.csv", &["2018-01-05 one 11.00"]);
    done(&desk, "--today 2018-08-01 import late.csv --restate --prior-period");
    run(&desk, "--today 2018-08-01 ban lift x-ban --until 2018-03-01 --prior-period");
    let Some(ran) = recomputed(&desk.path("books")) else { return };
    let said = "2018-Q1: 14 facts recomputed, 58 figures from the kept text: same\n\
        2018-Q1: 14 facts recomputed, 58 figures from the kept text: same\n\
        2018-Q2: 7 facts recomputed, 58 figures from the kept text: same\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, said, ""));

    // One changed byte.
    let Ran { code, stdout: said, .. } =
        edited(&desk, "books/encumbrances.csv", "5.00", "5.01", |desk| recomputed(&desk.path("books"))).unwrap();
    assert_eq!((code, said.matches(": DIFFERS").count()), (1, 3), "{said}");
    assert!(said.contains("  now [\"encumbrance\",\"x\",\"PO-1\",\"2018-01-15\",\"5.01\""), "{said}");
    let Ran { code, .. } =
        edited(&desk, &kept(&desk), "\"spend\",\"0.00\"", "\"spend\",\"0.01\"", |desk| recomputed(&desk.path("books")))
            .unwrap();
    assert_eq!(code, 1, "a figure of the kept text");
}

/// Steps that say what few do: out of a reserve, on a condition, paid in another currency.
#[test]
fn another_program_recomputes_what_few_steps_have() {
    let desk = open();
    let settings = desk.read("books/ledger.toml") + "\n[[destination]]\nid = \"later\"\nkind = \"reserve\"\n";
    desk.write("books/ledger.toml", &settings);
    let steps = "id,event,date,recorded,line,destination,amount,by,reference,condition,from,paid_currency,paid_amount\n\
        a,proposed,2018-03-01,2018-03-01,x,later,50.00,ann,,,,,\n\
        a,approved,2018-03-01,2018-03-01,x,later,,bob,,,,,\n\
        a,moved,2018-03-01,2018-03-01,x,later,,bob,,,,,\n\
        b,proposed,2018-03-02,2018-03-02,x,eff,20.00,ann,,,a,,\n\
        b,approved,2018-03-02,2018-03-02,x,eff,,bob,,,,,\n\
        b,pledged,2018-03-02,2018-03-02,x,eff,,bob,,others give,,,\n\
        b,pledged,2018-03-03,2018-03-03,x,eff,,bob,,,,,\n\
        b,paid,2018-03-04,2018-03-04,x,eff,12.00,bob,w1,,,EUR,10.00\n\
        c,proposed,2018-03-02,2018-03-02,x,eff,5.00,ann,,,,,\n\
        c,approved,2018-03-02,2018-03-02,x,eff,,bob,,,,,\n\
        c,pledged,2018-03-02,2018-03-02,x,eff,,bob,,rain,,,\n\
        c,pledged,2018-03-03,2018-03-03,x,eff,,bob,,,,,\n\
        c,paid,2018-03-04,2018-03-04,x,eff,4.00,bob,w2,,,JPY,500\n";
    desk.write("books/redirections.csv", steps);
    desk.write(
        "books/rates/own.csv",
        "date,base,quote,rate,source\n2018-03-04,EUR,USD,1.2,bank\n2018-03-04,JPY,USD,0.008,bank\n",
    );
    done(&desk, "--today 2018-04-05 close 2018-Q1 --by ann");
    let text = desk.read(&kept(&desk));
    for tail in [
        r#""","","","a","",""]"#,
        r#""","","others give","a","",""]"#,
        r#""w1","","","a","EUR","10.00"]"#,
        r#""","","rain","","",""]"#,
        r#""w2","","","","JPY","500"]"#,
    ] {
        assert!(
            text.lines().any(|line| line.starts_with("[\"redirection\"") && line.ends_with(tail)),
            "{tail}: {text}"
        );
    }
    for (was, now, said) in [
        ("EUR,10.00", "EUR,11.00", "step `paid` of redirection `b`: paid_amount was `10.00`, is `11.00`"),
        ("rain", "snow", "step `pledged` of redirection `c`: condition was `rain`, is `snow`"),
    ] {
        let found = edited(&desk, "books/redirections.csv", was, now, findings);
        assert!(found.len() == 1 && found[0].contains(said), "{found:?}");
    }
    let Some(ran) = recomputed(&desk.path("books")) else { return };
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{ran:?}");
}

#[test]
fn another_program_recomputes_the_worked_ledger() {
    let desk = Desk::new();
    desk.done(&["demo", "--quiet"]);
    for period in ["2018", "2017"] {
        desk.done(&["--ledger", "respend-demo", "close", period, "--by", "ann"]);
    }
    let Some(ran) = recomputed(&desk.path("respend-demo")) else { return };
    let said = "2018: 73 facts recomputed, 58 figures from the kept text: same\n\
        2017: 852 facts recomputed, 40 figures from the kept text: same\n";
    assert_eq!((ran.code, ran.stdout.as_str(), ran.stderr.as_str()), (0, said, ""));
}
