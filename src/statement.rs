//! Everything computed for a period at a cut-off: the one value that all reports show.
//!
//! Puts plan, blocked days, spend and redirections together. Knows nothing of tables, formats or commands.
#![warn(clippy::arithmetic_side_effects)]

mod adjustments;
mod blocked_by;
mod conversion;
mod figures;
mod fx_payments;
mod line_adjustments;
mod month_figures;
mod presentation;
mod restatement;
mod rules;
mod spend;

use std::collections::{BTreeMap, BTreeSet};

use crate::actual::{self, Actual, ActualError};
use crate::blocked::{Blocked, Inside, without};
use crate::calendar::{Day, Instant, Month, Period};
use crate::ledger::{
    Control, Encumbrance, Ledger, LedgerError, Line, Progress, Redirection, RedirectionStep, Restriction,
    RestrictionKind, SpendKey, State,
};
use crate::money::{Currency, Money, MoneyError};
use crate::plan::{Plan, PlanError};
use crate::rates::DayRate;
use crate::redirect::{Live, needs_other_funding};
use crate::scope::{Id, Platform};

pub use adjustments::{Adjustment, adjustments, adjustments_of};
pub use blocked_by::{BlockedGroup, BlockedKey, blocked_by};
pub(crate) use conversion::Conversion;
pub use conversion::MissingRate;
use conversion::Used;
pub use figures::{Figure, Figures};
pub use fx_payments::{FxPayment, settled_by};
pub use line_adjustments::{LineAdjustment, line_adjustments};
use month_figures::Doubts;
pub use month_figures::{MonthDoubt, MonthFigure};
pub use presentation::{Presentation, PresentedSums};
pub use restatement::{Restatement, SpendChange};
pub use rules::rules;
pub use spend::{SpendBy, SpendGroup, spend_by};

/// What a ledger says of a period, at a cut-off.
///
/// ```no_run
/// use respend::ledger::Ledger;
/// use respend::statement::{Figure, Statement};
/// use respend::Period;
///
/// let ledger = Ledger::open("ledgers/kaspersky-2018".as_ref())?;
/// let year = Period::parse("2018", &ledger.settings().fiscal_year)?;
/// let statement = Statement::of(&ledger, year, year.last(), None)?;
/// for (currency, figures) in &statement.totals {
///     println!("blocked: {} {currency}", figures.get(Figure::BlockedGross));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Statement {
    /// The days it speaks of.
    pub period: Period,
    /// Spend and redirection events up to this day count.
    pub as_of: Day,
    /// What was recorded up to this moment counts; `None`: all of it.
    pub as_known: Option<Instant>,
    /// The plan lines with days in the period, by id.
    pub lines: Vec<LineStatement>,
    /// Spend of the period that no line covers, by platform, account, campaign and currency.
    pub unbudgeted: Vec<Unbudgeted>,
    /// Sums per platform and currency.
    pub platforms: BTreeMap<(Platform, Currency), Figures>,
    /// Sums per currency.
    pub totals: BTreeMap<Currency, Figures>,
    /// The restrictions with days in the period, by id.
    pub restrictions: Vec<Restriction>,
    /// The redirections of the lines, by id.
    pub redirections: Vec<RedirectionStatement>,
    /// Steps of redirections of the lines that are known and happened after the cut-off day.
    pub later_steps: usize,
    /// Rows of exports whose figures could still move when they were made.
    pub provisional_rows: u64,
    /// Spend of months that cannot be divided where it would have to be.
    pub month_figures: Vec<MonthFigure>,
    /// The rates by which spend counts in the currency of its plan line, by base, quote and day; of whole lines.
    pub rates: Vec<DayRate>,
    /// Spend that would count in the currency of its plan line, were a rate known; of whole lines.
    pub missing_rates: Vec<MissingRate>,
}

/// What is said of one plan line.
#[derive(Clone, Debug)]
pub struct LineStatement {
    /// The line, with the entries known.
    pub line: Line,
    /// Its figures: flows of the period's days, stocks of the whole line.
    pub figures: Figures,
    /// Its flows per month of the period.
    pub months: Vec<MonthStatement>,
    /// What each restriction blocks of the period's days.
    pub blocked_by: BTreeMap<(RestrictionKind, Id), Money>,
    /// What each restriction blocks of the whole line.
    pub blocked_by_whole: BTreeMap<(RestrictionKind, Id), Money>,
    /// Its blocked days, whole.
    pub blocked: Blocked,
    /// Days of the period, open and not after the cut-off, that no import speaks for.
    pub uncovered: Vec<Period>,
    /// What was carried forward out of it.
    pub carried_out: Money,
    /// The plan of the whole line.
    pub plan_whole: Money,
    /// The actual spend of the whole line.
    pub actual_whole: Money,
    /// What is blocked of the whole line and not spent all the same.
    pub blocked_net_whole: Money,
}

/// What is said of one month of a plan line.
#[derive(Clone, Debug)]
pub struct MonthStatement {
    /// The month.
    pub month: Month,
    /// Its flows; stocks are zero.
    pub figures: Figures,
    /// What each restriction blocks of its days.
    pub blocked_by: BTreeMap<(RestrictionKind, Id), Money>,
    /// What was spent in it, by account.
    pub accounts: BTreeMap<String, Spending>,
}

/// Spend that no plan line covers.
#[derive(Clone, Debug)]
pub struct Unbudgeted {
    /// Where it ran.
    pub platform: Platform,
    /// The account.
    pub account: String,
    /// The campaign.
    pub campaign: String,
    /// The amount.
    pub actual: Money,
    /// Of it inside restrictions.
    pub during_restriction: Money,
    /// The amount by month.
    pub months: BTreeMap<Month, Money>,
}

/// What is said of one redirection.
#[derive(Clone, Debug)]
pub struct RedirectionStatement {
    /// The redirection, with the events up to the cut-offs.
    pub redirection: Redirection,
    /// How far it had come.
    pub progress: Progress,
    /// The furthest step fully reached.
    pub state: State,
    /// What was paid, less refunds.
    pub paid: Money,
    /// What letters acknowledge of it.
    pub acknowledged: Money,
    /// What was pledged and is not paid.
    pub outstanding: Money,
    /// What was paid and has no letter.
    pub awaiting_letter: Money,
    /// What others took on of it, out of the reserve it went to.
    pub taken_on: Money,
    /// What the line's blocked budget no longer covers.
    pub needs_other_funding: Money,
    /// What each event changed, in the order they happened.
    pub steps: Vec<RedirectionStep>,
    /// Its payments in other currencies, in that order.
    pub fx_payments: Vec<FxPayment>,
}

impl RedirectionStatement {
    /// Returns what counts of it against the blocked budget, without what others took on of it.
    pub fn live(&self) -> Result<Money, MoneyError> {
        self.progress.live().minus(self.taken_on)
    }
}

/// Why there is no statement.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The ledger's files, or rules that its facts break.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// An amount is out of range.
    #[error(transparent)]
    Money(#[from] MoneyError),
}

impl From<ActualError> for StatementError {
    fn from(error: ActualError) -> StatementError {
        match error {
            ActualError::Ledger(error) => StatementError::Ledger(error),
            ActualError::Money(error) => StatementError::Money(error),
        }
    }
}

impl From<PlanError> for StatementError {
    fn from(error: PlanError) -> StatementError {
        match error {
            PlanError::NegativeRest(problem) => StatementError::Ledger(LedgerError::Invalid(vec![problem])),
            PlanError::Money(error) => StatementError::Money(error),
        }
    }
}

/// Spend outside and inside restrictions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spending {
    /// On open days.
    pub outside: Money,
    /// Inside restrictions.
    pub inside: Money,
}

impl Spending {
    fn zero(currency: Currency) -> Spending {
        Spending { outside: Money::zero(currency), inside: Money::zero(currency) }
    }

    fn add(&mut self, amount: Money, is_inside: bool) -> Result<(), MoneyError> {
        let sum = if is_inside { &mut self.inside } else { &mut self.outside };
        *sum = sum.plus(amount)?;
        Ok(())
    }

    fn plus(self, other: Spending) -> Result<Spending, MoneyError> {
        Ok(Spending { outside: self.outside.plus(other.outside)?, inside: self.inside.plus(other.inside)? })
    }

    /// Returns both together.
    pub fn actual(self) -> Result<Money, MoneyError> {
        self.outside.plus(self.inside)
    }
}

/// What sorts spend that no line covers.
type UnbudgetedKey = (Platform, String, String, Currency);

/// A line with what is computed of it before spend is read.
struct Open {
    line: Line,
    plan: Plan,
    received: Plan,
    blocked: Blocked,
    /// Spend of the whole line.
    whole: Spending,
    /// Spend of the period's days, by account and month.
    accounts: BTreeMap<String, BTreeMap<Month, Spending>>,
}

/// A statement to which spend is being charged.
struct Draft {
    statement: Statement,
    lines: Vec<Open>,
    restrictions: Vec<Restriction>,
    unbudgeted: BTreeMap<UnbudgetedKey, Unbudgeted>,
    doubts: Doubts,
    used: Used,
}

impl Draft {
    fn of(ledger: &Ledger, period: Period, as_of: Day, as_known: Option<Instant>) -> Result<Draft, StatementError> {
        rules(ledger, as_known)?;
        let restrictions = ledger.restrictions(as_known);
        let approved = approved_redirections(ledger, as_of, as_known);
        let mut open = Vec::new();
        for line in ledger.lines(as_known) {
            if line.period.overlap(period).is_none() {
                continue;
            }
            let plan = Plan::of(&line)?;
            let received = Plan::received(&line, |reference| approved.contains(reference))?;
            // The rules found every share given.
            let Ok(blocked) = Blocked::of(&line, &restrictions) else { continue };
            let (whole, accounts) = (Spending::zero(line.currency), BTreeMap::new());
            open.push(Open { line, plan, received, blocked, whole, accounts });
        }
        let statement = Statement {
            period,
            as_of,
            as_known,
            lines: Vec::new(),
            unbudgeted: Vec::new(),
            platforms: BTreeMap::new(),
            totals: BTreeMap::new(),
            restrictions: restrictions.iter().filter(|one| one.within(period).is_some()).cloned().collect(),
            redirections: Vec::new(),
            later_steps: 0,
            provisional_rows: 0,
            month_figures: Vec::new(),
            rates: Vec::new(),
            missing_rates: Vec::new(),
        };
        let (unbudgeted, doubts, used) = (BTreeMap::new(), Doubts::default(), Used::default());
        Ok(Draft { statement, lines: open, restrictions, unbudgeted, doubts, used })
    }

    fn take(&mut self, actual: Actual) -> Result<(), StatementError> {
        let Draft { statement, lines, restrictions, unbudgeted, doubts, used } = self;
        doubts.add(&actual, statement.period, lines, restrictions)?;
        statement.take(actual, lines, restrictions, unbudgeted, used)
    }

    fn settle(self, ledger: &Ledger, conversion: &mut Conversion) -> Result<Statement, StatementError> {
        let Draft { mut statement, lines, unbudgeted, doubts, used, .. } = self;
        (statement.rates, statement.missing_rates) = used.rates(conversion);
        statement.month_figures = doubts.figures();
        statement.unbudgeted = unbudgeted.into_values().collect();
        let encumbrances = ledger.encumbrances(statement.as_known);
        for line in lines {
            statement.settle(ledger, line, &encumbrances)?;
        }
        statement.sum()?;
        Ok(statement)
    }
}

impl Statement {
    /// Computes the statement of a period: a function of the ledger and the cut-offs alone.
    ///
    /// `as_of` cuts spend and redirection events by their day and says which days are ahead; budget entries,
    /// restrictions and open orders are cut by `as_known` alone.
    pub fn of(
        ledger: &Ledger,
        period: Period,
        as_of: Day,
        as_known: Option<Instant>,
    ) -> Result<Statement, StatementError> {
        Statement::beside(ledger, &[], period, as_of, as_known).map(|(statement, _)| statement)
    }

    /// Computes the statement of a ledger and those of others that hold the same spend, such as the ledger under
    /// scenarios. Spend is read once.
    pub fn beside(
        ledger: &Ledger,
        others: &[Ledger],
        period: Period,
        as_of: Day,
        as_known: Option<Instant>,
    ) -> Result<(Statement, Vec<Statement>), StatementError> {
        let draft = |ledger| Draft::of(ledger, period, as_of, as_known);
        let (mut first, mut drafts) = (draft(ledger)?, others.iter().map(draft).collect::<Result<Vec<_>, _>>()?);
        // Plan lines are of one scope and currency in all of them.
        let mut conversion = Conversion::of(ledger, as_known);
        let rate = |day, key: &SpendKey| conversion.rate(day, key);
        actual::read_converted(ledger, as_of, as_known, Control::Hash, rate, |actual| {
            drafts.iter_mut().try_for_each(|draft| draft.take(actual))?;
            first.take(actual)
        })?;
        let first = first.settle(ledger, &mut conversion)?;
        let others = drafts.into_iter().zip(others).map(|(draft, ledger)| draft.settle(ledger, &mut conversion));
        Ok((first, others.collect::<Result<_, _>>()?))
    }

    /// Charges spend to the one line that covers it, or to none.
    fn take(
        &mut self,
        actual: Actual,
        lines: &mut [Open],
        restrictions: &[Restriction],
        unbudgeted: &mut BTreeMap<UnbudgetedKey, Unbudgeted>,
        used: &mut Used,
    ) -> Result<(), StatementError> {
        let Actual { day, key, amount, rows, provisional, .. } = actual;
        let on = day.last_day(); // where a month counts
        let is_shown = self.period.contains(on);
        if is_shown {
            self.provisional_rows = self.provisional_rows.saturating_add(if provisional { rows } else { 0 });
        }
        let covers = |open: &&mut Open| {
            open.line.period.contains(on) && open.line.scope.contains(&key.platform, &key.account, &key.campaign)
        };
        let line = lines.iter_mut().find(covers);
        if let Some(open) = line {
            used.add(&open.line, on, key.currency, amount)?;
            if open.line.currency == amount.currency() {
                let is_inside = open.blocked.inside(day, &key.account, &key.campaign) == Inside::Whole;
                open.whole.add(amount, is_inside)?;
                if is_shown {
                    let months = match open.accounts.get_mut(&key.account) {
                        Some(months) => months,
                        None => open.accounts.entry(key.account.clone()).or_default(),
                    };
                    months.entry(day.month()).or_insert(Spending::zero(amount.currency())).add(amount, is_inside)?;
                }
                return Ok(());
            }
        }
        if !is_shown {
            return Ok(());
        }
        let of_it = restrictions.iter().filter(|one| one.scope.contains(&key.platform, &key.account, &key.campaign));
        let is_inside = Inside::of(day, of_it) == Inside::Whole;
        let zero = Money::zero(key.currency);
        let at = (key.platform.clone(), key.account.clone(), key.campaign.clone(), key.currency);
        let sum = unbudgeted.entry(at).or_insert_with(|| Unbudgeted {
            platform: key.platform.clone(),
            account: key.account.clone(),
            campaign: key.campaign.clone(),
            actual: zero,
            during_restriction: zero,
            months: BTreeMap::new(),
        });
        sum.actual = sum.actual.plus(amount)?;
        let of_month = sum.months.entry(day.month()).or_insert(zero);
        *of_month = of_month.plus(amount)?;
        sum.during_restriction = sum.during_restriction.plus(if is_inside { amount } else { zero })?;
        Ok(())
    }

    /// Completes one line, with its redirections.
    fn settle(&mut self, ledger: &Ledger, open: Open, encumbrances: &[Encumbrance]) -> Result<(), StatementError> {
        let Open { line, plan, received, blocked, whole, accounts } = open;
        let currency = line.currency;
        let Some(shown) = line.period.overlap(self.period) else { return Ok(()) };
        let flows = |days: Period, spending: Spending| -> Result<Figures, MoneyError> {
            flows(&plan, &received, &blocked, days, self.as_of, spending)
        };
        let mut spending = Spending::zero(currency);
        let mut month_figures = Vec::new();
        for (month, days) in shown.months() {
            let of_account = |(account, months): (&String, &BTreeMap<Month, Spending>)| {
                Some((account.clone(), *months.get(&month)?))
            };
            let accounts: BTreeMap<String, Spending> = accounts.iter().filter_map(of_account).collect();
            let of_month = accounts.values().try_fold(Spending::zero(currency), |sum, spent| sum.plus(*spent))?;
            spending = spending.plus(of_month)?;
            let (figures, blocked_by) = (flows(days, of_month)?, blocked.within(&plan, days)?);
            month_figures.push(MonthStatement { month, figures, blocked_by, accounts });
        }
        let mut figures = flows(shown, spending)?;

        let of_line = flows(line.period, whole)?;
        let (mut open_orders, mut restricted_orders) = (Money::zero(currency), Money::zero(currency));
        for order in encumbrances.iter().filter(|order| order.line == line.id) {
            let sum = if blocked.is_restricted(order.date) { &mut restricted_orders } else { &mut open_orders };
            *sum = sum.plus(order.amount)?;
        }
        let out = line.entries.iter().filter(|entry| entry.is_carried_out());
        let carried_out = out.into_iter().try_fold(Money::zero(currency), |sum, entry| sum.minus(entry.amount))?;
        let needed = of_line.get(Figure::OpenPlanAhead).most(open_orders)?;
        let free = of_line
            .get(Figure::Plan)
            .minus(whole.actual()?)?
            .minus(needed)?
            .minus(restricted_orders)?
            .minus(carried_out)?;
        let limit = of_line.get(Figure::BlockedNet).least(free)?.at_least_zero();
        let live = self.redirections_of(ledger, &line, limit)?;
        figures.set(Figure::Encumbered, open_orders.plus(restricted_orders)?)?;
        figures.set(Figure::Free, free)?;
        figures.set(Figure::RedirectedLive, live)?;
        figures.set(Figure::Redirectable, limit.minus(live)?.at_least_zero())?;
        figures.set(Figure::OverRedirected, live.minus(limit)?.at_least_zero())?;

        let open_to_date: Vec<Period> =
            blocked.open_days().into_iter().filter_map(|days| days.overlap(shown)?.until(self.as_of)).collect();
        self.lines.push(LineStatement {
            figures,
            months: month_figures,
            blocked_by: blocked.within(&plan, shown)?,
            blocked_by_whole: blocked.within(&plan, line.period)?,
            uncovered: without(open_to_date, ledger.covered(&line.scope, self.as_of, self.as_known)),
            carried_out,
            plan_whole: of_line.get(Figure::Plan),
            actual_whole: whole.actual()?,
            blocked_net_whole: of_line.get(Figure::BlockedNet),
            blocked,
            line,
        });
        Ok(())
    }

    /// Adds what is said of a line's redirections, and returns what they take of its blocked budget.
    fn redirections_of(&mut self, ledger: &Ledger, line: &Line, limit: Money) -> Result<Money, MoneyError> {
        let mut found: Vec<RedirectionStatement> = Vec::new();
        let (zero, mut taken_on) = (Money::zero(line.currency), BTreeMap::new());
        for redirection in ledger.redirections().iter().filter(|redirection| redirection.line == line.id) {
            self.later_steps = self.later_steps.saturating_add(redirection.steps_after(self.as_of, self.as_known));
            let Some(progress) = redirection.progress(self.as_of, self.as_known) else { continue };
            let (paid, acknowledged) = (progress.paid(), progress.acknowledged());
            let steps = redirection.steps(self.as_of, self.as_known)?;
            if let Some(from) = &redirection.from {
                let sum = taken_on.entry(from).or_insert(zero);
                *sum = sum.plus(progress.live())?;
            }
            found.push(RedirectionStatement {
                state: progress.state(),
                outstanding: progress.pledged.unwrap_or(zero).minus(paid)?,
                awaiting_letter: paid.minus(acknowledged)?,
                taken_on: zero,
                needs_other_funding: zero,
                paid,
                acknowledged,
                progress,
                fx_payments: FxPayment::all(ledger, &steps)?,
                steps,
                redirection: redirection.until(self.as_of, self.as_known),
            });
        }
        let mut live: Vec<Live> = Vec::new();
        for one in &mut found {
            one.taken_on = taken_on.get(&one.redirection.id).copied().unwrap_or(zero);
            live.push(Live {
                id: one.redirection.id.clone(),
                amount: one.live()?,
                approved: one.progress.approved.map_or(self.as_of, |approval| approval.date),
                recorded: one.progress.approved.and_then(|approval| approval.recorded),
            });
        }
        let taken = live.iter().try_fold(zero, |sum, one| sum.plus(one.amount))?;
        let needs = needs_other_funding(taken.minus(limit)?, &live)?;
        for (redirection, needs) in found.iter_mut().zip(needs) {
            redirection.needs_other_funding = needs;
        }
        self.redirections.extend(found);
        self.redirections.sort_by(|a, b| a.redirection.id.cmp(&b.redirection.id));
        Ok(taken)
    }

    /// Sums lines and unbudgeted spend over platforms and currencies.
    fn sum(&mut self) -> Result<(), MoneyError> {
        for line in &self.lines {
            let at = (line.line.scope.platform.clone(), line.line.currency);
            self.platforms.entry(at).or_insert(Figures::zero(line.line.currency)).add(&line.figures)?;
        }
        for spend in &self.unbudgeted {
            let currency = spend.actual.currency();
            let sums = self.platforms.entry((spend.platform.clone(), currency)).or_insert(Figures::zero(currency));
            sums.set(Figure::Unbudgeted, sums.get(Figure::Unbudgeted).plus(spend.actual)?)?;
        }
        for ((_, currency), sums) in &mut self.platforms {
            sums.set(Figure::Spend, sums.get(Figure::Actual).plus(sums.get(Figure::Unbudgeted))?)?;
            let total = self.totals.entry(*currency).or_insert(Figures::zero(*currency));
            total.add(sums)?;
            // The money is in the plan of the lines it came from; here it would count twice.
            total.set(Figure::PlanReceived, Money::zero(*currency))?;
        }
        Ok(())
    }

    /// Returns the rate by which spend of a day in one currency counts in another.
    pub fn rate_of(&self, base: Currency, quote: Currency, day: Day) -> Option<&DayRate> {
        let key = |rate: &DayRate| (rate.rate.base(), rate.rate.quote(), rate.day);
        let at = self.rates.binary_search_by_key(&(base, quote, day), key).ok()?;
        self.rates.get(at)
    }

    /// Returns the months of a platform in one currency, each the sum of its lines' months.
    pub fn platform_months(
        &self,
        platform: &Platform,
        currency: Currency,
    ) -> Result<Vec<(Month, Figures)>, MoneyError> {
        let mut months: BTreeMap<Month, Figures> = BTreeMap::new();
        let lines =
            self.lines.iter().filter(|line| line.line.scope.platform == *platform && line.line.currency == currency);
        for month in lines.flat_map(|line| &line.months) {
            months.entry(month.month).or_insert(Figures::zero(currency)).add(&month.figures)?;
        }
        Ok(months.into_iter().collect())
    }

    /// Returns what a restriction blocks of the period's days, per currency of the plan lines it lies over.
    pub fn blocked_by_restriction(&self, restriction: &Restriction) -> Result<BTreeMap<Currency, Money>, MoneyError> {
        let at = (restriction.kind, restriction.id.clone());
        let mut sums = BTreeMap::new();
        for line in self.lines.iter().filter(|line| line.line.scope.overlaps(&restriction.scope)) {
            let zero = Money::zero(line.line.currency);
            let sum = sums.entry(line.line.currency).or_insert(zero);
            *sum = sum.plus(line.blocked_by.get(&at).copied().unwrap_or(zero))?;
        }
        Ok(sums)
    }

    /// Returns how many days each platform has, in the period and up to the cut-off, that were open on a plan line
    /// and that no import speaks for.
    pub fn uncovered_days(&self, platform: &Platform) -> u32 {
        let lines = self.lines.iter().filter(|line| line.line.scope.platform == *platform);
        let days: BTreeSet<Day> = lines
            .flat_map(|line| &line.uncovered)
            .flat_map(|days| {
                std::iter::successors(Some(days.start()), |day| Some(day.next())).take(days.days() as usize)
            })
            .collect();
        u32::try_from(days.len()).unwrap_or(u32::MAX)
    }
}

/// The flows of some days of a line.
fn flows(
    plan: &Plan,
    received: &Plan,
    blocked: &Blocked,
    days: Period,
    as_of: Day,
    spending: Spending,
) -> Result<Figures, MoneyError> {
    let mut figures = Figures::zero(plan.currency());
    let zero = Money::zero(plan.currency());
    let blocked_of = |cut: Option<Period>| -> Result<(Money, Money), MoneyError> {
        let parts = cut.map_or(Ok(BTreeMap::new()), |cut| blocked.within(plan, cut))?;
        parts.into_iter().try_fold((zero, zero), |(bans, holds), ((kind, _), part)| match kind {
            RestrictionKind::Ban => Ok((bans.plus(part)?, holds)),
            RestrictionKind::Hold => Ok((bans, holds.plus(part)?)),
        })
    };
    let (imposed, voluntary) = blocked_of(Some(days))?;
    let gross = imposed.plus(voluntary)?;
    let (imposed_to_date, voluntary_to_date) = blocked_of(days.until(as_of))?;
    let blocked_to_date = imposed_to_date.plus(voluntary_to_date)?;
    let planned = plan.within(days)?;
    let planned_to_date = days.until(as_of).map_or(Ok(zero), |days| plan.within(days))?;
    let open_plan = planned.minus(gross)?;
    let open_to_date = planned_to_date.minus(blocked_to_date)?;
    figures.set(Figure::Plan, planned)?;
    figures.set(Figure::PlanReceived, received.within(days)?)?;
    figures.set(Figure::Actual, spending.actual()?)?;
    figures.set(Figure::OpenPlan, open_plan)?;
    figures.set(Figure::OpenPlanAhead, open_plan.minus(open_to_date)?)?;
    figures.set(Figure::OpenVariance, open_plan.minus(spending.outside)?)?;
    figures.set(Figure::OpenVarianceToDate, open_to_date.minus(spending.outside)?)?;
    figures.set(Figure::BlockedImposed, imposed)?;
    figures.set(Figure::BlockedVoluntary, voluntary)?;
    figures.set(Figure::BlockedGross, gross)?;
    figures.set(Figure::BlockedToDate, blocked_to_date)?;
    figures.set(Figure::SpendDuringRestriction, spending.inside)?;
    figures.set(Figure::BlockedNet, gross.minus(spending.inside)?)?;
    Ok(figures)
}

/// The redirections that are approved and not cancelled at the cut-offs.
pub(crate) fn approved_redirections(ledger: &Ledger, as_of: Day, as_known: Option<Instant>) -> BTreeSet<String> {
    let stands = |one: &&Redirection| {
        one.progress(as_of, as_known).is_some_and(|progress| progress.approved.is_some() && !progress.cancelled)
    };
    ledger.redirections().iter().filter(stands).map(|one| one.id.to_string()).collect()
}
