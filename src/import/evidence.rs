//! [`Evidence`]: what all cells of the money and day columns together prove.
//!
//! One number may be read in two ways; a whole column seldom. So nothing is decided row by row.

use crate::calendar::Period;
use crate::sheet::Record;

use super::amount::{AmountText, Proof, is_no_value};
use super::columns::DatedBy;
use super::date::{DateText, period_in};
use super::header::Header;
use super::kind::Kind;
use super::profile::Profile;
use super::refusal::{Refusal, RefusalCode, shortened};
use super::rows::Settled;
use super::{DayOrder, DecimalMark, Options};

/// A cell that proves something: line and text.
type Witness = Option<(u64, String)>;

/// What was seen in the whole file.
#[derive(Debug, Default)]
pub(super) struct Evidence {
    point: Witness,
    comma: Witness,
    open_amount: Witness,
    day_first: Witness,
    month_first: Witness,
    open_day: Witness,
    /// Days that say their order themselves with the year first, and days that do not say it.
    year_first: Witness,
    numeric: Witness,
    /// Of the days that read both ways: is each inside the stated period, read day first and read month first.
    fits: [bool; 2],
    /// The order of the first day that says it itself, and its line.
    written: Option<(u64, DayOrder)>,
    /// First and last day of the report as the rows repeat it; gone once two rows differ.
    report: Report,
}

#[derive(Debug, Default, PartialEq)]
enum Report {
    #[default]
    Unseen,
    Same(String, String),
    Different,
}

fn witness(place: &mut Witness, line: u64, cell: &str) {
    if place.as_ref().is_none_or(|(known, _)| line < *known) {
        *place = Some((line, shortened(cell)));
    }
}

impl Evidence {
    pub(super) fn new() -> Evidence {
        Evidence { fits: [true, true], ..Evidence::default() }
    }

    /// Looks at one row.
    pub(super) fn add(&mut self, record: &Record, settled: &Settled) {
        let (columns, stated) = (&settled.columns, settled.stated);
        let kind = Kind::of(record, columns, settled.profile);
        if !matches!(kind, Kind::Data | Kind::Total(_)) {
            return;
        }
        let amount = record.field(columns.spend);
        if let Some(text) = Some(amount).filter(|cell| !is_no_value(cell)).and_then(|cell| AmountText::of(cell).ok()) {
            self.add_amount(text.proof(), record.line(), || amount);
        }
        if kind != Kind::Data {
            return;
        }
        let (first, last) = match columns.dated_by {
            DatedBy::Day(at) => (at, at),
            DatedBy::Span(first, last) => (first, last),
        };
        self.add_day(record, record.field(first), stated);
        if last != first {
            self.add_day(record, record.field(last), stated);
        }
        if let Some((first, last)) = columns.report_period {
            let (first, last) = (record.field(first).trim(), record.field(last).trim());
            match &self.report {
                Report::Unseen => {
                    // They are written like the days of the rows, and prove the order as well as these.
                    self.add_proof(record, first);
                    self.add_proof(record, last);
                    self.report = Report::Same(first.to_owned(), last.to_owned());
                }
                Report::Same(a, b) if a != first || b != last => self.report = Report::Different,
                _ => {}
            }
        }
    }

    /// Notes what an amount proves of its decimal mark.
    #[inline]
    pub(super) fn add_amount<'c>(&mut self, proof: Proof, line: u64, cell: impl FnOnce() -> &'c str) {
        let place = match proof {
            Proof::Irrelevant => return,
            Proof::Mark(DecimalMark::Point) => &mut self.point,
            Proof::Mark(DecimalMark::Comma) => &mut self.comma,
            Proof::Open => &mut self.open_amount,
        };
        if place.as_ref().is_none_or(|(known, _)| line < *known) {
            witness(place, line, cell());
        }
    }

    /// Takes in what other rows of the same file prove.
    pub(super) fn merge(&mut self, other: Evidence) {
        let first = |ours: &mut Witness, theirs: Witness| {
            if let Some((line, cell)) = theirs {
                witness(ours, line, &cell);
            }
        };
        first(&mut self.point, other.point);
        first(&mut self.comma, other.comma);
        first(&mut self.open_amount, other.open_amount);
        first(&mut self.day_first, other.day_first);
        first(&mut self.month_first, other.month_first);
        first(&mut self.open_day, other.open_day);
        first(&mut self.year_first, other.year_first);
        first(&mut self.numeric, other.numeric);
        self.fits = [self.fits[0] && other.fits[0], self.fits[1] && other.fits[1]];
        self.written = self.written.into_iter().chain(other.written).min();
        self.report = match (std::mem::take(&mut self.report), other.report) {
            (Report::Unseen, report) | (report, Report::Unseen) => report,
            (ours, theirs) if ours == theirs => ours,
            _ => Report::Different,
        };
    }

    fn add_proof(&mut self, record: &Record, cell: &str) {
        match DateText::of(cell).and_then(|date| date.proof()) {
            Some(DayOrder::DayMonthYear) => witness(&mut self.day_first, record.line(), cell),
            Some(DayOrder::MonthDayYear) => witness(&mut self.month_first, record.line(), cell),
            _ => {}
        }
    }

    fn add_day(&mut self, record: &Record, cell: &str, stated: Option<Period>) {
        let Some(date) = DateText::of(cell) else { return };
        let written = date.order().map(|order| (record.line(), order));
        self.written = self.written.into_iter().chain(written).min();
        match date.order() {
            Some(DayOrder::YearMonthDay) => witness(&mut self.year_first, record.line(), cell),
            Some(_) => {}
            None => witness(&mut self.numeric, record.line(), cell),
        }
        self.add_proof(record, cell);
        if date.is_open() {
            witness(&mut self.open_day, record.line(), cell);
            let [day_first, month_first] = &mut self.fits;
            for (fits, order) in [(day_first, DayOrder::DayMonthYear), (month_first, DayOrder::MonthDayYear)] {
                let day = date.day(Some(order));
                *fits &= stated.zip(day).is_some_and(|(stated, day)| stated.contains(day));
            }
        }
    }

    /// Returns the decimal mark, `None` where every amount reads the same with either.
    pub(super) fn decimal_mark(
        &self,
        options: &Options,
        profile: &Profile,
        spend: &Header,
    ) -> Result<Option<DecimalMark>, Refusal> {
        const HINT: &str = "say --decimal point or --decimal comma";
        if let Some(mark) = options.decimal_mark.or(profile.decimal_mark) {
            return Ok(Some(mark));
        }
        let refused = |message: String, (row, cell): &(u64, String)| {
            Refusal::new(RefusalCode::DecimalMarkUnknown, message, HINT).at_row(*row).at_cell(&spend.text, cell)
        };
        match (&self.point, &self.comma, &self.open_amount) {
            (Some(point), Some(comma), _) => Err(refused(
                format!(
                    "the amounts mix decimal marks: `{}` on line {} has a point, `{}` on line {} a comma",
                    point.1, point.0, comma.1, comma.0
                ),
                comma,
            )),
            (Some(_), None, _) => Ok(Some(DecimalMark::Point)),
            (None, Some(_), _) => Ok(Some(DecimalMark::Comma)),
            (None, None, None) => Ok(None),
            (None, None, Some(open)) => Err(refused(
                format!(
                    "line {}: `{}` may be a thousand or a fraction, and no other amount in the file tells",
                    open.0, open.1
                ),
                open,
            )),
        }
    }

    /// Returns how the days are written.
    pub(super) fn day_order(
        &self,
        options: &Options,
        profile: &Profile,
        day: &Header,
    ) -> Result<Option<DayOrder>, Refusal> {
        let refused = |message: String, (row, cell): &(u64, String)| {
            let hint = match DateText::of(cell).is_some_and(|date| date.has_short_year()) {
                true => "say --day-order dmy (day first), mdy (month first) or ymd (year first)",
                false => "say --day-order dmy (day first) or --day-order mdy (month first)",
            };
            Refusal::new(RefusalCode::DayOrderUnknown, message, hint).at_row(*row).at_cell(&day.text, cell)
        };
        if let (Some(a), Some(b)) = (&self.year_first, &self.numeric) {
            let message = format!(
                "the days are written in two ways: `{}` on line {}, `{}` on line {}; a spreadsheet may have taken the days \
                 of some for their months",
                a.1, a.0, b.1, b.0
            );
            let hint = "import the file as the platform gave it, without opening and saving it in a spreadsheet";
            let refusal = Refusal::new(RefusalCode::DayOrderUnknown, message, hint);
            return Err(refusal.at_row(b.0).at_cell(&day.text, &b.1));
        }
        if let (Some(a), Some(b)) = (&self.day_first, &self.month_first) {
            let message = format!(
                "the days mix two orders: `{}` on line {} has the day first, `{}` on line {} the month",
                a.1, a.0, b.1, b.0
            );
            return Err(refused(message, b));
        }
        let proven = match (&self.day_first, &self.month_first) {
            (Some(_), _) => Some(DayOrder::DayMonthYear),
            (_, Some(_)) => Some(DayOrder::MonthDayYear),
            _ => None,
        };
        let by_period = match self.fits {
            [true, false] => Some(DayOrder::DayMonthYear),
            [false, true] => Some(DayOrder::MonthDayYear),
            _ => None,
        };
        let by_period = by_period.filter(|_| self.open_day.is_some());
        // A profile's order speaks of numeric days only; a file that writes days otherwise says so itself.
        let by_profile = profile.day_order.filter(|_| self.written.is_none() || self.open_day.is_some());
        let order = options.day_order.or(proven).or(by_period).or(by_profile);
        let written = self.written.map(|(_, order)| order).filter(|_| self.open_day.is_none());
        match (order.or(written), &self.open_day) {
            (Some(order), _) => Ok(Some(order)),
            (None, None) => Ok(None),
            (None, Some(open)) => Err(refused(
                format!(
                    "line {}: `{}` may have {} first, and no other day in the file tells",
                    open.0,
                    open.1,
                    if DateText::of(&open.1).is_some_and(|date| date.has_short_year()) {
                        "the day, the month or the year"
                    } else {
                        "the day or the month"
                    }
                ),
                open,
            )),
        }
    }

    /// Returns the report's period as every row repeats it.
    pub(super) fn report_period(&self, order: Option<DayOrder>) -> Option<Period> {
        match &self.report {
            Report::Same(first, last) => period_in(&format!("{first} to {last}"), order),
            _ => None,
        }
    }
}
