//! What was recorded after a period was closed and changes the figures of its plan lines.

use std::collections::BTreeMap;

use super::{Figure, Figures, Statement, StatementError, adjustments_of};
use crate::calendar::{Day, Instant, Period};
use crate::ledger::{Late, Ledger, Line, late};
use crate::money::{Money, MoneyError};
use crate::scope::Id;

/// A figure of a plan line in a closed period that is not what it was when the period was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineAdjustment {
    /// The closed period, as it was closed.
    pub period: String,
    /// The plan line.
    pub line: Id,
    /// Which figure; of open orders, those for days of the period.
    pub figure: Figure,
    /// What it was when the period was closed.
    pub was: Money,
    /// What it is now.
    pub now: Money,
    /// Now − was.
    pub difference: Money,
    /// What was recorded since and bears on the line's days in the period, in words.
    pub facts: Vec<String>,
}

/// The figures that say what became of a line's days; the others follow from them.
const FIGURES: [Figure; 10] = [
    Figure::Plan,
    Figure::PlanReceived,
    Figure::Actual,
    Figure::OpenPlan,
    Figure::OpenVariance,
    Figure::BlockedImposed,
    Figure::BlockedVoluntary,
    Figure::SpendDuringRestriction,
    Figure::BlockedNet,
    Figure::RedirectedLive,
];

/// Returns the changed figures of plan lines that a report of `period` lists: of every period closed at `as_known` that
/// begins before the report's ends, by its days, then line and figure.
pub fn line_adjustments(
    ledger: &Ledger,
    period: Period,
    as_of: Day,
    as_known: Option<Instant>,
) -> Result<Vec<LineAdjustment>, StatementError> {
    let mut adjustments = Vec::new();
    for close in ledger.closed(as_known).into_iter().filter(|close| close.period.start() < period.end()) {
        let Some(days) = close.period.until(as_of) else { continue };
        let since = late(close, (ledger, Some(close.recorded)), (ledger, as_known));
        let spend = adjustments_of(ledger, close, as_of, as_known)?;
        if since.is_empty() && spend.is_empty() {
            continue;
        }
        let was = Statement::of(ledger, close.period, days.last(), Some(close.recorded))?;
        let now = Statement::of(ledger, close.period, days.last(), as_known)?;
        let mut lines: BTreeMap<&Id, (&Line, [Option<&Figures>; 2])> = BTreeMap::new();
        for (at, statement) in [&was, &now].into_iter().enumerate() {
            for of in &statement.lines {
                let (_, figures) = lines.entry(&of.line.id).or_insert((&of.line, [None; 2]));
                figures[at] = Some(&of.figures);
            }
        }
        for (line, figures) in lines.into_values() {
            let zero = Money::zero(line.currency);
            let figure = |at: usize, figure: Figure| figures[at].map_or(zero, |figures| figures.get(figure));
            let mut pairs: Vec<(Figure, Money, Money)> =
                FIGURES.iter().map(|one| (*one, figure(0, *one), figure(1, *one))).collect();
            let orders = |known| ordered(ledger, line, close.period, known);
            pairs.push((Figure::Encumbered, orders(Some(close.recorded))?, orders(as_known)?));
            let imports =
                spend.iter().filter(|one| line.scope.contains(&one.key.platform, &one.key.account, &one.key.campaign));
            let mut imports: Vec<&Id> = imports.flat_map(|one| &one.imports).collect();
            imports.sort();
            imports.dedup();
            let facts = since.iter().filter(|fact| fact.bears_on(&line.id, &line.scope)).map(Late::said);
            let facts: Vec<String> = facts.chain(imports.iter().map(|import| format!("import {import}"))).collect();
            for (figure, was, now) in pairs.into_iter().filter(|(_, was, now)| was != now) {
                adjustments.push(LineAdjustment {
                    period: close.name.clone(),
                    line: line.id.clone(),
                    figure,
                    was,
                    now,
                    difference: now.minus(was)?,
                    facts: facts.clone(),
                });
            }
        }
    }
    Ok(adjustments)
}

/// The open orders of a line for days of a period.
fn ordered(ledger: &Ledger, line: &Line, period: Period, as_known: Option<Instant>) -> Result<Money, MoneyError> {
    let orders = ledger.encumbrances(as_known);
    let orders = orders.iter().filter(|order| order.line == line.id && period.contains(order.date));
    orders.map(|order| order.amount).try_fold(Money::zero(line.currency), Money::plus)
}
