//! [`Profiles`]: the profiles there are, built in and of the ledger.

use std::collections::{BTreeMap, BTreeSet};

use super::header::Header;
use super::profile::{Mark, Profile, ProfileError};
use super::{ProfileFault, Unit};
use crate::scope::Platform;
use crate::section::{Section, near};

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
    /// Signs of files that are of no platform and hold no spend.
    pub(super) papers: Vec<Mark>,
}

const PAPERS: &str = include_str!("papers.toml");

/// The built-in profiles: name and text.
const BUILT_IN: &[(&str, &str)] = &[
    ("amazon-ads-api", include_str!("profiles/amazon-ads-api.toml")),
    ("amazon-ads-console", include_str!("profiles/amazon-ads-console.toml")),
    ("apple-ads-api", include_str!("profiles/apple-ads-api.toml")),
    ("apple-ads-ui", include_str!("profiles/apple-ads-ui.toml")),
    ("cm360", include_str!("profiles/cm360.toml")),
    ("criteo", include_str!("profiles/criteo.toml")),
    ("dbt-ad-reporting", include_str!("profiles/dbt-ad-reporting.toml")),
    ("dv360", include_str!("profiles/dv360.toml")),
    ("generic", include_str!("profiles/generic.toml")),
    ("google-ads-api", include_str!("profiles/google-ads-api.toml")),
    ("google-ads-ui", include_str!("profiles/google-ads-ui.toml")),
    ("google-adwords-api", include_str!("profiles/google-adwords-api.toml")),
    ("linkedin-ads-api", include_str!("profiles/linkedin-ads-api.toml")),
    ("linkedin-campaign-manager", include_str!("profiles/linkedin-campaign-manager.toml")),
    ("meta-ads-api", include_str!("profiles/meta-ads-api.toml")),
    ("meta-ads-manager", include_str!("profiles/meta-ads-manager.toml")),
    ("microsoft-ads-api", include_str!("profiles/microsoft-ads-api.toml")),
    ("microsoft-ads-ui", include_str!("profiles/microsoft-ads-ui.toml")),
    ("outbrain", include_str!("profiles/outbrain.toml")),
    ("pinterest-ads-api", include_str!("profiles/pinterest-ads-api.toml")),
    ("pinterest-ads-manager", include_str!("profiles/pinterest-ads-manager.toml")),
    ("reddit-ads-api", include_str!("profiles/reddit-ads-api.toml")),
    ("reddit-ads-manager", include_str!("profiles/reddit-ads-manager.toml")),
    ("snapchat-ads-api", include_str!("profiles/snapchat-ads-api.toml")),
    ("snapchat-ads-manager", include_str!("profiles/snapchat-ads-manager.toml")),
    ("taboola", include_str!("profiles/taboola.toml")),
    ("tiktok-ads-api", include_str!("profiles/tiktok-ads-api.toml")),
    ("tiktok-ads-manager", include_str!("profiles/tiktok-ads-manager.toml")),
    ("trade-desk", include_str!("profiles/trade-desk.toml")),
    ("vk-ads", include_str!("profiles/vk-ads.toml")),
    ("x-ads-api", include_str!("profiles/x-ads-api.toml")),
    ("x-ads-ui", include_str!("profiles/x-ads-ui.toml")),
    ("yandex-direct-api", include_str!("profiles/yandex-direct-api.toml")),
    ("yandex-direct-ui", include_str!("profiles/yandex-direct-ui.toml")),
];

impl Profiles {
    /// Returns the profiles compiled in.
    pub fn built_in() -> Profiles {
        // A test reads each of them, so none is left out here.
        let read = |(name, toml): &(&str, &str)| Some((String::from(*name), Profile::read(name, toml, false).ok()?));
        let papers = papers().unwrap_or_default();
        Profiles { by_name: BUILT_IN.iter().filter_map(read).collect(), papers }
    }

    /// Adds a profile of the user's own, or puts it in the place of the one of that name.
    pub fn add(&mut self, name: &str, toml: &str) -> Result<(), ProfileError> {
        let profile = Profile::read(name, toml, true)?;
        self.by_name.insert(name.to_owned(), profile);
        Ok(())
    }

    /// Returns the profiles by name.
    pub fn iter(&self) -> impl Iterator<Item = &Profile> {
        self.by_name.values()
    }

    /// Returns the profile of a name.
    pub fn get(&self, name: &str) -> Option<&Profile> {
        self.by_name.get(name)
    }

    /// Returns the platforms whose tables may hold money in millionths under a header that does not say so: those of
    /// which a profile says it, or none says the contrary.
    pub(super) fn doubtful(&self, spend: &Header) -> BTreeSet<Platform> {
        let reads = |profile: &&Profile| profile.columns.spend.iter().any(|name| spend.is(name));
        let of_unit = |unit: Option<Unit>| {
            let profiles = self.iter().filter(reads).filter(move |profile| profile.unit == unit);
            profiles.filter_map(|profile| profile.platform().cloned()).collect::<BTreeSet<_>>()
        };
        let (micros, unknown, units) = (of_unit(Some(Unit::Micros)), of_unit(None), of_unit(Some(Unit::Currency)));
        &micros | &(&unknown - &units)
    }

    /// Says where a name stands that there is not: the names that may have been meant.
    pub fn hint(&self, name: &str) -> String {
        match near(name, self.by_name.keys().map(String::as_str)).as_slice() {
            [] => "`respend profiles` lists them".to_owned(),
            near => format!("perhaps {}; `respend profiles` lists them all", near.join(", ")),
        }
    }
}

fn papers() -> Result<Vec<Mark>, Vec<ProfileFault>> {
    Section::read("the list of papers", PAPERS, |top| Some(top.sections("mark", Mark::of)))
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(!papers().unwrap().is_empty());
    }
}
