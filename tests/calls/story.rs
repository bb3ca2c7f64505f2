//! Every command that writes, in an order in which each finds what it needs. A command more is a line more.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, OnceLock};

use crate::desk::{Desk, Ran, Tree};

/// What is typed, on the ledger `books`. `@eff` is the redirection whose id begins so, `@2018-01-31-x` the import.
const STORY: &[&str] = &[
    "init books --name Books --currency USD",
    "import january.csv",
    "import february.csv march.csv",
    "import restated.csv --restate --absent keep --today 2018-04-02",
    "imports revoke @2018-02-28-x --reason wrong --today 2018-04-02",
    "import february.csv --today 2018-04-03",
    "rates import history.csv",
    "rates import longer.csv",
    "budget add --line x --period 2018 --platform x --amount 94500 --basis given",
    "budget add --line m --period 2018 --platform meta --amount 100 --basis given",
    "budget add --line l1 --period 2018 --platform linkedin --account one --amount 0 --basis given",
    "budget amend --line m --by 100 --effective 2018-07-01",
    "budget transfer --from m --to l1 --amount 50",
    "budget import plan.csv",
    "ban add --platform x --from 2018-02-01 --id ban --evidence notice.txt",
    "ban add --platform google --from 2018-02-01 --id plain",
    "ban lift plain --until 2018-12-01 --evidence letter.txt",
    "hold add --platform x --from 2018-04-20 --until 2019-01-01 --id hold --evidence notice.txt",
    "hold lift hold --until 2018-12-01 --today 2018-04-21",
    "encumbrance add --line x --reference PO-7 --date 2018-03-01 --amount 500",
    "encumbrance release --line x --reference PO-7 --today 2018-04-21",
    "redirect propose --write --by ann --allow-uncovered --today 2018-04-20",
    "redirect approve @eff --by bob --today 2018-04-21",
    "redirect approve @meta --by bob --today 2018-04-21",
    "redirect approve @linkedin @next --into l2 --by bob --today 2018-04-21",
    "redirect pledge @eff --by bob --today 2018-04-22",
    "redirect pay @eff --by bob --amount 100 --reference wire --today 2018-04-23",
    "redirect pay @eff --by bob --amount 9 --currency EUR --settles 10 --reference wire-2 --today 2018-04-23",
    "redirect pay @meta --by bob --today 2018-04-23",
    "redirect acknowledge @eff --by ann --reference wire --today 2018-04-24",
    "redirect refund @eff --by ann --reference wire --amount 10 --today 2018-04-25",
    "redirect cancel @next --by bob --today 2018-04-25",
    "close 2018-01 --by ann --despite-findings --today 2018-04-26",
    "reopen 2018-01 --by ann --reason late --today 2018-04-27",
    "report 2018 --as-of 2018-12-31 --format json --output out.json",
    "demo books/demo",
];

/// What the story begins with, on the desk.
const GIVEN: &[(&str, &str)] = &[
    (
        "january.csv",
        "Day,Platform,Account,Campaign,Currency,Spend\n2018-01-05,x,acme,c1,USD,100.10\n2018-01-31,x,acme,c2,USD,7.00\n",
    ),
    ("february.csv", "Day,Platform,Account,Campaign,Currency,Spend\n2018-02-28,x,acme,c1,USD,20.00\n"),
    ("march.csv", "Day,Platform,Account,Campaign,Currency,Spend\n2018-03-31,x,acme,c1,USD,3.00\n"),
    ("restated.csv", "Day,Platform,Account,Campaign,Currency,Spend\n2018-01-05,x,acme,c1,USD,99.00\n"),
    (
        "plan.csv",
        "line,period,platform,account,currency,amount,basis\nl2,2018,linkedin,two,USD,0,given\ng,2018,google,,USD,10,given\n",
    ),
    ("history.csv", "Date,USD,JPY,\n2018-03-02,1.25,130,\n2018-03-01,1.2,N/A,\n"),
    ("longer.csv", "Date,JPY,USD,\n2018-03-05,131,1.23,\n2018-03-02,130,1.25,\n"),
    ("notice.txt", "Dear customer"),
    ("letter.txt", "Dear customer, again"),
    ("out.json", "what stood here before"),
];

/// What a person adds to `ledger.toml` once it is there.
const POLICY: &str = r#"
[[destination]]
id = "eff"
kind = "donation"
[[destination]]
id = "meta"
kind = "platform"
[[destination]]
id = "linkedin"
kind = "platform"
[[destination]]
id = "next"
kind = "reserve"
[[policy]]
id = "p"
takes = { platform = "x" }
[[policy.to]]
destination = "eff"
share = "40%"
[[policy.to]]
destination = "meta"
share = "20%"
[[policy.to]]
destination = "linkedin"
share = "20%"
[[policy.to]]
destination = "next"
share = "20%"
"#;

/// What a reader asks the books.
const ASKED: &[&str] = &[
    "report 2018 --as-of 2018-12-31 --format json",
    "budget list --format json",
    "ban list --format json",
    "hold list --format json",
    "encumbrance list --format json",
    "redirect list --as-of 2018-12-31 --format json",
    "imports --format json",
    "rates list --format json",
    "check --as-of 2018-12-31 --format csv",
];

/// What the books answer, and what stands in the file a report was written to.
pub type State = (Vec<Ran>, Option<Vec<u8>>);

/// A command, the desk before and after it, and what its books say.
pub struct Step {
    pub typed: &'static str,
    pub before: Tree,
    pub after: Tree,
    /// Before it and after it; between them, where it takes in several files, after one of them.
    pub states: Vec<State>,
    words: Vec<String>,
}

impl Step {
    /// Returns a desk as it was before the command.
    pub fn desk(&self) -> Desk {
        laid_out(&self.before)
    }

    /// Returns what is typed there.
    pub fn words(&self, desk: &Desk) -> Vec<String> {
        on(desk, &self.words)
    }

    pub fn is_demo(&self) -> bool {
        self.typed.starts_with("demo")
    }

    /// How many changes it commits, each for itself.
    pub fn commits(&self) -> usize {
        match self.words.iter().filter(|word| word.ends_with(".csv")).count() {
            files if self.typed.starts_with("import ") => files,
            _ => usize::from(!self.typed.starts_with("report")),
        }
    }

    pub fn is_before(&self, state: &State) -> bool {
        self.states.first() == Some(state)
    }

    pub fn is_after(&self, state: &State) -> bool {
        self.states.last() == Some(state)
    }
}

/// Returns every step of the story.
pub fn story() -> &'static [Step] {
    static TOLD: OnceLock<Vec<Step>> = OnceLock::new();
    TOLD.get_or_init(|| {
        let desk = Desk::in_memory();
        GIVEN.iter().for_each(|(file, text)| desk.write(file, text));
        STORY.iter().map(|typed| told(&desk, typed)).collect()
    })
}

fn told(desk: &Desk, typed: &'static str) -> Step {
    let before = desk.tree();
    let mut words: Vec<String> = typed.split(' ').map(|word| named(word, &before)).collect();
    if !typed.contains("--today") {
        words.extend(["--today", "2018-04-01"].map(str::to_owned));
    }
    let mut states = vec![state(desk, typed)];
    let files: Vec<&String> = words.iter().filter(|word| word.ends_with(".csv")).collect();
    if typed.starts_with("import ") && files.len() > 1 {
        for file in &files {
            let alone = laid_out(&before);
            let others = |word: &&String| word == file || !files.contains(word);
            done(&alone, &words.iter().filter(others).cloned().collect::<Vec<_>>());
            states.push(state(&alone, typed));
        }
    }
    done(desk, &words);
    let after = desk.tree();
    states.push(state(desk, typed));
    assert_ne!(states.first(), states.last(), "{typed} changes nothing");
    if typed.starts_with("init") {
        desk.write("books/ledger.toml", &(desk.read("books/ledger.toml") + POLICY));
    }
    Step { typed, before, after, states, words }
}

/// Puts a name that the ledger made in the place of its beginning.
fn named(word: &str, tree: &Tree) -> String {
    let Some(beginning) = word.strip_prefix('@') else { return word.to_owned() };
    let redirections = tree.get(Path::new("books/redirections.csv")).cloned().flatten().unwrap_or_default();
    let redirections = String::from_utf8(redirections).unwrap();
    let ids = redirections.lines().filter_map(|line| line.split(',').next());
    let records = tree.keys().filter_map(|path| path.file_name()?.to_str()?.strip_suffix(".toml"));
    ids.chain(records).find(|id| id.starts_with(beginning)).unwrap().to_owned()
}

fn done(desk: &Desk, words: &[String]) {
    let words = on(desk, words);
    desk.done(&words.iter().map(String::as_str).collect::<Vec<_>>());
}

/// What is typed on a desk; the ledger is named in full.
fn on(desk: &Desk, words: &[String]) -> Vec<String> {
    let full = |word: &String| match word.strip_prefix("books") {
        Some(rest) => format!("{}{rest}", desk.path("books").display()),
        None => word.clone(),
    };
    let mut words: Vec<String> = words.iter().map(full).collect();
    if !["init", "demo"].contains(&words[0].as_str()) {
        words.extend(["--ledger".to_owned(), desk.path("books").display().to_string()]);
    }
    words
}

/// Asks the books on a desk everything. Every time they are read; what was answered is kept for desks on which the
/// same files stand, those aside that no reader looks at.
pub fn state(desk: &Desk, typed: &str) -> State {
    static KNOWN: Mutex<BTreeMap<(bool, Tree), State>> = Mutex::new(BTreeMap::new());
    let books = if typed.starts_with("demo") { "books/demo" } else { "books" };
    let seen = |path: &Path| !path.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
    let tree: Tree = desk.tree().into_iter().filter(|(path, _)| seen(path)).collect();
    let ask = |asked: &&str| {
        let mut ran = desk.run(&["--ledger", books].into_iter().chain(asked.split(' ')).collect::<Vec<_>>());
        ran.stdout = without_files(&ran.stdout);
        ran
    };
    let key = (typed.starts_with("demo"), tree);
    if let Some(known) = KNOWN.lock().unwrap().get(&key) {
        assert_eq!(ask(&ASKED[1]), known.0[1], "a reader looks at what has no name yet");
        return known.clone();
    }
    let out = fs::read(desk.path("out.json")).ok();
    let state: State = (ASKED.iter().map(ask).collect(), out);
    // `check` may find errors in the books, but must be able to read them.
    let is_sound = |ran: &Ran| ran.code <= 1 && ran.stderr.is_empty();
    let is_none = |ran: &Ran| ran.code == 2 && ran.stderr.contains("is no ledger: it has no ledger.toml");
    assert!(state.0.iter().all(is_sound) || state.0.iter().all(is_none), "{typed}: {state:?}");
    KNOWN.lock().unwrap().insert(key, state.clone());
    state
}

/// An answer without the files it names: what counts for nothing may stand in a file, or be one, all the same.
fn without_files(answer: &str) -> String {
    let Ok(mut report) = serde_json::from_str::<serde_json::Value>(answer) else {
        return answer.lines().filter(|line| !line.contains("unused_file")).map(|line| format!("{line}\n")).collect();
    };
    if let Some(manifest) = report.get_mut("manifest").and_then(serde_json::Value::as_object_mut) {
        manifest.remove("files");
    }
    report.to_string()
}

pub fn laid_out(tree: &Tree) -> Desk {
    let desk = Desk::in_memory();
    for (path, bytes) in tree {
        let path = desk.path("").join(path);
        match bytes {
            None => fs::create_dir_all(path).unwrap(),
            Some(bytes) => {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
    }
    desk
}
