//! One file per command: its arguments and its run.

pub(crate) mod budget;
pub(crate) mod check;
pub(crate) mod demo;
pub(crate) mod encumbrance;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod imports;
pub(crate) mod init;
pub(crate) mod inspect;
pub(crate) mod profiles;
pub(crate) mod redirect;
pub(crate) mod report;
pub(crate) mod restriction;
pub(crate) mod summary;

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
    let context = Context::new(cli.everywhere)?;
    match cli.command {
        Command::Demo(demo) => demo::run(&context, &demo),
        Command::Init(init) => init::run(&context, &init),
        Command::Inspect(inspect) => inspect::run(&context, &inspect),
        Command::Import(import) => import::run(&context, &import),
        Command::Imports(imports) => imports::run(&context, imports),
        Command::Profiles(profiles) => profiles::run(&context, &profiles),
        Command::Budget(budget) => budget::run(&context, budget),
        Command::Ban(restrict) => restriction::run(&context, RestrictionKind::Ban, restrict),
        Command::Hold(restrict) => restriction::run(&context, RestrictionKind::Hold, restrict),
        Command::Encumbrance(encumbrance) => encumbrance::run(&context, encumbrance),
        Command::Redirect(redirect) => redirect::run(&context, redirect),
        Command::Spend(spend) => summary::spend(&context, &spend),
        Command::Blocked(blocked) => summary::blocked(&context, &blocked),
        Command::Report(report) => report::run(&context, &report),
        Command::Export(export) => export::run(&context, &export),
        Command::Check(check) => check::run(&context, &check),
    }
}

/// Returns an id of some words and a short suffix of its content, so that two branches can both add one.
fn made_id(words: &[&str], content: &[String]) -> Result<Id, Failure> {
    let suffix: String =
        Sha256::digest(content.join("\n").as_bytes()).iter().take(3).map(|byte| format!("{byte:02x}")).collect();
    let id = format!("{}-{suffix}", words.join("-"));
    id.parse().map_err(|_| Failure::refused(format!("`{id}` cannot be an id"), "give one with --id"))
}
