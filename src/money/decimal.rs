//! The one way from text to an exact amount.

use rust_decimal::Decimal;

/// The largest number of decimals an amount may have: a billionth of the currency's unit.
pub(crate) const DECIMALS_MAX: u32 = 9;

/// Amounts are below 10^18 of the currency's unit, so that sums of them stay far from the end of the integers.
const INTEGER_DIGITS_MAX: usize = 18;

/// Why a text is not an amount.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AmountError {
    /// Not digits with at most one point and a leading minus.
    #[error("`{0}` is not a plain decimal; write it like 1234.50, without thousands separators or signs of currency")]
    NotPlain(String),
    /// More decimals than the amount can hold.
    #[error("`{text}` has more than {allowed} decimals")]
    TooPrecise {
        /// The text as it stood.
        text: String,
        /// How many decimals are allowed here.
        allowed: u32,
    },
    /// 10^18 or more.
    #[error("`{0}` is out of range; amounts are below 10^18")]
    OutOfRange(String),
}

/// Reads a plain decimal: digits, at most one point with digits on both sides, at most a leading minus.
///
/// The syntax is checked here because [`Decimal`]'s own parsers accept underscores and exponents, and its
/// `from_str` rounds what does not fit instead of refusing it.
pub(crate) fn plain(text: &str, decimals_max: u32) -> Result<Decimal, AmountError> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (integer, fraction) = match unsigned.split_once('.') {
        Some((integer, fraction)) => (integer, Some(fraction)),
        None => (unsigned, None),
    };
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(integer) || !fraction.is_none_or(digits) {
        return Err(AmountError::NotPlain(text.to_owned()));
    }
    let fraction = fraction.unwrap_or("").trim_end_matches('0');
    let integer = integer.trim_start_matches('0');
    if fraction.len() > decimals_max as usize {
        return Err(AmountError::TooPrecise { text: text.to_owned(), allowed: decimals_max });
    }
    if integer.len() > INTEGER_DIGITS_MAX {
        return Err(AmountError::OutOfRange(text.to_owned()));
    }
    let sign = if unsigned.len() < text.len() { "-" } else { "" };
    let exact = format!("{sign}0{integer}.{fraction}0");
    Decimal::from_str_exact(&exact).map_err(|_| AmountError::OutOfRange(text.to_owned()))
}

/// Returns `value` as a whole number of steps of 10^-`decimals`; `None` when it is not one.
pub(crate) fn scaled(value: Decimal, decimals: u32) -> Option<i128> {
    let value = value.normalize();
    let missing = decimals.checked_sub(value.scale())?;
    value.mantissa().checked_mul(10_i128.checked_pow(missing)?)
}

/// Writes `steps` of 10^-`decimals` with exactly that many decimals.
pub(crate) fn fixed(steps: i128, decimals: u32) -> String {
    let digits = format!("{:0>width$}", steps.unsigned_abs(), width = (decimals as usize).saturating_add(1));
    let (integer, fraction) = digits.split_at(digits.len().saturating_sub(decimals as usize));
    let sign = if steps < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{integer}{point}{fraction}")
}

/// Writes a number with at least so many digits, where there are millions to write.
pub(crate) fn digits(text: &mut Vec<u8>, number: u64, at_least: usize) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(number).as_bytes();
    text.extend(std::iter::repeat_n(b'0', at_least.saturating_sub(digits.len())));
    text.extend_from_slice(digits);
}

/// Puts a comma between every three digits of the whole part: what people read.
pub(crate) fn grouped(number: &str) -> String {
    let (sign, size) = number.strip_prefix('-').map_or(("", number), |size| ("-", size));
    let (whole, fraction) = size.find('.').map_or((size, ""), |point| size.split_at(point));
    let mut shown = sign.to_owned();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && whole.len().saturating_sub(at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_decimals_are_read() {
        for good in ["0", "-0.10", "007", "1234.500000000", "999999999999999999.999999999"] {
            assert!(plain(good, 9).is_ok(), "{good}");
        }
        for bad in ["", "-", ".", "1.", ".5", "+1", "1_000", "1e3", "1,5", " 1", "1 ", "--1", "1.2.3", "٣", "1\u{a0}0"]
        {
            assert_eq!(plain(bad, 9), Err(AmountError::NotPlain(bad.into())), "{bad}");
        }
        assert!(matches!(plain("0.1234567891", 9), Err(AmountError::TooPrecise { allowed: 9, .. })));
        assert!(matches!(plain("1000000000000000000", 9), Err(AmountError::OutOfRange(_))));
    }

    #[test]
    fn what_is_fixed_reads_back() {
        for (steps, decimals, text) in [
            (0, 2, "0.00"),
            (-5, 2, "-0.05"),
            (12, 0, "12"),
            (-1, 0, "-1"),
            (1, 3, "0.001"),
            (9_450_000, 2, "94500.00"),
        ] {
            assert_eq!(fixed(steps, decimals), text);
            assert_eq!(scaled(plain(text, 9).unwrap(), decimals), Some(steps));
        }
    }
}
