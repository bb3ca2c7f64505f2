//! The ledger folder: facts in plain files, read and validated whole, changed through one door.
//!
//! Knows files, rows and the rules that hold between facts. Knows nothing of what follows from them: it computes no
//! plan, no blocked amount and no report.

mod accept;
mod accounts;
mod budgets;
mod change;
mod closes;
mod control;
mod difference;
mod encumbrances;
mod folder;
mod imports;
mod init;
mod mixed;
mod parts;
mod problem;
mod progress;
mod redirections;
mod restated;
mod restrictions;
mod revoke;
mod rollup;
mod rows;
mod settings;
mod spend;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::calendar::{Day, FiscalYear, Instant, Period};
use crate::money::Currency;
use crate::scope::{Platform, Scope};

pub use accept::{Acceptance, Consent, accept};
pub use budgets::{Basis, Entry, EntryKind, Line};
pub use change::{Change, Log};
pub use closes::{Close, CloseEvent};
pub use control::Control;
pub use encumbrances::Encumbrance;
pub use imports::{Absent, Import, ImportRecord, RecordedAccount, RecordedExclusion, RecordedTotal};
pub use init::init;
pub(crate) use mixed::Grains;
pub use problem::{LedgerError, Place, Problem};
pub use progress::{Approval, Payment, Progress, State};
pub use redirections::{Event, EventKind, Redirection};
pub use restated::Restated;
pub use restrictions::{Restriction, RestrictionKind, Status};
pub use revoke::{Revocation, Revoked, revoke};
pub use settings::{AccountSetting, Cause, Destination, DestinationKind, Policy, PolicyBasis, Settings, Takes, Target};
pub use spend::{Campaign, DaySpend, SpendKey, SpendStream, Spent};

/// A ledger, read and found valid.
///
/// What was known at a moment is asked for with `as_known`; `None` asks for all there is. Spend is not held: it is
/// read as a stream ([`Ledger::spend`]).
#[derive(Clone, Debug)]
pub struct Ledger {
    folder: folder::Folder,
    settings: Settings,
    accounts: accounts::Accounts,
    lines: Vec<Line>,
    restrictions: Vec<Restriction>,
    redirections: Vec<Redirection>,
    encumbrances: Vec<Encumbrance>,
    closes: Vec<Close>,
    imports: Vec<Import>,
}

/// Returns whether a path names a file that a ledger in that folder keeps its facts in, there or not.
pub fn is_kept(path: &Path) -> bool {
    let named = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new(""));
    let logs =
        [settings::FILE, budgets::FILE, restrictions::FILE, redirections::FILE, encumbrances::FILE, closes::FILE];
    let is_ledger = |folder: &Path| folder.join(settings::FILE).is_file();
    let is_inside = [imports::FOLDER, "evidence"].contains(&named(folder).as_str());
    (logs.contains(&named(path).as_str()) && is_ledger(folder))
        || (is_inside && is_ledger(folder.parent().unwrap_or(Path::new(""))))
}

/// Whether something recorded then was known at a cut-off; what has no date was known from the start.
fn known(recorded: Option<Instant>, as_known: Option<Instant>) -> bool {
    as_known.is_none_or(|cut_off| recorded <= Some(cut_off))
}

/// Returns the SHA-256 of bytes in small hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Returns bytes in small hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the SHA-256 and the size of what is read.
fn hashed(input: &mut dyn BufRead) -> io::Result<(String, u64)> {
    let (mut hash, mut size) = (Sha256::new(), 0_u64);
    loop {
        let block = input.fill_buf()?;
        if block.is_empty() {
            return Ok((hex(&hash.finalize()), size));
        }
        hash.update(block);
        let used = block.len();
        size += used as u64;
        input.consume(used);
    }
}

impl Ledger {
    /// Reads a ledger folder. All that is wrong in its files is answered together.
    pub fn open(dir: &Path) -> Result<Ledger, LedgerError> {
        Ledger::read(folder::Folder::new(dir))
    }

    fn read(folder: folder::Folder) -> Result<Ledger, LedgerError> {
        let Some(settings) = folder.read(settings::FILE)? else {
            return Err(LedgerError::NotALedger(folder.dir().to_owned()));
        };
        let mut problems = Vec::new();
        let settings =
            utf8(settings::FILE, settings, &mut problems).and_then(|text| settings::read(&text, &mut problems));
        // Without settings the other files are read all the same, for what is wrong in their rows.
        let fiscal_year = settings.as_ref().map_or(FiscalYear::CALENDAR, |settings| settings.fiscal_year);
        let logs = |file: &str| folder.read(file);
        let mut lines = match logs(budgets::FILE)? {
            Some(bytes) => budgets::read(&bytes, &fiscal_year, &mut problems),
            None => Vec::new(),
        };
        let mut restrictions = match logs(restrictions::FILE)? {
            Some(bytes) => restrictions::read(&bytes, &mut problems),
            None => Vec::new(),
        };
        // Where the plan itself has errors, a line that is missing would only repeat them.
        let plan_is_sound = !problems.iter().any(|problem| problem.place.file == budgets::FILE);
        let encumbrances = match logs(encumbrances::FILE)? {
            Some(bytes) => encumbrances::read(&bytes, &lines, plan_is_sound, &mut problems),
            None => Vec::new(),
        };
        let closes = match logs(closes::FILE)? {
            Some(bytes) => closes::read(&bytes, &fiscal_year, &mut problems),
            None => Vec::new(),
        };
        let imports = imports::read(&folder, &mut problems)?;
        let Some(settings) = settings else {
            problems.sort();
            return Err(LedgerError::Invalid(problems));
        };
        let redirections = match logs(redirections::FILE)? {
            Some(bytes) => redirections::read(&bytes, &settings, &lines, plan_is_sound, &mut problems),
            None => Vec::new(),
        };

        let mut accounts = accounts::Accounts::new(&settings.accounts);
        let scopes =
            lines.iter().map(|line| &line.scope).chain(restrictions.iter().map(|restriction| &restriction.scope));
        let named = scopes.filter_map(|scope| Some((&scope.platform, scope.account.as_deref()?)));
        let imported = imports
            .iter()
            .flat_map(|import| import.accounts.iter().map(|(platform, account)| (platform, account.as_str())));
        accounts.learn(named.chain(imported));
        lines.iter_mut().for_each(|line| accounts.settle(&mut line.scope));
        budgets::overlaps(&lines, &mut problems);
        restrictions.iter_mut().for_each(|restriction| accounts.settle(&mut restriction.scope));

        let ledger =
            Ledger { folder, settings, accounts, lines, restrictions, redirections, encumbrances, closes, imports };
        ledger.check_platforms(&mut problems);
        if plan_is_sound {
            ledger.check_received(&mut problems);
        }
        if problems.is_empty() {
            return Ok(ledger);
        }
        problems.sort();
        problems.dedup();
        Err(LedgerError::Invalid(problems))
    }

    /// Every platform is one of the known, or the ledger names it.
    fn check_platforms(&self, problems: &mut Vec<Problem>) {
        let used = self.lines.iter().map(|line| (&line.scope, &line.place));
        let used = used.chain(self.restrictions.iter().map(|restriction| (&restriction.scope, &restriction.place)));
        for (scope, place) in used.filter(|(scope, _)| !self.knows_platform(&scope.platform)) {
            problems.push(Problem {
                place: place.clone(),
                what: format!("`{}` is no platform this ledger knows", scope.platform),
                mend: format!(
                    "known are {}; to use another, name one of its accounts in ledger.toml: [accounts.\"{}/<account>\"]",
                    Platform::KNOWN.join(", "),
                    scope.platform
                ),
            });
        }
    }

    /// What a plan line received from a redirection names a redirection of the ledger, each once.
    fn check_received(&self, problems: &mut Vec<Problem>) {
        let entries = self.lines.iter().flat_map(|line| &line.entries);
        let mut received: BTreeMap<&str, &Place> = BTreeMap::new();
        for entry in entries.filter(|entry| entry.kind == EntryKind::RedirectIn) {
            let reference = entry.reference.as_deref().unwrap_or("");
            if !self.redirections.iter().any(|redirection| redirection.id.as_str() == reference) {
                problems.push(Problem {
                    place: entry.place.clone(),
                    what: format!("a redirect-in names the redirection `{reference}`, which does not exist"),
                    mend: "its reference is the id of a redirection in redirections.csv".into(),
                });
            }
            if let Some(other) = received.insert(reference, &entry.place) {
                problems.push(Problem {
                    place: other.max(&entry.place).clone(),
                    what: format!(
                        "redirection `{reference}` brings its amount a second time (the other at {})",
                        other.min(&entry.place)
                    ),
                    mend: "remove one of the two redirect-in entries".into(),
                });
            }
        }
    }

    /// Returns whether a platform is one of the known, or named by this ledger's settings.
    pub fn knows_platform(&self, platform: &Platform) -> bool {
        platform.is_known() || self.settings.accounts.iter().any(|setting| setting.platform == *platform)
    }

    /// Returns the folder.
    pub fn dir(&self) -> &Path {
        self.folder.dir()
    }

    /// Returns what holds for the whole ledger.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the latest moment anything was recorded.
    pub fn latest_recorded(&self) -> Option<Instant> {
        let entries = self.lines.iter().flat_map(|line| line.entries.iter().filter_map(|entry| entry.recorded));
        let restrictions = self.restrictions.iter().filter_map(|restriction| restriction.recorded);
        let events = self
            .redirections
            .iter()
            .flat_map(|redirection| redirection.events.iter().filter_map(|event| event.recorded));
        let encumbrances = self.encumbrances.iter().filter_map(|encumbrance| encumbrance.recorded);
        entries.chain(restrictions).chain(events).chain(encumbrances).chain(self.spend_recorded()).max()
    }

    /// Returns the latest moment anything was recorded that decides which spend counts, and as what.
    fn spend_recorded(&self) -> Option<Instant> {
        let closes = self.closes.iter().map(|close| close.recorded);
        let imports = self.imports.iter().flat_map(|import| {
            std::iter::once(import.recorded).chain(import.revoked.as_ref().map(|revoked| revoked.recorded))
        });
        closes.chain(imports).max()
    }

    /// Returns the plan lines with the entries known then, by id; a line none of whose entries was known is not there.
    pub fn lines(&self, as_known: Option<Instant>) -> Vec<Line> {
        let mut lines = self.lines.clone();
        for line in &mut lines {
            line.entries.retain(|entry| known(entry.recorded, as_known));
        }
        lines.retain(|line| !line.entries.is_empty());
        lines
    }

    /// Returns the restrictions as they were known then, by id: of each the latest row, unless it is void.
    pub fn restrictions(&self, as_known: Option<Instant>) -> Vec<Restriction> {
        let mut latest = BTreeMap::new();
        for restriction in self.restrictions.iter().filter(|restriction| known(restriction.recorded, as_known)) {
            latest.insert(&restriction.id, restriction);
        }
        latest.into_values().filter(|restriction| restriction.status == Status::Active).cloned().collect()
    }

    /// Returns every row of the restrictions' log, oldest first.
    pub fn restriction_rows(&self) -> &[Restriction] {
        &self.restrictions
    }

    /// Returns the redirections, by id; [`Redirection::progress`] cuts their events.
    pub fn redirections(&self) -> &[Redirection] {
        &self.redirections
    }

    /// Returns the open orders as they were known then, by line and reference.
    pub fn encumbrances(&self, as_known: Option<Instant>) -> Vec<Encumbrance> {
        let mut latest = BTreeMap::new();
        for encumbrance in self.encumbrances.iter().filter(|encumbrance| known(encumbrance.recorded, as_known)) {
            latest.insert((&encumbrance.line, &encumbrance.reference), encumbrance);
        }
        latest.into_values().cloned().collect()
    }

    /// Returns the imports known then and not revoked, oldest first.
    pub fn imports(&self, as_known: Option<Instant>) -> Vec<&Import> {
        let mut imports = self.imports_taken(as_known);
        imports.retain(|import| import.revoked_by(as_known).is_none());
        imports
    }

    /// Returns every import known then, those revoked too, oldest first.
    pub fn imports_taken(&self, as_known: Option<Instant>) -> Vec<&Import> {
        self.imports.iter().filter(|import| known(Some(import.recorded), as_known)).collect()
    }

    /// Returns the periods that were closed then: of each the close in force, in the order of their days.
    pub fn closed(&self, as_known: Option<Instant>) -> Vec<&Close> {
        let mut latest = BTreeMap::new();
        for close in self.closes.iter().filter(|close| known(Some(close.recorded), as_known)) {
            latest.insert(close.period, close);
        }
        latest.into_values().filter(|close| close.event == CloseEvent::Close).collect()
    }

    /// Returns the spend known then as a stream of days.
    pub fn spend(&self, as_known: Option<Instant>, control: Control) -> Result<SpendStream<'_>, LedgerError> {
        SpendStream::open(&self.folder, &self.accounts, &self.imports(as_known), control)
    }

    /// Returns whether an import speaks for an account, in any of its spellings; for any account where none is asked for.
    pub fn speaks_for(&self, import: &Import, platform: &Platform, account: Option<&str>) -> bool {
        import.accounts.iter().any(|(known, spelled)| {
            known == platform && account.is_none_or(|asked| self.accounts.spelling(known, spelled) == asked)
        })
    }

    /// Returns the days for which some import known then speaks for a scope at a cut-off day, as separate periods in
    /// order.
    pub fn covered(&self, scope: &Scope, as_of: Day, as_known: Option<Instant>) -> Vec<Period> {
        let speaks = |import: &&Import| self.speaks_for(import, &scope.platform, scope.account.as_deref());
        let mut periods: Vec<Period> =
            self.imports(as_known).into_iter().filter(speaks).filter_map(|import| import.covered_at(as_of)).collect();
        periods.sort();
        let mut union: Vec<Period> = Vec::new();
        for period in periods {
            match union.last_mut() {
                Some(last) if period.start() <= last.end() => {
                    *last = Period::new(last.start(), last.end().max(period.end())).unwrap_or(*last);
                }
                _ => union.push(period),
            }
        }
        union
    }

    /// Returns all days the ledger speaks of: those of its plan lines and its imports.
    pub fn extent(&self) -> Option<Period> {
        let periods =
            || self.lines.iter().map(|line| line.period).chain(self.imports.iter().map(|import| import.covered));
        Period::new(periods().map(Period::start).min()?, periods().map(Period::end).max()?)
    }

    /// Returns the one spelling of an account that stands for all of them.
    pub fn account_spelling(&self, platform: &Platform, account: &str) -> String {
        self.accounts.spelling(platform, account)
    }

    /// Returns the currency the ledger declares for an account.
    pub fn account_currency(&self, platform: &Platform, account: &str) -> Option<Currency> {
        self.accounts.currency(platform, account)
    }

    /// Returns the ledger's own profiles: name without ending, and TOML text.
    pub fn profiles(&self) -> Result<Vec<(String, String)>, LedgerError> {
        let (mut profiles, mut problems) = (Vec::new(), Vec::new());
        for file in self.folder.list("profiles", ".toml")? {
            let bytes = self.folder.read(&file)?.unwrap_or_default();
            let name = file.trim_start_matches("profiles/").trim_end_matches(".toml").to_owned();
            profiles.extend(utf8(&file, bytes, &mut problems).map(|toml| (name, toml)));
        }
        if problems.is_empty() { Ok(profiles) } else { Err(LedgerError::Invalid(problems)) }
    }

    /// Returns every file whose facts were read, with its SHA-256 and size, by name: what a manifest lists.
    pub fn files(&self) -> Result<Vec<(String, String, u64)>, LedgerError> {
        let logs =
            [settings::FILE, budgets::FILE, restrictions::FILE, redirections::FILE, encumbrances::FILE, closes::FILE];
        let mut names: BTreeSet<String> = logs.into_iter().map(str::to_owned).collect();
        for import in &self.imports {
            names.insert(import.rollup_file());
            names.insert(import.record_file());
            names.extend(import.revoked.as_ref().map(|_| revoke::file(import.id.as_str())));
        }
        let mut files = Vec::new();
        for name in names {
            let Ok(mut input) = self.folder.open(&name) else { continue };
            let (sha256, bytes) = hashed(&mut input).map_err(LedgerError::io("read", self.folder.path(&name)))?;
            files.push((name, sha256, bytes));
        }
        Ok(files)
    }
}

fn utf8(file: &str, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Option<String> {
    let mend = "save the file as UTF-8".to_owned();
    let what = |_| Problem { place: Place::top_of(file), what: "the text is not UTF-8".into(), mend };
    String::from_utf8(bytes).map_err(|error| problems.push(what(error))).ok()
}
