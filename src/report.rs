//! Statements as tables: what a reader sees, before it is drawn.
//!
//! Computes no money of its own beyond the totals of what a table shows. Knows nothing of terminals or file formats
//! but the shape of the report's JSON.

mod adjustments;
mod closing;
mod findings;
mod gaps;
mod json;
mod lists;
mod manifest;
mod outlook;
mod plan_proposal;
mod presented;
mod proposals;
mod rate_tables;
mod reading;
mod redirection_tables;
mod restatements;
mod scenarios;
mod statement_tables;
mod summaries;
mod table;
mod traces;
mod yearly;

pub use closing::closed;
pub use findings::findings;
pub use gaps::gaps;
pub(crate) use json::SCHEMA;
pub use lists::{budgets, encumbrances, imports, profiles, redirections, restrictions};
pub use manifest::{Manifest, ManifestFile};
pub use outlook::outlook;
pub use plan_proposal::plan_proposal;
pub use proposals::{onward, proposals};
pub use rate_tables::rates;
pub use reading::{ImportReport, Outcome};
pub use restatements::restatement;
pub use scenarios::{comparison, scenario};
pub use summaries::{blocked, spend};
pub use table::{Cell, Column, Document, Role, Row, Table};
pub use traces::{Listed, row_trace, trace};
pub use yearly::Yearly;
