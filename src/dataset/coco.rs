//! COCO instances JSON: `images`, `annotations`, `categories` (cocodataset.org/#format-data).

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Dataset, DatasetError, Format, PictureError, Reader, picture_size};
use crate::detection::{Annotation, BBox, Category, ImageRecord};
use crate::digest::Digest;
use crate::entry::{Entry, Named};
use crate::json::{self, Flag, Whole};
use crate::spec::{PathKind, Source, TableReader, existing_path};

/// The COCO format.
#[derive(Debug)]
pub struct Coco;

impl Named for Coco {
    fn entry(&self) -> Entry {
        Entry { name: "coco", summary: "COCO instances JSON with a folder of images" }
    }
}

impl Format for Coco {
    fn open(&self, source: &Source, options: &mut TableReader<'_, '_, '_>) -> Option<Box<dyn Reader>> {
        let path = options.required::<String>("path", "path = \"annotations/test.json\"");
        let images = options.optional::<String>("images");
        let path = existing_path(source, &path?, PathKind::File, "annotation file", options)?;
        let images = match images {
            Some(images) => existing_path(source, &images, PathKind::Folder, "folder of images", options)?,
            None => path.parent().map(Path::to_path_buf).unwrap_or_default(),
        };
        Some(Box::new(CocoReader { path, images }))
    }
}

struct CocoReader {
    path: PathBuf,
    images: PathBuf,
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
}

#[derive(Deserialize)]
struct RawCategory {
    id: Whole,
    name: String,
}

impl Reader for CocoReader {
    fn read(&self) -> Result<Dataset, DatasetError> {
        let bytes = std::fs::read(&self.path).map_err(|source| DatasetError::Io { path: self.path.clone(), source })?;
        let file: File = json::from_bytes(&bytes).map_err(|error| DatasetError::Syntax {
            path: self.path.clone(),
            expected: "COCO instances JSON",
            reason: error.to_string(),
        })?;
        let mut findings = Findings::default();
        let categories = read_categories(&file, &mut findings);
        let images = self.read_images(&file, &mut findings);
        let annotations = read_annotations(&file, &mut findings);
        if file.images.is_empty() {
            findings.add("no images", "`images` is empty".to_owned());
        }
        refuse_shares(&annotations, &mut findings);
        findings.into_result(&self.path)?;
        let warnings = odd_boxes(&images, &annotations);
        Ok(Dataset { images, categories, annotations, digest: Digest::of_bytes(&bytes), warnings })
    }
}

impl CocoReader {
    fn read_images(&self, file: &File, findings: &mut Findings) -> Vec<ImageRecord> {
        let mut ids = HashSet::new();
        let mut names = HashSet::new();
        let mut records = Vec::with_capacity(file.images.len());
        for image in &file.images {
            if !ids.insert(image.id.0) {
                findings.add("duplicated image ids", image.id.0.to_string());
            }
            if !names.insert(&image.file_name) {
                findings.add("image files listed twice", image.file_name.clone());
            }
            let path = self.images.join(&image.file_name);
            match picture_size(&path) {
                Ok(size) => {
                    check_size(image, size, findings);
                    let (width, height) = size;
                    records.push(ImageRecord {
                        id: image.id.0,
                        file_name: image.file_name.clone(),
                        path,
                        width,
                        height,
                    });
                }
                Err(PictureError::Io(error)) if error.kind() == std::io::ErrorKind::NotFound => {
                    findings.add("missing image files", path.display().to_string());
                }
                Err(error) => findings.add("unusable image files", format!("{} ({error})", path.display())),
            }
        }
        records
    }
}

/// The annotation file's size must be the picture's: boxes would be off otherwise.
fn check_size(image: &RawImage, (width, height): (u32, u32), findings: &mut Findings) {
    let side = |written: Option<Whole>, found: u32| written.map_or(u64::from(found), |side| side.0);
    let written = (side(image.width, width), side(image.height, height));
    if written != (width.into(), height.into()) {
        let (w, h) = written;
        findings.add(
            "image sizes that differ from the files'",
            format!("{} is {width}x{height} the right way up, not {w}x{h}", image.file_name),
        );
    }
}

fn read_categories(file: &File, findings: &mut Findings) -> Vec<Category> {
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for category in &file.categories {
        if !ids.insert(category.id.0) {
            findings.add("duplicated category ids", category.id.0.to_string());
        }
        if !names.insert(category.name.as_str()) {
            findings.add("duplicated category names", format!("`{}`", category.name));
        }
    }
    file.categories.iter().map(|c| Category { id: c.id.0, name: c.name.clone() }).collect()
}

fn read_annotations(file: &File, findings: &mut Findings) -> Vec<Vec<Annotation>> {
    let index: HashMap<u64, usize> = file.images.iter().enumerate().map(|(index, image)| (image.id.0, index)).collect();
    let categories: HashSet<u64> = file.categories.iter().map(|category| category.id.0).collect();
    let mut ids = HashSet::new();
    let mut per_image = vec![Vec::new(); file.images.len()];
    for raw in &file.annotations {
        let named = |what: &str| format!("annotation {} {what}", raw.id.0);
        if !ids.insert(raw.id.0) {
            findings.add("duplicated annotation ids", raw.id.0.to_string());
        }
        if !categories.contains(&raw.category_id.0) {
            findings.add("unknown categories", named(&format!("has category_id {}", raw.category_id.0)));
        }
        let Some(corners) = raw.bbox else {
            findings.add("annotations without a `bbox`", raw.id.0.to_string());
            continue;
        };
        let bbox = BBox::from(corners);
        let area = raw.area.unwrap_or_else(|| bbox.area());
        if !bbox.is_finite() || bbox.width < 0.0 || bbox.height < 0.0 || !area.is_finite() {
            findings.add("impossible boxes", named(&format!("has bbox {corners:?}, area {area}")));
        }
        match index.get(&raw.image_id.0) {
            Some(&at) => {
                let annotation = Annotation { category_id: raw.category_id.0, bbox, area, iscrowd: raw.iscrowd.0 };
                per_image[at].push(annotation);
            }
            None => findings.add("unknown images", named(&format!("has image_id {}", raw.image_id.0))),
        }
    }
    per_image
}

/// Boxes that are evaluated as pycocotools does, but that somebody should know of.
fn odd_boxes(images: &[ImageRecord], annotations: &[Vec<Annotation>]) -> Vec<String> {
    let (mut flat, mut outside) = (0, 0);
    for (image, list) in images.iter().zip(annotations) {
        let (width, height) = (f64::from(image.width), f64::from(image.height));
        flat += list.iter().filter(|a| a.bbox.area() == 0.0).count();
        let is_outside = |a: &&Annotation| a.bbox.area() > 0.0 && a.bbox.clipped(width, height).area() == 0.0;
        outside += list.iter().filter(is_outside).count();
    }
    let told = [(flat, "have a box of no size"), (outside, "have a box outside of their image")];
    told.into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count} annotations {what}"))
        .collect()
}

/// Shares of the image, as YOLO writes them, would be taken for boxes of a pixel.
fn refuse_shares(annotations: &[Vec<Annotation>], findings: &mut Findings) {
    let is_share = |a: &Annotation| <[f64; 4]>::from(a.bbox).iter().all(|value| (0.0..=1.0).contains(value));
    let mut all = annotations.iter().flatten().peekable();
    if all.peek().is_some() && all.all(is_share) {
        findings.add("wrong units", "every bbox lies within 0..1; pixels are expected".to_owned());
    }
}

/// What is wrong with a file, grouped by sort and counted, with the first few examples of each.
#[derive(Default)]
struct Findings(Vec<(&'static str, usize, Vec<String>)>);

/// Examples shown of each sort of finding.
const EXAMPLES: usize = 3;

impl Findings {
    fn add(&mut self, sort: &'static str, example: String) {
        let known = self.0.iter().position(|(known, ..)| *known == sort);
        let at = known.unwrap_or_else(|| {
            self.0.push((sort, 0, Vec::new()));
            self.0.len() - 1
        });
        let (_, count, examples) = &mut self.0[at];
        *count += 1;
        if examples.len() < EXAMPLES {
            examples.push(example);
        }
    }

    fn into_result(self, path: &Path) -> Result<(), DatasetError> {
        if self.0.is_empty() {
            return Ok(());
        }
        let findings = self.0.into_iter().map(|(sort, count, examples)| {
            let more = if count > examples.len() { ", ..." } else { "" };
            format!("{sort} ({count}): {}{more}", examples.join(", "))
        });
        Err(DatasetError::Content { path: path.to_path_buf(), findings: findings.collect() })
    }
}
