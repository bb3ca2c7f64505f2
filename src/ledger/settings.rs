//! `ledger.toml`: what holds for the whole ledger.

use std::collections::BTreeMap;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::{Place, Problem};
use crate::calendar::{FiscalYear, NamedBy, Period};
use crate::money::{Currency, Money, Share};
use crate::scope::{Id, Platform};

/// The file's name.
pub(super) const FILE: &str = "ledger.toml";

/// The format this program reads and writes.
const FORMAT: i64 = 1;

/// What holds for the whole ledger.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The ledger's name, shown in titles.
    pub name: String,
    /// The currency reports are read in.
    pub currency: Currency,
    /// When the company's year begins.
    pub fiscal_year: FiscalYear,
    /// For how many days before an export its figures may still move.
    pub provisional_days: u32,
    /// Whether a redirection is approved by someone other than its proposer.
    pub four_eyes: bool,
    /// Accounts the ledger says something about.
    pub accounts: Vec<AccountSetting>,
    /// Where redirected money may go, in the order declared.
    pub destinations: Vec<Destination>,
    /// The rules that propose redirections, in the order declared.
    pub policies: Vec<Policy>,
}

/// What the ledger says of an account.
#[derive(Clone, Debug)]
pub struct AccountSetting {
    /// Where it is.
    pub platform: Platform,
    /// The account's name, as the ledger writes it.
    pub account: String,
    /// The currency the platform bills it in.
    pub currency: Option<Currency>,
    /// Other names exports call it by.
    pub aliases: Vec<String>,
}

/// Where redirected money goes.
#[derive(Clone, Debug)]
pub struct Destination {
    /// Its id; of another platform, the platform's id.
    pub id: Id,
    /// Its name, for people.
    pub name: String,
    /// What it is.
    pub kind: DestinationKind,
    /// The number it is registered under, such as an EIN.
    pub registration: Option<String>,
    /// The country it is registered in, two letters.
    pub country: Option<String>,
}

/// What a destination is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DestinationKind {
    /// A gift: pledged, paid, acknowledged.
    Donation,
    /// Another platform's budget: moved.
    Platform,
    /// Set aside inside the company: moved.
    Reserve,
}

impl DestinationKind {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            DestinationKind::Donation => "donation",
            DestinationKind::Platform => "platform",
            DestinationKind::Reserve => "reserve",
        }
    }
}

/// A rule that turns redirectable money into proposed redirections.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Its id.
    pub id: Id,
    /// Which blocked money it speaks of.
    pub takes: Takes,
    /// What the amount is reckoned from.
    pub basis: PolicyBasis,
    /// The plan lines it speaks of: those that lie in this period; all when empty.
    pub period: Option<Period>,
    /// Where the money goes, in the order declared; ties are settled in this order.
    pub to: Vec<Target>,
    /// Where what is left goes; it stays unplaced when empty.
    pub remainder: Option<Id>,
}

/// Which blocked money a policy speaks of; an empty field means all.
#[derive(Clone, Debug, Default)]
pub struct Takes {
    /// On this platform.
    pub platform: Option<Platform>,
    /// Of this account.
    pub account: Option<String>,
    /// Of this campaign.
    pub campaign: Option<String>,
    /// Blocked by these restrictions.
    pub restrictions: Vec<Id>,
    /// Blocked by bans (`imposed`) or by holds (`voluntary`) alone.
    pub cause: Option<Cause>,
}

/// Whose act blocked the money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cause {
    /// The platform's: a ban.
    Imposed,
    /// Our own: a hold.
    Voluntary,
}

/// What a policy reckons its amount from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyBasis {
    /// What is blocked and really free: never more than redirectable.
    Blocked,
    /// What is left of the plan after actual spend.
    Remaining,
    /// The plan, whole.
    WholePlan,
    /// A named amount.
    Fixed(Money),
}

/// One destination of a policy.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where to.
    pub destination: Id,
    /// A part of what its priority finds.
    pub share: Option<Share>,
    /// A named amount.
    pub amount: Option<Money>,
    /// Never more than this.
    pub cap: Option<Money>,
    /// Not less than this, where there is enough.
    pub min: Option<Money>,
    /// Lower numbers are served first; 1 when not given.
    pub priority: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawSettings {
    format: Spanned<i64>,
    name: String,
    currency: Spanned<String>,
    fiscal_year_start: Option<Spanned<String>>,
    fiscal_year_named_by: Option<NamedBy>,
    provisional_days: Option<Spanned<i64>>,
    four_eyes: Option<bool>,
    #[serde(default)]
    accounts: BTreeMap<Spanned<String>, RawAccount>,
    #[serde(default)]
    destination: Vec<RawDestination>,
    #[serde(default)]
    policy: Vec<RawPolicy>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAccount {
    currency: Option<Spanned<String>>,
    #[serde(default)]
    aliases: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDestination {
    id: Spanned<String>,
    name: Option<String>,
    kind: Spanned<DestinationKind>,
    registration: Option<String>,
    country: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPolicy {
    id: Spanned<String>,
    #[serde(default)]
    takes: RawTakes,
    basis: Option<Spanned<String>>,
    amount: Option<Spanned<String>>,
    period: Option<Spanned<String>>,
    remainder: Option<Spanned<String>>,
    #[serde(default)]
    to: Vec<RawTarget>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTakes {
    platform: Option<Spanned<String>>,
    account: Option<String>,
    campaign: Option<String>,
    #[serde(default)]
    restrictions: Vec<Spanned<String>>,
    cause: Option<Cause>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawTarget {
    destination: Spanned<String>,
    share: Option<Spanned<String>>,
    amount: Option<Spanned<String>>,
    cap: Option<Spanned<String>>,
    min: Option<Spanned<String>>,
    priority: Option<u32>,
}

/// Reads `ledger.toml`; what is wrong is added to `problems`.
pub(super) fn read(text: &str, problems: &mut Vec<Problem>) -> Option<Settings> {
    let raw: RawSettings = match toml::from_str(text) {
        Ok(raw) => raw,
        Err(error) => {
            let place = place(text, &error.span().unwrap_or(0..0));
            let format = toml::from_str::<toml::Table>(text).ok().and_then(|table| table.get("format")?.as_integer());
            problems.push(match format {
                // What a newer format holds is not this program's to judge.
                Some(format) if format > FORMAT => newer(place, format),
                _ => Problem {
                    place,
                    what: error.message().trim().replace('\n', " "),
                    mend: "docs/ledger.md lists the keys".into(),
                },
            });
            return None;
        }
    };
    let before = problems.len();
    let settings = Reader { text, problems }.settings(raw);
    settings.filter(|_| problems.len() == before)
}

/// Returns where a span of a TOML text begins.
pub(super) fn place(text: &str, span: &Range<usize>) -> Place {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count() as u64;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count();
    Place {
        file: FILE.to_owned(),
        line: line.saturating_add(1),
        column: u32::try_from(column).unwrap_or(0).saturating_add(1),
    }
}

fn newer(place: Place, format: i64) -> Problem {
    Problem {
        place,
        what: format!("format = {format} is newer than this program, which reads format {FORMAT}"),
        mend: format!("use a respend that knows format {format}"),
    }
}

struct Reader<'a> {
    text: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn settings(mut self, raw: RawSettings) -> Option<Settings> {
        let format = *raw.format.get_ref();
        if format > FORMAT {
            self.problems.push(newer(place(self.text, &raw.format.span()), format));
        } else if format != FORMAT {
            self.wrong(&raw.format.span(), format!("format: {format} is no format of a ledger"), "write format = 1");
        }
        let currency: Option<Currency> = self.parse("currency", Some(&raw.currency));
        let start = raw.fiscal_year_start.as_ref();
        let fiscal_year = match start.map(|start| FiscalYear::new(start.get_ref(), raw.fiscal_year_named_by)) {
            None => Some(FiscalYear::CALENDAR),
            Some(Ok(year)) => Some(year),
            Some(Err(error)) => {
                self.wrong(&start.map_or(0..0, Spanned::span), format!("fiscal_year_start: {error}"), "");
                None
            }
        };
        if let (Some(start), Some(false)) = (start, fiscal_year.map(|year| year.is_named())) {
            let what = format!("a fiscal year that starts on {} needs a name", start.get_ref());
            self.wrong(&start.span(), what, "add fiscal_year_named_by = \"start\" or \"end\"");
        }
        let provisional_days = match &raw.provisional_days {
            None => Some(28),
            Some(days) => u32::try_from(*days.get_ref()).ok().filter(|days| *days <= 366).or_else(|| {
                self.wrong(
                    &days.span(),
                    format!("provisional_days: {} is not a number of days", days.get_ref()),
                    "write 0 to 366",
                );
                None
            }),
        };
        let accounts = raw.accounts.into_iter().filter_map(|(key, account)| self.account(&key, &account)).collect();
        let destinations: Vec<Destination> = raw.destination.iter().filter_map(|raw| self.destination(raw)).collect();
        self.unique("destination", raw.destination.iter().map(|raw| &raw.id));
        let currency = currency?;
        let fiscal_year = fiscal_year?;
        let mut policies = Vec::new();
        for raw in &raw.policy {
            policies.extend(self.policy(raw, currency, &fiscal_year, &destinations));
        }
        self.unique("policy", raw.policy.iter().map(|raw| &raw.id));
        Some(Settings {
            name: raw.name,
            currency,
            fiscal_year,
            provisional_days: provisional_days?,
            four_eyes: raw.four_eyes.unwrap_or(true),
            accounts,
            destinations,
            policies,
        })
    }

    fn account(&mut self, key: &Spanned<String>, raw: &RawAccount) -> Option<AccountSetting> {
        let named = key.get_ref().split_once('/').filter(|(_, account)| !account.trim().is_empty());
        let Some((platform, account)) = named else {
            self.wrong(
                &key.span(),
                format!("accounts: `{}` names no account", key.get_ref()),
                "write [accounts.\"<platform>/<account>\"]",
            );
            return None;
        };
        let platform =
            platform.parse().map_err(|error| self.wrong(&key.span(), format!("accounts: {error}"), "")).ok()?;
        let currency = self.parse("currency", raw.currency.as_ref());
        Some(AccountSetting { platform, account: account.trim().to_owned(), currency, aliases: raw.aliases.clone() })
    }

    fn destination(&mut self, raw: &RawDestination) -> Option<Destination> {
        let id: Id = self.parse("id", Some(&raw.id))?;
        let kind = *raw.kind.get_ref();
        if kind == DestinationKind::Platform && id.as_str().parse::<Platform>().is_ok_and(|p| p.as_str() != id.as_str())
        {
            self.wrong(
                &raw.id.span(),
                format!("destination: `{id}` is another name of a platform"),
                "a destination of kind platform has the platform's own id",
            );
        }
        let name = raw.name.clone().unwrap_or_else(|| id.to_string());
        Some(Destination { id, name, kind, registration: raw.registration.clone(), country: raw.country.clone() })
    }

    fn policy(
        &mut self,
        raw: &RawPolicy,
        currency: Currency,
        fiscal: &FiscalYear,
        known: &[Destination],
    ) -> Option<Policy> {
        let id = self.parse("id", Some(&raw.id));
        let amount = self.money("amount", raw.amount.as_ref(), currency);
        let basis = match raw.basis.as_ref().map(|basis| (basis, basis.get_ref().as_str())) {
            None | Some((_, "blocked")) => Some(PolicyBasis::Blocked),
            Some((_, "remaining")) => Some(PolicyBasis::Remaining),
            Some((_, "whole-plan")) => Some(PolicyBasis::WholePlan),
            Some((basis, "fixed")) => amount.map(PolicyBasis::Fixed).or_else(|| {
                self.wrong(&basis.span(), "basis: `fixed` needs an amount".into(), "add amount = \"…\"");
                None
            }),
            Some((basis, other)) => {
                self.wrong(
                    &basis.span(),
                    format!("basis: `{other}` is none"),
                    "write blocked, remaining, whole-plan or fixed",
                );
                None
            }
        };
        let period = raw.period.as_ref().and_then(|period| {
            Period::parse(period.get_ref(), fiscal)
                .map_err(|error| self.wrong(&period.span(), format!("period: {error}"), ""))
                .ok()
        });
        let mut to = Vec::new();
        for target in &raw.to {
            to.extend(self.target(target, currency, known));
        }
        if raw.to.is_empty() && raw.remainder.is_none() {
            self.wrong(
                &raw.id.span(),
                format!("policy: `{}` sends money nowhere", raw.id.get_ref()),
                "add [[policy.to]] or remainder",
            );
        }
        let priorities: std::collections::BTreeSet<u32> = to.iter().map(|target: &Target| target.priority).collect();
        for priority in priorities {
            let shares = to.iter().filter(|target| target.priority == priority).filter_map(|target| target.share);
            let sum: u64 = shares.map(Share::weight).fold(0, u64::saturating_add);
            if sum > Share::ALL.weight() {
                self.wrong(
                    &raw.id.span(),
                    format!("policy: the shares of `{}` are more than the whole", raw.id.get_ref()),
                    "let the shares of one priority sum to at most 100%",
                );
            }
        }
        let remainder =
            raw.remainder.as_ref().and_then(|remainder| self.known_destination("remainder", remainder, known));
        let takes = Takes {
            platform: self.parse("platform", raw.takes.platform.as_ref()),
            account: raw.takes.account.clone(),
            campaign: raw.takes.campaign.clone(),
            restrictions: raw.takes.restrictions.iter().filter_map(|id| self.parse("restrictions", Some(id))).collect(),
            cause: raw.takes.cause,
        };
        Some(Policy { id: id?, takes, basis: basis?, period, to, remainder })
    }

    fn target(&mut self, raw: &RawTarget, currency: Currency, known: &[Destination]) -> Option<Target> {
        let destination = self.known_destination("destination", &raw.destination, known);
        let share = self.parse("share", raw.share.as_ref());
        let amount = self.money("amount", raw.amount.as_ref(), currency);
        let (cap, min) = (self.money("cap", raw.cap.as_ref(), currency), self.money("min", raw.min.as_ref(), currency));
        if raw.share.is_some() == raw.amount.is_some() {
            self.wrong(
                &raw.destination.span(),
                format!("`{}` needs either a share or an amount", raw.destination.get_ref()),
                "write share = \"100%\" or amount = \"…\"",
            );
        }
        if let (Some(cap), Some(min)) = (cap, min)
            && min.minor() > cap.minor()
        {
            self.wrong(&raw.destination.span(), format!("min {min} is above cap {cap}"), "let min be at most cap");
        }
        if let (Some(amount), Some(min)) = (amount, min)
            && min.minor() > amount.minor()
        {
            self.wrong(
                &raw.destination.span(),
                format!("min {min} is above amount {amount}"),
                "let min be at most the amount",
            );
        }
        Some(Target { destination: destination?, share, amount, cap, min, priority: raw.priority.unwrap_or(1) })
    }

    fn known_destination(&mut self, key: &str, raw: &Spanned<String>, known: &[Destination]) -> Option<Id> {
        let id: Id = self.parse(key, Some(raw))?;
        if known.iter().any(|destination| destination.id == id) {
            return Some(id);
        }
        self.wrong(
            &raw.span(),
            format!("{key}: no destination `{id}` is declared"),
            "add a [[destination]] with this id",
        );
        None
    }

    fn unique<'r>(&mut self, what: &str, ids: impl Iterator<Item = &'r Spanned<String>>) {
        let mut seen = std::collections::BTreeSet::new();
        for id in ids {
            if !seen.insert(id.get_ref()) {
                self.wrong(&id.span(), format!("{what}: `{}` is declared twice", id.get_ref()), "keep one");
            }
        }
    }

    fn parse<T: std::str::FromStr<Err: std::fmt::Display>>(
        &mut self,
        key: &str,
        raw: Option<&Spanned<String>>,
    ) -> Option<T> {
        let raw = raw?;
        raw.get_ref().parse().map_err(|error| self.wrong(&raw.span(), format!("{key}: {error}"), "")).ok()
    }

    fn money(&mut self, key: &str, raw: Option<&Spanned<String>>, currency: Currency) -> Option<Money> {
        let raw = raw?;
        let money = Money::parse(raw.get_ref(), currency).map_err(|error| error.to_string());
        let money =
            money.and_then(|money| if money.is_negative() { Err(format!("{money} is below zero")) } else { Ok(money) });
        money.map_err(|error| self.wrong(&raw.span(), format!("{key}: {error}"), "")).ok()
    }

    fn wrong(&mut self, span: &Range<usize>, what: String, mend: &str) {
        self.problems.push(Problem { place: place(self.text, span), what, mend: mend.to_owned() });
    }
}
