//! The settings that some definitions leave open.

use super::Metric;

/// Values behind the names in metrics' definitions; a suite has one of each.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Settings {
    /// The score from which a detection counts as a claim, 0..=1.
    pub min_confidence: f64,
    /// The stability below which an image is affected, 0..=1.
    pub strictness: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { min_confidence: 0.3, strictness: 0.75 }
    }
}

impl Settings {
    /// The definition of `metric` with these values in it.
    #[must_use]
    pub fn definition(&self, metric: &Metric) -> String {
        let confidence = format!("confidence {}", self.min_confidence);
        metric.definition.replace("`min_confidence`", &confidence).replace("`strictness`", &self.strictness.to_string())
    }
}
