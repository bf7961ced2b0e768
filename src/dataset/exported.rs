//! Roboflow's exports: a folder per split, each with a file of labels of one name, beside the pictures.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::files::has_extension;
use super::split;
use crate::file;
use crate::spec::{Diagnostic, PathKind, Source, TableReader, existing_path};

/// The file of labels, as a format has it.
#[derive(Debug, Clone, Copy)]
pub struct Exported {
    /// Its name in a folder of a split.
    pub name: &'static str,
    /// What a file of labels is called where it is named by itself.
    pub what: &'static str,
    /// The same in short, with its article.
    pub one: &'static str,
    /// What to name where a folder has no such file.
    pub help: &'static str,
}

impl Exported {
    /// The file that `path` and `split` name: itself, or the one in a folder of an export.
    pub fn file(
        &self,
        source: &Source,
        path: &Spanned<String>,
        split: Option<&Spanned<String>>,
        options: &mut TableReader<'_, '_, '_>,
    ) -> Option<PathBuf> {
        let folder = source.resolve(path);
        if !file::is_folder(&folder) {
            let named = existing_path(source, path, PathKind::File, self.what, options)?;
            // An archive is told to be one where it is read.
            let is_archive = ["zip", "gz", "tar", "tgz", "7z"].iter().any(|kind| has_extension(&named, kind));
            if let Some(split) = split.filter(|_| !is_archive) {
                let message = "`split` needs the folder of an export as `path`".to_owned();
                let help = format!("{} is one split already: drop `split`", self.one);
                options.wrong(Diagnostic::new(split.span(), message).help(help));
            }
            return Some(named);
        }
        let holder = match split {
            Some(split) => split::folder(&folder, split, options)?,
            None => folder,
        };
        let file = holder.join(self.name);
        if !file::is_file(&file) {
            let message = format!("no `{}` in {}", self.name, holder.display());
            let parts: Vec<String> = split::folders(&holder)
                .into_iter()
                .filter(|part| file::is_file(&holder.join(part).join(self.name)))
                .collect();
            let help = match parts.as_slice() {
                [] => self.help.to_owned(),
                parts => format!("add `split`: there is {}", parts.join(", ")),
            };
            options.wrong(Diagnostic::new(path.span(), message).help(help));
            return None;
        }
        Some(file)
    }

    /// The files of the other splits beside the one of `file`, with the splits' names; none where it is no export's, or
    /// its pictures are elsewhere.
    pub fn others(&self, file: &Path, are_pictures_beside: bool) -> Vec<(String, PathBuf)> {
        let own = file.parent().filter(|_| file.ends_with(self.name) && are_pictures_beside);
        let Some((own, around)) = own.and_then(|own| Some((own, own.parent()?))) else { return Vec::new() };
        let folders = split::folders(around).into_iter().filter(|name| !own.ends_with(name));
        let files = folders.map(|name| (name.clone(), around.join(name).join(self.name)));
        files.filter(|(_, file)| file.is_file()).collect()
    }
}
