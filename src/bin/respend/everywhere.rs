//! What every command takes: the ledger, the format, the cut-offs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use respend::{Day, Instant};

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
    /// Let what is dated in closed periods change them; reports list it as an adjustment
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub(crate) prior_period: bool,
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
