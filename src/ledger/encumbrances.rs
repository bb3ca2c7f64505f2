//! `encumbrances.csv`: open orders on plan lines.

use std::collections::BTreeMap;

use super::rows::{self, Columns};
use super::{Line, Place, Problem, budgets};
use crate::calendar::{Day, Instant};
use crate::money::{Currency, Money};
use crate::scope::Id;

/// The file's name.
pub(super) const FILE: &str = "encumbrances.csv";

pub(super) const COLUMNS: Columns<'_> = Columns {
    all: &["line", "reference", "date", "currency", "amount", "recorded", "by", "note"],
    needed: &["line", "reference", "date", "amount"],
};

/// Money promised to a platform for a day of service and not yet spent.
#[derive(Clone, Debug)]
pub struct Encumbrance {
    /// The plan line it binds.
    pub line: Id,
    /// The order's number; with the line, what a later row replaces.
    pub reference: String,
    /// The day of service.
    pub date: Day,
    /// What is still open.
    pub amount: Money,
    /// When this row was recorded; `None`: known from the start.
    pub recorded: Option<Instant>,
    /// Who recorded it.
    pub by: Option<String>,
    /// The user's words.
    pub note: Option<String>,
    /// The user's own columns.
    pub own: BTreeMap<String, String>,
    /// Where the row stands.
    pub place: Place,
}

/// Reads the file's rows, in the order they were recorded; what is wrong is added to `problems`.
///
/// `all_lines` says whether `lines` are all there are: only then is a line that is not among them wrong.
pub(super) fn read(bytes: &[u8], lines: &[Line], all_lines: bool, problems: &mut Vec<Problem>) -> Vec<Encumbrance> {
    let mut encumbrances: Vec<Encumbrance> = Vec::new();
    rows::read(FILE, bytes, &COLUMNS, problems, |row, problems| {
        let before = problems.len();
        let id: Option<Id> = row.need("line", problems);
        let line = id.as_ref().and_then(|id| budgets::find(lines, id));
        if let (Some(id), None, true) = (&id, line, all_lines) {
            problems.push(row.wrong("line", format!("there is no plan line `{id}`"), "name a line of budgets.csv"));
        }
        row.filled("reference", problems);
        let date: Option<Day> = row.need("date", problems);
        if let (Some(date), Some(line)) = (date, line)
            && !line.period.contains(date)
        {
            let what = format!("{date} is not in the period of line `{}`, {}", line.id, line.period);
            problems.push(row.wrong("date", what, "an order binds the line whose days it serves"));
        }
        let recorded = row.parse("recorded", problems);
        let currency: Option<Currency> = row.parse("currency", problems);
        if let (Some(currency), Some(line)) = (currency, line)
            && currency != line.currency
        {
            problems.push(row.wrong(
                "currency",
                format!("{currency} is not the currency of line `{}`, {}", line.id, line.currency),
                "an encumbrance is in its line's currency",
            ));
        }
        let amount = line.and_then(|line| row.parse_with("amount", problems, |text| Money::parse(text, line.currency)));
        row.filled("amount", problems);
        if amount.is_some_and(Money::is_negative) {
            problems.push(row.wrong(
                "amount",
                "what is still open is not below zero",
                "write 0 for an order that is done",
            ));
        }
        let (Some(id), Some(date), Some(amount), true) = (id, date, amount, problems.len() == before) else { return };
        encumbrances.push(Encumbrance {
            line: id,
            reference: row.text("reference").to_owned(),
            date,
            amount,
            recorded,
            by: row.optional("by"),
            note: row.optional("note"),
            own: row.own(),
            place: row.place_of_row(),
        });
    });
    encumbrances.sort_by(|a, b| (a.recorded, &a.line, &a.reference).cmp(&(b.recorded, &b.line, &b.reference)));
    let same =
        |a: &Encumbrance, b: &Encumbrance| (&a.line, &a.reference, a.recorded) == (&b.line, &b.reference, b.recorded);
    for pair in encumbrances.windows(2).filter(|pair| same(&pair[0], &pair[1])) {
        problems.push(Problem {
            place: pair[0].place.clone().max(pair[1].place.clone()),
            what: format!(
                "order `{}` on line `{}` has two rows recorded at the same moment",
                pair[0].reference, pair[0].line
            ),
            mend: "give the one that replaces the other a later `recorded`".into(),
        });
    }
    encumbrances
}
