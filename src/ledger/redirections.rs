//! `redirections.csv`: what happened to each redirection, as a log of events.

use std::collections::BTreeMap;

use super::progress::{Illegal, Progress};
use super::rows::{self, Columns, Row};
use super::words::words;
use super::{DestinationKind, Line, Place, Problem, Settings, budgets, onward};
use crate::calendar::{Day, Instant};
use crate::money::{Currency, Money};
use crate::scope::Id;

/// The file's name.
pub(super) const FILE: &str = "redirections.csv";

pub(super) const COLUMNS: Columns<'_> = Columns {
    all: &[
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
        "condition",
        "from",
        "paid_currency",
        "paid_amount",
        "note",
    ],
    needed: &["id", "event", "date", "line", "destination", "amount"],
};

/// An amount of blocked budget sent to a destination, with all that happened to it.
#[derive(Clone, Debug)]
pub struct Redirection {
    /// Its id.
    pub id: Id,
    /// The policy that proposed it.
    pub policy: Option<Id>,
    /// The plan line whose blocked budget it takes.
    pub line: Id,
    /// The redirection to a reserve that it takes its money from, where it does not take more of the line.
    pub from: Option<Id>,
    /// Where it goes.
    pub destination: Id,
    /// What the destination is.
    pub kind: DestinationKind,
    /// The line's currency.
    pub currency: Currency,
    /// What happened, in the order it happened.
    pub events: Vec<Event>,
    /// The user's own columns, of the first step that fills any.
    pub own: BTreeMap<String, String>,
}

/// One thing that happened to a redirection.
#[derive(Clone, Debug)]
pub struct Event {
    /// What happened.
    pub kind: EventKind,
    /// The day it happened.
    pub date: Day,
    /// When it was recorded; `None`: known from the start.
    pub recorded: Option<Instant>,
    /// The amount; unchanged when empty.
    pub amount: Option<Money>,
    /// What left the bank, where a payment was made in another currency; `amount` is what it settles of the pledge.
    pub sent: Option<Money>,
    /// Who did it.
    pub by: Option<String>,
    /// Names a payment, and the payment a letter or a refund belongs to.
    pub reference: Option<String>,
    /// What has to happen before a pledge is owed.
    pub condition: Option<String>,
    /// The policy that proposed it, where the row names one.
    pub policy: Option<Id>,
    /// The user's words.
    pub note: Option<String>,
    /// The user's own columns.
    pub own: BTreeMap<String, String>,
    /// Where it stands.
    pub place: Place,
}

impl Event {
    fn is_seen(&self, as_of: Day, as_known: Option<Instant>) -> bool {
        self.date <= as_of && as_known.is_none_or(|known| self.recorded <= Some(known))
    }
}

/// What can happen to a redirection, in the order it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// Somebody asks for it.
    Proposed,
    /// Somebody else agrees.
    Approved,
    /// It is promised to a donation.
    Pledged,
    /// Money went out.
    Paid,
    /// A platform's or a reserve's budget took it over.
    Moved,
    /// The letter for a payment came.
    Acknowledged,
    /// A payment came back.
    Refunded,
    /// It ends with what was paid.
    Cancelled,
}

words!(
    EventKind,
    "event",
    Proposed = "proposed",
    Approved = "approved",
    Pledged = "pledged",
    Paid = "paid",
    Moved = "moved",
    Acknowledged = "acknowledged",
    Refunded = "refunded",
    Cancelled = "cancelled"
);

impl Redirection {
    /// Returns it with the events that had happened on a day, by what was recorded by then.
    pub fn until(&self, as_of: Day, as_known: Option<Instant>) -> Redirection {
        self.with(|event| event.is_seen(as_of, as_known))
    }

    /// Returns it with the events that were recorded by then.
    pub fn known(&self, as_known: Option<Instant>) -> Redirection {
        self.with(|event| super::known(event.recorded, as_known))
    }

    /// Some of its events, and what these say of it.
    fn with(&self, has: impl Fn(&Event) -> bool) -> Redirection {
        let events: Vec<Event> = self.events.iter().filter(|event| has(event)).cloned().collect();
        Redirection { policy: policy(&events), own: own(&events), events, ..self.clone() }
    }

    /// Returns how many steps were recorded by then that happened after a day.
    pub fn steps_after(&self, day: Day, as_known: Option<Instant>) -> usize {
        let known = |event: &&Event| as_known.is_none_or(|known| event.recorded <= Some(known));
        self.events.iter().filter(known).filter(|event| event.date > day).count()
    }

    /// Returns how far it had come on a day, by what was recorded by then; `None` before it was proposed.
    pub fn progress(&self, as_of: Day, as_known: Option<Instant>) -> Option<Progress> {
        self.replay(as_of, as_known, |_, _| {})
    }

    /// Goes through what happened, and tells after each step how far it had come.
    pub(super) fn replay<'e>(
        &'e self,
        as_of: Day,
        as_known: Option<Instant>,
        mut tell: impl FnMut(&'e Event, &Progress),
    ) -> Option<Progress> {
        let mut progress: Option<Progress> = None;
        for event in self.events.iter().filter(|event| event.is_seen(as_of, as_known)) {
            match &mut progress {
                None => progress = Some(Progress::begin(event).ok()?),
                // The whole log was found legal when the ledger was read, and so is any part cut off by day or record;
                // four eyes were checked there too.
                Some(progress) => drop(progress.apply(event, self.kind, false)),
            }
            if let Some(progress) = &progress {
                tell(event, progress);
            }
        }
        progress
    }

    /// Checks that every event is possible when it happens.
    fn check(&self, four_eyes: bool, problems: &mut Vec<Problem>) {
        let mut progress: Option<Progress> = None;
        for event in &self.events {
            let done = match &mut progress {
                None => Progress::begin(event).map(|begun| progress = Some(begun)),
                Some(progress) => progress.apply(event, self.kind, four_eyes),
            };
            if let Err(Illegal { what, mend }) = done {
                problems.push(Problem {
                    place: event.place.clone(),
                    what: format!("redirection `{}`: {what}", self.id),
                    mend,
                });
                return;
            }
        }
    }
}

/// The policy that proposed a redirection with these events; where rows differ, the first in the alphabet.
fn policy(events: &[Event]) -> Option<Id> {
    events.iter().filter_map(|event| event.policy.clone()).min()
}

/// The user's own columns of a redirection with these events.
fn own(events: &[Event]) -> BTreeMap<String, String> {
    let own = events.iter().map(|event| &event.own).find(|own| own.values().any(|value| !value.is_empty()));
    own.cloned().unwrap_or_default()
}

struct Raw {
    event: Event,
    amount: String,
    amount_place: Place,
    line: Option<Id>,
    destination: Option<Id>,
    from: Option<Id>,
    currency: Option<Currency>,
}

/// Reads the file's redirections, by id; what is wrong is added to `problems`.
///
/// `all_lines` says whether `lines` are all there are: only then is a line that is not among them wrong.
pub(super) fn read(
    bytes: &[u8],
    settings: &Settings,
    lines: &[Line],
    all_lines: bool,
    problems: &mut Vec<Problem>,
) -> Vec<Redirection> {
    let mut logs: BTreeMap<Id, Vec<Raw>> = BTreeMap::new();
    rows::read(FILE, bytes, &COLUMNS, problems, |row, problems| {
        let before = problems.len();
        let id: Option<Id> = row.need("id", problems);
        let (kind, date) = (row.need("event", problems), row.need("date", problems));
        let recorded = row.parse("recorded", problems);
        let line: Option<Id> = row.parse("line", problems);
        if let Some(line) = line.as_ref().filter(|id| all_lines && budgets::find(lines, id).is_none()) {
            problems.push(row.wrong("line", format!("there is no plan line `{line}`"), "name a line of budgets.csv"));
        }
        let destination: Option<Id> = row.parse("destination", problems);
        if let Some(unknown) =
            destination.as_ref().filter(|id| !settings.destinations.iter().any(|known| known.id == **id))
        {
            problems.push(row.wrong(
                "destination",
                format!("no destination `{unknown}` is declared"),
                "add a [[destination]] with this id to ledger.toml",
            ));
        }
        let from: Option<Id> = row.parse("from", problems);
        let (currency, policy) = (row.parse("currency", problems), row.parse("policy", problems));
        let sent = sent(row, kind, problems);
        let (Some(id), Some(kind), Some(date), true) = (id, kind, date, problems.len() == before) else { return };
        let (by, reference, note) = (row.optional("by"), row.optional("reference"), row.optional("note"));
        let (condition, own, place) = (row.optional("condition"), row.own(), row.place_of_row());
        let event =
            Event { kind, date, recorded, amount: None, sent, by, reference, condition, policy, note, own, place };
        let (amount, amount_place) = (row.text("amount").to_owned(), row.place("amount"));
        logs.entry(id).or_default().push(Raw { event, amount, amount_place, line, destination, from, currency });
    });
    let mut redirections = Vec::new();
    for (id, raws) in logs {
        let before = problems.len();
        let redirection = redirection(id, raws, settings, lines, problems);
        if let Some(redirection) = redirection.filter(|_| problems.len() == before) {
            redirection.check(settings.four_eyes, problems);
            redirections.push(redirection);
        }
    }
    // What follows from steps that are not possible would only repeat them.
    if problems.iter().all(|problem| problem.place.file != FILE) {
        onward::check(&redirections, problems);
    }
    redirections
}

/// Reads what left the bank of a payment in another currency.
fn sent(row: &Row<'_>, kind: Option<EventKind>, problems: &mut Vec<Problem>) -> Option<Money> {
    const COLUMNS: [&str; 2] = ["paid_currency", "paid_amount"];
    let given: Vec<&str> = COLUMNS.into_iter().filter(|column| !row.text(column).is_empty()).collect();
    let first = given.first()?;
    if kind.is_some_and(|kind| kind != EventKind::Paid) {
        problems.push(row.wrong(first, "only a payment leaves the bank in another currency", "leave it empty"));
        return None;
    }
    row.filled("amount", problems);
    let currency: Option<Currency> = row.need(COLUMNS[0], problems);
    row.filled(COLUMNS[1], problems);
    let sent =
        currency.and_then(|currency| row.parse_with(COLUMNS[1], problems, |text| Money::parse(text, currency)))?;
    if sent.is_negative() || sent.is_zero() {
        problems.push(row.wrong(
            COLUMNS[1],
            "what left the bank is above zero",
            "what came back is a `refunded` event",
        ));
    }
    Some(sent)
}

fn redirection(
    id: Id,
    raws: Vec<Raw>,
    settings: &Settings,
    lines: &[Line],
    problems: &mut Vec<Problem>,
) -> Option<Redirection> {
    let first = raws.first()?.event.place.clone();
    let mut agree = |what: &str, values: Vec<(&Place, &Id)>| -> Option<Id> {
        let Some((_, value)) = values.first() else {
            problems.push(Problem {
                place: first.clone(),
                what: format!("redirection `{id}` has no {what}"),
                mend: "its proposal gives it".into(),
            });
            return None;
        };
        for (place, other) in values.iter().filter(|(_, other)| other != value) {
            problems.push(Problem {
                place: (*place).clone(),
                what: format!("redirection `{id}` has the {what} `{other}` here and `{value}` before"),
                mend: "events after the proposal leave it blank or repeat it".into(),
            });
        }
        Some((*value).clone())
    };
    let line = agree("line", raws.iter().filter_map(|raw| Some((&raw.event.place, raw.line.as_ref()?))).collect())?;
    let destination = agree(
        "destination",
        raws.iter().filter_map(|raw| Some((&raw.event.place, raw.destination.as_ref()?))).collect(),
    )?;
    // Were it said later for the first time, earlier reports would change.
    let from = raws.iter().find(|raw| raw.event.kind == EventKind::Proposed).and_then(|raw| raw.from.clone());
    for raw in raws.iter().filter(|raw| raw.from.is_some() && raw.from != from) {
        let said = raw.from.as_ref().map(Id::as_str).unwrap_or_default();
        problems.push(Problem {
            place: raw.event.place.clone(),
            what: format!("redirection `{id}` has the `from` `{said}` here, and not in its proposal"),
            mend: "say it in the row of the proposal; events after it leave it blank or repeat it".into(),
        });
    }
    let currency = budgets::find(lines, &line)?.currency;
    let kind = settings.destinations.iter().find(|known| known.id == destination)?.kind;
    let mut events = Vec::new();
    for mut raw in raws {
        if let Some(other) = raw.currency.filter(|other| *other != currency) {
            problems.push(Problem {
                place: raw.event.place.clone(),
                what: format!("currency: {other} is not the currency of line `{line}`, {currency}"),
                mend: "a redirection is in its line's currency".into(),
            });
        }
        if raw.event.sent.is_some_and(|sent| sent.currency() == currency) {
            problems.push(Problem {
                place: raw.event.place.clone(),
                what: format!("paid_currency: {currency} is the currency of line `{line}` itself"),
                mend: "a payment in it has an amount alone".into(),
            });
        }
        if !raw.amount.is_empty() {
            match Money::parse(&raw.amount, currency) {
                Ok(amount) => raw.event.amount = Some(amount),
                Err(error) => problems.push(Problem {
                    place: raw.amount_place,
                    what: format!("amount: {error}"),
                    mend: String::new(),
                }),
            }
        }
        events.push(raw.event);
    }
    // By what happened, not by how the rows stand.
    events.sort_by_cached_key(|event| {
        let is_met = event.condition.is_none();
        (event.date, event.recorded, event.kind, is_met, event.reference.clone(), event.amount.map(Money::minor))
    });
    let (policy, own) = (policy(&events), own(&events));
    Some(Redirection { id, policy, line, from, destination, kind, currency, events, own })
}
