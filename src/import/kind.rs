//! [`Kind`]: what a row below the header is, before its numbers are read.
//!
//! A total is a row that is labelled so where no day is, or a row whose identifying cells are all blank. Never by its
//! amount, and never because a campaign's name begins with "Total": a row with a day is not a total.

use crate::sheet::Record;

use super::amount::is_no_value;
use super::columns::{Columns, DatedBy};
use super::header::{Pattern, key};
use super::profile::Profile;

/// What a row is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Nothing in it.
    Blank,
    /// A line below the table.
    Footer,
    /// The sum of other rows.
    Total(Total),
    /// A line that begins like a total and has no amount, such as `Total rows: 3`.
    Remark(String),
    /// Too few or too many cells.
    Ragged,
    /// Spend, or no amount.
    Data,
}

/// A total row: its label, and of what it is the sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Total {
    /// As written; empty where the row has no label.
    pub(super) label: String,
    pub(super) of: TotalOf,
}

/// Which rows a total sums up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TotalOf {
    /// All of the file.
    Rows,
    /// The account, which may have spent on what the file does not list.
    Account,
    /// Some of the file.
    Part,
}

impl Kind {
    pub(super) fn of(record: &Record, columns: &Columns, profile: &Profile) -> Kind {
        if record.is_blank() {
            return Kind::Blank;
        }
        let day = columns.dated_by.start().map_or("", |at| record.field(at));
        let has_day = columns.is_dated(day);
        // Most rows have a day, and are no footers and no labelled totals for it.
        if !has_day {
            if is_footer(record, columns, &profile.footers) {
                return Kind::Footer;
            }
            if let Some(label) = label(record, columns, profile).filter(|_| is_no_value(day) || is_label(day, profile))
            {
                let alone = record.fields().filter(|cell| !cell.trim().is_empty()).count() == 1;
                return match columns.fits(record) {
                    true => Kind::Total(Total { of: total_of(label, profile), label: label.trim().to_owned() }),
                    false if alone => Kind::Remark(label.trim().to_owned()),
                    false => Kind::Ragged,
                };
            }
        }
        if !columns.fits(record) {
            return Kind::Ragged;
        }
        if is_anonymous(record, columns) && !is_no_value(record.field(columns.spend)) {
            return Kind::Total(Total { label: String::new(), of: TotalOf::Rows });
        }
        Kind::Data
    }
}

/// Returns whether a cell that names something is empty; platforms write dashes for nothing.
pub(super) fn is_blank_name(cell: &str) -> bool {
    matches!(cell.trim(), "" | "-" | "--" | "---" | "–" | "—")
}

/// Whether nothing in the row says what it is about.
fn is_anonymous(record: &Record, columns: &Columns) -> bool {
    let blank = |at: &Option<usize>| at.is_none_or(|at| is_blank_name(record.field(at)));
    let has_campaign = columns.campaign.is_some() || columns.campaign_id.is_some();
    let no_campaign = blank(&columns.campaign) && blank(&columns.campaign_id);
    let no_day = match columns.dated_by {
        DatedBy::Day(at) | DatedBy::Month(at) => is_blank_name(record.field(at)),
        // First and last day of the report stand in every row, the total's too, or in none.
        DatedBy::Span(..) | DatedBy::Report => has_campaign,
    };
    let no_account = blank(&columns.account) && blank(&columns.account_id) && blank(&columns.platform);
    no_day && no_campaign && (has_campaign || no_account)
}

/// Whether the first cell is a known line below the table, and the others are no row of it.
fn is_footer(record: &Record, columns: &Columns, footers: &[Pattern]) -> bool {
    let first = key(record.field(0));
    footers.iter().any(|footer| footer.matches(&first))
        && (!columns.fits(record) || record.fields().skip(1).all(|cell| cell.trim().is_empty()))
}

/// Returns the label of a row, from its first cell or one that says what it is about.
fn label<'r>(record: &'r Record, columns: &Columns, profile: &Profile) -> Option<&'r str> {
    let identifying = [
        Some(0),
        columns.dated_by.start(),
        columns.campaign,
        columns.campaign_id,
        columns.account,
        columns.account_id,
        columns.platform,
    ];
    identifying.into_iter().flatten().map(|at| record.field(at)).find(|cell| is_label(cell, profile))
}

fn is_label(cell: &str, profile: &Profile) -> bool {
    let cell = key(cell);
    profile.totals.labels.iter().any(|label| {
        let rest = cell.strip_prefix(label.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with([':', ' ']))
    })
}

/// Returns whether a text is a word for a total and nothing else.
pub(super) fn is_bare_label(text: &str, profile: &Profile) -> bool {
    let text = key(text);
    let bare = text.trim_end_matches([':', ' ']);
    profile.totals.labels.iter().any(|label| label.matches(bare))
}

/// Returns whether a text is nothing but a word for a total, or one with a colon behind it, as in `Total: Campaigns`.
pub(super) fn is_total_label(text: &str, profile: &Profile) -> bool {
    is_bare_label(text, profile) || is_bare_label(key(text).split(':').next().unwrap_or_default(), profile)
}

fn total_of(label: &str, profile: &Profile) -> TotalOf {
    let rules = &profile.totals;
    let is_bare = is_bare_label(label, profile);
    let label = key(label);
    let is_in = |list: &[Pattern]| list.iter().any(|name| name.matches(&label));
    if is_in(&rules.may_exceed) {
        TotalOf::Account
    } else if is_bare || is_in(&rules.check) {
        TotalOf::Rows
    } else {
        TotalOf::Part
    }
}

#[cfg(test)]
mod tests {
    use super::super::layout::{find, heads};
    use super::super::preamble::Facts;
    use super::super::{Options, Profiles};
    use super::*;
    use crate::sheet::Records;

    fn kinds(profile: &str, header: &str, rows: &[&str]) -> Vec<String> {
        let profiles = Profiles::built_in();
        let options = Options { profile: Some(profile.to_owned()), ..Options::default() };
        let layout = find(&heads(header, true), &profiles, &options).unwrap();
        let columns = Columns::of(&layout, &options, &Facts::default()).unwrap();
        let shown = |row: &&str| {
            let mut record = Record::default();
            Records::new(row.as_bytes(), b',').read(&mut record).unwrap();
            match Kind::of(&record, &columns, layout.profile) {
                Kind::Total(Total { label, of }) => format!("{of:?} `{label}`"),
                other => format!("{other:?}"),
            }
        };
        rows.iter().map(shown).collect()
    }

    #[test]
    fn a_total_is_labelled_where_no_day_is_or_says_nothing_of_itself() {
        let header = "Campaign status,Campaign,Day,Cost,Impr.";
        let rows = [
            "Total: Campaigns,--,--,5,1",
            "Total: Account, --,,5,1",
            "Total: Performance Max,,,5,1",
            "Total,,,5,1",
            "Total,--",
            "Total of 3",
            "Enabled,Total: Campaigns,2018-01-05,5,1",
            "Total,Total,2018-01-05,5,1",
            ",,,5,1",
            ",,,--,1",
            ",,,,",
            ",,2018-01-05,5,1",
            "Enabled,Totally mine,,5,1",
        ];
        let expected = [
            "Rows `Total: Campaigns`",
            "Account `Total: Account`",
            "Part `Total: Performance Max`",
            "Rows `Total`",
            "Ragged",
            "Remark(\"Total of 3\")",
            "Data",
            "Data",
            "Rows ``",
            "Data",
            "Blank",
            "Data",
            "Data",
        ];
        assert_eq!(kinds("google-ads-ui", header, &rows), expected);
    }

    #[test]
    fn a_range_of_days_in_every_row_names_nothing() {
        let header = "Reporting starts,Reporting ends,Campaign name,Amount spent (EUR)";
        let rows = ["2018-01-05,2018-01-05,,5", "2018-01-05,2018-01-05,A,5", "2018-01-05,2018-01-05,,"];
        assert_eq!(kinds("meta-ads-manager", header, &rows), ["Rows ``", "Data", "Data"]);
    }

    #[test]
    fn footers_are_known_lines_that_are_no_rows() {
        let header = "Gregorian date,Campaign name,Spend";
        let rows = ["©2026 Microsoft Corporation.", "@2026 Microsoft Corporation,,", "©mine,A,5", "2018-01-05,©mine,5"];
        assert_eq!(kinds("microsoft-ads-ui", header, &rows), ["Footer", "Footer", "Data", "Data"]);
    }
}
