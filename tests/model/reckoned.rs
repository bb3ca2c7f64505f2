//! Everything a statement says, reckoned from the rows of a ledger, day by day.

use std::collections::BTreeMap;

use respend::ledger::{
    Entry, EntryKind, Ledger, Line, PublishedRate, Redirection, Restriction, RestrictionKind, Status,
};
use respend::{Currency, Day, Id, Instant, Period, Platform, Scope};

use crate::blocked::{self, BlockedDay, covers, in_force, overlap, share};
use crate::exact::Ratio;
use crate::plan;
use crate::rates::rate;
use crate::redirections::{Come, come, needs_other_funding, take_on};
use crate::spend::{self, Actual};

/// What is said, by its name: `line x: plan` is `9450000`, in minor units.
pub(crate) type Said = BTreeMap<String, String>;

/// Figures by their keys.
type Sums = BTreeMap<&'static str, i128>;

/// What happens to a line on one of its days.
struct LineDay {
    day: Day,
    plan: i128,
    received: i128,
    blocked: BlockedDay,
    outside: i128,
    inside: i128,
}

/// Reckons a period; `None` where the ledger breaks a rule.
pub(crate) fn of(ledger: &Ledger, period: Period, as_of: Day, as_known: Option<Instant>) -> Option<Said> {
    let restrictions = restrictions(ledger, as_known);
    let redirections: Vec<(&Redirection, Come)> =
        ledger.redirections().iter().filter_map(|one| Some((one, come(one, as_of, as_known)?))).collect();
    let mut lines: Vec<(Line, Vec<LineDay>)> = Vec::new();
    for line in known_lines(ledger, as_known) {
        let days = days(&line, &restrictions, &redirections)?;
        lines.push((line, days));
    }
    let mut said = Said::new();
    let mut platforms: BTreeMap<(Platform, Currency), Sums> = BTreeMap::new();
    let mut unbudgeted: BTreeMap<(String, Platform, Currency), (i128, i128)> = BTreeMap::new();
    let mut provisional = 0;
    let known: Vec<Line> = lines.iter().map(|(line, _)| line.clone()).collect();
    let rates: Vec<PublishedRate> = ledger.published_rates().collect();
    let mut missing: BTreeMap<String, i128> = BTreeMap::new();
    for actual in spend::actuals(ledger, &known.iter().collect::<Vec<_>>(), as_of, as_known) {
        let on = actual.on.last_day();
        let is_shown = period.contains(on);
        provisional += if is_shown { actual.provisional_rows } else { 0 };
        let line = lines.iter_mut().find(|(line, _)| line.period.contains(on) && covers(&line.scope, &place(&actual)));
        let (own, counted) = (actual.key.currency, actual.currency);
        if let Some((line, _)) = line.as_ref().filter(|(line, _)| line.period.overlap(period).is_some()) {
            if own != counted {
                let (_, days) = rate(&rates, own, counted, on).expect("a rate");
                let days: Vec<String> = days.iter().map(Day::to_string).collect();
                said.insert(format!("rate of {own} in {counted} of {on}"), days.join(" "));
            } else if own != line.currency {
                *missing.entry(format!("line {} lacks {own} in {} of {on}", line.id, line.currency)).or_default() +=
                    actual.minor;
            }
        }
        let line = line.filter(|(line, _)| line.currency == counted);
        let over = |line: Option<&Line>| is_inside(&actual, line, &restrictions);
        if let Some((line, days)) = line {
            let is_inside = over(Some(line));
            let day = days.iter_mut().find(|of| of.day == on)?;
            *(if is_inside { &mut day.inside } else { &mut day.outside }) += actual.minor;
        } else if is_shown {
            let at = (place(&actual).to_string(), actual.key.platform.clone(), actual.key.currency);
            let (all, inside) = unbudgeted.entry(at).or_default();
            *all += actual.minor;
            *inside += if over(None) { actual.minor } else { 0 };
        }
    }
    said.insert("provisional rows".into(), provisional.to_string());
    said.extend(missing.into_iter().map(|(what, minor)| (what, minor.to_string())));
    for ((place, platform, currency), (all, inside)) in unbudgeted {
        say(&mut said, &format!("unbudgeted {place} {currency}"), [("actual", all), ("inside", inside)]);
        *platforms.entry((platform, currency)).or_default().entry("unbudgeted").or_default() += all;
    }
    for (line, days) in lines.iter().filter(|(line, _)| line.period.overlap(period).is_some()) {
        let name = format!("line {}", line.id);
        let shown: Vec<&LineDay> = days.iter().filter(|of| period.contains(of.day)).collect();
        let mut months: BTreeMap<String, Vec<&LineDay>> = BTreeMap::new();
        shown.iter().for_each(|of| months.entry(of.day.to_string()[..7].to_owned()).or_default().push(of));
        for (month, days) in months {
            say(&mut said, &format!("{name} {month}"), flows(&days, as_of));
            say(&mut said, &format!("{name} {month} blocked by"), parts(&days));
        }
        say(&mut said, &format!("{name} blocked by"), parts(&shown));
        let all: Vec<&LineDay> = days.iter().collect();
        say(&mut said, &format!("{name} whole, blocked by"), parts(&all));
        let of_line = flows(&all, as_of);
        let mut figures = flows(&shown, as_of);
        let carried_out: i128 =
            line.entries.iter().filter(|entry| carries_out(entry)).map(|entry| -entry.amount.minor()).sum();
        let (open_orders, restricted_orders) = orders(ledger, line, days, as_known);
        let free = of_line["plan"]
            - of_line["actual"]
            - of_line["open_plan_ahead"].max(open_orders)
            - restricted_orders
            - carried_out;
        let limit = of_line["blocked_net"].min(free).max(0);
        let of_it = || ledger.redirections().iter().filter(|one| one.line == line.id);
        let mut of_it: Vec<(&Redirection, Come)> =
            of_it().filter_map(|one| Some((one, come(one, as_of, as_known)?))).collect();
        take_on(&mut of_it);
        let live: i128 = of_it.iter().map(|(_, come)| come.live).sum();
        let over = (live - limit).max(0);
        figures.insert("encumbered", open_orders + restricted_orders);
        figures.insert("free", free);
        figures.insert("redirected_live", live);
        figures.insert("redirectable", (of_line["blocked_net"].min(free) - live).max(0));
        figures.insert("over_redirected", over);
        say(&mut said, &name, figures.clone());
        let whole = [("plan", of_line["plan"]), ("actual", of_line["actual"]), ("carried out", carried_out)];
        say(&mut said, &format!("{name} whole"), whole);
        let sums = platforms.entry((line.scope.platform.clone(), line.currency)).or_default();
        figures.into_iter().for_each(|(figure, amount)| *sums.entry(figure).or_default() += amount);
        let uncovered = shown.iter().filter(|of| !of.blocked.is_whole && of.day <= as_of);
        let uncovered = uncovered.filter(|of| !is_covered(ledger, line, of.day, as_of, as_known));
        let uncovered: Vec<String> = uncovered.map(|of| of.day.to_string()).collect();
        said.insert(format!("{name}: uncovered"), uncovered.join(" "));
        let needs = needs_other_funding(over, &of_it);
        for ((redirection, come), needs) in of_it.iter().zip(needs) {
            let name = format!("redirection {}", redirection.id);
            said.insert(format!("{name}: state"), come.state.to_owned());
            let amounts = [
                ("proposed", come.proposed),
                ("approved", come.approved.unwrap_or(0)),
                ("conditional", come.conditional.unwrap_or(0)),
                ("pledged", come.pledged.unwrap_or(0)),
                ("paid", come.paid),
                ("acknowledged", come.acknowledged),
                ("outstanding", come.pledged.unwrap_or(0) - come.paid),
                ("awaiting letter", come.paid - come.acknowledged),
                ("taken on", come.taken_on),
                ("needs other funding", needs),
            ];
            say(&mut said, &name, amounts);
        }
    }
    let mut totals: BTreeMap<Currency, Sums> = BTreeMap::new();
    for ((platform, currency), mut sums) in platforms {
        let spend = sums.get("actual").unwrap_or(&0) + sums.get("unbudgeted").unwrap_or(&0);
        sums.insert("spend", spend);
        let total = totals.entry(currency).or_default();
        sums.iter().for_each(|(figure, amount)| *total.entry(figure).or_default() += amount);
        say(&mut said, &format!("{platform} {currency}"), sums);
    }
    for (currency, mut sums) in totals {
        sums.insert("plan_received", 0); // it is in the plan of the lines it came from
        say(&mut said, &currency.to_string(), sums);
    }
    let is_shown = |one: &&Restriction| one.from < period.end() && one.until.is_none_or(|until| period.start() < until);
    let shown: Vec<String> = restrictions.iter().filter(is_shown).map(|one| one.id.to_string()).collect();
    said.insert("restrictions".into(), shown.join(" "));
    // What is nothing is said by being there or not.
    said.retain(|_, value| value != "0");
    Some(said)
}

/// Adds amounts under a name.
pub(crate) fn say<K: ToString>(said: &mut Said, name: &str, amounts: impl IntoIterator<Item = (K, i128)>) {
    said.extend(amounts.into_iter().map(|(what, minor)| (format!("{name}: {}", what.to_string()), minor.to_string())));
}

fn known(recorded: Option<Instant>, as_known: Option<Instant>) -> bool {
    match (recorded, as_known) {
        (Some(recorded), Some(cut)) => recorded <= cut,
        _ => true,
    }
}

/// The lines with the entries known; of which none is, is not there.
fn known_lines(ledger: &Ledger, as_known: Option<Instant>) -> Vec<Line> {
    let mut lines = ledger.lines(None);
    lines.iter_mut().for_each(|line| line.entries.retain(|entry| known(entry.recorded, as_known)));
    lines.into_iter().filter(|line| !line.entries.is_empty()).collect()
}

/// Of each restriction the latest row known, unless it is void.
fn restrictions(ledger: &Ledger, as_known: Option<Instant>) -> Vec<Restriction> {
    let mut latest: BTreeMap<&Id, &Restriction> = BTreeMap::new();
    for row in ledger.restriction_rows().iter().filter(|row| known(row.recorded, as_known)) {
        let before = latest.get(&row.id);
        if before.is_none_or(|before| before.recorded < row.recorded) {
            latest.insert(&row.id, row);
        }
    }
    latest.into_values().filter(|row| row.status == Status::Active).cloned().collect()
}

fn carries_out(entry: &Entry) -> bool {
    entry.kind == EntryKind::CarryForward && entry.amount.minor() < 0
}

/// Plan, received plan and blocked plan of every day of a line; `None` where an entry takes away more than is left, or
/// a restriction does not say which part of the line it stops.
fn days(line: &Line, restrictions: &[Restriction], redirections: &[(&Redirection, Come)]) -> Option<Vec<LineDay>> {
    let days = plan::days(line);
    let is_narrow = |one: &Restriction| overlap(&one.scope, &line.scope) && !covers(&one.scope, &line.scope);
    let no_share = restrictions.iter().filter(|one| one.share.is_none() && is_narrow(one));
    if no_share.into_iter().any(|one| days.iter().any(|day| in_force(one, *day))) {
        return None;
    }
    let planned = |entry: &&Entry| entry.kind != EntryKind::RedirectIn && !carries_out(entry);
    let stands = |id: &str| {
        let mut found = redirections.iter().filter(|(one, _)| one.id.as_str() == id);
        found.any(|(_, come)| come.approval.is_some() && !come.is_cancelled)
    };
    let received =
        |entry: &&Entry| entry.kind == EntryKind::RedirectIn && entry.reference.as_deref().is_some_and(stands);
    let plan = plan::cumulative(line, line.entries.iter().filter(planned))?;
    let received = plan::cumulative(line, line.entries.iter().filter(received))?;
    let blocked = blocked::days(line, &days, &plan, restrictions);
    let of_day = |(at, blocked): (usize, BlockedDay)| {
        let (plan, received) = (plan[at + 1] - plan[at], received[at + 1] - received[at]);
        LineDay { day: days[at], plan, received, blocked, outside: 0, inside: 0 }
    };
    Some(blocked.into_iter().enumerate().map(of_day).collect())
}

/// Where spend ran.
fn place(actual: &Actual) -> Scope {
    let (account, campaign) = (Some(actual.key.account.clone()), Some(actual.key.campaign.clone()));
    Scope { platform: actual.key.platform.clone(), account, campaign }
}

/// Whether on every day of it a restriction is in force that covers its account and campaign. One that covers the
/// whole line in part takes none.
fn is_inside(actual: &Actual, line: Option<&Line>, restrictions: &[Restriction]) -> bool {
    let days = std::iter::successors(Some(actual.on.first_day()), |day| Some(day.next()));
    let takes = |one: &Restriction| {
        let unsaid = line.is_some_and(|line| covers(&one.scope, &line.scope)) && share(one) < Ratio::ONE;
        covers(&one.scope, &place(actual)) && !unsaid
    };
    days.take_while(|day| *day <= actual.on.last_day())
        .all(|day| restrictions.iter().any(|one| takes(one) && in_force(one, day)))
}

/// What each cause blocks of some days.
fn parts(days: &[&LineDay]) -> BTreeMap<String, i128> {
    let mut sums = BTreeMap::new();
    for ((kind, id), part) in days.iter().flat_map(|of| &of.blocked.parts) {
        *sums.entry(format!("{kind} {id}")).or_default() += part;
    }
    sums
}

/// The flows of some days.
fn flows(days: &[&LineDay], as_of: Day) -> Sums {
    let sum = |of: &dyn Fn(&LineDay) -> i128| days.iter().map(|day| of(day)).sum::<i128>();
    let by = |day: &LineDay, kind: RestrictionKind| {
        day.blocked.parts.iter().filter(|((of, _), _)| *of == kind).map(|(_, part)| part).sum::<i128>()
    };
    let gross = |day: &LineDay| by(day, RestrictionKind::Ban) + by(day, RestrictionKind::Hold);
    let if_so = |is_so: bool, amount: i128| if is_so { amount } else { 0 };
    let (plan, blocked, inside, outside) =
        (sum(&|day| day.plan), sum(&gross), sum(&|day| day.inside), sum(&|day| day.outside));
    let open_to_date = sum(&|day| if_so(day.day <= as_of, day.plan - gross(day)));
    BTreeMap::from([
        ("plan", plan),
        ("plan_received", sum(&|day| day.received)),
        ("actual", inside + outside),
        ("open_plan", plan - blocked),
        ("open_plan_ahead", sum(&|day| if_so(day.day > as_of, day.plan - gross(day)))),
        ("open_variance", plan - blocked - outside),
        ("open_variance_to_date", open_to_date - outside),
        ("blocked_imposed", sum(&|day| by(day, RestrictionKind::Ban))),
        ("blocked_voluntary", sum(&|day| by(day, RestrictionKind::Hold))),
        ("blocked_gross", blocked),
        ("blocked_to_date", sum(&|day| if_so(day.day <= as_of, gross(day)))),
        ("spend_during_restriction", inside),
        ("blocked_net", blocked - inside),
    ])
}

/// What open orders bind of a line on open days, and on restricted ones: of each order the latest row known. Only here
/// a file is read anew, since the ledger does not hand out the rows that others replaced.
fn orders(ledger: &Ledger, line: &Line, days: &[LineDay], as_known: Option<Instant>) -> (i128, i128) {
    let mut latest: BTreeMap<String, (Option<Instant>, Day, i128)> = BTreeMap::new();
    let Ok(mut reader) = csv::Reader::from_path(ledger.dir().join("encumbrances.csv")) else { return (0, 0) };
    for row in reader.deserialize::<BTreeMap<String, String>>() {
        let row = row.expect("an order");
        let recorded: Option<Instant> =
            Some(row["recorded"].as_str()).filter(|text| !text.is_empty()).map(|text| text.parse().expect("a moment"));
        if row["line"] == line.id.as_str() && known(recorded, as_known) {
            let amount = respend::Money::parse(&row["amount"], line.currency).expect("an amount").minor();
            let this = (recorded, row["date"].parse().expect("a day"), amount);
            let before = latest.entry(row["reference"].clone()).or_insert(this);
            *before = if before.0 < recorded { this } else { *before };
        }
    }
    let is_restricted = |on: Day| days.iter().any(|of| of.day == on && of.blocked.is_restricted);
    let sum = |restricted: bool| {
        latest.values().filter(|(_, on, _)| is_restricted(*on) == restricted).map(|(.., amount)| amount).sum()
    };
    (sum(false), sum(true))
}

/// Whether any import speaks for a day of a line. One that knows months speaks for no day of a month that is not over.
fn is_covered(ledger: &Ledger, line: &Line, day: Day, as_of: Day, as_known: Option<Instant>) -> bool {
    spend::imports(ledger, as_known).into_iter().any(|import| {
        let is_under_way = day.month() == as_of.month() && as_of.next().month() == as_of.month();
        import.covered.contains(day)
            && spend::speaks_for(ledger, import, &line.scope.platform, line.scope.account.as_deref())
            && !(import.has_months() && is_under_way)
    })
}
