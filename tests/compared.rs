//! docs/compared.md says what hledger, Fava and respend make of the same budgets: every command on it is run, where its
//! program is there, and every figure of ours is that of a report.

#![allow(clippy::unwrap_used, clippy::panic)]

mod desk;
mod python;

use std::fs;
use std::path::Path;
use std::process::Command;

use desk::Desk;
use python::{has_python, is_there};
use serde_json::Value;

fn project(path: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// What stands on the page: text in fences, and rows of a table.
#[derive(Debug)]
enum Block {
    Fenced { kind: String, text: String },
    Row(Vec<String>),
}

/// The blocks of each part of the page, under its heading.
fn parts() -> Vec<(String, Vec<Block>)> {
    let page = fs::read_to_string(project("docs/compared.md")).unwrap();
    let part = |part: &str| {
        let (heading, rest) = part.split_once('\n').unwrap();
        (heading.to_owned(), blocks(rest))
    };
    page.split("\n## ").skip(1).map(part).collect()
}

fn blocks(text: &str) -> Vec<Block> {
    let (mut blocks, mut fence) = (Vec::new(), None);
    for line in text.lines() {
        match (&mut fence, line.strip_prefix("```")) {
            (None, Some(kind)) => fence = Some((kind.to_owned(), String::new())),
            (Some((kind, text)), Some(_)) => {
                blocks.push(Block::Fenced { kind: kind.clone(), text: text.clone() });
                fence = None;
            }
            (Some((_, text)), None) => *text += &format!("{line}\n"),
            (None, None) if line.starts_with("| 2") => {
                let cells = line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned());
                blocks.push(Block::Row(cells.collect()));
            }
            (None, None) => {}
        }
    }
    blocks
}

/// The commands of a console, each with what it prints.
fn commands(text: &str) -> Vec<(Vec<String>, String)> {
    let command = |part: &str| {
        let (typed, printed) = part.split_once('\n').unwrap();
        (typed.split(' ').map(str::to_owned).collect(), printed.to_owned())
    };
    text.strip_prefix("$ ").unwrap().split("\n$ ").map(command).collect()
}

/// The words of a text: how a version of a program draws a table and pads its cells is its own.
fn words(text: &str) -> String {
    let is_ruled = |word: &&str| !word.chars().all(|letter| "=-+|".contains(letter));
    text.replace('[', "[ ").split_whitespace().filter(is_ruled).collect::<Vec<_>>().join(" ")
}

/// Runs a command of the page; `None` where its program is not there.
fn answer(desk: &Desk, typed: &[String]) -> Option<String> {
    let words: Vec<&str> = typed.iter().map(String::as_str).collect();
    let output = match words.as_slice() {
        ["respend", args @ ..] => {
            let ran = desk.run(&[&["--ledger", "books"], args].concat());
            return Some(ran.stdout + &ran.stderr);
        }
        ["hledger", args @ ..] => {
            if !is_there("hledger", &["--version"], "there is no hledger (apt-get install hledger)") {
                return None;
            }
            Command::new("hledger").args(args).current_dir(desk.path("")).output().unwrap()
        }
        ["python3", script, args @ ..] => {
            if !has_python(None) || !has_python(Some("fava")) {
                return None;
            }
            let script = project("tests/peers").join(script);
            Command::new("python3").arg(script).args(args).current_dir(desk.path("")).output().unwrap()
        }
        _ => panic!("{typed:?}"),
    };
    Some(String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

#[test]
fn every_figure_of_the_page_is_what_the_programs_say() {
    let (mut said, mut figures) = (0, 0);
    for (heading, blocks) in parts() {
        let desk = Desk::new();
        for block in &blocks {
            match block {
                Block::Fenced { kind, text } if kind == "ledger" => desk.write("books.journal", text),
                Block::Fenced { kind, text } if kind == "beancount" => desk.write("books.beancount", text),
                Block::Fenced { kind, text } if kind == "csv" && text.starts_with("Day,") => {
                    desk.write("export.csv", text);
                    desk.done(&["--ledger", "books", "import", "export.csv", "--exported", "2018-04-01", "--quiet"]);
                }
                // Each plan is a ledger of its own.
                Block::Fenced { kind, text } if kind == "csv" => {
                    if desk.path("books").exists() {
                        fs::remove_dir_all(desk.path("books")).unwrap();
                    }
                    desk.done(&["init", "books", "--name", "Books", "--currency", "USD", "--quiet"]);
                    desk.write("books/budgets.csv", text);
                }
                Block::Fenced { text, .. } => {
                    for (typed, printed) in commands(text) {
                        let Some(answer) = answer(&desk, &typed) else { continue };
                        assert_eq!(words(&answer), words(&printed), "{heading}: {}", typed.join(" "));
                        said += 1;
                    }
                }
                Block::Row(cells) => {
                    let [days, currency, told @ ..] = cells.as_slice() else { panic!("{heading}: {cells:?}") };
                    let report = desk.done(&["--ledger", "books", "report", days, "--format", "json"]);
                    let report: Value = serde_json::from_str(&report).unwrap();
                    let totals = report["totals"].as_array().unwrap();
                    let sum = totals.iter().find(|sum| sum["currency"] == currency.as_str()).unwrap();
                    let figure = ["plan", "actual", "unbudgeted"].map(|key| sum[key].as_str().unwrap());
                    assert_eq!(told, figure, "{heading}: {days} in {currency}");
                    figures += 1;
                }
            }
        }
    }
    assert!(said >= 1 && figures >= 15, "the page has its commands and figures");
}
