//! Text inside a line of a file.

use crate::render::visible;

/// The longest text; Ledger reads no line of more than 4096 bytes.
const LONGEST: usize = 240;

/// Returns a text for a place inside a line: codes that steer are shown, `;`, which begins a comment, is a comma, and
/// of a long text its beginning is written.
pub(super) fn inline(text: &str) -> String {
    let shown = visible(text).replace(';', ",");
    let words: Vec<&str> = shown.split_whitespace().collect();
    let shown = words.join(" ");
    match shown.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", shown.get(..end).unwrap_or_default()),
        None => shown,
    }
}
