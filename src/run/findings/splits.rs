//! Splits: which errors cost how much in a cell, each told once however many cases ask.

use std::collections::BTreeMap;

use super::score::with_cell;
use crate::eval::{Tide, tide};
use crate::failure::Measured;
use crate::plan::Plan;
use crate::run::execute::Predictions;

/// TIDE's splits of the errors of cells, each made once.
pub struct Splits<'a> {
    plan: &'a Plan,
    predictions: &'a Predictions,
    known: BTreeMap<usize, Option<Tide>>,
}

impl<'a> Splits<'a> {
    /// None told yet.
    pub fn new(plan: &'a Plan, predictions: &'a Predictions) -> Self {
        Self { plan, predictions, known: BTreeMap::new() }
    }

    /// The split of a cell; `None` where it was not measured.
    pub fn of(&mut self, cell: usize) -> Option<Tide> {
        let (plan, predictions) = (self.plan, self.predictions);
        *self.known.entry(cell).or_insert_with(|| {
            let split = with_cell(plan, predictions, cell, None, |_, data| {
                Measured::Value(tide(data.images, data.categories, data.annotations, data.detections).ok())
            });
            split.value().copied().flatten()
        })
    }
}
