//! Spend: days without data, what no plan line covers, months that cannot be divided, figures that could still move.

use std::collections::{BTreeMap, BTreeSet};

use super::{Code, Finding};
use crate::calendar::Period;
use crate::money::{Currency, MoneyError, Totals};
use crate::statement::{MonthDoubt, Statement};

/// Open days up to the cut-off have data.
pub(super) fn uncovered(statement: &Statement, findings: &mut Vec<Finding>) {
    let mut by_platform: BTreeMap<&str, BTreeSet<Period>> = BTreeMap::new();
    for line in &statement.lines {
        by_platform.entry(line.line.scope.platform.as_str()).or_default().extend(&line.uncovered);
    }
    for (platform, periods) in by_platform.into_iter().filter(|(_, periods)| !periods.is_empty()) {
        let listed: Vec<String> = periods
            .iter()
            .map(|days| if days.days() == 1 { days.start().to_string() } else { days.to_string() })
            .collect();
        let message = format!("no import covers {}; days without data are not days without spend", listed.join(", "));
        let hint = "import the exports; `respend imports --gaps` says which";
        let finding = Finding::new(Code::UncoveredDays, format!("platform {platform}"), message, hint);
        findings.push(finding.of(statement.period));
    }
}

/// Spend is covered by a plan line in its currency.
pub(super) fn unbudgeted(statement: &Statement, findings: &mut Vec<Finding>) -> Result<(), MoneyError> {
    let mut sums: BTreeMap<(&str, Currency, bool), Totals> = BTreeMap::new();
    for spend in &statement.unbudgeted {
        let at = (spend.platform.as_str(), spend.actual.currency(), spend.line_in_other_currency.is_some());
        sums.entry(at).or_default().add(spend.actual.into())?;
    }
    for ((platform, currency, has_line), sum) in sums {
        let sum = sum.get(currency).spelled();
        let (code, message, hint) = if has_line {
            (
                Code::CurrencyDiffers,
                format!(
                    "{sum} was spent where the plan line is in another currency; it is not converted and counts as unbudgeted"
                ),
                "plan the account in its own currency",
            )
        } else {
            (
                Code::UnbudgetedSpend,
                format!("{sum} was spent that no plan line covers"),
                "add a plan line with `respend budget add`, or check the scopes",
            )
        };
        findings.push(Finding::new(code, format!("platform {platform}"), message, hint).of(statement.period));
    }
    Ok(())
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
