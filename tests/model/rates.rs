//! The rate of a pair on a day, sought among all there are.

use respend::ledger::{PublishedRate, RateKind};
use respend::{Currency, Day};

use crate::exact::Ratio;

/// The rate, and the days of the published ones it is made of.
pub(crate) fn rate(all: &[PublishedRate], base: Currency, quote: Currency, on: Day) -> Option<(Ratio, Vec<Day>)> {
    let euro = "EUR".parse().expect("the euro");
    let one = one(all, base, quote, on).map(|(rate, day)| (rate, vec![day]));
    one.or_else(|| {
        let (to, from) = (self::one(all, base, euro, on)?, self::one(all, euro, quote, on)?);
        Some((to.0 * from.0, vec![to.1, from.1]))
    })
}

/// What one published rate says of a pair, in one direction or the other.
fn one(all: &[PublishedRate], base: Currency, quote: Currency, on: Day) -> Option<(Ratio, Day)> {
    for (kind, days) in [(RateKind::Own, 31), (RateKind::Ecb, 7)] {
        for is_inverse in [false, true] {
            let pair = if is_inverse { (quote, base) } else { (base, quote) };
            let holds = |one: &&PublishedRate| {
                one.kind == kind
                    && (one.rate.base(), one.rate.quote()) == pair
                    && one.day <= on
                    && on.days_since(one.day) <= days
            };
            if let Some(found) = all.iter().filter(holds).max_by_key(|one| one.day) {
                let rate = read(&found.rate.to_string());
                return Some((if is_inverse { rate.inverse() } else { rate }, found.day));
            }
        }
    }
    None
}

fn read(text: &str) -> Ratio {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits: i128 = format!("{whole}{fraction}").parse().expect("digits");
    Ratio::new(digits, 10_i128.pow(fraction.len() as u32))
}
