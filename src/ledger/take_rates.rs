//! Taking a file of rates into the ledger.

use std::path::Path;

use super::folder::read_up_to;
use super::rates::{ENDING, FOLDER, Rates};
use super::{Change, LedgerError, limits, rows};
use crate::calendar::Day;
use crate::import::open_plain;

/// What became of a file of rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenRates {
    /// The file of the ledger that says what is new; `None` where all of it is known.
    pub file: Option<String>,
    /// How many pairs the file that was given has rates of.
    pub pairs: usize,
    /// The first day it has a rate of.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// How many of its rows say something new.
    pub new_rows: usize,
}

/// Adds to a change what a file of rates says and the ledger does not know yet: its header and these rows, byte for
/// byte. So a longer history takes the place of a shorter one without saying anything twice, and what it says otherwise
/// than the ledger is refused with both places when the change is read.
///
/// What is wrong in the file is answered together.
pub fn take_rates(change: &mut Change, file: &Path) -> Result<TakenRates, LedgerError> {
    let name = file.display().to_string();
    let read = open_plain(file).and_then(|opened| read_up_to(limits::LOG_BYTES, opened));
    let Some(bytes) = read.map_err(LedgerError::io("read", file))? else {
        let what = format!("`{name}` is larger than {} MiB", limits::LOG_BYTES >> 20);
        return Err(LedgerError::refused(what, "see whether it is the file you mean"));
    };
    if bytes.starts_with(b"PK") {
        return Err(LedgerError::refused(format!("`{name}` is an archive"), "unpack it, and give the .csv inside"));
    }
    let (mut taken, mut problems) = (Rates::default(), Vec::new());
    taken.read(&name, &bytes, &mut problems);
    if !problems.is_empty() {
        problems.sort();
        return Err(LedgerError::Invalid(problems));
    }
    let series = taken.series();
    let ends =
        (series.iter().map(|series| series.first).min(), series.iter().map(|series| (series.last, series.kind)).max());
    let (Some(first), Some((last, kind))) = ends else {
        return Err(LedgerError::refused(format!("`{name}` holds no rate"), "see whether it is the file you mean"));
    };
    let known = taken.lines_known_to(change.before().rates());
    let new_rows = taken.lines().saturating_sub(known.len());
    let taken = TakenRates { file: None, pairs: series.len(), first, last, new_rows };
    if new_rows == 0 {
        return Ok(taken);
    }
    let named = |number: &str| format!("{FOLDER}/{kind}-{last}-{}{number}{ENDING}", &super::sha256(&bytes)[..12]);
    let names = std::iter::once(named("")).chain((2..).map(|number| named(&format!("-{number}"))));
    for file in names {
        // One of that name is there where somebody took rows out of it since.
        if change.before().folder.read(&file)?.is_none() {
            change.put(&file, rows::without(&bytes, &known));
            return Ok(TakenRates { file: Some(file), ..taken });
        }
    }
    Ok(taken)
}
