//! `respend budget`

mod moves;
mod propose;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use respend::ledger::{Basis, Change, Entry, EntryKind, Ledger, LedgerError, Line, Log, Problem};
use respend::plan::Plan;
use respend::render::visible;
use respend::{Currency, Day, Id, Instant, Money, Platform};

use crate::context::{Context, checked};
use crate::failure::Failure;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Budget {
    /// Open a plan line
    Add(Add),
    /// Change a plan line's amount from a day on
    Amend(Amend),
    /// Move plan from one line to another
    Transfer(moves::Transfer),
    /// Take what is left of an ended line over to another
    CarryForward(moves::CarryForward),
    /// Show what a plan line could be by what was spent before; --write opens it
    Propose(propose::Propose),
    /// Take in entries from a CSV file with the columns of budgets.csv
    Import(Import),
    /// List the entries
    List,
}

/// What may be said of any entry.
#[derive(Args, Debug)]
pub(crate) struct Said {
    /// Who records it
    #[arg(long, value_name = "NAME")]
    recorded_by: Option<String>,
    /// Your words; a note that begins `assumption:` is listed in reports
    #[arg(long)]
    note: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The line's id
    #[arg(long)]
    line: Id,
    /// The days it covers, like 2018 or 2018-Q1
    #[arg(long)]
    period: String,
    /// The platform
    #[arg(long)]
    platform: Platform,
    /// One account of it alone
    #[arg(long)]
    account: Option<String>,
    /// One campaign alone
    #[arg(long)]
    campaign: Option<String>,
    /// The amount, like 94500.00
    #[arg(long, allow_hyphen_values = true)]
    amount: String,
    /// Its currency (default: the ledger's)
    #[arg(long)]
    currency: Option<Currency>,
    /// What the amount rests on: given, prior-year-actual, run-rate or forecast
    #[arg(long)]
    basis: Basis,
    /// Your own reference
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    said: Said,
}

#[derive(Args, Debug)]
pub(crate) struct Amend {
    /// The line's id
    #[arg(long)]
    line: Id,
    /// The change, like 5000 or -5000
    #[arg(long, allow_hyphen_values = true, required_unless_present = "to", conflicts_with = "to")]
    by: Option<String>,
    /// The new amount
    #[arg(long, allow_negative_numbers = true)]
    to: Option<String>,
    /// The day from which it counts (default: today)
    #[arg(long)]
    effective: Option<Day>,
    /// What the amount rests on
    #[arg(long, default_value = "given")]
    basis: Basis,
    /// Your own reference
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    said: Said,
}

#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The CSV file
    file: PathBuf,
}

pub(crate) fn run(context: &Context, budget: Budget) -> Result<(), Failure> {
    match budget {
        Budget::Add(add) => run_add(context, add),
        Budget::Amend(amend) => run_amend(context, amend),
        Budget::Transfer(transfer) => moves::transfer(context, transfer),
        Budget::CarryForward(carry) => moves::carry_forward(context, carry),
        Budget::Propose(propose) => propose::run(context, propose),
        Budget::Import(import) => run_import(context, &import),
        Budget::List => {
            let ledger = context.ledger()?;
            output::document(&context.everywhere, &respend::report::budgets(&ledger, context.everywhere.as_known))
        }
    }
}

/// Finds a plan line, or says which there are.
pub(crate) fn line(ledger: &Ledger, id: &Id) -> Result<Line, Failure> {
    let lines = ledger.lines(None);
    let known: Vec<String> = lines.iter().map(|line| line.id.to_string()).collect();
    let hint = if known.is_empty() {
        String::from("add one with `respend budget add`")
    } else {
        format!("the lines are {}", known.join(", "))
    };
    lines
        .into_iter()
        .find(|line| line.id == *id)
        .ok_or_else(|| Failure::refused(format!("there is no plan line `{id}`"), hint))
}

fn recorded(context: &Context, change: &Change, lines: &[&Line]) -> Instant {
    let latest = lines.iter().flat_map(|line| &line.entries).filter_map(|entry: &Entry| entry.recorded).max();
    change.recorded(context.now, latest)
}

fn money(text: &str, currency: Currency) -> Result<Money, Failure> {
    Money::parse(text, currency).map_err(|error| Failure::refused(error.to_string(), ""))
}

/// Says what the plan of some lines is now, and what else there is to say.
fn say(context: &Context, ledger: &Ledger, title: String, ids: &[&Id], more: Vec<String>) -> Result<(), Failure> {
    let mut facts = Vec::new();
    for id in ids {
        let line = line(ledger, id)?;
        let plan = Plan::of(&line).map_err(|error| Failure::refused(error.to_string(), ""))?;
        facts.push(format!("Plan line {id}: {} on {}, {}.", line.period, line.scope, plan.total()?.spelled()));
    }
    facts.extend(more);
    output::done(&context.everywhere, title, facts)
}

/// Refuses a line that is there already.
fn not_yet(ledger: &Ledger, id: &Id) -> Result<(), Failure> {
    if ledger.lines(None).iter().any(|line| line.id == *id) {
        return Err(Failure::refused(
            format!("there is a plan line `{id}` already"),
            "amend it with `respend budget amend`, or choose another id",
        ));
    }
    Ok(())
}

fn run_add(context: &Context, add: Add) -> Result<(), Failure> {
    let mut change = context.change()?;
    not_yet(change.before(), &add.line)?;
    let currency = add.currency.unwrap_or(change.before().settings().currency);
    change.append(
        Log::Budgets,
        &[
            ("line", add.line.to_string()),
            ("entry", EntryKind::Original.to_string()),
            ("period", add.period),
            ("platform", add.platform.to_string()),
            ("account", add.account.unwrap_or_default()),
            ("campaign", add.campaign.unwrap_or_default()),
            ("currency", currency.to_string()),
            ("amount", money(&add.amount, currency)?.to_string()),
            ("recorded", change.recorded(context.now, None).to_string()),
            ("by", add.said.recorded_by.unwrap_or_default()),
            ("basis", add.basis.to_string()),
            ("reference", add.reference.unwrap_or_default()),
            ("note", add.said.note.unwrap_or_default()),
        ],
    )?;
    let ledger = context.commit(change)?;
    say(context, &ledger, format!("Opened plan line {}", add.line), &[&add.line], Vec::new())
}

fn run_amend(context: &Context, amend: Amend) -> Result<(), Failure> {
    let mut change = context.change()?;
    let line = line(change.before(), &amend.line)?;
    let amount = match (&amend.by, &amend.to) {
        (Some(by), _) => money(by, line.currency)?,
        (None, to) => {
            let plan = Plan::of(&line).map_err(|error| Failure::refused(error.to_string(), ""))?;
            money(to.as_deref().unwrap_or_default(), line.currency)?.minus(plan.total()?)?
        }
    };
    change.append(
        Log::Budgets,
        &[
            ("line", amend.line.to_string()),
            ("entry", EntryKind::Amendment.to_string()),
            ("amount", amount.to_string()),
            ("effective", amend.effective.unwrap_or(context.today).to_string()),
            ("recorded", recorded(context, &change, &[&line]).to_string()),
            ("by", amend.said.recorded_by.unwrap_or_default()),
            ("basis", amend.basis.to_string()),
            ("reference", amend.reference.unwrap_or_default()),
            ("note", amend.said.note.unwrap_or_default()),
        ],
    )?;
    let ledger = context.commit(change)?;
    say(
        context,
        &ledger,
        format!("Amended plan line {} by {}", amend.line, amount.spelled()),
        &[&amend.line],
        Vec::new(),
    )
}

fn run_import(context: &Context, import: &Import) -> Result<(), Failure> {
    let unreadable = |error: String| {
        Failure::could_not(
            format!("cannot read `{}`: {error}", output::shown(&import.file)),
            "name a CSV file in UTF-8 with the columns of budgets.csv",
        )
    };
    let bytes = fs::read(&import.file).map_err(|error| unreadable(error.to_string()))?;
    let mut change = context.change()?;
    let mut reader = csv::ReaderBuilder::new().comment(Some(b'#')).trim(csv::Trim::All).from_reader(bytes.as_slice());
    let header = reader.headers().map_err(|error| unreadable(error.to_string()))?.clone();
    let (mut rows, mut lines) = (Vec::new(), Vec::new());
    let now = change.recorded(context.now, None).to_string();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(error.to_string()))?;
        lines.push(record.position().map_or(0, |position| line_of(&bytes, position)));
        let mut cells: Vec<(&str, String)> = header.iter().zip(record.iter().map(str::to_owned)).collect();
        for (column, default) in [("entry", EntryKind::Original.to_string()), ("recorded", now.clone())] {
            match cells.iter_mut().find(|(name, _)| *name == column) {
                Some((_, value)) if value.is_empty() => *value = default,
                Some(_) => {}
                None => cells.push((column, default)),
            }
        }
        rows.push(cells);
    }
    if rows.is_empty() {
        return Err(Failure::refused(
            format!("`{}` holds no entries", output::shown(&import.file)),
            "give it a header row and a row an entry",
        ));
    }
    // On which line of the file each row of the log was found.
    let found: BTreeMap<u64, u64> = change.append_all(Log::Budgets, &rows)?.into_iter().zip(lines).collect();
    if let Err(LedgerError::Invalid(problems)) = checked(&change) {
        return Err(misplaced(&import.file, &found, problems));
    }
    context.commit(change)?;
    output::done(
        &context.everywhere,
        format!("Took in {} budget entries from {}", found.len(), output::shown(&import.file)),
        Vec::new(),
    )
}

/// Returns the line of a record; the reader's position is before the comments and empty lines above it.
fn line_of(bytes: &[u8], position: &csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = bytes.get(start..).unwrap_or_default().split(|byte| *byte == b'\n');
    let above = rest.take_while(|line| line.trim_ascii().is_empty() || line.starts_with(b"#")).count();
    position.line().saturating_add(above as u64)
}

/// Says what is wrong with entries where the user has them: in the file they come from.
fn misplaced(file: &Path, found: &BTreeMap<u64, u64>, problems: Vec<Problem>) -> Failure {
    let place = |problem: &Problem| match found.get(&problem.place.line).filter(|_| problem.place.file == "budgets.csv")
    {
        Some(line) => format!("{}:{line}", output::shown(file)),
        None => problem.place.to_string(),
    };
    let what: Vec<String> =
        problems.iter().map(|problem| format!("{}: {}", place(problem), visible(&problem.what))).collect();
    let mut mend: Vec<String> = problems.iter().map(|problem| visible(&problem.mend).into_owned()).collect();
    mend.retain(|mend| !mend.is_empty());
    mend.dedup();
    Failure::refused(what.join("\n"), mend.join("\n"))
}
