//! [`SheetNames`]: names a spreadsheet accepts.

use std::collections::BTreeSet;

/// Hands out the names of a workbook's sheets: each at most 31 characters, none twice whatever the case.
#[derive(Default)]
pub(super) struct SheetNames {
    taken: BTreeSet<String>,
}

/// Counted in UTF-16, as spreadsheets do.
const LONGEST: usize = 31;

impl SheetNames {
    /// Returns a name for the sheet of a table: its key, as far as a spreadsheet lets it stand.
    pub(super) fn name(&mut self, key: &str) -> String {
        let allowed = |letter: char| if letter.is_control() || "[]:*?/\\'".contains(letter) { '_' } else { letter };
        let key: String = key.trim().chars().map(allowed).collect();
        let key = match key.as_str() {
            "" => "sheet",
            // Excel keeps this name for itself.
            history if history.eq_ignore_ascii_case("history") => "history_",
            other => other,
        };
        let mut name = cut(key, LONGEST);
        let mut number = 2_usize;
        while !self.taken.insert(name.to_lowercase()) {
            let suffix = format!("_{number}");
            name = cut(key, LONGEST - suffix.len().min(LONGEST)) + &suffix;
            number += 1;
        }
        name
    }
}

fn cut(text: &str, longest: usize) -> String {
    let mut length = 0;
    text.chars()
        .take_while(|letter| {
            length += letter.len_utf16();
            length <= longest
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_legal_and_unique() {
        let mut names = SheetNames::default();
        for (key, name) in [
            ("summary", "summary"),
            ("Summary", "Summary_2"),
            ("summary", "summary_3"),
            ("", "sheet"),
            ("history", "history_"),
            ("a/b[c]:'d'", "a_b_c___d_"),
            ("a_table_with_a_key_longer_than_31", "a_table_with_a_key_longer_than_"),
            ("a_table_with_a_key_longer_than_31_too", "a_table_with_a_key_longer_tha_2"),
        ] {
            assert_eq!(names.name(key), name);
        }
    }
}
