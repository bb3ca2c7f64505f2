//! `ledger.toml`: what holds for the whole ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::str::FromStr;

use toml::Spanned;
use toml::de::DeTable;

use super::words::words;
use super::{Place, Problem, accounts};
use crate::calendar::{FiscalYear, NamedBy, Period};
use crate::money::{Currency, Money, Share};
use crate::scope::{Id, Platform};
use crate::section::Section;

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DestinationKind {
    /// A gift: pledged, paid, acknowledged.
    Donation,
    /// Another platform's budget: moved.
    Platform,
    /// Set aside inside the company: moved.
    Reserve,
}

words!(DestinationKind, "kind of destination", Donation = "donation", Platform = "platform", Reserve = "reserve");

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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The platform's: a ban.
    Imposed,
    /// Our own: a hold.
    Voluntary,
}

words!(Cause, "cause", Imposed = "imposed", Voluntary = "voluntary");

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

/// Reads `ledger.toml`; what is wrong is added to `problems`.
pub(super) fn read(text: &str, problems: &mut Vec<Problem>) -> Option<Settings> {
    // What a newer format holds is not this program's to judge.
    if let Some(newer) = newer(text) {
        problems.push(newer);
        return None;
    }
    let read = Section::read(FILE, text, settings);
    read.map_err(|faults| problems.extend(faults.into_iter().map(|fault| Problem::in_toml(FILE, fault)))).ok()
}

fn newer(text: &str) -> Option<Problem> {
    let table = DeTable::parse(text).ok()?;
    let stands = table.get_ref().get("format")?;
    let format: i64 = stands.get_ref().as_integer()?.as_str().parse().ok()?;
    (format > FORMAT).then(|| Problem {
        place: Place::of(FILE, text, stands.span().start),
        what: format!("format = {format} is newer than this program, which reads format {FORMAT}"),
        mend: format!("use a respend that knows format {format}"),
    })
}

fn settings(top: &mut Section<'_>) -> Option<Settings> {
    if !top.has("format") {
        top.wrong(&top.span(), "`format` is missing", "write format = 1");
    }
    if let Some(format) = top.number("format").filter(|format| *format.get_ref() != FORMAT) {
        let what = format!("format: {} is no format of a ledger", format.get_ref());
        top.wrong(&format.span(), what, "write format = 1");
    }
    let name = top.needed("name", "shown in titles");
    let currency = top.needed("currency", "the reporting currency, such as USD");
    let currency: Option<Currency> = currency.and_then(|text| meant(top, "currency", &text));
    let fiscal_year = fiscal_year(top);
    let provisional_days = provisional_days(top);
    let is_by_default = !top.has("four_eyes");
    let four_eyes = top.flag("four_eyes") || is_by_default;
    let accounts = declared_accounts(top);
    // A destination with something wrong is declared all the same.
    let declared = top.sections("destination", |section| Some(destination(section)));
    let ids: Vec<&Spanned<String>> = declared.iter().filter_map(|(id, _)| id.as_ref()).collect();
    unique(top, "destination", &ids);
    let known: BTreeSet<&str> = ids.iter().map(|id| id.get_ref().as_str()).collect();
    let policies = top.sections("policy", |section| Some(policy(section, currency, fiscal_year.as_ref(), &known)));
    unique(top, "policy", &policies.iter().filter_map(|(id, _)| id.as_ref()).collect::<Vec<_>>());
    Some(Settings {
        name: name?.into_inner(),
        currency: currency?,
        fiscal_year: fiscal_year?,
        provisional_days: provisional_days?,
        four_eyes,
        accounts,
        destinations: declared.into_iter().filter_map(|(_, destination)| destination).collect(),
        policies: policies.into_iter().filter_map(|(_, policy)| policy).collect(),
    })
}

fn fiscal_year(top: &mut Section<'_>) -> Option<FiscalYear> {
    let (start, named_by) = (top.text("fiscal_year_start"), top.text("fiscal_year_named_by"));
    let named_by = named_by.and_then(|text| match text.get_ref().as_str() {
        "start" => Some(NamedBy::Start),
        "end" => Some(NamedBy::End),
        other => {
            let what = format!("fiscal_year_named_by: `{other}` is neither start nor end of the year");
            top.wrong(&text.span(), what, "write start or end");
            None
        }
    });
    let Some(start) = start else { return Some(FiscalYear::CALENDAR) };
    match FiscalYear::new(start.get_ref(), named_by) {
        Ok(year) if !year.is_named() => {
            let what = format!("a fiscal year that starts on {} needs a name", start.get_ref());
            top.wrong(&start.span(), what, "add fiscal_year_named_by = \"start\" or \"end\"");
            Some(year)
        }
        Ok(year) => Some(year),
        Err(error) => {
            top.wrong(&start.span(), format!("fiscal_year_start: {error}"), "");
            None
        }
    }
}

fn provisional_days(top: &mut Section<'_>) -> Option<u32> {
    let is_given = top.has("provisional_days");
    let days = top.number("provisional_days");
    if !is_given {
        return Some(28);
    }
    let days = days?;
    let number = u32::try_from(*days.get_ref()).ok().filter(|days| *days <= 366);
    if number.is_none() {
        let what = format!("provisional_days: {} is not a number of days", days.get_ref());
        top.wrong(&days.span(), what, "write 0 to 366");
    }
    number
}

fn declared_accounts(top: &mut Section<'_>) -> Vec<AccountSetting> {
    let declared = top.named("accounts", |key, section| Some((key.clone(), account(section, key)?)));
    let mut names: BTreeMap<(Platform, String), String> = BTreeMap::new();
    let mut accounts = Vec::new();
    for (key, setting) in declared {
        for name in std::iter::once(&setting.account).chain(&setting.aliases) {
            let at = (setting.platform.clone(), accounts::key(name));
            let same = names.insert(at, setting.account.clone()).filter(|other| *other != setting.account);
            if let Some(other) = same {
                let what = format!("accounts: `{name}` is a name of `{}/{other}`, too", setting.platform);
                top.wrong(&key.span(), what, "declare it once; names that differ in punctuation alone are one");
            }
        }
        accounts.push(setting);
    }
    accounts
}

fn account(section: &mut Section<'_>, key: &Spanned<String>) -> Option<AccountSetting> {
    let currency = parsed(section, "currency");
    let aliases = section.texts("aliases").into_iter().map(Spanned::into_inner).collect();
    let named = key.get_ref().split_once('/').filter(|(_, account)| !account.trim().is_empty());
    let Some((platform, account)) = named else {
        let what = format!("accounts: `{}` names no account", key.get_ref());
        section.wrong(&key.span(), what, "write [accounts.\"<platform>/<account>\"]");
        return None;
    };
    let platform = platform.parse().map_err(|error| section.wrong(&key.span(), format!("accounts: {error}"), ""));
    Some(AccountSetting { platform: platform.ok()?, account: account.trim().to_owned(), currency, aliases })
}

pub(super) fn destination(section: &mut Section<'_>) -> (Option<Spanned<String>>, Option<Destination>) {
    let written = section.needed("id", "what redirections name it by");
    let id: Option<Id> = written.as_ref().and_then(|text| meant(section, "id", text));
    let kind = section.needed("kind", "one of donation, platform and reserve");
    let kind: Option<DestinationKind> = kind.and_then(|text| meant(section, "kind", &text));
    let mut text = |key| section.text(key).map(Spanned::into_inner);
    let (name, registration, country) = (text("name"), text("registration"), text("country"));
    let is_alias = |id: &Id| id.as_str().parse::<Platform>().is_ok_and(|known| known.as_str() != id.as_str());
    if let (Some(written), Some(id), Some(DestinationKind::Platform)) = (&written, &id, kind)
        && is_alias(id)
    {
        let what = format!("destination: `{id}` is another name of a platform");
        section.wrong(&written.span(), what, "a destination of kind platform has the platform's own id");
    }
    let destination = id.zip(kind).map(|(id, kind)| {
        let name = name.unwrap_or_else(|| id.to_string());
        Destination { id, name, kind, registration, country }
    });
    (written, destination)
}

pub(super) fn policy(
    section: &mut Section<'_>,
    currency: Option<Currency>,
    fiscal_year: Option<&FiscalYear>,
    known: &BTreeSet<&str>,
) -> (Option<Spanned<String>>, Option<Policy>) {
    let written = section.needed("id", "what redirections name it by");
    let id = written.as_ref().and_then(|text| meant(section, "id", text));
    let basis = basis(section, currency);
    let period = section.text("period").and_then(|text| {
        let period = Period::parse(text.get_ref(), fiscal_year?);
        period.map_err(|error| section.wrong(&text.span(), format!("period: {error}"), "")).ok()
    });
    let takes = section.section("takes", |takes| Takes {
        platform: parsed(takes, "platform"),
        account: takes.text("account").map(Spanned::into_inner),
        campaign: takes.text("campaign").map(Spanned::into_inner),
        restrictions: takes
            .texts("restrictions")
            .iter()
            .filter_map(|text| meant(takes, "restrictions", text))
            .collect(),
        cause: parsed(takes, "cause"),
    });
    let sends = section.has("to") || section.has("remainder");
    let to = section.sections("to", |section| target(section, currency, known));
    let remainder = section.text("remainder").and_then(|text| declared(section, "remainder", &text, known));
    let name = written.as_ref().map_or("", |written| written.get_ref());
    let at = written.as_ref().map_or(section.span(), Spanned::span);
    if !sends {
        section.wrong(&at, format!("policy: `{name}` sends money nowhere"), "add [[policy.to]] or remainder");
    }
    let priorities: BTreeSet<u32> = to.iter().map(|target: &Target| target.priority).collect();
    for priority in priorities {
        let shares = to.iter().filter(|target| target.priority == priority).filter_map(|target| target.share);
        let sum: u64 = shares.map(Share::weight).fold(0, u64::saturating_add);
        if sum > Share::ALL.weight() {
            let what = format!("policy: the shares of `{name}` are more than the whole");
            section.wrong(&at, what, "let the shares of one priority sum to at most 100%");
        }
    }
    let policy = || Some(Policy { id: id?, takes: takes?, basis: basis?, period, to, remainder });
    (written.clone(), policy())
}

fn basis(section: &mut Section<'_>, currency: Option<Currency>) -> Option<PolicyBasis> {
    let basis = section.text("basis");
    let has_amount = section.has("amount");
    let amount = money(section, "amount", currency);
    let Some(basis) = basis else { return Some(PolicyBasis::Blocked) };
    match basis.get_ref().as_str() {
        "blocked" => Some(PolicyBasis::Blocked),
        "remaining" => Some(PolicyBasis::Remaining),
        "whole-plan" => Some(PolicyBasis::WholePlan),
        "fixed" => {
            if !has_amount {
                section.wrong(&basis.span(), "basis: `fixed` needs an amount", "add amount = \"…\"");
            }
            amount.map(PolicyBasis::Fixed)
        }
        other => {
            let mend = "write blocked, remaining, whole-plan or fixed";
            section.wrong(&basis.span(), format!("basis: `{other}` is none"), mend);
            None
        }
    }
}

fn target(section: &mut Section<'_>, currency: Option<Currency>, known: &BTreeSet<&str>) -> Option<Target> {
    let written = section.needed("destination", "the id of a [[destination]]");
    let destination = written.as_ref().and_then(|text| declared(section, "destination", text, known));
    let (has_share, has_amount, has_min) = (section.has("share"), section.has("amount"), section.has("min"));
    let share = parsed(section, "share");
    let amount = money(section, "amount", currency);
    let (cap, min) = (money(section, "cap", currency), money(section, "min", currency));
    let priority = section.number("priority").map_or(Some(1), |number| {
        let priority = u32::try_from(*number.get_ref());
        let what = format!("priority: {} is below zero, or too large", number.get_ref());
        priority.map_err(|_| section.wrong(&number.span(), what, "write 1, 2, 3 …")).ok()
    });
    let name = written.as_ref().map_or("", |written| written.get_ref());
    let at = written.as_ref().map_or(section.span(), Spanned::span);
    if has_share == has_amount {
        let what = format!("`{name}` needs either a share or an amount");
        section.wrong(&at, what, "write share = \"100%\" or amount = \"…\"");
    }
    if has_min && !has_share {
        let what = format!("`{name}` has a min and no share");
        section.wrong(&at, what, "a named amount is its own minimum; leave min out");
    }
    if let (Some(cap), Some(min)) = (cap, min)
        && min.minor() > cap.minor()
    {
        section.wrong(&at, format!("min {min} is above cap {cap}"), "let min be at most cap");
    }
    Some(Target { destination: destination?, share, amount, cap, min, priority: priority? })
}

/// Reads what a text means, or says what is wrong with it.
pub(super) fn meant<T: FromStr<Err: Display>>(
    section: &mut Section<'_>,
    key: &str,
    text: &Spanned<String>,
) -> Option<T> {
    text.get_ref().parse().map_err(|error| section.wrong(&text.span(), format!("{key}: {error}"), "")).ok()
}

/// Takes a text that may be left out, and reads what it means.
pub(super) fn parsed<T: FromStr<Err: Display>>(section: &mut Section<'_>, key: &'static str) -> Option<T> {
    section.text(key).and_then(|text| meant(section, key, &text))
}

/// Takes an amount that may be left out; it is not below zero. Without a currency it cannot be read.
fn money(section: &mut Section<'_>, key: &'static str, currency: Option<Currency>) -> Option<Money> {
    let text = section.text(key)?;
    let what = match Money::parse(text.get_ref(), currency?) {
        Ok(money) if money.is_negative() => format!("{key}: {money} is below zero"),
        Ok(money) => return Some(money),
        Err(error) => format!("{key}: {error}"),
    };
    section.wrong(&text.span(), what, "");
    None
}

/// Reads the id of a destination that is declared.
fn declared(section: &mut Section<'_>, key: &str, text: &Spanned<String>, known: &BTreeSet<&str>) -> Option<Id> {
    let id: Id = meant(section, key, text)?;
    if !known.contains(id.as_str()) {
        let what = format!("{key}: no destination `{id}` is declared");
        section.wrong(&text.span(), what, "add a [[destination]] with this id");
        return None;
    }
    Some(id)
}

pub(super) fn unique(top: &mut Section<'_>, what: &str, ids: &[&Spanned<String>]) {
    let mut seen = BTreeSet::new();
    for id in ids.iter().filter(|id| !seen.insert(id.get_ref())) {
        top.wrong(&id.span(), format!("{what}: `{}` is declared twice", id.get_ref()), "keep one");
    }
}
