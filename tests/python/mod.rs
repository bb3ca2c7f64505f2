//! Python, where it is there: the programs that respend is held against are written in it.
//!
//! Where a machine has none, that is said on standard error and nothing is compared; with `RESPEND_PEERS=required` it is
//! a failure.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::io::{self, Write as _};
use std::path::Path;
use std::process::{Command, Output};

/// Whether Python is there and has the module.
pub fn has_python(module: Option<&str>) -> bool {
    let import = module.map_or("pass".to_owned(), |module| format!("import {module}"));
    let missing = match module {
        Some(module) => format!("python3 has no module {module} (python3 -m pip install {module})"),
        None => "there is no python3".to_owned(),
    };
    is_there("python3", &["-c", &import], &missing)
}

/// Whether a program runs with these arguments; if not, what is missing is said.
pub fn is_there(program: &str, args: &[&str], missing: &str) -> bool {
    if Command::new(program).args(args).output().is_ok_and(|ran| ran.status.success()) {
        return true;
    }
    assert!(std::env::var_os("RESPEND_PEERS").is_none_or(|peers| peers != "required"), "{missing}");
    // What a test prints is shown when it fails; this is to be seen when it passes.
    let said = format!("{missing}, so nothing is compared with it\n");
    io::stderr().write_all(said.as_bytes()).unwrap();
    false
}

/// Runs a program of the tests.
pub fn python(program: &str, argument: &Path) -> Output {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(program);
    Command::new("python3").arg(program).arg(argument).output().unwrap()
}
