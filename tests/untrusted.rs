//! Text from outside is shown and does nothing else: no name, note, cell or path steers a terminal, leaves its cell,
//! becomes a formula, or leads out of the ledger folder.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod desk;

use std::fs;

use desk::Desk;
use serde_json::Value;
use unicode_width::UnicodeWidthStr;

/// Controls of C0 and C1, line breaks, marks that turn the direction of reading, blanks that are none, and what means
/// something to markdown, HTML and spreadsheets.
const HOSTILE: &str = "\t=1+1;=2|\u{1b}[2J\u{1b}]0;title\u{7}\u{8}\u{7f}\u{9b}31m\r\nred\u{85}\u{2028}\u{61c}\u{200e}\u{200f}\u{202a}\u{202e}\u{2066}\u{2069}\u{200b}\u{feff}<b>`*_[a](b)$\\,\"";
/// The same for where a cell is trimmed.
fn hostile() -> &'static str {
    HOSTILE.trim()
}

/// Letters that steer, by a list of its own: whatever is not seen, but for the joiners of Persian, Indic and emoji.
fn steers(letter: char) -> bool {
    matches!(u32::from(letter), 0..=0x1f | 0x7f..=0x9f | 0xad | 0x61c | 0x200b | 0x200e | 0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfeff | 0xe0000..=0xe007f)
}

#[track_caller]
fn is_harmless(what: &str, text: &str) {
    let letter = text.lines().flat_map(str::chars).find(|letter| steers(*letter));
    assert_eq!(letter, None, "{what}\n{text:?}");
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A ledger in which every text that may be chosen is hostile.
fn books() -> Desk {
    let desk = Desk::new();
    let (cell, toml) = (quoted(HOSTILE), Value::from(hostile()).to_string().replace('\u{7f}', "\\u007f"));
    desk.write(
        "books/ledger.toml",
        &format!(
            "format = 1\nname = {toml}\ncurrency = \"USD\"\n\
             [accounts.\"x/acme\"]\naliases = [{toml}]\n\
             [[destination]]\nid = \"aid\"\nname = {toml}\nkind = \"donation\"\ncountry = {toml}\nregistration = {toml}\n\
             [[policy]]\nid = \"all\"\n[[policy.to]]\ndestination = \"aid\"\nshare = \"50%\"\n"
        ),
    );
    desk.write(
        "books/budgets.csv",
        &format!(
            "line,entry,period,platform,account,campaign,currency,amount,recorded,by,basis,reference,note,{}\n\
             x,original,2018,x,{cell},,USD,365,2018-01-01,{cell},forecast,{cell},{cell},{cell}\n\
             x,amendment,,,,,,-12.50,2018-02-01,,given,,,\n\
             g,original,2018,google,,{cell},USD,40,2018-01-01,{cell},given,{cell},\"assumption: {}\",{cell}\n",
            quoted(&format!("x_{}", hostile())),
            HOSTILE.replace('"', "\"\"")
        ),
    );
    desk.write(
        "books/restrictions.csv",
        &format!(
            "id,kind,platform,account,campaign,from,share,reason,by,evidence,evidence_sha256,note\n\
             b,ban,x,{cell},{cell},2018-03-01,50%,{cell},{cell},evidence/a,{cell},\"assumption: {}\"\n\
             h,hold,google,,,2018-03-01,,{cell},{cell},,,{cell}\n",
            HOSTILE.replace('"', "\"\"")
        ),
    );
    desk.write(
        "books/redirections.csv",
        &format!(
            "id,event,date,recorded,line,destination,amount,by,reference,note,condition\n\
             r,proposed,2018-04-01,2018-04-01,x,aid,10.00,{cell},{cell},{cell},\n\
             r,approved,2018-04-02,2018-04-02,,,,bob {cell},{cell},{cell},\n\
             r,pledged,2018-04-02,2018-04-02,,,,{cell},{cell},{cell},\n\
             r,paid,2018-04-03,2018-04-03,,,,{cell},{cell},{cell},\n\
             q,proposed,2018-04-01,2018-04-01,x,aid,1.00,ann,,,\n\
             q,approved,2018-04-02,2018-04-02,,,,bob,,,\n\
             q,pledged,2018-04-02,2018-04-02,,,,bob,,,{cell}\n"
        )
        .replace("bob \"", "\"bob "),
    );
    desk.write(
        "books/encumbrances.csv",
        &format!("line,reference,date,amount,by,note\nx,{cell},2018-05-01,5.00,{cell},{cell}\n"),
    );
    desk.write(
        "books/scenarios/s.toml",
        &format!(
            "name = {toml}\nnote = {toml}\n\
             [[ban]]\nid = \"n\"\nplatform = \"x\"\naccount = {toml}\ncampaign = {toml}\nfrom = \"2018-06-01\"\nshare = \"10%\"\n\
             reason = {toml}\nnote = {toml}\n[[restriction]]\nid = \"h\"\nuntil = \"2018-07-01\"\n\
             [[amendment]]\nline = \"x\"\namount = \"1\"\nnote = {toml}\n\
             [[destination]]\nid = \"shelf\"\nkind = \"reserve\"\nname = {toml}\n[[policy]]\nid = \"all\"\nremainder = \"shelf\"\n"
        ),
    );
    desk.write("books/closes.csv", "event,period,date,recorded\nclose,2018-01,2018-02-01,2018-02-01T09:00:00Z\n");
    desk.write(
        &export(),
        &format!(
            "Day,Platform,Account,Campaign ID,Campaign,Currency,Spend\n\
             2018-01-05,x,{cell},{cell},{cell},USD,1.50\n\
             2018-01-06,x,acme,東京,東京 日本語,USD,2.50\n\
             2018-01-07,x,acme,e,naïve cafe\u{301} 👩\u{200d}🚀,USD,3.50\n"
        ),
    );
    desk
}

/// An export whose name is hostile, as far as a system takes it.
fn export() -> String {
    if cfg!(unix) { format!("{}.csv", HOSTILE.replace(['/', '\\'], "")) } else { "export.csv".to_owned() }
}

/// Every command that shows something of a ledger.
const COMMANDS: &[&str] = &[
    "report 2018",
    "report 2018-Q1",
    "budget list",
    "ban list",
    "hold list",
    "redirect list",
    "redirect propose --allow-uncovered",
    "encumbrance list",
    "imports",
    "imports --gaps",
    "spend --by account,campaign,day",
    "blocked --by account,campaign,line,restriction",
    "profiles",
    "forecast 2018",
    "scenario run s --period 2018",
    "scenario compare --period 2018",
];

#[test]
fn no_text_steers_a_terminal_leaves_its_cell_or_becomes_a_formula() {
    let desk = books();
    let export = export();
    let said = desk.run(&["--ledger", "books", "import", &export, "--prior-period"]);
    assert_eq!(said.code, 0, "{said:?}");
    is_harmless("import", &(said.stdout + &said.stderr));
    let mut commands: Vec<Vec<&str>> = COMMANDS.iter().map(|typed| typed.split(' ').collect()).collect();
    commands.push(vec!["inspect", &export]);
    commands.push(vec!["import", &export, "--account", HOSTILE, "--dry-run"]);
    for typed in &commands {
        for format in ["table", "markdown", "csv", "json", "xlsx"] {
            let mut args = vec!["--ledger", "books", "--today", "2019-01-01", "--format", format, "--output", "out"];
            args.extend(typed);
            let ran = desk.run(&args);
            let what = format!("{typed:?} as {format}");
            assert_eq!((ran.code, ran.stdout.as_str()), (0, ""), "{what}: {ran:?}");
            is_harmless(&what, &ran.stderr);
            let bytes = fs::read(desk.path("out")).unwrap();
            match format {
                "xlsx" => assert!(bytes.starts_with(b"PK"), "{what}"),
                _ => shows_nothing_else(&what, format, &String::from_utf8(bytes).unwrap()),
            }
        }
    }
}

fn shows_nothing_else(what: &str, format: &str, text: &str) {
    is_harmless(what, text);
    match format {
        "csv" => {
            for record in csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).records() {
                for cell in &record.unwrap() {
                    let is_number = cell.trim_start_matches('-').bytes().all(|byte| b"0123456789.".contains(&byte));
                    let acts = |part: &str| part.trim_start().starts_with(['=', '+', '-', '@', '＝']);
                    assert!(is_number || !cell.split(';').any(acts), "{what}: {cell:?}");
                }
            }
        }
        "json" => drop(serde_json::from_str::<Value>(text).unwrap()),
        "markdown" => {
            let mut table = None;
            for line in text.lines() {
                let unescaped = line.replace("\\\\", "");
                assert!(!unescaped.contains("<b>") || unescaped.contains("\\<b\\>"), "{what}: {line}");
                let now =
                    line.starts_with('|').then(|| (unescaped.replace("\\|", "").matches('|').count(), line.width()));
                assert!(now.is_none() || table.is_none() || now == table, "{what}: {line}");
                table = now;
            }
        }
        _ => {}
    }
}

#[test]
fn json_and_csv_carry_the_numbers_and_json_every_letter() {
    let desk = books();
    let said = |format| desk.done(&["--ledger", "books", "budget", "list", "--format", format]);
    let json: Value = serde_json::from_str(&said("json")).unwrap();
    let row = &json["tables"][0]["rows"][1];
    assert_eq!((&row["by"], &row["reference"]), (&Value::from(hostile()), &Value::from(hostile())));
    let text = said("csv");
    let rows: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_bytes())
        .records()
        .map(Result::unwrap)
        .collect();
    let column = rows[0].iter().position(|name| name == "amount").unwrap();
    assert_eq!(rows.iter().map(|row| &row[column]).collect::<Vec<_>>(), ["amount", "40.00", "365.00", "-12.50"]);
}

#[test]
fn wide_letters_and_marks_keep_columns_in_line() {
    let desk = books();
    desk.run(&["--ledger", "books", "import", &export(), "--prior-period"]);
    let text = desk.done(&["--ledger", "books", "spend", "--by", "campaign,day", "--format", "table"]);
    let before = |amount: &str| text.lines().find_map(|line| line.split_once(amount)).map(|(before, _)| before.width());
    assert_eq!(before("2.50"), before("3.50"), "{text}");
    assert!(before("2.50").is_some(), "{text}");
}

/// A message is one line: what it quotes cannot begin another.
#[test]
fn messages_quote_cells_and_names_that_do_nothing() {
    let broken: [(&str, String); 7] = [
        ("budgets.csv", format!("line,entry,period,platform,currency,amount,basis,{}\n", quoted(HOSTILE))),
        (
            "budgets.csv",
            format!("line,entry,period,platform,currency,amount,basis\n{}\n", vec![quoted(HOSTILE); 7].join(",")),
        ),
        ("restrictions.csv", format!("id,kind,platform,from,evidence\n{}\n", vec![quoted(HOSTILE); 5].join(","))),
        ("closes.csv", format!("event,period,date,recorded\n{}\n", vec![quoted(HOSTILE); 4].join(","))),
        ("ledger.toml", format!("format = 1\nname = \"a\"\ncurrency = {}\n", Value::from("\u{1b}[2J\u{9b}\n\u{202e}"))),
        ("ledger.toml", format!("format = 1\n{} = 1\n", Value::from("\u{1b}[2J\u{9b}\n\u{202e}"))),
        ("spend/a\u{9b}\u{202e}.toml", "id = 1\n".to_owned()),
    ];
    for (file, text) in broken {
        let desk = books();
        desk.write(&format!("books/{file}"), &text);
        let ran = desk.run(&["--ledger", "books", "report", "2018"]);
        assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{file}: {ran:?}");
        is_harmless(file, &ran.stderr);
        for line in ran.stderr.lines() {
            assert!(line.starts_with("error: ") || line.starts_with("hint: "), "{file}: {line}");
        }
    }
}

#[test]
fn what_was_typed_is_quoted_the_same() {
    let desk = books();
    for typed in [
        vec!["report", HOSTILE],
        vec!["imports", "revoke", HOSTILE, "--reason", "a"],
        vec!["profiles", "show", HOSTILE],
        vec!["inspect", "no/\u{1b}[2J\nerror: file"],
        vec!["budget", "import", "no/\u{1b}[2J\nerror: file"],
        vec!["--output", "no/\u{1b}[2J\nerror: file", "report", "2018"],
        vec!["ban", "add", "--platform", "x", "--from", "2018-01-01", "--evidence", "no/\u{1b}[2J\nerror: file"],
        vec!["redirect", "propose", "--policy", "\u{1b}[2J"],
    ] {
        let ran = desk.run(&[&["--ledger", "books"], typed.as_slice()].concat());
        assert_ne!(ran.code, 0, "{typed:?}");
        is_harmless(typed[0], &ran.stderr);
        assert!(!ran.stderr.contains("\nerror: file"), "{}", ran.stderr);
    }
}
