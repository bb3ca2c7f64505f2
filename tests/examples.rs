//! The programs in `examples/` do what their first lines say.

#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::process::Command;

/// Runs an example, which `cargo test` has built beside the tests, and returns what it printed.
fn run(name: &str, arguments: &[&str]) -> String {
    let built = Path::new(env!("CARGO_BIN_EXE_respend")).parent().unwrap().join("examples").join(name);
    let output = Command::new(built).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn blocked() {
    assert_eq!(
        run("blocked", &["ledgers/kaspersky-2018", "2018"]),
        "x: 86,473.97 USD blocked, 0.00 USD still redirectable\n"
    );
}

#[test]
fn read_export() {
    assert_eq!(
        run("read_export", &["ledgers/kaspersky-2018/exports/x-2018-01.csv"]),
        "profile: x-ads-ui\n62 rows, 2018-01-01 to 2018-01-31\n7,912.40 USD\n"
    );
}

#[test]
fn split() {
    assert_eq!(
        run("split", &[]),
        "333.34 USD\n333.33 USD\n333.33 USD\ntogether 1,000.00 USD\nUSD met EUR; amounts of different currencies are never added\n"
    );
}
