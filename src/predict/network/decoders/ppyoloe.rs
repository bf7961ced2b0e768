//! `ppyoloe`: the layout of PaddleDetection (PP-YOLOE and its relatives).
//!
//! An output `[boxes, 6]`: class number, score, corners in pixels of the input divided by the input `scale_factor`
//! (which is given 1), and one that counts the boxes of each picture. Rows of class -1 are padding.

use super::super::engine::Tensor;
use super::super::nms::Candidate;
use super::super::preprocess::{Preprocessing, Resize};
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, labelled};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "ppyoloe",
        summary: "[boxes, 6]: class number, score, corners in pixels; and the number of boxes",
    },
    task: Task::Detect,
    source: include_str!("ppyoloe.rs"),
    // PP-YOLOE+'s `infer_cfg.yml`: stretched, RGB / 255; it enlarges with a cubic filter, which is not known here.
    defaults: {
        let preprocessing = Preprocessing { resize: Resize::Linear, ..Preprocessing::STRETCH };
        Defaults { preprocessing, confidence: 0.01, ..Defaults::DETR }
    },
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// The output of boxes, if there is nothing else than it and a count.
fn boxes<'a>(outputs: &Outputs<'a>) -> Option<&'a Tensor> {
    let is_count = |tensor: &Tensor| tensor.shape.len() <= 1;
    let (_, boxes) = outputs.iter().find(|(_, tensor)| matches!(tensor.shape[..], [_, 6]))?;
    (outputs.len() == 1 || outputs.len() == 2 && outputs.iter().any(|(_, t)| is_count(t))).then_some(boxes)
}

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    boxes(outputs).map(|_| Classes::Open)
}

fn is_evident(trial: &Trial<'_>) -> bool {
    trial.outputs.len() == 2 || trial.inputs.iter().any(|input| input.name == "scale_factor")
}

fn decode(outputs: &Outputs<'_>, _input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(boxes) = boxes(outputs) else { return Vec::new() };
    boxes.rows().filter_map(|b| labelled([b[2], b[3], b[4], b[5]], b[1], b[0], confidence)).collect()
}
