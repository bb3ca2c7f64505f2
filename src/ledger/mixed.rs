//! [`Mixed`]: a campaign's month that stands beside days of it, so that something may count twice.

use std::collections::BTreeMap;

use super::imports::FOLDER;
use super::{Change, Control, DaySpend, Ledger, LedgerError, Place, Problem};
use crate::calendar::Month;
use crate::scope::{Id, Platform};

/// A month figure and a figure of one of its days, both of one campaign and both counting.
#[derive(Clone, Debug)]
pub(crate) struct Mixed {
    month: Month,
    campaign: Campaign,
    /// The import the month figure comes from.
    by_month: Id,
    /// The import the day's comes from.
    by_day: Id,
}

type Campaign = (Platform, String, String);

/// What is known of the month that a stream of spend is in.
#[derive(Debug, Default)]
pub(crate) struct Grains {
    month: Option<Month>,
    figures: BTreeMap<Campaign, Id>,
}

impl Grains {
    /// Looks at the next days or month of a stream, in order.
    pub(crate) fn add(&mut self, next: &DaySpend) -> Option<Mixed> {
        let month = next.day.month();
        if self.month.replace(month) != Some(month) {
            self.figures.clear();
        }
        if !next.day.is_month() && self.figures.is_empty() {
            return None;
        }
        for spent in &next.spend {
            let key = spent.key();
            let campaign = (key.platform.clone(), key.account.clone(), key.campaign.clone());
            if next.day.is_month() {
                self.figures.insert(campaign, spent.import.id.clone());
            } else if let Some(by_month) = self.figures.get(&campaign) {
                return Some(Mixed { month, campaign, by_month: by_month.clone(), by_day: spent.import.id.clone() });
            }
        }
        None
    }
}

impl Mixed {
    /// Returns the first such campaign of all that counts in a ledger.
    fn of(ledger: &Ledger) -> Result<Option<Mixed>, LedgerError> {
        if !ledger.imports(None).iter().any(|import| import.has_months()) {
            return Ok(None);
        }
        let (mut stream, mut grains) = (ledger.spend(None, Control::Hash), Grains::default());
        while let Some(next) = stream.next_day()? {
            if let Some(mixed) = grains.add(&next) {
                stream.end()?;
                return Ok(Some(mixed));
            }
        }
        Ok(None)
    }

    /// Returns what a change mixes that was not mixed before.
    pub(super) fn brought_by(change: &Change) -> Result<Option<Mixed>, LedgerError> {
        match Mixed::of(&change.ledger().map_err(LedgerError::into_refusal)?)? {
            Some(mixed) if Mixed::of(change.before())?.is_none() => Ok(Some(mixed)),
            _ => Ok(None),
        }
    }

    /// Says what is wrong, where files were put together by other means than an import.
    pub(crate) fn problem(&self) -> Problem {
        Problem {
            place: Place::top_of(&format!("{FOLDER}/{}.csv", self.by_month)),
            what: self.to_string(),
            mend: "revoke one of the two imports: `respend imports revoke ID --reason TEXT`".into(),
        }
    }
}

impl std::fmt::Display for Mixed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (platform, account, campaign) = &self.campaign;
        let account = if account.is_empty() { String::new() } else { format!("/{account}") };
        write!(
            f,
            "campaign `{campaign}` of {platform}{account} has a figure of {} by import `{}`, and figures of its days by `{}`",
            self.month, self.by_month, self.by_day
        )
    }
}
