//! F1 of single images as text: hundredths, a byte each, in base64. What reports tell has two decimals, and a baseline is
//! reviewed and kept with code: as floats its images would take four times the room.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::eval::OwnConfidence;

/// F1 of every image of a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImageF1s {
    /// The score from which detections counted: of all categories, or of each.
    pub min_confidence: OwnConfidence,
    /// In the order of the dataset.
    pub hundredths: String,
}

impl ImageF1s {
    /// Keeps `f1`, 0..=1 each, from detections of at least `min_confidence`.
    pub fn new(f1: impl Iterator<Item = f64>, min_confidence: OwnConfidence) -> Self {
        let hundredths = f1.map(|f1| (100.0 * f1.clamp(0.0, 1.0)).round() as u8).collect::<Vec<u8>>();
        Self { min_confidence, hundredths: STANDARD.encode(hundredths) }
    }

    /// 0..=1 each, to a hundredth; `None` if it is no such text.
    pub fn decode(&self) -> Option<Vec<f64>> {
        let bytes = STANDARD.decode(&self.hundredths).ok()?;
        let are_shares = bytes.iter().all(|&hundredths| hundredths <= 100);
        are_shares.then(|| bytes.into_iter().map(|hundredths| f64::from(hundredths) / 100.0).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_survive_as_text_to_a_hundredth() {
        let kept = ImageF1s::new([0.0, 0.333, 1.0].into_iter(), OwnConfidence::All(0.3));
        assert_eq!(kept.decode().unwrap(), [0.0, 0.33, 1.0]);
        let broken =
            |text: &str| ImageF1s { min_confidence: OwnConfidence::All(0.3), hundredths: text.to_owned() }.decode();
        assert_eq!((broken("/w=="), broken("A")), (None, None));
    }
}
