//! `yolov8`: the layout of Ultralytics YOLOv8, 9, 11 and 12 exports without NMS.
//!
//! One output `[1, 4 + classes, boxes]`: rows cx, cy, width, height in pixels of the input, then a score per class.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::super::preprocess::{Channels, Placement, Preprocessing, Resize};
use super::decoder::{Decoder, Defaults, best_class, corners, is_claim};
use crate::detection::Size;
use crate::entry::{Entry, Named};

/// See the module's documentation.
pub struct YoloV8;

/// Rows before the classes.
const BOX_ROWS: usize = 4;

impl Named for YoloV8 {
    fn entry(&self) -> Entry {
        Entry { name: "yolov8", summary: "[1, 4 + classes, boxes]: cx, cy, width, height in pixels, class scores" }
    }
}

impl Decoder for YoloV8 {
    /// Ultralytics' `val`: letterbox, RGB / 255, confidence 0.001, IoU 0.7, 300 boxes.
    fn defaults(&self) -> Defaults {
        Defaults {
            preprocessing: Preprocessing {
                placement: Placement::Letterbox,
                resize: Resize::Linear,
                channels: Channels::Rgb,
                scale: 255.0,
                mean: [0.0; 3],
                std: [1.0; 3],
            },
            confidence: 0.001,
            iou: 0.7,
            max_detections: 300,
        }
    }

    fn classes(&self, outputs: &[(&str, &[usize])], _input: Size) -> Option<usize> {
        match outputs {
            [(_, [1, rows, boxes])] if *rows > BOX_ROWS && boxes > rows => Some(rows - BOX_ROWS),
            _ => None,
        }
    }

    fn decode(&self, outputs: &[(&str, &Tensor)], _input: Size, confidence: f32) -> Vec<Candidate> {
        let (_, output) = outputs[0];
        let (rows, boxes) = (output.shape[1], output.shape[2]);
        let at = |row: usize, index: usize| output.data[row * boxes + index];
        let candidate = |index: usize| {
            let (label, score) = best_class((BOX_ROWS..rows).map(|row| at(row, index)))?;
            let corners = corners(at(0, index), at(1, index), at(2, index), at(3, index));
            is_claim(score, confidence).then_some(Candidate { corners, score, label })
        };
        (0..boxes).filter_map(candidate).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_boxes() {
        let data = vec![
            5.0, 50.0, 0.0, 0.0, 0.0, 0.0, 0.0, // cx
            6.0, 60.0, 0.0, 0.0, 0.0, 0.0, 0.0, // cy
            4.0, 8.0, 0.0, 0.0, 0.0, 0.0, 0.0, // width
            2.0, 6.0, 0.0, 0.0, 0.0, 0.0, 0.0, // height
            0.1, 0.2, 0.0, 0.0, 0.0, 0.0, 0.0, // class 0
            0.9, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, // class 1
        ];
        let output = Tensor { shape: vec![1, 6, 7], data };
        let input = Size { width: 64, height: 64 };
        assert_eq!(YoloV8.classes(&[("output0", &[1, 6, 7])], input), Some(2));
        assert_eq!(
            YoloV8.decode(&[("output0", &output)], input, 0.15),
            vec![
                Candidate { corners: [3.0, 5.0, 7.0, 7.0], score: 0.9, label: 1 },
                Candidate { corners: [46.0, 57.0, 54.0, 63.0], score: 0.2, label: 0 },
            ]
        );
    }
}
