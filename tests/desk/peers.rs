//! Other programs that read the same files.
//!
//! Where a machine lacks one, that is said on standard error and nothing is compared with it; with
//! `RESPEND_PEERS=required` it is a failure.

use std::io::{self, Write as _};
use std::process::Command;

/// Whether Python is there and has the module.
pub fn has_python(module: Option<&str>) -> bool {
    let import = module.map_or("pass".to_owned(), |module| format!("import {module}"));
    let missing = match module {
        Some(module) => format!("python3 has no module {module} (python3 -m pip install {module})"),
        None => "there is no python3".to_owned(),
    };
    answers("python3", &["-c", &import], &missing)
}

/// Whether a program is there.
pub fn has_program(name: &str) -> bool {
    answers(name, &["--version"], &format!("there is no {name} (apt-get install {name})"))
}

fn answers(program: &str, args: &[&str], missing: &str) -> bool {
    if Command::new(program).args(args).output().is_ok_and(|ran| ran.status.success()) {
        return true;
    }
    assert!(std::env::var_os("RESPEND_PEERS").is_none_or(|peers| peers != "required"), "{missing}");
    // What a test prints is shown when it fails; this is to be seen when it passes.
    io::stderr().write_all(format!("{missing}, so nothing is compared with it\n").as_bytes()).unwrap();
    false
}
