//! Dividing money without losing a cent, and what happens where currencies meet.
//!
//! `cargo run --example split`

#![allow(clippy::print_stdout)]

use std::error::Error;

use respend::Money;

fn main() -> Result<(), Box<dyn Error>> {
    let budget = Money::parse("1000.00", "USD".parse()?)?;
    let parts = budget.split(&[1, 1, 1])?;
    for part in &parts {
        println!("{}", part.spelled());
    }

    let mut sum = Money::zero(budget.currency());
    for part in parts {
        sum = sum.plus(part)?;
    }
    println!("together {}", sum.spelled());

    match budget.plus(Money::parse("1", "EUR".parse()?)?) {
        Ok(sum) => println!("{}", sum.spelled()),
        Err(error) => println!("{error}"),
    }
    Ok(())
}
