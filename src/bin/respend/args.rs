//! What can be typed.

use clap::{Parser, Subcommand};

use crate::commands::{
    budget, check, close, demo, encumbrance, export, forecast, import, imports, init, inspect, profiles, redirect,
    report, restriction, scenario, summary, trace, verify,
};
use crate::everywhere::Everywhere;

/// Blocked ad budgets: what was spent, what a ban blocks, where it may go instead, and whether it got there.
#[derive(Debug, Parser)]
#[command(name = "respend", version, about, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) everywhere: Everywhere,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Build the Kaspersky example in a folder and print its report of 2018
    Demo(demo::Demo),
    /// Make a new ledger
    Init(init::Init),
    /// Say what export files are and how they would be read; writes nothing
    Inspect(inspect::Inspect),
    /// Take export files into the ledger
    Import(import::Import),
    /// List the imports or the days that none covers, or take one back
    Imports(imports::Imports),
    /// List what kinds of export files are known, or show one
    Profiles(profiles::ProfilesArgs),
    /// Plan lines and the entries that make their amounts
    #[command(subcommand)]
    Budget(budget::Budget),
    /// Bans: a platform's act
    #[command(subcommand)]
    Ban(restriction::Restrict),
    /// Holds: the company's own stop
    #[command(subcommand)]
    Hold(restriction::Restrict),
    /// Open orders on plan lines
    #[command(subcommand)]
    Encumbrance(encumbrance::Encumbrance),
    /// Send blocked budget elsewhere, step by step
    #[command(subcommand)]
    Redirect(redirect::Redirect),
    /// Show spend
    Spend(summary::Spend),
    /// Show blocked budget
    Blocked(summary::Blocked),
    /// Print the redirection report of a period
    Report(report::Report),
    /// Say where the plan will stand at the end of the year: spent to date, plan ahead, blocked, redirected
    Forecast(forecast::Forecast),
    /// What could be: bans lifted or extended, plans amended; nothing is written
    #[command(subcommand)]
    Scenario(scenario::ScenarioArgs),
    /// Write the derived journal of a period for an accounting program
    Export(export::Export),
    /// Look into the whole ledger: every rule, every fiscal year, all findings at once
    Check(check::Check),
    /// Close a period: seal its facts and figures under a digest
    Close(close::Close),
    /// Open a closed period again, for a reason
    Reopen(close::Reopen),
    /// Recompute a saved report and say what differs
    Verify(verify::Verify),
    /// Say where a figure comes from, or where a row of an export went
    Trace(trace::TraceArgs),
}
