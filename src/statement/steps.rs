//! [`RedirectionStep`]: what each event of a redirection changed.

use crate::calendar::{Day, Instant};
use crate::ledger::{Event, Redirection};
use crate::money::{Money, MoneyError};

/// What one event of a redirection changed.
#[derive(Clone, Debug)]
pub struct RedirectionStep {
    /// The event.
    pub event: Event,
    /// By how much it changed what counts against the blocked budget.
    pub live: Money,
    /// By how much it changed what is promised.
    pub pledged: Money,
    /// By how much it changed what was paid, less refunds.
    pub paid: Money,
}

/// Returns what the events of a redirection up to the cut-offs changed, in the order they happened.
pub(super) fn of(
    redirection: &Redirection,
    as_of: Day,
    as_known: Option<Instant>,
) -> Result<Vec<RedirectionStep>, MoneyError> {
    let zero = Money::zero(redirection.currency);
    let mut reached = Vec::new();
    redirection.replay(as_of, as_known, |event, progress| {
        reached.push((event.clone(), progress.live(), progress.pledged.unwrap_or(zero), progress.paid()));
    });
    let (mut steps, mut before) = (Vec::new(), (zero, zero, zero));
    for (event, live, pledged, paid) in reached {
        let after = (live, pledged, paid?);
        let (live, pledged, paid) = (live.minus(before.0)?, pledged.minus(before.1)?, after.2.minus(before.2)?);
        steps.push(RedirectionStep { event, live, pledged, paid });
        before = after;
    }
    Ok(steps)
}
