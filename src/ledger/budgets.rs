//! `budgets.csv`: plan lines and the entries that make their amounts.

use std::collections::BTreeMap;

use super::rows::{self, Columns, Row};
use super::words::words;
use super::{Place, Problem, limits};
use crate::calendar::{Day, FiscalYear, Instant, Period};
use crate::money::{Currency, Money, Totals};
use crate::scope::{Id, Platform, Scope};

/// The file's name.
pub(super) const FILE: &str = "budgets.csv";

pub(super) const COLUMNS: Columns = Columns {
    all: &[
        "line",
        "entry",
        "period",
        "platform",
        "account",
        "campaign",
        "currency",
        "amount",
        "effective",
        "recorded",
        "by",
        "basis",
        "reference",
        "note",
    ],
    needed: &["line", "entry", "period", "platform", "currency", "amount", "basis"],
};

/// A scope, a period and a currency, with the entries that make its amount.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its id.
    pub id: Id,
    /// What spend it covers.
    pub scope: Scope,
    /// The days it covers.
    pub period: Period,
    /// The currency of all its entries.
    pub currency: Currency,
    /// Its entries, in the order they take effect.
    pub entries: Vec<Entry>,
    /// The user's own columns, of the first entry that fills any; that which opens the line comes first.
    pub own: BTreeMap<String, String>,
    /// Where its first row stands.
    pub place: Place,
}

/// One change of a plan line's amount.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// By how much it changes the amount.
    pub amount: Money,
    /// The day from which it counts; the line's first day where the file says nothing.
    pub effective: Day,
    /// When it was recorded; `None`: known from the start.
    pub recorded: Option<Instant>,
    /// Who recorded it.
    pub by: Option<String>,
    /// What the amount rests on.
    pub basis: Basis,
    /// Ties the two halves of a transfer or a carry-forward; the redirection of a `redirect-in`.
    pub reference: Option<String>,
    /// The user's words.
    pub note: Option<String>,
    /// The user's own columns.
    pub own: BTreeMap<String, String>,
    /// Where it stands.
    pub place: Place,
}

/// What a budget entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EntryKind {
    /// Opens the line.
    Original,
    /// Raises or lowers it.
    Amendment,
    /// Gives to another line.
    TransferOut,
    /// Takes from another line.
    TransferIn,
    /// Brings an amount over from an ended line, or takes it off that line's free.
    CarryForward,
    /// Received from a redirection of blocked money; never part of the plan.
    RedirectIn,
}

/// What the amount of a budget entry rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Somebody set it.
    Given,
    /// What was spent the year before.
    PriorYearActual,
    /// What was spent a day, carried on.
    RunRate,
    /// An estimate.
    Forecast,
}

words!(
    EntryKind,
    "kind of entry",
    Original = "original",
    Amendment = "amendment",
    TransferOut = "transfer-out",
    TransferIn = "transfer-in",
    CarryForward = "carry-forward",
    RedirectIn = "redirect-in"
);
words!(
    Basis,
    "basis",
    Given = "given",
    PriorYearActual = "prior-year-actual",
    RunRate = "run-rate",
    Forecast = "forecast"
);

impl Entry {
    /// Returns whether the entry lowers an ended line's free instead of changing a plan.
    pub fn is_carried_out(&self) -> bool {
        self.kind == EntryKind::CarryForward && self.amount.is_negative()
    }

    /// Returns whether the entry is part of the plan.
    pub fn is_planned(&self) -> bool {
        self.kind != EntryKind::RedirectIn && !self.is_carried_out()
    }
}

/// A row as it stands, before its line is known.
struct Raw {
    kind: EntryKind,
    amount: String,
    amount_place: Place,
    effective: Option<Day>,
    effective_place: Place,
    recorded: Option<Instant>,
    by: Option<String>,
    basis: Basis,
    reference: Option<String>,
    note: Option<String>,
    period: Option<Period>,
    scope: Option<Scope>,
    currency: Option<Currency>,
    own: BTreeMap<String, String>,
    place: Place,
}

/// Reads the file's lines, by id; what is wrong is added to `problems`.
pub(super) fn read(bytes: &[u8], fiscal: &FiscalYear, problems: &mut Vec<Problem>) -> Vec<Line> {
    let mut raw_lines: BTreeMap<Id, Vec<Raw>> = BTreeMap::new();
    rows::read(FILE, bytes, &COLUMNS, problems, |row, problems| {
        let before = problems.len();
        let id: Option<Id> = row.need("line", problems);
        let raw = raw(row, fiscal, problems);
        if let (Some(id), Some(raw), true) = (id, raw, problems.len() == before) {
            raw_lines.entry(id).or_default().push(raw);
        }
    });
    let lines: Vec<Line> = raw_lines.into_iter().filter_map(|(id, raw)| line(id, raw, problems)).collect();
    references(&lines, problems);
    lines
}

fn raw(row: &Row<'_>, fiscal: &FiscalYear, problems: &mut Vec<Problem>) -> Option<Raw> {
    let kind: Option<EntryKind> = row.need("entry", problems);
    let period = row.parse_with("period", problems, |text| Period::parse(text, fiscal));
    let platform = row.parse("platform", problems);
    let (account, campaign) = (row.optional("account"), row.optional("campaign"));
    if platform.is_none() && row.text("platform").is_empty() && (account.is_some() || campaign.is_some()) {
        problems.push(row.wrong("platform", "an account or campaign without its platform", "name the platform"));
    }
    let currency = row.parse("currency", problems);
    row.filled("amount", problems);
    let effective = row.parse("effective", problems);
    let recorded = row.parse("recorded", problems);
    let basis: Option<Basis> = match kind {
        Some(EntryKind::Original | EntryKind::Amendment) => row.need("basis", problems),
        _ => Some(row.parse("basis", problems).unwrap_or(Basis::Given)),
    };
    Some(Raw {
        kind: kind?,
        amount: row.text("amount").to_owned(),
        amount_place: row.place("amount"),
        effective,
        effective_place: row.place("effective"),
        recorded,
        by: row.optional("by"),
        basis: basis?,
        reference: row.optional("reference"),
        note: row.optional("note"),
        period,
        scope: platform.map(|platform| Scope { platform, account, campaign }),
        currency,
        own: row.own(),
        place: row.place_of_row(),
    })
}

/// Makes one line of its rows, in whatever order they stand.
fn line(id: Id, raws: Vec<Raw>, problems: &mut Vec<Problem>) -> Option<Line> {
    let before = problems.len();
    let first = raws.first()?.place.clone();
    let mut wrong = |place: &Place, what: String, mend: &str| {
        problems.push(Problem { place: place.clone(), what, mend: mend.to_owned() });
    };
    for raw in raws.iter().filter(|raw| raw.kind == EntryKind::Original).skip(1) {
        wrong(
            &raw.place,
            format!("line `{id}` has a second original entry"),
            "enter a change as an amendment, or give the new plan a line id of its own",
        );
    }
    let mut agree = |what: &str, values: Vec<(&Place, String)>| {
        for (place, value) in values.iter().skip(1).filter(|(_, value)| *value != values[0].1) {
            wrong(
                place,
                format!("line `{id}` has the {what} {value} here and {} at {}", values[0].1, values[0].0),
                "entries after the first leave it blank or repeat it",
            );
        }
        if values.is_empty() {
            wrong(&first, format!("line `{id}` has no {what}"), "its first entry gives it");
        }
    };
    agree("period", raws.iter().filter_map(|raw| Some((&raw.place, raw.period?.to_string()))).collect());
    agree("scope", raws.iter().filter_map(|raw| Some((&raw.place, raw.scope.as_ref()?.to_string()))).collect());
    agree("currency", raws.iter().filter_map(|raw| Some((&raw.place, raw.currency?.to_string()))).collect());
    let period = raws.iter().find_map(|raw| raw.period)?;
    let scope = raws.iter().find_map(|raw| raw.scope.clone())?;
    let currency = raws.iter().find_map(|raw| raw.currency)?;
    let mut entries = Vec::new();
    for raw in &raws {
        match Money::parse(&raw.amount, currency) {
            Err(error) => wrong(&raw.amount_place, format!("amount: {error}"), ""),
            Ok(amount) => entries.push(Entry {
                kind: raw.kind,
                amount,
                effective: raw.effective.unwrap_or(period.start()),
                recorded: raw.recorded,
                by: raw.by.clone(),
                basis: raw.basis,
                reference: raw.reference.clone(),
                note: raw.note.clone(),
                own: raw.own.clone(),
                place: raw.place.clone(),
            }),
        }
    }
    for (entry, raw) in entries.iter().zip(&raws) {
        let sign_is_wrong = match entry.kind {
            EntryKind::TransferOut => !entry.amount.is_negative(),
            EntryKind::TransferIn | EntryKind::RedirectIn => entry.amount.is_negative(),
            _ => false,
        };
        if sign_is_wrong {
            wrong(
                &raw.amount_place,
                format!("amount: {} is the wrong way round for a {}", entry.amount, entry.kind),
                "what goes out is negative, what comes in is positive",
            );
        }
        if entry.is_carried_out() && entry.effective < period.end() {
            wrong(
                &raw.effective_place,
                format!("effective: what line `{id}` carries forward leaves it after its last day, {}", period.last()),
                "date it after that day",
            );
        } else if !entry.is_carried_out() && entry.effective >= period.end() {
            wrong(
                &raw.effective_place,
                format!("effective: {} is after the last day of line `{id}`, {}", entry.effective, period.last()),
                "date it inside the line's period, or enter it on a line of the next period",
            );
        }
    }
    in_order(&mut entries);
    let own = own(&entries);
    (problems.len() == before).then_some(Line { id, scope, period, currency, entries, own, place: first })
}

/// Puts entries into the order in which they take effect.
pub(super) fn in_order(entries: &mut [Entry]) {
    let order =
        |entry: &Entry| (entry.effective, entry.recorded, entry.kind, entry.amount.minor(), entry.reference.clone());
    entries.sort_by_cached_key(order);
}

/// The user's own columns of a line with these entries.
pub(super) fn own(entries: &[Entry]) -> BTreeMap<String, String> {
    let filled = entries.iter().filter(|entry| entry.own.values().any(|value| !value.is_empty()));
    let first = filled.min_by_key(|entry| (entry.kind, entry.effective, entry.recorded, entry.amount.minor()));
    first.map(|entry| entry.own.clone()).unwrap_or_default()
}

/// The halves of a transfer, and of a carry-forward, share a reference, are recorded together, stand on two lines and
/// sum to zero.
fn references(lines: &[Line], problems: &mut Vec<Problem>) {
    let mut groups: BTreeMap<(bool, &str), Vec<(&Line, &Entry)>> = BTreeMap::new();
    for (line, entry) in lines.iter().flat_map(|line| line.entries.iter().map(move |entry| (line, entry))) {
        let carried = entry.kind == EntryKind::CarryForward;
        if !carried && !matches!(entry.kind, EntryKind::TransferOut | EntryKind::TransferIn) {
            continue;
        }
        match &entry.reference {
            Some(reference) => groups.entry((carried, reference)).or_default().push((line, entry)),
            None => problems.push(Problem {
                place: entry.place.clone(),
                what: format!("a {} without a reference", entry.kind),
                mend: "give both its halves the same reference".into(),
            }),
        }
    }
    for ((carried, reference), mut halves) in groups {
        halves.sort_by_key(|(_, entry)| &entry.place);
        let what = if carried { "carry-forward" } else { "transfer" };
        let mut wrong = |what: String, mend: &str| {
            problems.push(Problem { place: halves[0].1.place.clone(), what, mend: mend.to_owned() });
        };
        let mut sums = Totals::default();
        let fits = halves.iter().all(|(_, entry)| sums.add(entry.amount.into()).is_ok());
        if !fits || sums.iter().any(|sum| !sum.is_zero()) {
            let left: Vec<String> = sums.iter().map(|sum| format!("{sum} {}", sum.currency())).collect();
            wrong(
                format!("the {what} `{reference}` does not sum to zero but to {}", left.join(" and ")),
                "enter both halves, in one currency, with the same reference",
            );
        } else if halves.iter().all(|(line, _)| line.id == halves[0].0.id) {
            wrong(
                format!("the {what} `{reference}` stays on line `{}`", halves[0].0.id),
                "enter its halves on two lines",
            );
        } else if halves.iter().any(|(_, entry)| entry.recorded != halves[0].1.recorded) {
            wrong(
                format!("the halves of the {what} `{reference}` are recorded at different moments"),
                "give both the same `recorded`",
            );
        }
    }
}

/// Returns the line of an id; `lines` stand in the order of their ids.
pub(super) fn find<'l>(lines: &'l [Line], id: &Id) -> Option<&'l Line> {
    lines.get(lines.binary_search_by(|line| line.id.cmp(id)).ok()?)
}

/// Returns the line of an id, to be changed.
pub(super) fn find_mut<'l>(lines: &'l mut [Line], id: &Id) -> Option<&'l mut Line> {
    lines.get_mut(lines.binary_search_by(|line| line.id.cmp(id)).ok()?)
}

/// Two lines never speak of the same spend on the same day: it would count twice. Asked once the accounts of their
/// scopes have one spelling each.
pub(super) fn overlaps(lines: &[Line], problems: &mut Vec<Problem>) {
    let most = problems.len().saturating_add(limits::PROBLEMS);
    let mut known: BTreeMap<(&Platform, [Named<'_>; 2]), Vec<&Line>> = BTreeMap::new();
    for line in lines {
        let Scope { platform, account, campaign } = &line.scope;
        for account in Named::asked_by(account) {
            for campaign in Named::asked_by(campaign) {
                for other in known.get(&(platform, [account, campaign])).into_iter().flatten() {
                    problems.extend(overlap(other, line));
                    if problems.len() >= most {
                        return;
                    }
                }
            }
        }
        for account in Named::known_as(account) {
            for campaign in Named::known_as(campaign) {
                known.entry((platform, [account, campaign])).or_default().push(line);
            }
        }
    }
}

/// What the account or the campaign of a scope is looked up by, so that not every line is held against every other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Named<'a> {
    /// It names none, and means all.
    All,
    /// It names one, whichever.
    One,
    /// It names this one.
    This(&'a str),
}

impl<'a> Named<'a> {
    fn known_as(name: &'a Option<String>) -> Vec<Named<'a>> {
        name.as_deref().map_or(vec![Named::All], |name| vec![Named::One, Named::This(name)])
    }

    fn asked_by(name: &'a Option<String>) -> [Named<'a>; 2] {
        [Named::All, name.as_deref().map_or(Named::One, Named::This)]
    }
}

fn overlap(one: &Line, other: &Line) -> Option<Problem> {
    let days = one.period.overlap(other.period)?;
    let (earlier, later) = if one.place <= other.place { (one, other) } else { (other, one) };
    Some(Problem {
        place: later.place.clone(),
        what: format!(
            "line `{}` ({}) overlaps line `{}` ({}, {}) on {days}; their spend would count twice",
            later.id, later.scope, earlier.id, earlier.scope, earlier.place
        ),
        mend: "split the wider line so that no spend is on both".into(),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(at: usize, (scope, first, days): (usize, u32, u32)) -> Line {
        let name = |at: usize| ["", "a", "b"].get(at).filter(|name| !name.is_empty()).map(|name| (*name).to_owned());
        let platform = ["x", "google"][scope % 2].parse().unwrap();
        let start = "2018-01-01".parse::<Day>().unwrap().plus_days(first);
        Line {
            id: format!("l{at:03}").parse().unwrap(),
            scope: Scope { platform, account: name(scope / 2 % 3), campaign: name(scope / 6) },
            period: Period::new(start, start.plus_days(days)).unwrap(),
            currency: "USD".parse().unwrap(),
            entries: Vec::new(),
            own: BTreeMap::new(),
            place: Place { line: 100 - at as u64, ..Place::top_of(FILE) },
        }
    }

    proptest! {
        /// As many as when every line is held against every other.
        #[test]
        fn every_overlap_is_found_once(lines in prop::collection::vec((0..18_usize, 0..20_u32, 1..5_u32), 0..20)) {
            let lines: Vec<Line> = lines.into_iter().enumerate().map(|(at, told)| line(at, told)).collect();
            let pairs = lines.iter().enumerate().flat_map(|(at, line)| lines[..at].iter().map(move |other| (line, other)));
            let overlapping = pairs.filter(|(line, other)| {
                line.scope.overlaps(&other.scope) && line.period.overlap(other.period).is_some()
            });
            let mut expected: Vec<Problem> = overlapping.filter_map(|(line, other)| overlap(line, other)).collect();
            let mut problems = Vec::new();
            overlaps(&lines, &mut problems);
            expected.sort();
            problems.sort();
            prop_assert_eq!(problems, expected);
        }
    }
}
