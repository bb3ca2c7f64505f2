//! The yearly report as JSON: the shape others rely on, described in `docs/json.md`.

use std::collections::BTreeMap;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Yearly;
use super::manifest::Manifest;
use crate::calendar::{Day, Instant, Month, Period};
use crate::check::{Assumption, Finding};
use crate::ledger::{Line, Restriction};
use crate::money::{Currency, Money, MoneyError, Rate, Share};
use crate::rates::{DayRate, Leg};
use crate::scope::{Id, Platform, Scope};
use crate::statement::{
    Adjustment, Figure, Figures, FxPayment, LineAdjustment, Presentation, PresentedSums, Statement,
};

/// Names the shape; a change of meaning gets another number.
pub(crate) const SCHEMA: &str = "respend.report/1";

/// Everything in the report but the manifest: what its digest is taken of.
#[derive(serde::Serialize)]
pub(super) struct Body<'a> {
    schema: &'static str,
    ledger: &'a str,
    period: &'a str,
    first_day: Day,
    last_day: Day,
    as_of: Day,
    as_known: Option<Instant>,
    filing_date: Option<Day>,
    currency: Currency,
    lines: Vec<LineJson<'a>>,
    unbudgeted: Vec<UnbudgetedJson<'a>>,
    platforms: Vec<PlatformJson<'a>>,
    totals: Vec<TotalJson<'a>>,
    months: Vec<MonthJson<'a>>,
    identities: Vec<IdentityJson>,
    restrictions: Vec<RestrictionJson<'a>>,
    redirections: Vec<RedirectionJson<'a>>,
    assumptions: &'a [Assumption],
    rates: Vec<RateJson<'a>>,
    prior_year: Option<PriorJson<'a>>,
    adjustments: Vec<AdjustmentJson<'a>>,
    line_adjustments: Vec<LineAdjustmentJson<'a>>,
    provisional_rows: u64,
    findings: &'a [Finding],
}

#[derive(serde::Serialize)]
pub(super) struct Whole<'a> {
    #[serde(flatten)]
    pub(super) body: Body<'a>,
    pub(super) presentation: Option<PresentationJson<'a>>,
    pub(super) manifest: &'a Manifest,
}

#[derive(serde::Serialize)]
struct ScopeJson<'a> {
    platform: &'a Platform,
    account: Option<&'a str>,
    campaign: Option<&'a str>,
}

#[derive(serde::Serialize)]
struct LineJson<'a> {
    line: &'a Id,
    #[serde(flatten)]
    scope: ScopeJson<'a>,
    currency: Currency,
    #[serde(flatten)]
    figures: Keys<'a>,
    uncovered_days: u32,
    #[serde(flatten)]
    own: &'a BTreeMap<String, String>,
}

#[derive(serde::Serialize)]
struct UnbudgetedJson<'a> {
    platform: &'a Platform,
    account: &'a str,
    campaign: &'a str,
    currency: Currency,
    actual: Money,
}

#[derive(serde::Serialize)]
struct PlatformJson<'a> {
    platform: &'a Platform,
    currency: Currency,
    #[serde(flatten)]
    figures: Keys<'a>,
    uncovered_days: u32,
}

#[derive(serde::Serialize)]
struct TotalJson<'a> {
    currency: Currency,
    #[serde(flatten)]
    figures: Keys<'a>,
}

#[derive(serde::Serialize)]
struct MonthJson<'a> {
    line: &'a Id,
    month: Month,
    #[serde(flatten)]
    scope: ScopeJson<'a>,
    currency: Currency,
    #[serde(flatten)]
    figures: Keys<'a>,
}

#[derive(serde::Serialize)]
struct IdentityJson {
    name: &'static str,
    currency: Currency,
    residual: Money,
}

#[derive(serde::Serialize)]
struct RestrictionJson<'a> {
    id: &'a Id,
    kind: &'static str,
    #[serde(flatten)]
    scope: ScopeJson<'a>,
    from: Day,
    until: Option<Day>,
    share: Option<Share>,
    reason: Option<&'a str>,
    notified: Option<Day>,
    evidence: Option<&'a str>,
    evidence_sha256: Option<&'a str>,
    blocked: Vec<BlockedJson<'a>>,
    #[serde(flatten)]
    own: &'a BTreeMap<String, String>,
}

#[derive(serde::Serialize)]
struct BlockedJson<'a> {
    line: &'a Id,
    currency: Currency,
    amount: Money,
}

#[derive(serde::Serialize)]
struct RedirectionJson<'a> {
    id: &'a Id,
    policy: Option<&'a Id>,
    line: &'a Id,
    from: Option<&'a Id>,
    destination: &'a Id,
    currency: Currency,
    proposed: Money,
    approved: Money,
    conditional: Money,
    pledged: Money,
    paid: Money,
    acknowledged: Money,
    outstanding: Money,
    awaiting_letter: Money,
    taken_on: Money,
    needs_other_funding: Money,
    state: &'static str,
    fx_payments: Vec<FxPaymentJson<'a>>,
    #[serde(flatten)]
    own: &'a BTreeMap<String, String>,
}

/// A payment in another currency than its pledge.
#[derive(serde::Serialize)]
struct FxPaymentJson<'a> {
    date: Day,
    reference: Option<&'a str>,
    paid_currency: Currency,
    paid_amount: Money,
    rate: Option<RateJson<'a>>,
    converted: Option<Money>,
    settled: Money,
    fx_difference: Option<Money>,
}

impl<'a> FxPaymentJson<'a> {
    fn of(payment: &'a FxPayment) -> FxPaymentJson<'a> {
        FxPaymentJson {
            date: payment.date,
            reference: payment.reference.as_deref(),
            paid_currency: payment.sent.currency(),
            paid_amount: payment.sent,
            rate: payment.rate.as_ref().map(RateJson::of),
            converted: payment.converted,
            settled: payment.settled,
            fx_difference: payment.difference,
        }
    }
}

/// The sums in one currency, beside the books.
#[derive(serde::Serialize)]
pub(super) struct PresentationJson<'a> {
    currency: Currency,
    day: Day,
    rates: Vec<RateJson<'a>>,
    platforms: Vec<PresentedJson>,
    total: Sums,
}

/// The sums of a platform whose books are in `of_currency`.
#[derive(serde::Serialize)]
struct PresentedJson {
    platform: Platform,
    of_currency: Currency,
    #[serde(flatten)]
    figures: Sums,
}

/// All figures of a sum.
struct Sums(Figures);

impl Serialize for Sums {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Keys::of_a_sum(&self.0).serialize(serializer)
    }
}

impl<'a> PresentationJson<'a> {
    pub(super) fn of(report: &'a Yearly, presentation: &'a Presentation) -> Result<PresentationJson<'a>, MoneyError> {
        let PresentedSums { platforms, total } = report.statement.presented(presentation)?;
        let platform = |((platform, of_currency), sums)| PresentedJson { platform, of_currency, figures: Sums(sums) };
        Ok(PresentationJson {
            currency: presentation.currency,
            day: presentation.day,
            rates: presentation.rates.values().map(RateJson::of).collect(),
            platforms: platforms.into_iter().map(platform).collect(),
            total: Sums(total),
        })
    }
}

/// A rate with the published rates it is made of.
#[derive(serde::Serialize)]
struct RateJson<'a> {
    base: Currency,
    quote: Currency,
    day: Day,
    rate: Rate,
    made_of: Vec<LegJson<'a>>,
}

#[derive(serde::Serialize)]
struct LegJson<'a> {
    base: Currency,
    quote: Currency,
    day: Day,
    rate: Rate,
    source: &'a str,
}

impl<'a> RateJson<'a> {
    fn of(rate: &'a DayRate) -> RateJson<'a> {
        let leg = |leg: &'a Leg| {
            let published = &leg.published;
            let (base, quote) = (published.rate.base(), published.rate.quote());
            LegJson { base, quote, day: published.day, rate: published.rate, source: &published.source }
        };
        let (base, quote) = (rate.rate.base(), rate.rate.quote());
        RateJson { base, quote, day: rate.day, rate: rate.rate, made_of: rate.legs.iter().map(leg).collect() }
    }
}

#[derive(serde::Serialize)]
struct PriorJson<'a> {
    first_day: Day,
    last_day: Day,
    as_of: Day,
    totals: Vec<TotalJson<'a>>,
}

#[derive(serde::Serialize)]
struct AdjustmentJson<'a> {
    period: &'a str,
    platform: &'a Platform,
    account: &'a str,
    campaign: &'a str,
    currency: Currency,
    was: String,
    now: String,
    difference: String,
    imports: &'a [Id],
}

#[derive(serde::Serialize)]
struct LineAdjustmentJson<'a> {
    period: &'a str,
    line: &'a Id,
    currency: Currency,
    figure: &'static str,
    was: Money,
    now: Money,
    difference: Money,
    facts: &'a [String],
}

/// Some of the figures of something, as keys of the object they stand in.
struct Keys<'a> {
    figures: &'a Figures,
    of_a_sum: bool,
    flows_only: bool,
}

impl Serialize for Keys<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let sums = if self.of_a_sum { Figure::OF_A_SUM.as_slice() } else { &[] };
        let mut map = serializer.serialize_map(None)?;
        for figure in Figure::OF_A_LINE.iter().chain(sums).filter(|figure| !self.flows_only || figure.is_flow()) {
            map.serialize_entry(figure.key(), &self.figures.get(*figure))?;
        }
        map.end()
    }
}

impl<'a> Keys<'a> {
    fn of_a_line(figures: &'a Figures) -> Keys<'a> {
        Keys { figures, of_a_sum: false, flows_only: false }
    }

    fn of_a_sum(figures: &'a Figures) -> Keys<'a> {
        Keys { figures, of_a_sum: true, flows_only: false }
    }

    fn flows(figures: &'a Figures) -> Keys<'a> {
        Keys { figures, of_a_sum: false, flows_only: true }
    }
}

fn scope(scope: &Scope) -> ScopeJson<'_> {
    ScopeJson { platform: &scope.platform, account: scope.account.as_deref(), campaign: scope.campaign.as_deref() }
}

fn totals(statement: &Statement) -> Vec<TotalJson<'_>> {
    statement
        .totals
        .iter()
        .map(|(currency, figures)| TotalJson { currency: *currency, figures: Keys::of_a_sum(figures) })
        .collect()
}

fn restriction<'a>(restriction: &'a Restriction, statement: &'a Statement) -> RestrictionJson<'a> {
    let at = (restriction.kind, restriction.id.clone());
    let of = |line: &'a Line, amount: &Money| BlockedJson { line: &line.id, currency: line.currency, amount: *amount };
    RestrictionJson {
        id: &restriction.id,
        kind: restriction.kind.as_str(),
        scope: scope(&restriction.scope),
        from: restriction.from,
        until: restriction.until,
        share: restriction.share,
        reason: restriction.reason.as_deref(),
        notified: restriction.notified,
        evidence: restriction.evidence.as_deref(),
        evidence_sha256: restriction.evidence_sha256.as_deref(),
        blocked: statement.lines.iter().filter_map(|line| Some(of(&line.line, line.blocked_by.get(&at)?))).collect(),
        own: &restriction.own,
    }
}

fn adjustment(one: &Adjustment) -> AdjustmentJson<'_> {
    AdjustmentJson {
        period: &one.period,
        platform: &one.key.platform,
        account: &one.key.account,
        campaign: &one.key.campaign,
        currency: one.key.currency,
        was: one.was.to_string(),
        now: one.now.to_string(),
        difference: one.difference.to_string(),
        imports: &one.imports,
    }
}

fn line_adjustment(one: &LineAdjustment) -> LineAdjustmentJson<'_> {
    LineAdjustmentJson {
        period: &one.period,
        line: &one.line,
        currency: one.difference.currency(),
        figure: one.figure.key(),
        was: one.was,
        now: one.now,
        difference: one.difference,
        facts: &one.facts,
    }
}

fn days(periods: &[Period]) -> u32 {
    periods.iter().map(|period| period.days()).sum()
}

impl<'a> Body<'a> {
    pub(super) fn of(report: &'a Yearly) -> Result<Body<'a>, MoneyError> {
        let statement = &report.statement;
        let line = |line: &'a crate::statement::LineStatement| LineJson {
            line: &line.line.id,
            scope: scope(&line.line.scope),
            currency: line.line.currency,
            figures: Keys::of_a_line(&line.figures),
            uncovered_days: days(&line.uncovered),
            own: &line.line.own,
        };
        let mut identities = Vec::new();
        for (currency, sums) in &statement.totals {
            identities.push(IdentityJson {
                name: "plan = open_plan + blocked_gross",
                currency: *currency,
                residual: sums.residual_of_plan()?,
            });
            identities.push(IdentityJson {
                name: "plan = actual + open_variance + blocked_net",
                currency: *currency,
                residual: sums.residual_of_actual()?,
            });
        }
        let redirections = statement.redirections.iter().map(|of| {
            let zero = Money::zero(of.redirection.currency);
            RedirectionJson {
                id: &of.redirection.id,
                policy: of.redirection.policy.as_ref(),
                line: &of.redirection.line,
                from: of.redirection.from.as_ref(),
                destination: &of.redirection.destination,
                currency: of.redirection.currency,
                proposed: of.progress.proposed,
                approved: of.progress.approved.map_or(zero, |approval| approval.amount),
                conditional: of.progress.conditional.unwrap_or(zero),
                pledged: of.progress.pledged.unwrap_or(zero),
                paid: of.paid,
                acknowledged: of.acknowledged,
                outstanding: of.outstanding,
                awaiting_letter: of.awaiting_letter,
                taken_on: of.taken_on,
                needs_other_funding: of.needs_other_funding,
                state: of.state.as_str(),
                fx_payments: of.fx_payments.iter().map(FxPaymentJson::of).collect(),
                own: &of.redirection.own,
            }
        });
        Ok(Body {
            schema: SCHEMA,
            ledger: &report.ledger,
            period: &report.name,
            first_day: statement.period.start(),
            last_day: statement.period.last(),
            as_of: statement.as_of,
            as_known: report.as_known,
            filing_date: report.filing,
            currency: report.currency,
            lines: statement.lines.iter().map(line).collect(),
            unbudgeted: statement
                .unbudgeted
                .iter()
                .map(|spend| UnbudgetedJson {
                    platform: &spend.platform,
                    account: &spend.account,
                    campaign: &spend.campaign,
                    currency: spend.actual.currency(),
                    actual: spend.actual,
                })
                .collect(),
            platforms: statement
                .platforms
                .iter()
                .map(|((platform, currency), figures)| PlatformJson {
                    platform,
                    currency: *currency,
                    figures: Keys::of_a_sum(figures),
                    uncovered_days: statement.uncovered_days(platform),
                })
                .collect(),
            totals: totals(statement),
            months: statement
                .lines
                .iter()
                .flat_map(|line| {
                    line.months.iter().map(|month| MonthJson {
                        line: &line.line.id,
                        month: month.month,
                        scope: scope(&line.line.scope),
                        currency: line.line.currency,
                        figures: Keys::flows(&month.figures),
                    })
                })
                .collect(),
            identities,
            restrictions: statement.restrictions.iter().map(|one| restriction(one, statement)).collect(),
            redirections: redirections.collect(),
            assumptions: &report.assumptions,
            rates: statement.rates.iter().map(RateJson::of).collect(),
            prior_year: report.prior.as_ref().map(|prior| PriorJson {
                first_day: prior.period.start(),
                last_day: prior.period.last(),
                as_of: prior.as_of,
                totals: totals(prior),
            }),
            adjustments: report.adjustments.iter().map(adjustment).collect(),
            line_adjustments: report.line_adjustments.iter().map(line_adjustment).collect(),
            provisional_rows: statement.provisional_rows,
            findings: &report.findings,
        })
    }
}
