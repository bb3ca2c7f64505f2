//! [`Rate`]: how much of one currency a unit of another is.

use std::fmt;

use serde::Serialize;

use super::decimal::{self, DECIMALS_MAX};
use super::{Currency, MoneyError};

/// How much of one currency, the quote, a unit of another, the base, is: an exact fraction, above zero.
///
/// A rate is read with at most nine decimals. Its inverse and what several make together stay fractions, so that an
/// amount is rounded once, where it is converted ([`Cost::converted`](super::Cost::converted),
/// [`Money::converted`](super::Money::converted)).
///
/// ```
/// use respend::{Money, Rate};
/// let (eur, usd, jpy) = ("EUR".parse()?, "USD".parse()?, "JPY".parse()?);
/// let (dollars, yen) = (Rate::parse("1.25", eur, usd)?, Rate::parse("130", eur, jpy)?);
/// let across = dollars.inverse().then(yen)?;
/// assert_eq!(across.to_string(), "104");
/// assert_eq!(Money::parse("10.50", usd)?.converted(across)?.to_string(), "1092");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rate {
    base: Currency,
    quote: Currency,
    /// In lowest terms, both above zero.
    numerator: i128,
    denominator: i128,
}

/// Why a text is not a rate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a rate; write a plain decimal above 0 and below 10^9 with at most nine decimals, like 1.2312")]
pub struct RateError(String);

/// Billionths of a whole: rates are read in these.
const WHOLE: i128 = 10_i128.pow(DECIMALS_MAX);

impl Rate {
    /// Reads how much of the quote one unit of the base is.
    pub fn parse(text: &str, base: Currency, quote: Currency) -> Result<Rate, RateError> {
        Ok(Rate::from_billionths(Rate::billionths(text)?, base, quote))
    }

    /// Reads a rate in billionths, whatever its currencies: what a book of many holds of each.
    pub(crate) fn billionths(text: &str) -> Result<u64, RateError> {
        let exact = decimal::plain(text, DECIMALS_MAX).ok().and_then(|value| decimal::scaled(value, DECIMALS_MAX));
        let exact = exact.and_then(|exact| u64::try_from(exact).ok()).filter(|&exact| exact > 0);
        exact.filter(|&exact| i128::from(exact) < WHOLE.saturating_mul(WHOLE)).ok_or_else(|| RateError(text.to_owned()))
    }

    /// Returns the rate of so many billionths, above zero.
    pub(crate) fn from_billionths(billionths: u64, base: Currency, quote: Currency) -> Rate {
        Rate::reduced(base, quote, i128::from(billionths.max(1)), WHOLE)
    }

    fn reduced(base: Currency, quote: Currency, numerator: i128, denominator: i128) -> Rate {
        let (mut common, mut rest) = (numerator, denominator);
        while let Some(next) = common.checked_rem(rest) {
            (common, rest) = (rest, next);
        }
        let part = |of: i128| of.checked_div(common).unwrap_or(of);
        Rate { base, quote, numerator: part(numerator), denominator: part(denominator) }
    }

    /// Returns the currency a unit of which is priced.
    pub fn base(self) -> Currency {
        self.base
    }

    /// Returns the currency it is priced in.
    pub fn quote(self) -> Currency {
        self.quote
    }

    /// Returns the rate of the way back.
    pub fn inverse(self) -> Rate {
        let Rate { base, quote, numerator, denominator } = self;
        Rate { base: quote, quote: base, numerator: denominator, denominator: numerator }
    }

    /// Returns the rate of both ways, one after the other: the next begins with the currency this one ends with.
    pub fn then(self, next: Rate) -> Result<Rate, MoneyError> {
        if self.quote != next.base {
            return Err(MoneyError::Mixed(self.quote, next.base));
        }
        let numerator = self.numerator.checked_mul(next.numerator);
        let denominator = self.denominator.checked_mul(next.denominator);
        match (numerator, denominator) {
            (Some(numerator), Some(denominator)) => Ok(Rate::reduced(self.base, next.quote, numerator, denominator)),
            _ => Err(MoneyError::OutOfRange(next.quote)),
        }
    }

    /// Returns a number of units of the base, each 10^-`from` of it, as units of the quote, each 10^-`to` of it,
    /// rounded half to even.
    pub(super) fn convert(self, units: i128, from: u32, to: u32) -> Result<i128, MoneyError> {
        let finer = |decimals: u32, than: u32| 10_i128.checked_pow(decimals.saturating_sub(than));
        let numerator = finer(to, from).and_then(|steps| self.numerator.checked_mul(steps));
        let denominator = finer(from, to).and_then(|steps| self.denominator.checked_mul(steps));
        let converted = numerator.zip(denominator).and_then(|(n, d)| half_even(units, n, d));
        converted.ok_or(MoneyError::OutOfRange(self.quote))
    }
}

/// Returns the whole number nearest to `units` · n / d, of two the even one; `None` where it is out of range.
fn half_even(units: i128, n: i128, d: i128) -> Option<i128> {
    // In two steps, so that the products stay inside the integer.
    let rest = units.checked_rem_euclid(d)?.checked_mul(n)?;
    let whole = units.checked_div_euclid(d)?.checked_mul(n)?.checked_add(rest.checked_div(d)?)?;
    let rest = rest.checked_rem(d)?;
    let is_above = match rest.cmp(&d.checked_sub(rest)?) {
        std::cmp::Ordering::Equal => whole.checked_rem(2)? != 0,
        order => order.is_gt(),
    };
    whole.checked_add(i128::from(is_above))
}

/// Writes the rate as a decimal with at most nine decimals, the last of them rounded half to even.
impl fmt::Display for Rate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(billionths) = half_even(WHOLE, self.numerator, self.denominator) else {
            return write!(f, "{}/{}", self.numerator, self.denominator);
        };
        let text = decimal::fixed(billionths, DECIMALS_MAX);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

/// A decimal string; the currencies stand beside it in the surrounding object.
impl Serialize for Rate {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)] // bounded by the strategies
mod tests {
    use proptest::prelude::*;

    use super::super::{Cost, Money};
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn rate(text: &str) -> Rate {
        Rate::parse(text, currency("EUR"), currency("USD")).unwrap()
    }

    #[test]
    fn a_rate_is_a_plain_decimal_above_zero() {
        for (good, written) in [("1.2312", "1.2312"), ("0.000000001", "0.000000001"), ("999999999.5", "999999999.5")] {
            assert_eq!(rate(good).to_string(), written);
        }
        for bad in ["0", "-1", "1,2", "N/A", "", "1e3", "0.0000000001", "1000000000"] {
            assert!(Rate::parse(bad, currency("EUR"), currency("USD")).is_err(), "{bad}");
        }
    }

    #[test]
    fn halves_go_to_the_even_side() {
        for (cents, expected) in [(1, 0), (3, 2), (5, 2), (-1, 0), (-3, -2), (-5, -2), (7, 4)] {
            let money = Money::from_minor(cents, currency("EUR")).unwrap();
            assert_eq!(money.converted(rate("0.5")).unwrap().minor(), expected, "{cents} · ½");
        }
        let cost = Cost::parse("0.000000003", currency("EUR")).unwrap();
        assert_eq!(cost.converted(rate("0.5")).unwrap().nanos(), 2);
    }

    #[test]
    fn minor_units_are_those_of_the_quote() {
        let yen = Rate::parse("106.5", currency("USD"), currency("JPY")).unwrap();
        assert_eq!(Money::parse("1.01", currency("USD")).unwrap().converted(yen).unwrap().to_string(), "108");
        let back = Money::parse("108", currency("JPY")).unwrap().converted(yen.inverse()).unwrap();
        assert_eq!(back.spelled(), "1.01 USD");
        assert!(back.converted(rate("1.2")).is_err(), "a rate converts its base");
    }

    #[test]
    fn what_is_too_large_is_an_error() {
        let most = Money::from_minor(10_i128.pow(28), currency("EUR")).unwrap();
        assert!(most.converted(rate("999999999")).is_err());
        assert_eq!(most.converted(rate("1")).unwrap().minor(), most.minor());
    }

    proptest! {
        #[test]
        fn a_way_there_and_back_is_no_way(there in 1_u64..10_u64.pow(15), on in 1_u64..10_u64.pow(15), nanos in -10_i128.pow(24)..10_i128.pow(24)) {
            let (eur, usd, jpy) = (currency("EUR"), currency("USD"), currency("JPY"));
            let (there, on) = (Rate::from_billionths(there, eur, usd), Rate::from_billionths(on, eur, jpy));
            prop_assert_eq!(there.then(there.inverse()).unwrap(), Rate::from_billionths(1_000_000_000, eur, eur));
            // Across a third currency nothing is lost: there and on is the same as straight on.
            let across = there.inverse().then(on).unwrap();
            prop_assert_eq!(there.then(across).unwrap(), on);
            let cost = Cost::from_nanos(nanos, usd).unwrap();
            if let Ok(converted) = cost.converted(across) {
                // |converted · d - nanos · n| <= d / 2
                let (n, d) = (across.numerator, across.denominator);
                let off = converted.nanos().checked_mul(d).zip(nanos.checked_mul(n)).map(|(a, b)| (a - b).abs());
                prop_assert!(off.is_none_or(|off| off <= d - off));
            }
        }
    }
}
