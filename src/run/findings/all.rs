//! Everything known of a run so far: the one value that goes down the road from the answers to the record.

use super::drawn::Drawn;
use crate::failure::Measured;
use crate::plan::Plan;
use crate::run::execute::Predictions;
use crate::score::Scorecard;

/// What is known of a run. Scores and draws come to it as the road goes on.
pub struct Findings<'p> {
    /// What is run.
    pub plan: &'p Plan,
    /// What was answered.
    pub predictions: Predictions,
    /// The figures.
    pub scorecard: Scorecard,
    /// The figures on resampled images.
    pub drawn: Drawn,
}

impl<'p> Findings<'p> {
    /// Answers of which nothing is scored yet. `is_whole`: whether records are to hold the draws of every category, too.
    pub fn new(plan: &'p Plan, predictions: Predictions, is_whole: bool) -> Self {
        let cells = plan.cells.iter().map(|_| Measured::Blocked("not scored".to_owned())).collect();
        let scorecard = Scorecard { cells, ..Scorecard::default() };
        Self { plan, predictions, scorecard, drawn: Drawn::new(is_whole) }
    }
}
