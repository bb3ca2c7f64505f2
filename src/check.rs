//! What a reader of a statement should look into.
//!
//! Stands on a statement and the ledger's settings. Knows nothing of tables or formats.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::calendar::{Day, Period};
use crate::ledger::{Basis, DestinationKind, EntryKind, EventKind, Ledger};
use crate::money::{Currency, Money, MoneyError, Totals};
use crate::statement::{Figure, LineStatement, MonthDoubt, Statement};

/// Something to look into.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Names the rule; never changes meaning.
    pub code: &'static str,
    /// What was found, and what to do about it.
    pub message: String,
    /// What it is about: a plan line, a redirection, a platform.
    pub place: String,
}

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The books contradict themselves or a promise.
    Error,
    /// Somebody should look.
    Warning,
    /// Good to know.
    Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}

/// Something a statement takes for granted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Assumption {
    /// What kind it is: `basis`, `share`, `open_end`, `note`.
    pub code: &'static str,
    /// What is taken for granted.
    pub message: String,
    /// What it is about.
    pub place: String,
}

/// What a note begins with that is to be listed among the assumptions.
const ASSUMPTION: &str = "assumption:";

/// A payment from this many cents on needs a letter from a charity in the United States before the tax return is filed
/// (26 U.S.C. § 170(f)(8)).
const LETTER_FROM_USD: i128 = 25_000;

fn finding(severity: Severity, code: &'static str, place: impl ToString, message: String) -> Finding {
    Finding { severity, code, message, place: place.to_string() }
}

/// Returns everything a statement's reader should look into, errors first.
///
/// `filing` is the day a tax return is filed by: findings of missing letters then say how many days are left.
pub fn findings(statement: &Statement, ledger: &Ledger, filing: Option<Day>) -> Result<Vec<Finding>, MoneyError> {
    let mut findings = Vec::new();
    for line in &statement.lines {
        of_a_line(line, &mut findings);
    }
    uncovered(statement, &mut findings);
    redirections(statement, ledger, filing, &mut findings);
    received(statement, ledger, &mut findings);
    unbudgeted(statement, &mut findings)?;
    month_figures(statement, &mut findings);
    for restriction in &statement.restrictions {
        let days = restriction.within(statement.period);
        let blocks = statement.lines.iter().any(|line| {
            line.line.scope.overlaps(&restriction.scope)
                && days.is_some_and(|days| days.overlap(line.line.period).is_some())
        });
        if !blocks {
            let message = format!(
                "no plan line covers {}; without a plan nothing is blocked: add one with `respend budget add`",
                restriction.scope
            );
            findings.push(finding(
                Severity::Warning,
                "restriction_without_plan",
                format!("{} {}", restriction.kind, restriction.id),
                message,
            ));
        }
    }
    for (currency, sums) in &statement.totals {
        let (redirectable, free) = (sums.get(Figure::Redirectable), sums.get(Figure::Free));
        if redirectable.minor() > free.at_least_zero().minor() {
            let message = format!(
                "{} may be redirected line by line, but all lines together have only {} free: another line is overspent",
                redirectable.spelled(),
                free.grouped()
            );
            findings.push(finding(Severity::Warning, "redirectable_above_free", currency, message));
        }
    }
    if statement.provisional_rows > 0 {
        let message = format!(
            "{} rows could still move when they were exported; import a later export to settle them",
            statement.provisional_rows
        );
        findings.push(finding(Severity::Note, "provisional_rows", statement.period, message));
    }
    findings.sort();
    Ok(findings)
}

fn of_a_line(line: &LineStatement, findings: &mut Vec<Finding>) {
    let place = format!("line {}", line.line.id);
    let amount = |figure| line.figures.get(figure);
    let during = amount(Figure::SpendDuringRestriction);
    if !during.is_zero() {
        let message = format!("{} was spent on days and campaigns a restriction covers", during.spelled());
        findings.push(finding(Severity::Warning, "spend_during_restriction", &place, message));
    }
    if amount(Figure::BlockedNet).is_negative() {
        let message = format!(
            "more was spent inside restrictions than they block: blocked net is {}",
            amount(Figure::BlockedNet).spelled()
        );
        findings.push(finding(Severity::Warning, "blocked_net_negative", &place, message));
    }
    let over = amount(Figure::OverRedirected);
    if !over.is_zero() {
        let message = format!(
            "redirections take {} more than is blocked and free; cancel some, or fund them otherwise",
            over.spelled()
        );
        findings.push(finding(Severity::Error, "over_redirected", &place, message));
    }
}

fn uncovered(statement: &Statement, findings: &mut Vec<Finding>) {
    let mut by_platform: BTreeMap<&str, BTreeSet<Period>> = BTreeMap::new();
    for line in &statement.lines {
        by_platform.entry(line.line.scope.platform.as_str()).or_default().extend(&line.uncovered);
    }
    for (platform, periods) in by_platform.into_iter().filter(|(_, periods)| !periods.is_empty()) {
        let listed: Vec<String> = periods
            .iter()
            .map(|days| if days.days() == 1 { days.start().to_string() } else { days.to_string() })
            .collect();
        let message = format!(
            "no import covers {}; days without data are not days without spend: import the exports",
            listed.join(", ")
        );
        findings.push(finding(Severity::Warning, "uncovered_days", format!("platform {platform}"), message));
    }
}

fn redirections(statement: &Statement, ledger: &Ledger, filing: Option<Day>, findings: &mut Vec<Finding>) {
    for of in &statement.redirections {
        let redirection = &of.redirection;
        let place = format!("redirection {}", redirection.id);
        if !of.needs_other_funding.is_zero() {
            let message = format!(
                "{} of it is not, or no longer, blocked and free; it needs other funding",
                of.needs_other_funding.spelled()
            );
            findings.push(finding(Severity::Error, "needs_other_funding", &place, message));
        }
        let destination = ledger.settings().destinations.iter().find(|known| known.id == redirection.destination);
        let is_us_charity = destination
            .is_some_and(|known| known.kind == DestinationKind::Donation && known.country.as_deref() == Some("US"));
        let needs_letter = |money: Money| redirection.currency.code() == "USD" && money.minor() >= LETTER_FROM_USD;
        for payment in of.progress.payments.iter().filter(|payment| is_us_charity && needs_letter(payment.amount)) {
            if payment.acknowledged == payment.amount {
                continue;
            }
            let name = payment
                .reference
                .as_deref()
                .map_or(String::from("the payment"), |reference| format!("payment {reference}"));
            let left = match filing {
                Some(filing) if filing < statement.as_of => format!("the filing date {filing} has passed"),
                Some(filing) => {
                    format!("{} days are left to the filing date {filing}", filing.days_since(statement.as_of))
                }
                None => String::from(
                    "it must be in hand by the day the tax return is filed (--filing-date says how long that is)",
                ),
            };
            let message = format!(
                "{name} of {} on {} has no letter from {}; {left}",
                payment.amount.spelled(),
                payment.date,
                redirection.destination
            );
            findings.push(finding(Severity::Warning, "letter_missing", &place, message));
        }
    }
}

/// What a line received is what a redirection to its platform was approved for.
fn received(statement: &Statement, ledger: &Ledger, findings: &mut Vec<Finding>) {
    for line in statement.lines.iter().map(|line| &line.line) {
        for entry in line.entries.iter().filter(|entry| entry.kind == EntryKind::RedirectIn) {
            let reference = entry.reference.as_deref().unwrap_or_default();
            let Some(one) = ledger.redirections().iter().find(|one| one.id.as_str() == reference) else { continue };
            let approved = one.events.iter().find(|event| event.kind == EventKind::Approved);
            let approved = approved.and_then(|event| event.amount.or(one.events.first()?.amount));
            // Of one that is not approved the ledger knows no entry.
            let Some(approved) = approved else { continue };
            let is_same = one.destination.as_str() == line.scope.platform.as_str() && one.line != line.id;
            if !is_same || approved != entry.amount {
                let message = format!(
                    "it received {} by redirection {reference}, which is to {} and approved for {}; correct the entry",
                    entry.amount.spelled(),
                    one.destination,
                    approved.spelled()
                );
                findings.push(finding(Severity::Error, "redirect_in_differs", format!("line {}", line.id), message));
            }
        }
    }
}

fn unbudgeted(statement: &Statement, findings: &mut Vec<Finding>) -> Result<(), MoneyError> {
    let mut sums: BTreeMap<(&str, Currency, &'static str), Totals> = BTreeMap::new();
    for spend in &statement.unbudgeted {
        let at = (spend.platform.as_str(), spend.actual.currency());
        let code = if spend.line_in_other_currency.is_some() { "currency_differs" } else { "unbudgeted_spend" };
        sums.entry((at.0, at.1, code)).or_default().add(spend.actual.into())?;
        if !spend.during_restriction.is_zero() {
            sums.entry((at.0, at.1, "spend_during_restriction")).or_default().add(spend.during_restriction.into())?;
        }
    }
    for ((platform, currency, code), sum) in sums {
        let sum = sum.get(currency).spelled();
        let message = match code {
            "currency_differs" => format!(
                "{sum} was spent where the plan line is in another currency; it is not converted and counts as unbudgeted"
            ),
            "unbudgeted_spend" => format!(
                "{sum} was spent that no plan line covers; add one with `respend budget add`, or check the scopes"
            ),
            _ => format!("{sum} that no plan line covers was spent on days and campaigns a restriction covers"),
        };
        findings.push(finding(
            if code == "unbudgeted_spend" { Severity::Note } else { Severity::Warning },
            code,
            format!("platform {platform}"),
            message,
        ));
    }
    Ok(())
}

/// Months are not divided; where that would have to be, somebody should know on which side they are.
fn month_figures(statement: &Statement, findings: &mut Vec<Finding>) {
    for figure in &statement.month_figures {
        let (code, why) = match figure.doubt {
            MonthDoubt::Restricted => (
                "month_figure_restricted",
                "restrictions cover only some days of that month, so it counts as spent outside them",
            ),
            MonthDoubt::Cut => (
                "month_figure_cut",
                "the period or a plan line begins or ends inside that month, so it counts whole where the month's last day lies",
            ),
        };
        let place = match &figure.line {
            Some(line) => format!("line {line}"),
            None => format!("platform {}", figure.platform),
        };
        let message = format!(
            "{} of {} is known by month alone; {why}: export that month by day to settle it",
            figure.amount.spelled(),
            figure.month
        );
        findings.push(finding(Severity::Warning, code, place, message));
    }
}

/// Returns what a statement takes for granted: every basis other than `given`, every share, every restriction
/// without an end, and every note that says so.
pub fn assumptions(statement: &Statement) -> Vec<Assumption> {
    let mut assumptions = Vec::new();
    let mut add = |code, place: String, message: String| assumptions.push(Assumption { code, message, place });
    let noted = |note: &Option<String>| {
        let note = note.as_deref()?.trim();
        let begins = note.get(..ASSUMPTION.len())?.eq_ignore_ascii_case(ASSUMPTION);
        begins.then(|| note[ASSUMPTION.len()..].trim().to_owned())
    };
    for line in &statement.lines {
        let place = format!("line {}", line.line.id);
        for entry in &line.line.entries {
            let what = format!("{} of {} from {}", entry.kind, entry.amount.spelled(), entry.effective);
            if entry.basis != Basis::Given && entry.kind != EntryKind::RedirectIn {
                add("basis", place.clone(), format!("{what} rests on {}", in_words(entry.basis)));
            }
            if let Some(note) = noted(&entry.note) {
                add("note", place.clone(), note);
            }
        }
    }
    for restriction in &statement.restrictions {
        let place = format!("{} {}", restriction.kind, restriction.id);
        if let Some(share) = restriction.share {
            add(
                "share",
                place.clone(),
                format!("it stops {share} of what the plan lines over {} hold", restriction.scope),
            );
        }
        if restriction.until.is_none() {
            add(
                "open_end",
                place.clone(),
                String::from("it has no end and is taken to last to the end of every plan line"),
            );
        }
        if let Some(note) = noted(&restriction.note) {
            add("note", place, note);
        }
    }
    for of in &statement.redirections {
        for event in &of.redirection.events {
            if let Some(note) = noted(&event.note) {
                add("note", format!("redirection {}", of.redirection.id), note);
            }
        }
    }
    assumptions.sort_by(|a, b| (&a.place, a.code, &a.message).cmp(&(&b.place, b.code, &b.message)));
    assumptions.dedup();
    assumptions
}

fn in_words(basis: Basis) -> &'static str {
    match basis {
        Basis::Given => "what was given",
        Basis::PriorYearActual => "the actual spend of the year before (prior-year-actual)",
        Basis::RunRate => "the spend of the days before, carried on (run-rate)",
        Basis::Forecast => "an estimate (forecast)",
    }
}
