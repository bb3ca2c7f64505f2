//! The tables of a yearly report that show its statement.

use std::collections::BTreeSet;

use super::Yearly;
use super::table::{Cell, Column, Row, Table, own_cells, own_columns};
use crate::calendar::Period;
use crate::money::{Currency, Money, MoneyError};
use crate::statement::{Figure, Figures, LineStatement};

/// What an identity leaves over.
type Residual = fn(&Figures) -> Result<Money, MoneyError>;

impl Yearly {
    /// A table with a row per platform and a total per currency.
    fn by_platform(
        &self,
        key: &str,
        title: &str,
        figures: &[(Figure, &str)],
        residual: Option<Residual>,
    ) -> Result<Table, MoneyError> {
        let mut columns = vec![Column::key("platform", "Platform"), self.currency_column()];
        columns.extend(figures.iter().map(|(figure, heading)| Column::figure(figure.key(), heading)));
        columns.extend(residual.map(|_| Column::figure("residual", "Residual")));
        let cells = |name: Cell, currency: Currency, sums: &Figures| -> Result<Vec<Cell>, MoneyError> {
            let mut cells = vec![name, Cell::text(currency)];
            cells.extend(figures.iter().map(|(figure, _)| Cell::Money(sums.get(*figure))));
            if let Some(residual) = residual {
                cells.push(Cell::Money(residual(sums)?));
            }
            Ok(cells)
        };
        let mut rows = Vec::new();
        for ((platform, currency), sums) in &self.statement.platforms {
            rows.push(Row::body(cells(Cell::text(platform), *currency, sums)?));
        }
        for (currency, sums) in &self.statement.totals {
            let mut total = cells(Cell::text("Total"), *currency, sums)?;
            if let Some(at) = figures.iter().position(|(figure, _)| *figure == Figure::PlanReceived) {
                total[at + 2] = Cell::Blank;
            }
            rows.push(Row::total(total));
        }
        Ok(Table::new(key, self.titled(title), columns, rows))
    }

    pub(super) fn plan(&self) -> Result<Table, MoneyError> {
        let mut figures = vec![
            (Figure::Plan, "Plan"),
            (Figure::OpenPlan, "Open plan"),
            (Figure::BlockedImposed, "Blocked by bans"),
            (Figure::BlockedVoluntary, "Blocked by holds"),
            (Figure::BlockedGross, "Blocked"),
        ];
        if self.statement.as_of < self.statement.period.last() {
            figures.push((Figure::BlockedToDate, "Of it to date"));
        }
        if self.has(Figure::PlanReceived) {
            figures.push((Figure::PlanReceived, "Received"));
        }
        let mut table =
            self.by_platform("plan", "Plan = open plan + blocked", &figures, Some(Figures::residual_of_plan))?;
        if self.has(Figure::PlanReceived) {
            table.notes.push("Received is what redirections of other lines brought; it is not part of the plan, so that no money counts twice.".into());
        }
        Ok(table)
    }

    pub(super) fn actual(&self) -> Result<Table, MoneyError> {
        let mut figures = vec![
            (Figure::Plan, "Plan"),
            (Figure::Actual, "Actual"),
            (Figure::OpenVariance, "Open variance"),
            (Figure::BlockedNet, "Blocked net"),
        ];
        if self.has(Figure::SpendDuringRestriction) {
            figures.push((Figure::SpendDuringRestriction, "Spent while restricted"));
        }
        let title = "Plan = actual + open variance + blocked net";
        let mut table = self.by_platform("actual", title, &figures, Some(Figures::residual_of_actual))?;
        table.notes.push("Open variance is open plan less the spend outside restrictions; blocked net is blocked less the spend inside them.".into());
        Ok(table)
    }

    pub(super) fn lines(&self) -> Table {
        let figures = [
            (Figure::Plan, "Plan"),
            (Figure::Actual, "Actual"),
            (Figure::OpenPlan, "Open plan"),
            (Figure::BlockedGross, "Blocked"),
            (Figure::Redirectable, "Redirectable"),
        ];
        let mut columns = vec![Column::key("line", "Plan line"), self.currency_column()];
        columns.extend(figures.map(|(figure, heading)| Column::figure(figure.key(), heading)));
        let own = own_columns(self.statement.lines.iter().map(|line| &line.line.own));
        columns.extend(own.iter().map(|name| Column::figure(name, name).unshown()));
        let row = |line: &LineStatement| {
            let mut cells = vec![Cell::text(&line.line.id), Cell::text(line.line.currency)];
            cells.extend(figures.map(|(figure, _)| Cell::Money(line.figures.get(figure))));
            cells.extend(own_cells(&own, &line.line.own));
            Row::body(cells)
        };
        let rows = self.statement.lines.iter().map(row).collect();
        Table::new("lines", self.titled("By plan line"), columns, rows)
    }

    pub(super) fn redirectable(&self) -> Table {
        let figures = [
            (Figure::BlockedNet, "Blocked net"),
            (Figure::Encumbered, "Open orders"),
            (Figure::Free, "Free"),
            (Figure::RedirectedLive, "Redirected"),
            (Figure::Redirectable, "Still redirectable"),
            (Figure::OverRedirected, "Over redirected"),
        ];
        let mut columns = vec![Column::key("platform", "Platform"), self.currency_column()];
        columns.extend(figures.map(|(figure, heading)| Column::figure(figure.key(), heading)));
        let cells = |name: Cell, currency: Currency, sums: &Figures| {
            let mut cells = vec![name, Cell::text(currency)];
            cells.extend(figures.map(|(figure, _)| Cell::Money(sums.get(figure))));
            cells
        };
        let platforms = self.statement.platforms.iter();
        let body =
            platforms.map(|((platform, currency), sums)| Row::body(cells(Cell::text(platform), *currency, sums)));
        let totals = self
            .statement
            .totals
            .iter()
            .map(|(currency, sums)| Row::total(cells(Cell::text("Total"), *currency, sums)));
        let mut notes = vec![String::from(
            "Of each plan line, blocked net or free, whichever is less, may be redirected; what is redirected already is taken off.",
        )];
        let cut = self
            .statement
            .lines
            .iter()
            .any(|line| line.line.period.overlap(self.statement.period) != Some(line.line.period));
        if cut {
            notes.push("Open orders, free and what follows are of whole plan lines, also where this report shows a part of their days.".into());
        }
        Table::new("redirectable", self.titled("What may be redirected"), columns, body.chain(totals).collect())
            .noted(notes)
    }

    /// The months of every restricted platform.
    pub(super) fn months(&self) -> Result<Vec<Table>, MoneyError> {
        let figures = [
            (Figure::Plan, "Plan"),
            (Figure::Actual, "Actual"),
            (Figure::OpenPlan, "Open plan"),
            (Figure::BlockedImposed, "Blocked by bans"),
            (Figure::BlockedVoluntary, "Blocked by holds"),
            (Figure::BlockedGross, "Blocked"),
        ];
        let restricted = self.statement.platforms.keys().filter(|(platform, currency)| {
            let over = |line: &LineStatement| {
                line.line.scope.platform == *platform
                    && line.line.currency == *currency
                    && !line.blocked.segments().is_empty()
            };
            self.statement.lines.iter().any(over)
        });
        let mut tables = Vec::new();
        for (platform, currency) in restricted {
            let months = self.statement.platform_months(platform, *currency)?;
            let mut columns = vec![
                Column::key("platform", "Platform").unshown(),
                Column::key("month", "Month"),
                Column::key("currency", "Currency").unshown(),
            ];
            columns.extend(figures.map(|(figure, heading)| Column::figure(figure.key(), heading)));
            let cells = |name: Cell, sums: &Figures| {
                let amounts = figures.iter().map(|(figure, _)| Cell::Money(sums.get(*figure)));
                [Cell::text(platform), name, Cell::text(currency)].into_iter().chain(amounts).collect()
            };
            let mut rows: Vec<Row> =
                months.iter().map(|(month, sums)| Row::body(cells(Cell::text(month), sums))).collect();
            let total = Figures::sum(*currency, months.iter().map(|(_, sums)| sums))?;
            rows.push(Row::total(cells(Cell::text("Total"), &total)));
            let key =
                format!("months_{}_{}", platform.as_str().replace(['-', '.'], "_"), currency.code().to_lowercase());
            tables.push(Table::new(&key, format!("{platform} by month, {currency}"), columns, rows));
        }
        Ok(tables)
    }

    pub(super) fn unbudgeted(&self) -> Result<Option<Table>, MoneyError> {
        let figures =
            [(Figure::Actual, "On the plan"), (Figure::Unbudgeted, "Unbudgeted"), (Figure::Spend, "All spend")];
        let table = self.by_platform("spend", "Spend, with what no plan line covers", &figures, None)?;
        Ok(self.has(Figure::Unbudgeted).then_some(table))
    }

    /// Days without data are not days without spend: how many there are, in every report.
    pub(super) fn coverage(&self) -> Table {
        let columns = vec![
            Column::key("platform", "Platform"),
            Column::figure("uncovered_days", "Open days that no import covers"),
        ];
        let platforms: BTreeSet<_> = self.statement.platforms.keys().map(|(platform, _)| platform).collect();
        let row = |platform| {
            Row::body(vec![Cell::text(platform), Cell::Count(u64::from(self.statement.uncovered_days(platform)))])
        };
        let notes =
            vec![format!("Rows that could still move when they were exported: {}.", self.statement.provisional_rows)];
        Table::new("coverage", "Coverage up to the cut-off", columns, platforms.into_iter().map(row).collect())
            .noted(notes)
    }

    pub(super) fn prior_year(&self) -> Option<Table> {
        let prior = self.prior.as_ref()?;
        let figures = [
            (Figure::Plan, "Plan"),
            (Figure::Spend, "Spend"),
            (Figure::BlockedGross, "Blocked"),
            (Figure::RedirectedLive, "Redirected"),
        ];
        let year = |period: Period| {
            let whole = Period::new(period.start().month().first_day(), period.end()).filter(|_| period.days() >= 365);
            whole.map_or(period.to_string(), |_| period.last().year().to_string())
        };
        let (before, now) = (year(prior.period), year(self.statement.period));
        let columns = vec![
            Column::key("what", ""),
            self.currency_column(),
            Column::figure("prior_year", &before),
            Column::figure("this_year", &now),
            Column::figure("change", "Change"),
        ];
        let currencies: BTreeSet<Currency> = prior.totals.keys().chain(self.statement.totals.keys()).copied().collect();
        let mut rows = Vec::new();
        for currency in currencies {
            let zero = Figures::zero(currency);
            let (was, is) =
                (prior.totals.get(&currency).unwrap_or(&zero), self.statement.totals.get(&currency).unwrap_or(&zero));
            for (figure, heading) in figures {
                let (was, is) = (was.get(figure), is.get(figure));
                let change = is.minus(was).map_or(Cell::Blank, Cell::Money);
                rows.push(Row::body(vec![
                    Cell::text(heading),
                    Cell::text(currency),
                    Cell::Money(was),
                    Cell::Money(is),
                    change,
                ]));
            }
        }
        Some(Table::new("prior_year", self.titled("Beside the year before"), columns, rows))
    }
}
