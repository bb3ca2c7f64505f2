//! What fuzzing feeds: a whole folder made of any bytes, read, computed and shown in every form.
//!
//! No part of the API: it is there in tests, which feed the kept corpus, and with the feature `fuzzing`.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)] // what is wrong here is to be loud

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::Path;

use calamine::{Reader, Xlsx};
use unicode_width::UnicodeWidthStr;

use super::{TerminalStyle, csv, json, markdown, terminal, xlsx};
use crate::calendar::Period;
use crate::ledger::{Ledger, LedgerError, RestrictionKind, sha256};
use crate::propose::propose;
use crate::report::{self, Document, Yearly};
use crate::statement::{
    BlockedKey, Figures, Presentation, SpendBy, Statement, StatementError, blocked_by, rules, spend_by,
};
use crate::visible::steers;

/// A line that begins so gives the name of the file that follows.
const FILE: &str = "> ";
/// Stands in a record for the hash of its rollup.
const HASH: &str = "HASH";

/// A ledger of the files that a text holds, written to `dir`.
pub fn folder(bytes: &[u8], dir: &Path) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = fs::remove_dir_all(dir);
    ["spend", "rates"].iter().for_each(|folder| fs::create_dir_all(dir.join(folder)).unwrap());
    for (name, text) in files(text) {
        fs::write(dir.join(name), text).unwrap();
    }
    match shown(dir) {
        // What cannot be read, and what does not fit into an amount, is said.
        Ok(()) | Err(StatementError::Money(_) | StatementError::Ledger(LedgerError::Refused { .. })) => {}
        Err(StatementError::Ledger(LedgerError::Invalid(problems))) => {
            assert!(problems.iter().all(|problem| !problem.to_string().contains(steers)), "{problems:?}");
        }
        Err(StatementError::Ledger(LedgerError::NotALedger(_) | LedgerError::Io { .. })) => {}
        Err(error) => panic!("{error}"),
    }
}

/// Returns the files by name. Names that lead elsewhere are none of a ledger.
fn files(text: &str) -> BTreeMap<String, String> {
    let mut files: BTreeMap<String, String> = BTreeMap::new();
    let mut name = String::new();
    for line in text.split_inclusive('\n') {
        match line.strip_prefix(FILE) {
            Some(next) => name = next.trim().to_owned(),
            None => *files.entry(name.clone()).or_default() += line,
        }
    }
    let is_plain = |name: &str| {
        let stem = name.strip_prefix("spend/").or(name.strip_prefix("rates/")).unwrap_or(name);
        (1..64).contains(&stem.len())
            && !stem.starts_with('.')
            && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
    };
    files.retain(|name, _| is_plain(name) && !["spend", "rates"].contains(&name.as_str()));
    let rollups = files.clone();
    for (name, record) in &mut files {
        let rollup = name.strip_suffix(".toml").and_then(|stem| rollups.get(&format!("{stem}.csv")));
        *record = record.replace(HASH, &sha256(rollup.map_or("", |rollup| rollup).as_bytes()));
    }
    files
}

fn shown(dir: &Path) -> Result<(), StatementError> {
    let ledger = Ledger::open(dir)?;
    rules(&ledger, None)?;
    let name = &ledger.settings().name;
    let Some(extent) = ledger.extent() else { return Ok(()) };
    let as_of = extent.last();
    let mut documents = vec![
        report::budgets(&ledger, None),
        report::rates(&ledger),
        report::restrictions(&ledger, RestrictionKind::Ban, None),
        report::restrictions(&ledger, RestrictionKind::Hold, None),
        report::encumbrances(&ledger, None)?,
        report::redirections(&ledger, as_of, None)?,
        report::imports(&ledger, None),
    ];
    for period in [extent, Period::parse("2018-Q1", &ledger.settings().fiscal_year).unwrap()] {
        let statement = Statement::of(&ledger, period, as_of, None)?;
        let lines = statement.lines.iter().map(|line| &line.figures);
        lines.chain(statement.platforms.values()).chain(statement.totals.values()).try_for_each(ties)?;
        documents.push(report::gaps(&ledger, &statement));
        let by = [SpendBy::Account, SpendBy::Campaign, SpendBy::Month];
        let spent = spend_by(&ledger, period, as_of, None, &by)?;
        let currencies = spent.iter().map(|group| group.amount.currency());
        let shown = Presentation::of(&ledger, currencies, ledger.settings().currency, as_of).ok();
        documents.push(report::spend(name, period, as_of, &by, &spent, shown.as_ref())?);
        let by = [BlockedKey::Account, BlockedKey::Campaign, BlockedKey::Restriction];
        documents.push(report::blocked(name, &statement, &by, &blocked_by(&statement, &by)?, None)?);
        let policies: Vec<_> = ledger.settings().policies.iter().collect();
        documents.push(report::proposals(name, as_of, &propose(&statement, &policies)?)?);
    }
    let yearly = Yearly::of(&ledger, "2018", as_of, None, None)?;
    documents.push(yearly.document()?);
    is_json(&yearly.json()?);
    documents.iter().for_each(document);
    Ok(())
}

/// Both identities hold, to the last unit.
fn ties(figures: &Figures) -> Result<(), StatementError> {
    assert!(figures.residual_of_plan()?.is_zero() && figures.residual_of_actual()?.is_zero(), "{figures:?}");
    Ok(())
}

/// A document in every form: what is text steers nothing, stays in its cell, and is no formula.
pub fn document(document: &Document) {
    for width in [None, Some(20), Some(80)] {
        lines(&terminal(document, TerminalStyle { width, color: false }));
    }
    let text = markdown(document);
    lines(&text);
    let mut cells = None;
    for line in text.lines() {
        // A table's lines are as wide as its first, and have as many cells.
        let found = line
            .starts_with('|')
            .then(|| (line.replace("\\\\", "").replace("\\|", "").matches('|').count(), line.width()));
        assert!(found.is_none() || cells.is_none() || found == cells, "{line}");
        cells = found;
    }
    let text = csv(document).unwrap();
    lines(&text);
    for record in ::csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes()).records() {
        for cell in &record.unwrap() {
            let is_number =
                cell.strip_prefix('-').is_some_and(|rest| rest.bytes().all(|byte| b"0123456789.".contains(&byte)));
            assert!(is_number || !super::formulas::acts_as_formula(cell), "{cell:?}");
        }
    }
    is_json(&json(document).unwrap());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(xlsx(document).unwrap())).unwrap();
    for sheet in workbook.sheet_names() {
        assert!(workbook.worksheet_formula(&sheet).unwrap().is_empty(), "{sheet}");
    }
}

fn lines(text: &str) {
    assert!(!text.lines().any(|line| line.contains(steers)), "{text:?}");
}

fn is_json(text: &str) {
    lines(text);
    serde_json::from_str::<serde_json::Value>(text).unwrap();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_kept_folder_is_too_strange() {
        let dir = tempfile::tempdir().unwrap();
        let mut files: Vec<_> = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/folder"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        assert!(!files.is_empty() && files.len() <= 40);
        for file in files {
            let bytes = fs::read(&file).unwrap();
            assert!(bytes.len() < 4096, "{} is not small", file.display());
            folder(&bytes, &dir.path().join("books"));
        }
    }
}
