//! Writing results: to the screen or a file, in the format asked for.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use respend::disk;
use respend::render::{self, TerminalStyle, visible};
use respend::report::Document;
use terminal_size::{Width, terminal_size};

use crate::everywhere::{Color, Everywhere, Format};
use crate::failure::Failure;

/// Says what would keep a result from being written, before anything is done whose result it is.
pub(crate) fn check(everywhere: &Everywhere) -> Result<(), Failure> {
    let Some(path) = &everywhere.output else {
        return match everywhere.format {
            Format::Xlsx => Err(not_for_the_screen("an xlsx file")),
            _ => Ok(()),
        };
    };
    let cannot =
        |why: &str, hint: &str| Err(Failure::could_not(format!("cannot write `{}`: {why}", shown(path)), hint));
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if path.is_dir() {
        return cannot("it is a folder", "name a file in it");
    }
    if !folder.is_dir() {
        return cannot(&format!("`{}` is no folder", shown(folder)), "make the folder, or name another");
    }
    if respend::ledger::is_kept(path) {
        return cannot("a ledger keeps its facts there", "name another file");
    }
    Ok(())
}

/// Says that a result has to go to a file.
pub(crate) fn not_for_the_screen(what: &str) -> Failure {
    Failure::could_not(format!("{what} is not for the screen"), "say where it goes with --output FILE")
}

/// Writes a document in the format asked for.
pub(crate) fn document(everywhere: &Everywhere, document: &Document) -> Result<(), Failure> {
    match everywhere.format {
        Format::Table => text(everywhere, &render::terminal(document, style(everywhere))),
        Format::Csv => text(everywhere, &render::csv(document)?),
        Format::Json => text(everywhere, &render::json(document)?),
        Format::Markdown => text(everywhere, &render::markdown(document)),
        Format::Xlsx => bytes(everywhere, &render::xlsx(document)?),
    }
}

/// Says in a few sentences what was done.
pub(crate) fn done(everywhere: &Everywhere, title: impl Into<String>, facts: Vec<String>) -> Result<(), Failure> {
    if everywhere.is_silent() {
        return Ok(());
    }
    document(everywhere, &Document { title: title.into(), facts, ..Document::default() })
}

/// Writes the text of a file as it is; on the screen so that it steers no terminal.
pub(crate) fn source(everywhere: &Everywhere, source: &str) -> Result<(), Failure> {
    if !on_screen(everywhere) {
        return text(everywhere, source);
    }
    let lines = source.lines().map(|line| line.split('\t').map(visible).collect::<Vec<_>>().join("\t") + "\n");
    text(everywhere, &lines.collect::<String>())
}

/// Says something beside the result, on standard error.
pub(crate) fn note(text: &str) {
    // Where even this cannot be said, the result still stands.
    let _ = writeln!(io::stderr(), "note: {}", visible(text));
}

/// Writes text to the screen or the file asked for.
pub(crate) fn text(everywhere: &Everywhere, text: &str) -> Result<(), Failure> {
    match everywhere.output {
        Some(_) => bytes(everywhere, text.as_bytes()),
        None => {
            let mut out = io::stdout().lock();
            out.write_all(text.as_bytes())?;
            Ok(out.flush()?)
        }
    }
}

/// Returns a path as a message shows it: on one line, and steering no terminal.
pub(crate) fn shown(path: &Path) -> String {
    visible(&path.display().to_string()).into_owned()
}

/// Returns a path as it may be typed into a shell.
pub(crate) fn quoted(path: &Path) -> String {
    let text = shown(path);
    let is_plain = |c: char| c.is_alphanumeric() || "/\\:._-+,@%".contains(c);
    if text.chars().all(is_plain) { text } else { format!("\"{text}\"") }
}

/// Writes what is not for the screen to the file asked for.
pub(crate) fn bytes(everywhere: &Everywhere, bytes: &[u8]) -> Result<(), Failure> {
    let Some(path) = &everywhere.output else { return check(everywhere) };
    disk::replace(path, bytes).map_err(|error| Failure::unwritten(path, &error))
}

fn on_screen(everywhere: &Everywhere) -> bool {
    everywhere.output.is_none() && io::stdout().is_terminal()
}

fn style(everywhere: &Everywhere) -> TerminalStyle {
    let on_screen = on_screen(everywhere);
    let width = if on_screen { terminal_size().map(|(Width(columns), _)| usize::from(columns)) } else { None };
    let color = match everywhere.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => on_screen && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    TerminalStyle { width, color }
}
