//! [`Share`]: a part of a whole.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::Serialize;

use super::decimal;

/// A part of a whole, above 0 and at most 1, with at most nine decimals: `0.35`, or `35%`.
///
/// ```
/// use respend::Share;
/// assert_eq!("35%".parse::<Share>()?, "0.35".parse::<Share>()?);
/// assert!("0".parse::<Share>().is_err());
/// # Ok::<(), respend::ShareError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    /// In (0, [`Share::WHOLE`]].
    steps: u64,
}

/// Why a text is not a share.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a share; write a part of the whole above 0 and at most 1, like 0.35 or 35%")]
pub struct ShareError(String);

impl Share {
    const DECIMALS: u32 = 9;
    const WHOLE: u64 = 1_000_000_000;

    /// The whole.
    pub const ALL: Share = Share { steps: Share::WHOLE };

    /// Returns whether this is the whole.
    pub fn is_all(self) -> bool {
        self == Share::ALL
    }

    /// Returns the share as a decimal, `0.35`.
    pub fn amount(self) -> Decimal {
        Decimal::from_i128_with_scale(i128::from(self.steps), Share::DECIMALS).normalize()
    }

    /// Returns the share as a weight for [`super::Money::split`]: billionths of the whole.
    pub fn weight(self) -> u64 {
        self.steps
    }

    /// Returns the sum of shares, at most the whole; `None` of none.
    pub fn sum_up_to_whole(shares: impl IntoIterator<Item = Share>) -> Option<Share> {
        let steps = shares.into_iter().fold(0_u64, |sum, share| sum.saturating_add(share.steps).min(Share::WHOLE));
        (steps > 0).then_some(Share { steps })
    }

    /// Returns numerator and denominator.
    pub(crate) fn ratio(self) -> (i128, i128) {
        (i128::from(self.steps), i128::from(Share::WHOLE))
    }
}

impl FromStr for Share {
    type Err = ShareError;

    fn from_str(text: &str) -> Result<Share, ShareError> {
        let text = text.trim();
        let (number, decimals) = match text.strip_suffix('%') {
            Some(percent) => (percent.trim_end(), Share::DECIMALS.saturating_sub(2)),
            None => (text, Share::DECIMALS),
        };
        decimal::plain(number, decimals)
            .ok()
            .and_then(|value| decimal::scaled(value, decimals))
            .and_then(|steps| u64::try_from(steps).ok())
            .filter(|&steps| 0 < steps && steps <= Share::WHOLE)
            .map(|steps| Share { steps })
            .ok_or_else(|| ShareError(text.to_owned()))
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.amount(), f)
    }
}

impl Serialize for Share {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn above_nothing_and_at_most_all() {
        for good in ["1", "1.0", "0.000000001", "100%", "12.5 %", "0.35"] {
            assert!(good.parse::<Share>().is_ok(), "{good}");
        }
        for bad in ["0", "0%", "1.1", "101%", "-0.1", "0.0000000001", "", "%", "a half"] {
            assert!(bad.parse::<Share>().is_err(), "{bad}");
        }
        assert_eq!("0.350".parse::<Share>().unwrap().to_string(), "0.35");
    }

    #[test]
    fn a_sum_stops_at_the_whole() {
        let share = |text: &str| text.parse::<Share>().unwrap();
        assert_eq!(Share::sum_up_to_whole([share("0.6"), share("0.7")]), Some(Share::ALL));
        assert_eq!(Share::sum_up_to_whole([share("0.25"), share("0.5")]), Some(share("0.75")));
        assert_eq!(Share::sum_up_to_whole([]), None);
    }
}
