//! [`Facts`]: the spend a figure may go back to, with the rows of rollups and exports that say it.

use std::collections::BTreeMap;

use super::{Of, Part, Question, Selected, What};
use crate::actual;
use crate::blocked::Inside;
use crate::calendar::{Dated, Instant, Period};
use crate::ledger::{Absent, Control, Import, Ledger, Place, Restriction, RollupRow, SpendKey};
use crate::money::{Cost, Currency, Money, MoneyError};
use crate::rates::DayRate;
use crate::scope::Id;
use crate::statement::{Conversion, Figure, LineStatement, Statement, StatementError};

/// What a campaign spent on a day, or in a month, and who says so.
#[derive(Clone, Debug)]
pub struct Spent {
    /// The day, or the month.
    pub day: Dated,
    /// Whose spend it is.
    pub key: SpendKey,
    /// In whole minor units, as statements count it.
    pub amount: Money,
    /// As the export has it.
    pub exact: Cost,
    /// The rate by which it counts in the currency of its plan line; `None`: it counts in its own.
    pub rate: Option<DayRate>,
    /// The plan line it is charged to; `None`: it is unbudgeted.
    pub line: Option<Id>,
    /// The restrictions it is inside of.
    pub inside: Vec<Id>,
    /// Whether it could still move when it was exported.
    pub is_provisional: bool,
    /// The import that counts.
    pub import: Id,
    /// The rows of its rollup: one, but where an account is spelled in two ways.
    pub sources: Vec<Source>,
}

/// A row of a rollup, and the export it was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    /// Where the row stands.
    pub place: Place,
    /// The record of the import.
    pub record: String,
    /// The export's file name.
    pub export: String,
    /// The SHA-256 of the export.
    pub export_sha256: String,
    /// How many rows of the export it sums.
    pub rows: u64,
    /// The line of the first of them.
    pub first_row: u64,
}

/// What an import says of a campaign and day for which it does not count.
#[derive(Clone, Debug)]
pub struct Replaced {
    /// The day, or the month.
    pub day: Dated,
    /// Whose spend it is.
    pub key: SpendKey,
    /// The plan line it would be charged to; `None`: it would be unbudgeted.
    pub line: Option<Id>,
    /// What it says.
    pub was: Cost,
    /// What counts; `None` where nothing does.
    pub now: Option<Cost>,
    /// The import.
    pub import: Id,
    /// When it was recorded.
    pub recorded: Instant,
    /// Where it says so.
    pub source: Source,
    /// Why it does not count.
    pub why: String,
    /// Whether that is because of a newer import.
    is_replaced: bool,
    /// The currency it would count in.
    currency: Currency,
}

/// The spend a figure may go back to.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// By plan line, then by day.
    spent: BTreeMap<Option<Id>, BTreeMap<(Dated, SpendKey), Spent>>,
    replaced: Vec<Replaced>,
}

impl Facts {
    /// Finds the spend of what was asked for; of figures without any, none.
    pub(super) fn of(ledger: &Ledger, statement: &Statement, question: &Question) -> Result<Facts, StatementError> {
        let mut facts = Facts::default();
        let Some(days) = days(statement, question) else { return Ok(facts) };
        let sees = |day: Dated, key: &SpendKey, counts_in: Currency, line: Option<&LineStatement>| {
            let is_asked = match &question.of {
                Of::Line(id) => line.is_some_and(|line| line.line.id == *id),
                Of::Platform(platform, currency) => key.platform == *platform && counts_in == *currency,
                Of::Total(currency) => counts_in == *currency,
            };
            // Spend that no line covers is of its day alone.
            let on = day.last_day();
            is_asked && days.contains(on) && (line.is_some() || statement.period.contains(on))
        };
        let (as_of, as_known) = (question.as_of, question.as_known);
        let mut conversion = Conversion::of(ledger, as_known);
        let rate = |day, key: &SpendKey| conversion.rate(day, key);
        actual::read_converted(ledger, as_of, as_known, Control::Hash, rate, |actual| -> Result<(), StatementError> {
            let currency = actual.amount.currency();
            let line = line_of(statement, actual.day, actual.key, currency);
            if !sees(actual.day, actual.key, currency, line) {
                return Ok(());
            }
            let inside = inside(statement, line, actual.day, actual.key);
            let line = line.map(|line| line.line.id.clone());
            let of_line = facts.spent.entry(line.clone()).or_default();
            of_line.insert(
                (actual.day, actual.key.clone()),
                Spent {
                    day: actual.day,
                    exact: Cost::zero(actual.key.currency),
                    rate: statement.rate_of(actual.key.currency, currency, actual.day.last_day()).cloned(),
                    amount: actual.amount,
                    key: actual.key.clone(),
                    line,
                    inside,
                    is_provisional: actual.provisional,
                    import: actual.import.clone(),
                    sources: Vec::new(),
                },
            );
            Ok(())
        })?;
        for import in ledger.imports_taken(as_known) {
            if import.reach().overlap(days).is_none() {
                continue;
            }
            ledger.rollup(import, |row| -> Result<(), StatementError> {
                let currency = conversion.currency(row.day, &row.key);
                let line = line_of(statement, row.day, &row.key, currency);
                if row.day.last_day() > as_of || !sees(row.day, &row.key, currency, line) {
                    return Ok(());
                }
                let line = line.map(|line| line.line.id.clone());
                facts.add(ledger, import, row, (line, currency), as_known)
            })?;
        }
        facts.settle();
        Ok(facts)
    }

    /// Adds what an import says.
    fn add(
        &mut self,
        ledger: &Ledger,
        import: &Import,
        row: RollupRow,
        (line, currency): (Option<Id>, Currency),
        as_known: Option<Instant>,
    ) -> Result<(), StatementError> {
        let source = Source::of(import, &row);
        let of_line = self.spent.entry(line.clone()).or_default();
        let newer = match of_line.get_mut(&(row.day, row.key.clone())) {
            Some(spent) if spent.import == import.id => {
                spent.exact = spent.exact.plus(row.cost)?;
                spent.sources.push(source);
                return Ok(());
            }
            other => other.map(|spent| spent.import.clone()),
        };
        let why = match (import.revoked_by(as_known), newer) {
            (Some(revoked), _) => {
                let by = revoked.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
                format!("revoked {}{by}: {}", revoked.recorded, revoked.reason)
            }
            (None, Some(newer)) => format!("{newer} says otherwise, and is newer"),
            (None, None) => gone(ledger, import, &row, as_known),
        };
        let is_replaced = import.revoked_by(as_known).is_none();
        let RollupRow { day, key, cost, .. } = row;
        let (import, recorded) = (import.id.clone(), import.recorded);
        self.replaced.push(Replaced {
            day,
            key,
            line,
            was: cost,
            now: None,
            import,
            recorded,
            source,
            why,
            is_replaced,
            currency,
        });
        Ok(())
    }

    /// Says beside what does not count what does.
    fn settle(&mut self) {
        for replaced in &mut self.replaced {
            let of_line = self.spent.get(&replaced.line);
            let counts = of_line.and_then(|spent| spent.get(&(replaced.day, replaced.key.clone())));
            replaced.now = counts.map(|spent| spent.exact);
            if let Some(spent) = counts.filter(|spent| spent.exact == replaced.was && replaced.is_replaced) {
                replaced.why = format!("{} says the same, and is newer", spent.import);
            }
        }
        self.replaced
            .sort_by(|a, b| (a.day, &a.key, a.recorded, &a.import).cmp(&(b.day, &b.key, b.recorded, &b.import)));
    }

    /// Returns the part that some of the spend makes.
    pub(super) fn part(&self, these: Selected) -> Result<Part, MoneyError> {
        let (mut figures, mut sum) = (0_u64, Money::zero(these.currency));
        let of_line = self.spent.get(&these.line).into_iter().flat_map(BTreeMap::values);
        for spent in of_line.filter(|spent| spent.is_of(&these)) {
            figures = figures.saturating_add(1);
            sum = sum.plus(spent.amount)?;
        }
        Ok(Part::fact(What::Spent { these, figures }, sum))
    }

    /// Returns the spend that a figure goes back to, and what other imports say of the same lines and days.
    pub(super) fn selected_by(self, root: &Part) -> (Vec<Spent>, Vec<Replaced>) {
        let mut selected: BTreeMap<&Option<Id>, Vec<&Selected>> = BTreeMap::new();
        root.selected().into_iter().for_each(|these| selected.entry(&these.line).or_default().push(these));
        let is_any = |line: &Option<Id>, is_it: &dyn Fn(&Selected) -> bool| {
            selected.get(line).is_some_and(|these| these.iter().any(|these| is_it(these)))
        };
        let spent = self.spent.into_values().flat_map(BTreeMap::into_values);
        let mut spent: Vec<Spent> = spent.filter(|one| is_any(&one.line, &|these| one.is_of(these))).collect();
        spent.sort_by(|a, b| (a.day, &a.key).cmp(&(b.day, &b.key)));
        let mut replaced = self.replaced;
        replaced
            .retain(|one| is_any(&one.line, &|these| these.has(one.line.as_ref(), one.day, &one.key, one.currency)));
        (spent, replaced)
    }
}

impl Selected {
    fn has(&self, line: Option<&Id>, day: Dated, key: &SpendKey, counts_in: Currency) -> bool {
        self.line.as_ref() == line
            && self.platform == key.platform
            && self.currency == counts_in
            && self.days.contains(day.last_day())
    }
}

impl Spent {
    fn is_of(&self, these: &Selected) -> bool {
        these.has(self.line.as_ref(), self.day, &self.key, self.amount.currency())
            && these.inside.is_none_or(|inside| inside != self.inside.is_empty())
    }
}

impl Source {
    pub(super) fn of(import: &Import, row: &RollupRow) -> Source {
        Source {
            place: row.place.clone(),
            record: import.record_file(),
            export: import.record.export.clone(),
            export_sha256: import.record.export_sha256.clone(),
            rows: row.rows,
            first_row: row.first_row,
        }
    }
}

/// The days whose spend a figure goes back to: stocks are of whole lines. None of figures without spend.
fn days(statement: &Statement, question: &Question) -> Option<Period> {
    match question.figure {
        Figure::Plan
        | Figure::PlanReceived
        | Figure::OpenPlan
        | Figure::OpenPlanAhead
        | Figure::BlockedImposed
        | Figure::BlockedVoluntary
        | Figure::BlockedGross
        | Figure::BlockedToDate
        | Figure::Encumbered
        | Figure::RedirectedLive => None,
        figure if figure.is_flow() => Some(question.days()),
        _ => {
            let lines = || statement.lines.iter().map(|line| line.line.period);
            Period::new(lines().map(Period::start).min()?, lines().map(Period::end).max()?)
        }
    }
}

/// The plan line that spend is charged to, which counts in its currency.
pub(super) fn line_of<'s>(
    statement: &'s Statement,
    day: Dated,
    key: &SpendKey,
    counts_in: Currency,
) -> Option<&'s LineStatement> {
    statement.lines.iter().find(|line| {
        line.line.currency == counts_in
            && line.line.period.contains(day.last_day())
            && line.line.scope.contains(&key.platform, &key.account, &key.campaign)
    })
}

/// The restrictions that spend is inside of; none where it counts as spent outside.
pub(super) fn inside(statement: &Statement, line: Option<&LineStatement>, day: Dated, key: &SpendKey) -> Vec<Id> {
    let covering = || {
        let covers = |one: &&Restriction| one.scope.contains(&key.platform, &key.account, &key.campaign);
        statement.restrictions.iter().filter(covers)
    };
    let of = match line {
        Some(line) => line.blocked.inside_of(day, &key.account, &key.campaign),
        None if Inside::of(day, covering()) == Inside::Whole => {
            covering().filter(|one| one.within(day.period()).is_some()).collect()
        }
        None => Vec::new(),
    };
    of.into_iter().map(|one| one.id.clone()).collect()
}

/// Why a figure counts no longer that no newer one replaces.
pub(super) fn gone(ledger: &Ledger, import: &Import, row: &RollupRow, as_known: Option<Instant>) -> String {
    let speaks_alone = |newer: &&&Import| {
        newer.absent == Absent::Gone
            && row.day.is_within(newer.covered)
            && (newer.recorded, &newer.id) > (import.recorded, &import.id)
            && ledger.speaks_for(newer, &row.key.platform, Some(&row.key.account))
    };
    match ledger.imports(as_known).iter().rev().find(speaks_alone) {
        Some(newer) => format!("absent from {}, which is complete for its accounts and days", newer.id),
        None => String::from("the campaign is in another currency in a newer import"),
    }
}
