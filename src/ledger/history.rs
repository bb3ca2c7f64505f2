//! [`Recorded`]: what was recorded between two moments.

use super::{EntryKind, Ledger, Place, Status};
use crate::calendar::{Instant, Period};
use crate::money::Money;
use crate::scope::Id;

/// A fact, with when and by whom it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// When.
    pub recorded: Instant,
    /// What kind of fact: `budget`, `restriction`, `redirection`, `encumbrance`, `import`, `revocation`, `close`.
    pub kind: &'static str,
    /// What it says, in words.
    pub what: String,
    /// By whom.
    pub by: Option<String>,
    /// Where it stands.
    pub place: Place,
}

impl Ledger {
    /// Returns what was recorded after one moment and up to another that may bear on some days, in the order it was
    /// recorded.
    pub fn recorded_between(&self, after: Instant, until: Option<Instant>, days: Period) -> Vec<Recorded> {
        let is_between = |recorded: &Instant| *recorded > after && until.is_none_or(|until| *recorded <= until);
        let when = |recorded: Option<Instant>| recorded.filter(is_between);
        let mut facts = Vec::new();
        let mut add = |recorded: Option<Instant>, kind, what: String, by: &Option<String>, place: &Place| {
            let fact = |recorded| Recorded { recorded, kind, what, by: by.clone(), place: place.clone() };
            facts.extend(recorded.map(fact));
        };
        let bears = |id: &Id| self.lines.iter().any(|line| line.id == *id && line.period.overlap(days).is_some());
        for line in self.lines.iter().filter(|line| bears(&line.id)) {
            for entry in &line.entries {
                let what =
                    format!("{} of {}: {} from {}", entry.kind, line.id, entry.amount.spelled(), entry.effective);
                let of = entry.reference.as_ref().filter(|_| entry.kind == EntryKind::RedirectIn);
                let of = of.map(|id| format!(", by {id}")).unwrap_or_default();
                add(when(entry.recorded), "budget", what + &of, &entry.by, &entry.place);
            }
        }
        for row in &self.restrictions {
            let mut of_it = self.restrictions.iter().filter(|other| other.id == row.id);
            if !of_it.any(|other| other.within(days).is_some()) {
                continue;
            }
            let until = row.until.map_or(String::from("still in force"), |until| format!("until {until}"));
            let share = row.share.map(|share| format!(", share {share}")).unwrap_or_default();
            let void = if row.status == Status::Void { ", void" } else { "" };
            let what = format!("{} {} on {} from {}, {until}{share}{void}", row.kind, row.id, row.scope, row.from);
            add(when(row.recorded), "restriction", what, &row.by, &row.place);
        }
        for one in self.redirections.iter().filter(|one| bears(&one.line)) {
            for event in &one.events {
                let amount = event.amount.map(Money::spelled).map(|it| format!(": {it}")).unwrap_or_default();
                let what = format!("{} of {} {} on {}{amount}", one.id, one.line, event.kind, event.date);
                add(when(event.recorded), "redirection", what, &event.by, &event.place);
            }
        }
        for order in self.encumbrances.iter().filter(|order| bears(&order.line)) {
            let open = order.amount.spelled();
            let what = format!("order {} on {}: {open} open, for {}", order.reference, order.line, order.date);
            add(when(order.recorded), "encumbrance", what, &order.by, &order.place);
        }
        for import in self.imports.iter().filter(|import| import.reach().overlap(days).is_some()) {
            let (first, last) = (import.covered.start(), import.covered.last());
            let what = format!("{}: {first} to {last}, of {}", import.id, import.record.export);
            add(when(Some(import.recorded)), "import", what, &None, &Place::top_of(&import.record_file()));
            if let Some(revoked) = &import.revoked {
                let place = Place::top_of(&super::revoke::file(import.id.as_str()));
                let what = format!("{}: {}", import.id, revoked.reason);
                add(when(Some(revoked.recorded)), "revocation", what, &revoked.by, &place);
            }
        }
        for close in self.closes.iter().filter(|close| close.period.overlap(days).is_some()) {
            let reason = close.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
            let what = format!("{} of {}{reason}", close.event, close.name);
            add(when(Some(close.recorded)), "close", what, &close.by, &close.place);
        }
        facts.sort_by(|a, b| (a.recorded, a.kind, &a.place).cmp(&(b.recorded, b.kind, &b.place)));
        facts
    }
}
