//! A journal as files that accounting programs read; spend as a Parquet file, with the feature `parquet`.
//!
//! Knows the transactions of a journal and the syntax of each program. Computes no money, and neither names accounts nor
//! puts transactions in order. The same journal gives the same bytes.
//!
//! Text of a ledger or an export is not trusted: codes that steer are shown, and what would end a field is not written
//! into it.

mod beancount;
mod hledger;
mod ledger;
#[cfg(feature = "parquet")]
mod parquet;
mod register;
mod table;
mod text;

pub use self::beancount::beancount;
pub use self::hledger::hledger;
pub use self::ledger::ledger;
#[cfg(feature = "parquet")]
pub use self::parquet::{ParquetError, parquet};
pub use self::table::table;
