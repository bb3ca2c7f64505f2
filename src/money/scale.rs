//! [`Scale`]: how much more or less than before.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;

use super::decimal;

/// A factor above 0 and at most 100, with at most four decimals: `1.1`, or `110%`.
///
/// ```
/// use respend::Scale;
/// assert_eq!("110%".parse::<Scale>()?, "1.1".parse::<Scale>()?);
/// # Ok::<(), respend::ScaleError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scale {
    /// In (0, 100 · [`Scale::ONCE`]].
    steps: u32,
}

/// Why a text is not a scale.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a scale; write a factor above 0 and at most 100, like 1.1 or 110%")]
pub struct ScaleError(String);

impl Scale {
    const DECIMALS: u32 = 4;
    const ONCE: u32 = 10_000;

    /// As much as before.
    pub const SAME: Scale = Scale { steps: Scale::ONCE };

    /// Returns numerator and denominator.
    pub(crate) fn ratio(self) -> (i128, i128) {
        (i128::from(self.steps), i128::from(Scale::ONCE))
    }
}

impl FromStr for Scale {
    type Err = ScaleError;

    fn from_str(text: &str) -> Result<Scale, ScaleError> {
        let text = text.trim();
        let (number, decimals) = match text.strip_suffix('%') {
            Some(percent) => (percent.trim_end(), Scale::DECIMALS.saturating_sub(2)),
            None => (text, Scale::DECIMALS),
        };
        decimal::plain(number, decimals)
            .ok()
            .and_then(|value| decimal::scaled(value, decimals))
            .and_then(|steps| u32::try_from(steps).ok())
            .filter(|&steps| 0 < steps && steps <= Scale::ONCE.saturating_mul(100))
            .map(|steps| Scale { steps })
            .ok_or_else(|| ScaleError(text.to_owned()))
    }
}

/// Writes `110%`.
impl fmt::Display for Scale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = Decimal::from_i128_with_scale(i128::from(self.steps), Scale::DECIMALS.saturating_sub(2));
        f.pad(&format!("{}%", percent.normalize()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_nothing_and_at_most_a_hundredfold() {
        for (good, written) in
            [("1.1", "110%"), ("110%", "110%"), ("0.0001", "0.01%"), ("100", "10000%"), ("1", "100%")]
        {
            assert_eq!(good.parse::<Scale>().unwrap().to_string(), written);
        }
        for bad in ["0", "0%", "100.1", "-1", "1.00001", "", "%", "half", "1,1"] {
            assert!(bad.parse::<Scale>().is_err(), "{bad}");
        }
    }
}
