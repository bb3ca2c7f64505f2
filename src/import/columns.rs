//! [`Columns`]: which cell of a row is what, settled once for the whole file.

use crate::sheet::Record;

use super::Options;
use super::header::{Header, Pattern};
use super::layout::Layout;
use super::profile::Profile;
use super::refusal::{Refusal, RefusalCode};

/// The places of the needed cells, counted from 0.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) dated_by: DatedBy,
    /// The first and last day of the report, where they stand beside the day of the row.
    pub(super) report_period: Option<(usize, usize)>,
    pub(super) spend: usize,
    pub(super) campaign: Option<usize>,
    pub(super) campaign_id: Option<usize>,
    pub(super) account: Option<usize>,
    pub(super) account_id: Option<usize>,
    pub(super) currency: Option<usize>,
    pub(super) platform: Option<usize>,
    /// How many cells a row needs: blank headers at the end need none.
    pub(super) needed: usize,
    /// How many cells the header has.
    pub(super) width: usize,
}

/// Which cell says the day of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DatedBy {
    /// A column of days.
    Day(usize),
    /// First and last day of what the row covers; a day where they are the same.
    Span(usize, usize),
}

impl DatedBy {
    /// Returns the place of the cell that says the day, or where what the row covers begins.
    pub(super) fn start(self) -> usize {
        match self {
            DatedBy::Day(at) | DatedBy::Span(at, _) => at,
        }
    }
}

impl Columns {
    /// Finds the columns a profile speaks of; everything missing is said at once.
    pub(super) fn of(layout: &Layout, options: &Options) -> Result<Columns, Refusal> {
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
        let spend = match &options.spend_column {
            Some(name) => find(&[Pattern::from(name.clone())])?,
            None => spend(headers, profile)?,
        };
        // Another money column than the profile's may be in another currency than the one beside it.
        let is_profiles =
            |at: usize| headers.get(at).is_some_and(|header| names.spend.iter().any(|name| header.is(name)));
        let has_currency = profile.fallback || spend.is_some_and(is_profiles);
        let (campaign, campaign_id) = (find(&names.campaign)?, find(&names.campaign_id)?);
        let has_campaign = campaign.is_some() || campaign_id.is_some() || profile.fallback;
        let (Some(dated_by), Some(spend), true) = (dated_by, spend, has_campaign) else {
            return Err(missing(profile, dated_by.is_none(), spend.is_none(), !has_campaign));
        };
        Ok(Columns {
            dated_by,
            report_period: day.and(start.zip(end)),
            spend,
            campaign,
            campaign_id,
            account: find(&names.account)?,
            account_id: find(&names.account_id)?,
            currency: find(&names.currency)?.filter(|_| has_currency),
            platform: find(&names.platform)?,
            needed: headers.iter().rposition(|header| !header.is_blank()).map_or(0, |last| last + 1),
            width: headers.len(),
        })
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

fn missing(profile: &Profile, day: bool, spend: bool, campaign: bool) -> Refusal {
    let names = &profile.columns;
    let wanted = |patterns: &[Pattern]| patterns.first().map_or("", Pattern::as_str).to_owned();
    let days = if names.day.is_empty() { &names.period_start } else { &names.day };
    let all: Vec<String> = [
        (day, "the day", wanted(days)),
        (spend, "the spend", wanted(&names.spend)),
        (campaign, "the campaign", wanted(&names.campaign)),
    ]
    .into_iter()
    .filter(|(missing, ..)| *missing)
    .map(|(_, what, name)| format!("{what} (such as `{name}`)"))
    .collect();
    let message = format!("the file has no column for {}", all.join(" and "));
    if day {
        return Refusal::new(
            RefusalCode::NoDailyRows,
            format!("{message}, so its rows are not of single days"),
            &profile.daily,
        );
    }
    let code = if spend { RefusalCode::SpendColumnUnknown } else { RefusalCode::ColumnMissing };
    Refusal::new(code, message, "add the missing columns to the report and export it again")
}
