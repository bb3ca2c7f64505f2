//! [`FxPayment`]: a payment in another currency than its pledge, and what the exchange made of it.

use crate::calendar::Day;
use crate::ledger::{Ledger, LedgerError, RedirectionStep};
use crate::money::{Money, MoneyError};
use crate::rates::{self, DayRate};

/// A payment in another currency than its pledge.
///
/// What it settles of the pledge is what the books say; what it was worth on its day, the rate says. The difference is
/// the exchange's: settled = converted + difference.
#[derive(Clone, Debug)]
pub struct FxPayment {
    /// The day it went out.
    pub date: Day,
    /// Names it, where it has a name.
    pub reference: Option<String>,
    /// What left the bank.
    pub sent: Money,
    /// What it settles of the pledge, as it was paid; what came back since is not taken off.
    pub settled: Money,
    /// The rate of the day; `None` where none is known.
    pub rate: Option<DayRate>,
    /// What left the bank in the currency of the pledge, rounded half to even.
    pub converted: Option<Money>,
    /// Settled − converted.
    pub difference: Option<Money>,
}

impl FxPayment {
    /// Returns the payments in other currencies among the steps of a redirection.
    pub(super) fn all(ledger: &Ledger, steps: &[RedirectionStep]) -> Result<Vec<FxPayment>, MoneyError> {
        let paid = steps.iter().filter_map(|step| Some((step, step.event.sent?)));
        paid.map(|(step, sent)| FxPayment::of(ledger, step, sent)).collect()
    }

    fn of(ledger: &Ledger, step: &RedirectionStep, sent: Money) -> Result<FxPayment, MoneyError> {
        let (date, settled) = (step.event.date, step.paid);
        let rate = rates::find(ledger, sent.currency(), settled.currency(), date);
        let converted = rate.as_ref().map(|rate| sent.converted(rate.rate)).transpose()?;
        let difference = converted.map(|converted| settled.minus(converted)).transpose()?;
        let reference = step.event.reference.clone();
        Ok(FxPayment { date, reference, sent, settled, rate, converted, difference })
    }
}

/// Returns what a payment in another currency settles where nobody says otherwise: what it is worth on its day, and never
/// more than is outstanding.
pub fn settled_by(ledger: &Ledger, outstanding: Money, sent: Money, date: Day) -> Result<Money, LedgerError> {
    let currency = outstanding.currency();
    let Some(rate) = rates::find(ledger, sent.currency(), currency, date) else {
        return Err(LedgerError::refused(
            format!("no rate of {} in {currency} is known of {date}", sent.currency()),
            "take rates of that day in with `respend rates import FILE`, or say with --settles what of the pledge it settles",
        ));
    };
    let settled = sent.converted(rate.rate).and_then(|worth| worth.least(outstanding));
    settled.map_err(|error| LedgerError::refused(error.to_string(), ""))
}
