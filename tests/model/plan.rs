//! The plan of a line: what its entries put on each of its days.

use std::collections::BTreeMap;

use respend::Day;
use respend::ledger::{Entry, Line};

use crate::exact::Ratio;

/// The days of a line.
pub(crate) fn days(line: &Line) -> Vec<Day> {
    let all = std::iter::successors(Some(line.period.start()), |day| Some(day.next()));
    all.take_while(|day| *day < line.period.end()).collect()
}

/// What is planned before each day of a line, and before the day after its last; `None` where an entry takes away more
/// than is left.
pub(crate) fn cumulative<'a>(line: &Line, entries: impl Iterator<Item = &'a Entry>) -> Option<Vec<i128>> {
    let days = days(line);
    // What changes on each day; what took effect before the line counts on its first.
    let mut changes: BTreeMap<Day, i128> = BTreeMap::new();
    for entry in entries {
        *changes.entry(entry.effective.max(days[0])).or_default() += entry.amount.minor();
    }
    let mut planned = vec![0; days.len() + 1];
    let mut amount = 0;
    for (on, change) in changes {
        amount += change;
        let from = days.iter().position(|day| *day == on)?;
        let rest = amount - planned[from];
        if rest < 0 {
            return None;
        }
        for at in from..planned.len() {
            let part = Ratio::new((at - from) as i128, (days.len() - from) as i128);
            planned[at] = planned[from] + (Ratio::whole(rest) * part).nearest();
        }
    }
    Some(planned)
}
