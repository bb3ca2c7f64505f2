//! `respend rates`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use respend::close::broken_by;
use respend::ledger::{LedgerError, TakenRates, take_rates};
use respend::report;
use respend::statement::StatementError;

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Rates {
    /// Take a file of rates in: the ECB's eurofxref-hist.csv, or your own (date,base,quote,rate,source)
    Import(Import),
    /// List of which pairs the ledger holds rates, and from when to when
    List,
}

#[derive(Args, Debug)]
pub(crate) struct Import {
    /// The file
    file: PathBuf,
}

pub(crate) fn run(context: &Context, rates: &Rates) -> Result<(), Failure> {
    match rates {
        Rates::Import(import) => run_import(context, import),
        Rates::List => output::document(&context.everywhere, &report::rates(&context.ledger()?)),
    }
}

fn run_import(context: &Context, import: &Import) -> Result<(), Failure> {
    let mut change = context.change()?;
    let refused = |error| match error {
        LedgerError::Invalid(_) => {
            Failure::refused(error.to_string(), "the file is not taken; get it anew, or mend it")
        }
        other => other.into(),
    };
    let TakenRates { file, pairs, first, last, new_rows } = take_rates(&mut change, &import.file).map_err(refused)?;
    let name = output::shown(&import.file);
    let pairs = if pairs == 1 { "1 pair".to_owned() } else { format!("{pairs} pairs") };
    let Some(file) = file else {
        let title = format!("{name}: unchanged");
        return output::done(
            &context.everywhere,
            title,
            vec![format!("{pairs}, {first} to {last}: all known already.")],
        );
    };
    let broken = broken_by(&change).map_err(|error| match error {
        StatementError::Ledger(error) => refused(error),
        error => error.into(),
    })?;
    if !broken.is_empty() {
        let what: Vec<String> =
            broken.iter().map(|finding| format!("{}: {}", finding.place, finding.message)).collect();
        let hint = "a closed period keeps its figures: open it again with `respend reopen`, take the rates in, and close it anew";
        return Err(Failure::refused(what.join("\n"), hint));
    }
    context.commit(change)?;
    let rows = if new_rows == 1 { "1 row says".to_owned() } else { format!("{new_rows} rows say") };
    let facts = vec![format!("{pairs}, {first} to {last}."), format!("{rows} something new, and stand in {file}.")];
    output::done(&context.everywhere, format!("{name}: imported"), facts)
}
