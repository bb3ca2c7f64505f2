//! The rate of a day: found among those that are published, or made of them, exactly.
//!
//! Knows the ledger's rates and the calendar. Knows nothing of amounts, and rounds nothing.
#![warn(clippy::arithmetic_side_effects)]

use crate::calendar::Day;
use crate::ledger::{Ledger, PublishedRate, RateKind};
use crate::money::{Currency, Rate};

/// For how many days the bank's rate of a day holds where it publishes none. It publishes on every working day, and is
/// never silent for so long; a currency that it prices no more has no rate from then on.
pub const ECB_DAYS: u32 = 7;
/// For how many days a rate of one's own holds: one a month is enough.
pub const OWN_DAYS: u32 = 31;

/// The rate of a pair on a day, and what it is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRate {
    /// The day it is asked for.
    pub day: Day,
    /// The rate, an exact fraction.
    pub rate: Rate,
    /// The published rates it is made of, in the order of the way: one, or two with the euro between them.
    pub legs: Vec<Leg>,
}

/// A published rate on the way from one currency to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leg {
    /// The rate as it is published: of the day asked for, or the last one before it.
    pub published: PublishedRate,
    /// Whether the way leads from its quote to its base.
    pub is_inverse: bool,
}

impl Leg {
    fn rate(&self) -> Rate {
        if self.is_inverse { self.published.rate.inverse() } else { self.published.rate }
    }
}

impl DayRate {
    /// Returns whether a rate of an earlier day stands for this one.
    pub fn is_of_an_earlier_day(&self) -> bool {
        self.legs.iter().any(|leg| leg.published.day != self.day)
    }
}

/// Returns the rate of a pair on a day; `None` where none is known, or none is near enough.
///
/// One's own rate comes first, then its inverse, then the bank's, then the way by the euro. Of each the rate of the day
/// is taken, else the last one before it, as long as it holds ([`OWN_DAYS`], [`ECB_DAYS`]).
///
/// ```
/// use respend::ledger::{self, Ledger};
/// use respend::rates;
///
/// # let temporary = tempfile::tempdir()?;
/// # let dir = temporary.path().join("acme");
/// ledger::init(&dir, "Acme advertising", "USD".parse()?)?;
/// std::fs::create_dir(dir.join("rates"))?;
/// std::fs::write(dir.join("rates/hist.csv"), "Date,JPY,USD,\n2018-03-02,130.00,1.2500,\n")?;
/// let ledger = Ledger::open(&dir)?;
/// let sunday = "2018-03-04".parse()?;
/// let rate = rates::find(&ledger, "USD".parse()?, "JPY".parse()?, sunday).expect("both are published");
/// assert_eq!((rate.rate.to_string().as_str(), rate.is_of_an_earlier_day()), ("104", true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn find(ledger: &Ledger, base: Currency, quote: Currency, day: Day) -> Option<DayRate> {
    if let Some(leg) = leg(ledger, base, quote, day) {
        return Some(DayRate { day, rate: leg.rate(), legs: vec![leg] });
    }
    let euro = "EUR".parse().ok().filter(|euro| *euro != base && *euro != quote)?;
    let (to, on) = (leg(ledger, base, euro, day)?, leg(ledger, euro, quote, day)?);
    Some(DayRate { day, rate: to.rate().then(on.rate()).ok()?, legs: vec![to, on] })
}

/// A way of one published rate.
fn leg(ledger: &Ledger, base: Currency, quote: Currency, day: Day) -> Option<Leg> {
    [RateKind::Own, RateKind::Ecb].into_iter().find_map(|kind| {
        let holds = |published: &PublishedRate| day.days_since(published.day) <= days(kind);
        let published = |base, quote| ledger.latest_rate(kind, base, quote, day).filter(holds);
        let there = published(base, quote).map(|published| Leg { published, is_inverse: false });
        there.or_else(|| published(quote, base).map(|published| Leg { published, is_inverse: true }))
    })
}

/// For how many days a rate holds.
fn days(kind: RateKind) -> u32 {
    match kind {
        RateKind::Own => OWN_DAYS,
        RateKind::Ecb => ECB_DAYS,
    }
}
