//! [`Saved`]: a report as it was saved, with what it says of how it was computed.

use std::str::FromStr;

use serde_json::Value;
use serde_json::error::Category;

use crate::calendar::{Day, Instant};
use crate::money::Currency;
use crate::report::{ManifestFile, SCHEMA};

/// A report as it was saved.
#[derive(Clone, Debug)]
pub struct Saved {
    /// The ledger's name.
    pub ledger: String,
    /// The period as it was asked for.
    pub period: String,
    /// Spend and redirection steps up to this day count.
    pub as_of: Day,
    /// What was recorded up to this moment counts; `None` where nothing dated was known.
    pub as_known: Option<Instant>,
    /// The day a tax return is filed by, where one was given.
    pub filing: Option<Day>,
    /// The currency its sums are shown in as well, where one was asked for.
    pub presented_in: Option<Currency>,
    /// The program that computed it.
    pub program: String,
    /// The files it was computed from.
    pub files: Vec<ManifestFile>,
    pub(super) report: Value,
}

/// Why a file cannot be verified as a report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct NotAReport {
    /// What is wrong with it.
    pub what: String,
    /// The way out.
    pub hint: String,
}

const SAVE: &str = "save one with `respend report PERIOD --format json --output FILE`";

fn not_a_report(what: impl Into<String>, hint: impl Into<String>) -> NotAReport {
    NotAReport { what: what.into(), hint: hint.into() }
}

/// Reads JSON, or says why it is none.
pub(super) fn parsed(text: &str) -> Result<Value, NotAReport> {
    serde_json::from_str(text).map_err(|error| match error.classify() {
        Category::Eof => not_a_report(
            format!("it ends in the middle, on line {}: a part of it is missing", error.line()),
            "copy it again from where it was saved",
        ),
        _ => not_a_report(format!("it is no JSON: {error}"), SAVE),
    })
}

impl Saved {
    /// Reads a report from the bytes of its file.
    pub fn read(bytes: &[u8]) -> Result<Saved, NotAReport> {
        if bytes.starts_with(b"PK") {
            let what =
                "it is a workbook, or an archive; only a report saved as JSON holds all that it was computed from";
            return Err(not_a_report(what, SAVE));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| not_a_report("it is no text in UTF-8", SAVE))?;
        let report = parsed(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        match report.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) if is_newer(other) => {
                return Err(not_a_report(
                    format!("its schema `{other}` is newer than this program, which reads `{SCHEMA}`"),
                    "verify it with the respend that wrote it, or a later one",
                ));
            }
            Some(other) => return Err(not_a_report(format!("its schema is `{other}`, not `{SCHEMA}`"), SAVE)),
            None => return Err(not_a_report("it is JSON, but no report: it has no `schema`", SAVE)),
        }
        let manifest = report.get("manifest");
        let text_of = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Saved {
            ledger: needed(&report, "ledger")?,
            period: needed(&report, "period")?,
            as_of: needed(&report, "as_of")?,
            as_known: optional(&report, "as_known")?,
            filing: optional(&report, "filing_date")?,
            presented_in: match report.get("presentation") {
                Some(presentation) => optional(presentation, "currency")?,
                None => None,
            },
            program: text_of(manifest.and_then(|manifest| manifest.get("program"))),
            files: files(manifest)?,
            report,
        })
    }

    /// A report of another ledger differs in everything, which tells nothing.
    pub(super) fn is_of(&self, ledger: &str) -> Result<(), NotAReport> {
        if self.ledger == ledger {
            return Ok(());
        }
        Err(not_a_report(
            format!("it is a report of the ledger `{}`, and this one is `{ledger}`", self.ledger),
            "name the ledger with --ledger DIR; if its `name` in ledger.toml was changed since, put the old one back first",
        ))
    }
}

/// `respend.report/2` where this program knows 1.
fn is_newer(schema: &str) -> bool {
    let number = |schema: &str| schema.strip_prefix("respend.report/").and_then(|number| number.parse::<u32>().ok());
    number(schema) > number(SCHEMA)
}

fn files(manifest: Option<&Value>) -> Result<Vec<ManifestFile>, NotAReport> {
    let wrong = |what: &str| not_a_report(format!("manifest.files: {what}"), SAVE);
    let files = manifest.and_then(|manifest| manifest.get("files")).and_then(Value::as_array);
    let file = |file: &Value| {
        let text = |key: &str| file.get(key).and_then(Value::as_str).map(str::to_owned);
        let bytes = file.get("bytes").and_then(Value::as_u64);
        Some(ManifestFile { path: text("path")?, sha256: text("sha256")?, bytes: bytes? })
    };
    let files = files.ok_or_else(|| wrong("the report does not say which files it rests on"))?.iter().map(file);
    files.collect::<Option<_>>().ok_or_else(|| wrong("a file has no `path`, `sha256` or `bytes`"))
}

fn needed<T: FromStr<Err: std::fmt::Display>>(report: &Value, key: &str) -> Result<T, NotAReport> {
    optional(report, key)?.ok_or_else(|| not_a_report(format!("it does not say its `{key}`"), SAVE))
}

fn optional<T: FromStr<Err: std::fmt::Display>>(report: &Value, key: &str) -> Result<Option<T>, NotAReport> {
    match report.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => {
            text.parse().map(Some).map_err(|error| not_a_report(format!("its `{key}` cannot be read: {error}"), SAVE))
        }
        Some(other) => Err(not_a_report(format!("its `{key}` is {other}, which is no text"), SAVE)),
    }
}
