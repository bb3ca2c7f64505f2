//! Which figures of spend count, and what they are in whole minor units.

use std::collections::{BTreeMap, BTreeSet};

use respend::ledger::{Absent, Import, Ledger, Line, PublishedRate, SpendKey, Spent};
use respend::{Currency, Dated, Day, Instant, Platform, Scope};

use crate::blocked::covers;
use crate::exact::{Ratio, split};
use crate::rates::rate;

/// What a campaign spent on a day, or in a month that counts on its last day.
pub(crate) struct Actual {
    pub(crate) on: Dated,
    pub(crate) key: SpendKey,
    /// The currency it counts in.
    pub(crate) currency: Currency,
    pub(crate) minor: i128,
    pub(crate) provisional_rows: u64,
}

/// An account in one currency, and the currency it counts in.
type Account = (Platform, String, Currency, Currency);

/// Of each campaign of an account's day, or of a month (which stands after its last day), the exact amount in minor
/// units and how many rows could still move.
type Campaigns = BTreeMap<String, (Dated, Ratio, u64)>;

/// The imports that count, oldest first.
pub(crate) fn imports(ledger: &Ledger, as_known: Option<Instant>) -> Vec<&Import> {
    let counts = |import: &&Import| {
        let known = |recorded: Instant| as_known.is_none_or(|cut| recorded <= cut);
        known(import.recorded) && !import.revoked.as_ref().is_some_and(|revoked| known(revoked.recorded))
    };
    let mut imports: Vec<&Import> = ledger.imports_taken(None).into_iter().filter(counts).collect();
    imports.sort_by_key(|import| (import.recorded, import.id.clone()));
    imports
}

/// Whether an import speaks for an account; for any of the platform where none is asked for.
pub(crate) fn speaks_for(ledger: &Ledger, import: &Import, platform: &Platform, account: Option<&str>) -> bool {
    let is_it = |spelled: &str| account.is_none_or(|asked| ledger.account_spelling(platform, spelled) == asked);
    import.accounts.iter().any(|(of, spelled)| of == platform && is_it(spelled))
}

/// All spend that counts up to a day, in the order it counts.
pub(crate) fn actuals(ledger: &Ledger, lines: &[&Line], as_of: Day, as_known: Option<Instant>) -> Vec<Actual> {
    let rates: Vec<PublishedRate> = ledger.published_rates().collect();
    let imports = imports(ledger, as_known);
    let rows: Vec<BTreeMap<(Dated, SpendKey), Spent>> = imports.iter().map(|import| rows(ledger, import)).collect();
    let campaign = |key: &SpendKey| (key.platform.clone(), key.account.clone(), key.campaign.clone());
    let named: Vec<BTreeSet<_>> =
        rows.iter().map(|rows| rows.keys().map(|(on, key)| (*on, campaign(key))).collect()).collect();
    let mut days: BTreeMap<(Day, bool, Account), Campaigns> = BTreeMap::new();
    for (at, import) in imports.iter().enumerate() {
        for ((on, key), spent) in &rows[at] {
            let is_replaced = (at + 1..imports.len()).any(|newer| {
                let is_complete = imports[newer].absent == Absent::Gone;
                let covered = imports[newer].covered;
                let is_covered = covered.start() <= on.first_day() && on.last_day() < covered.end();
                named[newer].contains(&(*on, campaign(key)))
                    || (is_complete
                        && is_covered
                        && speaks_for(ledger, imports[newer], &key.platform, Some(&key.account)))
            });
            if is_replaced || on.last_day() > as_of {
                continue;
            }
            let line = lines.iter().find(|line| {
                let (account, campaign) = (Some(key.account.clone()), Some(key.campaign.clone()));
                let place = Scope { platform: key.platform.clone(), account, campaign };
                line.period.contains(on.last_day()) && covers(&line.scope, &place)
            });
            let quote = line.map_or(key.currency, |line| line.currency);
            let rate = rate(&rates, key.currency, quote, on.last_day()).filter(|_| quote != key.currency);
            let (currency, nanos) = match rate {
                Some((rate, _)) => (quote, (Ratio::whole(spent.cost.nanos()) * rate).half_even()),
                None => (key.currency, spent.cost.nanos()),
            };
            let billionths = 10_i128.pow(9 - currency.minor_digits());
            let provisional = if import.provisional_from <= on.last_day() { spent.rows } else { 0 };
            let account = (key.platform.clone(), key.account.clone(), key.currency, currency);
            let figure = (*on, Ratio::new(nanos, billionths), provisional);
            days.entry((on.last_day(), on.is_month(), account)).or_default().insert(key.campaign.clone(), figure);
        }
    }
    let mut running: BTreeMap<(Day, Account), Ratio> = BTreeMap::new();
    let mut actuals = Vec::new();
    for ((day, _, account), campaigns) in days {
        let year = ledger.settings().fiscal_year.first_day(day);
        let sum = running.entry((year, account.clone())).or_insert(Ratio::ZERO);
        let before = sum.nearest();
        let exact: Vec<Ratio> = campaigns.values().map(|(_, amount, _)| *amount).collect();
        *sum = exact.iter().fold(*sum, |sum, amount| sum + *amount);
        let amounts = split(sum.nearest() - before, &exact);
        for ((campaign, (on, _, provisional_rows)), minor) in campaigns.into_iter().zip(amounts) {
            let (platform, account, own, currency) = account.clone();
            actuals.push(Actual {
                on,
                key: SpendKey { platform, account, currency: own, campaign },
                currency,
                minor,
                provisional_rows,
            });
        }
    }
    actuals
}

fn rows<'a>(ledger: &'a Ledger, import: &'a Import) -> BTreeMap<(Dated, SpendKey), Spent<'a>> {
    let mut stream = ledger.spend_of(import);
    let mut rows = BTreeMap::new();
    while let Some(day) = stream.next_day().expect("a rollup") {
        rows.extend(day.spend.into_iter().map(|spent| ((day.day, spent.key().clone()), spent)));
    }
    rows
}
