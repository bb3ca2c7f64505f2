//! What was approved, and the plan of each month with what blocks it.

use std::collections::BTreeMap;

use super::{Account, Branch, Transaction, narrated};
use crate::calendar::Day;
use crate::ledger::{EntryKind, RestrictionKind};
use crate::money::MoneyError;
use crate::statement::{Figure, Statement};

/// The entries of the plan lines, on the day each takes effect; those from before the period on its first day.
///
/// The two halves of a transfer are one transaction, which balances by itself where both lines are in the statement.
pub(super) fn approvals(statement: &Statement) -> Result<Vec<Transaction>, MoneyError> {
    let mut transactions: Vec<Transaction> = Vec::new();
    let mut transfers: BTreeMap<(Day, &str), Transaction> = BTreeMap::new();
    for line in &statement.lines {
        let line = &line.line;
        for entry in line.entries.iter().filter(|entry| entry.kind != EntryKind::RedirectIn) {
            let from = entry.effective.max(line.period.start());
            let date = from.max(statement.period.start());
            if date > statement.period.last() {
                continue;
            }
            let (on, note) = ((from != date).then_some(from), entry.note.as_deref());
            let is_transfer = matches!(entry.kind, EntryKind::TransferOut | EntryKind::TransferIn);
            if let Some(reference) = entry.reference.as_deref().filter(|_| is_transfer) {
                let narration = narrated(format!("Transfer {reference}"), on, note);
                let begun = || Transaction::new(date, narration, Some(reference.to_owned()));
                let transfer = transfers.entry((from, reference)).or_insert_with(begun);
                transfer.post(Account::of_line(Branch::Approved, line), entry.amount);
                continue;
            }
            let (branch, amount) = match entry.is_carried_out() {
                true => (Branch::Carried, entry.amount.negated()),
                false => (Branch::Approved, entry.amount),
            };
            let narration = narrated(format!("Budget {}: {}", line.id, entry.kind), on, note);
            let mut transaction = Transaction::new(date, narration, Some(line.id.to_string()));
            let authority = Account::of_line(Branch::Authority, line);
            transaction.pair(Account::of_line(branch, line), authority, amount);
            transactions.push(transaction);
        }
    }
    for mut transfer in transfers.into_values() {
        transfer.balance(&Account::new(Branch::Authority, &[]))?;
        transactions.push(transfer);
    }
    Ok(transactions)
}

/// The plan of each month, on the first of its days: what is open of it, what each restriction blocks, and beside it
/// what the line received.
pub(super) fn months(statement: &Statement) -> Result<Vec<Transaction>, MoneyError> {
    let mut transactions = Vec::new();
    for line in &statement.lines {
        let (months, line) = (&line.months, &line.line);
        for month in months {
            let date = month.month.first_day().max(line.period.start()).max(statement.period.start());
            let begun = |what| {
                Transaction::new(date, format!("{what} {}: {}", line.id, month.month), Some(line.id.to_string()))
            };
            let mut planned = begun("Plan");
            planned.post(Account::of_line(Branch::Open, line), month.figures.get(Figure::OpenPlan));
            for ((kind, restriction), part) in &month.blocked_by {
                let branch = match kind {
                    RestrictionKind::Ban => Branch::Imposed,
                    RestrictionKind::Hold => Branch::Voluntary,
                };
                let names = [line.scope.platform.as_str(), line.id.as_str(), restriction.as_str()];
                planned.post(Account::new(branch, &names), *part);
            }
            planned.post(Account::of_line(Branch::Plan, line), month.figures.get(Figure::Plan).negated());
            let mut received = begun("Received");
            received.pair(
                Account::of_line(Branch::Received, line),
                Account::of_line(Branch::Authority, line),
                month.figures.get(Figure::PlanReceived),
            );
            transactions.extend([planned, received]);
        }
    }
    Ok(transactions)
}
