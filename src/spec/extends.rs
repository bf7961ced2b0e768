//! `extends = ["base.toml"]`: the files that a spec builds on, read each once, bases before what extends them.

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeTable;

use super::paths::{found_above, from_above};
use super::source::Role;
use super::table::{Value, list_of};
use super::text::{TextError, read_text};
use super::{Diagnostic, Diagnostics, Mirrors, Source};

/// The key that names the files.
pub const EXTENDS: &str = "extends";

impl Source {
    /// A spec's `text` that was read from `path`. The files that it extends are read now; what is wrong with that is told
    /// when the spec is loaded.
    pub fn new(path: &Path, text: String) -> Self {
        let mut source = Self {
            parts: Vec::new(),
            mirrors: Mirrors::default(),
            order: Vec::new(),
            diagnostics: Diagnostics::default(),
        };
        source.add_file(Role::Spec, path, text);
        let mut reading = Opening {
            source: &mut source,
            order: Vec::new(),
            open: Vec::new(),
            done: Vec::new(),
            diagnostics: Diagnostics::default(),
        };
        reading.visit(0, path);
        let (order, diagnostics) = (reading.order, reading.diagnostics);
        Self { order, diagnostics, ..source }
    }
}

struct Opening<'s> {
    source: &'s mut Source,
    order: Vec<usize>,
    /// From the spec down to the file that is being read.
    open: Vec<PathBuf>,
    done: Vec<PathBuf>,
    diagnostics: Diagnostics,
}

impl Opening<'_> {
    /// Reads the bases of the file at `path`, whose text is at `part`.
    fn visit(&mut self, part: usize, path: &Path) {
        self.open.push(identity(path));
        for base in bases(self.source, part, &mut self.diagnostics) {
            self.add(&base);
        }
        self.done.extend(self.open.pop());
        self.order.push(part);
    }

    fn add(&mut self, base: &Spanned<String>) {
        let path = self.source.resolve(base);
        let known = identity(&path);
        if self.open.contains(&known) {
            let message = format!("`{EXTENDS}` comes back to {}", path.display());
            let help = "a file cannot build on itself: remove one of the references of the circle";
            self.diagnostics.push(Diagnostic::new(base.span(), message).help(help));
        } else if !self.done.contains(&known) {
            match read_text(&path) {
                Ok(text) => {
                    let part = self.source.add_file(Role::Base, &path, text);
                    self.visit(part, &path);
                }
                Err(error @ TextError::Io { .. }) => {
                    let help = from_above(&path, base.get_ref()).map_or_else(
                        || "paths start from the folder of the file that names them".to_owned(),
                        |found| found_above(&found),
                    );
                    self.diagnostics.push(Diagnostic::new(base.span(), error.to_string()).help(help));
                }
                Err(error) => self.diagnostics.push(Diagnostic::new(base.span(), error.to_string())),
            }
        }
    }
}

/// One name per file, however it is reached.
fn identity(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

/// The files that a text names. One that is no TOML names none; that is told when it is loaded.
fn bases(source: &Source, part: usize, diagnostics: &mut Diagnostics) -> Vec<Spanned<String>> {
    let part = &source.parts()[part];
    let (root, _) = DeTable::parse_recoverable(&part.text);
    let Some(value) = root.get_ref().get(EXTENDS) else { return Vec::new() };
    let global = |name: Spanned<String>| Spanned::new(part.global(name.span()), name.into_inner());
    read(value).map_or_else(
        |(span, message)| {
            let help = format!("write `{EXTENDS} = [\"base.toml\"]`");
            diagnostics.push(Diagnostic::new(part.global(span), message).help(help));
            Vec::new()
        },
        |names| names.into_iter().map(global).collect(),
    )
}

fn read(value: &Value<'_>) -> Result<Vec<Spanned<String>>, (super::Span, String)> {
    list_of(value)
        .map_err(|mistake| (mistake.span.unwrap_or_else(|| value.span()), format!("`{EXTENDS}`: {}", mistake.message)))
}
