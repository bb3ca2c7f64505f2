//! What changed in closed periods, as a table of a report.

use std::collections::{BTreeMap, BTreeSet};

use super::Yearly;
use super::table::{Cell, Column, Row, Table, titled};
use crate::money::{Cost, Currency, MoneyError};
use crate::statement::{Figure, LineAdjustment};

impl Yearly {
    /// The figures of plan lines in closed periods that are others now; no table where there are none.
    pub(super) fn line_adjustments(&self) -> Option<Table> {
        if self.line_adjustments.is_empty() {
            return None;
        }
        let currencies: BTreeSet<Currency> =
            self.line_adjustments.iter().map(|one| one.difference.currency()).collect();
        let columns = vec![
            Column::key("period", "Closed"),
            Column::key("line", "Plan line"),
            Column::key("figure", "Figure"),
            Column::currency(&currencies),
            Column::figure("was", "As closed"),
            Column::figure("now", "Now"),
            Column::figure("difference", "Difference"),
            Column::figure("facts", "Recorded since"),
        ];
        let row = |one: &LineAdjustment| {
            Row::body(vec![
                Cell::text(&one.period),
                Cell::text(&one.line),
                Cell::text(one.figure.key().replace('_', " ")),
                Cell::text(one.difference.currency()),
                Cell::Money(one.was),
                Cell::Money(one.now),
                Cell::Money(one.difference),
                Cell::text(one.facts.join("; ")),
            ])
        };
        let notes = vec![String::from("Encumbered: open orders for days of the closed period.")];
        let has_orders = self.line_adjustments.iter().any(|one| one.figure == Figure::Encumbered);
        let title = titled("Figures of closed periods that changed since", &currencies);
        let rows = self.line_adjustments.iter().map(row).collect();
        Some(Table::new("line_adjustments", title, columns, rows).noted(if has_orders { notes } else { Vec::new() }))
    }

    /// The adjustments to closed periods; no table where there are none.
    pub(super) fn adjustments(&self) -> Result<Option<Table>, MoneyError> {
        if self.adjustments.is_empty() {
            return Ok(None);
        }
        let currencies: BTreeSet<Currency> = self.adjustments.iter().map(|one| one.key.currency).collect();
        let columns = vec![
            Column::key("period", "Closed"),
            Column::key("platform", "Platform"),
            Column::key("account", "Account"),
            Column::key("campaign", "Campaign"),
            Column::currency(&currencies),
            Column::figure("was", "As closed"),
            Column::figure("now", "Now"),
            Column::figure("difference", "Difference"),
            Column::figure("imports", "Imports since").unshown(),
        ];
        let mut rows = Vec::new();
        let mut sums: BTreeMap<(&str, Currency), Cost> = BTreeMap::new();
        for one in &self.adjustments {
            let sum = sums.entry((one.period.as_str(), one.key.currency)).or_insert(Cost::zero(one.key.currency));
            *sum = sum.plus(one.difference)?;
            let imports: Vec<&str> = one.imports.iter().map(|id| id.as_str()).collect();
            rows.push(Row::body(vec![
                Cell::text(&one.period),
                Cell::text(&one.key.platform),
                Cell::text(&one.key.account),
                Cell::text(&one.key.campaign),
                Cell::text(one.key.currency),
                Cell::Cost(one.was),
                Cell::Cost(one.now),
                Cell::Cost(one.difference),
                Cell::text(imports.join(" ")),
            ]));
        }
        for ((period, currency), sum) in sums {
            let mut cells = vec![Cell::Blank; columns.len()];
            cells[0] = Cell::text(format!("Total of {period}"));
            cells[4] = Cell::text(currency);
            cells[7] = Cell::Cost(sum);
            rows.push(Row::total(cells));
        }
        let notes = vec![String::from(
            "Spend of closed periods that was recorded after they were closed, exact. Statements show what is known now; --as-known the moment of the close shows them as closed.",
        )];
        let title = titled("Adjustments to closed periods", &currencies);
        Ok(Some(Table::new("adjustments", title, columns, rows).noted(notes)))
    }
}
