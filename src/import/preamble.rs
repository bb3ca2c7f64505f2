//! [`Facts`]: what the lines above a header say about the file.

use crate::calendar::{Day, Period};
use crate::money::Currency;

use super::DayOrder;
use super::date::{day_in, period_in};
use super::header::{Pattern, key};
use super::profile::PreambleNames;

/// What the preamble states; everything in it is optional.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) period: Option<Period>,
    pub(super) exported: Option<Day>,
    pub(super) rows: Option<u64>,
    pub(super) currency: Option<Currency>,
    pub(super) account: Option<String>,
    pub(super) is_incomplete: bool,
    /// What a row speaks of where that is no day and no part of one, such as `Monthly`.
    pub(super) other_aggregation: Option<String>,
    /// Whether that is a month, of which the row's day is the first.
    pub(super) is_by_month: bool,
}

impl Facts {
    /// Reads the lines above a header.
    pub(super) fn of(lines: &[String], names: &PreambleNames, order: Option<DayOrder>) -> Facts {
        let value = |patterns: &[Pattern]| -> Option<&str> {
            lines.iter().find_map(|line| patterns.iter().find_map(|name| name.value_in(line)))
        };
        let day = |patterns: &[Pattern]| value(patterns).and_then(|text| day_in(text, order));
        let between = || {
            let (first, last) = (day(&names.period_start)?, day(&names.period_end)?);
            Period::inclusive(first, last)
        };
        // A title may carry the range behind it: `Campaign report (Jan 1, 2013-Jan 31, 2013)`.
        let in_brackets =
            |line: &str| period_in(line.trim_end_matches(['"', ' ']).strip_suffix(')')?.rsplit_once('(')?.1, order);
        let range = |line: &String| period_in(line, order).or_else(|| in_brackets(line));
        let alone = || lines.iter().filter(|_| names.period_line).find_map(range);
        let stated = value(&names.period).and_then(|text| period_in(text, order));
        let is_one_of = |text: &str, list: &[Pattern]| list.iter().any(|name| name.matches(&key(text)));
        let aggregation = value(&names.aggregation).filter(|text| !is_one_of(text, &names.daily_aggregations));
        Facts {
            period: stated.or_else(between).or_else(alone),
            exported: day(&names.exported),
            rows: value(&names.rows).and_then(|text| text.replace([',', '.', ' '], "").parse().ok()),
            currency: value(&names.currency).and_then(|text| text.parse().ok()),
            account: value(&names.account).filter(|text| !text.is_empty()).map(str::to_owned),
            is_incomplete: value(&names.incomplete).is_some_and(|text| text.eq_ignore_ascii_case("true")),
            other_aggregation: aggregation.map(str::to_owned),
            is_by_month: aggregation.is_some_and(|text| is_one_of(text, &names.monthly_aggregations)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Profiles;
    use super::*;

    fn facts(profile: &str, lines: &[&str]) -> Facts {
        let profiles = Profiles::built_in();
        let profile = profiles.get(profile).unwrap();
        let lines: Vec<String> = lines.iter().map(|line| String::from(*line)).collect();
        Facts::of(&lines, &profile.preamble, profile.day_order)
    }

    #[test]
    fn each_platform_states_its_facts_in_its_own_way() {
        let google = facts("google-ads-ui", &["Campaign report", "27 June 2026 - 24 July 2026"]);
        assert_eq!(google.period.unwrap().to_string(), "2026-06-27..2026-07-24");
        let all_time = facts("google-ads-ui", &["Campaign report", "All time"]);
        assert_eq!(all_time, Facts::default());
        let in_title = facts("google-ads-ui", &["Campaign report (Jan 1, 2013-Jan 31, 2013)"]);
        assert_eq!(in_title.period.unwrap().to_string(), "2013-01-01..2013-01-31");
        assert_eq!(facts("google-ads-ui", &["Campaign report (all)"]), Facts::default());
        let linkedin = facts(
            "linkedin-campaign-manager",
            &[
                "Campaign Performance Report (in UTC)",
                "Report Start: 3/1/2026, 12:00 AM",
                "Report End: 3/31/2026, 11:59 PM",
                "Date Generated: 4/2/2026, 8:12 AM",
            ],
        );
        assert_eq!(linkedin.period.unwrap().to_string(), "2026-03-01..2026-03-31");
        assert_eq!(linkedin.exported.unwrap().to_string(), "2026-04-02");
        let microsoft = facts(
            "microsoft-ads-ui",
            &[
                "Report Name: x",
                "Report Time: 3/1/2026,3/31/2026",
                "Report Aggregation: Monthly",
                "Potential Incomplete Data: true",
                "Rows: 14246",
            ],
        );
        assert_eq!(microsoft.period.unwrap().days(), 31);
        assert_eq!((microsoft.rows, microsoft.is_incomplete), (Some(14246), true));
        assert_eq!((microsoft.other_aggregation.as_deref(), microsoft.is_by_month), (Some("Monthly"), true));
        assert!(!facts("microsoft-ads-ui", &["Report Aggregation: Weekly"]).is_by_month);
        assert_eq!(facts("microsoft-ads-ui", &["Report Aggregation: Daily"]).other_aggregation, None);
    }
}
