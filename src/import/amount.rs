//! Amounts as platforms write them, read exactly.
//!
//! Knows notations; which decimal mark a column uses is decided over the whole file, from [`Proof`].

use crate::money::Currency;

use super::{DecimalMark, Unit};

/// An exact amount, in steps of 10^-18 of the currency's unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Exact(i128);

/// The finest step of an [`Exact`].
const SCALE: u32 = 18;
/// The finest step of a cost in the ledger.
const NANOS: u32 = 9;
/// Amounts are below 10^18.
const INTEGER_DIGITS_MAX: i64 = 18;

impl Exact {
    pub(super) const ZERO: Exact = Exact(0);

    pub(super) fn plus(self, other: Exact) -> Option<Exact> {
        self.0.checked_add(other.0).map(Exact)
    }

    pub(super) fn minus(self, other: Exact) -> Option<Exact> {
        self.0.checked_sub(other.0).map(Exact)
    }

    pub(super) fn size(self) -> u128 {
        self.0.unsigned_abs()
    }

    pub(super) fn is_negative(self) -> bool {
        self.0 < 0
    }

    /// Returns the amount of so many billionths; `None` where it is beyond what is counted.
    pub(super) fn of_nanos(nanos: i128) -> Option<Exact> {
        nanos.checked_mul(10_i128.pow(SCALE - NANOS)).map(Exact)
    }

    /// Returns the amount in billionths; `None` where that would lose digits.
    pub(super) fn nanos(self) -> Option<i128> {
        let step = 10_i128.pow(SCALE - NANOS);
        (self.0 % step == 0).then_some(self.0 / step)
    }

    /// Returns the amount rounded half-even to so many decimals, at most nine.
    pub(super) fn rounded(self, decimals: u32) -> Exact {
        let step = 10_i128.pow(SCALE - decimals.min(NANOS));
        let (floor, rest) = (self.0.div_euclid(step), self.0.rem_euclid(step));
        let up = rest * 2 > step || (rest * 2 == step && floor % 2 != 0);
        Exact((floor + i128::from(up)) * step)
    }

    /// Half of the last of so many decimals, so many times: what rounding each of so many rows may add up to.
    pub(super) fn half_steps(decimals: u32, rows: u64) -> u128 {
        (10_u128.pow(SCALE.saturating_sub(decimals)) / 2).saturating_mul(u128::from(rows))
    }
}

/// Writes the amount with no more decimals than needed.
impl std::fmt::Display for Exact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let step = 10_u128.pow(SCALE);
        let fraction = format!("{:018}", self.size() % step);
        let fraction = fraction.trim_end_matches('0');
        let sign = if self.is_negative() { "-" } else { "" };
        write!(f, "{sign}{}.{fraction:0<2}", self.size() / step)
    }
}

/// One amount's text, taken apart as far as is possible without knowing the decimal mark.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct AmountText<'a> {
    negative: bool,
    /// The mark of a currency that stood beside it.
    pub(super) mark: Option<&'a str>,
    /// Digits, points, commas and grouping marks.
    body: &'a str,
    exponent: i64,
    pub(super) scientific: bool,
}

/// Why a text is no amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AmountFault {
    /// It is no number, or not one with this decimal mark.
    NotAnAmount,
    /// It has more decimals than are kept.
    TooPrecise,
    /// It is 10^18 or more.
    OutOfRange,
}

/// What an amount's text proves about its decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// Nothing, and it reads the same with either.
    Irrelevant,
    /// It is this one.
    Mark(DecimalMark),
    /// Nothing, and it reads differently: `1,234`.
    Open,
}

/// Returns whether a cell says that there is no value.
pub(super) fn is_no_value(cell: &str) -> bool {
    let cell = cell.trim();
    if cell.starts_with(|char: char| char.is_ascii_digit()) {
        return false;
    }
    matches!(cell, "" | "-" | "--" | "---" | "–" | "—")
        || ["n/a", "(not set)", "unknown", "null"].iter().any(|word| cell.eq_ignore_ascii_case(word))
}

const GROUP_MARKS: [char; 7] = [' ', '\u{a0}', '\u{202f}', '\u{2009}', '\'', '’', '٬'];

impl<'a> AmountText<'a> {
    /// Takes a cell apart: sign, mark of currency, digits, exponent.
    pub(super) fn of(cell: &'a str) -> Result<AmountText<'a>, AmountFault> {
        let mut text = AmountText { negative: false, mark: None, body: cell.trim(), exponent: 0, scientific: false };
        let mut signed = false;
        for (word, is_credit) in [("CR", true), ("DR", false)] {
            if let Some(rest) = without_word(text.body, word) {
                (text.body, text.negative, signed) = (rest, is_credit, true);
                break;
            }
        }
        // Most amounts are bare, and need none of the looking for signs and marks.
        let is_bare = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b',');
        while !is_bare(text.body) {
            let body = text.body.trim();
            let minus = |body: &'a str| {
                let inner = body.strip_prefix('(').and_then(|inner| inner.strip_suffix(')'));
                inner.or_else(|| body.strip_prefix(['-', '−', '﹣', '－'])).or_else(|| body.strip_suffix(['-', '−']))
            };
            if let Some(rest) = minus(body).or_else(|| body.strip_prefix('+')) {
                // Two signs would be a riddle: `-(5)` is refused.
                if std::mem::replace(&mut signed, true) {
                    return Err(AmountFault::NotAnAmount);
                }
                text.negative = !body.starts_with('+');
                text.body = rest;
            } else if let Some((rest, mark)) = split_mark(body).filter(|_| text.mark.is_none()) {
                text.mark = Some(mark);
                text.body = rest;
            } else {
                text.body = body;
                break;
            }
        }
        if let Some((body, exponent)) = text.body.split_once(['e', 'E']) {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            let plain = (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
            text.exponent = exponent.parse().ok().filter(|_| plain).ok_or(AmountFault::NotAnAmount)?;
            text.body = body;
            text.scientific = true;
        }
        let allowed = |char: char| char.is_ascii_digit() || char == '.' || char == ',' || GROUP_MARKS.contains(&char);
        if !text.body.chars().all(allowed) || !text.body.contains(|char: char| char.is_ascii_digit()) {
            return Err(AmountFault::NotAnAmount);
        }
        Ok(text)
    }

    /// Returns what the text proves about the decimal mark.
    pub(super) fn proof(&self) -> Proof {
        let count = |mark: char| self.body.matches(mark).count();
        let (last, mark, other) = match (self.body.rfind('.'), self.body.rfind(',')) {
            (None, None) => return Proof::Irrelevant,
            (Some(point), Some(comma)) if point > comma => return Proof::Mark(DecimalMark::Point),
            (Some(_), Some(_)) => return Proof::Mark(DecimalMark::Comma),
            (Some(point), None) => (point, DecimalMark::Point, DecimalMark::Comma),
            (None, Some(comma)) => (comma, DecimalMark::Comma, DecimalMark::Point),
        };
        let sign = if mark == DecimalMark::Point { '.' } else { ',' };
        if count(sign) > 1 {
            return Proof::Mark(other); // what occurs twice groups
        }
        let (before, after) =
            (self.body.get(..last).unwrap_or_default(), self.body.get(last + 1..).unwrap_or_default());
        let may_group = after.len() == 3
            && (1..=3).contains(&before.len())
            && !before.starts_with('0')
            && before.bytes().all(|byte| byte.is_ascii_digit())
            && !self.scientific;
        if may_group { Proof::Open } else { Proof::Mark(mark) }
    }

    /// Returns how many decimals are written.
    pub(super) fn decimals(&self, mark: DecimalMark) -> u32 {
        let decimals = self.body.rsplit_once(sign_of(mark)).map_or(0, |(_, decimals)| decimals.len());
        u32::try_from(decimals).unwrap_or(u32::MAX)
    }

    /// Returns the exact amount.
    pub(super) fn value(&self, mark: DecimalMark, unit: Unit) -> Result<Exact, AmountFault> {
        let (integer, fraction) = match self.body.split_once(sign_of(mark)) {
            Some((integer, fraction)) if !fraction.is_empty() => (integer, fraction),
            Some(_) => return Err(AmountFault::NotAnAmount),
            None => (self.body, ""),
        };
        if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || !is_grouped_well(integer) {
            return Err(AmountFault::NotAnAmount);
        }
        let digits: String = integer.chars().chain(fraction.chars()).filter(char::is_ascii_digit).collect();
        let micros = if unit == Unit::Micros { 6 } else { 0 };
        let written = i64::try_from(fraction.len()).unwrap_or(i64::MAX);
        let digits = digits.trim_start_matches('0');
        let significant = digits.trim_end_matches('0');
        if significant.is_empty() {
            return Ok(Exact::ZERO);
        }
        let zeros = i64::try_from(digits.len() - significant.len()).unwrap_or(i64::MAX);
        // The value is `significant` · 10^-decimals.
        let decimals = written.saturating_add(micros).saturating_sub(self.exponent).saturating_sub(zeros);
        let length = i64::try_from(significant.len()).unwrap_or(i64::MAX);
        if length.saturating_sub(decimals) > INTEGER_DIGITS_MAX {
            return Err(AmountFault::OutOfRange);
        }
        let missing = u32::try_from(i64::from(SCALE).saturating_sub(decimals)).map_err(|_| AmountFault::TooPrecise)?;
        let size: Option<i128> = significant.parse().ok();
        let size =
            size.and_then(|size| size.checked_mul(10_i128.checked_pow(missing)?)).ok_or(AmountFault::OutOfRange)?;
        Ok(Exact(if self.negative { -size } else { size }))
    }
}

/// Returns what stands before a word of bookkeepers at the end: `12.34 CR` is a credit.
fn without_word<'a>(body: &'a str, word: &str) -> Option<&'a str> {
    let (rest, end) = body.split_at_checked(body.len().checked_sub(word.len())?)?;
    (end.eq_ignore_ascii_case(word) && rest.ends_with(|last: char| last.is_ascii_digit() || last == ' '))
        .then_some(rest)
}

fn sign_of(mark: DecimalMark) -> char {
    match mark {
        DecimalMark::Point => '.',
        DecimalMark::Comma => ',',
    }
}

/// Digits, in groups of three or the Indian way (`12,34,567`), with one and the same mark between them.
fn is_grouped_well(integer: &str) -> bool {
    let mark = integer.chars().find(|char| !char.is_ascii_digit());
    let Some(mark) = mark else { return true };
    let groups: Vec<&str> = integer.split(mark).collect();
    let plain = groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_digit()));
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    let [first, middle @ .., 3] = lengths.as_slice() else { return false };
    let western = (1..=3).contains(first) && middle.iter().all(|&length| length == 3);
    let indian = (1..=2).contains(first) && middle.iter().all(|&length| length == 2);
    plain && (western || indian)
}

/// Marks of currencies and the currencies they may stand for. A mark is a hint and never decides; it only may
/// contradict.
#[rustfmt::skip]
const MARKS: &[(&str, &[&str])] = &[
    ("R$", &["BRL"]), ("US$", &["USD"]), ("CA$", &["CAD"]), ("C$", &["CAD", "NIO"]), ("A$", &["AUD"]), ("AU$", &["AUD"]),
    ("NZ$", &["NZD"]), ("HK$", &["HKD"]), ("S$", &["SGD"]), ("CN¥", &["CNY"]), ("JP¥", &["JPY"]), ("MX$", &["MXN"]), ("NT$", &["TWD"]),
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN", "ARS", "CLP", "COP", "UYU", "BRL", "DOP", "BBD",
        "BMD", "BND", "BSD", "BZD", "CUP", "CVE", "FJD", "GYD", "JMD", "KYD", "LRD", "MOP", "NAD", "NIO", "SBD", "SRD",
        "TTD", "XCD", "TOP", "WST", "ZWD", "ZWL", "BOB", "PHP"]),
    ("€", &["EUR"]), ("£", &["GBP", "EGP", "FKP", "GIP", "LBP", "SDG", "SHP", "SSP", "SYP"]), ("¥", &["JPY", "CNY"]),
    ("￥", &["JPY", "CNY"]), ("円", &["JPY"]), ("元", &["CNY", "TWD"]), ("₹", &["INR"]), ("Rs.", &["INR", "PKR", "LKR", "NPR", "MUR"]),
    ("₽", &["RUB"]), ("руб.", &["RUB"]), ("₩", &["KRW"]), ("원", &["KRW"]), ("₺", &["TRY"]), ("₴", &["UAH"]), ("₪", &["ILS"]),
    ("₫", &["VND"]), ("฿", &["THB"]), ("₱", &["PHP"]), ("₦", &["NGN"]), ("zł", &["PLN"]), ("kr.", &["DKK", "SEK", "NOK", "ISK"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]), ("Kč", &["CZK"]), ("Ft", &["HUF"]), ("lei", &["RON", "MDL"]), ("Fr.", &["CHF"]),
    ("Rs", &["INR", "PKR", "LKR", "NPR", "MUR"]), ("RM", &["MYR"]), ("Rp", &["IDR"]), ("S/", &["PEN"]), ("р.", &["RUB", "BYN"]),
];

/// Splits a mark of currency off either end: a sign, or a code of ISO 4217.
fn split_mark(body: &str) -> Option<(&str, &str)> {
    let signs = MARKS.iter().find_map(|(sign, _)| {
        let at_start = body.strip_prefix(sign).map(|rest| (rest, body.get(..sign.len()).unwrap_or_default()));
        let at_end = || body.strip_suffix(sign).map(|rest| (rest, body.get(rest.len()..).unwrap_or_default()));
        at_start.or_else(at_end)
    });
    signs.or_else(|| {
        let (start, rest) = body.split_at_checked(3)?;
        let (before, end) = body.split_at_checked(body.len().checked_sub(3)?)?;
        let is_code =
            |code: &str| code.bytes().all(|byte| byte.is_ascii_uppercase()) && code.parse::<Currency>().is_ok();
        if is_code(start) { Some((rest, start)) } else { is_code(end).then_some((before, end)) }
    })
}

/// Returns whether a mark plainly stands for another currency.
pub(super) fn contradicts(mark: &str, currency: Currency) -> bool {
    match MARKS.iter().find(|(sign, _)| *sign == mark) {
        Some((_, codes)) => !codes.contains(&currency.code()),
        None => mark.parse() != Ok(currency),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(cell: &str, mark: DecimalMark) -> Result<String, AmountFault> {
        Ok(AmountText::of(cell)?.value(mark, Unit::Currency)?.to_string())
    }

    #[test]
    fn every_notation() {
        use DecimalMark::{Comma, Point};
        for (cell, mark, value) in [
            ("1,234.56", Point, "1234.56"),
            ("1.234,56", Comma, "1234.56"),
            ("1 234,5", Comma, "1234.50"),
            ("1\u{a0}234\u{a0}567,5", Comma, "1234567.50"),
            ("1\u{202f}234,5", Comma, "1234.50"),
            ("1'234.5", Point, "1234.50"),
            ("12,34,567.00", Point, "1234567.00"),
            ("110.7", Point, "110.70"),
            ("\"$1,055.00 \"", Point, "bad"),
            ("$1,055.00 ", Point, "1055.00"),
            ("(12.34)", Point, "-12.34"),
            ("($12.34)", Point, "-12.34"),
            ("$(12.34)", Point, "-12.34"),
            ("12.34 CR", Point, "-12.34"),
            ("$12.34Cr", Point, "-12.34"),
            ("12,34 DR", Comma, "12.34"),
            ("12.34 CRC", Point, "12.34"),
            ("-12.34 CR", Point, "bad"),
            ("4CRC$", Point, "bad"),
            ("12.34 CR USD", Point, "bad"),
            ("CR", Point, "bad"),
            ("12.34 OCR", Point, "bad"),
            ("12.34-", Point, "-12.34"),
            ("-$1", Point, "-1.00"),
            ("$-1", Point, "-1.00"),
            ("\u{2212}5,5 €", Comma, "-5.50"),
            ("+5", Point, "5.00"),
            ("12.34 USD", Point, "12.34"),
            ("CHF 12.34", Point, "12.34"),
            ("R$ 1.234,00", Comma, "1234.00"),
            ("CN¥ 1,234.5", Point, "1234.50"),
            ("Rs 12,34,567.00", Point, "1234567.00"),
            ("−RM12.50", Point, "-12.50"),
            ("1 234,50 р.", Comma, "1234.50"),
            ("RSD 5", Point, "5.00"),
            ("1.2E+3", Point, "1200.00"),
            ("1,5e-3", Comma, "0.0015"),
            (".5", Point, "0.50"),
            ("0.000000000000000001", Point, "0.000000000000000001"),
            ("--5", Point, "bad"),
            ("-(5)", Point, "bad"),
            ("< 10", Point, "bad"),
            ("> 90%", Point, "bad"),
            ("1,23,4", Point, "bad"),
            ("1,234 567", Point, "bad"),
            ("1.2.3", Point, "bad"),
            ("5.", Point, "bad"),
            ("1,2.5", Point, "bad"),
            ("twelve", Point, "bad"),
            ("1e5000", Point, "bad"),
            ("()", Point, "bad"),
            ("1234,5", Point, "bad"),
        ] {
            assert_eq!(read(cell, mark).unwrap_or("bad".into()), value, "{cell}");
        }
        assert_eq!(read("1000000000000000000", Point), Err(AmountFault::OutOfRange));
        assert_eq!(read("1e18", Point), Err(AmountFault::OutOfRange));
        assert_eq!(read("999999999999999999.5", Point), Ok("999999999999999999.50".into()));
        assert_eq!(read("0.0000000000000000001", Point), Err(AmountFault::TooPrecise));
        assert_eq!(read(&"9".repeat(400), Point), Err(AmountFault::OutOfRange));
    }

    #[test]
    fn millionths_divide_exactly() {
        let micros = |cell| AmountText::of(cell).unwrap().value(DecimalMark::Point, Unit::Micros).unwrap();
        assert_eq!(micros("20836690").to_string(), "20.83669");
        assert_eq!(micros("1.5").nanos(), Some(1500));
        assert_eq!(micros("0.0001").nanos(), None);
    }

    #[test]
    fn the_mark_is_proven_by_the_text() {
        use DecimalMark::{Comma, Point};
        for (cell, proof) in [
            ("1,234.5", Proof::Mark(Point)),
            ("1.234,5", Proof::Mark(Comma)),
            ("1,234,567", Proof::Mark(Point)),
            ("1.234.567", Proof::Mark(Comma)),
            ("12,5", Proof::Mark(Comma)),
            ("110.7", Proof::Mark(Point)),
            ("0.123", Proof::Mark(Point)),
            ("1234.567", Proof::Mark(Point)),
            ("1 234.567", Proof::Mark(Point)),
            ("1,234", Proof::Open),
            ("$1.234", Proof::Open),
            ("1234", Proof::Irrelevant),
            ("1 234", Proof::Irrelevant),
            ("1.234E+3", Proof::Mark(Point)),
        ] {
            assert_eq!(AmountText::of(cell).unwrap().proof(), proof, "{cell}");
        }
    }

    #[test]
    fn marks_may_contradict() {
        let says = |mark: &str, code: &str| !contradicts(mark, code.parse().unwrap());
        assert!(says("$", "CAD") && says("€", "EUR") && says("USD", "USD") && says("¥", "CNY"));
        assert!(!says("€", "USD") && !says("$", "EUR") && !says("EUR", "USD"));
        assert!(MARKS.iter().flat_map(|(_, codes)| *codes).all(|code| code.parse::<Currency>().is_ok()));
    }

    #[test]
    fn rounding_is_half_even() {
        for (cell, decimals, value) in [
            ("0.125", 2, "0.12"),
            ("0.135", 2, "0.14"),
            ("-0.125", 2, "-0.12"),
            ("2.5", 0, "2.00"),
            ("-2.51", 0, "-3.00"),
        ] {
            let exact = AmountText::of(cell).unwrap().value(DecimalMark::Point, Unit::Currency).unwrap();
            assert_eq!(exact.rounded(decimals).to_string(), value, "{cell}");
        }
    }

    /// Writes an integer in groups: of three, or of two left of the last three.
    fn grouped(integer: u64, mark: &str, indian: bool) -> String {
        let digits = integer.to_string();
        let places = digits.len();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            let left = places - at;
            let boundary = if indian { left == 3 || (left > 3 && left % 2 == 1) } else { left.is_multiple_of(3) };
            if at > 0 && boundary && !mark.is_empty() {
                text += mark;
            }
            text.push(digit);
        }
        text
    }

    proptest! {
        #[test]
        fn any_notation_of_an_amount_is_that_amount(
            integer in 0u64..1_000_000_000_000, fraction in 0u32..1_000_000_000, decimals in 0usize..10,
            comma in any::<bool>(), group in 0usize..6, indian in any::<bool>(), negative in 0usize..6, mark in 0usize..5,
        ) {
            let fraction = &format!("{fraction:09}")[..decimals];
            let (decimal, thousand) = if comma { (",", ".") } else { (".", ",") };
            let group = ["", thousand, " ", "\u{a0}", "\u{202f}", "'"][group];
            let point = if decimals == 0 { "" } else { decimal };
            let number = format!("{}{point}{fraction}", grouped(integer, group, indian));
            let number = match mark { 0 => number, 1 => format!("€{number}"), 2 => format!("{number} €"), 3 => format!("EUR {number}"), _ => format!("{number}\u{a0}€ ") };
            let text = match negative { 0 | 1 => number, 2 => format!("-{number}"), 3 => format!("({number})"), 4 => format!("{number}-"), _ => format!("\u{2212}{number}") };
            let decimal_mark = if comma { DecimalMark::Comma } else { DecimalMark::Point };
            let amount = AmountText::of(&text).unwrap();
            let expected = (i128::from(integer) * 1_000_000_000 + format!("{fraction:0<9}").parse::<i128>().unwrap()) * if negative > 1 { -1 } else { 1 };
            prop_assert_eq!(amount.value(decimal_mark, Unit::Currency).unwrap().nanos(), Some(expected), "{}", text);
            let proof = amount.proof();
            prop_assert!(proof != Proof::Mark(if comma { DecimalMark::Point } else { DecimalMark::Comma }), "{} proves {:?}", text, proof);
        }

        #[test]
        fn no_text_is_too_strange(text in ".{0,30}") {
            if let Ok(amount) = AmountText::of(&text) {
                let _ = amount.proof();
                let _ = amount.value(DecimalMark::Comma, Unit::Micros);
            }
        }
    }
}
