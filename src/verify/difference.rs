//! [`Difference`]: where a saved report is not what the ledger says now.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// One field that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Where it stands in the saved report, as `lines[0].plan`; `lines[]` where it was not there.
    pub path: String,
    /// What it is about, where the path has only a number: the plan line, the month, the id.
    pub of: String,
    /// What was saved; `None` where there was nothing.
    pub saved: Option<String>,
    /// What the ledger says now; `None` where that is nothing.
    pub now: Option<String>,
}

/// The report's keys in the order in which differences are told: figures, facts, what is said of them, the digest.
const ORDER: [&str; 21] = [
    "lines",
    "unbudgeted",
    "platforms",
    "totals",
    "months",
    "identities",
    "prior_year",
    "adjustments",
    "redirections",
    "restrictions",
    "assumptions",
    "provisional_rows",
    "findings",
    "period",
    "first_day",
    "last_day",
    "as_of",
    "as_known",
    "filing_date",
    "currency",
    "ledger",
];

/// What tells the elements of a list apart: the first of these whose keys they all have.
const NAMES: [&[&str]; 8] = [
    &["id"],
    &["line", "month"],
    &["line"],
    &["code", "place"],
    &["name", "currency"],
    &["period", "platform", "account", "campaign", "currency"],
    &["platform", "account", "campaign", "currency"],
    &["platform", "currency"],
];

/// Compares two reports field by field; files and program are not among the fields.
pub(super) fn differences(saved: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    let (saved, now) = (fields(saved), fields(now));
    let known = ORDER.into_iter().map(str::to_owned);
    let others = saved.keys().chain(now.keys()).filter(|key| !ORDER.contains(&key.as_str()) && *key != "manifest");
    let others: BTreeSet<String> = others.cloned().collect();
    for key in known.chain(others) {
        compare(&key, "", saved.get(&key), now.get(&key), &mut found);
    }
    let digest =
        |report: &Map<String, Value>| report.get("manifest").and_then(|manifest| manifest.get("digest")).cloned();
    compare("manifest.digest", "", digest(&saved).as_ref(), digest(&now).as_ref(), &mut found);
    found
}

fn fields(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

fn compare(path: &str, of: &str, saved: Option<&Value>, now: Option<&Value>, found: &mut Vec<Difference>) {
    match (saved, now) {
        (saved, now) if saved == now => {}
        (Some(Value::Object(saved)), Some(Value::Object(now))) => {
            let keys: BTreeSet<&String> = saved.keys().chain(now.keys()).collect();
            for key in keys {
                compare(&format!("{path}.{key}"), of, saved.get(key), now.get(key), found);
            }
        }
        (Some(Value::Array(saved)), Some(Value::Array(now))) => {
            let (saved, now) = (named(saved), named(now));
            let only_now = now.iter().filter(|(name, _)| !saved.contains_key(*name));
            for (name, (at, value)) in &saved {
                let now = now.get(name).map(|(_, value)| *value);
                compare(&format!("{path}[{at}]"), &joined(of, &name.0), Some(value), now, found);
            }
            for (name, (_, value)) in only_now {
                compare(&format!("{path}[]"), &joined(of, &name.0), None, Some(value), found);
            }
        }
        (saved, now) => {
            found.push(Difference { path: path.to_owned(), of: of.to_owned(), saved: told(saved), now: told(now) });
        }
    }
}

/// A value as it is told: text as it stands, what is missing or `null` as nothing, the rest as JSON.
fn told(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

pub(super) fn joined(of: &str, name: &str) -> String {
    [of, name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// The elements of a list by their names; those of one name by their number among these.
fn named(list: &[Value]) -> BTreeMap<(String, usize), (usize, &Value)> {
    let has = |keys: &&[&str]| list.iter().all(|value| keys.iter().all(|key| value.get(key).is_some()));
    let keys = NAMES.into_iter().find(has).unwrap_or_default();
    let mut named = BTreeMap::new();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (at, value) in list.iter().enumerate() {
        let words = keys.iter().filter_map(|key| value.get(key)?.as_str()).filter(|word| !word.is_empty());
        let name = words.collect::<Vec<_>>().join(" ");
        let count = counts.entry(name.clone()).or_default();
        named.insert((name, *count), (at, value));
        *count = count.saturating_add(1);
    }
    named
}
