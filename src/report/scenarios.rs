//! Scenarios: the statement under one, and several beside what is.

use std::collections::{BTreeMap, BTreeSet};

use super::outlook::{doubts, outlook_tables};
use super::table::{Cell, Column, Document, Row, Table, titled};
use super::{Yearly, proposals};
use crate::ledger::{Ledger, Restriction, Scenario};
use crate::money::{Currency, Money, MoneyError};
use crate::outlook::Expected;
use crate::scenario::{Comparison, Ends, Projection, altered};
use crate::scope::Id;
use crate::statement::{Figure, Statement};

/// Said of every scenario.
const NOTHING_IS_WRITTEN: &str = "Nothing of it is written to the ledger.";

/// Returns the statement under a scenario: what it alters, both identities, what each restriction blocks, what may be
/// redirected, where the plan will stand, and what the policies would propose.
pub fn scenario(ledger: &Ledger, scenario: &Scenario, projection: &Projection) -> Result<Document, MoneyError> {
    let statement = &projection.statement;
    let mut facts: Vec<String> = scenario.note.iter().cloned().collect();
    facts.extend([cut_offs(statement), format!("As {} would have it. {NOTHING_IS_WRITTEN}", scenario.file)]);
    facts.extend(doubts(ledger, statement));
    let shown = Yearly::showing(ledger, statement.clone());
    let mut tables = vec![alterations(ledger, &[scenario], statement), shown.plan()?, shown.actual()?];
    if statement.lines.len() > statement.platforms.len() {
        tables.push(shown.lines());
    }
    tables.extend([shown.restrictions()?, shown.redirectable()]);
    tables.extend(outlook_tables(&projection.outlook, scenario.spend)?);
    tables.extend(proposals(&ledger.settings().name, statement.as_of, &projection.proposals)?.tables);
    Ok(Document {
        title: format!("Scenario {} - {}", scenario.name, ledger.settings().name),
        facts,
        tables,
        ..Document::default()
    })
}

/// Returns scenarios beside what is, figure by figure, and what is blocked and redirected when restrictions end on one
/// day or another.
pub fn comparison(ledger: &Ledger, comparison: &Comparison) -> Result<Document, MoneyError> {
    let Comparison { base, scenarios, ends } = comparison;
    let mut facts = vec![cut_offs(&base.statement), format!("What could be. {NOTHING_IS_WRITTEN}")];
    facts.extend(doubts(ledger, &base.statement));
    let named: Vec<&Scenario> = scenarios.iter().map(|(scenario, _)| scenario).collect();
    let mut tables = vec![alterations(ledger, &named, &base.statement)];
    let all: Vec<&Projection> =
        std::iter::once(base).chain(scenarios.iter().map(|(_, projection)| projection)).collect();
    let currencies: BTreeSet<Currency> = all.iter().flat_map(|one| one.outlook.totals.keys().copied()).collect();
    for currency in currencies {
        let compared = compared(&all, currency)?;
        let parts = if named.is_empty() { vec![named.as_slice()] } else { named.chunks(BESIDE).collect() };
        for (at, part) in parts.into_iter().enumerate() {
            tables.push(side_by_side(currency, &compared, part, at.saturating_mul(BESIDE))?);
        }
    }
    tables.extend(ends.iter().map(|(restriction, ends)| month_by_month(restriction, ends)));
    Ok(Document { title: format!("Scenarios - {}", ledger.settings().name), facts, tables, ..Document::default() })
}

/// So many scenarios stand beside what is; further ones in a table of their own.
const BESIDE: usize = 3;

fn cut_offs(statement: &Statement) -> String {
    let known = statement.as_known.map(|known| format!(", by what was recorded up to {known}")).unwrap_or_default();
    let period = statement.period;
    format!("{} to {}, as of {}{known}.", period.start(), period.last(), statement.as_of)
}

/// What scenarios alter.
fn alterations(ledger: &Ledger, scenarios: &[&Scenario], statement: &Statement) -> Table {
    let name = Column::key("scenario", "Scenario");
    let columns = vec![
        if scenarios.len() > 1 { name } else { name.unshown() },
        Column::key("what", "What"),
        Column::figure("was", "Is"),
        Column::figure("would_be", "Would be"),
        Column::figure("place", "Stands in").unshown(),
        Column::figure("file", "File").unshown(),
    ];
    let mut rows = Vec::new();
    for scenario in scenarios {
        for altered in altered(ledger, scenario, statement.as_known) {
            rows.push(Row::body(vec![
                Cell::text(&scenario.name),
                Cell::text(altered.what),
                Cell::or_blank(altered.was, Cell::text),
                Cell::text(altered.would_be),
                Cell::or_blank(altered.place, Cell::text),
                Cell::text(&scenario.file),
            ]));
        }
    }
    let notes = if rows.is_empty() { vec![String::from("Nothing.")] } else { Vec::new() };
    Table::new("altered", "What would be other", columns, rows).noted(notes)
}

/// One figure of a comparison.
struct Compared {
    key: &'static str,
    words: String,
    /// The policy and the destination, of what would be proposed.
    proposed: (Option<Id>, Option<Id>),
    /// As it is, then under each scenario.
    amounts: Vec<Money>,
}

type Amount = fn(&Expected) -> Result<Money, MoneyError>;

/// The figures of a comparison, in the order they follow from each other.
const FIGURES: [(&str, &str, Amount); 17] = [
    ("plan", "Plan", |of| Ok(of.figures.get(Figure::Plan))),
    ("open_plan", "Open plan", |of| Ok(of.figures.get(Figure::OpenPlan))),
    ("blocked_imposed", "Blocked by bans", |of| Ok(of.figures.get(Figure::BlockedImposed))),
    ("blocked_voluntary", "Blocked by holds", |of| Ok(of.figures.get(Figure::BlockedVoluntary))),
    ("blocked_gross", "Blocked", |of| Ok(of.figures.get(Figure::BlockedGross))),
    ("residual_of_plan", "Plan - open plan - blocked", |of| of.figures.residual_of_plan()),
    ("actual", "Actual to date", |of| Ok(of.figures.get(Figure::Actual))),
    ("open_variance", "Open variance", |of| Ok(of.figures.get(Figure::OpenVariance))),
    ("blocked_net", "Blocked net", |of| Ok(of.figures.get(Figure::BlockedNet))),
    ("residual_of_actual", "Plan - actual - open variance - blocked net", |of| of.figures.residual_of_actual()),
    ("spend_ahead", "Spend ahead", |of| Ok(of.spend_ahead)),
    ("expected_spend", "Expected spend", Expected::spend),
    ("free", "Free", |of| Ok(of.figures.get(Figure::Free))),
    ("redirected_live", "Redirected", |of| Ok(of.figures.get(Figure::RedirectedLive))),
    ("redirectable", "Still redirectable", |of| Ok(of.figures.get(Figure::Redirectable))),
    ("over_redirected", "Over redirected", |of| Ok(of.figures.get(Figure::OverRedirected))),
    ("left", "Left", Expected::left),
];

/// The figures of projections in one currency, and what the policies would propose under each.
fn compared(all: &[&Projection], currency: Currency) -> Result<Vec<Compared>, MoneyError> {
    let totals: Vec<Expected> = all.iter().map(|one| one.total(currency)).collect();
    let mut compared = Vec::new();
    for (key, words, amount) in FIGURES {
        let amounts = totals.iter().map(amount).collect::<Result<_, _>>()?;
        compared.push(Compared { key, words: words.to_owned(), proposed: (None, None), amounts });
    }
    let proposed = all.iter().map(|one| one.proposed(currency)).collect::<Result<Vec<_>, _>>()?;
    let rows: BTreeSet<_> = proposed.iter().flat_map(BTreeMap::keys).collect();
    for row @ (policy, to) in rows {
        let amounts: Vec<Money> =
            proposed.iter().map(|sums| sums.get(row).copied().unwrap_or(Money::zero(currency))).collect();
        let (key, words) = match to {
            Some(to) => ("proposed", format!("{policy} to {to}")),
            None if amounts.iter().all(|amount| amount.is_zero()) => continue,
            None => ("unplaced", format!("{policy}, unplaced")),
        };
        compared.push(Compared { key, words, proposed: (Some(policy.clone()), to.clone()), amounts });
    }
    Ok(compared)
}

/// Figures as they are and under some scenarios, with the difference; so many scenarios stand in tables before.
fn side_by_side(
    currency: Currency,
    compared: &[Compared],
    scenarios: &[&Scenario],
    before: usize,
) -> Result<Table, MoneyError> {
    let mut columns = vec![
        Column::key("of", "Of").unshown(),
        Column::key("words", ""),
        Column::key("policy", "Policy").unshown(),
        Column::key("destination", "To").unshown(),
        Column::key("measure", "Measure").unshown(),
        Column::key("currency", "Currency").unshown(),
        Column::figure("base", "As it is"),
    ];
    for (at, scenario) in (before.saturating_add(1)..).zip(scenarios) {
        columns.push(Column::figure(&format!("scenario_{at}"), &scenario.name));
    }
    let mut rows = Vec::new();
    for Compared { key, words, proposed: (policy, to), amounts } in compared {
        let mut row = |words: &str, measure: &str, amounts: Vec<Cell>| {
            let named = |id: &Option<Id>| Cell::or_blank(id.as_ref(), Cell::text);
            let mut cells = vec![Cell::text(key), Cell::text(words), named(policy), named(to)];
            cells.extend([Cell::text(measure), Cell::text(currency)]);
            cells.extend(amounts);
            rows.push(Row::body(cells));
        };
        let Some(base) = amounts.first().copied() else { continue };
        let under: Vec<Money> = amounts.iter().skip(1).skip(before).take(scenarios.len()).copied().collect();
        row(words, "amount", std::iter::once(&base).chain(&under).copied().map(Cell::Money).collect());
        let less = under.iter().map(|amount| amount.minus(base)).collect::<Result<Vec<_>, _>>()?;
        if less.iter().any(|less| !less.is_zero()) {
            row(
                "· difference",
                "difference",
                std::iter::once(Cell::Blank).chain(less.into_iter().map(Cell::Money)).collect(),
            );
        }
    }
    let key = format!("comparison_{}", currency.code().to_lowercase());
    let notes = [String::from(
        "The two rows that subtract are what the identities leave over: 0.00. Difference: to what is; a figure that no scenario changes has none.",
    )];
    Ok(Table::new(&key, format!("As it is, and as it could be, {currency}"), columns, rows).noted(notes))
}

/// What is blocked and redirected when a restriction ends on the first of each month.
fn month_by_month(restriction: &Restriction, ends: &[Ends]) -> Table {
    let currencies: BTreeSet<Currency> = ends.iter().flat_map(|one| one.figures.keys().copied()).collect();
    let figures = [
        (Figure::BlockedImposed, "Blocked by bans"),
        (Figure::BlockedVoluntary, "Blocked by holds"),
        (Figure::BlockedGross, "Blocked"),
        (Figure::Redirectable, "Still redirectable"),
        (Figure::RedirectedLive, "Redirected"),
        (Figure::OverRedirected, "Over redirected"),
    ];
    let mut columns = vec![
        Column::key("restriction", "Restriction").unshown(),
        Column::key("until", "Until").unshown(),
        Column::key("ends", "Ads run again"),
        Column::currency(&currencies),
    ];
    columns.extend(figures.map(|(figure, heading)| Column::figure(figure.key(), heading)));
    let mut rows = Vec::new();
    for Ends { until, figures: of_lines } in ends {
        for (currency, sums) in of_lines {
            let mut cells = vec![
                Cell::text(&restriction.id),
                Cell::or_blank(*until, Cell::Day),
                Cell::text(until.map_or(String::from("as it is"), |until| until.to_string())),
                Cell::text(currency),
            ];
            cells.extend(figures.map(|(figure, _)| Cell::Money(sums.get(figure))));
            rows.push(Row::body(cells));
        }
    }
    let title = format!("When {} {} ends, month by month", restriction.kind, restriction.id);
    let notes = [format!(
        "Of the plan lines under it, if ads on {} run again from that day on and all else is as it is. No end is more likely than another here.",
        restriction.scope
    )];
    Table::new("ends", titled(&title, &currencies), columns, rows).noted(notes)
}
