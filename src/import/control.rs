//! [`Control`]: total rows held against the rows they sum up.

use std::collections::BTreeMap;

use crate::money::Currency;

use super::Warning;
use super::amount::{Exact, contradicts};
use super::kind::{Total, TotalOf};
use super::refusal::{Refusal, RefusalCode, shortened};

/// The total rows met so far; of equal ones the first, so that memory stays small whatever the file holds.
#[derive(Debug, Default)]
pub(super) struct Control {
    overall: Vec<Seen>,
    account: Vec<Seen>,
    part: Vec<Seen>,
    parts: u64,
}

#[derive(Debug)]
struct Seen {
    row: u64,
    label: String,
    amount: Exact,
    decimals: u32,
    currency: Option<Currency>,
    /// The mark of a currency that the amount carries.
    mark: Option<String>,
}

/// More different totals than this cannot all be right.
const KEPT: usize = 64;

/// Keeps a total in the order of rows; of equal ones the first.
fn see(list: &mut Vec<Seen>, total: Seen) {
    let is_same = |seen: &Seen| (seen.amount, seen.currency, &seen.mark) == (total.amount, total.currency, &total.mark);
    match list.iter().position(is_same) {
        Some(at) if list[at].row <= total.row => return,
        Some(at) => drop(list.remove(at)),
        None => {}
    }
    list.insert(list.partition_point(|seen| seen.row < total.row), total);
    list.truncate(KEPT);
}

impl Control {
    /// Notes a total: its line, its amount and with how many decimals it is written, and what the row says of its currency.
    pub(super) fn add(
        &mut self,
        row: u64,
        total: &Total,
        (amount, decimals): (Exact, u32),
        currency: Option<Currency>,
        mark: Option<&str>,
    ) {
        let (label, mark) = (shortened(&total.label), mark.map(str::to_owned));
        let seen = Seen { row, label, amount, decimals, currency, mark };
        match total.of {
            TotalOf::Rows => see(&mut self.overall, seen),
            TotalOf::Account => see(&mut self.account, seen),
            TotalOf::Part => {
                self.parts = self.parts.saturating_add(1);
                see(&mut self.part, seen);
            }
        }
    }

    /// Takes in the totals of other rows of the same file.
    pub(super) fn merge(&mut self, other: Control) {
        other.overall.into_iter().for_each(|seen| see(&mut self.overall, seen));
        other.account.into_iter().for_each(|seen| see(&mut self.account, seen));
        other.part.into_iter().for_each(|seen| see(&mut self.part, seen));
        self.parts = self.parts.saturating_add(other.parts);
    }

    /// Compares with the exact sums of the rows; returns how many totals agree, and what could not be compared.
    pub(super) fn check(
        &self,
        sums: &BTreeMap<Currency, Exact>,
        rows: u64,
        rows_are_rounded: bool,
    ) -> Result<(u64, Vec<Warning>), Refusal> {
        let mut warnings = Vec::new();
        let mut agreed = 0;
        // A part is the whole where it is the only total there is.
        let only_part = self.overall.is_empty() && self.account.is_empty() && self.parts == 1;
        for seen in self.overall.iter().chain(self.part.iter().filter(|_| only_part)) {
            let Some((currency, sum, difference)) = seen.compare(sums) else {
                warnings.push(seen.unchecked());
                continue;
            };
            seen.same_currency(currency)?;
            let rounded = if rows_are_rounded { Exact::half_steps(seen.decimals, rows) } else { 0 };
            let allowed = rounded.max(seen.half_step());
            if difference.size() > allowed && !difference.is_negative() && self.is_filtered(seen, sums) {
                warnings.push(seen.exceeds(currency, sum, difference));
                continue;
            }
            if difference.size() > allowed {
                return Err(seen.mismatch(currency, sum, difference));
            }
            agreed += 1;
        }
        for seen in &self.account {
            match seen.compare(sums) {
                None => warnings.push(seen.unchecked()),
                Some((currency, _, difference)) if difference.size() <= seen.half_step() => {
                    seen.same_currency(currency)?;
                    agreed += 1;
                }
                Some((currency, sum, difference)) if difference.is_negative() => {
                    return Err(seen.mismatch(currency, sum, difference));
                }
                Some((currency, sum, difference)) => warnings.push(seen.exceeds(currency, sum, difference)),
            }
        }
        if self.overall.is_empty() && self.account.is_empty() && self.parts > 1 {
            warnings.push(Warning {
                code: "totals_unchecked",
                message: format!("none of the file's {} total rows is of all rows, so none was compared", self.parts),
            });
        }
        Ok((agreed, warnings))
    }

    /// Returns whether another total with a label is of the rows as they are: then this one is of more than the report
    /// lists, as `Total: Campaigns` beside `Total: Filtered campaigns`.
    fn is_filtered(&self, larger: &Seen, sums: &BTreeMap<Currency, Exact>) -> bool {
        let agrees = |seen: &Seen| seen.compare(sums).is_some_and(|(.., difference)| difference == Exact::ZERO);
        let is_other = |seen: &Seen| seen.label != larger.label && seen.currency == larger.currency;
        let labelled = self.overall.iter().filter(|seen| !seen.label.is_empty() && !larger.label.is_empty());
        labelled.filter(|seen| is_other(seen)).any(agrees)
    }
}

impl Seen {
    fn exceeds(&self, currency: Currency, sum: Exact, difference: Exact) -> Warning {
        Warning {
            code: "account_total_differs",
            message: format!(
                "`{}` says {} {currency}, the campaigns listed add up to {sum}: {difference} more, spent on campaigns \
                 that the report leaves out (removed or filtered)",
                self.label, self.amount
            ),
        }
    }

    /// Returns currency, sum of the rows, and total minus sum; `None` where it is not clear of which currency.
    fn compare(&self, sums: &BTreeMap<Currency, Exact>) -> Option<(Currency, Exact, Exact)> {
        let currency = match (self.currency, sums.keys().next(), sums.len()) {
            (Some(currency), _, _) => currency,
            (None, Some(only), 1) => *only,
            _ => return None,
        };
        let sum = sums.get(&currency).copied().unwrap_or(Exact::ZERO);
        Some((currency, sum, self.amount.minus(sum)?))
    }

    /// Returns how far the total may be from the sum of rows with more decimals: it is rounded to its own, at most to cents.
    fn half_step(&self) -> u128 {
        Exact::half_steps(self.decimals.max(2), 1)
    }

    /// Refuses a total whose mark is of another currency than the rows.
    fn same_currency(&self, currency: Currency) -> Result<(), Refusal> {
        let Some(mark) = self.mark.as_deref().filter(|mark| contradicts(mark, currency)) else { return Ok(()) };
        let message = format!("{} carries `{mark}`, but the rows are in {currency}", self.name());
        let hint = "export the report again in one currency, or say --currency if the rows are in another";
        Err(Refusal::new(RefusalCode::CurrencyUnknown, message, hint).at_row(self.row))
    }

    fn name(&self) -> String {
        if self.label.is_empty() { "the total row".to_owned() } else { format!("`{}`", self.label) }
    }

    fn unchecked(&self) -> Warning {
        let message = format!("the total on line {} names no currency, so it was not compared", self.row);
        Warning { code: "totals_unchecked", message }
    }

    fn mismatch(&self, currency: Currency, sum: Exact, difference: Exact) -> Refusal {
        let name = self.name();
        let message = format!(
            "line {}: {name} says {} {currency}, but the rows add up to {sum} {currency}; the difference is {difference}",
            self.row, self.amount
        );
        let hint = "rows are missing or were changed: download the report again and import it without editing it; if it \
                    was filtered, export it without the filter or without the total row";
        Refusal::new(RefusalCode::TotalMismatch, message, hint).at_row(self.row)
    }
}
