//! [`Layout`]: what separates the cells, where the header is, and whose file this is.
//!
//! All of it by content. A header is a row with a known money column and at least two more known ones; lines above
//! it, however many filters a preamble lists, are kept as they are.

use std::collections::BTreeSet;

use crate::scope::Platform;
use crate::sheet::{Record, Records};

use super::header::{self, Header, Pattern};
use super::profile::{Consequence, Mark, Profile};
use super::profiles::Profiles;
use super::refusal::{Refusal, RefusalCode, shortened};
use super::{Options, Unit};

/// How many rows are searched for the header.
const HEADER_ROWS: usize = 400;
/// No header has more cells; a row of a million commas is neither held nor searched.
const HEADER_CELLS: usize = 5000;
/// How many rows are looked at to tell what separates the cells.
const SNIFFED_ROWS: usize = 500;
/// How many rows below the header an inspection shows.
const SHOWN_ROWS: usize = 5;

const DELIMITERS: [u8; 4] = [b'\t', b',', b';', b'|'];

/// The first rows of a file, separated in one way.
pub(super) struct Head {
    pub(super) delimiter: u8,
    rows: Vec<HeadRow>,
    /// Whether the file goes on, or a row could not be read.
    goes_on: bool,
    /// How many rows have the most common number of cells, and that number.
    regularity: (usize, usize),
}

struct HeadRow {
    line: u64,
    /// The first cells, as many as a header may have.
    cells: Vec<String>,
    /// How many there are in all.
    length: usize,
    /// Whether anything stands in the others.
    goes_on: bool,
}

impl Head {
    /// Returns the first rows as they stand, for files whose header is not found.
    pub(super) fn first_rows(&self) -> Vec<Vec<String>> {
        self.rows.iter().take(SHOWN_ROWS + 1).map(|row| row.cells.clone()).collect()
    }

    /// Returns whether the cells are separated by this at all.
    pub(super) fn is_regular(&self) -> bool {
        self.regularity.0 > 0
    }
}

impl HeadRow {
    fn of(record: &Record) -> HeadRow {
        HeadRow {
            line: record.line(),
            cells: record.fields().take(HEADER_CELLS).map(str::to_owned).collect(),
            length: record.len(),
            goes_on: record.fields().skip(HEADER_CELLS).any(|cell| !cell.trim().is_empty()),
        }
    }

    fn is_blank(&self) -> bool {
        !self.goes_on && self.cells.iter().all(|cell| cell.trim().is_empty())
    }

    /// The row as one line, for preamble facts and marks.
    fn text(&self, delimiter: u8) -> String {
        let delimiter = if delimiter == b'\t' { " " } else { &char::from(delimiter).to_string() };
        let text = self.cells.iter().map(|cell| cell.trim()).collect::<Vec<_>>().join(delimiter);
        text.trim_end_matches([',', ';', '|']).trim().to_owned()
    }

    fn headers(&self) -> Vec<Header> {
        self.cells.iter().map(|cell| Header::of(cell)).collect()
    }
}

/// Where everything is.
pub(super) struct Layout<'p> {
    pub(super) delimiter: u8,
    pub(super) header_line: u64,
    pub(super) headers: Vec<Header>,
    pub(super) preamble: Vec<String>,
    pub(super) first_rows: Vec<Vec<String>>,
    /// Whether anything stands below the header, as far as the head goes.
    pub(super) has_rows: bool,
    pub(super) profile: &'p Profile,
    /// The column that names platforms in any table, where the profile is of one platform.
    pub(super) platforms: Option<usize>,
    /// A sign that the profile's unit is not proven.
    pub(super) doubt: Option<&'p Mark>,
}

/// Separates the beginning of a file in every way there is, the most regular one first.
///
/// Regular is what gives most rows the same number of cells, quotes respected; of two such ways the one with more
/// cells. Counting characters in the first line would count the commas of a title.
pub(super) fn heads(text: &str, is_whole: bool) -> Vec<Head> {
    let mut heads: Vec<Head> = DELIMITERS.iter().map(|&delimiter| head(text, is_whole, delimiter)).collect();
    heads.sort_by_key(|head| std::cmp::Reverse(head.regularity));
    heads
}

fn head(text: &str, is_whole: bool, delimiter: u8) -> Head {
    let mut records = Records::new(text.as_bytes(), delimiter);
    let mut record = Record::default();
    let mut rows = Vec::new();
    let mut goes_on = !is_whole;
    while rows.len() < SNIFFED_ROWS {
        match records.read(&mut record) {
            Ok(true) => rows.push(HeadRow::of(&record)),
            Ok(false) => break,
            Err(_) => {
                goes_on = true; // the reading of the whole file says what is wrong with the row
                break;
            }
        }
    }
    if !is_whole && rows.len() < SNIFFED_ROWS {
        rows.pop(); // cut in two
    }
    goes_on |= rows.len() == SNIFFED_ROWS;
    let lengths: Vec<usize> = rows.iter().map(|row| row.length).filter(|&length| length > 1).collect();
    let count = |length: usize| lengths.iter().filter(|&&other| other == length).count();
    let distinct: BTreeSet<usize> = lengths.iter().copied().collect();
    let regularity = distinct.into_iter().map(|length| (count(length), length)).max().unwrap_or((0, 0));
    Head { delimiter, rows, goes_on, regularity }
}

/// Returns the file's layout, or why there is none.
pub(super) fn find<'p>(heads: &[Head], profiles: &'p Profiles, options: &Options) -> Result<Layout<'p>, Refusal> {
    let candidates = candidates(profiles, options)?;
    // Whoever names a profile, or writes one whose proof holds, says that it is no other paper.
    let papers = if options.profile.is_none() { profiles.papers.as_slice() } else { &[] };
    let named = options.spend_column.clone().map(|name| [Pattern::from(name)]);
    let spend_of = |profile: &'p Profile| named.as_ref().map_or(profile.columns.spend.as_slice(), |name| name);
    for head in heads {
        for (at, row) in head.rows.iter().enumerate().take(HEADER_ROWS) {
            let headers = row.headers();
            let recognising: Vec<&Profile> =
                candidates.iter().copied().filter(|&profile| profile.recognises(&headers, spend_of(profile))).collect();
            if recognising.is_empty() {
                continue;
            }
            if row.goes_on {
                let message = format!("the header has {} cells; no report has more than {HEADER_CELLS}", row.length);
                let hint = "export the report again with the columns that are needed";
                return Err(Refusal::new(RefusalCode::RaggedRow, message, hint).at_row(row.line));
            }
            let above = head.rows.get(..at).unwrap_or_default();
            let preamble: Vec<String> =
                above.iter().map(|row| row.text(head.delimiter)).filter(|line| !line.is_empty()).collect();
            let lines: Vec<String> = preamble.iter().map(|line| header::key(line)).collect();
            let is_own = recognising.iter().any(|profile| profile.is_own() && profile.is_proven_by(&headers, &lines));
            // Below the header are campaigns' names, which may be called anything.
            refuse_other_papers(head, at + 1, if is_own { &[] } else { papers }, &candidates)?;
            let below = head.rows.get(at + 1..).unwrap_or_default();
            let profile = chosen(&recognising, &headers, &lines, below, options)?;
            let doubtful = |mark: &&Mark| {
                mark.then == Consequence::UnitUnknown
                    && (mark.is_on(&headers, "") || lines.iter().any(|line| mark.is_on(&[], line)))
            };
            let fallbacks = candidates.iter().filter(|any| any.fallback && !profile.is_own() && !profile.fallback);
            let platforms = fallbacks.flat_map(|any| any.platform_columns(&headers)).next();
            let shown = head.rows.iter().skip(at).take(SHOWN_ROWS + 1).map(|row| row.cells.clone());
            return Ok(Layout {
                delimiter: head.delimiter,
                header_line: row.line,
                first_rows: shown.collect(),
                has_rows: head.goes_on || head.rows.iter().skip(at + 1).any(|row| !row.is_blank()),
                preamble,
                profile,
                platforms,
                doubt: profile.mark.iter().find(doubtful),
                headers,
            });
        }
    }
    for head in heads {
        refuse_other_papers(head, HEADER_ROWS, papers, &candidates)?;
    }
    Err(no_header(heads, &candidates, options))
}

/// The profiles to hold the file against: all, or the one the user names.
fn candidates<'p>(profiles: &'p Profiles, options: &Options) -> Result<Vec<&'p Profile>, Refusal> {
    let Some(name) = &options.profile else { return Ok(profiles.iter().collect()) };
    profiles.get(name).map(|profile| vec![profile]).ok_or_else(|| {
        Refusal::new(RefusalCode::ProfileUnknown, format!("there is no profile `{name}`"), profiles.hint(name))
    })
}

/// Refuses papers that hold money and are no spend, by marks in the first rows.
fn refuse_other_papers(head: &Head, rows: usize, papers: &[Mark], candidates: &[&Profile]) -> Result<(), Refusal> {
    for row in head.rows.iter().take(rows) {
        let (headers, line) = (row.headers(), header::key(&row.text(head.delimiter)));
        let marks = papers.iter().chain(candidates.iter().flat_map(|profile| &profile.mark));
        let found = marks.filter(|mark| mark.then != Consequence::UnitUnknown).find(|mark| mark.is_on(&headers, &line));
        if let Some(mark) = found {
            let message = format!("the file is {}", mark.what);
            return Err(Refusal::new(mark.then.code(), message, mark.hint.clone()).at_row(row.line));
        }
    }
    Ok(())
}

/// Of the profiles that recognise the header, returns the one the file proves.
fn chosen<'p>(
    recognising: &[&'p Profile],
    headers: &[Header],
    lines: &[String],
    below: &[HeadRow],
    options: &Options,
) -> Result<&'p Profile, Refusal> {
    if let (Some(_), Some(profile)) = (&options.profile, recognising.first()) {
        return Ok(profile);
    }
    // A table that names the platform of each row is of no one platform, whatever the headers beside it are.
    let fallbacks: Vec<&Profile> = recognising.iter().copied().filter(|profile| profile.fallback).collect();
    let is_of_one = |profile: &Profile| !fallbacks.iter().any(|any| names_others(any, headers, below, profile));
    let proven: Vec<&Profile> = recognising
        .iter()
        .copied()
        .filter(|profile| !profile.fallback && profile.is_proven_by(headers, lines) && is_of_one(profile))
        .collect();
    // The ledger's own word goes before what is built in.
    let own: Vec<&Profile> = proven.iter().copied().filter(|profile| profile.is_own()).collect();
    match if own.is_empty() { proven.as_slice() } else { own.as_slice() } {
        [profile] => return Ok(profile),
        [] => {}
        several => {
            let names: Vec<&str> = several.iter().map(|profile| profile.name()).collect();
            return Err(Refusal::new(
                RefusalCode::ProfileAmbiguous,
                format!("the file looks like {} alike", names.join(" and ")),
                format!("say which one it is: --profile {}", names.join(" or --profile ")),
            ));
        }
    }
    let says_platform = |profile: &&Profile| {
        let has = |names: &[Pattern]| headers.iter().any(|header| names.iter().any(|name| header.is(name)));
        options.platform.is_some() || profile.platform().is_some() || has(&profile.columns.platform)
    };
    let fallback = recognising.iter().copied().find(|profile| profile.fallback && says_platform(profile));
    fallback.ok_or_else(|| {
        Refusal::new(
            RefusalCode::ProfileUnknown,
            format!("nothing proves which platform this file is from; its headers are: {}", listed(headers)),
            UNKNOWN_HINT,
        )
    })
}

/// Returns whether a column that any table may have names other platforms than the profile's in its rows.
fn names_others(any: &Profile, headers: &[Header], below: &[HeadRow], profile: &Profile) -> bool {
    let Some(own) = profile.platform().filter(|_| !profile.is_own()) else { return false };
    let named = |at: usize| below.iter().filter_map(move |row| row.cells.get(at)?.parse::<Platform>().ok());
    any.platform_columns(headers).any(|at| named(at).any(|platform| platform.is_known() && platform != *own))
}

const UNKNOWN_HINT: &str = "say --profile generic with --platform, --currency and --unit, or describe such files once \
                            in a profile of your own (docs/profiles.md)";

fn listed(headers: &[Header]) -> String {
    const LISTED: usize = 40;
    let names: Vec<String> =
        headers.iter().filter(|header| !header.is_blank()).map(|header| shortened(&header.text)).collect();
    let more = if names.len() > LISTED { format!(" and {} more", names.len() - LISTED) } else { String::new() };
    format!("{}{more}", names.iter().take(LISTED).map(String::as_str).collect::<Vec<_>>().join(", "))
}

/// Says why no row is a header, with the row that comes nearest.
fn no_header(heads: &[Head], candidates: &[&Profile], options: &Options) -> Refusal {
    let widest = heads.first().and_then(|head| {
        let filled = |row: &&HeadRow| row.cells.iter().filter(|cell| !cell.trim().is_empty()).count();
        // Of equally wide rows the first one: a header stands above its data.
        head.rows.iter().take(HEADER_ROWS).rev().max_by_key(filled)
    });
    let Some(row) = widest.filter(|row| !row.is_blank()) else {
        return nothing(heads.first());
    };
    let headers = row.headers();
    let found = listed(&headers);
    let is_money =
        |header: &Header| candidates.iter().any(|profile| profile.columns.spend.iter().any(|name| header.is(name)));
    let refusal = match &options.spend_column {
        Some(name) if !headers.iter().any(|header| header.is(&Pattern::from(name.clone()))) => Refusal::new(
            RefusalCode::SpendColumnUnknown,
            format!("there is no column `{name}`; the headers found are: {found}"),
            "say --spend-column with one of the headers found",
        ),
        None if !headers.iter().any(is_money) => Refusal::new(
            RefusalCode::SpendColumnUnknown,
            format!("no header is known to be spend; the headers found are: {found}"),
            "add the cost or spend column to the report and export it again, or say --spend-column with its header; files \
             of a kind not known yet are described once in a profile of your own (docs/profiles.md)",
        ),
        _ => Refusal::new(
            RefusalCode::ProfileUnknown,
            format!("too few headers are known to tell what this file is; the headers found are: {found}"),
            UNKNOWN_HINT,
        ),
    };
    refusal.at_row(row.line)
}

/// Says why there is not even a row with something in it.
fn nothing(head: Option<&Head>) -> Refusal {
    match head {
        Some(head) if head.rows.len() > HEADER_ROWS => Refusal::new(
            RefusalCode::NoRows,
            format!("the first {HEADER_ROWS} rows are blank"),
            "export the report again, and import the file as it came",
        ),
        Some(head) if head.goes_on => Refusal::new(
            RefusalCode::Truncated,
            "the first row with something in it cannot be read: a line or a quote there does not end where it should",
            "download the report again from the platform; a complete file closes every quote it opens",
        ),
        _ => Refusal::new(RefusalCode::NoRows, "the file is empty", "export the report again for a period with spend"),
    }
}

impl Layout<'_> {
    /// Returns the unit of the money column where its header or the proven profile settles it; an option may repeat
    /// it, not deny it.
    pub(super) fn proven_unit(&self, spend: &Header) -> Option<Unit> {
        let is_profiles = self.profile.columns.spend.iter().any(|name| spend.is(name));
        match spend.says_micros() {
            true => Some(Unit::Micros),
            false => self.profile.unit.filter(|_| is_profiles && self.doubt.is_none()),
        }
    }

    /// Returns the unit that the file states in passing: the currency in the money's header, or platform and currency
    /// of every row, say what the amounts are in.
    pub(super) fn stated_unit(&self, spend: &Header, is_labelled_per_row: bool) -> Option<Unit> {
        let by_rows = is_labelled_per_row && self.doubt.is_none();
        (spend.currency.is_some() || by_rows).then_some(Unit::Currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find_in(text: &str, options: &Options) -> Result<(char, u64, String), RefusalCode> {
        let profiles = Profiles::built_in();
        let layout = find(&heads(text, true), &profiles, options).map_err(|refusal| refusal.code)?;
        Ok((char::from(layout.delimiter), layout.header_line, layout.profile.name().to_owned()))
    }

    #[test]
    fn cells_are_separated_by_what_is_most_regular() {
        let delimiter = |text: &str| char::from(heads(text, true)[0].delimiter);
        assert_eq!(delimiter("Report, of all, things, here\na\tb\n1,5\t2\n1,6\t3\n"), '\t');
        assert_eq!(delimiter("a;b;c\n1,5;2;3\n1,6;2;3\n"), ';');
        assert_eq!(delimiter("a,b,c\n\"1;2;3;4\",2,3\n\"1;2;3;4\",2,3\n"), ',');
        assert_eq!(delimiter("a|b\n1|2\n"), '|');
    }

    #[test]
    fn the_header_is_found_below_any_preamble() {
        let filters: String = (1..=40).map(|n| format!("Filter {n}: Spend, all\n")).collect();
        let text = format!("{filters}\nTime,Campaign,Spend,Retweets,Replies\n2018-01-01,A,1.50,1,1\n");
        assert_eq!(find_in(&text, &Options::default()), Ok((',', 42, "x-ads-ui".into())));
    }

    #[test]
    fn a_file_that_nothing_proves_is_refused() {
        let none = Options::default();
        assert_eq!(find_in("Day,Campaign,Cost,Clicks\n", &none), Err(RefusalCode::ProfileUnknown));
        assert_eq!(find_in("Day,Campaign,Budget,Avg. CPC\n", &none), Err(RefusalCode::SpendColumnUnknown));
        assert_eq!(find_in("Cost,Banana\n", &none), Err(RefusalCode::ProfileUnknown));
        assert_eq!(find_in("\n \n", &none), Err(RefusalCode::NoRows));
        let named = Options { profile: Some("nobody".into()), ..Options::default() };
        assert_eq!(find_in("Day,Campaign,Cost\n", &named), Err(RefusalCode::ProfileUnknown));
        let given = Options { platform: "snapchat".parse().ok(), ..Options::default() };
        assert_eq!(find_in("Day,Campaign,Cost,Clicks\n", &given), Ok((',', 1, "generic".into())));
    }

    #[test]
    fn a_column_that_names_platforms_goes_before_any_proof() {
        let header = "Day,Platform,Campaign name,Ad set name,Clicks (all),Frequency,Amount spent (EUR)\n";
        let found = |row: &str| find_in(&format!("{header}{row}"), &Options::default()).map(|(_, _, name)| name);
        assert_eq!(found("2018-01-01,google,A,B,1,1,1.50\n"), Ok("generic".into()));
        assert_eq!(
            found("2018-01-01,facebook,A,B,1,1,1.50\n2018-01-01,instagram,A,B,1,1,1.50\n"),
            Ok("meta-ads-manager".into())
        );
    }

    #[test]
    fn two_profiles_that_fit_alike_are_the_users_choice() {
        let text = "Time,Campaign,Spend,Retweets,Replies,Gregorian date\n";
        assert_eq!(find_in(text, &Options::default()), Err(RefusalCode::ProfileAmbiguous));
        let named = Options { profile: Some("x-ads-ui".into()), ..Options::default() };
        assert_eq!(find_in(text, &named), Ok((',', 1, "x-ads-ui".into())));
    }
}
