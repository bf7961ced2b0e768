//! A file of labels to a [`Dataset`].

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use super::advice::refusal;
use super::annotations::{read_annotations, refuse_shares};
use super::classes::read_classes;
use super::file::{File, RawCategory, RawImage};
use crate::dataset::exported::Exported;
use crate::dataset::files::{clean_name, clean_path, files_below, is_outside, is_picture, locate, name_in};
use crate::dataset::findings::Findings;
use crate::dataset::last_names::LastNames;
use crate::dataset::metadata::metadata;
use crate::dataset::place::{place, tell_links};
use crate::dataset::records::{NamedPicture, Pictured, check_names, record};
use crate::dataset::swapped::Swapped;
use crate::dataset::{Aside, Dataset, DatasetError, ImageIds, Numbering, Reader, Terms, boxes};
use crate::detection::{Annotation, Category, ImageRecord};
use crate::digest::Digest;
use crate::file;
use crate::json;
use crate::json::Id;
use crate::task::Task;

/// How Roboflow calls the JSON file of a split.
pub const EXPORTED: Exported = Exported {
    name: "_annotations.coco.json",
    what: "annotation file",
    one: "a JSON file",
    help: "name the JSON file itself, or the folder of a Roboflow export and a `split`",
};

/// Reads one file of labels.
pub struct CocoReader {
    /// The JSON file.
    pub path: PathBuf,
    /// `None` where the images are beside the JSON file.
    pub folder: Option<PathBuf>,
}

impl Reader for CocoReader {
    fn read(&self, terms: Terms) -> Result<Dataset, DatasetError> {
        let read = file::read(&self.path, terms.bounds.bytes);
        let bytes = read.map_err(|source| DatasetError::Io { path: self.path.clone(), source })?;
        let mut file: File = json::from_bytes(&bytes).map_err(|error| refusal(&self.path, &bytes, &error))?;
        let digest = digest(&bytes, &file);
        drop(bytes);
        // What the order decides (resamples, sums, places) must not depend on how the file was written. Objects stay as they
        // are: where two overlap a detection alike, pycocotools takes the later one.
        file.images.sort_by(|one, other| one.id.cmp(&other.id));
        file.categories.sort_by_key(|category| category.id.0);
        let mut findings = Findings::default();
        findings.says_where(self.folder.is_some());
        let (ids, numbering) = image_ids(&file, &mut findings);
        drop_project(&mut file, &mut findings);
        let categories = read_categories(&file, &mut findings);
        let pictured = self.read_images(&file, &ids, terms, &mut findings);
        let mut annotations = match terms.task {
            Task::Detect => read_annotations(&file, &mut findings),
            Task::Classify => read_classes(&file, &pictured, &mut findings),
        };
        if file.annotations.is_none() && terms.task == Task::Detect {
            findings.note("the file has no `annotations`: its images are taken as images without objects");
        }
        if file.images.is_empty() {
            findings.refuse("`images` is empty");
        }
        if terms.task == Task::Detect {
            check_boxes(&pictured, &mut annotations, &mut findings);
        }
        let images: Vec<ImageRecord> = pictured.into_iter().map(|pictured| pictured.record).collect();
        if images.len() == annotations.len() && terms.task == Task::Detect {
            boxes::tell_odd(&images, &annotations, &mut findings);
        }
        tell_links(&clean_path(self.images()), &images, &mut findings);
        if self.folder.is_none() {
            tell_unlisted(self.images(), &images, &mut findings)?;
        }
        let aside = Aside { odd_boxes: findings.take_odd_boxes(), originals: originals(&file) };
        let warnings = findings.into_warnings(&self.path)?;
        let metadata = metadata(&images, &file.images.into_iter().map(|image| image.said).collect::<Vec<_>>());
        let labelled = Dataset::labelled(images, categories, annotations, digest);
        Ok(Dataset { metadata, numbering, warnings, aside, ..labelled })
    }

    /// The folders beside that of an export's split.
    fn others(&self, _terms: Terms) -> Vec<(String, Box<dyn Reader>)> {
        let reader = |(name, path)| (name, Box::new(Self { path, folder: None }) as Box<dyn Reader>);
        EXPORTED.others(&self.path, self.folder.is_none()).into_iter().map(reader).collect()
    }
}

/// Turns boxes with their pictures, once they are seen to be boxes in pixels.
fn check_boxes(pictured: &[Pictured], annotations: &mut [Vec<Annotation>], findings: &mut Findings) {
    refuse_shares(annotations, findings);
    tell_corners(pictured, annotations, findings);
    for (pictured, list) in pictured.iter().zip(annotations) {
        for annotation in list {
            annotation.bbox = pictured.upright(&annotation.bbox);
        }
    }
}

/// Tells where boxes, as they are written, look like corners.
fn tell_corners(pictured: &[Pictured], annotations: &[Vec<Annotation>], findings: &mut Findings) {
    let mut swapped = Swapped::default();
    for (pictured, list) in pictured.iter().zip(annotations) {
        let image = &pictured.record;
        for annotation in list {
            let bbox = pictured.upright(&annotation.bbox);
            let extent = [f64::from(image.width), f64::from(image.height)];
            swapped.add(annotation.bbox.into(), extent, boxes::is_beyond(image, &bbox));
        }
    }
    swapped.note("left, top, width, height").into_iter().for_each(|note| findings.note(note));
}

/// Stands for the labels. Of a file whose images are not in the order of their ids it is another one than that of its
/// bytes: figures that were accepted when resamples followed the file's order cannot be paired with those of today.
fn digest(bytes: &[u8], file: &File) -> Digest {
    if file.images.is_sorted_by_key(|image| &image.id) {
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

    fn read_images(&self, file: &File, ids: &[u64], terms: Terms, findings: &mut Findings) -> Vec<Pictured> {
        let folder = clean_path(self.images());
        let last_names = LastNames::of(&folder);
        let mut names = HashSet::new();
        let mut records = Vec::with_capacity(file.images.len());
        for (image, &id) in file.images.iter().zip(ids) {
            let written = locate(&folder, &image.file_name);
            // What lies nowhere, or elsewhere where that is not read, may be here under its last name.
            let is_refused = is_outside(&written, &folder) && !terms.bounds.allows_outside;
            let is_elsewhere = is_refused || !written.exists();
            let by_last_name = if is_elsewhere { last_names.find(&image.file_name).cloned() } else { None };
            let path = if let Some(found) = &by_last_name {
                findings.warning(
                    "image files that are not where the labels say, found by their last names",
                    image.file_name.clone(),
                );
                found.clone()
            } else {
                let Some(placed) = place(&folder, &image.file_name, terms.bounds, findings) else { continue };
                placed
            };
            if !names.insert(path.clone()) {
                findings.error("image files listed twice", image.file_name.clone());
            }
            let name = if by_last_name.is_some() {
                name_in(&folder, &path)
            } else if image.file_name.contains('\\') && !folder.join(&image.file_name).exists() {
                findings.warning("image files written with `\\`", image.file_name.clone());
                clean_name(&image.file_name)
            } else {
                image.file_name.clone()
            };
            let written = (image.width.map(|width| width.0), image.height.map(|height| height.0));
            records.extend(record(NamedPicture { id, name, path, written }, terms, findings));
        }
        records
    }
}

/// The ids of the images: those of the file, or where any of them is a text, places in the order of the ids.
fn image_ids(file: &File, findings: &mut Findings) -> (Vec<u64>, Numbering) {
    let mut seen = HashSet::new();
    for image in file.images.iter().filter(|image| !seen.insert(&image.id)) {
        findings.error("duplicated image ids", image.id.to_string());
    }
    let number = |image: &RawImage| match image.id {
        Id::Number(number) => Some(number),
        Id::Text(_) => None,
    };
    if let Some(ids) = file.images.iter().map(number).collect() {
        return (ids, Numbering::default());
    }
    let text = |image: &RawImage| match &image.id {
        Id::Number(number) => number.to_string(),
        Id::Text(text) => text.clone(),
    };
    let texts = file.images.iter().map(text).zip(1..).collect();
    ((1..).take(file.images.len()).collect(), Numbering { ids: ImageIds::Places, texts, ..Numbering::default() })
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
            && file.annotations().iter().all(|annotation| annotation.category_id.0 != 0)
            && others.any(|other| supercategory(other) == category.name.0)
    };
    let first = file.categories.iter().position(|category| category.id.0 == 0);
    if let Some(at) = first.filter(|&at| is_project(&file.categories[at])) {
        let project = file.categories.remove(at);
        findings.warning("categories that only name the Roboflow project, dropped", format!("0 `{}`", project.name.0));
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
        if !names.insert(category.name.0.as_str()) {
            findings.error("duplicated category names", format!("`{}`", category.name.0));
        }
    }
    let categories: Vec<Category> =
        file.categories.iter().map(|c| Category { id: c.id.0, name: c.name.0.clone() }).collect();
    check_names(&categories, findings);
    categories
}
