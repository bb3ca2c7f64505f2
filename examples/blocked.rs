//! What is blocked on each platform, and how much of it may be redirected.
//!
//! `cargo run --example blocked -- ledgers/kaspersky-2018 2018`

#![allow(clippy::print_stdout)]

use std::error::Error;
use std::path::PathBuf;

use respend::Period;
use respend::ledger::Ledger;
use respend::statement::{Figure, Statement};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().map_or(PathBuf::from("ledgers/kaspersky-2018"), PathBuf::from);
    let ledger = Ledger::open(&dir)?;
    let year = Period::parse(&arguments.next().unwrap_or("2018".into()), &ledger.settings().fiscal_year)?;

    let statement = Statement::of(&ledger, year, year.last(), None)?;
    for ((platform, _), figures) in &statement.platforms {
        let blocked = figures.get(Figure::BlockedGross);
        let redirectable = figures.get(Figure::Redirectable);
        println!("{platform}: {} blocked, {} still redirectable", blocked.spelled(), redirectable.spelled());
    }
    Ok(())
}
