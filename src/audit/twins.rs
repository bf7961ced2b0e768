//! Images that are like others: copies of one file, of one picture, or of one original.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::ops::ControlFlow;

use serde::{Deserialize, Serialize};

use super::gap::{GAP, gap};
use super::hash::SAME;
use super::look::Look;
use super::near::Near;
use crate::digest::Digest;

/// Pictures much alike that are met: every frame of a fixed camera is much like all others.
const MET: usize = 64;

/// Of those, the likest so many are looked at a second time.
const TRIED: usize = 8;

/// The images of a split as they are compared, in its order.
pub struct Album {
    /// What each looks like.
    pub looks: Vec<Look>,
    /// What each was called before an export.
    pub originals: Vec<Option<String>>,
}

/// What makes two images one, the surest sign that they share.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "sign")]
pub enum Likeness {
    /// The files have the same bytes.
    Bytes,
    /// The pictures are the same.
    Pixels {
        /// Different bits of the hashes.
        distance: u32,
        /// The correlation of the small pictures, up to 1.
        correlation: f64,
    },
    /// Exported from one original: mostly augmented copies.
    Original,
    /// The pictures are much alike, and differ in places: frames of one video, shots of one scene. They are two images.
    Near {
        /// Different bits of the hashes.
        distance: u32,
        /// The correlation of the small pictures, up to 1.
        correlation: f64,
        /// By how much they differ in places, steps of luma.
        gap: f64,
    },
}

impl Likeness {
    /// Whether the images are two, however alike.
    pub fn is_near(&self) -> bool {
        matches!(self, Self::Near { .. })
    }

    /// In words.
    pub fn describe(&self) -> String {
        match self {
            Self::Bytes => "the same file".to_owned(),
            Self::Pixels { distance, correlation } => {
                format!("the same picture ({distance} of 64 bits differ, correlation {correlation:.3})")
            }
            Self::Original => "exported from an image of the same name".to_owned(),
            Self::Near { distance, correlation, gap } => format!(
                "much alike, not the same ({distance} of 64 bits differ, correlation {correlation:.3}, places {gap:.0} of 255 \
                 steps of luma apart)"
            ),
        }
    }
}

/// An image and one that it is like, as positions.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Twin {
    /// In its split.
    pub image: usize,
    /// In the other split, or earlier in its own.
    pub other: usize,
    /// By what.
    pub likeness: Likeness,
}

/// Each image that is like an earlier one of its own split.
pub fn within(album: &Album) -> Vec<Twin> {
    let mut index = Index::new(album);
    let mut twins = Vec::new();
    for image in 0..album.looks.len() {
        twins.extend(index.like(album, image));
        index.add(image);
    }
    twins
}

/// Each image of `album` that is like one of `others`.
pub fn between(album: &Album, others: &Album) -> Vec<Twin> {
    let mut index = Index::new(others);
    (0..others.looks.len()).for_each(|at| index.add(at));
    (0..album.looks.len()).filter_map(|image| index.like(album, image)).collect()
}

/// Images by what others may share with them; of equals the first stays.
struct Index<'a> {
    album: &'a Album,
    digests: HashMap<&'a Digest, usize>,
    originals: HashMap<&'a str, usize>,
    near: Near,
}

impl<'a> Index<'a> {
    fn new(album: &'a Album) -> Self {
        Self { album, digests: HashMap::new(), originals: HashMap::new(), near: Near::default() }
    }

    fn add(&mut self, at: usize) {
        let look = &self.album.looks[at];
        if let Some(original) = &self.album.originals[at] {
            self.originals.entry(original).or_insert(at);
        }
        // A copy is found by its bytes; its hash would only be met again and again.
        if self.digests.contains_key(&look.digest) {
            return;
        }
        self.digests.insert(&look.digest, at);
        if let Some(hash) = look.hash {
            self.near.add(at, hash);
        }
    }

    /// The image that `image` of `album` is most surely like.
    fn like(&mut self, album: &Album, image: usize) -> Option<Twin> {
        let look = &album.looks[image];
        let twin = |other: usize, likeness: Likeness| Twin { image, other, likeness };
        if let Some(&other) = self.digests.get(&look.digest) {
            return Some(twin(other, Likeness::Bytes));
        }
        let by_pixels = self.by_pixels(look);
        let is_same = |found: &&(usize, Likeness)| !found.1.is_near();
        if let Some(&(other, likeness)) = by_pixels.as_ref().filter(is_same) {
            return Some(twin(other, likeness));
        }
        let original = album.originals[image].as_deref().and_then(|original| self.originals.get(original));
        let by_name = original.map(|&other| twin(other, Likeness::Original));
        by_name.or(by_pixels.map(|(other, likeness)| twin(other, likeness)))
    }

    /// The image that looks most like it of those that are the same picture; else the one that is most like it. Where many are
    /// much alike, of the first [`MET`] the likest [`TRIED`]: that there is one is what counts.
    fn by_pixels(&mut self, look: &Look) -> Option<(usize, Likeness)> {
        let mut alike: Vec<(f64, Reverse<usize>, u32)> = Vec::new();
        self.near.find(look.hash?, |at, distance| {
            let other = &self.album.looks[at].thumbnail;
            let correlation =
                if look.thumbnail.may_be_same(other) { look.thumbnail.correlation(other) } else { f64::NEG_INFINITY };
            if correlation >= SAME {
                alike.push((correlation, Reverse(at), distance));
            }
            if alike.len() < MET { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        // Of equal ones the first of the split.
        alike.sort_by(|one, other| other.0.total_cmp(&one.0).then(other.1.cmp(&one.1)));
        let looked_at = alike.iter().take(TRIED).map(|&(correlation, Reverse(at), distance)| {
            let gap = gap(&look.thumbnail, &self.album.looks[at].thumbnail);
            (at, distance, correlation, gap)
        });
        let mut likest = None;
        for (at, distance, correlation, gap) in looked_at {
            if gap <= GAP {
                return Some((at, Likeness::Pixels { distance, correlation }));
            }
            likest.get_or_insert((at, Likeness::Near { distance, correlation, gap }));
        }
        likest
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::hash::{Thumbnail, difference};
    use crate::audit::luma::{Light, Luma};

    /// A picture of noise of its own, `shift` lighter.
    fn look(seed: u64, shift: u8) -> Look {
        let value = |at: usize| {
            let cell = at as u64 % 90 / 10 + at as u64 / 900 * 9;
            ((cell + 1).wrapping_mul(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15)) >> 57) as u8 + shift
        };
        let luma = Luma { width: 90, height: 80, values: (0..7200).map(value).collect() };
        let thumbnail = Thumbnail::of(&luma);
        let digest = Digest::of_bytes(&luma.values);
        Look { digest, hash: difference(&thumbnail), thumbnail, light: Light { mean: 0.0, deviation: 0.0 } }
    }

    fn album(looks: Vec<Look>) -> Album {
        Album { originals: vec![None; looks.len()], looks }
    }

    #[test]
    fn a_lighter_copy_is_the_same_picture_and_another_picture_is_not() {
        let twins = between(&album(vec![look(1, 0), look(2, 0), look(3, 0)]), &album(vec![look(2, 9), look(3, 0)]));
        let found: Vec<(usize, usize)> = twins.iter().map(|twin| (twin.image, twin.other)).collect();
        assert_eq!(found, [(1, 0), (2, 1)]);
        assert!(matches!(twins[0].likeness, Likeness::Pixels { distance: 0, correlation } if correlation > 0.999));
        assert_eq!(twins[1].likeness, Likeness::Bytes);
    }

    #[test]
    fn within_a_split_each_copy_points_at_the_first() {
        let twins = within(&album(vec![look(1, 0), look(2, 0), look(1, 0), look(1, 0)]));
        let found: Vec<(usize, usize)> = twins.iter().map(|twin| (twin.image, twin.other)).collect();
        assert_eq!(found, [(2, 0), (3, 0)]);
    }

    #[test]
    fn copies_of_one_original_are_found_whatever_they_look_like() {
        let named = |looks: Vec<Look>, name: &str| Album { originals: vec![Some(name.to_owned()); looks.len()], looks };
        let twins = between(&named(vec![look(1, 0)], "cat_jpg"), &named(vec![look(2, 0)], "cat_jpg"));
        assert_eq!(twins, [Twin { image: 0, other: 0, likeness: Likeness::Original }]);
    }
}
