//! Splits: which errors cost how much in a cell, each told once however many cases ask.

use std::collections::BTreeMap;

use super::all::Findings;
use super::cell::with_cell;
use crate::eval::{Tide, tide};
use crate::failure::Measured;
use crate::position::CellAt;
use crate::score::{Content, Objects};

/// TIDE's splits of the errors of cells, each made once.
pub struct Splits<'a> {
    findings: &'a Findings<'a>,
    known: BTreeMap<CellAt, Option<Tide>>,
}

impl<'a> Splits<'a> {
    /// None told yet.
    pub fn new(findings: &'a Findings<'a>) -> Self {
        Self { findings, known: BTreeMap::new() }
    }

    /// The split of a cell; `None` where it was not measured, and of classes, which have one error alone.
    pub fn of(&mut self, cell: CellAt) -> Option<Tide> {
        let findings = self.findings;
        *self.known.entry(cell).or_insert_with(|| {
            let split = with_cell(findings, cell, None, |_, data| {
                let split = match data.content {
                    Content::Objects(Objects { similarity, annotations, detections, .. }) => {
                        tide(similarity, data.images, data.categories, annotations, detections).ok()
                    }
                    Content::Classes(_) => None,
                };
                Measured::Value(split)
            });
            split.value().copied().flatten()
        })
    }
}
