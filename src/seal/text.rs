//! The text a close is sealed with: what was known of a period, and what follows from it.

use std::collections::BTreeSet;

use crate::calendar::{Instant, Period};
use crate::facts::{self, Fact, text};
use crate::ledger::{Close, Control, Ledger, LedgerError, Place};
use crate::money::Currency;
use crate::scope::Id;
use crate::statement::{Figure, Figures, Statement, StatementError};

/// Begins the text; another text gets another number.
pub(crate) const VERSION: &str = "respend close 1";

/// A part of the text that is held and compared as one, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    /// The version, the close itself and its facts.
    Facts,
    /// The spend of a day, or of a month.
    Spend(String),
    /// The figures of the statement.
    Figures,
}

/// A line of the text, and where its fact stands.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) text: String,
    pub(crate) place: Option<Place>,
}

impl From<&Fact> for Line {
    fn from(fact: &Fact) -> Line {
        Line { text: fact.line(), place: fact.place.clone() }
    }
}

/// Returns the statement that a close seals.
pub(crate) fn statement(ledger: &Ledger, close: &Close) -> Result<Statement, StatementError> {
    Statement::of(ledger, close.period, close.period.last(), Some(close.recorded))
}

/// Hands the text of a close, and of its statement, to `take`, part by part.
///
/// It holds what was recorded up to the close, so that what is recorded later leaves it as it was.
pub(crate) fn write(
    ledger: &Ledger,
    close: &Close,
    statement: &Statement,
    mut take: impl FnMut(Part, Vec<Line>) -> Result<(), LedgerError>,
) -> Result<(), LedgerError> {
    let mut lines = vec![
        Line { text: VERSION.into(), place: None },
        Line { text: facts::array(&row(close)), place: Some(close.place.clone()) },
    ];
    let mut of_period: Vec<Line> = facts_of(ledger, close.period, close.recorded).iter().map(Line::from).collect();
    of_period.sort_by(|a, b| a.text.cmp(&b.text));
    lines.extend(of_period);
    take(Part::Facts, lines)?;

    let mut stream = ledger.spend(Some(close.recorded), Control::Hash).until(close.period.last());
    while let Some(next) = stream.next_day()? {
        // A month counts on its last day.
        if close.period.contains(next.day.last_day()) {
            let mut lines = Vec::new();
            facts::spend(ledger, &next, |text| lines.push(Line { text: text.to_owned(), place: None }));
            take(Part::Spend(next.day.to_string()), lines)?;
        }
    }
    take(Part::Figures, figures(statement))
}

/// Returns the cells of the line that speaks of the close itself.
pub(crate) fn row(close: &Close) -> [String; 9] {
    [
        close.event.to_string(),
        close.name.clone(),
        close.period.start().to_string(),
        close.period.last().to_string(),
        close.date.to_string(),
        close.recorded.to_string(),
        text(close.by.as_ref()),
        text(close.reason.as_ref()),
        text(close.previous.as_ref()),
    ]
}

/// The facts that bear on a period, by what was recorded then.
fn facts_of(ledger: &Ledger, period: Period, recorded: Instant) -> Vec<Fact> {
    let known = Some(recorded);
    let settings = ledger.settings();
    let mut all = vec![Fact::of("settings", [settings.currency.to_string(), settings.fiscal_year.to_string()])];
    let lines: Vec<_> = ledger.lines(known).into_iter().filter(|line| line.period.overlap(period).is_some()).collect();
    for line in &lines {
        all.extend(line.entries.iter().map(|entry| facts::budget(ledger, line, entry)));
    }
    let rows = || ledger.restriction_rows().iter().filter(|row| row.recorded <= known);
    // Of a restriction that lies in the period by any of its rows, every row: a later one replaces it.
    let lies_in: BTreeSet<&Id> = rows().filter(|row| row.within(period).is_some()).map(|row| &row.id).collect();
    all.extend(rows().filter(|row| lies_in.contains(&row.id)).map(|row| facts::restriction(ledger, row)));
    // What is redirected and what is ordered are stocks: earlier steps, and orders for other days, count in them too.
    let mut destinations: BTreeSet<&Id> = BTreeSet::new();
    for redirection in ledger.redirections().iter().filter(|one| lines.iter().any(|line| line.id == one.line)) {
        let steps = redirection.until(period.last(), known);
        all.extend(steps.events.iter().map(|event| facts::redirection(redirection, event)));
        destinations.extend((!steps.events.is_empty()).then_some(&redirection.destination));
    }
    let named = settings.destinations.iter().filter(|one| destinations.contains(&one.id));
    all.extend(named.map(|one| Fact::of("destination", [one.id.to_string(), one.kind.as_str().to_owned()])));
    let orders = ledger.encumbrances(known);
    let orders = orders.iter().filter(|order| lines.iter().any(|line| line.id == order.line));
    all.extend(orders.map(facts::encumbrance));
    let imports = ledger.imports_taken(known).into_iter().filter(|one| one.reach().overlap(period).is_some());
    all.extend(imports.map(|one| facts::import(one, known)));
    all
}

/// The figures of plan lines, of platforms, and in total.
fn figures(statement: &Statement) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |what: &str, name: &str, currency: Currency, figures: &Figures, keys: &[Figure]| {
        for figure in keys {
            let amount = figures.get(*figure).to_string();
            let cells = [what.into(), name.into(), currency.to_string(), figure.key().into(), amount];
            lines.push(Line::from(&Fact::of("figure", cells)));
        }
    };
    let of_a_sum: Vec<Figure> = Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM).collect();
    for line in &statement.lines {
        add("line", line.line.id.as_str(), line.line.currency, &line.figures, &Figure::OF_A_LINE);
    }
    for ((platform, currency), sums) in &statement.platforms {
        add("platform", platform.as_str(), *currency, sums, &of_a_sum);
    }
    for (currency, sums) in &statement.totals {
        add("total", "", *currency, sums, &of_a_sum);
    }
    lines
}
