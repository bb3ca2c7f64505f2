//! Random ledgers, as rich as the rules allow. Values are plain, so that what fails is made small.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use respend::statement::Statement;
use respend::{Day, Money, Period, Scope};

use super::{Books, Spend, day};

/// Scopes that lines and restrictions have; many overlap.
const SCOPES: [&str; 11] =
    ["x", "x/a-1", "x/b", "x/*/c", "x/a-1/c", "x/b/d", "google", "google/a-1", "meta", "x/a-1/d", "x/*/m"];
const PLATFORMS: [&str; 3] = ["x", "google", "meta"];
/// Accounts as exports spell them: the first two are one.
const ACCOUNTS: [&str; 3] = ["a-1", "a1", "b"];
/// Of the last only months are known.
const CAMPAIGNS: [&str; 4] = ["c", "d", "e", "m"];
/// Currencies with their decimals; most lines and most spend are in the first.
const CURRENCIES: [(&str, usize); 5] = [("USD", 2), ("USD", 2), ("USD", 2), ("JPY", 0), ("KWD", 3)];
/// Those that rates are of; the first is the euro.
const PRICED: [&str; 4] = ["EUR", "USD", "JPY", "KWD"];
const DESTINATIONS: [(&str, &str); 3] = [("aid", "donation"), ("google", "platform"), ("buffer", "reserve")];
const FISCAL_YEARS: [&str; 4] = [
    "",
    "fiscal_year_start = \"04-01\"\nfiscal_year_named_by = \"start\"",
    "fiscal_year_start = \"07-15\"\nfiscal_year_named_by = \"end\"",
    "fiscal_year_start = \"02-28\"\nfiscal_year_named_by = \"end\"",
];

/// Days are counted from 2018-01-01; everything lies in the three years from then, the last of them a leap year.
pub type At = u32;
pub const END: At = 365 + 365 + 366;

/// A ledger as plain values.
#[derive(Clone, Debug)]
pub struct World {
    pub fiscal_year: usize,
    pub lines: Vec<Line>,
    pub moves: Vec<Move>,
    pub restrictions: Vec<Restriction>,
    pub imports: Vec<Import>,
    pub orders: Vec<Order>,
    pub redirections: Vec<Redirection>,
    pub rates: Vec<Rates>,
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
    /// On which day of the line; `None` before its first.
    offset: Option<u32>,
    by: i128,
    recorded: Option<At>,
    transfer: Option<usize>,
}

/// A transfer, or what an ended line carries forward.
#[derive(Clone, Debug)]
pub struct Move {
    from: usize,
    to: usize,
    carries: bool,
    leaves: u32,
    arrives: u32,
    amount: i128,
    recorded: At,
}

#[derive(Clone, Debug)]
pub struct Restriction {
    is_hold: bool,
    scope: usize,
    /// Later rows replace earlier ones whole.
    rows: Vec<RestrictionRow>,
}

#[derive(Clone, Debug)]
pub struct RestrictionRow {
    from: At,
    days: Option<u32>,
    /// Percent; `None` stops all of its scope.
    share: Option<u32>,
    is_void: bool,
    /// Days after the row before.
    recorded: u32,
}

#[derive(Clone, Debug)]
pub struct Import {
    pub first: At,
    pub days: u32,
    pub is_complete: bool,
    pub recorded: At,
    pub revoked: Option<u32>,
    pub provisional_from: At,
    pub rows: Vec<SpendRow>,
}

#[derive(Clone, Debug)]
pub struct SpendRow {
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
pub struct Order {
    line: usize,
    /// On which day of the line, how much, how many days after the row before it was recorded.
    rows: Vec<(u32, i128, u32)>,
}

/// The rates of a pair, every so many days; the bank's are of the euro.
#[derive(Clone, Debug)]
pub struct Rates {
    is_own: bool,
    base: usize,
    quote: usize,
    first: At,
    every: u32,
    count: u32,
    billionths: u64,
    /// What is added from one to the next.
    step: u64,
}

#[derive(Clone, Debug)]
pub struct Redirection {
    line: usize,
    to: usize,
    at: At,
    /// How many days after it happened a step is recorded.
    lag: u32,
    proposed: i128,
    /// The line that receives what a platform takes over, and on which day of it.
    received_by: (usize, u32),
    wishes: Vec<Wish>,
    /// Which of those before it; it takes out of that one where a reserve took it over.
    from: Option<usize>,
}

/// A step that is taken where it is possible.
#[derive(Clone, Debug)]
pub struct Wish {
    what: u32,
    /// Days after the step before.
    gap: u32,
    /// Percent of what is possible; `None` says no amount.
    percent: Option<u32>,
    /// Which of the payments.
    payment: usize,
}

/// One step taken.
struct Step {
    kind: &'static str,
    at: At,
    amount: Option<i128>,
    reference: String,
    condition: &'static str,
}

/// A day, often one that others begin or end on as well.
fn a_day(end: At) -> impl Strategy<Value = At> {
    prop_oneof![
        0..end,
        (0..end / 31).prop_map(|month| month * 31),
        prop::sample::select(vec![0, 59, 365, 424, 730, 789])
    ]
    .prop_map(move |day| day % end)
}

/// A scope, most often on x.
fn a_scope() -> impl Strategy<Value = usize> {
    prop_oneof![2 => Just(0), 3 => 0..6_usize, 2 => 0..SCOPES.len()]
}

fn line() -> impl Strategy<Value = Line> {
    let amendment =
        (prop::option::weighted(0.9, 0..500_u32), -20_000..60_000_i128, prop::option::weighted(0.8, 0..END));
    let days = prop_oneof![1..400_u32, Just(28), Just(31), Just(365), Just(366)];
    let amount = prop_oneof![0..100_000_i128, 0..400_i128];
    let amendments = prop::collection::vec(amendment, 0..4);
    (a_scope(), a_day(700), days, 0..CURRENCIES.len(), amount, amendments).prop_map(
        |(scope, start, days, currency, amount, amendments)| {
            let change = |(offset, by, recorded): (Option<u32>, _, _)| Change {
                offset: offset.map(|offset| offset % days),
                by,
                recorded,
                transfer: None,
            };
            let changes = amendments.into_iter().map(change).collect();
            Line { scope, start, days, currency, amount, changes }
        },
    )
}

fn one_move() -> impl Strategy<Value = Move> {
    let places = (0..8_usize, 0..8_usize, any::<bool>(), 0..400_u32, 0..400_u32);
    (places, 1..30_000_i128, 0..END).prop_map(|((from, to, carries, leaves, arrives), amount, recorded)| Move {
        from,
        to,
        carries,
        leaves,
        arrives,
        amount,
        recorded,
    })
}

fn restriction() -> impl Strategy<Value = Restriction> {
    let share = prop::option::weighted(0.7, prop_oneof![1..=100_u32, Just(50), Just(100)]);
    let days = prop::option::weighted(0.7, prop_oneof![1..300_u32, Just(31), Just(62)]);
    let row = (a_day(700), days, share, prop::bool::weighted(0.15), 1..400_u32);
    let row =
        row.prop_map(|(from, days, share, is_void, recorded)| RestrictionRow { from, days, share, is_void, recorded });
    (any::<bool>(), a_scope(), prop::collection::vec(row, 1..4)).prop_map(|(is_hold, scope, rows)| Restriction {
        is_hold,
        scope,
        rows,
    })
}

fn import() -> impl Strategy<Value = Import> {
    let platform = prop_oneof![3 => Just(0), 1 => 0..PLATFORMS.len()];
    let place = (platform, 0..ACCOUNTS.len(), 0..CAMPAIGNS.len(), 0..900_u32);
    let amount = (0..CURRENCIES.len(), -500..9_000_i128, prop_oneof![Just(0), Just(5_000_000), 0..1_000_000_000_i128]);
    let row = (place, amount).prop_map(|((platform, account, campaign, offset), (currency, minor, below))| SpendRow {
        platform,
        account,
        campaign,
        offset,
        currency,
        minor,
        below,
    });
    let days = prop_oneof![1..700_u32, 1..40_u32];
    let when = (0..END, prop::option::weighted(0.2, 1..300_u32), 0..END);
    (a_day(500), days, any::<bool>(), when, prop::collection::vec(row, 0..40)).prop_map(
        |(first, days, is_complete, (recorded, revoked, provisional_from), mut rows)| {
            rows.iter_mut().for_each(|row| row.offset %= days);
            Import { first, days, is_complete, recorded, revoked, provisional_from, rows }
        },
    )
}

fn redirection() -> impl Strategy<Value = Redirection> {
    let gap = prop_oneof![Just(0), 0..60_u32];
    let wish = (0..10_u32, gap, prop::option::weighted(0.6, 0..=100_u32), 0..4_usize);
    let wish = wish.prop_map(|(what, gap, percent, payment)| Wish { what, gap, percent, payment });
    let line = prop_oneof![Just(0), 0..8_usize];
    let places = (line, 0..DESTINATIONS.len(), (0..8_usize, 0..400_u32));
    // Often several on one day.
    let at = prop_oneof![a_day(900), Just(100)];
    let steps = (prop::collection::vec(wish, 0..16), prop::option::of(0..6_usize));
    (places, at, 0..20_u32, 1..60_000_i128, steps).prop_map(
        |((line, to, received_by), at, lag, proposed, (wishes, from))| Redirection {
            line,
            to,
            at,
            lag,
            proposed,
            received_by,
            wishes,
            from,
        },
    )
}

fn rates() -> impl Strategy<Value = Rates> {
    let pair = (any::<bool>(), 0..PRICED.len(), 0..PRICED.len());
    let days = (a_day(900), 1..36_u32, 1..60_u32);
    let rate = (prop_oneof![1..5_000_000_000_u64, Just(500_000_000)], 0..40_000_000_u64);
    (pair, days, rate).prop_map(|((is_own, base, quote), (first, every, count), (billionths, step))| Rates {
        is_own,
        base: if is_own { base } else { 0 },
        quote,
        first,
        every,
        count,
        billionths,
        step,
    })
}

/// Returns a ledger.
pub fn world() -> impl Strategy<Value = World> {
    let order = (0..8_usize, prop::collection::vec((0..900_u32, 0..20_000_i128, 1..300_u32), 1..3));
    (
        prop_oneof![Just(0), 0..FISCAL_YEARS.len()],
        prop::collection::vec(line(), 1..6),
        prop::collection::vec(one_move(), 0..4),
        prop::collection::vec(restriction(), 0..7),
        prop::collection::vec(import(), 0..4),
        prop::collection::vec(order.prop_map(|(line, rows)| Order { line, rows }), 0..4),
        prop::collection::vec(redirection(), 0..7),
        prop::collection::vec(rates(), 0..7),
    )
        .prop_map(|(fiscal_year, lines, moves, restrictions, imports, orders, redirections, rates)| {
            World { fiscal_year, lines, moves, restrictions, imports, orders, redirections, rates }.made_legal()
        })
}

fn scope(at: usize) -> Scope {
    let mut parts = SCOPES[at].split('/').map(|part| Some(part.to_owned()).filter(|part| part != "*"));
    Scope {
        platform: parts.next().flatten().unwrap().parse().unwrap(),
        account: parts.next().flatten(),
        campaign: parts.next().flatten(),
    }
}

/// Returns the day so many days after the first.
pub fn at(days: At) -> Day {
    day("2018-01-01").plus_days(days)
}

/// Returns some days.
pub fn period(start: At, days: u32) -> Period {
    Period::new(at(start), at(start + days)).unwrap()
}

/// Returns everything.
pub fn all_days() -> Period {
    period(0, END)
}

/// An amount of minor units as text.
fn amount(minor: i128, currency: usize) -> String {
    Money::from_minor(minor, CURRENCIES[currency].0.parse().unwrap()).unwrap().to_string()
}

impl Line {
    fn end(&self) -> At {
        self.start + self.days
    }

    /// Whether no change takes away more than is left when it takes effect.
    fn is_sound(&self) -> bool {
        let mut changes: BTreeMap<u32, i128> = BTreeMap::from([(0, self.amount)]);
        for one in &self.changes {
            *changes.entry(one.offset.unwrap_or(0)).or_default() += one.by;
        }
        let (mut rest, mut from) = (0, 0);
        changes.into_iter().all(|(offset, by)| {
            let (part, whole) = (i128::from(offset - from), i128::from(self.days - from));
            rest += by - (2 * rest * part + whole).div_euclid(2 * whole);
            from = offset;
            rest >= 0
        })
    }
}

impl World {
    /// Leaves out what no ledger may hold: lines that overlap earlier ones, changes that take too much away, missing
    /// shares.
    fn made_legal(mut self) -> World {
        let mut lines: Vec<Line> = Vec::new();
        for mut line in self.lines {
            let meets = |other: &Line| {
                scope(line.scope).overlaps(&scope(other.scope)) && line.start < other.end() && other.start < line.end()
            };
            if lines.iter().any(meets) {
                continue;
            }
            for change in std::mem::take(&mut line.changes) {
                line.changes.push(change);
                if !line.is_sound() {
                    line.changes.pop();
                }
            }
            lines.push(line);
        }
        let count = lines.len();
        for (id, one) in self.moves.iter_mut().enumerate() {
            (one.from, one.to) = (one.from % count, one.to % count);
            let (mut giver, mut taker) = (lines[one.from].clone(), lines[one.to].clone());
            if one.from == one.to || CURRENCIES[giver.currency] != CURRENCIES[taker.currency] {
                one.amount = 0;
            } else if !one.carries {
                let half =
                    |offset, by| Change { offset: Some(offset), by, recorded: Some(one.recorded), transfer: Some(id) };
                giver.changes.push(half(one.leaves % giver.days, -one.amount));
                taker.changes.push(half(one.arrives % taker.days, one.amount));
                if giver.is_sound() && taker.is_sound() {
                    (lines[one.from], lines[one.to]) = (giver, taker);
                }
            }
        }
        self.moves.iter_mut().for_each(|one| one.arrives %= lines[one.to].days);
        self.lines = lines;
        for restriction in &mut self.restrictions {
            let stops = scope(restriction.scope);
            let is_narrow = |line: &Line| stops.overlaps(&scope(line.scope)) && !stops.covers(&scope(line.scope));
            let must_say = self.lines.iter().any(is_narrow);
            let rows = restriction.rows.iter_mut().filter(|row| must_say && row.share.is_none());
            rows.for_each(|row| row.share = Some(37));
        }
        let mut priced = BTreeSet::new();
        self.rates.retain(|one| one.base != one.quote && priced.insert((one.is_own, one.base, one.quote)));
        self.orders.iter_mut().for_each(|order| order.line %= count);
        self.redirections.iter_mut().for_each(|one| {
            (one.line, one.received_by.0) = (one.line % count, one.received_by.0 % count);
        });
        // Of each that a reserve took over: when, and what is left of it.
        let mut held: Vec<Option<(At, i128)>> = Vec::new();
        for at in 0..self.redirections.len() {
            let source = self.redirections[at].from.filter(|source| *source < at && held[*source].is_some());
            let line = source.map(|source| self.redirections[source].line);
            let one = &mut self.redirections[at];
            one.from = None;
            if let (Some(source), Some(line)) = (source, line)
                && let Some((moved, left)) = &mut held[source]
                && *left > 0
            {
                one.proposed = one.proposed.min(*left);
                *left -= one.proposed;
                (one.from, one.line, one.at) = (Some(source), line, one.at.max(*moved));
            }
            let steps = one.steps();
            let approved = steps.iter().find(|step| step.kind == "approved");
            let approved = approved.map(|step| step.amount.unwrap_or(one.proposed));
            let moved = steps.iter().find(|step| step.kind == "moved" && one.from.is_none());
            let is_reserve = DESTINATIONS[one.to].1 == "reserve";
            held.push(moved.filter(|_| is_reserve).and_then(|step| Some((step.at + one.lag, approved?))));
        }
        self
    }

    /// Returns the ledger's files, with the rows recorded up to a day.
    pub fn books(&self, known: At) -> Books {
        let books = DESTINATIONS.iter().fold(Books::new(), |books, (id, kind)| books.destination(id, kind));
        // Declared, an account's spelling does not depend on which imports are known.
        let declare = |books: Books, platform| books.table(&format!("[accounts.\"{platform}/{}\"]", ACCOUNTS[0]));
        let mut books = PLATFORMS.iter().fold(books, declare).setting(FISCAL_YEARS[self.fiscal_year]);
        let is_known = |recorded: Option<At>| recorded.is_none_or(|recorded| recorded <= known);
        for (id, line) in self.lines.iter().enumerate() {
            let (days, currency) = (period(line.start, line.days), CURRENCIES[line.currency].0);
            let opening = format!("{} {currency}", amount(line.amount, line.currency));
            books = books.plan(&format!("l{id}"), SCOPES[line.scope], &days.to_string(), &opening);
            for change in line.changes.iter().filter(|change| is_known(change.recorded)) {
                let entry = match change.transfer {
                    None => "amendment",
                    Some(_) if change.by < 0 => "transfer-out",
                    Some(_) => "transfer-in",
                };
                books = books.budget(&format!(
                    "line=l{id} entry={entry} amount={} effective={} basis=given recorded={} reference={}",
                    amount(change.by, line.currency),
                    // What took effect before the line counts on its first day.
                    change.offset.map_or(day("2017-06-30"), |offset| at(line.start + offset)),
                    change.recorded.map(|recorded| at(recorded).to_string()).unwrap_or_default(),
                    change.transfer.map(|id| format!("t{id}")).unwrap_or_default()
                ));
            }
        }
        let carried = |one: &&(usize, &Move)| one.1.carries && one.1.amount > 0 && one.1.recorded <= known;
        for (id, one) in self.moves.iter().enumerate().filter(|one| carried(&one)) {
            let (from, to) = (&self.lines[one.from], &self.lines[one.to]);
            for (line, by, on) in
                [(one.from, -one.amount, from.end() + one.leaves), (one.to, one.amount, to.start + one.arrives)]
            {
                books = books.budget(&format!(
                    "line=l{line} entry=carry-forward amount={} effective={} recorded={} reference=f{id}",
                    amount(by, from.currency),
                    at(on),
                    at(one.recorded)
                ));
            }
        }
        for (id, one) in self.restrictions.iter().enumerate() {
            let mut recorded = 0;
            for row in &one.rows {
                recorded += row.recorded;
                if recorded > known {
                    break;
                }
                books = books.restriction(&format!(
                    "id=r{id} kind={} scope={} from={} until={} share={} recorded={} status={}",
                    if one.is_hold { "hold" } else { "ban" },
                    SCOPES[one.scope],
                    at(row.from),
                    row.days.map(|days| at(row.from + days).to_string()).unwrap_or_default(),
                    row.share.map(|share| format!("{share}%")).unwrap_or_default(),
                    at(recorded),
                    if row.is_void { "void" } else { "active" }
                ));
            }
        }
        for (id, order) in self.orders.iter().enumerate() {
            let (line, mut recorded) = (&self.lines[order.line], 0);
            for (offset, minor, later) in &order.rows {
                recorded += later;
                if recorded > known {
                    break;
                }
                books = books.encumbrance(&format!(
                    "line=l{} reference=o{id} date={} amount={} recorded={}",
                    order.line,
                    at(line.start + offset % line.days),
                    amount(*minor, line.currency),
                    at(recorded)
                ));
            }
        }
        for (id, one) in self.redirections.iter().enumerate() {
            for step in one.steps().iter().filter(|step| step.at + one.lag <= known) {
                let minor = step.amount.map(|minor| amount(minor, self.lines[one.line].currency));
                books = books.event(&format!(
                    "id=d{id} event={} date={} recorded={} line=l{} destination={} by={} reference={} condition={} from={} amount={}",
                    step.kind,
                    at(step.at),
                    at(step.at + one.lag),
                    one.line,
                    DESTINATIONS[one.to].0,
                    if step.kind == "proposed" { "ann" } else { "bob" },
                    step.reference,
                    step.condition,
                    one.from.map(|from| format!("d{from}")).unwrap_or_default(),
                    minor.unwrap_or_default()
                ));
                if step.kind == "approved" && DESTINATIONS[one.to].1 == "platform" {
                    let (by, offset) = one.received_by;
                    let line = &self.lines[by];
                    books = books.budget(&format!(
                        "line=l{by} entry=redirect-in amount={} effective={} recorded={} reference=d{id}",
                        amount(step.amount.unwrap_or(one.proposed), line.currency),
                        at(line.start + offset % line.days),
                        at(step.at + one.lag)
                    ));
                }
            }
        }
        // Rates have no day of record.
        for (file, rows) in [("rates/own.csv", self.own_rates()), ("rates/hist.csv", self.history())] {
            books = if rows.is_empty() { books } else { books.file(file, &rows) };
        }
        let imports = self.imports.iter().filter(|import| import.recorded <= known);
        imports.fold(books, |books, import| books.spend(import.spend(known)))
    }

    /// The company's own rates, as a file; nothing where there are none.
    fn own_rates(&self) -> String {
        let mut text = String::new();
        for one in self.rates.iter().filter(|one| one.is_own) {
            for (on, rate) in one.by_day() {
                text += &format!("{on},{},{},{rate},bank\n", PRICED[one.base], PRICED[one.quote]);
            }
        }
        if text.is_empty() { text } else { format!("date,base,quote,rate,source\n{text}") }
    }

    /// The bank's, as it publishes them: the newest day first, `N/A` where there is none, a comma at the end.
    fn history(&self) -> String {
        let mut days: BTreeMap<Day, [String; 3]> = BTreeMap::new();
        for one in self.rates.iter().filter(|one| !one.is_own) {
            for (on, rate) in one.by_day() {
                days.entry(on).or_insert_with(|| ["N/A"; 3].map(str::to_owned))[one.quote - 1] = rate;
            }
        }
        let rows: Vec<String> = days.iter().rev().map(|(on, rates)| format!("{on},{},\n", rates.join(","))).collect();
        if rows.is_empty() { String::new() } else { format!("Date,{},\n{}", PRICED[1..].join(","), rows.concat()) }
    }

    /// Computes a statement by everything known.
    pub fn statement(&self, period: Period, as_of: At) -> Statement {
        let shelf = self.books(At::MAX).open().unwrap();
        shelf.statement(period, at(as_of), None).unwrap()
    }
}

impl Rates {
    fn by_day(&self) -> impl Iterator<Item = (Day, String)> {
        (0..self.count).map(|nth| {
            let rate = self.billionths + self.step * u64::from(nth);
            (at(self.first + nth * self.every), format!("{}.{:09}", rate / 1_000_000_000, rate % 1_000_000_000))
        })
    }
}

impl Import {
    fn spend(&self, known: At) -> Spend {
        let spend = Spend::of(&period(self.first, self.days).to_string())
            .recorded(&at(self.recorded).to_string())
            .provisional_from(&at(self.provisional_from).to_string());
        let spend = if self.is_complete { spend.complete() } else { spend };
        let revoked = self.revoked.map(|later| self.recorded + later).filter(|revoked| *revoked <= known);
        let spend = revoked.into_iter().fold(spend, |spend, on| spend.revoked(&at(on).to_string()));
        // The first three are one currency.
        let mut sums: BTreeMap<(String, String, usize), i128> = BTreeMap::new();
        for row in &self.rows {
            let on = at(self.first + row.offset);
            let on = if CAMPAIGNS[row.campaign] == "m" { on.month().to_string() } else { on.to_string() };
            let place = format!("{}/{}/{}", PLATFORMS[row.platform], ACCOUNTS[row.account], CAMPAIGNS[row.campaign]);
            let currency = row.currency.max(2);
            let step = 10_i128.pow(9 - CURRENCIES[currency].1 as u32);
            *sums.entry((on, place, currency)).or_default() += row.minor * step + row.below % step;
        }
        sums.into_iter().fold(spend, |spend, ((on, place, currency), nanos)| {
            let (sign, size) = (if nanos < 0 { "-" } else { "" }, nanos.abs());
            let code = CURRENCIES[currency].0;
            spend.row(&on, &place, &format!("{sign}{}.{:09} {code}", size / 10_i128.pow(9), size % 10_i128.pow(9)))
        })
    }
}

impl Redirection {
    /// What happens: of the wishes those that are possible.
    fn steps(&self) -> Vec<Step> {
        const ORDER: [&str; 8] =
            ["proposed", "approved", "pledged", "paid", "moved", "acknowledged", "refunded", "cancelled"];
        let place = |kind: &str| ORDER.iter().position(|known| *known == kind);
        let step = |kind, at, amount, reference| Step { kind, at, amount, reference, condition: "" };
        let mut steps = vec![step("proposed", self.at, Some(self.proposed), String::new())];
        let (mut approved, mut pledged, mut is_moved, mut is_cancelled) = (None, None, false, false);
        let mut conditional: Option<i128> = None;
        // Of each payment what is left, and what letters acknowledge.
        let mut payments: Vec<(i128, i128)> = Vec::new();
        let is_donation = DESTINATIONS[self.to].1 == "donation";
        for wish in &self.wishes {
            let part = |of: i128| wish.percent.map_or(of, |percent| of * i128::from(percent) / 100);
            let said = |amount: i128| wish.percent.map(|_| amount);
            let payment = wish.payment.checked_rem(payments.len());
            let outstanding = pledged.unwrap_or(0) - payments.iter().map(|(left, _)| left).sum::<i128>();
            let mut condition = "";
            let (kind, amount, reference) = match (wish.what, approved, payment) {
                (0..=2, None, _) if !is_cancelled => {
                    approved = Some(part(self.proposed));
                    ("approved", said(part(self.proposed)), String::new())
                }
                (0..=2, Some(approved), _) if !is_cancelled && is_donation && pledged.is_none() => {
                    let amount = part(conditional.unwrap_or(approved));
                    if conditional.is_none() && wish.payment % 2 == 1 {
                        (conditional, condition) = (Some(amount), "match");
                    } else {
                        pledged = Some(amount);
                    }
                    ("pledged", said(amount), String::new())
                }
                (0..=2, Some(_), _) if !is_cancelled && !is_donation && !is_moved => {
                    is_moved = true;
                    ("moved", None, String::new())
                }
                (3..=5, ..) if !is_cancelled && part(outstanding) > 0 => {
                    payments.push((part(outstanding), 0));
                    ("paid", said(part(outstanding)), format!("p{}", payments.len()))
                }
                (6..=7, _, Some(at)) if part(payments[at].0 - payments[at].1.min(payments[at].0)) > 0 => {
                    let letter = part(payments[at].0 - payments[at].1.min(payments[at].0));
                    payments[at].1 += letter;
                    ("acknowledged", said(letter), format!("p{}", at + 1))
                }
                (8, _, Some(at)) if part(payments[at].0) > 0 => {
                    let back = part(payments[at].0);
                    payments[at].0 -= back;
                    ("refunded", said(back), format!("p{}", at + 1))
                }
                (9, ..) if !is_cancelled && !is_moved => {
                    is_cancelled = true;
                    ("cancelled", None, String::new())
                }
                _ => continue,
            };
            let last = steps.last().unwrap();
            // Of one day, steps are read in the order of their kinds.
            let gap = if place(kind) > place(last.kind) { wish.gap } else { wish.gap + 1 };
            steps.push(Step { condition, ..step(kind, last.at + gap, amount, reference) });
        }
        steps
    }
}
