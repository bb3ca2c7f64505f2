//! Closing a period, and opening it again.
//!
//! Stands on what is sealed and on what a careful reader finds in it. Knows nothing of tables or formats.

use std::collections::BTreeMap;
use std::io;

use crate::calendar::{Day, Instant, Period};
use crate::check::{self, Code, Finding, Severity};
use crate::facts::text;
use crate::ledger::{Change, Close, CloseEvent, Ledger, LedgerError, Log, Place};
use crate::seal::{self, Line, Part};
use crate::statement::{Statement, StatementError};

/// What is asked for when a period is closed.
#[derive(Clone, Copy, Debug)]
pub struct Closing<'a> {
    /// The period, as it may be typed.
    pub period: &'a str,
    /// Who closes it.
    pub by: &'a str,
    /// The day of the close; today where none is given.
    pub date: Option<Day>,
    /// In the words of whoever closes it.
    pub reason: Option<&'a str>,
    /// Whether it is closed although the books contradict themselves.
    pub despite_findings: bool,
}

/// What is asked for when a period is opened again.
#[derive(Clone, Copy, Debug)]
pub struct Reopening<'a> {
    /// The period, as it may be typed.
    pub period: &'a str,
    /// Who opens it.
    pub by: &'a str,
    /// Why.
    pub reason: &'a str,
}

/// What a close sealed.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The row of `closes.csv`.
    pub close: Close,
    /// The file its text is kept in.
    pub file: String,
    /// How many facts besides spend are in it.
    pub facts: u64,
    /// How many figures of spend, each of a campaign's day or month.
    pub spend: u64,
    /// The statement that is sealed with them.
    pub statement: Statement,
    /// What to look into in that statement, and in the chain of closes.
    pub findings: Vec<Finding>,
}

/// Adds the close of a period to a change, to be committed with it. The text comes first and the row last, which makes
/// it count.
///
/// Refused are a period that is not over, one with days that are closed already, and one whose statement has an error.
pub fn close(change: &mut Change, asked: Closing<'_>, today: Day, now: Instant) -> Result<Sealed, StatementError> {
    let ledger = change.before();
    let period = days(ledger, asked.period)?;
    if today <= period.last() {
        return Err(LedgerError::refused(
            format!("`{}` is not over: its last day is {}, and today is {today}", asked.period, period.last()),
            "close it when it is over, or close the part that is",
        )
        .into());
    }
    let date = asked.date.unwrap_or(today);
    if date <= period.last() || date > today {
        return Err(LedgerError::refused(
            format!("`{}` cannot be closed on {date}", asked.period),
            format!("the day of the close lies after {} and not after today, {today}", period.last()),
        )
        .into());
    }
    if let Some(closed) = ledger.closed(None).into_iter().find(|closed| closed.period.overlap(period).is_some()) {
        let name = &closed.name;
        let what = match closed.period == period {
            true => format!("`{name}` is closed already, since {}", closed.date),
            false => format!("`{}` has days of `{name}`, which is closed since {}", asked.period, closed.date),
        };
        let hint = format!(
            "what comes late enters with --prior-period; to close it anew, first `respend reopen {name} --by NAME --reason TEXT`"
        );
        return Err(LedgerError::refused(what, hint).into());
    }
    let close = Close {
        event: CloseEvent::Close,
        name: asked.period.trim().to_owned(),
        period,
        date,
        recorded: change.recorded(now, ledger.latest_recorded()),
        by: said("by", asked.by)?,
        reason: asked.reason.map(str::trim).filter(|reason| !reason.is_empty()).map(str::to_owned),
        digest: None,
        previous: seal::before(ledger.closes()).and_then(|before| before.digest.clone()),
        own: BTreeMap::new(),
        place: Place::top_of("closes.csv"),
    };
    let ledger = change.before().clone();
    let statement = seal::statement(&ledger, &close)?;
    let mut findings = check::findings(&statement, &ledger, None)?;
    findings.extend(check::closed(&ledger, Some(period), None)?);
    check::sort(&mut findings);
    let errors: Vec<&Finding> = findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    if !errors.is_empty() && !asked.despite_findings {
        let what: Vec<String> = errors
            .iter()
            .map(|finding| format!("{}: {}; {} [{}]", finding.place, finding.message, finding.hint, finding.code))
            .collect();
        let hint =
            format!("settle what the books contradict, or close `{}` as it is with --despite-findings", close.name);
        return Err(LedgerError::refused_for(&what, &hint).into());
    }
    let (mut facts, mut spend) = (0_u64, 0_u64);
    let digest = change.keep_text(&close.name, |output| {
        let write = |part, lines: Vec<Line>| {
            let count = lines.len() as u64;
            match part {
                // Two of these lines are the version and the close itself.
                Part::Facts => facts = count.saturating_sub(2),
                Part::Spend(_) => spend = spend.saturating_add(count),
                Part::Figures => {}
            }
            let written = lines.iter().try_for_each(|line| writeln!(output, "{}", line.text));
            written.map_err(LedgerError::io("write", ledger.dir()))
        };
        seal::write(&ledger, &close, &statement, write).map_err(io::Error::other)
    })?;
    let close = Close { digest: Some(digest), ..close };
    append(change, &close)?;
    let file = close.text_file().unwrap_or_default();
    Ok(Sealed { close, file, facts, spend, statement, findings })
}

/// Adds the opening of a closed period to a change, to be committed with it, and returns its row.
pub fn reopen(change: &mut Change, asked: Reopening<'_>, today: Day, now: Instant) -> Result<Close, StatementError> {
    let ledger = change.before();
    let period = days(ledger, asked.period)?;
    let closed = ledger.closed(None);
    let Some(close) = closed.iter().find(|close| close.period == period) else {
        let names: Vec<&str> = closed.iter().map(|close| close.name.as_str()).collect();
        let hint = match names.is_empty() {
            true => String::from("no period is closed"),
            false => {
                format!("closed are {}; a period is opened again under the days it was closed for", names.join(", "))
            }
        };
        return Err(LedgerError::refused(format!("`{}` is not closed", asked.period), hint).into());
    };
    let mut row = Close {
        event: CloseEvent::Reopen,
        name: close.name.clone(),
        period,
        date: today,
        recorded: change.recorded(now, ledger.latest_recorded()),
        by: said("by", asked.by)?,
        reason: said("reason", asked.reason)?,
        digest: None,
        previous: seal::before(ledger.closes()).and_then(|before| before.digest.clone()),
        own: BTreeMap::new(),
        place: Place::top_of("closes.csv"),
    };
    row.digest = Some(seal::digest_of_reopening(&row, &text(close.digest.as_ref())));
    append(change, &row)?;
    Ok(row)
}

/// Returns what a change would break of closed periods whose seal holds now: what has no day of record, as rates have
/// none, must leave what was closed as it was.
pub fn broken_by(change: &Change) -> Result<Vec<Finding>, StatementError> {
    let broken = |ledger: &Ledger| -> Result<Vec<Finding>, StatementError> {
        let mut findings = check::closed(ledger, None, None)?;
        findings.retain(|finding| finding.code == Code::CloseBroken);
        Ok(findings)
    };
    let before = broken(change.before())?;
    Ok(broken(&change.ledger()?)?.into_iter().filter(|finding| !before.contains(finding)).collect())
}

fn append(change: &mut Change, row: &Close) -> Result<(), LedgerError> {
    let cells = [
        ("event", row.event.to_string()),
        ("period", row.name.clone()),
        ("date", row.date.to_string()),
        ("recorded", row.recorded.to_string()),
        ("by", text(row.by.as_ref())),
        ("reason", text(row.reason.as_ref())),
        ("digest", text(row.digest.as_ref())),
        ("previous", text(row.previous.as_ref())),
    ];
    change.append(Log::Closes, &cells).map(drop)
}

fn days(ledger: &Ledger, period: &str) -> Result<Period, LedgerError> {
    let read = Period::parse(period.trim(), &ledger.settings().fiscal_year);
    read.map_err(|error| LedgerError::refused(error.to_string(), ""))
}

/// What may not be left empty.
fn said(what: &str, text: &str) -> Result<Option<String>, LedgerError> {
    match text.trim() {
        "" => Err(LedgerError::refused(
            format!("--{what} says nothing"),
            "a close and its opening say who, an opening why",
        )),
        text => Ok(Some(text.to_owned())),
    }
}
