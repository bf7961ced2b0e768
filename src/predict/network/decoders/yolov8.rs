//! `yolov8`: the layout of Ultralytics YOLOv8, 9, 11 and 12 exports without NMS.
//!
//! One output `[1, 4 + classes, boxes]`: rows cx, cy, width, height in pixels of the input, then a score per class.

use super::super::nms::Candidate;
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, best_of_columns, corners, is_claim};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry { name: "yolov8", summary: "[1, 4 + classes, boxes]: cx, cy, width, height in pixels, class scores" },
    task: Task::Detect,
    source: include_str!("yolov8.rs"),
    // As Ultralytics' `val`.
    defaults: Defaults::ULTRALYTICS,
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// Rows before the classes.
const BOX_ROWS: usize = 4;

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    match outputs.only()?.shape[..] {
        [1, rows, boxes] if rows > BOX_ROWS && boxes > rows => Some(Classes::Exactly(rows - BOX_ROWS)),
        _ => None,
    }
}

/// Boxes in fractions are another layout's.
fn is_evident(trial: &Trial<'_>) -> bool {
    trial.outputs.only().is_some_and(|output| !output.is_within(0.0..=1.0))
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(output) = outputs.only() else { return Vec::new() };
    let boxes = output.shape[2];
    let at = |row: usize, index: usize| output.data[row * boxes + index];
    let candidate = |(index, (label, score)): (usize, (usize, f32))| {
        let corners = corners(at(0, index), at(1, index), at(2, index), at(3, index));
        is_claim(score, confidence).then_some(Candidate { corners, score, label })
    };
    best_of_columns(&output.data[BOX_ROWS * boxes..], boxes).into_iter().enumerate().filter_map(candidate).collect()
}
