//! [`Difference`]: what an import would change of what is known.

use std::collections::{BTreeMap, BTreeSet};

use super::accept::Consent;
use super::restated::{CampaignDay, Restated, restated};
use super::{Control, DaySpend, Ledger, LedgerError, Spent};
use crate::calendar::Dated;
use crate::import::{Refusal, RefusalCode, Rollup, SpendRow};
use crate::money::{Cost, Currency, MoneyError};
use crate::scope::{Id, Platform};

/// What an import would change of what is known.
pub(super) struct Difference {
    /// Figures known before that are others now.
    pub(super) restated: Vec<Restated>,
    /// Figures of campaign-days known before, inside the covered accounts and days, that the export does not have.
    pub(super) absent: Vec<Restated>,
    /// Days on which, or months in which, an account is said to have spent less in a currency than was known.
    lowered: Vec<(Dated, Platform, String, Currency)>,
    /// Why it may not be taken at all: a campaign's month stands beside days of it.
    mixed: Option<Refusal>,
}

impl Difference {
    /// Compares a rollup, in the ledger's spelling of accounts, with what is known of its accounts and days.
    pub(super) fn of(ledger: &Ledger, rollup: &Rollup) -> Result<Difference, LedgerError> {
        let accounts: BTreeSet<&(Platform, String)> = rollup.accounts.iter().collect();
        let mut difference = Difference { restated: Vec::new(), absent: Vec::new(), lowered: Vec::new(), mixed: None };
        let mut stream = ledger.spend(None, Control::Hash);
        while let Some(mut known) = stream.next_day()? {
            known.spend.retain(|spent| accounts.contains(&(spent.key().platform.clone(), spent.key().account.clone())));
            if known.spend.is_empty() {
                continue;
            }
            difference.mixed = difference.mixed.take().or_else(|| mixed_with(&known, rollup));
            // A month may reach beyond the period that a file states of itself.
            if known.day.is_within(rollup.covered) || rollup.rows_on(known.day).next().is_some() {
                difference.add_day(known, rollup)?;
            }
        }
        difference.restated.sort_by(|a, b| a.key().cmp(&b.key()));
        Ok(difference)
    }

    /// Compares a day or month of which something is known.
    fn add_day(&mut self, known: DaySpend, rollup: &Rollup) -> Result<(), LedgerError> {
        let (day, is_covered) = (known.day, known.day.is_within(rollup.covered));
        let at = |row: &SpendRow| {
            ((day, row.platform.clone(), row.account.to_owned(), row.campaign.to_owned()), row.cost.currency())
        };
        let rows: BTreeMap<(CampaignDay, Currency), Cost> =
            rollup.rows_on(day).map(|row| (at(&row), row.cost)).collect();
        let campaign_days: BTreeSet<&CampaignDay> = rows.keys().map(|(campaign_day, _)| campaign_day).collect();
        let mut by_account: BTreeMap<(Platform, String, Currency), Cost> = BTreeMap::new();
        let mut known_then: BTreeSet<(CampaignDay, Currency)> = BTreeSet::new();
        let mut finality: BTreeMap<CampaignDay, bool> = BTreeMap::new();
        let out_of_range = |error: MoneyError| LedgerError::refused(error.to_string(), "correct the export");
        // An account's day that was not known cannot be lowered.
        let mut add = |key: &(CampaignDay, Currency), change: Cost, is_known: bool| -> Result<(), LedgerError> {
            let (_, platform, account, _) = &key.0;
            let at = (platform.clone(), account.clone(), key.1);
            if is_known || by_account.contains_key(&at) {
                let sum = by_account.entry(at).or_insert(Cost::zero(key.1));
                *sum = sum.plus(change).map_err(out_of_range)?;
            }
            Ok(())
        };
        for spent in known.spend {
            let key = spent.key().clone();
            let campaign_day = (day, key.platform, key.account, key.campaign);
            let at = (campaign_day.clone(), key.currency);
            let is_final = !spent.import.is_provisional(day);
            finality.entry(campaign_day.clone()).and_modify(|known| *known |= is_final).or_insert(is_final);
            if !campaign_days.contains(&campaign_day) {
                if is_covered {
                    self.absent.push(restated(&at, Some(spent.cost), None, is_final));
                }
                add(&at, Cost::zero(key.currency), true)?;
                continue;
            }
            let now = rows.get(&at).copied();
            if now != Some(spent.cost) {
                self.restated.push(restated(&at, Some(spent.cost), now, is_final));
            }
            add(&at, now.unwrap_or(Cost::zero(key.currency)).minus(spent.cost).map_err(out_of_range)?, true)?;
            known_then.insert(at);
        }
        // New campaigns, and one known in one currency that now comes in another as well.
        for (at, cost) in rows.iter().filter(|(at, _)| !known_then.contains(at)) {
            if let Some(is_final) = finality.get(&at.0) {
                self.restated.push(restated(at, None, Some(*cost), *is_final));
            }
            add(at, *cost, false)?;
        }
        let lowered = by_account.into_iter().filter(|(_, change)| change.nanos() < 0);
        self.lowered.extend(lowered.map(|((platform, account, currency), _)| (day, platform, account, currency)));
        Ok(())
    }
}

/// Refuses a month where days of it are known, and days where their month is.
fn mixed_with<'k>(known: &'k DaySpend, rollup: &'k Rollup) -> Option<Refusal> {
    let month = known.day.month();
    let (rows, new, old): (Vec<SpendRow>, _, _) = match known.day.is_month() {
        true => (rollup.rows_of_days_in(month).collect(), "figures of single days", "one of the whole month"),
        false => (rollup.rows_on(month.into()).collect(), "a figure of the whole month", "figures of single days"),
    };
    if rows.is_empty() {
        return None;
    }
    let campaign = |spent: &'k Spent| {
        let key = spent.key();
        ((&key.platform, key.account.as_str(), key.campaign.as_str()), &spent.import.id)
    };
    let imports: BTreeMap<_, &Id> = known.spend.iter().map(campaign).collect();
    let with_import = |row: SpendRow<'k>| Some((*imports.get(&(row.platform, row.account, row.campaign))?, row));
    let (import, row) = rows.into_iter().find_map(with_import)?;
    let account = if row.account.is_empty() { String::new() } else { format!("/{}", row.account) };
    let message = format!(
        "campaign `{}` of {}{account} has {new} of {month} in this export, and {old} by import `{import}`",
        row.campaign, row.platform
    );
    let hint = format!(
        "export days where days are known, and months where months are; or take the earlier import back with \
         `respend imports revoke {import} --reason TEXT`"
    );
    Some(Refusal { row: Some(row.first_row), ..Refusal::new(RefusalCode::MixedGrains, message, hint) })
}

impl Difference {
    /// Refuses what the user did not consent to.
    pub(super) fn refusal(&self, consent: Consent) -> Option<Refusal> {
        if self.mixed.is_some() {
            return self.mixed.clone();
        }
        if let (Some(first), None) = (self.absent.first(), consent.absent) {
            let others = match self.absent.len() {
                1 => String::new(),
                n => format!(" and {} more figures", n - 1),
            };
            let account = if first.account.is_empty() { String::new() } else { format!("/{}", first.account) };
            return Some(Refusal::new(
                RefusalCode::AbsentCells,
                format!(
                    "campaign `{}` of {}{account} on {}{others}, known before, is not in this export although it covers the account and the day",
                    first.campaign, first.platform, first.day
                ),
                "say --absent keep if this export is narrower (a part of the campaigns), or --absent gone if it is complete and they are gone",
            ));
        }
        if consent.restate {
            return None;
        }
        if let Some(change) = self.restated.iter().find(|change| change.is_final) {
            let amount = |cost: Option<Cost>| cost.map_or(String::from("nothing"), Cost::spelled);
            return Some(Refusal::new(
                RefusalCode::RestatedFinal,
                format!(
                    "campaign `{}` on {} was {} and final, and is {} in this export",
                    change.campaign,
                    change.day,
                    amount(change.was),
                    amount(change.now)
                ),
                "say --restate if the platform really restated it; --restate --dry-run lists every change and writes nothing",
            ));
        }
        self.lowered.first().map(|(day, platform, account, currency)| {
            let account = if account.is_empty() { String::new() } else { format!("/{account}") };
            Refusal::new(
                RefusalCode::RestatedFinal,
                format!("this export lowers what {platform}{account} spent on {day} in {currency}; two partial exports must not overwrite each other unnoticed"),
                "say --restate if the platform really restated it; --restate --dry-run lists every change and writes nothing",
            )
        })
    }
}
