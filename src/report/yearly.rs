//! [`Yearly`]: the redirection report of a period.

use std::collections::BTreeSet;

use super::json::{Body, Whole};
use super::manifest::{Manifest, manifest};
use super::table::{Cell, Column, Document, Row, Table};
use crate::calendar::{Day, Instant, Period};
use crate::check::{self, Assumption, Finding};
use crate::ledger::{Event, Ledger, Redirection};
use crate::money::{Currency, Money, MoneyError};
use crate::statement::{Figure, Figures, Statement, StatementError};

/// The redirection report of a period: its statement, last year's beside it, findings, assumptions and manifest.
///
/// ```no_run
/// use respend::ledger::Ledger;
/// use respend::render;
/// use respend::report::Yearly;
///
/// let ledger = Ledger::open("ledgers/kaspersky-2018".as_ref())?;
/// let report = Yearly::of(&ledger, "2018", "2018-12-31".parse()?, None, None)?;
/// print!("{}", render::markdown(&report.document()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Yearly {
    /// The ledger's name.
    pub ledger: String,
    /// The period as it was asked for.
    pub name: String,
    /// The latest moment of record that counts: the cut-off, or that of the latest fact.
    pub as_known: Option<Instant>,
    /// The reporting currency.
    pub currency: Currency,
    /// The period's statement.
    pub statement: Statement,
    /// The statement of the year before, by the same record; none where the ledger says nothing of it.
    pub prior: Option<Statement>,
    /// What to look into.
    pub findings: Vec<Finding>,
    /// What is taken for granted.
    pub assumptions: Vec<Assumption>,
    /// What it rests on.
    pub manifest: Manifest,
}

impl Yearly {
    /// Computes the report of the period called `name`.
    ///
    /// `as_of` and `as_known` are the statement's cut-offs; `filing` is the day a tax return is filed by, for the
    /// findings of missing letters.
    pub fn of(
        ledger: &Ledger,
        name: &str,
        as_of: Day,
        as_known: Option<Instant>,
        filing: Option<Day>,
    ) -> Result<Yearly, StatementError> {
        let settings = ledger.settings();
        let period = Period::parse(name, &settings.fiscal_year)
            .map_err(|error| crate::ledger::LedgerError::refused(error.to_string(), ""))?;
        let statement = Statement::of(ledger, period, as_of, as_known)?;
        let prior = match period.year_before() {
            Some(before) => Some(Statement::of(ledger, before, as_of.min(before.last()), as_known)?),
            None => None,
        };
        let files = ledger.files()?;
        let mut findings = check::findings(&statement, ledger, filing)?;
        findings.extend(check::changed_rollups(ledger, &files));
        findings.sort();
        let mut report = Yearly {
            ledger: settings.name.clone(),
            name: name.to_owned(),
            as_known: as_known.or(ledger.latest_recorded()),
            currency: settings.currency,
            findings,
            assumptions: check::assumptions(&statement),
            prior: prior.filter(|prior| !prior.totals.is_empty()),
            statement,
            manifest: Manifest::default(),
        };
        let body = Body::of(&report)?;
        let body = serde_json::to_string(&body).map_err(unwritable)?;
        report.manifest = manifest(ledger, &report.statement, files, &body)?;
        Ok(report)
    }

    /// Returns the report as JSON, with a line feed at its end.
    pub fn json(&self) -> Result<String, StatementError> {
        let whole = Whole { body: Body::of(self)?, manifest: &self.manifest };
        let mut text = serde_json::to_string_pretty(&whole).map_err(unwritable)?;
        text.push('\n');
        Ok(text)
    }

    /// Returns the report as tables.
    pub fn document(&self) -> Result<Document, MoneyError> {
        let statement = &self.statement;
        let mut facts = vec![format!(
            "{} to {}, as of {}{}.",
            statement.period.start(),
            statement.period.last(),
            statement.as_of,
            self.as_known.map(|known| format!(", by what was recorded up to {known}")).unwrap_or_default()
        )];
        facts.push(match self.currencies().as_slice() {
            [] => String::from("The ledger holds no plan and no spend for this period."),
            [one] => format!("All amounts in {one}."),
            several => format!("Amounts in {}, never added across.", codes(several)),
        });
        if statement.as_of < statement.period.last() {
            facts.push(format!(
                "Days after {} are ahead: their plan is open or blocked, their spend is not known.",
                statement.as_of
            ));
        }
        let mut tables = vec![self.plan()?, self.actual()?];
        if statement.lines.len() > statement.platforms.len() {
            tables.push(self.lines());
        }
        tables.push(self.redirectable());
        tables.extend(self.months()?);
        tables.push(self.restrictions());
        tables.push(self.redirections()?);
        tables.push(self.tie_outs()?);
        tables.extend(self.events());
        tables.extend(self.unbudgeted()?);
        tables.push(self.coverage());
        tables.extend(self.prior_year());
        tables.push(self.findings());
        tables.push(self.assumptions());
        tables.push(self.manifest());
        Ok(Document { title: format!("Redirection report {} - {}", self.name, self.ledger), facts, tables })
    }

    fn currencies(&self) -> Vec<Currency> {
        self.statement.totals.keys().copied().collect()
    }

    /// The title of a table of money: with its currency where there is one.
    fn titled(&self, title: &str) -> String {
        match self.currencies().as_slice() {
            [one] => format!("{title}, {one}"),
            _ => title.to_owned(),
        }
    }

    /// The currency column, which a reader sees only where there are several.
    fn currency_column(&self) -> Column {
        let column = Column::key("currency", "Currency");
        if self.currencies().len() > 1 { column } else { column.unshown() }
    }

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
        Ok(Table { key: key.into(), title: self.titled(title), columns, rows, notes: Vec::new() })
    }

    fn plan(&self) -> Result<Table, MoneyError> {
        let mut figures = vec![
            (Figure::Plan, "Plan"),
            (Figure::OpenPlan, "Open plan"),
            (Figure::BlockedImposed, "Blocked by bans"),
            (Figure::BlockedVoluntary, "Blocked by holds"),
            (Figure::BlockedGross, "Blocked"),
        ];
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

    fn actual(&self) -> Result<Table, MoneyError> {
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

    fn lines(&self) -> Table {
        let figures = [
            (Figure::Plan, "Plan"),
            (Figure::Actual, "Actual"),
            (Figure::OpenPlan, "Open plan"),
            (Figure::BlockedGross, "Blocked"),
            (Figure::Redirectable, "Redirectable"),
        ];
        let mut columns = vec![Column::key("line", "Plan line"), self.currency_column()];
        columns.extend(figures.map(|(figure, heading)| Column::figure(figure.key(), heading)));
        let row = |line: &crate::statement::LineStatement| {
            let mut cells = vec![Cell::text(&line.line.id), Cell::text(line.line.currency)];
            cells.extend(figures.map(|(figure, _)| Cell::Money(line.figures.get(figure))));
            Row::body(cells)
        };
        let rows = self.statement.lines.iter().map(row).collect();
        Table { key: "lines".into(), title: self.titled("By plan line"), columns, rows, notes: Vec::new() }
    }

    fn redirectable(&self) -> Table {
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
        Table {
            key: "redirectable".into(),
            title: self.titled("What may be redirected"),
            columns,
            rows: body.chain(totals).collect(),
            notes,
        }
    }

    /// The months of every restricted platform.
    fn months(&self) -> Result<Vec<Table>, MoneyError> {
        let figures = [
            (Figure::Plan, "Plan"),
            (Figure::Actual, "Actual"),
            (Figure::OpenPlan, "Open plan"),
            (Figure::BlockedImposed, "Blocked by bans"),
            (Figure::BlockedVoluntary, "Blocked by holds"),
            (Figure::BlockedGross, "Blocked"),
        ];
        let restricted = self.statement.platforms.keys().filter(|(platform, currency)| {
            let over = |line: &crate::statement::LineStatement| {
                line.line.scope.platform == *platform
                    && line.line.currency == *currency
                    && !line.blocked.segments().is_empty()
            };
            self.statement.lines.iter().any(over)
        });
        let mut tables = Vec::new();
        for (platform, currency) in restricted {
            let of_platform = || {
                self.statement
                    .lines
                    .iter()
                    .filter(|line| line.line.scope.platform == *platform && line.line.currency == *currency)
            };
            let months: BTreeSet<_> = of_platform().flat_map(|line| &line.months).map(|month| month.month).collect();
            let mut columns = vec![
                Column::key("platform", "Platform").unshown(),
                Column::key("month", "Month"),
                Column::key("currency", "Currency").unshown(),
            ];
            columns.extend(figures.map(|(figure, heading)| Column::figure(figure.key(), heading)));
            let mut rows = Vec::new();
            let zero = Money::zero(*currency);
            let mut totals = figures.map(|_| zero);
            for month in months {
                let mut cells = vec![Cell::text(platform), Cell::text(month), Cell::text(currency)];
                for (at, (figure, _)) in figures.iter().enumerate() {
                    let parts = of_platform().flat_map(|line| line.months.iter().filter(|of| of.month == month));
                    let sum = parts.map(|of| of.figures.get(*figure)).try_fold(zero, Money::plus)?;
                    totals[at] = totals[at].plus(sum)?;
                    cells.push(Cell::Money(sum));
                }
                rows.push(Row::body(cells));
            }
            let mut cells = vec![Cell::text(platform), Cell::text("Total"), Cell::text(currency)];
            cells.extend(totals.map(Cell::Money));
            rows.push(Row::total(cells));
            let key =
                format!("months_{}_{}", platform.as_str().replace(['-', '.'], "_"), currency.code().to_lowercase());
            tables.push(Table {
                key,
                title: format!("{platform} by month, {currency}"),
                columns,
                rows,
                notes: Vec::new(),
            });
        }
        Ok(tables)
    }

    fn restrictions(&self) -> Table {
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
            let at = (restriction.kind, restriction.id.clone());
            let mut blocked: std::collections::BTreeMap<Currency, Money> = std::collections::BTreeMap::new();
            for line in &self.statement.lines {
                let zero = Money::zero(line.line.currency);
                let part = line.blocked_by.get(&at).copied().unwrap_or(zero);
                let sum = blocked.entry(line.line.currency).or_insert(zero);
                *sum = sum.plus(part).unwrap_or(*sum);
            }
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
        Table {
            key: "restrictions".into(),
            title: self.titled("Restrictions, and what each blocks"),
            columns,
            rows,
            notes,
        }
    }

    fn redirections(&self) -> Result<Table, MoneyError> {
        let columns = vec![
            Column::key("destination", "To"),
            Column::key("redirection", "Redirection"),
            Column::key("line", "Plan line").unshown(),
            self.currency_column(),
            Column::figure("state", "State"),
            Column::figure("proposed", "Proposed"),
            Column::figure("approved", "Approved"),
            Column::figure("pledged", "Pledged"),
            Column::figure("needs_other_funding", "Needs other funding").unshown(),
        ];
        let mut rows = Vec::new();
        let mut totals: std::collections::BTreeMap<Currency, [Money; 4]> = std::collections::BTreeMap::new();
        let mut by_destination: Vec<_> = self.statement.redirections.iter().collect();
        by_destination.sort_by_key(|of| (&of.redirection.destination, &of.redirection.id));
        for of in by_destination {
            let zero = Money::zero(of.redirection.currency);
            let approved = of.progress.approved.map_or(zero, |approval| approval.amount);
            let amounts = [of.progress.proposed, approved, of.progress.pledged.unwrap_or(zero), of.needs_other_funding];
            let sums = totals.entry(of.redirection.currency).or_insert([zero; 4]);
            for (sum, amount) in sums.iter_mut().zip(amounts) {
                *sum = sum.plus(amount)?;
            }
            let [proposed, approved, pledged, needs] = amounts.map(Cell::Money);
            rows.push(Row::body(vec![
                Cell::text(&of.redirection.destination),
                Cell::text(&of.redirection.id),
                Cell::text(&of.redirection.line),
                Cell::text(of.redirection.currency),
                Cell::text(of.state),
                proposed,
                approved,
                pledged,
                needs,
            ]));
        }
        for (currency, sums) in totals {
            let mut cells = vec![Cell::text("Total"), Cell::Blank, Cell::Blank, Cell::text(currency), Cell::Blank];
            cells.extend(sums.map(Cell::Money));
            rows.push(Row::total(cells));
        }
        Ok(Table { key: "redirections".into(), title: self.titled("Redirections"), columns, rows, notes: Vec::new() })
    }

    /// What happened to the redirections, day by day.
    fn events(&self) -> Option<Table> {
        let columns = vec![
            Column::key("date", "Day"),
            Column::key("redirection", "Redirection"),
            Column::key("event", "Event"),
            self.currency_column(),
            Column::figure("amount", "Amount"),
            Column::figure("by", "By"),
            Column::figure("reference", "Reference"),
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
                Cell::or_blank(event.recorded, Cell::Instant),
            ])
        };
        let rows: Vec<Row> = events.into_iter().map(row).collect();
        let notes = vec![String::from("An empty amount: unchanged from the step before.")];
        let title = self.titled("What happened to the redirections");
        (!rows.is_empty()).then(|| Table { key: "events".into(), title, columns, rows, notes })
    }

    fn tie_outs(&self) -> Result<Table, MoneyError> {
        let columns = vec![
            Column::key("destination", "Destination"),
            self.currency_column(),
            Column::figure("pledged", "Pledged"),
            Column::figure("paid", "Paid"),
            Column::figure("outstanding", "Outstanding"),
            Column::figure("acknowledged", "Acknowledged"),
            Column::figure("awaiting_letter", "Awaiting letter"),
        ];
        let mut sums: std::collections::BTreeMap<(String, Currency), [Money; 5]> = std::collections::BTreeMap::new();
        let mut totals: std::collections::BTreeMap<Currency, [Money; 5]> = std::collections::BTreeMap::new();
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
        Ok(Table { key: "tie_outs".into(), title, columns, rows: body.chain(totals).collect(), notes: Vec::new() })
    }

    fn unbudgeted(&self) -> Result<Option<Table>, MoneyError> {
        let figures =
            [(Figure::Actual, "On the plan"), (Figure::Unbudgeted, "Unbudgeted"), (Figure::Spend, "All spend")];
        let table = self.by_platform("spend", "Spend, with what no plan line covers", &figures, None)?;
        Ok(self.has(Figure::Unbudgeted).then_some(table))
    }

    /// Days without data are not days without spend: how many there are, in every report.
    fn coverage(&self) -> Table {
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
        Table {
            key: "coverage".into(),
            title: "Coverage up to the cut-off".into(),
            columns,
            rows: platforms.into_iter().map(row).collect(),
            notes,
        }
    }

    fn prior_year(&self) -> Option<Table> {
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
        Some(Table {
            key: "prior_year".into(),
            title: self.titled("Beside the year before"),
            columns,
            rows,
            notes: Vec::new(),
        })
    }

    fn findings(&self) -> Table {
        let columns = vec![
            Column::key("severity", "Severity"),
            Column::key("finding", "Finding"),
            Column::key("place", "Where"),
            Column::figure("message", "What was found"),
        ];
        let row = |finding: &Finding| {
            Row::body(vec![
                Cell::text(finding.severity),
                Cell::text(finding.code),
                Cell::text(&finding.place),
                Cell::text(&finding.message),
            ])
        };
        Table {
            key: "findings".into(),
            title: "Findings".into(),
            columns,
            rows: self.findings.iter().map(row).collect(),
            notes: Vec::new(),
        }
    }

    fn assumptions(&self) -> Table {
        let columns = vec![
            Column::key("place", "Where"),
            Column::key("assumption", "Kind").unshown(),
            Column::figure("message", "What is taken for granted"),
        ];
        let row = |assumption: &Assumption| {
            Row::body(vec![Cell::text(&assumption.place), Cell::text(assumption.code), Cell::text(&assumption.message)])
        };
        Table {
            key: "assumptions".into(),
            title: "Assumptions".into(),
            columns,
            rows: self.assumptions.iter().map(row).collect(),
            notes: Vec::new(),
        }
    }

    fn manifest(&self) -> Table {
        let columns = vec![
            Column::key("file", "File"),
            Column::figure("bytes", "Bytes"),
            Column::figure("sha256_begins", "SHA-256 begins"),
            Column::figure("sha256", "SHA-256").unshown(),
        ];
        let row = |file: &super::manifest::ManifestFile| {
            let begins = file.sha256.get(..16).unwrap_or(&file.sha256);
            Row::body(vec![
                Cell::text(&file.path),
                Cell::Count(file.bytes),
                Cell::text(begins),
                Cell::text(&file.sha256),
            ])
        };
        let notes = vec![
            format!("Digest of the facts known, the parameters and the statement (SHA-256): {}", self.manifest.digest),
            format!("Computed by {}.", self.manifest.program),
        ];
        Table {
            key: "manifest".into(),
            title: "What this report rests on".into(),
            columns,
            rows: self.manifest.files.iter().map(row).collect(),
            notes,
        }
    }

    fn has(&self, figure: Figure) -> bool {
        let lines = self.statement.lines.iter().map(|line| &line.figures);
        lines.chain(self.statement.platforms.values()).any(|figures| !figures.get(figure).is_zero())
    }
}

/// What an identity leaves over.
type Residual = fn(&Figures) -> Result<Money, MoneyError>;

fn codes(currencies: &[Currency]) -> String {
    currencies.iter().map(|currency| currency.code()).collect::<Vec<_>>().join(", ")
}

fn unwritable(error: serde_json::Error) -> StatementError {
    crate::ledger::LedgerError::refused(format!("the report cannot be written as JSON: {error}"), "").into()
}
