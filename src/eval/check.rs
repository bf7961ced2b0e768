//! What cannot be scored: refused before anything is matched.

use std::borrow::Cow;
use std::collections::HashSet;

use super::per_image::{PerImage, lists};
use crate::detection::{Annotation, Detection, ImageRecord};

/// Refuses what cannot be matched.
pub(super) fn check(
    images: &[ImageRecord],
    annotations: &(impl PerImage<Annotation> + ?Sized),
    detections: &(impl PerImage<Detection> + ?Sized),
) -> Result<(), String> {
    let lengths = [("annotations", annotations.images()), ("detections", detections.images())];
    if let Some((name, length)) = lengths.into_iter().find(|&(_, length)| length != images.len()) {
        return Err(format!("{length} lists of {name} for {} images", images.len()));
    }
    let mut seen = HashSet::new();
    if let Some(twice) = images.iter().find(|image| !seen.insert(image.id)) {
        return Err(format!("image id {} is given twice", twice.id));
    }
    let is_unordered = |list: &Cow<'_, [Detection]>| list.iter().any(|detection| detection.score.is_nan());
    match images.iter().zip(lists(detections)).find(|(_, list)| is_unordered(list)) {
        Some((image, _)) => Err(format!("a score on image {} is not a number", image.id)),
        None => Ok(()),
    }
}
