//! Where and when a command runs.

use std::cell::Cell;
use std::env;
use std::path::{Path, PathBuf};

use chrono::{Datelike, Local, Utc};
use respend::ledger::{Change, Late, Ledger, LedgerError, late};
use respend::statement::{Statement, rules};
use respend::{Day, Instant, Period};

use crate::everywhere::Everywhere;
use crate::failure::Failure;
use crate::output;

/// The folder, the day and the cut-offs a command works with.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    pub(crate) everywhere: Everywhere,
    pub(crate) today: Day,
    pub(crate) now: Instant,
    /// Whether a change was committed, so that a failure after it can say so.
    pub(crate) has_changed: Cell<bool>,
}

impl Context {
    pub(crate) fn new(everywhere: Everywhere) -> Result<Context, Failure> {
        let wrong_clock =
            |error: String| Failure::could_not(format!("the clock cannot be used: {error}"), "give --today DAY");
        let (today, now) = match everywhere.today {
            Some(day) => (day, Instant::start_of(day)),
            None => {
                let local = Local::now().date_naive();
                let today = Day::new(local.year(), local.month(), local.day())
                    .map_err(|error| wrong_clock(error.to_string()))?;
                (today, Instant::try_from(Utc::now()).map_err(|error| wrong_clock(error.to_string()))?)
            }
        };
        Ok(Context { everywhere, today, now, has_changed: Cell::new(false) })
    }

    /// Returns the ledger folder: `--ledger`, else `RESPEND_LEDGER`, else the nearest parent with a `ledger.toml`.
    pub(crate) fn dir(&self) -> Result<PathBuf, Failure> {
        if let Some(dir) = &self.everywhere.ledger {
            return Ok(dir.clone());
        }
        if let Some(dir) = env::var_os("RESPEND_LEDGER").filter(|dir| !dir.is_empty()) {
            return Ok(dir.into());
        }
        let here = env::current_dir()?;
        let found = here.ancestors().find(|folder| folder.join("ledger.toml").is_file());
        found.map(Path::to_owned).ok_or_else(|| {
            Failure::could_not(
                "there is no ledger here: neither this folder nor one above it has a ledger.toml",
                "make one with `respend init DIR --name NAME --currency USD`, or name one with --ledger DIR",
            )
        })
    }

    /// Reads the ledger and checks it whole.
    pub(crate) fn ledger(&self) -> Result<Ledger, Failure> {
        let ledger = Ledger::open(&self.dir()?)?;
        rules(&ledger, None)?;
        Ok(ledger)
    }

    /// Begins a change of the ledger, which is valid.
    pub(crate) fn change(&self) -> Result<Change, Failure> {
        let change = Change::begin(&self.dir()?)?;
        rules(change.before(), None)?;
        Ok(change)
    }

    /// Commits a change, unless it breaks a rule, or a closed period without consent; returns the ledger as it is then.
    pub(crate) fn commit(&self, change: Change) -> Result<Ledger, Failure> {
        let ledger = checked(&change).map_err(LedgerError::into_refusal)?;
        let late = late_facts(change.before(), &ledger);
        if let Some((name, _)) = late.first().filter(|_| !self.everywhere.prior_period) {
            let what: Vec<String> = late
                .iter()
                .map(|(name, fact)| format!("closed `{name}` would have another fact: {} [closed_period]", fact.what))
                .collect();
            let hint = format!(
                "say --prior-period to let it in as an adjustment, which reports list; or open the period again with `respend reopen {name} --by NAME --reason TEXT`"
            );
            return Err(Failure::refused(what.join("\n"), hint));
        }
        change.commit()?;
        self.has_changed.set(true);
        for (name, fact) in late.iter().filter(|_| !self.everywhere.quiet) {
            output::note(&format!("closed `{name}` has another fact: {}; reports list it as an adjustment", fact.what));
        }
        Ok(ledger)
    }

    /// Reads a period as the ledger spells it.
    pub(crate) fn period(&self, text: &str, ledger: &Ledger) -> Result<Period, Failure> {
        Period::parse(text, &ledger.settings().fiscal_year).map_err(|error| Failure::could_not(error.to_string(), ""))
    }

    /// Returns the period asked for; all the ledger speaks of where none is.
    pub(crate) fn period_or_all(&self, text: Option<&str>, ledger: &Ledger) -> Result<Period, Failure> {
        match text {
            Some(text) => self.period(text, ledger),
            None => ledger.extent_known(self.everywhere.as_known).ok_or_else(|| {
                Failure::refused(
                    match self.everywhere.as_known {
                        None => String::from("the ledger holds no plan and no spend yet"),
                        Some(known) => {
                            format!("the ledger held no plan and no spend by what was recorded up to {known}")
                        }
                    },
                    "add a plan line with `respend budget add`, or import an export with `respend import FILE`",
                )
            }),
        }
    }

    /// Returns the period asked for; the fiscal year of the cut-off day where none is.
    pub(crate) fn period_or_year(&self, text: Option<&str>, ledger: &Ledger) -> Result<Period, Failure> {
        let as_of = self.everywhere.as_of.unwrap_or(self.today);
        text.map_or_else(|| Ok(ledger.settings().fiscal_year.year(as_of)), |text| self.period(text, ledger))
    }

    /// Returns the cut-off by day: `--as-of`, else the period's last day, or today if that is earlier.
    pub(crate) fn as_of(&self, period: Period) -> Day {
        self.everywhere.as_of.unwrap_or(period.last().min(self.today))
    }

    /// Returns the statement of a period at the cut-offs.
    pub(crate) fn statement(&self, ledger: &Ledger, period: Period) -> Result<Statement, Failure> {
        Ok(Statement::of(ledger, period, self.as_of(period), self.everywhere.as_known)?)
    }
}

/// Returns what a change would enter for days of closed periods, spend aside, each with the period.
fn late_facts(before: &Ledger, after: &Ledger) -> Vec<(String, Late)> {
    let closed =
        before.closed(None).into_iter().filter(|close| after.closed(None).iter().any(|one| one.period == close.period));
    closed
        .flat_map(|close| late(close, (before, None), (after, None)).into_iter().map(|fact| (close.name.clone(), fact)))
        .collect()
}

/// Returns the ledger as a change would leave it, or what would be wrong in its files.
pub(crate) fn checked(change: &Change) -> Result<Ledger, LedgerError> {
    let ledger = change.ledger()?;
    rules(&ledger, None)?;
    Ok(ledger)
}
