//! [`Assumption`]: what a statement takes for granted.

use serde::Serialize;

use crate::ledger::{Basis, EntryKind};
use crate::statement::Statement;

/// Something a statement takes for granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Assumption {
    /// What kind it is: `basis`, `share`, `open_end`, `rate`, `note`.
    pub code: &'static str,
    /// What is taken for granted.
    pub message: String,
    /// What it is about.
    pub place: String,
}

/// What a note begins with that is to be listed among the assumptions.
const ASSUMPTION: &str = "assumption:";

/// Returns what a statement takes for granted: every basis other than `given`, every share, every restriction
/// without an end, the rule of every rate, and every note that says so.
pub fn assumptions(statement: &Statement) -> Vec<Assumption> {
    let mut assumptions = Vec::new();
    let mut add = |code, place: String, message: String| assumptions.push(Assumption { code, message, place });
    let noted = |note: &Option<String>| {
        let note = note.as_deref()?.trim();
        let begins = note.get(..ASSUMPTION.len())?.eq_ignore_ascii_case(ASSUMPTION);
        begins.then(|| note[ASSUMPTION.len()..].trim().to_owned())
    };
    for line in &statement.lines {
        let place = format!("line {}", line.line.id);
        for entry in &line.line.entries {
            let what = format!("{} of {} from {}", entry.kind, entry.amount.spelled(), entry.effective);
            if entry.basis != Basis::Given && entry.kind != EntryKind::RedirectIn {
                add("basis", place.clone(), format!("{what} rests on {}", in_words(entry.basis)));
            }
            if let Some(note) = noted(&entry.note) {
                add("note", place.clone(), note);
            }
        }
    }
    for restriction in &statement.restrictions {
        let place = format!("{} {}", restriction.kind, restriction.id);
        if let Some(share) = restriction.share {
            add(
                "share",
                place.clone(),
                format!("it stops {share} of what the plan lines over {} hold", restriction.scope),
            );
        }
        if restriction.until.is_none() {
            add(
                "open_end",
                place.clone(),
                String::from("it has no end and is taken to last to the end of every plan line"),
            );
        }
        if let Some(note) = noted(&restriction.note) {
            add("note", place, note);
        }
    }
    for rate in &statement.rates {
        let (base, quote) = (rate.rate.base(), rate.rate.quote());
        let message = String::from(
            "spend is converted at the rate of its day, else at the last published before it; reports list both days",
        );
        add("rate", format!("rates of {base} in {quote}"), message);
    }
    for of in &statement.redirections {
        for event in &of.redirection.events {
            if let Some(note) = noted(&event.note) {
                add("note", format!("redirection {}", of.redirection.id), note);
            }
        }
    }
    assumptions.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    assumptions.dedup();
    assumptions
}

fn in_words(basis: Basis) -> &'static str {
    match basis {
        Basis::Given => "what was given",
        Basis::PriorYearActual => "the actual spend of the year before (prior-year-actual)",
        Basis::RunRate => "the spend of the days before, carried on (run-rate)",
        Basis::Forecast => "an estimate (forecast)",
    }
}
