//! `detr` and `detr_sigmoid`: the layouts of Hugging Face's transformers.
//!
//! Outputs `logits` `[1, boxes, columns]` and `pred_boxes` `[1, boxes, 4]`: cx, cy, width, height as fractions of the
//! input. DETR, Conditional DETR's elders, YOLOS and Table Transformer say "no object" with the last column, and scores
//! are a softmax; Deformable DETR, RT-DETR and D-FINE have a sigmoid per class. Which of the two shows in the number of
//! class names alone.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::super::preprocess::Preprocessing;
use super::decoder::{Classes, Decode, Decoder, Defaults};
use super::outputs::{Outputs, best_class, corners, in_pixels, is_claim, sigmoid};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// Softmax, with a column for "no object".
pub static SOFTMAX: Decoder = Decoder {
    entry: Entry {
        name: "detr",
        summary: "logits [1, boxes, classes + 1] for a softmax, pred_boxes [1, boxes, 4]: fractions",
    },
    task: Task::Detect,
    source: include_str!("detr.rs"),
    // `DetrImageProcessor`: as Pillow resizes, RGB / 255, ImageNet's mean and deviation; stretched, as a graph of one
    // size has it.
    defaults: Defaults { preprocessing: Preprocessing::IMAGENET, ..Defaults::DETR },
    classes: |outputs, _| Some(Classes::Exactly(parts(outputs)?.0.shape[2] - 1)),
    is_evident: |_| true,
    keeps_batches: true,
    decode: Decode::Objects(decode_softmax),
};

/// A sigmoid per class.
pub static SIGMOID: Decoder = Decoder {
    entry: Entry {
        name: "detr_sigmoid",
        summary: "logits [1, boxes, classes] for a sigmoid, pred_boxes [1, boxes, 4]: fractions",
    },
    task: Task::Detect,
    source: include_str!("detr.rs"),
    // `RTDetrImageProcessor`: stretched as Pillow does it, RGB / 255, neither mean nor deviation; Deformable DETR
    // takes ImageNet's.
    defaults: Defaults::DETR,
    classes: |outputs, _| Some(Classes::Exactly(parts(outputs)?.0.shape[2])),
    is_evident: |_| true,
    keeps_batches: true,
    decode: Decode::Objects(decode_sigmoid),
};

/// Logits and boxes, if there are as many.
fn parts<'a>(outputs: &Outputs<'a>) -> Option<(&'a Tensor, &'a Tensor)> {
    let (logits, boxes) = (outputs.named("logits")?, outputs.named_any(&["pred_boxes", "boxes"])?);
    match (&logits.shape[..], &boxes.shape[..]) {
        ([1, rows, columns], [1, count, 4]) if rows == count && *columns > 1 => Some((logits, boxes)),
        _ => None,
    }
}

fn decode(outputs: &Outputs<'_>, input: Size, score: impl Fn(&[f32]) -> Vec<(usize, f32)>) -> Vec<Candidate> {
    let Some((logits, boxes)) = parts(outputs) else { return Vec::new() };
    let (width, height) = (input.width as f32, input.height as f32);
    let of_box = |(logits, b): (&[f32], &[f32])| {
        let corners = in_pixels(corners(b[0], b[1], b[2], b[3]), width, height);
        score(logits).into_iter().map(move |(label, score)| Candidate { corners, score, label })
    };
    logits.rows().zip(boxes.rows()).flat_map(of_box).collect()
}

fn decode_softmax(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    decode(outputs, input, |logits| {
        let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let sum: f32 = logits.iter().map(|logit| (logit - highest).exp()).sum();
        let best = best_class(logits[..logits.len() - 1].iter().map(|logit| (logit - highest).exp() / sum));
        best.into_iter().filter(|(_, score)| is_claim(*score, confidence)).collect()
    })
}

/// As `RTDetrImageProcessor.post_process_object_detection`: the best pairs of box and class.
fn decode_sigmoid(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    decode(outputs, input, |logits| {
        let scores = logits.iter().map(|logit| sigmoid(*logit)).enumerate();
        scores.filter(|(_, score)| is_claim(*score, confidence)).collect()
    })
}
