//! Lists of pictures with labels, tables and plain lists alike: a label is the name of a class, or its number in a list of
//! classes; a file lies where its name says, or is found by its last name.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::{Map, Value};

use super::class_list::ClassList;
use super::classes::{ClassedPicture, Classes, classed};
use super::files::{clean_name, is_outside, is_picture, locate, name_in};
use super::findings::Findings;
use super::last_names::{LastNames, composed};
use super::place::place;
use super::{Dataset, DatasetError, Terms, Unread};

/// What a line says.
#[derive(Debug, Clone, PartialEq)]
pub struct ListedLine {
    /// Its number, from 1.
    pub line: usize,
    /// The file.
    pub name: String,
    /// The class: its name or number.
    pub label: String,
    /// What else is said of the picture.
    pub said: Map<String, Value>,
}

/// The lines of a list.
pub struct ListedFile<'a> {
    /// The list.
    pub path: &'a Path,
    /// The folder that names of files start from.
    pub folder: &'a Path,
    /// Its lines.
    pub lines: Vec<ListedLine>,
    /// Classes that it names beside those of its lines.
    pub more: BTreeSet<String>,
}

impl ListedFile<'_> {
    /// The pictures with their classes, called as `list` says.
    ///
    /// # Errors
    /// A file is not there, a label is none, or as [`classed`].
    pub fn dataset(
        self,
        list: Option<&ClassList>,
        terms: Terms,
        mut findings: Findings,
    ) -> Result<Dataset, DatasetError> {
        let last_names = LastNames::of(self.folder);
        let labels = Labels::of(&self.lines, list);
        let mut pictures = Vec::new();
        let mut names = self.more;
        for ListedLine { line, name, label, said } in self.lines {
            let class = match labels.class(&label) {
                Ok(class) => class,
                Err(reason) => {
                    findings.error("labels that are no class", format!("line {line} ({name}): {reason}"));
                    continue;
                }
            };
            let written = locate(self.folder, &name);
            let is_refused = is_outside(&written, self.folder) && !terms.bounds.allows_outside;
            let path = if is_refused || !written.is_file() {
                match last_names.find(&name) {
                    Some(found) => {
                        // Names without extensions are how some tables call their files.
                        if is_picture(Path::new(&name)) {
                            findings.warning(
                                "image files that are not where the labels say, found by their last names",
                                name.clone(),
                            );
                        }
                        found.clone()
                    }
                    None if written.exists() || is_refused => {
                        let Some(placed) = place(self.folder, &name, terms.bounds, &mut findings) else { continue };
                        placed
                    }
                    None => {
                        findings.unread(Unread::Missing, format!("line {line} ({name})"));
                        continue;
                    }
                }
            } else {
                let Some(placed) = place(self.folder, &name, terms.bounds, &mut findings) else { continue };
                placed
            };
            names.insert(class.clone());
            let name = if path.starts_with(self.folder) { name_in(self.folder, &path) } else { clean_name(&name) };
            pictures.push(ClassedPicture { name, path, class, said });
        }
        let classes = list.map_or_else(|| Classes::named(names), Classes::listed);
        classed(pictures, &classes, (self.folder, self.path), terms, findings)
    }
}

/// What labels mean.
struct Labels<'a> {
    list: Option<&'a ClassList>,
    /// Whether all are numbers written as spreadsheets and pandas do (`3.0`).
    are_fractions: bool,
}

impl<'a> Labels<'a> {
    fn of(lines: &[ListedLine], list: Option<&'a ClassList>) -> Self {
        let is_whole = |label: &str| label.strip_suffix(".0").is_some_and(|whole| whole.parse::<u64>().is_ok());
        Self { list, are_fractions: !lines.is_empty() && lines.iter().all(|line| is_whole(&line.label)) }
    }

    /// The name of the class.
    fn class(&self, label: &str) -> Result<String, String> {
        let label = if self.are_fractions { label.strip_suffix(".0").unwrap_or(label) } else { label };
        let label = composed(label);
        let Some(list) = self.list else { return Ok(label) };
        let called = list.number(&label);
        let Some(number) = called.or_else(|| label.parse().ok()) else {
            let numbers = list.other_names.get(&label);
            return Err(match numbers {
                Some(numbers) => {
                    format!("`{label}` is the name of {} classes: write its WordNet id or number", numbers.len())
                }
                None => format!("`classes` has no `{label}`"),
            });
        };
        let last = list.names.len() - 1;
        list.names.get(number).cloned().ok_or_else(|| {
            format!("class number {number}, and `classes` has the numbers 0 to {last}: are they counted from 1?")
        })
    }
}
