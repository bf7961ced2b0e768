//! A file's text, as it was and as it becomes.

use toml_edit::{Document, DocumentMut, Item, TableLike};

use super::super::source::SourceText;
use super::change::{Change, Migrated};

/// What layers of a spec are below, by name: each has the keys of a spec.
const PROFILES: &str = "profile";

/// A file that is being rewritten.
pub struct Edit<'t> {
    pub part: &'t SourceText,
    /// As it was, with places.
    read: Document<&'t str>,
    /// As it becomes.
    pub document: DocumentMut,
    changes: Vec<Change>,
}

impl<'t> Edit<'t> {
    pub fn new(part: &'t SourceText) -> Option<Self> {
        let read = Document::parse(part.text.as_str()).ok()?;
        let document = read.clone().into_mut();
        Some(Self { part, read, document, changes: Vec::new() })
    }

    /// The ways to the tables that have the keys of a spec: the text itself and its profiles.
    pub fn layers(&self) -> Vec<Vec<String>> {
        let profiles = self.document.get(PROFILES).and_then(Item::as_table_like);
        let names = profiles.into_iter().flat_map(TableLike::iter).filter(|(_, item)| item.is_table_like());
        let profiles = names.map(|(name, _)| vec![PROFILES.to_owned(), name.to_owned()]);
        [Vec::new()].into_iter().chain(profiles).collect()
    }

    /// The table at the end of `way`, as it becomes.
    pub fn table(&self, way: &[String]) -> Option<&dyn TableLike> {
        let mut table: &dyn TableLike = self.document.as_table();
        for name in way {
            table = table.get(name)?.as_table_like()?;
        }
        Some(table)
    }

    /// The same, to be changed.
    pub fn table_mut(&mut self, way: &[String]) -> Option<&mut dyn TableLike> {
        let mut table: &mut dyn TableLike = self.document.as_table_mut();
        for name in way {
            table = table.get_mut(name)?.as_table_like_mut()?;
        }
        Some(table)
    }

    /// Tells of a change of `key` in the table at the end of `way`, by where it stood.
    pub fn tell(&mut self, way: &[String], key: &str, what: String) {
        let line = self.line(way, key).unwrap_or(1);
        self.changes.push(Change { line, what });
    }

    fn line(&self, way: &[String], key: &str) -> Option<usize> {
        let mut table: &dyn TableLike = self.read.as_table();
        for name in way {
            table = table.get(name)?.as_table_like()?;
        }
        let (key, _) = table.get_key_value(key)?;
        Some(self.part.text[..key.span()?.start].matches('\n').count() + 1)
    }

    /// What has become of the file; nothing where nothing was changed.
    pub fn finish(self) -> Option<Migrated> {
        let mut changes = self.changes;
        changes.sort();
        let mut text = self.document.to_string();
        let before = &self.part.text;
        // The editor ends lines in one way.
        if before.contains("\r\n") {
            text = text.replace("\r\n", "\n").replace('\n', "\r\n");
            if before.matches("\r\n").count() < before.matches('\n').count() {
                changes.push(Change { line: 1, what: "lines ended in two ways and now all end in CR LF".to_owned() });
            }
        }
        (!changes.is_empty() && text != *before).then(|| Migrated { file: self.part.name.clone(), text, changes })
    }
}
