//! [`Header`]: one cell of a header row, and the form in which headers are compared.

use unicode_normalization::UnicodeNormalization;

use crate::money::Currency;

/// A header cell: as written, as compared, and without the currency at its end.
#[derive(Clone, Debug)]
pub(super) struct Header {
    pub(super) text: String,
    key: String,
    base: String,
    /// The currency in brackets at its end: `Amount spent (EUR)`.
    pub(super) currency: Option<Currency>,
}

impl Header {
    pub(super) fn of(text: &str) -> Header {
        let text = text.trim_start_matches('\u{feff}').trim();
        let (base, currency) = match split_currency(text) {
            Some((base, currency)) => (key(&base), Some(currency)),
            None => (key(text), None),
        };
        Header { text: text.to_owned(), key: key(text), base, currency }
    }

    /// Returns whether this is the header of that name, with or without a currency at its end.
    pub(super) fn is(&self, name: &Pattern) -> bool {
        name.matches(&self.key) || name.matches(&self.base)
    }

    /// Returns whether this is the header of that name exactly.
    pub(super) fn is_exactly(&self, name: &Pattern) -> bool {
        name.matches(&self.key)
    }

    /// Returns whether the header itself says that its amounts are millionths.
    pub(super) fn says_micros(&self) -> bool {
        self.key.match_indices("micro").any(|(at, micro)| is_unit(self.key.get(at + micro.len()..).unwrap_or_default()))
    }

    pub(super) fn is_blank(&self) -> bool {
        self.key.is_empty()
    }
}

/// Returns whether what follows `micro` in a header leaves it a unit: `cost_micros`, `spendInMicroDollar`, but neither
/// Microsoft nor a microsite.
fn is_unit(after: &str) -> bool {
    let ends = |text: &str| !text.starts_with(char::is_alphanumeric);
    let bare = after.trim_start_matches(|char: char| !char.is_alphanumeric());
    let unit = ["dollar", "currency", "unit", "amount", "spend", "cost", "usd", "eur"];
    bare.is_empty() || after.strip_prefix('s').is_some_and(ends) || unit.iter().any(|unit| bare.starts_with(unit))
}

/// Returns a text in the form in which headers, labels and preamble lines are compared.
pub(super) fn key(text: &str) -> String {
    let mut key = String::with_capacity(text.len());
    let mut blank = false;
    // Composed last: some letters are one character as small letters only.
    for char in text.chars().filter(|char| *char != '\u{feff}').flat_map(char::to_lowercase).nfc() {
        match unified(char) {
            ' ' => blank = true,
            char => {
                if std::mem::take(&mut blank) && !key.is_empty() {
                    key.push(' ');
                }
                key.push(char);
            }
        }
    }
    key
}

/// One character for all that look the same to a reader: blanks, apostrophes, brackets of two widths.
fn unified(char: char) -> char {
    match char {
        '’' | '‘' | 'ʼ' | '`' | '´' | '＇' => '\'',
        '（' => '(',
        '）' => ')',
        '：' => ':',
        char if char.is_whitespace() => ' ',
        char => char,
    }
}

/// Splits `Amount spent (EUR)`. Only capitals count: `Clicks (all)` is not in Albanian lek.
fn split_currency(text: &str) -> Option<(String, Currency)> {
    let text: String = text.chars().map(unified).collect();
    let (base, code) = text.strip_suffix(')')?.rsplit_once('(')?;
    let code = code.trim();
    let plain = code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase());
    let currency = code.parse().ok().filter(|_| plain)?;
    Some((base.trim().to_owned(), currency))
}

/// A name to compare with, in which `*` stands for any text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern {
    key: String,
    has_star: bool,
}

impl From<String> for Pattern {
    fn from(text: String) -> Pattern {
        let key = key(&text);
        Pattern { has_star: key.contains('*'), key }
    }
}

impl Pattern {
    /// Returns whether a text in the form of [`key`] is meant.
    pub(super) fn matches(&self, key: &str) -> bool {
        if !self.has_star {
            return self.key == key; // every header is held against every name, so this is the way that counts
        }
        let mut parts = self.key.split('*');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = key.strip_prefix(first) else { return false };
        let mut parts = parts.peekable();
        while let Some(part) = parts.next() {
            if parts.peek().is_none() {
                return rest.ends_with(part);
            }
            let Some((_, after)) = rest.split_once(part) else { return false };
            rest = after;
        }
        true
    }

    /// Returns what follows the name at the beginning of a line, as in `Report Start: 3/1/2026`.
    pub(super) fn value_in<'a>(&self, line: &'a str) -> Option<&'a str> {
        // The name and the line may differ in blanks, so the line's shortest beginning with the same key is sought.
        let longest = self.key.len().saturating_mul(2).saturating_add(32);
        let ends = line.char_indices().chain([(line.len(), ' ')]).take_while(|&(end, _)| end <= longest);
        let (end, _) = ends.into_iter().find(|&(end, _)| {
            let name = line.get(..end).unwrap_or_default();
            name.len() >= self.key.len() && key(name) == self.key
        })?;
        let after = line.get(end..)?;
        let value = after.trim_start_matches([':', '：', ',', ';', '\t', ' ', '\u{a0}']);
        let apart = after.is_empty() || value.len() < after.len();
        apart.then(|| value.trim_end_matches([',', ';', '\t']).trim())
    }

    pub(super) fn as_str(&self) -> &str {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Pattern {
        Pattern::from(text.to_owned())
    }

    #[test]
    fn headers_are_compared_as_a_reader_sees_them() {
        for (a, b) in [
            ("\u{feff}Amount  spent ", "amount spent"),
            ("Amount\u{a0}spent", "Amount spent"),
            ("Cou\u{302}t", "Coût"),
            ("H\u{331}", "\u{1e96}"), // no capital of its own
            ("Account’s name", "account's name"),
            ("消化金額（JPY）", "消化金額(jpy)"),
        ] {
            assert_eq!(key(a), key(b));
        }
        assert_ne!(key("Cost / conv."), key("Cost"));
    }

    #[test]
    fn only_a_currency_is_split_off() {
        let currency = |text: &str| Header::of(text).currency.map(Currency::code);
        assert_eq!(currency("Amount spent (EUR)"), Some("EUR"));
        assert_eq!(currency("Total Spent(USD)"), Some("USD"));
        assert_eq!(currency("消化金額（JPY）"), Some("JPY"));
        for none in ["Clicks (all)", "Start Date (in UTC)", "Revenue (Adv Currency)", "Views (#)", "CTR (%)", "Id (ID)"]
        {
            assert_eq!(currency(none), None, "{none}");
        }
        assert!(Header::of("消化金額（JPY）").is(&name("消化金額")));
        assert!(!Header::of("Cost (EUR)").is_exactly(&name("cost")));
    }

    #[test]
    fn a_header_of_millionths_says_so_in_many_ways() {
        for micros in [
            "metrics.cost_micros",
            "costMicros",
            "COST_MICROS",
            "Cost (micros)",
            "Cost [micros]",
            "Cost in micros",
            "cost_micros (USD)",
            "billed_charge_local_micro",
            "billedChargeLocalMicro",
            "spend_in_micro_dollar",
            "spendInMicroDollars",
            "microSpend",
            "spend_microcurrency",
        ] {
            assert!(Header::of(micros).says_micros(), "{micros}");
        }
        for none in
            ["Cost", "Microsoft spend", "Cost of Microsoft Ads", "Microsite cost", "Micro-influencers", "Microspots"]
        {
            assert!(!Header::of(none).says_micros(), "{none}");
        }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text, expected) in [
            ("*#original", "campaign#original", true),
            ("legacy_*_window", "legacy_click_attribution_window", true),
            ("a*", "a", true),
            ("a", "ab", false),
            ("*microsoft corporation*", "©2026 microsoft corporation. all", true),
            ("a*b", "ab", true),
            ("ab*b", "ab", false),
        ] {
            assert_eq!(name(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn a_line_gives_the_value_of_its_key() {
        assert_eq!(name("rows").value_in("Rows: 12"), Some("12"));
        assert_eq!(name("date generated").value_in("Date  Generated,2/1/26 2:57 PM,,"), Some("2/1/26 2:57 PM"));
        assert_eq!(name("rows").value_in("Rowset: 12"), None);
        assert_eq!(name("rows").value_in("Ro"), None);
    }
}
