//! `respend redirect approve`, `pledge`, `pay`, `acknowledge`, `refund` and `cancel`: the steps after the proposal.

use clap::Args;
use respend::ledger::{Change, DestinationKind, EntryKind, EventKind, Ledger, Log, Progress, Redirection};
use respend::redirect::{in_proportion, together};
use respend::statement::settled_by;
use respend::{Currency, Day, Id, Instant, Money, MoneyError, Platform};

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Approve {
    #[command(flatten)]
    step: Step,
    /// The plan line of the receiving platform, where it has several
    #[arg(long, value_name = "LINE")]
    into: Option<Id>,
}

#[derive(Args, Debug)]
pub(crate) struct Pledge {
    #[command(flatten)]
    step: Step,
    /// What has to happen before the pledge is owed
    #[arg(long, value_name = "TEXT")]
    condition: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Pay {
    #[command(flatten)]
    step: Step,
    /// The currency of --amount, where it is not the pledge's
    #[arg(long, requires = "amount")]
    currency: Option<Currency>,
    /// What a payment in another currency settles of the pledge, in the pledge's (default: what it is worth on its day,
    /// and at most what is outstanding)
    #[arg(long, value_name = "AMOUNT", requires = "currency")]
    settles: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Step {
    /// The redirections
    #[arg(required = true)]
    ids: Vec<Id>,
    #[command(flatten)]
    said: Said,
}

#[derive(Args, Debug)]
pub(crate) struct OfPayment {
    /// The redirections (default: all that the payment paid)
    #[arg(required_unless_present = "reference")]
    ids: Vec<Id>,
    #[command(flatten)]
    said: Said,
}

/// What may be said of any step.
#[derive(Args, Debug)]
struct Said {
    /// The day it happened (default: today)
    #[arg(long)]
    date: Option<Day>,
    /// Who did it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The amount (default: unchanged); of several redirections what they come to together
    #[arg(long, allow_negative_numbers = true)]
    amount: Option<String>,
    /// Names a payment, or the payment a letter or a refund belongs to
    #[arg(long)]
    reference: Option<String>,
    /// Your words
    #[arg(long)]
    note: Option<String>,
}

/// What is said of some kinds of steps alone.
#[derive(Default)]
struct More<'a> {
    into: Option<&'a Id>,
    condition: Option<&'a str>,
    abroad: Option<Abroad<'a>>,
}

/// What is said of a payment in another currency than its pledge.
#[derive(Clone, Copy)]
struct Abroad<'a> {
    currency: Currency,
    settles: Option<&'a str>,
}

/// A step of one redirection, as its row says it.
struct Taken {
    redirection: Redirection,
    kind: EventKind,
    amount: String,
    sent: Option<Money>,
}

pub(super) fn approve(context: &Context, approve: &Approve) -> Result<(), Failure> {
    let more = More { into: approve.into.as_ref(), ..More::default() };
    take(context, context.change()?, EventKind::Approved, &approve.step.ids, &approve.step.said, more)
}

pub(super) fn pledge(context: &Context, pledge: &Pledge) -> Result<(), Failure> {
    let more = More { condition: pledge.condition.as_deref(), ..More::default() };
    take(context, context.change()?, EventKind::Pledged, &pledge.step.ids, &pledge.step.said, more)
}

pub(super) fn pay(context: &Context, pay: &Pay) -> Result<(), Failure> {
    let abroad = pay.currency.map(|currency| Abroad { currency, settles: pay.settles.as_deref() });
    let more = More { abroad, ..More::default() };
    take(context, context.change()?, EventKind::Paid, &pay.step.ids, &pay.step.said, more)
}

pub(super) fn step(context: &Context, kind: EventKind, step: &Step) -> Result<(), Failure> {
    take(context, context.change()?, kind, &step.ids, &step.said, More::default())
}

/// A step of what one payment paid: of the redirections named, else of all that have a payment of that reference.
pub(super) fn of_payment(context: &Context, kind: EventKind, step: &OfPayment) -> Result<(), Failure> {
    let change = context.change()?;
    let mut ids = step.ids.clone();
    if let (true, Some(reference)) = (ids.is_empty(), &step.said.reference) {
        let is_it = |one: &&Redirection| {
            progress(one).is_some_and(|progress| {
                progress.payments.iter().any(|payment| payment.reference.as_ref() == Some(reference))
            })
        };
        let paid: Vec<&Redirection> = change.before().redirections().iter().filter(is_it).collect();
        let Some(first) = paid.first() else {
            let hint = "`respend report` lists the payments with their references";
            return Err(Failure::refused(format!("no payment has the reference `{reference}`"), hint));
        };
        ids = paid.iter().map(|one| one.id.clone()).collect();
        if paid.iter().any(|one| one.destination != first.destination) {
            let ids: Vec<&str> = ids.iter().map(Id::as_str).collect();
            return Err(Failure::refused(
                format!("payments to several destinations have the reference `{reference}`"),
                format!("name the redirections it is about, out of {}", ids.join(", ")),
            ));
        }
    }
    take(context, change, kind, &ids, &step.said, More::default())
}

fn take(
    context: &Context,
    mut change: Change,
    kind: EventKind,
    ids: &[Id],
    said: &Said,
    more: More<'_>,
) -> Result<(), Failure> {
    let date = said.date.unwrap_or(context.today);
    let mut steps = Vec::new();
    for id in in_order(ids)? {
        let redirection = find(change.before(), id)?.clone();
        // What a donation is paid, a platform or a reserve takes over.
        let kind = match (kind, redirection.kind) {
            (EventKind::Paid, DestinationKind::Platform | DestinationKind::Reserve) => EventKind::Moved,
            (kind, _) => kind,
        };
        steps.push((redirection, kind));
    }
    let steps = amounts(change.before(), steps, said, more.abroad, date)?;
    for Taken { redirection, kind, amount, sent } in &steps {
        // After what it follows: its own steps, and those of the redirection it takes its money from.
        let is_before = |one: &&Redirection| one.id == redirection.id || Some(&one.id) == redirection.from.as_ref();
        let before = change.before().redirections().iter().filter(is_before);
        let latest = before.flat_map(|one| &one.events).filter_map(|event| event.recorded).max();
        let recorded = change.recorded(context.now, latest);
        if *kind == EventKind::Approved && redirection.kind == DestinationKind::Platform {
            receive(&mut change, redirection, said, amount, date, recorded, more.into)?;
        }
        change.append(
            Log::Redirections,
            &[
                ("id", redirection.id.to_string()),
                ("event", kind.to_string()),
                ("date", date.to_string()),
                ("recorded", recorded.to_string()),
                ("policy", redirection.policy.as_ref().map(Id::to_string).unwrap_or_default()),
                ("line", redirection.line.to_string()),
                ("destination", redirection.destination.to_string()),
                ("currency", redirection.currency.to_string()),
                ("amount", amount.clone()),
                ("by", said.by.clone()),
                ("reference", said.reference.clone().unwrap_or_default()),
                ("condition", more.condition.unwrap_or_default().to_owned()),
                ("from", redirection.from.as_ref().map(Id::to_string).unwrap_or_default()),
                ("paid_currency", sent.map(|sent| sent.currency().to_string()).unwrap_or_default()),
                ("paid_amount", sent.map(|sent| sent.to_string()).unwrap_or_default()),
                ("note", said.note.clone().unwrap_or_default()),
            ],
        )?;
    }
    let ledger = context.commit(change)?;
    let mut facts = Vec::new();
    for Taken { redirection, kind, .. } in &steps {
        let redirection = find(&ledger, &redirection.id)?;
        let Some(progress) = redirection.progress(date, None) else { continue };
        facts.push(told(redirection, *kind, &progress)?);
    }
    output::done(&context.everywhere, format!("Recorded on {date} by {}", said.by), facts)
}

/// Puts redirections in the order of their ids, so that minor units fall to the same ones however they are named.
fn in_order(ids: &[Id]) -> Result<Vec<&Id>, Failure> {
    let mut ids: Vec<&Id> = ids.iter().collect();
    ids.sort_unstable();
    let twice = ids.windows(2).find_map(|pair| matches!(pair, [id, next] if id == next).then(|| pair.first()));
    match twice.flatten() {
        Some(id) => Err(Failure::refused(format!("redirection `{id}` is named twice"), "name it once")),
        None => Ok(ids),
    }
}

/// How far a redirection has come by a step.
fn told(redirection: &Redirection, kind: EventKind, progress: &Progress) -> Result<String, Failure> {
    let (id, state) = (&redirection.id, progress.state());
    let state = if state.as_str() == kind.as_str() { String::new() } else { format!(" (now {state})") };
    let (paid, acknowledged) = (progress.paid(), progress.acknowledged());
    Ok(match (progress.pledged, progress.conditional, progress.approved) {
        (Some(pledged), ..) => format!(
            "{id} {kind}{state}: pledged {}, paid {}, acknowledged {} {}.",
            pledged.grouped(),
            paid.grouped(),
            acknowledged.grouped(),
            redirection.currency
        ),
        (None, Some(promised), _) => {
            format!(
                "{id} {kind}{state}: {}; pledge it again, without a condition, once that is met.",
                promised.spelled()
            )
        }
        (None, None, Some(approval)) => format!("{id} {kind}{state}: {}.", approval.amount.spelled()),
        (None, None, None) => format!("{id} {kind}{state}: {}.", progress.proposed.spelled()),
    })
}

/// The steps, each with the amount its row says. One that is not given is written out where it is all that is left of
/// the pledge or the payment, so that the row says it whatever is recorded later. Of several redirections a given one is
/// divided, and where one payment is meant, those it has nothing left of are passed over.
fn amounts(
    ledger: &Ledger,
    steps: Vec<(Redirection, EventKind)>,
    said: &Said,
    abroad: Option<Abroad<'_>>,
    date: Day,
) -> Result<Vec<Taken>, Failure> {
    let mut most = Vec::new();
    for (redirection, kind) in &steps {
        let come = progress(redirection);
        most.push(come.map(|come| come.most(*kind, said.reference.as_deref())).transpose()?.flatten());
    }
    if let (Some(amount), true) = (&said.amount, steps.len() > 1)
        && let Some(((redirection, kind), _)) = steps.iter().zip(&most).find(|(_, most)| most.is_none())
    {
        return Err(Failure::refused(
            format!(
                "redirection `{}` can take no part of {amount}: there is nothing that {kind} could follow",
                redirection.id
            ),
            "take the steps before it first, or leave it out; `respend report` shows how far each has come",
        ));
    }
    // What it settles is said of another currency alone: the ledger refuses the rest.
    let is_abroad = |one: &Abroad<'_>| {
        one.settles.is_some() || steps.iter().any(|(redirection, _)| redirection.currency != one.currency)
    };
    let abroad = abroad.filter(is_abroad);
    let mut sent = vec![None; steps.len()];
    let parts: Vec<Option<Money>> = match (&said.amount, abroad) {
        (Some(amount), Some(abroad)) => {
            let (paid, settles) = abroad.divided(ledger, amount, &steps, &most, date)?;
            sent = paid.into_iter().map(Some).collect();
            settles.into_iter().map(Some).collect()
        }
        (Some(amount), None) if steps.len() == 1 => {
            let one = |(redirection, kind)| Taken { redirection, kind, amount: amount.clone(), sent: None };
            return Ok(steps.into_iter().map(one).collect());
        }
        (Some(amount), None) => {
            let most = or_zero(&steps, &most);
            let Some(first) = most.first() else { return Ok(Vec::new()) };
            divided(read("--amount", amount, first.currency())?, &most)?.into_iter().map(Some).collect()
        }
        (None, _) => {
            let is_written = |kind| matches!(kind, EventKind::Paid | EventKind::Acknowledged | EventKind::Refunded);
            steps.iter().zip(most).map(|((_, kind), most)| most.filter(|_| is_written(*kind))).collect()
        }
    };
    let is_any = parts.iter().flatten().any(|part| !part.is_zero());
    let is_kept = |part: &Option<Money>| !is_any || part.is_none_or(|part| !part.is_zero());
    let kept = steps.into_iter().zip(parts).zip(sent).filter(|((_, part), _)| is_kept(part));
    let text = |part: Option<Money>| part.map(|part| part.to_string()).unwrap_or_default();
    let taken = |(((redirection, kind), part), sent)| Taken { redirection, kind, amount: text(part), sent };
    Ok(kept.map(taken).collect())
}

impl Abroad<'_> {
    /// Returns what left the bank, and what it settles, of each redirection.
    ///
    /// What it settles in all is divided, and what left the bank as that is. So pledges that are paid off together are,
    /// to the cent.
    fn divided(
        self,
        ledger: &Ledger,
        amount: &str,
        steps: &[(Redirection, EventKind)],
        most: &[Option<Money>],
        date: Day,
    ) -> Result<(Vec<Money>, Vec<Money>), Failure> {
        if let Some((redirection, _)) = steps.iter().find(|(_, kind)| *kind != EventKind::Paid) {
            let (id, kind) = (&redirection.id, redirection.kind.as_str());
            return Err(Failure::refused(
                format!("redirection `{id}` is to a {kind}, which takes no payment"),
                "leave --currency out: what is moved is what was approved",
            ));
        }
        let most = or_zero(steps, most);
        let Some(first) = most.first() else { return Ok((Vec::new(), Vec::new())) };
        let sent = read("--amount", amount, self.currency)?;
        let settles = match self.settles {
            Some(settles) => read("--settles", settles, first.currency())?,
            None => {
                let outstanding = together(first.currency(), &most).map_err(|error| not_divided(sent, &error))?;
                settled_by(ledger, outstanding, sent, date)?
            }
        };
        let settles = divided(settles, &most)?;
        Ok((divided(sent, &settles)?, settles))
    }
}

fn read(option: &str, amount: &str, currency: Currency) -> Result<Money, Failure> {
    Money::parse(amount, currency).map_err(|error| Failure::refused(format!("{option}: {error}"), ""))
}

/// The most each could be, of those that nothing could be of zero.
fn or_zero(steps: &[(Redirection, EventKind)], most: &[Option<Money>]) -> Vec<Money> {
    steps.iter().zip(most).map(|((one, _), most)| most.unwrap_or(Money::zero(one.currency))).collect()
}

/// Divides an amount by the most each could be.
fn divided(all: Money, most: &[Money]) -> Result<Vec<Money>, Failure> {
    in_proportion(all, most).map_err(|error| not_divided(all, &error))
}

fn not_divided(all: Money, error: &MoneyError) -> Failure {
    Failure::refused(
        format!("{} cannot be divided among these redirections: {error}", all.spelled()),
        "give each its own amount, in a command of its own",
    )
}

/// How far a redirection has come by all that is known.
fn progress(redirection: &Redirection) -> Option<Progress> {
    redirection.events.last().and_then(|last| redirection.progress(last.date, None))
}

fn find<'a>(ledger: &'a Ledger, id: &Id) -> Result<&'a Redirection, Failure> {
    ledger.redirections().iter().find(|one| one.id == *id).ok_or_else(|| {
        let ids: Vec<&str> = ledger.redirections().iter().map(|one| one.id.as_str()).collect();
        let hint = if ids.is_empty() {
            "there are none; `respend redirect propose --write` makes them".to_owned()
        } else {
            format!("the redirections are {}", ids.join(", "))
        };
        Failure::refused(format!("there is no redirection `{id}`"), hint)
    })
}

/// Adds what a redirection brings to the plan line of the receiving platform.
fn receive(
    change: &mut Change,
    redirection: &Redirection,
    said: &Said,
    amount: &str,
    date: Day,
    recorded: Instant,
    into: Option<&Id>,
) -> Result<(), Failure> {
    let platform: Option<Platform> = redirection.destination.as_str().parse().ok();
    let lines = change.before().lines(None);
    let open: Vec<_> = lines
        .iter()
        .filter(|line| {
            Some(&line.scope.platform) == platform.as_ref()
                && line.period.contains(date)
                && line.currency == redirection.currency
        })
        .filter(|line| into.is_none_or(|into| line.id == *into))
        .collect();
    let line = match open.as_slice() {
        [line] => line,
        [] => {
            return Err(Failure::refused(
                format!(
                    "{} has no plan line in {} that is open on {date}, to take what redirection `{}` brings",
                    redirection.destination, redirection.currency, redirection.id
                ),
                "add one with `respend budget add`, if need be with --amount 0",
            ));
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|line| line.id.as_str()).collect();
            return Err(Failure::refused(
                format!("{} has several plan lines open on {date}", redirection.destination),
                format!("say which with --into: {}", ids.join(", ")),
            ));
        }
    };
    let proposed = redirection.events.first().and_then(|event| event.amount);
    let proposed = proposed.map(|amount| amount.to_string()).unwrap_or_default();
    let amount = if amount.is_empty() { proposed } else { amount.to_owned() };
    change.append(
        Log::Budgets,
        &[
            ("line", line.id.to_string()),
            ("entry", EntryKind::RedirectIn.to_string()),
            ("amount", amount),
            ("effective", date.to_string()),
            ("recorded", recorded.to_string()),
            ("by", said.by.clone()),
            ("basis", "given".into()),
            ("reference", redirection.id.to_string()),
        ],
    )?;
    Ok(())
}
