//! What accounting programs make of the journals: hledger, Ledger and Beancount check them in their strictest ways, and
//! what each account changed by in each month is held against the statement.
//!
//! What is expected is taken from the statement, from spend as it is grouped for a list, and from the redirections as
//! they stood at the end of each month; not from the journal.
#![allow(clippy::unwrap_used, clippy::panic)] // the helpers of tests are tests, too

mod common;
mod desk;
mod python;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::Command;

use common::random;
use desk::Desk;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use python::{has_python, is_there};
use respend::journal::{Account, Branch, Journal, Posting, Transaction};
use respend::ledger::{EntryKind, Ledger, Redirection};
use respend::statement::{Figure, MonthStatement, SpendBy, SpendGroup, Statement, spend_by};
use respend::{Day, Money, Period, export};

/// How many random ledgers.
const LEDGERS: usize = 300;

/// Account, month and currency, and by how much the account changed.
type Changes = BTreeMap<(String, String, String), Amount>;
/// In thousandths: no currency here has more decimals.
type Amount = i128;
const DECIMALS: usize = 3;

/// A program and how a journal is written for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Peer {
    Hledger,
    Ledger,
    Beancount,
}

impl Peer {
    const ALL: [Peer; 3] = [Peer::Hledger, Peer::Ledger, Peer::Beancount];

    fn is_there(self) -> bool {
        match self {
            Peer::Hledger => is_there("hledger", &["--version"], "there is no hledger (apt-get install hledger)"),
            Peer::Ledger => is_there("ledger", &["--version"], "there is no ledger (apt-get install ledger)"),
            Peer::Beancount => has_python(None) && has_python(Some("beancount")),
        }
    }

    fn written(self, journal: &Journal) -> String {
        match self {
            Peer::Hledger => export::hledger(journal),
            Peer::Ledger => export::ledger(journal),
            Peer::Beancount => export::beancount(journal),
        }
    }

    fn include(self, file: &str) -> String {
        match self {
            Peer::Beancount => format!("include \"{file}\"\n"),
            _ => format!("include {file}\n"),
        }
    }

    /// Checks a file strictly and returns what each account changed by in each month.
    fn changes(self, file: &Path) -> Result<Changes, String> {
        let file = file.to_str().unwrap();
        match self {
            Peer::Hledger => {
                ran("hledger", &["-f", file, "check", "-s", "ordereddates"])?;
                let args = ["-f", file, "balance", "-M", "--flat", "--layout=tidy", "-O", "csv"];
                let said = ran("hledger", &args)?;
                let mut changes = Changes::new();
                for record in csv::Reader::from_reader(said.as_bytes()).records() {
                    let record = record.unwrap();
                    let amount = if record[5].is_empty() { "0" } else { &record[5] };
                    note(&mut changes, &record[0], &record[1], &record[4], amount);
                }
                Ok(changes)
            }
            Peer::Ledger => {
                let format = "%(account)\t%(format_date(date, \"%Y-%m\"))\t%(amount)\n";
                let args = ["-f", file, "--strict", "--pedantic", "register", "-M", "--format", format];
                let said = ran("ledger", &args)?;
                let (mut changes, mut at) = (Changes::new(), ("", ""));
                for line in said.lines() {
                    // Amounts of further currencies stand on lines of their own.
                    let cells: Vec<&str> = line.split('\t').collect();
                    if let [account, month, _] = cells.as_slice() {
                        at = (account, month);
                    }
                    let amount = cells.last().unwrap();
                    if let Some((amount, currency)) = amount.split_once(' ') {
                        note(&mut changes, at.0, at.1, currency, amount);
                    }
                }
                Ok(changes)
            }
            Peer::Beancount => {
                ran("python3", &["-m", "beancount.scripts.check", file])?;
                let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/peers/books_beancount.py");
                let said = ran("python3", &[script.to_str().unwrap(), file])?;
                let mut changes = Changes::new();
                for line in said.lines() {
                    let cells: Vec<&str> = line.split('\t').collect();
                    note(&mut changes, cells[0], cells[1], cells[2], cells[3]);
                }
                Ok(changes)
            }
        }
    }
}

fn ran(program: &str, args: &[&str]) -> Result<String, String> {
    let ran =
        Command::new(program).args(args).env("LC_ALL", "C.UTF-8").env("LEDGER_FILE", "/dev/null").output().unwrap();
    let stderr = String::from_utf8_lossy(&ran.stderr).into_owned();
    if ran.status.success() && stderr.is_empty() {
        Ok(String::from_utf8(ran.stdout).unwrap())
    } else {
        Err(format!("{program} {args:?}: {stderr}"))
    }
}

fn note(changes: &mut Changes, account: &str, month: &str, currency: &str, amount: &str) {
    let (whole, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    let amount: Amount = format!("{whole}{decimals:0<DECIMALS$}").parse().unwrap();
    *changes.entry((account.to_owned(), month.to_owned(), currency.to_owned())).or_default() += amount;
}

/// What is expected of the accounts of one journal.
struct Expected(Changes);

impl Expected {
    fn of(ledger: &Ledger, statement: &Statement) -> Expected {
        let mut expected = Expected(Changes::new());
        expected.lines(statement);
        expected.spend(ledger, statement);
        expected.redirections(ledger, statement);
        expected
    }

    fn add(&mut self, path: &str, month: impl ToString, amount: Money, sign: Amount) {
        let mut one = Changes::new();
        note(&mut one, path, &month.to_string(), amount.currency().code(), &amount.to_string());
        for (at, amount) in one {
            *self.0.entry(at).or_default() += sign * amount;
        }
    }

    fn lines(&mut self, statement: &Statement) {
        for line in &statement.lines {
            let of_line = of_line(statement, line.line.id.as_str());
            for month in &line.months {
                for (branch, figure, sign) in [
                    ("Plan", Figure::Plan, -1),
                    ("Open", Figure::OpenPlan, 1),
                    ("Blocked:Imposed", Figure::BlockedImposed, 1),
                    ("Blocked:Voluntary", Figure::BlockedVoluntary, 1),
                    ("Received", Figure::PlanReceived, 1),
                    ("Spent:Restricted", Figure::SpendDuringRestriction, 1),
                ] {
                    self.add(
                        &format!("Equity:Budget:{branch}:{of_line}"),
                        month.month,
                        month.figures.get(figure),
                        sign,
                    );
                }
                let spent = format!("Equity:Budget:Spent:Open:{of_line}");
                self.add(&spent, month.month, month.figures.get(Figure::Actual), 1);
                self.add(&spent, month.month, month.figures.get(Figure::SpendDuringRestriction), -1);
                let unbudgeted = format!("Equity:Budget:Unbudgeted:{}", of_line.split(':').next().unwrap());
                self.add(&unbudgeted, month.month, month.figures.get(Figure::Actual), -1);
            }
            for entry in line.line.entries.iter().filter(|entry| entry.kind != EntryKind::RedirectIn) {
                let date = entry.effective.max(statement.period.start()).max(line.line.period.start());
                if date <= statement.period.last() {
                    let (branch, sign) = if entry.is_carried_out() { ("Carried", -1) } else { ("Approved", 1) };
                    self.add(&format!("Equity:Budget:{branch}:{of_line}"), date.month(), entry.amount, sign);
                }
            }
        }
    }

    fn spend(&mut self, ledger: &Ledger, statement: &Statement) {
        for (of_platform, month, amount) in spent(ledger, statement) {
            self.add(&format!("Expenses:Advertising:{of_platform}"), &month, amount, 1);
            self.add(&format!("Liabilities:Payable:{of_platform}"), &month, amount, -1);
            // What the lines spent is taken off above.
            let platform = of_platform.split(':').next().unwrap();
            self.add(&format!("Equity:Budget:Unbudgeted:{platform}"), &month, amount, 1);
        }
    }

    /// What each redirection stands at at the end of each month, less that of the month before.
    fn redirections(&mut self, ledger: &Ledger, statement: &Statement) {
        let first = statement.period.start();
        for one in ledger.redirections() {
            if !statement.lines.iter().any(|line| line.line.id == one.line) {
                continue;
            }
            let (to, of_line) = (raised(one.destination.as_str()), of_line(statement, one.line.as_str()));
            let of = |promised: &str| {
                [
                    format!("Equity:Budget:Redirected:{to}:{of_line}"),
                    format!("{promised}:{to}"),
                    format!("Liabilities:Pledges:{to}"),
                    format!("Assets:Cash:{to}"),
                ]
            };
            let mut before = state(ledger, one, first.minus_days(1), statement);
            for (path, amount) in of("Equity:Opening").iter().zip(before) {
                self.add(path, first.month(), amount, 1);
            }
            let mut month = first.month();
            while month.first_day() <= statement.as_of {
                let now = state(ledger, one, month.next().first_day().minus_days(1), statement);
                for ((path, now), before) in of("Expenses:Donations").iter().zip(now).zip(before) {
                    self.add(path, month, now.minus(before).unwrap(), 1);
                }
                (before, month) = (now, month.next());
            }
        }
        // What the exchange made of payments in other currencies was neither paid nor owed.
        for one in &statement.redirections {
            let to = raised(one.redirection.destination.as_str());
            for payment in &one.fx_payments {
                let Some(difference) = payment.difference else { continue };
                let month = payment.date.max(first).month();
                self.add(&format!("Assets:Cash:{to}"), month, difference, 1);
                self.add(&format!("Expenses:Exchange:{to}"), month, difference, -1);
            }
        }
    }

    /// Compares with what a program found in a journal, whose accounts it may sum.
    fn compare(&self, found: &Changes) -> Result<(), String> {
        let mut sums: Changes = self.0.keys().map(|at| (at.clone(), 0)).collect();
        for ((account, month, currency), amount) in found {
            let names: Vec<&str> = account.split(':').collect();
            let paths = (0..=names.len()).rev().map(|count| names[..count].join(":"));
            let mut at = paths.map(|path| (path, month.clone(), currency.clone()));
            match at.find(|at| sums.contains_key(at)) {
                Some(at) => *sums.get_mut(&at).unwrap() += amount,
                None if *amount == 0 || account.contains("Equity:Budget:Authority") => {}
                None => {
                    return Err(format!(
                        "{account} changed by {amount} in {month}, which nothing in the statement does"
                    ));
                }
            }
        }
        match sums.iter().find(|(at, sum)| self.0[at] != **sum) {
            Some((at, sum)) => Err(format!("{at:?} is {sum}, and {} in the statement", self.0[at])),
            None => Ok(()),
        }
    }
}

/// What each account spent in each month; of platforms where some of it counts in the currency of its plan line.
fn spent(ledger: &Ledger, statement: &Statement) -> Vec<(String, String, Money)> {
    if statement.rates.is_empty() {
        let by = [SpendBy::Platform, SpendBy::Account, SpendBy::Month];
        let groups = spend_by(ledger, statement.period, statement.as_of, statement.as_known, &by).unwrap();
        let group = |group: SpendGroup| {
            let [platform, account, month] = group.keys.try_into().unwrap();
            (format!("{}:{}", raised(&platform), raised(&account)), month, group.amount)
        };
        return groups.into_iter().map(group).collect();
    }
    let on_lines = statement.lines.iter().flat_map(|line| {
        let platform = raised(line.line.scope.platform.as_str());
        let month = move |month: &MonthStatement| {
            (platform.clone(), month.month.to_string(), month.figures.get(Figure::Actual))
        };
        line.months.iter().map(month)
    });
    let unbudgeted = statement.unbudgeted.iter().flat_map(|spend| {
        let platform = raised(spend.platform.as_str());
        spend.months.iter().map(move |(month, amount)| (platform.clone(), month.to_string(), *amount))
    });
    on_lines.chain(unbudgeted).collect()
}

/// What is redirected, promised, outstanding (as a credit) and paid (as a credit) on a day.
fn state(ledger: &Ledger, one: &Redirection, day: Day, statement: &Statement) -> [Money; 4] {
    let zero = Money::zero(one.currency);
    let progress = |one: &Redirection| one.progress(day.min(statement.as_of), statement.as_known);
    let Some(come) = progress(one) else { return [zero; 4] };
    let (pledged, paid) = (come.pledged.unwrap_or(zero), come.paid());
    // What came out of a reserve is there no more.
    let others = ledger.redirections().iter().filter(|other| other.from.as_ref() == Some(&one.id));
    let live = others.filter_map(progress).fold(come.live(), |live, other| live.minus(other.live()).unwrap());
    [live, pledged, paid.minus(pledged).unwrap(), paid.negated()]
}

fn of_line(statement: &Statement, id: &str) -> String {
    let line = statement.lines.iter().find(|line| line.line.id.as_str() == id).unwrap();
    format!("{}:{}", raised(line.line.scope.platform.as_str()), raised(id))
}

fn raised(name: &str) -> String {
    name[..1].to_uppercase() + &name[1..]
}

/// The statement of a ledger that ships.
fn shipped(name: &str, period: &str, as_of: &str) -> (Ledger, Statement) {
    let ledger = Ledger::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ledgers").join(name)).unwrap();
    let year = Period::parse(period, &ledger.settings().fiscal_year).unwrap();
    let statement = Statement::of(&ledger, year, as_of.parse().unwrap(), None).unwrap();
    (ledger, statement)
}

#[test]
fn the_shipped_ledgers_are_the_same_in_every_program() {
    for (name, period, as_of) in [("kaspersky-2018", "2018", "2018-12-31"), ("four-platforms", "2022", "2022-06-30")] {
        let (ledger, statement) = shipped(name, period, as_of);
        let expected = Expected::of(&ledger, &statement);
        let desk = Desk::new();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ledgers").join(name);
        for peer in Peer::ALL.into_iter().filter(|peer| peer.is_there()) {
            let (format, file) = (format!("{peer:?}").to_lowercase(), desk.path("books"));
            let typed = ["export", &format, period, "--as-of", as_of, "--output", "books"];
            desk.done(&[&["--ledger", folder.to_str().unwrap()], &typed[..]].concat());
            let found = peer.changes(&file).unwrap_or_else(|error| panic!("{error}"));
            expected.compare(&found).unwrap_or_else(|error| panic!("{peer:?}, {name}: {error}"));
        }
    }
}

#[test]
fn a_cent_in_the_wrong_place_is_found() {
    let (ledger, statement) = shipped("kaspersky-2018", "2018", "2018-12-31");
    let expected = Expected::of(&ledger, &statement);
    let journal = Journal::of("Books", &statement).unwrap();
    let desk = Desk::new();
    for peer in Peer::ALL.into_iter().filter(|peer| peer.is_there()) {
        let written = peer.written(&journal);
        for (what, wrong) in [
            ("is not balanced", written.replacen("8026.03 USD", "8026.04 USD", 1)),
            // Balanced, and not what the statement says.
            (
                "is another figure",
                written.replacen("7912.40 USD", "7912.41 USD", 2).replacen("-7912.40", "-7912.41", 1),
            ),
            ("is another month", written.replacen("2018-03-01 *", "2018-04-01 *", 1)),
            ("is another account", written.replace("Blocked:Imposed", "Blocked:Voluntary")),
        ] {
            assert!(wrong != written);
            fs::write(desk.path("books"), wrong).unwrap();
            let found = peer.changes(&desk.path("books"));
            assert!(found.and_then(|found| expected.compare(&found)).is_err(), "{peer:?} does not see that it {what}");
        }
    }
}

#[test]
fn no_name_and_no_word_leads_a_program_astray() {
    let nasty = [
        "",
        " ",
        "a  b",
        "a;b",
        "a ; type: X",
        "; comment: x",
        "(virtual)",
        "[balanced]",
        "a:b:c",
        "a\tb",
        "a\n2018-01-01 open Assets:Evil\n",
        "\"quoted\" \\ back\\",
        ")",
        "東京",
        "\u{202e}reversed",
        "\u{0}\u{1b}[31m",
        "= 5 USD",
        "@ 2 EUR",
        "{{cost}}",
        "|pipe|",
        "#tag ^link",
        ":tag: key: value key:: 5",
        "* ! %",
        "-",
        "include /etc/passwd",
        "end comment",
    ];
    let mut runner = TestRunner::deterministic();
    let mut random = || proptest::prelude::any::<String>().new_tree(&mut runner).unwrap().current();
    let mut texts: BTreeSet<String> = nasty.iter().map(|text| (*text).to_owned()).collect();
    texts.extend((0..150).map(|_| random()));
    texts.extend(["x ; \"".repeat(5_000), "é".repeat(5_000)]);
    let one = Money::parse("1.00", "USD".parse().unwrap()).unwrap();
    let transactions = texts.iter().enumerate().map(|(at, text)| Transaction {
        date: random::at(u32::try_from(at).unwrap()),
        narration: text.clone(),
        reference: Some(text.clone()).filter(|_| at % 3 > 0),
        postings: vec![
            Posting { account: Account::new(Branch::Advertising, &["x", text]), amount: one },
            Posting { account: Account::new(Branch::Payable, &["x", text]), amount: one.negated() },
        ],
    });
    let journal = Journal { title: texts.iter().cloned().collect(), transactions: transactions.collect() };
    let desk = Desk::new();
    for peer in Peer::ALL.into_iter().filter(|peer| peer.is_there()) {
        fs::write(desk.path("books"), peer.written(&journal)).unwrap();
        let found = peer.changes(&desk.path("books")).unwrap_or_else(|error| panic!("{error}"));
        let spent: Vec<&Amount> = found
            .iter()
            .filter(|((account, ..), amount)| account.starts_with("Expenses:") && **amount != 0)
            .map(|(_, amount)| amount)
            .collect();
        assert_eq!(spent.len(), texts.len(), "{peer:?} takes some names for one, or leaves some out");
        assert_eq!(spent.into_iter().sum::<Amount>(), 1000 * texts.len() as Amount, "{peer:?}");
    }
}

#[test]
fn random_ledgers_are_the_same_in_every_program() {
    let peers: Vec<Peer> = Peer::ALL.into_iter().filter(|peer| peer.is_there()).collect();
    let desk = Desk::new();
    let mut runner = TestRunner::deterministic();
    let strategy = (random::world(), 0..700_u32, 1..500_u32, 0..random::END);
    let mut expected = Vec::new();
    let mut mains: Vec<String> = peers.iter().map(|_| String::new()).collect();
    for at in 0..LEDGERS {
        let (world, start, days, as_of) = strategy.new_tree(&mut runner).unwrap().current();
        let shelf = world.books(random::END * 3).open().unwrap();
        // Every other journal is of everything.
        let period = if at % 2 == 0 { random::all_days() } else { random::period(start, days) };
        let statement = shelf.statement(period, random::at(as_of), None).unwrap();
        let journal = Journal::of("Random", &statement).unwrap();
        expected.push(Expected::of(&shelf.ledger, &statement));
        for (peer, main) in peers.iter().zip(&mut mains) {
            // One run reads them all, so the accounts of each are told apart.
            let mut written = peer.written(&journal);
            for root in ["Assets", "Liabilities", "Equity", "Expenses"] {
                written = written.replace(&format!(" {root}:"), &format!(" {root}:N{at}:"));
            }
            let file = format!("{at}.{peer:?}");
            fs::write(desk.path(&file), written).unwrap();
            *main += &peer.include(&file);
        }
    }
    for (peer, main) in peers.iter().zip(&mains) {
        let file = desk.path(&format!("all.{peer:?}"));
        fs::write(&file, main).unwrap();
        let found = peer.changes(&file).unwrap_or_else(|error| panic!("{error}"));
        let mut parts: Vec<Changes> = expected.iter().map(|_| Changes::new()).collect();
        for ((account, month, currency), amount) in found {
            let (root, rest) = account.split_once(":N").unwrap();
            let (number, rest) = rest.split_once(':').unwrap_or((rest, ""));
            let at = (format!("{root}:{rest}"), month, currency);
            parts[number.parse::<usize>().unwrap()].insert(at, amount);
        }
        for (at, (expected, found)) in expected.iter().zip(&parts).enumerate() {
            expected.compare(found).unwrap_or_else(|error| panic!("{peer:?}, ledger {at}: {error}"));
        }
    }
    let figures: usize = expected.iter().map(|one| one.0.values().filter(|amount| **amount != 0).count()).sum();
    assert!(figures > 10_000, "{figures} figures are too few to prove anything");
}
