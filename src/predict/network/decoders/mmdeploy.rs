//! `mmdeploy`: the layout of OpenMMLab's MMDeploy.
//!
//! Outputs `dets` `[1, boxes, 5]`: corners in pixels of the input and the score, and `labels` `[1, boxes]`: class
//! numbers; suppression done.

use super::super::nms::Candidate;
use super::super::preprocess::{IMAGENET_MEAN, IMAGENET_STD, Placement, Preprocessing, Resize};
use super::decoder::{Classes, Decode, Decoder, Defaults};
use super::outputs::{Outputs, labelled};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "mmdeploy",
        summary: "dets [1, boxes, 5]: corners in pixels and score, labels [1, boxes]; suppression done",
    },
    task: Task::Detect,
    source: include_str!("mmdeploy.rs"),
    // MMDetection's usual test pipeline: aspect kept, at the top left, RGB with ImageNet's mean and deviation. Each
    // configuration has its own; hold it against yours.
    defaults: {
        let preprocessing = Preprocessing {
            placement: Placement::TopLeftRounded,
            resize: Resize::Linear,
            mean: IMAGENET_MEAN,
            std: IMAGENET_STD,
            ..Preprocessing::LETTERBOX
        };
        Defaults { preprocessing, ..Defaults::DETR }
    },
    classes,
    is_evident: |_| true,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    match (&outputs.named("dets")?.shape[..], &outputs.named("labels")?.shape[..]) {
        ([1, boxes, 5], [1, labels]) if boxes == labels => Some(Classes::Open),
        _ => None,
    }
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let (Some(dets), Some(labels)) = (outputs.named("dets"), outputs.named("labels")) else { return Vec::new() };
    let rows = dets.rows().zip(&labels.data);
    rows.filter_map(|(b, class)| labelled([b[0], b[1], b[2], b[3]], b[4], *class, confidence)).collect()
}
