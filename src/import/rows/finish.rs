//! The end of the rows: held against what the file says of itself, they are its [`Rollup`], with what is doubtful in
//! it as warnings.

use std::collections::BTreeMap;

use crate::calendar::{Dated, Day, Month, Period};
use crate::import::amount::Exact;
use crate::import::profile::Profile;
use crate::import::reading::Warning;
use crate::import::refusal::{Refusal, RefusalCode};
use crate::import::rollup::{Excluded, Rollup, Spend, SpendRow};
use crate::import::sums::TooMany;
use crate::money::{Cost, Currency, MoneyError, Totals};
use crate::scope::Platform;

use super::{Rows, Settled, out_of_range, too_many};

impl Rows<'_> {
    /// Holds the rows against what the file says of itself, and returns their sums.
    pub(in crate::import) fn finish(mut self) -> Result<(Rollup, Vec<Warning>), Refusal> {
        let settled = self.settled;
        self.no_faults()?;
        let too_large = |error: MoneyError| match error {
            MoneyError::OutOfRange(currency) => out_of_range(currency),
            other => Refusal::new(RefusalCode::OutOfRange, other.to_string(), "see --unit"),
        };
        let spend = Spend::of(std::mem::take(&mut self.sums)).map_err(|TooMany| too_many())?;
        let days = spend.days().next().zip(spend.days().map(Dated::last_day).max());
        let covered =
            settled.period.or_else(|| days.and_then(|(first, last)| Period::inclusive(first.first_day(), last)));
        let Some(covered) = covered.filter(|_| days.is_some()) else {
            return Err(no_rows(self.blank - self.blank_lines));
        };
        self.all_rows_are_there()?;
        if let Some(refusal) = overlapping(&self.months, &settled.profile.daily) {
            return Err(refusal);
        }
        let totals = spend.totals().map_err(too_large)?;
        let sums = match settled.options.round {
            Some(_) => std::mem::take(&mut self.exact),
            None => exact(&totals)?,
        };
        let rows_are_rounded = settled.profile.totals.rows_are_rounded;
        let (agreed_totals, mut warnings) = self.control.check(&sums, self.kept, rows_are_rounded)?;
        let rounded = settled.options.round.map(|_| rounded_away(&sums, &totals)).transpose()?;
        let rollup = Rollup {
            accounts: spend.accounts(),
            spend,
            covered,
            rows_read: self.kept + self.blank + self.excluded_rows,
            rows_kept: self.kept,
            blank_rows: self.blank,
            excluded: self.excluded.into_iter().map(|(row, reason)| Excluded { row, reason }).collect(),
            excluded_rows: self.excluded_rows,
            agreed_totals,
            totals,
            rounded,
        };
        if let Some((month, day)) = rollup.mixed() {
            return Err(mixed_grains(&month, &day, &settled.profile.daily));
        }
        warnings.extend(scientific(self.scientific));
        warnings.extend(dated_by_period(&rollup.spend, covered, settled.profile));
        warnings.extend(months_in_part(&self.months));
        warnings.extend(of_accounts(&rollup.accounts, settled));
        Ok((rollup, warnings))
    }

    /// Refuses all faults of rows at once.
    fn no_faults(&mut self) -> Result<(), Refusal> {
        let mut faults = std::mem::take(&mut self.faults).into_values();
        let Some(mut refusal) = faults.next() else { return Ok(()) };
        faults.for_each(|fault| refusal.add(fault));
        refusal.more_rows = self.fault_rows.saturating_sub(1);
        Err(refusal)
    }

    /// Refuses a file that has other rows than it says, or as many as its platform gives at most.
    fn all_rows_are_there(&self) -> Result<(), Refusal> {
        let declared = self.declared_rows.map(|(_, count)| count).or(self.settled.declared_rows);
        // The count a file declares leaves out blank lines and footers; totals are in it or not.
        let counted = self.kept + self.blank - self.blank_lines;
        let is_count = |rows: &u64| [counted, counted + self.totals].contains(rows);
        if let Some(declared) = declared.filter(|rows| !is_count(rows)) {
            return Err(Refusal::new(
                RefusalCode::RowCountMismatch,
                format!("the file says it has {declared} rows, but {counted} were found"),
                "download the report again from the platform and import it without editing it",
            ));
        }
        if let Some(limit) = self.settled.profile.row_limit.filter(is_count) {
            return Err(Refusal::new(
                RefusalCode::Truncated,
                format!("the file has {limit} rows, where the platform cuts its reports off; rows may be missing"),
                "export shorter periods, or fewer campaigns, each with fewer rows",
            ));
        }
        Ok(())
    }
}

fn mixed_grains(month: &SpendRow, day: &SpendRow, daily: &str) -> Refusal {
    let message = format!(
        "campaign `{}` has a figure of {} on line {} and one of {} on line {}, which may be a part of it",
        month.campaign, month.day, month.first_row, day.day, day.first_row
    );
    let hint = format!("take days or months, not both for one campaign and month: {daily}");
    Refusal::new(RefusalCode::MixedGrains, message, hint).at_row(month.first_row.max(day.first_row))
}

/// Warns of amounts in the notation of programs.
fn scientific(amounts: u64) -> Option<Warning> {
    let message = format!(
        "{amounts} amounts are written like 1.2E+3, so the file has passed through a spreadsheet or another program; they \
         were read as they stand"
    );
    (amounts > 0).then_some(Warning { code: "scientific_notation", message })
}

/// Warns of platforms, accounts and campaigns that the file does not name, or names as none did before.
fn of_accounts(accounts: &[(Platform, String)], settled: &Settled) -> Vec<Warning> {
    let mut warnings = Vec::new();
    if accounts.iter().any(|(_, account)| account.is_empty()) {
        let message = "the file does not name the account of every row; say --account, or they stay without one";
        warnings.push(Warning { code: "account_unknown", message: message.to_owned() });
    }
    let is_used = |given: &&String| accounts.iter().any(|(_, account)| account == *given);
    if let Some(given) = settled.options.account.as_ref().filter(|given| !is_used(given)) {
        let message = format!("--account {given} was not used, since the file names its accounts itself");
        warnings.push(Warning { code: "account_option_unused", message });
    }
    if settled.columns.campaign.is_none() && settled.columns.campaign_id.is_none() {
        let message = "the file has no column of campaigns; its spend is kept per account alone";
        warnings.push(Warning { code: "campaign_missing", message: message.to_owned() });
    }
    // What a profile says of its own files was thought of; a cell or an option may be a slip.
    let is_new = |platform: &&Platform| !platform.is_known() && settled.profile.platform() != Some(*platform);
    warnings.extend(accounts.iter().map(|(platform, _)| platform).filter(is_new).take(20).map(|platform| Warning {
        code: "platform_new",
        message: format!("`{platform}` is no platform known by name; check its spelling"),
    }));
    warnings
}

/// The spans, first and last day, that rows of each month cover, each with its first line.
type Spans = BTreeMap<Month, BTreeMap<(Day, Day), u64>>;

/// Refuses spans of a month of which one holds days of another: their rows would count those days twice.
fn overlapping(months: &Spans, daily: &str) -> Option<Refusal> {
    // They stand by their first days, so of any that overlap some are neighbours.
    let neighbours = months.values().flat_map(|spans| spans.iter().zip(spans.iter().skip(1)));
    neighbours.into_iter().find_map(|((&(first, last), &line), (&(next, end), &other))| {
        let message = format!("rows cover {first} to {last} and {next} to {end}, so some days are in both");
        let hint = format!("take one period for all rows of a month: {daily}");
        (next <= last).then(|| Refusal::new(RefusalCode::SpansOverlap, message, hint).at_row(line.max(other)))
    })
}

/// Warns of months of which no row covers the end, or the beginning.
fn months_in_part(months: &Spans) -> Option<Warning> {
    let mut in_part = months.iter().filter_map(|(month, spans)| {
        let (first, last) = (spans.keys().map(|span| span.0).min()?, spans.keys().map(|span| span.1).max()?);
        let whole = Dated::from(*month);
        ((first, last) != (whole.first_day(), whole.last_day())).then_some((month, first, last))
    });
    let (month, first, last) = in_part.next()?;
    let others = match in_part.count() {
        0 => String::new(),
        n => format!(" (and {n} more months)"),
    };
    let message = format!(
        "the rows of {month} cover {first} to {last}, not the whole month{others}; they count as the month's figure, so \
         export the month again when it is over"
    );
    Some(Warning { code: "month_in_part", message })
}

/// Warns where the days look like the first days of something longer.
fn dated_by_period(spend: &Spend, covered: Period, profile: &Profile) -> Option<Warning> {
    let (first, last) = (spend.days().next()?, spend.days().last()?);
    if spend.days().any(Dated::is_month) {
        return None;
    }
    let advice = &profile.daily;
    if profile.start_is_day && first == last && covered.days() > 1 && first.first_day() == covered.start() {
        let period = format!("{first}, the first day of the period {} to {}", covered.start(), covered.last());
        let message = format!("all rows are of {period}; if the report is not broken down by day, {advice}");
        return Some(Warning { code: "one_day_of_period", message });
    }
    let monthly = first != last && spend.days().all(|day| day.first_day().day_of_month() == 1);
    monthly.then(|| {
        let message = format!("every row is of the first of a month; if these are figures of whole months, {advice}");
        Warning { code: "first_of_month_only", message }
    })
}

/// Returns sums as they are held against the file's totals.
fn exact(totals: &Totals) -> Result<BTreeMap<Currency, Exact>, Refusal> {
    let of = |sum: Cost| Some((sum.currency(), Exact::of_nanos(sum.nanos())?));
    totals.iter().map(|sum| of(sum).ok_or_else(|| out_of_range(sum.currency()))).collect()
}

fn no_rows(without_amount: u64) -> Refusal {
    let message = match without_amount {
        0 => "there is no row below the header".to_owned(),
        rows => format!("none of the {rows} rows below the header has an amount"),
    };
    Refusal::new(RefusalCode::NoRows, message, "export the report again for a period and a selection with spend")
}

/// The exact sums minus what was kept, to the nearest billionth.
fn rounded_away(sums: &BTreeMap<Currency, Exact>, kept: &Totals) -> Result<Totals, Refusal> {
    let out_of_range = || Refusal::new(RefusalCode::OutOfRange, "a sum is too large to be money", "see --unit");
    let mut away = Totals::default();
    for (&currency, sum) in sums {
        let exact = sum.rounded(9).nanos().ok_or_else(out_of_range)?;
        let kept = kept.get(currency).nanos();
        let difference = exact.checked_sub(kept).ok_or_else(out_of_range)?;
        let cost = Cost::from_nanos(difference, currency).map_err(|_| out_of_range())?;
        away.add(cost).map_err(|_| out_of_range())?;
    }
    Ok(away)
}
