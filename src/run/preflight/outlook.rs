//! Outlook: what a run would ask of its models, and what the store has already. Nothing is run.

use crate::plan::{Cell, Plan};
use crate::position::CellAt;
use crate::predict::FrameError;
use crate::run::execute::image_file::ImageFile;
use crate::run::execute::kept::{cell_key, frame_key};
use crate::store::{Store, StoreError};

/// What a run would ask of one model.
#[derive(Debug, Clone, PartialEq)]
pub struct Outlook {
    /// The model's name in the spec.
    pub model: String,
    /// Frames to be answered.
    pub frames: usize,
    /// Frames whose answers are in the store.
    pub kept: usize,
    /// Whether somebody may have to pay for the rest.
    pub is_hosted: bool,
    /// How long an answer took on average so far, seconds.
    pub seconds: Option<f64>,
}

/// Why there is no outlook.
#[derive(Debug, thiserror::Error)]
pub enum OutlookError {
    /// An image file cannot be read.
    #[error(transparent)]
    Image(#[from] FrameError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Outlook {
    /// Frames that the model would be asked about.
    pub fn calls(&self) -> usize {
        self.frames - self.kept
    }

    /// How long those would take one after the other, seconds; `None` if no answer is known yet.
    pub fn estimate(&self) -> Option<f64> {
        if self.calls() == 0 { Some(0.0) } else { Some(self.seconds? * self.calls() as f64) }
    }
}

/// What a run of `plan` would ask, model by model, for those that look at pixels and can be used.
///
/// # Errors
/// An image file or the store cannot be read.
pub fn outlook(plan: &Plan, store: Option<&Store>) -> Result<Vec<Outlook>, OutlookError> {
    let mut outlooks = Vec::new();
    for (at, planned) in plan.models.numbered() {
        let Ok(model) = &planned.state else { continue };
        if !model.needs_pixels() {
            continue;
        }
        let cells = plan.cells.numbered().filter(|(_, cell)| cell.model == at && plan.blocked(cell).is_none());
        let cells: Vec<(CellAt, &Cell)> = cells.collect();
        let images = |cell: &Cell| plan.datasets[cell.dataset].state.as_ref().map_or(0, |data| data.images.len());
        outlooks.push(Outlook {
            model: planned.name.clone(),
            frames: cells.iter().map(|(_, cell)| images(cell)).sum(),
            kept: store.map_or(Ok(0), |store| kept(plan, store, &cells))?,
            is_hosted: model.is_hosted(),
            seconds: store.map_or(Ok(None), |store| seconds(plan, store, &cells))?,
        });
    }
    Ok(outlooks)
}

/// How many frames of the cells of one model the store has.
fn kept(plan: &Plan, store: &Store, cells: &[(CellAt, &Cell)]) -> Result<usize, OutlookError> {
    let mut kept = 0;
    for (dataset, planned) in plan.datasets.numbered() {
        let Ok(data) = &planned.state else { continue };
        let of_dataset = cells.iter().filter(|(_, cell)| cell.dataset == dataset);
        let keys: Vec<_> = of_dataset.filter_map(|(at, cell)| Some((*at, cell_key(plan, cell)?.1))).collect();
        if keys.is_empty() {
            continue;
        }
        for (at, image) in data.images.iter().enumerate() {
            let file = ImageFile::read(image)?;
            let objects = data.boxes(at);
            for (cell, key) in &keys {
                kept += usize::from(store.has(&frame_key(plan, *cell, key, image, &file.digest, &objects))?);
            }
        }
    }
    Ok(kept)
}

fn seconds(plan: &Plan, store: &Store, cells: &[(CellAt, &Cell)]) -> Result<Option<f64>, OutlookError> {
    let Some((identity, _)) = cells.first().and_then(|(_, cell)| cell_key(plan, cell)) else { return Ok(None) };
    Ok(store.mean_seconds(&identity.to_string())?)
}
