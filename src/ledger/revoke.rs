//! `spend/<id>.revoked.toml`: why an import counts no longer.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::closes::PriorPeriod;
use super::imports::{FOLDER, said};
use super::mixed::Mixed;
use super::restated::differences;
use super::{Change, Import, Ledger, LedgerError, Place};
use crate::calendar::Instant;
use crate::money::Totals;
use crate::scope::Id;

/// When, by whom and why an import was revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// From then on the import does not count.
    pub recorded: Instant,
    /// Who revoked it.
    pub by: Option<String>,
    /// Why.
    pub reason: String,
}

/// The same as it stands in its file.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    recorded: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    reason: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    prior_period: bool,
}

/// What revoking an import changes.
#[derive(Clone, Debug)]
pub struct Revoked {
    /// The import.
    pub import: Import,
    /// How many figures are others without it.
    pub figures: u64,
    /// By how much spend changes, per currency.
    pub change: Totals,
    /// Of it in closed periods, in a sentence; `None` where they stay as they were.
    pub prior_period: Option<String>,
}

/// Returns the file that says an import is revoked.
pub(super) fn file(id: &str) -> String {
    format!("{FOLDER}/{id}.revoked.toml")
}

/// Reads such a file; `Err` says what is wrong and where.
pub(super) fn read(file: &str, text: &str) -> Result<Revocation, (Place, String)> {
    let Written { recorded, by, reason, .. } =
        toml::from_str(text).map_err(|error| (Place::of_error(file, text, &error), said(&error)))?;
    let recorded =
        recorded.parse().map_err(|error| (Place::of_key(file, text, "recorded"), format!("recorded: {error}")))?;
    Ok(Revocation { recorded, by, reason })
}

/// Adds the revocation of an import to a change, to be committed with it. Rollup and record stay as they are.
///
/// Where figures of a closed period change, it is refused unless `prior_period` allows it.
pub fn revoke(
    change: &mut Change,
    id: &str,
    reason: &str,
    by: Option<String>,
    prior_period: bool,
    now: Instant,
) -> Result<Revoked, LedgerError> {
    let ledger = change.before();
    let import = find(ledger, id)?.clone();
    if let Some(revoked) = &import.revoked {
        return Err(LedgerError::refused(
            format!("import `{id}` was revoked on {}: {}", revoked.recorded.day(), revoked.reason),
            "`respend imports` lists what counts",
        ));
    }
    let reason = reason.trim();
    if reason.is_empty() {
        return Err(LedgerError::refused("a revocation needs a reason", "say why with --reason"));
    }
    let recorded = change.recorded(now, ledger.spend_recorded());
    let mut written = Written { recorded: recorded.to_string(), by, reason: reason.to_owned(), prior_period: false };
    put(change, &import.id, &written)?;
    let prior = PriorPeriod::of(change, import.reach())?;
    if !prior.is_empty() && !prior_period {
        let (what, hint) = prior.refused("revoking this import");
        return Err(LedgerError::refused(what, hint));
    }
    written.prior_period = !prior.is_empty();
    put(change, &import.id, &written)?;
    let (mut figures, mut sums) = (0_u64, Totals::default());
    let after = change.ledger().map_err(LedgerError::into_refusal)?;
    if let Some(mixed) = Mixed::brought_by(change)? {
        return Err(LedgerError::refused(
            format!("without this import {mixed}"),
            "revoke one of these first, or import the export of this one again by day",
        ));
    }
    differences(change.before(), &after, import.reach(), |figure| {
        figures = figures.saturating_add(1);
        sums.add(figure.difference()?).map_err(|error| LedgerError::refused(error.to_string(), ""))
    })?;
    Ok(Revoked { import, figures, change: sums, prior_period: prior.said() })
}

fn put(change: &mut Change, id: &Id, written: &Written) -> Result<(), LedgerError> {
    let toml = toml::to_string(written)
        .map_err(|error| LedgerError::refused(format!("the revocation cannot be written: {error}"), ""))?;
    change.put(&file(id.as_str()), toml.into_bytes());
    Ok(())
}

/// How many ids are offered to somebody who mistyped one.
const NEAR: usize = 5;

fn find<'a>(ledger: &'a Ledger, id: &str) -> Result<&'a Import, LedgerError> {
    if let Some(import) = ledger.imports.iter().find(|import| import.id.as_str() == id) {
        return Ok(import);
    }
    let mut near: Vec<&str> = ledger.imports.iter().map(|import| import.id.as_str()).collect();
    near.sort_by_key(|known| (Reverse(likeness(known, id)), *known));
    near.truncate(NEAR);
    let hint = match near.as_slice() {
        [] => String::from("the ledger holds no imports"),
        near if near.len() == ledger.imports.len() => format!("the imports are {}", near.join(", ")),
        near => format!("near it are {}; `respend imports` lists all", near.join(", ")),
    };
    Err(LedgerError::refused(format!("there is no import `{id}`"), hint))
}

/// How like an id what was typed is: a part of it, else as far as both begin alike.
fn likeness(known: &str, typed: &str) -> usize {
    if !typed.is_empty() && known.contains(typed) {
        return usize::MAX;
    }
    known.chars().zip(typed.chars()).take_while(|(a, b)| a == b).count()
}
