//! `respend verify`

use std::fmt::Display;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use respend::verify::{self, NotAReport, Saved, VerifyError};

use crate::context::Context;
use crate::everywhere::Format;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// A report saved with `respend report PERIOD --format json --output FILE`, or with --format xlsx
    file: PathBuf,
}

/// Nothing larger is read.
const BYTES_MAX: u64 = 256 * 1024 * 1024;
/// So many differences are told on a screen.
const SHOWN: usize = 40;

pub(crate) fn run(context: &Context, verify: &Verify) -> Result<(), Failure> {
    let name = verify.file.display().to_string();
    let unread = |why: &dyn Display| Failure::could_not(format!("cannot read `{name}`: {why}"), "name a saved report");
    let mut bytes = Vec::new();
    let file = File::open(&verify.file).map_err(|error| unread(&error))?;
    file.take(BYTES_MAX + 1).read_to_end(&mut bytes).map_err(|error| unread(&error))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(unread(&"it is larger than 256 MiB, and no report is"));
    }
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
