//! Class folders to a [`Dataset`].

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde_json::Map;

use super::layout::{is_split, splits};
use crate::dataset::class_list::{ClassList, is_wnid};
use crate::dataset::classes::{ClassedPicture, Classes, classed};
use crate::dataset::files::{files_below, files_in, hidden_below, is_picture, name_in};
use crate::dataset::findings::Findings;
use crate::dataset::last_names::composed;
use crate::dataset::{Dataset, DatasetError, Reader, Terms, split};
use crate::file;

/// Reads the class folders of one folder.
pub struct FolderReader {
    /// The folder that holds them.
    pub folder: PathBuf,
    /// The file that says what they are called.
    pub classes: Option<PathBuf>,
}

impl Reader for FolderReader {
    fn read(&self, terms: Terms) -> Result<Dataset, DatasetError> {
        let mut findings = Findings::default();
        findings.says_where(true);
        let list = self.classes.as_ref().map(|path| ClassList::read(path, file::MOST_OF_A_TEXT)).transpose()?;
        let folders = split::folders(&self.folder);
        if folders.is_empty() {
            findings.refuse(
                "it has no folder, of which each is a class (for pictures without classes: `format = \"images\"`)",
            );
        }
        for path in files_in(&self.folder, is_picture)? {
            findings.warning("pictures in no class folder, left out", name_in(&self.folder, &path));
        }
        let mut pictures = Vec::new();
        for folder in &folders {
            pictures.extend(self.pictures(folder, list.as_ref(), &mut findings)?);
        }
        let classes = match &list {
            Some(list) => Classes::listed(list),
            None => {
                tell_ids(&folders, &mut findings);
                Classes::named(self.every_folder(&folders))
            }
        };
        classed(pictures, &classes, (&self.folder, &self.folder), terms, findings)
    }

    /// The folders beside this one that are splits, too.
    fn others(&self, _terms: Terms) -> Vec<(String, Box<dyn Reader>)> {
        let reader = |folder: PathBuf| Self { folder, classes: self.classes.clone() };
        let beside = self.beside().into_iter();
        beside.map(|(name, folder)| (name, Box::new(reader(folder)) as Box<dyn Reader>)).collect()
    }
}

impl FolderReader {
    /// The other splits, by name; none where this folder is none.
    fn beside(&self) -> Vec<(String, PathBuf)> {
        let own = self.folder.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let Some(around) = self.folder.parent().filter(|_| split::is_word(&own)) else { return Vec::new() };
        let others = splits(around).into_iter().filter(|name| *name != own);
        others.map(|name| (name.clone(), around.join(name))).filter(|(_, folder)| is_split(folder)).collect()
    }

    /// What the folders of all splits are called: one that a split lacks is a class nevertheless.
    fn every_folder(&self, own: &[String]) -> BTreeSet<String> {
        let others = self.beside().into_iter().flat_map(|(_, folder)| split::folders(&folder));
        own.iter().cloned().chain(others).map(|name| composed(&name)).collect()
    }

    /// The pictures of a class folder, those of folders in it among them.
    fn pictures(
        &self,
        folder: &str,
        list: Option<&ClassList>,
        findings: &mut Findings,
    ) -> Result<Vec<ClassedPicture>, DatasetError> {
        let path = self.folder.join(folder);
        let class = composed(folder);
        let class = match list {
            Some(list) => list.number(&class).map_or(class, |number| list.names[number].clone()),
            None => class,
        };
        for other in files_below(&path, &|path: &Path| !is_picture(path))? {
            findings.warning("files that are no pictures, left out", name_in(&self.folder, &other));
        }
        for hidden in hidden_below(&path)? {
            findings.warning("hidden files, left out", name_in(&self.folder, &hidden));
        }
        let picture = |path: PathBuf| ClassedPicture {
            name: name_in(&self.folder, &path),
            path,
            class: class.clone(),
            said: Map::new(),
        };
        Ok(files_below(&path, &is_picture)?.into_iter().map(picture).collect())
    }
}

/// `WordNet` ids tell a reader of reports nothing, and most models say names.
fn tell_ids(folders: &[String], findings: &mut Findings) {
    if !folders.is_empty() && folders.iter().all(|name| is_wnid(name)) {
        findings.note(
            "the folders are called by WordNet ids: `classes` may name a file that says what they mean (`n01440764 tench` a line), \
             for models that say names",
        );
    }
}
