//! What was sealed is what the ledger says: what changed in closed periods, and what is not proven.

use std::collections::BTreeSet;

use super::{Code, Finding};
use crate::calendar::{Instant, Period};
use crate::ledger::{Close, CloseEvent, Ledger, LedgerError, late};
use crate::seal::{self, Changed, Kept, compare, row_holds};
use crate::statement::{StatementError, adjustments_of};

const RESTORE: &str = "restore it; or `respend reopen` the period with a reason, and close it again";
const RESTORE_ROW: &str = "restore the row";
const RESTORE_TEXT: &str = "restore the text from a copy of the ledger";

/// Returns what to look into in the closes known then; `within`: of periods that have days in it.
///
/// The chain of `closes.csv` is looked at whole in any case.
pub fn findings(
    ledger: &Ledger,
    within: Option<Period>,
    as_known: Option<Instant>,
) -> Result<Vec<Finding>, StatementError> {
    let mut findings = Vec::new();
    chained(ledger, &mut findings);
    taken_back(ledger, &mut findings)?;
    let is_asked = |close: &&Close| within.is_none_or(|within| close.period.overlap(within).is_some());
    for close in ledger.closed(as_known).into_iter().filter(is_asked) {
        if close.digest.is_some() {
            sealed_facts(ledger, close, &mut findings)?;
        } else {
            let message = "it was closed by hand, without a digest, so nothing proves what was closed";
            let hint = "to seal it, `respend reopen` it and `respend close` it again";
            findings.push(Finding::new(Code::CloseUnproven, place(close), message, hint));
        }
        entered_late(ledger, close, as_known, &mut findings)?;
    }
    Ok(findings)
}

fn place(close: &Close) -> String {
    format!("period {}", close.name)
}

fn broken(close: &Close, message: String, hint: &str) -> Finding {
    Finding::new(Code::CloseBroken, place(close), message, hint)
}

/// Every row has the digest of the row before, and a reopening that of its own cells.
fn chained(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let rows = ledger.closes();
    for (at, row) in rows.iter().enumerate().filter(|(_, row)| row.digest.is_some()) {
        let earlier = rows.get(..at).unwrap_or_default();
        let before = seal::before(earlier);
        let expected = before.and_then(|before| before.digest.as_ref());
        if row.previous.as_ref() != expected {
            let begins = |digest: Option<&String>| {
                digest.map_or(String::from("empty"), |digest| format!("{}…", digest.get(..12).unwrap_or(digest)))
            };
            let stands = before.map_or(String::from("there is no row before it"), |before| {
                format!("the row before it, {}, has the digest {}", before.place, begins(expected))
            });
            let message = format!(
                "{}: `previous` is {}, but {stands}: a row of closes.csv was removed, added or edited",
                row.place,
                begins(row.previous.as_ref())
            );
            findings.push(broken(row, message, RESTORE_ROW));
        }
        let takes_back = seal::taken_back(earlier, row).and_then(|close| close.digest.as_deref()).unwrap_or_default();
        if row.event == CloseEvent::Reopen && row.digest.as_deref() != Some(&seal::digest_of_reopening(row, takes_back))
        {
            let message = format!("{}: the row does not have its digest: its cells were edited", row.place);
            findings.push(broken(row, message, RESTORE_ROW));
        }
    }
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
                let message = format!("{}: the row is not the one that was sealed: its cells were edited", close.place);
                findings.push(broken(close, message, RESTORE_ROW));
            }
            None => {
                let file = close.text_file().unwrap_or_default();
                let message =
                    format!("{file}, the text of a close that was taken back since, is missing or was edited");
                findings.push(Finding::new(Code::CloseTextMissing, place(close), message, RESTORE_TEXT));
            }
        }
    }
    Ok(())
}

/// What was sealed is what the ledger says of that moment.
fn sealed_facts(ledger: &Ledger, close: &Close, findings: &mut Vec<Finding>) -> Result<(), StatementError> {
    let comparison = compare(ledger, close)?;
    let file = close.text_file().unwrap_or_default();
    let holds = match comparison.holds {
        true => "the digest still holds: the ledger says what was closed",
        false => "the digest does not hold, and what changed cannot be named",
    };
    match comparison.kept {
        Kept::Whole => {}
        Kept::Missing if comparison.holds => {
            let message = format!("the text it was sealed with, {file}, is missing; {holds}");
            findings.push(Finding::new(Code::CloseTextMissing, place(close), message, RESTORE_TEXT));
        }
        Kept::Missing => {
            let message = format!("the text it was sealed with, {file}, is missing; {holds}");
            findings.push(broken(close, message, RESTORE_TEXT));
        }
        Kept::Altered => {
            let message = format!("the text it was sealed with, {file}, was edited: it has another SHA-256; {holds}");
            findings.push(broken(close, message, RESTORE_TEXT));
        }
    }
    if comparison.kept != Kept::Whole || comparison.holds {
        return Ok(());
    }
    let Changed { count, named } = &comparison.facts;
    findings.extend(named.iter().map(|line| broken(close, line.said(), RESTORE)));
    if *count > named.len() as u64 {
        let message = format!("with these {} further facts of it are others", count.saturating_sub(named.len() as u64));
        findings.push(broken(close, message, RESTORE));
    }
    let figures = &comparison.figures;
    if let Some(first) = figures.named.first() {
        let first = first.said();
        let finding = match (count, figures.count) {
            (0, n) => {
                let message = format!("no fact of it is another, but {n} of its figures are, the first: {first}");
                broken(
                    close,
                    message,
                    "look for spend before the period that was edited, or for a program that reckons otherwise",
                )
            }
            (_, 1) => broken(close, format!("with that one of its figures is another: {first}"), RESTORE),
            (_, n) => broken(close, format!("with that {n} of its figures are others, the first: {first}"), RESTORE),
        };
        findings.push(finding);
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
    let mut add = |message: String| {
        let hint = "reports list what it changes as an adjustment; where it is wrong, correct it with a further row";
        findings.push(Finding::new(Code::LateFact, place(close), message, hint));
    };
    for fact in late(close, (ledger, Some(close.recorded)), (ledger, as_known)) {
        add(format!("{}, came after the close", fact.said()));
    }
    let spend = adjustments_of(ledger, close, close.period.last(), as_known)?;
    if !spend.is_empty() {
        let imports: BTreeSet<&str> = spend.iter().flat_map(|one| &one.imports).map(|import| import.as_str()).collect();
        let imports: Vec<&str> = imports.into_iter().collect();
        let count = match spend.len() {
            1 => String::from("the spend of 1 campaign"),
            n => format!("the spend of {n} campaigns"),
        };
        add(format!("{count} is another since the close, by {}", imports.join(", ")));
    }
    Ok(())
}
