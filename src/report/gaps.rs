//! The days without data, and what to do about them.

use std::collections::BTreeSet;

use super::table::{Cell, Column, Document, Row, Table};
use crate::ledger::{Import, Ledger, Line};
use crate::statement::Statement;

/// Returns the open days of a statement's plan lines that no import covers, with what to export.
pub fn gaps(ledger: &Ledger, statement: &Statement) -> Document {
    let has_campaigns = statement.lines.iter().any(|line| line.line.scope.campaign.is_some());
    let campaign = Column::key("campaign", "Campaign");
    let columns = vec![
        Column::key("platform", "Platform"),
        Column::key("account", "Account"),
        if has_campaigns { campaign } else { campaign.unshown() },
        Column::key("line", "Plan line"),
        Column::key("first_day", "First day"),
        Column::figure("last_day", "Last day"),
        Column::figure("days", "Days"),
        Column::figure("next", "What to do"),
    ];
    let mut rows = Vec::new();
    for line in &statement.lines {
        let scope = &line.line.scope;
        let next = next(ledger, statement, &line.line);
        for days in &line.uncovered {
            rows.push(Row::body(vec![
                Cell::text(&scope.platform),
                Cell::or_blank(scope.account.as_ref(), Cell::text),
                Cell::or_blank(scope.campaign.as_ref(), Cell::text),
                Cell::text(&line.line.id),
                Cell::Day(days.start()),
                Cell::Day(days.last()),
                Cell::Count(u64::from(days.days())),
                Cell::text(&next),
            ]));
        }
    }
    let (first, last) = (statement.period.start(), statement.as_of.min(statement.period.last()));
    let platforms: BTreeSet<_> = statement.lines.iter().map(|line| &line.line.scope.platform).collect();
    let mut facts: Vec<String> = platforms
        .iter()
        .map(|platform| (platform, statement.uncovered_days(platform)))
        .filter(|(_, days)| *days > 0)
        .map(|(platform, days)| match days {
            1 => format!("{platform}: 1 open day that no import covers."),
            days => format!("{platform}: {days} open days that no import covers."),
        })
        .collect();
    if statement.lines.is_empty() {
        facts.push(format!("No plan line has days in {}, so no data is missed.", statement.period));
    } else if last < first {
        facts.push(format!("The period lies ahead of {last}, so no data is missed yet."));
    } else if rows.is_empty() {
        facts.push(format!("No gaps: imports cover every open day of the plan lines from {first} to {last}."));
    }
    let title = format!("Open days that no import covers, {first} to {last}");
    let notes = if rows.is_empty() {
        Vec::new()
    } else {
        vec![String::from(
            "Days without data are not days without spend. An export that states its period covers all of its days; one that does not, those from its first row to its last.",
        )]
    };
    let table = Table::new("gaps", title, columns, rows).noted(notes);
    Document { title: ledger.settings().name.clone(), facts, tables: vec![table], ..Document::default() }
}

/// Says which report to export: the one last imported of what the line covers, where there is one.
fn next(ledger: &Ledger, statement: &Statement, line: &Line) -> String {
    let scope = &line.scope;
    let speaks = |import: &&Import| ledger.speaks_for(import, &scope.platform, scope.account.as_deref());
    match ledger.imports(statement.as_known).into_iter().rev().find(speaks) {
        Some(last) => format!("export the report of {} for these days and import it", last.record.export),
        None => String::from("export spend by day and campaign for these days and import it"),
    }
}
