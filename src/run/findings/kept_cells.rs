//! What is kept of cells for later runs: a baseline takes it, so that a regression can be told against it.

use std::collections::BTreeSet;

use rayon::prelude::*;

use super::all::Findings;
use super::score::is_labelled;
use super::splits::Splits;
use crate::baseline::ImageF1s;
use crate::plan::{Against, Case};
use crate::position::{CellAt, List};
use crate::record::KeptRecord;
use crate::run::execute::kept::cell_key;
use crate::score::ImageScore;

/// Per cell of the plan: of those that cases hold against a baseline, and of all where everything is drawn, as it is for an
/// acceptance.
pub fn kept_cells(findings: &Findings<'_>) -> List<CellAt, Option<KeptRecord>> {
    let Findings { plan, scorecard, drawn, .. } = findings;
    let is_compared = |case: &&Case| case.other == Some(Against::Baseline);
    let compared: BTreeSet<CellAt> = plan.cases.iter().filter(is_compared).flat_map(Case::every_cell).collect();
    let keep = |at: CellAt| {
        let score = scorecard.cells[at].value().filter(|_| drawn.is_whole || compared.contains(&at))?;
        if !is_labelled(plan, plan.cells[at].dataset) {
            return None;
        }
        let f1 = score.images.iter().map(ImageScore::quality);
        Some(KeptRecord {
            images: ImageF1s::new(f1, plan.counted_from(&plan.cells[at])),
            errors: Splits::new(findings).of(at),
            asked: cell_key(plan, &plan.cells[at]).map(|(identity, _)| identity),
        })
    };
    plan.cells.positions().collect::<Vec<_>>().into_par_iter().map(keep).collect::<Vec<_>>().into()
}
