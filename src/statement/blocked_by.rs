//! Blocked budget, summed as asked.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{Figure, Figures, Statement};
use crate::ledger::RestrictionKind;
use crate::money::{Currency, MoneyError};

/// What blocked budget may be grouped by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BlockedKey {
    /// The platform.
    Platform,
    /// The account of the plan line.
    Account,
    /// The campaign of the plan line.
    Campaign,
    /// The plan line.
    Line,
    /// The calendar month.
    Month,
    /// The restriction.
    Restriction,
}

impl BlockedKey {
    const ALL: [BlockedKey; 6] = [
        BlockedKey::Platform,
        BlockedKey::Account,
        BlockedKey::Campaign,
        BlockedKey::Line,
        BlockedKey::Month,
        BlockedKey::Restriction,
    ];

    /// Returns the word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            BlockedKey::Platform => "platform",
            BlockedKey::Account => "account",
            BlockedKey::Campaign => "campaign",
            BlockedKey::Line => "line",
            BlockedKey::Month => "month",
            BlockedKey::Restriction => "restriction",
        }
    }
}

impl FromStr for BlockedKey {
    type Err = String;

    fn from_str(text: &str) -> Result<BlockedKey, String> {
        let found = BlockedKey::ALL.into_iter().find(|key| key.as_str() == text);
        found.ok_or_else(|| {
            format!(
                "blocked budget is grouped by {}, not by `{text}`",
                BlockedKey::ALL.map(BlockedKey::as_str).join(", ")
            )
        })
    }
}

impl fmt::Display for BlockedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The blocked budget of one group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedGroup {
    /// What the group is: a text for each key asked for, in that order.
    pub keys: Vec<String>,
    /// Its flows; by restriction, only what that restriction blocks.
    pub figures: Figures,
}

/// Returns the blocked budget of a statement, grouped, in the order of the keys; never across currencies.
pub fn blocked_by(statement: &Statement, by: &[BlockedKey]) -> Result<Vec<BlockedGroup>, MoneyError> {
    let by_restriction = by.contains(&BlockedKey::Restriction);
    let mut groups: BTreeMap<(Vec<String>, Currency), Figures> = BTreeMap::new();
    for line in &statement.lines {
        let (scope, currency) = (&line.line.scope, line.line.currency);
        for month in &line.months {
            let keys = |restriction: &str| {
                let key = |key: &BlockedKey| match key {
                    BlockedKey::Platform => scope.platform.to_string(),
                    BlockedKey::Account => scope.account.clone().unwrap_or_default(),
                    BlockedKey::Campaign => scope.campaign.clone().unwrap_or_default(),
                    BlockedKey::Line => line.line.id.to_string(),
                    BlockedKey::Month => month.month.to_string(),
                    BlockedKey::Restriction => restriction.to_owned(),
                };
                (by.iter().map(key).collect(), currency)
            };
            if !by_restriction {
                groups.entry(keys("")).or_insert(Figures::zero(currency)).add(&month.figures)?;
                continue;
            }
            for ((kind, id), part) in &month.blocked_by {
                let figure = match kind {
                    RestrictionKind::Ban => Figure::BlockedImposed,
                    RestrictionKind::Hold => Figure::BlockedVoluntary,
                };
                let mut figures = Figures::zero(currency);
                figures.set(figure, *part)?;
                figures.set(Figure::BlockedGross, *part)?;
                groups.entry(keys(id.as_str())).or_insert(Figures::zero(currency)).add(&figures)?;
            }
        }
    }
    Ok(groups.into_iter().map(|((keys, _), figures)| BlockedGroup { keys, figures }).collect())
}
