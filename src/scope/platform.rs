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

/// Other names that platforms go by; the warehouse names are those of common reporting models.
const ALIASES: &[(&str, &str)] = &[
    ("adwords", "google"),
    ("google-ads", "google"),
    ("google_ads", "google"),
    ("google ads", "google"),
    ("facebook", "meta"),
    ("facebook-ads", "meta"),
    ("facebook_ads", "meta"),
    ("facebook ads", "meta"),
    ("instagram", "meta"),
    ("meta ads", "meta"),
    ("twitter", "x"),
    ("twitter-ads", "x"),
    ("twitter_ads", "x"),
    ("twitter ads", "x"),
    ("x ads", "x"),
    ("linkedin-ads", "linkedin"),
    ("linkedin_ads", "linkedin"),
    ("linkedin ads", "linkedin"),
    ("bing", "microsoft"),
    ("bing-ads", "microsoft"),
    ("bing_ads", "microsoft"),
    ("bing ads", "microsoft"),
    ("microsoft_ads", "microsoft"),
    ("microsoft ads", "microsoft"),
    ("microsoft advertising", "microsoft"),
    ("tiktok_ads", "tiktok"),
    ("pinterest_ads", "pinterest"),
    ("snapchat_ads", "snapchat"),
    ("reddit_ads", "reddit"),
    ("amazon_ads", "amazon"),
    ("apple_search_ads", "apple"),
    ("the trade desk", "trade-desk"),
    ("tradedesk", "trade-desk"),
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
        let id = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name.as_str(), |(_, id)| id);
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
        assert!(!"house-ads".parse::<Platform>().unwrap().is_known());
        assert!("my platform!".parse::<Platform>().is_err());
    }
}
