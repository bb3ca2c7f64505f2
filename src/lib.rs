//! Blocked ad budgets: what was spent, what a ban blocks, where it may go instead, and whether it got there.

pub mod calendar;
pub mod import;
pub mod money;
pub mod report;
pub mod scope;
mod sheet;

pub use calendar::{
    Day, DayError, FiscalYear, FiscalYearError, Instant, InstantError, Month, NamedBy, Period, PeriodError,
};
pub use money::{AmountError, Cost, Currency, CurrencyError, Money, MoneyError, Share, ShareError, Totals};
pub use scope::{Id, IdError, Platform, PlatformError, Scope};
