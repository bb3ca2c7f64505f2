//! `respend demo`

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::{Args, Parser};
use respend::{CurrencyError, disk};
use sha2::{Digest, Sha256};

use super::init::{self, Init};
use crate::args::Cli;
use crate::context::Context;
use crate::everywhere::Format;
use crate::failure::Failure;
use crate::output::{self, quoted};

#[derive(Args, Debug)]
pub(crate) struct Demo {
    /// The folder to build
    #[arg(default_value = "respend-demo")]
    dir: PathBuf,
}

/// Lists what the demo made, so that a second run takes away nothing else.
const MADE: &str = ".respend-demo";

/// Makes a folder a ledger.
const LEDGER: &str = "ledger.toml";

/// Where it is built.
const ASIDE: &str = ".respend-demo.tmp";

/// What the example starts from.
const GIVEN: &[(&str, &[u8])] = &[
    ("exports/x-2017.csv", include_bytes!("../../../../ledgers/kaspersky-2018/exports/x-2017.csv")),
    ("exports/x-2018-01.csv", include_bytes!("../../../../ledgers/kaspersky-2018/exports/x-2018-01.csv")),
    ("notices/press-reports.txt", include_bytes!("../../../../ledgers/kaspersky-2018/notices/press-reports.txt")),
    (
        "scenarios/lifted-in-july.toml",
        include_bytes!("../../../../ledgers/kaspersky-2018/scenarios/lifted-in-july.toml"),
    ),
    ("scenarios/raised-in-may.toml", include_bytes!("../../../../ledgers/kaspersky-2018/scenarios/raised-in-may.toml")),
];

/// What a user would write into `ledger.toml`.
const POLICY: &str = r#"
[[destination]]
id = "eff"
name = "Electronic Frontier Foundation"
kind = "donation"
country = "US"

[[policy]]
id = "everything-to-eff"
basis = "blocked"

[[policy.to]]
destination = "eff"
share = "100%"
"#;

/// One step: what it is for, and what is typed.
enum Step {
    Say(&'static str),
    Type(&'static str),
    WritePolicy,
}

use Step::{Say, Type, WritePolicy};

/// The example, as somebody in the company's finance team would have typed it.
const STEPS: &[Step] = &[
    Say("1. What did we spend? An export of X as the platform gives it: all of 2017.
It names no currency and no account, so both are said; everything else the
file proves, and what was decided is on the screen and on record."),
    Type(
        "respend import exports/x-2017.csv --currency USD --account kaspersky --exported 2018-01-29 --today 2018-01-29",
    ),
    Say("2. The plan for 2018: what was spent in 2017."),
    Type(
        "respend budget add --line x-2018 --period 2018 --platform x --amount 94500.00 --basis prior-year-actual --recorded-by controller --today 2018-01-29",
    ),
    Say("3. The ban. Press reports name only its month; taking the first day is an
assumption, and the report says so."),
    Type(
        "respend ban add --platform x --from 2018-02-01 --id x-ban-2018-02 --reason \"conflicts with acceptable Twitter ads\" --evidence notices/press-reports.txt --note \"assumption: reports name only February; its first day is taken\" --recorded-by controller --today 2018-03-02",
    ),
    Say("4. What was spent before it: January 2018."),
    Type(
        "respend import exports/x-2018-01.csv --currency USD --account kaspersky --exported 2018-03-02 --today 2018-03-02",
    ),
    Say("5. 20 April: the company stays away for the rest of the year, whether or not
the ban is lifted. That is a hold of its own."),
    Type(
        "respend hold add --platform x --from 2018-04-20 --until 2019-01-01 --id x-hold-2018-04 --reason \"not in 2018, even if the ban is lifted\" --evidence notices/press-reports.txt --recorded-by controller --today 2018-04-20",
    ),
    Say("6. Where the blocked money goes: a destination and a policy in ledger.toml."),
    WritePolicy,
    Say("7. What may be redirected now? The policy proposes it, with the arithmetic."),
    Type("respend redirect propose --policy everything-to-eff --write --by controller --today 2018-04-20"),
    Say("8. Somebody else approves; it is pledged and paid, and the letter comes. These
days are illustrative."),
    Type("respend redirect approve REDIRECTION --by cfo --today 2018-04-23"),
    Type("respend redirect pledge REDIRECTION --by cfo --today 2018-04-24"),
    Type("respend redirect pay REDIRECTION --by treasury --reference wire-0502 --today 2018-05-02"),
    Type("respend redirect acknowledge REDIRECTION --by controller --reference wire-0502 --today 2018-05-15"),
    Say("9. The redirection report of the year."),
    Type("respend report 2018"),
];

pub(crate) fn run(context: &Context, demo: &Demo) -> Result<(), Failure> {
    if context.everywhere.output.is_some() || context.everywhere.format != Format::Table {
        return Err(Failure::could_not(
            "the demo shows what is typed and what comes out, as text on the screen",
            "run it without --output and --format; then ask its ledger: `respend --ledger DIR report 2018 --format …`",
        ));
    }
    let dir = std::path::absolute(&demo.dir)?;
    check(&demo.dir)?;
    // Built aside, so that there is the whole example or none.
    let aside = dir.join(ASIDE);
    remove(&aside)?;
    let built = build(context, demo, &aside);
    if dir.is_dir() {
        env::set_current_dir(&dir)?;
    }
    if let Err(failure) = built.and_then(|()| settle(&dir, &aside)) {
        remove(&aside)?;
        return Err(match failure {
            Failure::CouldNot { what, .. } if !dir.join(LEDGER).exists() => {
                Failure::could_not(what, "there is no demo now; see to the disk, then run it again")
            }
            other => other,
        });
    }
    let shown = quoted(&demo.dir);
    say(
        context,
        &format!(
            "The ledger stands in {shown}: plain files to read, change and compare.\n\
             Try `respend --ledger {shown} blocked --by month`."
        ),
    )
}

/// Puts what was built in its place, unless it stands there already.
fn settle(dir: &Path, aside: &Path) -> Result<(), Failure> {
    let made = files(aside, Path::new(""))?;
    if files(dir, Path::new(""))? == made && dir.join(MADE).exists() {
        return remove(aside);
    }
    clear(dir)?;
    let list: String = made.iter().map(|(file, hash)| format!("{hash}  {file}\n")).collect();
    // The list comes first, so that what is moved after it can be taken away again.
    let listed = aside.join(MADE);
    write(&listed, list)?;
    fs::rename(&listed, dir.join(MADE)).map_err(|error| Failure::unwritten(dir, &error))?;
    disk::move_up(aside, dir, LEDGER).map_err(|error| Failure::unwritten(dir, &error))
}

/// Types the steps, one after the other, inside the new folder.
fn build(context: &Context, demo: &Demo, aside: &Path) -> Result<(), Failure> {
    let shown = quoted(&demo.dir);
    say(
        context,
        "The Kaspersky example. Illustrative, except for what the press reported: about\n\
         94,500 US dollars spent on Twitter in 2017, a ban in February 2018, made\n\
         public on 20 April, and the money going to the Electronic Frontier Foundation.\n\n",
    )?;
    let name = "Kaspersky Lab on Twitter, 2018 (illustrative)";
    show(context, &format!("respend init {shown} --name \"{name}\" --currency USD"))?;
    let init = Init {
        dir: demo.dir.clone(),
        name: name.to_owned(),
        currency: "USD".parse().map_err(|error: CurrencyError| Failure::could_not(error.to_string(), ""))?,
    };
    respend::ledger::init(aside, &init.name, init.currency)?;
    init::say(context, &init)?;
    beside(context, "\n")?;
    for (file, bytes) in GIVEN {
        let path = aside.join(file);
        let folder = path.parent().unwrap_or(aside);
        disk::make(folder).map_err(|error| Failure::unwritten(folder, &error))?;
        write(&path, bytes)?;
    }
    beside(context, &format!("$ cd {shown}\n\n"))?;
    env::set_current_dir(aside)?;
    let mut redirection = String::new();
    for step in STEPS {
        match step {
            Say(text) => say(context, text)?,
            Type(line) => typed(context, &line.replace("REDIRECTION", &redirection))?,
            WritePolicy => {
                let toml = fs::read_to_string(LEDGER)?;
                write(Path::new(LEDGER), toml + POLICY)?;
                beside(context, &format!("$ cat >> ledger.toml <<'END'{POLICY}END\n\n"))?;
            }
        }
        if let Some(one) = respend::ledger::Ledger::open(Path::new("."))?.redirections().first() {
            redirection = one.id.to_string();
        }
    }
    Ok(())
}

fn say(context: &Context, text: &str) -> Result<(), Failure> {
    let lines: String =
        text.lines().map(|line| if line.is_empty() { "#\n".to_owned() } else { format!("# {line}\n") }).collect();
    beside(context, &lines)
}

/// Writes what surrounds the results.
fn beside(context: &Context, text: &str) -> Result<(), Failure> {
    if context.everywhere.quiet { Ok(()) } else { output::text(&context.everywhere, text) }
}

/// Shows a command and runs it, as though it had been typed.
fn typed(context: &Context, line: &str) -> Result<(), Failure> {
    show(context, line)?;
    perform(context, words(line))
}

fn show(context: &Context, line: &str) -> Result<(), Failure> {
    beside(context, &format!("$ {}\n", folded(line)))
}

/// Runs a command on the demo's own ledger, whatever ledger the user works with.
fn perform(context: &Context, words: impl Iterator<Item: Into<OsString> + Clone>) -> Result<(), Failure> {
    let mut cli = Cli::try_parse_from(words).map_err(|error| Failure::could_not(error.to_string(), ""))?;
    cli.everywhere.ledger = Some(PathBuf::from("."));
    cli.everywhere.quiet = context.everywhere.quiet;
    cli.everywhere.color = context.everywhere.color;
    super::run(cli)?;
    beside(context, "\n")
}

/// Splits a command at blanks outside double quotes; the quotes stay.
fn split(line: &str) -> Vec<&str> {
    let mut is_quoted = false;
    line.split(|letter| {
        is_quoted ^= letter == '"';
        letter == ' ' && !is_quoted
    })
    .collect()
}

fn words(line: &str) -> impl Iterator<Item = String> {
    split(line).into_iter().map(|word| word.replace('"', ""))
}

/// Folds a command at 80 columns, as it may be typed into a shell; an option stays with its value.
fn folded(line: &str) -> String {
    let mut parts: Vec<String> = Vec::new();
    for word in split(line) {
        match parts.last_mut() {
            Some(option) if option.starts_with("--") && !option.contains(' ') && !word.starts_with("--") => {
                option.extend([" ", word])
            }
            _ => parts.push(word.to_owned()),
        }
    }
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(last) if last.len() + part.len() <= 75 => last.extend([" ", part.as_str()]),
            Some(_) => lines.push(format!("    {part}")),
            None => lines.push(part),
        }
    }
    lines.join(" \\\n")
}

/// Refuses a folder in which anything stands but what an earlier run made.
fn check(dir: &Path) -> Result<(), Failure> {
    let hint = "remove the folder, or name another: `respend demo DIR`";
    let files = if dir.exists() { files(dir, Path::new(""))? } else { BTreeMap::new() };
    if files.is_empty() {
        return Ok(());
    }
    let Ok(made) = fs::read_to_string(dir.join(MADE)) else {
        return Err(Failure::refused(
            format!("`{}` is there already, and not made by the demo", output::shown(dir)),
            hint,
        ));
    };
    let listed: BTreeMap<&str, &str> =
        made.lines().filter_map(|line| line.split_once("  ")).map(|(hash, file)| (file, hash)).collect();
    if let Some((file, _)) = files.iter().find(|(file, hash)| listed.get(file.as_str()) != Some(&hash.as_str())) {
        return Err(Failure::refused(
            format!("`{}` has changed since the demo made it: {file}", output::shown(dir)),
            hint,
        ));
    }
    Ok(())
}

/// Takes away what an earlier run made; the list of it last, so that it can be taken away again.
fn clear(dir: &Path) -> Result<(), Failure> {
    remove(&dir.join(LEDGER))?;
    for entry in fs::read_dir(dir)? {
        let name = entry?.file_name();
        if name != ASIDE && name != MADE {
            remove(&dir.join(name))?;
        }
    }
    remove(&dir.join(MADE))
}

fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    disk::replace(path, bytes.as_ref()).map_err(|error| Failure::unwritten(path, &error))
}

fn remove(path: &Path) -> Result<(), Failure> {
    let removed = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Failure::unwritten(path, &error)),
        _ => Ok(()),
    }
}

/// Every file below a folder with its SHA-256, but for the list of them and what is being built there.
fn files(root: &Path, inside: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(root.join(inside))? {
        let entry = entry?;
        let path = inside.join(entry.file_name());
        if [ASIDE, MADE].map(Path::new).contains(&path.as_path()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            found.extend(files(root, &path)?);
        } else {
            let hash: String =
                Sha256::digest(fs::read(root.join(&path))?).iter().map(|byte| format!("{byte:02x}")).collect();
            found.insert(path.display().to_string(), hash);
        }
    }
    Ok(found)
}
