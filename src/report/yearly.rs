//! [`Yearly`]: the redirection report of a period.

use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::thread;

use super::findings;
use super::json::{Body, SCHEMA, Whole};
use super::manifest::{Basis, Manifest};
use super::table::{Cell, Column, Document, Row, Table, titled};
use crate::calendar::{Day, Instant, Period};
use crate::check::{self, Assumption, Finding};
use crate::ledger::Ledger;
use crate::money::{Currency, MoneyError};
use crate::statement::{Adjustment, Figure, LineAdjustment, Statement, StatementError, adjustments, line_adjustments};
use crate::visible::{visible, visible_json};

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
    /// The day a tax return is filed by, where one was given.
    pub filing: Option<Day>,
    /// The reporting currency.
    pub currency: Currency,
    /// The period's statement.
    pub statement: Statement,
    /// The statement of the year before, by the same record; none where the ledger says nothing of it.
    pub prior: Option<Statement>,
    /// What was recorded after periods were closed and changes their spend.
    pub adjustments: Vec<Adjustment>,
    /// The figures of plan lines in closed periods that are others by what was recorded since.
    pub line_adjustments: Vec<LineAdjustment>,
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
        let latest = as_known.or(ledger.latest_recorded());
        Yearly::by_record(ledger, name, as_of, (as_known, latest), filing)
    }

    /// Computes a report as it was computed before, from what it says of itself: facts recorded after its `as_known` do
    /// not count. Where that is empty no dated fact was known, and none counts.
    pub fn again(
        ledger: &Ledger,
        name: &str,
        as_of: Day,
        as_known: Option<Instant>,
        filing: Option<Day>,
    ) -> Result<Yearly, StatementError> {
        let cut_off = as_known.unwrap_or(Instant::EARLIEST);
        Yearly::by_record(ledger, name, as_of, (Some(cut_off), as_known), filing)
    }

    /// Computes the report by a cut-off of record, and by what it says that to be.
    fn by_record(
        ledger: &Ledger,
        name: &str,
        as_of: Day,
        (as_known, shown): (Option<Instant>, Option<Instant>),
        filing: Option<Day>,
    ) -> Result<Yearly, StatementError> {
        let settings = ledger.settings();
        let period = Period::parse(name, &settings.fiscal_year)
            .map_err(|error| crate::ledger::LedgerError::refused(error.to_string(), ""))?;
        // Of the two, each reads all spend.
        let (statement, basis) = thread::scope(|scope| {
            let basis = scope.spawn(|| Basis::of(ledger, period, as_of, shown, as_known));
            let statement = Statement::of(ledger, period, as_of, as_known);
            (statement, basis.join().unwrap_or_else(|panic| resume_unwind(panic)))
        });
        let statement = statement?;
        let prior = match period.year_before() {
            Some(before) => Some(Statement::of(ledger, before, as_of.min(before.last()), as_known)?),
            None => None,
        };
        let mut findings = check::findings(&statement, ledger, filing)?;
        findings.extend(check::closed(ledger, Some(period), as_known)?);
        check::sort(&mut findings);
        let mut report = Yearly {
            ledger: settings.name.clone(),
            name: name.to_owned(),
            as_known: shown,
            filing,
            currency: settings.currency,
            findings,
            assumptions: check::assumptions(&statement),
            adjustments: adjustments(ledger, period, as_of, as_known)?,
            line_adjustments: line_adjustments(ledger, period, as_of, as_known)?,
            prior: prior.filter(|prior| !prior.totals.is_empty()),
            statement,
            manifest: Manifest::default(),
        };
        let body = Body::of(&report)?;
        let body = serde_json::to_string(&body).map_err(unwritable)?;
        report.manifest = basis?.manifest(&body);
        Ok(report)
    }

    /// Returns a report that shows a statement and nothing beside it, for its tables.
    pub(super) fn showing(ledger: &Ledger, statement: Statement) -> Yearly {
        Yearly {
            ledger: ledger.settings().name.clone(),
            name: statement.period.to_string(),
            as_known: statement.as_known,
            filing: None,
            currency: ledger.settings().currency,
            statement,
            prior: None,
            adjustments: Vec::new(),
            line_adjustments: Vec::new(),
            findings: Vec::new(),
            assumptions: Vec::new(),
            manifest: Manifest::default(),
        }
    }

    /// Returns the report as JSON, with a line feed at its end.
    pub fn json(&self) -> Result<String, StatementError> {
        let whole = Whole { body: Body::of(self)?, manifest: &self.manifest };
        let mut text = serde_json::to_string_pretty(&whole).map_err(unwritable)?;
        text.push('\n');
        Ok(visible_json(text))
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
        let codes: Vec<&str> = self.statement.totals.keys().map(|currency| currency.code()).collect();
        facts.push(match codes.as_slice() {
            [] => String::from("The ledger holds no plan and no spend for this period."),
            [one] => format!("All amounts in {one}."),
            several => format!("Amounts in {}, never added across.", several.join(", ")),
        });
        if statement.as_of < statement.period.last() {
            facts.push(format!(
                "Days after {} are ahead: their plan is open or blocked, their spend is not known.",
                statement.as_of
            ));
        }
        if statement.later_steps > 0 {
            let steps = if statement.later_steps == 1 { "step" } else { "steps" };
            facts.push(format!(
                "{} later {steps} of redirections are not in it; --as-of with a later day shows them.",
                statement.later_steps
            ));
        }
        let mut tables = vec![self.plan()?, self.actual()?];
        // Where a platform has one line, its row says it all, but for columns of the user's own.
        let has_own = statement.lines.iter().any(|line| !line.line.own.is_empty());
        if has_own || statement.lines.len() > statement.platforms.len() {
            tables.push(self.lines());
        }
        tables.push(self.redirectable());
        tables.extend(self.months()?);
        tables.push(self.restrictions()?);
        tables.push(self.redirections()?);
        tables.push(self.tie_outs()?);
        tables.extend(self.events());
        tables.extend(self.unbudgeted()?);
        tables.push(self.coverage());
        tables.extend(self.prior_year());
        tables.extend(self.adjustments()?);
        tables.extend(self.line_adjustments());
        tables.push(findings::table(&self.findings));
        tables.push(self.assumptions());
        tables.push(self.manifest());
        Ok(Document {
            title: format!("Redirection report {} - {}", self.name, self.ledger),
            facts,
            tables,
            parameters: self.parameters(),
        })
    }

    /// What [`Yearly::again`] takes, by the names it has in the JSON. Codes are written out: a document property is one
    /// line of plain text.
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let mut parameters = vec![
            ("schema", SCHEMA.to_owned()),
            ("ledger", visible(&self.ledger).into_owned()),
            ("period", self.name.clone()),
            ("as_of", self.statement.as_of.to_string()),
        ];
        parameters.extend(self.as_known.map(|known| ("as_known", known.to_string())));
        parameters.extend(self.filing.map(|day| ("filing_date", day.to_string())));
        parameters.push(("program", self.manifest.program.clone()));
        parameters
    }

    fn currencies(&self) -> BTreeSet<Currency> {
        self.statement.totals.keys().copied().collect()
    }

    /// The title of a table of money: with its currency where there is one.
    pub(super) fn titled(&self, title: &str) -> String {
        titled(title, &self.currencies())
    }

    pub(super) fn currency_column(&self) -> Column {
        Column::currency(&self.currencies())
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
        Table::new("assumptions", "Assumptions", columns, self.assumptions.iter().map(row).collect())
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
        Table::new("manifest", "What this report rests on", columns, self.manifest.files.iter().map(row).collect())
            .noted(notes)
    }

    pub(super) fn has(&self, figure: Figure) -> bool {
        let lines = self.statement.lines.iter().map(|line| &line.figures);
        lines.chain(self.statement.platforms.values()).any(|figures| !figures.get(figure).is_zero())
    }
}

fn unwritable(error: serde_json::Error) -> StatementError {
    crate::ledger::LedgerError::refused(format!("the report cannot be written as JSON: {error}"), "").into()
}
