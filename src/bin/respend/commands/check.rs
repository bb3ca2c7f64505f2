//! `respend check`

use clap::Args;
use respend::Day;
use respend::check::{Severity, whole};
use respend::ledger::Ledger;
use respend::report;
use respend::statement::rules;

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Check {
    /// The day a tax return is filed by: says how long missing letters may still take
    #[arg(long, value_name = "DAY")]
    filing_date: Option<Day>,
}

pub(crate) fn run(context: &Context, check: &Check) -> Result<(), Failure> {
    let ledger = Ledger::open_whole(&context.dir()?)?;
    rules(&ledger, None)?;
    let as_of = context.everywhere.as_of.unwrap_or(context.today);
    let checked = whole(&ledger, as_of, context.everywhere.as_known, check.filing_date)?;
    output::document(&context.everywhere, &report::findings(&ledger, &checked))?;
    let fails = checked.findings.iter().any(|finding| finding.severity == Severity::Error);
    if fails { Err(Failure::Said) } else { Ok(()) }
}
