//! `respend ban` and `respend hold`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use respend::ledger::{Change, Ledger, Log, Restriction, RestrictionKind, Status};
use respend::statement::{Figure, LineStatement, Statement};
use respend::{Day, Id, Instant, Platform, Share};

use crate::context::Context;
use crate::failure::Failure;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Restrict {
    /// Record that ads may not run
    Add(Add),
    /// Record that ads may run again
    Lift(Lift),
    /// Take back what was entered in error, as though it had never been
    Void(Void),
    /// List them
    List,
}

#[derive(Args, Debug)]
pub(crate) struct Add {
    /// The platform
    #[arg(long)]
    platform: Platform,
    /// The first day ads may not run
    #[arg(long)]
    from: Day,
    /// One account alone
    #[arg(long)]
    account: Option<String>,
    /// One campaign alone
    #[arg(long)]
    campaign: Option<String>,
    /// The first day ads may run again (default: still in force)
    #[arg(long)]
    until: Option<Day>,
    /// The part of a wider plan line it stops, like 0.35
    #[arg(long)]
    share: Option<Share>,
    /// Why, in the words of whoever imposed it
    #[arg(long)]
    reason: Option<String>,
    /// The day the notice arrived
    #[arg(long)]
    notified: Option<Day>,
    /// The notice: copied into the ledger, with its hash
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Its id (default: made of platform, day and content)
    #[arg(long)]
    id: Option<Id>,
    /// Who records it
    #[arg(long, value_name = "NAME")]
    recorded_by: Option<String>,
    /// Your words; a note that begins `assumption:` is listed in reports
    #[arg(long)]
    note: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Lift {
    /// Its id
    id: Id,
    /// The first day ads may run again
    #[arg(long)]
    until: Day,
    /// The notice: copied into the ledger, with its hash
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// Who records it
    #[arg(long, value_name = "NAME")]
    recorded_by: Option<String>,
    /// Your words
    #[arg(long)]
    note: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Void {
    /// Its id
    id: Id,
    /// Why, in your words
    #[arg(long)]
    note: String,
    /// Who records it
    #[arg(long, value_name = "NAME")]
    recorded_by: Option<String>,
}

pub(crate) fn run(context: &Context, kind: RestrictionKind, restrict: Restrict) -> Result<(), Failure> {
    match restrict {
        Restrict::Add(add) => run_add(context, kind, add),
        Restrict::Lift(lift) => run_lift(context, kind, lift),
        Restrict::Void(void) => run_void(context, kind, void),
        Restrict::List => {
            let ledger = context.ledger()?;
            output::document(
                &context.everywhere,
                &respend::report::restrictions(&ledger, kind, context.everywhere.as_known),
            )
        }
    }
}

fn text(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn run_add(context: &Context, kind: RestrictionKind, add: Add) -> Result<(), Failure> {
    let mut change = context.change()?;
    let (evidence, sha256) = match &add.evidence {
        Some(file) => change.evidence(file)?,
        None => Default::default(),
    };
    let content = [
        kind.to_string(),
        add.platform.to_string(),
        text(add.account.as_ref()),
        text(add.campaign.as_ref()),
        add.from.to_string(),
        text(add.reason.as_ref()),
        text(add.recorded_by.as_ref()),
        context.now.to_string(),
    ];
    let id = match add.id {
        Some(id) => id,
        None => super::made_id(&[add.platform.as_str(), kind.as_str(), &add.from.to_string()], &content)?,
    };
    if change.before().restriction_rows().iter().any(|row| row.id == id) {
        return Err(Failure::refused(
            format!("there is a restriction `{id}` already"),
            "ids are never used again; choose another, or lift that one",
        ));
    }
    change.append(
        Log::Restrictions,
        &[
            ("id", id.to_string()),
            ("kind", kind.to_string()),
            ("platform", add.platform.to_string()),
            ("account", text(add.account)),
            ("campaign", text(add.campaign)),
            ("from", add.from.to_string()),
            ("until", text(add.until)),
            ("share", text(add.share)),
            ("reason", text(add.reason)),
            ("notified", text(add.notified)),
            ("recorded", change.recorded(context.now, None).to_string()),
            ("by", text(add.recorded_by)),
            ("evidence", evidence),
            ("evidence_sha256", sha256),
            ("status", "active".into()),
            ("note", text(add.note)),
        ],
    )?;
    let ledger = context.commit(change)?;
    say(context, &ledger, &id, "Recorded")
}

fn run_lift(context: &Context, kind: RestrictionKind, lift: Lift) -> Result<(), Failure> {
    let mut change = context.change()?;
    let before = find(change.before(), kind, &lift.id)?;
    if before.until == Some(lift.until) {
        return Err(Failure::refused(format!("{kind} `{}` ends on {} already", lift.id, lift.until), ""));
    }
    let (evidence, sha256) = match &lift.evidence {
        Some(file) => {
            let (evidence, sha256) = change.evidence(file)?;
            (Some(evidence), Some(sha256))
        }
        None => (before.evidence.clone(), before.evidence_sha256.clone()),
    };
    let note = lift.note.or_else(|| before.note.clone());
    let until = Some(lift.until);
    append_again(
        context,
        &mut change,
        Restriction { until, evidence, evidence_sha256: sha256, by: lift.recorded_by, note, ..before },
    )?;
    let ledger = context.commit(change)?;
    say(context, &ledger, &lift.id, "Lifted")
}

fn run_void(context: &Context, kind: RestrictionKind, void: Void) -> Result<(), Failure> {
    let mut change = context.change()?;
    let before = find(change.before(), kind, &void.id)?;
    let title =
        format!("Voided {kind} {}: {} from {}, as though it had never been", before.id, before.scope, before.from);
    append_again(
        context,
        &mut change,
        Restriction { status: Status::Void, by: void.recorded_by, note: Some(void.note), ..before },
    )?;
    let ledger = context.commit(change)?;
    let facts = statement(context, &ledger)?.iter().flat_map(|statement| &statement.lines).filter_map(over).collect();
    output::done(&context.everywhere, title, facts)
}

/// Finds a restriction as it stands, or says which there are.
fn find(ledger: &Ledger, kind: RestrictionKind, id: &Id) -> Result<Restriction, Failure> {
    let mut known = ledger.restrictions(None);
    known.retain(|one| one.kind == kind);
    let ids: Vec<&str> = known.iter().map(|one| one.id.as_str()).collect();
    let hint =
        if ids.is_empty() { format!("there are no {kind}s") } else { format!("the {kind}s are {}", ids.join(", ")) };
    let found = known.iter().find(|one| one.id == *id);
    found.cloned().ok_or_else(|| Failure::refused(format!("there is no {kind} `{id}`"), hint))
}

/// Writes a restriction's row again, as it is from now on.
fn append_again(context: &Context, change: &mut Change, row: Restriction) -> Result<(), Failure> {
    let recorded = change.recorded(context.now, latest(change.before(), &row.id));
    let mut cells = vec![
        ("id", row.id.to_string()),
        ("kind", row.kind.to_string()),
        ("platform", row.scope.platform.to_string()),
        ("account", text(row.scope.account)),
        ("campaign", text(row.scope.campaign)),
        ("from", row.from.to_string()),
        ("until", text(row.until)),
        ("share", text(row.share)),
        ("reason", text(row.reason)),
        ("notified", text(row.notified)),
        ("recorded", recorded.to_string()),
        ("by", text(row.by)),
        ("evidence", text(row.evidence)),
        ("evidence_sha256", text(row.evidence_sha256)),
        ("status", row.status.to_string()),
        ("note", text(row.note)),
    ];
    cells.extend(row.own.iter().map(|(column, value)| (column.as_str(), value.clone())));
    change.append(Log::Restrictions, &cells)?;
    Ok(())
}

fn latest(ledger: &Ledger, id: &Id) -> Option<Instant> {
    ledger.restriction_rows().iter().filter(|row| row.id == *id).filter_map(|row| row.recorded).max()
}

/// Says what the restriction blocks, and what the change means for redirections.
fn say(context: &Context, ledger: &Ledger, id: &Id, what: &str) -> Result<(), Failure> {
    let known = ledger.restrictions(None);
    let Some(one) = known.iter().find(|one| one.id == *id) else { return Ok(()) };
    let Restriction { kind, scope, from, .. } = one;
    let end = one
        .until
        .map_or(String::from("still in force"), |until| format!("until {until}, the first day ads may run again"));
    let title = format!("{what} {kind} {id}: {scope} from {from}, {end}");
    let mut facts = Vec::new();
    let statement = statement(context, ledger)?;
    for line in statement.iter().flat_map(|statement| &statement.lines) {
        if let Some(part) = line.blocked_by_whole.get(&(*kind, id.clone())) {
            facts.push(format!("It blocks {} of plan line {} ({}).", part.spelled(), line.line.id, line.line.period));
        } else if line.blocked.restrictions().iter().any(|restriction| restriction.id == *id) {
            facts.push(format!(
                "It adds nothing to what is blocked of plan line {}: other restrictions block those days.",
                line.line.id
            ));
        }
        facts.extend(over(line));
    }
    if facts.is_empty() {
        facts.push(format!(
            "No plan line covers {scope} on those days, so nothing is blocked; add one with `respend budget add`."
        ));
    }
    output::done(&context.everywhere, title, facts)
}

/// Computes everything the ledger speaks of; `None` where it speaks of nothing.
fn statement(context: &Context, ledger: &Ledger) -> Result<Option<Statement>, Failure> {
    Ok(ledger.extent().map(|period| Statement::of(ledger, period, context.as_of(period), None)).transpose()?)
}

/// Says what a line's redirections take beyond what is blocked and free.
fn over(line: &LineStatement) -> Option<String> {
    let over = line.figures.get(Figure::OverRedirected);
    let what = format!(
        "Redirections of plan line {} now take {} more than is blocked and free; nothing is cancelled by itself.",
        line.line.id,
        over.spelled()
    );
    (!over.is_zero()).then_some(what)
}
