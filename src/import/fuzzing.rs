//! What fuzzing feeds: each function takes any bytes and holds a part of the importer to what is true of all of them.
//!
//! No part of the API: it is there in tests, which feed the kept corpus, and with the feature `fuzzing`.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)] // what is wrong here is to be loud

use std::fmt::Debug;
use std::fs;
use std::io::{self, Read};
use std::path::Path;
use std::sync::LazyLock;

use encoding_rs::{Encoding, IBM866, KOI8_R, MACINTOSH, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1251, WINDOWS_1252};

use super::amount::{AmountFault, AmountText, Exact, Proof, is_no_value};
use super::blocks::{Block, Blocks};
use super::bytes::{Evidence, Scan};
use super::cells::{Batch, Cells};
use super::columns::Columns;
use super::date::{DateText, day_in, period_in};
use super::header::{Header, Pattern, key};
use super::layout;
use super::pass::Pace;
use super::preamble::Facts;
use super::text::Decoded;
use super::{DayOrder, DecimalMark, Options, Profiles, Reading, Unit, read, read_at};
use crate::sheet::{Record, Records};

static PROFILES: LazyLock<Profiles> = LazyLock::new(Profiles::built_in);

/// Gives a few bytes at a time.
struct Sips<'b>(&'b [u8], usize);

impl Read for Sips<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = buffer.len().min(self.1.max(1));
        self.0.read(&mut buffer[..count])
    }
}

/// Bytes as the beginning of a file: format, encoding, layout.
pub fn sniff(bytes: &[u8]) {
    let scan = Scan::of(bytes, true).unwrap();
    let by_sips = Scan::of(Sips(bytes, 3), true).unwrap();
    assert_eq!(scan.encoding().ok(), by_sips.encoding().ok());
    let _ = (scan.known_format(), Scan::of(bytes, false).unwrap().encoding());
    let Ok(evidence) = scan.encoding() else { return };
    let is_utf8 = std::str::from_utf8(bytes).is_ok();
    match evidence {
        Evidence::Proven(encoding) if encoding == UTF_8 => assert!(is_utf8 && !bytes.contains(&0)),
        Evidence::Proven(_) => {}
        Evidence::Legacy { .. } => assert!(!is_utf8 && !bytes.contains(&0)),
    }
    let Ok(encoding) = evidence.first_guess() else { return };
    let mut text = String::new();
    if Decoded::new(bytes, encoding).read_to_string(&mut text).is_err() {
        return;
    }
    let heads = layout::heads(&text, true);
    let options = Options { platform: "x".parse().ok(), ..Options::default() };
    for options in [Options::default(), options] {
        match layout::find(&heads, &PROFILES, &options) {
            Ok(layout) => {
                let lines = 1 + text.matches(['\n', '\r']).count() as u64;
                assert!((1..=lines).contains(&layout.header_line));
                assert_eq!(layout.first_rows[0].len(), layout.headers.len());
                let facts = Facts::of(&layout.preamble, &layout.profile.preamble, layout.profile.day_order);
                if let Ok(columns) = Columns::of(&layout, &options, &facts) {
                    assert!(columns.spend < columns.needed && columns.needed <= columns.width);
                }
            }
            Err(refusal) => assert!(!refusal.message.is_empty() && !refusal.hint.is_empty()),
        }
    }
}

/// Bytes as text of every encoding: what the whole of them decodes to, or damage.
pub fn decode(bytes: &[u8]) {
    let Some((&size, bytes)) = bytes.split_first() else { return };
    let pages = [WINDOWS_1252, WINDOWS_1251, KOI8_R, IBM866, MACINTOSH];
    for encoding in [UTF_8, UTF_16LE, UTF_16BE].into_iter().chain(pages) {
        let (whole, is_damaged) = encoding.decode_with_bom_removal(bytes);
        let mut text = String::new();
        match decoded(bytes, size, encoding, &mut text) {
            Ok(()) => assert!(!is_damaged && text == whole, "{}: {text:?} is {whole:?}", encoding.name()),
            Err(error) => assert!(is_damaged || whole.contains('\0'), "{}: {error}", encoding.name()),
        }
    }
}

fn decoded(bytes: &[u8], size: u8, encoding: &'static Encoding, text: &mut String) -> io::Result<()> {
    Decoded::new(Sips(bytes, usize::from(size)), encoding).read_to_string(text).map(drop)
}

/// A cell as an amount.
pub fn numbers(bytes: &[u8]) {
    let Ok(cell) = std::str::from_utf8(bytes) else { return };
    let Ok(text) = AmountText::of(cell) else { return };
    assert!(!is_no_value(cell));
    let value = |mark| text.value(mark, Unit::Currency);
    for (mark, sign) in [(DecimalMark::Point, '.'), (DecimalMark::Comma, ',')] {
        for unit in [Unit::Currency, Unit::Micros] {
            let value = text.value(mark, unit);
            if value != Err(AmountFault::NotAnAmount) {
                let shown = value.map(|amount| amount.to_string());
                assert_eq!(shown, modelled(cell, sign, unit == Unit::Micros), "{cell:?} {mark} {unit}");
            }
            if let Ok(amount) = value {
                again(amount);
            }
        }
    }
    match (text.proof(), value(DecimalMark::Point), value(DecimalMark::Comma)) {
        (Proof::Irrelevant, point, comma) => assert_eq!(point, comma),
        (Proof::Open, Ok(point), Ok(comma)) => assert_ne!(point, comma),
        _ => {}
    }
}

/// Whatever is done to an amount leaves it what it is.
fn again(amount: Exact) {
    let shown = amount.to_string();
    assert_eq!(AmountText::of(&shown).unwrap().value(DecimalMark::Point, Unit::Currency), Ok(amount));
    if let Some(nanos) = amount.nanos() {
        assert_eq!(Exact::of_nanos(nanos), Some(amount));
    }
    for decimals in 0..=9 {
        let rounded = amount.rounded(decimals);
        assert!(rounded.minus(amount).unwrap().size() <= Exact::half_steps(decimals, 1), "{shown} {decimals}");
        assert_eq!(rounded.rounded(decimals), rounded);
    }
}

/// A model that knows neither currencies nor grouping: digits before a mark, digits behind it, and an exponent.
fn modelled(cell: &str, mark: char, is_micros: bool) -> Result<String, AmountFault> {
    let chars: Vec<char> = cell.chars().collect();
    let is_exponent = |&at: &usize| {
        matches!(chars[at], 'e' | 'E')
            && (chars[at - 1].is_ascii_digit() || ".,".contains(chars[at - 1]))
            && chars.get(at + 1).is_some_and(|next| next.is_ascii_digit() || "+-".contains(*next))
    };
    let (mantissa, after) = chars.split_at((1..chars.len()).find(is_exponent).unwrap_or(chars.len()));
    let power: String = after
        .iter()
        .skip(1)
        .enumerate()
        .take_while(|(at, c)| c.is_ascii_digit() || *at == 0)
        .map(|(_, c)| *c)
        .collect();
    let rest = after.get(1 + power.len()..).unwrap_or_default();
    let cell = cell.trim();
    let is_credit = cell.to_ascii_uppercase().ends_with("CR")
        && cell.chars().nth_back(2).is_some_and(|before| before == ' ' || before.is_ascii_digit());
    let is_negative = is_credit || mantissa.iter().chain(rest).any(|c| "-−﹣－(".contains(*c));
    let (mut integer, mut fraction, mut is_behind, mut before) = (String::new(), String::new(), false, ' ');
    for &c in mantissa {
        match c {
            '0'..='9' => if is_behind { &mut fraction } else { &mut integer }.push(c),
            c => is_behind |= c == mark && !(c == '.' && "srбр".contains(before)), // Rs. kr. Fr. руб. р.
        }
        before = c;
    }
    let digits = format!("{integer}{fraction}");
    let power: i64 = if power.is_empty() { 0 } else { power.parse().unwrap() };
    let behind = i64::try_from(fraction.len()).unwrap() + if is_micros { 6 } else { 0 } - power;
    let zeros = |count: i64| "0".repeat(usize::try_from(count).unwrap_or(0));
    let digits = format!("{}{digits}{}", zeros(behind), zeros(-behind));
    let (integer, fraction) = digits.split_at(digits.len() - usize::try_from(behind).unwrap_or(0));
    let (integer, fraction) = (integer.trim_start_matches('0'), fraction.trim_end_matches('0'));
    match (integer.len(), fraction.len()) {
        (19.., _) => Err(AmountFault::OutOfRange),
        (_, 19..) => Err(AmountFault::TooPrecise),
        (0, 0) => Ok("0.00".to_owned()),
        _ => Ok(format!("{}{integer:0>1}.{fraction:0<2}", if is_negative { "-" } else { "" })),
    }
}

const ORDERS: [DayOrder; 3] = [DayOrder::DayMonthYear, DayOrder::MonthDayYear, DayOrder::YearMonthDay];

/// A line as a day, as a period, and as the name of a header; the next as what the name is held against.
pub fn dates(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (line, other) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(date) = DateText::of(line) {
        let days = ORDERS.map(|order| date.day(Some(order)));
        let mut different: Vec<_> = days.into_iter().flatten().collect();
        different.sort();
        different.dedup();
        assert!(if date.is_open() { different.len() != 1 } else { different.len() < 2 }, "{line:?}");
        if date.order().is_some() {
            assert!(days.iter().all(|day| *day == date.day(None)), "{line:?}");
        }
        if let Some(proven) = date.proof() {
            assert!(ORDERS.iter().zip(days).all(|(order, day)| *order == proven || day.is_none()), "{line:?}");
        }
        for day in different {
            assert_eq!(DateText::of(&day.to_string()).and_then(|date| date.day(None)), Some(day));
        }
    }
    for order in ORDERS {
        if let Some(expected) = counted(line, order) {
            let day = DateText::of(line).and_then(|date| date.day(Some(order)));
            assert_eq!(day.map(|day| day.to_string()), expected, "{line:?} {order}");
        }
    }
    if let Some(day) = day_in(line, None) {
        assert!(ORDERS.iter().any(|order| day_in(line, Some(*order)) == Some(day)), "{line:?}");
    }
    if let Some(period) = period_in(line, None) {
        let each = [DayOrder::DayMonthYear, DayOrder::MonthDayYear].map(|order| period_in(line, Some(order)));
        assert!(period.days() > 0 && each.contains(&Some(period)), "{line:?}");
        assert!(each.iter().flatten().all(|other| *other == period), "{line:?}");
    }
    let (name, compared) = (Pattern::from(line.to_owned()), key(other));
    assert_eq!(key(&compared), compared);
    assert!(Header::of(line).is(&name), "{line:?}");
    assert_eq!(name.matches(&compared), covers(name.as_str().as_bytes(), compared.as_bytes()), "{line:?} {other:?}");
    if let Some(value) = name.value_in(other) {
        assert!(other.contains(value));
    }
}

/// A model of numeric days: four digits for the year, at most two for the others. The outer `None`: it does not know.
fn counted(text: &str, order: DayOrder) -> Option<Option<String>> {
    let mark = text.chars().find(|c| "-/.".contains(*c))?;
    let parts: Vec<&str> = text.split(mark).collect();
    let [a, b, c] = parts.as_slice() else { return None };
    if !parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let (year, month, day) = match ([a.len(), b.len(), c.len()], mark, order) {
        ([4, 1..=2, 1..=2], _, _) => (a, b, c),
        ([1..=2, 1..=2, 4], '.', _) | ([1..=2, 1..=2, 4], _, DayOrder::DayMonthYear) => (c, b, a),
        ([1..=2, 1..=2, 4], _, DayOrder::MonthDayYear) => (c, a, b),
        ([1..=2, 1..=2, 4], _, DayOrder::YearMonthDay) => return Some(None),
        _ => return None,
    };
    let [year, month, day] = [year, month, day].map(|part| part.parse::<usize>().unwrap());
    let leap = usize::from(year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    let longest = [31, 28 + leap, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let is_there = (1970..2200).contains(&year) && (1..=12).contains(&month) && (1..=longest[month - 1]).contains(&day);
    Some(is_there.then(|| format!("{year:04}-{month:02}-{day:02}")))
}

/// A model of names with stars, byte by byte: which beginnings of the text does the name's beginning cover.
fn covers(name: &[u8], text: &[u8]) -> bool {
    let mut covered: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    for &sought in name {
        let mut next = vec![false; covered.len()];
        for length in 0..=text.len() {
            next[length] = match sought {
                b'*' => covered[length] || length > 0 && next[length - 1],
                _ => length > 0 && covered[length - 1] && text[length - 1] == sought,
            };
        }
        covered = next;
    }
    covered[text.len()]
}

/// A row: its line, its cells, and whether it is the last.
type Rows = Vec<(u64, Vec<String>, bool)>;

/// Text as rows: by masks, by masks in blocks, and in order.
pub fn cells(bytes: &[u8]) {
    let Some((&size, text)) = bytes.split_first() else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    for delimiter in *b",\t;|" {
        let whole = by_masks(text, delimiter);
        let by_blocks = by_blocks(text, delimiter, size.into());
        if whole.is_some() && !text.contains('\0') {
            assert_eq!(by_blocks, whole);
        }
        if let Some(rows) = by_blocks {
            assert_eq!(Some(rows), in_order(text, delimiter));
        }
    }
}

fn by_masks(text: &str, delimiter: u8) -> Option<Rows> {
    let start = text.strip_prefix('\u{feff}').map_or(0, |rest| text.len() - rest.len());
    let mut cells = Cells::default();
    assert_eq!(cells.find(text.as_bytes(), start, 1, delimiter, true).ok()?, text.len());
    let mut rows = Rows::new();
    cells.batches(text).for_each(|batch| add(&batch, &mut rows));
    rows.last_mut().into_iter().for_each(|(_, _, is_last)| *is_last = true);
    Some(rows)
}

/// `None` where one of the blocks is irregular.
fn by_blocks(text: &str, delimiter: u8, size: usize) -> Option<Rows> {
    let mut blocks = Blocks::new(Sips(text.as_bytes(), size / 2), delimiter, size);
    let (mut rows, mut all, mut block) = (Rows::new(), Vec::new(), Block::default());
    while let Some(next) = blocks.next(block).ok()? {
        block = next;
        all.extend_from_slice(block.text().as_bytes());
        block.batches().for_each(|batch| add(&batch, &mut rows));
        rows.last_mut().into_iter().for_each(|(_, _, is_last)| *is_last = block.is_last);
    }
    assert_eq!(all, text.as_bytes());
    Some(rows)
}

fn add(batch: &Batch, rows: &mut Rows) {
    let mut record = Record::default();
    for row in batch.iter() {
        row.fill(&mut record);
        assert_eq!(row.len(), record.len());
        rows.push((record.line(), record.fields().map(str::to_owned).collect(), false));
    }
}

/// `None` where the text is damaged.
fn in_order(text: &str, delimiter: u8) -> Option<Rows> {
    let mut records = Records::new(text.as_bytes(), delimiter);
    let (mut rows, mut record) = (Rows::new(), Record::default());
    while records.read(&mut record).ok()? {
        rows.push((record.line(), record.fields().map(str::to_owned).collect(), false));
    }
    if let Some((_, _, is_last)) = rows.last_mut() {
        *is_last = true;
    }
    Some(rows)
}

/// A whole file, written to `path`. Its last byte chooses the options; a line end chooses none.
pub fn inspect(bytes: &[u8], path: &Path) {
    let Some((&choice, bytes)) = bytes.split_last() else { return };
    let chosen = |bit: u8| (choice ^ b'\n') & 1 << bit != 0;
    let options = Options {
        currency: "USD".parse().ok().filter(|_| chosen(0)),
        unit: Some(Unit::Currency).filter(|_| chosen(1)),
        platform: "x".parse().ok().filter(|_| chosen(2)),
        profile: Some("generic".to_owned()).filter(|_| chosen(3)),
        day_order: Some(DayOrder::DayMonthYear).filter(|_| chosen(4)),
        decimal_mark: Some(DecimalMark::Comma).filter(|_| chosen(5)),
        account: Some("acme".to_owned()).filter(|_| chosen(6)),
        round: Some(2).filter(|_| chosen(7)),
        ..Options::default()
    };
    fs::write(path, bytes).unwrap();
    let reading = read(path, &options, &PROFILES, &mut |done, all| assert!(done <= all)).unwrap();
    assert_eq!(reading.bytes, bytes.len() as u64);
    check(&reading);
    for pace in [None, Some(Pace { threads: 1, block: 40, ahead: 1 })] {
        let other = read_at(path, &options, &PROFILES, &mut |_, _| {}, pace, None).unwrap();
        assert_eq!(shown(&other), shown(&reading), "{pace:?}");
    }
}

fn check(reading: &Reading) {
    match &reading.outcome {
        Ok(rollup) => {
            assert_eq!(rollup.rows_read, rollup.rows_kept + rollup.blank_rows + rollup.excluded_rows);
            assert_eq!(rollup.rows_kept, rollup.rows().map(|row| row.rows).sum::<u64>());
            assert!(rollup.rows().all(|row| row.day.is_within(rollup.covered)));
            let days: Vec<_> = rollup.rows().map(|row| row.day).collect();
            assert!(days.is_sorted());
        }
        Err(refusal) => assert!(!refusal.message.is_empty() && !refusal.hint.is_empty(), "{refusal:?}"),
    }
}

/// Everything that was read, in words, but the hash, which only one way reckons.
fn shown(reading: &Reading) -> impl Debug + PartialEq {
    let reading = Reading { sha256: String::new(), bytes: 0, ..reading.clone() };
    format!("{reading:?}")
}

/// Text as a profile; one that can be read is held against a file.
pub fn profile(bytes: &[u8]) {
    let Ok(toml) = std::str::from_utf8(bytes) else { return };
    let mut profiles = PROFILES.clone();
    match profiles.add("house", toml) {
        Ok(()) => {
            let text = "Report: House\n\nDay,Campaign,Campaign ID,Cost,Currency\n2018-01-05,A,1,1.50,USD\n";
            let options = Options { profile: Some("house".to_owned()), ..Options::default() };
            for options in [Options::default(), options] {
                if let Ok(layout) = layout::find(&layout::heads(text, true), &profiles, &options) {
                    let facts = Facts::of(&layout.preamble, &layout.profile.preamble, None);
                    let _ = Columns::of(&layout, &options, &facts);
                }
            }
        }
        Err(error) => {
            assert!(!error.faults.is_empty());
            let lines = 1 + toml.matches('\n').count();
            for fault in error.faults {
                assert!((1..=lines).contains(&fault.line) && fault.column > 0 && !fault.what.is_empty(), "{fault:?}");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn files(folder: &Path) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    fn folder(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name)
    }

    /// Feeds what is kept of a target.
    fn feed(target: &str, take: impl Fn(&[u8])) {
        let files = files(&folder("corpus").join(target));
        assert!(!files.is_empty() && files.len() <= 40, "{target}");
        for file in files {
            let bytes = fs::read(&file).unwrap();
            assert!(bytes.len() < 2048, "{} is not small", file.display());
            take(&bytes);
        }
    }

    #[test]
    fn nothing_kept_is_too_strange() {
        let file = tempfile::NamedTempFile::new().unwrap();
        feed("inspect", |bytes| inspect(bytes, file.path()));
        feed("cells", cells);
        feed("numbers", numbers);
        feed("dates", dates);
        feed("decode", decode);
        feed("sniff", sniff);
        feed("profile", profile);
    }

    #[test]
    fn no_export_is_too_strange() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let is_export = |file: &&PathBuf| file.extension().is_some_and(|ending| ending != "expected");
        for profile in files(&folder("exports")) {
            for export in files(&profile).iter().filter(is_export) {
                let bytes = fs::read(export).unwrap();
                inspect(&bytes, file.path());
                sniff(&bytes);
                decode(&bytes);
                cells(&bytes);
            }
        }
    }
}
