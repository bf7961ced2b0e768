//! COCO instances JSON: `images`, `annotations`, `categories` (cocodataset.org/#format-data).
//!
//! ```toml
//! [dataset.test]
//! format = "coco"
//! path = "annotations/test.json"   # or the folder of a Roboflow export, then with `split = "test"`
//! images = "images"                # default: the folder of the JSON file
//! ```
//!
//! - `path` may be a folder that holds `_annotations.coco.json`, or one with a folder of that sort per split (`valid`
//!   and `val` are the same split). Other files lying around do not matter.
//! - Boxes are taken as they are, in pixels, and evaluated as pycocotools does; `area` is the mask's where it is given,
//!   `iscrowd` regions count neither for nor against a model. Masks, polygon or RLE, are not read.
//! - Roboflow's exports begin with a category 0 that no object has and that only names the project: it is dropped.
//! - Errors: missing or unusable images, images of another size than written (the right way up), ids or names used
//!   twice, unknown ids, impossible boxes, boxes in shares of the picture, ids that are texts. Warnings, counted: boxes of no size,
//!   outside of their image or beyond it, objects written twice, annotations with `ignore` (which count), `\` in paths,
//!   pictures behind links, pictures beside the JSON file that it does not list.
//! - A `file_name` that leads out of the folder of images is an error, and read with `allow_outside = true`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::{Map, Value};
use toml::Spanned;

use super::files::{clean_name, clean_path, files_below, is_picture, name_in};
use super::findings::Findings;
use super::format::INSTANCES;
use super::metadata::metadata;
use super::place::{place, tell_links};
use super::records::{Named as NamedPicture, check_names, record};
use super::{Aside, Bounds, Dataset, DatasetError, Format, Reader, boxes, split};
use crate::detection::{Annotation, BBox, Category, ImageRecord};
use crate::digest::Digest;
use crate::entry::{Entry, Named};
use crate::file;
use crate::json::{self, Flag, Whole};
use crate::spec::{Diagnostic, Key, PathKind, Shape, Source, TableReader, existing_path};

/// How Roboflow calls the JSON file of a split.
const EXPORTED: &str = "_annotations.coco.json";

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
        Shape::PATH,
        "the JSON file; or the folder of a Roboflow export, or of one of its splits, which holds _annotations.coco.json",
    )
    .required(),
    Key::new("split", Shape::TEXT, "the part of an export whose folder is `path`: train, valid (or val), test"),
    Key::new("images", Shape::PATH, "the folder that file names start from; that of the JSON file where none is given"),
];

impl Format for Coco {
    fn keys(&self) -> &'static [Key] {
        KEYS
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

struct CocoReader {
    path: PathBuf,
    /// `None` where the images are beside the JSON file.
    folder: Option<PathBuf>,
}

#[derive(Deserialize)]
struct File {
    images: Vec<RawImage>,
    annotations: Vec<RawAnnotation>,
    categories: Vec<RawCategory>,
}

#[derive(Deserialize)]
struct RawImage {
    id: Whole,
    file_name: String,
    width: Option<Whole>,
    height: Option<Whole>,
    /// What else is said of it, Roboflow's `extra` among it.
    #[serde(flatten)]
    said: Map<String, Value>,
}

#[derive(Deserialize)]
struct RawAnnotation {
    id: Whole,
    image_id: Whole,
    category_id: Whole,
    bbox: Option<[f64; 4]>,
    area: Option<f64>,
    #[serde(default)]
    iscrowd: Flag,
    /// Of tools that leave such objects out.
    ignore: Option<Flag>,
}

#[derive(Deserialize)]
struct RawCategory {
    id: Whole,
    name: String,
    supercategory: Option<String>,
}

impl Reader for CocoReader {
    fn read(&self, bounds: Bounds) -> Result<Dataset, DatasetError> {
        let read = file::read(&self.path, bounds.bytes);
        let bytes = read.map_err(|source| DatasetError::Io { path: self.path.clone(), source })?;
        let mut file: File = json::from_bytes(&bytes).map_err(|error| DatasetError::Syntax {
            path: self.path.clone(),
            expected: INSTANCES,
            reason: error.to_string(),
        })?;
        let digest = digest(&bytes, &file);
        drop(bytes);
        // What the order decides (resamples, sums) must not depend on how the file was written. Objects stay as they are:
        // where two overlap a detection alike, pycocotools takes the later one.
        file.images.sort_by_key(|image| image.id.0);
        file.categories.sort_by_key(|category| category.id.0);
        let mut findings = Findings::default();
        drop_project(&mut file, &mut findings);
        let categories = read_categories(&file, &mut findings);
        let images = self.read_images(&file, bounds, &mut findings);
        let annotations = read_annotations(&file, &mut findings);
        if file.images.is_empty() {
            findings.refuse("`images` is empty");
        }
        refuse_shares(&annotations, &mut findings);
        if images.len() == annotations.len() {
            boxes::tell_odd(&images, &annotations, &mut findings);
        }
        if self.folder.is_none() {
            tell_unlisted(self.images(), &images, &mut findings)?;
        }
        let aside = Aside { odd_boxes: findings.take_odd_boxes(), originals: originals(&file) };
        let warnings = findings.into_warnings(&self.path)?;
        let metadata = metadata(&images, &file.images.into_iter().map(|image| image.said).collect::<Vec<_>>());
        Ok(Dataset { images, categories, annotations, digest, sampled_from: None, metadata, warnings, aside })
    }

    /// The folders beside that of an export's split.
    fn others(&self, _bounds: Bounds) -> Vec<(String, Box<dyn Reader>)> {
        let own = self.path.parent().filter(|_| self.path.ends_with(EXPORTED) && self.folder.is_none());
        let Some((own, around)) = own.and_then(|own| Some((own, own.parent()?))) else { return Vec::new() };
        let folders = split::folders(around).into_iter().filter(|name| !own.ends_with(name));
        let path = |name: &String| around.join(name).join(EXPORTED);
        let others = folders.filter(|name| path(name).is_file());
        let reader = |name: String| {
            let reader: Box<dyn Reader> = Box::new(Self { path: path(&name), folder: None });
            (name, reader)
        };
        others.map(reader).collect()
    }
}

/// Stands for the labels. Of a file whose images are not in the order of their ids it is another one than that of its
/// bytes: figures that were accepted when resamples followed the file's order cannot be paired with those of today.
fn digest(bytes: &[u8], file: &File) -> Digest {
    if file.images.is_sorted_by_key(|image| image.id.0) {
        Digest::of_bytes(bytes)
    } else {
        Digest::of_parts([bytes, b"by id".as_slice()])
    }
}

impl CocoReader {
    /// The folder that file names start from.
    fn images(&self) -> &Path {
        self.folder.as_deref().or(self.path.parent()).unwrap_or(Path::new(""))
    }

    fn read_images(&self, file: &File, bounds: Bounds, findings: &mut Findings) -> Vec<ImageRecord> {
        let folder = clean_path(self.images());
        let mut ids = HashSet::new();
        let mut names = HashSet::new();
        let mut records = Vec::with_capacity(file.images.len());
        for image in &file.images {
            if !ids.insert(image.id.0) {
                findings.error("duplicated image ids", image.id.0.to_string());
            }
            let Some(path) = place(&folder, &image.file_name, bounds, findings) else { continue };
            if !names.insert(path.clone()) {
                findings.error("image files listed twice", image.file_name.clone());
            }
            let name = if image.file_name.contains('\\') && !folder.join(&image.file_name).exists() {
                findings.warning("image files written with `\\`", image.file_name.clone());
                clean_name(&image.file_name)
            } else {
                image.file_name.clone()
            };
            let written = (image.width.map(|width| width.0), image.height.map(|height| height.0));
            records.extend(record(NamedPicture { id: image.id.0, name, path, written }, bounds, findings));
        }
        tell_links(&folder, &records, findings);
        records
    }
}

/// What Roboflow says that its pictures were called.
fn originals(file: &File) -> BTreeMap<String, String> {
    let name = |image: &RawImage| {
        let name = image.said.get("extra")?.get("name")?.as_str()?;
        Some((image.file_name.clone(), name.to_owned()))
    };
    file.images.iter().filter_map(name).collect()
}

/// Roboflow's first category names the project: id 0, supercategory `none`, the supercategory of the others, and no
/// object has it. It may share a class's name.
fn drop_project(file: &mut File, findings: &mut Findings) {
    let supercategory = |category: &RawCategory| category.supercategory.clone().unwrap_or_default();
    let is_project = |category: &RawCategory| {
        let mut others = file.categories.iter().filter(|other| other.id != category.id);
        supercategory(category) == "none"
            && file.annotations.iter().all(|annotation| annotation.category_id.0 != 0)
            && others.any(|other| supercategory(other) == category.name)
    };
    let first = file.categories.iter().position(|category| category.id.0 == 0);
    if let Some(at) = first.filter(|&at| is_project(&file.categories[at])) {
        let project = file.categories.remove(at);
        findings.warning("categories that only name the Roboflow project, dropped", format!("0 `{}`", project.name));
    }
}

/// Pictures beside the JSON file that it does not list are not evaluated.
fn tell_unlisted(folder: &Path, images: &[ImageRecord], findings: &mut Findings) -> Result<(), DatasetError> {
    let folder = clean_path(folder);
    let listed: HashSet<&Path> = images.iter().map(|image| image.path.as_path()).collect();
    for path in files_below(&folder, &is_picture)? {
        if !listed.contains(path.as_path()) {
            findings.warning("pictures beside the JSON file that it does not list, left out", name_in(&folder, &path));
        }
    }
    Ok(())
}

fn read_categories(file: &File, findings: &mut Findings) -> Vec<Category> {
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for category in &file.categories {
        if !ids.insert(category.id.0) {
            findings.error("duplicated category ids", category.id.0.to_string());
        }
        if !names.insert(category.name.as_str()) {
            findings.error("duplicated category names", format!("`{}`", category.name));
        }
    }
    let categories: Vec<Category> =
        file.categories.iter().map(|c| Category { id: c.id.0, name: c.name.clone() }).collect();
    check_names(&categories, findings);
    categories
}

fn read_annotations(file: &File, findings: &mut Findings) -> Vec<Vec<Annotation>> {
    let index: HashMap<u64, usize> = file.images.iter().enumerate().map(|(index, image)| (image.id.0, index)).collect();
    let categories: HashSet<u64> = file.categories.iter().map(|category| category.id.0).collect();
    let mut ids = HashSet::new();
    let mut counts = vec![0; file.images.len()];
    file.annotations.iter().filter_map(|raw| index.get(&raw.image_id.0)).for_each(|&at| counts[at] += 1);
    let mut per_image: Vec<Vec<Annotation>> = counts.into_iter().map(Vec::with_capacity).collect();
    for raw in &file.annotations {
        let named = |what: &str| format!("annotation {} {what}", raw.id.0);
        if !ids.insert(raw.id.0) {
            findings.error("duplicated annotation ids", raw.id.0.to_string());
        }
        if !categories.contains(&raw.category_id.0) {
            findings.error("unknown categories", named(&format!("has category_id {}", raw.category_id.0)));
        }
        let Some(corners) = raw.bbox else {
            findings.error("annotations without a `bbox`", raw.id.0.to_string());
            continue;
        };
        let bbox = BBox::from(corners);
        let area = raw.area.unwrap_or_else(|| bbox.area());
        let is_possible = bbox.area().is_finite() && bbox.is_finite() && bbox.width >= 0.0 && bbox.height >= 0.0;
        if !is_possible || !(0.0..=f64::MAX).contains(&area) {
            findings.error("impossible boxes", named(&format!("has bbox {corners:?}, area {area}")));
        }
        if raw.ignore == Some(Flag(true)) && !raw.iscrowd.0 {
            findings.warning(
                "annotations with `ignore`, which pycocotools does not read: they count, unlike those with `iscrowd`",
                raw.id.0.to_string(),
            );
        }
        match index.get(&raw.image_id.0) {
            Some(&at) => {
                let annotation = Annotation { category_id: raw.category_id.0, bbox, area, iscrowd: raw.iscrowd.0 };
                per_image[at].push(annotation);
            }
            None => findings.error("unknown images", named(&format!("has image_id {}", raw.image_id.0))),
        }
    }
    per_image
}

/// Shares of the image, as YOLO writes them, would be taken for boxes of a pixel.
fn refuse_shares(annotations: &[Vec<Annotation>], findings: &mut Findings) {
    let is_share = |a: &Annotation| <[f64; 4]>::from(a.bbox).iter().all(|value| (0.0..=1.0).contains(value));
    let mut all = annotations.iter().flatten().peekable();
    if all.peek().is_some() && all.all(is_share) {
        findings.refuse("every bbox lies within 0..1; pixels are expected");
    }
}
