//! Accuracy over latency: what the speed of each model buys.

use super::model::{CellRecord, Record};
use super::speed::SpeedRecord;
use super::with_itself;
use crate::condition::CLEAN;

/// What a model's speed buys.
#[derive(Debug, Clone, PartialEq)]
pub struct AccuracyOverLatency<'r> {
    /// The model's position in [`Record::models`].
    pub model: usize,
    /// How fast it is.
    pub speed: &'r SpeedRecord,
    /// The clean figure of the metric of tables.
    pub clean: f64,
    /// Its mean under perturbation (mPC); `None` where there was none.
    pub perturbed: Option<f64>,
}

impl Record {
    /// Whether the metric of tables says how right a model is: clean answers always agree with themselves.
    pub fn has_accuracy(&self) -> bool {
        with_itself(&self.spec.metric).is_none()
    }

    /// The models that were timed on a dataset and whose accuracy is known.
    pub fn accuracy_over_latency(&self, dataset: &str) -> Vec<AccuracyOverLatency<'_>> {
        let place = |speed: &'_ SpeedRecord| {
            let model = self.models.iter().position(|model| model.name == speed.model)?;
            let is_clean = |cell: &&CellRecord| {
                (cell.model.as_str(), cell.dataset.as_str(), cell.condition.0.as_str())
                    == (&speed.model, dataset, CLEAN)
            };
            let clean = self.cells.iter().find(is_clean)?.figures.get(&self.spec.metric).copied().flatten()?;
            let robustness = self.robustness.iter().find(|one| one.model == speed.model && one.dataset == dataset);
            Some((model, clean, robustness.and_then(|found| found.mpc)))
        };
        let timed = self.times.speeds.iter().filter(|speed| speed.dataset == dataset && self.has_accuracy());
        let places = timed.filter_map(|speed| {
            let (model, clean, perturbed) = place(speed)?;
            Some(AccuracyOverLatency { model, speed, clean, perturbed })
        });
        places.collect()
    }
}
