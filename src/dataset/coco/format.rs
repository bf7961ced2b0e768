//! The options of the COCO format.

use super::reader::{CocoReader, EXPORTED};
use crate::dataset::crops::CROPS;
use crate::dataset::{Format, Reader};
use crate::entry::{Entry, Named};
use crate::spec::{Key, PathKind, Source, TableReader, ValueShape, optional_path};
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
        let path = EXPORTED.file(source, &path?, split.as_ref(), options)?;
        let folder = optional_path(source, images, PathKind::Folder, "folder of images", options)?;
        Some(Box::new(CocoReader { path, folder }))
    }
}
