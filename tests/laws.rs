//! What holds of every ledger, shown on random ones and by reckoning anew, day by day.
#![allow(clippy::unwrap_used)]

mod common;
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use common::{Books, Spend, day, figure};
use proptest::prelude::*;
use python::{has_python, python};
use respend::check::{Severity, closed};
use respend::close::{self, Closing};
use respend::ledger::{Change as Writing, Ledger};
use respend::report::Yearly;
use respend::statement::{Figure, Figures, LineStatement, Statement};
use respend::trace::{Of, Part, Question, Trace, What};
use respend::verify::{Saved, verify};
use respend::{Cost, Day, Instant, Money, Period, Scope};

/// Scopes that lines and restrictions have; many overlap.
const SCOPES: [&str; 10] = ["x", "x/a", "x/b", "x/*/c", "x/a/c", "x/b/d", "google", "google/a", "meta", "x/a/d"];
/// Those of them that are whole platforms.
const WHOLE: [usize; 3] = [0, 6, 8];
const PLATFORMS: [&str; 3] = ["x", "google", "meta"];
const ACCOUNTS: [&str; 2] = ["a", "b"];
const CAMPAIGNS: [&str; 3] = ["c", "d", "e"];
/// Currencies with their decimals; most lines and most spend are in the first.
const CURRENCIES: [(&str, usize); 5] = [("USD", 2), ("USD", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)];
const DESTINATIONS: [(&str, &str); 3] = [("aid", "donation"), ("google", "platform"), ("buffer", "reserve")];

/// Days are counted from 2018-01-01; everything lies in the three years from then.
type At = u32;
const END: At = 365 + 365 + 366;

/// Restrictions in order of precedence, each with the percent that it and those before it block.
type Causes = Vec<(String, i128)>;

/// A ledger as plain values.
#[derive(Clone, Debug)]
struct Model {
    lines: Vec<Line>,
    /// From one line to another, on which day, how much, recorded when.
    transfers: Vec<(usize, usize, At, i128, At)>,
    restrictions: Vec<Restriction>,
    imports: Vec<Import>,
    orders: Vec<Order>,
    redirections: Vec<Redirection>,
}

#[derive(Clone, Debug)]
struct Line {
    scope: usize,
    start: At,
    days: u32,
    currency: usize,
    amount: i128,
    changes: Vec<Change>,
}

/// An amendment, or one half of a transfer.
#[derive(Clone, Debug)]
struct Change {
    /// On which day of the line.
    offset: u32,
    by: i128,
    recorded: At,
    transfer: Option<usize>,
}

#[derive(Clone, Debug)]
struct Restriction {
    is_hold: bool,
    scope: usize,
    from: At,
    days: Option<u32>,
    /// Percent; `None` stops all of its scope.
    share: Option<u32>,
    recorded: At,
    /// A later row with another end.
    lifted: Option<(u32, At)>,
}

#[derive(Clone, Debug)]
struct Import {
    first: At,
    days: u32,
    is_complete: bool,
    recorded: At,
    rows: Vec<Row>,
}

#[derive(Clone, Debug)]
struct Row {
    platform: usize,
    account: usize,
    campaign: usize,
    /// Which of the import's days.
    offset: u32,
    currency: usize,
    minor: i128,
    /// Billionths below the minor unit, cut to what the currency leaves.
    below: i128,
}

#[derive(Clone, Debug)]
struct Order {
    line: usize,
    at: At,
    amount: i128,
    recorded: At,
}

#[derive(Clone, Debug)]
struct Redirection {
    line: usize,
    to: usize,
    at: At,
    /// Days between its events.
    gap: u32,
    proposed: i128,
    approved: i128,
    pledged: i128,
    paid: i128,
    refunded: i128,
    /// How far it goes: proposed, approved, pledged (or moved), paid in part, in full, acknowledged, refunded, cancelled.
    stage: u32,
}

fn restriction(whole: bool) -> impl Strategy<Value = Restriction> {
    let share = if whole { Just(None).boxed() } else { prop::option::weighted(0.8, 1..=100_u32).boxed() };
    let scope = if whole { prop::sample::select(WHOLE.to_vec()).boxed() } else { (0..SCOPES.len()).boxed() };
    let lifted = prop::option::of((1..500_u32, 0..END));
    (any::<bool>(), scope, 0..700_u32, prop::option::of(1..400_u32), share, 0..END, lifted).prop_map(
        |(is_hold, scope, from, days, share, recorded, lifted)| {
            let lifted = lifted.map(|(days, later)| (days, recorded + 1 + later));
            Restriction { is_hold, scope, from, days, share, recorded, lifted }
        },
    )
}

fn line() -> impl Strategy<Value = Line> {
    let changes = prop::collection::vec((0..500_u32, -20_000..60_000_i128, 0..END), 0..4);
    (0..SCOPES.len(), 0..500_u32, 1..500_u32, 0..CURRENCIES.len(), 0..100_000_i128, changes).prop_map(
        |(scope, start, days, currency, amount, changes)| {
            let change = |(offset, by, recorded)| Change { offset: offset % days, by, recorded, transfer: None };
            Line { scope, start, days, currency, amount, changes: changes.into_iter().map(change).collect() }
        },
    )
}

fn import() -> impl Strategy<Value = Import> {
    let row =
        (0..3_usize, 0..2_usize, 0..3_usize, 0..900_u32, 0..CURRENCIES.len(), -500..9_000_i128, 0..10_000_000_i128);
    let row = row.prop_map(|(platform, account, campaign, offset, currency, minor, below)| Row {
        platform,
        account,
        campaign,
        offset,
        currency,
        minor,
        below,
    });
    (0..300_u32, 1..700_u32, any::<bool>(), 0..END, prop::collection::vec(row, 0..30)).prop_map(
        |(first, days, is_complete, recorded, mut rows)| {
            rows.iter_mut().for_each(|row| row.offset %= days);
            Import { first, days, is_complete, recorded, rows }
        },
    )
}

fn redirection() -> impl Strategy<Value = Redirection> {
    let amounts = (1..60_000_i128, 0..=100_i128, 0..=100_i128, 1..100_i128, 1..=100_i128);
    (0..8_usize, 0..3_usize, 0..700_u32, 0..40_u32, amounts, 0..8_u32).prop_map(
        |(line, to, at, gap, amounts, stage)| {
            let (proposed, approved, pledged, paid, refunded) = amounts;
            let approved = proposed * approved / 100;
            let pledged = approved * pledged / 100;
            let paid = pledged * paid / 100;
            let refunded = paid * refunded / 100;
            // What is nothing is not paid.
            let last = if paid == 0 || paid == pledged { 2 } else { 6 };
            let stage = if stage == 7 || refunded > 0 { stage.min(7) } else { stage.min(5) };
            let stage = if stage == 7 { 7 } else { stage.min(last) };
            Redirection { line, to, at, gap, proposed, approved, pledged, paid, refunded, stage }
        },
    )
}

fn model_with(restriction: impl Strategy<Value = Restriction>) -> impl Strategy<Value = Model> {
    (
        prop::collection::vec(line(), 1..6),
        prop::collection::vec((0..8_usize, 0..8_usize, 0..900_u32, 1..30_000_i128, 0..END), 0..3),
        prop::collection::vec(restriction, 0..6),
        prop::collection::vec(import(), 0..4),
        prop::collection::vec((0..8_usize, 0..900_u32, 0..20_000_i128, 0..END), 0..4),
        prop::collection::vec(redirection(), 0..5),
    )
        .prop_map(|(lines, transfers, restrictions, imports, orders, redirections)| {
            let orders = orders.into_iter().map(|(line, at, amount, recorded)| Order { line, at, amount, recorded });
            let orders = orders.collect();
            Model { lines, transfers, restrictions, imports, orders, redirections }.made_legal()
        })
}

fn model() -> impl Strategy<Value = Model> {
    model_with(restriction(false))
}

fn scope(at: usize) -> Scope {
    let mut parts = SCOPES[at].split('/').map(|part| Some(part.to_owned()).filter(|part| part != "*"));
    Scope {
        platform: parts.next().flatten().unwrap().parse().unwrap(),
        account: parts.next().flatten(),
        campaign: parts.next().flatten(),
    }
}

fn at(days: At) -> Day {
    day("2018-01-01").plus_days(days)
}

fn period(start: At, days: u32) -> Period {
    Period::new(at(start), at(start + days)).unwrap()
}

/// Everything.
fn all_days() -> Period {
    period(0, END)
}

/// ⌊n/d + ½⌋
fn nearest(n: i128, d: i128) -> i128 {
    (2 * n + d).div_euclid(2 * d)
}

/// An amount of minor units as text.
fn amount(minor: i128, currency: usize) -> String {
    let money = Money::from_minor(minor, CURRENCIES[currency].0.parse().unwrap()).unwrap();
    format!("{money} {}", money.currency())
}

impl Line {
    /// What is planned before each day of the line, and before the day after its last; `None` where some change takes
    /// away more than is left.
    fn cumulative(&self) -> Option<Vec<i128>> {
        let days = self.days as usize;
        let (mut planned, mut total) = (vec![0; days + 1], 0);
        for from in 0..days {
            let changes: Vec<i128> =
                self.changes.iter().filter(|change| change.offset as usize == from).map(|change| change.by).collect();
            if from > 0 && changes.is_empty() {
                continue;
            }
            total += changes.iter().sum::<i128>() + if from == 0 { self.amount } else { 0 };
            let before = planned[from];
            if total < before {
                return None;
            }
            for (day, planned) in planned.iter_mut().enumerate().skip(from) {
                *planned = before + nearest((total - before) * (day - from) as i128, (days - from) as i128);
            }
        }
        Some(planned)
    }

    fn contains(&self, at: At) -> bool {
        self.start <= at && at < self.start + self.days
    }
}

impl Restriction {
    /// As it stands in the end.
    fn in_force(&self, at: At) -> bool {
        let days = self.lifted.map_or(self.days, |(days, _)| Some(days));
        self.from <= at && days.is_none_or(|days| at < self.from + days)
    }

    fn percent(&self) -> i128 {
        i128::from(self.share.unwrap_or(100))
    }
}

impl Model {
    /// Leaves out what no ledger may hold: lines that overlap earlier ones, changes that take too much away, missing
    /// shares.
    fn made_legal(mut self) -> Model {
        let mut lines: Vec<Line> = Vec::new();
        for mut line in self.lines {
            let meets = |other: &Line| {
                scope(line.scope).overlaps(&scope(other.scope))
                    && line.start < other.start + other.days
                    && other.start < line.start + line.days
            };
            if lines.iter().any(meets) {
                continue;
            }
            for change in std::mem::take(&mut line.changes) {
                line.changes.push(change);
                if line.cumulative().is_none() {
                    line.changes.pop();
                }
            }
            lines.push(line);
        }
        for (id, (from, to, on, amount, recorded)) in self.transfers.iter().enumerate() {
            let (from, to) = (from % lines.len(), to % lines.len());
            let mut both = [lines[from].clone(), lines[to].clone()];
            let fits = from != to
                && CURRENCIES[both[0].currency] == CURRENCIES[both[1].currency]
                && both.iter().all(|line| line.contains(*on));
            if fits {
                for (line, by) in both.iter_mut().zip([-amount, *amount]) {
                    let offset = on - line.start;
                    line.changes.push(Change { offset, by, recorded: *recorded, transfer: Some(id) });
                }
                if both.iter().all(|line| line.cumulative().is_some()) {
                    let [giver, taker] = both;
                    (lines[from], lines[to]) = (giver, taker);
                }
            }
        }
        for restriction in &mut self.restrictions {
            let stops = scope(restriction.scope);
            let is_narrow = |line: &Line| stops.overlaps(&scope(line.scope)) && !stops.covers(&scope(line.scope));
            if restriction.share.is_none() && lines.iter().any(is_narrow) {
                restriction.share = Some(37);
            }
        }
        let count = lines.len();
        for order in &mut self.orders {
            order.line %= count;
            let line = &lines[order.line];
            order.at = line.start + order.at % line.days;
        }
        self.redirections.iter_mut().for_each(|one| one.line %= count);
        self.lines = lines;
        self
    }

    /// The ledger's files, with the rows recorded up to a day.
    fn books(&self, known: At) -> Books {
        let mut books = DESTINATIONS.iter().fold(Books::new(), |books, (id, kind)| books.destination(id, kind));
        for (id, line) in self.lines.iter().enumerate() {
            let days = period(line.start, line.days).to_string();
            books = books.plan(&format!("l{id}"), SCOPES[line.scope], &days, &amount(line.amount, line.currency));
            for change in line.changes.iter().filter(|change| change.recorded <= known) {
                let by = amount(change.by, line.currency);
                let entry = match change.transfer {
                    None => "amendment",
                    Some(_) if change.by < 0 => "transfer-out",
                    Some(_) => "transfer-in",
                };
                books = books.budget(&format!(
                    "line=l{id} entry={entry} amount={} effective={} basis=given recorded={} reference={}",
                    by.split(' ').next().unwrap(),
                    at(line.start + change.offset),
                    at(change.recorded),
                    change.transfer.map(|id| format!("t{id}")).unwrap_or_default()
                ));
            }
        }
        for (id, one) in self.restrictions.iter().enumerate() {
            let first = (one.days, one.recorded);
            let later = one.lifted.map(|(days, recorded)| (Some(days), recorded));
            for (days, recorded) in std::iter::once(first).chain(later).filter(|(_, recorded)| *recorded <= known) {
                books = books.restriction(&format!(
                    "id=r{id} kind={} scope={} from={} until={} share={} recorded={}",
                    if one.is_hold { "hold" } else { "ban" },
                    SCOPES[one.scope],
                    at(one.from),
                    days.map(|days| at(one.from + days).to_string()).unwrap_or_default(),
                    one.share.map(|share| format!("{share}%")).unwrap_or_default(),
                    at(recorded)
                ));
            }
        }
        for (id, order) in self.orders.iter().enumerate().filter(|(_, order)| order.recorded <= known) {
            let text = amount(order.amount, self.lines[order.line].currency);
            books = books.encumbrance(&format!(
                "line=l{} reference=o{id} date={} amount={} recorded={}",
                order.line,
                at(order.at),
                text.split(' ').next().unwrap(),
                at(order.recorded)
            ));
        }
        // What a platform takes over is received by a line other than the one it leaves, where there is one.
        let approved = |one: &Redirection| one.events().get(1).map(|(_, on, _)| *on).filter(|on| *on <= known);
        for (id, one) in self.redirections.iter().enumerate().filter(|(_, one)| one.to == 1) {
            let Some(recorded) = approved(one).map(at) else { continue };
            let to = (one.line + 1) % self.lines.len();
            let text = amount(one.approved, self.lines[to].currency);
            let received = text.split(' ').next().unwrap();
            books = books
                .budget(&format!("line=l{to} entry=redirect-in amount={received} reference=d{id} recorded={recorded}"));
        }
        for (id, one) in self.redirections.iter().enumerate() {
            for (event, on, minor) in one.events().into_iter().filter(|(_, on, _)| *on <= known) {
                let text = amount(minor.unwrap_or(0), self.lines[one.line].currency);
                let (kind, reference) = event.split_once(' ').unwrap_or((event, ""));
                books = books.event(&format!(
                    "id=d{id} event={kind} date={} recorded={} line=l{} destination={} by={} reference={reference} amount={}",
                    at(on),
                    at(on),
                    one.line,
                    DESTINATIONS[one.to].0,
                    if kind == "proposed" { "ann" } else { "bob" },
                    minor.and(text.split(' ').next()).unwrap_or("")
                ));
            }
        }
        self.imports
            .iter()
            .filter(|import| import.recorded <= known)
            .fold(books, |books, import| books.spend(import.spend()))
    }

    fn statement(&self, period: Period, as_of: At) -> Statement {
        let shelf = self.books(END * 3).open().unwrap();
        shelf.statement(period, at(as_of), None).unwrap()
    }

    /// Exact billionths of what is charged up to a day: of each campaign's day what the newest import says.
    fn costs(&self, as_of: At) -> BTreeMap<(At, usize, usize, usize, usize), i128> {
        let mut newest_first: Vec<(usize, &Import)> = self.imports.iter().enumerate().collect();
        // Of one moment the later id, which begins with the last day covered.
        newest_first.sort_by_key(|(at, import)| std::cmp::Reverse((import.recorded, import.first + import.days, *at)));
        let mut costs = BTreeMap::new();
        let mut taken: BTreeSet<(At, usize, usize, usize)> = BTreeSet::new();
        let mut closed: Vec<(&Import, BTreeSet<(usize, usize)>)> = Vec::new();
        for (_, import) in newest_first {
            let mut seen = BTreeSet::new();
            for (key, nanos) in import.rollup() {
                let (on, platform, account, campaign, _) = key;
                let is_closed = closed.iter().any(|(newer, accounts)| {
                    newer.first <= on && on < newer.first + newer.days && accounts.contains(&(platform, account))
                });
                if on > as_of || is_closed || taken.contains(&(on, platform, account, campaign)) {
                    continue;
                }
                seen.insert((on, platform, account, campaign));
                costs.insert(key, nanos);
            }
            taken.append(&mut seen);
            if import.is_complete {
                closed.push((import, import.rows.iter().map(|row| (row.platform, row.account)).collect()));
            }
        }
        costs
    }

    /// The causes of a line's day in order of precedence, each with the percent that it and those before it block, by
    /// trying every set of restrictions.
    fn causes(&self, line: &Line, on: At) -> Causes {
        let of_line = scope(line.scope);
        let inside = |restriction: &Restriction| {
            let stops = scope(restriction.scope);
            let account = of_line.account.clone().or(stops.account);
            Scope { account, campaign: of_line.campaign.clone().or(stops.campaign), ..of_line.clone() }
        };
        let mut in_force: Vec<(bool, At, String, &Restriction)> = self
            .restrictions
            .iter()
            .enumerate()
            .filter(|(_, one)| one.in_force(on) && scope(one.scope).overlaps(&of_line))
            .map(|(id, one)| (one.is_hold, one.from, format!("r{id}"), one))
            .collect();
        in_force.sort_by_key(|(is_hold, from, id, _)| (*is_hold, *from, id.clone()));
        let mut causes: Causes = Vec::new();
        for count in 1..=in_force.len() {
            let first: Vec<&Restriction> = in_force[..count].iter().map(|(.., one)| *one).collect();
            let best = (0..1_u32 << count)
                .map(|set| (0..count).filter(|at| set >> at & 1 == 1).map(|at| first[at]).collect::<Vec<_>>())
                .filter(|set| {
                    set.iter().enumerate().all(|(at, a)| set[..at].iter().all(|b| !inside(a).overlaps(&inside(b))))
                })
                .map(|set| set.iter().map(|one| one.percent()).sum::<i128>().min(100))
                .max()
                .unwrap_or(0);
            if best > causes.last().map_or(0, |(_, up_to)| *up_to) {
                causes.push((in_force[count - 1].2.clone(), best));
            }
        }
        causes
    }

    /// What each restriction blocks of a line's plan on the days from `start` up to `end`, in minor units.
    fn blocked(&self, line: &Line, start: At, end: At) -> BTreeMap<String, i128> {
        let planned = line.cumulative().unwrap();
        let mut parts: BTreeMap<String, i128> = BTreeMap::new();
        let mut runs: Vec<(At, At, Causes)> = Vec::new();
        for on in line.start..line.start + line.days {
            let causes = self.causes(line, on);
            match runs.last_mut() {
                Some((_, last, before)) if *before == causes => *last = on + 1,
                _ => runs.push((on, on + 1, causes)),
            }
        }
        for (first, last, causes) in runs {
            let (from, to) = (first.max(start), last.min(end));
            if from >= to {
                continue;
            }
            let up_to = |on: At, percent: i128| {
                nearest(percent * (planned[(on - line.start) as usize] - planned[(first - line.start) as usize]), 100)
            };
            let mut before = 0;
            for (id, percent) in causes {
                let together = up_to(to, percent) - up_to(from, percent);
                *parts.entry(id).or_default() += together - before;
                before = together;
            }
        }
        parts
    }
}

impl Import {
    fn rollup(&self) -> BTreeMap<(At, usize, usize, usize, usize), i128> {
        let mut sums = BTreeMap::new();
        for row in &self.rows {
            // The first three are one currency.
            let currency = row.currency.max(2);
            let step = 10_i128.pow(9 - CURRENCIES[currency].1 as u32);
            let key = (self.first + row.offset, row.platform, row.account, row.campaign, currency);
            *sums.entry(key).or_insert(0) += row.minor * step + row.below % step;
        }
        sums
    }

    fn spend(&self) -> Spend {
        let spend = Spend::of(&period(self.first, self.days).to_string()).recorded(&at(self.recorded).to_string());
        let spend = if self.is_complete { spend.complete() } else { spend };
        self.rollup().into_iter().fold(spend, |spend, ((on, platform, account, campaign, currency), nanos)| {
            let path = format!("{}/{}/{}", PLATFORMS[platform], ACCOUNTS[account], CAMPAIGNS[campaign]);
            let sign = if nanos < 0 { "-" } else { "" };
            let size = nanos.abs();
            let text =
                format!("{sign}{}.{:09} {}", size / 10_i128.pow(9), size % 10_i128.pow(9), CURRENCIES[currency].0);
            spend.row(&at(on).to_string(), &path, &text)
        })
    }
}

impl Redirection {
    /// What happens, on which day, with what amount.
    fn events(&self) -> Vec<(&'static str, At, Option<i128>)> {
        let is_donation = self.to == 0;
        let mut events = vec![("proposed", Some(self.proposed))];
        let steps: Vec<(&'static str, Option<i128>)> = match (is_donation, self.stage) {
            (false, 7) => vec![("approved", Some(self.approved)), ("cancelled", None)],
            (false, _) => vec![("approved", Some(self.approved)), ("moved", None)],
            (true, 7) if self.paid > 0 => vec![
                ("approved", Some(self.approved)),
                ("pledged", Some(self.pledged)),
                ("paid p1", Some(self.paid)),
                ("cancelled", None),
            ],
            (true, 7) => vec![("approved", Some(self.approved)), ("cancelled", None)],
            (true, _) => vec![
                ("approved", Some(self.approved)),
                ("pledged", Some(self.pledged)),
                ("paid p1", Some(self.paid)),
                ("paid p2", None),
                ("acknowledged p1", None),
                ("refunded p1", Some(self.refunded)),
            ],
        };
        events.extend(steps.into_iter().take(self.stage as usize));
        let dated = |(at, (event, amount)): (usize, (&'static str, Option<i128>))| {
            (event, self.at + self.gap * at as u32, amount)
        };
        events.into_iter().enumerate().map(dated).collect()
    }

    /// What counts against the blocked budget at a day.
    fn live(&self, as_of: At) -> i128 {
        let (mut live, mut paid) = (0, 0);
        for (event, on, amount) in self.events() {
            match event {
                _ if on > as_of => {}
                "approved" | "pledged" => live = amount.unwrap(),
                "paid p1" => paid = amount.unwrap(),
                "cancelled" => live = paid,
                _ => {}
            }
        }
        live
    }
}

fn flows() -> impl Iterator<Item = Figure> {
    Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM).filter(|figure| figure.is_flow())
}

/// The flows that add up, of any number of parts.
fn sum<'a>(parts: impl IntoIterator<Item = &'a Figures>) -> BTreeMap<&'static str, i128> {
    let mut sums: BTreeMap<&'static str, i128> = flows().map(|flow| (flow.key(), 0)).collect();
    for part in parts {
        flows().for_each(|flow| *sums.get_mut(flow.key()).unwrap() += part.get(flow).minor());
    }
    sums
}

fn number(line: &LineStatement) -> usize {
    line.line.id.as_str()[1..].parse().unwrap()
}

fn by_cause(parts: &BTreeMap<(respend::ledger::RestrictionKind, respend::Id), Money>) -> BTreeMap<String, i128> {
    parts.iter().map(|((_, id), part)| (id.to_string(), part.minor())).collect()
}

/// All a statement says but where it was read.
fn facts(statement: &Statement) -> String {
    let text = format!("{statement:?}");
    let mut parts = text.split("place: Place {");
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |text, part| text + part.split_once('}').unwrap().1)
}

/// The same rows in another order.
fn shuffled(rows: &[String], mut seed: u64) -> Vec<String> {
    let mut keyed: Vec<(u64, &String)> = Vec::new();
    for row in rows {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        keyed.push((seed >> 20, row));
    }
    keyed.sort();
    keyed.into_iter().map(|(_, row)| row.clone()).collect()
}

/// Finds where two texts part.
fn same(a: &str, b: &str) -> Result<(), TestCaseError> {
    let alike = a.bytes().zip(b.bytes()).take_while(|(a, b)| a == b).count();
    let from = alike.saturating_sub(200);
    let near = |text: &str| text.get(from..(alike + 200).min(text.len())).unwrap_or("").to_owned();
    prop_assert!(a == b, "\n…{}…\nand\n…{}…", near(a), near(b));
    Ok(())
}

fn cases(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Every figure and every restriction in a trace is the sum of its parts.
fn parts_add_up(part: &Part) -> Result<(), TestCaseError> {
    if !part.parts.is_empty() {
        prop_assert_eq!(part.amount.minor(), part.parts.iter().map(|below| below.adds().minor()).sum::<i128>());
    }
    part.parts.iter().try_for_each(parts_add_up)
}

/// How many figures of spend the parts speak of.
fn figures(part: &Part) -> u64 {
    let own = if let What::Spent { figures, .. } = part.what { figures } else { 0 };
    own + part.parts.iter().map(figures).sum::<u64>()
}

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn both_identities_hold_of_every_line_month_platform_and_total(model in model(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        for period in [period(start, days), all_days()] {
            let statement = model.statement(period, as_of);
            let lines = statement.lines.iter().map(|line| &line.figures);
            let months = statement.lines.iter().flat_map(|line| line.months.iter().map(|month| &month.figures));
            let figures = lines.chain(months).chain(statement.platforms.values()).chain(statement.totals.values());
            for figures in figures {
                let get = |key: &str| figures.get(figure(key)).minor();
                prop_assert_eq!(get("plan"), get("open_plan") + get("blocked_gross"));
                prop_assert_eq!(get("plan"), get("actual") + get("open_variance") + get("blocked_net"));
                prop_assert_eq!(get("blocked_gross"), get("blocked_imposed") + get("blocked_voluntary"));
                prop_assert_eq!(get("blocked_net"), get("blocked_gross") - get("spend_during_restriction"));
                prop_assert!(get("open_plan") >= 0 && get("blocked_gross") >= 0);
                prop_assert!(figures.residual_of_plan().unwrap().is_zero());
                prop_assert!(figures.residual_of_actual().unwrap().is_zero());
            }
        }
    }

    #[test]
    fn months_sum_to_the_line_and_lines_to_platform_and_total(model in model(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        let statement = model.statement(period(start, days), as_of);
        for line in &statement.lines {
            prop_assert_eq!(sum(line.months.iter().map(|month| &month.figures)), sum([&line.figures]));
            let mut causes: BTreeMap<String, i128> = BTreeMap::new();
            for (id, part) in line.months.iter().flat_map(|month| by_cause(&month.blocked_by)) {
                *causes.entry(id).or_default() += part;
            }
            prop_assert_eq!(causes, by_cause(&line.blocked_by));
        }
        for ((platform, currency), sums) in &statement.platforms {
            let of = |line: &&LineStatement| line.line.scope.platform == *platform && line.line.currency == *currency;
            let lines: Vec<&Figures> = statement.lines.iter().filter(of).map(|line| &line.figures).collect();
            for figure in Figure::OF_A_LINE {
                let sum: i128 = lines.iter().map(|line| line.get(figure).minor()).sum();
                prop_assert_eq!(sums.get(figure).minor(), sum, "{}", figure.key());
            }
        }
        for (currency, total) in &statement.totals {
            let platforms = statement.platforms.iter().filter(|((_, of), _)| of == currency).map(|(_, sums)| sums);
            let mut expected = sum(platforms);
            // What was received is in the plan of the lines it came from; in a total it would count twice.
            expected.insert("plan_received", 0);
            prop_assert_eq!(expected, sum([total]));
        }
    }

    #[test]
    fn any_cut_in_two_sums_to_the_whole(model in model(), start in 0..600_u32, days in 2..600_u32, cut in 1..600_u32, as_of in 0..END) {
        let cut = 1 + cut % (days - 1);
        let shelf = model.books(END * 3).open().unwrap();
        let of = |period| shelf.statement(period, at(as_of), None).unwrap();
        let (whole, left, right) = (of(period(start, days)), of(period(start, cut)), of(period(start + cut, days - cut)));
        for line in &whole.lines {
            let part = |statement: &Statement| statement.lines.iter().find(|part| part.line.id == line.line.id).cloned();
            let parts: Vec<LineStatement> = [part(&left), part(&right)].into_iter().flatten().collect();
            prop_assert_eq!(sum(parts.iter().map(|part| &part.figures)), sum([&line.figures]));
            let mut causes: BTreeMap<String, i128> = BTreeMap::new();
            for (id, part) in parts.iter().flat_map(|part| by_cause(&part.blocked_by)) {
                *causes.entry(id).or_default() += part;
            }
            prop_assert_eq!(causes, by_cause(&line.blocked_by));
            // What a line has does not depend on where its days are cut.
            for part in &parts {
                for stock in Figure::OF_A_LINE.into_iter().filter(|figure| !figure.is_flow()) {
                    prop_assert_eq!(part.figures.get(stock), line.figures.get(stock), "{}", stock.key());
                }
            }
        }
        for (currency, total) in &whole.totals {
            let parts = [&left, &right].into_iter().filter_map(|part| part.totals.get(currency));
            prop_assert_eq!(sum(parts), sum([total]));
        }
    }

    #[test]
    fn blocked_is_what_its_causes_block_together(model in model(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        let statement = model.statement(period(start, days), as_of);
        for line in &statement.lines {
            let months = line.months.iter().map(|month| (&month.figures, &month.blocked_by));
            for (figures, parts) in months.chain([(&line.figures, &line.blocked_by)]) {
                let of = |kind: &str| parts.iter().filter(|((found, _), _)| found.as_str() == kind).map(|(_, part)| part.minor()).sum::<i128>();
                prop_assert_eq!(figures.get(Figure::BlockedImposed).minor(), of("ban"));
                prop_assert_eq!(figures.get(Figure::BlockedVoluntary).minor(), of("hold"));
                prop_assert_eq!(figures.get(Figure::BlockedGross).minor(), of("ban") + of("hold"));
            }
        }
    }

    #[test]
    fn full_restrictions_block_the_plan_of_the_union_of_their_days(model in model_with(restriction(true)), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        let statement = model.statement(period(start, days), as_of);
        for line in &statement.lines {
            let of_model = &model.lines[number(line)];
            let over: Vec<&Restriction> = model.restrictions.iter().filter(|one| scope(one.scope).overlaps(&scope(of_model.scope))).collect();
            if over.iter().any(|one| one.share.is_some()) {
                continue;
            }
            let planned = of_model.cumulative().unwrap();
            let (mut blocked, mut to_date, mut plan, mut ahead) = (0, 0, 0, 0);
            for on in (start..start + days).filter(|on| of_model.contains(*on)) {
                let offset = (on - of_model.start) as usize;
                let of_day = planned[offset + 1] - planned[offset];
                let is_blocked = over.iter().any(|one| one.in_force(on));
                plan += of_day;
                blocked += if is_blocked { of_day } else { 0 };
                to_date += if is_blocked && on <= as_of { of_day } else { 0 };
                ahead += if !is_blocked && on > as_of { of_day } else { 0 };
            }
            let get = |figure| line.figures.get(figure).minor();
            prop_assert_eq!(get(Figure::Plan), plan);
            prop_assert_eq!(get(Figure::BlockedGross), blocked);
            prop_assert_eq!(get(Figure::BlockedToDate), to_date);
            prop_assert_eq!(get(Figure::OpenPlanAhead), ahead);
        }
    }

    #[test]
    fn shares_block_what_the_best_set_of_disjoint_restrictions_does(model in model(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        let statement = model.statement(period(start, days), as_of);
        for line in &statement.lines {
            let of_model = &model.lines[number(line)];
            prop_assert_eq!(by_cause(&line.blocked_by), model.blocked(of_model, start, start + days));
            prop_assert_eq!(by_cause(&line.blocked_by_whole), model.blocked(of_model, 0, END));
            let to_date: i128 = model.blocked(of_model, start, (as_of + 1).min(start + days)).values().sum();
            prop_assert_eq!(line.figures.get(Figure::BlockedToDate).minor(), to_date);
        }
    }

    #[test]
    fn what_is_shown_of_spend_adds_up_to_its_exact_sums(model in model(), year in 0..3_u32, as_of in 0..END) {
        let (start, days) = [(0, 365), (365, 365), (730, 366)][year as usize];
        let statement = model.statement(period(start, days), as_of);
        let mut accounts: BTreeMap<(usize, usize, usize), i128> = BTreeMap::new();
        for ((on, platform, account, _, currency), nanos) in model.costs(as_of) {
            if (start..start + days).contains(&on) {
                *accounts.entry((platform, account, currency)).or_default() += nanos;
            }
        }
        let mut expected: BTreeMap<(String, String), i128> = BTreeMap::new();
        for ((platform, _, currency), nanos) in accounts {
            let (code, digits) = CURRENCIES[currency];
            *expected.entry((PLATFORMS[platform].to_owned(), code.to_owned())).or_default() += nearest(nanos, 10_i128.pow(9 - digits as u32));
        }
        for ((platform, currency), sums) in &statement.platforms {
            let spend = expected.remove(&(platform.to_string(), currency.to_string())).unwrap_or(0);
            prop_assert_eq!(sums.get(Figure::Spend).minor(), spend);
        }
        prop_assert!(expected.values().all(|spend| *spend == 0));
    }

    #[test]
    fn each_campaigns_day_is_charged_once(mut model in model(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        // Whole minor units: what each day is charged is then told without rounding.
        model.imports.iter_mut().flat_map(|import| &mut import.rows).for_each(|row| row.below = 0);
        let statement = model.statement(period(start, days), as_of);
        let (mut actual, mut inside, mut unbudgeted) = (vec![0; model.lines.len()], vec![0; model.lines.len()], BTreeMap::new());
        for ((on, platform, account, campaign, currency), nanos) in model.costs(as_of) {
            if !(start..start + days).contains(&on) {
                continue;
            }
            let (code, digits) = CURRENCIES[currency];
            let minor = nanos / 10_i128.pow(9 - digits as u32);
            let holds = |scope: &Scope| scope.contains(&PLATFORMS[platform].parse().unwrap(), ACCOUNTS[account], CAMPAIGNS[campaign]);
            let line = model.lines.iter().position(|line| line.contains(on) && holds(&scope(line.scope)) && CURRENCIES[line.currency].0 == code);
            let Some(line) = line else {
                *unbudgeted.entry((PLATFORMS[platform].to_owned(), code.to_owned())).or_insert(0) += minor;
                continue;
            };
            actual[line] += minor;
            let of_line = scope(model.lines[line].scope);
            let takes = |one: &&Restriction| one.in_force(on) && holds(&scope(one.scope)) && !(scope(one.scope).covers(&of_line) && one.percent() < 100);
            inside[line] += if model.restrictions.iter().any(|one| takes(&one)) { minor } else { 0 };
        }
        for line in &statement.lines {
            prop_assert_eq!(line.figures.get(Figure::Actual).minor(), actual[number(line)]);
            prop_assert_eq!(line.figures.get(Figure::SpendDuringRestriction).minor(), inside[number(line)]);
        }
        for ((platform, currency), sums) in &statement.platforms {
            let spend = unbudgeted.remove(&(platform.to_string(), currency.to_string())).unwrap_or(0);
            prop_assert_eq!(sums.get(Figure::Unbudgeted).minor(), spend);
        }
        prop_assert!(unbudgeted.is_empty(), "{unbudgeted:?} is shown nowhere");
    }

    #[test]
    fn free_and_redirectable_follow_from_what_binds_a_line(model in model(), as_of in 0..END) {
        let statement = model.statement(all_days(), as_of);
        for line in &statement.lines {
            let (id, of_model) = (number(line), &model.lines[number(line)]);
            let get = |figure| line.figures.get(figure).minor();
            let over = |on: At| model.restrictions.iter().any(|one| scope(one.scope).overlaps(&scope(of_model.scope)) && one.in_force(on));
            let orders = || model.orders.iter().filter(|order| order.line == id);
            let open: i128 = orders().filter(|order| !over(order.at)).map(|order| order.amount).sum();
            let restricted: i128 = orders().filter(|order| over(order.at)).map(|order| order.amount).sum();
            let free = get(Figure::Plan) - get(Figure::Actual) - get(Figure::OpenPlanAhead).max(open) - restricted;
            let live: i128 = model.redirections.iter().filter(|one| one.line == id).map(|one| one.live(as_of)).sum();
            let limit = get(Figure::BlockedNet).min(free).max(0);
            prop_assert_eq!(get(Figure::Encumbered), open + restricted);
            prop_assert_eq!(get(Figure::Free), free);
            prop_assert_eq!(get(Figure::RedirectedLive), live);
            prop_assert_eq!(get(Figure::Redirectable), (get(Figure::BlockedNet).min(free) - live).max(0));
            prop_assert_eq!(get(Figure::OverRedirected), (live - limit).max(0));
            let of_line = statement.redirections.iter().filter(|one| one.redirection.line == line.line.id);
            let needs: Vec<(Day, i128, i128)> = of_line
                .filter_map(|one| Some((one.progress.approved?.date, one.progress.live().minor(), one.needs_other_funding.minor())))
                .collect();
            prop_assert_eq!(needs.iter().map(|(.., needs)| needs).sum::<i128>(), get(Figure::OverRedirected));
            for (day, live, needs_here) in &needs {
                prop_assert!((0..=*live).contains(needs_here));
                // Nobody keeps funding while somebody approved earlier has lost some.
                let earlier_lost = needs.iter().any(|(other, _, needs)| other < day && *needs > 0);
                prop_assert!(!earlier_lost || needs_here == live);
            }
        }
        for one in &statement.redirections {
            let pledged = one.progress.pledged.map_or(0, Money::minor);
            prop_assert_eq!(pledged, one.paid.minor() + one.outstanding.minor());
            prop_assert_eq!(one.paid.minor(), one.acknowledged.minor() + one.awaiting_letter.minor());
            prop_assert!(!one.outstanding.is_negative() && !one.awaiting_letter.is_negative());
        }
    }

    #[test]
    fn open_days_without_a_word_of_any_import_are_uncovered(model in model(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        let statement = model.statement(period(start, days), as_of);
        for line in &statement.lines {
            let of_model = &model.lines[number(line)];
            let of_line = scope(of_model.scope);
            let speaks = |import: &Import, on: At| {
                let is_account = |row: &Row| of_line.platform.as_str() == PLATFORMS[row.platform] && of_line.account.as_deref().is_none_or(|account| account == ACCOUNTS[row.account]);
                (import.first..import.first + import.days).contains(&on) && import.rows.iter().any(is_account)
            };
            let is_open = |on: At| model.causes(of_model, on).last().is_none_or(|(_, up_to)| *up_to < 100);
            let uncovered: Vec<Day> = (start..(start + days).min(as_of + 1))
                .filter(|on| of_model.contains(*on) && is_open(*on) && !model.imports.iter().any(|import| speaks(import, *on)))
                .map(at)
                .collect();
            let shown: Vec<Day> = line.uncovered.iter().flat_map(|days| (0..days.days()).map(|day| days.start().plus_days(day))).collect();
            prop_assert_eq!(shown, uncovered);
        }
    }

    #[test]
    fn the_order_of_rows_says_nothing(model in model(), seed in any::<u64>(), as_of in 0..END) {
        let books = model.books(END * 3);
        let mut other = books.clone();
        other.rows.iter_mut().for_each(|rows| *rows = shuffled(rows, seed));
        let facts = |books: &Books| facts(&books.open().unwrap().statement(all_days(), at(as_of), None).unwrap());
        same(&facts(&books), &facts(&other))?;
    }

    #[test]
    fn a_report_is_the_same_after_later_facts(model in model(), known in 0..END, as_of in 0..END, filing in prop::option::of(0..END)) {
        let (then, now) = (model.books(known).open(), model.books(END * 3).open());
        let (Ok(then), Ok(now)) = (then, now) else { return Ok(()) };
        let report = Yearly::of(&then.ledger, "2018-03-01..2019-06-30", at(as_of), None, filing.map(at));
        let Ok(report) = report else { return Ok(()) };
        let saved = Saved::read(report.json().unwrap().as_bytes()).unwrap();
        // Where a change that was possible is no longer, there is nothing to compare with.
        let Ok(verified) = verify(&now.ledger, saved) else { return Ok(()) };
        // The shelves write each import anew, so its files are not those of before.
        let differences: Vec<_> =
            verified.differences.iter().filter(|one| !one.path.starts_with("manifest.files")).collect();
        prop_assert!(differences.is_empty(), "{differences:#?}");
    }

    #[test]
    fn what_was_known_is_what_a_ledger_of_that_day_says(model in model(), known in 0..END, as_of in 0..END) {
        let cut = Instant::end_of(at(known));
        let then = model.books(known).open().unwrap();
        let now = model.books(END * 3).open().unwrap();
        let then = then.statement(all_days(), at(as_of), Some(cut)).map(|statement| facts(&statement));
        let now = now.statement(all_days(), at(as_of), Some(cut)).map(|statement| facts(&statement));
        match (then, now) {
            (Ok(then), Ok(now)) => same(&then, &now)?,
            // A change that another, recorded later, made possible.
            (then, now) => prop_assert!(then.is_err() && now.is_err(), "one of them is refused"),
        }
    }
}

/// Closes some days in a ledger of what was recorded up to a day; `None` where its rules allow no statement.
fn sealed(books: &Books, days: Period, known: At) -> Option<tempfile::TempDir> {
    let folder = books.write();
    let closing = Closing { period: &days.to_string(), by: "ann", date: None, reason: None, despite_findings: true };
    let mut change = Writing::begin(folder.path()).ok()?;
    close::close(&mut change, closing, at(END * 2), Instant::end_of(at(known))).ok()?;
    change.commit().unwrap();
    Some(folder)
}

/// What is broken of the closed periods in a folder.
fn broken(folder: &Path) -> Vec<String> {
    let findings = closed(&Ledger::open(folder).unwrap(), None, None).unwrap();
    findings.into_iter().filter(|one| one.severity == Severity::Error).map(|one| one.message).collect()
}

proptest! {
    #![proptest_config(cases(16))]

    #[test]
    fn what_is_sealed_holds_whatever_is_recorded_later(mut model in model(), start in 0..700_u32, days in 1..500_u32, known in 0..END, seed in any::<u64>()) {
        model.imports.sort_by_key(|import| import.recorded); // an import keeps its id when others come
        let days = period(start, days);
        let Some(then) = sealed(&model.books(known), days, known) else { return Ok(()) };
        prop_assert_eq!(broken(then.path()), [""; 0]);
        let mut later = model.books(END * 3);
        later.rows.iter_mut().for_each(|rows| *rows = shuffled(rows, seed));
        let now = later.write();
        fs::copy(then.path().join("closes.csv"), now.path().join("closes.csv")).unwrap();
        fs::rename(then.path().join("closes"), now.path().join("closes")).unwrap();
        prop_assert_eq!(broken(now.path()), [""; 0]);
        if has_python(Some("tomllib")) {
            let ran = python("closes/recompute.py", now.path());
            prop_assert!(ran.status.success(), "{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        }
        // One cent more than was planned, and it is named.
        let line = &model.lines[0];
        if period(line.start, line.days).overlap(days).is_some() {
            let raised = Model { lines: std::iter::once(Line { amount: line.amount + 1, ..line.clone() }).chain(model.lines[1..].iter().cloned()).collect(), ..model.clone() };
            let text = raised.books(END * 3).write();
            fs::copy(text.path().join("budgets.csv"), now.path().join("budgets.csv")).unwrap();
            let found = broken(now.path());
            prop_assert!(found[0].contains(": original of line `l0`: amount was "), "{found:?}");
        }
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn every_figure_is_the_sum_of_the_facts_it_is_traced_to(model in model(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END, pick in any::<prop::sample::Index>(), month in any::<prop::sample::Index>()) {
        let shelf = model.books(END * 3).open().unwrap();
        let (period, as_of) = (period(start, days), at(as_of));
        let statement = shelf.statement(period, as_of, None).unwrap();
        let lines = statement.lines.iter().map(|line| Of::Line(line.line.id.clone()));
        let platforms = statement.platforms.keys().map(|(platform, currency)| Of::Platform(platform.clone(), *currency));
        let asked: Vec<Of> = lines.chain(platforms).chain(statement.totals.keys().map(|it| Of::Total(*it))).collect();
        prop_assume!(!asked.is_empty());
        let of = pick.get(&asked);
        let months: Vec<_> = period.months().map(|(month, _)| month).collect();
        for figure in Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM) {
            for month in [None, Some(*month.get(&months))] {
                let question = Question { period, as_of, as_known: None, figure, of: of.clone(), month };
                let is_reported = !(matches!(of, Of::Line(_)) && Figure::OF_A_SUM.contains(&figure))
                    && (month.is_none() || figure.is_flow() && !Figure::OF_A_SUM.contains(&figure));
                let traced = Trace::of(&shelf.ledger, question);
                prop_assert_eq!(traced.is_ok(), is_reported, "{} of {:?}", figure.key(), of);
                let Ok(trace) = traced else { continue };
                let told = format!("{} of {of:?} in {month:?}: {:#?}", figure.key(), trace.root);
                prop_assert!(trace.residual().unwrap().is_zero(), "{told}");
                parts_add_up(&trace.root)?;
                // What is listed of spend is all that the parts speak of, with the row of a rollup that says it.
                prop_assert_eq!(trace.spent.len() as u64, figures(&trace.root), "{}", told);
                for spent in &trace.spent {
                    prop_assert!(!spent.sources.is_empty(), "{spent:?}");
                    let off = Cost::from(spent.amount).minus(spent.exact).unwrap().nanos().unsigned_abs();
                    prop_assert!(off < 1_000_000_000, "{spent:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn a_split_loses_nothing_and_favours_no_smaller_part(minor in 0..1_000_000_i128, weights in prop::collection::vec(0..1_000_u64, 1..9), currency in 0..CURRENCIES.len()) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let whole = Money::from_minor(minor, CURRENCIES[currency].0.parse().unwrap()).unwrap();
        let parts = whole.split(&weights).unwrap();
        prop_assert_eq!(parts.iter().map(|part| part.minor()).sum::<i128>(), minor);
        for (part, weight) in parts.iter().zip(&weights) {
            prop_assert!(*weight > 0 || part.is_zero());
            for (other, lighter) in parts.iter().zip(&weights).filter(|(_, other)| *other < weight) {
                prop_assert!(other.minor() <= part.minor(), "{lighter} gets more than {weight}");
            }
        }
    }
}
