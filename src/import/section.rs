//! [`Section`]: a table of a profile's TOML, taken key by key.
//!
//! What is wrong is noted with its place, and the reading goes on, so that all faults of a file are said together. The
//! keys that are asked for are the keys there are: what nobody took is unknown.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::header::Pattern;
use super::near::near;

/// One thing wrong in a profile: where, what, and how to mend it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileFault {
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
impl fmt::Display for ProfileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.what)?;
        if self.mend.is_empty() { Ok(()) } else { write!(f, "; {}", self.mend) }
    }
}

/// A table, and what was found wrong in it so far.
pub(super) struct Section<'t> {
    text: &'t str,
    /// Its name, as in `[columns]`; empty for the top of the file.
    name: &'static str,
    /// Whether there may be several, as of `[[proof]]`.
    repeats: bool,
    span: Range<usize>,
    table: DeTable<'t>,
    asked: Vec<&'static str>,
    faults: Vec<ProfileFault>,
}

impl<'t> Section<'t> {
    /// Reads a text with `read` and returns what it read, or everything that is wrong.
    pub(super) fn read<T>(
        text: &'t str,
        read: impl FnOnce(&mut Section<'t>) -> Option<T>,
    ) -> Result<T, Vec<ProfileFault>> {
        let table = DeTable::parse(text).map_err(|error| {
            let what = error.message().trim().replace('\n', ", ");
            vec![fault(
                text,
                &error.span().unwrap_or(0..0),
                format!("this is not TOML: {what}"),
                "correct it".to_owned(),
            )]
        })?;
        let mut top = Section::of(text, "", 0..0, table.into_inner());
        let value = read(&mut top);
        let mut faults = top.closed();
        faults.sort();
        value.filter(|_| faults.is_empty()).ok_or(faults)
    }

    fn of(text: &'t str, name: &'static str, span: Range<usize>, table: DeTable<'t>) -> Section<'t> {
        Section { text, name, repeats: false, span, table, asked: Vec::new(), faults: Vec::new() }
    }

    /// Names every key that nobody asked for, and returns all that is wrong.
    fn closed(mut self) -> Vec<ProfileFault> {
        let of = match (self.name, self.repeats) {
            ("", _) => "a profile".to_owned(),
            (name, true) => format!("[[{name}]]"),
            (name, false) => format!("[{name}]"),
        };
        let keys = self.asked.iter().map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        for (key, _) in std::mem::take(&mut self.table) {
            let meant = near(key.get_ref(), self.asked.iter().copied()).first().map(|key| format!("perhaps `{key}`; "));
            let mend = format!("{}its keys are {keys}", meant.unwrap_or_default());
            self.wrong(&key.span(), format!("`{}` is no key of {of}", key.get_ref()), mend);
        }
        self.faults
    }

    /// Notes something that is wrong.
    pub(super) fn wrong(&mut self, span: &Range<usize>, what: impl Into<String>, mend: impl Into<String>) {
        self.faults.push(fault(self.text, span, what.into(), mend.into()));
    }

    /// Where the section begins.
    pub(super) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Returns whether a key is there and was not taken yet.
    pub(super) fn has(&self, key: &str) -> bool {
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
    pub(super) fn text(&mut self, key: &'static str) -> Option<Spanned<String>> {
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

    /// Takes a text that must be there.
    pub(super) fn needed(&mut self, key: &'static str, what: &str) -> Option<Spanned<String>> {
        let missing = !self.has(key);
        let text = self.text(key);
        if missing {
            let mend = format!("add {key} = \"…\", {what}");
            self.wrong(&self.span(), format!("`{}` is missing", self.called(key)), mend);
        }
        text
    }

    /// Takes a word of a choice, or a name that has rules.
    pub(super) fn word<T: FromStr<Err: fmt::Display>>(&mut self, key: &'static str) -> Option<T> {
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
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        let Some(value) = self.take(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.not(key, &value, &format!("{key} = true"));
            false
        })
    }

    /// Takes a number from 1.
    pub(super) fn count(&mut self, key: &'static str) -> Option<Spanned<u64>> {
        let value = self.take(key)?;
        let number = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let number = number.and_then(|number| number.as_str().parse().ok()).filter(|&number| number > 0);
        if number.is_none() {
            let what = format!("`{}` is not a number from 1", self.called(key));
            self.wrong(&value.span(), what, format!("write a whole number, such as {key} = 2"));
        }
        Some(Spanned::new(value.span(), number?))
    }

    /// Takes a list of texts; empty where it is left out.
    pub(super) fn texts(&mut self, key: &'static str) -> Vec<String> {
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
                Some(text) => texts.push(text.to_owned()),
                None => {
                    let what = format!("`{}` has something that is no text", self.called(key));
                    self.wrong(&item.span(), what, format!("write {wanted}"));
                }
            }
        }
        texts
    }

    /// Takes a list of headers, labels or lines.
    pub(super) fn names(&mut self, key: &'static str) -> Vec<Pattern> {
        self.texts(key).into_iter().map(Pattern::from).collect()
    }

    /// Reads a section; one that is left out is empty. `None` where something else stands there.
    pub(super) fn section<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Section<'t>) -> T) -> Option<T> {
        let Some(value) = self.take(key) else {
            return Some(self.inside((key, false), self.span(), DeTable::new(), read));
        };
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => Some(self.inside((key, false), span, table, read)),
            other => {
                self.not(key, &Spanned::new(span, other), &format!("[{key}] and its keys below"));
                None
            }
        }
    }

    /// Reads every section of a name: `[[proof]]`.
    pub(super) fn sections<T>(
        &mut self,
        key: &'static str,
        mut read: impl FnMut(&mut Section<'t>) -> Option<T>,
    ) -> Vec<T> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let items = match value.get_ref() {
            DeValue::Array(items) => items.iter().cloned().collect(),
            _ => vec![value], // `[proof]` is as good as `[[proof]]` where there is one
        };
        let mut read_all = Vec::new();
        for item in items {
            let span = item.span();
            match item.into_inner() {
                DeValue::Table(table) => read_all.extend(self.inside((key, true), span, table, &mut read)),
                other => self.not(key, &Spanned::new(span, other), &format!("[[{key}]] and its keys below")),
            }
        }
        read_all
    }

    fn inside<T>(
        &mut self,
        (key, repeats): (&'static str, bool),
        span: Range<usize>,
        table: DeTable<'t>,
        read: impl FnOnce(&mut Section<'t>) -> T,
    ) -> T {
        let mut section = Section { repeats, ..Section::of(self.text, key, span, table) };
        let value = read(&mut section);
        self.faults.extend(section.closed());
        value
    }
}

fn fault(text: &str, span: &Range<usize>, what: String, mend: String) -> ProfileFault {
    let before = text.get(..span.start).unwrap_or(text);
    let line = 1 + before.matches('\n').count();
    let column = 1 + before.rsplit('\n').next().unwrap_or_default().chars().count();
    ProfileFault { line, column, what, mend }
}
