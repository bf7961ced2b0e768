//! A dataset under a condition, as a COCO dataset for other tools (cocodataset.org/#format-data).
//!
//! - Image and category ids are the dataset's. Annotations are counted from 1 over the whole dataset, so that an object
//!   is called alike under every condition; not from 0, which pycocotools takes for "matched with nothing".
//! - Objects that count neither for nor against a model have `ignore` and `iscrowd`: pycocotools' `COCOeval` puts the
//!   latter in the former's place, other tools read the former.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::{Value, json};

use crate::dataset::Dataset;
use crate::detection::{Annotation, Category, ImageRecord, Size};
use crate::plan::PlannedCondition;
use crate::predict::{Frame, FrameError};
use crate::run::execute::image_file::decode;
use crate::run::seal::{condition_record, tool};

/// Letters that Windows and artifact stores of CI services do not take in file names.
const FORBIDDEN: [char; 7] = [':', '*', '?', '"', '<', '>', '|'];

/// A dataset under a condition.
#[derive(Clone, Copy)]
pub struct PerturbedSet<'a> {
    /// The suite's name.
    pub suite: &'a str,
    /// The suite's seed.
    pub seed: u64,
    /// The dataset's name.
    pub name: &'a str,
    /// The dataset.
    pub data: &'a Dataset,
    /// What is done to it.
    pub condition: &'a PlannedCondition,
}

impl PerturbedSet<'_> {
    /// The labels as COCO instances JSON; the images are called as in the dataset.
    pub fn labels(&self) -> Value {
        let images = self.data.images.iter().map(|image| self.image(image, &image.file_name));
        json!({ "images": images.collect::<Vec<_>>(), "annotations": self.annotations(), "categories": self.categories() })
    }

    /// COCO instances JSON for pictures called as [`Self::file_names`] says: the labels, what made them (`info`), and the
    /// name of each image in the dataset (`original_file_name`).
    pub fn instances(&self) -> Value {
        let image = |(image, name): (&ImageRecord, &String)| {
            let mut entry = self.image(image, name);
            entry["original_file_name"] = json!(image.file_name);
            entry
        };
        let names = self.file_names();
        json!({
            "info": self.info(),
            "images": self.data.images.iter().zip(&names).map(image).collect::<Vec<_>>(),
            "annotations": self.annotations(),
            "categories": self.categories(),
        })
    }

    /// The path of each picture below the folder of images: as in the dataset, inside of that folder whatever the dataset
    /// says, ending in `.png`; with the image's id where two would be called alike on some file system.
    #[expect(clippy::missing_panics_doc, reason = "there are more numbers than pictures")]
    pub fn file_names(&self) -> Vec<String> {
        let mut taken = HashSet::new();
        let name = |image: &ImageRecord| {
            let stem = stem(&image.file_name);
            let plain = std::iter::once(format!("{stem}.png"));
            let with_id = std::iter::once(format!("{stem}.{}.png", image.id));
            let mut names = plain.chain(with_id).chain((2_u32..).map(|n| format!("{stem}.{}.{n}.png", image.id)));
            names.find(|name| taken.insert(name.to_lowercase())).expect("numbers do not end")
        };
        self.data.images.iter().map(name).collect()
    }

    /// The pixels that a model is given of image number `at`, as a PNG file.
    ///
    /// # Errors
    /// The image file cannot be read or decoded.
    pub fn png(&self, at: usize) -> Result<Vec<u8>, FrameError> {
        let image = &self.data.images[at];
        let make = || {
            let pixels = decode(image)?;
            Ok(Cow::Owned(self.condition.picture(self.seed, image, &pixels, &self.data.boxes(at)).into_owned()))
        };
        Frame::new(self.name, image, &self.condition.condition, make).png().map(<[u8]>::to_vec)
    }

    fn info(&self) -> Value {
        let condition = &self.condition.condition;
        let (suite, name) = (self.suite, self.name);
        json!({
            "description": format!("dataset `{name}` of the suite `{suite}` under {condition}, made by windtunnel"),
            "windtunnel": {
                "tool": tool(),
                "suite": suite,
                "seed": self.seed,
                "dataset": name,
                "dataset_digest": self.data.digest,
                "condition": condition_record(self.seed, self.condition),
            },
        })
    }

    fn image(&self, image: &ImageRecord, file_name: &str) -> Value {
        let Size { width, height } = self.condition.size(image.size());
        json!({"id": image.id, "file_name": file_name, "width": width, "height": height})
    }

    fn categories(&self) -> Vec<Value> {
        let category = |category: &Category| json!({"id": category.id, "name": category.name});
        self.data.categories.iter().map(category).collect()
    }

    fn annotations(&self) -> Vec<Value> {
        let per_image = self.data.images.iter().zip(&self.data.annotations);
        let moved = per_image.flat_map(|(image, list)| self.moved(image, list).into_iter().map(|a| (image.id, a)));
        let entry = |(id, (image_id, moved)): (u64, (u64, Option<Annotation>))| {
            let Annotation { category_id, bbox, area, iscrowd, .. } = moved?;
            let ignored = u8::from(iscrowd);
            Some(json!({
                "id": id,
                "image_id": image_id,
                "category_id": category_id,
                "bbox": bbox,
                "area": area,
                "iscrowd": ignored,
                "ignore": ignored,
            }))
        };
        (1..).zip(moved).filter_map(entry).collect()
    }

    /// The objects of an image, each in its place; `None` for those that left it.
    fn moved(&self, image: &ImageRecord, annotations: &[Annotation]) -> Vec<Option<Annotation>> {
        self.condition.annotations(self.seed, image, annotations, &self.data.categories)
    }
}

/// `camera/1` of `../camera\1.jpg`: no way out of a folder, no extension, no letter that some file system forbids.
fn stem(file_name: &str) -> String {
    let parts = file_name.split(['/', '\\']).filter(|part| !matches!(*part, "" | "." | ".."));
    let path = parts.collect::<Vec<_>>().join("/").replace(FORBIDDEN, "_");
    let folder = path.rfind('/').map_or(0, |slash| slash + 1);
    match path.rfind('.') {
        Some(dot) if dot > folder => path[..dot].to_owned(),
        _ => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::digest::Digest;

    fn names(files: &[&str]) -> Vec<String> {
        let image = |(id, name): (u64, &&str)| ImageRecord {
            id,
            file_name: (*name).to_owned(),
            path: name.into(),
            width: 1,
            height: 1,
            framing: None,
        };
        let data = Dataset {
            images: (7..).zip(files).map(image).collect(),
            categories: vec![],
            annotations: vec![],
            is_labelled: true,
            digest: Digest::of_bytes(b""),
            sampled_from: None,
            metadata: vec![],
            numbering: crate::dataset::Numbering::default(),
            warnings: vec![],
            aside: crate::dataset::Aside::default(),
        };
        let condition = PlannedCondition::clean();
        PerturbedSet { suite: "s", seed: 0, name: "d", data: &data, condition: &condition }.file_names()
    }

    #[test]
    fn pictures_keep_their_names_and_stay_in_their_folder() {
        assert_eq!(
            names(&["a.jpg", "x/b.v2.jpeg", "../../etc/.c", "d"]),
            ["a.png", "x/b.v2.png", "etc/.c.png", "d.png"]
        );
        assert_eq!(names(&[r"C:\x\a.bmp"]), ["C_/x/a.png"]);
    }

    #[test]
    fn no_two_pictures_are_called_alike() {
        assert_eq!(names(&["a.jpg", "A.png", "a.9.jpg", "a.bmp"]), ["a.png", "A.8.png", "a.9.png", "a.10.png"]);
        assert_eq!(names(&["a.8.jpg", "a.x", "a.x"]), ["a.8.png", "a.png", "a.9.png"]);
    }
}
