//! Ledgers for tests: a few words a row, written into a folder of their own, read back through the library.
//!
//! A row is told as `column=value` words; what is not told is an empty cell. A scope is told as a path: `x`, `x/main`,
//! `x/main/spring`, `x/*/spring`.
#![allow(dead_code, unreachable_pub)] // every test file uses a part
#![allow(clippy::unwrap_used, clippy::panic)]

pub mod random;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use respend::ledger::{Ledger, LedgerError};
use respend::statement::{Figure, Figures, LineStatement, RedirectionStatement, Statement, StatementError};
use respend::{Cost, Day, Instant, Period, Totals};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// The columns of a log, and a row of it as cells.
type Log = (&'static str, &'static [&'static str]);

pub const BUDGETS: Log = (
    "budgets.csv",
    &[
        "line",
        "entry",
        "period",
        "platform",
        "account",
        "campaign",
        "currency",
        "amount",
        "effective",
        "recorded",
        "by",
        "basis",
        "reference",
        "note",
    ],
);
pub const RESTRICTIONS: Log = (
    "restrictions.csv",
    &[
        "id",
        "kind",
        "platform",
        "account",
        "campaign",
        "from",
        "until",
        "share",
        "recorded",
        "status",
        "note",
        "notified",
        "evidence",
        "evidence_sha256",
    ],
);
pub const REDIRECTIONS: Log = (
    "redirections.csv",
    &[
        "id",
        "event",
        "date",
        "recorded",
        "line",
        "destination",
        "amount",
        "by",
        "reference",
        "condition",
        "from",
        "policy",
    ],
);
pub const ENCUMBRANCES: Log = ("encumbrances.csv", &["line", "reference", "date", "amount", "recorded"]);
const LOGS: [Log; 4] = [BUDGETS, RESTRICTIONS, REDIRECTIONS, ENCUMBRANCES];

/// A ledger that is being written.
#[derive(Clone, Debug)]
pub struct Books {
    settings: String,
    tables: String,
    /// The rows of each of [`LOGS`], as text.
    pub rows: [Vec<String>; 4],
    spend: Vec<Spend>,
    /// Further files, with their text.
    files: Vec<(String, String)>,
}

/// A ledger in its folder, which goes when this does.
pub struct Shelf {
    pub ledger: Ledger,
    _folder: TempDir,
}

impl Books {
    /// An empty ledger in USD, by the calendar year.
    pub fn new() -> Books {
        let settings = "format = 1\nname = \"Test\"\ncurrency = \"USD\"\n".to_owned();
        Books { settings, tables: String::new(), rows: Default::default(), spend: Vec::new(), files: Vec::new() }
    }

    /// Adds a line of settings.
    pub fn setting(mut self, toml: &str) -> Books {
        writeln!(self.settings, "{toml}").unwrap();
        self
    }

    /// Adds a table of settings.
    pub fn table(mut self, toml: &str) -> Books {
        writeln!(self.tables, "{toml}").unwrap();
        self
    }

    /// Declares a destination.
    pub fn destination(self, id: &str, kind: &str) -> Books {
        self.table(&format!("[[destination]]\nid = \"{id}\"\nkind = \"{kind}\""))
    }

    /// Opens a plan line with an amount such as `94500.00 USD`.
    pub fn plan(self, line: &str, scope: &str, period: &str, amount: &str) -> Books {
        let (amount, currency) = amount.split_once(' ').expect("amount and currency");
        self.budget(&format!(
            "line={line} entry=original period={period} scope={scope} currency={currency} amount={amount} basis=given"
        ))
    }

    /// Changes a plan line from a day on.
    pub fn amend(self, line: &str, by: &str, effective: &str) -> Books {
        self.budget(&format!("line={line} entry=amendment amount={by} effective={effective} basis=given"))
    }

    /// Restricts a scope: `ban` or `hold`, on days such as `2018-02-01..2018-07-01` (ads run again on the second), or
    /// `2018-02-01..` without end.
    pub fn restrict(self, kind: &str, id: &str, scope: &str, days: &str) -> Books {
        self.restrict_in_part(kind, id, scope, days, "")
    }

    /// Restricts a scope that is a share of a line.
    pub fn restrict_in_part(self, kind: &str, id: &str, scope: &str, days: &str, share: &str) -> Books {
        let (from, until) = days.split_once("..").expect("days");
        self.restriction(&format!("id={id} kind={kind} scope={scope} from={from} until={until} share={share}"))
    }

    pub fn budget(self, cells: &str) -> Books {
        self.row(0, cells)
    }

    pub fn restriction(self, cells: &str) -> Books {
        self.row(1, cells)
    }

    /// An event of a redirection.
    pub fn event(self, cells: &str) -> Books {
        self.row(2, cells)
    }

    pub fn encumbrance(self, cells: &str) -> Books {
        self.row(3, cells)
    }

    fn row(mut self, log: usize, cells: &str) -> Books {
        let mut known: Vec<(String, String)> = Vec::new();
        for cell in cells.split_whitespace() {
            let (column, value) = cell.split_once('=').expect("column=value");
            if column == "scope" {
                let mut parts = value.split('/').map(|part| if part == "*" { "" } else { part });
                for column in ["platform", "account", "campaign"] {
                    known.push((column.to_owned(), parts.next().unwrap_or("").to_owned()));
                }
            } else {
                known.push((column.to_owned(), value.to_owned()));
            }
        }
        let (_, columns) = LOGS[log];
        assert!(known.iter().all(|(column, _)| columns.contains(&column.as_str())), "{cells}");
        let cell = |column: &&str| known.iter().find(|(known, _)| known == column).map_or("", |(_, value)| value);
        self.rows[log].push(columns.iter().map(cell).collect::<Vec<_>>().join(","));
        self
    }

    /// Takes an export in.
    pub fn spend(mut self, spend: Spend) -> Books {
        self.spend.push(spend);
        self
    }

    /// Puts a file into the folder.
    pub fn file(mut self, name: &str, text: &str) -> Books {
        self.files.push((name.to_owned(), text.to_owned()));
        self
    }

    /// Writes the ledger into a folder.
    pub fn write(&self) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let put = |file: &str, text: &str| fs::write(folder.path().join(file), text).unwrap();
        put("ledger.toml", &format!("{}{}", self.settings, self.tables));
        for ((file, columns), rows) in LOGS.into_iter().zip(&self.rows) {
            let lines: Vec<String> = std::iter::once(columns.join(",")).chain(rows.iter().cloned()).collect();
            put(file, &(lines.join("\n") + "\n"));
        }
        fs::create_dir(folder.path().join("spend")).unwrap();
        for (at, spend) in self.spend.iter().enumerate() {
            let id = format!("{}-{at:012}", spend.last_day);
            put(&format!("spend/{id}.csv"), &spend.rollup());
            put(&format!("spend/{id}.toml"), &spend.record(&id));
            if let Some(recorded) = &spend.revoked {
                put(&format!("spend/{id}.revoked.toml"), &format!("recorded = \"{recorded}\"\nreason = \"wrong\"\n"));
            }
        }
        for (file, text) in &self.files {
            fs::create_dir_all(folder.path().join(file).parent().unwrap()).unwrap();
            put(file, text);
        }
        folder
    }

    /// What stands in a file of the ledger.
    pub fn read(&self, file: &str) -> String {
        fs::read_to_string(self.write().path().join(file)).unwrap()
    }

    /// Writes the ledger and reads it back.
    pub fn open(&self) -> Result<Shelf, LedgerError> {
        let folder = self.write();
        Ok(Shelf { ledger: Ledger::open(folder.path())?, _folder: folder })
    }

    /// The statement of a period at its last day, by all that is known.
    pub fn statement(&self, text: &str) -> Statement {
        let shelf = self.open().unwrap_or_else(|error| panic!("{error}"));
        let period = shelf.period(text);
        shelf.statement(period, period.last(), None).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The statement of a period at a cut-off.
    pub fn statement_at(&self, period: &str, as_of: &str, as_known: Option<&str>) -> Statement {
        let shelf = self.open().unwrap_or_else(|error| panic!("{error}"));
        let as_known = as_known.map(|text| Instant::parse_cut_off(text).unwrap());
        shelf.statement(shelf.period(period), day(as_of), as_known).unwrap_or_else(|error| panic!("{error}"))
    }

    /// What is wrong with the ledger, line by line, be it its files or what follows from them.
    pub fn refusal(&self) -> String {
        let statement = self.open().map_err(StatementError::from).and_then(|shelf| {
            let period = shelf.ledger.extent().expect("a line or an import");
            shelf.statement(period, period.last(), None)
        });
        statement.map(|_| "nothing is wrong".to_owned()).unwrap_or_else(|error| error.to_string())
    }
}

impl Shelf {
    /// Reads a period as the ledger understands it.
    pub fn period(&self, text: &str) -> Period {
        Period::parse(text, &self.ledger.settings().fiscal_year).unwrap()
    }

    /// Computes a statement.
    pub fn statement(
        &self,
        period: Period,
        as_of: Day,
        as_known: Option<Instant>,
    ) -> Result<Statement, StatementError> {
        Statement::of(&self.ledger, period, as_of, as_known)
    }
}

/// One export taken in.
#[derive(Clone, Debug)]
pub struct Spend {
    first_day: String,
    last_day: String,
    recorded: String,
    provisional_from: String,
    absent: &'static str,
    revoked: Option<String>,
    accounts: BTreeSet<(String, String)>,
    /// Day, platform, account, campaign, currency, amount.
    rows: Vec<[String; 6]>,
}

impl Spend {
    /// An export that speaks for days such as `2018-01-01..2018-12-31`.
    pub fn of(days: &str) -> Spend {
        let (first, last) = days.split_once("..").expect("days");
        Spend {
            first_day: first.to_owned(),
            last_day: last.to_owned(),
            recorded: "2019-01-10T09:00:00Z".to_owned(),
            provisional_from: "2199-12-31".to_owned(),
            absent: "keep",
            revoked: None,
            accounts: BTreeSet::new(),
            rows: Vec::new(),
        }
    }

    /// When it was taken in.
    pub fn recorded(self, recorded: &str) -> Spend {
        Spend { recorded: recorded.to_owned(), ..self }
    }

    /// From which day on its figures could still move.
    pub fn provisional_from(self, day: &str) -> Spend {
        Spend { provisional_from: day.to_owned(), ..self }
    }

    /// Says that it is complete: what it does not hold is gone.
    pub fn complete(self) -> Spend {
        Spend { absent: "gone", ..self }
    }

    /// Takes it back.
    pub fn revoked(self, recorded: &str) -> Spend {
        Spend { revoked: Some(recorded.to_owned()), ..self }
    }

    /// Says that it speaks for an account, as `x/main`, with or without a row of it.
    pub fn account(mut self, path: &str) -> Spend {
        let (platform, account) = path.split_once('/').expect("platform/account");
        self.accounts.insert((platform.to_owned(), account.to_owned()));
        self
    }

    /// Adds what a campaign, as `x/main/spring`, cost on a day or in a month, as `12.50 USD`.
    pub fn row(mut self, day: &str, campaign: &str, amount: &str) -> Spend {
        let [platform, account, campaign]: [&str; 3] =
            campaign.split('/').collect::<Vec<_>>().try_into().expect("platform/account/campaign");
        let (amount, currency) = amount.split_once(' ').expect("amount and currency");
        self.rows.push([day, platform, account, campaign, currency, amount].map(str::to_owned));
        self.account(&format!("{platform}/{account}"))
    }

    fn rollup(&self) -> String {
        let mut rows = self.rows.clone();
        rows.sort();
        let mut text = "day,platform,account,campaign,currency,campaign_name,amount,rows,first_row\n".to_owned();
        for [day, platform, account, campaign, currency, amount] in rows {
            writeln!(text, "{day},{platform},{account},{campaign},{currency},{campaign},{amount},1,2").unwrap();
        }
        text
    }

    fn record(&self, id: &str) -> String {
        let Spend { first_day, last_day, recorded, provisional_from, absent, .. } = self;
        let rows = self.rows.len();
        let grain = if self.rows.iter().any(|[day, ..]| day.len() == "2018-03".len()) { "month" } else { "day" };
        let rollup: String =
            Sha256::digest(self.rollup().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let accounts: Vec<String> = self
            .accounts
            .iter()
            .map(|(platform, account)| format!("{{ platform = \"{platform}\", account = \"{account}\" }}"))
            .collect();
        format!(
            r#"id = "{id}"
export = "export.csv"
export_sha256 = ""
export_bytes = 0
recorded = "{recorded}"
platform = "several"
profile = "generic"
encoding = "UTF-8"
delimiter = ","
spend_column = "amount"
unit = "currency"
day_order = "iso"
decimal_mark = "point"
grain = "{grain}"
exported = "{last_day}"
provisional_from = "{provisional_from}"
first_day = "{first_day}"
last_day = "{last_day}"
absent = "{absent}"
rows_read = {rows}
rows_kept = {rows}
blank_rows = 0
excluded_rows = 0
rollup_sha256 = "{rollup}"
account = [{}]
total = [{}]
"#,
            accounts.join(", "),
            self.totals()
        )
    }

    /// The exact sums, as a record lists them.
    fn totals(&self) -> String {
        let mut totals = Totals::default();
        for [.., currency, amount] in &self.rows {
            totals.add(Cost::parse(amount, currency.parse().unwrap()).unwrap()).unwrap();
        }
        let total = |sum: Cost| format!("{{ currency = \"{}\", amount = \"{sum}\" }}", sum.currency());
        totals.iter().map(total).collect::<Vec<_>>().join(", ")
    }
}

/// Reads a day.
pub fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// Finds a line of a statement.
pub fn line<'a>(statement: &'a Statement, id: &str) -> &'a LineStatement {
    statement.lines.iter().find(|line| line.line.id.as_str() == id).unwrap_or_else(|| panic!("no line {id}"))
}

/// Finds a redirection of a statement.
pub fn redirection<'a>(statement: &'a Statement, id: &str) -> &'a RedirectionStatement {
    let found = statement.redirections.iter().find(|one| one.redirection.id.as_str() == id);
    found.unwrap_or_else(|| panic!("no redirection {id}"))
}

/// Finds a figure by its key.
pub fn figure(key: &str) -> Figure {
    let all = Figure::OF_A_LINE.into_iter().chain(Figure::OF_A_SUM);
    all.into_iter().find(|figure| figure.key() == key).unwrap_or_else(|| panic!("no figure {key}"))
}

/// Checks figures told as `plan 94500.00, free 0.00`.
#[track_caller]
pub fn expect(figures: &Figures, told: &str) {
    let shown: Vec<String> = told
        .split(", ")
        .map(|pair| pair.split_once(' ').expect("figure and amount").0)
        .map(|key| format!("{key} {}", figures.get(figure(key))))
        .collect();
    assert_eq!(shown.join(", "), told);
}

/// Shows what each restriction blocks of a line: `a 15275.34, b 7767.12`.
pub fn causes(line: &LineStatement) -> String {
    let shown: Vec<String> = line.blocked_by.iter().map(|((_, id), amount)| format!("{id} {amount}")).collect();
    shown.join(", ")
}

/// Shows one figure of every month of a line, those that are zero too.
pub fn months(line: &LineStatement, key: &str) -> String {
    let shown: Vec<String> = line.months.iter().map(|month| month.figures.get(figure(key)).to_string()).collect();
    shown.join(" ")
}
