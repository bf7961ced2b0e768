//! `efficient_nms`: the layout of TensorRT's EfficientNMS and of graphs that end like it (YOLOv6, YOLOv7, YOLO-NAS
//! with its suppression inside).
//!
//! Outputs `num_dets` `[1, 1]`: how many rows count, `boxes` `[1, boxes, 4]`: corners in pixels of the input, `scores`
//! and `classes` (or `labels`) `[1, boxes]`; `det_` or `pred_` may stand before each name.

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
        name: "efficient_nms",
        summary: "num_dets [1, 1], boxes [1, boxes, 4]: corners in pixels, scores and classes [1, boxes]",
    },
    task: Task::Detect,
    source: include_str!("efficient_nms.rs"),
    // As YOLOv7's `--end2end`: letterbox, RGB / 255.
    defaults: Defaults { iou: None, ..Defaults::ULTRALYTICS },
    classes,
    is_evident: |_| true,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// The four outputs.
struct NmsParts<'a> {
    count: &'a Tensor,
    boxes: &'a Tensor,
    scores: &'a Tensor,
    classes: &'a Tensor,
}

fn parts<'a>(outputs: &Outputs<'a>) -> Option<NmsParts<'a>> {
    let parts = NmsParts {
        count: outputs.named_any(&["num_dets", "num_predictions"])?,
        boxes: outputs.named_any(&["boxes", "bboxes"])?,
        scores: outputs.named("scores")?,
        classes: outputs.named_any(&["classes", "labels"])?,
    };
    match (&parts.boxes.shape[..], &parts.scores.shape[..], &parts.classes.shape[..]) {
        ([1, boxes, 4], [1, scores], [1, classes]) if boxes == scores && boxes == classes => Some(parts),
        _ => None,
    }
}

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    parts(outputs).map(|_| Classes::Open)
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(parts) = parts(outputs) else { return Vec::new() };
    let count = parts.count.data.first().map_or(0, |&count| count as usize);
    let rows = parts.boxes.rows().zip(parts.classes.data.iter().zip(&parts.scores.data)).take(count);
    rows.filter_map(|(b, (class, score))| labelled([b[0], b[1], b[2], b[3]], *score, *class, confidence)).collect()
}
