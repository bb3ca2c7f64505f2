//! [`Rows`]: the reading of every row, exactly, and their sum per day or month and campaign.
//!
//! Everything that could be doubtful has been settled before ([`Settled`]); here a row is read or it is a fault. All
//! faults of a file are collected, so that they are mended in one go.

mod finish;

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Dated, Day, Month, Period};
use crate::money::{Cost, Currency};
use crate::scope::Platform;
use crate::sheet::Record;

use super::amount::{AmountFault, AmountText, Exact, contradicts, is_no_value};
use super::columns::{Columns, DatedBy, or_months};
use super::control::Control;
use super::date::{DateText, is_serial, month_in};
use super::header::Header;
use super::kind::{Kind, Total, is_blank_name, is_total_label};
use super::profile::Profile;
use super::refusal::{FAULTS_LISTED, Refusal, RefusalCode, shortened};
use super::rollup::EXCLUDED_LISTED;
use super::sums::{Campaign, Place, Sums, TooMany};
use super::{DayOrder, DecimalMark, Grain, Options, RowFate, Unit};

/// Every decision the rows are read by.
#[derive(Clone, Debug)]
pub(super) struct Settled<'a> {
    pub(super) columns: Columns,
    pub(super) headers: &'a [Header],
    pub(super) profile: &'a Profile,
    pub(super) options: &'a Options,
    pub(super) mark: Option<DecimalMark>,
    pub(super) unit: Unit,
    /// The platforms whose rows may be in another unit, where neither the file nor the user says it.
    pub(super) doubtful: BTreeSet<Platform>,
    pub(super) order: Option<DayOrder>,
    /// The period the preamble states.
    pub(super) stated: Option<Period>,
    /// The period the file states, in its preamble or in every row.
    pub(super) period: Option<Period>,
    /// The currency of the whole file, where header, preamble or option say it.
    pub(super) currency: Option<Currency>,
    /// The platform of the whole file, where profile or option say it.
    pub(super) platform: Option<Platform>,
    /// The account of the whole file, where preamble or option say it.
    pub(super) account: Option<String>,
    /// How many rows the preamble says there are.
    pub(super) declared_rows: Option<u64>,
    /// The line of a row that is followed.
    pub(super) followed: Option<u64>,
}

/// The rows read so far. The rows of a file may be read in parts, in any order, and the parts [merged](Rows::merge).
pub(super) struct Rows<'a> {
    settled: &'a Settled<'a>,
    sums: Sums,
    /// The sums before each row was rounded, where rounding was asked for.
    exact: BTreeMap<Currency, Exact>,
    kept: u64,
    blank: u64,
    blank_lines: u64,
    totals: u64,
    /// The first rows left out, by line.
    excluded: BTreeMap<u64, String>,
    excluded_rows: u64,
    control: Control,
    /// How many rows a line below the table says there are, and that line.
    declared_rows: Option<(u64, u64)>,
    /// The first faults, by line.
    faults: BTreeMap<u64, Refusal>,
    fault_rows: u64,
    scientific: u64,
    /// The first time of day met on each day.
    times: BTreeMap<Day, String>,
    grain: Grain,
    /// The spans, first and last day, that rows of each month cover, each with its first line.
    months: BTreeMap<Month, BTreeMap<(Day, Day), u64>>,
    /// What became of the row that is followed.
    pub(super) fate: Option<RowFate>,
}

impl<'a> Rows<'a> {
    pub(super) fn new(settled: &'a Settled<'a>) -> Rows<'a> {
        Rows {
            settled,
            sums: Sums::default(),
            exact: BTreeMap::new(),
            kept: 0,
            blank: 0,
            blank_lines: 0,
            totals: 0,
            excluded: BTreeMap::new(),
            excluded_rows: 0,
            control: Control::default(),
            declared_rows: None,
            faults: BTreeMap::new(),
            fault_rows: 0,
            scientific: 0,
            times: BTreeMap::new(),
            grain: Grain::Day,
            months: BTreeMap::new(),
            fate: None,
        }
    }

    /// Reads one row; a fault is kept for the end. Returns the sum of every row with such cells, where it is spend.
    pub(super) fn add(&mut self, record: &Record, is_last: bool) -> Option<Place> {
        self.take(record, is_last).unwrap_or_else(|fault| {
            self.fault(fault.at_row(record.line()));
            None
        })
    }

    fn fault(&mut self, fault: Refusal) {
        self.fault_rows = self.fault_rows.saturating_add(1);
        self.faults.insert(fault.row.unwrap_or(0), fault);
        if self.faults.len() > FAULTS_LISTED + 1 {
            self.faults.pop_last();
        }
    }

    /// Takes in what other rows of the same file came to.
    pub(super) fn merge(&mut self, other: Rows<'a>) {
        if self.sums.merge(other.sums).is_err() {
            self.fault(too_many());
        }
        for (currency, sum) in other.exact {
            let sum = self.exact.get(&currency).copied().unwrap_or(Exact::ZERO).plus(sum);
            match sum {
                Some(sum) => drop(self.exact.insert(currency, sum)),
                None => self.fault(too_many()),
            }
        }
        self.kept += other.kept;
        self.blank += other.blank;
        self.blank_lines += other.blank_lines;
        self.totals += other.totals;
        self.excluded.extend(other.excluded);
        while self.excluded.len() > EXCLUDED_LISTED {
            self.excluded.pop_last();
        }
        self.excluded_rows += other.excluded_rows;
        self.control.merge(other.control);
        self.declared_rows = self.declared_rows.max(other.declared_rows);
        self.fault_rows = self.fault_rows.saturating_add(other.fault_rows);
        self.faults.extend(other.faults);
        while self.faults.len() > FAULTS_LISTED + 1 {
            self.faults.pop_last();
        }
        self.scientific += other.scientific;
        self.grain = self.grain.max(other.grain);
        for (day, time) in other.times {
            self.time(day, &time);
        }
        for (month, spans) in other.months {
            spans.into_iter().for_each(|(span, line)| self.span(month, span, line));
        }
    }

    /// Adds an amount of which another row has proven all the rest.
    pub(super) fn add_known(&mut self, place: Place, nanos: i128, line: u64) {
        match self.sums.add(place, nanos, line) {
            Ok(()) => self.kept += 1,
            Err(TooMany) => self.fault(too_many().at_row(line)),
        }
    }

    /// Returns how many rows a sum has, where it is found at once.
    #[inline]
    pub(super) fn rows_of(&self, place: Place) -> u32 {
        self.sums.rows_of(place)
    }

    /// Returns the currency of a sum.
    pub(super) fn currency_of(&self, place: Place) -> Option<Currency> {
        self.sums.currency(place)
    }

    /// Counts a row without an amount.
    pub(super) fn add_blank(&mut self) {
        self.blank += 1;
    }

    /// Notes what becomes of a row, if it is the one that is followed.
    fn follow(&mut self, record: &Record, fate: impl FnOnce() -> RowFate) {
        if self.settled.followed == Some(record.line()) {
            self.fate = Some(fate());
        }
    }

    fn take(&mut self, record: &Record, is_last: bool) -> Result<Option<Place>, Refusal> {
        let settled = self.settled;
        match Kind::of(record, &settled.columns, settled.profile) {
            Kind::Blank => {
                self.follow(record, || RowFate::Blank);
                self.blank += 1;
                self.blank_lines += 1;
                Ok(None)
            }
            Kind::Footer => {
                self.exclude(record, "a line below the table".to_owned());
                Ok(None)
            }
            Kind::Remark(label) => {
                let names = &settled.profile.totals.rows;
                let count = names.iter().find_map(|name| name.value_in(&label)).and_then(|count| count.parse().ok());
                self.declared_rows = self.declared_rows.max(count.map(|count| (record.line(), count)));
                self.exclude(record, format!("a line below the table, `{}`", shortened(&label)));
                Ok(None)
            }
            Kind::Ragged => Err(self.ragged(record, is_last)),
            Kind::Total(total) => self.take_total(record, &total).map(|()| None),
            Kind::Data if is_no_value(record.field(settled.columns.spend)) => {
                self.follow(record, || RowFate::Blank);
                self.blank += 1;
                Ok(None)
            }
            Kind::Data => self.take_spend(record).map(Some),
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
        self.control.add(record.line(), total, (amount, decimals), named.or(settled.currency), text.mark);
        Ok(())
    }

    fn take_spend(&mut self, record: &Record) -> Result<Place, Refusal> {
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
        let kept = settled.options.round.map_or(exact, |decimals| exact.rounded(decimals));
        let nanos = kept.nanos().ok_or_else(|| {
            Refusal::new(
                RefusalCode::TooPrecise,
                format!("`{}` has more than 9 decimals", cell.trim()),
                "say --round 6, for example: each row is then rounded once, and the difference is recorded",
            )
            .at_cell(header, cell)
        })?;
        if settled.options.round.is_some() {
            let sum = self.exact.get(&currency).copied().unwrap_or(Exact::ZERO).plus(exact);
            self.exact.insert(currency, sum.ok_or_else(|| out_of_range(currency).at_cell(header, cell))?);
        }
        if settled.followed == Some(record.line()) {
            let cost = Cost::from_nanos(nanos, currency).map_err(|_| out_of_range(currency).at_cell(header, cell))?;
            let (platform, account, campaign) = (platform.clone(), account.clone(), campaign.clone());
            self.fate = Some(RowFate::Kept { day, platform, account, campaign, cost });
        }
        let campaign = Campaign { platform, account, campaign, currency, name };
        let add = |sums: &mut Sums| {
            let place = sums.place(day, campaign)?;
            sums.add(place, nanos, record.line()).map(|()| place)
        };
        let place = add(&mut self.sums).map_err(|TooMany| too_many())?;
        self.kept += 1;
        self.scientific += u64::from(text.scientific);
        Ok(place)
    }

    fn day(&mut self, record: &Record) -> Result<Dated, Refusal> {
        let settled = self.settled;
        let columns = &settled.columns;
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
                    cell if month_in(cell).is_some() => (
                        format!("`{cell}` is a month, not a day"),
                        "export the report again by day; or say --spans month, which keeps figures of one month as they are",
                    ),
                    cell => (format!("`{cell}` is not a day{}", in_order(settled.order)), otherwise),
                };
                Refusal::new(RefusalCode::BadDay, message, hint).at_cell(self.header(at), cell)
            })
        };
        let month = |at: usize| month_in(record.field(at)).filter(|_| columns.months).map(Dated::from);
        // Of a report that begins or ends inside a month, its row covers no more than the report.
        let all_of = |month: Dated| {
            let days = settled.period.and_then(|period| period.overlap(month.period())).unwrap_or(month.period());
            (days.start(), days.last())
        };
        let (at, (first, last), time) = match columns.dated_by {
            DatedBy::Day(at) => match month(at) {
                Some(month) => (at, all_of(month), ""),
                None => {
                    let (day, date) = read(at)?;
                    (at, (day, day), date.time)
                }
            },
            DatedBy::Span(first, last) => (first, (read(first)?.0, read(last)?.0), ""),
            DatedBy::Month(at) => match month(at) {
                Some(month) => (at, all_of(month), ""),
                None => (at, all_of(self.month_from(read(at)?.0, record, at)?), ""),
            },
            // Such columns are found only where the file states its period.
            DatedBy::Report => {
                let stated = settled.stated.ok_or_else(|| self.not_daily(columns.spend, record, None))?;
                (columns.spend, (stated.start(), stated.last()), "")
            }
        };
        let Some(dated) = columns.dated(first, last) else {
            let at = columns.dated_by.cells().into_iter().flatten().last().unwrap_or(at);
            return Err(self.not_daily(at, record, Some((first, last))));
        };
        if let Some(period) = settled.period.filter(|period| !(period.contains(first) && period.contains(last))) {
            let message =
                format!("{dated} is outside the period the file states, {} to {}", period.start(), period.last());
            let hint = "check that days are read in the right order (--day-order), or export the report again";
            return Err(
                Refusal::new(RefusalCode::DayOutsidePeriod, message, hint).at_cell(self.header(at), record.field(at))
            );
        }
        // A dump may carry every day's midnight in another zone; only two times on one day are hours.
        if !time.is_empty() {
            self.time(first, time);
        }
        if dated.is_month() {
            self.span(dated.month(), (first, last), record.line());
        }
        Ok(dated)
    }

    /// The month of which this is the first day.
    fn month_from(&self, day: Day, record: &Record, at: usize) -> Result<Dated, Refusal> {
        if day.day_of_month() == 1 {
            return Ok(day.month().into());
        }
        let message = format!("{day} is neither a month nor the first day of one");
        let hint = "export the report again with months like 2018-02, or by day";
        Err(Refusal::new(RefusalCode::BadDay, message, hint).at_cell(self.header(at), record.field(at)))
    }

    /// Refuses a row of more than one day; where months are taken, of more than one month.
    fn not_daily(&self, at: usize, record: &Record, days: Option<(Day, Day)>) -> Refusal {
        let daily = &self.settled.profile.daily;
        let covers =
            days.map_or("the row says no days".to_owned(), |(first, last)| format!("the row covers {first} to {last}"));
        let is_of_a_month = days.is_some_and(|(first, last)| first.month() == last.month());
        let (what, hint) = match self.settled.columns.months {
            true => ("neither a single day nor days of one month", daily.clone()),
            false if is_of_a_month => ("not a single day", or_months(daily)),
            false => ("not a single day", daily.clone()),
        };
        let message = format!("{covers}, {what}");
        Refusal::new(RefusalCode::NoDailyRows, message, hint).at_cell(self.header(at), record.field(at))
    }

    /// Notes which days a row of a month covers.
    fn span(&mut self, month: Month, span: (Day, Day), line: u64) {
        self.grain = Grain::Month;
        let first_line = self.months.entry(month).or_default().entry(span).or_insert(line);
        *first_line = line.min(*first_line);
    }

    fn time(&mut self, day: Day, time: &str) {
        if self.grain == Grain::Day {
            let first = self.times.entry(day).or_insert_with(|| time.to_owned());
            if first != time {
                self.grain = Grain::Hour;
                self.times.clear();
            }
        }
    }

    fn platform(&self, record: &Record) -> Result<Platform, Refusal> {
        let whole = self.settled.platform.as_ref();
        if let (Some(at), Some(whole)) = (self.settled.columns.other_platform, whole) {
            let cell = record.field(at);
            let other = cell.parse().ok().filter(|other: &Platform| other.is_known() && other != whole);
            if let Some(other) = other {
                let message = format!("the row is of {other}, but the file looks like one of {whole}");
                let hint = "say --profile generic if it holds several platforms, or export each by itself";
                return Err(Refusal::new(RefusalCode::PlatformUnknown, message, hint).at_cell(self.header(at), cell));
            }
        }
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
        if self.settled.doubtful.contains(&platform) {
            let message = format!(
                "tables of {platform} may hold money in millionths, and nothing says whether this one does under `{}`",
                self.header(self.settled.columns.spend)
            );
            let hint = "compare one figure with the account; then say --unit currency or --unit micros, and import rows of \
                        platforms with the other unit from a file of their own";
            return Err(Refusal::new(RefusalCode::UnitUnknown, message, hint).at_cell(self.header(at), cell));
        }
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
        let id = id.filter(|id| !is_total_label(id, self.settled.profile));
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
            (None, Some(at)) if is_total_label(&name, self.settled.profile) => Err(Refusal::new(
                RefusalCode::CampaignUnknown,
                format!("`{name}` may be a total or a campaign called so; the row has a day, and no id of a campaign"),
                "export the report again without totals, or with the ids of campaigns",
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
        self.follow(record, || RowFate::LeftOut(reason.clone()));
        self.excluded.insert(record.line(), reason);
        if self.excluded.len() > EXCLUDED_LISTED {
            self.excluded.pop_last();
        }
    }

    fn header(&self, at: usize) -> &'a str {
        self.settled.headers.get(at).map_or("", |header| header.text.as_str())
    }

    /// Returns what the rows speak of.
    pub(super) fn grain(&self) -> Grain {
        self.grain
    }
}

fn out_of_range(currency: Currency) -> Refusal {
    Refusal::new(
        RefusalCode::OutOfRange,
        format!("the sum of the amounts in {currency} is too large to be money"),
        "check the unit of the money column; see --unit",
    )
}

fn too_many() -> Refusal {
    let message = "the file has more rows, campaigns or money than can be counted";
    Refusal::new(RefusalCode::OutOfRange, message, "export the report in several files, each of a shorter period")
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
