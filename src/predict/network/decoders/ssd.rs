//! `ssd`: boxes and scores already decoded, suppression left out (SSD exports, the small face detectors).
//!
//! Outputs `boxes` `[1, boxes, 4]`, corners as fractions of the input, and `scores` `[1, boxes, 1 + classes]`, softmax
//! done, background first.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::super::preprocess::{Preprocessing, Resize};
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, best_of_row, in_pixels, is_claim};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry { name: "ssd", summary: "boxes [1, boxes, 4] as fractions, scores [1, boxes, 1 + classes]" },
    task: Task::Detect,
    source: include_str!("ssd.rs"),
    // The Ultra-Light-Fast-Generic-Face-Detector's demo: stretched, RGB, (pixel - 127) / 128, IoU 0.3; its
    // confidence for drawing (0.5) is lowered to keep the precision-recall curve.
    defaults: {
        let preprocessing = Preprocessing {
            resize: Resize::Linear,
            scale: 1.0,
            mean: [127.0; 3],
            std: [128.0; 3],
            ..Preprocessing::STRETCH
        };
        Defaults { preprocessing, confidence: 0.01, iou: Some(0.3), ..Defaults::DETR }
    },
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// How far a sum of probabilities may be from 1.
const ROUNDING: f32 = 1e-3;

fn parts<'a>(outputs: &Outputs<'a>) -> Option<(&'a Tensor, &'a Tensor)> {
    Some((outputs.named("boxes")?, outputs.named("scores")?))
}

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    let (boxes, scores) = parts(outputs)?;
    match (&boxes.shape[..], &scores.shape[..]) {
        ([1, boxes, 4], [1, scores, columns]) if boxes == scores && *columns > 1 => Some(Classes::Exactly(columns - 1)),
        _ => None,
    }
}

/// Scores are probabilities that sum to 1.
fn is_evident(trial: &Trial<'_>) -> bool {
    let is_whole = |row: &[f32]| (row.iter().sum::<f32>() - 1.0).abs() < ROUNDING;
    parts(&trial.outputs).is_some_and(|(_, scores)| scores.rows().all(is_whole))
}

fn decode(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    let Some((boxes, scores)) = parts(outputs) else { return Vec::new() };
    let (width, height) = (input.width as f32, input.height as f32);
    let candidate = |(b, scores): (&[f32], &[f32])| {
        let (label, score) = best_of_row(&scores[1..])?;
        let corners = in_pixels([b[0], b[1], b[2], b[3]], width, height);
        is_claim(score, confidence).then_some(Candidate { corners, score, label })
    };
    boxes.rows().zip(scores.rows()).filter_map(candidate).collect()
}
