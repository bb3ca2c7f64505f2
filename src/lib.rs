//! Blocked ad budgets: what was spent, what a ban blocks, where it may go instead, and whether it got there.
//!
//! The exports of advertising platforms, a plan, and the bans and holds on it become one value, a
//! [`Statement`](statement::Statement), which every report shows:
//!
//! ```
//! use respend::Period;
//! use respend::ledger::{self, Ledger};
//! use respend::statement::{Figure, Statement};
//!
//! # let temporary = tempfile::tempdir()?;
//! # let dir = temporary.path().join("acme");
//! ledger::init(&dir, "Acme advertising", "EUR".parse()?)?;
//! let ledger = Ledger::open(&dir)?;
//! let year = Period::parse("2025", &ledger.settings().fiscal_year)?;
//!
//! let statement = Statement::of(&ledger, year, year.last(), None)?;
//! for ((platform, currency), figures) in &statement.platforms {
//!     let (blocked, left) = (figures.get(Figure::BlockedGross), figures.get(Figure::Redirectable));
//!     println!("{platform}: {blocked} {currency} blocked, {left} may be redirected");
//! }
//! assert!(statement.totals.is_empty(), "a new ledger holds no plan and no spend");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The stages, in the order data moves through them; each uses only those above it:
//!
//! | stage | what it knows | begin with |
//! |---|---|---|
//! | [`money`] | exact amounts of one currency | [`Money`] |
//! | [`calendar`] | days, periods, fiscal years, moments of record | [`Period`] |
//! | [`scope`] | platforms, ids, and what a plan line or a ban speaks of | [`Scope`] |
//! | `visible` (private) | text that is seen and does nothing else | [`render::visible`] |
//! | `sheet` (private) | delimited text as records that know their place | |
//! | `section` (private) | TOML as values that know their place | |
//! | [`import`] | a platform's export, read exactly or refused | [`import::Reading`] |
//! | [`disk`] | files written whole or not at all | [`disk::replace`] |
//! | [`ledger`] | the folder: facts in plain files, one door for writing | [`ledger::Ledger`], [`ledger::Change`] |
//! | `facts` (private) | what the books know, as canonical text for digests | |
//! | [`plan`] | a line's plan, day by day | [`plan::Plan`] |
//! | [`blocked`] | its restricted days, and which restriction blocks how much | [`blocked::Blocked`] |
//! | [`actual`] | spend as whole minor units | [`actual::Actual`] |
//! | [`redirect`] | dividing money among destinations | [`redirect::Allocation`] |
//! | [`statement`] | all of it put together for a period at a cut-off | [`statement::Statement`] |
//! | [`trace`] | where a figure comes from, and where a row of an export went | [`trace::Trace`] |
//! | `seal` (private) | a closed period's facts and figures under one digest, chained | |
//! | [`check`] | what a reader should look into, and what is taken for granted | [`check::Finding`] |
//! | [`close`] | closing a period, and opening it again | [`close::close`] |
//! | [`propose`] | what a policy makes of a statement | [`propose::Proposal`] |
//! | [`outlook`] | where plan lines will stand at the end of a period | [`outlook::Outlook`] |
//! | [`scenario`] | what a statement would be under other facts, beside what it is | [`scenario::Comparison`] |
//! | [`report`] | statements as tables, and the report's JSON | [`report::Yearly`] |
//! | [`render`] | tables as text and bytes | [`render::markdown`] |
//! | [`journal`] | a statement as double-entry transactions | [`journal::Journal`] |
//! | [`export`] | a journal as files of accounting programs | [`export::hledger`] |
//! | [`verify`] | a saved report, recomputed and compared | [`verify::verify`] |
//!
//! The library reads no clock, no environment and no terminal, and prints nothing: days and moments are passed in,
//! results are returned. Amounts of different currencies are never added. The same ledger and the same arguments give
//! the same bytes.

pub mod actual;
pub mod blocked;
pub mod calendar;
pub mod check;
pub mod close;
pub mod disk;
pub mod export;
mod facts;
pub mod import;
pub mod journal;
pub mod ledger;
pub mod money;
pub mod outlook;
pub mod plan;
pub mod propose;
pub mod redirect;
pub mod render;
pub mod report;
pub mod scenario;
pub mod scope;
mod seal;
mod section;
mod sheet;
pub mod statement;
pub mod trace;
pub mod verify;
mod visible;

pub use calendar::{
    Dated, Day, DayError, FiscalYear, FiscalYearError, Instant, InstantError, Month, NamedBy, Period, PeriodError,
};
pub use money::{
    AmountError, Cost, Currency, CurrencyError, Money, MoneyError, Scale, ScaleError, Share, ShareError, Totals,
};
pub use scope::{Id, IdError, Platform, PlatformError, Scope};
