//! One file per command: its arguments and its run.

pub(crate) mod budget;
pub(crate) mod check;
pub(crate) mod close;
pub(crate) mod demo;
pub(crate) mod encumbrance;
pub(crate) mod export;
pub(crate) mod forecast;
pub(crate) mod import;
pub(crate) mod imports;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod profiles;
pub(crate) mod redirect;
pub(crate) mod report;
pub(crate) mod restriction;
pub(crate) mod scenario;
pub(crate) mod summary;
pub(crate) mod trace;
pub(crate) mod verify;

use respend::Id;
use respend::ledger::RestrictionKind;
use sha2::{Digest, Sha256};

use crate::args::{Cli, Command};
use crate::context::Context;
use crate::failure::Failure;
use crate::output;

/// Runs what was typed.
pub(crate) fn run(cli: Cli) -> Result<(), Failure> {
    output::check(&cli.everywhere)?;
    refuse_cut_offs(&cli)?;
    let context = Context::new(cli.everywhere)?;
    let done = perform(&context, cli.command);
    if context.has_changed.get() { done.map_err(Failure::after_the_change) } else { done }
}

fn perform(context: &Context, command: Command) -> Result<(), Failure> {
    match command {
        Command::Demo(demo) => demo::run(context, &demo),
        Command::Init(init) => init::run(context, &init),
        Command::Inspect(inspect) => inspect::run(context, &inspect),
        Command::Import(import) => import::run(context, &import),
        Command::Imports(imports) => imports::run(context, imports),
        Command::Profiles(profiles) => profiles::run(context, &profiles),
        Command::Budget(budget) => budget::run(context, budget),
        Command::Ban(restrict) => restriction::run(context, RestrictionKind::Ban, restrict),
        Command::Hold(restrict) => restriction::run(context, RestrictionKind::Hold, restrict),
        Command::Encumbrance(encumbrance) => encumbrance::run(context, encumbrance),
        Command::Redirect(redirect) => redirect::run(context, redirect),
        Command::Spend(spend) => summary::spend(context, &spend),
        Command::Blocked(blocked) => summary::blocked(context, &blocked),
        Command::Close(close) => close::close(context, &close),
        Command::Reopen(reopen) => close::reopen(context, &reopen),
        Command::Report(report) => report::run(context, &report),
        Command::Forecast(forecast) => forecast::run(context, &forecast),
        Command::Scenario(scenario) => scenario::run(context, scenario),
        Command::Export(export) => export::run(context, &export),
        Command::Check(check) => check::run(context, &check),
        Command::Verify(verify) => verify::run(context, &verify),
        Command::Trace(trace) => trace::run(context, trace),
    }
}

/// What a cut-off does for a command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum CutOffs {
    /// Both cut what is shown.
    Both,
    /// What is shown has no days it happens on, only those it was recorded on.
    ByRecord,
    /// What is shown says itself by which it was cut.
    Saved,
    /// Nothing is shown that could be cut.
    Neither,
}

/// Refuses a cut-off that would be passed over: whoever gives one would take what is shown for cut.
fn refuse_cut_offs(cli: &Cli) -> Result<(), Failure> {
    use {budget::Budget, encumbrance::Encumbrance, redirect::Redirect, restriction::Restrict};
    let cut_offs = match &cli.command {
        Command::Spend(_) | Command::Blocked(_) | Command::Report(_) | Command::Export(_) | Command::Check(_) => {
            CutOffs::Both
        }
        Command::Forecast(_) | Command::Scenario(_) => CutOffs::Both,
        Command::Redirect(Redirect::List | Redirect::Propose(_)) | Command::Budget(Budget::Propose(_)) => CutOffs::Both,
        Command::Trace(trace) if !trace.is_of_a_row() => CutOffs::Both,
        Command::Imports(imports) if imports.is_of_gaps() => CutOffs::Both,
        Command::Imports(imports) if imports.is_a_list() => CutOffs::ByRecord,
        Command::Trace(_)
        | Command::Budget(Budget::List)
        | Command::Ban(Restrict::List)
        | Command::Hold(Restrict::List)
        | Command::Encumbrance(Encumbrance::List) => CutOffs::ByRecord,
        Command::Verify(_) => CutOffs::Saved,
        _ => CutOffs::Neither,
    };
    let (as_of, as_known) = (cli.everywhere.as_of.is_some(), cli.everywhere.as_known.is_some());
    let option = match cut_offs {
        CutOffs::Both => return Ok(()),
        _ if as_of => "--as-of",
        CutOffs::Saved | CutOffs::Neither if as_known => "--as-known",
        _ => return Ok(()),
    };
    let (what, hint) = match cut_offs {
        CutOffs::ByRecord => {
            ("these are cut by when they were recorded, not by a day", "say --as-known DAY, or leave it out")
        }
        CutOffs::Saved => ("a saved report says itself by which days it was cut", "leave it out"),
        _ => (
            "this command shows nothing that could be cut",
            "leave it out; --today DAY says on which day something is recorded",
        ),
    };
    Err(Failure::could_not(format!("{option} would change nothing: {what}"), hint))
}

/// Returns an id of some words and a short suffix of its content, so that two branches can both add one.
fn made_id(words: &[&str], content: &[String]) -> Result<Id, Failure> {
    let suffix: String =
        Sha256::digest(content.join("\n").as_bytes()).iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    let id = format!("{}-{suffix}", words.join("-"));
    id.parse().map_err(|_| Failure::refused(format!("`{id}` cannot be an id"), "give one with --id"))
}
