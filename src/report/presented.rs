//! A report's sums in one currency, beside the books.

use super::Yearly;
use super::rate_tables::one_by_one;
use super::table::{Cell, Column, Row, Table};
use crate::ledger::{Ledger, LedgerError};
use crate::money::{Currency, MoneyError};
use crate::rates::DayRate;
use crate::statement::{Figure, Figures, Presentation, PresentedSums};

/// What a presentation says under its table.
pub(super) fn note(presentation: &Presentation) -> String {
    let Presentation { currency, day, .. } = presentation;
    format!(
        "In {currency} at the rates of {day}, for reading alone: each amount is converted by itself and rounded half to even, and totals sum what is shown. The books stay in their own currencies."
    )
}

/// The rates of a presentation, for a reader.
pub(super) fn rates(presentation: &Presentation) -> Table {
    let rates: Vec<DayRate> = presentation.rates.values().cloned().collect();
    one_by_one("presentation_rates", &format!("Rates into {}", presentation.currency), &rates)
}

impl Yearly {
    /// Shows the report's sums in a currency as well, at the rates of the cut-off day.
    pub fn present(&mut self, ledger: &Ledger, currency: Currency) -> Result<(), LedgerError> {
        let currencies = self.statement.totals.keys().copied();
        self.presentation = Some(Presentation::of(ledger, currencies, currency, self.statement.as_of)?);
        Ok(())
    }

    /// The sums of platforms in the currency of the presentation, and of all.
    pub(super) fn presentation(&self) -> Result<Vec<Table>, MoneyError> {
        let Some(presentation) = &self.presentation else { return Ok(Vec::new()) };
        let figures = [
            (Figure::Plan, "Plan"),
            (Figure::Spend, "Spend"),
            (Figure::BlockedGross, "Blocked"),
            (Figure::BlockedNet, "Blocked net"),
            (Figure::RedirectedLive, "Redirected"),
            (Figure::Redirectable, "Still redirectable"),
        ];
        let mut columns = vec![
            Column::key("platform", "Platform"),
            Column::key("of_currency", "Books in"),
            Column::figure("rate", "Rate"),
            Column::key("currency", "Currency").unshown(),
        ];
        columns.extend(figures.iter().map(|(figure, heading)| Column::figure(figure.key(), heading)));
        let cells = |name: Cell, of: Cell, rate: Cell, sums: &Figures| {
            let amounts = figures.iter().map(|(figure, _)| Cell::Money(sums.get(*figure)));
            [name, of, rate, Cell::text(presentation.currency)].into_iter().chain(amounts).collect()
        };
        let PresentedSums { platforms, total } = self.statement.presented(presentation)?;
        let mut rows = Vec::new();
        for ((platform, currency), sums) in &platforms {
            let rate = Cell::or_blank(presentation.rates.get(currency), |rate| Cell::text(rate.rate));
            rows.push(Row::body(cells(Cell::text(platform), Cell::text(currency), rate, sums)));
        }
        rows.push(Row::total(cells(Cell::text("Total"), Cell::Blank, Cell::Blank, &total)));
        let title = format!("All currencies together, in {}", presentation.currency);
        let table = Table::new("presentation", title, columns, rows).noted([note(presentation)]);
        Ok(vec![table, rates(presentation)])
    }
}
