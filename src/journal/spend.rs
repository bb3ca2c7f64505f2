//! What was spent, by month.

use std::collections::BTreeMap;

use super::{Account, Branch, Transaction};
use crate::calendar::{Day, Month};
use crate::money::{Currency, Money, MoneyError};
use crate::scope::Platform;
use crate::statement::{Figure, Statement};

/// The spend of each plan line and month, per account: as an expense that the platform is owed, and beside it what of
/// the budget it used.
pub(super) fn of_lines(statement: &Statement) -> Result<Vec<Transaction>, MoneyError> {
    let mut transactions = Vec::new();
    for line in &statement.lines {
        let (months, line) = (&line.months, &line.line);
        for month in months {
            let narration = format!("Spend {}: {}", line.id, month.month);
            let mut spent = Transaction::new(last_day(statement, month.month), narration, Some(line.id.to_string()));
            for (account, spending) in &month.accounts {
                expense(&mut spent, &line.scope.platform, account, spending.actual()?);
            }
            let (actual, inside) =
                (month.figures.get(Figure::Actual), month.figures.get(Figure::SpendDuringRestriction));
            spent.post(Account::of_line(Branch::SpentOpen, line), actual.minus(inside)?);
            spent.post(Account::of_line(Branch::SpentRestricted, line), inside);
            spent.post(Account::of_line(Branch::Authority, line), actual.negated());
            transactions.push(spent);
        }
    }
    Ok(transactions)
}

/// The spend of each month that no plan line covers, per account.
pub(super) fn unbudgeted(statement: &Statement) -> Result<Vec<Transaction>, MoneyError> {
    let mut sums: BTreeMap<(Month, &Platform, &str, Currency), Money> = BTreeMap::new();
    for spend in &statement.unbudgeted {
        for (month, amount) in &spend.months {
            let at = (*month, &spend.platform, spend.account.as_str(), amount.currency());
            let sum = sums.entry(at).or_insert(Money::zero(amount.currency()));
            *sum = sum.plus(*amount)?;
        }
    }
    let mut transactions = Vec::new();
    for ((month, platform, account, _), amount) in sums {
        let narration = format!("Spend {platform}, in no plan line: {month}");
        let mut spent = Transaction::new(last_day(statement, month), narration, None);
        expense(&mut spent, platform, account, amount);
        let names = [platform.as_str(), account];
        spent.pair(Account::new(Branch::Unbudgeted, &names), Account::new(Branch::Authority, &[]), amount);
        transactions.push(spent);
    }
    Ok(transactions)
}

fn expense(transaction: &mut Transaction, platform: &Platform, account: &str, amount: Money) {
    let names = [platform.as_str(), account];
    transaction.pair(Account::new(Branch::Advertising, &names), Account::new(Branch::Payable, &names), amount);
}

/// The last day of a month that the statement knows spend of.
fn last_day(statement: &Statement, month: Month) -> Day {
    month.next().first_day().minus_days(1).min(statement.period.last()).min(statement.as_of)
}
