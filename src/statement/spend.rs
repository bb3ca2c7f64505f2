//! Spend, summed as asked.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::StatementError;
use crate::actual::{self, AccountActual, Actual};
use crate::calendar::{Day, Instant, Period};
use crate::ledger::{Control, Ledger};
use crate::money::{Currency, Money};

/// What spend may be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SpendBy {
    /// The platform.
    Platform,
    /// The account.
    Account,
    /// The campaign.
    Campaign,
    /// The calendar month.
    Month,
    /// The day; the month where spend is known by month alone.
    Day,
}

/// The spend of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SpendGroup {
    /// What the group is: a text for each key asked for, in that order.
    pub keys: Vec<String>,
    /// The amount.
    pub amount: Money,
    /// How many rows of exports it sums.
    pub rows: u64,
}

impl SpendBy {
    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            SpendBy::Platform => "platform",
            SpendBy::Account => "account",
            SpendBy::Campaign => "campaign",
            SpendBy::Month => "month",
            SpendBy::Day => "day",
        }
    }
}

impl FromStr for SpendBy {
    type Err = String;

    fn from_str(text: &str) -> Result<SpendBy, String> {
        let all = [SpendBy::Platform, SpendBy::Account, SpendBy::Campaign, SpendBy::Month, SpendBy::Day];
        let found = all.into_iter().find(|by| by.as_str() == text);
        found.ok_or_else(|| format!("spend is grouped by {}, not by `{text}`", all.map(SpendBy::as_str).join(", ")))
    }
}

impl fmt::Display for SpendBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Returns the spend of a period up to a cut-off, grouped, in the order of the keys; never across currencies.
pub fn spend_by(
    ledger: &Ledger,
    period: Period,
    as_of: Day,
    as_known: Option<Instant>,
    by: &[SpendBy],
) -> Result<Vec<SpendGroup>, StatementError> {
    let mut groups: BTreeMap<(Vec<String>, Currency), (Money, u64)> = BTreeMap::new();
    let last = as_of.min(period.last());
    let mut add = |account: AccountActual, campaign: Option<String>| -> Result<(), StatementError> {
        let AccountActual { day, platform, account, amount, rows } = account;
        if !period.contains(day.last_day()) {
            return Ok(());
        }
        let key = |by: &SpendBy| match by {
            SpendBy::Platform => platform.to_string(),
            SpendBy::Account => account.to_owned(),
            SpendBy::Campaign => campaign.clone().unwrap_or_default(),
            SpendBy::Month => day.month().to_string(),
            SpendBy::Day => day.to_string(),
        };
        let at = (by.iter().map(key).collect(), amount.currency());
        let sum = groups.entry(at).or_insert((Money::zero(amount.currency()), 0));
        *sum = (sum.0.plus(amount)?, sum.1.saturating_add(rows));
        Ok(())
    };
    // Campaigns are told apart only where they are asked for.
    if by.contains(&SpendBy::Campaign) {
        actual::read(ledger, last, as_known, Control::Checksum, |actual| {
            add(actual.of_account(), Some(shown(&actual)))
        })?;
    } else {
        actual::read_accounts(ledger, last, as_known, |account| add(account, None))?;
    }
    Ok(groups.into_iter().map(|((keys, _), (amount, rows))| SpendGroup { keys, amount, rows }).collect())
}

/// A campaign as a reader knows it: an id alone tells little.
fn shown(actual: &Actual) -> String {
    let (name, id) = (actual.campaign_name, &actual.key.campaign);
    if name.is_empty() || name == id { id.clone() } else { format!("{name} ({id})") }
}
