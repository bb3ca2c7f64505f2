//! One spelling per account.

use std::collections::BTreeMap;

use super::AccountSetting;
use crate::calendar::Instant;
use crate::money::Currency;
use crate::scope::{Platform, Scope};

/// Which spelling of an account stands for all of them.
///
/// Account ids that differ only in punctuation are one account (`123-456-7890` and `1234567890`), and so are the
/// aliases that `ledger.toml` declares. The spelling declared there stands for all, else the one recorded first, of
/// several the first in the alphabet: nothing depends on which file was read first, and what is recorded later does not
/// change how earlier reports spell an account.
#[derive(Clone, Debug, Default)]
pub(super) struct Accounts {
    spellings: BTreeMap<(Platform, String), String>,
    currencies: BTreeMap<(Platform, String), Currency>,
}

/// What is left of an account without punctuation; of one that is nothing but punctuation, all of it.
pub(super) fn key(account: &str) -> String {
    let plain: String = account.chars().filter(|c| c.is_alphanumeric()).collect();
    if plain.is_empty() { account.to_owned() } else { plain }
}

impl Accounts {
    pub(super) fn new(settings: &[AccountSetting]) -> Accounts {
        let mut accounts = Accounts::default();
        for setting in settings {
            for name in std::iter::once(&setting.account).chain(&setting.aliases) {
                accounts.spellings.insert((setting.platform.clone(), key(name)), setting.account.clone());
            }
            if let Some(currency) = setting.currency {
                accounts.currencies.insert((setting.platform.clone(), setting.account.clone()), currency);
            }
        }
        accounts
    }

    /// Learns spellings that are in use, each with when it was recorded, where none was declared.
    pub(super) fn learn<'a>(&mut self, used: impl IntoIterator<Item = (Option<Instant>, &'a Platform, &'a str)>) {
        let mut found: BTreeMap<(Platform, String), (Option<Instant>, &str)> = BTreeMap::new();
        for (recorded, platform, account) in used {
            let first = found.entry((platform.clone(), key(account))).or_insert((recorded, account));
            *first = (*first).min((recorded, account));
        }
        for (at, (_, spelling)) in found {
            self.spellings.entry(at).or_insert_with(|| spelling.to_owned());
        }
    }

    /// Returns the spelling that stands for an account.
    pub(super) fn spelling(&self, platform: &Platform, account: &str) -> String {
        self.spellings.get(&(platform.clone(), key(account))).map_or(account, String::as_str).to_owned()
    }

    /// Returns whether any spelling of the account is known.
    pub(super) fn knows(&self, platform: &Platform, account: &str) -> bool {
        self.spellings.contains_key(&(platform.clone(), key(account)))
    }

    /// Returns the currency declared for an account.
    pub(super) fn currency(&self, platform: &Platform, account: &str) -> Option<Currency> {
        self.currencies.get(&(platform.clone(), self.spelling(platform, account))).copied()
    }

    /// Puts the account of a scope into its one spelling.
    pub(super) fn settle(&self, scope: &mut Scope) {
        scope.account = scope.account.take().map(|account| self.spelling(&scope.platform, &account));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn punctuation_and_aliases_make_no_new_account() {
        let google: Platform = "google".parse().unwrap();
        let setting = AccountSetting {
            platform: google.clone(),
            account: "123-456-7890".into(),
            currency: None,
            aliases: vec!["Acme US".into()],
        };
        let mut accounts = Accounts::new(&[setting]);
        accounts.learn([(None, &google, "1234567890"), (None, &google, "99 8"), (None, &google, "9-98")]);
        for (text, spelling) in [
            ("1234567890", "123-456-7890"),
            ("Acme US", "123-456-7890"),
            ("998", "9-98"),
            ("other", "other"),
            ("--", "--"),
        ] {
            assert_eq!(accounts.spelling(&google, text), spelling);
        }
    }
}
