//! `respend trace`

use std::fs::File;
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};

use clap::Args;
use respend::ledger::{Import, Ledger, sha256_of};
use respend::report::{self, Listed};
use respend::statement::{Figure, Statement};
use respend::trace::{Of, Question, RowTraceError, Trace, trace_row};
use respend::{Currency, Dated, Id, Month, Platform};

use super::inspect::profiles;
use crate::context::Context;
use crate::everywhere::Format;
use crate::failure::Failure;
use crate::output;

#[derive(Args, Debug)]
pub(crate) struct TraceArgs {
    /// The period of the figure: 2018, 2018-Q1, 2018-03, FY2018, FY2018-Q1, FY2018-M03 or 2018-03-05..2018-04-10
    #[arg(required_unless_present = "export", conflicts_with = "export")]
    period: Option<String>,
    /// The figure, by its key in the report's JSON, such as blocked_gross
    #[arg(long, value_name = "KEY", required_unless_present = "export", conflicts_with = "export")]
    figure: Option<String>,
    /// Of this plan line
    #[arg(long, value_name = "ID", conflicts_with = "platform", conflicts_with = "export")]
    line: Option<Id>,
    /// Of this platform
    #[arg(long, conflicts_with = "export")]
    platform: Option<Platform>,
    /// In this currency, where there are several
    #[arg(long, conflicts_with = "line", conflicts_with = "export")]
    currency: Option<Currency>,
    /// Of this month of the period, such as 2018-02
    #[arg(long, conflicts_with = "export")]
    month: Option<String>,
    /// List the spend of this day alone, or of a month known as a whole
    #[arg(long, conflicts_with = "export")]
    day: Option<Dated>,
    /// List the spend of this account alone
    #[arg(long, conflicts_with = "export")]
    account: Option<String>,
    /// List the spend of this campaign alone
    #[arg(long, conflicts_with = "export")]
    campaign: Option<String>,
    /// Say where a row of this export went
    #[arg(long, value_name = "FILE", requires = "row")]
    export: Option<PathBuf>,
    /// The row: the line of the file it begins on, in a workbook the row of the sheet
    #[arg(long, value_name = "NUMBER", requires = "export", value_parser = clap::value_parser!(u64).range(1..))]
    row: Option<u64>,
}

impl TraceArgs {
    /// Returns whether a row of an export is asked for.
    pub(crate) fn is_of_a_row(&self) -> bool {
        self.export.is_some()
    }
}

/// So many rows of spend are listed on a screen.
const SHOWN: usize = 20;

pub(crate) fn run(context: &Context, args: TraceArgs) -> Result<(), Failure> {
    match (&args.export, args.row) {
        (Some(export), Some(row)) => of_row(context, export, row),
        _ => of_figure(context, args),
    }
}

fn of_figure(context: &Context, args: TraceArgs) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let period = context.period(args.period.as_deref().unwrap_or_default(), &ledger)?;
    let key = args.figure.unwrap_or_default();
    let all = || Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM);
    let figure = all().find(|figure| figure.key() == key).ok_or_else(|| {
        let keys: Vec<&str> = all().map(Figure::key).collect();
        let hint = match key.as_str() {
            "uncovered_days" => String::from("`respend imports --gaps` lists the days that no import covers"),
            _ => format!("the figures are {}", keys.join(", ")),
        };
        Failure::could_not(format!("`{key}` is no amount of a statement"), hint)
    })?;
    let month = args.month.map(|text| self::month(&text)).transpose()?;
    let statement = context.statement(&ledger, period)?;
    let of = match (args.line, args.platform) {
        (Some(line), _) => Of::Line(line),
        (None, Some(platform)) => {
            let currencies =
                statement.platforms.keys().filter(|(of, _)| *of == platform).map(|(_, currency)| *currency);
            let currency = currency(args.currency, currencies.collect(), &format!("{platform} has"))?;
            Of::Platform(platform, currency)
        }
        (None, None) => {
            let currencies = statement.totals.keys().copied().collect();
            Of::Total(currency(args.currency, currencies, "the report has")?)
        }
    };
    let Statement { as_of, as_known, .. } = statement;
    let trace = Trace::of(&ledger, Question { period, as_of, as_known, figure, of, month })?;
    let most = (context.everywhere.format == Format::Table).then_some(SHOWN);
    let listed = Listed { day: args.day, account: args.account, campaign: args.campaign, most };
    output::document(&context.everywhere, &report::trace(&ledger.settings().name, &trace, &listed)?)
}

fn month(text: &str) -> Result<Month, Failure> {
    let month = text.parse::<Dated>().ok().filter(|dated| dated.is_month()).map(Dated::month);
    month.ok_or_else(|| Failure::could_not(format!("`{text}` is no month"), "write it like 2018-02"))
}

/// The currency asked for, else the only one there is.
fn currency(asked: Option<Currency>, known: Vec<Currency>, who: &str) -> Result<Currency, Failure> {
    let codes: Vec<&str> = known.iter().map(|currency| currency.code()).collect();
    match (asked, known.as_slice()) {
        (Some(asked), known) if known.contains(&asked) => Ok(asked),
        (None, [only]) => Ok(*only),
        (_, []) => {
            Err(Failure::refused(format!("{who} no figures in this period"), "ask for another period or platform"))
        }
        (Some(asked), _) => Err(Failure::refused(
            format!("{who} no figures in {asked}"),
            format!("there are figures in {}", codes.join(", ")),
        )),
        (None, _) => Err(Failure::refused(
            format!("{who} figures in {}, which are never added", codes.join(", ")),
            "say which with --currency",
        )),
    }
}

fn of_row(context: &Context, export: &Path, row: u64) -> Result<(), Failure> {
    let ledger = context.ledger()?;
    let name = export.display().to_string();
    let cannot = |error: io::Error| {
        Failure::could_not(format!("cannot read `{name}`: {error}"), "name the file as the platform gave it")
    };
    let sha256 = File::open(export).and_then(|file| sha256_of(&mut BufReader::new(file))).map_err(cannot)?;
    let as_known = context.everywhere.as_known;
    if !ledger.imports_taken(as_known).iter().any(|import| import.record.export_sha256 == sha256) {
        return Err(unknown(&ledger, export, &sha256, as_known));
    }
    let profiles = profiles(Some(&ledger))?;
    let traces = trace_row(&ledger, export, &sha256, row, &profiles, as_known).map_err(|error| match error {
        RowTraceError::Io(error) => cannot(error),
        RowTraceError::Statement(error) => error.into(),
    })?;
    output::document(&context.everywhere, &report::row_trace(&ledger.settings().name, &name, row, &sha256, &traces))
}

/// Says that no import has a file, and which comes near.
fn unknown(ledger: &Ledger, export: &Path, sha256: &str, as_known: Option<respend::Instant>) -> Failure {
    let name = export.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let is_near = |import: &&&Import| import.record.export == name;
    let imports = ledger.imports_taken(as_known);
    let near: Vec<String> = imports
        .iter()
        .filter(is_near)
        .map(|import| {
            format!("import {} was of a file of this name with the SHA-256 {}", import.id, import.record.export_sha256)
        })
        .collect();
    let hint = match near.is_empty() {
        true => String::from(
            "`respend imports --format json` lists the exports with their hashes; `respend import` takes this one in",
        ),
        false => format!("{}; find the file as it was then", near.join("\n")),
    };
    Failure::refused(format!("no import has `{}`: its SHA-256 is {sha256}", export.display()), hint)
}
