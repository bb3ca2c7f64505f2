//! `respend report`

use clap::Args;
use respend::report::Yearly;
use respend::statement::Restatement;
use respend::{Currency, Day, Instant};

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
    /// Show what is said otherwise now than on this day, and what was recorded since
    #[arg(long, value_name = "DAY", value_parser = Instant::parse_cut_off, conflicts_with = "filing_date")]
    since: Option<Instant>,
    /// Show the sums in one currency as well, at the rates of the cut-off day
    #[arg(long = "in", value_name = "CURRENCY", conflicts_with = "since")]
    into: Option<Currency>,
}

pub(crate) fn run(context: &Context, report: &Report) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period(&report.period, &ledger)?;
    let (as_of, as_known) = (context.as_of(period), context.everywhere.as_known);
    if let Some(since) = report.since {
        if as_known.is_some_and(|as_known| as_known <= since) {
            return Err(Failure::could_not(
                "--as-known is not after --since, so nothing can have been recorded between them",
                "--since is what was said first, --as-known what is said now (default: everything recorded)",
            ));
        }
        let restatement = Restatement::of(&ledger, period, as_of, since, as_known)?;
        let name = &ledger.settings().name;
        return output::document(
            &context.everywhere,
            &respend::report::restatement(name, &report.period, since, &restatement)?,
        );
    }
    let mut yearly = Yearly::of(&ledger, &report.period, as_of, as_known, report.filing_date)?;
    if let Some(currency) = report.into {
        yearly.present(&ledger, currency)?;
    }
    if context.everywhere.format == Format::Json {
        return output::text(&context.everywhere, &yearly.json()?);
    }
    output::document(&context.everywhere, &yearly.document()?)
}
