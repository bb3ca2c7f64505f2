//! The text a close was sealed with beside what the ledger says now: which fact is another.

use std::io::{self, BufRead};

use sha2::{Digest, Sha256};

use super::text::{self, Line, Part};
use crate::facts;
use crate::ledger::{Close, Ledger, LedgerError, Place, hashed, hex};
use crate::statement::StatementError;

/// How many changed facts of one close are named; further ones are counted.
const NAMED: usize = 20;

/// What became of a sealed period.
#[derive(Debug, Default)]
pub(crate) struct Comparison {
    /// Whether the ledger still says what the digest was taken of.
    pub(crate) holds: bool,
    /// What became of the text that was kept.
    pub(crate) kept: Kept,
    /// The facts that are others, with the first of them named.
    pub(crate) facts: Changed,
    /// The figures that are others.
    pub(crate) figures: Changed,
}

/// What became of a kept text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Kept {
    /// It has its digest.
    Whole,
    /// It is not there.
    #[default]
    Missing,
    /// It is another.
    Altered,
}

/// Lines that are others now.
#[derive(Debug, Default)]
pub(crate) struct Changed {
    pub(crate) count: u64,
    pub(crate) named: Vec<ChangedLine>,
}

/// One line, as it was sealed and as it would be now.
#[derive(Debug)]
pub(crate) struct ChangedLine {
    pub(crate) was: Option<Vec<String>>,
    pub(crate) now: Option<Vec<String>>,
    /// Where the fact stands now.
    pub(crate) place: Option<Place>,
}

/// Reckons the digest of a close anew and, where its text was kept whole, names what is another. The texts are read
/// side by side and never held whole.
pub(crate) fn compare(ledger: &Ledger, close: &Close) -> Result<Comparison, StatementError> {
    let (digest, file) = (close.digest.clone().unwrap_or_default(), close.text_file().unwrap_or_default());
    let mut comparison = Comparison::default();
    let failed = |error| LedgerError::io("read", ledger.dir().join(&file))(error);
    let mut kept = None;
    if let Some(mut input) = ledger.open_text(&file)? {
        let is_whole = hashed(&mut input).map_err(failed)?.0 == digest;
        comparison.kept = if is_whole { Kept::Whole } else { Kept::Altered };
        kept = if is_whole { ledger.open_text(&file)? } else { None };
    }
    let mut kept = kept.map(|input| Text { input, next: None });
    let mut hash = Sha256::new();
    let statement = text::statement(ledger, close)?;
    text::write(ledger, close, &statement, |part, lines| {
        for line in &lines {
            hash.update(line.text.as_bytes());
            hash.update(b"\n");
        }
        let Some(kept) = &mut kept else { return Ok(()) };
        let mut was = Vec::new();
        while let Some((of, lines)) = kept.part_up_to(&part).map_err(failed)? {
            if of == part {
                was = lines;
                break;
            }
            comparison.add(&of, lines, Vec::new());
        }
        comparison.add(&part, was, lines);
        Ok(())
    })?;
    comparison.holds = hex(&hash.finalize()) == digest;
    Ok(comparison)
}

/// Returns whether the row of a close still says what its kept text says of it; `None` where that text is not whole.
pub(crate) fn row_holds(ledger: &Ledger, close: &Close) -> Result<Option<bool>, LedgerError> {
    let file = close.text_file().unwrap_or_default();
    let failed = |error| LedgerError::io("read", ledger.dir().join(&file))(error);
    let Some(mut input) = ledger.open_text(&file)? else { return Ok(None) };
    if Some(hashed(&mut input).map_err(failed)?.0) != close.digest {
        return Ok(None);
    }
    let Some(input) = ledger.open_text(&file)? else { return Ok(None) };
    let line = input.lines().nth(1).transpose().map_err(failed)?;
    Ok(Some(line == Some(facts::array(&text::row(close)))))
}

/// A kept text, read part by part.
struct Text {
    input: Box<dyn BufRead>,
    next: Option<(Part, String)>,
}

impl Text {
    /// Returns the next part, where it is not after another.
    fn part_up_to(&mut self, last: &Part) -> io::Result<Option<(Part, Vec<String>)>> {
        self.look()?;
        let Some((part, line)) = self.next.take_if(|(part, _)| *part <= *last) else { return Ok(None) };
        let mut lines = vec![line];
        self.look()?;
        while let Some((_, line)) = self.next.take_if(|(of, _)| *of == part) {
            lines.push(line);
            self.look()?;
        }
        Ok(Some((part, lines)))
    }

    /// Reads a line ahead.
    fn look(&mut self) -> io::Result<()> {
        let mut line = String::new();
        if self.next.is_some() || self.input.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let line = line.trim_end_matches('\n').to_owned();
        let cells = cells(&line);
        let part = match cells.first().map(String::as_str) {
            Some("spend") => Part::Spend(cells.into_iter().nth(1).unwrap_or_default()),
            Some("figure") => Part::Figures,
            _ => Part::Facts,
        };
        self.next = Some((part, line));
        Ok(())
    }
}

/// The cells of a line; of one that is no array, itself.
fn cells(line: &str) -> Vec<String> {
    serde_json::from_str(line).unwrap_or_else(|_| vec![line.to_owned()])
}

impl Comparison {
    /// Adds what differs in one part.
    fn add(&mut self, part: &Part, was: Vec<String>, mut now: Vec<Line>) {
        // Most lines are what they were; the others are few.
        let mut gone = Vec::new();
        let mut was = was;
        was.sort();
        now.sort_by(|a, b| a.text.cmp(&b.text));
        let mut now = now.into_iter().peekable();
        let mut new = Vec::new();
        for line in was {
            new.extend(std::iter::from_fn(|| now.next_if(|next| next.text < line)));
            if now.next_if(|next| next.text == line).is_none() {
                gone.push(line);
            }
        }
        new.extend(now);
        let changed = if *part == Part::Figures { &mut self.figures } else { &mut self.facts };
        let mut new: Vec<(Vec<String>, Option<Place>)> =
            new.into_iter().map(|line| (cells(&line.text), line.place)).collect();
        for was in gone.iter().map(|line| cells(line)) {
            let same = new
                .iter()
                .enumerate()
                .filter(|(_, (now, _))| is_the_same(&was, now))
                .max_by_key(|(at, (now, _))| (alike(&was, now), std::cmp::Reverse(*at)))
                .map(|(at, _)| at);
            let (now, place) = same.map(|at| new.remove(at)).unzip();
            changed.push(ChangedLine { was: Some(was), now, place: place.flatten() });
        }
        for (now, place) in new {
            changed.push(ChangedLine { was: None, now: Some(now), place });
        }
    }
}

impl Changed {
    fn push(&mut self, line: ChangedLine) {
        self.count = self.count.saturating_add(1);
        if self.named.len() < NAMED {
            self.named.push(line);
        }
    }
}

/// Whether two lines speak of one thing: of one kind, with one name.
fn is_the_same(was: &[String], now: &[String]) -> bool {
    let names = match was.first().map(String::as_str) {
        Some("close" | "settings") => 1,
        Some("spend" | "figure") => was.len().saturating_sub(1),
        Some("encumbrance") => 3,
        Some("rate") => 4,
        _ => 2,
    };
    was.len() == now.len() && was.iter().zip(now).take(names).all(|(was, now)| was == now)
}

/// How many cells are the same.
fn alike(was: &[String], now: &[String]) -> usize {
    was.iter().zip(now).filter(|(was, now)| was == now).count()
}

impl ChangedLine {
    /// Says which fact it is, what it was and what it is now.
    pub(crate) fn said(&self) -> String {
        let cells = self.now.as_ref().or(self.was.as_ref()).map(Vec::as_slice).unwrap_or_default();
        let what = what(cells);
        let place = self.place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        let differs = match (&self.was, &self.now) {
            (Some(was), Some(now)) => {
                let differing: Vec<String> = names(was)
                    .iter()
                    .zip(was.iter().zip(now).skip(1))
                    .filter(|(_, (was, now))| was != now)
                    .map(|(name, (was, now))| format!("{name} was {}, is {}", shown(was), shown(now)))
                    .collect();
                differing.join("; ")
            }
            (Some(was), None) => format!("is gone; it was {}", all(was)),
            (_, Some(now)) => format!("was not there when the period was closed; it is {}", all(now)),
            (None, None) => String::new(),
        };
        let joint = if self.was.is_some() && self.now.is_some() { ": " } else { " " };
        format!("{place}{what}{joint}{differs}")
    }
}

/// What a line speaks of, in a few words.
fn what(cells: &[String]) -> String {
    let cell = |at: usize| cells.get(at).map(String::as_str).unwrap_or_default();
    let in_account = |platform: usize, account: usize| match cell(account) {
        "" => cell(platform).to_owned(),
        account => format!("{}/{account}", cell(platform)),
    };
    match cell(0) {
        "close" => format!("the close of `{}` itself", cell(1)),
        "settings" => String::from("ledger.toml"),
        "budget" => format!("{} of line `{}`", cell(2), cell(1)),
        "restriction" => format!("{} `{}`", cell(2), cell(1)),
        "redirection" => format!("step `{}` of redirection `{}`", cell(2), cell(1)),
        "encumbrance" => format!("order `{}` on line `{}`", cell(2), cell(1)),
        "rate" => format!("rate of {} in {} of {}", cell(1), cell(2), cell(3)),
        "spend" => format!("spend of campaign `{}` of {} on {}", cell(5), in_account(2, 3), cell(1)),
        "figure" if cell(2).is_empty() => format!("{} in total, {}", cell(4), cell(3)),
        "figure" => format!("{} of {} `{}`, {}", cell(4), cell(1), cell(2), cell(3)),
        kind => format!("{kind} `{}`", cell(1)),
    }
}

/// What the cells after the kind are called.
fn names(cells: &[String]) -> &'static [&'static str] {
    match cells.first().map(String::as_str).unwrap_or_default() {
        "close" => &["period", "first day", "last day", "date", "recorded", "by", "reason", "previous"],
        "settings" => &["currency", "fiscal year"],
        "destination" => &["id", "kind"],
        "figure" => &["of", "name", "currency", "figure", "amount"],
        kind => facts::names(kind),
    }
}

fn shown(cell: &str) -> String {
    if cell.is_empty() { String::from("empty") } else { format!("`{cell}`") }
}

/// All that a line says.
fn all(cells: &[String]) -> String {
    let said = names(cells).iter().zip(cells.iter().skip(1)).filter(|(_, cell)| !cell.is_empty());
    said.map(|(name, cell)| format!("{name} `{cell}`")).collect::<Vec<_>>().join(", ")
}
