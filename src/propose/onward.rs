//! [`OnwardProposal`]: what a reserve still holds of a redirection goes on to another destination.

use crate::ledger::{DestinationKind, State};
use crate::money::{AmountError, Money, MoneyError};
use crate::scope::Id;
use crate::statement::Statement;

/// What is to go on from a reserve, with the arithmetic that led to it.
#[derive(Clone, Debug)]
pub struct OnwardProposal {
    /// The redirection to the reserve.
    pub from: Id,
    /// The policy that proposed that one.
    pub policy: Option<Id>,
    /// The reserve.
    pub reserve: Id,
    /// The plan line its money came from.
    pub line: Id,
    /// What the reserve took over.
    pub moved: Money,
    /// What others took on of it.
    pub taken_on: Money,
    /// Proposals to take of it that still wait for approval.
    pub waiting: Money,
    /// What is to go on.
    pub gives: Money,
    /// Where to.
    pub destination: Id,
}

/// Why nothing goes on.
#[derive(Debug, thiserror::Error)]
pub enum OnwardError {
    /// What was named holds no money.
    #[error("there is no redirection `{named}` that a reserve has taken over; {there_are}")]
    NoReserve {
        /// What was named.
        named: Id,
        /// Which there are.
        there_are: String,
    },
    /// It would go back to where it is.
    #[error("`{0}` is where it is")]
    SamePlace(Id),
    /// More than there is, or nothing.
    #[error("{asked} is not above zero and at most the {left} that `{from}` still holds and nobody has asked for")]
    NotThere {
        /// What was asked for.
        asked: String,
        /// What may be.
        left: String,
        /// Of which redirection.
        from: Id,
    },
    /// The amount is none.
    #[error("amount: {0}")]
    Amount(#[from] AmountError),
    /// An amount is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl OnwardProposal {
    /// Returns what is to go on from a redirection that a reserve took over: an amount, or all it still holds.
    pub fn of(
        statement: &Statement,
        from: &Id,
        destination: &Id,
        amount: Option<&str>,
    ) -> Result<OnwardProposal, OnwardError> {
        let held = || {
            let moved = statement.redirections.iter().filter(|one| one.state == State::Moved);
            moved.filter(|one| one.redirection.kind == DestinationKind::Reserve && one.redirection.from.is_none())
        };
        let Some(one) = held().find(|one| one.redirection.id == *from) else {
            let ids: Vec<&str> = held().map(|one| one.redirection.id.as_str()).collect();
            let there_are =
                if ids.is_empty() { "there are none".into() } else { format!("there are {}", ids.join(", ")) };
            return Err(OnwardError::NoReserve { named: from.clone(), there_are });
        };
        if one.redirection.destination == *destination {
            return Err(OnwardError::SamePlace(destination.clone()));
        }
        let zero = Money::zero(one.redirection.currency);
        let others = statement.redirections.iter().filter(|other| other.redirection.from.as_ref() == Some(from));
        let waiting = others
            .filter(|other| other.state == State::Proposed)
            .try_fold(zero, |sum, other| sum.plus(other.progress.proposed))?;
        let left = one.live()?.minus(waiting)?.at_least_zero();
        let gives = amount.map(|amount| Money::parse(amount, zero.currency())).transpose()?.unwrap_or(left);
        if gives.is_zero() || gives.is_negative() || gives.minor() > left.minor() {
            return Err(OnwardError::NotThere { asked: gives.spelled(), left: left.grouped(), from: from.clone() });
        }
        Ok(OnwardProposal {
            from: from.clone(),
            policy: one.redirection.policy.clone(),
            reserve: one.redirection.destination.clone(),
            line: one.redirection.line.clone(),
            moved: one.progress.live(),
            taken_on: one.taken_on,
            waiting,
            gives,
            destination: destination.clone(),
        })
    }
}
