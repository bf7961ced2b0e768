//! `end2end`: boxes with their suppression done, as Ultralytics calls it: exports with `nms=True`, YOLOv10, YOLO26.
//!
//! One output `[1, boxes, 6]`: left, top, right, bottom in pixels of the input, score, class number; rows of zeros fill
//! it up.

use super::super::nms::Candidate;
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, are_fractions, are_labelled, labelled};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "end2end",
        summary: "[1, boxes, 6]: corners in pixels, score, class number; suppression done",
    },
    task: Task::Detect,
    source: include_str!("end2end.rs"),
    // As Ultralytics' `val`, without suppression.
    defaults: Defaults { iou: None, ..Defaults::ULTRALYTICS },
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    matches!(outputs.only()?.shape[..], [1, _, 6]).then_some(Classes::Open)
}

/// Fractions are another layout's.
fn is_evident(trial: &Trial<'_>) -> bool {
    trial.outputs.only().is_some_and(|output| are_labelled(output) && !are_fractions(output))
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(output) = outputs.only() else { return Vec::new() };
    let candidate = |row: &[f32]| labelled([row[0], row[1], row[2], row[3]], row[4], row[5], confidence);
    output.rows().filter_map(candidate).collect()
}
