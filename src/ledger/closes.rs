//! `closes.csv`: closed periods, and what a change would do to their figures.

use std::collections::{BTreeMap, BTreeSet};

use super::restated::differences;
use super::rows::{self, Columns};
use super::words::words;
use super::{Change, LedgerError, Place, Problem, Restated};
use crate::calendar::{Day, FiscalYear, Instant, Period};
use crate::import::{Refusal, RefusalCode, Warning};
use crate::money::{Cost, Totals};

/// The folder of the texts that closes were sealed with.
pub(super) const FOLDER: &str = "closes";

/// How many digits of its digest name a text.
const DIGITS: usize = 12;

/// The file's name.
pub(super) const FILE: &str = "closes.csv";

pub(super) const COLUMNS: Columns<'_> = Columns {
    all: &["event", "period", "date", "recorded", "by", "reason", "digest", "previous"],
    needed: &["event", "period", "date", "recorded"],
};

/// A period is closed, or opened again.
#[derive(Clone, Debug)]
pub struct Close {
    /// Which of the two.
    pub event: CloseEvent,
    /// The period as the file spells it.
    pub name: String,
    /// Its days.
    pub period: Period,
    /// The day it happened.
    pub date: Day,
    /// When it was recorded: what is recorded later and changes these days is an adjustment.
    pub recorded: Instant,
    /// Who did it.
    pub by: Option<String>,
    /// Why; a period is opened again for a reason.
    pub reason: Option<String>,
    /// What the books said then, or why they were opened, as one hash; none in a row written by hand.
    pub digest: Option<String>,
    /// The digest of the row before.
    pub previous: Option<String>,
    /// The user's own columns.
    pub own: BTreeMap<String, String>,
    /// Where the row stands.
    pub place: Place,
}

/// What happened to a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseEvent {
    /// Its figures are final.
    Close,
    /// They may change again.
    Reopen,
}

words!(CloseEvent, "event of a period", Close = "close", Reopen = "reopen");

impl Close {
    /// Returns the file its sealed text is kept in; a row without a digest has none.
    pub fn text_file(&self) -> Option<String> {
        self.digest.as_ref().map(|digest| text_file(&self.name, digest))
    }
}

/// The file a sealed text is kept in.
pub(super) fn text_file(period: &str, digest: &str) -> String {
    format!("{FOLDER}/{period}-{}.txt", digest.get(..DIGITS).unwrap_or(digest))
}

/// Whether a file is named as sealed texts are.
pub(super) fn is_text_file(file: &str) -> bool {
    let begins = file.strip_suffix(".txt").and_then(|name| Some(name.rsplit_once('-')?.1));
    begins.is_some_and(|begins| begins.len() == DIGITS && is_hex(begins))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// A SHA-256 as this program writes it.
fn sha256(text: &str) -> Result<String, String> {
    if text.len() == 64 && is_hex(text) {
        return Ok(text.to_owned());
    }
    Err(format!("`{text}` is no SHA-256 in small hex; leave it empty where `respend close` did not write it"))
}

/// Reads the file's rows, in the order they were recorded; what is wrong is added to `problems`.
pub(super) fn read(bytes: &[u8], fiscal_year: &FiscalYear, problems: &mut Vec<Problem>) -> Vec<Close> {
    let mut closes: Vec<Close> = Vec::new();
    rows::read(FILE, bytes, &COLUMNS, problems, |row, problems| {
        let before = problems.len();
        let event: Option<CloseEvent> = row.need("event", problems);
        row.filled("period", problems);
        let period = row.parse_with("period", problems, |text| Period::parse(text, fiscal_year));
        let (date, recorded) = (row.need("date", problems), row.need("recorded", problems));
        if event == Some(CloseEvent::Reopen) && row.text("reason").is_empty() {
            problems.push(row.wrong("reason", "the cell is empty", "say why the period is opened again"));
        }
        let digest = row.parse_with("digest", problems, sha256);
        let previous = row.parse_with("previous", problems, sha256);
        let (Some(event), Some(period), Some(date), Some(recorded), true) =
            (event, period, date, recorded, problems.len() == before)
        else {
            return;
        };
        closes.push(Close {
            event,
            name: row.text("period").to_owned(),
            period,
            date,
            recorded,
            by: row.optional("by"),
            reason: row.optional("reason"),
            digest,
            previous,
            own: row.own(),
            place: row.place_of_row(),
        });
    });
    closes.sort_by(|a, b| (a.recorded, a.period, &a.place).cmp(&(b.recorded, b.period, &b.place)));
    let mut latest: BTreeMap<Period, &Close> = BTreeMap::new();
    for close in &closes {
        let before = latest.insert(close.period, close);
        let closed = before.filter(|before| before.event == CloseEvent::Close);
        let (what, mend) = match (close.event, before) {
            (_, Some(before)) if before.recorded == close.recorded => (
                format!(
                    "`{}` has two rows recorded at the same moment (the other at {}); which one came first is not clear",
                    close.name, before.place
                ),
                "give the one that came second a later `recorded`",
            ),
            (CloseEvent::Close, Some(before)) if closed.is_some() => (
                format!("`{}` is closed already, at {}", close.name, before.place),
                "remove one of the two, or open the period again between them",
            ),
            (CloseEvent::Reopen, _) if closed.is_none() => (
                format!("`{}` is not closed then", close.name),
                "a period is opened again under the days it was closed for, after it was closed",
            ),
            _ => continue,
        };
        problems.push(Problem { place: close.place.clone(), what, mend: mend.into() });
    }
    closes
}

/// What a change does to the figures of closed periods.
#[derive(Debug, Default)]
pub(super) struct PriorPeriod {
    /// The closed periods that have such figures, as the file spells them.
    names: BTreeSet<String>,
    /// Every figure that is changed, added or gone.
    figures: Vec<Restated>,
    /// By how much, per currency.
    change: Totals,
}

impl PriorPeriod {
    /// Compares a ledger with what it would be after a change that bears on no other days than `days`.
    pub(super) fn of(change: &Change, days: Period) -> Result<PriorPeriod, LedgerError> {
        let before = change.before();
        let closed: Vec<_> =
            before.closed(None).into_iter().filter(|close| close.period.overlap(days).is_some()).collect();
        let mut prior = PriorPeriod::default();
        if closed.is_empty() {
            return Ok(prior);
        }
        let after = change.ledger().map_err(LedgerError::into_refusal)?;
        differences(before, &after, days, |figure| {
            let inside = closed.iter().filter(|close| close.period.contains(figure.day.last_day()));
            let names: Vec<&String> = inside.map(|close| &close.name).collect();
            if names.is_empty() {
                return Ok(());
            }
            prior.names.extend(names.into_iter().cloned());
            prior
                .change
                .add(figure.difference()?)
                .map_err(|error| LedgerError::refused(error.to_string(), "correct the export"))?;
            prior.figures.push(figure);
            Ok(())
        })?;
        prior.figures.sort_by(|a, b| a.key().cmp(&b.key()));
        Ok(prior)
    }

    /// Returns whether closed periods keep their figures.
    pub(super) fn is_empty(&self) -> bool {
        self.figures.is_empty()
    }

    /// Returns the figures that were not known before.
    pub(super) fn added(&self) -> impl Iterator<Item = &Restated> {
        self.figures.iter().filter(|figure| figure.was.is_none())
    }

    /// Says what is refused, and the way out.
    pub(super) fn refused(&self, act: &str) -> (String, String) {
        let amount = |cost: Option<Cost>| cost.map_or(String::from("nothing"), Cost::spelled);
        let first = self.figures.first().map_or(String::new(), |first| {
            let account = if first.account.is_empty() { String::new() } else { format!("/{}", first.account) };
            let (was, now) = (amount(first.was), amount(first.now));
            format!(
                "campaign `{}` of {}{account} on {} was {was} and would be {now}",
                first.campaign, first.platform, first.day
            )
        });
        let what = match self.figures.len() {
            1 => format!("{act} changes a figure of {}: {first}", self.periods()),
            n => format!("{act} changes {n} figures of {}; the first: {first}", self.periods()),
        };
        (what, String::from("say --prior-period to let it in as an adjustment, which reports list"))
    }

    /// Refuses an import that was not allowed to change closed periods.
    pub(super) fn refusal(&self) -> Refusal {
        let (what, hint) = self.refused("this export");
        let hint = format!("{hint}; --prior-period --dry-run lists every change and writes nothing");
        Refusal::new(RefusalCode::ClosedPeriod, what, hint)
    }

    /// Says what was let in; nothing where closed periods keep their figures.
    pub(super) fn said(&self) -> Option<String> {
        let sums: Vec<String> = self.change.iter().map(signed).collect();
        let figures = match self.figures.len() {
            0 => return None,
            1 => String::from("1 figure"),
            n => format!("{n} figures"),
        };
        Some(format!(
            "{figures} of {} changed, by {} in all; reports list it as an adjustment",
            self.periods(),
            sums.join(", ")
        ))
    }

    /// Points out what was let in.
    pub(super) fn warning(&self) -> Option<Warning> {
        self.said().map(|message| Warning { code: "prior_period", message })
    }

    fn periods(&self) -> String {
        let names: Vec<String> = self.names.iter().map(|name| format!("closed `{name}`")).collect();
        names.join(" and ")
    }
}

/// An amount with its sign, for a difference.
fn signed(cost: Cost) -> String {
    if cost.nanos() > 0 { format!("+{}", cost.spelled()) } else { cost.spelled() }
}
