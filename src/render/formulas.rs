//! Text that a spreadsheet takes for nothing but text.

use crate::visible::{steers, visible};

/// Returns whether a spreadsheet that opens a csv file could take the text for a formula.
///
/// Some programs skip blanks, and what they cannot show, before they look; those for Japanese and Chinese take the
/// full-width signs too.
pub(super) fn acts_as_formula(text: &str) -> bool {
    let is_skipped = |letter: char| letter.is_whitespace() || steers(letter);
    text.starts_with(['\t', '\r', '\n'])
        || text
            .trim_start_matches(is_skipped)
            .starts_with(['=', '+', '-', '@', '\u{ff1d}', '\u{ff0b}', '\u{ff0d}', '\u{ff20}'])
}

/// Returns the text for a csv cell: codes written out, and behind an apostrophe where a spreadsheet could take it for a
/// formula.
///
/// Where the comma is the decimal mark, spreadsheets look for semicolons between cells, inside quotes too; so the text
/// behind one gets its own apostrophe.
pub(crate) fn neutral(text: &str) -> String {
    let parts = text
        .split(';')
        .map(|part| if acts_as_formula(part) { format!("'{}", visible(part)) } else { visible(part).into_owned() });
    parts.collect::<Vec<_>>().join(";")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_behind_an_apostrophe() {
        for text in ["=1+1", "+1", "-brand", "@sum", "  =1", "\u{a0}=1", "＝1"] {
            assert_eq!(neutral(text), format!("'{text}"));
        }
        for text in ["", "a=1", "'=1", "#1", " brand", "1-2", "(-1)", "a;b"] {
            assert_eq!(neutral(text), text);
        }
        for (text, written) in [
            ("\tx", "'\\tx"),
            ("\rx", "'\\rx"),
            ("\nx", "'\\nx"),
            ("\0=1", "'\\u{0}=1"),
            ("\u{feff} =1", "'\\u{feff} =1"),
            ("a\n=1", "a\\n=1"),
            ("a;=1; -2;b", "a;'=1;' -2;b"),
        ] {
            assert_eq!(neutral(text), written);
        }
    }
}
