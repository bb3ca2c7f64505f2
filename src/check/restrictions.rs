//! Restrictions: what was spent all the same, what has no plan, and what was recorded late.

use std::collections::BTreeMap;

use super::{Code, Finding};
use crate::ledger::{Ledger, Restriction};
use crate::money::{Currency, MoneyError, Totals};
use crate::statement::{Figure, Statement};

/// A restriction that is recorded more than so many days after it began, or after its notice came, is late: a month may
/// have been closed without it.
const LATE_DAYS: u32 = 30;

const FIND_OUT: &str = "find out why ads ran, and check scope and days";

fn place(restriction: &Restriction) -> String {
    format!("{} {}", restriction.kind, restriction.id)
}

/// Nothing is spent on days and campaigns a restriction covers.
pub(super) fn spent_during(statement: &Statement, findings: &mut Vec<Finding>) -> Result<(), MoneyError> {
    for line in &statement.lines {
        let place = format!("line {}", line.line.id);
        let during = line.figures.get(Figure::SpendDuringRestriction);
        if !during.is_zero() {
            let message = format!("{} was spent on days and campaigns a restriction covers", during.spelled());
            let finding = Finding::new(Code::SpendDuringRestriction, &place, message, FIND_OUT);
            findings.push(finding.of(statement.period));
        }
        let net = line.figures.get(Figure::BlockedNet);
        if net.is_negative() {
            let message =
                format!("more was spent inside restrictions than they block: blocked net is {}", net.spelled());
            let finding = Finding::new(Code::BlockedNetNegative, &place, message, FIND_OUT);
            findings.push(finding.of(statement.period));
        }
    }
    let mut sums: BTreeMap<(&str, Currency), Totals> = BTreeMap::new();
    for spend in statement.unbudgeted.iter().filter(|spend| !spend.during_restriction.is_zero()) {
        let at = (spend.platform.as_str(), spend.actual.currency());
        sums.entry(at).or_default().add(spend.during_restriction.into())?;
    }
    for ((platform, currency), sum) in sums {
        let message = format!(
            "{} that no plan line covers was spent on days and campaigns a restriction covers",
            sum.get(currency).spelled()
        );
        let finding = Finding::new(Code::SpendDuringRestriction, format!("platform {platform}"), message, FIND_OUT);
        findings.push(finding.of(statement.period));
    }
    Ok(())
}

/// A restriction lies over a plan line, so that it blocks something.
pub(super) fn without_plan(statement: &Statement, findings: &mut Vec<Finding>) {
    for restriction in &statement.restrictions {
        let days = restriction.within(statement.period);
        let blocks = statement.lines.iter().any(|line| {
            line.line.scope.overlaps(&restriction.scope)
                && days.is_some_and(|days| days.overlap(line.line.period).is_some())
        });
        if !blocks {
            let message = format!("no plan line covers {}; without a plan nothing is blocked", restriction.scope);
            let hint = "add a plan line with `respend budget add`";
            let finding = Finding::new(Code::RestrictionWithoutPlan, place(restriction), message, hint);
            findings.push(finding.of(statement.period));
        }
    }
}

/// A restriction is recorded soon after it began, or after its notice came.
pub(super) fn recorded_late(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let mut first: BTreeMap<_, &Restriction> = BTreeMap::new();
    for row in ledger.restriction_rows() {
        first.entry(&row.id).or_insert(row);
    }
    for row in first.into_values() {
        let Some(recorded) = row.recorded.map(|recorded| recorded.day()) else { continue };
        let known = row.notified.map_or(row.from, |notified| notified.max(row.from));
        if recorded <= known.plus_days(LATE_DAYS) {
            continue;
        }
        let message = format!(
            "it began on {} and was recorded on {recorded}, {} days after it could be known",
            row.from,
            recorded.days_since(known)
        );
        let hint = "reports made in between do not have it; `--as-known` a day before shows them as they were";
        findings.push(Finding::new(Code::RecordedLate, place(row), message, hint));
    }
}
