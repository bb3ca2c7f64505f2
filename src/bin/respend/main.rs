//! The command line of respend: arguments in, one library request, a result out.
//!
//! Exit codes: 0 done; 1 the books say no; 2 could not run.

mod args;
mod commands;
mod context;
mod everywhere;
mod failure;
mod output;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    match commands::run(args::Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.explain(),
    }
}
