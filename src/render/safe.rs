//! Text that is shown and does nothing else.

use std::borrow::Cow;

/// Returns the text with every code that steers a terminal or reorders what is read written out: `\n`, `\u{1b}`.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for letter in text.chars() {
        if steers(letter) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
    }
    Cow::Owned(shown)
}

/// Whether a letter acts instead of being seen: C0 and C1 controls, direction overrides, what has no width.
///
/// Joiners (U+200C, U+200D) stay: Persian and Indic words, and many emoji, are spelled with them.
fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Returns whether a spreadsheet that opens a csv file could take the text for a formula.
///
/// Some programs skip leading blanks before they look, and those for Japanese and Chinese take the full-width signs
/// too.
pub(super) fn acts_as_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// Returns the text for a csv cell: behind an apostrophe where a spreadsheet could take it for a formula.
pub(crate) fn neutral(text: &str) -> Cow<'_, str> {
    if acts_as_formula(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_written_out() {
        for (text, shown) in [
            ("plain, naïve 東京 \\n", "plain, naïve 東京 \\n"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("two\r\nlines\tand", "two\\r\\nlines\\tand"),
            ("\u{7}\u{7f}\u{9b}31m", "\\u{7}\\u{7f}\\u{9b}31m"),
            ("a\u{202e}b\u{2066}c\u{200f}", "a\\u{202e}b\\u{2066}c\\u{200f}"),
            ("\u{feff}a\u{200b}b", "\\u{feff}a\\u{200b}b"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    #[test]
    fn formulas_are_behind_an_apostrophe() {
        for text in ["=1+1", "+1", "-brand", "@sum", "  =1", "\u{a0}=1", "\tx", "\rx", "\nx", "＝1"] {
            assert_eq!(neutral(text), format!("'{text}"));
        }
        for text in ["", "a=1", "'=1", "#1", " brand", "1-2", "(-1)"] {
            assert_eq!(neutral(text), text);
        }
    }
}
