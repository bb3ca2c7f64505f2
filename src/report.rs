//! Statements as tables.

mod table;

pub use table::{Cell, Column, Document, Role, Row, Table};
