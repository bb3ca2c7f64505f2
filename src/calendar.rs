//! Values of time: days, months, periods, fiscal years, and the instant a fact was recorded.
//!
//! Knows nothing of money, platforms or files, and reads no clock. Periods are half-open: they hold their first day
//! and end before [`Period::end`], so that neighbours meet without overlapping.

mod dated;
mod day;
mod fiscal;
mod instant;
mod period;

pub use dated::Dated;
pub use day::{Day, DayError, Month};
pub use fiscal::{FiscalYear, FiscalYearError, NamedBy};
pub use instant::{Instant, InstantError};
pub use period::{Period, PeriodError};
