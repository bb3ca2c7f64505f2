//! `respend forecast`

use clap::Args;
use respend::ledger::SpendAhead;
use respend::outlook::Outlook;
use respend::report;

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Forecast {
    /// The period, such as 2018 or FY2018 (default: the fiscal year of the cut-off day)
    period: Option<String>,
}

pub(crate) fn run(context: &Context, forecast: &Forecast) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period_or_year(forecast.period.as_deref(), &ledger)?;
    let statement = context.statement(&ledger, period)?;
    let outlook = Outlook::of(&statement, SpendAhead::Plan)?;
    output::document(&context.everywhere, &report::outlook(&ledger, &statement, &outlook)?)
}
