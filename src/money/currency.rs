//! ISO 4217 currencies and their minor units.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

/// A currency of ISO 4217, with the number of decimals of its minor unit.
///
/// All codes of the standard's list one that have a minor unit are known, and those withdrawn since 1999, which
/// older exports still carry. Funds and metals without a minor unit (`XAU`, `XDR`) are refused: nothing is billed
/// in them and no smallest amount is defined.
///
/// ```
/// use respend::Currency;
/// let yen: Currency = "JPY".parse()?;
/// assert_eq!(yen.minor_digits(), 0);
/// assert_eq!("kwd".parse::<Currency>()?.minor_digits(), 3);
/// assert!("XAU".parse::<Currency>().is_err());
/// # Ok::<(), respend::CurrencyError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    minor_digits: u8,
}

/// Why a text is not a currency.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CurrencyError {
    /// No such code in ISO 4217.
    #[error("`{0}` is not a currency code of ISO 4217; write one like `USD`")]
    Unknown(String),
    /// A fund, a metal or a test code.
    #[error("`{0}` has no minor unit in ISO 4217, so no money is counted in it")]
    NoMinorUnit(String),
}

impl Currency {
    /// Returns the three-letter code, such as `USD`.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// Returns the number of decimals of the minor unit: 2 for `USD`, 0 for `JPY`, 3 for `KWD`.
    pub fn minor_digits(self) -> u32 {
        u32::from(self.minor_digits)
    }
}

impl FromStr for Currency {
    type Err = CurrencyError;

    fn from_str(text: &str) -> Result<Self, CurrencyError> {
        let code = text.trim().to_ascii_uppercase();
        let found = [ACTIVE, WITHDRAWN]
            .iter()
            .find_map(|list| list.binary_search_by_key(&code.as_str(), |(known, _)| known).ok().map(|at| list[at]));
        match found {
            Some((code, minor_digits)) => Ok(Currency { code, minor_digits }),
            None if WITHOUT_MINOR_UNIT.contains(&code.as_str()) => Err(CurrencyError::NoMinorUnit(code)),
            None => Err(CurrencyError::Unknown(text.trim().to_owned())),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code)
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code)
    }
}

/// ISO 4217 list one as of 2026-01-01: code and decimals, sorted by code.
#[rustfmt::skip]
const ACTIVE: &[(&str, u8)] = &[
    ("AED", 2), ("AFN", 2), ("ALL", 2), ("AMD", 2), ("AOA", 2), ("ARS", 2), ("AUD", 2), ("AWG", 2),
    ("AZN", 2), ("BAM", 2), ("BBD", 2), ("BDT", 2), ("BHD", 3), ("BIF", 0), ("BMD", 2), ("BND", 2),
    ("BOB", 2), ("BOV", 2), ("BRL", 2), ("BSD", 2), ("BTN", 2), ("BWP", 2), ("BYN", 2), ("BZD", 2),
    ("CAD", 2), ("CDF", 2), ("CHE", 2), ("CHF", 2), ("CHW", 2), ("CLF", 4), ("CLP", 0), ("CNY", 2),
    ("COP", 2), ("COU", 2), ("CRC", 2), ("CUP", 2), ("CVE", 2), ("CZK", 2), ("DJF", 0), ("DKK", 2),
    ("DOP", 2), ("DZD", 2), ("EGP", 2), ("ERN", 2), ("ETB", 2), ("EUR", 2), ("FJD", 2), ("FKP", 2),
    ("GBP", 2), ("GEL", 2), ("GHS", 2), ("GIP", 2), ("GMD", 2), ("GNF", 0), ("GTQ", 2), ("GYD", 2),
    ("HKD", 2), ("HNL", 2), ("HTG", 2), ("HUF", 2), ("IDR", 2), ("ILS", 2), ("INR", 2), ("IQD", 3),
    ("IRR", 2), ("ISK", 0), ("JMD", 2), ("JOD", 3), ("JPY", 0), ("KES", 2), ("KGS", 2), ("KHR", 2),
    ("KMF", 0), ("KPW", 2), ("KRW", 0), ("KWD", 3), ("KYD", 2), ("KZT", 2), ("LAK", 2), ("LBP", 2),
    ("LKR", 2), ("LRD", 2), ("LSL", 2), ("LYD", 3), ("MAD", 2), ("MDL", 2), ("MGA", 2), ("MKD", 2),
    ("MMK", 2), ("MNT", 2), ("MOP", 2), ("MRU", 2), ("MUR", 2), ("MVR", 2), ("MWK", 2), ("MXN", 2),
    ("MXV", 2), ("MYR", 2), ("MZN", 2), ("NAD", 2), ("NGN", 2), ("NIO", 2), ("NOK", 2), ("NPR", 2),
    ("NZD", 2), ("OMR", 3), ("PAB", 2), ("PEN", 2), ("PGK", 2), ("PHP", 2), ("PKR", 2), ("PLN", 2),
    ("PYG", 0), ("QAR", 2), ("RON", 2), ("RSD", 2), ("RUB", 2), ("RWF", 0), ("SAR", 2), ("SBD", 2),
    ("SCR", 2), ("SDG", 2), ("SEK", 2), ("SGD", 2), ("SHP", 2), ("SLE", 2), ("SOS", 2), ("SRD", 2),
    ("SSP", 2), ("STN", 2), ("SVC", 2), ("SYP", 2), ("SZL", 2), ("THB", 2), ("TJS", 2), ("TMT", 2),
    ("TND", 3), ("TOP", 2), ("TRY", 2), ("TTD", 2), ("TWD", 2), ("TZS", 2), ("UAH", 2), ("UGX", 0),
    ("USD", 2), ("USN", 2), ("UYI", 0), ("UYU", 2), ("UYW", 4), ("UZS", 2), ("VED", 2), ("VES", 2),
    ("VND", 0), ("VUV", 0), ("WST", 2), ("XAD", 2), ("XAF", 0), ("XCD", 2), ("XCG", 2), ("XOF", 0),
    ("XPF", 0), ("YER", 2), ("ZAR", 2), ("ZMW", 2), ("ZWG", 2),
];

/// Codes withdrawn since 1999 (ISO 4217 list three) that exports of their time carry, sorted by code.
#[rustfmt::skip]
const WITHDRAWN: &[(&str, u8)] = &[
    ("ANG", 2), ("AZM", 2), ("BGN", 2), ("BYR", 0), ("CSD", 2), ("CUC", 2), ("CYP", 2), ("EEK", 2),
    ("GHC", 2), ("HRK", 2), ("LTL", 2), ("LVL", 2), ("MRO", 2), ("MTL", 2), ("MZM", 2), ("ROL", 2),
    ("SDD", 2), ("SIT", 2), ("SKK", 2), ("SLL", 2), ("SRG", 2), ("STD", 2), ("TMM", 2), ("TRL", 0),
    ("VEB", 2), ("VEF", 2), ("ZMK", 2), ("ZWD", 2), ("ZWL", 2),
];

/// Codes of list one whose minor unit is "N.A.".
#[rustfmt::skip]
const WITHOUT_MINOR_UNIT: &[&str] = &[
    "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XDR", "XPD", "XPT", "XSU", "XTS", "XUA", "XXX",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted_and_apart() {
        for list in [ACTIVE, WITHDRAWN] {
            assert!(list.windows(2).all(|pair| pair[0].0 < pair[1].0));
        }
        assert!(WITHDRAWN.iter().all(|(code, _)| ACTIVE.binary_search_by_key(code, |(known, _)| known).is_err()));
        assert_eq!(ACTIVE.len(), 165);
    }

    #[test]
    fn minor_units_that_are_not_two() {
        let digits = |code: &str| code.parse::<Currency>().unwrap().minor_digits();
        for (code, expected) in [("JPY", 0), ("KRW", 0), ("ISK", 0), ("KWD", 3), ("TND", 3), ("CLF", 4), ("UYW", 4)] {
            assert_eq!(digits(code), expected, "{code}");
        }
        assert_eq!(digits("TRL"), 0);
        assert_eq!(digits("HRK"), 2);
    }

    #[test]
    fn what_is_not_a_currency_is_named() {
        assert_eq!("US$".parse::<Currency>(), Err(CurrencyError::Unknown("US$".into())));
        assert_eq!("".parse::<Currency>(), Err(CurrencyError::Unknown("".into())));
        assert_eq!("XXX".parse::<Currency>(), Err(CurrencyError::NoMinorUnit("XXX".into())));
    }
}
