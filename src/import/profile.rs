//! [`Profiles`]: what is known of each platform's files, as data.

use std::collections::BTreeMap;
use std::str::FromStr;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use serde::{Deserialize, Deserializer};

use crate::scope::{Id, Platform};

use super::header::{Header, Pattern};
use super::{DayOrder, DecimalMark, RefusalCode, Unit};

/// The profiles that a file is held against: the built-in ones, and those a ledger adds.
///
/// ```
/// use respend::import::Profiles;
/// let names: Vec<String> = Profiles::built_in().iter().map(|profile| profile.name().to_owned()).collect();
/// assert!(names.contains(&"google-ads-ui".to_owned()));
/// ```
#[derive(Clone, Debug)]
pub struct Profiles {
    by_name: BTreeMap<String, Profile>,
}

/// Why a profile cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Not TOML, or not the fields of a profile.
    #[error("profile `{name}`: {message}")]
    Syntax {
        /// The profile.
        name: String,
        /// What the TOML reader says, with the place.
        message: String,
    },
    /// Something a profile must say is missing or contradicts itself.
    #[error("profile `{name}`: {what}")]
    Incomplete {
        /// The profile.
        name: String,
        /// What is missing.
        what: &'static str,
    },
}

/// The built-in profiles: name and text.
const BUILT_IN: &[(&str, &str)] = &[
    ("generic", include_str!("profiles/generic.toml")),
    ("google-ads-ui", include_str!("profiles/google-ads-ui.toml")),
    ("linkedin-campaign-manager", include_str!("profiles/linkedin-campaign-manager.toml")),
    ("meta-ads-manager", include_str!("profiles/meta-ads-manager.toml")),
    ("microsoft-ads-ui", include_str!("profiles/microsoft-ads-ui.toml")),
    ("x-ads-api", include_str!("profiles/x-ads-api.toml")),
    ("x-ads-ui", include_str!("profiles/x-ads-ui.toml")),
];

impl Profiles {
    /// Returns the profiles compiled in.
    pub fn built_in() -> Profiles {
        // A test reads each of them, so none is left out here.
        let read = |(name, toml): &(&str, &str)| Some((String::from(*name), Profile::read(name, toml, false).ok()?));
        Profiles { by_name: BUILT_IN.iter().filter_map(read).collect() }
    }

    /// Adds a profile of the user's own, or puts it in the place of the one of that name.
    pub fn with(mut self, name: &str, toml: &str) -> Result<Profiles, ProfileError> {
        let profile = Profile::read(name, toml, true)?;
        self.by_name.insert(name.to_owned(), profile);
        Ok(self)
    }

    /// Returns the profiles by name.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.by_name.values()
    }

    /// Returns the profile of a name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.by_name.get(name)
    }
}

/// What one kind of file looks like and how it is read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    #[serde(default)]
    name: String,
    title: String,
    #[serde(default, deserialize_with = "word")]
    platform: Option<Platform>,
    /// Considered only where no other profile proves the file, and only by what the file itself says.
    #[serde(default)]
    pub(super) fallback: bool,
    #[serde(default, deserialize_with = "word")]
    pub(super) unit: Option<Unit>,
    #[serde(default, deserialize_with = "word")]
    pub(super) day_order: Option<DayOrder>,
    #[serde(default, deserialize_with = "word")]
    pub(super) decimal_mark: Option<DecimalMark>,
    /// The code page of its files where they are neither UTF-8 nor UTF-16; Windows-1252 unless said.
    #[serde(default)]
    legacy_encoding: Option<String>,
    /// A start without an end is the day of the row.
    #[serde(default)]
    pub(super) start_is_day: bool,
    /// How to export the report by day.
    #[serde(default = "by_day")]
    pub(super) daily: String,
    /// Lines below the table that are not rows.
    #[serde(default)]
    pub(super) footers: Vec<Pattern>,
    pub(super) columns: ColumnNames,
    #[serde(default)]
    proof: Vec<Proof>,
    #[serde(default)]
    pub(super) mark: Vec<Mark>,
    #[serde(default)]
    pub(super) totals: TotalRules,
    #[serde(default)]
    pub(super) preamble: PreambleNames,
    #[serde(default)]
    pub(super) ids: IdRules,
    #[serde(skip)]
    own: bool,
    #[serde(skip)]
    source: String,
}

/// The headers of each column, the preferred one first.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnNames {
    #[serde(default)]
    pub(super) day: Vec<Pattern>,
    #[serde(default)]
    pub(super) period_start: Vec<Pattern>,
    #[serde(default)]
    pub(super) period_end: Vec<Pattern>,
    pub(super) spend: Vec<Pattern>,
    #[serde(default)]
    pub(super) campaign: Vec<Pattern>,
    #[serde(default)]
    pub(super) campaign_id: Vec<Pattern>,
    #[serde(default)]
    pub(super) account: Vec<Pattern>,
    #[serde(default)]
    pub(super) account_id: Vec<Pattern>,
    #[serde(default)]
    pub(super) currency: Vec<Pattern>,
    #[serde(default)]
    pub(super) platform: Vec<Pattern>,
    /// Further headers by which the header row is recognised.
    #[serde(default)]
    pub(super) known: Vec<Pattern>,
}

/// One set of signs that together prove where a file is from.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    /// Headers that must all be there.
    #[serde(default)]
    all: Vec<Pattern>,
    /// Headers of which some must be there.
    #[serde(default)]
    any: Vec<Pattern>,
    /// How many of `any`; 1 unless said.
    #[serde(default = "one")]
    at_least: usize,
    /// Headers none of which may be there.
    #[serde(default)]
    none: Vec<Pattern>,
    /// Lines above the header, one of which must be there.
    #[serde(default)]
    lines: Vec<Pattern>,
}

fn by_day() -> String {
    "export the report again with one row per day".to_owned()
}

fn one() -> usize {
    1
}

/// A sign that a file is not what it looks like.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mark {
    /// What it is then.
    pub(super) what: String,
    pub(super) then: Consequence,
    /// Headers that are all in one row.
    #[serde(default)]
    headers: Vec<Pattern>,
    /// Headers one of which is in the row.
    #[serde(default)]
    any: Vec<Pattern>,
    /// Lines one of which is above the header.
    #[serde(default)]
    lines: Vec<Pattern>,
    /// What to do instead, or which option settles it.
    pub(super) hint: String,
}

/// What follows from a [`Mark`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Consequence {
    /// The file is refused.
    NotSpend,
    /// The profile's unit is not proven.
    UnitUnknown,
}

/// How total rows are labelled and which of them must agree with the rows.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TotalRules {
    /// The words for a total; what follows one after a colon or a blank says of what.
    #[serde(default)]
    pub(super) labels: Vec<Pattern>,
    /// Totals of all rows besides the bare label.
    #[serde(default)]
    pub(super) check: Vec<Pattern>,
    /// Totals that may be larger than the rows.
    #[serde(default)]
    pub(super) may_exceed: Vec<Pattern>,
    /// The name of a count of rows below the table, such as `Total rows: 3`.
    #[serde(default)]
    pub(super) rows: Vec<Pattern>,
    /// The platform rounds each row, so that the total may differ by half a last digit per row.
    #[serde(default)]
    pub(super) rows_are_rounded: bool,
}

/// The names of the facts above the header.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PreambleNames {
    #[serde(default)]
    pub(super) period: Vec<Pattern>,
    #[serde(default)]
    pub(super) period_start: Vec<Pattern>,
    #[serde(default)]
    pub(super) period_end: Vec<Pattern>,
    /// A line that is a range of days and nothing else states the period.
    #[serde(default)]
    pub(super) period_line: bool,
    #[serde(default)]
    pub(super) exported: Vec<Pattern>,
    #[serde(default)]
    pub(super) rows: Vec<Pattern>,
    #[serde(default)]
    pub(super) currency: Vec<Pattern>,
    #[serde(default)]
    pub(super) account: Vec<Pattern>,
    /// Says `true` where figures are still coming in.
    #[serde(default)]
    pub(super) incomplete: Vec<Pattern>,
    /// Says what a row speaks of, and which values of it are days or parts of them.
    #[serde(default)]
    pub(super) aggregation: Vec<Pattern>,
    #[serde(default)]
    pub(super) daily_aggregations: Vec<Pattern>,
}

/// What surrounds an id in an export and is not part of it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IdRules {
    #[serde(default)]
    strip_prefixes: Vec<String>,
    #[serde(default)]
    strip_brackets: bool,
}

impl IdRules {
    /// Returns the id itself.
    pub(super) fn strip<'a>(&self, id: &'a str) -> &'a str {
        let id = id.trim();
        let bare = id.strip_prefix('[').and_then(|id| id.strip_suffix(']')).filter(|_| self.strip_brackets);
        let id = bare.unwrap_or(id).trim();
        self.strip_prefixes.iter().find_map(|prefix| id.strip_prefix(prefix.as_str())).unwrap_or(id)
    }
}

/// Reads a word of a choice, or a platform's name.
fn word<'de, D: Deserializer<'de>, T: FromStr<Err: std::fmt::Display>>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map(Some).map_err(serde::de::Error::custom)
}

impl Profile {
    fn read(name: &str, toml: &str, own: bool) -> Result<Profile, ProfileError> {
        let syntax = |message: String| ProfileError::Syntax { name: name.to_owned(), message };
        let mut profile: Profile = toml::from_str(toml).map_err(|error| syntax(error.to_string()))?;
        let says = std::mem::replace(&mut profile.name, name.to_owned());
        let names = &profile.columns;
        let faults = [
            (name.parse::<Id>().is_err(), "the name must be small letters, digits, `.`, `_` and `-`"),
            (!says.is_empty() && says != name, "its `name` is not the name of its file"),
            (names.spend.is_empty(), "`columns.spend` names no header"),
            (names.day.is_empty() && names.period_start.is_empty(), "`columns` names neither day nor period_start"),
            (profile.proof.is_empty() && !profile.fallback, "no [[proof]] says how its files are told from others"),
            (
                profile
                    .proof
                    .iter()
                    .any(|proof| proof.all.is_empty() && proof.any.is_empty() && proof.lines.is_empty()),
                "a [[proof]] asks for nothing, so every file would be one of these",
            ),
            (
                profile.platform.is_none() && names.platform.is_empty(),
                "it says neither `platform` nor `columns.platform`",
            ),
            (
                profile.legacy_encoding.as_ref().is_some_and(|label| code_page(label).is_none()),
                "`legacy_encoding` is not a code page of one byte per character, such as `windows-1251`",
            ),
        ];
        if let Some((_, what)) = faults.into_iter().find(|(wrong, _)| *wrong) {
            return Err(ProfileError::Incomplete { name: name.to_owned(), what });
        }
        profile.own = own;
        profile.source = toml.to_owned();
        Ok(profile)
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
        self.legacy_encoding.as_deref().and_then(code_page)
    }

    /// Returns whether a row is a header of such a file: the money and at least two more known headers.
    pub(super) fn recognises(&self, headers: &[Header], spend: &[Pattern]) -> bool {
        let spend_at = headers.iter().position(|header| spend.iter().any(|name| header.is(name)));
        let others = headers.iter().enumerate().filter(|(at, header)| Some(*at) != spend_at && self.knows(header));
        spend_at.is_some() && others.count() >= 2
    }

    fn knows(&self, header: &Header) -> bool {
        let names = &self.columns;
        let lists = [
            &names.day,
            &names.period_start,
            &names.period_end,
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
    /// Returns the refusal that follows unless an option settles it.
    pub(super) fn code(self) -> RefusalCode {
        match self {
            Consequence::NotSpend => RefusalCode::NotSpend,
            Consequence::UnitUnknown => RefusalCode::UnitUnknown,
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
        Profiles::built_in().with(name, toml).unwrap_err().to_string()
    }

    #[test]
    fn every_built_in_profile_is_read() {
        for (name, toml) in BUILT_IN {
            let profile = Profile::read(name, toml, false).unwrap();
            assert_eq!(profile.name(), *name);
            assert!(!profile.daily.is_empty() && !profile.title().is_empty(), "{name}");
            let names = &profile.columns;
            let all = names.spend.iter().chain(&names.day).chain(&names.campaign).chain(&names.known);
            assert!(all.clone().all(|name| !name.as_str().is_empty()), "{name} has an empty header");
        }
        assert_eq!(Profiles::built_in().iter().count(), BUILT_IN.len());
    }

    #[test]
    fn a_ledger_adds_its_own() {
        let profiles = Profiles::built_in().with("house", OWN).unwrap();
        let house = profiles.get("house").unwrap();
        assert_eq!((house.name(), house.is_own(), house.source()), ("house", true, OWN));
        let headers = ["Tag", "Werbemittel", "Kosten netto (EUR)"].map(Header::of);
        assert!(house.is_proven_by(&headers, &[]) && house.recognises(&headers, &house.columns.spend));
    }

    #[test]
    fn a_wrong_profile_says_what_is_wrong() {
        assert!(error("house", &OWN.replace("unit", "units")).contains("units"));
        assert!(
            error("house", &OWN.replace("\"currency\"", "\"cents\"")).contains("`cents` is none of currency, micros")
        );
        assert!(error("house", &OWN.replace("[[proof]]", "[[mark]]")).contains("what"));
        assert!(error("house", OWN.split("[[proof]]").next().unwrap()).contains("no [[proof]]"));
        assert!(error("../house", OWN).contains("small letters"));
        assert!(error("house", &format!("name = 'home'\n{OWN}")).contains("not the name of its file"));
        assert!(error("house", &format!("legacy_encoding = 'utf-16le'\n{OWN}")).contains("code page"));
    }

    #[test]
    fn ids_are_stripped_of_what_surrounds_them() {
        let rules = IdRules { strip_prefixes: ["cg:", "act_"].map(String::from).into(), strip_brackets: true };
        for (id, bare) in [("[829]", "829"), ("cg:12", "12"), (" act_7 ", "7"), ("12", "12"), ("[a", "[a")] {
            assert_eq!(rules.strip(id), bare);
        }
    }
}
