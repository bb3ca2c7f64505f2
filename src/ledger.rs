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
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod history;
mod imports;
mod init;
mod late;
mod limits;
mod lock;
mod mixed;
mod onward;
mod parts;
mod problem;
mod progress;
mod rates;
mod redirections;
mod restated;
mod restrictions;
mod revoke;
mod rollup;
mod rollup_row;
mod rows;
mod scenario;
mod settings;
mod spend;
mod steps;
mod take_rates;
mod undecided;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, Read};
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
pub use history::Recorded;
pub use imports::{Absent, Import, ImportRecord, RecordedAccount, RecordedExclusion, RecordedTotal};
pub use init::init;
pub use late::{Late, late};
pub(crate) use mixed::Grains;
pub use problem::{LedgerError, Place, Problem};
pub use progress::{Approval, Payment, Progress, State};
pub use rates::{PublishedRate, RateKind, RateSeries};
pub use redirections::{Event, EventKind, Redirection};
pub use restated::Restated;
pub use restrictions::{Restriction, RestrictionKind, Status};
pub use revoke::{Revocation, Revoked, revoke};
pub use rollup_row::RollupRow;
pub use scenario::{Scenario, SpendAhead};
pub use settings::{AccountSetting, Cause, Destination, DestinationKind, Policy, PolicyBasis, Settings, Takes, Target};
pub use spend::{Campaign, DaySpend, SpendKey, SpendStream, Spent};
pub use steps::RedirectionStep;
pub use take_rates::{TakenRates, take_rates};

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
    rates: rates::Rates,
    /// The lines of `budgets.csv` with what approvals that were cut short left there.
    left_behind: Vec<u64>,
}

/// The settings, and the logs that commands append to or people write.
const LOGS: [&str; 6] =
    [settings::FILE, budgets::FILE, restrictions::FILE, redirections::FILE, encumbrances::FILE, closes::FILE];

/// Returns whether a path names a file that a ledger in that folder keeps its facts in, there or not.
pub fn is_kept(path: &Path) -> bool {
    let named = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let folder = path.parent().unwrap_or(Path::new(""));
    let is_ledger = |folder: &Path| folder.join(settings::FILE).is_file();
    let is_inside = [imports::FOLDER, closes::FOLDER, rates::FOLDER, "evidence"].contains(&named(folder).as_str());
    (LOGS.contains(&named(path).as_str()) && is_ledger(folder))
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

/// Returns the SHA-256 of what is read in small hex, as records have it of their exports.
pub fn sha256_of(input: &mut dyn BufRead) -> io::Result<String> {
    hashed(input).map(|(sha256, _)| sha256)
}

/// Returns the SHA-256 and the size of what is read.
pub(crate) fn hashed(input: &mut dyn BufRead) -> io::Result<(String, u64)> {
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
    /// Reads a ledger folder as it stands at one moment, whoever writes to it meanwhile. All that is wrong in its files
    /// is answered together.
    pub fn open(dir: &Path) -> Result<Ledger, LedgerError> {
        Ledger::read(folder::Folder::open(dir)?)
    }

    /// Reads a ledger folder, and every rollup in it, which others read when they need it. All that is wrong is
    /// answered together.
    pub fn open_whole(dir: &Path) -> Result<Ledger, LedgerError> {
        let folder = folder::Folder::open(dir)?;
        let (ledger, mut problems) = match Ledger::read(folder.clone()) {
            Ok(ledger) => (Some(ledger), Vec::new()),
            Err(LedgerError::Invalid(problems)) => (None, problems),
            Err(error) => return Err(error),
        };
        // What is wrong with records was said above.
        let imports = imports::read(&folder, &mut Vec::new())?;
        problems.extend(imports.iter().filter_map(|import| control::damage(&folder, import)));
        problems.sort();
        ledger.filter(|_| problems.is_empty()).ok_or(LedgerError::Invalid(problems))
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
        let rates = rates::read(&folder, &mut problems)?;
        let Some(settings) = settings else {
            problems.sort();
            return Err(LedgerError::Invalid(problems));
        };
        let redirections = match logs(redirections::FILE)? {
            Some(bytes) => redirections::read(&bytes, &settings, &lines, plan_is_sound, &mut problems),
            None => Vec::new(),
        };

        let mut accounts = accounts::Accounts::new(&settings.accounts);
        let of_lines =
            lines.iter().map(|line| (&line.scope, line.entries.iter().map(|entry| entry.recorded).min().flatten()));
        let of_restrictions = restrictions.iter().map(|restriction| (&restriction.scope, restriction.recorded));
        let named = of_lines
            .chain(of_restrictions)
            .filter_map(|(scope, recorded)| Some((recorded, &scope.platform, scope.account.as_deref()?)));
        let imported = imports.iter().flat_map(|import| {
            let recorded = Some(import.recorded);
            import.accounts.iter().map(move |(platform, account)| (recorded, platform, account.as_str()))
        });
        accounts.learn(named.chain(imported));
        lines.iter_mut().for_each(|line| accounts.settle(&mut line.scope));
        budgets::overlaps(&lines, &mut problems);
        restrictions.iter_mut().for_each(|restriction| accounts.settle(&mut restriction.scope));

        let left_behind = take_left_behind(&mut lines, &redirections);

        let ledger = Ledger {
            folder,
            settings,
            accounts,
            lines,
            restrictions,
            redirections,
            encumbrances,
            closes,
            imports,
            rates,
            left_behind,
        };
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
            if self.redirections.binary_search_by(|redirection| redirection.id.as_str().cmp(reference)).is_err() {
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
            line.own = budgets::own(&line.entries);
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

    /// Returns every row of the log of closes, oldest first.
    pub fn closes(&self) -> &[Close] {
        &self.closes
    }

    /// Returns the last rate of a pair that is of a day or before it, by the word of the company or of the bank.
    pub fn latest_rate(&self, kind: RateKind, base: Currency, quote: Currency, day: Day) -> Option<PublishedRate> {
        self.rates.latest(kind, base, quote, day)
    }

    /// Returns every rate the ledger holds, by who says it, pair and day. Rates have no day of record: they are known
    /// from the start.
    pub fn published_rates(&self) -> impl Iterator<Item = PublishedRate> {
        self.rates.all()
    }

    /// Returns of which pairs the ledger holds rates, and of which days.
    pub fn rate_series(&self) -> Vec<RateSeries> {
        self.rates.series()
    }

    fn rates(&self) -> &rates::Rates {
        &self.rates
    }

    /// Opens the text a period was sealed with; `None` where it is not there.
    pub fn open_text(&self, file: &str) -> Result<Option<Box<dyn BufRead>>, LedgerError> {
        self.folder.open_file(file)
    }

    /// Returns the files of the texts that periods were sealed with, by name; other files among them are passed over.
    pub fn text_files(&self) -> Result<Vec<String>, LedgerError> {
        let mut files = self.folder.list(closes::FOLDER, ".txt")?;
        files.retain(|file| closes::is_text_file(file));
        Ok(files)
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
    pub fn spend(&self, as_known: Option<Instant>, control: Control) -> SpendStream<'_> {
        SpendStream::open(&self.folder, &self.accounts, &self.imports(as_known), control)
    }

    /// Returns the spend of one import as a stream of days, whether or not it counts.
    pub fn spend_of<'a>(&'a self, import: &'a Import) -> SpendStream<'a> {
        SpendStream::open(&self.folder, &self.accounts, &[import], Control::Hash)
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
        self.extent_known(None)
    }

    /// Returns all days the ledger spoke of by what was known then.
    pub fn extent_known(&self, as_known: Option<Instant>) -> Option<Period> {
        let is_known = |line: &&Line| line.entries.iter().any(|entry| known(entry.recorded, as_known));
        let lines = || self.lines.iter().filter(is_known).map(|line| line.period);
        let periods = || lines().chain(self.imports_taken(as_known).into_iter().map(|import| import.covered));
        Period::new(periods().map(Period::start).min()?, periods().map(Period::end).max()?)
    }

    /// Returns the one spelling of an account that stands for all of them.
    pub fn account_spelling(&self, platform: &Platform, account: &str) -> String {
        self.accounts.spelling(platform, account)
    }

    /// Returns an account without punctuation: the same for all its spellings, whichever of them stands for it.
    pub fn account_key(&self, platform: &Platform, account: &str) -> String {
        accounts::key(&self.accounts.spelling(platform, account))
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

    /// Returns the SHA-256 of a file in the folder, as it is now; `None` where there is no such file.
    pub fn sha256_of(&self, file: &str) -> Result<Option<String>, LedgerError> {
        let Some(mut input) = self.folder.open_file(file)? else { return Ok(None) };
        let (sha256, _) = hashed(&mut input).map_err(LedgerError::io("read", self.folder.path(file)))?;
        Ok(Some(sha256))
    }

    /// Returns the files among the imports that belong to none, by name: rollups and revocations without a record.
    pub fn unused_files(&self) -> Result<Vec<String>, LedgerError> {
        imports::unused(&self.folder)
    }

    /// Returns every file whose facts were read, with its SHA-256 and size, by name: what a manifest lists.
    pub fn files(&self) -> Result<Vec<(String, String, u64)>, LedgerError> {
        let mut names: BTreeSet<String> = LOGS.into_iter().map(str::to_owned).collect();
        for import in &self.imports {
            names.insert(import.rollup_file());
            names.insert(import.record_file());
            names.extend(import.revoked.as_ref().map(|_| revoke::file(import.id.as_str())));
        }
        names.extend(self.rates.files.iter().cloned());
        let mut files = Vec::new();
        for name in names {
            let Some(mut input) = self.folder.open_file(&name)? else { continue };
            let (sha256, bytes) = hashed(&mut input).map_err(LedgerError::io("read", self.folder.path(&name)))?;
            files.push((name, sha256, bytes));
        }
        Ok(files)
    }

    /// Returns the SHA-256 of the first bytes of a file that [`Ledger::files`] lists: of what stood there before rows
    /// were added.
    pub fn sha256_of_first(&self, file: &str, bytes: u64) -> Result<String, LedgerError> {
        let failed = || LedgerError::io("read", self.folder.path(file));
        let input = self.folder.open_file(file)?.ok_or_else(|| failed()(io::ErrorKind::NotFound.into()))?;
        let (sha256, _) = hashed(&mut input.take(bytes)).map_err(failed())?;
        Ok(sha256)
    }
}

/// Takes out what plan lines would receive from redirections that nobody has approved, and returns where it stood.
///
/// An approval adds to two files, and the second, `redirections.csv`, makes it count. What stands in the first alone
/// is of an approval that was cut short and does not exist.
fn take_left_behind(lines: &mut [Line], redirections: &[Redirection]) -> Vec<u64> {
    let is_proposed_only = |entry: &Entry| {
        let of_it = |one: &&Redirection| entry.reference.as_deref() == Some(one.id.as_str());
        let is_approval = |event: &Event| event.kind == EventKind::Approved;
        redirections.iter().find(of_it).is_some_and(|one| !one.events.iter().any(is_approval))
    };
    let taken = lines.iter_mut().flat_map(|line| {
        line.entries.extract_if(.., |entry| entry.kind == EntryKind::RedirectIn && is_proposed_only(entry))
    });
    taken.map(|entry| entry.place.line).collect()
}

/// Returns the text of a TOML file; where it is none, or a merge left something undecided, says so.
fn utf8(file: &str, bytes: Vec<u8>, problems: &mut Vec<Problem>) -> Option<String> {
    let undecided = undecided::conflicts(file, &bytes);
    if !undecided.is_empty() {
        problems.extend(undecided);
        return None;
    }
    let mend = "save the file as UTF-8".to_owned();
    let what = |_| Problem { place: Place::top_of(file), what: "the text is not UTF-8".into(), mend };
    String::from_utf8(bytes).map_err(|error| problems.push(what(error))).ok()
}
