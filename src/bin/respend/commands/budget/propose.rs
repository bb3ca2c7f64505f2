//! `respend budget propose`

use clap::Args;
use respend::ledger::{Basis, EntryKind, Ledger, Log};
use respend::propose::{PlanBasis, PlanProposal};
use respend::{Currency, Day, Id, Period, Platform, Scale, Scope, report};

use super::{Said, not_yet};
use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Propose {
    /// The line's id
    #[arg(long)]
    line: Id,
    /// The days it covers, like 2018 or 2018-Q1
    #[arg(long)]
    period: String,
    /// The platform
    #[arg(long)]
    platform: Platform,
    /// One account of it alone
    #[arg(long)]
    account: Option<String>,
    /// One campaign alone
    #[arg(long)]
    campaign: Option<String>,
    /// The currency (default: the ledger's)
    #[arg(long)]
    currency: Option<Currency>,
    /// What the amount is taken from: prior-year-actual or run-rate
    #[arg(long)]
    basis: Basis,
    /// With prior-year-actual: how much of it, like 110%
    #[arg(long)]
    scale: Option<Scale>,
    /// With run-rate: over how many days
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=3660))]
    days: Option<u32>,
    /// With run-rate: the day before which these days lie (default: today)
    #[arg(long)]
    before: Option<Day>,
    /// Reckon although days have no data
    #[arg(long)]
    allow_uncovered: bool,
    /// Open the line
    #[arg(long)]
    write: bool,
    #[command(flatten)]
    said: Said,
}

pub(super) fn run(context: &Context, asked: Propose) -> Result<(), Failure> {
    if !asked.write {
        let ledger = context.ledger()?;
        let proposal = proposal(context, &asked, &ledger)?;
        return output::document(&context.everywhere, &report::plan_proposal(&ledger, &asked.line, &proposal));
    }
    let mut change = context.change()?;
    not_yet(change.before(), &asked.line)?;
    let proposal = proposal(context, &asked, change.before())?;
    let mut document = report::plan_proposal(change.before(), &asked.line, &proposal);
    change.append(
        Log::Budgets,
        &[
            ("line", asked.line.to_string()),
            ("entry", EntryKind::Original.to_string()),
            ("period", asked.period),
            ("platform", proposal.scope.platform.to_string()),
            ("account", proposal.scope.account.clone().unwrap_or_default()),
            ("campaign", proposal.scope.campaign.clone().unwrap_or_default()),
            ("currency", proposal.amount.currency().to_string()),
            ("amount", proposal.amount.to_string()),
            ("recorded", change.recorded(context.now, None).to_string()),
            ("by", asked.said.recorded_by.unwrap_or_default()),
            ("basis", asked.basis.to_string()),
            ("note", asked.said.note.unwrap_or_else(|| proposal.to_string())),
        ],
    )?;
    context.commit(change)?;
    document.facts.insert(0, format!("Opened plan line {} with {}.", asked.line, proposal.amount.spelled()));
    if context.everywhere.is_silent() {
        return Ok(());
    }
    output::document(&context.everywhere, &document)
}

fn proposal(context: &Context, asked: &Propose, ledger: &Ledger) -> Result<PlanProposal, Failure> {
    let period = context.period(&asked.period, ledger)?;
    let basis = basis(context, asked)?;
    let scope =
        Scope { platform: asked.platform.clone(), account: asked.account.clone(), campaign: asked.campaign.clone() };
    let currency = asked.currency.unwrap_or(ledger.settings().currency);
    let as_of = context.everywhere.as_of.unwrap_or(context.today);
    let found = PlanProposal::of(ledger, basis, scope, period, currency, as_of, context.everywhere.as_known)?;
    let Some(proposal) = found else {
        return Err(Failure::refused(
            "no import speaks for any of the days asked for",
            "`respend imports` lists what is known; choose other days, or import their exports",
        ));
    };
    if !proposal.uncovered.is_empty() && !asked.allow_uncovered {
        let days = |days: &Period| if days.days() == 1 { days.start().to_string() } else { days.to_string() };
        let uncovered: Vec<String> = proposal.uncovered.iter().map(days).collect();
        return Err(Failure::refused(
            format!("no import covers {} on {}", proposal.scope, uncovered.join(", ")),
            "import the exports of those days, or say --allow-uncovered; days without data are not days without spend",
        ));
    }
    if proposal.amount.is_zero() || proposal.amount.is_negative() {
        return Err(Failure::refused(
            format!(
                "{} spent {} on {}: no plan follows from it",
                proposal.scope,
                proposal.spend.spelled(),
                proposal.seen
            ),
            "check scope, days and --currency; a plan of your own is `respend budget add`",
        ));
    }
    Ok(proposal)
}

/// Reads what the amount is taken from; what does not belong to it is refused.
fn basis(context: &Context, asked: &Propose) -> Result<PlanBasis, Failure> {
    let wrong = |what: &str, hint: &str| Err(Failure::could_not(what, hint));
    match asked.basis {
        Basis::PriorYearActual if asked.days.is_some() || asked.before.is_some() => {
            wrong("--days and --before belong to --basis run-rate", "leave them out, or choose that basis")
        }
        Basis::PriorYearActual => Ok(PlanBasis::PriorYearActual(asked.scale.unwrap_or(Scale::SAME))),
        Basis::RunRate if asked.scale.is_some() => {
            wrong("--scale belongs to --basis prior-year-actual", "leave it out, or choose that basis")
        }
        Basis::RunRate => {
            let before = asked.before.unwrap_or(context.today);
            match asked.days.and_then(|days| Period::new(before.minus_days(days), before)) {
                Some(days) => Ok(PlanBasis::RunRate(days)),
                None => wrong("a run rate is taken over some days", "say over how many, like --days 90"),
            }
        }
        Basis::Given | Basis::Forecast => wrong(
            &format!("nothing is known here of what is {}", asked.basis),
            "propose prior-year-actual or run-rate; an amount of your own is `respend budget add`",
        ),
    }
}
