//! [`Progress`]: how far a redirection has come, and which step is possible next.

use std::collections::BTreeMap;

use super::DestinationKind;
use super::redirections::{Event, EventKind};
use super::words::words;
use crate::calendar::{Day, Instant};
use crate::money::{Money, MoneyError};

/// How far a redirection has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What was asked for.
    pub proposed: Money,
    /// What was agreed to, on which day, and when that was recorded.
    pub approved: Option<Approval>,
    /// What was promised on a condition that is not met.
    pub conditional: Option<Money>,
    /// What was promised, and is owed.
    pub pledged: Option<Money>,
    /// The payments, in order.
    pub payments: Vec<Payment>,
    /// Whether another budget took it over.
    pub moved: bool,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// What the payments come to, and the part that letters acknowledge.
    paid: Money,
    acknowledged: Money,
    /// The place of each payment by its reference.
    places: BTreeMap<Option<String>, usize>,
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
    /// Promised on a condition that is not met.
    Conditional,
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
    Conditional = "conditional",
    Pledged = "pledged",
    Paid = "paid",
    Acknowledged = "acknowledged",
    Moved = "moved",
    Cancelled = "cancelled"
);

/// Why an event cannot happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Illegal {
    pub(super) what: String,
    pub(super) mend: String,
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
    pub fn paid(&self) -> Money {
        self.paid
    }

    /// Returns the paid part that letters acknowledge.
    pub fn acknowledged(&self) -> Money {
        self.acknowledged
    }

    /// Returns what counts against the blocked budget: the pledge once pledged, be it on a condition, else what was
    /// approved; payments and letters never lower it, and cancelling leaves what was paid.
    pub fn live(&self) -> Money {
        let approved = self.approved.map(|approval| approval.amount);
        self.pledged.or(self.conditional).or(approved).unwrap_or(Money::zero(self.proposed.currency()))
    }

    /// Returns the most a step could be of: of a payment, a letter or a refund what is left; `None` where the step has
    /// no amount, or nothing it could follow.
    pub fn most(&self, step: EventKind, reference: Option<&str>) -> Result<Option<Money>, MoneyError> {
        let place = self.places.get(&reference.map(str::to_owned));
        let named = place.and_then(|&at| self.payments.get(at));
        let payment = named.or(self.payments.first().filter(|_| self.payments.len() == 1 && reference.is_none()));
        Ok(match step {
            EventKind::Approved => Some(self.proposed),
            EventKind::Pledged => self.conditional.or(self.approved.map(|approval| approval.amount)),
            EventKind::Paid => self.pledged.map(|pledged| pledged.minus(self.paid)).transpose()?,
            EventKind::Moved => self.approved.map(|approval| approval.amount),
            EventKind::Acknowledged => payment.map(|payment| payment.amount.minus(payment.acknowledged)).transpose()?,
            EventKind::Refunded => payment.map(|payment| payment.amount),
            EventKind::Proposed | EventKind::Cancelled => None,
        })
    }

    /// Returns the furthest step fully reached.
    pub fn state(&self) -> State {
        let Some(pledged) = self.pledged.filter(|_| !self.cancelled) else {
            return match (self.cancelled, self.moved, self.conditional, self.approved) {
                (true, ..) => State::Cancelled,
                (_, true, ..) => State::Moved,
                (_, _, Some(_), _) => State::Conditional,
                (_, _, None, Some(_)) => State::Approved,
                (_, _, None, None) => State::Proposed,
            };
        };
        if self.paid != pledged || self.payments.is_empty() {
            State::Pledged
        } else if self.acknowledged == self.paid {
            State::Acknowledged
        } else {
            State::Paid
        }
    }

    pub(super) fn begin(event: &Event) -> Result<Progress, Illegal> {
        if event.kind != EventKind::Proposed {
            return Err(illegal(
                format!("`{}` without a proposal before it", event.kind),
                "the first event of a redirection is `proposed`",
            ));
        }
        beside_a_pledge(event)?;
        let proposed = event.amount.filter(|amount| !amount.is_negative() && !amount.is_zero());
        let proposed = proposed.ok_or_else(|| illegal("a proposal needs an amount above zero", "give the amount"))?;
        Ok(Progress {
            proposed,
            approved: None,
            conditional: None,
            pledged: None,
            payments: Vec::new(),
            moved: false,
            cancelled: false,
            paid: Money::zero(proposed.currency()),
            acknowledged: Money::zero(proposed.currency()),
            places: BTreeMap::new(),
            proposer: event.by.clone(),
            last_step: (event.date, event.recorded),
        })
    }

    pub(super) fn apply(&mut self, event: &Event, kind: DestinationKind, four_eyes: bool) -> Result<(), Illegal> {
        let state = self.state();
        let not_now = |mend: &str| Err(illegal(format!("`{}` is not possible: it is {state}", event.kind), mend));
        if event.amount.is_some_and(|amount| amount.is_negative()) {
            return Err(illegal("an event's amount is not below zero", "what came back is a `refunded` event"));
        }
        let closed = self.cancelled && !matches!(event.kind, EventKind::Acknowledged | EventKind::Refunded);
        if closed {
            return not_now("propose a new redirection");
        }
        beside_a_pledge(event)?;
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
                        "it is pledged once, or once more when its condition is met"
                    } else {
                        "have it approved first"
                    });
                };
                if event.condition.is_some() && self.conditional.is_some() {
                    return not_now("pledge it without a condition once that is met");
                }
                if kind != DestinationKind::Donation {
                    return Err(illegal(
                        format!("a {} takes no pledge", kind.as_str()),
                        "a platform or a reserve goes from approved to moved",
                    ));
                }
                let amount = match self.conditional {
                    None => at_most(event.amount, approved, "approved")?,
                    Some(promised) => at_most(event.amount, promised, "pledged on a condition")?,
                };
                self.step(event)?;
                (self.conditional, self.pledged) =
                    if event.condition.is_some() { (Some(amount), None) } else { (None, Some(amount)) };
            }
            EventKind::Moved => {
                if self.approved.is_none() || self.moved {
                    return not_now(if self.moved { "it is moved once" } else { "have it approved first" });
                }
                if kind == DestinationKind::Donation {
                    return Err(illegal("a donation is not moved", "a donation goes from approved to pledged to paid"));
                }
                if event.amount.is_some_and(|amount| Some(amount) != self.approved.map(|approval| approval.amount)) {
                    return Err(illegal("what is moved is what was approved", "leave the amount out"));
                }
                self.step(event)?;
                self.moved = true;
            }
            EventKind::Paid => {
                let Some(pledged) = self.pledged else {
                    return not_now(match (self.approved, self.conditional) {
                        (None, _) => "have it approved and pledged first",
                        (_, None) => "pledge it first",
                        (_, Some(_)) => "pledge it once more, without a condition, when that is met",
                    });
                };
                let open = pledged.minus(self.paid)?;
                let amount = at_most(event.amount, open, "still outstanding of the pledge")?;
                if amount.is_zero() {
                    return not_now("nothing of the pledge is outstanding");
                }
                if self.places.contains_key(&event.reference) {
                    return Err(illegal(
                        "an earlier payment has the same reference, or none as well",
                        "give every payment a reference of its own, so that its letter can name it",
                    ));
                }
                self.in_time(event, self.last_step)?;
                let zero = Money::zero(amount.currency());
                let (reference, date, recorded) = (event.reference.clone(), event.date, event.recorded);
                self.paid = self.paid.plus(amount)?;
                self.places.insert(reference.clone(), self.payments.len());
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
                self.settle(at, payment.amount, letters)?;
            }
            EventKind::Refunded => {
                let at = self.payment(event)?;
                let payment = &self.payments[at];
                let amount = at_most(event.amount, payment.amount, "left of the payment")?;
                if amount.is_zero() {
                    return Err(illegal("nothing of the payment is left to come back", ""));
                }
                self.in_time(event, (payment.date, payment.recorded))?;
                self.settle(at, payment.amount.minus(amount)?, payment.letters)?;
                if self.cancelled {
                    self.end_with_what_was_paid();
                }
            }
            EventKind::Cancelled => {
                if self.moved {
                    return not_now("move it back by a redirection or a transfer of its own");
                }
                if event.amount.is_some() {
                    return Err(illegal("a cancellation has no amount: what was paid stays", "leave the amount out"));
                }
                let latest =
                    self.payments.iter().map(|payment| (payment.date, payment.recorded)).fold(self.last_step, Ord::max);
                self.in_time(event, latest)?;
                self.cancelled = true;
                self.end_with_what_was_paid();
            }
        }
        Ok(())
    }

    /// Makes a payment what is left of it, and what letters acknowledge.
    fn settle(&mut self, at: usize, amount: Money, letters: Money) -> Result<(), MoneyError> {
        let acknowledged = letters.least(amount)?;
        let payment = &mut self.payments[at];
        self.paid = self.paid.minus(payment.amount)?.plus(amount)?;
        self.acknowledged = self.acknowledged.minus(payment.acknowledged)?.plus(acknowledged)?;
        (payment.amount, payment.letters, payment.acknowledged) = (amount, letters, acknowledged);
        Ok(())
    }

    fn end_with_what_was_paid(&mut self) {
        let paid = self.paid;
        self.approved = self.approved.map(|approval| Approval { amount: paid, ..approval });
        self.pledged = self.pledged.map(|_| paid);
        self.conditional = None;
    }

    /// The payment an event names; the only one where it names none.
    fn payment(&self, event: &Event) -> Result<usize, Illegal> {
        let found = match (&event.reference, self.payments.len()) {
            (None, 1) => Some(0),
            (reference, _) => self.places.get(reference).copied(),
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

/// A condition is one of a pledge.
fn beside_a_pledge(event: &Event) -> Result<(), Illegal> {
    match &event.condition {
        Some(_) if event.kind != EventKind::Pledged => {
            Err(illegal(format!("`{}` with a condition", event.kind), "a condition stands beside `pledged`"))
        }
        _ => Ok(()),
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
