//! What others read in the same files: random exports are imported, and every sum of every campaign-day is held against
//! Python's `csv` and `decimal`, and against DuckDB.
//!
//! The others are told how each file is written; respend finds it out. Where a machine has no `python3`, or Python no
//! `duckdb`, that is said on standard error and the rest is compared; with `RESPEND_PEERS=required` it is a failure.

#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod desk;
mod python;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use desk::Desk;
use python::has_python;
use serde_json::{Value, json};

/// How many files of each shape.
const FILES: u64 = 50;
/// Every so many of them is long enough to be read in several blocks.
const LONG_EVERY: u64 = 25;

#[test]
fn python_and_duckdb_sum_every_file_to_the_same() {
    if !has_python(None) {
        return;
    }
    let peers = if has_python(Some("duckdb")) { &["rollup.py", "rollup_duckdb.py"][..] } else { &["rollup.py"] };
    let desk = Desk::new();
    desk.done(&["init", "empty", "--name", "Peers", "--currency", "EUR", "--quiet"]);
    let shapes: [fn(&mut Dice, usize) -> Export; 4] = [meta, google, semicolons, micros];
    let seeds = (0..FILES).flat_map(|seed| shapes.into_iter().zip(0..).map(move |(shape, at)| (shape, seed, at)));
    let exports: Vec<Export> = seeds
        .map(|(shape, seed, at)| {
            let dice = &mut Dice(seed * 4 + at);
            let rows = if seed % LONG_EVERY == 0 { 6000 } else { 1 + dice.below(150) };
            shape(dice, rows)
        })
        .collect();

    let ours = imported(&desk, &exports);
    assert!(ours.len() > 10_000, "{} campaign-days are too few to prove anything", ours.len());
    let (cases, sums) = (desk.path("cases.json"), desk.path("sums.csv"));
    let how: Vec<Value> = exports.iter().enumerate().map(|(at, export)| export.how(&file(&desk, at))).collect();
    fs::write(&cases, serde_json::to_vec(&how).unwrap()).unwrap();
    for peer in peers {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers").join(peer);
        let ran = Command::new("python3").arg(script).args([&cases, &sums]).output().unwrap();
        assert!(ran.status.success(), "{peer}: {}", String::from_utf8_lossy(&ran.stderr));
        let theirs = table(&sums, None);
        for (key, theirs) in &theirs {
            let export = || &exports[key[0].parse::<usize>().unwrap()].text;
            assert_eq!(ours.get(key), Some(theirs), "{peer}: {key:?} of\n{}", export());
        }
        assert_eq!(ours.len(), theirs.len(), "{peer} found fewer campaign-days");
    }
}

/// The benchmark's own exports, its readers and its comparison, without its times.
#[cfg(unix)] // it asks the system what a process took
#[test]
fn the_benchmarks_add_up() {
    if !has_python(None) {
        return;
    }
    for (script, cases) in [("benches/import.py", 4), ("benches/report.py", 1)] {
        let ran = Command::new("python3")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join(script))
            .args(["--check", "--respend", env!("CARGO_BIN_EXE_respend")])
            .output()
            .unwrap();
        assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
        let said = String::from_utf8_lossy(&ran.stdout);
        assert_eq!(said.matches("are the same in respend and python").count(), cases, "{said}");
    }
}

/// Case, day, platform, account, campaign and currency.
type Key = [String; 6];
/// Amount with nine decimals, and rows.
type Sum = (String, String);

/// Imports every file into a ledger of its own, and returns what was recorded.
fn imported(desk: &Desk, exports: &[Export]) -> BTreeMap<Key, Sum> {
    let numbered: Vec<(usize, &Export)> = exports.iter().enumerate().collect();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        let parts: Vec<_> = numbered
            .chunks(exports.len().div_ceil(threads))
            .map(|part| {
                scope.spawn(|| part.iter().flat_map(|(at, export)| import(desk, *at, export)).collect::<Vec<_>>())
            })
            .collect();
        parts.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

fn import(desk: &Desk, at: usize, export: &Export) -> BTreeMap<Key, Sum> {
    let (ledger, file) = (format!("ledger-{at}"), file(desk, at));
    fs::create_dir(desk.path(&ledger)).unwrap();
    for entry in fs::read_dir(desk.path("empty")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            fs::copy(&path, desk.path(&ledger).join(path.file_name().unwrap())).unwrap();
        }
    }
    fs::write(&file, export.bytes()).unwrap();
    let mut words = vec!["--ledger", &ledger, "--today", "2026-02-01", "--quiet", "import", file.to_str().unwrap()];
    words.extend(export.options.split_whitespace());
    let ran = desk.run(&words);
    assert_eq!(ran.code, 0, "respend {}\n{}\n{}", words.join(" "), ran.stderr, export.text);
    let mut rollups = fs::read_dir(desk.path(&ledger).join("spend")).unwrap().map(|entry| entry.unwrap().path());
    let rollup = rollups.find(|path| path.extension().is_some_and(|it| it == "csv")).unwrap();
    table(&rollup, Some(at))
}

fn file(desk: &Desk, at: usize) -> PathBuf {
    desk.path(&format!("export-{at}.csv"))
}

/// Reads sums; those of a rollup do not say of which case they are.
fn table(path: &Path, case: Option<usize>) -> BTreeMap<Key, Sum> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let mut sums = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let cell = |name: &str| record[headers.iter().position(|header| header == name).unwrap()].to_owned();
        let case = case.map_or_else(|| cell("case"), |case| case.to_string());
        let key = [case, cell("day"), cell("platform"), cell("account"), cell("campaign"), cell("currency")];
        let amount = cell("amount");
        let (whole, decimals) = amount.split_once('.').unwrap_or((&amount, ""));
        let before = sums.insert(key, (format!("{whole}.{decimals:0<9}"), cell("rows")));
        assert_eq!(before, None, "{} says it twice", path.display());
    }
    sums
}

/// A file as a platform may give it, and how it is written.
struct Export {
    text: String,
    is_utf16: bool,
    has_bom: bool,
    lines_above: usize,
    delimiter: char,
    header: Vec<String>,
    day: &'static str,
    day_order: &'static str,
    spend: &'static str,
    decimal_mark: char,
    micros: bool,
    /// Platform, account, campaign and currency: a column of the file, or what holds for all of it.
    names: [(&'static str, Said); 4],
    /// What respend is told, as typed.
    options: String,
}

#[derive(Clone, Copy)]
enum Said {
    InColumn(&'static str),
    ForAll(&'static str),
}

impl Export {
    fn bytes(&self) -> Vec<u8> {
        match (self.is_utf16, self.has_bom) {
            (true, _) => [0xFF, 0xFE].into_iter().chain(self.text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            (false, true) => [b"\xEF\xBB\xBF", self.text.as_bytes()].concat(),
            (false, false) => self.text.clone().into_bytes(),
        }
    }

    /// What the peers are told.
    fn how(&self, file: &Path) -> Value {
        let mut how = json!({
            "file": file,
            "encoding": if self.is_utf16 { "utf-16" } else { "utf-8-sig" },
            "lines_above": self.lines_above,
            "delimiter": self.delimiter,
            "header": self.header,
            "day_column": self.day,
            "day_order": self.day_order,
            "amount_column": self.spend,
            "decimal_mark": self.decimal_mark,
            "micros": self.micros,
        });
        for (name, said) in self.names {
            match said {
                Said::InColumn(column) => how[format!("{name}_column")] = column.into(),
                Said::ForAll(value) => how[name] = value.into(),
            }
        }
        how
    }
}

// Shapes.

/// Meta Ads Manager: the currency in the header, names with quotes and line breaks, the account's total on top.
fn meta(dice: &mut Dice, rows: usize) -> Export {
    let (spend, currency) = dice.one_of(&[("Amount spent (EUR)", "EUR"), ("Amount spent (JPY)", "JPY")]);
    let line_end = dice.line_end();
    let style = Style { mark: '.', group: dice.one_of(&["", "", ","]), sign: dice.one_of(&SIGNS), after: "" };
    let mut header =
        vec!["Day", "Campaign name", "Ad set name", "Account name", "Clicks (all)", "Amount spent per click", spend];
    dice.shuffle(&mut header);
    let mut sum = 0;
    let spent: Vec<Vec<String>> = (0..rows)
        .map(|row| {
            let amount = dice.amount(row);
            let cell = if dice.chance(5) { "".to_owned() } else { style.spelled(amount, dice) };
            sum += if cell.is_empty() { 0 } else { amount };
            let cells = header.iter().map(|column| match *column {
                "Day" => dice.day("ymd"),
                "Campaign name" => dice.campaign(line_end),
                "Account name" => dice.one_of(&ACCOUNTS).to_owned(),
                "Ad set name" => dice.one_of(&CAMPAIGNS).to_owned(),
                column if column == spend => cell.clone(),
                _ => dice.below(1000).to_string(),
            });
            cells.collect()
        })
        .collect();
    let sum = style.spelled(sum, dice);
    let total = header.iter().map(|column| if *column == spend { sum.clone() } else { String::new() }).collect();
    let total: Option<Vec<String>> = dice.chance(50).then_some(total);
    let mut text = Text::new(',', line_end, dice);
    text.rows([header.iter().map(|header| (*header).to_owned()).collect()]);
    text.rows(total);
    text.rows(spent);
    Export {
        text: text.text,
        is_utf16: false,
        has_bom: dice.chance(50),
        lines_above: 0,
        delimiter: ',',
        header: owned(&header),
        day: "Day",
        day_order: "ymd",
        spend,
        decimal_mark: '.',
        micros: false,
        names: [
            ("platform", Said::ForAll("meta")),
            ("account", Said::InColumn("Account name")),
            ("campaign", Said::InColumn("Campaign name")),
            ("currency", Said::ForAll(currency)),
        ],
        options: String::new(),
    }
}

/// Google Ads: UTF-16 between tabs or UTF-8 between commas, a title, thousands grouped, total rows at the end.
fn google(dice: &mut Dice, rows: usize) -> Export {
    let (is_utf16, delimiter) = dice.one_of(&[(true, '\t'), (true, '\t'), (false, ',')]);
    let line_end = dice.line_end();
    let style = Style { mark: '.', group: ",", sign: "-#", after: "" };
    let header = ["Campaign status", "Campaign", "Day", "Budget", "Currency code", "Impr.", "Cost", "Avg. CPC"];
    let currency = dice.one_of(&["USD", "EUR", "CHF"]);
    let mut text = Text::new(delimiter, line_end, dice);
    text.rows([vec!["Campaign report".to_owned()], vec!["January 1, 2025 - December 31, 2025".to_owned()]]);
    text.rows([owned(&header)]);
    let mut sum = 0;
    for row in 0..rows {
        let amount = dice.amount(row);
        let cell = if dice.chance(5) { " --".to_owned() } else { style.spelled(amount, dice) };
        sum += if cell == " --" { 0 } else { amount };
        let (status, day, campaign) = (dice.one_of(&["Enabled", "Paused"]), dice.day("ymd"), dice.campaign(line_end));
        let (budget, impressions) = (style.spelled(dice.amount(0), dice), dice.below(5000).to_string());
        let cells = [status, &campaign, &day, &budget, currency, &impressions, &cell, "0.50"];
        text.rows([owned(&cells)]);
    }
    for label in ["Total: Campaigns", "Total: Account"] {
        text.rows([owned(&[label, " --", "--", "--", currency, "0", &style.spelled(sum, dice), "0.50"])]);
    }
    Export {
        text: text.text,
        is_utf16,
        has_bom: dice.chance(50),
        lines_above: 2,
        delimiter,
        header: owned(&header),
        day: "Day",
        day_order: "ymd",
        spend: "Cost",
        decimal_mark: '.',
        micros: false,
        names: [
            ("platform", Said::ForAll("google")),
            ("account", Said::ForAll("123-456-7890")),
            ("campaign", Said::InColumn("Campaign")),
            ("currency", Said::InColumn("Currency code")),
        ],
        options: "--account 123-456-7890".to_owned(),
    }
}

/// A table made by hand between semicolons, of several platforms and currencies, with a decimal comma.
fn semicolons(dice: &mut Dice, rows: usize) -> Export {
    let line_end = dice.line_end();
    let group = dice.one_of(&["", ".", " ", "\u{a0}", "’"]);
    let (after, only) = dice.one_of(&[("", None), ("", None), (" €", Some("EUR"))]);
    let style = Style { mark: ',', group, sign: dice.one_of(&SIGNS), after };
    let (day_order, order) = dice.one_of(&[("dmy", ""), ("ymd", ""), ("mdy", "--day-order mdy")]);
    let mut header = vec!["Datum", "platform", "Konto", "Kampagne", "Währung", "Kosten", "clicks"];
    dice.shuffle(&mut header);
    let mut text = Text::new(';', line_end, dice);
    text.rows([owned(&header)]);
    for row in 0..rows {
        let amount = dice.amount(row);
        let cells = header.iter().map(|column| match *column {
            "Datum" => dice.day(day_order),
            "platform" => dice.one_of(&["meta", "linkedin", "x"]).to_owned(),
            "Konto" => dice.one_of(&ACCOUNTS).to_owned(),
            "Kampagne" => dice.campaign(line_end),
            "Währung" => only.unwrap_or_else(|| dice.one_of(&["EUR", "USD", "KWD"])).to_owned(),
            "Kosten" if row > 0 && dice.chance(5) => "--".to_owned(),
            "Kosten" => style.spelled(amount, dice),
            _ => dice.below(1000).to_string(),
        });
        let cells = cells.collect();
        text.rows([cells]);
    }
    Export {
        text: text.text,
        is_utf16: dice.chance(20),
        has_bom: dice.chance(50),
        lines_above: 0,
        delimiter: ';',
        header: owned(&header),
        day: "Datum",
        day_order,
        spend: "Kosten",
        decimal_mark: ',',
        micros: false,
        names: [
            ("platform", Said::InColumn("platform")),
            ("account", Said::InColumn("Konto")),
            ("campaign", Said::InColumn("Kampagne")),
            ("currency", Said::InColumn("Währung")),
        ],
        options: format!("{order} {}", dice.one_of(&["", "--decimal comma"])),
    }
}

/// A dump of the Google Ads API: ids, and amounts in millionths, of which some have decimals.
fn micros(dice: &mut Dice, rows: usize) -> Export {
    let header = [
        "segments.date",
        "customer.id",
        "campaign.id",
        "campaign.name",
        "segments.device",
        "metrics.cost_micros",
        "customer.currency_code",
    ];
    let line_end = dice.line_end();
    let has_decimals = dice.chance(30);
    let style = Style { mark: '.', group: "", sign: "-#", after: "" };
    let mut text = Text::new(',', line_end, dice);
    text.rows([owned(&header)]);
    for row in 0..rows {
        let millionths = dice.amount(row) * 10_i128.pow(6);
        let cell = style.spelled_exactly(millionths, if has_decimals { 3 } else { 0 });
        let (day, name, id) = (dice.day("ymd"), dice.campaign(line_end), dice.below(20));
        let campaign = format!("9007199254740{:03}", 993 + id);
        let device = dice.one_of(&["MOBILE", "DESKTOP", "TABLET"]);
        text.rows([owned(&[&day, "1234567890", &campaign, &name, device, &cell, "GBP"])]);
    }
    Export {
        text: text.text,
        is_utf16: false,
        has_bom: false,
        lines_above: 0,
        delimiter: ',',
        header: owned(&header),
        day: "segments.date",
        day_order: "ymd",
        spend: "metrics.cost_micros",
        decimal_mark: '.',
        micros: true,
        names: [
            ("platform", Said::ForAll("google")),
            ("account", Said::InColumn("customer.id")),
            ("campaign", Said::InColumn("campaign.id")),
            ("currency", Said::InColumn("customer.currency_code")),
        ],
        options: if has_decimals { "--decimal point".to_owned() } else { String::new() },
    }
}

fn owned(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

// What stands in the cells.

const ACCOUNTS: [&str; 5] = ["acme-eu", "Müller & Söhne", "東京ストア", "Company, Inc.", "a \"very\" quoted one"];

const CAMPAIGNS: [&str; 20] = [
    "Spring",
    " Spring ", // the same
    "spring",
    "Été, soldes",
    "Größe; Köln",
    "東京, 春セール",
    "Łódź\tlato",
    "Black Friday 🎈",
    "\"best of\" 2025",
    "5\" screens",
    "a line\nbreak",
    "two\n\nof them, \"quoted\"",
    "Total recall",
    "Total recall",
    "=SUM(A1:A9)",
    "-50 % off",
    "+1",
    "1.234,56",
    "'",
    "e\u{301}te\u{301}", // not the letters of "Été"
];

/// `#` stands for the digits.
const SIGNS: [&str; 4] = ["-#", "\u{2212}#", "(#)", "#-"];

/// How amounts are written.
struct Style {
    mark: char,
    group: &'static str,
    sign: &'static str,
    after: &'static str,
}

impl Style {
    /// Writes billionths, with two decimals or as few or many as are needed.
    fn spelled(&self, nanos: i128, dice: &mut Dice) -> String {
        let needed = (0..9).find(|decimals| nanos % 10_i128.pow(9 - decimals) == 0).unwrap_or(9);
        // Three digits behind a mark could be thousands; four could not.
        let decimals = match (needed, dice.below(4)) {
            (3, _) => 4,
            (0..=1, 0) => needed,
            _ => needed.max(2),
        };
        let text = self.spelled_exactly(nanos, decimals as usize);
        if dice.chance(3) { format!(" {text} ") } else { text }
    }

    fn spelled_exactly(&self, nanos: i128, decimals: usize) -> String {
        let (whole, rest) = (nanos.unsigned_abs() / 10_u128.pow(9), nanos.unsigned_abs() % 10_u128.pow(9));
        let digits = whole.to_string();
        let mut text = String::new();
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at) % 3 == 0 {
                text += self.group;
            }
            text.push(digit);
        }
        if decimals > 0 {
            text.push(self.mark);
            text += &format!("{rest:09}")[..decimals];
        }
        let text = if nanos < 0 { self.sign.replace('#', &text) } else { text };
        text + self.after
    }
}

/// A file being written.
struct Text {
    delimiter: char,
    line_end: &'static str,
    /// Whether every cell is quoted.
    quotes_all: bool,
    /// Whether a quote inside a cell is left alone where it does no harm.
    has_bare_quotes: bool,
    text: String,
}

impl Text {
    fn new(delimiter: char, line_end: &'static str, dice: &mut Dice) -> Text {
        let style = dice.below(5);
        Text { delimiter, line_end, quotes_all: style == 0, has_bare_quotes: style == 1, text: String::new() }
    }

    fn rows(&mut self, rows: impl IntoIterator<Item = Vec<String>>) {
        for row in rows {
            for (at, cell) in row.iter().enumerate() {
                if at > 0 {
                    self.text.push(self.delimiter);
                }
                let is_bare = self.has_bare_quotes && !cell.starts_with('"');
                let needs_quotes = cell.contains([self.delimiter, '\n', '\r']) || (cell.contains('"') && !is_bare);
                match self.quotes_all || needs_quotes {
                    true => self.text += &format!("\"{}\"", cell.replace('"', "\"\"")),
                    false => self.text += cell,
                }
            }
            self.text += self.line_end;
        }
    }
}

/// Random numbers, the same for the same seed.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        bits ^ (bits >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len())]
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for at in (1..all.len()).rev() {
            all.swap(at, self.below(at + 1));
        }
    }

    fn line_end(&mut self) -> &'static str {
        self.one_of(&["\n", "\r\n"])
    }

    /// A name, its line breaks as the file's.
    fn campaign(&mut self, line_end: &str) -> String {
        self.one_of(&CAMPAIGNS).replace('\n', line_end)
    }

    /// A day of a few weeks of 2025.
    fn day(&mut self, order: &str) -> String {
        let (month, day) = (1 + self.below(2), 1 + self.below(28));
        match order {
            "dmy" => format!("{day:02}.{month:02}.2025"),
            "mdy" => format!("{month}/{day}/2025"),
            _ => format!("2025-{month:02}-{day:02}"),
        }
    }

    /// Billionths. The first of a file shows by its two decimals which mark is the decimal one.
    fn amount(&mut self, row: usize) -> i128 {
        if row == 0 {
            return 1_234_250_000_000;
        }
        let cents = 10_i128.pow(7);
        let amount = match self.below(10) {
            0 => 0,
            1..=5 => self.below(500_000) as i128 * cents,
            6 | 7 => self.below(100_000_000) as i128 * cents,
            8 => (self.next() >> 20) as i128, // nine decimals, below 17,592
            _ => (self.next() >> 4) as i128 * cents / 100, // beyond what 64 bits count in billionths
        };
        if self.chance(12) { -amount } else { amount }
    }
}
