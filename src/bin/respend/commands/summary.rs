//! `respend spend` and `respend blocked`

use clap::Args;
use respend::ledger::Ledger;
use respend::report;
use respend::statement::{BlockedKey, Presentation, SpendBy, blocked_by, spend_by};
use respend::{Currency, Day};

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Spend {
    /// Group by these: platform, account, campaign, month, day
    #[arg(long, value_delimiter = ',', default_value = "platform")]
    by: Vec<SpendBy>,
    /// The period (default: all the ledger speaks of)
    #[arg(long)]
    period: Option<String>,
    /// Show the amounts in one currency as well, at the rates of the cut-off day
    #[arg(long = "in", value_name = "CURRENCY")]
    into: Option<Currency>,
}

#[derive(Args, Debug)]
pub(crate) struct Blocked {
    /// Group by these: platform, account, campaign, line, month, restriction
    #[arg(long, value_delimiter = ',', default_value = "platform")]
    by: Vec<BlockedKey>,
    /// The period (default: all the ledger speaks of)
    #[arg(long)]
    period: Option<String>,
    /// Show the amounts in one currency as well, at the rates of the cut-off day
    #[arg(long = "in", value_name = "CURRENCY")]
    into: Option<Currency>,
}

pub(crate) fn spend(context: &Context, spend: &Spend) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period_or_all(spend.period.as_deref(), &ledger)?;
    let as_of = context.as_of(period);
    let by = once(&spend.by);
    let groups = spend_by(&ledger, period, as_of, context.everywhere.as_known, &by)?;
    let currencies = groups.iter().map(|group| group.amount.currency());
    let presentation = presentation(&ledger, currencies, spend.into, as_of)?;
    let document = report::spend(&ledger.settings().name, period, as_of, &by, &groups, presentation.as_ref())?;
    output::document(&context.everywhere, &document)
}

pub(crate) fn blocked(context: &Context, blocked: &Blocked) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period_or_all(blocked.period.as_deref(), &ledger)?;
    let statement = context.statement(&ledger, period)?;
    let by = once(&blocked.by);
    let groups = blocked_by(&statement, &by)?;
    let currencies = groups.iter().map(|group| group.figures.currency());
    let presentation = presentation(&ledger, currencies, blocked.into, statement.as_of)?;
    let document = report::blocked(&ledger.settings().name, &statement, &by, &groups, presentation.as_ref())?;
    output::document(&context.everywhere, &document)
}

/// Returns the rates into the currency asked for; none where none was.
fn presentation(
    ledger: &Ledger,
    currencies: impl Iterator<Item = Currency>,
    into: Option<Currency>,
    as_of: Day,
) -> Result<Option<Presentation>, Failure> {
    Ok(into.map(|into| Presentation::of(ledger, currencies, into, as_of)).transpose()?)
}

/// Returns the keys in their order, each once.
fn once<K: Copy + PartialEq>(keys: &[K]) -> Vec<K> {
    let mut once = Vec::new();
    for key in keys {
        if !once.contains(key) {
            once.push(*key);
        }
    }
    once
}
