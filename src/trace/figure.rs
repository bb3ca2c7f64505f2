//! [`Reckoner`]: takes figures apart.

use std::collections::BTreeSet;

use super::spent::Facts;
use super::{Of, Part, Question, Selected, What};
use crate::blocked::Blocked;
use crate::calendar::Period;
use crate::ledger::{Encumbrance, Entry, EntryKind, Ledger, Line, Redirection, RedirectionStep, RestrictionKind};
use crate::money::{Currency, Money, MoneyError};
use crate::plan::Plan;
use crate::scope::Platform;
use crate::statement::{Figure, LineStatement, Statement, StatementError, approved_redirections};

/// What is needed to take a figure apart.
pub(super) struct Reckoner<'a> {
    ledger: &'a Ledger,
    statement: &'a Statement,
    question: &'a Question,
    facts: &'a Facts,
    /// The redirections whose money plan lines have received.
    approved: BTreeSet<String>,
    orders: Vec<Encumbrance>,
}

/// A plan line, and what its figures are taken apart by.
struct Lined<'a> {
    line: &'a Line,
    plan: Plan,
    blocked: &'a Blocked,
}

impl<'a> Reckoner<'a> {
    pub(super) fn new(
        ledger: &'a Ledger,
        statement: &'a Statement,
        question: &'a Question,
        facts: &'a Facts,
    ) -> Result<Reckoner<'a>, StatementError> {
        Ok(Reckoner {
            ledger,
            statement,
            question,
            facts,
            approved: approved_redirections(ledger, question.as_of, question.as_known),
            orders: ledger.encumbrances(question.as_known),
        })
    }

    /// Takes apart what was asked for.
    pub(super) fn root(&self) -> Result<Part, StatementError> {
        let figure = self.question.figure;
        match &self.question.of {
            Of::Line(id) => {
                let found = self.statement.lines.iter().find(|line| line.line.id == *id);
                // It was found when the figure was.
                let currency = self.ledger.settings().currency;
                found.map_or_else(|| Ok(self.nothing(figure, currency)?), |line| self.shown(line, figure))
            }
            Of::Platform(platform, currency) => self.of_platform(platform, *currency, figure),
            Of::Total(currency) => self.of_all(*currency, figure),
        }
    }

    /// A figure that nothing makes.
    fn nothing(&self, figure: Figure, currency: Currency) -> Result<Part, MoneyError> {
        let of = self.question.of.clone();
        Part::sum(What::Figure { figure, of, days: self.days() }, currency, Vec::new())
    }

    /// The days asked for.
    fn days(&self) -> Period {
        self.question.days()
    }

    fn of_all(&self, currency: Currency, figure: Figure) -> Result<Part, StatementError> {
        let platforms = self.statement.platforms.keys().filter(|(_, of)| *of == currency);
        let mut parts = Vec::new();
        // What lines received is left out of totals.
        for (platform, _) in platforms.filter(|_| figure != Figure::PlanReceived) {
            parts.push(self.of_platform(platform, currency, figure)?);
        }
        Ok(Part::sum(What::Figure { figure, of: Of::Total(currency), days: self.days() }, currency, parts)?)
    }

    fn of_platform(&self, platform: &Platform, currency: Currency, figure: Figure) -> Result<Part, StatementError> {
        let mut parts = Vec::new();
        let of = Of::Platform(platform.clone(), currency);
        match figure {
            Figure::Spend => {
                parts.push(self.of_platform(platform, currency, Figure::Actual)?);
                parts.push(self.of_platform(platform, currency, Figure::Unbudgeted)?);
            }
            Figure::Unbudgeted => {
                let (platform, days) = (platform.clone(), self.days());
                parts.push(self.facts.part(Selected { line: None, platform, currency, days, inside: None })?);
            }
            _ => {
                let lines = self.statement.lines.iter();
                for line in lines.filter(|line| line.line.scope.platform == *platform && line.line.currency == currency)
                {
                    if line.line.period.overlap(self.days()).is_some() {
                        parts.push(self.shown(line, figure)?);
                    }
                }
            }
        }
        Ok(Part::sum(What::Figure { figure, of, days: self.days() }, currency, parts)?)
    }

    /// A figure of a line as it is reported: a flow of the days asked for, else of the whole line.
    fn shown(&self, line: &LineStatement, figure: Figure) -> Result<Part, StatementError> {
        let plan = Plan::of(&line.line)?;
        let of_line = Lined { line: &line.line, plan, blocked: &line.blocked };
        let days = if figure.is_flow() { line.line.period.overlap(self.days()) } else { Some(line.line.period) };
        let part = match days {
            Some(days) => self.figure(&of_line, figure, days)?,
            None => self.nothing(figure, line.line.currency)?,
        };
        Ok(part)
    }

    fn figure(&self, line: &Lined, figure: Figure, days: Period) -> Result<Part, MoneyError> {
        let currency = line.line.currency;
        let to_date = days.until(self.question.as_of);
        let parts = match figure {
            Figure::Plan => entries(line.line, days, Entry::is_planned)?,
            Figure::PlanReceived => entries(line.line, days, |entry| {
                entry.kind == EntryKind::RedirectIn
                    && entry.reference.as_ref().is_some_and(|reference| self.approved.contains(reference))
            })?,
            Figure::Actual => vec![self.spent(line, days, None)?],
            Figure::SpendDuringRestriction => vec![self.spent(line, days, Some(true))?],
            Figure::OpenPlan => {
                vec![self.figure(line, Figure::Plan, days)?, self.figure(line, Figure::BlockedGross, days)?.taken_off()]
            }
            Figure::OpenPlanAhead => match days.after(self.question.as_of) {
                Some(ahead) => vec![self.figure(line, Figure::OpenPlan, ahead)?],
                None => Vec::new(),
            },
            Figure::OpenVariance | Figure::OpenVarianceToDate => {
                let open = if figure == Figure::OpenVariance { Some(days) } else { to_date };
                let mut parts = Vec::new();
                if let Some(open) = open {
                    parts.push(self.figure(line, Figure::OpenPlan, open)?);
                }
                parts.push(self.spent(line, days, Some(false))?.taken_off());
                parts
            }
            Figure::BlockedImposed => blocks(line, days, RestrictionKind::Ban)?,
            Figure::BlockedVoluntary => blocks(line, days, RestrictionKind::Hold)?,
            Figure::BlockedGross => {
                vec![
                    self.figure(line, Figure::BlockedImposed, days)?,
                    self.figure(line, Figure::BlockedVoluntary, days)?,
                ]
            }
            Figure::BlockedToDate => match to_date {
                Some(to_date) => vec![self.figure(line, Figure::BlockedGross, to_date)?],
                None => Vec::new(),
            },
            Figure::BlockedNet => {
                vec![
                    self.figure(line, Figure::BlockedGross, days)?,
                    self.figure(line, Figure::SpendDuringRestriction, days)?.taken_off(),
                ]
            }
            Figure::Encumbered => self.orders(line, None),
            Figure::Free => self.free(line)?,
            Figure::RedirectedLive => self.redirections(line)?,
            Figure::Redirectable => {
                let limit = self.limit(line)?;
                at_least_zero(vec![limit, self.figure(line, Figure::RedirectedLive, days)?.taken_off()], currency)?
            }
            Figure::OverRedirected => {
                let limit = self.limit(line)?;
                at_least_zero(vec![self.figure(line, Figure::RedirectedLive, days)?, limit.taken_off()], currency)?
            }
            // These are of no line.
            Figure::Unbudgeted | Figure::Spend => Vec::new(),
        };
        Part::sum(What::Figure { figure, of: Of::Line(line.line.id.clone()), days }, currency, parts)
    }

    fn spent(&self, line: &Lined, days: Period, inside: Option<bool>) -> Result<Part, MoneyError> {
        let Line { id, scope, currency, .. } = line.line;
        let (line, platform, currency) = (Some(id.clone()), scope.platform.clone(), *currency);
        self.facts.part(Selected { line, platform, currency, days, inside })
    }

    /// Blocked net or free, whichever is less, and never below zero.
    fn limit(&self, line: &Lined) -> Result<Part, MoneyError> {
        let (whole, currency) = (line.line.period, line.line.currency);
        let (net, free) = (self.figure(line, Figure::BlockedNet, whole)?, self.figure(line, Figure::Free, whole)?);
        let words = format!(
            "blocked_net {} or free {} of the whole line, whichever is less; never below zero",
            net.amount.grouped(),
            free.amount.grouped()
        );
        let less = if free.amount.minor() < net.amount.minor() { free } else { net };
        Part::sum(What::Rule(words), currency, at_least_zero(vec![less], currency)?)
    }

    fn free(&self, line: &Lined) -> Result<Vec<Part>, MoneyError> {
        let whole = line.line.period;
        let mut parts =
            vec![self.figure(line, Figure::Plan, whole)?, self.figure(line, Figure::Actual, whole)?.taken_off()];
        let ahead = self.figure(line, Figure::OpenPlanAhead, whole)?;
        let open = self.orders(line, Some(false));
        let words = format!("orders for open days, more than open_plan_ahead {}", ahead.amount.grouped());
        let ordered = Part::sum(What::Rule(words), line.line.currency, open)?;
        let needed = if ordered.amount.minor() > ahead.amount.minor() { ordered } else { ahead };
        parts.push(needed.taken_off());
        parts.extend(self.orders(line, Some(true)).into_iter().map(Part::taken_off));
        for entry in line.line.entries.iter().filter(|entry| entry.is_carried_out()) {
            let what = What::Entry { line: line.line.id.clone(), entry: entry.clone() };
            parts.push(Part::fact(what, entry.amount)); // it is below zero itself
        }
        Ok(parts)
    }

    /// The open orders of a line: those on restricted days, on others, or all.
    fn orders(&self, line: &Lined, restricted: Option<bool>) -> Vec<Part> {
        let is_its = |order: &&Encumbrance| {
            order.line == line.line.id && restricted.is_none_or(|it| it == line.blocked.is_restricted(order.date))
        };
        let orders = self.orders.iter().filter(is_its);
        orders.map(|order| Part::fact(What::Order(order.clone()), order.amount)).collect()
    }

    fn redirections(&self, line: &Lined) -> Result<Vec<Part>, MoneyError> {
        let mut parts = Vec::new();
        let of_line = || self.ledger.redirections().iter().filter(|one| one.line == line.line.id);
        for redirection in of_line() {
            let mut steps = self.steps(redirection)?;
            if steps.is_empty() {
                continue;
            }
            // What others take on of it is theirs.
            for other in of_line().filter(|other| other.from.as_ref() == Some(&redirection.id)) {
                steps.extend(self.steps(other)?.into_iter().filter(|step| !step.amount.is_zero()).map(Part::taken_off));
            }
            parts.push(Part::sum(What::Redirection(redirection.id.clone()), line.line.currency, steps)?);
        }
        Ok(parts)
    }

    /// What each step of a redirection changes of what it takes.
    fn steps(&self, redirection: &Redirection) -> Result<Vec<Part>, MoneyError> {
        let id = &redirection.id;
        let step =
            |step: RedirectionStep| Part::fact(What::Step { redirection: id.clone(), event: step.event }, step.live);
        let steps = redirection.steps(self.question.as_of, self.question.as_known)?;
        Ok(steps.into_iter().map(step).collect())
    }
}

/// What entries add to the plan of some days.
fn entries(line: &Line, days: Period, is_of_it: impl Fn(&Entry) -> bool) -> Result<Vec<Part>, MoneyError> {
    let entries: Vec<&Entry> = line.entries.iter().filter(|entry| is_of_it(entry)).collect();
    let part = |(entry, amount): (&Entry, Money)| {
        Part::fact(What::Entry { line: line.id.clone(), entry: entry.clone() }, amount)
    };
    Ok(Plan::by_entry(line, &entries, days)?.into_iter().map(part).collect())
}

/// What bans or holds block of the plan of some days: the plan of their days, without what a share or others leave.
fn blocks(line: &Lined, days: Period, kind: RestrictionKind) -> Result<Vec<Part>, MoneyError> {
    let currency = line.line.currency;
    let mut parts = Vec::new();
    for part in line.blocked.parts(&line.plan, days)?.into_iter().filter(|part| part.cause.kind == kind) {
        let restriction = line.blocked.restrictions().iter().find(|one| one.id == part.cause.restriction);
        let Some(restriction) = restriction else { continue };
        let of = Of::Line(line.line.id.clone());
        let planned = Part::sum(
            What::Figure { figure: Figure::Plan, of, days: part.days },
            currency,
            entries(line.line, part.days, Entry::is_planned)?,
        )?;
        let left = part.amount.minus(planned.amount)?;
        let mut of_it = vec![planned];
        if !left.is_zero() {
            let what = What::Rule(String::from("what its share leaves open, or restrictions before it block already"));
            of_it.push(Part::fact(what, left));
        }
        let what = What::Blocks { restriction: Box::new(restriction.clone()), days: part.days };
        parts.push(Part::sum(what, currency, of_it)?);
    }
    Ok(parts)
}

/// Adds what raises a sum to zero.
fn at_least_zero(mut parts: Vec<Part>, currency: Currency) -> Result<Vec<Part>, MoneyError> {
    let sum = parts.iter().try_fold(Money::zero(currency), |sum, part| sum.plus(part.adds()))?;
    if sum.is_negative() {
        parts.push(Part::fact(What::Rule(String::from("never below zero")), sum.negated()));
    }
    Ok(parts)
}
