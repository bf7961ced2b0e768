//! The options of the COCO format.

use std::path::PathBuf;

use toml::Spanned;

use super::reader::{CocoReader, EXPORTED};
use crate::dataset::crops::CROPS;
use crate::dataset::{Format, Reader, split};
use crate::entry::{Entry, Named};
use crate::spec::{Diagnostic, Key, PathKind, Source, TableReader, ValueShape, existing_path};
use crate::task::Task;

/// The COCO format.
#[derive(Debug)]
pub struct Coco;

impl Named for Coco {
    fn entry(&self) -> Entry {
        Entry { name: "coco", summary: "COCO instances JSON with a folder of images, or a Roboflow export of it" }
    }
}

const KEYS: &[Key] = &[
    Key::new(
        "path",
        ValueShape::PATH,
        "the JSON file; or the folder of a Roboflow export, or of one of its splits, which holds _annotations.coco.json",
    )
    .required(),
    Key::new("split", ValueShape::TEXT, "the part of an export whose folder is `path`: train, valid (or val), test"),
    Key::new("images", ValueShape::PATH, "the folder that file names start from; that of the JSON file where none is given"),
    CROPS,
];

impl Format for Coco {
    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn tasks(&self) -> &'static [Task] {
        &[Task::Detect, Task::Classify]
    }

    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"annotations/test.json\"");
        let images = options.optional::<String>("images");
        let split = options.optional::<String>("split");
        let path = json_file(source, &path?, split.as_ref(), options)?;
        let folder = match images {
            Some(images) => Some(existing_path(source, &images, PathKind::Folder, "folder of images", options)?),
            None => None,
        };
        Some(Box::new(CocoReader { path, folder }))
    }
}

/// The JSON file that `path` and `split` name.
fn json_file(
    source: &Source,
    path: &Spanned<String>,
    split: Option<&Spanned<String>>,
    options: &mut TableReader<'_, '_, '_>,
) -> Option<PathBuf> {
    let folder = source.resolve(path);
    if !folder.is_dir() {
        if let Some(split) = split.filter(|_| folder.is_file()) {
            let message = "`split` needs the folder of an export as `path`".to_owned();
            options
                .wrong(Diagnostic::new(split.span(), message).help("a JSON file is one split already: drop `split`"));
        }
        return existing_path(source, path, PathKind::File, "annotation file", options);
    }
    let holder = match split {
        Some(split) => split::folder(&folder, split, options)?,
        None => folder,
    };
    let file = holder.join(EXPORTED);
    if !file.is_file() {
        let message = format!("no `{EXPORTED}` in {}", holder.display());
        let help = "name the JSON file itself, or the folder of a Roboflow export and a `split`";
        options.wrong(Diagnostic::new(path.span(), message).help(help));
        return None;
    }
    Some(file)
}
