//! The pictures of a page, each held once however often it is shown, as many as the page's size allows.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::record::{GalleryRecord, PairRecord, ShotRecord};

/// Letters that all pictures together may take: what else a report of 200 checks holds fits into the rest of 5 MB.
const BUDGET: usize = 3_500_000;

/// The pictures of a page by their paths.
#[derive(Debug, Default)]
pub struct Album {
    held: BTreeMap<String, (usize, String)>,
    /// Those that are not where the record says.
    gone: BTreeSet<String>,
    /// Those for which there was no more room.
    left_out: BTreeSet<String>,
}

/// What there is to show of a picture.
#[derive(Debug, PartialEq, Eq)]
pub enum Held {
    /// It is held under this number.
    Picture(usize),
    /// It is not where the record says.
    Gone,
    /// There was no more room.
    LeftOut,
}

impl Album {
    /// The first pair of every gallery goes before the second of any.
    pub fn open(galleries: &[GalleryRecord], folder: &Path) -> Self {
        let mut album = Self::default();
        let mut used = 0;
        let deepest = galleries.iter().map(|gallery| gallery.pairs.len()).max().unwrap_or(0);
        for rank in 0..deepest {
            for pair in galleries.iter().filter_map(|gallery| gallery.pairs.get(rank)) {
                album.add(pair, folder, &mut used);
            }
        }
        album
    }

    /// Both pictures of a pair, or neither: one alone shows nothing.
    fn add(&mut self, pair: &PairRecord, folder: &Path, used: &mut usize) {
        let mut wanted = Vec::new();
        for ShotRecord { picture, .. } in [&pair.before, &pair.after] {
            if self.held.contains_key(picture) {
                continue;
            }
            match read(folder, picture) {
                Some(bytes) => wanted.push((picture, STANDARD.encode(bytes))),
                None => {
                    self.gone.insert(picture.clone());
                }
            }
        }
        let size: usize = wanted.iter().map(|(_, text)| text.len()).sum();
        for (picture, text) in wanted {
            if *used + size <= BUDGET {
                let at = self.held.len();
                self.left_out.remove(picture);
                self.held.insert(picture.clone(), (at, text));
            } else {
                self.left_out.insert(picture.clone());
            }
        }
        *used += if *used + size <= BUDGET { size } else { 0 };
    }

    /// What there is to show of a picture.
    pub fn find(&self, picture: &str) -> Held {
        match self.held.get(picture) {
            Some((at, _)) => Held::Picture(*at),
            None if self.left_out.contains(picture) => Held::LeftOut,
            None => Held::Gone,
        }
    }

    /// The pictures held, with their numbers and their bytes in base64.
    pub fn held(&self) -> impl Iterator<Item = &(usize, String)> {
        self.held.values()
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
    const JPEG: [u8; 3] = [0xff, 0xd8, 0xff];
    let is_inside = Path::new(picture).components().all(|part| matches!(part, Component::Normal(_)));
    let bytes = is_inside.then(|| std::fs::read(folder.join(picture)).ok()).flatten()?;
    bytes.starts_with(&JPEG).then_some(bytes)
}
