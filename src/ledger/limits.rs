//! How much a ledger's files may hold.
//!
//! A ledger comes from colleagues, from version control, from a mail. Each limit is far above what books hold, so that
//! only damage and malice meet it; each keeps memory and time within what a small machine has. The rollups of imports
//! have none: they are read a row at a time, whatever their size.

/// The bytes of a log. A row takes a few hundred, so this is a log of a million rows.
pub(super) const LOG_BYTES: u64 = 256 * MIB;
/// The rows of a log: each is held in memory.
pub(super) const LOG_ROWS: usize = 1_000_000;
/// The columns of a log: sixteen at most are the program's, the others are your own.
pub(super) const LOG_COLUMNS: usize = 1_000;
/// The characters of a cell: what a cell of a spreadsheet holds. Longer texts belong into `evidence/`.
pub(super) const CELL_CHARACTERS: usize = 32_767;
/// The bytes of the name of an account or a campaign that is imported; platforms allow some hundreds.
pub(super) const NAME_BYTES: usize = 32_767;
/// The bytes of a TOML file. Its values take up to eighty times as much while it is read; the longest record, of an
/// export with a hundred thousand accounts, is smaller.
pub(super) const TOML_BYTES: u64 = 8 * MIB;
/// The bytes of a notice or a letter: scans of many pages are smaller.
pub(super) const EVIDENCE_BYTES: u64 = 256 * MIB;
/// The bytes of a copied notice's name; with what is put around it, every file system takes it.
pub(super) const EVIDENCE_NAME: usize = 120;
/// The bytes of the file that says who is writing.
pub(super) const WRITER_BYTES: u64 = 256;
/// The things wrong in one file that are said; whoever has mended so many sees the next.
pub(super) const PROBLEMS: usize = 1_000;
/// The things wrong in all files that are said.
pub(super) const SAID: usize = 5_000;
/// The characters of a message that are shown; it may quote a cell.
pub(super) const MESSAGE_CHARACTERS: usize = 1_000;

const MIB: u64 = 1024 * 1024;
