//! `respend close` and `respend reopen`

use clap::Args;
use respend::close::{self, Closing, Reopening};
use respend::{Day, report};

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Close {
    /// The period: 2018, 2018-Q1, 2018-03, FY2018, FY2018-Q1, FY2018-M03 or 2018-03-05..2018-04-10
    period: String,
    /// Who closes it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// The day of the close (default: today)
    #[arg(long)]
    date: Option<Day>,
    /// Your words
    #[arg(long)]
    reason: Option<String>,
    /// Close it although the books contradict themselves
    #[arg(long)]
    despite_findings: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Reopen {
    /// The period, under the days it was closed for
    period: String,
    /// Who opens it
    #[arg(long, value_name = "NAME")]
    by: String,
    /// Why
    #[arg(long)]
    reason: String,
}

pub(crate) fn close(context: &Context, asked: &Close) -> Result<(), Failure> {
    if context.everywhere.as_of.is_some() || context.everywhere.as_known.is_some() {
        return Err(Failure::could_not(
            "a close has no cut-offs: it seals all that is known of the whole period",
            "leave out --as-of and --as-known",
        ));
    }
    let mut change = context.change()?;
    let Close { period, by, date, reason, despite_findings } = asked;
    let closing = Closing { period, by, date: *date, reason: reason.as_deref(), despite_findings: *despite_findings };
    let sealed = close::close(&mut change, closing, context.today, context.now)?;
    let ledger = context.commit(change)?;
    if context.everywhere.is_silent() {
        return Ok(());
    }
    output::document(&context.everywhere, &report::closed(&sealed, &ledger.settings().name)?)
}

pub(crate) fn reopen(context: &Context, asked: &Reopen) -> Result<(), Failure> {
    let mut change = context.change()?;
    let Reopen { period, by, reason } = asked;
    let row = close::reopen(&mut change, Reopening { period, by, reason }, context.today, context.now)?;
    context.commit(change)?;
    let facts = vec![
        format!("{}: {reason}", row.period),
        format!("Digest (SHA-256): {}", row.digest.unwrap_or_default()),
        format!("Its figures may change; `respend close {} --by NAME` closes it anew.", row.name),
    ];
    output::done(&context.everywhere, format!("Opened {} again", row.name), facts)
}
