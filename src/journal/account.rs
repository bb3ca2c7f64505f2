//! [`Account`]: a place in the tree of accounts, under a name that every program takes.

use crate::ledger::{Line, sha256};

/// The longest part of a path that is made of a name.
const LONGEST: usize = 64;

/// How much of a name's hash tells it from names that look like it.
const HASH: usize = 12;

/// An account: a branch of the tree and the names that lead on from there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Account {
    branch: Branch,
    names: Vec<String>,
}

/// A branch of the tree of accounts.
///
/// Those under `Equity:Budget` are memorandum accounts: they balance among themselves, and no money stands on them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Branch {
    /// What was paid, per destination.
    Cash,
    /// What platforms are owed for ads that ran.
    Payable,
    /// What is promised and not paid, per destination.
    Pledges,
    /// What was promised before the period, per destination.
    Opening,
    /// Ads that ran, per platform and account.
    Advertising,
    /// What was promised in the period, per destination.
    Donations,
    /// What the exchange cost of payments in another currency than their pledge, per destination; below zero what it brought.
    Exchange,
    /// What the entries of a plan line came to.
    Approved,
    /// What was carried forward out of a plan line.
    Carried,
    /// What a plan line received from redirections.
    Received,
    /// The plan of the days, as a credit.
    Plan,
    /// Of the plan what is open.
    Open,
    /// Of the plan what bans block.
    Imposed,
    /// Of the plan what holds block.
    Voluntary,
    /// What was spent of a plan line outside restrictions.
    SpentOpen,
    /// What was spent of a plan line inside them.
    SpentRestricted,
    /// What was spent outside every plan line.
    Unbudgeted,
    /// What is redirected, per destination.
    Redirected,
    /// The other side of what the budget knows and the plan does not.
    Authority,
}

impl Branch {
    /// Returns the path of the branch.
    pub fn path(self) -> &'static str {
        match self {
            Branch::Cash => "Assets:Cash",
            Branch::Payable => "Liabilities:Payable",
            Branch::Pledges => "Liabilities:Pledges",
            Branch::Opening => "Equity:Opening",
            Branch::Advertising => "Expenses:Advertising",
            Branch::Donations => "Expenses:Donations",
            Branch::Exchange => "Expenses:Exchange",
            Branch::Approved => "Equity:Budget:Approved",
            Branch::Carried => "Equity:Budget:Carried",
            Branch::Received => "Equity:Budget:Received",
            Branch::Plan => "Equity:Budget:Plan",
            Branch::Open => "Equity:Budget:Open",
            Branch::Imposed => "Equity:Budget:Blocked:Imposed",
            Branch::Voluntary => "Equity:Budget:Blocked:Voluntary",
            Branch::SpentOpen => "Equity:Budget:Spent:Open",
            Branch::SpentRestricted => "Equity:Budget:Spent:Restricted",
            Branch::Unbudgeted => "Equity:Budget:Unbudgeted",
            Branch::Redirected => "Equity:Budget:Redirected",
            Branch::Authority => "Equity:Budget:Authority",
        }
    }
}

impl Account {
    /// Returns the account that names lead to.
    pub fn new(branch: Branch, names: &[&str]) -> Account {
        Account { branch, names: names.iter().map(|name| (*name).to_owned()).collect() }
    }

    /// Returns a plan line's account: its platform, then its id.
    pub(super) fn of_line(branch: Branch, line: &Line) -> Account {
        Account::new(branch, &[line.scope.platform.as_str(), line.id.as_str()])
    }

    /// Returns the path, such as `Expenses:Advertising:X:Kaspersky`: capitals, small letters, digits and dashes alone,
    /// the same for the same names in any ledger.
    pub fn path(&self) -> String {
        let parts = std::iter::once(self.branch.path().to_owned()).chain(self.names.iter().map(|name| part(name)));
        parts.collect::<Vec<_>>().join(":")
    }

    /// Returns the names of which the path does not show everything.
    pub fn unshown(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str).filter(|name| !is_plain(name))
    }
}

/// Whether a name with its first letter raised is a part of a path, and no other name becomes the same part.
fn is_plain(name: &str) -> bool {
    let bytes = name.as_bytes();
    let is_first = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    // What ends like a hash could be what another name becomes.
    let ends_like_a_hash = name.rsplit_once('-').is_some_and(|(_, end)| {
        end.len() == HASH && end.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    });
    bytes.first().is_some_and(is_first)
        && bytes.len() <= LONGEST
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-')
        && !ends_like_a_hash
}

/// Returns a name as a part of a path: `x-2018` is `X-2018`. Of a name with other signs or with a capital in front
/// what can be shown is, and its hash tells it from names that look like it: `Acme Inc.` is `Acme-Inc-ee60673de787`.
fn part(name: &str) -> String {
    if is_plain(name) {
        return raised(name);
    }
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    let shown: String = words.collect::<Vec<_>>().join("-").chars().take(LONGEST).collect();
    let hash: String = sha256(name.as_bytes()).chars().take(HASH).collect();
    raised(&format!("{}-{hash}", if shown.is_empty() { "Named" } else { &shown }))
}

fn raised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_shown_as_far_as_every_program_takes_them() {
        let named = |name: &str| Account::new(Branch::Advertising, &["x", name]).path();
        for (name, path) in
            [("kaspersky", "Expenses:Advertising:X:Kaspersky"), ("123-456-7890", "Expenses:Advertising:X:123-456-7890")]
        {
            assert_eq!(named(name), path);
        }
        for (name, start) in [
            ("Acme  Inc; (EU)", "Expenses:Advertising:X:Acme-Inc-EU-"),
            ("act_12", "Expenses:Advertising:X:Act-12-"),
            ("東京", "Expenses:Advertising:X:Named-"),
            ("", "Expenses:Advertising:X:Named-"),
            ("a:b", "Expenses:Advertising:X:A-b-"),
            ("-a", "Expenses:Advertising:X:A-"),
        ] {
            let path = named(name);
            assert!(path.len() == start.len() + HASH && path.starts_with(start), "{name:?} became {path}");
        }
        assert!(named(&"a b".repeat(10_000)).len() < 110);
    }

    proptest! {
        #[test]
        fn parts_are_safe_and_tell_names_apart(names in prop::collection::vec(prop_oneof![any::<String>(), "[aA][ _.-]{0,2}[bB]?"], 1..20)) {
            let mut parts: BTreeMap<String, String> = BTreeMap::new();
            // A name may also be what another one becomes.
            let others: Vec<String> = names.iter().map(|name| part(name)).map(|part| part[..1].to_lowercase() + &part[1..]).collect();
            for name in names.into_iter().chain(others) {
                let part = part(&name);
                let of_part = part.clone();
                prop_assert!(part.starts_with(|first: char| first.is_ascii_uppercase() || first.is_ascii_digit()), "{}", part);
                prop_assert!(part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-'), "{}", part);
                let other = parts.insert(of_part, name.clone());
                prop_assert!(other.as_ref().is_none_or(|other| *other == name), "{:?} and {:?} are {}", other, name, part);
            }
        }
    }
}
