//! `respend export`

use clap::{Args, ValueEnum};
use respend::export;
use respend::journal::Journal;

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

/// What a journal is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum What {
    /// A journal for hledger
    Hledger,
    /// A journal for Ledger
    Ledger,
    /// A journal for Beancount
    Beancount,
    /// A csv file for the import into a general ledger
    Journal,
}

pub(crate) fn run(context: &Context, export: &Export) -> Result<(), Failure> {
    if context.everywhere.format != Format::Table {
        return Err(Failure::could_not("an export is written as its program reads it", "leave --format out"));
    }
    let ledger = context.ledger()?;
    let statement = context.statement(&ledger, context.period(&export.period, &ledger)?)?;
    let journal = Journal::of(&ledger.settings().name, &statement)?;
    let text = match export.what {
        What::Hledger => export::hledger(&journal),
        What::Ledger => export::ledger(&journal),
        What::Beancount => export::beancount(&journal),
        What::Journal => export::table(&journal)?,
    };
    output::text(&context.everywhere, &text)
}
