//! `ssd`: boxes and scores already decoded, suppression left out (SSD exports, the small face detectors).
//!
//! Outputs `boxes` `[1, boxes, 4]`, corners as fractions of the input, and `scores` `[1, boxes, 1 + classes]`, softmax
//! done, background first.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::super::preprocess::{Channels, Placement, Preprocessing, Resize};
use super::decoder::{Decoder, Defaults, best_class, is_claim};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// See the module's documentation.
pub struct Ssd;

/// Names of the outputs.
const BOXES: &str = "boxes";
/// See [`BOXES`].
const SCORES: &str = "scores";

impl Named for Ssd {
    fn entry(&self) -> Entry {
        Entry { name: "ssd", summary: "boxes [1, boxes, 4] as fractions, scores [1, boxes, 1 + classes]" }
    }
}

fn named<T: Copy>(outputs: &[(&str, T)], name: &str) -> Option<T> {
    outputs.iter().find(|(output, _)| *output == name).map(|(_, value)| *value)
}

impl Decoder for Ssd {
    /// The Ultra-Light-Fast-Generic-Face-Detector's demo: stretched, RGB, (pixel - 127) / 128, IoU 0.3; its
    /// confidence for drawing (0.5) is lowered to keep the precision-recall curve.
    fn defaults(&self) -> Defaults {
        Defaults {
            preprocessing: Preprocessing {
                placement: Placement::Stretch,
                resize: Resize::Linear,
                channels: Channels::Rgb,
                scale: 1.0,
                mean: [127.0; 3],
                std: [128.0; 3],
            },
            confidence: 0.01,
            iou: 0.3,
            max_detections: 300,
        }
    }

    fn classes(&self, outputs: &[(&str, &[usize])], _input: Size) -> Option<usize> {
        match (named(outputs, BOXES)?, named(outputs, SCORES)?) {
            ([1, boxes, 4], [1, scores, classes]) if boxes == scores && *classes > 1 => Some(classes - 1),
            _ => None,
        }
    }

    fn decode(&self, outputs: &[(&str, &Tensor)], input: Size, confidence: f32) -> Vec<Candidate> {
        let (Some(boxes), Some(scores)) = (named(outputs, BOXES), named(outputs, SCORES)) else { return Vec::new() };
        let (width, height) = (input.width as f32, input.height as f32);
        let rows = boxes.data.chunks_exact(4).zip(scores.data.chunks_exact(scores.shape[2]));
        let candidate = |(corners, scores): (&[f32], &[f32])| {
            let (label, score) = best_class(scores[1..].iter().copied())?;
            let corners = [corners[0] * width, corners[1] * height, corners[2] * width, corners[3] * height];
            is_claim(score, confidence).then_some(Candidate { corners, score, label })
        };
        rows.filter_map(candidate).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_become_pixels_and_the_background_is_no_class() {
        let boxes = Tensor { shape: vec![1, 2, 4], data: vec![0.0, 0.25, 0.5, 0.75, 0.0, 0.0, 1.0, 1.0] };
        let scores = Tensor { shape: vec![1, 2, 2], data: vec![0.2, 0.8, 0.99, 0.01] };
        let input = Size { width: 320, height: 240 };
        assert_eq!(Ssd.classes(&[("scores", &[1, 2, 2]), ("boxes", &[1, 2, 4])], input), Some(1));
        let found = Ssd.decode(&[("scores", &scores), ("boxes", &boxes)], input, 0.5);
        assert_eq!(found, vec![Candidate { corners: [0.0, 60.0, 160.0, 180.0], score: 0.8, label: 0 }]);
    }
}
