//! The command line as a user meets it: commands, what they print, and the files they leave.
//!
//! Expected outputs stand in `tests/expected/`; `RESPEND_REFRESH=1 cargo test --test cli` writes them anew, and the
//! difference is the review.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use calamine::{Data, Reader, Xlsx};
use tempfile::TempDir;

fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs respend in a folder, with an environment that says nothing.
fn respend(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_respend"));
    command.args(arguments).current_dir(folder).env_remove("RESPEND_LEDGER").env_remove("NO_COLOR").output().unwrap()
}

/// Runs respend, which succeeds, and returns what it printed.
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = respend(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Holds a text against the one on file.
fn expect(name: &str, text: &str) {
    let path = project("tests/expected").join(name);
    if std::env::var_os("RESPEND_REFRESH").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(text == expected, "{name} is other than expected; RESPEND_REFRESH=1 writes it anew:\n{text}");
}

/// Every file below a folder with its bytes.
fn tree(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name().into_string().unwrap())).unwrap();
        if path.is_dir() {
            files.extend(tree(&path).into_iter().map(|(inside, bytes)| (format!("{name}/{inside}"), bytes)));
        } else {
            files.insert(name, fs::read(path).unwrap());
        }
    }
    files
}

fn demo() -> (TempDir, PathBuf, String) {
    let folder = tempfile::tempdir().unwrap();
    let printed = done(folder.path(), &["demo"]);
    let ledger = folder.path().join("respend-demo");
    (folder, ledger, printed)
}

#[test]
fn the_demo_prints_what_it_always_prints() {
    let (_folder, _, printed) = demo();
    expect("demo.txt", &printed);
    assert!(printed.lines().all(|line| line.chars().count() <= 80), "a line is longer than 80");
}

#[test]
fn the_demo_makes_the_ledger_of_the_repository() {
    let (_folder, ledger, _) = demo();
    let mut made = tree(&ledger);
    made.remove(".respend-demo").unwrap();
    if std::env::var_os("RESPEND_REFRESH").is_some() {
        for (file, bytes) in &made {
            let path = project("ledgers/kaspersky-2018").join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
    let mut kept = tree(&project("ledgers/kaspersky-2018"));
    kept.remove("README.md");
    assert_eq!(made.keys().collect::<Vec<_>>(), kept.keys().collect::<Vec<_>>());
    for (file, bytes) in made {
        assert!(kept[&file] == bytes, "{file} differs");
    }
}

#[test]
fn the_demo_rebuilds_only_what_it_made() {
    let (folder, ledger, printed) = demo();
    let before = tree(&ledger);
    assert_eq!(done(folder.path(), &["demo"]), printed);
    assert_eq!(tree(&ledger), before);

    fs::write(ledger.join("mine.txt"), "mine").unwrap();
    let refused = respend(folder.path(), &["demo"]);
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(
        String::from_utf8(refused.stderr).unwrap(),
        "error: `respend-demo` has changed since the demo made it: mine.txt\n\
         hint: remove the folder, or name another: `respend demo DIR`\n"
    );
    assert_eq!(fs::read_to_string(ledger.join("mine.txt")).unwrap(), "mine");
}

#[test]
fn the_readme_shows_what_the_demo_prints() {
    let (_folder, _, printed) = demo();
    let mut readme = fs::read_to_string(project("README.md")).unwrap();
    if std::env::var_os("RESPEND_REFRESH").is_some() {
        let report =
            &printed[printed.find("$ respend report 2018").unwrap()..printed.find("\n# The ledger stands").unwrap()];
        let (before, rest) = readme.split_once("<!-- demo -->").unwrap();
        let (_, after) = rest.split_once("```console").unwrap().1.split_once("\n```").unwrap();
        readme = format!("{before}<!-- demo -->\n```console\n{}\n```{after}", report.trim_end());
        fs::write(project("README.md"), &readme).unwrap();
    }
    let mut rest = printed.lines();
    let mut shown = 0;
    for block in readme.split("<!-- demo -->").skip(1) {
        let block = block.split("```").nth(1).unwrap().strip_prefix("console\n").unwrap();
        for line in block.lines() {
            assert!(rest.any(|printed| printed == line), "README shows what the demo does not print there: {line}");
            shown += 1;
        }
    }
    assert!(shown > 50, "README shows the report");
}

#[test]
fn the_report_in_every_format() {
    let ledger = project("ledgers/kaspersky-2018");
    for (format, name) in
        [("table", "report.txt"), ("csv", "report.csv"), ("json", "report.json"), ("markdown", "report.md")]
    {
        expect(name, &done(&ledger, &["report", "2018", "--format", format]));
    }
    let json: serde_json::Value =
        serde_json::from_str(&done(&ledger, &["report", "2018", "--format", "json"])).unwrap();
    assert_eq!(json["lines"][0]["blocked_gross"], "86473.97");
    assert_eq!(json["totals"][0]["spend"], "7912.40");
    assert_eq!(json["prior_year"]["totals"][0]["spend"], "94500.00");
}

#[test]
fn the_report_as_a_workbook() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one.xlsx"), folder.path().join("two.xlsx"));
    let ledger = project("ledgers/kaspersky-2018");
    for file in [&one, &two] {
        done(&ledger, &["report", "2018", "--format", "xlsx", "--output", file.to_str().unwrap()]);
    }
    let bytes = fs::read(&one).unwrap();
    assert!(bytes == fs::read(&two).unwrap(), "the same report is the same file");
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    assert_eq!(workbook.sheet_names()[..3], ["summary", "plan", "actual"]);
    let plan = workbook.worksheet_range("plan").unwrap();
    let row: Vec<Data> = plan.rows().find(|row| row[0] == Data::String("x".into())).unwrap().to_vec();
    assert_eq!(row[2..5], [Data::Float(94500.0), Data::Float(8026.03), Data::Float(86473.97)]);
    let refused = respend(&ledger, &["report", "2018", "--format", "xlsx"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn summaries_of_the_example() {
    let ledger = project("ledgers/kaspersky-2018");
    for (name, arguments) in [
        ("spend.txt", vec!["spend", "--by", "platform,month", "--period", "2017"]),
        ("spend-campaigns.csv", vec!["spend", "--by", "campaign", "--format", "csv"]),
        ("blocked.txt", vec!["blocked", "--by", "platform,month", "--period", "2018"]),
        ("blocked-restrictions.md", vec!["blocked", "--by", "line,restriction", "--format", "markdown"]),
        ("budget-list.txt", vec!["budget", "list"]),
        ("ban-list.txt", vec!["ban", "list"]),
        ("redirect-list.txt", vec!["redirect", "list"]),
        ("imports.txt", vec!["imports"]),
    ] {
        let mut arguments = arguments;
        arguments.extend(["--today", "2019-01-02"]);
        expect(name, &done(&ledger, &arguments));
    }
}

#[test]
fn reading_a_ledger_writes_nothing() {
    let (_folder, ledger, _) = demo();
    let before = tree(&ledger);
    for arguments in [
        vec!["report", "2018"],
        vec!["spend"],
        vec!["blocked"],
        vec!["imports"],
        vec!["budget", "list"],
        vec!["hold", "list"],
        vec!["encumbrance", "list"],
        vec!["redirect", "list"],
        vec!["redirect", "propose"],
        vec!["inspect", "exports/x-2017.csv", "--currency", "USD"],
        vec!["import", "exports/x-2017.csv", "--currency", "USD"],
    ] {
        done(&ledger, &arguments);
        assert_eq!(tree(&ledger), before, "{arguments:?}");
    }
}

#[test]
fn a_revoked_import_counts_until_it_was_revoked() {
    let (_folder, ledger, _) = demo();
    let revoked = "recorded = \"2018-06-01T00:00:00Z\"\nby = \"controller\"\nreason = \"the wrong account\"\n";
    fs::write(ledger.join("spend/2018-01-31-x-c1999b03d39d.revoked.toml"), revoked).unwrap();
    let spend = |known: &str| done(&ledger, &["spend", "--period", "2018", "--format", "csv", "--as-known", known]);
    assert_eq!(spend("2018-05-31"), "platform,currency,amount,rows\nx,USD,7912.40,62\n");
    assert_eq!(spend("2018-06-01"), "platform,currency,amount,rows\n");
}

#[test]
fn what_an_import_left_behind_is_swept_by_the_next() {
    let (folder, ledger, _) = demo();
    fs::remove_file(ledger.join("spend/2018-01-31-x-c1999b03d39d.toml")).unwrap();
    let spend = done(&ledger, &["spend", "--period", "2018", "--format", "csv"]);
    assert_eq!(spend, "platform,currency,amount,rows\n", "a rollup without its record does not exist");
    let export = "date,platform,account,campaign,currency,spend\n2018-01-05,meta,acme,Brand,USD,1.00\n";
    fs::write(folder.path().join("meta.csv"), export).unwrap();
    done(&ledger, &["import", "../meta.csv", "--today", "2018-06-01"]);
    let left: Vec<String> = tree(&ledger.join("spend")).into_keys().collect();
    assert!(left.iter().all(|file| !file.starts_with("2018-01-31")), "{left:?}");
    assert_eq!(left.len(), 4);
}

#[test]
fn all_that_is_wrong_in_a_ledger_is_said_together() {
    let (_folder, ledger, _) = demo();
    let edit = |file: &str, from: &str, to: &str| {
        let text = fs::read_to_string(ledger.join(file)).unwrap();
        assert!(text.contains(from), "{file}");
        fs::write(ledger.join(file), text.replacen(from, to, 1)).unwrap();
    };
    edit("budgets.csv", "94500.00", "94500.005");
    edit("restrictions.csv", "2018-02-01", "1.2.2018");
    edit("redirections.csv", "approved,2018-04-23", "approved,23 April");
    edit("ledger.toml", "provisional_days = 28", "provisional_days = -1");
    let refused = respend(&ledger, &["report", "2018"]);
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8(refused.stderr).unwrap();
    let places: Vec<&str> = said.lines().map(|line| line.split(": ").nth(1).unwrap()).collect();
    // What redirections may be depends on the destinations of ledger.toml; once that can be read, they are too.
    assert_eq!(places, ["budgets.csv:2:30", "ledger.toml:6:20", "restrictions.csv:2:23"], "{said}");
    edit("ledger.toml", "provisional_days = -1", "provisional_days = 28");
    let said = String::from_utf8(respend(&ledger, &["report", "2018"]).stderr).unwrap();
    let places: Vec<&str> = said.lines().map(|line| line.split(": ").nth(1).unwrap()).collect();
    assert_eq!(places, ["budgets.csv:2:30", "redirections.csv:3:29", "restrictions.csv:2:23"], "{said}");
}

#[test]
fn columns_of_the_users_own_are_carried_along() {
    let (folder, ledger, _) = demo();
    let budgets = fs::read_to_string(ledger.join("budgets.csv")).unwrap();
    let own: Vec<String> =
        budgets.lines().zip(["x_cost_centre", "4711"]).map(|(line, cell)| format!("{line},{cell}\n")).collect();
    fs::write(ledger.join("budgets.csv"), own.concat()).unwrap();
    let json: serde_json::Value =
        serde_json::from_str(&done(&ledger, &["report", "2018", "--format", "json"])).unwrap();
    assert_eq!(json["lines"][0]["x_cost_centre"], "4711");
    let csv = done(&ledger, &["report", "2018", "--format", "csv"]);
    assert!(csv.lines().any(|line| line.starts_with("lines,") && line.ends_with(",x_cost_centre,4711")), "{csv}");
    let file = folder.path().join("report.xlsx");
    done(&ledger, &["report", "2018", "--format", "xlsx", "--output", file.to_str().unwrap()]);
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(fs::read(file).unwrap())).unwrap();
    let lines = workbook.worksheet_range("lines").unwrap();
    assert!(lines.rows().any(|row| row.last() == Some(&Data::String("4711".into()))));
    // A command that adds an entry leaves the column to the user.
    done(&ledger, &["budget", "amend", "--line", "x-2018", "--by", "1", "--effective", "2018-06-01"]);
}

#[test]
fn an_edited_rollup_is_refused() {
    let (_folder, ledger, _) = demo();
    let file = ledger.join("spend/2018-01-31-x-c1999b03d39d.csv");
    let edited = fs::read_to_string(&file).unwrap().replace("138.73", "38.73");
    fs::write(&file, edited).unwrap();
    let refused = respend(&ledger, &["report", "2018"]);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(2), 0));
    assert_eq!(
        String::from_utf8(refused.stderr).unwrap(),
        "error: spend/2018-01-31-x-c1999b03d39d.csv:1:1: the file is not what its record says it was: its SHA-256 differs; \
         a rollup is not edited; restore the file, or remove it and its record and import the export again\n"
    );
}

/// What is shown and not kept is held to a sum that is quicker to reckon, and only where the record has it.
#[test]
fn an_edited_rollup_is_not_shown_either() {
    let (_folder, ledger, _) = demo();
    let (file, record) =
        ["csv", "toml"].map(|ending| ledger.join(format!("spend/2018-01-31-x-c1999b03d39d.{ending}"))).into();
    // Two amounts change places: neither the rows nor their sum are others.
    let text = fs::read_to_string(&file).unwrap();
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let day = |line: &String| line.split_once(',').unwrap().0.to_owned();
    let (first, second) = (day(&lines[1]), day(lines.last().unwrap()));
    lines[1] = lines[1].replace(&first, "2018-01-01");
    assert!(first != second);
    let last = lines.len() - 1;
    let (one, other) = (lines[1].clone(), lines[last].clone());
    let amount = |line: &str| line.split(',').nth(6).unwrap().to_owned();
    lines[1] = one.replace(&amount(&one), &amount(&other));
    lines[last] = other.replace(&amount(&other), &amount(&one));
    fs::write(&file, lines.join("\n") + "\n").unwrap();
    let refused = |by: &str| {
        let ran = respend(&ledger, &["spend"]);
        assert_eq!((ran.status.code(), ran.stdout.len()), (Some(2), 0));
        let said = String::from_utf8(ran.stderr).unwrap();
        assert!(
            said.contains(&format!("the file is not what its record says it was: its {by} differs; a rollup")),
            "{said}"
        );
    };
    refused("CRC-32");
    let told = fs::read_to_string(&record).unwrap();
    let without: Vec<&str> = told.lines().filter(|line| !line.starts_with("rollup_crc32")).collect();
    fs::write(&record, without.join("\n")).unwrap();
    refused("SHA-256");
    fs::write(&file, text).unwrap();
    done(&ledger, &["spend"]);
}

/// Those whose days are not asked for are held against their records, too; and all are named at once.
#[test]
fn every_edited_rollup_is_named() {
    let (_folder, ledger, _) = demo();
    let ids = ["2017-12-31-x-035da1658933", "2018-01-31-x-c1999b03d39d"];
    for id in ids {
        let file = ledger.join(format!("spend/{id}.csv"));
        let text = fs::read_to_string(&file).unwrap();
        fs::write(&file, text.replace("kaspersky", "Kaspersky")).unwrap();
    }
    for (command, by) in [(&["spend", "--period", "2017-06"][..], "CRC-32"), (&["report", "2017"], "SHA-256")] {
        let ran = respend(&ledger, command);
        assert_eq!((ran.status.code(), ran.stdout.len()), (Some(2), 0));
        let said = String::from_utf8(ran.stderr).unwrap();
        let differs = |id: &&str| {
            said.contains(&format!("spend/{id}.csv:1:1: the file is not what its record says it was: its {by} differs"))
        };
        assert!(ids.iter().all(differs), "{said}");
    }
}

/// From an export of one's own to a first report: three commands.
#[test]
fn three_commands_to_a_first_report() {
    let folder = tempfile::tempdir().unwrap();
    let export = "date,platform,account,campaign,currency,spend\n\
                  2025-01-01,LinkedIn,acme,Brand,USD,\"1,000.50\"\n\
                  2025-01-02,LinkedIn,acme,Brand,USD,20.25\n";
    fs::write(folder.path().join("export.csv"), export).unwrap();
    done(folder.path(), &["init", "books", "--name", "Acme", "--currency", "USD"]);
    done(folder.path(), &["import", "export.csv", "--ledger", "books", "--today", "2025-03-01"]);
    let report =
        done(folder.path(), &["report", "2025", "--ledger", "books", "--today", "2025-03-01", "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["totals"][0]["spend"], "1020.75");
    assert_eq!(report["unbudgeted"][0]["platform"], "linkedin");
}

/// A whole year in the life of a ledger, through the commands alone.
#[test]
fn a_ban_is_lifted_and_money_moves_to_another_platform() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["init", "books", "--name", "Acme", "--currency", "USD"]);
    let books = folder.path().join("books");
    let settings = fs::read_to_string(books.join("ledger.toml")).unwrap()
        + "[[destination]]\nid = \"linkedin\"\nkind = \"platform\"\n\
           [[destination]]\nid = \"eff\"\nkind = \"donation\"\ncountry = \"US\"\n\
           [[policy]]\nid = \"half\"\nremainder = \"eff\"\n[[policy.to]]\ndestination = \"linkedin\"\nshare = \"50%\"\n";
    fs::write(books.join("ledger.toml"), settings).unwrap();
    let typed = |line: &str| {
        let arguments: Vec<&str> = line.split(' ').collect();
        done(&books, &arguments)
    };
    typed("budget add --line x --period 2018 --platform x --amount 94500 --basis given --today 2018-01-01");
    typed("budget add --line li --period 2018 --platform linkedin --amount 0 --basis given --today 2018-01-01");
    typed("ban add --platform x --from 2018-02-01 --id ban --today 2018-02-01");
    let proposed = typed("redirect propose --write --by ann --today 2018-03-01 --allow-uncovered");
    let ids: Vec<&str> = proposed
        .split_whitespace()
        .filter(|word| word.ends_with(':') && word.contains("-2018-03-"))
        .map(|word| word.trim_end_matches(':'))
        .collect();
    assert_eq!(ids.len(), 2, "{proposed}");
    typed(&format!("redirect approve {} {} --by ben --today 2018-03-02", ids[0], ids[1]));
    // An approval that was cut short has entered what the platform received, and nothing else: it can be made again.
    let log = fs::read_to_string(books.join("redirections.csv")).unwrap();
    let cut: String = log.lines().filter(|line| !line.contains(",approved,")).map(|line| format!("{line}\n")).collect();
    fs::write(books.join("redirections.csv"), cut).unwrap();
    typed(&format!("redirect approve {} {} --by ben --today 2018-03-02", ids[0], ids[1]));
    assert_eq!(fs::read_to_string(books.join("budgets.csv")).unwrap().matches("redirect-in").count(), 1);
    typed("ban lift ban --until 2018-07-01 --today 2018-06-15");
    let report: serde_json::Value =
        serde_json::from_str(&typed("report 2018 --today 2018-06-30 --format json")).unwrap();
    let line = |at: usize, key: &str| report["lines"][at][key].as_str().unwrap().to_owned();
    assert_eq!(
        (line(0, "line"), line(0, "plan"), line(0, "plan_received")),
        ("li".into(), "0.00".into(), "43236.99".into())
    );
    assert_eq!((line(1, "blocked_gross"), line(1, "redirected_live")), ("38835.61".into(), "86473.97".into()));
    assert_eq!(line(1, "over_redirected"), "47638.36");
    assert_eq!(report["totals"][0]["plan_received"], "0.00");
    let codes: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert!(codes.contains(&"over_redirected") && codes.contains(&"needs_other_funding"), "{codes:?}");
}

#[test]
fn a_workbook_is_imported_with_what_it_was() {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["init", "books", "--name", "Acme", "--currency", "USD"]);
    let (books, export) = (folder.path().join("books"), project("tests/exports/meta-ads-manager/campaigns-by-day.ods"));
    let json = |command: &[&str]| -> serde_json::Value {
        let arguments = [command, &["--today", "2026-07-05", "--format", "json"]].concat();
        serde_json::from_str(&done(&books, &arguments)).unwrap()
    };
    let import = ["import", "--account", "acme", "--sheet", "Raw Data Report", export.to_str().unwrap()];
    let imported = json(&import);
    assert_eq!(imported[0]["outcome"], "accepted");
    assert_eq!(imported[0]["packing"], "ods, sheet \"Raw Data Report\"");
    assert_eq!(imported[0]["totals"][0]["amount"], "33.375");
    let files = tree(&books.join("spend"));
    let record = files.iter().find(|(name, _)| name.ends_with(".toml")).map(|(_, bytes)| bytes.clone()).unwrap();
    let record: toml::Table = toml::from_str(std::str::from_utf8(&record).unwrap()).unwrap();
    assert_eq!(record["packing"].as_str(), Some("ods, sheet \"Raw Data Report\""));
    assert_eq!(record["export_bytes"].as_integer(), Some(fs::metadata(&export).unwrap().len().cast_signed()));
    assert_eq!(record["options"][1].as_str(), Some("--sheet Raw Data Report"));
    let listed = json(&["imports"]);
    assert_eq!(listed["tables"][0]["rows"][0]["packing"], "ods, sheet \"Raw Data Report\"");
    assert_eq!(json(&import)[0]["outcome"], "unchanged");
    assert_eq!(tree(&books.join("spend")), files);
    let shown = done(&books, &["inspect", export.to_str().unwrap()]);
    let nowhere =
        Command::new(env!("CARGO_BIN_EXE_respend")).arg("inspect").arg(&export).env("TMPDIR", "/none").output();
    let nowhere = nowhere.unwrap();
    assert_eq!(nowhere.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&nowhere.stderr).contains("hint: let TMPDIR name a folder"), "{nowhere:?}");
    assert!(shown.contains("Unpacked from  ods, sheet \"Raw Data Report\""), "{shown}");
}

#[test]
fn a_broken_pipe_is_a_quiet_success() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_respend"))
        .args(["spend", "--by", "day,campaign"])
        .current_dir(project("ledgers/kaspersky-2018"))
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), output.stderr.len()), (Some(0), 0));
}
