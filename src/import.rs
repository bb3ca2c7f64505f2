//! Reading a platform's export, exactly or not at all.
//!
//! A file becomes a [`Reading`]: every decision taken on the way, and a [`Rollup`] of its spend per day and campaign or
//! the [`Refusal`] that says what is wrong and how to mend it. Nothing is guessed: currency, unit, day order, decimal
//! mark and money column are proven by the file, named by its [`Profile`], given by an option, or refused. A file is
//! taken whole or not at all.
//!
//! What is packed, or is a workbook, is turned into plain text first; from there on all files are alike. A file is read
//! three times: as bytes, for what the whole file proves about its encoding; as rows, for what all cells prove about
//! decimal mark and day order; and as rows again, to read them. Memory grows with days and campaigns, not with rows,
//! but for the texts of an Excel workbook, which are held while it is turned.
//!
//! What is known of platforms is data (`import/profiles/*.toml`), none of it is here. Knows nothing of ledgers: whether
//! a file was imported before, or changes a closed month, is not its business.

// A refusal ends a reading and is moved a few times; boxing it would only hide its fields.
#![allow(clippy::result_large_err)]

mod amount;
mod bytes;
mod columns;
mod control;
mod date;
mod evidence;
mod header;
mod kind;
mod layout;
mod near;
mod opendocument;
mod options;
mod preamble;
mod profile;
mod reading;
mod refusal;
mod rows;
mod section;
mod source;
mod text;
mod unpack;
mod workbook;

use std::fs::File;
use std::io;
use std::path::Path;

use encoding_rs::Encoding;

use crate::money::Currency;
use crate::sheet::{Record, Records};

use bytes::{Evidence as EncodingEvidence, Scan};
use columns::Columns;
use evidence::Evidence;
use header::Header;
use layout::{Head, Layout};
use preamble::Facts;
use refusal::Stop;
use rows::{Rows, Settled};
use source::Source;
use unpack::{Unpacked, unpack};

pub use options::{ChoiceError, DayOrder, DecimalMark, Grain, Options, Unit};
pub use profile::{Profile, ProfileError, Profiles};
pub use reading::{EXCLUDED_LISTED, Excluded, Reading, Rollup, SpendRow, Warning};
pub use refusal::{FAULTS_LISTED, Fault, Refusal, RefusalCode};
pub use section::ProfileFault;

/// Reads an export.
///
/// `progress` is told how many bytes are done and how many there are in all; a file is read three times, and both
/// numbers count that. An error is trouble with the disk only; whatever is wrong with the file itself is in
/// [`Reading::outcome`].
///
/// ```
/// use respend::import::{Options, Profiles, read};
/// let file = std::env::temp_dir().join("respend-doc-export.csv");
/// std::fs::write(&file, "Day,Platform,Campaign,Currency,Spend\n2018-01-05,x,Spring,USD,\"1,234.50\"\n")?;
/// let reading = read(&file, &Options::default(), &Profiles::built_in(), &mut |_, _| {})?;
/// let rollup = reading.outcome.expect("a file that proves everything");
/// assert_eq!(rollup.rows[0].cost.to_string(), "1234.50");
/// # std::fs::remove_file(file)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read(
    path: &Path,
    options: &Options,
    profiles: &Profiles,
    progress: &mut dyn FnMut(u64, u64),
) -> io::Result<Reading> {
    let Unpacked { text, packing, refusal } = unpack(File::open(path)?, options)?;
    let mut source = Source::new(text, progress)?;
    let scan = source.scan()?;
    let (sha256, bytes) = match &packing {
        Some(packed) => (packed.sha256.clone(), packed.bytes),
        None => (scan.sha256.clone(), scan.bytes),
    };
    let empty = Refusal::new(RefusalCode::NoRows, "the file is empty", "export the report again");
    let mut reading = Reading {
        file: path.display().to_string(),
        sha256,
        bytes,
        packing: packing.map(|packing| packing.what),
        platform: None,
        profile: None,
        encoding: None,
        delimiter: None,
        header_row: None,
        spend_column: None,
        unit: None,
        day_order: None,
        decimal_mark: None,
        grain: None,
        stated_period: None,
        exported: options.exported,
        preamble: Vec::new(),
        first_rows: Vec::new(),
        header: Vec::new(),
        warnings: Vec::new(),
        outcome: Err(empty),
    };
    let outcome = match refusal {
        Some(refusal) => Err(Stop::Refused(refusal)),
        None => examine(&mut source, &scan, options, profiles, &mut reading),
    };
    match outcome {
        Ok(rollup) => reading.outcome = Ok(rollup),
        Err(Stop::Refused(refusal)) => reading.outcome = Err(*refusal),
        Err(Stop::Io(error)) => return Err(error),
    }
    Ok(reading)
}

/// Takes one decision after the other, each noted in `reading` as soon as it is taken.
fn examine(
    source: &mut Source,
    scan: &Scan,
    options: &Options,
    profiles: &Profiles,
    reading: &mut Reading,
) -> Result<Rollup, Stop> {
    let (encoding, layout) = lay_out(source, scan, options, profiles, reading)?;
    let profile = layout.profile;
    reading.profile = Some(profile.name().to_owned());
    reading.platform = profile.platform().or(options.platform.as_ref()).cloned();
    reading.delimiter = Some(char::from(layout.delimiter));
    reading.header_row = Some(layout.header_line);
    reading.preamble.clone_from(&layout.preamble);
    reading.first_rows.clone_from(&layout.first_rows);
    reading.header = layout.headers.iter().map(|header| header.text.clone()).collect();

    let facts = Facts::of(&layout.preamble, &profile.preamble, options.day_order.or(profile.day_order));
    reading.stated_period = facts.period;
    reading.exported = facts.exported.or(options.exported);
    if facts.is_incomplete {
        let message = "the platform says that figures of this report are still coming in; import it again later";
        reading.warnings.push(Warning { code: "incomplete_data", message: message.to_owned() });
    }
    if !layout.has_rows {
        let hint = "export the report again for a period and a selection with spend";
        return Err(Refusal::new(RefusalCode::NoRows, "there is no row below the header", hint).into());
    }

    let columns = Columns::of(&layout, options)?;
    let header_at = |at: usize| layout.headers.get(at).cloned().unwrap_or_else(|| Header::of(""));
    let (spend, day) = (header_at(columns.spend), header_at(columns.dated_by.start()));
    reading.spend_column = Some(spend.text.clone());
    if let Some(aggregation) = &facts.other_aggregation {
        let message = format!("the report's aggregation is `{aggregation}`, so its rows are not of single days");
        return Err(Refusal::new(RefusalCode::NoDailyRows, message, &profile.daily).into());
    }
    let platform = one_platform(&layout, &columns, options)?;
    let currency = one_currency(&spend, &facts, &columns, options)?;
    let unit = unit(&layout, &spend, &columns, options)?;
    reading.unit = Some(unit);

    let mut evidence = Evidence::new();
    each_row(source, encoding, &layout, |record, _| evidence.add(record, &columns, profile, facts.period))?;
    let mark = evidence.decimal_mark(options, profile, &spend)?;
    reading.decimal_mark = mark;
    let order = evidence.day_order(options, profile, &day)?;
    reading.day_order = order;
    reading.stated_period = facts.period.or_else(|| evidence.report_period(order));

    let settled = Settled {
        columns,
        headers: &layout.headers,
        profile,
        options,
        mark,
        unit,
        order,
        period: reading.stated_period,
        currency,
        platform,
        account: facts.account.or_else(|| options.account.clone()),
        declared_rows: facts.rows,
    };
    let mut rows = Rows::new(&settled);
    each_row(source, encoding, &layout, |record, is_last| rows.add(record, is_last))?;
    reading.grain = Some(rows.grain());
    let (rollup, warnings) = rows.finish()?;
    reading.warnings.extend(warnings);
    if let [(first, _), others @ ..] = rollup.accounts.as_slice()
        && others.iter().all(|(platform, _)| platform == first)
    {
        reading.platform = Some(first.clone());
    }
    Ok(rollup)
}

/// Decides encoding and layout together: which code page a legacy file is in, only its profile can say.
fn lay_out<'p>(
    source: &mut Source,
    scan: &Scan,
    options: &Options,
    profiles: &'p Profiles,
    reading: &mut Reading,
) -> Result<(&'static Encoding, Layout<'p>), Stop> {
    if let Some(refusal) = scan.known_format() {
        return Err(refusal.into());
    }
    let evidence = scan.encoding()?;
    if let EncodingEvidence::Proven(encoding) = evidence {
        reading.encoding = Some(encoding.name().to_owned());
        let heads = heads(source, encoding)?;
        note_head(reading, &heads);
        return Ok((encoding, layout::find(&heads, profiles, options)?));
    }
    let mut pages: Vec<&'static Encoding> = evidence.first_guess().into_iter().collect();
    pages.extend(profiles.iter().filter_map(Profile::code_page));
    let mut first_refusal = evidence.first_guess().err();
    for page in pages {
        let heads = heads(source, page)?;
        note_head(reading, &heads);
        match layout::find(&heads, profiles, options) {
            Ok(layout) if layout.profile.code_page().unwrap_or(encoding_rs::WINDOWS_1252) == page => {
                reading.encoding = Some(page.name().to_owned());
                let message = format!(
                    "the file is neither UTF-8 nor UTF-16; it was read as {}, so check names with letters beyond A to Z",
                    page.name()
                );
                reading.warnings.push(Warning { code: "legacy_encoding", message });
                return Ok((page, layout));
            }
            Ok(_) => {}
            Err(refusal) => first_refusal = first_refusal.or(Some(refusal)),
        }
    }
    let unreadable = || Refusal::new(RefusalCode::NotText, "the file's encoding is unknown", "save it as CSV UTF-8");
    Err(first_refusal.unwrap_or_else(unreadable).into())
}

/// Notes what is known should no header be found.
fn note_head(reading: &mut Reading, heads: &[Head]) {
    let Some(head) = heads.first() else { return };
    reading.delimiter = head.is_regular().then(|| char::from(head.delimiter));
    reading.first_rows = head.first_rows();
}

/// Reads the beginning of the file in every way its cells may be separated.
fn heads(source: &mut Source, encoding: &'static Encoding) -> Result<Vec<Head>, Stop> {
    let (text, is_whole) = source.head(encoding)?;
    Ok(layout::heads(&text, is_whole))
}

/// Gives every row below the header, and whether it is the file's last.
fn each_row(
    source: &mut Source,
    encoding: &'static Encoding,
    layout: &Layout,
    mut give: impl FnMut(&Record, bool),
) -> Result<(), Stop> {
    let mut records = Records::new(source.text(encoding)?, layout.delimiter);
    let (mut record, mut next) = (Record::default(), Record::default());
    while records.read(&mut next)? && next.line() < layout.header_line {}
    let mut has_next = records.read(&mut next)?;
    while has_next {
        std::mem::swap(&mut record, &mut next);
        has_next = records.read(&mut next)?;
        give(&record, !has_next);
    }
    Ok(())
}

/// Returns the platform of the whole file; none where every row names its own.
fn one_platform(
    layout: &Layout,
    columns: &Columns,
    options: &Options,
) -> Result<Option<crate::scope::Platform>, Refusal> {
    let (profile, given) = (layout.profile.platform(), options.platform.as_ref());
    match (profile, given) {
        (Some(proven), Some(given)) if proven != given => Err(Refusal::new(
            RefusalCode::PlatformUnknown,
            format!("the file is of {proven} (profile {}), but --platform says {given}", layout.profile.name()),
            "leave --platform out, or say --profile generic with it",
        )),
        (None, None) if columns.platform.is_none() => Err(Refusal::new(
            RefusalCode::PlatformUnknown,
            "the file does not name its platform",
            "say --platform, such as --platform linkedin",
        )),
        (proven, given) => Ok(proven.or(given).cloned()),
    }
}

/// Returns the currency of the whole file; none where every row names its own.
fn one_currency(
    spend: &Header,
    facts: &Facts,
    columns: &Columns,
    options: &Options,
) -> Result<Option<Currency>, Refusal> {
    let refused = |message: String, hint: &str| {
        Err(Refusal::new(RefusalCode::CurrencyUnknown, message, hint).at_cell(&spend.text, &spend.text))
    };
    let stated = [
        spend.currency.map(|currency| (format!("the header `{}`", spend.text), currency)),
        facts.currency.map(|currency| ("the preamble".to_owned(), currency)),
        options.currency.map(|currency| ("--currency".to_owned(), currency)),
    ];
    let mut stated = stated.into_iter().flatten();
    let Some((source, currency)) = stated.next() else {
        return match columns.currency {
            Some(_) => Ok(None),
            None => refused(
                "nothing in the file says in which currency its money is".to_owned(),
                "say --currency with the account's currency, such as --currency USD",
            ),
        };
    };
    if let Some((other, says)) = stated.find(|(_, other)| *other != currency) {
        return refused(
            format!("{source} says {currency}, but {other} says {says}"),
            "leave --currency out, or check that this is the file you mean",
        );
    }
    Ok(Some(currency))
}

/// Returns what one unit of the money column is.
fn unit(layout: &Layout, spend: &Header, columns: &Columns, options: &Options) -> Result<Unit, Refusal> {
    let is_labelled_per_row = columns.platform.is_some() && columns.currency.is_some();
    let refused = |message: String, hint: &str| {
        Err(Refusal::new(RefusalCode::UnitUnknown, message, hint).at_cell(&spend.text, &spend.text))
    };
    match (layout.proven_unit(spend), options.unit) {
        (Some(proven), Some(given)) if proven != given => refused(
            format!("the amounts under `{}` are in units of `{proven}`, but --unit says {given}", spend.text),
            "leave --unit out, or say --profile generic with it",
        ),
        (Some(unit), _) | (None, Some(unit)) => Ok(unit),
        (None, None) => match (layout.stated_unit(spend, is_labelled_per_row), layout.doubt) {
            (Some(unit), _) => Ok(unit),
            (None, Some(mark)) => refused(format!("the file looks like {}", mark.what), &mark.hint),
            (None, None) => refused(
                format!(
                    "nothing proves whether the amounts under `{}` are in units of the currency or in millionths of it",
                    spend.text
                ),
                "compare one figure with the account; then say --unit currency or --unit micros",
            ),
        },
    }
}
