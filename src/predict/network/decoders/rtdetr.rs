//! `rtdetr`: the layout of RT-DETR, D-FINE and DEIM as their own code exports them.
//!
//! A second input `orig_target_sizes` holds width and height; outputs `labels` `[1, boxes]`, `boxes` `[1, boxes, 4]`,
//! corners in pixels of that size, and `scores` `[1, boxes]`. It is given the size of the input.

use super::super::nms::Candidate;
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, labelled};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "rtdetr",
        summary: "labels [1, boxes], boxes [1, boxes, 4], scores [1, boxes]: corners in pixels of `orig_target_sizes`",
    },
    task: Task::Detect,
    source: include_str!("rtdetr.rs"),
    // RT-DETR's `det_engine`: stretched as Pillow does it, RGB / 255, its 300 best boxes.
    defaults: Defaults::DETR,
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// The input that says which size boxes are in.
const SIZES: &str = "orig_target_sizes";

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    let shape = |name: &str| Some(&outputs.named(name)?.shape[..]);
    match (shape("labels")?, shape("boxes")?, shape("scores")?) {
        ([1, labels], [1, boxes, 4], [1, scores]) if labels == boxes && boxes == scores => Some(Classes::Open),
        _ => None,
    }
}

fn is_evident(trial: &Trial<'_>) -> bool {
    trial.inputs.iter().any(|input| input.name == SIZES)
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let named = |name| outputs.named(name);
    let (Some(labels), Some(boxes), Some(scores)) = (named("labels"), named("boxes"), named("scores")) else {
        return Vec::new();
    };
    let rows = boxes.rows().zip(labels.data.iter().zip(&scores.data));
    rows.filter_map(|(b, (class, score))| labelled([b[0], b[1], b[2], b[3]], *score, *class, confidence)).collect()
}
