//! What the arithmetic demands of a ledger beyond well-formed files.

use rust_decimal::Decimal;

use crate::blocked::{Blocked, ShareMissing};
use crate::calendar::{Instant, Period};
use crate::ledger::{Control, Ledger, LedgerError, Line, Problem};
use crate::money::Cost;
use crate::plan::{Plan, PlanError};
use crate::scope::Scope;

/// How far back the share of a restricted scope is looked for.
const SHARE_DAYS: u32 = 365;

/// Checks that every line known then has a plan and that every restriction says what it stops of it; what is wrong
/// is answered together.
pub fn rules(ledger: &Ledger, as_known: Option<Instant>) -> Result<(), LedgerError> {
    let restrictions = ledger.restrictions(as_known);
    let mut problems = Vec::new();
    for line in ledger.lines(as_known) {
        match Plan::of(&line) {
            Ok(_) => {}
            Err(PlanError::NegativeRest(problem)) => problems.push(problem),
            Err(PlanError::Money(error)) => {
                problems.push(Problem {
                    place: line.place.clone(),
                    what: format!("line `{}`: {error}", line.id),
                    mend: String::new(),
                });
            }
        }
        for missing in Blocked::of(&line, &restrictions).err().unwrap_or_default() {
            problems.push(share_missing(ledger, &line, &missing, as_known)?);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(LedgerError::Invalid(problems)) }
}

fn share_missing(
    ledger: &Ledger,
    line: &Line,
    missing: &ShareMissing,
    as_known: Option<Instant>,
) -> Result<Problem, LedgerError> {
    let restriction = &missing.restriction;
    let days = Period::new(restriction.from.minus_days(SHARE_DAYS), restriction.from);
    let seen = match days {
        Some(days) => share_seen(ledger, line, &restriction.scope, days, as_known)?,
        None => None,
    };
    let mend = match seen {
        Some(share) => format!("add the share; in the {SHARE_DAYS} days before {} it was {share}", restriction.from),
        None => format!(
            "add the share, like 0.35; in the {SHARE_DAYS} days before {} no spend is known to take it from",
            restriction.from
        ),
    };
    Ok(Problem {
        place: restriction.place.clone(),
        what: format!(
            "{} `{}` on {} is narrower than plan line `{}` ({}) and has no share",
            restriction.kind, restriction.id, restriction.scope, line.id, line.scope
        ),
        mend,
    })
}

/// The part of a line's spend in those days that was in a scope, to four decimals.
fn share_seen(
    ledger: &Ledger,
    line: &Line,
    scope: &Scope,
    days: Period,
    as_known: Option<Instant>,
) -> Result<Option<Decimal>, LedgerError> {
    let (mut inside, mut all) = (Cost::zero(line.currency), Cost::zero(line.currency));
    let mut stream = ledger.spend(as_known, Control::Hash);
    while let Some(day) = stream.next_day()? {
        for spent in day.spend.iter().filter(|_| days.contains(day.day.last_day())) {
            let key = spent.key();
            if key.currency != line.currency || !line.scope.contains(&key.platform, &key.account, &key.campaign) {
                continue;
            }
            let sum = |to: Cost| to.plus(spent.cost).map_err(|error| LedgerError::refused(error.to_string(), ""));
            all = sum(all)?;
            if scope.contains(&key.platform, &key.account, &key.campaign) {
                inside = sum(inside)?;
            }
        }
    }
    let share = inside.amount().checked_div(all.amount()).map(|share| share.round_dp(4).normalize());
    Ok(share.filter(|share| *share > Decimal::ZERO && *share <= Decimal::ONE))
}
