//! What policies propose, and what goes on from a reserve, with the arithmetic that led to it.

use rust_decimal::Decimal;

use super::table::{Cell, Column, Document, Row, Table};
use crate::calendar::Day;
use crate::ledger::{Policy, PolicyBasis, Target};
use crate::money::{Money, MoneyError};
use crate::propose::{OnBasis, OnwardProposal, Proposal};

/// Returns what policies propose, with the arithmetic that led to it and what other bases would come to.
pub fn proposals(ledger: &str, as_of: Day, proposals: &[Proposal]) -> Result<Document, MoneyError> {
    let mut tables = Vec::new();
    for proposal in proposals {
        tables.extend([gives(proposal), divided(proposal)?, proposed(proposal)?]);
    }
    Ok(Document { title: format!("{ledger}: proposals as of {as_of}"), tables, ..Document::default() })
}

/// What each line gives, and why no more.
fn gives(proposal: &Proposal) -> Table {
    let (policy, currency) = (&proposal.policy.id, proposal.currency);
    let mut columns = vec![
        Column::key("policy", "Policy").unshown(),
        Column::key("line", "Plan line"),
        Column::key("currency", "Currency").unshown(),
    ];
    // What the basis is reckoned from is shown.
    let shown: &[&str] = match proposal.own.basis {
        PolicyBasis::Blocked => &["blocked_net", "free", "redirected_live", "redirectable", "waiting"],
        PolicyBasis::Remaining => &["plan", "actual", "redirected_live", "waiting", "needs_other_funding"],
        PolicyBasis::WholePlan => &["plan", "redirected_live", "waiting", "needs_other_funding"],
        PolicyBasis::Fixed(_) => &["redirected_live", "redirectable", "waiting", "needs_other_funding"],
    };
    let figures = [
        ("plan", "Plan"),
        ("actual", "Actual"),
        ("blocked_net", "Blocked net"),
        ("free", "Free"),
        ("redirected_live", "Redirected"),
        ("redirectable", "Redirectable"),
        ("waiting", "Proposed already"),
        ("gives", "Gives now"),
        ("needs_other_funding", "Needs other funding"),
    ];
    columns.extend(figures.map(|(key, heading)| {
        let column = Column::figure(key, heading);
        if key == "gives" || shown.contains(&key) { column } else { column.unshown() }
    }));
    let rows = proposal.own.lines.iter().map(|line| {
        let amounts = [
            line.plan,
            line.actual,
            line.blocked_net,
            line.free,
            line.redirected,
            line.redirectable,
            line.waiting,
            line.gives,
            line.needs_other_funding,
        ];
        let mut cells = vec![Cell::text(policy), Cell::text(&line.line), Cell::text(currency)];
        cells.extend(amounts.map(Cell::Money));
        Row::body(cells)
    });
    let redirectable =
        "Redirectable is blocked net or free, whichever is less, without what is redirected; never below zero.";
    let own = format!("By its basis, {}, each line gives {}.", name(proposal.own.basis), formula(&proposal.policy));
    let notes = if shown.contains(&"redirectable") { vec![redirectable.into(), own] } else { vec![own] };
    let title = format!("Policy {policy}: what each plan line gives, {currency}");
    Table::new("gives", title, columns, rows.collect()).noted(notes)
}

/// What the rule of each destination makes of that, and of what other bases would give.
fn divided(proposal: &Proposal) -> Result<Table, MoneyError> {
    let (policy, currency) = (&proposal.policy, proposal.currency);
    let bases: Vec<&OnBasis> = std::iter::once(&proposal.own).chain(&proposal.others).collect();
    let mut columns = vec![
        Column::key("policy", "Policy").unshown(),
        Column::key("destination", "To"),
        Column::key("rule", "By"),
        Column::key("currency", "Currency").unshown(),
    ];
    columns.extend(bases.iter().map(|on| Column::figure(&name(on.basis).replace('-', "_"), name(on.basis))));
    let row = |to: Cell, rule: &str, amounts: Vec<Money>| {
        let mut cells = vec![Cell::text(&policy.id), to, Cell::text(rule), Cell::text(currency)];
        cells.extend(amounts.into_iter().map(Cell::Money));
        cells
    };
    let mut rows = Vec::new();
    for (at, target) in policy.to.iter().enumerate() {
        let part = |on: &&OnBasis| on.allocation.parts.get(at).map_or(Money::zero(currency), |(_, part)| *part);
        let amounts = bases.iter().map(part).collect();
        rows.push(Row::body(row(Cell::text(&target.destination), &rule(target), amounts)));
    }
    // What is left goes to the remainder's destination, a part after those of the targets, or nowhere.
    let left =
        |on: &&OnBasis| on.allocation.parts.get(policy.to.len()).map_or(on.allocation.unplaced, |(_, part)| *part);
    let left: Vec<Money> = bases.iter().map(left).collect();
    let (to, rule) = match &policy.remainder {
        Some(remainder) => (Cell::text(remainder), "what is left"),
        None => (Cell::Blank, "no destination: it stays where it is"),
    };
    if policy.remainder.is_some() || left.iter().any(|left| !left.is_zero()) {
        rows.push(Row::body(row(to, rule, left)));
    }
    rows.push(Row::total(row(Cell::text("Total"), "", bases.iter().map(|on| on.gives).collect())));
    let needs = |on: &&OnBasis| (on.basis, on.needs_other_funding);
    let needs = bases.iter().map(needs).filter(|(_, needs)| !needs.is_zero());
    let mut notes: Vec<String> = needs
        .map(|(basis, needs)| format!("By {}, {} of it would need other funding.", name(basis), needs.spelled()))
        .collect();
    let own = name(proposal.own.basis);
    notes.push(format!("{own} is the basis of the policy; `basis` in ledger.toml chooses another."));
    let title = format!("Policy {}: how it is divided, and what other bases would give, {currency}", policy.id);
    Ok(Table::new("divided", title, columns, rows).noted(notes))
}

fn name(basis: PolicyBasis) -> &'static str {
    match basis {
        PolicyBasis::Blocked => "blocked",
        PolicyBasis::Remaining => "remaining",
        PolicyBasis::WholePlan => "whole-plan",
        PolicyBasis::Fixed(_) => "fixed",
    }
}

/// What a line gives, in words.
fn formula(policy: &Policy) -> String {
    let takes = &policy.takes;
    match policy.basis {
        PolicyBasis::Blocked if takes.restrictions.is_empty() && takes.cause.is_none() => {
            String::from("what is redirectable and not proposed already")
        }
        PolicyBasis::Blocked => String::from(
            "what is redirectable and not proposed already, at most what the restrictions it names block and it has not redirected",
        ),
        PolicyBasis::Remaining => String::from("plan - actual - redirected - proposed already"),
        PolicyBasis::WholePlan => String::from("plan - redirected - proposed already"),
        PolicyBasis::Fixed(amount) => format!(
            "its part of {}, as far as redirectable and not redirected or proposed by this policy; what is missing is asked of the first",
            amount.spelled()
        ),
    }
}

/// A destination's rule, as ledger.toml has it.
fn rule(target: &Target) -> String {
    let share = target.share.map(|share| format!("{}%", (share.amount() * Decimal::ONE_HUNDRED).normalize()));
    let takes = share.or(target.amount.map(Money::grouped)).unwrap_or_default();
    let least = target.min.map(|min| format!("at least {}", min.grouped()));
    let most = target.cap.map(|cap| format!("at most {}", cap.grouped()));
    let priority = (target.priority != 1).then(|| format!("priority {}", target.priority));
    [Some(takes), least, most, priority].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn proposed(proposal: &Proposal) -> Result<Table, MoneyError> {
    let (policy, currency) = (&proposal.policy.id, proposal.currency);
    let columns = vec![
        Column::key("policy", "Policy").unshown(),
        Column::key("destination", "To"),
        Column::key("line", "From plan line"),
        Column::key("currency", "Currency").unshown(),
        Column::figure("amount", "Amount"),
    ];
    let mut rows = Vec::new();
    let mut sum = Money::zero(currency);
    for one in &proposal.redirections {
        sum = sum.plus(one.amount)?;
        rows.push(Row::body(vec![
            Cell::text(policy),
            Cell::text(&one.destination),
            Cell::text(&one.line),
            Cell::text(currency),
            Cell::Money(one.amount),
        ]));
    }
    let total = [Cell::text(policy), Cell::text("Total"), Cell::Blank, Cell::text(currency), Cell::Money(sum)];
    rows.push(Row::total(total.to_vec()));
    Ok(Table::new("proposed", format!("Policy {policy}: proposed redirections, {currency}"), columns, rows))
}

/// Returns what is to go on from a reserve, with the arithmetic that led to it.
pub fn onward(ledger: &str, as_of: Day, proposal: &OnwardProposal) -> Document {
    let currency = proposal.gives.currency();
    let columns = vec![
        Column::key("from", "Out of"),
        Column::key("reserve", "In"),
        Column::key("line", "Of plan line"),
        Column::key("currency", "Currency").unshown(),
        Column::figure("moved", "Moved"),
        Column::figure("taken_on", "Taken on"),
        Column::figure("waiting", "Proposed already"),
        Column::figure("amount", "Gives now"),
        Column::figure("destination", "To"),
    ];
    let mut cells = vec![Cell::text(&proposal.from), Cell::text(&proposal.reserve), Cell::text(&proposal.line)];
    cells.push(Cell::text(currency));
    cells.extend([proposal.moved, proposal.taken_on, proposal.waiting, proposal.gives].map(Cell::Money));
    cells.push(Cell::text(&proposal.destination));
    let table =
        Table::new("onward", format!("What goes on from a reserve, {currency}"), columns, vec![Row::body(cells)]);
    let notes = vec![String::from("It takes nothing more of the plan line: the reserve holds so much less.")];
    let title = format!("{ledger}: proposal as of {as_of}");
    Document { title, tables: vec![table.noted(notes)], ..Document::default() }
}
