//! Reading a platform's export, exactly or not at all.
//!
//! A file becomes a [`Reading`]: every decision taken on the way, and a [`Rollup`] of its spend per day and campaign or
//! the [`Refusal`] that says what is wrong and how to mend it. Nothing is guessed: currency, unit, day order, decimal
//! mark and money column are proven by the file, named by its [`Profile`], given by an option, or refused. A file is
//! taken whole or not at all.
//!
//! What is packed, or is a workbook, is turned into plain text first; from there on all files are alike. A file is read
//! with what its beginning proves about encoding, decimal mark and day order, and held at the end against what the whole
//! of it proves; where that is something else, it is read again. Blocks of rows are read by several threads. Memory grows
//! with days and campaigns, not with rows, but for the texts of an Excel workbook, which are held while it is turned.
//!
//! What is known of platforms is data (`import/profiles/*.toml`), none of it is here. Knows nothing of ledgers: whether
//! a file was imported before, or changes a closed month, is not its business.

// A refusal ends a reading and is moved a few times; boxing it would only hide its fields.
#![allow(clippy::result_large_err)]

mod amount;
mod blocks;
mod bytes;
mod cells;
mod columns;
mod control;
mod date;
mod evidence;
mod follow;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod header;
mod kind;
mod layout;
mod opendocument;
mod options;
mod pass;
mod plain;
mod preamble;
mod profile;
mod profiles;
mod quick;
mod reading;
mod refusal;
mod rollup;
mod rows;
mod source;
mod sums;
mod text;
mod unpack;
mod workbook;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use encoding_rs::Encoding;

use crate::money::Currency;
use bytes::{Evidence as EncodingEvidence, Scan};
use columns::{Columns, DatedBy, or_months};
use evidence::Evidence;
use header::Header;
use layout::{Head, Layout};
use pass::{Below, Obstacle, Pace};
use preamble::Facts;
use refusal::Stop;
use rows::Settled;
use source::Source;
use unpack::unpack;

pub use crate::section::Fault as ProfileFault;
pub use follow::{RowFate, follow};
pub use options::{ChoiceError, DayOrder, DecimalMark, Grain, Options, Spans, Unit};
pub use profile::{Profile, ProfileError};
pub use profiles::Profiles;
pub use reading::{Reading, Warning};
pub(crate) use refusal::shortened;
pub use refusal::{FAULTS_LISTED, Fault, Refusal, RefusalCode};
pub use rollup::{EXCLUDED_LISTED, Excluded, Rollup, SpendRow};
pub(crate) use source::open_plain;
pub(crate) use unpack::unreadable as unreadable_workbook;
pub(crate) use workbook::text_of as text_of_cell;

/// Reads an export.
///
/// `progress` is told how many bytes are done and how many there are in all; where a file has to be read again, both
/// numbers count that. An error is trouble with the disk only; whatever is wrong with the file itself is in
/// [`Reading::outcome`].
///
/// ```
/// use respend::import::{Options, Profiles, read};
/// let file = std::env::temp_dir().join("respend-doc-export.csv");
/// std::fs::write(&file, "Day,Platform,Campaign,Currency,Spend\n2018-01-05,x,Spring,USD,\"1,234.50\"\n")?;
/// let reading = read(&file, &Options::default(), &Profiles::built_in(), &mut |_, _| {})?;
/// let rollup = reading.outcome.expect("a file that proves everything");
/// assert_eq!(rollup.totals.iter().next().map(|sum| sum.to_string()), Some("1234.50".to_owned()));
/// # std::fs::remove_file(file)?;
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read(
    path: &Path,
    options: &Options,
    profiles: &Profiles,
    progress: &mut dyn FnMut(u64, u64),
) -> io::Result<Reading> {
    read_at(path, options, profiles, progress, Some(Pace::full()), None)
}

/// Reads an export at a pace, or in order: the answer is the same.
fn read_at(
    path: &Path,
    options: &Options,
    profiles: &Profiles,
    progress: &mut dyn FnMut(u64, u64),
    pace: Option<Pace>,
    followed: Option<u64>,
) -> io::Result<Reading> {
    let file = open_plain(path)?;
    let before = stamp(&file)?;
    let mut reading = Reading::begun(path.display().to_string(), options.exported);
    reading.followed = followed.map(|line| (line, None));
    let (unpacked, refused) = match unpack(&file, options) {
        Ok(unpacked) => (unpacked, None),
        Err(stop) => (None, Some(stop)),
    };
    reading.packing = unpacked.as_ref().map(|unpacked| unpacked.what.clone());
    let mut source = Source::new(&file, unpacked.as_ref().map(|unpacked| &unpacked.text), progress)?;
    let read = match refused {
        None => attempt(&mut source, options, profiles, pace, &mut reading),
        Some(stop) => Err(stop),
    };
    reading.outcome = outcome(read)?;
    (reading.sha256, reading.bytes) = source.into_hash()?;
    if stamp(&file)? != before {
        let message = "the file was written to while it was read";
        reading.outcome =
            Err(Refusal::new(RefusalCode::Truncated, message, "wait until it is complete, and import it again"));
    }
    Ok(reading)
}

/// What is another once a file was written to, as far as the system notes it.
fn stamp(file: &File) -> io::Result<impl PartialEq> {
    let metadata = file.metadata()?;
    Ok((metadata.len(), metadata.modified().ok()))
}

fn outcome(read: Result<Rollup, Stop>) -> io::Result<Result<Rollup, Refusal>> {
    match read {
        Ok(rollup) => Ok(Ok(rollup)),
        Err(Stop::Refused(refusal)) => Ok(Err(*refusal)),
        Err(Stop::Io(error)) => Err(error),
    }
}

/// Reads the file in the quickest way that its text allows.
fn attempt(
    source: &mut Source,
    options: &Options,
    profiles: &Profiles,
    pace: Option<Pace>,
    reading: &mut Reading,
) -> Result<Rollup, Stop> {
    let fresh = reading.clone();
    let head = source.scan_head()?;
    let mut found = match head.encoding() {
        // What the beginning proves, the reading of the rows checks.
        Ok(EncodingEvidence::Proven(_)) if pace.is_some() => examine(source, &head, options, profiles, pace, reading),
        _ => Err(Obstacle::NotUtf8),
    };
    if let Err(Obstacle::NotUtf8) = found {
        reading.clone_from(&fresh);
        let whole = source.scan()?;
        found = examine(source, &whole, options, profiles, pace, reading);
    }
    if let Err(Obstacle::Irregular | Obstacle::NotUtf8) = found {
        reading.clone_from(&fresh);
        let whole = source.scan()?;
        found = examine(source, &whole, options, profiles, None, reading);
    }
    found.map_err(|obstacle| match obstacle {
        Obstacle::Stop(stop) => stop,
        // The reader in order knows no other obstacle.
        Obstacle::Irregular | Obstacle::NotUtf8 => {
            Refusal::new(RefusalCode::NotText, "the text cannot be read", "save it as CSV UTF-8").into()
        }
    })
}

/// Takes one decision after the other, each noted in `reading` as soon as it is taken.
fn examine(
    source: &mut Source,
    scan: &Scan,
    options: &Options,
    profiles: &Profiles,
    pace: Option<Pace>,
    reading: &mut Reading,
) -> Result<Rollup, Obstacle> {
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

    let columns = Columns::of(&layout, options, &facts)?;
    let header_at = |at: usize| layout.headers.get(at).cloned().unwrap_or_else(|| Header::of(""));
    let day = columns.dated_by.start().map_or(Header::of(""), header_at);
    let spend = header_at(columns.spend);
    reading.spend_column = Some(spend.text.clone());
    let is_by_day = matches!(columns.dated_by, DatedBy::Day(_) | DatedBy::Span(..));
    if let Some(aggregation) = facts.other_aggregation.as_ref().filter(|_| is_by_day) {
        let message = format!("the report's aggregation is `{aggregation}`, so its rows are not of single days");
        let hint = if facts.is_by_month { or_months(&profile.daily) } else { profile.daily.clone() };
        return Err(Refusal::new(RefusalCode::NoDailyRows, message, hint).into());
    }
    let ((platform, currency), unit) = Refusal::both(
        Refusal::both(one_platform(&layout, &columns, options), one_currency(&spend, &facts, &columns, options)),
        unit(&layout, &spend, &columns, options),
    )?;
    let is_said = options.unit.is_some() || spend.currency.is_some() || layout.proven_unit(&spend).is_some();
    let doubtful = if is_said { BTreeSet::new() } else { profiles.doubtful(&spend) };
    reading.unit = Some(unit);

    let below = Below { header_line: layout.header_line, delimiter: layout.delimiter };
    let settled = Settled {
        columns,
        headers: &layout.headers,
        profile,
        options,
        mark: None,
        unit,
        doubtful,
        order: None,
        stated: facts.period,
        period: facts.period,
        currency,
        platform,
        account: facts.account.or_else(|| options.account.clone()),
        declared_rows: facts.rows,
        followed: reading.followed.as_ref().map(|(line, _)| *line),
    };
    // The beginning of the file says how to read it; where it says nothing, the whole will.
    let head = pass::beginning(BufReader::new(source.head(encoding)), below, &settled);
    let decided = |evidence: &Evidence| -> Result<(Option<DecimalMark>, Option<DayOrder>), Refusal> {
        let mark = evidence.decimal_mark(options, profile, &spend);
        Refusal::both(mark, evidence.day_order(options, profile, &day))
    };
    let (mark, order) = decided(&head).unwrap_or_default();
    let period = facts.period.or_else(|| head.report_period(order));
    let settled = Settled { mark, order, period, ..settled };
    let read = |source: &mut Source, settled| match pace {
        Some(pace) => pass::pass(source, encoding, below, settled, pace),
        None => pass::in_order(BufReader::new(source.text(encoding)), below, settled).map_err(Obstacle::Stop),
    };
    let first = read(source, &settled)?;
    let (mark, order) = match decided(&first.evidence) {
        Ok(decided) => decided,
        Err(refusal) => {
            reading.decimal_mark = first.evidence.decimal_mark(options, profile, &spend).unwrap_or_default();
            return Err(refusal.into());
        }
    };
    reading.decimal_mark = mark;
    reading.day_order = order;
    reading.stated_period = facts.period.or_else(|| first.evidence.report_period(order));
    let again;
    let rows = if (mark, order, reading.stated_period) == (settled.mark, settled.order, settled.period) {
        first.rows
    } else {
        drop(first);
        again = Settled { mark, order, period: reading.stated_period, ..settled.clone() };
        read(source, &again)?.rows
    };
    reading.grain = Some(rows.grain());
    if let Some((_, fate)) = &mut reading.followed {
        fate.clone_from(&rows.fate);
    }
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
    source: &Source,
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
    let is_cyrillic = bytes::is_cyrillic(&source.head_text(encoding_rs::WINDOWS_1252)?.0);
    let usual = if is_cyrillic { encoding_rs::WINDOWS_1251 } else { encoding_rs::WINDOWS_1252 };
    let mut pages: Vec<&'static Encoding> = is_cyrillic.then_some(usual).into_iter().collect();
    pages.extend(evidence.first_guess());
    pages.extend(profiles.iter().filter_map(Profile::code_page));
    let mut first_refusal = evidence.first_guess().err().filter(|_| !is_cyrillic);
    for page in pages {
        let heads = heads(source, page)?;
        note_head(reading, &heads);
        match layout::find(&heads, profiles, options) {
            Ok(layout) if layout.profile.code_page().unwrap_or(usual) == page => {
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
fn heads(source: &Source, encoding: &'static Encoding) -> Result<Vec<Head>, Stop> {
    let (text, is_whole) = source.head_text(encoding)?;
    Ok(layout::heads(&text, is_whole))
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

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::*;

    static PROFILES: LazyLock<Profiles> = LazyLock::new(Profiles::built_in);

    /// Everything that was read, in words.
    fn words(bytes: &[u8], spans: Option<Spans>, pace: Option<Pace>) -> String {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(bytes).unwrap();
        let options = Options { currency: "USD".parse().ok(), spans, ..Options::default() };
        let reading = super::read_at(file.path(), &options, &PROFILES, &mut |_, _| {}, pace, None).unwrap();
        format!("{:#?}", Reading { file: String::new(), ..reading })
    }

    /// A row as platforms write them, many of them of the same days and campaigns.
    fn usual() -> impl Strategy<Value = String> {
        let day = (1..20, 0..9).prop_map(|(day, hour)| match hour {
            0..7 => format!("2018-01-{day:02}"),
            hour => format!("2018-01-{day:02} {hour}:00"),
        });
        let name = prop_oneof!["[A-C]", "[AB]?(\"\"|[,é\n ]){0,3}".prop_map(|text| format!("\"{text}\""))];
        let amount = prop_oneof![
            8 => (-99_999..99_999).prop_map(|cents| format!("{}.{:02}", cents / 100, i32::abs(cents % 100))),
            1 => "\"[1-9]{1,2},[0-9]{3}\\.[0-9]{2}\"",
            1 => "[1-9]\\.[0-9]{3}|[0-9]{1,3}|--|USD 5|1E\\+3|",
            1 => Just("9223372036.854775807".to_owned()),
        ];
        (day, "[7-9]{1,2}", name, amount).prop_map(|(day, id, name, amount)| format!("{day},{id},{name},{amount},1,1"))
    }

    /// A row that is something else, or wrong.
    fn odd() -> impl Strategy<Value = String> {
        let day = prop_oneof![
            (1..15, 1..13).prop_map(|(a, b)| format!("{a}/{b}/2018")),
            Just(String::new()),
            Just("Total".to_owned()),
            Just("x".to_owned()),
        ];
        let amount = "[$€]?[0-9]{1,3}[.,][0-9]{1,3}|99999999999999999.999999999|x";
        let row = (day, "[7-9]?", "[\"A,\r]{0,3}|--|A|\0", amount);
        let row = row.prop_map(|(day, id, name, amount)| format!("{day},{id},{name},{amount},1,1"));
        prop_oneof![4 => row, 2 => Just(String::new()), 1 => "[a,]{0,9}"]
    }

    fn rows() -> impl Strategy<Value = Vec<String>> {
        let count = prop_oneof![2 => Just(0), 1 => 1usize..4];
        let odd = count.prop_flat_map(|count| prop::collection::vec((any::<prop::sample::Index>(), odd()), count));
        (prop::collection::vec(usual(), 1..60), odd).prop_map(|(mut rows, odd)| {
            odd.into_iter().for_each(|(at, row)| rows.insert(at.index(rows.len()), row));
            rows
        })
    }

    /// What the rows of an export are of.
    #[derive(Clone, Copy, Debug)]
    enum Rows {
        Days,
        DaysAndMonths,
        Spans,
    }

    fn dated() -> impl Strategy<Value = Rows> {
        prop_oneof![2 => Just(Rows::Days), 1 => Just(Rows::DaysAndMonths), 1 => Just(Rows::Spans)]
    }

    /// A table of such rows, with its header.
    fn dated_by(dated: Rows, mut rows: Vec<String>) -> Vec<String> {
        let header = match dated {
            Rows::Spans => "Reporting starts,Reporting ends,Campaign ID,Campaign name,Amount spent,Frequency,Reach",
            _ => "Time,Id (ID),Campaign,Spend,Retweets,Replies",
        };
        for (row, at) in rows.iter_mut().zip(0..).filter(|(row, _)| row.starts_with("2018-01")) {
            match (dated, row.split_once(',')) {
                (Rows::DaysAndMonths, Some((_, rest))) if at % 3 == 0 => *row = format!("2018-0{},{rest}", 2 + at % 2),
                (Rows::Spans, Some((day, rest))) => {
                    let day = day.split(' ').next().unwrap();
                    *row = format!("{},{day},{rest}", if at % 20 == 0 { day } else { "2018-01-01" });
                }
                _ => {}
            }
        }
        [header.to_owned()].into_iter().chain(rows).collect()
    }

    fn export() -> impl Strategy<Value = Vec<u8>> {
        let damage = prop::option::weighted(0.1, any::<prop::sample::Index>());
        let parts = (rows(), dated(), 0..4, any::<[bool; 2]>(), damage);
        parts.prop_map(|(rows, dated, encoding, [is_crlf, is_open], damage)| {
            let end = if is_crlf { "\r\n" } else { "\n" };
            let lines = dated_by(dated, rows);
            let text = lines.join(end) + if is_open { "" } else { end };
            let mut bytes = match encoding {
                0 => [0xFF, 0xFE].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
                1 => [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
                _ => text.into_bytes(),
            };
            if let Some(at) = damage {
                let at = at.index(bytes.len());
                bytes[at] ^= 0x80;
            }
            bytes
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn threads_and_blocks_change_nothing(
            bytes in export(), by_month in any::<bool>(), threads in 1usize..5, block in 2usize..600,
        ) {
            let spans = by_month.then_some(Spans::Month);
            let (by_blocks, in_order) = (words(&bytes, spans, Some(Pace { threads, block, ahead: threads })), words(&bytes, spans, None));
            let difference = by_blocks.lines().zip(in_order.lines()).find(|(a, b)| a != b);
            prop_assert!(by_blocks == in_order, "{difference:?}");
        }
    }
}
