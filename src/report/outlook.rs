//! Where plan lines will stand at the end of a period, as tables.

use std::collections::BTreeSet;

use super::table::{Cell, Column, Document, Row, Table, titled};
use crate::ledger::{Ledger, SpendAhead};
use crate::money::{Currency, Money, MoneyError};
use crate::outlook::{Expected, LineOutlook, Outlook};
use crate::statement::{Figure, Statement};

/// Returns what a statement leads to expect at the end of its period.
pub fn outlook(ledger: &Ledger, statement: &Statement, outlook: &Outlook) -> Result<Document, MoneyError> {
    let (period, as_of) = (statement.period, statement.as_of);
    let mut facts = vec![
        format!("{} to {}, as of {as_of}: {}.", period.start(), period.last(), elapsed(statement)),
        String::from("Exact: what is recorded, and the plan of the days ahead. Nothing in it is estimated."),
    ];
    facts.extend(doubts(ledger, statement));
    Ok(Document {
        title: format!("Outlook to {} - {}", period.last(), ledger.settings().name),
        facts,
        tables: outlook_tables(outlook, SpendAhead::Plan)?,
        ..Document::default()
    })
}

/// The tables of an outlook, whose days ahead are spent as told.
pub(super) fn outlook_tables(outlook: &Outlook, spend: SpendAhead) -> Result<Vec<Table>, MoneyError> {
    Ok(vec![expected(outlook, spend)?, blocked(outlook)?, identity(outlook)?, pace(outlook)?])
}

fn elapsed(statement: &Statement) -> String {
    let days = statement.period.days();
    match statement.period.until(statement.as_of).map_or(0, |days| days.days()) {
        0 => String::from("all of its days are ahead"),
        elapsed if elapsed == days => String::from("all of its days are over"),
        elapsed => format!("{elapsed} of {days} days are over"),
    }
}

/// What is not in the figures.
pub(super) fn doubts(ledger: &Ledger, statement: &Statement) -> Vec<String> {
    let mut doubts = Vec::new();
    if statement.lines.is_empty() {
        let extent = ledger.extent_known(statement.as_known).map(|days| format!("; the ledger speaks of {days}"));
        doubts.push(format!("No plan line has days in this period{}.", extent.unwrap_or_default()));
    }
    let platforms: BTreeSet<_> = statement.platforms.keys().map(|(platform, _)| platform).collect();
    for platform in platforms {
        match statement.uncovered_days(platform) {
            0 => {}
            days => doubts.push(format!(
                "{platform}: {days} open {} up to the cut-off without data; what was spent then is missing here.",
                if days == 1 { "day" } else { "days" }
            )),
        }
    }
    let unbudgeted = statement.totals.values().map(|sums| sums.get(Figure::Unbudgeted)).filter(|sum| !sum.is_zero());
    doubts.extend(
        unbudgeted.map(|sum| format!("{} was spent that no plan line covers; it is in no table.", sum.spelled())),
    );
    doubts
}

/// A table with a row per plan line, a sum for every platform with several lines, and a total per currency.
fn by_line(
    outlook: &Outlook,
    (key, title): (&str, &str),
    figures: &[(&str, &str)],
    amounts: impl Fn(&Expected) -> Result<Vec<Money>, MoneyError>,
) -> Result<Table, MoneyError> {
    let currencies: BTreeSet<Currency> = outlook.totals.keys().copied().collect();
    let mut columns = keys(&currencies);
    columns.extend(figures.iter().map(|(key, heading)| Column::figure(key, heading)));
    let cells = |name: Cell, platform: Cell, expected: &Expected| -> Result<Vec<Cell>, MoneyError> {
        let mut cells = vec![name, platform, Cell::text(expected.figures.currency())];
        cells.extend(amounts(expected)?.into_iter().map(Cell::Money));
        Ok(cells)
    };
    let mut rows = Vec::new();
    for line in &outlook.lines {
        rows.push(Row::body(cells(Cell::text(&line.line), Cell::text(&line.platform), &line.expected)?));
    }
    for ((platform, currency), expected) in &outlook.platforms {
        let is_its = |line: &&LineOutlook| line.platform == *platform && line.expected.figures.currency() == *currency;
        if outlook.lines.iter().filter(is_its).count() > 1 {
            rows.push(Row::total(cells(Cell::text(format!("All of {platform}")), Cell::text(platform), expected)?));
        }
    }
    for expected in outlook.totals.values() {
        rows.push(Row::total(cells(Cell::text("Total"), Cell::Blank, expected)?));
    }
    Ok(Table::new(key, titled(title, &currencies), columns, rows))
}

fn keys(currencies: &BTreeSet<Currency>) -> Vec<Column> {
    vec![Column::key("line", "Plan line"), Column::key("platform", "Platform").unshown(), Column::currency(currencies)]
}

fn expected(outlook: &Outlook, spend: SpendAhead) -> Result<Table, MoneyError> {
    let (ahead, note) = match spend {
        SpendAhead::Plan => (
            "Open plan ahead",
            "Expected spend is the actual to date and the open plan ahead: the plan of the days after the cut-off on which ads may run.",
        ),
        SpendAhead::Pace => (
            "Spent ahead at the pace so far",
            "Expected spend is the actual to date and, for every open day ahead, what an open day with data has cost so far; of a line that has none yet, its open plan ahead.",
        ),
    };
    let columns =
        [("plan", "Plan"), ("actual", "Actual to date"), ("spend_ahead", ahead), ("expected_spend", "Expected spend")];
    let table = by_line(outlook, ("expected", "Expected spend at the end"), &columns, |expected| {
        let figures = &expected.figures;
        Ok(vec![figures.get(Figure::Plan), figures.get(Figure::Actual), expected.spend_ahead, expected.spend()?])
    })?;
    Ok(table.noted([note.to_owned()]))
}

fn blocked(outlook: &Outlook) -> Result<Table, MoneyError> {
    let columns = [
        ("blocked_to_date", "Blocked to date"),
        ("blocked_ahead", "Blocked ahead"),
        ("redirected_live", "Redirected"),
        ("unpaid", "Of it unpaid"),
        ("over_redirected", "Over redirected"),
        ("left", "Left"),
    ];
    let table = by_line(outlook, ("blocked", "What is blocked, redirected and left"), &columns, |expected| {
        let figures = &expected.figures;
        Ok(vec![
            figures.get(Figure::BlockedToDate),
            expected.blocked_ahead()?,
            figures.get(Figure::RedirectedLive),
            expected.unpaid,
            figures.get(Figure::OverRedirected),
            expected.left()?,
        ])
    })?;
    Ok(table.noted([
        "Unpaid is approved or pledged, and neither paid nor taken over by another budget.".into(),
        "Left is plan less actual, open plan ahead or open orders, and what is redirected. Redirected and what follows it are of whole plan lines.".into(),
    ]))
}

fn identity(outlook: &Outlook) -> Result<Table, MoneyError> {
    let columns = [
        ("plan", "Plan"),
        ("actual", "Actual to date"),
        ("open_plan_ahead", "Open plan ahead"),
        ("open_variance_to_date", "Open variance to date"),
        ("blocked_net", "Blocked net"),
        ("residual", "Residual"),
    ];
    let title = "Plan = actual to date + open plan ahead + open variance to date + blocked net";
    let table = by_line(outlook, ("identity", title), &columns, |expected| {
        let shown =
            [Figure::Plan, Figure::Actual, Figure::OpenPlanAhead, Figure::OpenVarianceToDate, Figure::BlockedNet];
        let mut amounts: Vec<Money> = shown.map(|figure| expected.figures.get(figure)).to_vec();
        amounts.push(expected.residual()?);
        Ok(amounts)
    })?;
    Ok(table.noted([
        "Open variance to date is the open plan up to the cut-off less what was spent on open days: above zero, less was spent than planned.".into(),
    ]))
}

fn pace(outlook: &Outlook) -> Result<Table, MoneyError> {
    let currencies: BTreeSet<Currency> = outlook.totals.keys().copied().collect();
    let mut columns = keys(&currencies);
    columns.extend([
        Column::figure("open_plan", "Open plan"),
        Column::figure("open_plan_to_date", "To date"),
        Column::figure("open_spend", "Spent on open days"),
        Column::figure("spent_share", "Of open plan"),
        Column::figure("open_days", "Open days"),
        Column::figure("elapsed_days", "Over"),
        Column::figure("time_share", "Of open days"),
        Column::figure("uncovered_days", "Without data").unshown(),
        Column::figure("ahead_at_pace", "Ahead at this pace"),
        Column::figure("expected_at_pace", "Expected at this pace").unshown(),
    ]);
    let mut rows = Vec::new();
    for LineOutlook { line, platform, expected, pace } in &outlook.lines {
        let count = |days: u32| Cell::Count(u64::from(days));
        let at_pace = pace.ahead.map(|ahead| expected.figures.get(Figure::Actual).plus(ahead)).transpose()?;
        let open_plan = expected.figures.get(Figure::OpenPlan);
        rows.push(Row::body(vec![
            Cell::text(line),
            Cell::text(platform),
            Cell::text(open_plan.currency()),
            Cell::Money(open_plan),
            Cell::Money(pace.planned),
            Cell::Money(pace.spent),
            Cell::ratio(pace.spent.amount(), open_plan.amount()),
            count(pace.open_days),
            count(pace.elapsed),
            Cell::ratio(pace.elapsed.into(), pace.open_days.into()),
            count(pace.uncovered),
            Cell::or_blank(pace.ahead, Cell::Money),
            Cell::or_blank(at_pace, Cell::Money),
        ]));
    }
    let notes = [String::from(
        "Where more of the open plan is spent than open days are over, money goes faster than planned. At this pace: each open day ahead costs what an open day with data has cost so far; a day that is blocked in part counts for its open part.",
    )];
    Ok(Table::new("pace", titled("Spent share against time share", &currencies), columns, rows).noted(notes))
}
