//! What a report rests on, and one digest of it.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::calendar::{Day, Instant};
use crate::facts::{self, Fact, text};
use crate::ledger::{Control, Ledger, LedgerError, Redirection, hex};
use crate::statement::{Statement, StatementError};

/// The files a report was computed from, and one digest of what they say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Manifest {
    /// The program that computed it, for information; not part of the digest.
    pub program: String,
    /// Every file of the ledger that was read, as it stood.
    pub files: Vec<ManifestFile>,
    /// SHA-256, in small hex, of the canonical facts known at the cut-off, the parameters and the statement.
    pub digest: String,
}

/// One file of a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ManifestFile {
    /// Its path in the ledger folder.
    pub path: String,
    /// SHA-256 of its bytes, in small hex.
    pub sha256: String,
    /// Its size.
    pub bytes: u64,
}

/// Begins the text a digest is taken of; another text gets another number.
const DIGEST: &str = "respend digest 1";

/// Returns the manifest of a report whose JSON without it is `body`.
///
/// The digest is taken of lines that each end in a line feed: the words `respend digest 1`; the parameters as a JSON
/// array; every fact known at the cut-off as a JSON array of texts, in the order of their bytes; every effective
/// figure of spend up to the cut-off day as a JSON array, in the order of day, platform, account, currency and
/// campaign; and `body`. Rows and files may be ordered or formatted otherwise without changing it.
pub(super) fn manifest(
    ledger: &Ledger,
    statement: &Statement,
    as_known: Option<Instant>,
    body: &str,
) -> Result<Manifest, StatementError> {
    let mut hash = Sha256::new();
    let mut line = |text: &str| {
        hash.update(text.as_bytes());
        hash.update(b"\n");
    };
    line(DIGEST);
    let parameters = [
        statement.period.start().to_string(),
        statement.period.last().to_string(),
        statement.as_of.to_string(),
        text(as_known),
    ];
    line(&facts::array(&parameters));
    for fact in facts(ledger, statement.as_known) {
        line(&fact);
    }
    spend(ledger, statement, statement.as_of, &mut line)?;
    line(body);
    let digest = hex(&hash.finalize());
    let files = ledger.files()?.into_iter().map(|(path, sha256, bytes)| ManifestFile { path, sha256, bytes }).collect();
    Ok(Manifest { program: concat!("respend ", env!("CARGO_PKG_VERSION")).into(), files, digest })
}

/// Every fact known at the cut-off, a line each, in the order of their bytes.
fn facts(ledger: &Ledger, as_known: Option<Instant>) -> Vec<String> {
    let redirections: Vec<Redirection> = ledger.redirections().iter().map(|one| one.known(as_known)).collect();
    let mut all = facts::settings(ledger, as_known, &redirections);
    for line in ledger.lines(as_known) {
        all.extend(line.entries.iter().map(|entry| facts::budget(ledger, &line, entry)));
    }
    let cut = |recorded: Option<Instant>| as_known.is_none_or(|known| recorded <= Some(known));
    let rows = ledger.restriction_rows().iter().filter(|row| cut(row.recorded));
    all.extend(rows.map(|row| facts::restriction(ledger, row)));
    for redirection in &redirections {
        all.extend(redirection.events.iter().map(|event| facts::redirection(redirection, event)));
    }
    all.extend(ledger.encumbrances(as_known).iter().map(facts::encumbrance));
    let mut lines: Vec<String> = all.iter().map(Fact::line).collect();
    lines.sort();
    lines
}

fn spend(ledger: &Ledger, statement: &Statement, last: Day, line: &mut impl FnMut(&str)) -> Result<(), LedgerError> {
    let mut stream = ledger.spend(statement.as_known, Control::Hash).until(last);
    while let Some(day) = stream.next_day()? {
        if day.day.last_day() <= last {
            facts::spend(ledger, &day).iter().for_each(|fact| line(&fact.line()));
        }
    }
    Ok(())
}
