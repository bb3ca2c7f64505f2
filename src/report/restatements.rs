//! What a period said, what it says now, and why, as tables.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Cell, Column, Document, Row, Table, titled};
use crate::calendar::Instant;
use crate::ledger::Recorded;
use crate::money::{Currency, MoneyError};
use crate::statement::{Figure, Figures, Restatement, SpendChange, Statement};

/// Returns a restatement as tables: the figures that are others now, the spend that is, and what was recorded between.
pub fn restatement(
    ledger: &str,
    name: &str,
    since: Instant,
    restatement: &Restatement,
) -> Result<Document, MoneyError> {
    let now = &restatement.now;
    let known =
        now.as_known.map_or(String::from("all that is recorded"), |known| format!("what was recorded up to {known}"));
    let facts = vec![format!(
        "{} to {}, as of {}: then by what was recorded up to {since}, now by {known}.",
        now.period.start(),
        now.period.last(),
        now.as_of
    )];
    let tables = vec![changes(restatement)?, spend(&restatement.spend), recorded(&restatement.recorded)];
    Ok(Document {
        title: format!("What {name} said on {}, and says now - {ledger}", since.day()),
        facts,
        tables,
        ..Document::default()
    })
}

/// What figures are of, in the order they are shown.
type Of = (usize, String, Currency);

fn figures(statement: &Statement) -> BTreeMap<Of, &Figures> {
    let lines =
        statement.lines.iter().map(|line| ((0, format!("line {}", line.line.id), line.line.currency), &line.figures));
    let platforms = statement
        .platforms
        .iter()
        .map(|((platform, currency), sums)| ((1, format!("platform {platform}"), *currency), sums));
    let totals = statement.totals.iter().map(|(currency, sums)| ((2, String::from("total"), *currency), sums));
    lines.chain(platforms).chain(totals).collect()
}

fn changes(restatement: &Restatement) -> Result<Table, MoneyError> {
    let (then, now) = (figures(&restatement.then), figures(&restatement.now));
    let all: BTreeSet<&Of> = then.keys().chain(now.keys()).collect();
    let currencies: BTreeSet<Currency> = all.iter().map(|(_, _, currency)| *currency).collect();
    let columns = vec![
        Column::key("of", "Of"),
        Column::key("figure", "Figure"),
        Column::currency(&currencies),
        Column::figure("then", "Then"),
        Column::figure("now", "Now"),
        Column::figure("change", "Change"),
    ];
    let mut rows = Vec::new();
    for of in all {
        let zero = Figures::zero(of.2);
        let (then, now) = (then.get(of).copied().unwrap_or(&zero), now.get(of).copied().unwrap_or(&zero));
        for figure in Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM) {
            let (then, now) = (then.get(figure), now.get(figure));
            if then != now {
                let amounts = [then, now, now.minus(then)?].map(Cell::Money);
                let mut cells = vec![Cell::text(&of.1), Cell::text(figure.key()), Cell::text(of.2)];
                cells.extend(amounts);
                rows.push(Row::body(cells));
            }
        }
    }
    let notes = vec![String::from("Figures that are the same are left out.")];
    Ok(Table::new("changes", titled("Figures that are others now", &currencies), columns, rows).noted(notes))
}

fn spend(changes: &[SpendChange]) -> Table {
    let currencies: BTreeSet<Currency> = changes.iter().map(|one| one.difference.currency()).collect();
    let columns = vec![
        Column::key("day", "Day"),
        Column::key("platform", "Platform"),
        Column::key("account", "Account"),
        Column::currency(&currencies),
        Column::figure("then", "Then"),
        Column::figure("now", "Now"),
        Column::figure("change", "Change"),
    ];
    let row = |one: &SpendChange| {
        Row::body(vec![
            Cell::dated(one.day),
            Cell::text(&one.platform),
            Cell::text(&one.account),
            Cell::text(one.difference.currency()),
            Cell::or_blank(one.was, Cell::Cost),
            Cell::or_blank(one.now, Cell::Cost),
            Cell::Cost(one.difference),
        ])
    };
    let title = titled("Days whose spend is another now, exact", &currencies);
    Table::new("spend_changes", title, columns, changes.iter().map(row).collect())
}

fn recorded(facts: &[Recorded]) -> Table {
    let columns = vec![
        Column::key("recorded", "Recorded"),
        Column::key("kind", "Kind"),
        Column::figure("what", "What"),
        Column::figure("by", "By"),
        Column::figure("place", "Stands in"),
    ];
    let row = |fact: &Recorded| {
        Row::body(vec![
            Cell::Instant(fact.recorded),
            Cell::text(fact.kind),
            Cell::text(&fact.what),
            Cell::or_blank(fact.by.as_ref(), Cell::text),
            Cell::text(format!("{}:{}", fact.place.file, fact.place.line)),
        ])
    };
    let notes = vec![String::from(
        "Facts of these plan lines, scopes and days, whether or not a figure changed by them. What has no day of record counts as known from the start.",
    )];
    Table::new("recorded", "What was recorded since", columns, facts.iter().map(row).collect()).noted(notes)
}
