//! `respend report`

use clap::Args;
use respend::Day;
use respend::report::Yearly;

use crate::context::Context;
use crate::everywhere::Format;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Report {
    /// The period: 2018, 2018-Q1, 2018-03, FY2018, FY2018-Q1, FY2018-M03 or 2018-03-05..2018-04-10
    period: String,
    /// The day a tax return is filed by: says how long missing letters may still take
    #[arg(long, value_name = "DAY")]
    filing_date: Option<Day>,
}

pub(crate) fn run(context: &Context, report: &Report) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let as_of = context.as_of(context.period(&report.period, &ledger)?);
    let yearly = Yearly::of(&ledger, &report.period, as_of, context.everywhere.as_known, report.filing_date)?;
    if context.everywhere.format == Format::Json {
        return output::text(&context.everywhere, &yearly.json()?);
    }
    output::document(&context.everywhere, &yearly.document()?)
}
