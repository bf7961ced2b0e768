//! `ultralytics_rtdetr`: the layout of RT-DETR as Ultralytics exported it before its version 8.4 (`rtdetr_end2end`).
//!
//! One output `[1, boxes, 4 + classes]`: cx, cy, width, height as fractions of the input, then a score per class.

use super::super::nms::Candidate;
use super::super::preprocess::{Preprocessing, Resize};
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, best_of_row, corners, in_pixels, is_claim};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// Ultralytics' `RTDETRValidator`: stretched by OpenCV, RGB / 255, confidence 0.001, 300 boxes.
pub const DEFAULTS: Defaults =
    Defaults { preprocessing: Preprocessing { resize: Resize::Linear, ..Preprocessing::STRETCH }, ..Defaults::DETR };

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "ultralytics_rtdetr",
        summary: "[1, boxes, 4 + classes]: cx, cy, width, height as fractions, class scores",
    },
    task: Task::Detect,
    source: include_str!("ultralytics_rtdetr.rs"),
    defaults: DEFAULTS,
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// Columns before the classes.
const BOX_COLUMNS: usize = 4;

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    match outputs.only()?.shape[..] {
        [1, _, columns] if columns > BOX_COLUMNS => Some(Classes::Exactly(columns - BOX_COLUMNS)),
        _ => None,
    }
}

/// Fractions and scores alone, and not just class numbers in the last column.
fn is_evident(trial: &Trial<'_>) -> bool {
    let Some(output) = trial.outputs.only() else { return false };
    let is_whole = |row: &[f32]| row.last().is_some_and(|value| value.fract() == 0.0);
    output.is_within(0.0..=1.0) && !output.rows().all(is_whole)
}

fn decode(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(output) = outputs.only() else { return Vec::new() };
    let (width, height) = (input.width as f32, input.height as f32);
    let candidate = |row: &[f32]| {
        let (label, score) = best_of_row(&row[BOX_COLUMNS..])?;
        let corners = in_pixels(corners(row[0], row[1], row[2], row[3]), width, height);
        is_claim(score, confidence).then_some(Candidate { corners, score, label })
    };
    output.rows().filter_map(candidate).collect()
}
