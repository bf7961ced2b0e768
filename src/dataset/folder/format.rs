//! The options of the format of folders.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::layout::{is_split, splits};
use super::reader::FolderReader;
use crate::dataset::{Format, Reader, split};
use crate::entry::{Entry, Named};
use crate::spec::{Diagnostic, Key, PathKind, Source, TableReader, ValueShape, existing_path, optional_path};
use crate::task::Task;

/// The format of folders.
#[derive(Debug)]
pub struct Folder;

impl Named for Folder {
    fn entry(&self) -> Entry {
        Entry {
            name: "folder",
            summary: "a folder of pictures per class, as torchvision's ImageFolder, Ultralytics and Roboflow lay it out; for \
                      `task = \"classify\"`",
        }
    }
}

/// The file that says what classes are called.
pub const CLASSES: Key = Key::new(
    "classes",
    ValueShape::PATH,
    "a text file that says what the classes are called, one a line in the order of their numbers: a name, or a WordNet id with \
     names (`n01440764 tench, Tinca tinca`); models may say any of them",
);

const KEYS: &[Key] = &[
    Key::new("path", ValueShape::PATH, "the folder of the class folders, or with a `split` that of the splits")
        .required(),
    Key::new("split", ValueShape::TEXT, "the part whose folder is in `path`: train, val (or valid, validation), test"),
    CLASSES,
];

impl Format for Folder {
    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn tasks(&self) -> &'static [Task] {
        &[Task::Classify]
    }

    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"flowers/test\"");
        let split = options.optional::<String>("split");
        let classes = options.optional::<String>(CLASSES.name);
        let path = path?;
        let folder = existing_path(source, &path, PathKind::Folder, "folder of class folders", options)?;
        let folder = part(&folder, &path, split.as_ref(), options)?;
        let classes = optional_path(source, classes, PathKind::File, "list of classes", options)?;
        Some(Box::new(FolderReader { folder, classes }))
    }
}

/// The folder of the class folders. One that holds splits is none: its splits would be taken for classes.
fn part(
    folder: &Path,
    path: &Spanned<String>,
    split: Option<&Spanned<String>>,
    options: &mut TableReader<'_, '_, '_>,
) -> Option<PathBuf> {
    if let Some(split) = split {
        return split::folder(folder, split, options);
    }
    let splits: Vec<String> = splits(folder).into_iter().filter(|name| is_split(&folder.join(name))).collect();
    if splits.is_empty() {
        return Some(folder.to_path_buf());
    }
    let message = format!("{} holds the splits {}, not classes", folder.display(), splits.join(", "));
    let help = format!("choose one: `split = \"{}\"`", splits.join("\"` or `\""));
    options.wrong(Diagnostic::new(path.span(), message).help(help));
    None
}
