//! What a policy makes of a statement, and what a plan line could be by what was spent before: proposals, with the
//! arithmetic that led to them.
//!
//! Stands on a statement, the ledger's policies and its spend. Writes nothing.
#![warn(clippy::arithmetic_side_effects)]

mod plan;

use std::collections::BTreeMap;

use crate::ledger::{Policy, PolicyBasis, State};
use crate::money::{Currency, Money, MoneyError};
use crate::redirect::{Allocation, allocate};
use crate::scope::{Id, Scope};
use crate::statement::{Figure, LineStatement, Statement};

pub use plan::{PlanBasis, PlanProposal};

/// What a policy makes of the lines of one currency.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The policy.
    pub policy: Id,
    /// The currency.
    pub currency: Currency,
    /// What each line gives, by id; lines that give nothing are listed too.
    pub lines: Vec<LineGives>,
    /// How the sum is divided among the destinations.
    pub allocation: Allocation,
    /// The redirections proposed: one per line and destination.
    pub redirections: Vec<ProposedRedirection>,
}

/// What a line gives to a policy.
#[derive(Clone, Debug)]
pub struct LineGives {
    /// The line.
    pub line: Id,
    /// What may be redirected from it.
    pub redirectable: Money,
    /// Proposals of the same policy that still wait for approval.
    pub waiting: Money,
    /// What it gives.
    pub gives: Money,
    /// Of it above redirectable: it needs other funding.
    pub needs_other_funding: Money,
}

/// One redirection that a policy proposes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProposedRedirection {
    /// The line it takes from.
    pub line: Id,
    /// Where it goes.
    pub destination: Id,
    /// How much.
    pub amount: Money,
}

/// Returns what a policy proposes, a proposal per currency.
pub fn propose(statement: &Statement, policy: &Policy) -> Result<Vec<Proposal>, MoneyError> {
    let mut by_currency: BTreeMap<Currency, Vec<&LineStatement>> = BTreeMap::new();
    for line in statement.lines.iter().filter(|line| is_taken(policy, line)) {
        by_currency.entry(line.line.currency).or_default().push(line);
    }
    let mut proposals = Vec::new();
    for (currency, lines) in by_currency {
        let mut gives = Vec::new();
        // A named amount is spread over the lines as far as each may give; what is above is asked of the first.
        let mut named = match policy.basis {
            PolicyBasis::Fixed(amount) if amount.currency() == currency => Some(amount),
            PolicyBasis::Fixed(_) => continue,
            _ => None,
        };
        for line in &lines {
            let (redirectable, live) = (
                line.figures.get(Figure::Redirectable),
                of_policy(statement, policy, line, |state| state != State::Proposed)?,
            );
            let waiting = of_policy(statement, policy, line, |state| state == State::Proposed)?;
            let wanted = match policy.basis {
                PolicyBasis::Blocked => redirectable.least(blocked_by_its_causes(policy, line)?.minus(live)?)?,
                PolicyBasis::Remaining => {
                    line.plan_whole.minus(line.actual_whole)?.minus(line.figures.get(Figure::RedirectedLive))?
                }
                PolicyBasis::WholePlan => line.plan_whole.minus(line.figures.get(Figure::RedirectedLive))?,
                PolicyBasis::Fixed(_) => named.unwrap_or(Money::zero(currency)).minus(live)?.least(redirectable)?,
            };
            let given = wanted.minus(waiting)?.at_least_zero();
            named = named.map(|left| left.minus(live)?.minus(waiting)?.minus(given)).transpose()?;
            let needs_other_funding = given.minus(redirectable.minus(waiting)?.at_least_zero())?.at_least_zero();
            gives.push(LineGives {
                line: line.line.id.clone(),
                redirectable,
                waiting,
                gives: given,
                needs_other_funding,
            });
        }
        if let (Some(left), Some(first)) = (named.map(Money::at_least_zero), gives.first_mut()) {
            first.gives = first.gives.plus(left)?;
            first.needs_other_funding = first.needs_other_funding.plus(left)?;
        }
        let sum = gives.iter().try_fold(Money::zero(currency), |sum, line| sum.plus(line.gives))?;
        let allocation = allocate(sum, &policy.to, policy.remainder.as_ref())?;
        let redirections = by_line(&gives, &allocation)?;
        proposals.push(Proposal { policy: policy.id.clone(), currency, lines: gives, allocation, redirections });
    }
    Ok(proposals)
}

fn is_taken(policy: &Policy, line: &LineStatement) -> bool {
    let takes = &policy.takes;
    let scope = |platform| Scope { platform, account: takes.account.clone(), campaign: takes.campaign.clone() };
    let platform = takes.platform.clone().unwrap_or_else(|| line.line.scope.platform.clone());
    let in_period = policy.period.is_none_or(|period| period.overlap(line.line.period) == Some(line.line.period));
    in_period && scope(platform).covers(&line.line.scope)
}

/// What the causes a policy names block of a line; all of them where it names none.
fn blocked_by_its_causes(policy: &Policy, line: &LineStatement) -> Result<Money, MoneyError> {
    let takes = &policy.takes;
    let named = line.blocked_by_whole.iter().filter(|((kind, id), _)| {
        let is_named = takes.restrictions.is_empty() || takes.restrictions.contains(id);
        is_named && takes.cause.is_none_or(|cause| cause == kind.cause())
    });
    named.into_iter().try_fold(Money::zero(line.line.currency), |sum, (_, part)| sum.plus(*part))
}

/// What redirections of the policy take of a line already.
fn of_policy(
    statement: &Statement,
    policy: &Policy,
    line: &LineStatement,
    counts: impl Fn(State) -> bool,
) -> Result<Money, MoneyError> {
    let zero = Money::zero(line.line.currency);
    statement.redirections.iter().filter(|of| counts(of.state)).try_fold(zero, |sum, of| {
        let is_of = of.redirection.policy.as_ref() == Some(&policy.id) && of.redirection.line == line.line.id;
        let amount = if of.state == State::Proposed { of.progress.proposed } else { of.progress.live() };
        if is_of { sum.plus(amount) } else { Ok(sum) }
    })
}

/// Takes each destination's part from the lines in turn, so that every line gives what it gives.
fn by_line(lines: &[LineGives], allocation: &Allocation) -> Result<Vec<ProposedRedirection>, MoneyError> {
    let mut left: Vec<Money> = lines.iter().map(|line| line.gives).collect();
    let mut redirections: Vec<ProposedRedirection> = Vec::new();
    for (destination, part) in &allocation.parts {
        let mut open = *part;
        for (line, left) in lines.iter().zip(&mut left) {
            let amount = open.least(*left)?;
            if amount.is_zero() {
                continue;
            }
            open = open.minus(amount)?;
            *left = left.minus(amount)?;
            match redirections.iter_mut().find(|one| one.line == line.line && one.destination == *destination) {
                Some(same) => same.amount = same.amount.plus(amount)?,
                None => redirections.push(ProposedRedirection {
                    line: line.line.clone(),
                    destination: destination.clone(),
                    amount,
                }),
            }
        }
    }
    Ok(redirections)
}
