//! [`whole`]: everything there is to look into in a ledger.

use super::{Finding, accounts, closed, evidence, files, policies, redirections, restrictions, sort};
use crate::calendar::{Day, Instant, Period};
use crate::ledger::Ledger;
use crate::statement::{Statement, StatementError};

/// What was found in a ledger.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The day it was looked at: what happened up to then counts.
    pub as_of: Day,
    /// The fiscal years whose statements were looked into, in order.
    pub years: Vec<Year>,
    /// What was found, errors first.
    pub findings: Vec<Finding>,
}

/// A fiscal year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// Its name, as a period is spelled.
    pub name: String,
    /// Its days.
    pub period: Period,
}

/// Looks into a whole ledger: into the statement of every fiscal year, and into its facts and files.
///
/// `as_of` and `as_known` are the statements' cut-offs. What several years say of one thing, such as a plan line that
/// crosses them, is said once. `filing` is the day a tax return is filed by, as for [`findings`](super::findings).
pub fn whole(
    ledger: &Ledger,
    as_of: Day,
    as_known: Option<Instant>,
    filing: Option<Day>,
) -> Result<Checked, StatementError> {
    let mut found = Vec::new();
    let years = years(ledger);
    for year in &years {
        let statement = Statement::of(ledger, year.period, as_of, as_known)?;
        found.extend(super::findings(&statement, ledger, filing)?);
    }
    redirections::four_eyes(ledger, &mut found);
    restrictions::recorded_late(ledger, &mut found);
    policies::findings(ledger, &mut found);
    evidence::findings(ledger, &mut found);
    files::controls(ledger, &mut found)?;
    files::unused(ledger, &mut found)?;
    accounts::findings(ledger, as_of, as_known, &mut found)?;
    closed::findings(ledger, as_of, as_known, &mut found)?;
    sort(&mut found);
    Ok(Checked { as_of, years, findings: found })
}

/// The fiscal years to look into: from that of the first plan line or restriction to the last the ledger speaks of.
/// Spend of years before is history that a plan may rest on; there is nothing to hold it against.
fn years(ledger: &Ledger) -> Vec<Year> {
    let extent = ledger.extent();
    let restricted = || ledger.restrictions(None).into_iter().map(|restriction| restriction.from);
    let planned = ledger.lines(None).into_iter().map(|line| line.period.start()).chain(restricted()).min();
    let begins = extent.map(Period::start);
    // Nothing is less than any day.
    let (first, last) = (planned.or(begins).max(begins), extent.map(Period::last).max(restricted().max()));
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let fiscal = ledger.settings().fiscal_year;
    let year = |day: Day| Year { name: fiscal.name(day), period: fiscal.year(day) };
    let years = std::iter::successors(Some(year(first)), |before| Some(year(before.period.end())));
    years.take_while(|year| year.period.start() <= last).collect()
}
