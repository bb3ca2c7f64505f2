//! What the books know, as canonical text: a line per fact, the same however rows and files stand or are spelled.
//!
//! Digests are taken of it. Knows the ledger. Knows nothing of what follows from the facts.

use std::collections::BTreeSet;

use crate::calendar::Instant;
use crate::ledger::{
    AccountSetting, DaySpend, Encumbrance, Entry, Event, Import, Ledger, Line, Place, PolicyBasis, PublishedRate,
    Redirection, Restriction, Spent,
};
use crate::money::Money;
use crate::scope::{Id, Scope};

/// One fact: what kind it is, and its cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fact {
    /// The kind, then a cell for every name of the kind ([`names`]); some kinds end with a list.
    pub(crate) cells: Vec<String>,
    /// Where it stands, if it is a row of its own.
    pub(crate) place: Option<Place>,
}

impl Fact {
    /// Returns a fact of a kind that has no row of its own.
    pub(crate) fn of<const N: usize>(kind: &str, cells: [String; N]) -> Fact {
        Fact { cells: std::iter::once(kind.to_owned()).chain(cells).collect(), place: None }
    }

    fn at(self, place: &Place) -> Fact {
        Fact { place: Some(place.clone()), ..self }
    }

    /// Returns the fact as a compact JSON array of texts.
    pub(crate) fn line(&self) -> String {
        array(&self.cells)
    }
}

/// Returns texts as a compact JSON array.
pub(crate) fn array(texts: &[String]) -> String {
    serde_json::Value::from(texts.to_vec()).to_string()
}

/// Returns a value's text, empty where there is none.
pub(crate) fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Returns what the cells after its kind are called; of a kind that is not known, nothing.
pub(crate) fn names(kind: &str) -> &'static [&'static str] {
    match kind {
        "budget" => &[
            "line",
            "entry",
            "period",
            "platform",
            "account",
            "campaign",
            "currency",
            "amount",
            "effective",
            "recorded",
            "by",
            "basis",
            "reference",
            "note",
        ],
        "restriction" => &[
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
            "evidence_sha256",
            "status",
            "note",
        ],
        "redirection" => &[
            "id",
            "event",
            "date",
            "recorded",
            "policy",
            "line",
            "destination",
            "currency",
            "amount",
            "by",
            "reference",
            "note",
            "condition",
            "from",
            "paid_currency",
            "paid_amount",
        ],
        "encumbrance" => &["line", "reference", "date", "amount", "recorded", "by", "note"],
        "import" => &["id", "export_sha256", "rollup_sha256", "recorded", "first_day", "last_day", "absent", "revoked"],
        "rate" => &["base", "quote", "day", "rate", "source"],
        "spend" => &["day", "platform", "account", "currency", "campaign", "amount"],
        "ledger" => &["name", "currency", "provisional_days", "four_eyes", "fiscal_year"],
        "destination" => &["id", "name", "kind", "registration", "country"],
        _ => &[],
    }
}

/// Returns the facts of `ledger.toml` that what is known bears on; `redirections` are those known.
///
/// What the settings declare has no day of record: it counts once a known fact names it, so that what is declared for
/// later facts changes no earlier digest.
pub(crate) fn settings(ledger: &Ledger, as_known: Option<Instant>, redirections: &[Redirection]) -> Vec<Fact> {
    let settings = ledger.settings();
    let mut facts = vec![Fact::of(
        "ledger",
        [
            settings.name.clone(),
            settings.currency.to_string(),
            settings.provisional_days.to_string(),
            settings.four_eyes.to_string(),
            settings.fiscal_year.to_string(),
        ],
    )];
    for account in settings.accounts.iter().filter(|account| names_account(ledger, account, as_known)) {
        let mut fact =
            Fact::of("account", [account.platform.to_string(), account.account.clone(), text(account.currency)]);
        fact.cells.extend(account.aliases.iter().cloned());
        facts.push(fact);
    }
    let named = || redirections.iter().filter(|one| !one.events.is_empty());
    let destinations: BTreeSet<&Id> = named().map(|one| &one.destination).collect();
    for destination in settings.destinations.iter().filter(|one| destinations.contains(&one.id)) {
        facts.push(Fact::of(
            "destination",
            [
                destination.id.to_string(),
                destination.name.clone(),
                destination.kind.as_str().to_owned(),
                text(destination.registration.as_ref()),
                text(destination.country.as_ref()),
            ],
        ));
    }
    let policies: BTreeSet<&Id> = named().filter_map(|one| one.policy.as_ref()).collect();
    for policy in settings.policies.iter().filter(|one| policies.contains(&one.id)) {
        let basis = match policy.basis {
            PolicyBasis::Blocked => "blocked".to_owned(),
            PolicyBasis::Remaining => "remaining".to_owned(),
            PolicyBasis::WholePlan => "whole-plan".to_owned(),
            PolicyBasis::Fixed(amount) => format!("fixed {amount} {}", amount.currency()),
        };
        facts.push(Fact::of(
            "policy",
            [policy.id.to_string(), basis, text(policy.period), text(policy.remainder.as_ref())],
        ));
        let takes = &policy.takes;
        let mut fact = Fact::of(
            "policy.takes",
            [
                policy.id.to_string(),
                text(takes.platform.as_ref()),
                text(takes.account.as_ref()),
                text(takes.campaign.as_ref()),
                text(takes.cause),
            ],
        );
        fact.cells.extend(takes.restrictions.iter().map(ToString::to_string));
        facts.push(fact);
        for (at, target) in policy.to.iter().enumerate() {
            facts.push(Fact::of(
                "policy.to",
                [
                    policy.id.to_string(),
                    at.to_string(),
                    target.destination.to_string(),
                    text(target.share),
                    text(target.amount),
                    text(target.cap),
                    text(target.min),
                    target.priority.to_string(),
                ],
            ));
        }
    }
    facts
}

/// Whether a plan line, a restriction or an import that is known names an account.
fn names_account(ledger: &Ledger, account: &AccountSetting, as_known: Option<Instant>) -> bool {
    let is_it = |scope: &Scope| scope.platform == account.platform && scope.account.as_ref() == Some(&account.account);
    ledger.imports_taken(as_known).iter().any(|it| ledger.speaks_for(it, &account.platform, Some(&account.account)))
        || ledger.lines(as_known).iter().any(|line| is_it(&line.scope))
        || ledger.restrictions(as_known).iter().any(|one| is_it(&one.scope))
}

/// The cells of a scope. An account is written without punctuation, so that it does not matter which spelling of it
/// was seen first.
fn scope(ledger: &Ledger, scope: &Scope) -> [String; 3] {
    let account = scope.account.as_deref().map(|account| ledger.account_key(&scope.platform, account));
    [scope.platform.to_string(), account.unwrap_or_default(), text(scope.campaign.as_ref())]
}

/// Returns one entry of a plan line.
pub(crate) fn budget(ledger: &Ledger, line: &Line, entry: &Entry) -> Fact {
    let [platform, account, campaign] = scope(ledger, &line.scope);
    Fact::of(
        "budget",
        [
            line.id.to_string(),
            entry.kind.to_string(),
            line.period.to_string(),
            platform,
            account,
            campaign,
            line.currency.to_string(),
            entry.amount.to_string(),
            entry.effective.to_string(),
            text(entry.recorded),
            text(entry.by.as_ref()),
            entry.basis.to_string(),
            text(entry.reference.as_ref()),
            text(entry.note.as_ref()),
        ],
    )
    .at(&entry.place)
}

/// Returns one row of a restriction's log.
pub(crate) fn restriction(ledger: &Ledger, row: &Restriction) -> Fact {
    let [platform, account, campaign] = scope(ledger, &row.scope);
    Fact::of(
        "restriction",
        [
            row.id.to_string(),
            row.kind.to_string(),
            platform,
            account,
            campaign,
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
        ],
    )
    .at(&row.place)
}

/// Returns one step of a redirection.
///
/// What few steps have ends it, all of it where any is given: so a step without is written as it ever was.
pub(crate) fn redirection(redirection: &Redirection, event: &Event) -> Fact {
    let mut fact = Fact::of(
        "redirection",
        [
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
        ],
    )
    .at(&event.place);
    if event.condition.is_some() || redirection.from.is_some() || event.sent.is_some() {
        fact.cells.extend([
            text(event.condition.as_ref()),
            text(redirection.from.as_ref()),
            text(event.sent.map(Money::currency)),
            text(event.sent),
        ]);
    }
    fact
}

/// Returns an open order.
pub(crate) fn encumbrance(order: &Encumbrance) -> Fact {
    Fact::of(
        "encumbrance",
        [
            order.line.to_string(),
            order.reference.clone(),
            order.date.to_string(),
            order.amount.to_string(),
            text(order.recorded),
            text(order.by.as_ref()),
            text(order.note.as_ref()),
        ],
    )
    .at(&order.place)
}

/// Returns a published rate.
pub(crate) fn rate(published: &PublishedRate) -> Fact {
    Fact::of(
        "rate",
        [
            published.rate.base().to_string(),
            published.rate.quote().to_string(),
            published.day.to_string(),
            published.rate.to_string(),
            published.source.clone(),
        ],
    )
    .at(&published.place)
}

/// Returns an import, and when it was revoked, if that was known then.
pub(crate) fn import(import: &Import, as_known: Option<Instant>) -> Fact {
    Fact::of(
        "import",
        [
            import.id.to_string(),
            import.record.export_sha256.clone(),
            import.record.rollup_sha256.clone(),
            import.recorded.to_string(),
            import.covered.start().to_string(),
            import.covered.last().to_string(),
            import.absent.as_str().to_owned(),
            text(import.revoked_by(as_known).map(|revoked| revoked.recorded)),
        ],
    )
}

/// Hands over a line for each campaign that spent on a day or in a month, in the order of platform, account, currency and
/// campaign. There may be millions, so they are no [`Fact`]s.
pub(crate) fn spend(ledger: &Ledger, spend: &DaySpend, mut take: impl FnMut(&str)) {
    let account = |spent: &'_ [Spent<'_>]| {
        let key = spent.first()?.key();
        let account = ledger.account_key(&key.platform, &key.account);
        Some([key.platform.to_string(), account, key.currency.to_string()])
    };
    let mut accounts: Vec<_> = spend.by_account().filter_map(|spent| Some((account(spent)?, spent))).collect();
    accounts.sort_by(|(a, _), (b, _)| a.cmp(b));
    let mut line = String::new();
    for ([platform, account, currency], campaigns) in accounts {
        let all = array(&["spend".into(), spend.day.to_string(), platform, account, currency]);
        let begins = all.strip_suffix(']').unwrap_or(&all);
        for spent in campaigns {
            line.clear();
            line.push_str(begins);
            for cell in [&spent.key().campaign, &spent.cost.to_string()] {
                line.push(',');
                quote(&mut line, cell);
            }
            line.push(']');
            take(&line);
        }
    }
}

/// Adds a text as JSON.
fn quote(line: &mut String, text: &str) {
    if text.bytes().all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\') {
        line.push('"');
        line.push_str(text);
        line.push('"');
    } else {
        line.push_str(&serde_json::Value::from(text).to_string());
    }
}
