//! `respend encumbrance`

use clap::{Args, Subcommand};
use respend::ledger::Log;
use respend::{Day, Id, Money};

use super::budget::line;
use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Encumbrance {
    /// Record an open order on a plan line
    Add(Add),
    /// Lower an open order, to nothing if no amount is given
    Release(Release),
    /// List the open orders
    List,
}

#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The plan line
    #[arg(long)]
    line: Id,
    /// The order's number
    #[arg(long)]
    reference: String,
    /// The day of service
    #[arg(long)]
    date: Day,
    /// What is open
    #[arg(long, allow_negative_numbers = true)]
    amount: String,
    /// Who records it
    #[arg(long, value_name = "NAME")]
    recorded_by: Option<String>,
    /// Your words
    #[arg(long)]
    note: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Release {
    /// The plan line
    #[arg(long)]
    line: Id,
    /// The order's number
    #[arg(long)]
    reference: String,
    /// What is still open then
    #[arg(long, default_value = "0", allow_negative_numbers = true)]
    amount: String,
    /// Who records it
    #[arg(long, value_name = "NAME")]
    recorded_by: Option<String>,
    /// Your words
    #[arg(long)]
    note: Option<String>,
}

pub(crate) fn run(context: &Context, encumbrance: Encumbrance) -> Result<(), Failure> {
    let (id, reference, date, amount, by, note) = match encumbrance {
        Encumbrance::List => {
            let ledger = context.ledger()?;
            return output::document(
                &context.everywhere,
                &respend::report::encumbrances(&ledger, context.everywhere.as_known)?,
            );
        }
        Encumbrance::Add(add) => (add.line, add.reference, Some(add.date), add.amount, add.recorded_by, add.note),
        Encumbrance::Release(release) => {
            (release.line, release.reference, None, release.amount, release.recorded_by, release.note)
        }
    };
    let mut change = context.change()?;
    let line = line(change.before(), &id)?;
    let orders = change.before().encumbrances(None);
    let known = orders.iter().find(|order| order.line == id && order.reference == reference);
    let amount = Money::parse(&amount, line.currency).map_err(|error| Failure::refused(error.to_string(), ""))?;
    let date = match (date, known) {
        (Some(_), Some(known)) if !known.amount.is_zero() => {
            return Err(Failure::refused(
                format!("order `{reference}` on line `{id}` is open already, with {}", known.amount.spelled()),
                "lower it with `respend encumbrance release --amount LEFT`, or use another reference",
            ));
        }
        (Some(date), _) => date,
        (None, Some(known)) if amount.minor() <= known.amount.minor() => known.date,
        (None, Some(known)) => {
            return Err(Failure::refused(
                format!("{amount} is more than the {} that is open", known.amount),
                "a release lowers what is open",
            ));
        }
        (None, None) => {
            let open: Vec<&str> =
                orders.iter().filter(|order| order.line == id).map(|order| order.reference.as_str()).collect();
            let hint = if open.is_empty() {
                "the line has no orders".to_owned()
            } else {
                format!("its orders are {}", open.join(", "))
            };
            return Err(Failure::refused(format!("there is no order `{reference}` on line `{id}`"), hint));
        }
    };
    let recorded = change.recorded(context.now, known.and_then(|known| known.recorded));
    change.append(
        Log::Encumbrances,
        &[
            ("line", id.to_string()),
            ("reference", reference.clone()),
            ("date", date.to_string()),
            ("currency", line.currency.to_string()),
            ("amount", amount.to_string()),
            ("recorded", recorded.to_string()),
            ("by", by.unwrap_or_default()),
            ("note", note.unwrap_or_default()),
        ],
    )?;
    context.commit(change)?;
    let title = format!("Order {reference} on plan line {id}: {} open, for service on {date}", amount.spelled());
    output::done(&context.everywhere, title, Vec::new())
}
