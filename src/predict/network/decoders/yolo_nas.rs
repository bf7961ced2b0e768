//! `yolo_nas`: the layout of YOLO-NAS exports without NMS.
//!
//! Two outputs: `[1, boxes, 4]`, corners in pixels of the input, and `[1, boxes, classes]`, scores.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{FRACTIONS, Outputs, best_of_row, is_claim};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry { name: "yolo_nas", summary: "boxes [1, boxes, 4]: corners in pixels, scores [1, boxes, classes]" },
    task: Task::Detect,
    source: include_str!("yolo_nas.rs"),
    // SuperGradients' `coco2017_yolo_nas`: letterbox, RGB / 255, confidence 0.01, IoU 0.7, 300 boxes; it leaves a
    // border of two pixels on every side, which is not known here.
    defaults: Defaults { confidence: 0.01, ..Defaults::ULTRALYTICS },
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// Boxes and scores: by name, else boxes come first.
fn parts<'a>(outputs: &Outputs<'a>) -> Option<(&'a Tensor, &'a Tensor)> {
    if outputs.len() != 2 {
        return None;
    }
    let all: Vec<&Tensor> = outputs.iter().map(|(_, tensor)| tensor).collect();
    let four = |tensor: &&Tensor| matches!(tensor.shape[..], [1, _, 4]);
    let boxes = outputs.named("boxes").or_else(|| all.iter().copied().find(four))?;
    let scores = all.into_iter().find(|tensor| !std::ptr::eq(*tensor, boxes))?;
    match (&boxes.shape[..], &scores.shape[..]) {
        ([1, count, 4], [1, rows, classes]) if count == rows && *classes > 0 => Some((boxes, scores)),
        _ => None,
    }
}

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    Some(Classes::Exactly(parts(outputs)?.1.shape[2]))
}

/// Pixels, and no logits.
fn is_evident(trial: &Trial<'_>) -> bool {
    parts(&trial.outputs).is_some_and(|(boxes, scores)| !boxes.is_within(FRACTIONS) && scores.is_within(0.0..=1.0))
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let Some((boxes, scores)) = parts(outputs) else { return Vec::new() };
    let candidate = |(b, scores): (&[f32], &[f32])| {
        let (label, score) = best_of_row(scores)?;
        is_claim(score, confidence).then_some(Candidate { corners: [b[0], b[1], b[2], b[3]], score, label })
    };
    boxes.rows().zip(scores.rows()).filter_map(candidate).collect()
}
