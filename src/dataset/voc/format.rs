//! The options of the VOC format.

use std::path::Path;

use toml::Spanned;

use super::annotation::Corners;
use super::find::{Lack, find};
use super::layout::Layout;
use super::reader::VocReader;
use crate::dataset::crops::CROPS;
use crate::dataset::{Format, Reader, split};
use crate::entry::{Entry, Named};
use crate::spec::{
    Diagnostic, Key, Mistake, PathKind, Source, TableReader, Value, ValueShape, deserialize, existing_path,
    optional_path,
};
use crate::task::Task;

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
        ValueShape::PATH,
        "the folder of a VOC development kit (with Annotations), of a Roboflow, CVAT or Label Studio export, or one with XML files",
    )
    .required(),
    Key::new(
        "split",
        ValueShape::TEXT,
        "the list SPLIT.txt in ImageSets/Main, ImageSets or beside Annotations, or the folder of that name; all XML files \
         without it",
    ),
    Key::new(
        "images",
        ValueShape::PATH,
        "the folder of the pictures, where they are neither in JPEGImages or images nor beside the XML",
    ),
    Key::new("labels", ValueShape::TEXTS, "the classes in order; the names found, sorted, where none are given"),
    Key::new(
        "corners",
        ValueShape::choice::<Corners>(),
        "what the corners of a box mean; told by the files themselves where they say who wrote them, else \"edges\"",
    ),
    CROPS,
];

impl Format for Voc {
    fn keys(&self) -> &'static [Key] {
        KEYS
    }

    fn tasks(&self) -> &'static [Task] {
        &[Task::Detect]
    }

    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"VOC2007\"");
        let split = options.optional::<String>("split");
        let images = options.optional::<String>("images");
        let labels = options.with("labels", read_labels).map(Spanned::into_inner);
        let corners = options.choice::<Corners>("corners");
        let path = path?;
        let folder = existing_path(source, &path, PathKind::Folder, "folder of a VOC dataset", options)?;
        let layout = layout(&folder, &path, split.as_ref(), options)?;
        let images = optional_path(source, images, PathKind::Folder, "folder of images", options)?;
        let split = split.map(Spanned::into_inner);
        Some(Box::new(VocReader { folder, split, layout, images, labels, corners }))
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
    folder: &Path,
    path: &Spanned<String>,
    split: Option<&Spanned<String>>,
    options: &mut TableReader<'_, '_, '_>,
) -> Option<Layout> {
    let lack = match find(folder, split.map(|split| split.get_ref().as_str())) {
        Ok(layout) => return Some(layout),
        Err(lack) => lack,
    };
    let (message, help) = match lack {
        Lack::Split(place, known) => {
            if let Some(split) = split {
                split::unknown(split, &place, &known, options);
            }
            return None;
        }
        Lack::Xml(place) => (
            format!("no XML files in {}", place.display()),
            "name the folder that holds `Annotations`, or the one with the XML files, or its parent and a `split`"
                .to_owned(),
        ),
        Lack::Whole(splits) => (
            format!("{} holds the XML files of several splits", folder.display()),
            format!("choose one: `split = \"{}\"`", splits.join("\"` or `\"")),
        ),
        Lack::Several(kits) => (
            format!("{} holds several datasets: {}", folder.display(), kits.join(", ")),
            format!(
                "name the folder of one of them: `path = \"{}/{}\"`",
                path.get_ref().trim_end_matches('/'),
                kits[0]
            ),
        ),
    };
    options.wrong(Diagnostic::new(path.span(), message).help(help));
    None
}
