//! [`Id`]: the name of a row or an entry of the ledger.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// The id of a plan line, a restriction, a redirection, a destination or a policy: a small letter or digit, then up
/// to 63 of small letters, digits, `.`, `_` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Id(String);

/// Why a text is not an id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id; use small letters, digits, `.`, `_` and `-`, at most 64, a letter or digit first")]
pub struct IdError(String);

impl Id {
    /// Returns the id's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Returns whether a text has the form of an id.
pub(super) fn is_id(text: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte);
    (1..=64).contains(&text.len()) && text.bytes().all(inner) && text.as_bytes()[0].is_ascii_alphanumeric()
}

impl FromStr for Id {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Id, IdError> {
        if is_id(text) { Ok(Id(text.to_owned())) } else { Err(IdError(text.to_owned())) }
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_plain() {
        for good in ["a", "0", "x-2018", "x.2018_q1-ab12cd", &"a".repeat(64)] {
            assert!(good.parse::<Id>().is_ok(), "{good}");
        }
        for bad in ["", "-a", ".", "..", "../a", "A", "a b", "é", "a/b", &"a".repeat(65)] {
            assert!(bad.parse::<Id>().is_err(), "{bad}");
        }
    }
}
