//! `restrictions.csv`: bans and holds.

use std::collections::BTreeMap;

use super::rows::{self, Columns};
use super::words::words;
use super::{Cause, Place, Problem};
use crate::calendar::{Day, Instant, Period};
use crate::money::Share;
use crate::scope::{Id, Scope};

/// The file's name.
pub(super) const FILE: &str = "restrictions.csv";

pub(super) const COLUMNS: Columns<'_> = Columns {
    all: &[
        "id",
        "kind",
        "platform",
        "account",
        "campaign",
        "from",
        "until",
        "share",
        "reason",
        "notified",
        "recorded",
        "by",
        "evidence",
        "evidence_sha256",
        "status",
        "note",
    ],
    needed: &["id", "kind", "platform", "from"],
};

/// A ban or a hold on a scope, from a day until the day ads may run again.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// Its id.
    pub id: Id,
    /// Whose act it is.
    pub kind: RestrictionKind,
    /// What spend it stops.
    pub scope: Scope,
    /// The first day ads may not run.
    pub from: Day,
    /// The first day ads may run again; still in force when empty.
    pub until: Option<Day>,
    /// Which part of a wider plan line it stops; all of it when empty.
    pub share: Option<Share>,
    /// Why, in the words of whoever imposed it.
    pub reason: Option<String>,
    /// The day the notice arrived.
    pub notified: Option<Day>,
    /// When this row was recorded; `None`: known from the start.
    pub recorded: Option<Instant>,
    /// Who recorded it.
    pub by: Option<String>,
    /// The notice's path in the ledger folder.
    pub evidence: Option<String>,
    /// The notice's SHA-256.
    pub evidence_sha256: Option<String>,
    /// Whether the row stands, or the restriction was entered in error.
    pub status: Status,
    /// The user's words; `assumption: …` is listed among a report's assumptions.
    pub note: Option<String>,
    /// The user's own columns.
    pub own: BTreeMap<String, String>,
    /// Where the row stands.
    pub place: Place,
}

/// Whose act a restriction is. Bans come first where both are in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RestrictionKind {
    /// The platform's: imposed.
    Ban,
    /// Our own: voluntary.
    Hold,
}

/// Whether a restriction's row stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It stands.
    Active,
    /// It was entered in error: as though it had never been.
    Void,
}

words!(RestrictionKind, "kind of restriction", Ban = "ban", Hold = "hold");
words!(Status, "status", Active = "active", Void = "void");

impl RestrictionKind {
    /// Returns whose act it is.
    pub fn cause(self) -> Cause {
        match self {
            RestrictionKind::Ban => Cause::Imposed,
            RestrictionKind::Hold => Cause::Voluntary,
        }
    }
}

impl Restriction {
    /// Returns the restricted days inside a period; without an end, up to the period's.
    pub fn within(&self, period: Period) -> Option<Period> {
        Period::new(self.from, self.until.unwrap_or(period.end()).max(self.from)).and_then(|days| days.overlap(period))
    }

    /// Returns whether ads may not run on a day.
    pub fn in_force(&self, day: Day) -> bool {
        self.from <= day && self.until.is_none_or(|until| day < until)
    }
}

/// Reads the file's rows, in the order they were recorded; what is wrong is added to `problems`.
pub(super) fn read(bytes: &[u8], problems: &mut Vec<Problem>) -> Vec<Restriction> {
    let mut restrictions: Vec<Restriction> = Vec::new();
    rows::read(FILE, bytes, &COLUMNS, problems, |row, problems| {
        let before = problems.len();
        let id: Option<Id> = row.need("id", problems);
        let kind = row.need("kind", problems);
        let platform = row.need("platform", problems);
        let from: Option<Day> = row.need("from", problems);
        let until: Option<Day> = row.parse("until", problems);
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            problems.push(row.wrong(
                "until",
                format!("`{until}` is not after {from}, the day it begins"),
                "until is the first day ads may run again",
            ));
        }
        let (share, notified, recorded) =
            (row.parse("share", problems), row.parse("notified", problems), row.parse("recorded", problems));
        let status = row.parse("status", problems).unwrap_or(Status::Active);
        let evidence = row.optional("evidence");
        if evidence.as_deref().is_some_and(|path| !is_inside(path)) {
            problems.push(row.wrong(
                "evidence",
                format!("`{}` is no path inside the ledger folder", row.text("evidence")),
                "copy the file into evidence/ and name it from there",
            ));
        }
        let (Some(id), Some(kind), Some(platform), Some(from), true) =
            (id, kind, platform, from, problems.len() == before)
        else {
            return;
        };
        restrictions.push(Restriction {
            id,
            kind,
            scope: Scope { platform, account: row.optional("account"), campaign: row.optional("campaign") },
            from,
            until,
            share,
            reason: row.optional("reason"),
            notified,
            recorded,
            by: row.optional("by"),
            evidence,
            evidence_sha256: row.optional("evidence_sha256"),
            status,
            note: row.optional("note"),
            own: row.own(),
            place: row.place_of_row(),
        });
    });
    restrictions.sort_by(|a, b| (a.recorded, &a.id).cmp(&(b.recorded, &b.id)));
    for pair in restrictions.windows(2).filter(|pair| pair[0].id == pair[1].id && pair[0].recorded == pair[1].recorded)
    {
        let (earlier, later) = if pair[0].place < pair[1].place { (&pair[0], &pair[1]) } else { (&pair[1], &pair[0]) };
        problems.push(Problem {
            place: later.place.clone(),
            what: format!("`{}` has two rows recorded at the same moment (the other at {}); which one replaces the other is not clear", later.id, earlier.place),
            mend: "give the one that replaces the other a later `recorded`".into(),
        });
    }
    restrictions
}

/// Whether a path means a file inside the ledger folder, on every system.
fn is_inside(path: &str) -> bool {
    let is_odd = |c: char| c.is_control() || "\\:*?\"<>|".contains(c);
    !path.starts_with('/') && !path.contains(is_odd) && !path.split('/').any(|part| part == ".." || is_device(part))
}

/// Names that Windows keeps for devices, in any folder and with any ending.
fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_lowercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device).is_some_and(|rest| rest.len() == 1 && rest.bytes().all(|byte| byte.is_ascii_digit()))
    };
    ["con", "prn", "aux", "nul"].contains(&stem.as_str()) || numbered("com") || numbered("lpt")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside() {
        for inside in
            ["evidence/a.txt", "a", "evidence/2018/a b.pdf", "evidence/письмо.pdf", "evidence/console.txt", "..a/b.."]
        {
            assert!(is_inside(inside), "{inside}");
        }
        for outside in [
            "/etc/passwd",
            "../a",
            "evidence/../../a",
            "evidence/..",
            "C:evil",
            "C:/evil",
            "\\\\server\\a",
            "a\\..\\b",
            "a\0b",
            "a\nb",
            "nul",
            "evidence/CON",
            "evidence/Com1.txt",
            "lpt9",
            "aux .txt",
            "evidence/a:stream",
        ] {
            assert!(!is_inside(outside), "{outside}");
        }
    }
}
