//! What was approved, and the plan of each month with what blocks it.

use std::collections::BTreeMap;

use super::{Account, Branch, Transaction};
use crate::calendar::Day;
use crate::ledger::{Entry, EntryKind, Line, RestrictionKind};
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
            let is_transfer = matches!(entry.kind, EntryKind::TransferOut | EntryKind::TransferIn);
            let own = || Transaction::new(date, narrated(entry, line, from, date), Some(line.id.to_string()));
            match entry.reference.as_deref().filter(|_| is_transfer) {
                Some(reference) => {
                    let named = || Transaction::new(date, format!("Transfer {reference}"), Some(reference.to_owned()));
                    let transfer = transfers.entry((date, reference)).or_insert_with(named);
                    transfer.post(Account::of_line(Branch::Approved, line), entry.amount);
                }
                None => {
                    let (branch, amount) = match entry.is_carried_out() {
                        true => (Branch::Carried, entry.amount.negated()),
                        false => (Branch::Approved, entry.amount),
                    };
                    let mut transaction = own();
                    let authority = Account::of_line(Branch::Authority, line);
                    transaction.transfer(Account::of_line(branch, line), authority, amount);
                    transactions.push(transaction);
                }
            }
        }
    }
    for mut transfer in transfers.into_values() {
        transfer.balance(&Account::new(Branch::Authority, &[]))?;
        transactions.push(transfer);
    }
    Ok(transactions)
}

fn narrated(entry: &Entry, line: &Line, from: Day, date: Day) -> String {
    let what = match entry.kind {
        EntryKind::Original => "Approved",
        EntryKind::Amendment => "Amended",
        EntryKind::CarryForward if entry.is_carried_out() => "Carried out of",
        EntryKind::CarryForward => "Carried into",
        EntryKind::TransferOut => "Transferred from",
        EntryKind::TransferIn => "Transferred to",
        EntryKind::RedirectIn => "Received by",
    };
    let effective = if from == date { String::new() } else { format!(" on {from}") };
    let note = entry.note.as_ref().map(|note| format!(": {note}")).unwrap_or_default();
    format!("{what} {}{effective}{note}", line.id)
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
                Transaction::new(date, format!("{what} {} of {}", line.id, month.month), Some(line.id.to_string()))
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
            received.transfer(
                Account::of_line(Branch::Received, line),
                Account::of_line(Branch::Authority, line),
                month.figures.get(Figure::PlanReceived),
            );
            transactions.extend([planned, received]);
        }
    }
    Ok(transactions)
}
