//! Former: what the accepted model answered under a condition, as far as the baseline and the store still tell it. What
//! they do not is told as unknown: clean answers of the new model would be no stand-in for it.

use std::collections::BTreeMap;

use crate::baseline::Details;
use crate::dataset::Dataset;
use crate::eval::Tide;
use crate::plan::{Case, Plan};
use crate::position::CellAt;
use crate::run::execute::Found;
use crate::run::execute::image_file::ImageFile;
use crate::run::execute::kept::{condition_key, frame_key};
use crate::store::Store;

/// The accepted answers of one cell.
pub struct Former<'a> {
    plan: &'a Plan,
    data: &'a Dataset,
    store: Option<&'a Store>,
    /// Position in [`Plan::cells`].
    pub cell: CellAt,
    /// The accepted figure of the case.
    pub figure: f64,
    details: Option<&'a Details>,
}

impl<'a> Former<'a> {
    /// What was accepted of a cell of a case that is held against the baseline; `None` where that has no figure for it.
    pub fn find(plan: &'a Plan, store: Option<&'a Store>, case: &Case, cell: CellAt) -> Option<Self> {
        let baseline = plan.baseline.state.as_ref().ok()?.as_ref()?;
        let data = plan.datasets[case.dataset].state.as_ref().ok()?;
        let key = plan.figure_key(case, cell);
        let figure = baseline.entries.get(&key)?.value;
        Some(Self { plan, data, store, cell, figure, details: baseline.details.get(&key) })
    }

    /// The accepted figure of a category, by its position.
    pub fn category(&self, at: usize) -> Option<f64> {
        self.details?.categories.get(&self.data.categories[at].name).copied()
    }

    /// Whether anything is known beside the figure.
    pub fn has_details(&self) -> bool {
        self.details.is_some()
    }

    /// Whether anything of single images was kept.
    pub fn has_images(&self) -> bool {
        self.details.is_some_and(|details| details.images.is_some())
    }

    /// Which errors cost how much.
    pub fn errors(&self) -> Option<Tide> {
        self.details?.errors
    }

    /// F1 of every image, to a hundredth; `None` where it is not known, or was of other detections.
    pub fn images(&self) -> Option<Vec<f64>> {
        let kept = self.details?.images.as_ref()?;
        let is_alike = kept.min_confidence == self.plan.counted_from(&self.plan.cells[self.cell]);
        kept.decode().filter(|f1| is_alike && f1.len() == self.data.images.len())
    }

    /// The answers to some images; `None` unless the store still has all of them.
    pub fn answers(&self, images: impl Iterator<Item = usize>) -> Option<BTreeMap<usize, Found>> {
        images.map(|image| Some((image, self.answer(image)?))).collect()
    }

    fn answer(&self, at: usize) -> Option<Found> {
        let image = &self.data.images[at];
        let key = condition_key(self.plan, &self.details?.asked?, self.plan.cells[self.cell].condition);
        let objects = self.data.boxes(at);
        let file = ImageFile::read(image).ok()?.digest;
        let key = frame_key(self.plan, self.cell, &key, image, &file, &objects);
        Some(Found::Packed(self.store?.get(&key).ok()??.answer))
    }
}
