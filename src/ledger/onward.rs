//! Redirections that take their money from a reserve: no more goes on than the reserve holds.

use super::redirections::EventKind;
use super::{DestinationKind, Event, Problem, Redirection};
use crate::calendar::Instant;
use crate::money::{Money, MoneyError};

/// Checks every redirection that takes its money from another one; what is wrong is added to `problems`.
///
/// They stand in the order of their ids, and the steps of each are possible by themselves.
pub(super) fn check(redirections: &[Redirection], problems: &mut Vec<Problem>) {
    for one in redirections {
        let (Some(from), Some(first)) = (&one.from, one.events.first()) else { continue };
        let wrong = |event: &Event, what: String, mend: String| Problem {
            place: event.place.clone(),
            what: format!("redirection `{}`: {what}", one.id),
            mend,
        };
        let Ok(at) = redirections.binary_search_by(|source| source.id.cmp(from)) else {
            let mend = "`from` is the id of a redirection to a reserve; leave it empty to take from the plan line";
            problems.push(wrong(first, format!("there is no redirection `{from}` to take from"), mend.into()));
            continue;
        };
        let source = &redirections[at];
        if source.kind != DestinationKind::Reserve || source.from.is_some() || source.line != one.line {
            let what = format!("`{from}` is no redirection from plan line `{}` to a reserve", one.line);
            problems.push(wrong(first, what, "name one that is, or leave `from` empty".into()));
            continue;
        }
        let Some(approval) = one.events.iter().find(|event| event.kind == EventKind::Approved) else { continue };
        let moved = source.events.iter().find(|event| event.kind == EventKind::Moved);
        if moved.is_none_or(|moved| moved.date > approval.date || moved.recorded > approval.recorded) {
            let what = format!("`approved` is not possible: `{from}` has not been moved by then");
            problems.push(wrong(approval, what, format!("record that {} took over `{from}`", source.destination)));
            continue;
        }
        match over(source, one, approval, redirections) {
            Ok(over) if over.is_zero() => {}
            Ok(over) => {
                let what = format!("it takes {} more than `{from}` still holds then", over.spelled());
                problems.push(wrong(approval, what, "approve less, or cancel what takes from it as well".into()));
            }
            Err(error) => problems.push(wrong(approval, error.to_string(), String::new())),
        }
    }
}

/// What is taken beyond what the reserve holds when a redirection is approved.
///
/// Of those approved before, each counts with what it stands at by then, at the earliest moment both are known. From
/// there it only becomes less; so whatever day and moment cuts the books, no more has gone on than there was.
fn over(
    source: &Redirection,
    one: &Redirection,
    approval: &Event,
    redirections: &[Redirection],
) -> Result<Money, MoneyError> {
    let order = |event: &Event| (event.date, event.recorded);
    let live = |one: &Redirection, known: Option<Instant>| {
        let progress = one.progress(approval.date, known.or(Some(Instant::EARLIEST)));
        progress.map_or(Money::zero(one.currency), |progress| progress.live())
    };
    let mut taken = live(one, approval.recorded);
    for other in redirections.iter().filter(|other| other.from.as_ref() == Some(&source.id) && other.id != one.id) {
        let Some(before) = other.events.iter().find(|event| event.kind == EventKind::Approved) else { continue };
        if (order(before), &other.id) < (order(approval), &one.id) {
            taken = taken.plus(live(other, before.recorded.max(approval.recorded)))?;
        }
    }
    taken.minus(live(source, approval.recorded)).map(Money::at_least_zero)
}
