//! A new ledger folder.

use std::fs;
use std::path::Path;

use super::change::{Log, write};
use super::{LedgerError, settings};
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
/// `ledger.toml` is written last, so that what is begun and not finished is no ledger.
pub fn init(dir: &Path, name: &str, currency: Currency) -> Result<(), LedgerError> {
    if dir.join(settings::FILE).exists() {
        return Err(LedgerError::refused(format!("`{}` is a ledger already", dir.display()), "choose another folder"));
    }
    let used = fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some());
    if used {
        return Err(LedgerError::refused(
            format!("`{}` is not empty", dir.display()),
            "choose a new folder, or an empty one",
        ));
    }
    if dir.exists() && !dir.is_dir() {
        return Err(LedgerError::refused(format!("`{}` is a file", dir.display()), "choose a folder"));
    }
    if name.trim().is_empty() {
        return Err(LedgerError::refused("a ledger needs a name", "give --name"));
    }
    write(&dir.join(".gitattributes"), GIT_ATTRIBUTES.as_bytes())?;
    for log in [Log::Budgets, Log::Restrictions, Log::Redirections, Log::Encumbrances] {
        let (file, bytes) = log.empty();
        write(&dir.join(file), &bytes)?;
    }
    let name = toml::Value::String(name.trim().to_owned());
    let text = format!(
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
    );
    write(&dir.join(settings::FILE), text.as_bytes())
}
