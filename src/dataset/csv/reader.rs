//! A table to a [`Dataset`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::columns::{ClassColumns, Columns, columns, flag};
use super::rows::{Row, rows};
use crate::dataset::class_list::ClassList;
use crate::dataset::exported::Exported;
use crate::dataset::files::{clean_path, read_text};
use crate::dataset::findings::Findings;
use crate::dataset::last_names::composed;
use crate::dataset::listed::{ListedFile, ListedLine};
use crate::dataset::{Dataset, DatasetError, Reader, Terms};
use crate::file;

/// How Roboflow calls the table of a split.
pub const EXPORTED: Exported = Exported {
    name: "_classes.csv",
    what: "table",
    one: "a table",
    help: "name the table itself, or the folder of a Roboflow export and a `split`; a folder of pictures per class is \
           `format = \"folder\"`",
};

/// Reads one table.
pub struct CsvReader {
    /// The table.
    pub path: PathBuf,
    /// `None` where the images are beside the table.
    pub folder: Option<PathBuf>,
    /// The headers of the columns of files and of labels.
    pub columns: Option<[String; 2]>,
    /// The file that says what classes are called.
    pub classes: Option<PathBuf>,
}

impl Reader for CsvReader {
    fn read(&self, terms: Terms) -> Result<Dataset, DatasetError> {
        let text = read_text(&self.path, "a table of classes", terms.bounds.bytes)?;
        let rows = rows(&text);
        let columns = columns(&rows, self.columns.as_ref()).map_err(|reason| DatasetError::Syntax {
            path: self.path.clone(),
            expected: "a table of classes",
            reason,
            help: None,
        })?;
        let mut findings = Findings::default();
        findings.says_where(self.folder.is_some());
        let list = self.classes.as_ref().map(|path| ClassList::read(path, file::MOST_OF_A_TEXT)).transpose()?;
        let rows = &rows[usize::from(columns.has_header)..];
        let lines: Vec<ListedLine> = rows.iter().filter_map(|row| line(row, &columns, &mut findings)).collect();
        // A class of which no picture is in this table has a column nevertheless.
        let more = match &columns.class {
            ClassColumns::Flags(flags) => flags.iter().map(|(name, _)| composed(name)).collect(),
            ClassColumns::Label(_) => BTreeSet::new(),
        };
        let folder = clean_path(self.folder.as_deref().or(self.path.parent()).unwrap_or(Path::new("")));
        ListedFile { path: &self.path, folder: &folder, lines, more }.dataset(list.as_ref(), terms, findings)
    }

    /// The folders beside that of an export's split.
    fn others(&self, _terms: Terms) -> Vec<(String, Box<dyn Reader>)> {
        let reader = |(name, path)| {
            let (columns, classes) = (self.columns.clone(), self.classes.clone());
            (name, Box::new(Self { path, folder: None, columns, classes }) as Box<dyn Reader>)
        };
        EXPORTED.others(&self.path, self.folder.is_none()).into_iter().map(reader).collect()
    }
}

/// What a row says; `None` where it says no one class, which is in `findings`.
fn line(row: &Row, columns: &Columns, findings: &mut Findings) -> Option<ListedLine> {
    let value = |at: usize| row.values.get(at).cloned().unwrap_or_default();
    let name = value(columns.file);
    let called = || format!("line {} ({name})", row.line);
    if name.is_empty() {
        findings.error("lines without a file", called());
        return None;
    }
    let label = match &columns.class {
        ClassColumns::Label(at) => value(*at),
        ClassColumns::Flags(flags) => {
            let set = flags.iter().filter(|(_, at)| flag(&value(*at)) == Some(true)).map(|(name, _)| name.as_str());
            let set: Vec<&str> = set.collect();
            match set[..] {
                [only] => only.to_owned(),
                [] => {
                    findings.error("lines with no class set, where a picture has to have one", called());
                    return None;
                }
                [_, _, ..] => {
                    let example = format!("{}: {}", called(), set.join(", "));
                    findings.error("lines with several classes set, where a picture has one", example);
                    return None;
                }
            }
        }
    };
    if label.is_empty() {
        findings.error("lines without a label", called());
        return None;
    }
    let said =
        columns.others.iter().map(|(header, at)| (header.clone(), Value::String(value(*at)))).collect::<Map<_, _>>();
    Some(ListedLine { line: row.line, name, label, said })
}
