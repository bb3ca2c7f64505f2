//! The tables of a yearly report that show what blocks money and where it goes.

use std::collections::BTreeMap;

use super::Yearly;
use super::rate_tables::legs;
use super::table::{Cell, Column, Row, Table};
use crate::ledger::{Event, Redirection};
use crate::money::{Currency, Money, MoneyError};
use crate::statement::RedirectionStatement;

impl Yearly {
    pub(super) fn restrictions(&self) -> Result<Table, MoneyError> {
        let columns = vec![
            Column::key("restriction", "Restriction"),
            Column::key("kind", "Kind"),
            Column::key("scope", "On"),
            Column::figure("from", "From"),
            Column::figure("until", "Until"),
            Column::figure("share", "Share").unshown(),
            self.currency_column(),
            Column::figure("blocked", "Blocks"),
            Column::figure("reason", "Reason"),
            Column::figure("evidence", "Evidence").unshown(),
            Column::figure("evidence_sha256", "Evidence SHA-256").unshown(),
        ];
        let mut rows = Vec::new();
        let mut notes = Vec::new();
        for restriction in &self.statement.restrictions {
            let blocked = self.statement.blocked_by_restriction(restriction)?;
            let amounts: Vec<Option<Money>> =
                if blocked.is_empty() { vec![None] } else { blocked.into_values().map(Some).collect() };
            for amount in amounts {
                rows.push(Row::body(vec![
                    Cell::text(&restriction.id),
                    Cell::text(restriction.kind),
                    Cell::text(&restriction.scope),
                    Cell::Day(restriction.from),
                    Cell::or_blank(restriction.until, Cell::Day),
                    Cell::or_blank(restriction.share, Cell::Share),
                    Cell::or_blank(amount, |amount| Cell::text(amount.currency())),
                    Cell::or_blank(amount, Cell::Money),
                    Cell::or_blank(restriction.reason.as_ref(), Cell::text),
                    Cell::or_blank(restriction.evidence.as_ref(), Cell::text),
                    Cell::or_blank(restriction.evidence_sha256.as_ref(), Cell::text),
                ]));
            }
            if let Some(share) = restriction.share {
                notes.push(format!("{} stops {share} of the plan lines over {}.", restriction.id, restriction.scope));
            }
            if let Some(evidence) = &restriction.evidence {
                notes.push(format!("Evidence of {}: {evidence}", restriction.id));
            }
        }
        if !rows.is_empty() {
            notes.insert(0, "Until is the first day ads may run again; empty: still in force. A day blocked twice counts once, for the ban.".into());
        }
        Ok(Table::new("restrictions", self.titled("Restrictions, and what each blocks"), columns, rows).noted(notes))
    }

    pub(super) fn redirections(&self) -> Result<Table, MoneyError> {
        let any_is = |of_it: fn(&RedirectionStatement) -> bool| self.statement.redirections.iter().any(of_it);
        let conditional = Column::figure("conditional", "On a condition");
        let taken_on = Column::figure("taken_on", "Taken on");
        let columns = vec![
            Column::key("destination", "To"),
            Column::key("redirection", "Redirection"),
            Column::key("line", "Plan line").unshown(),
            Column::figure("from", "Out of").unshown(),
            self.currency_column(),
            Column::figure("state", "State"),
            Column::figure("proposed", "Proposed"),
            Column::figure("approved", "Approved"),
            if any_is(|of| of.progress.conditional.is_some()) { conditional } else { conditional.unshown() },
            Column::figure("pledged", "Pledged"),
            if any_is(|of| !of.taken_on.is_zero()) { taken_on } else { taken_on.unshown() },
            Column::figure("needs_other_funding", "Needs other funding").unshown(),
        ];
        let mut rows = Vec::new();
        let mut totals: BTreeMap<Currency, [Money; 6]> = BTreeMap::new();
        let mut notes = Vec::new();
        let mut by_destination: Vec<_> = self.statement.redirections.iter().collect();
        by_destination.sort_by_key(|of| (&of.redirection.destination, &of.redirection.id));
        for of in by_destination {
            let zero = Money::zero(of.redirection.currency);
            let approved = of.progress.approved.map_or(zero, |approval| approval.amount);
            let (conditional, pledged) = (of.progress.conditional.unwrap_or(zero), of.progress.pledged.unwrap_or(zero));
            let amounts = [of.progress.proposed, approved, conditional, pledged, of.taken_on, of.needs_other_funding];
            let sums = totals.entry(of.redirection.currency).or_insert([zero; 6]);
            // What is taken out of a reserve was asked for, and agreed to, of the line before.
            let counted = if of.redirection.from.is_some() { [zero; 2] } else { [of.progress.proposed, approved] };
            for (sum, amount) in sums.iter_mut().zip(counted.into_iter().chain(amounts.into_iter().skip(2))) {
                *sum = sum.plus(amount)?;
            }
            let mut cells = vec![
                Cell::text(&of.redirection.destination),
                Cell::text(&of.redirection.id),
                Cell::text(&of.redirection.line),
                Cell::or_blank(of.redirection.from.as_ref(), Cell::text),
                Cell::text(of.redirection.currency),
                Cell::text(of.state),
            ];
            cells.extend(amounts.map(Cell::Money));
            rows.push(Row::body(cells));
            notes.extend(told(of)?);
        }
        for (currency, sums) in totals {
            let mut cells = vec![Cell::text("Total"), Cell::Blank, Cell::Blank, Cell::Blank];
            cells.extend([Cell::text(currency), Cell::Blank]);
            cells.extend(sums.map(Cell::Money));
            rows.push(Row::total(cells));
        }
        if any_is(|of| of.redirection.from.is_some()) {
            notes.push(String::from(
                "What is taken out of a reserve counts once in the totals of proposed and approved, with the reserve.",
            ));
        }
        Ok(Table::new("redirections", self.titled("Redirections"), columns, rows).noted(notes))
    }

    /// What happened to the redirections, day by day.
    pub(super) fn events(&self) -> Option<Table> {
        let mut of_all = self.statement.redirections.iter().flat_map(|of| &of.redirection.events);
        let any_is_conditional = of_all.any(|event| event.condition.is_some());
        let condition = Column::figure("condition", "Condition");
        let columns = vec![
            Column::key("date", "Day"),
            Column::key("redirection", "Redirection"),
            Column::key("event", "Event"),
            self.currency_column(),
            Column::figure("amount", "Amount"),
            Column::figure("by", "By"),
            Column::figure("reference", "Reference"),
            if any_is_conditional { condition } else { condition.unshown() },
            Column::figure("recorded", "Recorded").unshown(),
        ];
        let of_all = self.statement.redirections.iter().map(|of| &of.redirection);
        let mut events: Vec<_> = of_all.flat_map(|one| one.events.iter().map(move |event| (one, event))).collect();
        events.sort_by_key(|(one, event)| (event.date, &one.id, event.kind));
        let row = |(one, event): (&Redirection, &Event)| {
            Row::body(vec![
                Cell::Day(event.date),
                Cell::text(&one.id),
                Cell::text(event.kind),
                Cell::text(one.currency),
                Cell::or_blank(event.amount, Cell::Money),
                Cell::or_blank(event.by.as_ref(), Cell::text),
                Cell::or_blank(event.reference.as_ref(), Cell::text),
                Cell::or_blank(event.condition.as_ref(), Cell::text),
                Cell::or_blank(event.recorded, Cell::Instant),
            ])
        };
        let rows: Vec<Row> = events.into_iter().map(row).collect();
        let notes = vec![String::from("An empty amount: unchanged from the step before.")];
        let title = self.titled("What happened to the redirections");
        (!rows.is_empty()).then(|| Table::new("events", title, columns, rows).noted(notes))
    }

    /// Payments in another currency than their pledge, with what the exchange made of each.
    pub(super) fn fx_payments(&self) -> Result<Option<Table>, MoneyError> {
        let columns = vec![
            Column::key("date", "Day"),
            Column::key("redirection", "Redirection"),
            Column::key("reference", "Reference"),
            Column::figure("paid_currency", "Paid in"),
            Column::figure("paid_amount", "Paid"),
            Column::figure("rate", "At"),
            self.currency_column(),
            Column::figure("converted", "Comes to"),
            Column::figure("fx_difference", "FX difference"),
            Column::figure("settled", "Settles"),
        ];
        let mut rows = Vec::new();
        let mut totals: BTreeMap<Currency, [Money; 3]> = BTreeMap::new();
        for of in &self.statement.redirections {
            for payment in &of.fx_payments {
                let currency = payment.settled.currency();
                if let (Some(converted), Some(difference)) = (payment.converted, payment.difference) {
                    let sums = totals.entry(currency).or_insert([Money::zero(currency); 3]);
                    for (sum, amount) in sums.iter_mut().zip([converted, difference, payment.settled]) {
                        *sum = sum.plus(amount)?;
                    }
                }
                rows.push(Row::body(vec![
                    Cell::Day(payment.date),
                    Cell::text(&of.redirection.id),
                    Cell::or_blank(payment.reference.as_ref(), Cell::text),
                    Cell::text(payment.sent.currency()),
                    Cell::Money(payment.sent),
                    Cell::or_blank(payment.rate.as_ref(), |rate| Cell::text(legs(rate))),
                    Cell::text(currency),
                    Cell::or_blank(payment.converted, Cell::Money),
                    Cell::or_blank(payment.difference, Cell::Money),
                    Cell::Money(payment.settled),
                ]));
            }
        }
        for (currency, sums) in totals {
            let mut cells = vec![Cell::Blank; 6];
            cells[0] = Cell::text("Total");
            cells.push(Cell::text(currency));
            cells.extend(sums.map(Cell::Money));
            rows.push(Row::total(cells));
        }
        let notes = vec![String::from(
            "Settles is what the payment takes off its pledge: what it comes to at the rate of its day, and the FX difference. Above zero the exchange brought something, below it cost.",
        )];
        let title = self.titled("Payments in another currency than their pledge");
        Ok((!rows.is_empty()).then(|| Table::new("fx_payments", title, columns, rows).noted(notes)))
    }

    pub(super) fn tie_outs(&self) -> Result<Table, MoneyError> {
        let columns = vec![
            Column::key("destination", "Destination"),
            self.currency_column(),
            Column::figure("pledged", "Pledged"),
            Column::figure("paid", "Paid"),
            Column::figure("outstanding", "Outstanding"),
            Column::figure("acknowledged", "Acknowledged"),
            Column::figure("awaiting_letter", "Awaiting letter"),
        ];
        let mut sums: BTreeMap<(String, Currency), [Money; 5]> = BTreeMap::new();
        let mut totals: BTreeMap<Currency, [Money; 5]> = BTreeMap::new();
        for of in self.statement.redirections.iter().filter(|of| of.progress.pledged.is_some()) {
            let currency = of.redirection.currency;
            let zero = Money::zero(currency);
            let amounts =
                [of.progress.pledged.unwrap_or(zero), of.paid, of.outstanding, of.acknowledged, of.awaiting_letter];
            let at = (of.redirection.destination.to_string(), currency);
            for sums in [sums.entry(at).or_insert([zero; 5]), totals.entry(currency).or_insert([zero; 5])] {
                for (sum, amount) in sums.iter_mut().zip(amounts) {
                    *sum = sum.plus(amount)?;
                }
            }
        }
        let cells = |name: Cell, currency: Currency, sums: [Money; 5]| {
            let mut cells = vec![name, Cell::text(currency)];
            cells.extend(sums.map(Cell::Money));
            cells
        };
        let body = sums
            .into_iter()
            .map(|((destination, currency), sums)| Row::body(cells(Cell::text(destination), currency, sums)));
        let totals = totals.into_iter().map(|(currency, sums)| Row::total(cells(Cell::text("Total"), currency, sums)));
        let title = self.titled("Pledged = paid + outstanding; paid = acknowledged + awaiting letter");
        Ok(Table::new("tie_outs", title, columns, body.chain(totals).collect()))
    }
}

/// What a row of amounts does not tell: a condition that is not met, and what came out of a reserve.
fn told(of: &RedirectionStatement) -> Result<Vec<String>, MoneyError> {
    let Redirection { id, destination, from, events, .. } = &of.redirection;
    let mut told = Vec::new();
    let condition =
        events.iter().find_map(|event| event.condition.as_ref()).filter(|_| of.progress.conditional.is_some());
    if let Some(condition) = condition {
        told.push(format!("{id} is owed once its condition is met: {condition}"));
    }
    if let Some(from) = from {
        told.push(format!("{id} is taken out of {from}."));
    }
    if !of.taken_on.is_zero() {
        told.push(format!("{destination} still holds {} of {id}.", of.live()?.spelled()));
    }
    Ok(told)
}
