//! Text that is seen and does nothing else.
//!
//! Cells of exports, rows of ledgers and names of files may hold anything. Where they are shown, in a table or in a
//! message, they pass here first. Knows letters; whose text it is and where it goes, it does not.

use std::borrow::Cow;
use std::fmt::Write;

/// Returns the text with every code that steers a terminal, reorders what is read or hides in it written out: `\n`,
/// `\u{1b}`.
///
/// ```
/// use respend::render::visible;
/// assert_eq!(visible("Spring\u{1b}[2J"), "Spring\\u{1b}[2J");
/// ```
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut before = ' ';
    for letter in text.chars() {
        if steers(letter) || (joins(letter) && before.is_ascii()) {
            shown.extend(letter.escape_default());
        } else {
            shown.push(letter);
        }
        before = letter;
    }
    Cow::Owned(shown)
}

/// Returns JSON that says the same and steers nothing: the codes that [`visible`] writes out are escaped as JSON does.
pub(crate) fn visible_json(json: String) -> String {
    // Line feeds and blanks stand between values; inside of texts the writer has escaped the controls of ASCII but one.
    if json.bytes().all(|byte| matches!(byte, b'\n' | b' '..=b'~')) {
        return json;
    }
    let mut shown = String::with_capacity(json.len());
    for letter in json.chars() {
        if letter != '\n' && (steers(letter) || joins(letter)) {
            for unit in letter.encode_utf16(&mut [0; 2]) {
                let _ = write!(shown, "\\u{unit:04x}"); // a String takes everything
            }
        } else {
            shown.push(letter);
        }
    }
    shown
}

/// Whether a letter acts instead of being seen: C0 and C1 controls, what turns the direction of reading, what is blank
/// and no blank.
pub(crate) fn steers(letter: char) -> bool {
    letter.is_control()
        || matches!(
            letter,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
                | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
                | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
                | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// Whether a letter joins its neighbours or keeps them apart. Persian and Indic words, and many emoji, are spelled with
/// them; behind a letter of ASCII they only hide.
fn joins(letter: char) -> bool {
    matches!(letter, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn codes_are_written_out() {
        for (text, shown) in [
            ("plain, naïve 東京 \\n", "plain, naïve 東京 \\n"),
            ("\u{1b}[2Jgone", "\\u{1b}[2Jgone"),
            ("two\r\nlines\tand", "two\\r\\nlines\\tand"),
            ("\u{7}\u{7f}\u{9b}31m", "\\u{7}\\u{7f}\\u{9b}31m"),
            ("a\u{202e}b\u{2066}c\u{200f}", "a\\u{202e}b\\u{2066}c\\u{200f}"),
            ("\u{feff}a\u{200b}b\u{ad}", "\\u{feff}a\\u{200b}b\\u{ad}"),
            ("\u{3164}", "\\u{3164}"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("👩\u{200d}🚀", "👩\u{200d}🚀"),
            ("Bra\u{200d}nd", "Bra\\u{200d}nd"),
        ] {
            assert_eq!(visible(text), shown);
        }
    }

    proptest! {
        #[test]
        fn json_says_the_same(text in any::<String>(), hidden in "[\u{7f}\u{9b}\u{200d}\u{202e}\u{e0041}\n]{0,3}") {
            let value = serde_json::json!({ text.clone(): [hidden.clone()] });
            let shown = visible_json(serde_json::to_string_pretty(&value).unwrap());
            prop_assert!(!shown.chars().any(|letter| letter != '\n' && (steers(letter) || joins(letter))));
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
        }
    }
}
