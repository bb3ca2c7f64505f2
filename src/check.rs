//! What somebody should look into: in a statement, and in a whole ledger.
//!
//! Stands on statements and on the ledger's facts and files. Knows nothing of tables or formats, and writes nothing.

mod accounts;
mod assumptions;
mod closed;
mod code;
mod evidence;
mod files;
mod policies;
mod redirections;
mod restrictions;
mod seals;
mod spend;
mod whole;

use serde::Serialize;

use crate::calendar::{Day, Period};
use crate::ledger::Ledger;
use crate::money::MoneyError;
use crate::statement::Statement;

pub use assumptions::{Assumption, assumptions};
pub use code::{Code, Severity};
pub use seals::findings as closed;
pub use whole::{Checked, Year, whole};

/// Something to look into.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How much it matters.
    pub severity: Severity,
    /// Names the rule.
    pub code: Code,
    /// What was found.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// What it is about: a plan line, a redirection, a platform.
    pub place: String,
    /// The days whose figures it is of, that of the statement; none where it is of a whole line, or of no days. A
    /// report's reader knows them.
    #[serde(skip)]
    pub period: Option<Period>,
}

impl Finding {
    /// Returns a finding: what it is about, what was found, and what to do about it.
    pub(crate) fn new(
        code: Code,
        place: impl ToString,
        message: impl Into<String>,
        hint: impl Into<String>,
    ) -> Finding {
        let (message, hint) = (message.into(), hint.into());
        Finding { severity: code.severity(), code, message, hint, place: place.to_string(), period: None }
    }

    /// Says which days it is of.
    pub(crate) fn of(self, period: Period) -> Finding {
        Finding { period: Some(period), ..self }
    }
}

/// Returns everything a statement's reader should look into, errors first.
///
/// `filing` is the day a tax return is filed by: findings of missing letters then say how many days are left.
pub fn findings(statement: &Statement, ledger: &Ledger, filing: Option<Day>) -> Result<Vec<Finding>, MoneyError> {
    let mut findings = Vec::new();
    redirections::over(statement, &mut findings);
    redirections::above_free(statement, &mut findings);
    redirections::letters(statement, ledger, filing, &mut findings);
    redirections::received(statement, ledger, &mut findings);
    restrictions::spent_during(statement, &mut findings)?;
    restrictions::without_plan(statement, &mut findings);
    spend::uncovered(statement, &mut findings);
    spend::unbudgeted(statement, &mut findings)?;
    spend::missing_rates(statement, &mut findings)?;
    spend::missing_rates_of_payments(statement, &mut findings);
    spend::month_figures(statement, &mut findings);
    spend::provisional(statement, &mut findings);
    sort(&mut findings);
    Ok(findings)
}

/// Puts errors first, findings of one code beside each other, and says what is said twice once.
pub(crate) fn sort(findings: &mut Vec<Finding>) {
    findings.sort_by(|a, b| {
        let key = |of: &Finding| (of.severity, of.code.as_str(), of.period);
        (key(a), &a.place, &a.message).cmp(&(key(b), &b.place, &b.message))
    });
    findings.dedup();
}
