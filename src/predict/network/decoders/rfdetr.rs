//! `rfdetr`: the layout of RF-DETR (and LW-DETR).
//!
//! Outputs `dets` `[1, boxes, 4]`: cx, cy, width, height as fractions of the input, and `labels` `[1, boxes, classes]`
//! or one column more: logits. A box may stand for several classes; the best 300 pairs count. The weights trained on
//! COCO count classes by category id (`labels = "coco91"`); fine-tuned ones from 0, with the last column of no class.

use super::super::nms::Candidate;
use super::super::preprocess::{Preprocessing, Resize};
use super::decoder::{Classes, Decode, Decoder, Defaults};
use super::outputs::{Outputs, corners, in_pixels, is_claim, sigmoid};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "rfdetr",
        summary: "dets [1, boxes, 4]: cx, cy, width, height as fractions; labels [1, boxes, classes + 1]: logits",
    },
    task: Task::Detect,
    source: include_str!("rfdetr.rs"),
    // RF-DETR's `predict`: stretched, RGB / 255, ImageNet's mean and deviation, its 300 best.
    defaults: {
        let preprocessing = Preprocessing { resize: Resize::Linear, ..Preprocessing::IMAGENET };
        Defaults { preprocessing, ..Defaults::DETR }
    },
    classes,
    is_evident: |_| true,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    match (&outputs.named("dets")?.shape[..], &outputs.named("labels")?.shape[..]) {
        ([1, boxes, 4], [1, rows, columns]) if boxes == rows && *columns > 0 => Some(Classes::WithSpare(*columns)),
        _ => None,
    }
}

fn decode(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    let (Some(dets), Some(labels)) = (outputs.named("dets"), outputs.named("labels")) else { return Vec::new() };
    let (width, height) = (input.width as f32, input.height as f32);
    let of_box = |(b, logits): (&[f32], &[f32])| {
        let corners = in_pixels(corners(b[0], b[1], b[2], b[3]), width, height);
        let scores = logits.iter().map(|logit| sigmoid(*logit)).enumerate();
        let kept = scores.filter(|(_, score)| is_claim(*score, confidence));
        kept.map(|(label, score)| Candidate { corners, score, label }).collect::<Vec<_>>()
    };
    dets.rows().zip(labels.rows()).flat_map(of_box).collect()
}
