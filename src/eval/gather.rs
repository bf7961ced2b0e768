//! The objects and detections of one image, category by category.

use crate::detection::{Annotation, Category, Detection};

/// What one image has of one category.
#[derive(Debug)]
pub struct Gathered<'a> {
    /// Position in the dataset's categories.
    pub category: usize,
    /// In the order given.
    pub objects: Vec<&'a Annotation>,
    /// In the order given.
    pub detections: Vec<&'a Detection>,
}

/// Gathers by category, in the order of category ids; categories of which there is nothing, and ids that are none of
/// `categories`, are left out.
pub fn by_category<'a>(
    categories: &[Category],
    annotations: &'a [Annotation],
    detections: &'a [Detection],
) -> Vec<Gathered<'a>> {
    let mut objects: Vec<&Annotation> = annotations.iter().collect();
    let mut found: Vec<&Detection> = detections.iter().collect();
    objects.sort_by_key(|object| object.category_id);
    found.sort_by_key(|detection| detection.category_id);
    let (mut objects, mut found) = (objects.as_slice(), found.as_slice());
    let mut gathered = Vec::new();
    while let Some(id) = lowest(objects, found) {
        let of_id = Gathered {
            category: categories.iter().position(|category| category.id == id).unwrap_or(usize::MAX),
            objects: split(&mut objects, |object| object.category_id == id),
            detections: split(&mut found, |detection| detection.category_id == id),
        };
        if of_id.category < categories.len() {
            gathered.push(of_id);
        }
    }
    gathered
}

/// Sorts as pycocotools does: by falling score, equal scores in the order given.
pub fn by_falling_score(detections: &mut [&Detection]) {
    detections.sort_by(|a, b| falling(a.score, b.score));
}

/// The order of falling numbers, in which both zeros are equal; neither is NaN.
pub fn falling(one: f64, other: f64) -> std::cmp::Ordering {
    other.partial_cmp(&one).unwrap_or(std::cmp::Ordering::Equal)
}

fn lowest(objects: &[&Annotation], found: &[&Detection]) -> Option<u64> {
    let heads = [objects.first().map(|object| object.category_id), found.first().map(|found| found.category_id)];
    heads.into_iter().flatten().min()
}

/// Takes the first elements of which `belongs` holds.
fn split<'a, T>(rest: &mut &[&'a T], belongs: impl Fn(&T) -> bool) -> Vec<&'a T> {
    let (first, after) = rest.split_at(rest.partition_point(|element| belongs(element)));
    *rest = after;
    first.to_vec()
}
