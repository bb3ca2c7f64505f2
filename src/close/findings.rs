//! What closed periods ask to be looked into: what changed since, and what is not proven.

use std::collections::BTreeSet;

use super::chain;
use super::compare::{Changed, Kept, compare, row_holds};
use crate::calendar::{Instant, Period};
use crate::check::{Finding, Severity};
use crate::ledger::{Close, CloseEvent, Ledger, LedgerError, late};
use crate::statement::{StatementError, adjustments_of};

/// The way out where a sealed fact is another.
const WAY_OUT: &str = "restore it; or `respend reopen` the period with a reason, and close it again";

/// Returns what to look into in the closes known then, errors first; `within`: of periods that have days in it.
///
/// The chain of `closes.csv` and the texts in `closes/` are looked at whole in any case.
pub fn findings(
    ledger: &Ledger,
    within: Option<Period>,
    as_known: Option<Instant>,
) -> Result<Vec<Finding>, StatementError> {
    let mut findings = Vec::new();
    chained(ledger, &mut findings);
    texts(ledger, &mut findings)?;
    taken_back(ledger, &mut findings)?;
    let is_asked = |close: &&Close| within.is_none_or(|within| close.period.overlap(within).is_some());
    for close in ledger.closed(as_known).into_iter().filter(is_asked) {
        if close.digest.is_some() {
            sealed_facts(ledger, close, &mut findings)?;
        } else {
            let message = String::from(
                "it was written by hand and has no digest, so nothing proves what was closed; `respend reopen` and `respend close` seal it",
            );
            findings.push(finding(Severity::Note, "close_unproven", close, message));
        }
        entered_late(ledger, close, as_known, &mut findings)?;
    }
    findings.sort();
    Ok(findings)
}

fn finding(severity: Severity, code: &'static str, close: &Close, message: String) -> Finding {
    Finding { severity, code, message, place: format!("{} {}", close.event, close.name) }
}

/// Every row has the digest of the row before, and a reopening that of its own cells.
fn chained(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let rows = ledger.closes();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.digest.is_some()) {
        let earlier = rows.get(..at).unwrap_or_default();
        let before = chain::before(earlier);
        let expected = before.and_then(|before| before.digest.as_ref());
        if row.previous.as_ref() != expected {
            let begins = |digest: Option<&String>| {
                digest.map_or(String::from("empty"), |digest| format!("{}…", digest.get(..12).unwrap_or(digest)))
            };
            let stands = before.map_or(String::from("there is no row before it"), |before| {
                format!("the row before it, {}, has the digest {}", before.place, begins(expected))
            });
            let message = format!(
                "{}: `previous` is {}, but {stands}: a row of closes.csv was removed, added or edited; restore it",
                row.place,
                begins(row.previous.as_ref())
            );
            findings.push(finding(Severity::Error, "close_broken", row, message));
        }
        let takes_back = chain::taken_back(earlier, row).and_then(|close| close.digest.as_deref()).unwrap_or_default();
        if row.event == CloseEvent::Reopen
            && row.digest.as_deref() != Some(&chain::digest_of_reopening(row, takes_back))
        {
            let message = format!("{}: the row does not have its digest: its cells were edited; restore it", row.place);
            findings.push(finding(Severity::Error, "close_broken", row, message));
        }
    }
}

/// Every kept text belongs to a row: the last row of the file has nothing after it that would miss it.
fn texts(ledger: &Ledger, findings: &mut Vec<Finding>) -> Result<(), LedgerError> {
    let known: BTreeSet<String> = ledger.closes().iter().filter_map(Close::text_file).collect();
    for file in ledger.text_files()?.into_iter().filter(|file| !known.contains(file)) {
        let message = String::from(
            "closes.csv has no row with the digest of this text: the row was removed or edited; restore it. If it was never written since `respend close` was cut short, remove the text",
        );
        findings.push(Finding { severity: Severity::Error, code: "close_broken", message, place: file });
    }
    Ok(())
}

/// The days of a close that was taken back were open to changes since, so that its facts are not looked at; but its row
/// still stands.
fn taken_back(ledger: &Ledger, findings: &mut Vec<Finding>) -> Result<(), LedgerError> {
    let in_force: BTreeSet<Instant> = ledger.closed(None).iter().map(|close| close.recorded).collect();
    let sealed = ledger.closes().iter().filter(|row| row.event == CloseEvent::Close && row.digest.is_some());
    for close in sealed.filter(|close| !in_force.contains(&close.recorded)) {
        match row_holds(ledger, close)? {
            Some(true) => {}
            Some(false) => {
                let message = format!(
                    "{}: the row is not the one that was sealed: its cells were edited; restore it",
                    close.place
                );
                findings.push(finding(Severity::Error, "close_broken", close, message));
            }
            None => {
                let file = close.text_file().unwrap_or_default();
                let message = format!(
                    "the text it was sealed with, {file}, is missing or was edited; it was taken back since; restore it from a copy"
                );
                findings.push(finding(Severity::Warning, "close_text_missing", close, message));
            }
        }
    }
    Ok(())
}

/// What was sealed is what the ledger says of that moment.
fn sealed_facts(ledger: &Ledger, close: &Close, findings: &mut Vec<Finding>) -> Result<(), StatementError> {
    let comparison = compare(ledger, close)?;
    let file = close.text_file().unwrap_or_default();
    let holds = if comparison.holds {
        "the digest still holds: the ledger says what was closed"
    } else {
        "the digest does not hold either, so what changed cannot be named"
    };
    let error = |message| finding(Severity::Error, "close_broken", close, message);
    match comparison.kept {
        Kept::Whole => {}
        Kept::Missing if comparison.holds => {
            let message = format!("the text it was sealed with, {file}, is missing; {holds}; restore it from a copy");
            findings.push(finding(Severity::Warning, "close_text_missing", close, message));
        }
        Kept::Missing => {
            let message =
                format!("the text it was sealed with, {file}, is missing, and {holds}; restore it from a copy");
            findings.push(error(message));
        }
        Kept::Altered => {
            let message = format!(
                "the text it was sealed with, {file}, was edited: it has another SHA-256; {holds}; restore it from a copy"
            );
            findings.push(error(message));
        }
    }
    if comparison.kept != Kept::Whole || comparison.holds {
        return Ok(());
    }
    let Changed { count, named } = &comparison.facts;
    for line in named {
        findings.push(error(format!("{}; {WAY_OUT}", line.said())));
    }
    if *count > named.len() as u64 {
        let message = format!("{} further facts of it are others; {WAY_OUT}", count - named.len() as u64);
        findings.push(error(message));
    }
    let figures = &comparison.figures;
    if let Some(first) = figures.named.first() {
        let message = match (count, figures.count) {
            (0, n) => format!(
                "no fact of it is another, but {n} of its figures are, the first: {}; look for changed spend before the period, or for a program that reckons otherwise",
                first.said()
            ),
            (_, 1) => format!("with that one of its figures is another: {}", first.said()),
            (_, n) => format!("with that {n} of its figures are others, the first: {}", first.said()),
        };
        findings.push(error(message));
    }
    Ok(())
}

/// What was entered after the close is an adjustment, not a break.
fn entered_late(
    ledger: &Ledger,
    close: &Close,
    as_known: Option<Instant>,
    findings: &mut Vec<Finding>,
) -> Result<(), StatementError> {
    for fact in late(close, (ledger, Some(close.recorded)), (ledger, as_known)) {
        let message = format!("{}, came after the close; reports list what it changes as an adjustment", fact.said());
        findings.push(finding(Severity::Warning, "late_fact", close, message));
    }
    let spend = adjustments_of(ledger, close, close.period.last(), as_known)?;
    if !spend.is_empty() {
        let imports: BTreeSet<&str> = spend.iter().flat_map(|one| &one.imports).map(|import| import.as_str()).collect();
        let count = match spend.len() {
            1 => String::from("the spend of 1 campaign"),
            n => format!("the spend of {n} campaigns"),
        };
        let message = format!(
            "{count} is another since the close, by {}; reports list it as an adjustment",
            imports.into_iter().collect::<Vec<_>>().join(", ")
        );
        findings.push(finding(Severity::Warning, "late_fact", close, message));
    }
    Ok(())
}
