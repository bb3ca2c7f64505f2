//! `respend budget transfer` and `respend budget carry-forward`: an amount leaves one line and arrives on another.

use clap::Args;
use respend::ledger::{Basis, EntryKind, Line, Log};
use respend::statement::{Figure, Statement};
use respend::{Day, Id, Money};

use super::{Said, line, money, recorded, say};
use crate::context::Context;
use crate::failure::Failure;

#[derive(Args, Debug)]
pub(crate) struct Transfer {
    #[command(flatten)]
    between: Between,
    /// The day from which it counts (default: today)
    #[arg(long)]
    effective: Option<Day>,
}

#[derive(Args, Debug)]
pub(crate) struct CarryForward {
    #[command(flatten)]
    between: Between,
    /// The day from which it counts on the line that takes (default: its first day)
    #[arg(long)]
    effective: Option<Day>,
}

#[derive(Args, Debug)]
struct Between {
    /// The line that gives
    #[arg(long)]
    from: Id,
    /// The line that takes
    #[arg(long)]
    to: Id,
    /// How much
    #[arg(long, allow_negative_numbers = true)]
    amount: String,
    /// What both halves are called (default: made of the lines and the day)
    #[arg(long)]
    reference: Option<String>,
    #[command(flatten)]
    said: Said,
}

/// One half: what the entry is, and from when on it counts.
type Half = (EntryKind, Day);

pub(super) fn transfer(context: &Context, transfer: Transfer) -> Result<(), Failure> {
    let effective = transfer.effective.unwrap_or(context.today);
    let halves = |_: &Line, _: &Line| ((EntryKind::TransferOut, effective), (EntryKind::TransferIn, effective));
    enter(context, transfer.between, "Transferred", halves)
}

pub(super) fn carry_forward(context: &Context, carry: CarryForward) -> Result<(), Failure> {
    let halves = |from: &Line, to: &Line| {
        let arrives = carry.effective.unwrap_or(to.period.start());
        // It leaves the old line after its last day, whenever it counts on the new one.
        let leaves = arrives.max(from.period.end());
        ((EntryKind::CarryForward, leaves), (EntryKind::CarryForward, arrives))
    };
    enter(context, carry.between, "Carried forward", halves)
}

fn enter(
    context: &Context,
    between: Between,
    done: &str,
    halves: impl FnOnce(&Line, &Line) -> (Half, Half),
) -> Result<(), Failure> {
    let mut change = context.change()?;
    let (from, to) = (line(change.before(), &between.from)?, line(change.before(), &between.to)?);
    if from.id == to.id {
        return Err(Failure::refused("a line cannot give to itself", "name two lines"));
    }
    if from.currency != to.currency {
        return Err(Failure::refused(
            format!("line `{}` is in {} and line `{}` in {}", from.id, from.currency, to.id, to.currency),
            "what moves between lines stays in one currency; amend both lines instead",
        ));
    }
    let amount = money(&between.amount, from.currency)?;
    if amount.is_zero() || amount.is_negative() {
        return Err(Failure::refused("what moves is an amount above zero", "turn --from and --to round"));
    }
    let (leaves, arrives) = halves(&from, &to);
    if leaves.0 == EntryKind::CarryForward && to.period.end() <= from.period.end() {
        return Err(Failure::refused(
            format!("line `{}` does not last longer than line `{}`", to.id, from.id),
            "what is left goes to a later line; between lines of the same days it is `respend budget transfer`",
        ));
    }
    let taken = |reference: &str| {
        let mut entries = change.before().lines(None).into_iter().flat_map(|line| line.entries);
        entries.any(|entry| entry.reference.as_deref() == Some(reference))
    };
    let base = format!("{}-to-{}-{}", from.id, to.id, arrives.1);
    let mut numbered = std::iter::once(base.clone()).chain((2_u32..).map(|count| format!("{base}-{count}")));
    let reference = between.reference.or_else(|| numbered.find(|reference| !taken(reference))).unwrap_or(base);
    let recorded = recorded(context, &change, &[&from, &to]);
    for (id, (kind, effective), amount) in [(&from.id, leaves, amount.negated()), (&to.id, arrives, amount)] {
        change.append(
            Log::Budgets,
            &[
                ("line", id.to_string()),
                ("entry", kind.to_string()),
                ("amount", amount.to_string()),
                ("effective", effective.to_string()),
                ("recorded", recorded.to_string()),
                ("by", between.said.recorded_by.clone().unwrap_or_default()),
                ("basis", Basis::Given.to_string()),
                ("reference", reference.clone()),
                ("note", between.said.note.clone().unwrap_or_default()),
            ],
        )?;
    }
    let ledger = context.commit(change)?;
    let mut facts = Vec::new();
    if leaves.0 == EntryKind::CarryForward {
        let statement = Statement::of(&ledger, from.period, context.as_of(from.period), None)?;
        let given = statement.lines.iter().find(|line| line.line.id == from.id);
        let free = given.map(|line| line.figures.get(Figure::Free));
        facts.extend(free.map(|free| left(&from, free)));
    }
    say(context, &ledger, format!("{done} {} ({reference})", amount.spelled()), &[&from.id, &to.id], facts)
}

/// Says what an ended line has left after it gave.
fn left(line: &Line, free: Money) -> String {
    let what = format!("Plan line {} keeps its plan; {} of it is free now.", line.id, free.spelled());
    if free.is_negative() { format!("{what} More was carried forward than was left.") } else { what }
}
