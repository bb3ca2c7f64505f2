//! [`Platform`]: where ads run.

use std::fmt;
use std::str::FromStr;

use serde::Serialize;

use super::id::is_id;

/// An advertising platform, by its id: `google`, `meta`, `x` and the others of [`Platform::KNOWN`], or one that a
/// ledger names itself.
///
/// Read in any case; former and brand names are aliases: `Twitter` is `x`, `facebook` is `meta`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Platform(String);

/// Why a text is not a platform's id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a platform's id; use small letters, digits, `.`, `_` and `-`, like `linkedin`")]
pub struct PlatformError(String);

/// Other names that platforms go by: former ones, brands, and those of connectors and warehouses. Blanks, dashes and
/// underscores count the same, and `ads` behind a name is left off.
const ALIASES: &[(&str, &str)] = &[
    ("adwords", "google"),
    ("google adwords", "google"),
    ("facebook", "meta"),
    ("instagram", "meta"),
    ("twitter", "x"),
    ("bing", "microsoft"),
    ("microsoft advertising", "microsoft"),
    ("microsoft advertising (bing)", "microsoft"),
    ("snapchat marketing", "snapchat"),
    ("apple search", "apple"),
    ("the trade desk", "trade-desk"),
    ("tradedesk", "trade-desk"),
    ("dv 360", "dv360"),
    ("display & video 360", "dv360"),
    ("google display & video 360", "dv360"),
    ("doubleclick bid manager", "dv360"),
    ("cm 360", "cm360"),
    ("campaign manager 360", "cm360"),
    ("google campaign manager 360", "cm360"),
    ("yandex direct", "yandex"),
    ("yandex.direct", "yandex"),
    ("vkontakte", "vk"),
    ("mytarget", "vk"),
];

impl Platform {
    /// The platforms known by name.
    pub const KNOWN: &[&str] = &[
        "google",
        "meta",
        "x",
        "linkedin",
        "microsoft",
        "tiktok",
        "pinterest",
        "snapchat",
        "reddit",
        "amazon",
        "dv360",
        "cm360",
        "trade-desk",
        "apple",
        "yandex",
        "vk",
        "taboola",
        "outbrain",
        "criteo",
    ];

    /// Returns the platform's id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns whether the platform is one of [`Platform::KNOWN`].
    pub fn is_known(&self) -> bool {
        Platform::KNOWN.contains(&self.as_str())
    }
}

impl FromStr for Platform {
    type Err = PlatformError;

    fn from_str(text: &str) -> Result<Platform, PlatformError> {
        let name = text.trim().to_lowercase();
        let spaced = name.replace(['_', '-'], " ");
        let spaced = spaced.strip_suffix(" ads").unwrap_or(&spaced);
        let same = |id: &&&str| id.chars().map(|char| if char == '-' { ' ' } else { char }).eq(spaced.chars());
        let known = Platform::KNOWN.iter().find(same).copied();
        let alias = || ALIASES.iter().find(|(alias, _)| *alias == spaced).map(|(_, id)| *id);
        let id = known.or_else(alias).unwrap_or(&name);
        if is_id(id) { Ok(Platform(id.to_owned())) } else { Err(PlatformError(text.to_owned())) }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn aliases_lead_to_known_platforms() {
        assert!(ALIASES.iter().all(|(_, id)| Platform::KNOWN.contains(id)));
        assert_eq!(" Twitter ".parse::<Platform>().unwrap().as_str(), "x");
        for (name, id) in [
            ("google_ads", "google"),
            ("Facebook Ads", "meta"),
            ("x-ads", "x"),
            ("apple_search_ads", "apple"),
            ("The Trade Desk", "trade-desk"),
            ("Display & Video 360", "dv360"),
            ("Yandex.Direct", "yandex"),
            ("house-ads", "house-ads"),
        ] {
            assert_eq!(name.parse::<Platform>().unwrap().as_str(), id);
        }
        assert!(!"house-ads".parse::<Platform>().unwrap().is_known());
        assert!("my platform!".parse::<Platform>().is_err());
    }
}
