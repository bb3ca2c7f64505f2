//! Small documents for the tests of every format.

use crate::money::{Cost, Money};
use crate::report::{Cell, Column, Document, Row, Table};

pub(super) fn money(text: &str, code: &str) -> Cell {
    Cell::Money(Money::parse(text, code.parse().unwrap()).unwrap())
}

pub(super) fn cost(text: &str, code: &str) -> Cell {
    Cell::Cost(Cost::parse(text, code.parse().unwrap()).unwrap())
}

pub(super) fn day(text: &str) -> Cell {
    Cell::Day(text.parse().unwrap())
}

pub(super) fn table(key: &str, title: &str, columns: Vec<Column>, rows: Vec<Row>) -> Table {
    Table { key: key.into(), title: title.into(), columns, rows, notes: vec![] }
}

pub(super) fn document(tables: Vec<Table>) -> Document {
    Document {
        title: "Blocked budget of acme".into(),
        facts: vec!["as of 2018-12-31".into()],
        tables,
        ..Document::default()
    }
}

/// Every kind of cell, three currencies in one column, negatives, an unshown column, a total.
pub(super) fn platforms() -> Table {
    let columns = vec![
        Column::key("platform", "Platform"),
        Column::key("since", "Since"),
        Column::key("currency", "Currency"),
        Column::figure("blocked", "Blocked"),
        Column::figure("cost", "Cost"),
        Column::figure("rows", "Rows"),
        Column::figure("share", "Share"),
        Column::figure("recorded", "Recorded").unshown(),
    ];
    let recorded = || Cell::Instant("2018-04-20T09:30:00Z".parse().unwrap());
    let share = |text: &str| Cell::Share(text.parse().unwrap());
    let rows = vec![
        Row::body(vec![
            Cell::text("meta"),
            day("2018-02-01"),
            Cell::text("USD"),
            money("94500", "USD"),
            cost("20.83669", "USD"),
            Cell::Count(1234),
            share("35%"),
            recorded(),
        ]),
        Row::body(vec![
            Cell::text("x"),
            Cell::Blank,
            Cell::text("JPY"),
            money("-1250000", "JPY"),
            cost("0", "JPY"),
            Cell::Count(0),
            share("12.5%"),
            Cell::Blank,
        ]),
        Row::body(vec![
            Cell::text("vk"),
            day("2018-03-15"),
            Cell::text("KWD"),
            money("0.125", "KWD"),
            Cell::Blank,
            Cell::Count(7),
            share("1"),
            recorded(),
        ]),
        Row::total(vec![
            Cell::text("Total"),
            Cell::Blank,
            Cell::text("USD"),
            money("94500", "USD"),
            cost("20.83669", "USD"),
            Cell::Count(1241),
            Cell::Blank,
            Cell::Blank,
        ]),
    ];
    table("platforms", "By platform", columns, rows)
}

/// Text that would steer a terminal, leave a markdown table or become a formula.
pub(super) fn hostile() -> Table {
    let texts = ["=1+1", "\u{1b}[31mred\nline", "a|b`c`*d*_e_<f>[g]\\", "\u{202e}txet", "1,\"2\""];
    let rows = texts.into_iter().map(|text| Row::body(vec![Cell::text(text), money("-5", "USD")])).collect();
    table("hostile", "Hostile", vec![Column::key("name", "Name"), Column::figure("amount", "Amount")], rows)
}

/// One row of long words beside numbers.
pub(super) fn wide() -> Table {
    let columns = vec![
        Column::key("restriction", "Restriction"),
        Column::key("from", "From"),
        Column::key("reason", "Reason"),
        Column::figure("blocked", "Blocked gross to date"),
        Column::figure("redirectable", "Redirectable"),
    ];
    let row = Row::body(vec![
        Cell::text("meta-ban-2018-7f3a"),
        day("2018-02-01"),
        Cell::text("The platform closed the account for a breach of its policy on business practices"),
        money("1294500", "USD"),
        money("-94500.25", "USD"),
    ]);
    table("restrictions", "Restrictions (USD)", columns, vec![row])
}

/// A table without rows, with a note.
pub(super) fn empty() -> Table {
    let columns = vec![Column::key("month", "Month"), Column::figure("blocked", "Blocked")];
    let notes = vec![
        "Days that no import covers are not zero spend: they are counted as uncovered, for every platform, and listed."
            .into(),
        "= Two identities hold.".into(),
    ];
    Table { notes, ..table("months", "By month", columns, vec![]) }
}
