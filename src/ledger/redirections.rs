//! `redirections.csv`: what happened to each redirection, as a log of events.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::budgets::words;
use super::rows::{self, Columns};
use super::{DestinationKind, Line, Place, Problem, Settings};
use crate::calendar::{Day, Instant};
use crate::money::{Currency, Money, MoneyError};
use crate::scope::Id;

/// The file's name.
pub(super) const FILE: &str = "redirections.csv";

pub(super) const COLUMNS: Columns = Columns {
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
    /// Where it goes.
    pub destination: Id,
    /// What the destination is.
    pub kind: DestinationKind,
    /// The line's currency.
    pub currency: Currency,
    /// What happened, in the order it happened.
    pub events: Vec<Event>,
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
    /// Who did it.
    pub by: Option<String>,
    /// Names a payment, and the payment a letter or a refund belongs to.
    pub reference: Option<String>,
    /// The user's words.
    pub note: Option<String>,
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

/// How far a redirection has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What was asked for.
    pub proposed: Money,
    /// What was agreed to, on which day, and when that was recorded.
    pub approved: Option<Approval>,
    /// What was promised.
    pub pledged: Option<Money>,
    /// The payments, in order.
    pub payments: Vec<Payment>,
    /// Whether another budget took it over.
    pub moved: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
    proposer: Option<String>,
    last_step: (Day, Option<Instant>),
}

/// What was agreed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approval {
    /// The amount.
    pub amount: Money,
    /// The day.
    pub date: Day,
    /// When it was recorded.
    pub recorded: Option<Instant>,
}

/// One payment of a redirection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// Names it, where it has a name.
    pub reference: Option<String>,
    /// The day it went out.
    pub date: Day,
    /// What went out less what came back.
    pub amount: Money,
    /// The part a letter acknowledges, at most the amount.
    pub acknowledged: Money,
    letters: Money,
    recorded: Option<Instant>,
}

/// The furthest step a redirection has fully reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Asked for.
    Proposed,
    /// Agreed to.
    Approved,
    /// Promised.
    Pledged,
    /// Paid in full.
    Paid,
    /// Paid in full, with a letter for every payment.
    Acknowledged,
    /// Taken over by another budget.
    Moved,
    /// Ended.
    Cancelled,
}

words!(
    State,
    "state",
    Proposed = "proposed",
    Approved = "approved",
    Pledged = "pledged",
    Paid = "paid",
    Acknowledged = "acknowledged",
    Moved = "moved",
    Cancelled = "cancelled"
);

/// Why an event cannot happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Illegal {
    what: String,
    mend: String,
}

impl From<MoneyError> for Illegal {
    fn from(error: MoneyError) -> Illegal {
        illegal(error.to_string(), "")
    }
}

fn illegal(what: impl Into<String>, mend: impl Into<String>) -> Illegal {
    Illegal { what: what.into(), mend: mend.into() }
}

impl Progress {
    /// Returns what was paid, less refunds.
    pub fn paid(&self) -> Result<Money, MoneyError> {
        self.payments.iter().try_fold(Money::zero(self.proposed.currency()), |sum, payment| sum.plus(payment.amount))
    }

    /// Returns the paid part that letters acknowledge.
    pub fn acknowledged(&self) -> Result<Money, MoneyError> {
        self.payments
            .iter()
            .try_fold(Money::zero(self.proposed.currency()), |sum, payment| sum.plus(payment.acknowledged))
    }

    /// Returns what counts against the blocked budget: the pledge once pledged, else what was approved; payments and
    /// letters never lower it, and cancelling leaves what was paid.
    pub fn live(&self) -> Money {
        self.pledged.or(self.approved.map(|approval| approval.amount)).unwrap_or(Money::zero(self.proposed.currency()))
    }

    /// Returns the furthest step fully reached.
    pub fn state(&self) -> Result<State, MoneyError> {
        let Some(pledged) = self.pledged.filter(|_| !self.cancelled) else {
            return Ok(match (self.cancelled, self.moved, self.approved) {
                (true, _, _) => State::Cancelled,
                (_, true, _) => State::Moved,
                (_, _, Some(_)) => State::Approved,
                (_, _, None) => State::Proposed,
            });
        };
        let paid = self.paid()?;
        Ok(if paid != pledged || self.payments.is_empty() {
            State::Pledged
        } else if self.acknowledged()? == paid {
            State::Acknowledged
        } else {
            State::Paid
        })
    }

    fn begin(event: &Event) -> Result<Progress, Illegal> {
        if event.kind != EventKind::Proposed {
            return Err(illegal(
                format!("`{}` without a proposal before it", event.kind),
                "the first event of a redirection is `proposed`",
            ));
        }
        let proposed = event.amount.filter(|amount| !amount.is_negative() && !amount.is_zero());
        let proposed = proposed.ok_or_else(|| illegal("a proposal needs an amount above zero", "give the amount"))?;
        Ok(Progress {
            proposed,
            approved: None,
            pledged: None,
            payments: Vec::new(),
            moved: false,
            cancelled: false,
            proposer: event.by.clone(),
            last_step: (event.date, event.recorded),
        })
    }

    fn apply(&mut self, event: &Event, kind: DestinationKind, four_eyes: bool) -> Result<(), Illegal> {
        let state = self.state()?;
        let not_now = |mend: &str| Err(illegal(format!("`{}` is not possible: it is {state}", event.kind), mend));
        if event.amount.is_some_and(|amount| amount.is_negative()) {
            return Err(illegal("an event's amount is not below zero", "what came back is a `refunded` event"));
        }
        let closed = self.cancelled && !matches!(event.kind, EventKind::Acknowledged | EventKind::Refunded);
        if closed {
            return not_now("propose a new redirection");
        }
        match event.kind {
            EventKind::Proposed => {
                return not_now("a redirection is proposed once; propose a new one under another id");
            }
            EventKind::Approved => {
                if self.approved.is_some() {
                    return not_now("it is approved once");
                }
                if four_eyes && (event.by.is_none() || event.by == self.proposer) {
                    let who = event.by.as_deref().unwrap_or("nobody");
                    return Err(illegal(
                        format!("approved by {who}, who is not someone other than the proposer"),
                        "let somebody else approve, or set four_eyes = false in ledger.toml",
                    ));
                }
                let amount = at_most(event.amount, self.proposed, "proposed")?;
                self.step(event)?;
                self.approved = Some(Approval { amount, date: event.date, recorded: event.recorded });
            }
            EventKind::Pledged => {
                let Some(Approval { amount: approved, .. }) = self.approved.filter(|_| self.pledged.is_none()) else {
                    return not_now(if self.approved.is_some() {
                        "it is pledged once"
                    } else {
                        "have it approved first"
                    });
                };
                if kind != DestinationKind::Donation {
                    return Err(illegal(
                        format!("a {} takes no pledge", kind.as_str()),
                        "a platform or a reserve goes from approved to moved",
                    ));
                }
                let amount = at_most(event.amount, approved, "approved")?;
                self.step(event)?;
                self.pledged = Some(amount);
            }
            EventKind::Moved => {
                if self.approved.is_none() || self.moved {
                    return not_now(if self.moved { "it is moved once" } else { "have it approved first" });
                }
                if kind == DestinationKind::Donation {
                    return Err(illegal("a donation is not moved", "a donation goes from approved to pledged to paid"));
                }
                self.step(event)?;
                self.moved = true;
            }
            EventKind::Paid => {
                let Some(pledged) = self.pledged else {
                    return not_now(if self.approved.is_some() {
                        "pledge it first"
                    } else {
                        "have it approved and pledged first"
                    });
                };
                let open = pledged.minus(self.paid()?)?;
                let amount = at_most(event.amount, open, "still outstanding of the pledge")?;
                if amount.is_zero() {
                    return not_now("nothing of the pledge is outstanding");
                }
                if self.payments.iter().any(|payment| payment.reference == event.reference) {
                    return Err(illegal(
                        "an earlier payment has the same reference, or none as well",
                        "give every payment a reference of its own, so that its letter can name it",
                    ));
                }
                self.in_time(event, self.last_step)?;
                let zero = Money::zero(amount.currency());
                let (reference, date, recorded) = (event.reference.clone(), event.date, event.recorded);
                self.payments.push(Payment { reference, date, amount, acknowledged: zero, letters: zero, recorded });
            }
            EventKind::Acknowledged => {
                let at = self.payment(event)?;
                let payment = &self.payments[at];
                let open = payment.amount.minus(payment.acknowledged)?;
                let amount = at_most(event.amount, open, "of the payment without a letter")?;
                if amount.is_zero() {
                    return Err(illegal("the payment has its letter already", ""));
                }
                self.in_time(event, (payment.date, payment.recorded))?;
                let letters = payment.letters.plus(amount)?;
                self.payments[at].letters = letters;
                self.payments[at].acknowledged = letters.least(self.payments[at].amount)?;
            }
            EventKind::Refunded => {
                let at = self.payment(event)?;
                let payment = &self.payments[at];
                let amount = at_most(event.amount, payment.amount, "left of the payment")?;
                if amount.is_zero() {
                    return Err(illegal("nothing of the payment is left to come back", ""));
                }
                self.in_time(event, (payment.date, payment.recorded))?;
                let left = payment.amount.minus(amount)?;
                self.payments[at].amount = left;
                self.payments[at].acknowledged = self.payments[at].letters.least(left)?;
                if self.cancelled {
                    self.end_with_what_was_paid()?;
                }
            }
            EventKind::Cancelled => {
                if self.moved {
                    return not_now("move it back by a redirection or a transfer of its own");
                }
                let latest =
                    self.payments.iter().map(|payment| (payment.date, payment.recorded)).fold(self.last_step, Ord::max);
                self.in_time(event, latest)?;
                self.cancelled = true;
                self.end_with_what_was_paid()?;
            }
        }
        Ok(())
    }

    fn end_with_what_was_paid(&mut self) -> Result<(), Illegal> {
        let paid = self.paid()?;
        self.approved = self.approved.map(|approval| Approval { amount: paid, ..approval });
        self.pledged = self.pledged.map(|_| paid);
        Ok(())
    }

    /// The payment an event names; the only one where it names none.
    fn payment(&self, event: &Event) -> Result<usize, Illegal> {
        let named = |payment: &Payment| payment.reference == event.reference;
        let found = match (&event.reference, self.payments.len()) {
            (None, 1) => Some(0),
            _ => self.payments.iter().position(named),
        };
        found.ok_or_else(|| {
            let known: Vec<&str> = self.payments.iter().filter_map(|payment| payment.reference.as_deref()).collect();
            let what = match &event.reference {
                Some(reference) => format!("no payment has the reference `{reference}`"),
                None if self.payments.is_empty() => format!("`{}` without a payment before it", event.kind),
                None => format!("`{}` does not say which payment it belongs to", event.kind),
            };
            illegal(
                what,
                if known.is_empty() {
                    String::from("record the payment first")
                } else {
                    format!("the payments are {}", known.join(", "))
                },
            )
        })
    }

    fn step(&mut self, event: &Event) -> Result<(), Illegal> {
        self.in_time(event, self.last_step)?;
        self.last_step = (event.date, event.recorded);
        Ok(())
    }

    /// An event happens, and is recorded, not before what it follows; so every cut-off finds a legal history.
    fn in_time(&self, event: &Event, after: (Day, Option<Instant>)) -> Result<(), Illegal> {
        if event.date < after.0 {
            return Err(illegal(
                format!("`{}` on {} is before the step it follows, on {}", event.kind, event.date, after.0),
                "correct the date",
            ));
        }
        if event.recorded < after.1 {
            return Err(illegal(
                format!("`{}` is recorded before the step it follows", event.kind),
                "correct `recorded`",
            ));
        }
        Ok(())
    }
}

fn at_most(amount: Option<Money>, limit: Money, what: &str) -> Result<Money, Illegal> {
    match amount {
        None => Ok(limit),
        Some(amount) if amount.minor() <= limit.minor() => Ok(amount),
        Some(amount) => Err(illegal(
            format!("{} is more than the {} {what}", amount.spelled(), limit.grouped()),
            format!("give at most {limit}, or no amount for all of it"),
        )),
    }
}

impl Redirection {
    /// Returns it with the events that had happened on a day, by what was recorded by then.
    pub fn until(&self, as_of: Day, as_known: Option<Instant>) -> Redirection {
        let mut until = self.clone();
        until.events.retain(|event| event.is_seen(as_of, as_known));
        until
    }

    /// Returns how far it had come on a day, by what was recorded by then; `None` before it was proposed.
    pub fn progress(&self, as_of: Day, as_known: Option<Instant>) -> Option<Progress> {
        let mut progress: Option<Progress> = None;
        for event in self.events.iter().filter(|event| event.is_seen(as_of, as_known)) {
            match &mut progress {
                None => progress = Some(Progress::begin(event).ok()?),
                // The whole log was found legal when the ledger was read, and so is any part cut off by day or record;
                // four eyes were checked there too.
                Some(progress) => drop(progress.apply(event, self.kind, false)),
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

struct Raw {
    event: Event,
    amount: String,
    amount_place: Place,
    policy: Option<Id>,
    line: Option<Id>,
    destination: Option<Id>,
    currency: Option<Currency>,
}

/// Reads the file's redirections, by id; what is wrong is added to `problems`.
pub(super) fn read(bytes: &[u8], settings: &Settings, lines: &[Line], problems: &mut Vec<Problem>) -> Vec<Redirection> {
    let mut logs: BTreeMap<Id, Vec<Raw>> = BTreeMap::new();
    rows::read(FILE, bytes, &COLUMNS, problems, |row, problems| {
        let before = problems.len();
        let id: Option<Id> = row.need("id", problems);
        let (kind, date) = (row.need("event", problems), row.need("date", problems));
        let recorded = row.parse("recorded", problems);
        let line: Option<Id> = row.parse("line", problems);
        if let Some(line) = line.as_ref().filter(|id| !lines.iter().any(|line| line.id == **id)) {
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
        let (currency, policy) = (row.parse("currency", problems), row.parse("policy", problems));
        let (Some(id), Some(kind), Some(date), true) = (id, kind, date, problems.len() == before) else { return };
        let (by, reference, note) = (row.optional("by"), row.optional("reference"), row.optional("note"));
        let event = Event { kind, date, recorded, amount: None, by, reference, note, place: row.place_of_row() };
        let (amount, amount_place) = (row.text("amount").to_owned(), row.place("amount"));
        logs.entry(id).or_default().push(Raw { event, amount, amount_place, policy, line, destination, currency });
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
    redirections
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
    let currency = lines.iter().find(|known| known.id == line)?.currency;
    let kind = settings.destinations.iter().find(|known| known.id == destination)?.kind;
    let mut events = Vec::new();
    let policy = raws.iter().filter_map(|raw| raw.policy.clone()).min();
    for mut raw in raws {
        if let Some(other) = raw.currency.filter(|other| *other != currency) {
            problems.push(Problem {
                place: raw.event.place.clone(),
                what: format!("currency: {other} is not the currency of line `{line}`, {currency}"),
                mend: "a redirection is in its line's currency".into(),
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
    // By what happened, not by how the rows stand; events of one day in the order they were recorded.
    events.sort_by_cached_key(|event| {
        (event.date, event.recorded, event.kind, event.reference.clone(), event.amount.map(Money::minor))
    });
    Some(Redirection { id, policy, line, destination, kind, currency, events })
}
