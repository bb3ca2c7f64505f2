//! Where figures come from, and where rows of exports went, as tables.

use super::table::{Cell, Column, Document, Row, Table};
use crate::calendar::{Dated, Instant, Period};
use crate::import::RowFate;
use crate::ledger::{EventKind, Place, SpendKey};
use crate::money::{Cost, Money, MoneyError};
use crate::statement::Figure;
use crate::trace::{Of, Part, Replaced, RowTrace, Source, Spent, Taken, Trace, What};

/// Which of the spend behind a figure is listed; what is not is summed all the same.
#[derive(Clone, Debug, Default)]
pub struct Listed {
    /// That of one day, or of one month known as a whole.
    pub day: Option<Dated>,
    /// That of one account.
    pub account: Option<String>,
    /// That of one campaign.
    pub campaign: Option<String>,
    /// At most so many rows of it.
    pub most: Option<usize>,
}

impl Listed {
    fn has(&self, day: Dated, key: &SpendKey) -> bool {
        self.day.is_none_or(|asked| asked == day)
            && self.account.as_ref().is_none_or(|asked| *asked == key.account)
            && self.campaign.as_ref().is_none_or(|asked| *asked == key.campaign)
    }

    fn cut<'t, T>(&self, all: &'t [T], key: impl Fn(&T) -> (Dated, &SpendKey)) -> (Vec<&'t T>, usize) {
        let mut listed: Vec<&T> = all
            .iter()
            .filter(|one| {
                let (day, key) = key(one);
                self.has(day, key)
            })
            .collect();
        let more = listed.len().saturating_sub(self.most.unwrap_or(usize::MAX));
        listed.truncate(listed.len().saturating_sub(more));
        (listed, more)
    }
}

/// Returns where a figure comes from: what it is made of, down to facts; the spend among these; and what is left over.
pub fn trace(ledger: &str, trace: &Trace, listed: &Listed) -> Result<Document, MoneyError> {
    let question = &trace.question;
    let days = match question.month {
        Some(month) => format!("{month} of {}", question.period),
        None => question.period.to_string(),
    };
    let title = format!("{} of {}, {days}: {}", question.figure.key(), name(&question.of), trace.amount.spelled());
    let known = question.as_known.map(|known| format!(", by what was recorded up to {known}")).unwrap_or_default();
    let facts = vec![
        format!("{ledger}, as of {}{known}.", question.as_of),
        format!("{}: {}.", question.figure.key(), formula(question.figure)),
    ];
    let mut tables = vec![parts(trace)];
    if !trace.spent.is_empty() {
        tables.push(spent(&trace.spent, listed)?);
    }
    if !trace.replaced.is_empty() {
        tables.push(replaced(&trace.replaced, listed));
    }
    tables.push(residual(trace)?);
    Ok(Document { title, facts, tables, ..Document::default() })
}

fn name(of: &Of) -> String {
    match of {
        Of::Line(id) => format!("plan line {id}"),
        Of::Platform(platform, _) => platform.to_string(),
        Of::Total(currency) => format!("all together in {currency}"),
    }
}

/// A figure in words.
fn formula(figure: Figure) -> &'static str {
    match figure {
        Figure::Plan => "what entries spread over these days",
        Figure::PlanReceived => "what approved redirections brought, spread over these days; never part of the plan",
        Figure::Actual => "spend that the plan line covers",
        Figure::OpenPlan => "plan - blocked_gross",
        Figure::OpenPlanAhead => "open_plan of the days after the cut-off",
        Figure::OpenVariance => "open_plan - spend outside restrictions",
        Figure::OpenVarianceToDate => "open_plan up to the cut-off - spend outside restrictions",
        Figure::BlockedImposed => "what bans block of the plan",
        Figure::BlockedVoluntary => "what holds block of the plan, beyond bans",
        Figure::BlockedGross => "blocked_imposed + blocked_voluntary",
        Figure::BlockedToDate => "blocked_gross up to the cut-off",
        Figure::SpendDuringRestriction => "spend inside restrictions",
        Figure::BlockedNet => "blocked_gross - spend_during_restriction",
        Figure::Encumbered => "open orders",
        Figure::Free => {
            "plan - actual - open_plan_ahead or the orders for open days, whichever is more - the orders for restricted days - what was carried forward, all of the whole line"
        }
        Figure::RedirectedLive => {
            "what redirections take: the pledge, before it what was approved, cancelled what was paid"
        }
        Figure::Redirectable => {
            "blocked_net or free of the whole line, whichever is less, - redirected_live; never below zero"
        }
        Figure::OverRedirected => {
            "redirected_live - blocked_net or free of the whole line, whichever is less; never below zero"
        }
        Figure::Unbudgeted => "spend that no plan line covers",
        Figure::Spend => "actual + unbudgeted",
    }
}

fn parts(trace: &Trace) -> Table {
    let columns = vec![
        Column::key("depth", "Depth").unshown(),
        Column::key("kind", "Kind").unshown(),
        Column::key("part", "Made of"),
        Column::key("currency", "Currency").unshown(),
        Column::figure("amount", "Adds"),
        Column::figure("words", "That is"),
        Column::figure("place", "Stands in"),
        Column::figure("recorded", "Recorded").unshown(),
        Column::figure("by", "By").unshown(),
    ];
    let mut rows = Vec::new();
    flatten(&trace.root, 0, trace.question.period, &mut rows);
    let notes = vec![String::from(
        "Each part is the sum of the parts set in below it; what nothing stands below is a fact. Taken off: with a minus.",
    )];
    Table::new("parts", "What it is made of", columns, rows).noted(notes)
}

fn flatten(part: &Part, depth: usize, period: Period, rows: &mut Vec<Row>) {
    let told = Told::of(part, period);
    let part_name = format!("{}{}{}", "·".repeat(depth), if depth > 0 { " " } else { "" }, told.name);
    rows.push(Row::body(vec![
        Cell::Count(depth as u64),
        Cell::text(told.kind),
        Cell::text(part_name),
        Cell::text(part.amount.currency()),
        Cell::Money(part.adds()),
        Cell::text(told.words),
        Cell::or_blank(told.place, Cell::Text),
        Cell::or_blank(told.recorded, Cell::Instant),
        Cell::or_blank(told.by, Cell::Text),
    ]));
    for below in &part.parts {
        flatten(below, depth.saturating_add(1), period, rows);
    }
}

/// A part in words.
struct Told {
    kind: &'static str,
    name: String,
    words: String,
    place: Option<String>,
    recorded: Option<Instant>,
    by: Option<String>,
}

impl Told {
    fn of(part: &Part, period: Period) -> Told {
        let told =
            |kind, name: String, words: String| Told { kind, name, words, place: None, recorded: None, by: None };
        let at = |place: &Place| Some(format!("{}:{}", place.file, place.line));
        match &part.what {
            What::Figure { figure, of, days } => {
                let days = if *days == period { String::new() } else { format!(", {days}") };
                let words = match (of, figure) {
                    (Of::Line(_), _) | (_, Figure::Spend | Figure::Unbudgeted) => formula(*figure),
                    (Of::Platform(..), _) => "the sum of its plan lines",
                    (Of::Total(_), _) => "the sum of the platforms",
                };
                told("figure", figure.key().to_owned(), format!("{}{days}: {words}", name(of)))
            }
            What::Entry { line, entry } => Told {
                place: at(&entry.place),
                recorded: entry.recorded,
                by: entry.by.clone(),
                ..told(
                    "entry",
                    format!("{} of {line}", entry.kind),
                    format!("{} from {}", entry.amount.spelled(), entry.effective),
                )
            },
            What::Blocks { restriction, days } => {
                let share = restriction.share.map(|share| format!(", share {share}")).unwrap_or_default();
                let until = restriction.until.map(|until| format!(" until {until}")).unwrap_or_default();
                let words = format!("{} from {}{until}{share}: blocks {days}", restriction.scope, restriction.from);
                Told {
                    place: at(&restriction.place),
                    recorded: restriction.recorded,
                    by: restriction.by.clone(),
                    ..told("restriction", format!("{} {}", restriction.kind, restriction.id), words)
                }
            }
            What::Order(order) => Told {
                place: at(&order.place),
                recorded: order.recorded,
                by: order.by.clone(),
                ..told("order", format!("order {}", order.reference), format!("open, for service on {}", order.date))
            },
            What::Redirection(id) => {
                told("redirection", format!("redirection {id}"), String::from("what its steps leave"))
            }
            What::Step { redirection, event } => {
                let amount = event.amount.map(|amount| format!(", {}", amount.spelled())).unwrap_or_default();
                let counts = match event.kind {
                    EventKind::Proposed => " (a proposal counts nothing)",
                    _ => "",
                };
                Told {
                    place: at(&event.place),
                    recorded: event.recorded,
                    by: event.by.clone(),
                    ..told(
                        "step",
                        format!("{} {redirection}", event.kind),
                        format!("on {}{amount}{counts}", event.date),
                    )
                }
            }
            What::Spent { these, figures } => {
                let place = match these.inside {
                    None => "",
                    Some(true) => ", inside restrictions",
                    Some(false) => ", outside restrictions",
                };
                let words = match figures {
                    0 => String::from("none"),
                    1 => String::from("1 figure of a day and campaign, listed below"),
                    _ => format!("{figures} figures of days and campaigns, listed below"),
                };
                told("spend", format!("spend{place}"), words)
            }
            What::Rule(words) => told("rule", String::from("rule"), words.clone()),
        }
    }
}

fn source_columns() -> Vec<Column> {
    vec![
        Column::figure("place", "Stands in"),
        Column::figure("first_row", "Row"),
        Column::figure("rows", "Rows"),
        Column::figure("export", "Of export"),
        Column::figure("export_sha256", "Export SHA-256").unshown(),
        Column::figure("record", "Record").unshown(),
    ]
}

fn source_cells(source: Option<&Source>) -> Vec<Cell> {
    let Some(source) = source else { return vec![Cell::Blank; 6] };
    vec![
        Cell::text(format!("{}:{}", source.place.file, source.place.line)),
        Cell::Count(source.first_row),
        Cell::Count(source.rows),
        Cell::text(&source.export),
        Cell::text(&source.export_sha256),
        Cell::text(&source.record),
    ]
}

fn key_columns() -> Vec<Column> {
    vec![
        Column::key("day", "Day"),
        Column::key("platform", "Platform").unshown(),
        Column::key("account", "Account").unshown(),
        Column::key("campaign", "Campaign"),
        Column::key("currency", "Currency").unshown(),
    ]
}

fn key_cells(day: Dated, key: &SpendKey) -> Vec<Cell> {
    vec![
        Cell::dated(day),
        Cell::text(&key.platform),
        Cell::text(&key.account),
        Cell::text(&key.campaign),
        Cell::text(key.currency),
    ]
}

fn more(more: usize) -> Option<String> {
    (more > 0)
        .then(|| format!("And {more} more; --format csv or json lists all, --day, --account and --campaign less."))
}

fn spent(all: &[Spent], listed: &Listed) -> Result<Table, MoneyError> {
    let mut columns = key_columns();
    columns.extend([
        Column::figure("exact", "Exact"),
        Column::figure("amount", "Counts"),
        Column::figure("line", "Plan line").unshown(),
        Column::figure("inside", "Inside").unshown(),
        Column::figure("provisional", "Provisional").unshown(),
        Column::figure("import", "Import").unshown(),
    ]);
    columns.extend(source_columns());
    let (shown, left) = listed.cut(all, |one| (one.day, &one.key));
    let mut rows = Vec::new();
    for one in &shown {
        let inside: Vec<&str> = one.inside.iter().map(|id| id.as_str()).collect();
        let first = one.sources.first();
        // Where an account is spelled in two ways a figure has two rows; the second says where alone.
        for at in 0..one.sources.len().max(1) {
            let mut cells = key_cells(one.day, &one.key);
            let is_first = at == 0;
            cells.extend([
                if is_first { Cell::Cost(one.exact) } else { Cell::Blank },
                if is_first { Cell::Money(one.amount) } else { Cell::Blank },
                Cell::or_blank(one.line.as_ref(), Cell::text),
                Cell::text(inside.join(" ")),
                Cell::text(if one.is_provisional { "yes" } else { "no" }),
                Cell::text(&one.import),
            ]);
            cells.extend(source_cells(if is_first { first } else { one.sources.get(at) }));
            rows.push(Row::body(cells));
        }
    }
    if let Some(first) = all.first() {
        let zero = Money::zero(first.key.currency);
        let whole = all.iter().try_fold(zero, |sum, one| sum.plus(one.amount))?;
        let of_shown = shown.iter().try_fold(zero, |sum, one| sum.plus(one.amount))?;
        let width = columns.len();
        let total = |name: &str, amount: Money| {
            let mut cells = vec![Cell::Blank; width];
            cells[0] = Cell::text(name);
            cells[6] = Cell::Money(amount);
            Row::total(cells)
        };
        if shown.len() < all.len() {
            rows.push(total("Not listed", whole.minus(of_shown)?));
        }
        rows.push(total("Total", whole));
    }
    let mut notes = vec![String::from(
        "Row is the line of the export, or the row of its sheet, on which the first of its rows stands. An account's day is rounded once, by its running sum, so a campaign may count a cent more or less than its exact cost.",
    )];
    notes.extend(more(left));
    Ok(Table::new("spend", "The spend in it", columns, rows).noted(notes))
}

fn replaced(all: &[Replaced], listed: &Listed) -> Table {
    let mut columns = key_columns();
    columns.extend([
        Column::figure("was", "Was"),
        Column::figure("now", "Counts"),
        Column::figure("why", "Why it does not count"),
        Column::figure("import", "Import").unshown(),
        Column::figure("recorded", "Recorded").unshown(),
    ]);
    columns.extend(source_columns());
    let (shown, left) = listed.cut(all, |one| (one.day, &one.key));
    let row = |one: &&Replaced| {
        let mut cells = key_cells(one.day, &one.key);
        cells.extend([
            Cell::Cost(one.was),
            Cell::or_blank(one.now, Cell::Cost),
            Cell::text(&one.why),
            Cell::text(&one.import),
            Cell::Instant(one.recorded),
        ]);
        cells.extend(source_cells(Some(&one.source)));
        Row::body(cells)
    };
    let title = "What other imports say of the same, and does not count";
    Table::new("replaced", title, columns, shown.iter().map(row).collect()).noted(more(left))
}

fn residual(trace: &Trace) -> Result<Table, MoneyError> {
    let columns = vec![
        Column::key("figure", "Figure"),
        Column::key("currency", "Currency").unshown(),
        Column::figure("statement", "As reported"),
        Column::figure("facts", "Sum of the facts"),
        Column::figure("residual", "Residual"),
    ];
    let row = Row::body(vec![
        Cell::text(trace.question.figure.key()),
        Cell::text(trace.amount.currency()),
        Cell::Money(trace.amount),
        Cell::Money(trace.root.of_facts()?),
        Cell::Money(trace.residual()?),
    ]);
    Ok(Table::new("residual", "What the facts come to", columns, vec![row]))
}

/// Returns where a row of an export went, in each import of it.
pub fn row_trace(ledger: &str, export: &str, row: u64, sha256: &str, traces: &[RowTrace]) -> Document {
    let title = format!("Row {row} of {export}");
    let facts = vec![format!("{ledger}; SHA-256 of the file: {sha256}.")];
    Document { title, facts, tables: traces.iter().map(of_import).collect(), ..Document::default() }
}

fn of_import(trace: &RowTrace) -> Table {
    let columns = vec![Column::key("key", "").unshown(), Column::key("what", ""), Column::figure("value", "")];
    let mut rows = Vec::new();
    let mut say = |key: &str, what: &str, value: String| {
        rows.push(Row::body(vec![Cell::text(key), Cell::text(what), Cell::Text(value)]));
    };
    let import = &trace.import;
    say("import", "Import", format!("{}, recorded {}", import.id, import.recorded));
    say("record", "Record", import.record_file());
    if let Some(revoked) = &import.revoked {
        say("revoked", "Revoked", format!("{}: {}", revoked.recorded, revoked.reason));
    }
    say("row", "The row", fate(&trace.fate));
    if let Some(taken) = &trace.taken {
        of_taken(taken, &mut say);
    }
    let title = format!("In import {}", import.id);
    Table::new("row", title, columns, rows)
}

fn fate(fate: &Result<RowFate, String>) -> String {
    match fate {
        Err(message) => format!("cannot be told: read again as it was imported, the file is refused: {message}"),
        Ok(RowFate::Above) => String::from("stands above the rows of the table, in or before its header"),
        Ok(RowFate::Blank) => String::from("is blank, or has no amount"),
        Ok(RowFate::LeftOut(reason)) => format!("was left out: {reason}"),
        Ok(RowFate::Kept { cost, .. }) => format!("was kept: {}", cost.spelled()),
        Ok(RowFate::Missing) => String::from("does not exist: no row begins on that line"),
    }
}

fn of_taken(taken: &Taken, say: &mut dyn FnMut(&str, &str, String)) {
    let key = &taken.key;
    say("day", "Day", taken.day.to_string());
    say("month", "Month", taken.day.month().to_string());
    say("platform", "Platform", key.platform.to_string());
    say("account", "Account", key.account.clone());
    say("campaign", "Campaign", key.campaign.clone());
    let spelled = |cost: Cost| cost.spelled();
    say(
        "rollup",
        "Summed in",
        match &taken.source {
            Some((source, sum)) => format!(
                "{}:{}, {} of {} {}, the first on row {}",
                source.place.file,
                source.place.line,
                spelled(*sum),
                source.rows,
                if source.rows == 1 { "row" } else { "rows" },
                source.first_row
            ),
            None => String::from(
                "no row of the rollup: read today, the export says something else than when it was imported",
            ),
        },
    );
    say(
        "counts",
        "Counts",
        match (&taken.why_not, &taken.counts) {
            (None, _) if taken.source.is_some() => String::from("yes"),
            (None, _) => String::from("no"),
            (Some(why), _) => format!("no: {why}"),
        },
    );
    if let (Some(_), Some((import, cost))) = (&taken.why_not, &taken.counts) {
        say("counted", "What counts", format!("{}, of import {import}", spelled(*cost)));
    }
    say(
        "line",
        "Plan line",
        match &taken.line {
            Some(line) => line.to_string(),
            None => String::from("none: it is unbudgeted"),
        },
    );
    let inside: Vec<&str> = taken.inside.iter().map(|id| id.as_str()).collect();
    say("inside", "Inside", if inside.is_empty() { String::from("no restriction") } else { inside.join(", ") });
}
