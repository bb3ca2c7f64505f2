//! What is built into the program comes from the registry, by its hash, and under a licence that lets anybody use it.
//!
//! Says nothing of known weaknesses of a dependency: the list of these is not in the registry.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// Licences that ask for nothing but their own text to be passed on.
const ALLOWED: &[&str] = &[
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

const REGISTRY: &str = "registry+https://github.com/rust-lang/crates.io-index";

fn output(command: &mut Command) -> String {
    let output = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Whether a licence, in the words of SPDX, can be had on allowed terms. `/` is an older way to write OR.
fn is_allowed(licence: &str) -> bool {
    let words = licence.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = words.split_whitespace().collect();
    let (allowed, rest) = either(&words);
    allowed && rest.is_empty()
}

fn either<'w>(words: &'w [&'w str]) -> (bool, &'w [&'w str]) {
    let (allowed, rest) = both(words);
    match rest.split_first() {
        Some((&"OR", rest)) => {
            let (other, rest) = either(rest);
            (allowed || other, rest)
        }
        _ => (allowed, rest),
    }
}

fn both<'w>(words: &'w [&'w str]) -> (bool, &'w [&'w str]) {
    let (allowed, rest) = one(words);
    match rest.split_first() {
        Some((&"AND", rest)) => {
            let (other, rest) = both(rest);
            (allowed && other, rest)
        }
        _ => (allowed, rest),
    }
}

fn one<'w>(words: &'w [&'w str]) -> (bool, &'w [&'w str]) {
    match words {
        ["(", rest @ ..] => {
            let (allowed, rest) = either(rest);
            (allowed && rest.first() == Some(&")"), rest.get(1..).unwrap_or_default())
        }
        [name, "WITH", exception, rest @ ..] => (ALLOWED.contains(&format!("{name} WITH {exception}").as_str()), rest),
        [name, rest @ ..] => (ALLOWED.contains(name), rest),
        [] => (false, words),
    }
}

#[test]
fn licences_are_read_as_they_are_meant() {
    for allowed in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR MIT",
        "(MIT OR Apache-2.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception OR GPL-3.0",
    ] {
        assert!(is_allowed(allowed), "{allowed}");
    }
    for refused in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT OR Apache-2.0) AND MPL-2.0",
        "MIT AND (MPL-2.0 OR GPL-3.0)",
        "(MIT",
        "MIT MIT",
        "MIT WITH tricks",
    ] {
        assert!(!is_allowed(refused), "{refused}");
    }
}

#[test]
fn every_licence_is_allowed() {
    let version = output(Command::new("rustc").arg("-vV"));
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).unwrap();
    // Of other systems nothing is downloaded where this runs.
    let args = ["metadata", "--locked", "--offline", "--format-version", "1", "--filter-platform", host];
    let metadata: Value = serde_json::from_str(&output(Command::new(env!("CARGO")).args(args))).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let others: Vec<&Value> = packages.iter().filter(|package| package["name"] != "respend").collect();
    assert!(others.len() > 50);
    for package in others {
        let licence = package["license"].as_str().unwrap_or_default();
        assert!(is_allowed(licence), "{} {} is under `{licence}`", package["name"], package["version"]);
    }
}

#[test]
fn every_dependency_is_the_registrys_by_its_hash() {
    for file in ["Cargo.lock", "fuzz/Cargo.lock"] {
        let text = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        let mut count = 0;
        for package in text.split("[[package]]").skip(1) {
            let value = |key: &str| {
                let line = package.lines().find_map(|line| line.strip_prefix(&format!("{key} = \"")))?;
                line.strip_suffix('"')
            };
            let name = value("name").unwrap();
            if !name.starts_with("respend") {
                assert_eq!(value("source"), Some(REGISTRY), "{name}");
                assert!(value("checksum").is_some_and(|hash| hash.len() == 64), "{name}");
                count += 1;
            }
        }
        assert!(count > 50, "{file}");
    }
}
