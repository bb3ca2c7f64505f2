//! [`Rows`]: the reading of every row, exactly, and their sum per day and campaign.
//!
//! Everything that could be doubtful has been settled before ([`Settled`]); here a row is read or it is a fault. All
//! faults of a file are collected, so that they are mended in one go.

use std::collections::BTreeMap;

use crate::calendar::{Day, Period};
use crate::money::{Cost, Currency, Totals};
use crate::scope::Platform;
use crate::sheet::Record;

use super::amount::{AmountFault, AmountText, Exact, contradicts, is_no_value};
use super::columns::{Columns, DatedBy};
use super::control::Control;
use super::date::{DateText, is_serial};
use super::header::Header;
use super::kind::{Kind, Total, is_bare_label, is_blank_name};
use super::profile::Profile;
use super::reading::{EXCLUDED_LISTED, Excluded, Rollup, SpendRow, Warning};
use super::refusal::{Refusal, RefusalCode, shortened};
use super::{DayOrder, DecimalMark, Grain, Options, Unit};

/// Every decision the rows are read by.
#[derive(Clone, Debug)]
pub(super) struct Settled<'a> {
    pub(super) columns: Columns,
    pub(super) headers: &'a [Header],
    pub(super) profile: &'a Profile,
    pub(super) options: &'a Options,
    pub(super) mark: Option<DecimalMark>,
    pub(super) unit: Unit,
    pub(super) order: Option<DayOrder>,
    pub(super) period: Option<Period>,
    /// The currency of the whole file, where header, preamble or option say it.
    pub(super) currency: Option<Currency>,
    /// The platform of the whole file, where profile or option say it.
    pub(super) platform: Option<Platform>,
    /// The account of the whole file, where preamble or option say it.
    pub(super) account: Option<String>,
    /// How many rows the preamble says there are.
    pub(super) declared_rows: Option<u64>,
}

/// The rows read so far.
pub(super) struct Rows<'a> {
    settled: &'a Settled<'a>,
    groups: BTreeMap<Key, Group>,
    sums: BTreeMap<Currency, Exact>,
    kept: u64,
    blank: u64,
    blank_lines: u64,
    totals: u64,
    excluded: Vec<Excluded>,
    excluded_rows: u64,
    control: Control,
    /// How many rows the file says it has.
    declared_rows: Option<u64>,
    refusal: Option<Refusal>,
    scientific: u64,
    /// The first time of day met on each day.
    times: BTreeMap<Day, String>,
    grain: Grain,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    day: Day,
    platform: Platform,
    account: String,
    campaign: String,
    currency: Currency,
}

struct Group {
    name: String,
    cost: Cost,
    rows: u64,
    first_row: u64,
}

impl<'a> Rows<'a> {
    pub(super) fn new(settled: &'a Settled<'a>) -> Rows<'a> {
        Rows {
            settled,
            groups: BTreeMap::new(),
            sums: BTreeMap::new(),
            kept: 0,
            blank: 0,
            blank_lines: 0,
            totals: 0,
            excluded: Vec::new(),
            excluded_rows: 0,
            control: Control::default(),
            declared_rows: settled.declared_rows,
            refusal: None,
            scientific: 0,
            times: BTreeMap::new(),
            grain: Grain::Day,
        }
    }

    /// Reads one row; a fault is kept for the end.
    pub(super) fn add(&mut self, record: &Record, is_last: bool) {
        if let Err(fault) = self.take(record, is_last) {
            let fault = fault.at_row(record.line());
            match &mut self.refusal {
                Some(refusal) => refusal.add(fault),
                None => self.refusal = Some(fault),
            }
        }
    }

    fn take(&mut self, record: &Record, is_last: bool) -> Result<(), Refusal> {
        let settled = self.settled;
        match Kind::of(record, &settled.columns, settled.profile) {
            Kind::Blank => {
                self.blank += 1;
                self.blank_lines += 1;
                Ok(())
            }
            Kind::Footer => {
                self.exclude(record, "a line below the table".to_owned());
                Ok(())
            }
            Kind::Remark(label) => {
                let names = &settled.profile.totals.rows;
                let count = names.iter().find_map(|name| name.value_in(&label)).and_then(|count| count.parse().ok());
                self.declared_rows = count.or(self.declared_rows);
                self.exclude(record, format!("a line below the table, `{}`", shortened(&label)));
                Ok(())
            }
            Kind::Ragged => Err(self.ragged(record, is_last)),
            Kind::Total(total) => self.take_total(record, &total),
            Kind::Data if is_no_value(record.field(settled.columns.spend)) => {
                self.blank += 1;
                Ok(())
            }
            Kind::Data => self.take_spend(record),
        }
    }

    fn take_total(&mut self, record: &Record, total: &Total) -> Result<(), Refusal> {
        let settled = self.settled;
        let reason = match total.label.as_str() {
            "" => "a total row without a label".to_owned(),
            label => format!("a total row, `{}`", shortened(label)),
        };
        self.totals += 1;
        self.exclude(record, reason);
        let cell = record.field(settled.columns.spend);
        if is_no_value(cell) {
            return Ok(());
        }
        let named = settled.columns.currency.and_then(|at| record.field(at).parse().ok());
        let (amount, text) = self.amount(cell)?;
        let decimals = text.decimals(settled.mark.unwrap_or(DecimalMark::Point));
        let decimals = decimals.saturating_add(if settled.unit == Unit::Micros { 6 } else { 0 });
        self.control.add(record.line(), total, amount, decimals, named.or(settled.currency));
        Ok(())
    }

    fn take_spend(&mut self, record: &Record) -> Result<(), Refusal> {
        let settled = self.settled;
        let columns = &settled.columns;
        let day = self.day(record)?;
        let platform = self.platform(record)?;
        let (campaign, name) = self.campaign(record)?;
        let account = self.account(record)?;
        let cell = record.field(columns.spend);
        let (exact, text) = self.amount(cell)?;
        let currency = self.currency(record, text.mark)?;
        let header = self.header(columns.spend);
        let at_cell = |refusal: Refusal| refusal.at_cell(header, cell);
        let out_of_range = || {
            at_cell(Refusal::new(
                RefusalCode::OutOfRange,
                format!("the sum of the amounts in {currency} is too large to be money"),
                "check the unit of the money column; see --unit",
            ))
        };
        let kept = settled.options.round.map_or(exact, |decimals| exact.rounded(decimals));
        let nanos = kept.nanos().ok_or_else(|| {
            at_cell(Refusal::new(
                RefusalCode::TooPrecise,
                format!("`{}` has more than 9 decimals", cell.trim()),
                "say --round 6, for example: each row is then rounded once, and the difference is recorded",
            ))
        })?;
        let cost = Cost::from_nanos(nanos, currency).map_err(|_| out_of_range())?;
        let sum = self.sums.get(&currency).copied().unwrap_or(Exact::ZERO).plus(exact).ok_or_else(out_of_range)?;
        let key = Key { day, platform, account, campaign, currency };
        match self.groups.get_mut(&key) {
            None => {
                self.groups.insert(key, Group { name, cost, rows: 1, first_row: record.line() });
            }
            Some(group) => {
                group.cost = group.cost.plus(cost).map_err(|_| out_of_range())?;
                group.rows += 1;
                group.first_row = group.first_row.min(record.line());
                if name < group.name {
                    group.name = name;
                }
            }
        }
        self.sums.insert(currency, sum);
        self.kept += 1;
        self.scientific += u64::from(text.scientific);
        Ok(())
    }

    fn day(&mut self, record: &Record) -> Result<Day, Refusal> {
        let settled = self.settled;
        let read = |at: usize| {
            let cell = record.field(at);
            let date = DateText::of(cell);
            let day = date.as_ref().and_then(|date| date.day(settled.order));
            day.zip(date).ok_or_else(|| {
                let otherwise =
                    "export the report again with days like 2018-02-01, or say --day-order if they are written otherwise";
                let (message, hint) = match cell.trim() {
                    "" => ("the row has an amount and no day".to_owned(), otherwise),
                    cell if is_serial(cell) => (
                        format!("`{cell}` is a day that a spreadsheet turned into its own number"),
                        "export the report again and import the file as the platform gave it, without opening and \
                         saving it in a spreadsheet",
                    ),
                    cell => (format!("`{cell}` is not a day{}", in_order(settled.order)), otherwise),
                };
                Refusal::new(RefusalCode::BadDay, message, hint).at_cell(self.header(at), cell)
            })
        };
        let (at, day, time) = match settled.columns.dated_by {
            DatedBy::Day(at) => {
                let (day, date) = read(at)?;
                (at, day, date.time)
            }
            DatedBy::Span(first, last) => {
                let ((start, _), (end, _)) = (read(first)?, read(last)?);
                if start != end {
                    let message = format!("the row covers {start} to {end}, not a single day");
                    return Err(Refusal::new(RefusalCode::NoDailyRows, message, &settled.profile.daily)
                        .at_cell(self.header(last), record.field(last)));
                }
                (first, start, "")
            }
        };
        if let Some(period) = settled.period.filter(|period| !period.contains(day)) {
            let message =
                format!("{day} is outside the period the file states, {} to {}", period.start(), period.last());
            let hint = "check that days are read in the right order (--day-order), or export the report again";
            return Err(
                Refusal::new(RefusalCode::DayOutsidePeriod, message, hint).at_cell(self.header(at), record.field(at))
            );
        }
        // A dump may carry every day's midnight in another zone; only two times on one day are hours.
        if !time.is_empty() && self.grain == Grain::Day {
            let first = self.times.entry(day).or_insert_with(|| time.to_owned());
            if first != time {
                self.grain = Grain::Hour;
                self.times.clear();
            }
        }
        Ok(day)
    }

    fn platform(&self, record: &Record) -> Result<Platform, Refusal> {
        let whole = self.settled.platform.as_ref();
        let Some((at, cell)) = self.settled.columns.platform.map(|at| (at, record.field(at))) else {
            return whole
                .cloned()
                .ok_or_else(|| Refusal::new(RefusalCode::PlatformUnknown, "no platform", "say --platform"));
        };
        let refused = |message: String| {
            let hint = "name the platform in the cell by its id, such as google or meta, or see --platform";
            Refusal::new(RefusalCode::PlatformUnknown, message, hint).at_cell(self.header(at), cell)
        };
        if is_blank_name(cell) {
            return whole.cloned().ok_or_else(|| refused("the row names no platform".to_owned()));
        }
        let platform: Platform =
            cell.parse().map_err(|_| refused(format!("`{}` is not a platform's id", cell.trim())))?;
        match whole.filter(|whole| **whole != platform) {
            Some(whole) => Err(refused(format!("the row is of {platform}, but the file is said to be of {whole}"))),
            None => Ok(platform),
        }
    }

    /// Returns the campaign and its name.
    fn campaign(&self, record: &Record) -> Result<(String, String), Refusal> {
        let columns = &self.settled.columns;
        let cell = |at: Option<usize>| at.map(|at| record.field(at)).filter(|cell| !is_blank_name(cell));
        let (id, name) = (cell(columns.campaign_id), cell(columns.campaign));
        let id = id.map(|id| self.id(id, columns.campaign_id)).transpose()?;
        // A line break in a name follows the line ends of the file, which are no part of the name.
        let name = name.map(str::trim).unwrap_or_default().replace("\r\n", "\n");
        match (id, columns.campaign.or(columns.campaign_id)) {
            (Some(id), _) => Ok((id, name)),
            (None, Some(at)) if name.is_empty() => Err(Refusal::new(
                RefusalCode::CampaignUnknown,
                "the row has an amount and a day and names no campaign; it may be a subtotal",
                "export the report again by campaign, without subtotals",
            )
            .at_cell(self.header(at), record.field(at))),
            (None, _) => Ok((name.clone(), name)),
        }
    }

    fn account(&self, record: &Record) -> Result<String, Refusal> {
        let columns = &self.settled.columns;
        let cell = |at: Option<usize>| at.map(|at| record.field(at)).filter(|cell| !is_blank_name(cell));
        if let Some(id) = cell(columns.account_id) {
            return self.id(id, columns.account_id);
        }
        let name = cell(columns.account).map(str::trim);
        Ok(name.or(self.settled.account.as_deref()).unwrap_or_default().to_owned())
    }

    /// Returns an id without what surrounds it. One that a spreadsheet has rounded is no id any more: two campaigns
    /// would become one.
    fn id(&self, cell: &str, at: Option<usize>) -> Result<String, Refusal> {
        let id = self.settled.profile.ids.strip(cell);
        if is_rounded(id) {
            let message = format!("the id `{id}` was turned into a rounded number, probably by a spreadsheet");
            let hint = "import the file as the platform gave it, without opening and saving it in a spreadsheet";
            let refusal = Refusal::new(RefusalCode::DamagedId, message, hint);
            return Err(refusal.at_cell(at.map_or("", |at| self.header(at)), cell));
        }
        Ok(id.to_owned())
    }

    fn currency(&self, record: &Record, mark: Option<&str>) -> Result<Currency, Refusal> {
        let settled = self.settled;
        let hint = "export the report with one currency per row, or say --currency";
        let (at, cell) = settled.columns.currency.map_or((settled.columns.spend, ""), |at| (at, record.field(at)));
        let refused =
            |message: String| Refusal::new(RefusalCode::CurrencyUnknown, message, hint).at_cell(self.header(at), cell);
        let named: Option<Currency> = match cell {
            cell if is_no_value(cell) => None,
            cell => Some(cell.parse().map_err(|error: crate::money::CurrencyError| refused(error.to_string()))?),
        };
        let currency = match (named, settled.currency) {
            (Some(named), Some(whole)) if named != whole => {
                return Err(refused(format!("the row is in {named}, but header, preamble or option say {whole}")));
            }
            (named, whole) => named.or(whole).ok_or_else(|| refused("the row names no currency".to_owned()))?,
        };
        match mark.filter(|mark| contradicts(mark, currency)) {
            Some(mark) => Err(Refusal::new(
                RefusalCode::CurrencyUnknown,
                format!("the amount carries `{mark}`, but its currency is said to be {currency}"),
                hint,
            )
            .at_cell(self.header(settled.columns.spend), record.field(settled.columns.spend))),
            None => Ok(currency),
        }
    }

    fn amount<'r>(&self, cell: &'r str) -> Result<(Exact, AmountText<'r>), Refusal> {
        let settled = self.settled;
        let mark = settled.mark.unwrap_or(DecimalMark::Point);
        let read = AmountText::of(cell).and_then(|text| Ok((text.value(mark, settled.unit)?, text)));
        read.map_err(|fault| {
            let shown = shortened(cell.trim());
            let (code, message, hint) = match fault {
                AmountFault::NotAnAmount => (
                    RefusalCode::BadAmount,
                    format!("`{shown}` is not an amount with a decimal {mark}"),
                    "export the report again; if the decimal mark is another, say --decimal point or --decimal comma",
                ),
                AmountFault::TooPrecise => (
                    RefusalCode::TooPrecise,
                    format!("`{shown}` has more decimals than can be kept, even to be rounded"),
                    "export the report again with at most 18 decimals",
                ),
                AmountFault::OutOfRange => (
                    RefusalCode::OutOfRange,
                    format!("`{shown}` is out of range; amounts are below 10^18"),
                    "check the cell and the unit of the column; see --unit",
                ),
            };
            Refusal::new(code, message, hint).at_cell(self.header(settled.columns.spend), cell)
        })
    }

    fn ragged(&self, record: &Record, is_last: bool) -> Refusal {
        let (cells, width) = (record.len(), self.settled.columns.width);
        let message = format!("the row has {cells} cells, the header {width}");
        if is_last && cells < width {
            return Refusal::new(
                RefusalCode::Truncated,
                format!("{message}; it is the last one, so the file seems to be cut off"),
                "download the report again from the platform",
            );
        }
        Refusal::new(
            RefusalCode::RaggedRow,
            message,
            "download the report again and import it without editing it; a cell with the delimiter in it needs quotes",
        )
    }

    fn exclude(&mut self, record: &Record, reason: String) {
        self.excluded_rows += 1;
        if self.excluded.len() < EXCLUDED_LISTED {
            self.excluded.push(Excluded { row: record.line(), reason });
        }
    }

    fn header(&self, at: usize) -> &'a str {
        self.settled.headers.get(at).map_or("", |header| header.text.as_str())
    }

    /// Returns what the rows speak of.
    pub(super) fn grain(&self) -> Grain {
        self.grain
    }

    /// Holds the rows against what the file says of itself, and returns their sums.
    pub(super) fn finish(self) -> Result<(Rollup, Vec<Warning>), Refusal> {
        let settled = self.settled;
        if let Some(refusal) = self.refusal {
            return Err(refusal);
        }
        let rows_read = self.kept + self.blank + self.excluded_rows;
        let days =
            self.groups.keys().next().zip(self.groups.keys().next_back()).map(|(first, last)| (first.day, last.day));
        let covered = settled.period.or_else(|| days.and_then(|(first, last)| Period::inclusive(first, last)));
        let Some(covered) = covered.filter(|_| days.is_some()) else {
            return Err(no_rows(self.blank - self.blank_lines));
        };
        // The count a file declares leaves out blank lines and footers; totals are in it or not.
        let counted = self.kept + self.blank - self.blank_lines;
        if let Some(declared) = self.declared_rows.filter(|rows| ![counted, counted + self.totals].contains(rows)) {
            return Err(Refusal::new(
                RefusalCode::RowCountMismatch,
                format!("the file says it has {declared} rows, but {counted} were found"),
                "download the report again from the platform and import it without editing it",
            ));
        }
        if let Some(limit) = settled.profile.row_limit.filter(|rows| [counted, counted + self.totals].contains(rows)) {
            return Err(Refusal::new(
                RefusalCode::Truncated,
                format!("the file has {limit} rows, where the platform cuts its reports off; rows may be missing"),
                "export shorter periods, or fewer campaigns, each with fewer rows",
            ));
        }
        let rows_are_rounded = settled.profile.totals.rows_are_rounded;
        let (agreed_totals, mut warnings) = self.control.check(&self.sums, self.kept, rows_are_rounded)?;
        if self.scientific > 0 {
            warnings.push(Warning {
                code: "scientific_notation",
                message: format!(
                    "{} amounts are written like 1.2E+3, so the file has passed through a spreadsheet or another program; \
                     they were read as they stand",
                    self.scientific
                ),
            });
        }
        warnings.extend(self.dated_by_period(covered));
        warnings.extend(self.named_total());
        let out_of_range = |_| Refusal::new(RefusalCode::OutOfRange, "a sum is too large to be money", "see --unit");
        let mut totals = Totals::default();
        let mut accounts = std::collections::BTreeSet::new();
        let mut rows = Vec::with_capacity(self.groups.len());
        for (Key { day, platform, account, campaign, .. }, group) in self.groups {
            totals.add(group.cost).map_err(out_of_range)?;
            accounts.insert((platform.clone(), account.clone()));
            let Group { name: campaign_name, cost, rows: count, first_row } = group;
            rows.push(SpendRow { day, platform, account, campaign, campaign_name, cost, rows: count, first_row });
        }
        let rounded = settled.options.round.map(|_| rounded_away(&self.sums, &totals)).transpose()?;
        let accounts: Vec<(Platform, String)> = accounts.into_iter().collect();
        let (columns, options) = (&settled.columns, settled.options);
        if accounts.iter().any(|(_, account)| account.is_empty()) {
            warnings.push(Warning {
                code: "account_unknown",
                message: "the file does not name the account of every row; say --account, or they stay without one"
                    .to_owned(),
            });
        }
        if let Some(given) =
            options.account.as_ref().filter(|given| !accounts.iter().any(|(_, account)| account == *given))
        {
            warnings.push(Warning {
                code: "account_option_unused",
                message: format!("--account {given} was not used, since the file names its accounts itself"),
            });
        }
        if columns.campaign.is_none() && columns.campaign_id.is_none() {
            warnings.push(Warning {
                code: "campaign_missing",
                message: "the file has no column of campaigns; its spend is kept per account alone".to_owned(),
            });
        }
        // What a profile says of its own files was thought of; a cell or an option may be a slip.
        let is_new = |platform: &&Platform| !platform.is_known() && settled.profile.platform() != Some(*platform);
        for platform in accounts.iter().map(|(platform, _)| platform).filter(is_new).take(20) {
            warnings.push(Warning {
                code: "platform_new",
                message: format!("`{platform}` is no platform known by name; check its spelling"),
            });
        }
        let rollup = Rollup {
            rows,
            covered,
            accounts,
            rows_read,
            rows_kept: self.kept,
            blank_rows: self.blank,
            excluded: self.excluded,
            excluded_rows: self.excluded_rows,
            agreed_totals,
            totals,
            rounded,
        };
        Ok((rollup, warnings))
    }
}

impl Rows<'_> {
    /// Warns where the days look like the first days of something longer.
    fn dated_by_period(&self, covered: Period) -> Option<Warning> {
        let days: std::collections::BTreeSet<Day> = self.groups.keys().map(|key| key.day).collect();
        let (first, last) = (*days.first()?, *days.last()?);
        let advice = &self.settled.profile.daily;
        if self.settled.profile.start_is_day && first == last && covered.days() > 1 && first == covered.start() {
            let period = format!("{first}, the first day of the period {} to {}", covered.start(), covered.last());
            let message = format!("all rows are of {period}; if the report is not broken down by day, {advice}");
            return Some(Warning { code: "one_day_of_period", message });
        }
        let monthly = first != last && days.iter().all(|day| day.day_of_month() == 1);
        monthly.then(|| {
            let message =
                format!("every row is of the first of a month; if these are figures of whole months, {advice}");
            Warning { code: "first_of_month_only", message }
        })
    }

    /// Warns of campaigns that are called like a total and have a day: kept, since a name proves nothing.
    fn named_total(&self) -> Option<Warning> {
        let called = |group: &&Group| is_bare_label(&group.name, self.settled.profile);
        let group = self.groups.values().find(called)?;
        let message = format!(
            "line {}: a campaign called `{}` was kept, since the row has a day; if it is a subtotal, export the report \
             without subtotals",
            group.first_row, group.name
        );
        Some(Warning { code: "campaign_named_total", message })
    }
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

fn in_order(order: Option<DayOrder>) -> &'static str {
    match order {
        Some(DayOrder::DayMonthYear) => " (read day first)",
        Some(DayOrder::MonthDayYear) => " (read month first)",
        _ => "",
    }
}

/// `1.20212E+17`: an id that was once longer.
fn is_rounded(id: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    id.split_once(['E', 'e']).is_some_and(|(mantissa, exponent)| {
        let parts = mantissa.split_once(['.', ',']);
        let is_number = parts.is_some_and(|(whole, fraction)| digits(whole) && digits(fraction)) || digits(mantissa);
        is_number && exponent.strip_prefix('+').is_some_and(digits)
    })
}
