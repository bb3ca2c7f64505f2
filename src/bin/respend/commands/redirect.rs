//! `respend redirect`

use clap::{Args, Subcommand};
use respend::ledger::{Change, DestinationKind, EntryKind, EventKind, Ledger, Log, Redirection};
use respend::propose::{Proposal, propose};
use respend::statement::settled_by;
use respend::{Currency, Day, Id, Money, Platform, report};

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Redirect {
    /// Show what the policies propose; --write records it
    Propose(Propose),
    /// Agree to proposals; somebody other than the proposer
    Approve(Approve),
    /// Promise approved money to a donation
    Pledge(Step),
    /// Record a payment; of a platform or a reserve, that it took the money over
    Pay(Pay),
    /// Record the letter for a payment; --reference names the payment
    Acknowledge(Step),
    /// Record that a payment came back; --reference names the payment
    Refund(Step),
    /// End redirections with what was paid
    Cancel(Step),
    /// List the redirections
    List,
}

#[derive(Args, Debug)]
pub(crate) struct Propose {
    /// One policy alone (default: all, in the order of ledger.toml)
    #[arg(long)]
    policy: Option<Id>,
    /// Of plan lines in this period alone (default: all)
    #[arg(long)]
    period: Option<String>,
    /// Record the proposals
    #[arg(long)]
    write: bool,
    /// Who proposes; needed with --write
    #[arg(long, value_name = "NAME", required_if_eq("write", "true"))]
    by: Option<String>,
    /// The day of the proposal, and the cut-off it is reckoned at (default: today)
    #[arg(long)]
    date: Option<Day>,
    /// Reckon although open days have no data, or spend has no rate
    #[arg(long)]
    allow_uncovered: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Approve {
    #[command(flatten)]
    step: Step,
    /// The plan line of the receiving platform, where it has several
    #[arg(long, value_name = "LINE")]
    into: Option<Id>,
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
    /// The day it happened (default: today)
    #[arg(long)]
    date: Option<Day>,
    /// Who did it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The amount (default: unchanged)
    #[arg(long, allow_negative_numbers = true)]
    amount: Option<String>,
    /// Names a payment, or the payment a letter or a refund belongs to
    #[arg(long)]
    reference: Option<String>,
    /// Your words
    #[arg(long)]
    note: Option<String>,
}

pub(crate) fn run(context: &Context, redirect: Redirect) -> Result<(), Failure> {
    match redirect {
        Redirect::Propose(propose) => run_propose(context, &propose),
        Redirect::Approve(approve) => step(context, EventKind::Approved, &approve.step, approve.into.as_ref(), None),
        Redirect::Pledge(pledge) => step(context, EventKind::Pledged, &pledge, None, None),
        Redirect::Pay(pay) => {
            let abroad = pay.currency.map(|currency| Abroad { currency, settles: pay.settles.as_deref() });
            step(context, EventKind::Paid, &pay.step, None, abroad)
        }
        Redirect::Acknowledge(acknowledge) => step(context, EventKind::Acknowledged, &acknowledge, None, None),
        Redirect::Refund(refund) => step(context, EventKind::Refunded, &refund, None, None),
        Redirect::Cancel(cancel) => step(context, EventKind::Cancelled, &cancel, None, None),
        Redirect::List => {
            let ledger = context.ledger()?;
            let as_of = context.everywhere.as_of.unwrap_or(context.today);
            output::document(&context.everywhere, &report::redirections(&ledger, as_of, context.everywhere.as_known)?)
        }
    }
}

fn run_propose(context: &Context, asked: &Propose) -> Result<(), Failure> {
    if !asked.write {
        let ledger = context.ledger()?;
        let (as_of, proposals) = proposals(context, asked, &ledger)?;
        return output::document(&context.everywhere, &report::proposals(&ledger.settings().name, as_of, &proposals)?);
    }
    let mut change = context.change()?;
    let (as_of, proposals) = proposals(context, asked, change.before())?;
    let document = report::proposals(&change.before().settings().name, as_of, &proposals)?;
    let mut ids: Vec<Id> = change.before().redirections().iter().map(|one| one.id.clone()).collect();
    let mut made = Vec::new();
    for proposal in &proposals {
        for one in &proposal.redirections {
            let earlier = ids.len().to_string();
            let content = [
                proposal.policy.to_string(),
                one.line.to_string(),
                one.destination.to_string(),
                one.amount.to_string(),
                as_of.to_string(),
                earlier,
            ];
            let id = super::made_id(&[one.destination.as_str(), &as_of.month().to_string()], &content)?;
            if ids.contains(&id) {
                return Err(Failure::refused(
                    format!("there is a redirection `{id}` already"),
                    "propose again on another day",
                ));
            }
            change.append(
                Log::Redirections,
                &[
                    ("id", id.to_string()),
                    ("event", EventKind::Proposed.to_string()),
                    ("date", as_of.to_string()),
                    ("recorded", change.recorded(context.now, None).to_string()),
                    ("policy", proposal.policy.to_string()),
                    ("line", one.line.to_string()),
                    ("destination", one.destination.to_string()),
                    ("currency", proposal.currency.to_string()),
                    ("amount", one.amount.to_string()),
                    ("by", asked.by.clone().unwrap_or_default()),
                ],
            )?;
            made.push(format!("Proposed {id}: {} to {}.", one.amount.spelled(), one.destination));
            ids.push(id);
        }
    }
    if made.is_empty() {
        output::document(&context.everywhere, &document)?;
        return Err(Failure::refused(
            "there is nothing to propose",
            "nothing is redirectable, or it is proposed already: `respend redirect list`",
        ));
    }
    context.commit(change)?;
    let mut document = document;
    document.facts = made;
    if context.everywhere.is_silent() {
        return Ok(());
    }
    output::document(&context.everywhere, &document)
}

/// What the policies propose at the cut-off.
fn proposals(context: &Context, asked: &Propose, ledger: &Ledger) -> Result<(Day, Vec<Proposal>), Failure> {
    let as_of = asked.date.or(context.everywhere.as_of).unwrap_or(context.today);
    let period = context.period_or_all(asked.period.as_deref(), ledger)?;
    let statement = respend::statement::Statement::of(ledger, period, as_of, context.everywhere.as_known)?;
    let policies = &ledger.settings().policies;
    let named: Vec<_> =
        policies.iter().filter(|policy| asked.policy.as_ref().is_none_or(|id| policy.id == *id)).collect();
    if named.is_empty() {
        let ids: Vec<&str> = policies.iter().map(|policy| policy.id.as_str()).collect();
        return Err(match (&asked.policy, ids.is_empty()) {
            (Some(id), false) => {
                Failure::refused(format!("there is no policy `{id}`"), format!("the policies are {}", ids.join(", ")))
            }
            _ => Failure::refused(
                "the ledger has no policy",
                "say in ledger.toml where blocked money goes: a [[destination]] and a [[policy]] with [[policy.to]]",
            ),
        });
    }
    if named.len() > 1 {
        // Each policy is reckoned alone, so two of them could give the same money away.
        let ids: Vec<&str> = named.iter().map(|policy| policy.id.as_str()).collect();
        if asked.write {
            return Err(Failure::refused(
                "the ledger has several policies, and each is reckoned alone",
                format!("write one at a time with --policy: {}", ids.join(", ")),
            ));
        }
    }
    let mut proposals = Vec::new();
    for policy in named {
        proposals.extend(propose(&statement, policy)?);
    }
    let giving: Vec<&Id> = proposals.iter().flat_map(|proposal| &proposal.lines).map(|line| &line.line).collect();
    let uncovered = statement.lines.iter().filter(|line| giving.contains(&&line.line.id) && !line.uncovered.is_empty());
    let uncovered: Vec<String> = uncovered
        .flat_map(|line| {
            line.uncovered
                .iter()
                .map(|days| if days.days() == 1 { days.start().to_string() } else { days.to_string() })
                .map(|days| format!("plan line `{}` has open days that no import covers: {days}", line.line.id))
        })
        .collect();
    let lacks_a_rate = statement.missing_rates.iter().filter(|missing| giving.contains(&&missing.line));
    let lacks_a_rate = lacks_a_rate.map(|missing| {
        let spent = missing.amount.spelled();
        format!("plan line `{}` has {spent} of {} without a rate into {}", missing.line, missing.day, missing.quote)
    });
    let lacks_a_rate: Vec<String> = lacks_a_rate.collect();
    if !lacks_a_rate.is_empty() && !asked.allow_uncovered {
        return Err(Failure::refused(
            lacks_a_rate.join("\n"),
            "take the rates in with `respend rates import FILE`, or say --allow-uncovered; this spend lowers what is free",
        ));
    }
    if !uncovered.is_empty() && !asked.allow_uncovered {
        return Err(Failure::refused(
            uncovered.join("\n"),
            "import the exports of those days, or say --allow-uncovered; spend in them lowers what is free",
        ));
    }
    Ok((as_of, proposals))
}

/// What is said of a payment in another currency than its pledge.
#[derive(Clone, Copy)]
struct Abroad<'a> {
    currency: Currency,
    settles: Option<&'a str>,
}

impl Abroad<'_> {
    /// Returns what left the bank, and what it settles of the pledge.
    fn read(
        self,
        ledger: &Ledger,
        redirection: &Redirection,
        amount: &str,
        date: Day,
    ) -> Result<(Money, Money), Failure> {
        let read = |text: &str, currency| {
            Money::parse(text, currency).map_err(|error| Failure::refused(error.to_string(), ""))
        };
        let sent = read(amount, self.currency)?;
        let settles = match self.settles {
            Some(settles) => read(settles, redirection.currency)?,
            None => settled_by(ledger, redirection, sent, date)?,
        };
        Ok((sent, settles))
    }
}

fn step(
    context: &Context,
    kind: EventKind,
    step: &Step,
    into: Option<&Id>,
    abroad: Option<Abroad<'_>>,
) -> Result<(), Failure> {
    let mut change = context.change()?;
    let date = step.date.unwrap_or(context.today);
    let mut done = Vec::new();
    for id in &step.ids {
        let redirection = find(change.before(), id)?.clone();
        // What a donation is paid, a platform or a reserve takes over.
        let kind = match (kind, redirection.kind) {
            (EventKind::Paid, DestinationKind::Platform | DestinationKind::Reserve) => EventKind::Moved,
            (kind, _) => kind,
        };
        let mut sent = None;
        // What it settles is said of another currency alone: the ledger refuses the rest.
        let abroad = abroad.filter(|one| one.currency != redirection.currency || one.settles.is_some());
        if abroad.is_some() && kind != EventKind::Paid {
            return Err(Failure::refused(
                format!("redirection `{id}` is to a {}, which takes no payment", redirection.kind.as_str()),
                "leave --currency out: what is moved is what was approved",
            ));
        }
        let amount = match (&step.amount, abroad) {
            (Some(amount), Some(abroad)) => {
                let (paid, settles) = abroad.read(change.before(), &redirection, amount, date)?;
                sent = Some(paid);
                settles.to_string()
            }
            (Some(amount), None) => amount.clone(),
            (None, _) => {
                rest(&redirection, kind, step.reference.as_deref())?.map(|rest| rest.to_string()).unwrap_or_default()
            }
        };
        let latest = redirection.events.iter().filter_map(|event| event.recorded).max();
        let recorded = change.recorded(context.now, latest);
        if kind == EventKind::Approved && redirection.kind == DestinationKind::Platform {
            receive(&mut change, &redirection, step, date, recorded, into)?;
        }
        change.append(
            Log::Redirections,
            &[
                ("id", id.to_string()),
                ("event", kind.to_string()),
                ("date", date.to_string()),
                ("recorded", recorded.to_string()),
                ("policy", redirection.policy.as_ref().map(Id::to_string).unwrap_or_default()),
                ("line", redirection.line.to_string()),
                ("destination", redirection.destination.to_string()),
                ("currency", redirection.currency.to_string()),
                ("amount", amount),
                ("by", step.by.clone()),
                ("reference", step.reference.clone().unwrap_or_default()),
                ("note", step.note.clone().unwrap_or_default()),
                ("paid_currency", sent.map(|sent| sent.currency().to_string()).unwrap_or_default()),
                ("paid_amount", sent.map(|sent| sent.to_string()).unwrap_or_default()),
            ],
        )?;
        done.push((id, kind));
    }
    let ledger = context.commit(change)?;
    let mut facts = Vec::new();
    for (id, kind) in done {
        let redirection = find(&ledger, id)?;
        let Some(progress) = redirection.progress(date, None) else { continue };
        let state = progress.state()?;
        let state = if state.as_str() == kind.as_str() { String::new() } else { format!(" (now {state})") };
        let (paid, acknowledged) = (progress.paid()?, progress.acknowledged()?);
        facts.push(match (progress.pledged, progress.approved) {
            (Some(pledged), _) => format!(
                "{id} {kind}{state}: pledged {}, paid {}, acknowledged {} {}.",
                pledged.grouped(),
                paid.grouped(),
                acknowledged.grouped(),
                redirection.currency
            ),
            (None, Some(approval)) => format!("{id} {kind}{state}: {}.", approval.amount.spelled()),
            (None, None) => format!("{id} {kind}{state}: {}.", progress.proposed.spelled()),
        });
    }
    output::done(&context.everywhere, format!("Recorded on {date} by {}", step.by), facts)
}

/// What a payment, a letter or a refund is of where no amount is given: all that is left of the pledge or the payment.
/// It is written out, so that the row says it whatever is recorded later.
fn rest(redirection: &Redirection, kind: EventKind, reference: Option<&str>) -> Result<Option<Money>, Failure> {
    let Some(progress) = redirection.events.last().and_then(|last| redirection.progress(last.date, None)) else {
        return Ok(None);
    };
    let payments = &progress.payments;
    let named = payments.iter().find(|payment| payment.reference.as_deref() == reference);
    let payment = named.or(payments.first().filter(|_| payments.len() == 1 && reference.is_none()));
    Ok(match kind {
        EventKind::Paid => progress.pledged.map(|pledged| pledged.minus(progress.paid()?)).transpose()?,
        EventKind::Acknowledged => payment.map(|payment| payment.amount.minus(payment.acknowledged)).transpose()?,
        EventKind::Refunded => payment.map(|payment| payment.amount),
        _ => None,
    })
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
    step: &Step,
    date: Day,
    recorded: respend::Instant,
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
    let amount = step.amount.clone().or(proposed.map(|amount| amount.to_string())).unwrap_or_default();
    change.append(
        Log::Budgets,
        &[
            ("line", line.id.to_string()),
            ("entry", EntryKind::RedirectIn.to_string()),
            ("amount", amount),
            ("effective", date.to_string()),
            ("recorded", recorded.to_string()),
            ("by", step.by.clone()),
            ("basis", "given".into()),
            ("reference", redirection.id.to_string()),
        ],
    )?;
    Ok(())
}
