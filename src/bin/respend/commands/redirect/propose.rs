//! `respend redirect propose`: what policies make of blocked money, or what a reserve passes on.

use clap::Args;
use respend::ledger::{Change, EventKind, Ledger, Log};
use respend::propose::{OnwardProposal, Proposal, propose};
use respend::report::{self, Document};
use respend::statement::Statement;
use respend::{Day, Id, Money};

use crate::commands::made_id;
use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Propose {
    /// One policy alone (default: all, in the order of ledger.toml; each takes what those before it leave)
    #[arg(long)]
    policy: Option<Id>,
    /// Of plan lines in this period alone (default: all)
    #[arg(long)]
    period: Option<String>,
    /// No policy: out of this redirection, which a reserve took over
    #[arg(long, value_name = "ID", conflicts_with_all = ["policy", "period"], requires = "to")]
    from: Option<Id>,
    /// Where what comes out of the reserve goes
    #[arg(long, value_name = "DESTINATION", requires = "from")]
    to: Option<Id>,
    /// How much of it (default: all the reserve still holds)
    #[arg(long, allow_negative_numbers = true, requires = "from")]
    amount: Option<String>,
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

/// A proposal that is not recorded yet.
struct Proposed {
    policy: Option<Id>,
    line: Id,
    from: Option<Id>,
    destination: Id,
    amount: Money,
}

pub(super) fn run(context: &Context, asked: &Propose) -> Result<(), Failure> {
    let as_of = asked.date.or(context.everywhere.as_of).unwrap_or(context.today);
    if !asked.write {
        let (document, _) = proposed(context, asked, &context.ledger()?, as_of)?;
        return output::document(&context.everywhere, &document);
    }
    let mut change = context.change()?;
    let (mut document, proposed) = proposed(context, asked, change.before(), as_of)?;
    if proposed.is_empty() {
        output::document(&context.everywhere, &document)?;
        return Err(Failure::refused(
            "there is nothing to propose",
            "nothing is redirectable, or it is proposed already: `respend redirect list`",
        ));
    }
    let made = record(context, asked, &mut change, &proposed, as_of)?;
    context.commit(change)?;
    document.facts = made;
    if context.everywhere.is_silent() {
        return Ok(());
    }
    output::document(&context.everywhere, &document)
}

/// What is proposed at the cut-off, with the arithmetic that led to it.
fn proposed(
    context: &Context,
    asked: &Propose,
    ledger: &Ledger,
    as_of: Day,
) -> Result<(Document, Vec<Proposed>), Failure> {
    let period = context.period_or_all(asked.period.as_deref(), ledger)?;
    let statement = Statement::of(ledger, period, as_of, context.everywhere.as_known)?;
    let name = &ledger.settings().name;
    if let (Some(from), Some(to)) = (&asked.from, &asked.to) {
        let onward = onward(ledger, &statement, from, to, asked.amount.as_deref())?;
        let document = report::onward(name, as_of, &onward);
        let OnwardProposal { policy, line, from, destination, gives: amount, .. } = onward;
        return Ok((document, vec![Proposed { policy, line, from: Some(from), destination, amount }]));
    }
    let proposals = by_policies(asked, ledger, &statement)?;
    let one = |proposal: &Proposal| {
        let policy = proposal.policy.id.clone();
        proposal.redirections.clone().into_iter().map(move |one| Proposed {
            policy: Some(policy.clone()),
            line: one.line,
            from: None,
            destination: one.destination,
            amount: one.amount,
        })
    };
    let proposed = proposals.iter().flat_map(one).collect();
    Ok((report::proposals(name, as_of, &proposals)?, proposed))
}

/// What goes on from a reserve.
fn onward(
    ledger: &Ledger,
    statement: &Statement,
    from: &Id,
    to: &Id,
    amount: Option<&str>,
) -> Result<OnwardProposal, Failure> {
    let destinations = &ledger.settings().destinations;
    if !destinations.iter().any(|known| known.id == *to) {
        let ids: Vec<&str> = destinations.iter().map(|known| known.id.as_str()).collect();
        let hint = format!("the destinations of ledger.toml are {}", ids.join(", "));
        return Err(Failure::refused(format!("there is no destination `{to}`"), hint));
    }
    OnwardProposal::of(statement, from, to, amount)
        .map_err(|error| Failure::refused(error.to_string(), "`respend redirect list` shows what reserves hold"))
}

/// What the policies asked for propose.
fn by_policies(asked: &Propose, ledger: &Ledger, statement: &Statement) -> Result<Vec<Proposal>, Failure> {
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
    let proposals = propose(statement, &named)?;
    let giving: Vec<&Id> = proposals.iter().flat_map(|proposal| &proposal.own.lines).map(|line| &line.line).collect();
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
    let hint = match (uncovered.is_empty(), lacks_a_rate.is_empty()) {
        (true, true) => return Ok(proposals),
        _ if asked.allow_uncovered => return Ok(proposals),
        (false, true) => {
            "import the exports of those days, or say --allow-uncovered; spend in them lowers what is free"
        }
        (true, false) => {
            "take the rates in with `respend rates import FILE`, or say --allow-uncovered; this spend lowers what is free"
        }
        (false, false) => {
            "import the exports of those days and take the rates in with `respend rates import FILE`, or say --allow-uncovered; this spend lowers what is free"
        }
    };
    Err(Failure::refused([uncovered, lacks_a_rate].concat().join("\n"), hint))
}

/// Records proposals, and says of each what it is called.
fn record(
    context: &Context,
    asked: &Propose,
    change: &mut Change,
    proposed: &[Proposed],
    as_of: Day,
) -> Result<Vec<String>, Failure> {
    let mut ids: Vec<Id> = change.before().redirections().iter().map(|one| one.id.clone()).collect();
    let mut made = Vec::new();
    for one in proposed {
        let policy = one.policy.as_ref().map(Id::to_string).unwrap_or_default();
        let from = one.from.as_ref().map(Id::to_string).unwrap_or_default();
        let content = [
            policy.clone(),
            one.line.to_string(),
            one.destination.to_string(),
            one.amount.to_string(),
            as_of.to_string(),
            ids.len().to_string(), // how many were there before
        ];
        let id = made_id(&[one.destination.as_str(), &as_of.month().to_string()], &content)?;
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
                ("policy", policy),
                ("line", one.line.to_string()),
                ("destination", one.destination.to_string()),
                ("currency", one.amount.currency().to_string()),
                ("amount", one.amount.to_string()),
                ("by", asked.by.clone().unwrap_or_default()),
                ("from", from),
            ],
        )?;
        made.push(format!("Proposed {id}: {} to {}.", one.amount.spelled(), one.destination));
        ids.push(id);
    }
    Ok(made)
}
