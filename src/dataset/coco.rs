//! COCO instances JSON: `images`, `annotations`, `categories` (cocodataset.org/#format-data).

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Dataset, DatasetError, Format, PictureError, Reader, picture_size};
use crate::detection::{Annotation, BBox, Category, ImageRecord};
use crate::digest::Digest;
use crate::entry::{Entry, Named};
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
    id: u64,
    file_name: String,
    width: Option<u32>,
    height: Option<u32>,
}

#[derive(Deserialize)]
struct RawAnnotation {
    id: u64,
    image_id: u64,
    category_id: u64,
    bbox: [f64; 4],
    area: Option<f64>,
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct RawCategory {
    id: u64,
    name: String,
}

impl Reader for CocoReader {
    fn read(&self) -> Result<Dataset, DatasetError> {
        let bytes = std::fs::read(&self.path).map_err(|source| DatasetError::Io { path: self.path.clone(), source })?;
        let file: File = serde_json::from_slice(&bytes).map_err(|error| DatasetError::Syntax {
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
        let warnings = degenerate_boxes(&file);
        findings.into_result(&self.path)?;
        Ok(Dataset { images, categories, annotations, digest: Digest::of_bytes(&bytes), warnings })
    }
}

impl CocoReader {
    fn read_images(&self, file: &File, findings: &mut Findings) -> Vec<ImageRecord> {
        let mut ids = HashSet::new();
        let mut names = HashSet::new();
        let mut records = Vec::with_capacity(file.images.len());
        for image in &file.images {
            if !ids.insert(image.id) {
                findings.add("duplicated image ids", image.id.to_string());
            }
            if !names.insert(&image.file_name) {
                findings.add("image files listed twice", image.file_name.clone());
            }
            let path = self.images.join(&image.file_name);
            match picture_size(&path) {
                Ok(size) => {
                    check_size(image, size, findings);
                    let (width, height) = size;
                    records.push(ImageRecord { id: image.id, file_name: image.file_name.clone(), path, width, height });
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
    let written = (image.width.unwrap_or(width), image.height.unwrap_or(height));
    if written != (width, height) {
        let (w, h) = written;
        findings.add(
            "image sizes that differ from the files'",
            format!("{} is {width}x{height}, not {w}x{h}", image.file_name),
        );
    }
}

fn read_categories(file: &File, findings: &mut Findings) -> Vec<Category> {
    let mut ids = HashSet::new();
    let mut names = HashSet::new();
    for category in &file.categories {
        if !ids.insert(category.id) {
            findings.add("duplicated category ids", category.id.to_string());
        }
        if !names.insert(category.name.as_str()) {
            findings.add("duplicated category names", format!("`{}`", category.name));
        }
    }
    file.categories.iter().map(|c| Category { id: c.id, name: c.name.clone() }).collect()
}

fn read_annotations(file: &File, findings: &mut Findings) -> Vec<Vec<Annotation>> {
    let index: HashMap<u64, usize> = file.images.iter().enumerate().map(|(index, image)| (image.id, index)).collect();
    let categories: HashSet<u64> = file.categories.iter().map(|category| category.id).collect();
    let mut ids = HashSet::new();
    let mut per_image = vec![Vec::new(); file.images.len()];
    for raw in &file.annotations {
        let named = |what: &str| format!("annotation {} {what}", raw.id);
        if !ids.insert(raw.id) {
            findings.add("duplicated annotation ids", raw.id.to_string());
        }
        if !categories.contains(&raw.category_id) {
            findings.add("unknown categories", named(&format!("has category_id {}", raw.category_id)));
        }
        let bbox = BBox::from(raw.bbox);
        let area = raw.area.unwrap_or_else(|| bbox.area());
        if !bbox.is_finite() || bbox.width < 0.0 || bbox.height < 0.0 || !area.is_finite() {
            findings.add("impossible boxes", named(&format!("has bbox {:?}, area {area}", raw.bbox)));
        }
        match index.get(&raw.image_id) {
            Some(&at) => {
                let annotation = Annotation { category_id: raw.category_id, bbox, area, iscrowd: raw.iscrowd != 0 };
                per_image[at].push(annotation);
            }
            None => findings.add("unknown images", named(&format!("has image_id {}", raw.image_id))),
        }
    }
    per_image
}

/// Boxes of no size are evaluated as pycocotools does (nothing can match them), but somebody should know.
fn degenerate_boxes(file: &File) -> Vec<String> {
    let count = file.annotations.iter().filter(|a| a.bbox[2] == 0.0 || a.bbox[3] == 0.0).count();
    if count == 0 { Vec::new() } else { vec![format!("{count} annotations have a box of no size")] }
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
