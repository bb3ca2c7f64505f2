//! What a ledger reads and writes lies in its folder: no id, path or link leads out of it.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod desk;

use desk::Desk;
use desk::books::{books, done, export, refused, run};

#[test]
fn ids_and_paths_that_lead_elsewhere_are_refused() {
    for bad in ["../x", "/x", "..", ".x", "a/b", "a\\b", "C:x", "a\u{0}b", "X", "é", "e\u{301}", &"a".repeat(65)] {
        let desk = books();
        let row = |id: &str| format!("\"{id}\",ban,x,2018-02-01,\n");
        desk.write("books/restrictions.csv", &format!("id,kind,platform,from,evidence\n{}", row(bad)));
        let ran = run(&desk, "report 2018");
        assert!(ran.code == 2 && ran.stderr.contains("restrictions.csv:2:1: id: "), "{bad:?}: {ran:?}");
    }
    for bad in [
        "../../etc/passwd",
        "/etc/passwd",
        "evidence/../../x",
        "C:\\x",
        "evidence\\..\\..\\x",
        "NUL",
        "evidence/con.txt",
    ] {
        let desk = books();
        desk.write("books/restrictions.csv", &format!("id,kind,platform,from,evidence\na,ban,x,2018-02-01,{bad}\n"));
        let ran = run(&desk, "report 2018");
        let said = format!("evidence: `{bad}` is no path inside the ledger folder");
        assert!(ran.code == 2 && ran.stderr.contains(&said), "{bad:?}: {ran:?}");
    }
}

#[test]
fn a_record_stands_in_the_file_of_its_id() {
    let desk = books();
    export(&desk, "e.csv", &["2018-01-05 c1 100.10"]);
    done(&desk, "import e.csv");
    let record = desk
        .tree()
        .into_keys()
        .find(|path| path.to_string_lossy().ends_with(".toml") && path.parent().unwrap().ends_with("spend"));
    let record = record.unwrap();
    let name = record.file_stem().unwrap().to_string_lossy().into_owned();
    for id in ["../../ledger", "other", "..\\x", "/x", ""] {
        let toml = desk
            .read(&format!("books/spend/{name}.toml"))
            .replace(&format!("id = \"{name}\""), &format!("id = '{id}'"));
        let desk = books();
        desk.write(&format!("books/spend/{name}.toml"), &toml);
        let ran = run(&desk, "report 2018");
        assert!(ran.code == 2 && ran.stderr.starts_with(&format!("error: spend/{name}.toml:1:")), "{id:?}: {ran:?}");
    }
}

#[test]
fn a_platform_with_a_long_id_can_be_imported() {
    let desk = books();
    let platform = "p".repeat(64);
    desk.write("books/ledger.toml", &(desk.read("books/ledger.toml") + &format!("\n[accounts.\"{platform}/acme\"]\n")));
    desk.write("e.csv", &format!("Day,Platform,Account,Campaign,Currency,Spend\n2018-01-05,{platform},acme,c,USD,1\n"));
    for _ in 0..2 {
        let said = done(&desk, "import e.csv");
        let id = said.lines().find_map(|line| line.strip_prefix("Import ")).unwrap().trim().to_owned();
        assert!(id.len() <= 64, "{id}");
        done(&desk, &format!("imports revoke {id} --reason again"));
    }
}

#[test]
fn a_notice_is_copied_under_a_name_that_every_system_takes() {
    let desk = books();
    let mut names = vec![".hidden..", "CON", "a b;c", "письмо.pdf", "e\u{301}.txt", "--x"];
    let long = "я".repeat(120) + ".pdf";
    names.push(&long);
    if cfg!(unix) {
        names.extend(["back\\slash", "line\nbreak", "colon:x", "\u{1b}[2J\u{202e}", "..."]);
    }
    for (at, name) in names.iter().enumerate() {
        desk.write(name, &at.to_string());
        let before = desk.tree();
        let id = format!("b{at}");
        let from = format!("2018-01-{:02}", at + 1);
        let file = format!("./{name}");
        desk.done(&[
            "--ledger",
            "books",
            "ban",
            "add",
            "--platform",
            "x",
            "--from",
            &from,
            "--id",
            &id,
            "--evidence",
            &file,
        ]);
        let mut after = desk.tree();
        after.retain(|path, _| !before.contains_key(path));
        let new: Vec<_> =
            after.keys().filter(|path| path.parent().is_some_and(|parent| parent.ends_with("evidence"))).collect();
        assert_eq!(new.len(), 1, "{name}: {after:?}");
        let copied = new[0].file_name().unwrap().to_string_lossy().into_owned();
        let is_plain = copied.chars().all(|c| c.is_alphanumeric() || "._-".contains(c));
        assert!(is_plain && !copied.starts_with('.') && !copied.ends_with('.') && copied.len() < 140, "{copied}");
        assert!(!name.ends_with(".pdf") || copied.ends_with(".pdf"), "{copied}");
    }
}

#[cfg(unix)]
mod links {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;

    use super::*;

    /// Puts a link in the place of a file or folder of the ledger.
    fn link(desk: &Desk, from: &str, to: &str) {
        let path = desk.path(&format!("books/{from}"));
        let _ = fs::remove_file(&path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        symlink(to, path).unwrap();
    }

    #[test]
    fn what_a_link_leads_out_to_is_not_read() {
        for (from, to) in [
            ("ledger.toml", "../secret"),
            ("budgets.csv", "../secret"),
            ("closes.csv", "/etc/passwd"),
            ("redirections.csv", "/dev/zero"),
            ("spend/a.toml", "../../secret"),
            ("spend/a.revoked.toml", "/dev/zero"),
            ("spend", ".."),
        ] {
            let desk = books();
            desk.write("secret", "the secret\n");
            link(&desk, from, to);
            let ran = run(&desk, "report 2018");
            assert_eq!(ran.code, 2, "{from}: {ran:?}");
            assert!(ran.stderr.contains("this is a link that leads out of the ledger folder"), "{from}: {ran:?}");
            assert!(!ran.stderr.contains("the secret") && !ran.stderr.contains("root:"), "{from}: {ran:?}");
        }
        for (from, to) in [("scenarios/s.toml", "../../secret"), ("scenarios", "..")] {
            let desk = books();
            desk.write("s.toml", "the secret\n");
            desk.write("secret", "the secret\n");
            link(&desk, from, to);
            let ran = run(&desk, "scenario run s");
            assert!(
                ran.code == 2 && ran.stderr.contains("this is a link that leads out of the ledger folder"),
                "{ran:?}"
            );
        }
        let desk = books();
        link(&desk, "restrictions.csv", "not/there");
        assert!(run(&desk, "report 2018").stderr.contains("this is a link that leads nowhere"));
    }

    #[test]
    fn a_link_that_stays_inside_is_followed() {
        let desk = books();
        fs::rename(desk.path("books/budgets.csv"), desk.path("books/plan.csv")).unwrap();
        link(&desk, "budgets.csv", "plan.csv");
        assert!(done(&desk, "budget list").contains("365.00"));
        // So is one to the ledger itself.
        symlink("books", desk.path("shelf")).unwrap();
        assert!(desk.done(&["--ledger", "shelf", "budget", "list"]).contains("365.00"));
    }

    #[test]
    fn what_a_link_leads_out_to_is_not_written() {
        let is_as_it_was = |desk: &Desk| {
            assert_eq!(desk.read("outside/kept"), "kept\n");
            assert_eq!(fs::read_dir(desk.path("outside")).unwrap().count(), 1);
        };
        let desk_with = |from: &str, to: &str| {
            let desk = books();
            desk.write("outside/kept", "kept\n");
            desk.write("notice.txt", "a notice\n");
            export(&desk, "e.csv", &["2018-01-05 c1 100.10"]);
            link(&desk, from, to);
            desk
        };
        const BAN: &str = "ban add --platform x --from 2018-02-01 --evidence notice.txt";
        // What a command keeps beside its files while it writes.
        for (from, typed) in [(".writer", BAN), (".restrictions.csv.tmp", BAN)] {
            let desk = desk_with(from, &desk_relative(from));
            done(&desk, typed);
            is_as_it_was(&desk);
        }
        let desk = desk_with("evidence", "../outside");
        assert_eq!(run(&desk, BAN).code, 2);
        is_as_it_was(&desk);
        let desk = desk_with("spend", "../outside");
        assert_eq!(run(&desk, "import e.csv").code, 2);
        is_as_it_was(&desk);
    }

    fn desk_relative(from: &str) -> String {
        let up = "../".repeat(Path::new(from).components().count());
        format!("{up}outside/kept")
    }
}

#[test]
fn a_notice_that_is_no_file_is_not_waited_for() {
    let desk = books();
    let kinds = if cfg!(unix) { vec!["/dev/zero", "."] } else { vec!["."] };
    for file in kinds {
        let ran = run(&desk, &format!("ban add --platform x --from 2018-02-01 --evidence {file}"));
        assert!(ran.code == 2 && ran.stderr.starts_with(&format!("error: cannot read `{file}`: it is ")), "{ran:?}");
        let ran = run(&desk, &format!("inspect {file}"));
        assert!(ran.code == 2 && ran.stderr.starts_with(&format!("error: cannot read `{file}`: it is ")), "{ran:?}");
    }
    let name = "x".repeat(40_000);
    export(&desk, "e.csv", &[&format!("2018-01-05 {name} 100.10")]);
    assert!(refused(&desk, "import e.csv").contains("e.csv:2: the campaign has more than 32767 bytes [out_of_range]"));
}
