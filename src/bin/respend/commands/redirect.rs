//! `respend redirect`

mod propose;
mod step;

use clap::Subcommand;
use respend::ledger::EventKind;
use respend::report;

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Redirect {
    /// Show what the policies propose, or what a reserve passes on with --from; --write records it
    Propose(propose::Propose),
    /// Agree to proposals; somebody other than the proposer
    Approve(step::Approve),
    /// Promise approved money to a donation; with --condition it is owed only once pledged again without one
    Pledge(step::Pledge),
    /// Record a payment; of a platform or a reserve, that it took the money over
    Pay(step::Pay),
    /// Record the letter for a payment; --reference names the payment
    Acknowledge(step::OfPayment),
    /// Record that a payment came back; --reference names the payment
    Refund(step::OfPayment),
    /// End redirections with what was paid
    Cancel(step::Step),
    /// List the redirections
    List,
}

pub(crate) fn run(context: &Context, redirect: Redirect) -> Result<(), Failure> {
    match redirect {
        Redirect::Propose(propose) => propose::run(context, &propose),
        Redirect::Approve(approve) => step::approve(context, &approve),
        Redirect::Pledge(pledge) => step::pledge(context, &pledge),
        Redirect::Pay(pay) => step::pay(context, &pay),
        Redirect::Acknowledge(letter) => step::of_payment(context, EventKind::Acknowledged, &letter),
        Redirect::Refund(refund) => step::of_payment(context, EventKind::Refunded, &refund),
        Redirect::Cancel(cancel) => step::step(context, EventKind::Cancelled, &cancel),
        Redirect::List => {
            let ledger = context.ledger()?;
            let as_of = context.everywhere.as_of.unwrap_or(context.today);
            output::document(&context.everywhere, &report::redirections(&ledger, as_of, context.everywhere.as_known)?)
        }
    }
}
