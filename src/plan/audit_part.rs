//! The part of a plan that an audit of its datasets needs.

use super::Plan;
use super::model::CLEAN_CONDITION;
use crate::position::{CellAt, List};

impl Plan {
    /// The plan with the cases on datasets alone; and, where models are to be asked, those and their clean cells.
    #[must_use]
    pub fn into_audit(mut self, with_models: bool) -> Self {
        let is_kept = |at: &CellAt| with_models && self.cells[*at].condition == CLEAN_CONDITION;
        let kept: Vec<CellAt> = self.cells.positions().filter(is_kept).collect();
        self.cases.retain(|case| case.metric.data().is_some());
        for case in &mut self.cases {
            case.cells.retain(|cell| kept.contains(cell));
            case.renumber(|old| {
                kept.binary_search(&old).map_or_else(|_| unreachable!("others were taken out"), CellAt)
            });
        }
        self.cells = kept.into_iter().map(|cell| self.cells[cell].clone()).collect();
        if !with_models {
            self.models = List::default();
        }
        self.augmentations.clear();
        // They are about what a run would do.
        self.notes.clear();
        self
    }
}
