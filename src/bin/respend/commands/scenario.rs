//! `respend scenario`

use clap::{Args, Subcommand};
use respend::Id;
use respend::ledger::{Ledger, Restriction, RestrictionKind, Scenario};
use respend::scenario::{Comparison, Projection};
use respend::{Period, report};

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum ScenarioArgs {
    /// Show the statement as it would be, and what the policies would propose
    Run(Run),
    /// Show scenarios beside what is, and what happens when a ban ends in one month or another
    Compare(Compare),
}

#[derive(Args, Debug)]
pub(crate) struct Run {
    /// One of the ledger's scenarios by its name, or a file ending in .toml
    scenario: String,
    /// The period, such as 2018 or FY2018 (default: the fiscal year of the cut-off day)
    #[arg(long)]
    period: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Compare {
    /// The ledger's scenarios by their names, or files ending in .toml (default: all of the ledger's)
    scenarios: Vec<String>,
    /// The period, such as 2018 or FY2018 (default: the fiscal year of the cut-off day)
    #[arg(long)]
    period: Option<String>,
    /// The ban or hold that ends month by month (default: every ban of the period without an end)
    #[arg(long, value_name = "ID")]
    restriction: Vec<Id>,
}

pub(crate) fn run(context: &Context, args: ScenarioArgs) -> Result<(), Failure> {
    match args {
        ScenarioArgs::Run(run) => run_one(context, &run),
        ScenarioArgs::Compare(compare) => run_compare(context, &compare),
    }
}

fn run_one(context: &Context, run: &Run) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period_or_year(run.period.as_deref(), &ledger)?;
    let scenario = read(context, &ledger, &run.scenario)?;
    let under = ledger.under(&scenario);
    let statement = context.statement(&under, period)?;
    let projection = Projection::of(&under, statement, scenario.spend)?;
    output::document(&context.everywhere, &report::scenario(&ledger, &scenario, &projection)?)
}

fn run_compare(context: &Context, compare: &Compare) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period_or_year(compare.period.as_deref(), &ledger)?;
    let (as_of, as_known) = (context.as_of(period), context.everywhere.as_known);
    let named = if compare.scenarios.is_empty() { ledger.scenario_names()? } else { compare.scenarios.clone() };
    let scenarios = named.iter().map(|named| read(context, &ledger, named)).collect::<Result<_, _>>()?;
    let ending = ending(ledger.restrictions(as_known), period, &compare.restriction)?;
    let comparison = Comparison::of(&ledger, scenarios, &ending, period, as_of, as_known)?;
    output::document(&context.everywhere, &report::comparison(&ledger, &comparison)?)
}

fn read(context: &Context, ledger: &Ledger, named: &str) -> Result<Scenario, Failure> {
    let found = ledger.scenario(named, context.everywhere.as_known)?;
    found.map_or_else(|| Err(unknown(ledger, named)?), Ok)
}

/// Says that there is no such scenario, and which there are.
fn unknown(ledger: &Ledger, named: &str) -> Result<Failure, Failure> {
    let names = ledger.scenario_names()?;
    let known = match names.is_empty() {
        true => String::from("the ledger has none in scenarios/"),
        false => format!("the ledger has {}", names.join(", ")),
    };
    let hint = format!("{known}; a scenario elsewhere is named by its file, ending in .toml");
    Ok(Failure::could_not(format!("there is no scenario `{named}`"), hint))
}

/// The restrictions of a period that are asked for; the bans without an end where none is.
fn ending(mut known: Vec<Restriction>, period: Period, asked: &[Id]) -> Result<Vec<Restriction>, Failure> {
    known.retain(|one| one.within(period).is_some());
    let ids: Vec<&str> = known.iter().map(|one| one.id.as_str()).collect();
    if let Some(unknown) = asked.iter().find(|id| !ids.contains(&id.as_str())) {
        let there = if ids.is_empty() { String::from("none") } else { ids.join(", ") };
        return Err(Failure::refused(
            format!("there is no ban or hold `{unknown}` in this period"),
            format!("there is {there}"),
        ));
    }
    known.retain(|one| match asked {
        [] => one.kind == RestrictionKind::Ban && one.until.is_none(),
        asked => asked.contains(&one.id),
    });
    Ok(known)
}
