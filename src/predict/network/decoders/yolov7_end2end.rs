//! `yolov7_end2end`: the layout of YOLOv7's exports with `--end2end`.
//!
//! One output `[boxes, 7]`: the picture's number in the batch, left, top, right, bottom in pixels of the input, class number,
//! score; as many rows as boxes were found. The suppression is done in the graph, by an operator that the embedded engine
//! refuses: `engine = "onnxruntime"` runs it, one picture at a time.

use super::super::nms::Candidate;
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, labelled};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "yolov7_end2end",
        summary: "[boxes, 7]: picture, corners in pixels, class number, score; suppression done",
    },
    task: Task::Detect,
    source: include_str!("yolov7_end2end.rs"),
    // YOLOv7's `test.py`, without suppression.
    defaults: Defaults { iou: None, ..Defaults::ULTRALYTICS },
    classes,
    is_evident,
    keeps_batches: false,
    decode: Decode::Objects(decode),
};

/// Columns: picture, four sides, class, score.
const COLUMNS: usize = 7;

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    matches!(outputs.only()?.shape[..], [_, COLUMNS]).then_some(Classes::Open)
}

/// No other layout is a single list of seven columns; a grey picture has few boxes or none that could tell more.
fn is_evident(trial: &Trial<'_>) -> bool {
    let is_row = |row: &[f32]| row[0] == 0.0 && row[5].fract() == 0.0 && (0.0..=1.0).contains(&row[6]);
    trial.outputs.only().is_some_and(|output| output.rows().all(is_row))
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(output) = outputs.only() else { return Vec::new() };
    let candidate = |row: &[f32]| labelled([row[1], row[2], row[3], row[4]], row[6], row[5], confidence);
    output.rows().filter_map(candidate).collect()
}
