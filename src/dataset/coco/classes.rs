//! The annotations of a file as classes of whole pictures: with or without boxes, one category for each.

use std::collections::{BTreeSet, HashMap};

use super::file::File;
use crate::dataset::findings::Findings;
use crate::dataset::records::Pictured;
use crate::detection::Annotation;
use crate::json::Id;

/// The class of every picture, in the order of the file's images.
pub fn read_classes(file: &File, pictured: &[Pictured], findings: &mut Findings) -> Vec<Vec<Annotation>> {
    let held = held(file, findings);
    let name = |id: &u64| {
        let category = file.categories.iter().find(|category| category.id.0 == *id);
        category.map_or_else(|| id.to_string(), |category| format!("`{}`", category.name.0))
    };
    for (image, ids) in file.images.iter().zip(&held) {
        if ids.is_empty() {
            findings.error("images without an annotation, and so without a class", image.file_name.clone());
        } else if ids.len() > 1 {
            let names = ids.iter().map(name).collect::<Vec<_>>().join(", ");
            findings.error(
                "images of several categories, where each has one class (with `crops = 1.2` each object becomes an image)",
                format!("{} ({names})", image.file_name),
            );
        }
    }
    // Where a picture cannot be used, which is an error, sizes and labels are not of the same images any more.
    let of_image = |(ids, pictured): (&BTreeSet<u64>, &Pictured)| {
        ids.iter().map(|&id| Annotation::of_image(id, pictured.record.size())).collect()
    };
    held.iter().zip(pictured).map(of_image).collect()
}

/// The categories of the annotations of each image.
fn held(file: &File, findings: &mut Findings) -> Vec<BTreeSet<u64>> {
    let index: HashMap<&Id, usize> = file.images.iter().enumerate().map(|(index, image)| (&image.id, index)).collect();
    let known: BTreeSet<u64> = file.categories.iter().map(|category| category.id.0).collect();
    let mut held = vec![BTreeSet::new(); file.images.len()];
    for raw in file.annotations() {
        let named = |what: String| format!("annotation {} {what}", raw.id);
        if !known.contains(&raw.category_id.0) {
            findings.error("unknown categories", named(format!("has category_id {}", raw.category_id.0)));
        }
        match index.get(&raw.image_id) {
            Some(&image) => {
                held[image].insert(raw.category_id.0);
            }
            None => findings.error("unknown images", named(format!("has image_id {}", raw.image_id))),
        }
    }
    held
}
