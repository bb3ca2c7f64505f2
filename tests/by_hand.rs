//! Editing by hand is normal: everything wrong is said at once with its place, what editors and systems leave beside
//! the files disturbs nothing, and commands leave every byte that stands there.

#![allow(clippy::unwrap_used)]

mod desk;

use std::fs;

use desk::Desk;
use desk::books::{books, done, export, run};
use proptest::prelude::*;

const SETTINGS: &str = "format = 1\nname = \"Books\"\ncurrency = \"USD\"\n";
const EFF: &str = "\n[[destination]]\nid = \"eff\"\nkind = \"donation\"\n";

/// Books with something in every log.
fn full() -> Desk {
    let desk = books();
    desk.write("books/ledger.toml", &(desk.read("books/ledger.toml") + EFF));
    export(&desk, "a.csv", &["2018-01-05 c1 5.00", "2018-02-05 c1 6.00"]);
    for typed in [
        "--today 2018-03-01 import a.csv",
        "--today 2018-02-01 ban add --platform x --from 2018-02-01 --reason policy --id ban",
        "--today 2018-02-02 encumbrance add --line x --reference PO-7 --date 2018-06-01 --amount 3",
    ] {
        done(&desk, typed);
    }
    desk.write(
        "books/redirections.csv",
        "id,event,date,recorded,policy,line,destination,currency,amount,by,reference,note\n\
         r,proposed,2018-03-01,2018-03-01,,x,eff,USD,20.00,ann,,\n",
    );
    desk.write("books/closes.csv", "event,period,date,recorded\nclose,2018-01,2018-04-01,2018-04-01\n");
    desk
}

/// What a ledger cannot be read for.
#[track_caller]
fn wrong(desk: &Desk) -> Vec<String> {
    let ran = run(desk, "budget list");
    assert_eq!((ran.code, ran.stdout.as_str()), (2, ""), "{ran:?}");
    assert_eq!(run(desk, "check").stderr, ran.stderr, "`check` says the same");
    ran.stderr.lines().map(|line| line.strip_prefix("error: ").unwrap_or(line).to_owned()).collect()
}

/// The only record among the imports.
fn record(desk: &Desk) -> String {
    let files = fs::read_dir(desk.path("books/spend")).unwrap().map(|entry| entry.unwrap().file_name());
    let mut records = files.filter_map(|name| Some(name.to_str()?.strip_suffix(".toml")?.to_owned()));
    records.next().unwrap()
}

// everything wrong at once

#[test]
fn everything_wrong_in_every_file_is_said_at_once_with_its_place() {
    let desk = full();
    desk.write(
        "books/ledger.toml",
        "format = 1\nnames = \"Books\"\ncurrency = \"US\"\nprovisional_days = \"28\"\nfour_eyes = \"yes\"\n\
         [accounts.\"x\"]\ncurency = \"USD\"\n[[destination]]\nid = \"eff\"\nkind = \"gift\"\n[[policy]]\nid = \"p\"\n\
         basis = \"all\"\n[[policy.to]]\ndestination = \"ef\"\nshare = \"120%\"\n",
    );
    desk.write(
        "books/budgets.csv",
        "# ours\n\nline,entry,period,platform,currency,amount,basis,note\r\n\
         x,original,2018,x,USD,\"1,000\",given,\"in two\nlines\"\ny,original,2018-13,x,USX,1,guess,\n\
         y,original,2019,x,USD,1\n",
    );
    desk.write("books/restrictions.csv", "id,kind,platform,from,until\nban,Ban,x,2018-02-30,\n,hold,x,,2018\n");
    desk.write("books/redirections.csv", "id,event,date,line,destination,amount\nr,propose,2018-03-01,x,eff,20\n");
    desk.write("books/encumbrances.csv", "line,reference,date,amount\nx,,2018-06-31,x\n");
    desk.write(
        "books/closes.csv",
        "event,period,date,recorded\nshut,2018-Q5,,now\nreopen,2018,2018-05-01,2018-05-01\n",
    );
    let record = record(&desk);
    let file = format!("books/spend/{record}.toml");
    desk.write(&file, &desk.read(&file).replace("first_day = \"2018", "first_day = \"18"));
    desk.write(&format!("books/spend/{record}.revoked.toml"), "recorded = \"2018-05-01\"\nwhy = \"typo\"\n");
    let expected = format!(
        "budgets.csv:4:23: amount: \n\
         budgets.csv:6:12: period: \n\
         budgets.csv:6:22: currency: \n\
         budgets.csv:6:28: basis: \n\
         budgets.csv:7:1: the row has 6 cells\n\
         closes.csv:2:1: event: \n\
         closes.csv:2:6: period: \n\
         closes.csv:2:14: date: \n\
         closes.csv:2:15: recorded: \n\
         closes.csv:3:1: reason: \n\
         encumbrances.csv:2:3: reference: \n\
         encumbrances.csv:2:4: date: \n\
         ledger.toml:1:1: `name` is missing\n\
         ledger.toml:2:1: `names` is no key of ledger.toml; perhaps `name`\n\
         ledger.toml:3:12: currency: `US` \n\
         ledger.toml:4:20: `provisional_days` is a text; write a whole number\n\
         ledger.toml:5:13: `four_eyes` is a text; write four_eyes = true\n\
         ledger.toml:6:11: accounts: `x` names no account\n\
         ledger.toml:7:1: `curency` is no key of [accounts.\"x\"]; perhaps `currency`\n\
         ledger.toml:10:8: kind: `gift` is no kind of destination\n\
         ledger.toml:13:9: basis: `all` is none\n\
         ledger.toml:15:15: destination: no destination `ef` is declared\n\
         ledger.toml:16:9: share: `120%` \n\
         restrictions.csv:2:5: kind: \n\
         restrictions.csv:2:11: from: \n\
         restrictions.csv:3:1: id: \n\
         restrictions.csv:3:9: from: \n\
         restrictions.csv:3:10: until: \n\
         spend/{record}.revoked.toml:2:1: unknown field `why`\n\
         spend/{record}.toml:17:13: first_day: \n"
    );
    let said = wrong(&desk);
    for (said, expected) in said.iter().zip(expected.lines()) {
        assert!(said.starts_with(expected), "{said}\nand not\n{expected}");
    }
    assert_eq!(said.len(), expected.lines().count(), "{said:#?}");

    // Redirections are read once the settings are.
    desk.write("books/ledger.toml", SETTINGS);
    let said = wrong(&desk);
    let of_steps: Vec<_> = said.iter().filter(|line| line.starts_with("redirections.csv")).collect();
    assert_eq!(of_steps.len(), 2, "{said:#?}");
    assert!(of_steps[0].starts_with("redirections.csv:2:3: event: `propose`"), "{of_steps:?}");
    assert!(of_steps[1].starts_with("redirections.csv:2:24: destination: no destination `eff`"), "{of_steps:?}");
}

#[test]
fn a_command_on_a_ledger_with_errors_changes_nothing() {
    let desk = full();
    desk.write("books/closes.csv", "event\n");
    let before = desk.tree();
    for typed in [
        "budget add --line y --period 2018 --platform meta --amount 1 --basis given",
        "ban lift ban --until 2018-06-01",
        "import a.csv",
        "redirect approve r --by bob",
    ] {
        assert_eq!(run(&desk, typed).code, 2, "{typed}");
    }
    assert!(desk.tree() == before);
}

#[test]
fn every_slip_of_toml_is_said() {
    let desk = books();
    desk.write(
        "books/ledger.toml",
        "format = 1\nname = Books\ncurrency = \"USD\"\nfour_eyes = yes\n[[destination]\nid = \"eff\"\n",
    );
    let said = wrong(&desk);
    let places: Vec<_> = said.iter().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(places, ["ledger.toml:2:8", "ledger.toml:4:13", "ledger.toml:5:15"], "{said:#?}");
}

#[test]
fn an_account_is_declared_once_however_it_is_spelled() {
    let desk = books();
    let accounts = "[accounts.\"google/123-456\"]\naliases = [\"Acme\"]\n[accounts.\"google/123456\"]\n\
                    [accounts.\"google/acme\"]\n[accounts.\"google/Acme\"]\n[accounts.\"meta/Acme\"]\n";
    desk.write("books/ledger.toml", &(SETTINGS.to_owned() + accounts));
    let said = wrong(&desk);
    assert_eq!(said.len(), 2, "{said:#?}");
    for (said, expected) in said.iter().zip([
        "ledger.toml:6:11: accounts: `123456` is a name of `google/123-456`, too; declare it once",
        "ledger.toml:8:11: accounts: `Acme` is a name of `google/123-456`, too; declare it once",
    ]) {
        assert!(said.starts_with(expected), "{said}");
    }
}

// what stands beside the files

/// What editors, systems, spreadsheets and version control leave in a folder.
const LEFT: &[&str] = &[
    ".git/HEAD",
    ".git/index",
    ".gitignore",
    ".hg/store",
    ".budgets.csv.swp",
    ".#budgets.csv",
    "#budgets.csv#",
    "budgets.csv~",
    "budgets.csv.orig",
    "budgets.csv.rej",
    "budgets.csv.bak",
    "budgets (1).csv",
    "budgets copy.csv",
    "budgets_BACKUP_123.csv",
    "~$budgets.csv",
    ".~lock.budgets.csv#",
    "4913",
    ".DS_Store",
    "._budgets.csv",
    "Thumbs.db",
    "desktop.ini",
    ".vscode/settings.json",
    ".idea/workspace.xml",
    "ledger.toml~",
    ".ledger.toml.swp",
    "ledger.toml.orig",
    "spend/.x.toml.swp",
    "spend/x.toml~",
    "spend/x.toml.orig",
    "spend/x.csv.bak",
    "spend/~$x.csv",
    "spend/~$x.toml",
    "spend/#x.toml#",
    "spend/.#x.toml",
    "spend/._x.toml",
    "spend/.DS_Store",
    "spend/Thumbs.db",
    "spend/desktop.ini",
    "spend/4913",
    "evidence/.DS_Store",
    "evidence/notice.pdf~",
    "profiles/.house.toml.swp",
    "profiles/house.toml~",
    "profiles/~$house.toml",
    "notes/plan.md",
    "README.md",
];

#[test]
fn what_editors_and_version_control_leave_disturbs_nothing() {
    let (clean, used) = (full(), full());
    for file in LEFT {
        used.write(&format!("books/{file}"), "no,table\n\"of,any\nkind");
    }
    for typed in
        ["report 2018 --format json", "imports", "spend --by day", "ban list", "redirect list", "profiles", "check"]
    {
        let typed = format!("--today 2018-12-31 {typed}");
        let (of_clean, of_used) = (run(&clean, &typed), run(&used, &typed));
        assert_eq!(of_used, of_clean, "{typed}");
    }
    // Nor do commands that write take any of it away.
    export(&used, "b.csv", &["2018-03-05 c1 1.00"]);
    done(&used, "--today 2018-05-01 import b.csv");
    done(&used, "--today 2018-05-01 ban lift ban --until 2018-06-01");
    for file in LEFT {
        assert_eq!(used.read(&format!("books/{file}")), "no,table\n\"of,any\nkind", "{file}");
    }
}

#[test]
fn a_copy_of_an_import_is_told_and_counts_nothing() {
    let desk = full();
    let id = record(&desk);
    let (record, rollup) = (desk.read(&format!("books/spend/{id}.toml")), desk.read(&format!("books/spend/{id}.csv")));
    let spend = done(&desk, "spend --by day");
    let shapes = [
        ("{} copy", "looks like a copy, which would count twice; remove it from spend/"),
        ("{} (1)", "looks like a copy, which would count twice; remove it from spend/"),
        ("Copy of {}", "looks like a copy, which would count twice; remove it from spend/"),
        ("{}-copy", "stands in another file; it is a copy: remove it"),
    ];
    for (shape, expected) in shapes {
        let name = shape.replace("{}", &id);
        desk.write(&format!("books/spend/{name}.toml"), &record);
        desk.write(&format!("books/spend/{name}.csv"), &rollup);
        let said = wrong(&desk);
        assert_eq!(said.len(), 1, "{said:#?}");
        assert!(said[0].starts_with(&format!("spend/{name}.toml:1:")) && said[0].ends_with(expected), "{said:#?}");
        fs::remove_file(desk.path(&format!("books/spend/{name}.toml"))).unwrap();
        // What is left counts for nothing, and is pointed out.
        assert_eq!(done(&desk, "spend --by day"), spend);
        let checked = run(&desk, "check --format csv").stdout;
        assert!(checked.contains(&format!("note,unused_file,,spend/{name}.csv,")), "{checked}");
        fs::remove_file(desk.path(&format!("books/spend/{name}.csv"))).unwrap();
    }
    // Renamed, it is told by its name.
    fs::rename(desk.path(&format!("books/spend/{id}.toml")), desk.path("books/spend/january.toml")).unwrap();
    let said = wrong(&desk);
    assert!(
        said[0].starts_with("spend/january.toml:1:6: ") && said[0].ends_with("give the file the name of its import")
    );
}

// what a merge leaves

#[test]
fn a_conflict_says_what_it_is_and_how_it_is_mended() {
    let both = "<<<<<<< HEAD\na,1\n=======\nb,2\n>>>>>>> other\n";
    let id = record(&full());
    let files =
        ["ledger.toml", "budgets.csv", "restrictions.csv", "redirections.csv", "encumbrances.csv", "closes.csv"];
    let records = [format!("spend/{id}.toml"), format!("spend/{id}.revoked.toml")];
    for file in files.into_iter().chain(records.iter().map(String::as_str)) {
        for ends in ["\n", "\r\n"] {
            let desk = full();
            let path = format!("books/{file}");
            let before = if desk.path(&path).exists() { desk.read(&path) } else { String::new() };
            desk.write(&path, &(before.clone() + both).replace('\n', ends));
            let line = 1 + before.matches('\n').count();
            let said = wrong(&desk);
            let expected = format!(
                "{file}:{line}:1: a merge of two branches left lines {line} to {} undecided; keep the rows of either side \
                 that belong here, and remove the lines that begin with `<<<<<<<`, `|||||||`, `=======` and `>>>>>>>`",
                line + 4
            );
            assert_eq!(said, [expected], "{file}");
        }
    }
    let desk = full();
    desk.write("books/closes.csv", &(desk.read("books/closes.csv") + ">>>>>>> other\n"));
    let said = wrong(&desk);
    assert_eq!(
        said,
        [
            "closes.csv:3:1: `>>>>>>> other` was left here by a merge of two branches; remove the line, and see that the rows \
          around it belong here"
        ]
    );
}

// what commands leave as it was

/// How somebody keeps a file.
#[derive(Clone, Debug)]
struct Hand {
    mark: bool,
    crlf: bool,
    ended: bool,
    blank_lines: usize,
    padded: bool,
    comment: bool,
    own: bool,
    /// Where columns go.
    order: Vec<usize>,
}

fn hands() -> impl Strategy<Value = Hand> {
    let flags = (
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
        prop_oneof![3 => Just(0_usize), 1 => 1..3_usize],
        any::<bool>(),
        any::<bool>(),
        any::<bool>(),
    );
    (flags, Just((0..17).collect::<Vec<usize>>()).prop_shuffle()).prop_map(
        |((mark, crlf, ended, blank_lines, padded, comment, own), order)| Hand {
            mark,
            crlf,
            ended,
            blank_lines,
            padded,
            comment,
            own,
            order,
        },
    )
}

impl Hand {
    /// Writes a table of plain cells, the first row its header, the way this hand does.
    fn write(&self, table: &str) -> String {
        let mut lines: Vec<String> = Vec::new();
        if self.comment {
            lines.extend(["# agreed in March, with \"quotes\"", "", "#"].map(str::to_owned));
        }
        for (at, row) in table.lines().enumerate() {
            let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
            if self.own {
                cells.push(if at == 0 { "x_cost_centre".to_owned() } else { "\"CC, 7\"".to_owned() });
            }
            if self.padded {
                cells
                    .iter_mut()
                    .for_each(|cell| *cell = if cell.starts_with('"') { cell.clone() } else { format!(" {cell}  ") });
            }
            let order = self.order.iter().filter(|at| **at < cells.len());
            lines.push(order.map(|at| cells[*at].clone()).collect::<Vec<_>>().join(","));
        }
        lines.extend(vec![String::new(); self.blank_lines]);
        let end = if self.crlf { "\r\n" } else { "\n" };
        let mark = if self.mark { "\u{feff}" } else { "" };
        format!("{mark}{}{}", lines.join(end), if self.ended { end } else { "" })
    }
}

const TYPED: &[(&str, &str)] = &[
    ("budgets.csv", "budget add --line m --period 2018 --platform meta --amount 5 --basis given --note a,\"b"),
    ("budgets.csv", "budget amend --line m --by 1.50 --basis given"),
    ("restrictions.csv", "hold add --platform meta --from 2018-05-01 --reason \u{fc}ber"),
    ("restrictions.csv", "ban lift ban --until 2018-06-01"),
    ("encumbrances.csv", "encumbrance add --line x --reference PO-8 --date 2018-06-02 --amount 1"),
    ("encumbrances.csv", "encumbrance release --line x --reference PO-7"),
    ("redirections.csv", "redirect approve r --by bob"),
    ("redirections.csv", "redirect pledge r --by bob"),
];

const KEPT: &[(&str, &str)] = &[
    (
        "budgets.csv",
        "line,entry,period,platform,account,campaign,currency,amount,effective,recorded,by,basis,reference,note\n\
         x,original,2018,x,,,USD,365,,,,given,,",
    ),
    (
        "restrictions.csv",
        "id,kind,platform,account,campaign,from,until,share,reason,notified,recorded,by,evidence,evidence_sha256,status,note\n\
         ban,ban,x,,,2018-02-01,,,policy,,2018-02-01,,,,,",
    ),
    ("encumbrances.csv", "line,reference,date,currency,amount,recorded,by,note\nx,PO-7,2018-06-01,,3,2018-02-02,,"),
    (
        "redirections.csv",
        "id,event,date,recorded,policy,line,destination,currency,amount,by,reference,note\n\
         r,proposed,2018-03-01,2018-03-01,,x,eff,USD,20.00,ann,,",
    ),
];

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// Whatever a hand has made of a file, commands add rows at its end, in its columns and line ends.
    #[test]
    fn commands_leave_every_byte_that_stands_there(hand in hands()) {
        let desk = full();
        for (file, table) in KEPT {
            desk.write(&format!("books/{file}"), &hand.write(table));
        }
        fs::remove_file(desk.path("books/closes.csv")).unwrap();
        for (file, typed) in TYPED {
            let path = desk.path(&format!("books/{file}"));
            let before = fs::read(&path).unwrap();
            done(&desk, &format!("--today 2018-04-01 {typed}"));
            let after = fs::read(&path).unwrap();
            prop_assert!(after.starts_with(&before), "{typed}");
            let added = String::from_utf8(after[before.len()..].to_vec()).unwrap();
            let end = if hand.crlf { "\r\n" } else { "\n" };
            prop_assert!(added.ends_with(end) && added.matches('\n').count() == added.matches(end).count(), "{added:?}");
            prop_assert_eq!(added.lines().filter(|line| !line.is_empty()).count(), 1, "one row, {:?}", added);
            prop_assert_eq!(added.starts_with(end), !before.ends_with(b"\n"), "{:?}", added);
        }
        let budgets = done(&desk, "budget list --format csv");
        prop_assert!(budgets.contains("\nm,meta,") && budgets.matches("\nm,").count() == 2, "{budgets}");
        let own = if hand.own { 1 } else { 0 };
        prop_assert_eq!(budgets.matches("CC, 7").count(), own);
        prop_assert_eq!(run(&desk, "--today 2018-04-01 check").code, 0);
    }
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_settings() {
    let desk = full();
    desk.write("books/ledger.toml", &format!("\u{feff}{}", desk.read("books/ledger.toml").replace('\n', "\r\n")));
    done(&desk, "report 2018");
}
