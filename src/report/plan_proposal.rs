//! What a plan line could be, with the arithmetic that led to it.

use super::table::{Cell, Column, Document, Row, Table};
use crate::ledger::Ledger;
use crate::propose::PlanProposal;
use crate::scope::Id;

/// Returns a proposal for a plan line: what was spent, on which days, and what follows.
pub fn plan_proposal(ledger: &Ledger, line: &Id, proposal: &PlanProposal) -> Document {
    let columns = vec![
        Column::key("line", "Plan line"),
        Column::key("scope", "On"),
        Column::key("period", "Period"),
        Column::key("currency", "Currency").unshown(),
        Column::figure("basis", "Basis"),
        Column::figure("seen", "Days looked at").unshown(),
        Column::figure("days", "Days"),
        Column::figure("covered_days", "With data"),
        Column::figure("restricted_days", "Restricted"),
        Column::figure("spend", "Spend"),
        Column::figure("amount", "Amount"),
    ];
    let count = |days: u32| Cell::Count(u64::from(days));
    let row = Row::body(vec![
        Cell::text(line),
        Cell::text(&proposal.scope),
        Cell::text(proposal.period),
        Cell::text(proposal.amount.currency()),
        Cell::text(proposal.basis.of_entry()),
        Cell::text(proposal.seen),
        count(proposal.seen.days()),
        count(proposal.covered_days()),
        count(proposal.restricted_days),
        Cell::Money(proposal.spend),
        Cell::Money(proposal.amount),
    ]);
    let mut notes = vec![format!("{proposal} = {}.", proposal.amount.spelled())];
    if !proposal.uncovered.is_empty() {
        let days: Vec<String> = proposal.uncovered.iter().map(ToString::to_string).collect();
        notes.push(format!("No import covers {}; what was spent then is not in the amount.", days.join(", ")));
    }
    if proposal.restricted_days > 0 {
        notes.push(
            "Ads could not run everywhere on restricted days: the spend of a ban's days plans too little.".into(),
        );
    }
    if proposal.cuts_months {
        notes.push(
            "Spend known by month alone counts on the last day of its month, here also of months cut in two.".into(),
        );
    }
    let elsewhere: Vec<String> = proposal.elsewhere.iter().map(|sum| sum.spelled()).collect();
    if !elsewhere.is_empty() {
        notes.push(format!("Spend in other currencies is no part of it: {}.", elsewhere.join(", ")));
    }
    let title = format!("Proposed plan, {}", proposal.amount.currency());
    let table = Table::new("plan", title, columns, vec![row]).noted(notes);
    Document { title: ledger.settings().name.clone(), tables: vec![table], ..Document::default() }
}
