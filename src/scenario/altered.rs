//! [`Altered`]: one thing that is other under a scenario.

use std::collections::BTreeSet;

use crate::calendar::Instant;
use crate::ledger::{Ledger, Place, Restriction, Scenario, SpendAhead, Status};
use crate::scope::Id;

/// One thing that is other under a scenario: what is known, and what would be.
#[derive(Clone, Debug)]
pub struct Altered {
    /// What it is: `ban x-ban-2018-02 on x`, `plan line x-2018`.
    pub what: String,
    /// What is known of it; `None` where it is new.
    pub was: Option<String>,
    /// What would be.
    pub would_be: String,
    /// Where the scenario says so, of what has a place.
    pub place: Option<Place>,
}

/// Returns what a scenario alters of what is known of a ledger.
pub fn altered(ledger: &Ledger, scenario: &Scenario, as_known: Option<Instant>) -> Vec<Altered> {
    let known = ledger.restrictions(as_known);
    let restrictions = scenario.restrictions.iter().map(|one| Altered {
        what: format!("{} {} on {}", one.kind, one.id, one.scope),
        was: known.binary_search_by(|known| known.id.cmp(&one.id)).ok().and_then(|at| known.get(at)).map(in_words),
        would_be: in_words(one),
        place: Some(one.place.clone()),
    });
    let amendments = scenario.amendments.iter().map(|(line, entry)| Altered {
        what: format!("plan line {line}"),
        was: None,
        would_be: format!("amended by {} from {} on", entry.amount.spelled(), entry.effective),
        place: Some(entry.place.clone()),
    });
    let without_place = |what: String, was: Option<&str>, would_be: &str| Altered {
        what,
        was: was.map(str::to_owned),
        would_be: would_be.to_owned(),
        place: None,
    };
    let destinations = scenario
        .destinations
        .iter()
        .map(|one| without_place(format!("destination {}", one.id), None, &format!("{}: {}", one.kind, one.name)));
    let declared: BTreeSet<&Id> = ledger.settings().policies.iter().map(|policy| &policy.id).collect();
    let policies = scenario.policies.iter().map(|one| {
        let was = declared.contains(&one.id).then_some("as in ledger.toml");
        without_place(format!("policy {}", one.id), was, "as in the scenario")
    });
    let spend = (scenario.spend != SpendAhead::default()).then(|| {
        let was = Some(SpendAhead::default().as_str());
        without_place(String::from("spend of the open days ahead"), was, scenario.spend.as_str())
    });
    restrictions.chain(amendments).chain(destinations).chain(policies).chain(spend).collect()
}

/// Returns the days of a restriction in words.
fn in_words(restriction: &Restriction) -> String {
    if restriction.status == Status::Void {
        return String::from("void");
    }
    let until = restriction.until.map_or(String::from("still in force"), |until| format!("until {until}"));
    let share = restriction.share.map(|share| format!(", stops {share} of wider lines")).unwrap_or_default();
    format!("from {}, {until}{share}", restriction.from)
}
