//! What a policy makes of a statement, and what a plan line could be by what was spent before: proposals, with the
//! arithmetic that led to them.
//!
//! Stands on a statement, the ledger's policies and its spend. Writes nothing.
#![warn(clippy::arithmetic_side_effects)]

mod onward;
mod plan;

use std::collections::BTreeMap;

use crate::ledger::{Policy, PolicyBasis, State};
use crate::money::{Currency, Money, MoneyError};
use crate::redirect::{Allocation, allocate};
use crate::scope::{Id, Scope};
use crate::statement::{Figure, LineStatement, RedirectionStatement, Statement};

pub use onward::{OnwardError, OnwardProposal};
pub use plan::{PlanBasis, PlanProposal};

/// What a policy makes of the lines of one currency.
#[derive(Clone, Debug)]
pub struct Proposal {
    /// The policy.
    pub policy: Policy,
    /// The currency.
    pub currency: Currency,
    /// What its basis comes to.
    pub own: OnBasis,
    /// What the other bases would come to.
    pub others: Vec<OnBasis>,
    /// The redirections proposed on its own basis: one per line and destination.
    pub redirections: Vec<ProposedRedirection>,
}

/// What a line gives to a policy.
#[derive(Clone, Debug)]
pub struct LineGives {
    /// The line.
    pub line: Id,
    /// Its plan.
    pub plan: Money,
    /// What was spent of it.
    pub actual: Money,
    /// What is blocked of it and not spent all the same.
    pub blocked_net: Money,
    /// What is free of it.
    pub free: Money,
    /// What is redirected of it already.
    pub redirected: Money,
    /// What may be redirected from it.
    pub redirectable: Money,
    /// Proposals that still wait for approval, and what policies before this one propose.
    pub waiting: Money,
    /// What it gives.
    pub gives: Money,
    /// Of it above redirectable: it needs other funding.
    pub needs_other_funding: Money,
}

/// What a policy comes to on a basis.
#[derive(Clone, Debug)]
pub struct OnBasis {
    /// The basis.
    pub basis: PolicyBasis,
    /// What each line gives, by id; lines that give nothing are listed too.
    pub lines: Vec<LineGives>,
    /// What all lines give.
    pub gives: Money,
    /// Of it above redirectable.
    pub needs_other_funding: Money,
    /// How it is divided among the destinations.
    pub allocation: Allocation,
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

/// What is asked for of each line already: proposals that wait for approval, and those of policies before.
type Asked<'a> = BTreeMap<&'a Id, Money>;

/// Returns what policies propose, in their order, a proposal per currency: each takes what those before it leave.
pub fn propose(statement: &Statement, policies: &[&Policy]) -> Result<Vec<Proposal>, MoneyError> {
    let mut asked = Asked::new();
    for line in &statement.lines {
        let waits = |of: &RedirectionStatement| of.state == State::Proposed;
        asked.insert(&line.line.id, taken(statement, line, waits)?);
    }
    let mut proposals = Vec::new();
    for policy in policies {
        let mut by_currency: BTreeMap<Currency, Vec<&LineStatement>> = BTreeMap::new();
        for line in statement.lines.iter().filter(|line| is_taken(policy, line)) {
            by_currency.entry(line.line.currency).or_default().push(line);
        }
        for (currency, lines) in by_currency {
            if matches!(policy.basis, PolicyBasis::Fixed(amount) if amount.currency() != currency) {
                continue;
            }
            let proposal = of_currency(statement, policy, currency, &lines, &asked)?;
            for one in &proposal.redirections {
                if let Some(line) = lines.iter().find(|line| line.line.id == one.line) {
                    let sum = asked.entry(&line.line.id).or_insert(Money::zero(currency));
                    *sum = sum.plus(one.amount)?;
                }
            }
            proposals.push(proposal);
        }
    }
    Ok(proposals)
}

fn of_currency(
    statement: &Statement,
    policy: &Policy,
    currency: Currency,
    lines: &[&LineStatement],
    asked: &Asked<'_>,
) -> Result<Proposal, MoneyError> {
    let on = |basis: PolicyBasis| -> Result<OnBasis, MoneyError> {
        let lines = gives(statement, policy, basis, lines, asked)?;
        let sum = |what: fn(&LineGives) -> Money| {
            lines.iter().try_fold(Money::zero(currency), |sum, line| sum.plus(what(line)))
        };
        let (gives, needs_other_funding) = (sum(|line| line.gives)?, sum(|line| line.needs_other_funding)?);
        let allocation = allocate(gives, &policy.to, policy.remainder.as_ref())?;
        Ok(OnBasis { basis, lines, gives, needs_other_funding, allocation })
    };
    let own = on(policy.basis)?;
    let others = [PolicyBasis::Blocked, PolicyBasis::Remaining, PolicyBasis::WholePlan];
    let others = others.into_iter().filter(|basis| *basis != policy.basis).map(on).collect::<Result<_, _>>()?;
    let redirections = by_line(&own.lines, &own.allocation)?;
    Ok(Proposal { policy: policy.clone(), currency, own, others, redirections })
}

/// What each line gives on a basis.
fn gives(
    statement: &Statement,
    policy: &Policy,
    basis: PolicyBasis,
    lines: &[&LineStatement],
    asked: &Asked<'_>,
) -> Result<Vec<LineGives>, MoneyError> {
    let is_of = |of: &RedirectionStatement| of.redirection.policy.as_ref() == Some(&policy.id);
    // A named amount is spread over the lines as far as each may give; what is above is asked of the first.
    let mut named = match basis {
        PolicyBasis::Fixed(amount) => {
            let taken = lines
                .iter()
                .try_fold(Money::zero(amount.currency()), |sum, line| sum.plus(taken(statement, line, is_of)?))?;
            Some(amount.minus(taken)?.at_least_zero())
        }
        _ => None,
    };
    let mut gives = Vec::new();
    for line in lines {
        let zero = Money::zero(line.line.currency);
        let figure = |figure| line.figures.get(figure);
        let (redirectable, redirected) = (figure(Figure::Redirectable), figure(Figure::RedirectedLive));
        let waiting = asked.get(&line.line.id).copied().unwrap_or(zero);
        let open = redirectable.minus(waiting)?.at_least_zero();
        let given = match basis {
            PolicyBasis::Blocked => {
                open.least(blocked_by_its_causes(policy, line)?.minus(taken(statement, line, is_of)?)?)?
            }
            PolicyBasis::Remaining => line.plan_whole.minus(line.actual_whole)?.minus(redirected)?.minus(waiting)?,
            PolicyBasis::WholePlan => line.plan_whole.minus(redirected)?.minus(waiting)?,
            PolicyBasis::Fixed(_) => named.unwrap_or(zero).least(open)?,
        };
        let given = given.at_least_zero();
        named = named.map(|left| left.minus(given)).transpose()?;
        gives.push(LineGives {
            line: line.line.id.clone(),
            plan: line.plan_whole,
            actual: line.actual_whole,
            blocked_net: line.blocked_net_whole,
            free: figure(Figure::Free),
            redirected,
            redirectable,
            waiting,
            gives: given,
            needs_other_funding: given.minus(open)?.at_least_zero(),
        });
    }
    if let (Some(left), Some(first)) = (named, gives.first_mut()) {
        first.gives = first.gives.plus(left)?;
        first.needs_other_funding = first.needs_other_funding.plus(left)?;
    }
    Ok(gives)
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

/// What some redirections take of a line, or ask for where they wait for approval. What they take out of a reserve was
/// taken of the line before.
fn taken(
    statement: &Statement,
    line: &LineStatement,
    counts: impl Fn(&RedirectionStatement) -> bool,
) -> Result<Money, MoneyError> {
    let of_line = |of: &&RedirectionStatement| of.redirection.line == line.line.id && of.redirection.from.is_none();
    let counted = statement.redirections.iter().filter(of_line).filter(|of| counts(of));
    counted.into_iter().try_fold(Money::zero(line.line.currency), |sum, of| {
        sum.plus(if of.state == State::Proposed { of.progress.proposed } else { of.progress.live() })
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
