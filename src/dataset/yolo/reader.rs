//! A split of a YOLO dataset to a [`Dataset`].

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::data_yaml;
use super::line;
use super::listing::{Listed, Lister};
use super::long_lines::LongLines;
use super::outline::DataYaml;
use crate::dataset::files::{lines, read_text};
use crate::dataset::findings::Findings;
use crate::dataset::metadata::metadata;
use crate::dataset::place::tell_links;
use crate::dataset::records::{NamedPicture, Pictured, check_names, record};
use crate::dataset::swapped::Swapped;
use crate::dataset::{Aside, Dataset, DatasetError, ImageIds, Numbering, Reader, Terms, boxes};
use crate::detection::{Annotation, BBox, Category, Shape};
use crate::digest::Digest;
use crate::file;

/// Share of its box below which the area of a polygon is what rounding leaves of nothing.
const CROSSED: f64 = 1e-9;

/// Reads one split.
pub struct YoloReader {
    /// The data.yaml.
    pub yaml: PathBuf,
    /// The split as the file calls it.
    pub split: String,
    /// Where the pictures are, if not where the file says.
    pub images: Option<PathBuf>,
}

impl Reader for YoloReader {
    fn read(&self, terms: Terms) -> Result<Dataset, DatasetError> {
        let data = data_yaml::read(&self.yaml)?;
        let mut findings = Findings::default();
        findings.says_where(self.images.is_some());
        data.notes.iter().for_each(|note| findings.note(note));
        let lister = Lister::new(&data, self.images.as_deref(), terms.bounds, &mut findings);
        let listed = lister.list(&self.split, &mut findings)?;
        check_listed(&listed, &mut findings);
        // What the labels say and whose they are: the pictures have a digest of their own, made where they are read.
        let mut parts = vec![data.text.clone()];
        let (mut images, mut annotations) = (Vec::new(), Vec::new());
        let (mut long_lines, mut swapped) = (LongLines::default(), Swapped::default());
        for (id, image) in (1..).zip(listed) {
            let labels = labels(&image, &mut findings)?;
            parts.extend([image.name.clone(), labels.clone()]);
            let named = NamedPicture { id, name: image.name, path: image.picture, written: (None, None) };
            if let Some(pictured) = record(named, terms, &mut findings) {
                annotations.push(objects(
                    &labels,
                    &image.labels,
                    &pictured,
                    &data,
                    (&mut long_lines, &mut swapped),
                    &mut findings,
                ));
                images.push(pictured.record);
            }
        }
        tell_links(lister.folder_of_pictures(), &images, &mut findings);
        long_lines.tell(&mut findings);
        swapped.note("centre, width, height").into_iter().for_each(|note| findings.note(note));
        boxes::drop_repeated(&images, &mut annotations, &mut findings);
        let aside = Aside { odd_boxes: findings.take_odd_boxes(), ..Aside::default() };
        let categories: Vec<Category> = (0..).zip(data.names).map(|(id, name)| Category { id, name }).collect();
        check_names(&categories, &mut findings);
        let warnings = findings.into_warnings(&self.yaml)?;
        let digest = Digest::of_parts(parts.iter().map(String::as_bytes));
        let metadata = metadata(&images, &[]);
        let numbering = Numbering { ids: ImageIds::Places, ..Numbering::default() };
        let labelled = Dataset::labelled(images, categories, annotations, digest);
        Ok(Dataset { metadata, numbering, warnings, aside, ..labelled })
    }

    /// What the file names and what is there: exports are often taken apart.
    fn others(&self, terms: Terms) -> Vec<(String, Box<dyn Reader>)> {
        let Ok(data) = data_yaml::read(&self.yaml) else { return Vec::new() };
        let is_there = |split: &String| {
            let mut findings = Findings::default();
            let listed =
                Lister::new(&data, self.images.as_deref(), terms.bounds, &mut findings).list(split, &mut findings);
            // What cannot be listed is there: reading it tells why it cannot be compared with.
            listed.map_or(true, |listed| !listed.is_empty())
        };
        let others = data.split_names().into_iter().filter(|split| *split != self.split).filter(is_there);
        let reader = |split: String| Self { yaml: self.yaml.clone(), split, images: self.images.clone() };
        others.map(|split| (split.clone(), Box::new(reader(split)) as Box<dyn Reader>)).collect()
    }
}

/// Finds lists that cannot be meant.
fn check_listed(listed: &[Listed], findings: &mut Findings) {
    if !listed.is_empty() && listed.iter().all(|image| !file::is_file(&image.labels)) {
        findings.refuse(format!("no image has a label file: there is no {}, ...", listed[0].labels.display()));
    }
    let mut owners: HashMap<&Path, &Listed> = HashMap::new();
    for image in listed {
        match owners.insert(&image.labels, image) {
            Some(other) if other.picture == image.picture => {
                findings.error("images listed twice", image.name.clone());
            }
            Some(other) => {
                findings.error("images that share a label file", format!("{} and {}", other.name, image.name));
            }
            None => {}
        }
    }
}

/// The text of an image's label file; empty where there is none.
fn labels(image: &Listed, findings: &mut Findings) -> Result<String, DatasetError> {
    if file::is_file(&image.labels) {
        return read_text(&image.labels, "a YOLO label file", file::MOST_OF_A_TEXT);
    }
    findings.warning("images without a label file, taken as images without objects", image.name.clone());
    Ok(String::new())
}

fn objects(
    text: &str,
    path: &Path,
    image: &Pictured,
    data: &DataYaml,
    (long_lines, swapped): (&mut LongLines, &mut Swapped),
    findings: &mut Findings,
) -> Vec<Annotation> {
    let mut objects = Vec::new();
    for (number, line) in lines(text).filter(|(_, line)| !line.trim().is_empty()) {
        match line::parse(line, data.names.len(), data.keypoint_values) {
            Ok(object) => {
                if object.corners.is_empty() {
                    let BBox { x, y, width, height } = object.bbox;
                    let is_beyond = boxes::is_beyond(&image.record, &image.scaled(&object.bbox));
                    swapped.add([x + width / 2.0, y + height / 2.0, width, height], [1.0, 1.0], is_beyond);
                } else {
                    long_lines.add(&format!("{}:{number}", path.display()), &object.corners);
                }
                objects.extend(annotation(&object, image, findings));
            }
            Err(reason) => findings.error("wrong lines", format!("{}:{number}: {reason}", path.display())),
        }
    }
    objects
}

/// The object in pixels; `None` where nothing of it is in the image.
fn annotation(object: &line::Object, image: &Pictured, findings: &mut Findings) -> Option<Annotation> {
    let (width, height) = (f64::from(image.record.width), f64::from(image.record.height));
    let bbox = boxes::inside(&image.record, &image.scaled(&object.bbox), findings)?;
    // What is cut off a box is cut off its area; a polygon's is known of its part inside.
    let area = (object.area * width * height).min(bbox.area());
    let area = if area > CROSSED * bbox.area() {
        area
    } else {
        findings.warning(
            "polygons that cross themselves, of no area: that of the box taken",
            image.record.file_name.clone(),
        );
        bbox.area()
    };
    Some(Annotation {
        category_id: object.class as u64,
        bbox,
        shape: Shape::Box,
        area,
        iscrowd: false,
        is_whole: false,
    })
}
