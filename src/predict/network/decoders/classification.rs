//! `classification`: the best classes of a whole picture, each as `score:number` or `score:number:label`.
//!
//! Only servers answer so (Triton's classification extension, and models whose output is such text), and what does is
//! always of this layout: `decoder` does not name it.

use super::super::engine::Tensor;
use super::super::listing::ListedClass;
use super::super::preprocess::Preprocessing;
use super::decoder::{Classes, Decode, Decoder, Defaults};
use super::outputs::Outputs;
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation. An engine gives the lines as one output `[1, classes, 2]`: number and score.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "classification",
        summary: "the best classes, each as `score:number` or `score:number:label`",
    },
    task: Task::Classify,
    source: include_str!("classification.rs"),
    defaults: Defaults {
        preprocessing: Preprocessing::PLAIN,
        confidence: 0.0,
        iou: None,
        max_detections: usize::MAX,
        first_label: 0,
    },
    classes: |outputs, _: Size| rows(outputs).map(|_| Classes::Open),
    is_evident: |_| false,
    keeps_batches: true,
    decode: Decode::Listed(listed),
};

fn rows<'a>(outputs: &Outputs<'a>) -> Option<&'a Tensor> {
    outputs.only().filter(|tensor| matches!(tensor.shape[..], [1, classes, 2] if classes > 0))
}

fn listed(outputs: &Outputs<'_>) -> Vec<ListedClass> {
    let rows = rows(outputs).into_iter().flat_map(Tensor::rows);
    rows.map(|row| ListedClass { number: row[0] as usize, score: row[1] }).collect()
}
