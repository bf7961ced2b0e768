//! What makes two figures comparable, from what a record tells of them.

use super::Identity;
use crate::digest::Digest;

/// What a figure was measured on, and how.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// The digest of the annotation files.
    pub dataset: Option<&'a Digest>,
    /// Number of images.
    pub images: usize,
    /// Number of images of the whole dataset, where they are a sample.
    pub sampled_from: Option<usize>,
    /// The digest of the image files, if somebody looked at them.
    pub pictures: Option<&'a Digest>,
    /// The digest of what is done to pictures and labels.
    pub condition: &'a Digest,
    /// The metric's definition with its settings.
    pub definition: &'a str,
}

impl Origin<'_> {
    /// Short digests of it.
    pub fn identity(&self) -> Identity {
        let sample = |digest: &Digest| {
            let [images, of] = [self.images, self.sampled_from.unwrap_or(self.images)].map(|count| count.to_string());
            Digest::of_parts([digest.to_string(), images, of]).short()
        };
        Identity {
            dataset: self.dataset.map(sample),
            pictures: self.pictures.map(Digest::short),
            condition: self.condition.short(),
            definition: Digest::of_bytes(self.definition.as_bytes()).short(),
        }
    }
}
