//! Accounts: those that the settings do not name, and currencies other than those they are billed in.

use std::collections::BTreeMap;

use super::{Code, Finding};
use crate::calendar::{Day, Instant};
use crate::ledger::{Control, Ledger};
use crate::money::{Cost, Currency, Totals};
use crate::scope::{Platform, Scope};
use crate::statement::StatementError;

/// Spend and scopes name accounts that `ledger.toml` declares, where it declares accounts of that platform, in the
/// currencies it says.
pub(super) fn findings(
    ledger: &Ledger,
    as_of: Day,
    as_known: Option<Instant>,
    findings: &mut Vec<Finding>,
) -> Result<(), StatementError> {
    if ledger.settings().accounts.is_empty() {
        return Ok(());
    }
    of_spend(ledger, as_of, as_known, findings)?;
    for line in ledger.lines(as_known) {
        let place = format!("line {}", line.id);
        of_scope(ledger, &line.scope, &place, findings);
    }
    for restriction in ledger.restrictions(as_known) {
        let place = format!("{} {}", restriction.kind, restriction.id);
        of_scope(ledger, &restriction.scope, &place, findings);
    }
    for policy in &ledger.settings().policies {
        let takes = &policy.takes;
        let (Some(platform), Some(account)) = (&takes.platform, &takes.account) else { continue };
        let account = Some(ledger.account_spelling(platform, account));
        let scope = Scope { account, ..Scope::platform(platform.clone()) };
        of_scope(ledger, &scope, &format!("policy {}", policy.id), findings);
    }
    Ok(())
}

/// Returns whether the ledger declares accounts of the platform, and not this one.
fn is_unknown(ledger: &Ledger, platform: &Platform, account: &str) -> bool {
    let mut declared = ledger.settings().accounts.iter().filter(|known| known.platform == *platform).peekable();
    declared.peek().is_some() && !declared.any(|known| known.account == account)
}

fn declare(platform: &Platform, account: &str) -> String {
    format!("add [accounts.\"{platform}/{account}\"] to ledger.toml, or name it among the aliases of the account it is")
}

fn of_scope(ledger: &Ledger, scope: &Scope, place: &str, findings: &mut Vec<Finding>) {
    let Some(account) = &scope.account else { return };
    if is_unknown(ledger, &scope.platform, account) {
        let message = format!("it names account `{account}`, which ledger.toml does not name on {}", scope.platform);
        let hint = format!("correct its spelling; or {}", declare(&scope.platform, account));
        findings.push(Finding::new(Code::UnknownAccount, place, message, hint));
    }
}

fn of_spend(
    ledger: &Ledger,
    as_of: Day,
    as_known: Option<Instant>,
    findings: &mut Vec<Finding>,
) -> Result<(), StatementError> {
    let mut spent: BTreeMap<(Platform, String, Currency), Cost> = BTreeMap::new();
    let mut stream = ledger.spend(as_known, Control::Hash).until(as_of);
    while let Some(day) = stream.next_day()? {
        for of_campaign in &day.spend {
            let key = of_campaign.key();
            let at = (key.platform.clone(), key.account.clone(), key.currency);
            let sum = spent.entry(at).or_insert(Cost::zero(key.currency));
            *sum = sum.plus(of_campaign.cost)?;
        }
    }
    let (mut unknown, mut otherwise) = (BTreeMap::<_, Totals>::new(), BTreeMap::<_, Totals>::new());
    for ((platform, account, currency), sum) in spent {
        let declared = ledger.account_currency(&platform, &account);
        if let Some(declared) = declared.filter(|declared| *declared != currency) {
            otherwise.entry((platform.clone(), account.clone(), declared)).or_default().add(sum)?;
        }
        if is_unknown(ledger, &platform, &account) {
            unknown.entry((platform, account)).or_default().add(sum)?;
        }
    }
    let sums = |totals: &Totals| totals.iter().map(|sum| sum.spelled()).collect::<Vec<_>>().join(" and ");
    for ((platform, account), totals) in unknown {
        let sums = sums(&totals);
        let (place, message, hint) = if account.is_empty() {
            (
                format!("platform {platform}"),
                format!("{sums} names no account, and ledger.toml names those of {platform}"),
                String::from("revoke the import and take its export in again with --account"),
            )
        } else {
            let message = format!("{sums} is of an account that ledger.toml does not name");
            (format!("account {platform}/{account}"), message, declare(&platform, &account))
        };
        findings.push(Finding::new(Code::UnknownAccount, place, message, hint));
    }
    for ((platform, account, declared), totals) in otherwise {
        let message = format!("it is billed in {declared}, says ledger.toml, and {} was imported", sums(&totals));
        let hint =
            "correct its currency in ledger.toml, or revoke the import and take its export in again with --currency";
        let place = format!("account {platform}/{account}");
        findings.push(Finding::new(Code::AccountCurrency, place, message, hint));
    }
    Ok(())
}
