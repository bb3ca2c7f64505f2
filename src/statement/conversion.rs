//! [`Conversion`]: in which currency spend counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::{Dated, Day, Instant};
use crate::ledger::{Ledger, Line, SpendKey};
use crate::money::{Currency, Money, MoneyError, Rate};
use crate::rates::{self, DayRate};
use crate::scope::Id;

/// Spend that counts in its own currency, since the rate into that of its plan line is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRate {
    /// The plan line that would cover it.
    pub line: Id,
    /// The day whose rate is missing; of a month its last.
    pub day: Day,
    /// The line's currency.
    pub quote: Currency,
    /// What was spent.
    pub amount: Money,
}

/// The rates by which spend counts in the currency of its plan line.
///
/// All lines known decide, also those outside the period: what an account spent is rounded by its running sum, which
/// must not depend on the days that are looked at.
pub(crate) struct Conversion<'a> {
    ledger: &'a Ledger,
    lines: Vec<Line>,
    currencies: BTreeSet<Currency>,
    found: BTreeMap<(Currency, Currency, Day), Option<DayRate>>,
}

impl<'a> Conversion<'a> {
    pub(crate) fn of(ledger: &'a Ledger, as_known: Option<Instant>) -> Conversion<'a> {
        let lines = ledger.lines(as_known);
        let currencies = lines.iter().map(|line| line.currency).collect();
        Conversion { ledger, lines, currencies, found: BTreeMap::new() }
    }

    /// Returns the rate by which spend counts; `None` where it counts in its own currency. A month counts on its last
    /// day.
    pub(crate) fn rate(&mut self, day: Dated, key: &SpendKey) -> Option<Rate> {
        if self.currencies.iter().all(|currency| *currency == key.currency) {
            return None;
        }
        let covers = |line: &&Line| {
            line.period.contains(day.last_day()) && line.scope.contains(&key.platform, &key.account, &key.campaign)
        };
        let quote = self.lines.iter().find(covers).map(|line| line.currency).filter(|quote| *quote != key.currency)?;
        self.found(key.currency, quote, day.last_day()).map(|found| found.rate)
    }

    /// Returns the currency in which spend counts.
    pub(crate) fn currency(&mut self, day: Dated, key: &SpendKey) -> Currency {
        self.rate(day, key).map_or(key.currency, Rate::quote)
    }

    fn found(&mut self, base: Currency, quote: Currency, day: Day) -> Option<&DayRate> {
        let found = self.found.entry((base, quote, day)).or_insert_with(|| rates::find(self.ledger, base, quote, day));
        found.as_ref()
    }
}

/// The rates that the figures of a statement rest on, and those they lack.
#[derive(Default)]
pub(super) struct Used {
    rates: BTreeSet<(Currency, Currency, Day)>,
    missing: BTreeMap<(Id, Currency, Currency, Day), Money>,
}

impl Used {
    /// Notes that spend in a currency counts in that of a plan line, or would with a rate.
    pub(super) fn add(&mut self, line: &Line, day: Day, own: Currency, amount: Money) -> Result<(), MoneyError> {
        if own == line.currency {
            return Ok(());
        }
        if amount.currency() == line.currency {
            self.rates.insert((own, line.currency, day));
            return Ok(());
        }
        let sum = self.missing.entry((line.id.clone(), own, line.currency, day)).or_insert(Money::zero(own));
        *sum = sum.plus(amount)?;
        Ok(())
    }

    /// Returns the rates by base, quote and day, and what is missing by line and then so.
    pub(super) fn rates(self, conversion: &mut Conversion) -> (Vec<DayRate>, Vec<MissingRate>) {
        let of = |(base, quote, day)| conversion.found(base, quote, day).cloned();
        let missing = self.missing.into_iter();
        let missing = missing.map(|((line, _, quote, day), amount)| MissingRate { line, day, quote, amount });
        (self.rates.into_iter().filter_map(of).collect(), missing.collect())
    }
}
