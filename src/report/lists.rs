//! The ledger's facts as lists.

use std::collections::{BTreeMap, BTreeSet};

use super::table::{Cell, Column, Document, Row, Table, own_cells, own_columns, titled};
use crate::calendar::{Day, Instant};
use crate::import::{Profile, Profiles};
use crate::ledger::{Encumbrance, Import, Ledger, RestrictionKind};
use crate::money::{Currency, Money, MoneyError};

fn one_table(title: &str, table: Table) -> Document {
    Document { title: title.to_owned(), tables: vec![table], ..Document::default() }
}

/// Returns the budget entries known then, by line, in the order they take effect.
pub fn budgets(ledger: &Ledger, as_known: Option<Instant>) -> Document {
    let lines = ledger.lines(as_known);
    let currencies: BTreeSet<Currency> = lines.iter().map(|line| line.currency).collect();
    let own = own_columns(lines.iter().map(|line| &line.own));
    let mut columns = vec![
        Column::key("line", "Line"),
        Column::key("scope", "On"),
        Column::key("period", "Period"),
        Column::key("entry", "Entry"),
        Column::figure("effective", "Effective"),
        Column::figure("basis", "Basis"),
        Column::currency(&currencies),
        Column::figure("amount", "Amount"),
        Column::figure("recorded", "Recorded").unshown(),
        Column::figure("by", "By").unshown(),
        Column::figure("reference", "Reference").unshown(),
        Column::figure("note", "Note").unshown(),
    ];
    columns.extend(own.iter().map(|name| Column::figure(name, name).unshown()));
    let mut rows = Vec::new();
    for line in &lines {
        for entry in &line.entries {
            let mut cells = vec![
                Cell::text(&line.id),
                Cell::text(&line.scope),
                Cell::text(line.period),
                Cell::text(entry.kind),
                Cell::Day(entry.effective),
                Cell::text(entry.basis),
                Cell::text(line.currency),
                Cell::Money(entry.amount),
                Cell::or_blank(entry.recorded, Cell::Instant),
                Cell::or_blank(entry.by.as_ref(), Cell::text),
                Cell::or_blank(entry.reference.as_ref(), Cell::text),
                Cell::or_blank(entry.note.as_ref(), Cell::text),
            ];
            cells.extend(own_cells(&own, &line.own));
            rows.push(Row::body(cells));
        }
    }
    let table = Table::new("budgets", titled("Budget entries", &currencies), columns, rows);
    one_table(&ledger.settings().name, table)
}

/// Returns the bans or the holds as they were known then.
pub fn restrictions(ledger: &Ledger, kind: RestrictionKind, as_known: Option<Instant>) -> Document {
    let restrictions: Vec<_> = ledger.restrictions(as_known).into_iter().filter(|one| one.kind == kind).collect();
    let own = own_columns(restrictions.iter().map(|one| &one.own));
    let mut columns = vec![
        Column::key("id", "Id"),
        Column::key("scope", "On"),
        Column::figure("from", "From"),
        Column::figure("until", "Until"),
        Column::figure("share", "Share"),
        Column::figure("reason", "Reason"),
        Column::figure("notified", "Notified").unshown(),
        Column::figure("recorded", "Recorded").unshown(),
        Column::figure("by", "By").unshown(),
        Column::figure("evidence", "Evidence").unshown(),
        Column::figure("evidence_sha256", "Evidence SHA-256").unshown(),
        Column::figure("note", "Note").unshown(),
    ];
    columns.extend(own.iter().map(|name| Column::figure(name, name).unshown()));
    let mut rows = Vec::new();
    for one in &restrictions {
        let mut cells = vec![
            Cell::text(&one.id),
            Cell::text(&one.scope),
            Cell::Day(one.from),
            Cell::or_blank(one.until, Cell::Day),
            Cell::or_blank(one.share, Cell::Share),
            Cell::or_blank(one.reason.as_ref(), Cell::text),
            Cell::or_blank(one.notified, Cell::Day),
            Cell::or_blank(one.recorded, Cell::Instant),
            Cell::or_blank(one.by.as_ref(), Cell::text),
            Cell::or_blank(one.evidence.as_ref(), Cell::text),
            Cell::or_blank(one.evidence_sha256.as_ref(), Cell::text),
            Cell::or_blank(one.note.as_ref(), Cell::text),
        ];
        cells.extend(own_cells(&own, &one.own));
        rows.push(Row::body(cells));
    }
    let title = match kind {
        RestrictionKind::Ban => "Bans, imposed by the platform",
        RestrictionKind::Hold => "Holds, our own",
    };
    let notes = vec!["Until is the first day ads may run again; empty: still in force.".into()];
    let table = Table::new(&format!("{kind}s"), title, columns, rows).noted(notes);
    one_table(&ledger.settings().name, table)
}

/// Returns the open orders as they were known then.
pub fn encumbrances(ledger: &Ledger, as_known: Option<Instant>) -> Result<Document, MoneyError> {
    let orders = ledger.encumbrances(as_known);
    let currencies: BTreeSet<Currency> = orders.iter().map(|order| order.amount.currency()).collect();
    let own = own_columns(orders.iter().map(|order| &order.own));
    let mut columns = vec![
        Column::key("line", "Line"),
        Column::key("reference", "Order"),
        Column::figure("date", "Day of service"),
        Column::currency(&currencies),
        Column::figure("amount", "Still open"),
        Column::figure("recorded", "Recorded").unshown(),
        Column::figure("by", "By").unshown(),
        Column::figure("note", "Note").unshown(),
    ];
    columns.extend(own.iter().map(|name| Column::figure(name, name).unshown()));
    let mut rows = Vec::new();
    let mut totals: BTreeMap<Currency, Money> = BTreeMap::new();
    for order in orders {
        let Encumbrance { line, reference, date, amount, recorded, by, note, .. } = order;
        let sum = totals.entry(amount.currency()).or_insert(Money::zero(amount.currency()));
        *sum = sum.plus(amount)?;
        let mut cells = vec![
            Cell::text(line),
            Cell::text(reference),
            Cell::Day(date),
            Cell::text(amount.currency()),
            Cell::Money(amount),
            Cell::or_blank(recorded, Cell::Instant),
            Cell::or_blank(by, Cell::Text),
            Cell::or_blank(note, Cell::Text),
        ];
        cells.extend(own_cells(&own, &order.own));
        rows.push(Row::body(cells));
    }
    for (currency, sum) in totals {
        let mut cells = vec![Cell::Blank; columns.len()];
        cells[0] = Cell::text("Total");
        cells[3] = Cell::text(currency);
        cells[4] = Cell::Money(sum);
        rows.push(Row::total(cells));
    }
    let table = Table::new("encumbrances", titled("Open orders", &currencies), columns, rows);
    Ok(one_table(&ledger.settings().name, table))
}

/// Returns the redirections as they stood on a day.
pub fn redirections(ledger: &Ledger, as_of: Day, as_known: Option<Instant>) -> Result<Document, MoneyError> {
    let currencies: BTreeSet<Currency> = ledger.redirections().iter().map(|one| one.currency).collect();
    let own = own_columns(ledger.redirections().iter().map(|one| &one.own));
    let from = Column::figure("from", "Out of");
    let any_is_taken_on = ledger.redirections().iter().any(|one| one.from.is_some());
    let mut columns = vec![
        Column::key("id", "Id"),
        Column::key("line", "Line"),
        if any_is_taken_on { from } else { from.unshown() },
        Column::key("destination", "To"),
        Column::figure("state", "State"),
        Column::currency(&currencies),
        Column::figure("proposed", "Proposed"),
        Column::figure("approved", "Approved"),
        Column::figure("conditional", "On a condition").unshown(),
        Column::figure("pledged", "Pledged").unshown(),
        Column::figure("paid", "Paid"),
        Column::figure("acknowledged", "Acknowledged").unshown(),
        Column::figure("policy", "Policy").unshown(),
    ];
    columns.extend(own.iter().map(|name| Column::figure(name, name).unshown()));
    let mut rows = Vec::new();
    for one in ledger.redirections().iter().map(|one| one.known(as_known)) {
        let Some(progress) = one.progress(as_of, as_known) else { continue };
        let zero = Money::zero(one.currency);
        let mut cells = vec![
            Cell::text(&one.id),
            Cell::text(&one.line),
            Cell::or_blank(one.from.as_ref(), Cell::text),
            Cell::text(&one.destination),
            Cell::text(progress.state()),
            Cell::text(one.currency),
            Cell::Money(progress.proposed),
            Cell::Money(progress.approved.map_or(zero, |approval| approval.amount)),
            Cell::Money(progress.conditional.unwrap_or(zero)),
            Cell::Money(progress.pledged.unwrap_or(zero)),
            Cell::Money(progress.paid()),
            Cell::Money(progress.acknowledged()),
            Cell::or_blank(one.policy.as_ref(), Cell::text),
        ];
        cells.extend(own_cells(&own, &one.own));
        rows.push(Row::body(cells));
    }
    let table = Table::new("redirections", titled(&format!("Redirections as of {as_of}"), &currencies), columns, rows);
    Ok(one_table(&ledger.settings().name, table))
}

/// Returns the imports known then, those revoked too, oldest first.
pub fn imports(ledger: &Ledger, as_known: Option<Instant>) -> Document {
    let imports = ledger.imports_taken(as_known);
    let state = Column::figure("state", "State");
    let grain = Column::figure("grain", "Per");
    let any_is_by_month = imports.iter().any(|import| import.has_months());
    let any_is_revoked = imports.iter().any(|import| import.revoked_by(as_known).is_some());
    let columns = vec![
        Column::key("id", "Import"),
        Column::figure("first_day", "First day"),
        Column::figure("last_day", "Last day"),
        if any_is_by_month { grain } else { grain.unshown() },
        Column::figure("rows", "Rows"),
        Column::key("currency", "Currency"),
        Column::figure("amount", "Spend"),
        Column::figure("export", "Export").unshown(),
        Column::figure("packing", "Unpacked from").unshown(),
        Column::figure("profile", "Profile").unshown(),
        Column::figure("exported", "Exported").unshown(),
        Column::figure("provisional_from", "Provisional from").unshown(),
        Column::figure("absent", "Absent").unshown(),
        Column::figure("recorded", "Recorded").unshown(),
        Column::figure("export_sha256", "Export SHA-256").unshown(),
        if any_is_revoked { state } else { state.unshown() },
        Column::figure("revoked", "Revoked").unshown(),
        Column::figure("revoked_by", "Revoked by").unshown(),
        Column::figure("revoked_reason", "Revoked because").unshown(),
    ];
    let row = |import: &Import, currency: Cell, amount: Cell| {
        let (record, revoked) = (&import.record, import.revoked_by(as_known));
        Row::body(vec![
            Cell::text(&import.id),
            Cell::Day(import.covered.start()),
            Cell::Day(import.covered.last()),
            Cell::text(&record.grain),
            Cell::Count(record.rows_kept),
            currency,
            amount,
            Cell::text(&record.export),
            Cell::text(record.packing.as_deref().unwrap_or_default()),
            Cell::text(&record.profile),
            Cell::text(&record.exported),
            Cell::Day(import.provisional_from),
            Cell::text(import.absent.as_str()),
            Cell::Instant(import.recorded),
            Cell::text(&record.export_sha256),
            Cell::text(if revoked.is_some() { "revoked" } else { "counts" }),
            Cell::or_blank(revoked, |revoked| Cell::Instant(revoked.recorded)),
            Cell::or_blank(revoked.and_then(|revoked| revoked.by.as_ref()), Cell::text),
            Cell::or_blank(revoked, |revoked| Cell::text(&revoked.reason)),
        ])
    };
    let mut rows = Vec::new();
    for import in &imports {
        rows.extend(import.totals.iter().map(|sum| row(import, Cell::text(sum.currency()), Cell::Cost(sum))));
    }
    let mut notes = vec![String::from(
        "What a newer import says of a campaign and day replaces what older ones say; `respend spend` shows what counts.",
    )];
    for import in imports {
        let Some(revoked) = import.revoked_by(as_known) else { continue };
        let by = revoked.by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
        let day = revoked.recorded.day();
        notes.push(format!("{} was revoked on {day}{by} and counts no longer: {}", import.id, revoked.reason));
    }
    let table = Table::new("imports", "Imports, oldest first", columns, rows).noted(notes);
    one_table(&ledger.settings().name, table)
}

/// Returns the profiles that a file is held against, by name.
pub fn profiles(profiles: &Profiles) -> Document {
    let columns = vec![
        Column::key("name", "Profile"),
        Column::key("platform", "Platform"),
        Column::figure("title", "Reads"),
        Column::figure("origin", "From"),
    ];
    let row = |profile: &Profile| {
        Row::body(vec![
            Cell::text(profile.name()),
            Cell::or_blank(profile.platform(), Cell::text),
            Cell::text(profile.title()),
            Cell::text(if profile.is_own() { "this ledger" } else { "built in" }),
        ])
    };
    let notes = vec![
        "Where no platform stands, the file or --platform says it. `respend profiles show NAME` prints one.".into(),
    ];
    let table = Table::new("profiles", "Export files that are known", columns, profiles.iter().map(row).collect());
    one_table("Profiles", table.noted(notes))
}
