//! `respend init`

use std::path::PathBuf;

use clap::Args;
use respend::Currency;

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Init {
    /// The folder to make; it does not exist yet, or is empty
    pub(super) dir: PathBuf,
    /// The ledger's name, shown in titles
    #[arg(long)]
    pub(super) name: String,
    /// The currency reports are read in
    #[arg(long)]
    pub(super) currency: Currency,
}

pub(crate) fn run(context: &Context, init: &Init) -> Result<(), Failure> {
    respend::ledger::init(&init.dir, &init.name, init.currency)?;
    say(context, init)
}

/// Says what was made, and what to type next.
pub(super) fn say(context: &Context, init: &Init) -> Result<(), Failure> {
    let facts = vec![format!("Next: `cd {}`, then `respend inspect FILE` on an export.", output::quoted(&init.dir))];
    output::done(&context.everywhere, format!("{}: a new ledger in {}", init.name, init.currency), facts)
}
