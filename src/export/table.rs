//! A journal as a table for the import into a general ledger.

use crate::journal::Journal;
use crate::render::{RenderError, neutral};

/// The columns, in this order.
const COLUMNS: [&str; 8] = ["entry", "date", "account", "debit", "credit", "currency", "memo", "reference"];

/// Returns the journal as csv, a row per posting: the number of its transaction, date, account, debit or credit,
/// currency, memo and reference. Debits and credits are above zero, and sum to the same in every entry.
///
/// Codes that steer are shown, and text that a spreadsheet could take for a formula stands behind an apostrophe.
pub fn table(journal: &Journal) -> Result<String, RenderError> {
    let mut writer = ::csv::Writer::from_writer(vec![]);
    let refused = |reason: String| RenderError::Csv(reason);
    writer.write_record(COLUMNS).map_err(|error| refused(error.to_string()))?;
    for (entry, transaction) in (1_u64..).zip(&journal.transactions) {
        for posting in &transaction.postings {
            let size = posting.amount.negated();
            let [debit, credit] = match posting.amount.is_negative() {
                true => [String::new(), size.to_string()],
                false => [posting.amount.to_string(), String::new()],
            };
            let record = [
                entry.to_string(),
                transaction.date.to_string(),
                posting.account.path(),
                debit,
                credit,
                posting.amount.currency().to_string(),
                neutral(&transaction.narration),
                neutral(transaction.reference.as_deref().unwrap_or_default()),
            ];
            writer.write_record(&record).map_err(|error| refused(error.to_string()))?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| refused(error.to_string()))?;
    String::from_utf8(bytes).map_err(|error| refused(error.to_string()))
}
