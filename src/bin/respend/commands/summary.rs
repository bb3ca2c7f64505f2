//! `respend spend` and `respend blocked`

use clap::Args;
use respend::report;
use respend::statement::{BlockedKey, SpendBy, blocked_by, spend_by};

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
}

#[derive(Args, Debug)]
pub(crate) struct Blocked {
    /// Group by these: platform, account, campaign, line, month, restriction
    #[arg(long, value_delimiter = ',', default_value = "platform")]
    by: Vec<BlockedKey>,
    /// The period (default: all the ledger speaks of)
    #[arg(long)]
    period: Option<String>,
}

pub(crate) fn spend(context: &Context, spend: &Spend) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period_or_all(spend.period.as_deref(), &ledger)?;
    let as_of = context.as_of(period);
    let by = once(&spend.by);
    let groups = spend_by(&ledger, period, as_of, context.everywhere.as_known, &by)?;
    output::document(&context.everywhere, &report::spend(&ledger.settings().name, period, as_of, &by, &groups)?)
}

pub(crate) fn blocked(context: &Context, blocked: &Blocked) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period_or_all(blocked.period.as_deref(), &ledger)?;
    let statement = context.statement(&ledger, period)?;
    let by = once(&blocked.by);
    let groups = blocked_by(&statement, &by)?;
    output::document(&context.everywhere, &report::blocked(&ledger.settings().name, &statement, &by, &groups)?)
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
