//! What a report rests on, and one digest of it.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::calendar::Day;
use crate::ledger::{Control, EntryKind, Ledger, LedgerError, PolicyBasis, hex};
use crate::statement::{Statement, StatementError};

/// The files a report was computed from, and one digest of what they say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The program that computed it, for information; not part of the digest.
    pub program: String,
    /// Every file of the ledger that was read, as it stood.
    pub files: Vec<ManifestFile>,
    /// SHA-256, in small hex, of the canonical facts known at the cut-off, the parameters and the statement.
    pub digest: String,
}

/// One file of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestFile {
    /// Its path in the ledger folder.
    pub path: String,
    /// SHA-256 of its bytes, in small hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Begins the text a digest is taken of; another text gets another number.
const DIGEST: &str = "respend digest 1";

/// Returns the manifest of a report whose JSON without it is `body`.
///
/// The digest is taken of lines that each end in a line feed: the words `respend digest 1`; the parameters as a JSON
/// array; every fact known at the cut-off as a JSON array of texts, in the order of their bytes; every effective
/// figure of spend up to the cut-off day as a JSON array, in the order of day, platform, account, currency and
/// campaign; and `body`. Rows and files may be ordered or formatted otherwise without changing it.
pub(super) fn manifest(ledger: &Ledger, statement: &Statement, body: &str) -> Result<Manifest, StatementError> {
    let mut hash = Sha256::new();
    let mut line = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(b"\n");
    };
    line(DIGEST);
    let cut_off = statement.as_known.map(|known| known.to_string()).unwrap_or_default();
    let parameters = [
        statement.period.start().to_string(),
        statement.period.last().to_string(),
        statement.as_of.to_string(),
        cut_off,
    ];
    line(&array(&parameters));
    for fact in facts(ledger, statement) {
        line(&fact);
    }
    spend(ledger, statement, statement.as_of, &mut line)?;
    line(body);
    let digest = hex(&hash.finalize());
    let files = ledger.files()?.into_iter().map(|(path, sha256, bytes)| ManifestFile { path, sha256, bytes }).collect();
    Ok(Manifest { program: concat!("respend ", env!("CARGO_PKG_VERSION")).into(), files, digest })
}

/// Texts as a compact JSON array.
fn array(texts: &[String]) -> String {
    serde_json::Value::from(texts.to_vec()).to_string()
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Every fact known at the cut-off, a line each, in the order of their bytes.
fn facts(ledger: &Ledger, statement: &Statement) -> Vec<String> {
    let as_known = statement.as_known;
    let mut facts: Vec<Vec<String>> = Vec::new();
    let settings = ledger.settings();
    facts.push(vec![
        "ledger".into(),
        settings.name.clone(),
        settings.currency.to_string(),
        settings.provisional_days.to_string(),
        settings.four_eyes.to_string(),
        settings.fiscal_year.to_string(),
    ]);
    for account in &settings.accounts {
        let mut fact =
            vec!["account".into(), account.platform.to_string(), account.account.clone(), text(account.currency)];
        fact.extend(account.aliases.iter().cloned());
        facts.push(fact);
    }
    for destination in &settings.destinations {
        let (registration, country) = (text(destination.registration.as_ref()), text(destination.country.as_ref()));
        let kind = destination.kind.as_str().to_owned();
        facts.push(vec![
            "destination".into(),
            destination.id.to_string(),
            destination.name.clone(),
            kind,
            registration,
            country,
        ]);
    }
    for policy in &settings.policies {
        let basis = match policy.basis {
            PolicyBasis::Blocked => "blocked".to_owned(),
            PolicyBasis::Remaining => "remaining".to_owned(),
            PolicyBasis::WholePlan => "whole-plan".to_owned(),
            PolicyBasis::Fixed(amount) => format!("fixed {amount} {}", amount.currency()),
        };
        facts.push(vec![
            "policy".into(),
            policy.id.to_string(),
            basis,
            text(policy.period),
            text(policy.remainder.as_ref()),
        ]);
        let takes = &policy.takes;
        let mut fact = vec![
            "policy.takes".into(),
            policy.id.to_string(),
            text(takes.platform.as_ref()),
            text(takes.account.as_ref()),
            text(takes.campaign.as_ref()),
            text(takes.cause),
        ];
        fact.extend(takes.restrictions.iter().map(ToString::to_string));
        facts.push(fact);
        for (at, target) in policy.to.iter().enumerate() {
            facts.push(vec![
                "policy.to".into(),
                policy.id.to_string(),
                at.to_string(),
                target.destination.to_string(),
                text(target.share),
                text(target.amount),
                text(target.cap),
                text(target.min),
                target.priority.to_string(),
            ]);
        }
    }
    for line in ledger.lines(as_known) {
        for entry in &line.entries {
            let kind: EntryKind = entry.kind;
            facts.push(vec![
                "budget".into(),
                line.id.to_string(),
                kind.to_string(),
                line.period.to_string(),
                line.scope.platform.to_string(),
                text(line.scope.account.as_ref()),
                text(line.scope.campaign.as_ref()),
                line.currency.to_string(),
                entry.amount.to_string(),
                entry.effective.to_string(),
                text(entry.recorded),
                text(entry.by.as_ref()),
                entry.basis.to_string(),
                text(entry.reference.as_ref()),
                text(entry.note.as_ref()),
            ]);
        }
    }
    let cut = |recorded: Option<crate::calendar::Instant>| as_known.is_none_or(|known| recorded <= Some(known));
    for row in ledger.restriction_rows().iter().filter(|row| cut(row.recorded)) {
        facts.push(vec![
            "restriction".into(),
            row.id.to_string(),
            row.kind.to_string(),
            row.scope.platform.to_string(),
            text(row.scope.account.as_ref()),
            text(row.scope.campaign.as_ref()),
            row.from.to_string(),
            text(row.until),
            text(row.share),
            text(row.reason.as_ref()),
            text(row.notified),
            text(row.recorded),
            text(row.by.as_ref()),
            text(row.evidence_sha256.as_ref()),
            row.status.to_string(),
            text(row.note.as_ref()),
        ]);
    }
    for redirection in ledger.redirections() {
        for event in redirection.events.iter().filter(|event| cut(event.recorded)) {
            facts.push(vec![
                "redirection".into(),
                redirection.id.to_string(),
                event.kind.to_string(),
                event.date.to_string(),
                text(event.recorded),
                text(redirection.policy.as_ref()),
                redirection.line.to_string(),
                redirection.destination.to_string(),
                redirection.currency.to_string(),
                text(event.amount),
                text(event.by.as_ref()),
                text(event.reference.as_ref()),
                text(event.note.as_ref()),
            ]);
        }
    }
    for order in ledger.encumbrances(as_known) {
        facts.push(vec![
            "encumbrance".into(),
            order.line.to_string(),
            order.reference.clone(),
            order.date.to_string(),
            order.amount.to_string(),
            text(order.recorded),
            text(order.by.as_ref()),
            text(order.note.as_ref()),
        ]);
    }
    let mut lines: Vec<String> = facts.iter().map(|fact| array(fact)).collect();
    lines.sort();
    lines
}

fn spend(ledger: &Ledger, statement: &Statement, last: Day, line: &mut impl FnMut(&str)) -> Result<(), LedgerError> {
    let mut stream = ledger.spend(statement.as_known, Control::Hash)?.until(last);
    while let Some(day) = stream.next_day()? {
        for spent in day.spend.iter().filter(|_| day.day.last_day() <= last) {
            let key = spent.key();
            line(&array(&[
                "spend".into(),
                day.day.to_string(),
                key.platform.to_string(),
                key.account.clone(),
                key.currency.to_string(),
                key.campaign.clone(),
                spent.cost.to_string(),
            ]));
        }
    }
    Ok(())
}
