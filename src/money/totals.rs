//! [`Totals`]: a sum per currency.

use std::collections::BTreeMap;

use super::{Cost, Currency, MoneyError};

/// Exact sums, one per currency, in the order of the currency codes.
///
/// ```
/// use respend::{Cost, Totals};
/// let mut totals = Totals::default();
/// totals.add(Cost::parse("1.50", "USD".parse()?)?)?;
/// totals.add(Cost::parse("2", "EUR".parse()?)?)?;
/// totals.add(Cost::parse("0.25", "USD".parse()?)?)?;
/// let lines: Vec<String> = totals.iter().map(|sum| format!("{sum} {}", sum.currency())).collect();
/// assert_eq!(lines, ["2.00 EUR", "1.75 USD"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    sums: BTreeMap<Currency, Cost>,
}

impl Totals {
    /// Adds an amount to the sum of its currency.
    pub fn add(&mut self, cost: Cost) -> Result<(), MoneyError> {
        let currency = cost.currency();
        let sum = self.get(currency).plus(cost)?;
        self.sums.insert(currency, sum);
        Ok(())
    }

    /// Returns the sum in a currency; zero where nothing was added in it.
    pub fn get(&self, currency: Currency) -> Cost {
        self.sums.get(&currency).copied().unwrap_or(Cost::zero(currency))
    }

    /// Returns the sums, by currency code.
    pub fn iter(&self) -> impl Iterator<Item = Cost> + '_ {
        self.sums.values().copied()
    }

    /// Returns whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.sums.is_empty()
    }
}
