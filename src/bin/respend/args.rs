//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use respend::{Day, Instant};

use crate::commands::{budget, demo, encumbrance, import, init, inspect, redirect, report, restriction, summary};

/// Blocked ad budgets: what was spent, what a ban blocks, where it may go instead, and whether it got there.
#[derive(Debug, Parser)]
#[command(name = "respend", version, about, max_term_width = 100, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) everywhere: Everywhere,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Args, Clone, Debug)]
pub(crate) struct Everywhere {
    /// The ledger folder (else RESPEND_LEDGER, else the nearest parent folder with a ledger.toml)
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "DIR")]
    pub(crate) ledger: Option<PathBuf>,
    /// How to write the result
    #[arg(long, global = true, help_heading = "Everywhere", value_enum, default_value_t = Format::Table)]
    pub(crate) format: Format,
    /// Write the result to a file instead of the screen
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Cut off by the day things happened (default: the period's last day, or today if that is earlier)
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "DAY")]
    pub(crate) as_of: Option<Day>,
    /// Cut off by when things were recorded; a bare day means its end (default: everything)
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "DAY", value_parser = Instant::parse_cut_off)]
    pub(crate) as_known: Option<Instant>,
    /// Take this day for today, and its start for now
    #[arg(long, global = true, help_heading = "Everywhere", value_name = "DAY")]
    pub(crate) today: Option<Day>,
    /// Colours on the screen
    #[arg(long, global = true, help_heading = "Everywhere", value_enum, default_value_t = Color::Auto)]
    pub(crate) color: Color,
    /// Say nothing but results and errors
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub(crate) quiet: bool,
}

impl Everywhere {
    /// Returns whether what was done is not to be told: nothing but results is asked for, and no file of it.
    pub(crate) fn is_silent(&self) -> bool {
        self.quiet && self.format == Format::Table && self.output.is_none()
    }
}

/// How a result is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Csv,
    Json,
    Markdown,
    Xlsx,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
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
    /// List the imports
    Imports,
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
}
