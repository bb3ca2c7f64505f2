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
    dir: PathBuf,
    /// The ledger's name, shown in titles
    #[arg(long)]
    name: String,
    /// The currency reports are read in
    #[arg(long)]
    currency: Currency,
}

pub(crate) fn run(context: &Context, init: &Init) -> Result<(), Failure> {
    respend::ledger::init(&init.dir, &init.name, init.currency)?;
    let facts = vec![format!("Next: `cd {}`, then `respend inspect FILE` on an export.", output::quoted(&init.dir))];
    output::done(&context.everywhere, format!("{}: a new ledger in {}", init.name, init.currency), facts)
}
