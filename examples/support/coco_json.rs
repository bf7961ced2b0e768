//! COCO labels and results from JSON files, without pictures.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use windtunnel::detection::{Annotation, BBox, Category, Detection, ImageRecord, Shape};

/// Labels as the library takes them.
pub struct Dataset {
    pub images: Vec<ImageRecord>,
    pub categories: Vec<Category>,
    /// Per image.
    pub annotations: Vec<Vec<Annotation>>,
}

impl Dataset {
    /// Reads labels.
    pub fn read(path: &str) -> Result<Self, Box<dyn Error>> {
        let labels: Labels = read(path)?;
        let images: Vec<ImageRecord> = labels.images.iter().map(image).collect();
        let named = |named: Named| Category { id: named.id, name: named.name };
        let objects = labels.annotations.iter().map(|object| (object.image_id, annotation(object)));
        let annotations = per_image(&images, objects)?;
        Ok(Self { images, categories: labels.categories.into_iter().map(named).collect(), annotations })
    }

    /// Reads results: detections per image, by falling score.
    pub fn detections(&self, path: &str) -> Result<Vec<Vec<Detection>>, Box<dyn Error>> {
        let mut detections = per_image(&self.images, read::<Vec<Found>>(path)?.iter().map(detection))?;
        for list in &mut detections {
            list.sort_by(|one, other| other.score.total_cmp(&one.score));
        }
        Ok(detections)
    }
}

/// Reads a JSON file.
pub fn read<T: DeserializeOwned>(path: impl AsRef<Path>) -> Result<T, Box<dyn Error>> {
    let path = path.as_ref();
    serde_json::from_slice(&std::fs::read(path)?).map_err(|error| format!("{}: {error}", path.display()).into())
}

#[derive(Deserialize)]
struct Labels {
    images: Vec<Image>,
    categories: Vec<Named>,
    annotations: Vec<Object>,
}

#[derive(Deserialize)]
struct Image {
    id: u64,
    width: u32,
    height: u32,
}

#[derive(Deserialize)]
struct Named {
    id: u64,
    name: String,
}

#[derive(Deserialize)]
struct Object {
    image_id: u64,
    category_id: u64,
    bbox: BBox,
    area: f64,
    #[serde(default)]
    iscrowd: u8,
}

#[derive(Deserialize)]
struct Found {
    image_id: u64,
    category_id: u64,
    bbox: BBox,
    score: f64,
}

fn image(image: &Image) -> ImageRecord {
    let file_name = image.id.to_string();
    ImageRecord {
        id: image.id,
        path: file_name.clone().into(),
        file_name,
        width: image.width,
        height: image.height,
        framing: None,
    }
}

fn annotation(object: &Object) -> Annotation {
    Annotation {
        category_id: object.category_id,
        bbox: object.bbox,
        shape: Shape::Box,
        area: object.area,
        iscrowd: object.iscrowd == 1,
        is_whole: false,
    }
}

fn detection(found: &Found) -> (u64, Detection) {
    let Found { image_id, category_id, bbox, score } = *found;
    (image_id, Detection { category_id, bbox, shape: Shape::Box, score })
}

/// Lists in the order of the images.
fn per_image<T>(images: &[ImageRecord], of: impl Iterator<Item = (u64, T)>) -> Result<Vec<Vec<T>>, String> {
    let places: HashMap<u64, usize> = images.iter().enumerate().map(|(at, image)| (image.id, at)).collect();
    let mut lists: Vec<Vec<T>> = images.iter().map(|_| Vec::new()).collect();
    for (id, one) in of {
        let place = places.get(&id).ok_or_else(|| format!("image id {id} is none of the labels'"))?;
        lists[*place].push(one);
    }
    Ok(lists)
}
