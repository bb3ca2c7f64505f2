//! [`Section`]: a table of a TOML text, taken key by key.
//!
//! The ledger's settings and the descriptions of export files are read through it. What is wrong is noted with its
//! place, and the reading goes on, so that all faults of a file are said together. The keys that are asked for are the
//! keys there are: what nobody took is unknown.
//!
//! Knows nothing of what the values mean.

mod near;

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

pub(crate) use near::near;

/// One thing wrong in a TOML text: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The line, from 1.
    pub line: usize,
    /// The column in characters, from 1.
    pub column: usize,
    /// What is wrong, with the key or the value.
    pub what: String,
    /// How to mend it.
    pub mend: String,
}

/// Writes `3:1: what is wrong; how to mend it`.
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.what)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "; {}", self.mend) }
    }
}

/// A table, and what was found wrong in it so far.
pub(crate) struct Section<'t> {
    /// Its name, as in `[columns]`; empty for the top of the file.
    name: &'static str,
    /// What it is in a message: `[columns]`, `[[proof]]`, `a profile`.
    shown: String,
    span: Range<usize>,
    table: DeTable<'t>,
    asked: Vec<&'static str>,
    noted: Vec<Noted>,
}

/// One thing wrong, at a byte of the text.
struct Noted {
    at: usize,
    what: String,
    mend: String,
}

/// Of a longer text, which no hand wrote, the first error of its grammar is said alone: noting all could take a hundred
/// times its size.
const BY_HAND: usize = 256 * 1024;
/// Whoever has mended so many faults sees the next.
const MOST: usize = 1000;

impl<'t> Section<'t> {
    /// Reads the text of `what`, such as `a profile`, with `read`, and returns what it read, or everything that is
    /// wrong.
    pub(crate) fn read<T>(
        what: &str,
        text: &'t str,
        read: impl FnOnce(&mut Section<'t>) -> Option<T>,
    ) -> Result<T, Vec<Fault>> {
        let table = DeTable::parse(text).map_err(|first| {
            let errors = if text.len() > BY_HAND { vec![first] } else { DeTable::parse_recoverable(text).1 };
            let noted = errors.into_iter().map(|error| {
                let what = format!("this is not TOML: {}", error.message().trim().replace('\n', ", "));
                Noted { at: error.span().map_or(0, |span| span.start), what, mend: "correct it".to_owned() }
            });
            let mut faults = placed(text, noted.collect());
            faults.dedup_by_key(|fault| fault.line); // of one slip the parser may say more than once
            faults
        })?;
        let mut top = Section::of(("", what.to_owned()), 0..0, table.into_inner());
        let value = read(&mut top);
        let noted = top.closed();
        value.filter(|_| noted.is_empty()).ok_or_else(|| placed(text, noted))
    }

    fn of((name, shown): (&'static str, String), span: Range<usize>, table: DeTable<'t>) -> Section<'t> {
        Section { name, shown, span, table, asked: Vec::new(), noted: Vec::new() }
    }

    /// Names every key that nobody asked for, and returns all that is wrong.
    fn closed(mut self) -> Vec<Noted> {
        let keys = self.asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let mut unknown: Vec<_> = std::mem::take(&mut self.table).into_iter().map(|(key, _)| key).collect();
        unknown.sort_by_key(|key| key.span().start);
        for key in unknown {
            let meant = near(key.get_ref(), self.asked.iter().copied()).first().map(|key| format!("perhaps `{key}`; "));
            let mend = format!("{}its keys are {keys}", meant.unwrap_or_default());
            self.wrong(&key.span(), format!("`{}` is no key of {}", key.get_ref(), self.shown), mend);
        }
        self.noted
    }

    /// Notes something that is wrong.
    pub(crate) fn wrong(&mut self, span: &Range<usize>, what: impl Into<String>, mend: impl Into<String>) {
        if self.noted.len() < MOST {
            self.noted.push(Noted { at: span.start, what: what.into(), mend: mend.into() });
        }
    }

    /// Where the section begins.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns whether a key is there and was not taken yet.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'t>>> {
        self.asked.push(key);
        self.table.remove(key)
    }

    /// The key as it is called from outside: `columns.day`.
    fn called(&self, key: &str) -> String {
        if self.name.is_empty() { key.to_owned() } else { format!("{}.{key}", self.name) }
    }

    fn not(&mut self, key: &str, value: &Spanned<DeValue<'t>>, wanted: &str) {
        let is = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a section",
        };
        self.wrong(&value.span(), format!("`{}` is {is}", self.called(key)), format!("write {wanted}"));
    }

    /// Takes a text and where it stands.
    pub(crate) fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
        let value = self.take(key)?;
        match value.get_ref() {
            DeValue::String(text) if text.trim().is_empty() => {
                self.wrong(&value.span(), format!("`{}` is empty", self.called(key)), "fill it in, or leave it out");
                None
            }
            DeValue::String(text) => Some(Spanned::new(value.span(), text.clone().into_owned())),
            _ => {
                self.not(key, &value, &format!("{key} = \"…\""));
                None
            }
        }
    }

    /// Takes a text that is empty; returns whether there was one.
    pub(crate) fn blank(&mut self, key: &'static str) -> bool {
        let is_blank = self.table.get(key).is_some_and(|value| value.get_ref().as_str() == Some(""));
        is_blank && self.take(key).is_some()
    }

    /// Takes a text that must be there.
    pub(crate) fn needed(&mut self, key: &'static str, what: &str) -> Option<Spanned<String>> {
        let missing = !self.has(key);
        let text = self.text(key);
        if missing {
            let mend = format!("add {key} = \"…\", {what}");
            self.wrong(&self.span(), format!("`{}` is missing", self.called(key)), mend);
        }
        text
    }

    /// Takes a word of a choice, or a name that has rules.
    pub(crate) fn word<T: FromStr<Err: fmt::Display>>(&mut self, key: &'static str) -> Option<T> {
        let text = self.text(key)?;
        match text.get_ref().parse() {
            Ok(word) => Some(word),
            Err(error) => {
                self.wrong(&text.span(), format!("`{}`: {error}", self.called(key)), "");
                None
            }
        }
    }

    /// Takes `true` or `false`; false where it is left out.
    pub(crate) fn flag(&mut self, key: &'static str) -> bool {
        let Some(value) = self.take(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.not(key, &value, &format!("{key} = true"));
            false
        })
    }

    /// Takes a number from 1.
    pub(crate) fn count(&mut self, key: &'static str) -> Option<Spanned<u64>> {
        let value = self.take(key)?;
        let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let number = number.and_then(|number| number.as_str().parse().ok()).filter(|&number| number > 0);
        if number.is_none() {
            let what = format!("`{}` is not a number from 1", self.called(key));
            self.wrong(&value.span(), what, format!("write a whole number, such as {key} = 2"));
        }
        Some(Spanned::new(value.span(), number?))
    }

    /// Takes a whole number.
    pub(crate) fn number(&mut self, key: &'static str) -> Option<Spanned<i64>> {
        let value = self.take(key)?;
        let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let Some(number) = number.and_then(|number| number.as_str().parse().ok()) else {
            self.not(key, &value, &format!("a whole number, such as {key} = 2"));
            return None;
        };
        Some(Spanned::new(value.span(), number))
    }

    /// Takes a list of texts and where each stands; empty where it is left out.
    pub(crate) fn texts(&mut self, key: &'static str) -> Vec<Spanned<String>> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let wanted = format!("{key} = [\"…\", \"…\"]");
        let Some(items) = value.get_ref().as_array() else {
            self.not(key, &value, &wanted);
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) if text.trim().is_empty() => {
                    self.wrong(&item.span(), format!("`{}` has an empty text", self.called(key)), "leave it out");
                }
                Some(text) => texts.push(Spanned::new(item.span(), text.to_owned())),
                None => {
                    let what = format!("`{}` has something that is no text", self.called(key));
                    self.wrong(&item.span(), what, format!("write {wanted}"));
                }
            }
        }
        texts
    }

    /// Reads a section; one that is left out is empty. `None` where something else stands there.
    pub(crate) fn section<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Section<'t>) -> T) -> Option<T> {
        let name = || (key, format!("[{key}]"));
        let Some(value) = self.take(key) else {
            return Some(self.inside(name(), self.span(), DeTable::new(), read));
        };
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Some(self.inside(name(), span, table, read)),
            other => {
                self.not(key, &Spanned::new(span, other), &format!("[{key}] and its keys below"));
                None
            }
        }
    }

    /// Reads every section of a name: `[[proof]]`.
    pub(crate) fn sections<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'t>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().cloned().collect(),
            _ => vec![value], // `[proof]` is as good as `[[proof]]` where there is one
        };
        let name = || (key, format!("[[{key}]]"));
        let mut read_all = Vec::new();
        for item in items {
            let span = item.span();
            match item.into_inner() {
                DeValue::Table(table) => read_all.extend(self.inside(name(), span, table, &mut read)),
                other => self.not(key, &Spanned::new(span, other), &format!("[[{key}]] and its keys below")),
            }
        }
        read_all
    }

    /// Reads every section below a key that has a name of its own, in the order of names: `[accounts."x/main"]`.
    pub(crate) fn named<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&Spanned<String>, &mut Section<'t>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let span = value.span();
        let DeValue::Table(tables) = value.get_ref() else {
            self.not(key, &value, &format!("[{key}.\"…\"] and its keys below"));
            return Vec::new();
        };
        let mut read_all = Vec::new();
        for (name, value) in tables.clone() {
            let name = Spanned::new(name.span(), name.into_inner().into_owned());
            let shown = format!("[{key}.\"{}\"]", name.get_ref());
            match value.into_inner() {
                DeValue::Table(table) => {
                    let span = name.span();
                    read_all.extend(self.inside((key, shown), span, table, |section| read(&name, section)));
                }
                other => self.not(key, &Spanned::new(span.clone(), other), &format!("{shown} and its keys below")),
            }
        }
        read_all
    }

    fn inside<T>(
        &mut self,
        name: (&'static str, String),
        span: Range<usize>,
        table: DeTable<'t>,
        read: impl FnOnce(&mut Section<'t>) -> T,
    ) -> T {
        let mut section = Section::of(name, span, table);
        let value = read(&mut section);
        self.noted.extend(section.closed());
        self.noted.truncate(MOST);
        value
    }
}

/// Finds the line and column of each.
fn placed(text: &str, mut noted: Vec<Noted>) -> Vec<Fault> {
    noted.sort_by(|a, b| (a.at, &a.what).cmp(&(b.at, &b.what)));
    noted.truncate(MOST);
    let mut finger = Finger::at_start(text);
    let placed = noted.into_iter().map(|Noted { at, what, mend }| {
        let (line, column) = finger.moved_to(at);
        Fault { line, column, what, mend }
    });
    placed.collect()
}

/// Moves through a text and says where it is, so that many places are found in one pass.
pub(crate) struct Finger<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    column: usize,
}

impl<'t> Finger<'t> {
    pub(crate) fn at_start(text: &'t str) -> Finger<'t> {
        Finger { text, at: 0, line: 1, column: 1 }
    }

    /// Moves on to a byte that is not before the last, and returns its line and its column in characters, from 1.
    pub(crate) fn moved_to(&mut self, at: usize) -> (usize, usize) {
        let between = self.text.get(self.at..at).unwrap_or_default();
        self.at = at;
        self.line += between.matches('\n').count();
        self.column = match between.rsplit_once('\n') {
            Some((_, last)) => 1 + last.chars().count(),
            None => self.column + between.chars().count(),
        };
        (self.line, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<(usize, usize)> {
        let read = Section::read("a test", text, |top| top.section("t", |_| ()));
        read.unwrap_err().into_iter().map(|fault| (fault.line, fault.column)).collect()
    }

    #[test]
    fn each_fault_has_its_place_and_no_more_are_said_than_somebody_mends() {
        assert_eq!(
            places("a = 1\r\n\"\u{e9}\u{e9}\" = 2\nt = { \"\u{e9}\" = 1, b = 2 }\n"),
            [(1, 1), (2, 1), (3, 7), (3, 16)]
        );
        assert_eq!(places("a = x\nb = 1\nc = = 2\n"), [(1, 5), (3, 5)]);
        let many: String = (0..3000).map(|at| format!("k{at} = 1\n")).collect();
        assert_eq!((places(&many).len(), places(&many)[999]), (MOST, (1000, 1)));
        let broken = "a b\n".repeat(BY_HAND);
        assert_eq!(places(&broken), [(1, 3)], "of what no hand wrote the first");
    }
}
