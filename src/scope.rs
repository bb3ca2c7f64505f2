//! Values of place: platforms, ids, and the scope a plan line or a restriction speaks of.
//!
//! Knows nothing of money, days or files.

mod id;
mod platform;

pub use id::{Id, IdError};
pub use platform::{Platform, PlatformError};

use std::fmt;

/// A platform, perhaps one account of it, perhaps one campaign.
///
/// An empty field means all: a scope without account speaks of every account of its platform.
///
/// ```
/// use respend::Scope;
/// let platform = Scope::platform("x".parse()?);
/// let campaign = Scope { campaign: Some("Spring".into()), ..platform.clone() };
/// assert!(platform.covers(&campaign) && !campaign.covers(&platform));
/// assert!(campaign.overlaps(&Scope { account: Some("main".into()), ..platform }));
/// # Ok::<(), respend::PlatformError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope {
    /// Where ads run.
    pub platform: Platform,
    /// The platform's own name of the account; all accounts when empty.
    pub account: Option<String>,
    /// The platform's own name of the campaign; all campaigns when empty.
    pub campaign: Option<String>,
}

impl Scope {
    /// Returns the scope of a whole platform.
    pub fn platform(platform: Platform) -> Scope {
        Scope { platform, account: None, campaign: None }
    }

    /// Returns whether the two speak of some spend in common: unless both set some field differently.
    pub fn overlaps(&self, other: &Scope) -> bool {
        let meets = |a: &Option<String>, b: &Option<String>| a.is_none() || b.is_none() || a == b;
        self.platform == other.platform
            && meets(&self.account, &other.account)
            && meets(&self.campaign, &other.campaign)
    }

    /// Returns whether everything `other` speaks of is in this scope.
    pub fn covers(&self, other: &Scope) -> bool {
        let within = |a: &Option<String>, b: &Option<String>| a.is_none() || a == b;
        self.platform == other.platform
            && within(&self.account, &other.account)
            && within(&self.campaign, &other.campaign)
    }

    /// Returns whether the spend of one campaign of one account is in this scope.
    pub fn contains(&self, platform: &Platform, account: &str, campaign: &str) -> bool {
        let is = |field: &Option<String>, value: &str| field.as_deref().is_none_or(|set| set == value);
        self.platform == *platform && is(&self.account, account) && is(&self.campaign, campaign)
    }
}

/// Writes `x`, `x/main`, `x/main/Spring`, or `x/*/Spring` for a campaign in any account.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = self.platform.to_string();
        match (&self.account, &self.campaign) {
            (None, None) => {}
            (Some(account), None) => text += &format!("/{account}"),
            (account, Some(campaign)) => text += &format!("/{}/{campaign}", account.as_deref().unwrap_or("*")),
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scope(account: &str, campaign: &str) -> Scope {
        let field = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        Scope { platform: "x".parse().unwrap(), account: field(account), campaign: field(campaign) }
    }

    #[test]
    fn scopes_overlap_unless_a_field_differs() {
        for (a, b, overlap, covers) in [
            (scope("", ""), scope("a", "c"), true, true),
            (scope("a", ""), scope("", "c"), true, false),
            (scope("a", ""), scope("b", ""), false, false),
            (scope("a", "c"), scope("a", "d"), false, false),
            (scope("", "c"), scope("a", "c"), true, true),
        ] {
            assert_eq!((a.overlaps(&b), b.overlaps(&a), a.covers(&b)), (overlap, overlap, covers), "{a} {b}");
        }
    }

    #[test]
    fn written_as_a_path() {
        let shown = [scope("", ""), scope("a", ""), scope("a", "c"), scope("", "c")].map(|scope| scope.to_string());
        assert_eq!(shown, ["x", "x/a", "x/a/c", "x/*/c"]);
    }
}
