//! The options of the VOC format.

use std::path::{Path, PathBuf};

use toml::Spanned;

use super::annotation::Corners;
use super::layout::{Layout, is_devkit, lists};
use super::reader::VocReader;
use crate::dataset::files::{files_in, has_extension, stem};
use crate::dataset::{Format, Reader, split};
use crate::entry::{Entry, Named};
use crate::spec::{Diagnostic, Key, Mistake, PathKind, Shape, Source, TableReader, Value, deserialize, existing_path};

/// The VOC format.
#[derive(Debug)]
pub struct Voc;

impl Named for Voc {
    fn entry(&self) -> Entry {
        Entry {
            name: "voc",
            summary: "Pascal VOC, an XML file per image, as VOC development kits, LabelImg and Roboflow lay it out",
        }
    }
}

const KEYS: &[Key] = &[
    Key::new(
        "path",
        Shape::PATH,
        "the folder of a VOC development kit (with Annotations), of a Roboflow export, or one with XML files",
    )
    .required(),
    Key::new(
        "split",
        Shape::TEXT,
        "the list ImageSets/Main/SPLIT.txt of a development kit, or the folder of that name; all XML files without it",
    ),
    Key::new(
        "images",
        Shape::PATH,
        "the folder of the pictures, where they are neither in JPEGImages nor beside the XML",
    ),
    Key::new("labels", Shape::TEXTS, "the classes in order; the names found, sorted, where none are given"),
    Key::new(
        "corners",
        Shape::choice::<Corners>(),
        "what the corners of a box mean; told by the files themselves where they say who wrote them, else \"edges\"",
    ),
];

impl Format for Voc {
    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"VOC2007\"");
        let split = options.optional::<String>("split");
        let images = options.optional::<String>("images");
        let labels = options.with("labels", read_labels).map(Spanned::into_inner);
        let corners = options.choice::<Corners>("corners");
        let path = path?;
        let folder = existing_path(source, &path, PathKind::Folder, "folder of a VOC dataset", options)?;
        let layout = layout(folder, &path, split.as_ref(), options)?;
        let images = match images {
            Some(images) => Some(existing_path(source, &images, PathKind::Folder, "folder of images", options)?),
            None => None,
        };
        Some(Box::new(VocReader { layout, images, labels, corners }))
    }
}

fn read_labels(value: &Value<'_>) -> Result<Vec<String>, Mistake> {
    let labels: Vec<String> = deserialize(value)?;
    if labels.is_empty() {
        return Err(Mistake::new("the list is empty"));
    }
    match (1..labels.len()).find(|&at| labels[..at].contains(&labels[at])) {
        Some(twice) => Err(Mistake::new(format!("`{}` is there twice", labels[twice]))),
        None => Ok(labels),
    }
}

fn layout(
    folder: PathBuf,
    path: &Spanned<String>,
    split: Option<&Spanned<String>>,
    options: &mut TableReader<'_, '_, '_>,
) -> Option<Layout> {
    if is_devkit(&folder) {
        let list = match split {
            Some(split) => Some(list(&folder, split, options)?),
            None => None,
        };
        return Some(Layout::Devkit { folder, list });
    }
    let flat = match split {
        Some(split) => split::folder(&folder, split, options)?,
        None => folder,
    };
    let xml = files_in(&flat, |path| has_extension(path, "xml")).unwrap_or_default();
    if xml.is_empty() {
        let message = format!("no XML files in {}", flat.display());
        let help =
            "name the folder that holds `Annotations`, or the one with the XML files, or its parent and a `split`";
        options.wrong(Diagnostic::new(path.span(), message).help(help));
        return None;
    }
    Some(Layout::Flat(flat))
}

/// `ImageSets/Main/<split>.txt`
fn list(folder: &Path, split: &Spanned<String>, options: &mut TableReader<'_, '_, '_>) -> Option<PathBuf> {
    let lists = lists(folder);
    let file = |word: &str| lists.join(format!("{word}.txt"));
    let found = split::find(split.get_ref(), |word| file(word).is_file());
    if found.is_none() {
        let known = files_in(&lists, |path| has_extension(path, "txt")).unwrap_or_default();
        let names: Vec<String> = known.iter().map(|path| stem(path)).collect();
        split::unknown(split, &lists, &names, options);
    }
    found.map(|word| file(&word))
}
