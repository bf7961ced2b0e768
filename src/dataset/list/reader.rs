//! A list to a [`Dataset`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Map;

use crate::dataset::class_list::ClassList;
use crate::dataset::files::{clean_path, lines, read_text};
use crate::dataset::findings::Findings;
use crate::dataset::listed::{ListedFile, ListedLine};
use crate::dataset::{Dataset, DatasetError, Reader, Terms};
use crate::file;

/// Reads one list.
pub struct ListReader {
    /// The list.
    pub path: PathBuf,
    /// `None` where the images are beside the list.
    pub folder: Option<PathBuf>,
    /// The file that says what classes are called.
    pub classes: Option<PathBuf>,
}

impl Reader for ListReader {
    fn read(&self, terms: Terms) -> Result<Dataset, DatasetError> {
        let text = read_text(&self.path, "a list of pictures", terms.bounds.bytes)?;
        let mut findings = Findings::default();
        findings.says_where(self.folder.is_some());
        let list = self.classes.as_ref().map(|path| ClassList::read(path, file::MOST_OF_A_TEXT)).transpose()?;
        let mut found = Vec::new();
        for (line, text) in lines(&text).filter(|(_, line)| !line.trim().is_empty()) {
            // Names of files may have spaces, the classes of such lists have none.
            match text.trim().rsplit_once([' ', '\t']) {
                Some((name, label)) => {
                    let (name, label) = (name.trim().to_owned(), label.to_owned());
                    found.push(ListedLine { line, name, label, said: Map::new() });
                }
                None => {
                    findings.error("lines that are not a file and a class", format!("line {line}: `{}`", text.trim()));
                }
            }
        }
        let folder = clean_path(self.folder.as_deref().or(self.path.parent()).unwrap_or(Path::new("")));
        ListedFile { path: &self.path, folder: &folder, lines: found, more: BTreeSet::new() }.dataset(
            list.as_ref(),
            terms,
            findings,
        )
    }
}
