//! What happened to the redirections.

use super::{Account, Branch, Transaction, narrated};
use crate::ledger::RedirectionStep;
use crate::money::{Money, MoneyError};
use crate::scope::Id;
use crate::statement::{RedirectionStatement, Statement};

/// The steps that change what is redirected, promised or paid, on their days; those from before the period on its
/// first day, as openings.
pub(super) fn steps(statement: &Statement) -> Result<Vec<Transaction>, MoneyError> {
    let mut transactions = Vec::new();
    for one in &statement.redirections {
        let Some(line) = statement.lines.iter().find(|line| line.line.id == one.redirection.line) else { continue };
        let (line, to) = (&line.line, one.redirection.destination.as_str());
        let redirected =
            |to: &str| Account::new(Branch::Redirected, &[to, line.scope.platform.as_str(), line.id.as_str()]);
        // What a reserve holds was taken from the line before.
        let known = |from: &Id| statement.redirections.iter().find(|source| source.redirection.id == *from);
        let source = one.redirection.from.as_ref().and_then(known);
        let taken_from = source.map_or(Account::of_line(Branch::Authority, line), |source| {
            redirected(source.redirection.destination.as_str())
        });
        let mut fx_payments = one.fx_payments.iter();
        for step in &one.steps {
            let (date, promised) = match step.event.date < statement.period.start() {
                true => (statement.period.start(), Branch::Opening),
                false => (step.event.date, Branch::Donations),
            };
            let (on, note) = ((step.event.date != date).then_some(step.event.date), step.event.note.as_deref());
            let narration =
                narrated(format!("Redirection {} to {to}: {}", one.redirection.id, step.event.kind), on, note);
            let mut transaction = Transaction::new(date, narration, Some(referenced(one, step)));
            transaction.pair(redirected(to), taken_from.clone(), step.live);
            transaction.post(Account::new(promised, &[to]), step.pledged);
            // What a payment in another currency is worth is what was paid; the rest of what it settles is the exchange's.
            let exchange = step.event.sent.and_then(|_| fx_payments.next()?.difference);
            let exchange = exchange.unwrap_or(Money::zero(step.paid.currency()));
            transaction.post(Account::new(Branch::Cash, &[to]), exchange.minus(step.paid)?);
            transaction.post(Account::new(Branch::Exchange, &[to]), exchange.negated());
            transaction.post(Account::new(Branch::Pledges, &[to]), step.paid.minus(step.pledged)?);
            transactions.push(transaction);
        }
    }
    Ok(transactions)
}

/// A payment's own reference, else the redirection's id.
fn referenced(one: &RedirectionStatement, step: &RedirectionStep) -> String {
    step.event.reference.clone().unwrap_or_else(|| one.redirection.id.to_string())
}
