//! `respend imports`

use clap::{Args, Subcommand};
use respend::ledger::{self, Revoked};
use respend::report;

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Imports {
    /// List the open days of plan lines that no import covers, and what to export
    #[arg(long)]
    gaps: bool,
    /// The period of the gaps (default: all the ledger speaks of)
    #[arg(long, requires = "gaps")]
    period: Option<String>,
    #[command(subcommand)]
    command: Option<ImportsCommand>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ImportsCommand {
    /// Take an import back: its figures count no longer, its files stay
    Revoke(Revoke),
}

#[derive(Args, Debug)]
pub(crate) struct Revoke {
    /// The import's id
    id: String,
    /// Why
    #[arg(long)]
    reason: String,
    /// Who revokes it
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
}

impl Imports {
    /// Returns whether days without data are asked for.
    pub(crate) fn is_of_gaps(&self) -> bool {
        self.gaps
    }

    /// Returns whether the imports are asked for.
    pub(crate) fn is_a_list(&self) -> bool {
        !self.gaps && self.command.is_none()
    }
}

pub(crate) fn run(context: &Context, imports: Imports) -> Result<(), Failure> {
    match imports.command {
        Some(_) if imports.gaps => {
            Err(Failure::could_not("`imports --gaps` is a list, `imports revoke` a change", "type one of the two"))
        }
        Some(ImportsCommand::Revoke(revoke)) => run_revoke(context, revoke),
        None if imports.gaps => {
            let ledger = context.ledger()?;
            let period = context.period_or_all(imports.period.as_deref(), &ledger)?;
            let statement = context.statement(&ledger, period)?;
            output::document(&context.everywhere, &report::gaps(&ledger, &statement))
        }
        None => {
            output::document(&context.everywhere, &report::imports(&context.ledger()?, context.everywhere.as_known))
        }
    }
}

fn run_revoke(context: &Context, revoke: Revoke) -> Result<(), Failure> {
    let mut change = context.change()?;
    let Revoke { id, reason, by } = revoke;
    let consent = context.everywhere.prior_period;
    let Revoked { import, figures, change: sums, prior_period } =
        ledger::revoke(&mut change, &id, &reason, by, consent, context.now)?;
    context.commit(change)?;
    let title = format!("Revoked import {id}, {} to {}", import.covered.start(), import.covered.last());
    let mut facts = Vec::new();
    if figures == 0 {
        facts.push(String::from("No figure changes: newer imports say all of it."));
    }
    for sum in sums.iter() {
        facts.push(format!("Spend changes by {}.", sum.spelled()));
    }
    facts.extend(prior_period.map(|said| said + "."));
    facts.push(String::from(
        "Its files stay; --as-known a day before shows what was known. The export may be imported again.",
    ));
    facts.push(String::from("`respend imports --gaps` lists the days that no import covers now."));
    output::done(&context.everywhere, title, facts)
}
