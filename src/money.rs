//! Values of money: exact, of one currency, checked.
//!
//! Knows nothing of days, platforms or files. Two kinds of amount are kept apart by type: a [`Cost`] is what a
//! platform reports, exact to nine decimals; [`Money`] is a whole number of minor units, what budgets, plans and
//! statements are counted in. Neither has `+`: adding two currencies has no answer, so adding is a question
//! ([`Money::plus`]). [`Totals`] adds anything, a line per currency.
#![warn(clippy::arithmetic_side_effects)]

mod amount;
mod cost;
mod currency;
mod decimal;
mod rate;
mod scale;
mod share;
mod totals;

pub use amount::{Money, MoneyError};
pub use cost::Cost;
pub use currency::{Currency, CurrencyError};
pub use decimal::AmountError;
pub(crate) use decimal::{digits, grouped};
pub use rate::{Rate, RateError};
pub use scale::{Scale, ScaleError};
pub use share::{Share, ShareError};
pub use totals::Totals;
