//! The options of the format of tables.

use toml::Spanned;

use super::reader::{CsvReader, EXPORTED};
use crate::dataset::folder::CLASSES;
use crate::dataset::{Format, Reader};
use crate::entry::{Entry, Named};
use crate::spec::{Key, Mistake, PathKind, Scalar, Source, TableReader, Value, ValueShape, deserialize, optional_path};
use crate::task::Task;

/// The format of tables.
#[derive(Debug)]
pub struct Csv;

impl Named for Csv {
    fn entry(&self) -> Entry {
        Entry {
            name: "csv",
            summary: "a table with the label of each picture, `file,label`, or Roboflow's `_classes.csv`; for `task = \"classify\"`",
        }
    }
}

const KEYS: &[Key] = &[
    Key::new(
        "path",
        ValueShape::PATH,
        "the table; or the folder of a Roboflow export, or of one of its splits, which holds _classes.csv",
    )
    .required(),
    Key::new("split", ValueShape::TEXT, "the part of an export whose folder is in `path`: train, valid (or val), test"),
    Key::new(
        "images",
        ValueShape::PATH,
        "the folder that file names start from; that of the table where none is given",
    ),
    Key::new(
        "columns",
        ValueShape::List { of: Scalar::Text, min: 2, max: Some(2) },
        "the headers of the columns of files and of labels, where they do not tell by themselves",
    ),
    CLASSES,
];

impl Format for Csv {
    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn tasks(&self) -> &'static [Task] {
        &[Task::Classify]
    }

    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"labels.csv\"");
        let split = options.optional::<String>("split");
        let images = options.optional::<String>("images");
        let columns = options.with("columns", read_columns).map(Spanned::into_inner);
        let classes = options.optional::<String>(CLASSES.name);
        let path = EXPORTED.file(source, &path?, split.as_ref(), options)?;
        let folder = optional_path(source, images, PathKind::Folder, "folder of images", options)?;
        let classes = optional_path(source, classes, PathKind::File, "list of classes", options)?;
        Some(Box::new(CsvReader { path, folder, columns, classes }))
    }
}

fn read_columns(value: &Value<'_>) -> Result<[String; 2], Mistake> {
    let columns: Vec<String> = deserialize(value)?;
    let count = columns.len();
    let columns: [String; 2] = columns.try_into().map_err(|_| {
        Mistake::new(format!("expected two headers, found {count}")).help("write `columns = [\"file\", \"label\"]`")
    })?;
    if columns[0] == columns[1] {
        return Err(Mistake::new(format!("`{}` cannot be both the file and the label", columns[0])));
    }
    Ok(columns)
}
