//! A second reckoning of everything a statement says, slow and plain, and random ledgers on which both must agree.
//!
//! The model takes the rows that the ledger read, and nothing of the stages behind it: it counts with exact fractions,
//! walks day by day, and tries every choice of restrictions. `RESPEND_CASES=50000 cargo test --test model` reckons more
//! ledgers than usual.
//!
//! To see that it can fail: change a constant, a sign or a comparison in `src/plan.rs`, `blocked.rs`, `actual.rs`,
//! `rates.rs`, `redirect.rs` or `statement.rs`, and run it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod blocked;
#[path = "../common/mod.rs"]
mod common;
mod division;
mod exact;
mod plan;
mod rates;
mod reckoned;
mod redirections;
mod spend;
mod told;

use std::env;

use common::random::{END, all_days, at, period, world};
use common::{Books, Shelf};
use proptest::prelude::*;
use respend::ledger::Target;
use respend::redirect::allocate;
use respend::{Day, Id, Instant, Money, Period};

/// Compares what is told of a period with what is reckoned.
fn compare(shelf: &Shelf, period: Period, as_of: Day, as_known: Option<Instant>) -> Result<(), TestCaseError> {
    let reckoned = reckoned::of(&shelf.ledger, period, as_of, as_known);
    let told = shelf.statement(period, as_of, as_known);
    let (Some(reckoned), Ok(told)) = (&reckoned, &told) else {
        let refused = told.as_ref().err().map(ToString::to_string);
        prop_assert_eq!(reckoned.is_none(), refused.is_some(), "refused: {:?}", refused);
        return Ok(());
    };
    let told = told::of(told);
    let differ: Vec<String> = reckoned
        .keys()
        .chain(told.keys())
        .filter(|what| reckoned.get(*what) != told.get(*what))
        .map(|what| format!("{what}: told {:?}, reckoned {:?}", told.get(what), reckoned.get(what)))
        .collect();
    prop_assert!(differ.is_empty(), "{period} as of {as_of} as known {as_known:?}\n{}", differ.join("\n"));
    Ok(())
}

fn cases() -> ProptestConfig {
    let cases = env::var("RESPEND_CASES").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000);
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

/// Share in percent, amount, cap, minimum and priority.
type Drawn = (Option<u32>, i128, Option<i128>, Option<i128>, u32);

/// Destinations that take a share or an amount, within bounds; the shares of one priority are at most the whole.
fn targets() -> impl Strategy<Value = Vec<Target>> {
    let bound = || prop::option::weighted(0.3, prop_oneof![0..4_000_i128, 0..12_i128]);
    let one = (prop::option::weighted(0.8, 1..=100_u32), 0..3_000_i128, bound(), bound(), 1..3_u32);
    prop::collection::vec(one, 0..6).prop_map(|all| {
        let money = |minor| Money::from_minor(minor, "USD".parse().unwrap()).unwrap();
        let mut left = [100_u32; 3];
        let target = |(at, (percent, amount, cap, min, priority)): (usize, Drawn)| {
            let share = percent.map(|percent| percent.min(left[priority as usize])).filter(|percent| *percent > 0);
            left[priority as usize] -= share.unwrap_or(0);
            Target {
                destination: format!("d{at}").parse().unwrap(),
                share: share.map(|percent| format!("{percent}%").parse().unwrap()),
                amount: share.is_none().then(|| money(amount)),
                cap: cap.map(money),
                min: min.filter(|min| cap.is_none_or(|cap| *min <= cap) && share.is_some()).map(money),
                priority,
            }
        };
        all.into_iter().enumerate().map(target).collect()
    })
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn statement_and_model_agree(world in world(), start in 0..700_u32, days in 1..500_u32, as_of in 0..END, known in 0..END) {
        let shelf = world.books(u32::MAX).open().map_err(|error| TestCaseError::fail(error.to_string()))?;
        compare(&shelf, all_days(), at(as_of), None)?;
        compare(&shelf, period(start, days), at(as_of), Some(Instant::end_of(at(known))))?;
    }

    /// A line of 31 days, a change that may take too much away, and a restriction that may lack its share.
    #[test]
    fn both_refuse_the_same(minor in 0..400_i128, offset in 0..31_u32, by in -400..0_i128, from in 0..60_u32, scope in 0..3_usize, has_share in any::<bool>()) {
        let (share, scope) = (if has_share { "50%" } else { "" }, ["x", "x/a", "google/a"][scope]);
        let books = Books::new()
            .plan("l", "x", "2018-01-01..2018-01-31", &format!("{minor} JPY"))
            .amend("l", &by.to_string(), &at(offset).to_string())
            .restrict_in_part("ban", "r", scope, &format!("{}..{}", at(from), at(from + 9)), share);
        compare(&books.open().unwrap(), all_days(), at(END), None)?;
    }

    #[test]
    fn both_divide_the_same(minor in prop_oneof![0..10_000_i128, 0..40_i128], targets in targets(), has_remainder in any::<bool>()) {
        let money = Money::from_minor(minor, "USD".parse().unwrap()).unwrap();
        let remainder: Option<Id> = has_remainder.then(|| "rest".parse().unwrap());
        let told = allocate(money, &targets, remainder.as_ref()).unwrap();
        let told_parts: Vec<i128> = told.parts.iter().map(|(_, part)| part.minor()).collect();
        let (mut parts, mut left) = division::divide(minor, &targets);
        if has_remainder && left > 0 {
            parts.push(std::mem::take(&mut left));
        }
        prop_assert_eq!((told_parts, told.unplaced.minor()), (parts, left));
    }
}
