//! What makes two figures comparable, from what a record tells of them.

use super::Identity;
use crate::digest::Digest;

/// What a figure was measured on, and how.
#[derive(Debug, Clone, Copy)]
pub struct Origin<'a> {
    /// Of the annotation files.
    pub dataset: Option<&'a Digest>,
    /// Number of images.
    pub images: usize,
    /// Number of images of the whole dataset, where they are a sample.
    pub sampled_from: Option<usize>,
    /// Of the image files, if somebody looked at them.
    pub pictures: Option<&'a Digest>,
    /// Of what is done to pictures and labels.
    pub condition: &'a Digest,
    /// The metric's definition with its settings.
    pub definition: &'a str,
}

impl Origin<'_> {
    /// Short digests of it.
    #[must_use]
    pub fn identity(&self) -> Identity {
        let short = |digest: &Digest| digest.short().to_owned();
        let sample = |digest: &Digest| {
            let size = [self.images, self.sampled_from.unwrap_or(self.images)].map(|count| count.to_string());
            short(&Digest::of_parts([digest.as_str(), &size[0], &size[1]].map(str::as_bytes)))
        };
        Identity {
            dataset: self.dataset.map(sample),
            pictures: self.pictures.map(short),
            condition: short(self.condition),
            definition: short(&Digest::of_bytes(self.definition.as_bytes())),
        }
    }
}
