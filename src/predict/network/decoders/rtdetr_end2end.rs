//! `rtdetr_end2end`: the layout of RT-DETR as Ultralytics 8.4 exports it; older versions are `ultralytics_rtdetr`.
//!
//! One output `[1, boxes, 6]`: cx, cy, width, height as fractions of the input, score, class number.

use super::super::nms::Candidate;
use super::decoder::{Classes, Decode, Decoder, Trial};
use super::outputs::{Outputs, are_fractions, are_labelled, corners, in_pixels, labelled};
use super::ultralytics_rtdetr;
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "rtdetr_end2end",
        summary: "[1, boxes, 6]: cx, cy, width, height as fractions, score, class number",
    },
    task: Task::Detect,
    source: include_str!("rtdetr_end2end.rs"),

    defaults: ultralytics_rtdetr::DEFAULTS,
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// What a file says of its head.
const HEAD: &str = "RTDETRDecoder";

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    matches!(outputs.only()?.shape[..], [1, _, 6]).then_some(Classes::Open)
}

/// Fractions alone could be corners, too: the file has to say whose they are.
fn is_evident(trial: &Trial<'_>) -> bool {
    let is_head = trial.metadata.get("head").is_some_and(|head| head == HEAD);
    is_head && trial.outputs.only().is_some_and(|output| are_labelled(output) && are_fractions(output))
}

fn decode(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(output) = outputs.only() else { return Vec::new() };
    let (width, height) = (input.width as f32, input.height as f32);
    let candidate = |row: &[f32]| {
        let corners = in_pixels(corners(row[0], row[1], row[2], row[3]), width, height);
        labelled(corners, row[4], row[5], confidence)
    };
    output.rows().filter_map(candidate).collect()
}
