//! What became of a saved report, as tables.

use super::{Difference, FileChange, FileState, Verified};
use crate::report::{Cell, Column, Document, Row, Table};

impl Verified {
    /// Returns the answer as tables: the differences, of which at most `most` are listed, and the files that are not as
    /// they were. `name` is what the report is called.
    pub fn document(&self, name: &str, most: Option<usize>) -> Document {
        let verdict = match self.differences.len() {
            0 => String::from("same"),
            1 => String::from("1 difference"),
            n => format!("{n} differences"),
        };
        Document {
            title: format!("{name}: {verdict}"),
            facts: self.facts(),
            tables: self.tables(most),
            ..Document::default()
        }
    }

    fn facts(&self) -> Vec<String> {
        let saved = &self.saved;
        let known = match saved.as_known {
            Some(known) => format!("by what was recorded up to {known}"),
            None => String::from("by what has no day of record"),
        };
        let filing = saved.filing.map(|day| format!(", filing date {day}")).unwrap_or_default();
        let mut facts = vec![
            format!("Report {} of {}, as of {}, {known}{filing}.", saved.period, saved.ledger, saved.as_of),
            format!("Computed by {}, recomputed by {}.", saved.program, self.program),
        ];
        let count = |state: FileState| self.files.iter().filter(|file| file.state == state).count();
        let later = [(FileState::New, "new"), (FileState::Grown, "longer")];
        let later = later.map(|(state, word)| (count(state), word));
        let later: Vec<String> = later.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
        if self.is_same() {
            let part = self.saved.part();
            facts
                .push(format!("Every {part} and the digest are what the ledger says today of what was recorded then."));
            if part == "cell" {
                facts.push(String::from(
                    "That is what cells hold; how they look (number formats, hidden rows) is not compared.",
                ));
            }
            if !later.is_empty() {
                facts.push(format!("Files that are {} hold later facts.", later.join(" or ")));
            }
            if count(FileState::Changed) > 0 {
                facts.push(String::from(
                    "What was changed in a file, such as the order of its rows, changes nothing it says.",
                ));
            }
        }
        if let [only] = self.differences.as_slice()
            && only.now.as_ref().is_some_and(|now| now.ends_with(&self.digest))
        {
            let part = self.saved.part();
            facts.push(format!(
                "Every {part} is the same, but not the digest: a fact was changed that shows in no {part}, such as a note, who recorded it, or a setting of ledger.toml."
            ));
        }
        facts
    }

    fn tables(&self, most: Option<usize>) -> Vec<Table> {
        let mut tables = Vec::new();
        if !self.differences.is_empty() {
            tables.push(differences(&self.differences, most));
        }
        if !self.files.is_empty() {
            tables.push(files(&self.files));
        }
        tables
    }
}

fn differences(differences: &[Difference], most: Option<usize>) -> Table {
    let columns = vec![
        Column::key("path", "Where"),
        Column::key("of", "Of"),
        Column::figure("saved", "Saved"),
        Column::figure("now", "Now"),
    ];
    let row = |one: &Difference| {
        Row::body(vec![
            Cell::text(&one.path),
            Cell::text(&one.of),
            Cell::or_blank(one.saved.as_ref(), Cell::text),
            Cell::or_blank(one.now.as_ref(), Cell::text),
        ])
    };
    let most = most.unwrap_or(differences.len());
    let notes = differences.len().checked_sub(most).filter(|more| *more > 0);
    let notes = notes.map(|more| format!("And {more} more; --format csv or json lists all."));
    Table::new("differences", "What is not as it was saved", columns, differences.iter().take(most).map(row).collect())
        .noted(notes)
}

fn files(files: &[FileChange]) -> Table {
    let columns = vec![
        Column::key("file", "File"),
        Column::figure("state", "Is"),
        Column::figure("meaning", "That is"),
        Column::figure("was", "SHA-256 then").unshown(),
        Column::figure("now", "SHA-256 now").unshown(),
    ];
    let row = |file: &FileChange| {
        Row::body(vec![
            Cell::text(&file.path),
            Cell::text(file.state.as_str()),
            Cell::text(file.state.meaning()),
            Cell::or_blank(file.was.as_ref(), Cell::text),
            Cell::or_blank(file.now.as_ref(), Cell::text),
        ])
    };
    let mut sorted: Vec<&FileChange> = files.iter().collect();
    sorted.sort_by_key(|file| (file.state, &file.path));
    let title = "Files of the ledger that are not as they were";
    Table::new("files", title, columns, sorted.into_iter().map(row).collect())
}
