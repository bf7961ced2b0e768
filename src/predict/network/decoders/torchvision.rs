//! `torchvision`: the layout of torchvision's detectors.
//!
//! Outputs `boxes` `[boxes, 4]`: corners in pixels of the input, `labels` `[boxes]` from 1 (0 is the background) and
//! `scores` `[boxes]`; found by name, else by type: labels are whole numbers.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::decoder::{Classes, Decode, Decoder, Defaults};
use super::outputs::{Outputs, labelled};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "torchvision",
        summary: "boxes [boxes, 4]: corners in pixels, labels [boxes] from 1, scores [boxes]",
    },
    task: Task::Detect,
    source: include_str!("torchvision.rs"),
    // torchvision's reference: RGB / 255, the rest is in the graph, its 100 best boxes. A graph that takes any size
    // is best given pictures as they are: `input_size = "picture"`.
    defaults: Defaults { confidence: 0.0, first_label: 1, ..Defaults::DETR },
    classes,
    is_evident: |_| true,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// Boxes, labels, scores. Exporters that name nothing leave numbers as names.
fn parts<'a>(outputs: &Outputs<'a>) -> Option<(&'a Tensor, &'a Tensor, &'a Tensor)> {
    if outputs.len() != 3 {
        return None;
    }
    let by_shape = |rank: usize, is_integer: bool| {
        outputs.iter().map(|(_, t)| t).find(|t| t.shape.len() == rank && t.is_integer == is_integer)
    };
    let boxes = outputs.named("boxes").or_else(|| by_shape(2, false))?;
    let labels = outputs.named("labels").or_else(|| by_shape(1, true))?;
    let scores = outputs.named("scores").or_else(|| by_shape(1, false))?;
    match (&boxes.shape[..], &labels.shape[..], &scores.shape[..]) {
        ([boxes_, 4], [labels_], [scores_]) if boxes_ == labels_ && labels_ == scores_ => Some((boxes, labels, scores)),
        _ => None,
    }
}

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    parts(outputs).map(|_| Classes::Open)
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let Some((boxes, labels, scores)) = parts(outputs) else { return Vec::new() };
    let rows = boxes.rows().zip(labels.data.iter().zip(&scores.data));
    rows.filter_map(|(b, (class, score))| labelled([b[0], b[1], b[2], b[3]], *score, *class, confidence)).collect()
}
