//! Whole folders, written to memory where the system has a folder for that.

#![no_main]

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

static DIR: LazyLock<PathBuf> = LazyLock::new(|| {
    let memory = Some(Path::new("/dev/shm")).filter(|folder| folder.is_dir()).map(Path::to_owned);
    memory.unwrap_or_else(std::env::temp_dir).join(format!("respend-fuzz-folder-{}", std::process::id()))
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| respend::render::fuzzing::folder(bytes, &DIR));
