//! A part of a dataset: some of its images, with all that is known of them.

use std::collections::BTreeSet;

use super::{Dataset, metadata};

impl Dataset {
    /// Leaves the images at `kept` alone, positions in rising order, with all that is known of them. What the others are called
    /// stays known.
    pub fn keep(&mut self, kept: &[usize]) {
        let is_kept = |at: usize| kept.binary_search(&at).is_ok();
        let left_out = self.images.iter().enumerate().filter(|(at, _)| !is_kept(*at));
        self.numbering.left_out.extend(left_out.map(|(_, image)| (image.id, image.file_name.clone())));
        let mut at = 0..;
        self.images.retain(|_| at.next().is_some_and(is_kept));
        let mut at = 0..;
        self.annotations.retain(|_| at.next().is_some_and(is_kept));
        metadata::sampled(self, kept);
        let left: BTreeSet<&String> = self.images.iter().map(|image| &image.file_name).collect();
        self.aside.odd_boxes.retain(|odd| left.contains(&odd.image));
    }
}
