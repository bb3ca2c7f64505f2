//! What was made of an export: for `inspect` and `import`.

use std::collections::BTreeSet;

use serde::Serialize;

use super::table::{Cell, Column, Document, Row, Table};
use crate::calendar::{Dated, Day};
use crate::import::{DayOrder, DecimalMark, Grain, Reading, Refusal, RefusalCode, Unit, Warning};
use crate::ledger::{Acceptance, Restated};
use crate::money::grouped;
use crate::scope::{Id, Platform};
use crate::visible::visible_json;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It can be read, or was taken into the ledger.
    Accepted,
    /// The ledger has these bytes already.
    Unchanged,
    /// It is not taken, and why is said.
    Refused,
}

/// One file, what was decided about it, and what became of it.
#[derive(Clone, Debug)]
pub struct ImportReport {
    reading: Reading,
    outcome: Outcome,
    id: Option<Id>,
    restated: Vec<Restated>,
    warnings: Vec<Warning>,
    refusal: Option<Refusal>,
    is_planned: bool,
}

impl ImportReport {
    /// Reports a file that was only looked at.
    pub fn inspected(reading: Reading) -> ImportReport {
        let refusal = reading.outcome.as_ref().err().cloned();
        let outcome = if refusal.is_some() { Outcome::Refused } else { Outcome::Accepted };
        let (warnings, restated) = (reading.warnings.clone(), Vec::new());
        ImportReport { warnings, reading, outcome, id: None, restated, refusal, is_planned: false }
    }

    /// Reports a file that the ledger took, knew or refused.
    pub fn imported(reading: Reading, result: Result<Acceptance, Refusal>) -> ImportReport {
        let mut report = ImportReport::inspected(reading);
        match result {
            Ok(acceptance) => {
                report.outcome = if acceptance.unchanged { Outcome::Unchanged } else { Outcome::Accepted };
                report.id = Some(acceptance.id);
                if let Ok(rollup) = &mut report.reading.outcome {
                    rollup.covered = acceptance.covered;
                }
                report.restated = acceptance.restated;
                report.warnings.extend(acceptance.warnings);
            }
            Err(refusal) => {
                report.outcome = Outcome::Refused;
                report.refusal = Some(refusal);
            }
        }
        report
    }

    /// Reports the same as what would become of the file, for a dry run.
    pub fn planned(self) -> ImportReport {
        ImportReport { is_planned: true, ..self }
    }

    /// Returns what became of the file.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// Returns the file as it was named.
    pub fn file(&self) -> &str {
        &self.reading.file
    }

    /// Returns why the file is not taken.
    pub fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_ref()
    }

    /// Returns what is worth pointing out.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Returns the reports of several files as a JSON array, with a line feed at its end.
    pub fn json(reports: &[ImportReport]) -> Result<String, serde_json::Error> {
        let files: Vec<FileJson<'_>> = reports.iter().map(FileJson::of).collect();
        Ok(visible_json(serde_json::to_string_pretty(&files)? + "\n"))
    }

    /// Returns the reports of several files as tables.
    pub fn document(title: &str, reports: &[ImportReport]) -> Document {
        let tables = reports.iter().flat_map(ImportReport::tables).collect();
        Document { title: title.to_owned(), tables, ..Document::default() }
    }

    fn tables(&self) -> Vec<Table> {
        let reading = &self.reading;
        let mut decisions: Vec<(&str, String)> = Vec::new();
        let mut say = |what: &'static str, value: Option<String>| decisions.extend(value.map(|value| (what, value)));
        say(
            "Import",
            self.id.as_ref().map(|id| match self.outcome {
                Outcome::Unchanged => format!("{id} (these bytes are in the ledger already; nothing changed)"),
                _ => id.to_string(),
            }),
        );
        if self.outcome != Outcome::Unchanged {
            self.decisions(&mut say);
        }
        say("Refused", self.refusal().map(|refusal| refusal.code.to_string()));
        let columns = vec![Column::key("what", ""), Column::figure("value", "")];
        let rows =
            decisions.into_iter().map(|(what, value)| Row::body(vec![Cell::text(what), Cell::text(value)])).collect();
        let state = match self.outcome {
            Outcome::Accepted if self.is_planned => "would be imported",
            Outcome::Accepted if self.id.is_some() => "imported",
            Outcome::Accepted => "can be imported",
            Outcome::Unchanged => "unchanged",
            Outcome::Refused => "refused",
        };
        let warnings = self.warnings.iter().map(|warning| format!("Warning: {}.", warning.message));
        let mut tables = vec![Table::new("file", format!("{}: {state}", reading.file), columns, rows).noted(warnings)];
        if self.outcome != Outcome::Unchanged
            && let Ok(rollup) = &reading.outcome
            && !rollup.excluded.is_empty()
        {
            let rows = rollup.excluded.iter().map(|one| Row::body(vec![Cell::Count(one.row), Cell::text(&one.reason)]));
            tables.push(Table::new(
                "left_out",
                "Rows left out",
                vec![Column::key("row", "Line"), Column::figure("reason", "Why")],
                rows.collect(),
            ));
        }
        if !self.restated.is_empty() {
            tables.push(self.restated_table());
        }
        tables
    }

    /// Says how the file was read: every decision, and what came of it.
    fn decisions(&self, say: &mut impl FnMut(&'static str, Option<String>)) {
        let reading = &self.reading;
        say("Unpacked from", reading.packing.clone());
        say("Platform", reading.platform.as_ref().map(Platform::to_string));
        say("Profile", reading.profile.clone());
        say(
            "Text",
            reading.encoding.clone().map(|encoding| match reading.delimiter {
                Some('\t') => format!("{encoding}, cells between tabs"),
                Some(delimiter) => format!("{encoding}, cells between `{delimiter}`"),
                None => encoding,
            }),
        );
        say("Header", reading.header_row.map(|row| format!("line {row}")));
        say(
            "Money",
            reading.spend_column.clone().map(|column| match reading.unit {
                Some(Unit::Micros) => format!("`{column}`, in millionths of the currency"),
                Some(Unit::Currency) => format!("`{column}`, in units of the currency"),
                None => format!("`{column}`"),
            }),
        );
        say("Decimal mark", reading.decimal_mark.map(|mark| mark.to_string()));
        say(
            "Days",
            match (reading.grain, reading.day_order.map(written)) {
                (Some(grain), Some(written)) => Some(format!("figures per {grain}, days written {written}")),
                (Some(grain), None) => Some(format!("figures per {grain}")),
                (None, written) => written.map(|written| format!("days written {written}")),
            },
        );
        say("Exported", reading.exported.map(|day| day.to_string()));
        if let Ok(rollup) = &reading.outcome {
            say("Covers", Some(format!("{} to {}", rollup.covered.start(), rollup.covered.last())));
            let name = |(platform, account): &(Platform, String)| match account.as_str() {
                "" => format!("{platform}, no account named"),
                account => format!("{platform}/{account}"),
            };
            say("Accounts", Some(rollup.accounts.iter().map(name).collect::<Vec<_>>().join(", ")));
            say(
                "Rows",
                Some(format!(
                    "{} kept, {} without an amount, {} left out, {} in all; {} {}",
                    count(rollup.rows_kept),
                    count(rollup.blank_rows),
                    count(rollup.excluded_rows),
                    count(rollup.rows_read),
                    count(rollup.len() as u64),
                    if reading.grain == Some(Grain::Month) { "figures" } else { "campaign-days" }
                )),
            );
            say(
                "Control",
                match rollup.agreed_totals {
                    0 => None,
                    1 => Some("the file's own total agrees with the rows kept".into()),
                    several => Some(format!("{} totals of the file agree with the rows kept", count(several))),
                },
            );
            for sum in rollup.totals.iter() {
                say("Spend", Some(sum.spelled()));
            }
            for sum in rollup.rounded.iter().flat_map(|totals| totals.iter()) {
                say("Rounded away", Some(format!("{sum} {}", sum.currency())));
            }
        }
    }

    fn restated_table(&self) -> Table {
        let platforms: BTreeSet<&Platform> = self.restated.iter().map(|one| &one.platform).collect();
        let platform = Column::key("platform", "Platform");
        let columns = vec![
            Column::key("day", "Day"),
            if platforms.len() > 1 { platform } else { platform.unshown() },
            Column::key("account", "Account"),
            Column::key("campaign", "Campaign"),
            Column::key("currency", "Currency"),
            Column::figure("was", "Was"),
            Column::figure("now", "Now"),
        ];
        let row = |one: &Restated| {
            Row::body(vec![
                Cell::dated(one.day),
                Cell::text(&one.platform),
                Cell::text(&one.account),
                Cell::text(&one.campaign),
                Cell::text(one.currency),
                Cell::or_blank(one.was, Cell::Cost),
                Cell::or_blank(one.now, Cell::Cost),
            ])
        };
        Table::new(
            "restated",
            "Figures known before that are others now",
            columns,
            self.restated.iter().map(row).collect(),
        )
        .noted(vec![
            "An empty cell: not known before, or gone now. Nothing is deleted: --as-known shows what was known.".into(),
        ])
    }

    /// Returns the first rows of the file as they stand, a column of the file a row: exports are wide.
    pub fn first_rows(&self) -> Option<Table> {
        let (header, rows) = self.reading.first_rows.split_first()?;
        let shown = &rows[..rows.len().min(FIRST_ROWS)];
        let mut columns = vec![Column::key("column", "Column")];
        columns.extend((1..=shown.len()).map(|at| Column::figure(&format!("row_{at}"), &format!("Row {at}"))));
        let cells = |at: usize, name: &String| {
            let values = shown.iter().map(|row| Cell::or_blank(row.get(at), Cell::text));
            std::iter::once(Cell::text(name)).chain(values).collect()
        };
        let rows = header.iter().enumerate().map(|(at, name)| Row::body(cells(at, name))).collect();
        let title = format!("{}: first rows under the header", self.reading.file);
        Some(Table::new("first_rows", title, columns, rows))
    }
}

/// More than these do not stand beside each other on a screen.
const FIRST_ROWS: usize = 3;

fn count(things: u64) -> String {
    grouped(&things.to_string())
}

fn written(order: DayOrder) -> &'static str {
    match order {
        DayOrder::YearMonthDay => "year, month, day",
        DayOrder::MonthDayYear => "month, day, year",
        DayOrder::DayMonthYear => "day, month, year",
    }
}

#[derive(Serialize)]
struct FileJson<'a> {
    file: &'a str,
    outcome: Outcome,
    id: Option<&'a Id>,
    platform: Option<&'a Platform>,
    profile: Option<&'a str>,
    packing: Option<&'a str>,
    encoding: Option<&'a str>,
    delimiter: Option<char>,
    spend_column: Option<&'a str>,
    unit: Option<Unit>,
    day_order: Option<DayOrder>,
    decimal_mark: Option<DecimalMark>,
    grain: Option<Grain>,
    rows: u64,
    blank_rows: u64,
    excluded: Vec<ExcludedJson<'a>>,
    first_day: Option<Day>,
    last_day: Option<Day>,
    totals: Vec<TotalJson>,
    restated: Vec<RestatedJson<'a>>,
    warnings: Vec<WarningJson<'a>>,
    refusal: Option<RefusalJson<'a>>,
}

#[derive(Serialize)]
struct ExcludedJson<'a> {
    row: u64,
    reason: &'a str,
}

#[derive(Serialize)]
struct TotalJson {
    currency: &'static str,
    amount: String,
}

#[derive(Serialize)]
struct RestatedJson<'a> {
    day: Dated,
    platform: &'a Platform,
    account: &'a str,
    campaign: &'a str,
    currency: &'static str,
    was: Option<String>,
    now: Option<String>,
}

#[derive(Serialize)]
struct WarningJson<'a> {
    code: &'a str,
    message: &'a str,
}

#[derive(Serialize)]
struct RefusalJson<'a> {
    code: RefusalCode,
    message: &'a str,
    row: Option<u64>,
    column: Option<&'a str>,
    cell: Option<&'a str>,
    hint: &'a str,
    more: Vec<FaultJson<'a>>,
    more_rows: u64,
}

#[derive(Serialize)]
struct FaultJson<'a> {
    code: RefusalCode,
    row: Option<u64>,
    column: &'a str,
    cell: &'a str,
    message: &'a str,
    hint: &'a str,
}

impl<'a> FileJson<'a> {
    fn of(report: &'a ImportReport) -> FileJson<'a> {
        let reading = &report.reading;
        let rollup = reading.outcome.as_ref().ok();
        let excluded = rollup.iter().flat_map(|rollup| &rollup.excluded);
        let totals = rollup.iter().flat_map(|rollup| rollup.totals.iter());
        FileJson {
            file: &reading.file,
            outcome: report.outcome,
            id: report.id.as_ref(),
            platform: reading.platform.as_ref(),
            profile: reading.profile.as_deref(),
            packing: reading.packing.as_deref(),
            encoding: reading.encoding.as_deref(),
            delimiter: reading.delimiter,
            spend_column: reading.spend_column.as_deref(),
            unit: reading.unit,
            day_order: reading.day_order,
            decimal_mark: reading.decimal_mark,
            grain: reading.grain,
            rows: rollup.map_or(0, |rollup| rollup.rows_kept),
            blank_rows: rollup.map_or(0, |rollup| rollup.blank_rows),
            excluded: excluded.map(|one| ExcludedJson { row: one.row, reason: &one.reason }).collect(),
            first_day: rollup.map(|rollup| rollup.covered.start()),
            last_day: rollup.map(|rollup| rollup.covered.last()),
            totals: totals.map(|sum| TotalJson { currency: sum.currency().code(), amount: sum.to_string() }).collect(),
            restated: report
                .restated
                .iter()
                .map(|one| RestatedJson {
                    day: one.day,
                    platform: &one.platform,
                    account: &one.account,
                    campaign: &one.campaign,
                    currency: one.currency.code(),
                    was: one.was.map(|cost| cost.to_string()),
                    now: one.now.map(|cost| cost.to_string()),
                })
                .collect(),
            warnings: report.warnings.iter().map(|one| WarningJson { code: one.code, message: &one.message }).collect(),
            refusal: report.refusal.as_ref().map(|refusal| RefusalJson {
                code: refusal.code,
                message: &refusal.message,
                row: refusal.row,
                column: refusal.column.as_deref(),
                cell: refusal.cell.as_deref(),
                hint: &refusal.hint,
                more: refusal
                    .more
                    .iter()
                    .map(|fault| FaultJson {
                        code: fault.code,
                        row: fault.row,
                        column: &fault.column,
                        cell: &fault.cell,
                        message: &fault.message,
                        hint: &fault.hint,
                    })
                    .collect(),
                more_rows: refusal.more_rows,
            }),
        }
    }
}
