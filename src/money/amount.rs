//! [`Money`]: a whole number of minor units of one currency.

use std::fmt;

use rust_decimal::Decimal;
use serde::Serialize;

use super::decimal::{self, AmountError};
use super::{Currency, Scale, Share};

/// A whole number of minor units of one currency, such as 8,026.03 USD.
///
/// There is no `+` and no order: both would need one answer for two currencies. Arithmetic is checked and answers a
/// `Result`; the only roundings are in [`Money::prorated`], [`Money::carried`], [`Money::portion`] and [`Money::scaled`], and [`Money::split`] loses nothing.
///
/// ```
/// use respend::Money;
/// let budget = Money::parse("94500.00", "USD".parse()?)?;
/// let parts = budget.split(&[1, 1, 1])?.into_iter().map(|part| part.to_string()).collect::<Vec<_>>();
/// assert_eq!(parts, ["31500.00", "31500.00", "31500.00"]);
/// assert!(budget.plus(Money::parse("1", "EUR".parse()?)?).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Within ±[`MINOR_MAX`], so that it always fits a [`Decimal`] and any product with a number of days an `i128`.
    minor: i128,
    currency: Currency,
}

/// Keeps every amount inside the 96 bits of a [`Decimal`].
const MINOR_MAX: i128 = 10_i128.pow(28);

/// Why an amount could not be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Two currencies met.
    #[error("{0} met {1}; amounts of different currencies are never added")]
    Mixed(Currency, Currency),
    /// The result is larger than any amount may be.
    #[error("an amount in {0} is out of range")]
    OutOfRange(Currency),
    /// Nothing to split over: no parts, or all weights zero.
    #[error("an amount in {0} has nothing to be split over")]
    NoParts(Currency),
}

impl Money {
    /// Reads a plain decimal with at most the currency's own decimals.
    pub fn parse(text: &str, currency: Currency) -> Result<Money, AmountError> {
        let digits = currency.minor_digits();
        let value = decimal::plain(text, digits)?;
        let minor = decimal::scaled(value, digits).ok_or_else(|| AmountError::OutOfRange(text.to_owned()))?;
        Ok(Money { minor, currency })
    }

    /// Returns the amount of so many minor units: 1 is a cent in `USD`, a yen in `JPY`.
    pub fn from_minor(minor: i128, currency: Currency) -> Result<Money, MoneyError> {
        if minor.unsigned_abs() > MINOR_MAX.unsigned_abs() {
            return Err(MoneyError::OutOfRange(currency));
        }
        Ok(Money { minor, currency })
    }

    /// Returns nothing at all, in a currency.
    pub fn zero(currency: Currency) -> Money {
        Money { minor: 0, currency }
    }

    /// Returns the currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Returns the number of minor units.
    pub fn minor(self) -> i128 {
        self.minor
    }

    /// Returns the amount in units of the currency, exactly.
    pub fn amount(self) -> Decimal {
        Decimal::from_i128_with_scale(self.minor, self.currency.minor_digits())
    }

    /// Returns the amount as people read it: `94,500.00`.
    pub fn grouped(self) -> String {
        decimal::grouped(&self.to_string())
    }

    /// Returns the amount with its currency, for a sentence: `94,500.00 USD`.
    pub fn spelled(self) -> String {
        format!("{} {}", self.grouped(), self.currency)
    }

    /// Returns whether this is nothing.
    pub fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// Returns whether this is below zero.
    pub fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// Returns the sum.
    pub fn plus(self, other: Money) -> Result<Money, MoneyError> {
        self.combine(other, i128::checked_add)
    }

    /// Returns the difference.
    pub fn minus(self, other: Money) -> Result<Money, MoneyError> {
        self.combine(other, i128::checked_sub)
    }

    /// Returns the smaller of two amounts of one currency.
    pub fn least(self, other: Money) -> Result<Money, MoneyError> {
        self.combine(other, |a, b| Some(a.min(b)))
    }

    /// Returns the larger of two amounts of one currency.
    pub fn most(self, other: Money) -> Result<Money, MoneyError> {
        self.combine(other, |a, b| Some(a.max(b)))
    }

    /// Returns the amount, or zero where it is negative.
    pub fn at_least_zero(self) -> Money {
        Money { minor: self.minor.max(0), currency: self.currency }
    }

    /// Returns the same amount with the other sign.
    pub fn negated(self) -> Money {
        Money { minor: self.minor.saturating_neg(), currency: self.currency }
    }

    /// Returns ⌊self · part / whole + ½⌋: the cumulative part of the amount after `part` of `whole` equal days.
    ///
    /// Rounds half up, not half even, so that equal steps stay equal wherever they start.
    pub fn prorated(self, part: u32, whole: u32) -> Result<Money, MoneyError> {
        self.carried(u64::from(part), u64::from(whole))
    }

    /// Returns ⌊self · part / whole + ½⌋ where days count in part, so that `part` and `whole` are no numbers of days.
    pub fn carried(self, part: u64, whole: u64) -> Result<Money, MoneyError> {
        let numerator = self.minor.checked_mul(i128::from(part));
        self.rounded(numerator, i128::from(whole))
    }

    /// Returns ⌊share · self + ½⌋.
    pub fn portion(self, share: Share) -> Result<Money, MoneyError> {
        let (steps, whole) = share.ratio();
        self.rounded(self.minor.checked_mul(steps), whole)
    }

    /// Returns ⌊scale · self + ½⌋.
    pub fn scaled(self, scale: Scale) -> Result<Money, MoneyError> {
        let (steps, once) = scale.ratio();
        self.rounded(self.minor.checked_mul(steps), once)
    }

    fn rounded(self, numerator: Option<i128>, denominator: i128) -> Result<Money, MoneyError> {
        let out_of_range = MoneyError::OutOfRange(self.currency);
        // ⌊n/d + ½⌋ = ⌊(2n + d) / 2d⌋, and Euclid's division is the floor for a positive divisor.
        numerator
            .and_then(|n| n.checked_mul(2))
            .and_then(|n| n.checked_add(denominator))
            .and_then(|n| n.checked_div_euclid(denominator.checked_mul(2)?))
            .ok_or(out_of_range)
            .and_then(|minor| Money::from_minor(minor, self.currency))
    }

    /// Splits the amount by weights; the parts sum to the whole, always.
    ///
    /// Every exact share is floored (towards zero), and the minor units left over go one each to the largest
    /// remainders, ties in the order given. A zero weight gets nothing.
    pub fn split(self, weights: &[u64]) -> Result<Vec<Money>, MoneyError> {
        let out_of_range = || MoneyError::OutOfRange(self.currency);
        let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
        if sum == 0 {
            return Err(MoneyError::NoParts(self.currency));
        }
        let size = self.minor.unsigned_abs().cast_signed();
        let mut parts = Vec::with_capacity(weights.len());
        let mut left = size;
        for &weight in weights {
            // Floor(size · weight / sum) in two steps, so that the product stays inside the integer.
            let weight = i128::from(weight);
            let (whole, rest) = (size.checked_div(sum).unwrap_or(0), size.checked_rem(sum).unwrap_or(0));
            let exact = rest.checked_mul(weight).ok_or_else(out_of_range)?;
            let floor = whole
                .checked_mul(weight)
                .and_then(|units| units.checked_add(exact.checked_div(sum)?))
                .ok_or_else(out_of_range)?;
            left = left.checked_sub(floor).ok_or_else(out_of_range)?;
            parts.push((floor, exact.checked_rem(sum).unwrap_or(0)));
        }
        let mut by_remainder: Vec<usize> = (0..parts.len()).collect();
        by_remainder.sort_by_key(|&at| std::cmp::Reverse(parts[at].1));
        for at in by_remainder.into_iter().take(usize::try_from(left).unwrap_or(0)) {
            parts[at].0 = parts[at].0.saturating_add(1);
        }
        let sign = self.minor.signum();
        parts.into_iter().map(|(units, _)| Money::from_minor(units.saturating_mul(sign), self.currency)).collect()
    }

    fn combine(self, other: Money, op: impl Fn(i128, i128) -> Option<i128>) -> Result<Money, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let minor = op(self.minor, other.minor).ok_or(MoneyError::OutOfRange(self.currency))?;
        Money::from_minor(minor, self.currency)
    }
}

/// Writes the amount with the currency's decimals and no currency: `8026.03`. What [`Money::parse`] reads back.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&decimal::fixed(self.minor, self.currency.minor_digits()))
    }
}

/// A decimal string; the currency stands beside it in the surrounding object.
impl Serialize for Money {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)] // bounded by the strategies
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn usd(text: &str) -> Money {
        Money::parse(text, "USD".parse().unwrap()).unwrap()
    }

    #[test]
    fn minor_units_belong_to_the_currency() {
        assert_eq!(Money::parse("1.250", "KWD".parse().unwrap()).unwrap().minor(), 1250);
        assert_eq!(Money::parse("1250", "JPY".parse().unwrap()).unwrap().to_string(), "1250");
        assert!(matches!(Money::parse("1.5", "JPY".parse().unwrap()), Err(AmountError::TooPrecise { allowed: 0, .. })));
        assert_eq!(usd("1.500").to_string(), "1.50");
    }

    #[test]
    fn currencies_do_not_mix() {
        let eur = Money::parse("1", "EUR".parse().unwrap()).unwrap();
        assert_eq!(usd("1").plus(eur), Err(MoneyError::Mixed(usd("1").currency(), eur.currency())));
    }

    #[test]
    fn proration_rounds_half_up_on_both_sides_of_zero() {
        for (minor, part, whole, expected) in [(1, 1, 2, 1), (-1, 1, 2, 0), (-3, 1, 2, -1), (5, 1, 3, 2), (0, 0, 7, 0)]
        {
            let money = Money::from_minor(minor, usd("0").currency()).unwrap();
            assert_eq!(money.prorated(part, whole).unwrap().minor(), expected, "{minor} · {part}/{whole}");
        }
    }

    #[test]
    fn amounts_do_not_grow_without_end() {
        let most = Money::from_minor(MINOR_MAX, usd("0").currency()).unwrap();
        assert!(most.plus(usd("0.01")).is_err());
        assert_eq!(most.prorated(366, 366).unwrap(), most);
        assert_eq!(most.amount().to_string(), "100000000000000000000000000.00");
    }

    #[test]
    fn the_largest_remainders_get_what_is_left() {
        let parts = |text: &str, weights: &[u64]| {
            usd(text).split(weights).unwrap().iter().map(|m| m.minor()).collect::<Vec<_>>()
        };
        assert_eq!(parts("1.00", &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(parts("-1.00", &[1, 1, 1]), [-34, -33, -33]);
        assert_eq!(parts("0.02", &[0, 3, 3]), [0, 1, 1]);
        assert_eq!(parts("0.05", &[50, 30, 20]), [3, 1, 1]);
        assert!(usd("1").split(&[0, 0]).is_err());
        assert!(usd("1").split(&[]).is_err());
    }

    proptest! {
        #[test]
        fn a_split_loses_nothing(minor in -10_i128.pow(20)..10_i128.pow(20), weights in prop::collection::vec(0u64..1_000_000_000, 1..12)) {
            prop_assume!(weights.iter().any(|&weight| weight > 0));
            let whole = Money::from_minor(minor, "USD".parse().unwrap()).unwrap();
            let parts = whole.split(&weights).unwrap();
            prop_assert_eq!(parts.iter().map(|part| part.minor()).sum::<i128>(), minor);
            let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
            for (part, &weight) in parts.iter().zip(&weights) {
                let exact_times_sum = minor * i128::from(weight);
                prop_assert!((part.minor() * sum - exact_times_sum).abs() < sum, "a part is within one unit of its share");
                prop_assert!(weight > 0 || part.is_zero());
            }
        }

        #[test]
        fn text_reads_back(minor in any::<i64>()) {
            let money = Money::from_minor(i128::from(minor), "KWD".parse().unwrap()).unwrap();
            prop_assert_eq!(Money::parse(&money.to_string(), money.currency()).unwrap(), money);
        }
    }
}
