//! [`RedirectionStep`]: what each event of a redirection changed.

use super::{Event, Redirection};
use crate::calendar::{Day, Instant};
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

impl Redirection {
    /// Returns what its events up to the cut-offs changed, in the order they happened.
    pub fn steps(&self, as_of: Day, as_known: Option<Instant>) -> Result<Vec<RedirectionStep>, MoneyError> {
        let zero = Money::zero(self.currency);
        let mut reached = Vec::new();
        self.replay(as_of, as_known, |event, progress| {
            reached.push((event, progress.live(), progress.pledged.unwrap_or(zero), progress.paid()));
        });
        let (mut steps, mut before) = (Vec::new(), (zero, zero, zero));
        for (event, live, pledged, paid) in reached {
            steps.push(RedirectionStep {
                event: event.clone(),
                live: live.minus(before.0)?,
                pledged: pledged.minus(before.1)?,
                paid: paid.minus(before.2)?,
            });
            before = (live, pledged, paid);
        }
        Ok(steps)
    }
}
