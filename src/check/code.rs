//! [`Code`]: what a finding is called, and how much it matters.

use std::fmt;

use serde::{Serialize, Serializer};

/// How much a finding matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The books contradict themselves or a promise.
    Error,
    /// Somebody should look.
    Warning,
    /// Good to know.
    Note,
}

macro_rules! codes {
    ($($(#[$doc:meta])+ $code:ident = $word:literal: $severity:ident),+ $(,)?) => {
        /// Names the rule a finding is of; `docs/findings.md` says what each means. Names never change their meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code { $($(#[$doc])+ $code),+ }

        impl Code {
            /// Every code, those that matter most first.
            pub const ALL: &[Code] = &[$(Code::$code),+];

            /// Returns the code's name, such as `over_redirected`.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$code => $word),+ }
            }

            /// Returns how much findings of it matter.
            pub fn severity(self) -> Severity {
                match self { $(Code::$code => Severity::$severity),+ }
            }
        }
    };
}

codes! {
    /// Redirections of a line take more than is blocked and free.
    OverRedirected = "over_redirected": Error,
    /// A redirection is not, or no longer, covered by what is blocked and free.
    NeedsOtherFunding = "needs_other_funding": Error,
    /// A line received by a redirection that is not to its platform, or not approved for that amount.
    RedirectInDiffers = "redirect_in_differs": Error,
    /// A redirection to a platform is approved, and no plan line of it received anything.
    RedirectInMissing = "redirect_in_missing": Error,
    /// A notice that the register names is not there.
    EvidenceMissing = "evidence_missing": Error,
    /// A notice is not what it was when it was recorded.
    EvidenceDiffers = "evidence_differs": Error,
    /// The rows of an import do not sum to what its record says.
    ControlDiffers = "control_differs": Error,
    /// Spend is in another currency than its account is billed in.
    AccountCurrency = "account_currency": Error,
    /// Spend is in another currency than its plan line, or a payment than its pledge, and no rate of its day is known.
    RateMissing = "rate_missing": Error,
    /// A closed period, its row or its text is not what was sealed.
    CloseBroken = "close_broken": Error,
    /// Money was spent on days and campaigns that a restriction covers.
    SpendDuringRestriction = "spend_during_restriction": Warning,
    /// More was spent inside restrictions than they block.
    BlockedNetNegative = "blocked_net_negative": Warning,
    /// Open days up to the cut-off have no data.
    UncoveredDays = "uncovered_days": Warning,
    /// A payment has no letter from the charity.
    LetterMissing = "letter_missing": Warning,
    /// A restriction lies over no plan line, so that it blocks nothing.
    RestrictionWithoutPlan = "restriction_without_plan": Warning,
    /// All lines together have less free than they may redirect one by one.
    RedirectableAboveFree = "redirectable_above_free": Warning,
    /// Restrictions cover some days of a month that is known as a whole.
    MonthFigureRestricted = "month_figure_restricted": Warning,
    /// A plan line or the period begins or ends inside a month that is known as a whole.
    MonthFigureCut = "month_figure_cut": Warning,
    /// A closed period has figures that could still move when they were exported.
    ProvisionalClosed = "provisional_closed": Warning,
    /// A fact for days of a closed period was recorded after it was closed.
    LateFact = "late_fact": Warning,
    /// The text a period was sealed with is not there.
    CloseTextMissing = "close_text_missing": Warning,
    /// Spend or a scope names an account that the settings do not.
    UnknownAccount = "unknown_account": Warning,
    /// The hash of a notice was never recorded.
    EvidenceUnhashed = "evidence_unhashed": Warning,
    /// An approval cannot be held against its proposer, whom nobody named.
    ProposerUnknown = "proposer_unknown": Warning,
    /// A policy names a restriction that is not there.
    PolicyRestriction = "policy_restriction": Warning,
    /// A close has no digest, so that it proves nothing.
    CloseUnproven = "close_unproven": Note,
    /// Spend that no plan line covers.
    UnbudgetedSpend = "unbudgeted_spend": Note,
    /// Figures could still move when they were exported.
    ProvisionalRows = "provisional_rows": Note,
    /// A restriction was recorded long after it began.
    RecordedLate = "recorded_late": Note,
    /// A redirection names a policy that is not declared.
    PolicyUnknown = "policy_unknown": Note,
    /// A file among the imports belongs to none.
    UnusedFile = "unused_file": Note,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        })
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_each_once_and_errors_come_first() {
        let mut names: Vec<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Code::ALL.len());
        assert!(Code::ALL.is_sorted_by_key(|code| code.severity()));
    }
}
