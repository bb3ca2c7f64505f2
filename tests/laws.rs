//! What holds of every ledger, shown on random ones. That every figure is right, `tests/model` shows.
#![allow(clippy::unwrap_used)]

mod common;
mod python;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use common::random::{At, END, Line, World, all_days, at, period, world};
use common::{Books, figure};
use proptest::prelude::*;
use python::{has_python, python};
use respend::check::{Severity, closed};
use respend::close::{self, Closing};
use respend::journal::Journal;
use respend::ledger::{Change as Writing, Ledger};
use respend::render::xlsx;
use respend::report::Yearly;
use respend::statement::{Figure, Figures, LineStatement, Statement};
use respend::trace::{Of, Part, Question, Trace, What};
use respend::verify::{Saved, verify};
use respend::{Cost, Instant, Money, Period};

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
    fn both_identities_hold_of_every_line_month_platform_and_total(world in world(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        for period in [period(start, days), all_days()] {
            let statement = world.statement(period, as_of);
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
    fn months_sum_to_the_line_and_lines_to_platform_and_total(world in world(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        let statement = world.statement(period(start, days), as_of);
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
    fn any_cut_in_two_sums_to_the_whole(world in world(), start in 0..600_u32, days in 2..600_u32, cut in 1..600_u32, as_of in 0..END) {
        let cut = 1 + cut % (days - 1);
        let shelf = world.books(END * 3).open().unwrap();
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
    fn blocked_is_what_its_causes_block_together(world in world(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        let statement = world.statement(period(start, days), as_of);
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
    fn every_transaction_of_a_journal_balances(world in world(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END) {
        let statement = world.statement(period(start, days), as_of);
        let journal = Journal::of("Books", &statement).unwrap();
        prop_assert!(journal.transactions.is_sorted_by_key(|transaction| transaction.date));
        for transaction in &journal.transactions {
            // What is money and what is budget balance by themselves.
            let mut sums: BTreeMap<(bool, &str), i128> = BTreeMap::new();
            for posting in &transaction.postings {
                prop_assert!(!posting.amount.is_zero());
                let is_budget = posting.account.path().starts_with("Equity:Budget");
                *sums.entry((is_budget, posting.amount.currency().code())).or_default() += posting.amount.minor();
            }
            prop_assert!(!sums.is_empty() && sums.values().all(|sum| *sum == 0), "{:?}", transaction);
        }
    }

    #[test]
    fn the_order_of_rows_says_nothing(world in world(), seed in any::<u64>(), as_of in 0..END) {
        let books = world.books(END * 3);
        let mut other = books.clone();
        other.rows.iter_mut().for_each(|rows| *rows = shuffled(rows, seed));
        let facts = |books: &Books| facts(&books.open().unwrap().statement(all_days(), at(as_of), None).unwrap());
        same(&facts(&books), &facts(&other))?;
    }

    #[test]
    fn a_report_is_the_same_after_later_facts(world in world(), known in 0..END, as_of in 0..END, filing in prop::option::of(0..END)) {
        let (then, now) = (world.books(known).open(), world.books(END * 3).open());
        let (Ok(then), Ok(now)) = (then, now) else { return Ok(()) };
        let report = Yearly::of(&then.ledger, "2018-03-01..2019-06-30", at(as_of), None, filing.map(at));
        let Ok(report) = report else { return Ok(()) };
        for bytes in [report.json().unwrap().into_bytes(), xlsx(&report.document().unwrap()).unwrap()] {
            let saved = Saved::read(&bytes).unwrap();
            // Where a change that was possible is no longer, there is nothing to compare with.
            let Ok(verified) = verify(&now.ledger, saved) else { return Ok(()) };
            // The shelves write each import anew, so its files are not those of before.
            let is_of_files = |path: &str| path.starts_with("manifest.files") || path.starts_with("manifest!");
            let differences: Vec<_> = verified.differences.iter().filter(|one| !is_of_files(&one.path)).collect();
            prop_assert!(differences.is_empty(), "{differences:#?}");
        }
    }

    #[test]
    fn what_was_known_is_what_a_ledger_of_that_day_says(world in world(), known in 0..END, as_of in 0..END) {
        let cut = Instant::end_of(at(known));
        let then = world.books(known).open().unwrap();
        let now = world.books(END * 3).open().unwrap();
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
    fn what_is_sealed_holds_whatever_is_recorded_later(mut world in world(), start in 0..700_u32, days in 1..500_u32, known in 0..END, seed in any::<u64>()) {
        world.imports.sort_by_key(|import| import.recorded); // an import keeps its id when others come
        let days = period(start, days);
        let Some(then) = sealed(&world.books(known), days, known) else { return Ok(()) };
        prop_assert_eq!(broken(then.path()), [""; 0]);
        let mut later = world.books(END * 3);
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
        let line = &world.lines[0];
        if period(line.start, line.days).overlap(days).is_some() {
            let raised = World { lines: std::iter::once(Line { amount: line.amount + 1, ..line.clone() }).chain(world.lines[1..].iter().cloned()).collect(), ..world.clone() };
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
    fn every_figure_is_the_sum_of_the_facts_it_is_traced_to(world in world(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END, pick in any::<prop::sample::Index>(), month in any::<prop::sample::Index>()) {
        let shelf = world.books(END * 3).open().unwrap();
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
    fn a_split_loses_nothing_and_favours_no_smaller_part(minor in 0..1_000_000_i128, weights in prop::collection::vec(0..1_000_u64, 1..9), currency in prop::sample::select(vec!["USD", "JPY", "KWD"])) {
        prop_assume!(weights.iter().any(|weight| *weight > 0));
        let whole = Money::from_minor(minor, currency.parse().unwrap()).unwrap();
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
