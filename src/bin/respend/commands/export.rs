//! `respend export`

use clap::{Args, ValueEnum};
use respend::Period;
use respend::export;
use respend::journal::Journal;
use respend::ledger::Ledger;

use crate::context::Context;
use crate::everywhere::Format;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Export {
    /// For whom
    #[arg(value_enum)]
    what: What,
    /// The period: 2018, 2018-Q1, 2018-03, FY2018, FY2018-Q1, FY2018-M03 or 2018-03-05..2018-04-10
    period: String,
}

/// What an export is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// The journal for hledger
    Hledger,
    /// The journal for Ledger
    Ledger,
    /// The journal for Beancount
    Beancount,
    /// The journal as csv, for the import into a general ledger
    Journal,
    /// Spend by day and campaign as a Parquet file, where respend was built with it
    Parquet,
}

pub(crate) fn run(context: &Context, export: &Export) -> Result<(), Failure> {
    if context.everywhere.format != Format::Table {
        return Err(Failure::could_not("an export is written as its program reads it", "leave --format out"));
    }
    let ledger = context.ledger()?;
    let period = context.period(&export.period, &ledger)?;
    let write: fn(&Journal) -> Result<String, Failure> = match export.what {
        What::Hledger => |journal| Ok(export::hledger(journal)),
        What::Ledger => |journal| Ok(export::ledger(journal)),
        What::Beancount => |journal| Ok(export::beancount(journal)),
        What::Journal => |journal| Ok(export::table(journal)?),
        What::Parquet => return parquet(context, &ledger, period),
    };
    let journal = Journal::of(&ledger.settings().name, &context.statement(&ledger, period)?)?;
    output::text(&context.everywhere, &write(&journal)?)
}

#[cfg(feature = "parquet")]
fn parquet(context: &Context, ledger: &Ledger, period: Period) -> Result<(), Failure> {
    if context.everywhere.output.is_none() {
        return Err(output::not_for_the_screen("a Parquet file"));
    }
    let bytes = export::parquet(ledger, period, context.as_of(period), context.everywhere.as_known)?;
    output::bytes(&context.everywhere, &bytes)
}

#[cfg(not(feature = "parquet"))]
fn parquet(_: &Context, _: &Ledger, _: Period) -> Result<(), Failure> {
    Err(Failure::could_not(
        "this respend was built without Parquet",
        "build it with: cargo build --release --features parquet",
    ))
}
