//! [`Late`]: what was entered for the days of a period after it was closed.

use std::collections::BTreeMap;

use super::{Close, EntryKind, Ledger, Place};
use crate::calendar::{Instant, Period};
use crate::scope::{Id, Scope};

/// A fact that bears on days of a closed period and was not known when it was closed. Spend is not among them: an
/// import that changes closed days asks for consent itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Late {
    /// What it is, in a few words.
    pub what: String,
    /// When it was recorded; `None` where the row does not say.
    pub recorded: Option<Instant>,
    /// Where it stands.
    pub place: Place,
    /// The plan line it speaks of; `None` where it speaks of a scope.
    line: Option<Id>,
    scope: Option<Scope>,
}

impl Late {
    /// Returns what it is and when it was recorded.
    pub fn said(&self) -> String {
        match self.recorded {
            Some(recorded) => format!("{}, recorded {recorded}", self.what),
            None => self.what.clone(),
        }
    }

    /// Returns whether the fact bears on a plan line.
    pub fn bears_on(&self, line: &Id, scope: &Scope) -> bool {
        self.line.as_ref().is_none_or(|of| of == line) && self.scope.as_ref().is_none_or(|of| of.overlaps(scope))
    }
}

/// Returns what `after` knows of the days of a closed period that `before` does not, in the order of files and lines.
/// Each is a ledger with the moment up to which it is asked; `None`: all there is.
pub fn late(close: &Close, before: (&Ledger, Option<Instant>), after: (&Ledger, Option<Instant>)) -> Vec<Late> {
    let (old, new) = (bearing(before.0, close.period, before.1), bearing(after.0, close.period, after.1));
    let mut late: Vec<Late> =
        new.iter().filter(|(key, _)| !old.contains_key(*key)).map(|(_, fact)| fact.clone()).collect();
    // What bears on these days no more: a later row voided it, or moved it elsewhere.
    for (key, fact) in old.into_iter().filter(|(key, _)| !new.contains_key(key)) {
        if !new.keys().any(|known| (known.kind, &known.id) == (key.kind, &key.id)) {
            late.extend(gone(fact, &key, after));
        }
    }
    late.sort_by(|a, b| (&a.place, &a.what).cmp(&(&b.place, &b.what)));
    late
}

/// What makes a fact the same in two ledgers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    kind: &'static str,
    id: String,
    /// What it says of the days; of a row that is never replaced, nothing more than its place.
    says: String,
}

/// Every fact known then that bears on the days of a period.
fn bearing(ledger: &Ledger, period: Period, as_known: Option<Instant>) -> BTreeMap<Key, Late> {
    let mut facts = BTreeMap::new();
    for line in ledger.lines(as_known).into_iter().filter(|line| line.period.overlap(period).is_some()) {
        for entry in &line.entries {
            // An entry spreads over the days from it on, to the line's end.
            let bears =
                if entry.is_carried_out() { period.contains(entry.effective) } else { entry.effective < period.end() };
            if bears {
                let verb = if entry.kind == EntryKind::Original { "opening" } else { entry.kind.as_str() };
                let what =
                    format!("{verb} of {} on line `{}` from {}", entry.amount.spelled(), line.id, entry.effective);
                let key = Key { kind: "budget", id: entry.place.to_string(), says: String::new() };
                let (recorded, place) = (entry.recorded, entry.place.clone());
                facts.insert(key, Late { what, recorded, place, line: Some(line.id.clone()), scope: None });
            }
        }
    }
    for one in ledger.restrictions(as_known) {
        let Some(days) = one.within(period) else { continue };
        // By whatever spelling an account goes then, it is the same.
        let account = one.scope.account.as_deref().map(|account| ledger.account_key(&one.scope.platform, account));
        let scope = Scope { account, ..one.scope.clone() };
        let says = format!("{} {scope} {days} {:?}", one.kind, one.share);
        let until = one.until.map_or(String::from("without an end"), |until| format!("until {until}"));
        let what = format!("{} `{}` on {} from {}, {until}", one.kind, one.id, one.scope, one.from);
        let key = Key { kind: "restriction", id: one.id.to_string(), says };
        let (recorded, place) = (one.recorded, one.place.clone());
        facts.insert(key, Late { what, recorded, place, line: None, scope: Some(one.scope) });
    }
    for redirection in ledger.redirections() {
        let known = redirection.until(period.last(), as_known);
        for event in known.events.into_iter().filter(|event| period.contains(event.date)) {
            let what = format!("step `{}` of redirection `{}` on {}", event.kind, redirection.id, event.date);
            let key = Key { kind: "redirection", id: event.place.to_string(), says: String::new() };
            let line = Some(redirection.line.clone());
            facts.insert(key, Late { what, recorded: event.recorded, place: event.place, line, scope: None });
        }
    }
    for order in ledger.encumbrances(as_known).into_iter().filter(|order| period.contains(order.date)) {
        let what = format!(
            "order `{}` on line `{}` for {}, {} open",
            order.reference,
            order.line,
            order.date,
            order.amount.spelled()
        );
        let says = format!("{} {}", order.date, order.amount);
        let key = Key { kind: "encumbrance", id: format!("{}/{}", order.line, order.reference), says };
        let line = Some(order.line);
        facts.insert(key, Late { what, recorded: order.recorded, place: order.place, line, scope: None });
    }
    facts
}

/// The row that took a fact away from the days of a period.
fn gone(fact: Late, key: &Key, (ledger, as_known): (&Ledger, Option<Instant>)) -> Option<Late> {
    let known = |recorded: Option<Instant>| super::known(recorded, as_known);
    let (recorded, place) = if key.kind == "restriction" {
        let mut rows = ledger.restriction_rows().iter().rev();
        rows.find(|row| row.id.as_str() == key.id && known(row.recorded)).map(|row| (row.recorded, row.place.clone()))
    } else {
        let mut rows = ledger.encumbrances.iter().rev();
        let is_it = |id: &Id, reference: &str| format!("{id}/{reference}") == key.id;
        rows.find(|row| is_it(&row.line, &row.reference) && known(row.recorded))
            .map(|row| (row.recorded, row.place.clone()))
    }?;
    Some(Late { what: format!("{}: no longer on these days", fact.what), recorded, place, ..fact })
}
