//! `fastestdet`: the layout of FastestDet.
//!
//! One output `[1, 5 + classes, rows, columns]`: per cell objectness, raw offsets and sizes (tanh and sigmoid are left
//! to the decoder), and class scores; objectness and classes already activated.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::super::preprocess::{Channels, Placement, Preprocessing, Resize};
use super::decoder::{Decoder, Defaults, best_class, corners, is_claim};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// See the module's documentation.
pub struct FastestDet;

/// Planes before the classes: objectness, x, y, width, height.
const BOX_PLANES: usize = 5;

/// FastestDet's score is objectness^0.6 x class^0.4.
const OBJECTNESS_POWER: f32 = 0.6;

impl Named for FastestDet {
    fn entry(&self) -> Entry {
        Entry { name: "fastestdet", summary: "[1, 5 + classes, rows, columns]: one grid, raw offsets and sizes" }
    }
}

impl Decoder for FastestDet {
    /// FastestDet's `test.py` and `eval`: stretched, BGR / 255, confidence 0.01, IoU 0.45.
    fn defaults(&self) -> Defaults {
        Defaults {
            preprocessing: Preprocessing {
                placement: Placement::Stretch,
                resize: Resize::Linear,
                channels: Channels::Bgr,
                scale: 255.0,
                mean: [0.0; 3],
                std: [1.0; 3],
            },
            confidence: 0.01,
            iou: 0.45,
            max_detections: 300,
        }
    }

    fn classes(&self, outputs: &[(&str, &[usize])], _input: Size) -> Option<usize> {
        match outputs {
            [(_, [1, planes, _, _])] if *planes > BOX_PLANES => Some(planes - BOX_PLANES),
            _ => None,
        }
    }

    fn decode(&self, outputs: &[(&str, &Tensor)], input: Size, confidence: f32) -> Vec<Candidate> {
        let (_, output) = outputs[0];
        let (planes, rows, columns) = (output.shape[1], output.shape[2], output.shape[3]);
        let (width, height) = (input.width as f32, input.height as f32);
        let cells = rows * columns;
        let candidate = |cell: usize| {
            let at = |plane: usize| output.data[plane * cells + cell];
            let (label, class_score) = best_class((BOX_PLANES..planes).map(at))?;
            let score = at(0).powf(OBJECTNESS_POWER) * class_score.powf(1.0 - OBJECTNESS_POWER);
            let cx = ((cell % columns) as f32 + at(1).tanh()) / columns as f32 * width;
            let cy = ((cell / columns) as f32 + at(2).tanh()) / rows as f32 * height;
            let corners = corners(cx, cy, sigmoid(at(3)) * width, sigmoid(at(4)) * height);
            is_claim(score, confidence).then_some(Candidate { corners, score, label })
        };
        (0..cells).filter_map(candidate).collect()
    }
}

fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_becomes_a_box() {
        // A grid of 1 x 2 cells, two classes; only the second cell speaks.
        let data = vec![0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.1, 0.0, 0.5];
        let output = Tensor { shape: vec![1, 7, 1, 2], data };
        let input = Size { width: 100, height: 40 };
        assert_eq!(FastestDet.classes(&[("758", &[1, 7, 1, 2])], input), Some(2));
        let boxes = FastestDet.decode(&[("758", &output)], input, 0.1);
        assert_eq!(boxes.len(), 1);
        assert_eq!((boxes[0].label, boxes[0].corners), (1, [25.0, -10.0, 75.0, 10.0]));
        assert!((boxes[0].score - 0.5_f32.powf(0.4)).abs() < 1e-6);
    }
}
