//! Books with a plan for x, exports of the account acme, and commands typed on them.

use serde_json::Value;

use super::{Desk, Ran};

pub const HEADER: &str = "Day,Platform,Account,Campaign,Currency,Spend\n";

/// A ledger with a plan for x, and a way to type commands on it.
pub fn books() -> Desk {
    let desk = Desk::new();
    desk.done(&["init", "books", "--name", "Books", "--currency", "USD"]);
    desk.write(
        "books/budgets.csv",
        "line,entry,period,platform,currency,amount,basis\nx,original,2018,x,USD,365,given\n",
    );
    desk
}

/// Writes an export with these rows: `2018-01-05 c1 100.10` or `2018-03 c1 100.10`, of the account acme on x in USD.
pub fn export(desk: &Desk, file: &str, rows: &[&str]) {
    let row = |row: &&str| {
        let cells: Vec<&str> = row.split(' ').collect();
        format!("{},x,acme,{},USD,{}\n", cells[0], cells[1], cells[2])
    };
    desk.write(file, &(HEADER.to_owned() + &rows.iter().map(row).collect::<String>()));
}

pub fn run(desk: &Desk, typed: &str) -> Ran {
    desk.run(&["--ledger", "books"].into_iter().chain(typed.split(' ')).collect::<Vec<_>>())
}

pub fn done(desk: &Desk, typed: &str) -> String {
    desk.done(&["--ledger", "books"].into_iter().chain(typed.split(' ')).collect::<Vec<_>>())
}

pub fn as_json(desk: &Desk, typed: &str) -> Value {
    serde_json::from_str(&done(desk, &format!("{typed} --format json"))).unwrap()
}

/// What is refused, and changes nothing.
#[track_caller]
pub fn refused(desk: &Desk, typed: &str) -> String {
    let before = desk.tree();
    let ran = run(desk, typed);
    assert_eq!(ran.code, 1, "{typed}: {ran:?}");
    assert!(desk.tree() == before, "{typed} changed the folder");
    ran.stderr
}
