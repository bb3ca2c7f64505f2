//! Writing results: to the screen or a file, in the format asked for.

use std::env;
use std::fs;
use std::io::{self, IsTerminal, Write};

use respend::render::{self, TerminalStyle};
use respend::report::Document;
use terminal_size::{Width, terminal_size};

use crate::args::{Color, Everywhere, Format};
use crate::failure::Failure;

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
    if everywhere.quiet && everywhere.format == Format::Table {
        return Ok(());
    }
    document(everywhere, &Document { title: title.into(), facts, tables: Vec::new() })
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

fn bytes(everywhere: &Everywhere, bytes: &[u8]) -> Result<(), Failure> {
    let Some(path) = &everywhere.output else {
        return Err(Failure::could_not("an xlsx file is not for the screen", "say where it goes with --output FILE"));
    };
    fs::write(path, bytes)
        .map_err(|error| Failure::could_not(format!("cannot write `{}`: {error}", path.display()), ""))
}

fn style(everywhere: &Everywhere) -> TerminalStyle {
    let on_screen = everywhere.output.is_none() && io::stdout().is_terminal();
    let width = if on_screen { terminal_size().map(|(Width(columns), _)| usize::from(columns)) } else { None };
    let color = match everywhere.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => on_screen && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
    };
    TerminalStyle { width, color }
}
