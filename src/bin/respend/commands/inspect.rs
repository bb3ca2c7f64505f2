//! `respend inspect`

use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use respend::import::{self, DayOrder, DecimalMark, Options, Profiles, Reading, Spans, Unit};
use respend::ledger::Ledger;
use respend::render::visible;
use respend::report::{ImportReport, Outcome};
use respend::{Currency, Day, Platform};

use crate::context::Context;
use crate::everywhere::{Everywhere, Format};
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct Inspect {
    /// The export files
    #[arg(required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    reading: ReadingArgs,
}

/// What an export does not say itself.
#[derive(Args, Clone, Debug)]
pub(crate) struct ReadingArgs {
    /// The currency of the money
    #[arg(long)]
    currency: Option<Currency>,
    /// The unit of the money: currency or micros
    #[arg(long)]
    unit: Option<Unit>,
    /// The order in days: ymd, dmy or mdy
    #[arg(long)]
    day_order: Option<DayOrder>,
    /// The decimal mark: point or comma
    #[arg(long = "decimal")]
    decimal_mark: Option<DecimalMark>,
    /// The header of the column that holds the spend
    #[arg(long, value_name = "HEADER")]
    spend_column: Option<String>,
    /// The platform
    #[arg(long)]
    platform: Option<Platform>,
    /// The account
    #[arg(long)]
    account: Option<String>,
    /// Read with this profile
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// The sheet of a workbook that holds the spend
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// The day the export was made
    #[arg(long, value_name = "DAY")]
    exported: Option<Day>,
    /// Round amounts finer than this many decimals, half to even
    #[arg(long, value_name = "DECIMALS", value_parser = clap::value_parser!(u32).range(0..=9))]
    round: Option<u32>,
    /// Take rows of more than one day for figures of their month: month
    #[arg(long)]
    spans: Option<Spans>,
}

impl ReadingArgs {
    pub(crate) fn options(&self) -> Options {
        Options {
            currency: self.currency,
            unit: self.unit,
            day_order: self.day_order,
            decimal_mark: self.decimal_mark,
            spend_column: self.spend_column.clone(),
            platform: self.platform.clone(),
            account: self.account.clone(),
            profile: self.profile.clone(),
            sheet: self.sheet.clone(),
            exported: self.exported,
            round: self.round,
            spans: self.spans,
        }
    }
}

/// Returns the built-in profiles and those of a ledger; whatever is wrong in these is said together.
pub(crate) fn profiles(ledger: Option<&Ledger>) -> Result<Profiles, Failure> {
    let mut profiles = Profiles::built_in();
    let mut wrong = Vec::new();
    for (name, toml) in ledger.map(Ledger::profiles).transpose()?.unwrap_or_default() {
        if let Err(error) = profiles.add(&name, &toml) {
            wrong.extend(
                error.faults.iter().map(|fault| visible(&format!("profiles/{name}.toml:{fault}")).into_owned()),
            );
        }
    }
    match wrong.is_empty() {
        true => Ok(profiles),
        false => Err(Failure::could_not(wrong.join("\n"), "docs/profiles.md says what a profile holds")),
    }
}

/// Reads a file, with a progress bar where somebody watches.
pub(crate) fn read(
    file: &Path,
    options: &Options,
    profiles: &Profiles,
    everywhere: &Everywhere,
) -> Result<Reading, Failure> {
    let bar = if io::stderr().is_terminal() && !everywhere.quiet { ProgressBar::new(0) } else { ProgressBar::hidden() };
    let look = "{msg} [{bar:30}] {bytes}/{total_bytes}, {bytes_per_sec}, {eta} left";
    bar.set_style(ProgressStyle::with_template(look).unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.set_message(output::shown(file));
    let reading = import::read(file, options, profiles, &mut |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    reading.map_err(|error| {
        let hint = match error.kind() {
            io::ErrorKind::StorageFull => "let TMPDIR name a folder that has room and may be written to",
            _ => "name a file that exists and may be read",
        };
        Failure::could_not(format!("cannot read `{}`: {error}", output::shown(file)), hint)
    })
}

/// Says why files are refused, each with its place and the way out.
pub(crate) fn explain(reports: &[ImportReport]) {
    for report in reports {
        let Some(refusal) = report.refusal() else { continue };
        let place = refusal.row.map(|row| format!(":{row}")).unwrap_or_default();
        // The place names the line already.
        let line = refusal.row.map(|row| format!("line {row}: ")).unwrap_or_default();
        let message = refusal.message.strip_prefix(&line).unwrap_or(&refusal.message);
        let file = visible(report.file());
        let mut what = format!("{file}{place}: {} [{}]", visible(message), refusal.code);
        for fault in &refusal.more {
            let place = fault.row.map(|row| format!(":{row}")).unwrap_or_default();
            what += &format!("\n{file}{place}: {} [{}]", visible(&fault.message), fault.code);
        }
        let left = refusal.more_rows.saturating_sub(refusal.more.len() as u64);
        if left > 0 {
            what += &format!("\n{file}: and {left} more");
        }
        let _ = Failure::refused(what, refusal.hints().join("\n")).explain();
    }
}

pub(crate) fn run(context: &Context, inspect: &Inspect) -> Result<(), Failure> {
    // A ledger is not needed; where there is one, its own profiles count.
    let ledger = context.dir().ok().map(|dir| Ledger::open(&dir)).transpose()?;
    let profiles = profiles(ledger.as_ref())?;
    let (mut reports, mut failures) = (Vec::new(), Vec::new());
    for file in &inspect.files {
        match read(file, &inspect.reading.options(), &profiles, &context.everywhere) {
            Ok(reading) => reports.push(ImportReport::inspected(reading)),
            Err(failure) => failures.push(failure),
        }
    }
    if context.everywhere.format == Format::Json {
        output::text(&context.everywhere, &json(&reports)?)?;
    } else if !reports.is_empty() {
        let mut document = ImportReport::document("Inspected; nothing is written", &reports);
        document.tables.extend(reports.iter().filter_map(ImportReport::first_rows));
        output::document(&context.everywhere, &document)?;
    }
    finish(&reports, failures)
}

/// Returns the reports as JSON.
pub(crate) fn json(reports: &[ImportReport]) -> Result<String, Failure> {
    ImportReport::json(reports).map_err(|error| Failure::could_not(error.to_string(), ""))
}

/// Explains what was refused and what could not be done; the exit code tells the worst of it.
pub(crate) fn finish(reports: &[ImportReport], mut failures: Vec<Failure>) -> Result<(), Failure> {
    explain(reports);
    failures.sort_by_key(|failure| matches!(failure, Failure::CouldNot { .. }));
    let refused = reports.iter().any(|report| report.outcome() == Outcome::Refused);
    let last = failures.pop();
    for failure in &failures {
        let _ = failure.explain();
    }
    match last {
        Some(failure) => Err(failure),
        None if refused => Err(Failure::Said),
        None => Ok(()),
    }
}
