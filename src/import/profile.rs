//! [`Profile`]: what is known of one kind of file, as data.

use std::fmt;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use crate::scope::{Id, Platform};
use crate::section::Section;

use super::header::{Header, Pattern};
use super::{DayOrder, DecimalMark, ProfileFault, RefusalCode, Unit};

/// Why a profile cannot be used: everything that is wrong in it, in the order of its lines.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ProfileError {
    /// The profile.
    pub name: String,
    /// What is wrong.
    pub faults: Vec<ProfileFault>,
}

/// Writes a line for each fault: `house.toml:3:1: what is wrong; how to mend it`.
impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lines: Vec<String> = self.faults.iter().map(|fault| format!("{}.toml:{fault}", self.name)).collect();
        f.write_str(&lines.join("\n"))
    }
}

/// What one kind of file looks like and how it is read.
#[derive(Clone, Debug)]
pub struct Profile {
    name: String,
    title: String,
    platform: Option<Platform>,
    /// Considered only where no other profile proves the file, and only by what the file itself says.
    pub(super) fallback: bool,
    pub(super) unit: Option<Unit>,
    pub(super) day_order: Option<DayOrder>,
    pub(super) decimal_mark: Option<DecimalMark>,
    /// The code page of its files where they are neither UTF-8 nor UTF-16; Windows-1252 unless said.
    legacy_encoding: Option<&'static Encoding>,
    /// A start without an end is the day of the row.
    pub(super) start_is_day: bool,
    /// More than one column may be the spend, and only the user can say which.
    pub(super) spend_is_chosen: bool,
    /// At how many rows the platform cuts its reports off.
    pub(super) row_limit: Option<u64>,
    /// How to export the report by day.
    pub(super) daily: String,
    /// Lines below the table that are not rows.
    pub(super) footers: Vec<Pattern>,
    pub(super) columns: ColumnNames,
    proof: Vec<Proof>,
    pub(super) mark: Vec<Mark>,
    pub(super) totals: TotalRules,
    pub(super) preamble: PreambleNames,
    pub(super) ids: IdRules,
    own: bool,
    source: String,
}

/// The headers of each column, the preferred one first.
#[derive(Clone, Debug)]
pub(super) struct ColumnNames {
    pub(super) day: Vec<Pattern>,
    pub(super) period_start: Vec<Pattern>,
    pub(super) period_end: Vec<Pattern>,
    pub(super) month: Vec<Pattern>,
    pub(super) spend: Vec<Pattern>,
    pub(super) campaign: Vec<Pattern>,
    pub(super) campaign_id: Vec<Pattern>,
    pub(super) account: Vec<Pattern>,
    pub(super) account_id: Vec<Pattern>,
    pub(super) currency: Vec<Pattern>,
    pub(super) platform: Vec<Pattern>,
    /// Further headers by which the header row is recognised.
    pub(super) known: Vec<Pattern>,
}

/// One set of signs that together prove where a file is from.
#[derive(Clone, Debug)]
struct Proof {
    /// Headers that must all be there.
    all: Vec<Pattern>,
    /// Headers of which some must be there.
    any: Vec<Pattern>,
    /// How many of `any`; 1 unless said.
    at_least: usize,
    /// Headers none of which may be there.
    none: Vec<Pattern>,
    /// Lines above the header, one of which must be there.
    lines: Vec<Pattern>,
}

/// A sign that a file is not what it looks like.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    /// What it is then.
    pub(super) what: String,
    pub(super) then: Consequence,
    /// Headers that are all in one row.
    headers: Vec<Pattern>,
    /// Headers one of which is in the row.
    any: Vec<Pattern>,
    /// Lines one of which is above the header.
    lines: Vec<Pattern>,
    /// What to do instead, or which option settles it.
    pub(super) hint: String,
}

/// What follows from a [`Mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consequence {
    /// The file is refused.
    NotSpend,
    /// The profile's unit is not proven.
    UnitUnknown,
    /// The file is refused: its rows are not of single days.
    NoDailyRows,
}

/// How total rows are labelled and which of them must agree with the rows.
#[derive(Clone, Debug, Default)]
pub(super) struct TotalRules {
    /// The words for a total; what follows one after a colon or a blank says of what.
    pub(super) labels: Vec<Pattern>,
    /// Totals of all rows besides the bare label.
    pub(super) check: Vec<Pattern>,
    /// Totals that may be larger than the rows.
    pub(super) may_exceed: Vec<Pattern>,
    /// The name of a count of rows below the table, such as `Total rows: 3`.
    pub(super) rows: Vec<Pattern>,
    /// The platform rounds each row, so that the total may differ by half a last digit per row.
    pub(super) rows_are_rounded: bool,
}

/// The names of the facts above the header.
#[derive(Clone, Debug, Default)]
pub(super) struct PreambleNames {
    pub(super) period: Vec<Pattern>,
    pub(super) period_start: Vec<Pattern>,
    pub(super) period_end: Vec<Pattern>,
    /// A line that is a range of days and nothing else states the period.
    pub(super) period_line: bool,
    pub(super) exported: Vec<Pattern>,
    pub(super) rows: Vec<Pattern>,
    pub(super) currency: Vec<Pattern>,
    pub(super) account: Vec<Pattern>,
    /// Says `true` where figures are still coming in.
    pub(super) incomplete: Vec<Pattern>,
    /// Says what a row speaks of, and which values of it are days or parts of them, and which months.
    pub(super) aggregation: Vec<Pattern>,
    pub(super) daily_aggregations: Vec<Pattern>,
    pub(super) monthly_aggregations: Vec<Pattern>,
}

/// What surrounds an id in an export and is not part of it.
#[derive(Clone, Debug, Default)]
pub(super) struct IdRules {
    strip_prefixes: Vec<String>,
    strip_brackets: bool,
    /// The id is what follows the last slash, as in `customers/1/campaigns/2`.
    last_of_path: bool,
}

impl ColumnNames {
    fn of(section: &mut Section<'_>, start_is_day: bool, has_platform: bool) -> ColumnNames {
        let names = ColumnNames {
            day: section.names("day"),
            period_start: section.names("period_start"),
            period_end: section.names("period_end"),
            month: section.names("month"),
            spend: section.names("spend"),
            campaign: section.names("campaign"),
            campaign_id: section.names("campaign_id"),
            account: section.names("account"),
            account_id: section.names("account_id"),
            currency: section.names("currency"),
            platform: section.names("platform"),
            known: section.names("known"),
        };
        let no_end = names.period_end.is_empty() && !start_is_day;
        let faults = [
            (names.spend.is_empty(), "`columns.spend` names no header", "add spend = [\"…\"], the header of the money"),
            (
                names.day.is_empty() && names.period_start.is_empty() && names.month.is_empty(),
                "`columns` names none of `day`, `period_start` and `month`",
                "add day = [\"…\"], the header of the days",
            ),
            (
                names.day.is_empty() && !names.period_start.is_empty() && no_end,
                "`columns` names `period_start` and no `period_end`",
                "add period_end = [\"…\"], or start_is_day = true where the start is the day of the row",
            ),
            (
                !has_platform && names.platform.is_empty(),
                "neither `platform` nor `columns.platform` says where the ads ran",
                "add platform = \"…\" above the sections, or platform = [\"…\"] where a column says it",
            ),
        ];
        for (_, what, mend) in faults.into_iter().filter(|(wrong, ..)| *wrong) {
            section.wrong(&section.span(), what, mend);
        }
        names
    }
}

impl Proof {
    fn of(section: &mut Section<'_>) -> Option<Proof> {
        let (all, any) = (section.names("all"), section.names("any"));
        let at_least = section.count("at_least");
        let (none, lines) = (section.names("none"), section.names("lines"));
        if all.is_empty() && any.is_empty() && lines.is_empty() {
            let mend = "name headers in `all` or `any`, or lines above the header in `lines`";
            section.wrong(&section.span(), "a [[proof]] asks for nothing, so every file would be one of these", mend);
        }
        let wanted = at_least.as_ref().map_or(1, |count| usize::try_from(*count.get_ref()).unwrap_or(usize::MAX));
        if let Some(count) = at_least.filter(|_| wanted > any.len()) {
            let what = format!("`proof.at_least` asks for {} headers, and `any` names {}", count.get_ref(), any.len());
            section.wrong(&count.span(), what, "name more headers in `any`, or ask for fewer");
        }
        Some(Proof { all, any, at_least: wanted, none, lines })
    }
}

impl Mark {
    pub(super) fn of(section: &mut Section<'_>) -> Option<Mark> {
        let what = section.needed("what", "what the file is then");
        let then = section.needed("then", "what follows: not_spend, unit_unknown or no_daily_rows").and_then(|word| {
            let then = Consequence::of(word.get_ref());
            if then.is_none() {
                let what =
                    format!("`mark.then`: `{}` is none of not_spend, unit_unknown, no_daily_rows", word.get_ref());
                section.wrong(&word.span(), what, "");
            }
            then
        });
        let (headers, any, lines) = (section.names("headers"), section.names("any"), section.names("lines"));
        if headers.is_empty() && any.is_empty() && lines.is_empty() {
            let mend = "name headers in `headers` or `any`, or lines above the header in `lines`";
            section.wrong(&section.span(), "a [[mark]] asks for nothing, so no file would carry it", mend);
        }
        let hint = section.needed("hint", "what to do instead");
        Some(Mark { what: what?.into_inner(), then: then?, headers, any, lines, hint: hint?.into_inner() })
    }
}

impl TotalRules {
    fn of(section: &mut Section<'_>) -> TotalRules {
        TotalRules {
            labels: section.names("labels"),
            check: section.names("check"),
            may_exceed: section.names("may_exceed"),
            rows: section.names("rows"),
            rows_are_rounded: section.flag("rows_are_rounded"),
        }
    }
}

impl PreambleNames {
    fn of(section: &mut Section<'_>) -> PreambleNames {
        PreambleNames {
            period: section.names("period"),
            period_start: section.names("period_start"),
            period_end: section.names("period_end"),
            period_line: section.flag("period_line"),
            exported: section.names("exported"),
            rows: section.names("rows"),
            currency: section.names("currency"),
            account: section.names("account"),
            incomplete: section.names("incomplete"),
            aggregation: section.names("aggregation"),
            daily_aggregations: section.names("daily_aggregations"),
            monthly_aggregations: section.names("monthly_aggregations"),
        }
    }
}

impl IdRules {
    fn of(section: &mut Section<'_>) -> IdRules {
        IdRules {
            strip_prefixes: section.texts("strip_prefixes").into_iter().map(toml::Spanned::into_inner).collect(),
            strip_brackets: section.flag("strip_brackets"),
            last_of_path: section.flag("last_of_path"),
        }
    }

    /// Returns the id itself.
    pub(super) fn strip<'a>(&self, id: &'a str) -> &'a str {
        let id = id.trim();
        // Spreadsheets are told so that it is text.
        let id = id.strip_prefix("=\"").and_then(|id| id.strip_suffix('"')).map_or(id, str::trim);
        let bare = id.strip_prefix('[').and_then(|id| id.strip_suffix(']')).filter(|_| self.strip_brackets);
        let id = bare.unwrap_or(id).trim();
        let id = id.rsplit('/').next().filter(|last| self.last_of_path && !last.is_empty()).unwrap_or(id);
        self.strip_prefixes.iter().find_map(|prefix| id.strip_prefix(prefix.as_str())).unwrap_or(id)
    }
}

impl Section<'_> {
    /// Takes a list of headers, labels or lines.
    fn names(&mut self, key: &'static str) -> Vec<Pattern> {
        self.texts(key).into_iter().map(|text| Pattern::from(text.into_inner())).collect()
    }
}

impl Profile {
    pub(super) fn read(name: &str, toml: &str, own: bool) -> Result<Profile, ProfileError> {
        let profile = Section::read("a profile", toml, |top| Profile::of(top, name, toml, own));
        profile.map_err(|faults| ProfileError { name: name.to_owned(), faults })
    }

    /// Reads all of it, and what is wrong only between its keys.
    fn of(top: &mut Section<'_>, name: &str, toml: &str, own: bool) -> Option<Profile> {
        if name.parse::<Id>().is_err() {
            let mend = "give the file a name of small letters, digits, `.`, `_` and `-`, such as house-ads.toml";
            top.wrong(&top.span(), format!("`{name}` is no name of a profile"), mend);
        }
        if let Some(says) = top.text("name").filter(|says| says.get_ref() != name) {
            let what = format!("its `name` is `{}`, and its file is called {name}.toml", says.get_ref());
            top.wrong(&says.span(), what, "leave `name` out, or rename the file");
        }
        let title = top.needed("title", "what its files are, in a line");
        let has_platform = top.has("platform");
        let platform: Option<Platform> = top.word("platform");
        let fallback = top.flag("fallback");
        let (unit, day_order, decimal_mark) = (top.word("unit"), top.word("day_order"), top.word("decimal_mark"));
        let legacy_encoding = top.text("legacy_encoding").and_then(|label| {
            let page = code_page(label.get_ref());
            if page.is_none() {
                let what = format!("`{}` is no code page of one byte per character", label.get_ref());
                top.wrong(&label.span(), what, "write one, such as legacy_encoding = \"windows-1251\"");
            }
            page
        });
        let start_is_day = top.flag("start_is_day");
        let spend_is_chosen = top.flag("spend_is_chosen");
        let row_limit = top.count("row_limit").map(toml::Spanned::into_inner);
        let daily = top.text("daily").map(toml::Spanned::into_inner);
        let footers = top.names("footers");
        let columns = top.section("columns", |columns| ColumnNames::of(columns, start_is_day, has_platform));
        let proof = top.sections("proof", Proof::of);
        let mark = top.sections("mark", Mark::of);
        let totals = top.section("totals", TotalRules::of);
        let preamble = top.section("preamble", PreambleNames::of);
        let ids = top.section("ids", IdRules::of);
        if proof.is_empty() && !fallback {
            let mend = "add [[proof]] with headers that only they have: all = [\"…\", \"…\"]";
            top.wrong(&top.span(), "no [[proof]] says how its files are told from others", mend);
        }
        Some(Profile {
            name: name.to_owned(),
            title: title?.into_inner(),
            platform,
            fallback,
            unit,
            day_order,
            decimal_mark,
            legacy_encoding,
            start_is_day,
            spend_is_chosen,
            row_limit,
            daily: daily.unwrap_or_else(|| "export the report again with one row per day".to_owned()),
            footers,
            columns: columns?,
            proof,
            mark,
            totals: totals?,
            preamble: preamble?,
            ids: ids?,
            own,
            source: toml.to_owned(),
        })
    }

    /// Returns the name, such as `google-ads-ui`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns what it reads, in a line.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Returns the platform its files are from; none where the files say it row by row.
    pub fn platform(&self) -> Option<&Platform> {
        self.platform.as_ref()
    }

    /// Returns whether a ledger added it.
    pub fn is_own(&self) -> bool {
        self.own
    }

    /// Returns the TOML it was read from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// Returns the code page of its files where they are of one.
    pub(super) fn code_page(&self) -> Option<&'static Encoding> {
        self.legacy_encoding
    }

    /// Returns whether a row is a header of such a file: the money and at least two more known headers.
    pub(super) fn recognises(&self, headers: &[Header], spend: &[Pattern]) -> bool {
        let spend_at = headers.iter().position(|header| spend.iter().any(|name| header.is(name)));
        let others = headers.iter().enumerate().filter(|(at, header)| Some(*at) != spend_at && self.knows(header));
        spend_at.is_some() && others.count() >= 2
    }

    /// Returns the places of the columns that name the platform of each row.
    pub(super) fn platform_columns<'h>(&'h self, headers: &'h [Header]) -> impl Iterator<Item = usize> + 'h {
        let is_platform = |header: &Header| self.columns.platform.iter().any(|name| header.is(name));
        headers.iter().enumerate().filter(move |(_, header)| is_platform(header)).map(|(at, _)| at)
    }

    fn knows(&self, header: &Header) -> bool {
        let names = &self.columns;
        let lists = [
            &names.day,
            &names.period_start,
            &names.period_end,
            &names.month,
            &names.campaign,
            &names.campaign_id,
            &names.account,
            &names.account_id,
            &names.currency,
            &names.platform,
            &names.known,
        ];
        let signs = self.proof.iter().flat_map(|proof| proof.all.iter().chain(&proof.any));
        !header.is_blank() && lists.into_iter().flatten().chain(signs).any(|name| header.is(name))
    }

    /// Returns whether headers and preamble prove that the file is one of these.
    pub(super) fn is_proven_by(&self, headers: &[Header], lines: &[String]) -> bool {
        let there = |name: &Pattern| headers.iter().any(|header| header.is(name));
        let line = |name: &Pattern| lines.iter().any(|line| name.matches(line));
        self.proof.iter().any(|proof| {
            proof.all.iter().all(there)
                && !proof.none.iter().any(there)
                && (proof.any.is_empty() || proof.any.iter().filter(|name| there(name)).count() >= proof.at_least)
                && (proof.lines.is_empty() || proof.lines.iter().any(line))
        })
    }
}

impl Mark {
    /// Returns whether a row of headers, or a line above it, carries the mark.
    pub(super) fn is_on(&self, headers: &[Header], line: &str) -> bool {
        let there = |name: &Pattern| headers.iter().any(|header| header.is_exactly(name));
        let by_headers = !(self.headers.is_empty() && self.any.is_empty())
            && self.headers.iter().all(there)
            && (self.any.is_empty() || self.any.iter().any(there));
        by_headers || self.lines.iter().any(|name| name.matches(line))
    }
}

impl Consequence {
    fn of(word: &str) -> Option<Consequence> {
        match word {
            "not_spend" => Some(Consequence::NotSpend),
            "unit_unknown" => Some(Consequence::UnitUnknown),
            "no_daily_rows" => Some(Consequence::NoDailyRows),
            _ => None,
        }
    }

    /// Returns the refusal that follows unless an option settles it.
    pub(super) fn code(self) -> RefusalCode {
        match self {
            Consequence::NotSpend => RefusalCode::NotSpend,
            Consequence::UnitUnknown => RefusalCode::UnitUnknown,
            Consequence::NoDailyRows => RefusalCode::NoDailyRows,
        }
    }
}

/// Returns the code page of a label, if it is one of one byte per character.
fn code_page(label: &str) -> Option<&'static Encoding> {
    let many_bytes = [UTF_8, UTF_16LE, UTF_16BE];
    Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.is_single_byte() && !many_bytes.contains(encoding))
}

#[cfg(test)]
mod tests {
    use super::super::Profiles;
    use super::*;

    const OWN: &str = r#"
        title = "House ads"
        platform = "house-ads"
        unit = "currency"
        [columns]
        day = ["Tag"]
        spend = ["Kosten netto"]
        campaign = ["Werbemittel"]
        [[proof]]
        all = ["Kosten netto", "Werbemittel"]
    "#;

    fn error(name: &str, toml: &str) -> String {
        Profiles::built_in().add(name, toml).unwrap_err().to_string()
    }

    #[test]
    fn a_ledger_adds_its_own() {
        let mut profiles = Profiles::built_in();
        profiles.add("house", OWN).unwrap();
        let house = profiles.get("house").unwrap();
        assert_eq!((house.name(), house.is_own(), house.source()), ("house", true, OWN));
        let headers = ["Tag", "Werbemittel", "Kosten netto (EUR)"].map(Header::of);
        assert!(house.is_proven_by(&headers, &[]) && house.recognises(&headers, &house.columns.spend));
    }

    #[test]
    fn a_wrong_profile_says_everything_that_is_wrong() {
        let wrong = r#"
name = "home"
platform = "my house!"
unit = "cents"
start_is_day = "yes"
legacy_encoding = "utf-16le"
footers = "the end"

[columns]
period_start = ["Von", 3, ""]

[[proof]]
any = ["Kosten"]
at_least = 2
last = 1

[[proof]]
none = ["Cost"]

[[mark]]
what = "a bill"
then = "nothing"
"#;
        let expected = "\
house.toml:1:1: `title` is missing; add title = \"…\", what its files are, in a line
house.toml:2:8: its `name` is `home`, and its file is called house.toml; leave `name` out, or rename the file
house.toml:3:12: `platform`: `my house!` is not a platform's id; use small letters, digits, `.`, `_` and `-`, like `linkedin`
house.toml:4:8: `unit`: `cents` is none of currency, micros
house.toml:5:16: `start_is_day` is a text; write start_is_day = true
house.toml:6:19: `utf-16le` is no code page of one byte per character; write one, such as legacy_encoding = \"windows-1251\"
house.toml:7:11: `footers` is a text; write footers = [\"…\", \"…\"]
house.toml:9:1: `columns.spend` names no header; add spend = [\"…\"], the header of the money
house.toml:9:1: `columns` names `period_start` and no `period_end`; add period_end = [\"…\"], or start_is_day = true where the start is the day of the row
house.toml:10:24: `columns.period_start` has something that is no text; write period_start = [\"…\", \"…\"]
house.toml:10:27: `columns.period_start` has an empty text; leave it out
house.toml:14:12: `proof.at_least` asks for 2 headers, and `any` names 1; name more headers in `any`, or ask for fewer
house.toml:15:1: `last` is no key of [[proof]]; its keys are `all`, `any`, `at_least`, `none`, `lines`
house.toml:17:1: a [[proof]] asks for nothing, so every file would be one of these; name headers in `all` or `any`, or lines above the header in `lines`
house.toml:20:1: `mark.hint` is missing; add hint = \"…\", what to do instead
house.toml:20:1: a [[mark]] asks for nothing, so no file would carry it; name headers in `headers` or `any`, or lines above the header in `lines`
house.toml:22:8: `mark.then`: `nothing` is none of not_spend, unit_unknown, no_daily_rows";
        assert_eq!(error("house", wrong), expected);
    }

    #[test]
    fn a_profile_without_sections_says_what_they_are_for() {
        let expected = "\
Mein Profil.toml:1:1: `Mein Profil` is no name of a profile; give the file a name of small letters, digits, `.`, `_` \
and `-`, such as house-ads.toml
Mein Profil.toml:1:1: `columns.spend` names no header; add spend = [\"…\"], the header of the money
Mein Profil.toml:1:1: `columns` names none of `day`, `period_start` and `month`; add day = [\"…\"], the header of the days
Mein Profil.toml:1:1: neither `platform` nor `columns.platform` says where the ads ran; add platform = \"…\" above the \
sections, or platform = [\"…\"] where a column says it
Mein Profil.toml:1:1: no [[proof]] says how its files are told from others; add [[proof]] with headers that only they \
have: all = [\"…\", \"…\"]";
        let mut lines: Vec<String> = error("Mein Profil", "title = 'x'").lines().map(str::to_owned).collect();
        let mut expected: Vec<&str> = expected.lines().collect();
        lines.sort_unstable();
        expected.sort_unstable();
        assert_eq!(lines, expected);
        assert_eq!(
            error("house", "title = 'x'\nunit = \n"),
            "house.toml:2:8: this is not TOML: string values must be quoted, expected literal string; correct it"
        );
        assert!(error("house", "title = 'x'\ncolumns = 3\nproof = 3\nids = [3]").contains("`columns` is a number"));
    }

    #[test]
    fn ids_are_stripped_of_what_surrounds_them() {
        let rules = IdRules {
            strip_prefixes: ["cg:", "act_"].map(String::from).into(),
            strip_brackets: true,
            last_of_path: true,
        };
        for (id, bare) in [
            ("[829]", "829"),
            ("cg:12", "12"),
            (" act_7 ", "7"),
            ("12", "12"),
            ("[a", "[a"),
            ("customers/1/campaigns/2", "2"),
            ("a/", "a/"),
        ] {
            assert_eq!(rules.strip(id), bare);
        }
    }
}
