//! `respend profiles`

use clap::{Args, Subcommand};
use respend::import::Profile;
use respend::ledger::Ledger;
use respend::report;

use super::inspect;
use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct ProfilesArgs {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print a profile as it is written
    Show {
        /// The profile
        name: String,
    },
}

pub(crate) fn run(context: &Context, args: &ProfilesArgs) -> Result<(), Failure> {
    // A ledger is not needed; where there is one, its own profiles count.
    let ledger = context.dir().ok().map(|dir| Ledger::open(&dir)).transpose()?;
    let profiles = inspect::profiles(ledger.as_ref())?;
    let Some(Command::Show { name }) = &args.command else {
        return output::document(&context.everywhere, &report::profiles(&profiles));
    };
    let source = profiles.get(name).map(Profile::source);
    let source =
        source.ok_or_else(|| Failure::refused(format!("there is no profile `{name}`"), profiles.hint(name)))?;
    output::source(&context.everywhere, source)
}
