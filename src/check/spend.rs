//! Spend: days without data, what no plan line covers, rates that are missing, months that cannot be divided, figures
//! that could still move.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Finding};
use crate::calendar::Period;
use crate::money::{Currency, Money, MoneyError, Totals};
use crate::scope::Id;
use crate::statement::{MonthDoubt, Statement};

/// Open days up to the cut-off have data.
pub(super) fn uncovered(statement: &Statement, findings: &mut Vec<Finding>) {
    let mut by_platform: BTreeMap<&str, BTreeSet<Period>> = BTreeMap::new();
    for line in &statement.lines {
        by_platform.entry(line.line.scope.platform.as_str()).or_default().extend(&line.uncovered);
    }
    for (platform, periods) in by_platform.into_iter().filter(|(_, periods)| !periods.is_empty()) {
        let message = format!("no import covers {}; days without data are not days without spend", listed(&periods));
        let hint = "import the exports; `respend imports --gaps` says which";
        let finding = Finding::new(Code::UncoveredDays, format!("platform {platform}"), message, hint);
        findings.push(finding.of(statement.period));
    }
}

/// Spend is covered by a plan line.
pub(super) fn unbudgeted(statement: &Statement, findings: &mut Vec<Finding>) -> Result<(), MoneyError> {
    let mut sums: BTreeMap<(&str, Currency), Totals> = BTreeMap::new();
    for spend in &statement.unbudgeted {
        sums.entry((spend.platform.as_str(), spend.actual.currency())).or_default().add(spend.actual.into())?;
    }
    // What lacks a rate is said for itself.
    let line_of = |id: &Id| statement.lines.iter().find(|line| line.line.id == *id);
    let mut lack_a_rate = BTreeSet::new();
    for missing in statement.missing_rates.iter().filter(|missing| statement.period.contains(missing.day)) {
        let Some(line) = line_of(&missing.line) else { continue };
        let at = (line.line.scope.platform.as_str(), missing.amount.currency());
        sums.entry(at).or_default().add(missing.amount.negated().into())?;
        lack_a_rate.insert(at);
    }
    for ((platform, currency), sum) in sums {
        let sum = sum.get(currency);
        if sum.is_zero() && lack_a_rate.contains(&(platform, currency)) {
            continue;
        }
        let message = format!("{} was spent that no plan line covers", sum.spelled());
        let hint = "add a plan line with `respend budget add`, or check the scopes";
        let finding = Finding::new(Code::UnbudgetedSpend, format!("platform {platform}"), message, hint);
        findings.push(finding.of(statement.period));
    }
    Ok(())
}

const TAKE_IN: &str =
    "take rates of these days in with `respend rates import FILE`: the ECB's eurofxref-hist.csv, or your own";

/// Spend in another currency than that of its plan line has a rate.
pub(super) fn missing_rates(statement: &Statement, findings: &mut Vec<Finding>) -> Result<(), MoneyError> {
    let mut missing: BTreeMap<(&Id, Currency, Currency), (Money, Vec<Period>)> = BTreeMap::new();
    for one in &statement.missing_rates {
        let own = one.amount.currency();
        let (sum, days) = missing.entry((&one.line, own, one.quote)).or_insert((Money::zero(own), Vec::new()));
        *sum = sum.plus(one.amount)?;
        match days.last_mut().filter(|last| last.end() == one.day) {
            Some(last) => *last = Period::new(last.start(), one.day.next()).unwrap_or(*last),
            None => days.extend(Period::new(one.day, one.day.next())),
        }
    }
    for ((line, base, quote), (sum, days)) in missing {
        let message = format!(
            "{} was spent, and no rate of {base} in {quote} is known of {}; it is not converted and counts as unbudgeted",
            sum.spelled(),
            listed(&days)
        );
        findings.push(Finding::new(Code::RateMissing, format!("line {line}"), message, TAKE_IN));
    }
    Ok(())
}

/// A payment in another currency than its pledge has a rate.
pub(super) fn missing_rates_of_payments(statement: &Statement, findings: &mut Vec<Finding>) {
    for of in &statement.redirections {
        for payment in of.fx_payments.iter().filter(|payment| payment.rate.is_none()) {
            let message = format!(
                "{} was paid, and no rate of {} in {} is known of {}; what the exchange made of it cannot be said",
                payment.sent.spelled(),
                payment.sent.currency(),
                payment.settled.currency(),
                payment.date
            );
            findings.push(Finding::new(
                Code::RateMissing,
                format!("redirection {}", of.redirection.id),
                message,
                TAKE_IN,
            ));
        }
    }
}

/// Days in words: those that stand alone, and runs of them.
fn listed<'a>(periods: impl IntoIterator<Item = &'a Period>) -> String {
    let one = |days: &Period| if days.days() == 1 { days.start().to_string() } else { days.to_string() };
    periods.into_iter().map(one).collect::<Vec<_>>().join(", ")
}

/// Months are not divided; where that would have to be, somebody should know on which side they are.
pub(super) fn month_figures(statement: &Statement, findings: &mut Vec<Finding>) {
    for figure in &statement.month_figures {
        let (code, why) = match figure.doubt {
            MonthDoubt::Restricted => (
                Code::MonthFigureRestricted,
                "restrictions cover only some days of that month, so it counts as spent outside them",
            ),
            MonthDoubt::Cut => (
                Code::MonthFigureCut,
                "the period or a plan line begins or ends inside that month, so it counts whole where the month's last day lies",
            ),
        };
        let place = match &figure.line {
            Some(line) => format!("line {line}"),
            None => format!("platform {}", figure.platform),
        };
        let message = format!("{} of {} is known by month alone; {why}", figure.amount.spelled(), figure.month);
        findings.push(Finding::new(code, place, message, "export that month by day").of(statement.period));
    }
}

/// Figures are final.
pub(super) fn provisional(statement: &Statement, findings: &mut Vec<Finding>) {
    let place = match statement.provisional_rows {
        0 => return,
        _ => statement.period,
    };
    let message = match statement.provisional_rows {
        1 => String::from("1 row could still move when it was exported"),
        rows => format!("{rows} rows could still move when they were exported"),
    };
    let hint = "import a later export to settle them";
    findings.push(Finding::new(Code::ProvisionalRows, place, message, hint).of(statement.period));
}
