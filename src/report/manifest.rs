//! What a report rests on, and one digest of it.

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::calendar::{Day, Instant, Period};
use crate::facts::{self, Fact, text};
use crate::ledger::{Control, Ledger, LedgerError, Redirection, hex};

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

/// What a report rests on, hashed as far as that can be done before the report is there.
pub(super) struct Basis {
    files: Vec<ManifestFile>,
    hash: Sha256,
}

impl Basis {
    /// Reads what a report rests on; `as_known` is what the report says it to be, `cut_off` what facts are cut by.
    pub(super) fn of(
        ledger: &Ledger,
        period: Period,
        as_of: Day,
        as_known: Option<Instant>,
        cut_off: Option<Instant>,
    ) -> Result<Basis, LedgerError> {
        let mut hash = Sha256::new();
        let mut line = |text: &str| {
            hash.update(text.as_bytes());
            hash.update(b"\n");
        };
        line(DIGEST);
        line(&facts::array(&[
            period.start().to_string(),
            period.last().to_string(),
            as_of.to_string(),
            text(as_known),
        ]));
        facts(ledger, cut_off).iter().for_each(|fact| line(fact));
        spend(ledger, as_of, cut_off, &mut line)?;
        let files = ledger.files()?.into_iter().map(|(path, sha256, bytes)| ManifestFile { path, sha256, bytes });
        Ok(Basis { files: files.collect(), hash })
    }

    /// Returns the manifest of the report whose JSON without it is `body`.
    ///
    /// The digest is taken of lines that each end in a line feed: the words `respend digest 1`; the parameters as a JSON
    /// array; every fact known at the cut-off as a JSON array of texts, in the order of their bytes; every effective
    /// figure of spend up to the cut-off day as a JSON array, in the order of day, platform, account, currency and
    /// campaign; and `body`. Rows and files may be ordered or formatted otherwise without changing it.
    pub(super) fn manifest(mut self, body: &str) -> Manifest {
        self.hash.update(body.as_bytes());
        self.hash.update(b"\n");
        let program = concat!("respend ", env!("CARGO_PKG_VERSION")).into();
        Manifest { program, files: self.files, digest: hex(&self.hash.finalize()) }
    }
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

fn spend(
    ledger: &Ledger,
    last: Day,
    as_known: Option<Instant>,
    line: &mut impl FnMut(&str),
) -> Result<(), LedgerError> {
    let mut stream = ledger.spend(as_known, Control::Hash).until(last);
    while let Some(day) = stream.next_day()? {
        if day.day.last_day() <= last {
            facts::spend(ledger, &day, &mut *line);
        }
    }
    Ok(())
}
