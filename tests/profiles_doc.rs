//! docs/profiles.md does what it says: its files are written, its commands are run, and it names every key there is.

#![allow(clippy::unwrap_used)] // the helpers of tests are tests, too

mod desk;

use std::fs;
use std::path::{Path, PathBuf};

use desk::Desk;
use respend::import::Profiles;

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/profiles.md")
}

/// Runs a block of commands and returns it with what they answer, as on a screen.
fn run(desk: &Desk, block: &str) -> String {
    let mut shown = String::new();
    for command in block.lines().filter(|line| line.starts_with("$ respend ")) {
        let words: Vec<&str> = command.split(' ').skip(2).collect();
        let ran = desk.run(&words);
        shown += &[command, "\n", &ran.stdout, &ran.stderr].concat();
    }
    shown
}

/// `RESPEND_REFRESH=1` writes what the commands answer into the page.
#[test]
fn the_page_shows_what_its_commands_answer() {
    let before = fs::read_to_string(page()).unwrap();
    let desk = Desk::new();
    let mut now = String::new();
    for (at, part) in before.split("```").enumerate() {
        let (kind, block) = part.split_once('\n').unwrap();
        let is_block = at % 2 == 1;
        if at > 0 {
            now += "```";
        }
        match kind {
            "console" if is_block => now += &format!("console\n{}", run(&desk, block)),
            "csv" | "toml" if is_block => {
                // The line above says the file's name.
                let name = now.trim_end_matches('`').trim_end().lines().last().unwrap();
                desk.write(name.trim_matches('`'), block);
                now += part;
            }
            _ => now += part,
        }
    }
    if std::env::var_os("RESPEND_REFRESH").is_some_and(|value| value == "1") {
        fs::write(page(), &now).unwrap();
    }
    assert_eq!(now, before);
}

#[test]
fn the_page_names_every_key() {
    let text = fs::read_to_string(page()).unwrap();
    let wrong = "zz = 1\n[columns]\nzz = 1\n[[proof]]\nzz = 1\n[[mark]]\nzz = 1\n[totals]\nzz = 1\n[preamble]\nzz = 1\n\
                 [ids]\nzz = 1\n";
    let error = Profiles::built_in().add("wrong", wrong).unwrap_err();
    let lists: Vec<&str> = error.faults.iter().filter_map(|fault| fault.mend.split("its keys are ").nth(1)).collect();
    assert_eq!(lists.len(), 7);
    for key in lists.iter().flat_map(|list| list.split(", ")) {
        let section = format!("`[{}]`", key.trim_matches('`'));
        let sections = format!("`[[{}]]`", key.trim_matches('`'));
        let is_there = [key.to_owned(), section, sections].iter().any(|form| text.contains(form));
        assert!(is_there, "docs/profiles.md does not name {key}");
    }
}
