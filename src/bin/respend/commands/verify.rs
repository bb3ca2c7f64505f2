//! `respend verify`

use std::fs;
use std::path::PathBuf;

use clap::Args;
use respend::verify::{self, NotAReport, Saved, VerifyError};

use crate::context::Context;
use crate::everywhere::Format;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// A report saved with `respend report PERIOD --format json --output FILE`
    file: PathBuf,
}

/// So many differences are told on a screen.
const SHOWN: usize = 40;

pub(crate) fn run(context: &Context, verify: &Verify) -> Result<(), Failure> {
    let name = verify.file.display().to_string();
    let bytes = fs::read(&verify.file)
        .map_err(|error| Failure::could_not(format!("cannot read `{name}`: {error}"), "name a saved report"))?;
    let refused = |NotAReport { what, hint }| Failure::could_not(format!("`{name}` cannot be verified: {what}"), hint);
    let saved = Saved::read(&bytes).map_err(refused)?;
    let ledger = context.ledger()?;
    let verified = verify::verify(&ledger, saved).map_err(|error| match error {
        VerifyError::NotAReport(error) => refused(error),
        VerifyError::Statement(error) => error.into(),
        VerifyError::Render(error) => error.into(),
    })?;
    let most = (context.everywhere.format == Format::Table).then_some(SHOWN);
    output::document(&context.everywhere, &verified.document(&name, most))?;
    if verified.is_same() { Ok(()) } else { Err(Failure::Said) }
}
