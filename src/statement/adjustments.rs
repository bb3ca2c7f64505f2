//! What was recorded after a period was closed and changes its spend.

use std::collections::{BTreeMap, BTreeSet};

use super::StatementError;
use crate::calendar::{Day, Instant, Period};
use crate::ledger::{Close, Control, Import, Ledger, SpendKey};
use crate::money::Cost;
use crate::scope::Id;

/// A campaign's spend of a closed period that is not what it was when the period was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adjustment {
    /// The closed period, as it was closed.
    pub period: String,
    /// Whose spend it is.
    pub key: SpendKey,
    /// What was known when the period was closed.
    pub was: Cost,
    /// What is known now.
    pub now: Cost,
    /// Now − was.
    pub difference: Cost,
    /// The imports taken in or revoked since that speak for the account on days of the period.
    pub imports: Vec<Id>,
}

/// Returns the adjustments that a report of `period` lists: of every period closed at `as_known` that begins before the
/// report's ends, by its days, then platform, account, currency and campaign. Exact, not rounded.
///
/// Spend after `as_of` does not count, as in a statement.
pub fn adjustments(
    ledger: &Ledger,
    period: Period,
    as_of: Day,
    as_known: Option<Instant>,
) -> Result<Vec<Adjustment>, StatementError> {
    let mut adjustments = Vec::new();
    for close in ledger.closed(as_known).into_iter().filter(|close| close.period.start() < period.end()) {
        adjustments.extend(adjustments_of(ledger, close, as_of, as_known)?);
    }
    Ok(adjustments)
}

/// Returns the adjustments to one closed period.
pub fn adjustments_of(
    ledger: &Ledger,
    close: &Close,
    as_of: Day,
    as_known: Option<Instant>,
) -> Result<Vec<Adjustment>, StatementError> {
    let mut adjustments = Vec::new();
    let Some(days) = close.period.until(as_of) else { return Ok(adjustments) };
    let is_later = |import: &&Import| {
        let revoked = import.revoked_by(as_known).map(|revoked| revoked.recorded);
        import.recorded.max(revoked.unwrap_or(import.recorded)) > close.recorded
            && import.reach().overlap(days).is_some()
    };
    let since: Vec<&Import> = ledger.imports_taken(as_known).into_iter().filter(is_later).collect();
    if since.is_empty() {
        return Ok(adjustments);
    }
    let was = sums(ledger, days, Some(close.recorded))?;
    let now = sums(ledger, days, as_known)?;
    let keys: BTreeSet<&SpendKey> = was.keys().chain(now.keys()).collect();
    for key in keys {
        let of = |sums: &BTreeMap<SpendKey, Cost>| sums.get(key).copied().unwrap_or(Cost::zero(key.currency));
        let (was, now) = (of(&was), of(&now));
        if was == now {
            continue;
        }
        let imports = since.iter().filter(|import| ledger.speaks_for(import, &key.platform, Some(&key.account)));
        adjustments.push(Adjustment {
            period: close.name.clone(),
            key: key.clone(),
            was,
            now,
            difference: now.minus(was)?,
            imports: imports.map(|import| import.id.clone()).collect(),
        });
    }
    Ok(adjustments)
}

/// The exact spend of some days, by what was recorded then.
fn sums(ledger: &Ledger, days: Period, as_known: Option<Instant>) -> Result<BTreeMap<SpendKey, Cost>, StatementError> {
    let mut sums: BTreeMap<SpendKey, Cost> = BTreeMap::new();
    let mut stream = ledger.spend(as_known, Control::Hash).until(days.last());
    while let Some(day) = stream.next_day()? {
        for spent in day.spend.into_iter().filter(|_| days.contains(day.day.last_day())) {
            let sum = sums.entry(spent.key().clone()).or_insert(Cost::zero(spent.cost.currency()));
            *sum = sum.plus(spent.cost)?;
        }
    }
    Ok(sums)
}
