//! Redirections: what is over-redirected, letters that are missing, and what other platforms received.

use super::{Code, Finding};
use crate::calendar::Day;
use crate::ledger::{DestinationKind, EntryKind, EventKind, Ledger, Redirection};
use crate::money::Money;
use crate::statement::{Figure, Statement};

/// A payment from this many cents on needs a letter from a charity in the United States before the tax return is filed
/// (26 U.S.C. § 170(f)(8)).
const LETTER_FROM_USD: i128 = 25_000;

fn place(redirection: &Redirection) -> String {
    format!("redirection {}", redirection.id)
}

/// Redirections take no more than is blocked and free, line by line.
pub(super) fn over(statement: &Statement, findings: &mut Vec<Finding>) {
    for line in &statement.lines {
        let over = line.figures.get(Figure::OverRedirected);
        if !over.is_zero() {
            let message = format!("redirections take {} more than is blocked and free", over.spelled());
            let hint = "cancel some, or fund them otherwise";
            findings.push(Finding::new(Code::OverRedirected, format!("line {}", line.line.id), message, hint));
        }
    }
    for of in statement.redirections.iter().filter(|of| !of.needs_other_funding.is_zero()) {
        let message = format!("{} of it is not, or no longer, blocked and free", of.needs_other_funding.spelled());
        let hint = "it needs other funding, or is cancelled";
        findings.push(Finding::new(Code::NeedsOtherFunding, place(&of.redirection), message, hint));
    }
}

/// What lines may redirect one by one is free in all of them together.
pub(super) fn above_free(statement: &Statement, findings: &mut Vec<Finding>) {
    for (currency, sums) in &statement.totals {
        let (redirectable, free) = (sums.get(Figure::Redirectable), sums.get(Figure::Free));
        if redirectable.minor() > free.at_least_zero().minor() {
            let message = format!(
                "{} may be redirected line by line, but all lines together have only {} free",
                redirectable.spelled(),
                free.grouped()
            );
            let hint = "look for the line that is overspent";
            let finding = Finding::new(Code::RedirectableAboveFree, currency, message, hint);
            findings.push(finding.of(statement.period));
        }
    }
}

/// Payments to a charity in the United States have their letters.
pub(super) fn letters(statement: &Statement, ledger: &Ledger, filing: Option<Day>, findings: &mut Vec<Finding>) {
    for of in &statement.redirections {
        let redirection = &of.redirection;
        let destination = ledger.settings().destinations.iter().find(|known| known.id == redirection.destination);
        let is_us_charity = destination
            .is_some_and(|known| known.kind == DestinationKind::Donation && known.country.as_deref() == Some("US"));
        let needs_letter = |money: Money| redirection.currency.code() == "USD" && money.minor() >= LETTER_FROM_USD;
        for payment in of.progress.payments.iter().filter(|payment| is_us_charity && needs_letter(payment.amount)) {
            if payment.acknowledged == payment.amount {
                continue;
            }
            let name = payment
                .reference
                .as_deref()
                .map_or(String::from("the payment"), |reference| format!("payment {reference}"));
            let message = format!(
                "{name} of {} on {} has no letter from {}",
                payment.amount.spelled(),
                payment.date,
                redirection.destination
            );
            let left = match filing {
                Some(filing) if filing < statement.as_of => format!("the filing date {filing} has passed"),
                Some(filing) => {
                    format!("{} days are left to the filing date {filing}", filing.days_since(statement.as_of))
                }
                None => String::from(
                    "it must be in hand by the day the tax return is filed (--filing-date says how long that is)",
                ),
            };
            let hint = format!("ask for it; {left}");
            findings.push(Finding::new(Code::LetterMissing, place(redirection), message, hint));
        }
    }
}

/// What a line received is what a redirection to its platform was approved for, and what was approved was received.
pub(super) fn received(statement: &Statement, ledger: &Ledger, findings: &mut Vec<Finding>) {
    for line in statement.lines.iter().map(|line| &line.line) {
        for entry in line.entries.iter().filter(|entry| entry.kind == EntryKind::RedirectIn) {
            let reference = entry.reference.as_deref().unwrap_or_default();
            let Some(one) = ledger.redirections().iter().find(|one| one.id.as_str() == reference) else { continue };
            let approved = one.events.iter().find(|event| event.kind == EventKind::Approved);
            let approved = approved.and_then(|event| event.amount.or(one.events.first()?.amount));
            // Of one that is not approved the ledger knows no entry.
            let Some(approved) = approved else { continue };
            let is_same = one.destination.as_str() == line.scope.platform.as_str() && one.line != line.id;
            if !is_same || approved != entry.amount {
                let message = format!(
                    "it received {} by redirection {reference}, which is to {} and approved for {}",
                    entry.amount.spelled(),
                    one.destination,
                    approved.spelled()
                );
                let hint = "correct the entry in budgets.csv";
                findings.push(Finding::new(Code::RedirectInDiffers, format!("line {}", line.id), message, hint));
            }
        }
    }
    let lines = ledger.lines(statement.as_known);
    let entries = || lines.iter().flat_map(|line| &line.entries).filter(|entry| entry.kind == EntryKind::RedirectIn);
    for of in &statement.redirections {
        let one = &of.redirection;
        let Some(approval) = of.progress.approved.filter(|_| !of.progress.cancelled) else { continue };
        let is_received = || entries().any(|entry| entry.reference.as_deref() == Some(one.id.as_str()));
        if one.kind == DestinationKind::Platform && !is_received() {
            let message = format!(
                "it is approved for {}, and no plan line of {} received it",
                approval.amount.spelled(),
                one.destination
            );
            let hint = format!(
                "add an entry `redirect-in` of that amount, with the reference {}, to a line of {} in budgets.csv",
                one.id, one.destination
            );
            findings.push(Finding::new(Code::RedirectInMissing, place(one), message, hint));
        }
    }
}

/// Whoever approved is not whoever proposed; where nobody is named, that cannot be seen.
pub(super) fn four_eyes(ledger: &Ledger, findings: &mut Vec<Finding>) {
    for one in ledger.redirections().iter().filter(|_| ledger.settings().four_eyes) {
        let is_approved = one.events.iter().any(|event| event.kind == EventKind::Approved);
        let Some(proposal) = one.events.first().filter(|first| is_approved && first.by.is_none()) else { continue };
        let message = "it is approved, and its proposal does not say by whom it was made";
        let hint = format!("name the proposer in {}, so that four eyes can be seen", proposal.place);
        findings.push(Finding::new(Code::ProposerUnknown, place(one), message, hint));
    }
}
