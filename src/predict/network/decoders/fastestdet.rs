//! `fastestdet`: the layout of FastestDet.
//!
//! One output `[1, 5 + classes, rows, columns]`: per cell objectness, raw offsets and sizes (tanh and sigmoid are left
//! to the decoder), and class scores; objectness and classes already activated.

use super::super::nms::Candidate;
use super::super::preprocess::{Channels, Preprocessing, Resize};
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, best_of_columns, corners, is_claim, sigmoid};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry { name: "fastestdet", summary: "[1, 5 + classes, rows, columns]: one grid, raw offsets and sizes" },
    task: Task::Detect,
    source: include_str!("fastestdet.rs"),
    // FastestDet's `test.py` and `eval`: stretched, BGR / 255, confidence 0.01, IoU 0.45.
    defaults: {
        let preprocessing = Preprocessing { resize: Resize::Linear, channels: Channels::Bgr, ..Preprocessing::STRETCH };
        Defaults { preprocessing, confidence: 0.01, iou: Some(0.45), ..Defaults::DETR }
    },
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// Planes before the classes: objectness, x, y, width, height.
const BOX_PLANES: usize = 5;

/// FastestDet's score is objectness^0.6 x class^0.4.
const OBJECTNESS_POWER: f32 = 0.6;

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    match outputs.only()?.shape[..] {
        [1, planes, _, _] if planes > BOX_PLANES => Some(Classes::Exactly(planes - BOX_PLANES)),
        _ => None,
    }
}

/// Objectness and class scores are activated: the raw heads of other networks (YOLOv2) are not.
fn is_evident(trial: &Trial<'_>) -> bool {
    let Some(output) = trial.outputs.only() else { return false };
    let cells = output.shape[2] * output.shape[3];
    let (boxes, scores) = output.data.split_at(BOX_PLANES * cells);
    boxes[..cells].iter().chain(scores).all(|score| (0.0..=1.0).contains(score))
}

fn decode(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(output) = outputs.only() else { return Vec::new() };
    let (rows, columns) = (output.shape[2], output.shape[3]);
    let (width, height) = (input.width as f32, input.height as f32);
    let cells = rows * columns;
    let candidate = |(cell, (label, class_score)): (usize, (usize, f32))| {
        let at = |plane: usize| output.data[plane * cells + cell];
        let score = at(0).powf(OBJECTNESS_POWER) * class_score.powf(1.0 - OBJECTNESS_POWER);
        let cx = ((cell % columns) as f32 + at(1).tanh()) / columns as f32 * width;
        let cy = ((cell / columns) as f32 + at(2).tanh()) / rows as f32 * height;
        let corners = corners(cx, cy, sigmoid(at(3)) * width, sigmoid(at(4)) * height);
        is_claim(score, confidence).then_some(Candidate { corners, score, label })
    };
    best_of_columns(&output.data[BOX_PLANES * cells..], cells).into_iter().enumerate().filter_map(candidate).collect()
}
