//! [`Saved`]: a report as it was saved, with what it says of how it was computed.

use std::borrow::Cow;
use std::str::FromStr;

use serde_json::error::Category;
use serde_json::{Map, Value, json};

use super::workbook::Workbook;
use crate::calendar::{Day, Instant};
use crate::report::{ManifestFile, SCHEMA};
use crate::visible::visible;

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
    /// The program that computed it.
    pub program: String,
    /// The files it was computed from.
    pub files: Vec<ManifestFile>,
    pub(super) content: Content,
}

/// What was saved, in the form in which it is compared.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Json(Value),
    Workbook(Workbook),
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

const SAVE: &str = "save one with `respend report PERIOD --format json --output FILE`, or --format xlsx";
const NO_PROPERTIES: &str = "it is a workbook that does not say which report it is: it is none, or was saved before workbooks could be verified, or by a program that leaves document properties out";

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
            return Saved::of(Content::Workbook(Workbook::read(bytes)?));
        }
        if bytes.starts_with(&[0xD0, 0xCF, 0x11, 0xE0]) {
            return Err(not_a_report(
                "it is a workbook behind a password, or an old .xls",
                "save it as .xlsx, without a password",
            ));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| not_a_report("it is no text in UTF-8", SAVE))?;
        let report = parsed(text.strip_prefix('\u{feff}').unwrap_or(text))?;
        Saved::of(Content::Json(report))
    }

    /// A report by what it says of itself.
    fn of(content: Content) -> Result<Saved, NotAReport> {
        let (said, unknown) = match &content {
            Content::Json(report) => (Cow::Borrowed(report), "it is JSON, but no report: it has no `schema`"),
            Content::Workbook(workbook) => (Cow::Owned(said(workbook)), NO_PROPERTIES),
        };
        match said.get("schema").and_then(Value::as_str) {
            Some(SCHEMA) => {}
            Some(other) if is_newer(other) => {
                return Err(not_a_report(
                    format!("its schema `{other}` is newer than this program, which reads `{SCHEMA}`"),
                    "verify it with the respend that wrote it, or a later one",
                ));
            }
            Some(other) => return Err(not_a_report(format!("its schema is `{other}`, not `{SCHEMA}`"), SAVE)),
            None => return Err(not_a_report(unknown, SAVE)),
        }
        let manifest = said.get("manifest");
        let program = manifest.and_then(|manifest| manifest.get("program")).and_then(Value::as_str);
        Ok(Saved {
            ledger: needed(&said, "ledger")?,
            period: needed(&said, "period")?,
            as_of: needed(&said, "as_of")?,
            as_known: optional(&said, "as_known")?,
            filing: optional(&said, "filing_date")?,
            program: program.unwrap_or_default().to_owned(),
            files: files(manifest)?,
            content,
        })
    }

    /// What it is compared by.
    pub(super) fn part(&self) -> &'static str {
        match self.content {
            Content::Json(_) => "field",
            Content::Workbook(_) => "cell",
        }
    }

    /// A report of another ledger differs in everything, which tells nothing.
    pub(super) fn is_of(&self, ledger: &str) -> Result<(), NotAReport> {
        if self.ledger == ledger || self.ledger == visible(ledger) {
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

/// What a workbook says of itself, in the shape of the JSON: its document properties, and the files it names.
fn said(workbook: &Workbook) -> Value {
    let files: Vec<Value> = workbook
        .records("manifest")
        .filter_map(|row| {
            let text = |key: &str| row.get(key).map(|held| held.value.as_str());
            let bytes: u64 = text("bytes")?.parse().ok()?;
            Some(json!({ "path": text("file")?, "sha256": text("sha256")?, "bytes": bytes }))
        })
        .collect();
    let properties = workbook.properties.iter();
    let mut said: Map<String, Value> = properties.map(|(name, text)| (name.clone(), json!(text))).collect();
    let manifest = json!({ "program": workbook.properties.get("program"), "files": files });
    said.insert(String::from("manifest"), manifest);
    Value::Object(said)
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
