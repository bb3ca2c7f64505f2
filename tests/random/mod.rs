//! Random ledgers as plain values, small enough to reckon anew.
#![allow(dead_code, unreachable_pub)] // every test file uses a part
#![allow(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use respend::statement::Statement;
use respend::{Day, Money, Period, Scope};

use crate::common::{Books, Spend, day};

/// Scopes that lines and restrictions have; many overlap.
pub const SCOPES: [&str; 10] = ["x", "x/a", "x/b", "x/*/c", "x/a/c", "x/b/d", "google", "google/a", "meta", "x/a/d"];
/// Those of them that are whole platforms.
pub const WHOLE: [usize; 3] = [0, 6, 8];
pub const PLATFORMS: [&str; 3] = ["x", "google", "meta"];
pub const ACCOUNTS: [&str; 2] = ["a", "b"];
pub const CAMPAIGNS: [&str; 3] = ["c", "d", "e"];
/// Currencies with their decimals; most lines and most spend are in the first.
pub const CURRENCIES: [(&str, usize); 5] = [("USD", 2), ("USD", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)];
pub const DESTINATIONS: [(&str, &str); 3] = [("aid", "donation"), ("google", "platform"), ("buffer", "reserve")];

/// Days are counted from 2018-01-01; everything lies in the three years from then.
pub type At = u32;
pub const END: At = 365 + 365 + 366;

/// Restrictions in order of precedence, each with the percent that it and those before it block.
pub type Causes = Vec<(String, i128)>;

/// A ledger as plain values.
#[derive(Clone, Debug)]
pub struct Model {
    pub lines: Vec<Line>,
    /// From one line to another, on which day, how much, recorded when.
    pub transfers: Vec<(usize, usize, At, i128, At)>,
    pub restrictions: Vec<Restriction>,
    pub imports: Vec<Import>,
    pub orders: Vec<Order>,
    pub redirections: Vec<Redirection>,
}

#[derive(Clone, Debug)]
pub struct Line {
    pub scope: usize,
    pub start: At,
    pub days: u32,
    pub currency: usize,
    pub amount: i128,
    pub changes: Vec<Change>,
}

/// An amendment, or one half of a transfer.
#[derive(Clone, Debug)]
pub struct Change {
    /// On which day of the line.
    pub offset: u32,
    pub by: i128,
    pub recorded: At,
    pub transfer: Option<usize>,
}

#[derive(Clone, Debug)]
pub struct Restriction {
    pub is_hold: bool,
    pub scope: usize,
    pub from: At,
    pub days: Option<u32>,
    /// Percent; `None` stops all of its scope.
    pub share: Option<u32>,
    pub recorded: At,
    /// A later row with another end.
    pub lifted: Option<(u32, At)>,
}

#[derive(Clone, Debug)]
pub struct Import {
    pub first: At,
    pub days: u32,
    pub is_complete: bool,
    pub recorded: At,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub platform: usize,
    pub account: usize,
    pub campaign: usize,
    /// Which of the import's days.
    pub offset: u32,
    pub currency: usize,
    pub minor: i128,
    /// Billionths below the minor unit, cut to what the currency leaves.
    pub below: i128,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub line: usize,
    pub at: At,
    pub amount: i128,
    pub recorded: At,
}

#[derive(Clone, Debug)]
pub struct Redirection {
    pub line: usize,
    pub to: usize,
    pub at: At,
    /// Days between its events.
    pub gap: u32,
    pub proposed: i128,
    pub approved: i128,
    pub pledged: i128,
    pub paid: i128,
    pub refunded: i128,
    /// How far it goes: proposed, approved, pledged (or moved), paid in part, in full, acknowledged, refunded, cancelled.
    pub stage: u32,
}

pub fn restriction(whole: bool) -> impl Strategy<Value = Restriction> {
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

pub fn line() -> impl Strategy<Value = Line> {
    let changes = prop::collection::vec((0..500_u32, -20_000..60_000_i128, 0..END), 0..4);
    (0..SCOPES.len(), 0..500_u32, 1..500_u32, 0..CURRENCIES.len(), 0..100_000_i128, changes).prop_map(
        |(scope, start, days, currency, amount, changes)| {
            let change = |(offset, by, recorded)| Change { offset: offset % days, by, recorded, transfer: None };
            Line { scope, start, days, currency, amount, changes: changes.into_iter().map(change).collect() }
        },
    )
}

pub fn import() -> impl Strategy<Value = Import> {
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

pub fn redirection() -> impl Strategy<Value = Redirection> {
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

pub fn model_with(restriction: impl Strategy<Value = Restriction>) -> impl Strategy<Value = Model> {
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

pub fn model() -> impl Strategy<Value = Model> {
    model_with(restriction(false))
}

pub fn scope(at: usize) -> Scope {
    let mut parts = SCOPES[at].split('/').map(|part| Some(part.to_owned()).filter(|part| part != "*"));
    Scope {
        platform: parts.next().flatten().unwrap().parse().unwrap(),
        account: parts.next().flatten(),
        campaign: parts.next().flatten(),
    }
}

pub fn at(days: At) -> Day {
    day("2018-01-01").plus_days(days)
}

pub fn period(start: At, days: u32) -> Period {
    Period::new(at(start), at(start + days)).unwrap()
}

/// Everything.
pub fn all_days() -> Period {
    period(0, END)
}

/// ⌊n/d + ½⌋
pub fn nearest(n: i128, d: i128) -> i128 {
    (2 * n + d).div_euclid(2 * d)
}

/// An amount of minor units as text.
pub fn amount(minor: i128, currency: usize) -> String {
    let money = Money::from_minor(minor, CURRENCIES[currency].0.parse().unwrap()).unwrap();
    format!("{money} {}", money.currency())
}

impl Line {
    /// What is planned before each day of the line, and before the day after its last; `None` where some change takes
    /// away more than is left.
    pub fn cumulative(&self) -> Option<Vec<i128>> {
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

    pub fn contains(&self, at: At) -> bool {
        self.start <= at && at < self.start + self.days
    }
}

impl Restriction {
    /// As it stands in the end.
    pub fn in_force(&self, at: At) -> bool {
        let days = self.lifted.map_or(self.days, |(days, _)| Some(days));
        self.from <= at && days.is_none_or(|days| at < self.from + days)
    }

    pub fn percent(&self) -> i128 {
        i128::from(self.share.unwrap_or(100))
    }
}

impl Model {
    /// Leaves out what no ledger may hold: lines that overlap earlier ones, changes that take too much away, missing
    /// shares.
    pub fn made_legal(mut self) -> Model {
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
    pub fn books(&self, known: At) -> Books {
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

    pub fn statement(&self, period: Period, as_of: At) -> Statement {
        let shelf = self.books(END * 3).open().unwrap();
        shelf.statement(period, at(as_of), None).unwrap()
    }

    /// Exact billionths of what is charged up to a day: of each campaign's day what the newest import says.
    pub fn costs(&self, as_of: At) -> BTreeMap<(At, usize, usize, usize, usize), i128> {
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
    pub fn causes(&self, line: &Line, on: At) -> Causes {
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
    pub fn blocked(&self, line: &Line, start: At, end: At) -> BTreeMap<String, i128> {
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
    pub fn rollup(&self) -> BTreeMap<(At, usize, usize, usize, usize), i128> {
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

    pub fn spend(&self) -> Spend {
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
    pub fn events(&self) -> Vec<(&'static str, At, Option<i128>)> {
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
    pub fn live(&self, as_of: At) -> i128 {
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
