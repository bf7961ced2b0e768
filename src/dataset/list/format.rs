//! The options of the format of lists.

use super::reader::ListReader;
use crate::dataset::folder::CLASSES;
use crate::dataset::{Format, Reader};
use crate::entry::{Entry, Named};
use crate::spec::{Key, PathKind, Source, TableReader, ValueShape, existing_path, optional_path};
use crate::task::Task;

/// The format of lists.
#[derive(Debug)]
pub struct PictureList;

impl Named for PictureList {
    fn entry(&self) -> Entry {
        Entry {
            name: "list",
            summary: "a text file with a picture and its class a line, as ImageNet's validation set has it; for \
                      `task = \"classify\"`",
        }
    }
}

const KEYS: &[Key] = &[
    Key::new("path", ValueShape::PATH, "the list: a file and its class a line, `ILSVRC2012_val_00000001.JPEG 65`")
        .required(),
    Key::new("images", ValueShape::PATH, "the folder that file names start from; that of the list where none is given"),
    CLASSES,
];

impl Format for PictureList {
    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn tasks(&self) -> &'static [Task] {
        &[Task::Classify]
    }

    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"val.txt\"");
        let images = options.optional::<String>("images");
        let classes = options.optional::<String>(CLASSES.name);
        let path = existing_path(source, &path?, PathKind::File, "list of pictures", options)?;
        let folder = optional_path(source, images, PathKind::Folder, "folder of images", options)?;
        let classes = optional_path(source, classes, PathKind::File, "list of classes", options)?;
        Some(Box::new(ListReader { path, folder, classes }))
    }
}
