//! [`Cost`]: what a platform reports, exact to nine decimals.

use std::fmt;

use rust_decimal::Decimal;

use super::decimal::{self, AmountError, DECIMALS_MAX};
use super::{Currency, Money, MoneyError, Rate};

/// An exact amount of one currency with up to nine decimals, as platforms report spend.
///
/// Costs are summed exactly and become [`Money`] once, in a statement ([`Cost::to_money`]).
///
/// ```
/// use respend::Cost;
/// let usd = "USD".parse()?;
/// let micros = Cost::parse("20.83669", usd)?;
/// assert_eq!(micros.plus(micros)?.to_string(), "41.67338");
/// assert_eq!(Cost::parse("5", usd)?.to_string(), "5.00");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cost {
    /// Billionths of the currency's unit.
    nanos: i128,
    currency: Currency,
}

/// Keeps every cost inside the 96 bits of a [`Decimal`].
const NANOS_MAX: i128 = 7 * 10_i128.pow(28);

impl Cost {
    /// Reads a plain decimal with at most nine decimals.
    pub fn parse(text: &str, currency: Currency) -> Result<Cost, AmountError> {
        Cost::from_decimal(decimal::plain(text, DECIMALS_MAX)?, currency)
    }

    /// Takes a decimal with at most nine decimals, below 10^18.
    pub fn from_decimal(value: Decimal, currency: Currency) -> Result<Cost, AmountError> {
        let value = value.normalize();
        if value.scale() > DECIMALS_MAX {
            return Err(AmountError::TooPrecise { text: value.to_string(), allowed: DECIMALS_MAX });
        }
        let nanos = decimal::scaled(value, DECIMALS_MAX).filter(|nanos| nanos.unsigned_abs() < 10_u128.pow(27));
        let nanos = nanos.ok_or_else(|| AmountError::OutOfRange(value.to_string()))?;
        Ok(Cost { nanos, currency })
    }

    /// Returns the cost of so many billionths of the currency's unit.
    pub fn from_nanos(nanos: i128, currency: Currency) -> Result<Cost, MoneyError> {
        if nanos.unsigned_abs() > NANOS_MAX.unsigned_abs() {
            return Err(MoneyError::OutOfRange(currency));
        }
        Ok(Cost { nanos, currency })
    }

    /// Returns nothing at all, in a currency.
    pub fn zero(currency: Currency) -> Cost {
        Cost { nanos: 0, currency }
    }

    /// Returns the currency.
    pub fn currency(self) -> Currency {
        self.currency
    }

    /// Returns the number of billionths of the currency's unit.
    pub fn nanos(self) -> i128 {
        self.nanos
    }

    /// Returns the amount in units of the currency, exactly.
    pub fn amount(self) -> Decimal {
        Decimal::from_i128_with_scale(self.nanos, DECIMALS_MAX).normalize()
    }

    /// Returns the amount as people read it: `94,500.00`.
    pub fn grouped(self) -> String {
        decimal::grouped(&self.to_string())
    }

    /// Returns the amount with its currency, for a sentence: `94,500.00 USD`.
    pub fn spelled(self) -> String {
        format!("{} {}", self.grouped(), self.currency)
    }

    /// Writes the amount as [`Display`](fmt::Display) does, where there are millions to write.
    pub(crate) fn write(self, text: &mut Vec<u8>) {
        const ONE: u64 = 10_u64.pow(DECIMALS_MAX);
        let Ok(size) = u64::try_from(self.nanos.unsigned_abs()) else {
            return text.extend_from_slice(self.to_string().as_bytes());
        };
        if self.nanos < 0 {
            text.push(b'-');
        }
        let (whole, mut fraction) = (size / ONE, size % ONE);
        let usual = self.currency.minor_digits();
        let beyond = 10_u64.pow(DECIMALS_MAX.saturating_sub(usual));
        let mut decimals = usual;
        if fraction.is_multiple_of(beyond) {
            fraction = fraction.checked_div(beyond).unwrap_or(fraction);
        } else {
            decimals = DECIMALS_MAX;
            while fraction.is_multiple_of(10) {
                fraction /= 10;
                decimals = decimals.saturating_sub(1);
            }
        }
        decimal::digits(text, whole, 1);
        if decimals > 0 {
            text.push(b'.');
            decimal::digits(text, fraction, decimals as usize);
        }
    }

    /// Returns whether this is nothing.
    pub fn is_zero(self) -> bool {
        self.nanos == 0
    }

    /// Returns the sum.
    pub fn plus(self, other: Cost) -> Result<Cost, MoneyError> {
        self.combine(other, i128::checked_add)
    }

    /// Returns the difference.
    pub fn minus(self, other: Cost) -> Result<Cost, MoneyError> {
        self.combine(other, i128::checked_sub)
    }

    /// Returns the cost in the rate's quote, to the nearest billionth, of two the even one; its own currency is the
    /// rate's base.
    pub fn converted(self, rate: Rate) -> Result<Cost, MoneyError> {
        if rate.base() != self.currency {
            return Err(MoneyError::Mixed(self.currency, rate.base()));
        }
        Cost::from_nanos(rate.convert(self.nanos, DECIMALS_MAX, DECIMALS_MAX)?, rate.quote())
    }

    fn combine(self, other: Cost, op: impl Fn(i128, i128) -> Option<i128>) -> Result<Cost, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(self.currency, other.currency));
        }
        let nanos = op(self.nanos, other.nanos).ok_or(MoneyError::OutOfRange(self.currency))?;
        Cost::from_nanos(nanos, self.currency)
    }

    fn nanos_per_minor(self) -> i128 {
        10_i128.pow(DECIMALS_MAX.saturating_sub(self.currency.minor_digits()))
    }

    /// Returns the nearest whole minor units, ⌊x + ½⌋.
    pub fn to_money(self) -> Result<Money, MoneyError> {
        let step = self.nanos_per_minor();
        let half = step.div_euclid(2);
        let minor = self.nanos.checked_add(half).and_then(|nanos| nanos.checked_div_euclid(step));
        Money::from_minor(minor.ok_or(MoneyError::OutOfRange(self.currency))?, self.currency)
    }

    /// Returns the whole minor units below, and how many billionths are left above them (never negative).
    pub fn floor_and_rest(self) -> Result<(Money, u64), MoneyError> {
        let step = self.nanos_per_minor();
        let rest = self.nanos.checked_rem_euclid(step).unwrap_or(0);
        let floor = Money::from_minor(self.nanos.div_euclid(step), self.currency)?;
        Ok((floor, u64::try_from(rest).unwrap_or(0)))
    }
}

impl From<Money> for Cost {
    /// Exact: a minor unit is a whole number of billionths in every currency. Amounts beyond 10^19 units, which no
    /// budget reaches, saturate at the largest cost.
    fn from(money: Money) -> Cost {
        let cost = Cost::zero(money.currency());
        let nanos = money.minor().saturating_mul(cost.nanos_per_minor()).clamp(-NANOS_MAX, NANOS_MAX);
        Cost { nanos, ..cost }
    }
}

/// Writes the amount with at least the currency's decimals and no more than needed: `5.00`, `20.83669`.
impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.currency.minor_digits() as usize;
        let mut text = decimal::fixed(self.nanos, DECIMALS_MAX);
        let point = text.len().saturating_sub(DECIMALS_MAX as usize);
        let needed = text.trim_end_matches('0').len().max(point.saturating_add(digits));
        text.truncate(needed);
        f.pad(text.trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cost(text: &str, code: &str) -> Cost {
        Cost::parse(text, code.parse().unwrap()).unwrap()
    }

    #[test]
    fn shown_with_the_decimals_it_needs() {
        for (text, code, shown) in [
            ("5", "USD", "5.00"),
            ("-0.5", "USD", "-0.50"),
            ("20.836690", "USD", "20.83669"),
            ("0.000000001", "USD", "0.000000001"),
            ("1200", "JPY", "1200"),
            ("1200.5", "JPY", "1200.5"),
            ("1.5", "KWD", "1.500"),
            ("0", "USD", "0.00"),
        ] {
            assert_eq!(cost(text, code).to_string(), shown);
        }
    }

    #[test]
    fn written_as_it_is_shown() {
        let nanos = [0, 1, -1, 5_000_000_000, -500_000_000, 20_836_690_000, 1_200_500_000_000, NANOS_MAX, -NANOS_MAX];
        for (nanos, code) in nanos.into_iter().flat_map(|nanos| ["USD", "JPY", "KWD"].map(|code| (nanos, code))) {
            let cost = Cost::from_nanos(nanos, code.parse().unwrap()).unwrap();
            let mut text = Vec::new();
            cost.write(&mut text);
            assert_eq!(String::from_utf8(text).unwrap(), cost.to_string());
        }
    }

    #[test]
    fn rounds_half_up_once() {
        for (text, money) in [("0.005", "0.01"), ("0.004999999", "0.00"), ("-0.005", "0.00"), ("-0.006", "-0.01")] {
            assert_eq!(cost(text, "USD").to_money().unwrap().to_string(), money);
        }
        let (floor, rest) = cost("-0.006", "USD").floor_and_rest().unwrap();
        assert_eq!((floor.to_string().as_str(), rest), ("-0.01", 4_000_000));
    }

    #[test]
    fn money_is_a_cost_exactly() {
        let money = Money::parse("8026.03", "USD".parse().unwrap()).unwrap();
        assert_eq!(Cost::from(money).to_string(), "8026.03");
        assert_eq!(Cost::from(money).to_money().unwrap(), money);
    }
}
