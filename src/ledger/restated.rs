//! [`Restated`]: a figure that is another after a change.

use std::collections::BTreeMap;

use super::{Control, DaySpend, Ledger, LedgerError, SpendKey, Spent};
use crate::calendar::{Dated, Period};
use crate::money::{Cost, Currency};
use crate::scope::Platform;

/// A figure known before that an import changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restated {
    /// The day, or the month.
    pub day: Dated,
    /// The platform.
    pub platform: Platform,
    /// The account.
    pub account: String,
    /// The campaign.
    pub campaign: String,
    /// The currency.
    pub currency: Currency,
    /// What was known; `None` where nothing was.
    pub was: Option<Cost>,
    /// What is known now; `None` where it is gone.
    pub now: Option<Cost>,
    /// Whether it was final.
    pub(super) is_final: bool,
}

/// A campaign's figure of a day or month, whatever its currency.
pub(super) type CampaignDay = (Dated, Platform, String, String);

pub(super) fn restated(at: &(CampaignDay, Currency), was: Option<Cost>, now: Option<Cost>, is_final: bool) -> Restated {
    let ((day, platform, account, campaign), currency) = at.clone();
    Restated { day, platform, account, campaign, currency, was, now, is_final }
}

/// Hands every figure of some days that is another in `after` to `take`: changed, added or gone, day by day.
pub(super) fn differences(
    before: &Ledger,
    after: &Ledger,
    days: Period,
    mut take: impl FnMut(Restated) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let last = days.last();
    let (mut old, mut new) =
        (before.spend(None, Control::Hash).until(last), after.spend(None, Control::Hash).until(last));
    let (mut was, mut now) = (old.next_day()?, new.next_day()?);
    while let Some(day) = was.iter().chain(&now).map(|spend| spend.day).min() {
        let mut figures: BTreeMap<SpendKey, (Option<Spent>, Option<Spent>)> = BTreeMap::new();
        if let Some(DaySpend { spend, .. }) = was.take_if(|spend| spend.day == day) {
            for spent in spend {
                // What is new may have settled an account's spelling otherwise.
                let key = spent.key().clone();
                let account = after.accounts.spelling(&key.platform, &key.account);
                figures.entry(SpendKey { account, ..key }).or_default().0 = Some(spent);
            }
            was = old.next_day()?;
        }
        if let Some(DaySpend { spend, .. }) = now.take_if(|spend| spend.day == day) {
            for spent in spend {
                let key = spent.key().clone();
                figures.entry(key).or_default().1 = Some(spent);
            }
            now = new.next_day()?;
        }
        for (key, (was, now)) in figures.into_iter().filter(|_| days.contains(day.last_day())) {
            let is_final = was.as_ref().is_some_and(|spent| !spent.import.is_provisional(day));
            let (was, now) = (was.map(|spent| spent.cost), now.map(|spent| spent.cost));
            if was != now {
                take(restated(&((day, key.platform, key.account, key.campaign), key.currency), was, now, is_final))?;
            }
        }
    }
    Ok(())
}

impl Restated {
    pub(super) fn key(&self) -> (Dated, &Platform, &str, &str, Currency) {
        (self.day, &self.platform, &self.account, &self.campaign, self.currency)
    }

    /// Returns by how much the figure changes.
    pub fn difference(&self) -> Result<Cost, LedgerError> {
        let cost = |cost: Option<Cost>| cost.unwrap_or(Cost::zero(self.currency));
        cost(self.now).minus(cost(self.was)).map_err(|error| LedgerError::refused(error.to_string(), ""))
    }
}
