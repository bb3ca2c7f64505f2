//! What an export file holds, without a ledger.
//!
//! `cargo run --example read_export -- ledgers/kaspersky-2018/exports/x-2018-01.csv`

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::PathBuf;

use respend::import::{self, Options, Profiles};

fn main() -> Result<(), Box<dyn Error>> {
    let example = PathBuf::from("ledgers/kaspersky-2018/exports/x-2018-01.csv");
    let file = std::env::args().nth(1).map_or(example, PathBuf::from);
    // Exports of X name no currency; whoever knows it says it.
    let options = Options { currency: Some("USD".parse()?), ..Options::default() };

    let reading = import::read(&file, &options, &Profiles::built_in(), &mut |_, _| {})?;
    println!("profile: {}", reading.profile.as_deref().unwrap_or("none"));
    match reading.outcome {
        Ok(rollup) => {
            println!("{} rows, {} to {}", rollup.rows_kept, rollup.covered.start(), rollup.covered.last());
            for sum in rollup.totals.iter() {
                println!("{}", sum.spelled());
            }
        }
        Err(refusal) => println!("refused ({}): {}; {}", refusal.code, refusal.message, refusal.hint),
    }
    Ok(())
}
