//! The texts that make up a spec (its file, the files that it extends, what the command line adds) and the places they
//! came from, kept for excerpts, line numbers and relative paths. Spans count through all texts, one after the other.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::DeTable;

use super::{Diagnostics, Span};
use crate::untrusted;

/// Where what lies at addresses is found here, or why it is not.
pub type Mirrors = BTreeMap<String, Result<PathBuf, String>>;

/// A spec's texts and where they were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The spec's own text first.
    pub(super) parts: Vec<SourceText>,
    /// Where data elsewhere lies here.
    pub(super) mirrors: Mirrors,
    /// Positions of the files in `parts`, in the order in which later ones win over earlier ones.
    pub(super) order: Vec<usize>,
    /// What is wrong with the files that the spec extends.
    pub(super) diagnostics: Diagnostics,
}

/// One of the texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceText {
    /// The file's name as the user gave it, or the option of the command line, for messages.
    pub name: String,
    /// What it adds.
    pub role: Role,
    /// The folder that relative paths in it start from.
    folder: PathBuf,
    /// The whole text.
    pub text: String,
    /// Where its lines end: every case of a plan is told with its line.
    ends: Vec<usize>,
    /// Where its spans start.
    start: usize,
}

/// What a text is to the spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The spec itself.
    Spec,
    /// A file that it extends.
    Base,
    /// The name of a profile to take: `--profile`.
    Profile,
    /// The number of images to take of every dataset: `--limit`.
    Limit,
    /// A key and its value: `--set`.
    Set,
}

/// A file and a line in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as the user would name it, or the option of the command line.
    pub file: String,
    /// 1-based.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl Role {
    /// The option of the command line.
    pub(super) fn option(self) -> Option<&'static str> {
        match self {
            Self::Spec | Self::Base => None,
            Self::Profile => Some("--profile"),
            Self::Limit => Some("--limit"),
            Self::Set => Some("--set"),
        }
    }
}

/// `a.b=text` as TOML: a value that is none is quoted.
fn as_toml(assignment: &str) -> String {
    let Some((key, value)) = assignment.split_once('=').filter(|_| DeTable::parse(assignment).is_err()) else {
        return assignment.to_owned();
    };
    format!("{} = {}", key.trim(), toml::Value::String(value.trim().to_owned()))
}

impl SourceText {
    /// A span within this text, as counted through all texts.
    pub(super) fn global(&self, span: Span) -> Span {
        span.start + self.start..span.end + self.start
    }

    /// The other way.
    pub(super) fn local(&self, span: &Span) -> Span {
        let within = |at: usize| at.saturating_sub(self.start).min(self.text.len());
        within(span.start)..within(span.end)
    }

    /// Whether it is a file's, not an option's.
    pub fn is_file(&self) -> bool {
        self.role.option().is_none()
    }

    /// `path` as seen from the folder of this text.
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }
}

impl Source {
    /// Adds the text of a file; its position in [`Self::parts`].
    pub(super) fn add_file(&mut self, role: Role, path: &Path, text: String) -> usize {
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        self.add(role, path.display().to_string(), folder, text);
        self.parts.len() - 1
    }

    /// Takes the profile called `name`, as `--profile` does; later ones win.
    #[must_use]
    pub fn with_profile(self, name: &str) -> Self {
        self.with_option(Role::Profile, name.to_owned())
    }

    /// Takes at most `images` of every dataset, as `--limit` does.
    #[must_use]
    pub fn with_limit(self, images: usize) -> Self {
        self.with_option(Role::Limit, images.to_string())
    }

    /// Sets a key, as `--set model.a.path=a.onnx` does. A value that is not TOML is a string.
    #[must_use]
    pub fn with_set(self, assignment: &str) -> Self {
        self.with_option(Role::Set, as_toml(assignment))
    }

    /// Paths on the command line start from the current folder.
    fn with_option(mut self, role: Role, text: String) -> Self {
        self.add(role, role.option().unwrap_or_default().to_owned(), PathBuf::new(), text);
        self
    }

    fn add(&mut self, role: Role, name: String, folder: PathBuf, text: String) {
        // One byte between two texts: a span at the end of one is not one at the start of the next.
        let start = self.parts.last().map_or(0, |last| last.start + last.text.len() + 1);
        let ends = text.match_indices('\n').map(|(at, _)| at).collect();
        self.parts.push(SourceText { name, role, folder, text, ends, start });
    }

    /// All texts, the spec's own first.
    pub fn parts(&self) -> &[SourceText] {
        &self.parts
    }

    /// The files, in the order in which later ones win over earlier ones; the spec's own is the last.
    pub(super) fn files(&self) -> impl Iterator<Item = &SourceText> {
        self.order.iter().map(|&at| &self.parts[at])
    }

    /// What is wrong with the files that the spec extends.
    pub(super) fn diagnostics(&self) -> &Diagnostics {
        &self.diagnostics
    }

    /// The options of the command line that change the spec, as they would be typed.
    pub fn options(&self) -> Vec<(&'static str, String)> {
        let typed = |part: &SourceText| Some((part.role.option()?, part.text.clone()));
        self.parts.iter().filter_map(typed).collect()
    }

    /// The spec's own text.
    pub fn main(&self) -> &SourceText {
        &self.parts[0]
    }

    /// The text in which `span` starts.
    pub fn part(&self, span: &Span) -> &SourceText {
        let after = self.parts.partition_point(|part| part.start <= span.start);
        &self.parts[after.saturating_sub(1)]
    }

    /// The file and line at which `span` starts.
    pub fn place(&self, span: &Span) -> Place {
        let part = self.part(span);
        let start = part.local(span).start;
        Place { file: part.name.clone(), line: part.ends.partition_point(|&end| end < start) + 1 }
    }

    /// A path that the spec names, as seen from the folder of the text that names it.
    pub fn resolve(&self, path: &Spanned<String>) -> PathBuf {
        match self.mirrors.get(path.get_ref()) {
            Some(Ok(here)) => here.clone(),
            Some(Err(_)) | None => self.part(&path.span()).resolve(path.get_ref()),
        }
    }

    /// The spec's folder.
    pub fn folder(&self) -> &Path {
        &self.main().folder
    }

    /// The file's name without folder and extension, of `site.windtunnel.toml` as of `site.toml`: the default name of the
    /// spec. It becomes a folder and stands in reports, so that letters that steer are left out of it.
    pub fn stem(&self) -> String {
        let stem = Path::new(&self.main().name).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        // By which editors know a spec.
        let stem = stem.strip_suffix(".windtunnel").unwrap_or(stem);
        let stem: String = stem.chars().map(|c| if untrusted::steers(c) { '_' } else { c }).collect();
        if stem.chars().all(|c| c == '.') { "spec".to_owned() } else { stem }
    }
}
