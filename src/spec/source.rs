//! The text of a spec and the place it came from, kept for excerpts, line numbers and relative paths.

use std::path::{Path, PathBuf};

use super::Span;

/// A spec's text and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The file's name as the user gave it, for messages.
    pub name: String,
    /// The folder that relative paths in the spec start from.
    pub folder: PathBuf,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// A spec's `text` that was read from `path`.
    #[must_use]
    pub fn new(path: &Path, text: String) -> Self {
        let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
        Self { name: path.display().to_string(), folder, text }
    }

    /// The 1-based line on which `span` starts.
    #[must_use]
    pub fn line(&self, span: &Span) -> usize {
        let start = span.start.min(self.text.len());
        self.text.get(..start).unwrap_or(&self.text).matches('\n').count() + 1
    }

    /// `path` as seen from the folder of the spec.
    #[must_use]
    pub fn resolve(&self, path: &str) -> PathBuf {
        self.folder.join(path)
    }

    /// The file's name without folder and extension: the default name of the spec.
    #[must_use]
    pub fn stem(&self) -> &str {
        Path::new(&self.name).file_stem().and_then(|stem| stem.to_str()).unwrap_or("spec")
    }
}
