//! `yolov5`: the layout of YOLOv5 and YOLOv7 exports without NMS.
//!
//! One output `[1, boxes, 5 + classes]`: cx, cy, width, height in pixels of the input, objectness, a score per class;
//! three boxes (anchors) for each cell of the grids of strides 8, 16, 32 and, in the larger networks, 64. YOLOv6 and a
//! YOLOX that decodes in its graph have the same columns but one box per cell: name the decoder for those.

use super::super::nms::Candidate;
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, best_of_row, corners, is_claim};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "yolov5",
        summary: "[1, boxes, 5 + classes]: cx, cy, width, height in pixels, objectness, class scores",
    },
    task: Task::Detect,
    source: include_str!("yolov5.rs"),
    // YOLOv5's `val.py`: letterbox, RGB / 255, confidence 0.001, IoU 0.6, 300 boxes.
    defaults: Defaults { iou: Some(0.6), ..Defaults::ULTRALYTICS },
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// Columns before the classes: cx, cy, width, height, objectness.
const BOX_COLUMNS: usize = 5;

/// Boxes per cell.
const ANCHORS: usize = 3;

/// The strides of the grids.
const STRIDES: [u32; 4] = [8, 16, 32, 64];

/// How many boxes a network with the first `strides` of the grids gives.
fn boxes(input: Size, strides: usize) -> usize {
    let cells = |stride: &u32| (input.width / stride) as usize * (input.height / stride) as usize;
    ANCHORS * STRIDES[..strides].iter().map(cells).sum::<usize>()
}

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    match outputs.only()?.shape[..] {
        [1, _, columns] if columns > BOX_COLUMNS => Some(Classes::Exactly(columns - BOX_COLUMNS)),
        _ => None,
    }
}

fn is_evident(trial: &Trial<'_>) -> bool {
    let count = trial.outputs.only().map_or(0, |output| output.shape[1]);
    [3, 4].iter().any(|&strides| boxes(trial.input, strides) == count)
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(output) = outputs.only() else { return Vec::new() };
    let candidate = |row: &[f32]| {
        let (label, class_score) = best_of_row(&row[BOX_COLUMNS..])?;
        let score = row[4] * class_score;
        let corners = corners(row[0], row[1], row[2], row[3]);
        is_claim(score, confidence).then_some(Candidate { corners, score, label })
    };
    output.rows().filter_map(candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_of_three_and_of_four_grids_are_told_by_their_boxes() {
        let input = Size { width: 640, height: 640 };
        assert_eq!(boxes(input, 3), 25_200);
        assert_eq!(boxes(Size { width: 1280, height: 1280 }, 4), 102_000);
    }
}
