//! `respend import`

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use respend::ledger::{self, Consent};
use respend::report::ImportReport;

use super::inspect::{ReadingArgs, finish, json, profiles, read};
use crate::args::Format;
use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The export files; each stands alone
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
    /// What to make of campaign-days known before and absent now
    #[arg(long, value_enum)]
    absent: Option<AbsentArg>,
    /// Let figures that were final change
    #[arg(long)]
    restate: bool,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum AbsentArg {
    /// This export is narrower: they stay
    Keep,
    /// This export is complete: they are gone
    Gone,
}

pub(crate) fn run(context: &Context, import: &Import) -> Result<(), Failure> {
    let profiles = profiles(Some(&context.ledger()?))?;
    let absent = import.absent.map(|absent| match absent {
        AbsentArg::Keep => ledger::Absent::Keep,
        AbsentArg::Gone => ledger::Absent::Gone,
    });
    let consent = Consent { absent, restate: import.restate };
    let mut reports = Vec::new();
    for file in &import.files {
        let reading = read(file, &import.reading.options(), &profiles, &context.everywhere)?;
        let rollup = match &reading.outcome {
            Ok(rollup) => rollup,
            Err(_) => {
                reports.push(ImportReport::inspected(reading));
                continue;
            }
        };
        let mut change = context.change()?;
        let result = ledger::accept(&mut change, &reading, rollup, consent, import.reading.typed(), context.now)?;
        if matches!(&result, Ok(acceptance) if !acceptance.unchanged) && !import.dry_run {
            context.commit(change)?;
        }
        reports.push(ImportReport::imported(reading, result));
    }
    if context.everywhere.format == Format::Json {
        output::text(&context.everywhere, &json(&reports)?)?;
    } else if !context.everywhere.quiet {
        let title = if import.dry_run { "A dry run; nothing is written" } else { "" };
        output::document(&context.everywhere, &ImportReport::document(title, &reports))?;
    }
    finish(&reports)
}
