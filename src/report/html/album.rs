//! The pictures of a page, each held once however often it is shown, as many as the page's size allows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use maud::{Markup, html};

use crate::file;
use crate::record::{PairRecord, Record, ShotRecord};

/// Bytes that a box takes on a picture, with its edge and its name, and a shot without its boxes.
const BOX: usize = 140;
const SHOT: usize = 700;

/// The pictures of a page by their paths.
#[derive(Debug, Default)]
pub struct Album {
    held: BTreeMap<String, (usize, String)>,
    /// Those that are not where the record says.
    gone: BTreeSet<String>,
    /// Those for which there was no more room.
    left_out: BTreeSet<String>,
}

impl Album {
    /// As many pictures as fit into `room` bytes: the samples, which are small, then the first pair of every gallery, the glimpses
    /// and the other pairs, second ones before third.
    pub fn open(record: &Record, folder: &Path, mut room: usize) -> Self {
        let mut album = Self::default();
        for sample in &record.samples {
            album.add_alone(&sample.picture, 0, folder, &mut room);
        }
        let galleries = &record.galleries;
        let deepest = galleries.iter().map(|gallery| gallery.pairs.len()).max().unwrap_or(0);
        // Also where there is no gallery, the glimpses have their turn.
        for rank in 0..deepest.max(1) {
            for pair in galleries.iter().filter_map(|gallery| gallery.pairs.get(rank)) {
                album.add(pair, folder, &mut room);
            }
            if rank == 0 {
                album.add_glimpses(record, folder, &mut room);
            }
        }
        album
    }

    /// All models of a glimpse are shown on one picture.
    fn add_glimpses(&mut self, record: &Record, folder: &Path, room: &mut usize) {
        for glimpse in &record.glimpses {
            let boxes = glimpse.shots.iter().map(|shot| shot.boxes.len()).sum();
            for picture in glimpse.shots.iter().map(|shot| &shot.picture).take(1) {
                self.add_alone(picture, boxes, folder, room);
            }
        }
    }

    /// A sample or glimpse without its picture says nothing: it is left out of the page, which has what the record is about.
    fn add_alone(&mut self, picture: &str, boxes: usize, folder: &Path, room: &mut usize) {
        let text = read(folder, picture).map(|bytes| STANDARD.encode(bytes));
        let size = |text: &String| text.len() + 2 * SHOT + BOX * boxes;
        let Some(text) = text.filter(|text| size(text) <= *room) else { return };
        *room -= size(&text);
        self.hold(picture, text);
    }

    /// Under a number of its own, which stays: a picture that is held already is not numbered again.
    fn hold(&mut self, picture: &str, text: String) {
        let at = self.held.len();
        self.held.entry(picture.to_owned()).or_insert((at, text));
    }

    /// Both pictures of a pair, or neither: one alone shows nothing.
    fn add(&mut self, pair: &PairRecord, folder: &Path, room: &mut usize) {
        let mut wanted: Vec<(&String, String)> = Vec::new();
        for ShotRecord { picture, .. } in pair.shots() {
            // Two models are shown on one picture.
            if self.held.contains_key(picture) || wanted.iter().any(|(other, _)| *other == picture) {
                continue;
            }
            match read(folder, picture) {
                Some(bytes) => wanted.push((picture, STANDARD.encode(bytes))),
                None => {
                    self.gone.insert(picture.clone());
                }
            }
        }
        let boxes: usize = pair.shots().map(|shot| shot.boxes.len() + shot.below.len()).sum();
        let size = wanted.iter().map(|(_, text)| text.len()).sum::<usize>() + BOX * boxes + 2 * SHOT;
        let fits = size <= *room;
        *room -= if fits { size } else { 0 };
        for (picture, text) in wanted {
            if fits {
                self.left_out.remove(picture);
                self.hold(picture, text);
            } else {
                self.left_out.insert(picture.clone());
            }
        }
    }

    /// The number under which a picture is held.
    pub fn find(&self, picture: &str) -> Option<usize> {
        self.held.get(picture).map(|(at, _)| *at)
    }

    /// Whether there was no room for a picture of the pair.
    pub fn has_left_out(&self, pair: &PairRecord) -> bool {
        pair.shots().any(|shot| self.left_out.contains(&shot.picture))
    }

    /// Each picture once, one unit wide and high; shots and samples refer to it.
    pub fn store(&self) -> Markup {
        html! {
            @if !self.held.is_empty() { svg class="store" width="0" height="0" aria-hidden="true" focusable="false" {
                defs { @for (at, base64) in self.held.values() {
                    image id={ "p" (at) } width="1" height="1" preserveAspectRatio="none" href={ "data:image/jpeg;base64," (base64) } {}
                } }
            } }
        }
    }

    /// How many pictures there was no room for.
    pub fn left_out(&self) -> usize {
        self.left_out.len()
    }

    /// How many pictures are not where the record says.
    pub fn gone(&self) -> usize {
        self.gone.len()
    }
}

/// A JPEG file inside `folder`; a record from elsewhere cannot have other files of this machine shown.
fn read(folder: &Path, picture: &str) -> Option<Vec<u8>> {
    /// Bytes: far more than any picture of a run takes.
    const MOST: u64 = 64 * file::MIB;
    const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];
    let is_inside = Path::new(picture).components().all(|part| matches!(part, Component::Normal(_)));
    let bytes = is_inside.then(|| file::read(&folder.join(picture), MOST).ok()).flatten()?;
    bytes.starts_with(&JPEG).then_some(bytes)
}
