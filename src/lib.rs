//! Blocked ad budgets: what was spent, what a ban blocks, where it may go instead, and whether it got there.

pub mod actual;
pub mod blocked;
pub mod calendar;
pub mod check;
pub mod import;
pub mod ledger;
pub mod money;
pub mod plan;
pub mod propose;
pub mod redirect;
pub mod render;
pub mod report;
pub mod scope;
mod sheet;
pub mod statement;

pub use calendar::{
    Day, DayError, FiscalYear, FiscalYearError, Instant, InstantError, Month, NamedBy, Period, PeriodError,
};
pub use money::{AmountError, Cost, Currency, CurrencyError, Money, MoneyError, Share, ShareError, Totals};
pub use scope::{Id, IdError, Platform, PlatformError, Scope};
