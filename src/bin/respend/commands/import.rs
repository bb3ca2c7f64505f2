//! `respend import`

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use respend::import::Profiles;
use respend::ledger::{self, Consent};
use respend::report::ImportReport;

use super::inspect::{ReadingArgs, finish, json, profiles, read};
use crate::context::Context;
use crate::everywhere::Format;
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
    let consent = Consent { absent, restate: import.restate, prior_period: context.everywhere.prior_period };
    let (mut reports, mut failures) = (Vec::new(), Vec::new());
    for file in &import.files {
        match take(context, import, file, consent, &profiles) {
            Ok(report) => reports.push(report),
            Err(failure) => failures.push(failure),
        }
    }
    if context.everywhere.format == Format::Json {
        output::text(&context.everywhere, &json(&reports)?)?;
    } else if !reports.is_empty() && !context.everywhere.is_silent() {
        let title = if import.dry_run { "A dry run; nothing is written" } else { "" };
        output::document(&context.everywhere, &ImportReport::document(title, &reports))?;
    }
    // From here on each file says for itself what became of it.
    context.has_changed.set(false);
    finish(&reports, failures)
}

/// Takes one file into the ledger, or answers why not; the others do not depend on it.
fn take(
    context: &Context,
    import: &Import,
    file: &Path,
    consent: Consent,
    profiles: &Profiles,
) -> Result<ImportReport, Failure> {
    let reading = read(file, &import.reading.options(), profiles, &context.everywhere)?;
    let Ok(rollup) = &reading.outcome else { return Ok(ImportReport::inspected(reading)) };
    let mut change = context.change()?;
    let result = ledger::accept(&mut change, &reading, rollup, consent, import.reading.options().typed(), context.now)?;
    if matches!(&result, Ok(acceptance) if !acceptance.unchanged) && !import.dry_run {
        context.commit(change)?;
    }
    let report = ImportReport::imported(reading, result);
    Ok(if import.dry_run { report.planned() } else { report })
}
