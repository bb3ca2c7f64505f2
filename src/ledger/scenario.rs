//! `scenarios/<name>.toml`: facts that could be, laid over a ledger and never written to it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::Path;
use std::str::FromStr;

use toml::Spanned;

use super::settings::{self, meant, parsed, unique};
use super::words::words;
use super::{
    Basis, Destination, Entry, EntryKind, Ledger, LedgerError, Line, Place, Policy, Problem, Restriction,
    RestrictionKind, Status, budgets, folder, restrictions, utf8,
};
use crate::calendar::{Day, Instant};
use crate::money::{Money, MoneyError};
use crate::scope::{Id, Platform, Scope};
use crate::section::{Finger, Section};

/// The folder of a ledger's own scenarios.
const FOLDER: &str = "scenarios";

/// What could be: facts beside those of a ledger, or in place of them.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Its name, which stands over its figures.
    pub name: String,
    /// The user's words.
    pub note: Option<String>,
    /// The file it was read from.
    pub file: String,
    /// Bans and holds that are new, and those of the ledger that would be others: whole rows.
    pub restrictions: Vec<Restriction>,
    /// Amendments, each with its plan line.
    pub amendments: Vec<(Id, Entry)>,
    /// Further destinations.
    pub destinations: Vec<Destination>,
    /// Policies that are new, or stand in place of those of the same id.
    pub policies: Vec<Policy>,
    /// What is spent on the open days ahead.
    pub spend: SpendAhead,
}

/// What is expected to be spent on open days after the cut-off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SpendAhead {
    /// Their plan.
    #[default]
    Plan,
    /// As much a day as on the open days so far.
    Pace,
}

words!(SpendAhead, "spend of the days ahead", Plan = "plan", Pace = "pace");

impl Ledger {
    /// Returns the names of the scenarios in the ledger's folder, in order.
    pub fn scenario_names(&self) -> Result<Vec<String>, LedgerError> {
        let files = self.folder.list(FOLDER, ".toml")?;
        let name =
            |file: &String| file.trim_start_matches(FOLDER).trim_matches('/').trim_end_matches(".toml").to_owned();
        Ok(files.iter().map(name).collect())
    }

    /// Reads a scenario over what is known at a cut-off: one of the ledger's by its name, or any file whose name ends
    /// in `.toml`. All that is wrong in it is answered together; `None` where there is no such file.
    pub fn scenario(&self, named: &str, as_known: Option<Instant>) -> Result<Option<Scenario>, LedgerError> {
        let (file, bytes) = if named.ends_with(".toml") {
            (named.to_owned(), folder::read(Path::new(named), named)?)
        } else if named.is_empty() || named.contains(['/', '\\']) {
            return Ok(None);
        } else {
            let file = format!("{FOLDER}/{named}.toml");
            let bytes = self.folder.read(&file)?;
            (file, bytes)
        };
        let Some(bytes) = bytes else { return Ok(None) };
        let mut problems = Vec::new();
        let scenario = utf8(&file, bytes, &mut problems)
            .and_then(|text| self.read_scenario(&file, &text, as_known, &mut problems));
        problems.sort();
        scenario.filter(|_| problems.is_empty()).map(Some).ok_or(LedgerError::Invalid(problems))
    }

    fn read_scenario(
        &self,
        file: &str,
        text: &str,
        as_known: Option<Instant>,
        problems: &mut Vec<Problem>,
    ) -> Option<Scenario> {
        let books = Books {
            ledger: self,
            file,
            lines: self.lines(as_known),
            restrictions: self.restrictions(as_known),
            taken: self.restriction_rows().iter().map(|row| &row.id).collect(),
            recorded: as_known.or(self.latest_recorded()),
        };
        let faults = match Section::read("a scenario", text, |top| books.scenario(top)) {
            Ok(read) => {
                let scenario = read.placed(text);
                self.under(&scenario).check_platforms(problems);
                return Some(scenario);
            }
            Err(faults) => faults,
        };
        problems.extend(faults.into_iter().map(|fault| Problem::in_toml(file, fault)));
        None
    }

    /// Returns the ledger as it would be under a scenario. Nothing is written, and nothing can be: a change begins
    /// with what stands in the folder.
    pub fn under(&self, scenario: &Scenario) -> Ledger {
        let mut ledger = self.clone();
        let scopes = scenario.restrictions.iter().map(|one| (one.recorded, &one.scope));
        let accounts =
            scopes.filter_map(|(recorded, scope)| Some((recorded, &scope.platform, scope.account.as_deref()?)));
        ledger.accounts.learn(accounts);
        for restriction in &scenario.restrictions {
            let mut restriction = restriction.clone();
            ledger.accounts.settle(&mut restriction.scope);
            ledger.restrictions.push(restriction);
        }
        // Of what is recorded at one moment the scenario's comes last, and replaces the other.
        ledger.restrictions.sort_by(|a, b| (a.recorded, &a.id).cmp(&(b.recorded, &b.id)));
        for (line, entry) in &scenario.amendments {
            if let Some(line) = budgets::find_mut(&mut ledger.lines, line) {
                line.entries.push(entry.clone());
            }
        }
        ledger.lines.iter_mut().for_each(|line| budgets::in_order(&mut line.entries));
        ledger.settings.destinations.extend(scenario.destinations.iter().cloned());
        let mut policies: BTreeMap<&Id, &Policy> =
            scenario.policies.iter().map(|policy| (&policy.id, policy)).collect();
        for known in &mut ledger.settings.policies {
            policies.remove(&known.id).inspect(|policy| known.clone_from(policy));
        }
        let new = scenario.policies.iter().filter(|policy| policies.contains_key(&policy.id));
        ledger.settings.policies.extend(new.cloned());
        ledger
    }
}

impl Scenario {
    /// Returns the scenario in which a restriction of the ledger ends before a day, and all else is as it is.
    pub fn ending(restriction: &Restriction, until: Day) -> Scenario {
        Scenario {
            name: format!("{} until {until}", restriction.id),
            note: None,
            file: String::new(),
            restrictions: vec![Restriction { until: Some(until), ..restriction.clone() }],
            amendments: Vec::new(),
            destinations: Vec::new(),
            policies: Vec::new(),
            spend: SpendAhead::Plan,
        }
    }
}

/// What a scenario is read over: a ledger as it is known at a cut-off.
struct Books<'l> {
    ledger: &'l Ledger,
    file: &'l str,
    lines: Vec<Line>,
    /// By id.
    restrictions: Vec<Restriction>,
    /// The ids of every ban and hold that ever was.
    taken: BTreeSet<&'l Id>,
    /// When the scenario's facts count as recorded: last of all that is known.
    recorded: Option<Instant>,
}

/// A scenario whose facts do not know their places yet, and where they stand in the text.
struct Read {
    scenario: Scenario,
    restrictions: Vec<usize>,
    amendments: Vec<usize>,
}

impl Read {
    /// Gives every fact its place, in one pass over the text.
    fn placed(self, text: &str) -> Scenario {
        let Read { mut scenario, restrictions, amendments } = self;
        let restrictions = restrictions.into_iter().zip(scenario.restrictions.iter_mut().map(|one| &mut one.place));
        let amendments = amendments.into_iter().zip(scenario.amendments.iter_mut().map(|(_, entry)| &mut entry.place));
        let mut places: Vec<(usize, &mut Place)> = restrictions.chain(amendments).collect();
        places.sort_by_key(|(at, _)| *at);
        let mut finger = Finger::at_start(text);
        for (at, place) in places {
            let (line, column) = finger.moved_to(at);
            (place.line, place.column) = (line as u64, u32::try_from(column).unwrap_or(u32::MAX));
        }
        scenario
    }
}

impl Books<'_> {
    fn scenario(&self, top: &mut Section<'_>) -> Option<Read> {
        let name = top.needed("name", "which stands over its figures");
        let note = top.text("note").map(Spanned::into_inner);
        let spend = self.spend(top);
        let mut ids: Vec<Spanned<String>> = Vec::new();
        let mut found: Vec<(usize, Restriction)> = Vec::new();
        for (key, kind) in [("ban", RestrictionKind::Ban), ("hold", RestrictionKind::Hold)] {
            for (id, restriction) in top.sections(key, |section| Some(self.added(section, kind))) {
                ids.extend(id);
                found.extend(restriction);
            }
        }
        for (id, restriction) in top.sections("restriction", |section| Some(self.changed(section))) {
            ids.extend(id);
            found.extend(restriction);
        }
        unique(top, "restriction", &ids.iter().collect::<Vec<_>>());
        let mut plans = BTreeMap::new();
        let amended = top.sections("amendment", |section| self.amendment(section, &mut plans));

        let settings = self.ledger.settings();
        let mut known: BTreeSet<&str> = settings.destinations.iter().map(|one| one.id.as_str()).collect();
        let declared = top.sections("destination", |section| {
            let (id, destination) = settings::destination(section);
            if let Some(id) = id.as_ref().filter(|id| known.contains(id.get_ref().as_str())) {
                let what = format!("destination: `{}` is declared in ledger.toml already", id.get_ref());
                section.wrong(&id.span(), what, "leave it out here");
            }
            Some((id, destination))
        });
        let new: Vec<&Spanned<String>> = declared.iter().filter_map(|(id, _)| id.as_ref()).collect();
        unique(top, "destination", &new);
        known.extend(new.iter().map(|id| id.get_ref().as_str()));
        let policies = top.sections("policy", |section| {
            Some(settings::policy(section, Some(settings.currency), Some(&settings.fiscal_year), &known))
        });
        unique(top, "policy", &policies.iter().filter_map(|(id, _)| id.as_ref()).collect::<Vec<_>>());

        let (restrictions_at, restrictions) = found.into_iter().unzip();
        let (amendments_at, amendments) = amended.into_iter().unzip();
        let scenario = Scenario {
            name: name?.into_inner(),
            note,
            file: self.file.to_owned(),
            restrictions,
            amendments,
            destinations: declared.into_iter().filter_map(|(_, destination)| destination).collect(),
            policies: policies.into_iter().filter_map(|(_, policy)| policy).collect(),
            spend: spend?,
        };
        Some(Read { scenario, restrictions: restrictions_at, amendments: amendments_at })
    }

    fn spend(&self, top: &mut Section<'_>) -> Option<SpendAhead> {
        let Some(spend) = top.text("spend") else { return Some(SpendAhead::default()) };
        if spend.get_ref() == "forecast" {
            let what = "spend: `forecast` needs an estimate of the days ahead, which is not there yet";
            top.wrong(&spend.span(), what, "write plan (their plan) or pace (as much a day as so far)");
            return None;
        }
        meant(top, "spend", &spend)
    }

    /// A ban or a hold that the ledger does not have.
    fn added(
        &self,
        section: &mut Section<'_>,
        kind: RestrictionKind,
    ) -> (Option<Spanned<String>>, Option<(usize, Restriction)>) {
        let at = section.span();
        let written = section.needed("id", "which no other restriction has");
        let id: Option<Id> = written.as_ref().and_then(|text| meant(section, "id", text));
        if let (Some(written), Some(id)) = (&written, &id)
            && self.taken.contains(id)
        {
            let what = format!("{kind}: `{id}` is in {} already", restrictions::FILE);
            section.wrong(&written.span(), what, "change that one with [[restriction]], or give another id");
        }
        let platform: Option<Platform> = needed(section, "platform", "where it stops ads");
        let mut text = |key| section.text(key).map(Spanned::into_inner);
        let (account, campaign) = (text("account"), text("campaign"));
        let (reason, note) = (text("reason"), text("note"));
        let from: Option<Day> = needed(section, "from", "the first day ads may not run");
        let until = until(section, from);
        let share = parsed(section, "share");
        let restriction = || {
            Some(Restriction {
                id: id?,
                kind,
                scope: Scope { platform: platform?, account, campaign },
                from: from?,
                until: until.flatten(),
                share,
                reason,
                notified: None,
                recorded: self.recorded,
                by: None,
                evidence: None,
                evidence_sha256: None,
                status: Status::Active,
                note,
                own: BTreeMap::new(),
                place: Place::top_of(self.file),
            })
        };
        (written, restriction().map(|restriction| (at.start, restriction)))
    }

    /// A restriction of the ledger that would be another.
    fn changed(&self, section: &mut Section<'_>) -> (Option<Spanned<String>>, Option<(usize, Restriction)>) {
        let at = section.span();
        let changes = ["from", "until", "share", "status"].iter().any(|key| section.has(key));
        let written = section.needed("id", "that of a ban or a hold of the ledger");
        let id: Option<Id> = written.as_ref().and_then(|text| meant(section, "id", text));
        let found = id.as_ref().map(|id| self.restrictions.binary_search_by(|one| one.id.cmp(id)));
        let known = found.and_then(|found| self.restrictions.get(found.ok()?));
        if let (Some(written), Some(id), None) = (&written, &id, known) {
            let ids = listed(self.restrictions.iter().map(|one| &one.id));
            let mend = format!("the ledger has {ids}; a new one is a [[ban]] or a [[hold]]");
            section.wrong(&written.span(), format!("restriction: there is no ban or hold `{id}`"), mend);
        }
        let from = parsed(section, "from").or(known.map(|known| known.from));
        let until = until(section, from);
        let (share, status) = (parsed(section, "share"), parsed(section, "status"));
        if !changes {
            section.wrong(
                &at,
                "restriction: nothing of it is changed",
                "write from, until, share or status = \"void\"",
            );
        }
        if let (None, Some(from), Some(end)) = (until, from, known.and_then(|known| known.until))
            && end <= from
        {
            section.wrong(
                &at,
                format!("from: {from} is not before {end}, the day its ban or hold ends"),
                "write until, too",
            );
        }
        let restriction = || {
            let known = known?.clone();
            Some(Restriction {
                from: from?,
                until: until.unwrap_or(known.until),
                share: share.or(known.share),
                status: status.unwrap_or(known.status),
                recorded: self.recorded,
                place: Place::top_of(self.file),
                ..known
            })
        };
        (written, restriction().map(|restriction| (at.start, restriction)))
    }

    /// A change of a plan line's amount.
    fn amendment(&self, section: &mut Section<'_>, plans: &mut BTreeMap<Id, Money>) -> Option<(usize, (Id, Entry))> {
        let at = section.span();
        let written = section.needed("line", "the plan line it changes");
        let (amount, to) = (section.text("amount"), section.text("to"));
        let effective: Option<Day> = parsed(section, "effective");
        let note = section.text("note").map(Spanned::into_inner);
        let written = written?;
        let id: Id = meant(section, "line", &written)?;
        let Some(line) = budgets::find(&self.lines, &id) else {
            let mend = format!("the ledger has {}", listed(self.lines.iter().map(|line| &line.id)));
            section.wrong(&written.span(), format!("amendment: there is no plan line `{id}`"), mend);
            return None;
        };
        let (text, is_new_amount) = match (amount, to) {
            (Some(amount), None) => (amount, false),
            (None, Some(to)) => (to, true),
            _ => {
                let what = format!("amendment: `{id}` needs either an amount or what it is changed to");
                section.wrong(&written.span(), what, "write amount = \"…\", the change, or to = \"…\", the new amount");
                return None;
            }
        };
        let amount = Money::parse(text.get_ref(), line.currency);
        let amount = amount.map_err(|error| section.wrong(&text.span(), format!("amendment: {error}"), "")).ok()?;
        let effective = effective.unwrap_or(line.period.start());
        if effective >= line.period.end() {
            let what = format!("effective: {effective} is after the last day of line `{id}`, {}", line.period.last());
            section.wrong(&written.span(), what, "date it inside the line's period");
        }
        let mut by = || -> Result<Money, MoneyError> {
            let planned = match plans.get(&id) {
                Some(planned) => *planned,
                None => planned(line)?,
            };
            let by = if is_new_amount { amount.minus(planned)? } else { amount };
            plans.insert(id.clone(), planned.plus(by)?);
            Ok(by)
        };
        let amount = by().map_err(|error| section.wrong(&text.span(), format!("amendment: {error}"), "")).ok()?;
        let entry = Entry {
            kind: EntryKind::Amendment,
            amount,
            effective,
            recorded: self.recorded,
            by: None,
            basis: Basis::Given,
            reference: None,
            note,
            own: BTreeMap::new(),
            place: Place::top_of(self.file),
        };
        Some((at.start, (id, entry)))
    }
}

/// The first ids of those there are.
fn listed<'a>(ids: impl Iterator<Item = &'a Id>) -> String {
    const SHOWN: usize = 20;
    let mut ids: Vec<&str> = ids.take(SHOWN + 1).map(Id::as_str).collect();
    if ids.len() > SHOWN {
        ids[SHOWN] = "…";
    }
    if ids.is_empty() { String::from("none") } else { ids.join(", ") }
}

/// The amount of a plan line.
fn planned(line: &Line) -> Result<Money, MoneyError> {
    let entries = line.entries.iter().filter(|entry| entry.is_planned());
    entries.into_iter().try_fold(Money::zero(line.currency), |sum, entry| sum.plus(entry.amount))
}

/// Reads a text that must be there.
fn needed<T: FromStr<Err: Display>>(section: &mut Section<'_>, key: &'static str, what: &str) -> Option<T> {
    section.needed(key, what).and_then(|text| meant(section, key, &text))
}

/// Reads the day from which ads may run again: `Some(None)` says there is none, `None` says nothing.
fn until(section: &mut Section<'_>, from: Option<Day>) -> Option<Option<Day>> {
    if section.blank("until") {
        return Some(None);
    }
    let text = section.text("until")?;
    if text.get_ref() == "open" {
        return Some(None);
    }
    let until: Day = meant(section, "until", &text)?;
    if let Some(from) = from.filter(|from| until <= *from) {
        let what = format!("until: `{until}` is not after {from}, the day it begins");
        section.wrong(&text.span(), what, "until is the first day ads may run again");
    }
    Some(Some(until))
}
