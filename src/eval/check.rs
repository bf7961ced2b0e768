//! What cannot be scored: refused before anything is matched.

use std::borrow::Cow;
use std::collections::HashSet;

use super::per_image::{PerImage, lists};
use crate::detection::{Annotation, Detection, ImageRecord};

/// Why labels and detections cannot be scored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unscorable {
    /// There is not one list for each image.
    #[error("{lists} lists of {what} for {images} images")]
    Lists {
        /// Labels or detections.
        what: &'static str,
        /// How many lists there are.
        lists: usize,
        /// How many images there are.
        images: usize,
    },
    /// Two images have one id.
    #[error("image id {0} is given twice")]
    SameId(u64),
    /// Detections of the image with this id are in no order.
    #[error("a score on image {0} is not a number")]
    NoNumber(u64),
}

/// Refuses what cannot be matched.
pub(super) fn check(
    images: &[ImageRecord],
    annotations: &(impl PerImage<Annotation> + ?Sized),
    detections: &(impl PerImage<Detection> + ?Sized),
) -> Result<(), Unscorable> {
    let lengths = [("annotations", annotations.images()), ("detections", detections.images())];
    if let Some((what, lists)) = lengths.into_iter().find(|&(_, lists)| lists != images.len()) {
        return Err(Unscorable::Lists { what, lists, images: images.len() });
    }
    let mut seen = HashSet::new();
    if let Some(twice) = images.iter().find(|image| !seen.insert(image.id)) {
        return Err(Unscorable::SameId(twice.id));
    }
    let is_unordered = |list: &Cow<'_, [Detection]>| list.iter().any(|detection| detection.score.is_nan());
    match images.iter().zip(lists(detections)).find(|(_, list)| is_unordered(list)) {
        Some((image, _)) => Err(Unscorable::NoNumber(image.id)),
        None => Ok(()),
    }
}
