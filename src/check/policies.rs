//! Policies: what they name is there, and what names them.

use super::{Code, Finding};
use crate::ledger::Ledger;
use crate::scope::Id;

/// Holds policies against the restrictions they name, and redirections against the policies they name.
pub(super) fn findings(ledger: &Ledger, findings: &mut Vec<Finding>) {
    let policies = &ledger.settings().policies;
    for policy in policies {
        let is_there = |id: &Id| ledger.restriction_rows().iter().any(|row| row.id == *id);
        for id in policy.takes.restrictions.iter().filter(|id| !is_there(id)) {
            let message = format!("it takes what restriction `{id}` blocks, and there is none");
            let hint = "correct `restrictions` in its `takes`, in ledger.toml";
            findings.push(Finding::new(Code::PolicyRestriction, format!("policy {}", policy.id), message, hint));
        }
    }
    for one in ledger.redirections() {
        let Some(id) = one.policy.as_ref().filter(|id| !policies.iter().any(|policy| policy.id == **id)) else {
            continue;
        };
        let message = format!("it names policy `{id}`, which ledger.toml does not declare");
        let hint = "keep a policy declared as long as redirections name it, or correct the name";
        findings.push(Finding::new(Code::PolicyUnknown, format!("redirection {}", one.id), message, hint));
    }
}
