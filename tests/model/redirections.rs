//! How far each redirection has come, and whose funding is gone.

use respend::ledger::{Event, EventKind, Redirection};
use respend::{Day, Instant};

/// What is said of one redirection, in minor units.
pub(crate) struct Come {
    pub(crate) proposed: i128,
    pub(crate) approved: Option<i128>,
    pub(crate) conditional: Option<i128>,
    pub(crate) pledged: Option<i128>,
    pub(crate) paid: i128,
    pub(crate) acknowledged: i128,
    /// What counts of it, without what others took out of it.
    pub(crate) live: i128,
    pub(crate) taken_on: i128,
    pub(crate) state: &'static str,
    pub(crate) is_cancelled: bool,
    pub(crate) approval: Option<(Day, Option<Instant>)>,
}

struct Payment {
    reference: Option<String>,
    amount: i128,
    letters: i128,
}

/// Follows the events that had happened on a day and were known; `None` where there are none.
pub(crate) fn come(redirection: &Redirection, as_of: Day, as_known: Option<Instant>) -> Option<Come> {
    let is_known = |event: &&Event| as_known.is_none_or(|cut| event.recorded.is_none_or(|recorded| recorded <= cut));
    let events: Vec<&Event> = redirection.events.iter().filter(|event| event.date <= as_of).filter(is_known).collect();
    let (mut proposed, mut approved, mut pledged, mut approval) = (None, None, None, None);
    let (mut is_moved, mut is_cancelled, mut conditional) = (false, false, None);
    let mut payments: Vec<Payment> = Vec::new();
    for event in events {
        let named = |payment: &&mut Payment| event.reference.is_none() || payment.reference == event.reference;
        let amount = event.amount.map(|amount| amount.minor());
        match event.kind {
            EventKind::Proposed => proposed = amount,
            EventKind::Approved => {
                approved = amount.or(proposed);
                approval = Some((event.date, event.recorded));
            }
            EventKind::Pledged if event.condition.is_some() => conditional = amount.or(approved),
            EventKind::Pledged => {
                pledged = amount.or(conditional).or(approved);
                conditional = None;
            }
            EventKind::Paid => {
                let outstanding = pledged.unwrap() - payments.iter().map(|payment| payment.amount).sum::<i128>();
                let amount = amount.unwrap_or(outstanding);
                payments.push(Payment { reference: event.reference.clone(), amount, letters: 0 });
            }
            EventKind::Moved => is_moved = true,
            EventKind::Acknowledged => {
                let payment = payments.iter_mut().find(named).unwrap();
                let open = payment.amount - payment.letters.min(payment.amount);
                payment.letters += amount.unwrap_or(open);
            }
            EventKind::Refunded => {
                let payment = payments.iter_mut().find(named).unwrap();
                payment.amount -= amount.unwrap_or(payment.amount);
            }
            EventKind::Cancelled => is_cancelled = true,
        }
    }
    let paid = payments.iter().map(|payment| payment.amount).sum();
    let acknowledged = payments.iter().map(|payment| payment.letters.min(payment.amount)).sum();
    if is_cancelled {
        approved = approved.map(|_| paid);
        pledged = pledged.map(|_| paid);
        conditional = None;
    }
    let state = if is_cancelled {
        "cancelled"
    } else if is_moved {
        "moved"
    } else if !payments.is_empty() && pledged == Some(paid) && acknowledged == paid {
        "acknowledged"
    } else if !payments.is_empty() && pledged == Some(paid) {
        "paid"
    } else if pledged.is_some() {
        "pledged"
    } else if conditional.is_some() {
        "conditional"
    } else if approved.is_some() {
        "approved"
    } else {
        "proposed"
    };
    let live = pledged.or(conditional).or(approved).unwrap_or(0);
    let (proposed, taken_on) = (proposed?, 0);
    Some(Come {
        proposed,
        approved,
        conditional,
        pledged,
        paid,
        acknowledged,
        live,
        taken_on,
        state,
        is_cancelled,
        approval,
    })
}

/// Takes what comes out of reserves off what went into them.
pub(crate) fn take_on(of_line: &mut [(&Redirection, Come)]) {
    let taken: Vec<i128> = of_line
        .iter()
        .map(|(one, _)| {
            of_line.iter().filter(|(other, _)| other.from.as_ref() == Some(&one.id)).map(|of| of.1.live).sum()
        })
        .collect();
    for ((_, come), taken) in of_line.iter_mut().zip(taken) {
        (come.live, come.taken_on) = (come.live - taken, taken);
    }
}

/// Hands what is redirected too much to the redirections, latest approval first; of one day the one recorded later,
/// then the later id.
pub(crate) fn needs_other_funding(mut over: i128, of_line: &[(&Redirection, Come)]) -> Vec<i128> {
    let mut needs = vec![0; of_line.len()];
    let mut latest_first: Vec<usize> = (0..of_line.len()).filter(|at| of_line[*at].1.approval.is_some()).collect();
    latest_first.sort_by_key(|at| (of_line[*at].1.approval, of_line[*at].0.id.clone()));
    for at in latest_first.into_iter().rev() {
        needs[at] = over.min(of_line[at].1.live);
        over -= needs[at];
    }
    needs
}
