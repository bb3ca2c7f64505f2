//! [`Columns`]: which cell of a row is what, settled once for the whole file.

use crate::calendar::{Dated, Day};
use crate::sheet::Record;

use super::date::{DateText, month_in};
use super::header::{Header, Pattern};
use super::layout::Layout;
use super::preamble::Facts;
use super::profile::Profile;
use super::refusal::{Refusal, RefusalCode};
use super::{Options, Spans};

/// The places of the needed cells, counted from 0.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) dated_by: DatedBy,
    /// Whether a row may be of a month.
    pub(super) months: bool,
    /// The first and last day of the report, where they stand beside the day of the row.
    pub(super) report_period: Option<(usize, usize)>,
    pub(super) spend: usize,
    pub(super) campaign: Option<usize>,
    pub(super) campaign_id: Option<usize>,
    pub(super) account: Option<usize>,
    pub(super) account_id: Option<usize>,
    pub(super) currency: Option<usize>,
    pub(super) platform: Option<usize>,
    /// Where a row of another platform than the file's would name it.
    pub(super) other_platform: Option<usize>,
    /// How many cells a row needs: blank headers at the end need none.
    pub(super) needed: usize,
    /// How many cells the header has.
    pub(super) width: usize,
}

/// Which cell says the day of a row, or the month.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DatedBy {
    /// A column of days.
    Day(usize),
    /// First and last day of what the row covers; a day where they are the same.
    Span(usize, usize),
    /// A column of months.
    Month(usize),
    /// None: what the file says of itself, which is a day or lies in one month.
    Report,
}

impl DatedBy {
    /// Returns the places of the cells that say it.
    pub(super) fn cells(self) -> [Option<usize>; 2] {
        match self {
            DatedBy::Day(at) | DatedBy::Month(at) => [Some(at), None],
            DatedBy::Span(first, last) => [Some(first), Some(last).filter(|last| *last != first)],
            DatedBy::Report => [None, None],
        }
    }

    /// Returns the place of the cell that says the day, or where what the row covers begins.
    pub(super) fn start(self) -> Option<usize> {
        let [start, _] = self.cells();
        start
    }
}

impl Columns {
    /// Finds the columns a profile speaks of, in a file that states these facts; everything missing is said at once.
    pub(super) fn of(layout: &Layout, options: &Options, facts: &Facts) -> Result<Columns, Refusal> {
        let (headers, profile) = (layout.headers.as_slice(), layout.profile);
        let names = &profile.columns;
        let find = |patterns: &[Pattern]| find(headers, patterns);
        let (day, start, end) = (find(&names.day)?, find(&names.period_start)?, find(&names.period_end)?);
        let dated_by = match (day, start, end) {
            (Some(day), _, _) => Some(DatedBy::Day(day)),
            (None, Some(start), Some(end)) => Some(DatedBy::Span(start, end)),
            (None, Some(start), None) if profile.start_is_day => Some(DatedBy::Day(start)),
            _ => None,
        };
        // Without days there may be months, which count where they are asked for.
        let is_of_a_month = facts.period.is_some_and(|period| period.start().month() == period.last().month());
        let by_month =
            || find(&names.month).map(|at| at.map(DatedBy::Month).or(is_of_a_month.then_some(DatedBy::Report)));
        let by_month = if dated_by.is_none() { by_month()? } else { None };
        let months = options.spans == Some(Spans::Month);
        let dated_by = match dated_by {
            Some(DatedBy::Day(at)) if months && facts.is_by_month => Some(DatedBy::Month(at)),
            dated_by => dated_by.or(by_month.filter(|_| months)),
        };
        let spend = match &options.spend_column {
            Some(name) => find(&[Pattern::from(name.clone())])?,
            None => spend(headers, profile)?,
        };
        // Another money column than the profile's may be in another currency than the one beside it.
        let is_profiles =
            |at: usize| headers.get(at).is_some_and(|header| names.spend.iter().any(|name| header.is(name)));
        let has_currency = profile.fallback || spend.is_some_and(is_profiles);
        let own_currency = spend.and_then(|at| currency_of(headers, headers.get(at)?));
        // Of several amounts each may be in a currency of its own.
        let is_one_of_several = !profile.fallback && (0..headers.len()).filter(|&at| is_profiles(at)).count() > 1;
        let has_currency = has_currency && !is_one_of_several;
        let (campaign, campaign_id) = (find(&names.campaign)?, find(&names.campaign_id)?);
        let has_campaign = campaign.is_some() || campaign_id.is_some() || profile.fallback;
        let (Some(dated_by), Some(spend), true) = (dated_by, spend, has_campaign) else {
            let days =
                by_month.filter(|_| !months).map_or_else(|| profile.daily.clone(), |_| or_months(&profile.daily));
            return Err(missing(profile, dated_by.is_none().then_some(days), spend.is_none(), !has_campaign));
        };
        Ok(Columns {
            dated_by,
            months,
            report_period: day.and(start.zip(end)),
            spend,
            campaign,
            campaign_id,
            account: find(&names.account)?,
            account_id: find(&names.account_id)?,
            currency: own_currency.or(find(&names.currency)?.filter(|_| has_currency)),
            platform: find(&names.platform)?,
            other_platform: layout.platforms,
            needed: headers.iter().rposition(|header| !header.is_blank()).map_or(0, |last| last + 1),
            width: headers.len(),
        })
    }

    /// Returns whether a cell is of the kind that says when it was.
    pub(super) fn is_dated(&self, cell: &str) -> bool {
        DateText::of(cell).is_some() || self.months && month_in(cell).is_some()
    }

    /// Returns the day that a row is of, or the month all its days are in where that is asked for.
    pub(super) fn dated(&self, first: Day, last: Day) -> Option<Dated> {
        if first == last {
            return Some(first.into());
        }
        (self.months && first < last && first.month() == last.month()).then(|| first.month().into())
    }

    /// Returns whether a row has a cell under every header, and none beyond that says anything.
    pub(super) fn fits(&self, record: &Record) -> bool {
        record.len() >= self.needed && record.fields().skip(self.width).all(|cell| cell.trim().is_empty())
    }
}

/// Returns the place of the first pattern that a header has; of one that only one header has.
fn find(headers: &[Header], patterns: &[Pattern]) -> Result<Option<usize>, Refusal> {
    for pattern in patterns {
        let places = |matches: fn(&Header, &Pattern) -> bool| -> Vec<usize> {
            headers.iter().enumerate().filter(|(_, header)| matches(header, pattern)).map(|(at, _)| at).collect()
        };
        let exact = places(Header::is_exactly);
        match (if exact.is_empty() { places(Header::is) } else { exact }).as_slice() {
            [] => {}
            [at] => return Ok(Some(*at)),
            [first, ..] => {
                let name = headers.get(*first).map_or("", |header| header.text.as_str());
                return Err(Refusal::new(
                    RefusalCode::AmbiguousHeader,
                    format!("the header `{name}` stands over more than one column"),
                    "export the report with that column once, or name another money column with --spend-column",
                )
                .at_cell(name, name));
            }
        }
    }
    Ok(None)
}

/// Returns the place of the currency that goes with one money column by name: `local_spend_amount` and
/// `local_spend_currency`, `Local Spend` and `Local Spend Currency`, `Media Cost (Advertiser Currency)` and `Advertiser Currency`.
fn currency_of(headers: &[Header], spend: &Header) -> Option<usize> {
    let plain = |header: &Header| -> String {
        header.text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
    };
    let money = plain(spend);
    let stem = money.strip_suffix("amount").unwrap_or(&money);
    let is_advertisers = ["advcurrency", "advertisercurrency"].iter().any(|end| money.ends_with(end));
    headers.iter().position(|header| {
        let name = plain(header);
        let rest = if is_advertisers { name.strip_prefix("advertiser") } else { name.strip_prefix(stem) };
        rest.is_some_and(|rest| !stem.is_empty() && matches!(rest, "currency" | "currencycode"))
    })
}

/// Returns the money column. A profile prefers the first it names; where none is known to be the one, there must be but
/// one.
fn spend(headers: &[Header], profile: &Profile) -> Result<Option<usize>, Refusal> {
    let found = find(headers, &profile.columns.spend)?;
    let spends = |header: &&Header| profile.columns.spend.iter().any(|name| header.is(name));
    let candidates: Vec<&str> = headers.iter().filter(spends).map(|header| header.text.as_str()).collect();
    if (profile.fallback || profile.spend_is_chosen) && candidates.len() > 1 {
        return Err(Refusal::new(
            RefusalCode::SpendColumnUnknown,
            format!("more than one column may be the spend: {}", candidates.join(", ")),
            format!("say which one: --spend-column \"{}\"", candidates.join("\" or --spend-column \"")),
        ));
    }
    Ok(found)
}

/// Says beside the way to figures by day what keeps those of months.
pub(super) fn or_months(daily: &str) -> String {
    format!("{daily}; or say --spans month, which keeps figures of one month as they are")
}

/// Says what is missing; of the day, what to do about it.
fn missing(profile: &Profile, daily: Option<String>, spend: bool, campaign: bool) -> Refusal {
    let names = &profile.columns;
    let wanted = |patterns: &[Pattern]| patterns.first().map_or("", Pattern::as_str).to_owned();
    let days = if names.day.is_empty() { &names.period_start } else { &names.day };
    let all: Vec<String> = [
        (daily.is_some(), "the day", wanted(days)),
        (spend, "the spend", wanted(&names.spend)),
        (campaign, "the campaign", wanted(&names.campaign)),
    ]
    .into_iter()
    .filter(|(missing, ..)| *missing)
    .map(|(_, what, name)| format!("{what} (such as `{name}`)"))
    .collect();
    let message = format!("the file has no column for {}", all.join(" and "));
    if let Some(daily) = daily {
        let message = format!("{message}, so its rows are not of single days");
        return Refusal::new(RefusalCode::NoDailyRows, message, daily);
    }
    let code = if spend { RefusalCode::SpendColumnUnknown } else { RefusalCode::ColumnMissing };
    Refusal::new(code, message, "add the missing columns to the report and export it again")
}
