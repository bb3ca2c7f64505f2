//! A new ledger folder.

use std::fs;
use std::path::Path;

use super::change::Log;
use super::lock::{self, Lock};
use super::{LedgerError, settings};
use crate::disk::{self, Unnamed};
use crate::money::Currency;

/// So that checkouts do not change bytes, and two branches that each add a row merge.
const GIT_ATTRIBUTES: &str = "* -text\n\
    budgets.csv merge=union\n\
    restrictions.csv merge=union\n\
    redirections.csv merge=union\n\
    encumbrances.csv merge=union\n\
    closes.csv merge=union\n\
    matches.csv merge=union\n";

/// Makes a ledger in a folder that does not exist or is empty: its settings, and its logs with their headers.
///
/// `ledger.toml` is named last, so that what is begun and not finished is no ledger; it is begun again as though the
/// folder were empty.
pub fn init(dir: &Path, name: &str, currency: Currency) -> Result<(), LedgerError> {
    if dir.exists() && !dir.is_dir() {
        return Err(LedgerError::refused(format!("`{}` is a file", dir.display()), "choose a folder"));
    }
    if name.trim().is_empty() {
        return Err(LedgerError::refused("a ledger needs a name", "give --name"));
    }
    let mut files = vec![(".gitattributes", GIT_ATTRIBUTES.as_bytes().to_vec())];
    files.extend([Log::Budgets, Log::Restrictions, Log::Redirections, Log::Encumbrances].map(Log::empty));
    files.push((settings::FILE, settings(name.trim(), currency).into_bytes()));
    check_empty(dir, &files)?;
    let made = disk::make_folders(dir).map_err(LedgerError::io("make", dir))?;
    let _lock = Lock::take_new(dir)?;
    check_empty(dir, &files)?;
    let mut unnamed = Vec::new();
    for (file, bytes) in &files {
        let path = dir.join(file);
        unnamed.push(Unnamed::write(&path, bytes).map_err(LedgerError::io("write", &path))?);
    }
    disk::name(unnamed)?;
    made.into_iter().for_each(|made| drop(made.keep()));
    Ok(())
}

/// Refuses a folder that holds anything but what making this ledger and being cut short would leave.
fn check_empty(dir: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), LedgerError> {
    if dir.join(settings::FILE).exists() {
        return Err(LedgerError::refused(format!("`{}` is a ledger already", dir.display()), "choose another folder"));
    }
    let is_left = |name: &str| {
        let is_file = |(file, bytes): &(&str, Vec<u8>)| {
            name == format!(".{file}.tmp") || (name == *file && fs::read(dir.join(name)).is_ok_and(|it| it == *bytes))
        };
        name == lock::WRITER || files.iter().any(is_file)
    };
    let mut entries = fs::read_dir(dir).into_iter().flatten().flatten();
    if entries.any(|entry| !entry.file_name().to_str().is_some_and(is_left)) {
        return Err(LedgerError::refused(
            format!("`{}` is not empty", dir.display()),
            "choose a new folder, or an empty one",
        ));
    }
    Ok(())
}

/// Returns the settings of a new ledger.
fn settings(name: &str, currency: Currency) -> String {
    let name = toml::Value::String(name.to_owned());
    format!(
        "# What holds for the whole ledger; docs/ledger.md of respend lists the keys.\n\
         format = 1\n\
         name = {name}\n\
         currency = \"{currency}\"\n\
         fiscal_year_start = \"01-01\"\n\
         provisional_days = 28\n\
         four_eyes = true\n\
         \n\
         # Where redirected money may go: kind is donation, platform (the id is the platform's) or reserve.\n\
         # [[destination]]\n\
         # id = \"eff\"\n\
         # name = \"Electronic Frontier Foundation\"\n\
         # kind = \"donation\"\n\
         # country = \"US\"\n\
         \n\
         # Which blocked money goes there.\n\
         # [[policy]]\n\
         # id = \"everything-to-eff\"\n\
         # [[policy.to]]\n\
         # destination = \"eff\"\n\
         # share = \"100%\"\n"
    )
}
