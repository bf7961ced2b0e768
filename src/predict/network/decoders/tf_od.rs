//! `tf_od`: the layout of TensorFlow's Object Detection API.
//!
//! Outputs `detection_boxes` `[1, boxes, 4]`: top, left, bottom, right as fractions, `detection_classes` `[1, boxes]`
//! from 1, `detection_scores` `[1, boxes]`, and `num_detections` `[1]`: how many of the rows count.

use super::super::nms::Candidate;
use super::super::preprocess::{Preprocessing, Resize};
use super::decoder::{Classes, Decode, Decoder, Defaults};
use super::outputs::{Outputs, in_pixels, labelled};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "tf_od",
        summary: "detection_boxes [1, boxes, 4]: top, left, bottom, right as fractions, detection_classes, \
                      detection_scores [1, boxes], num_detections",
    },
    task: Task::Detect,
    source: include_str!("tf_od.rs"),
    // The API's exporter takes pictures as bytes, RGB, and does the rest in the graph; stretched where it fixes the
    // size.
    defaults: {
        let preprocessing = Preprocessing { scale: 1.0, resize: Resize::Linear, ..Preprocessing::STRETCH };
        Defaults { preprocessing, confidence: 0.0, first_label: 1, ..Defaults::DETR }
    },
    classes,
    is_evident: |_| true,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    let shape = |name: &str| Some(&outputs.named(name)?.shape[..]);
    let shapes = (shape("detection_boxes")?, shape("detection_classes")?, shape("detection_scores")?);
    match shapes {
        ([1, boxes, 4], [1, classes], [1, scores]) if boxes == classes && boxes == scores => Some(Classes::Open),
        _ => None,
    }
}

fn decode(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    let named = |name| outputs.named(name);
    let (Some(boxes), Some(classes), Some(scores)) =
        (named("detection_boxes"), named("detection_classes"), named("detection_scores"))
    else {
        return Vec::new();
    };
    let count = named("num_detections").and_then(|count| count.data.first()).map_or(usize::MAX, |&n| n as usize);
    let (width, height) = (input.width as f32, input.height as f32);
    let rows = boxes.rows().zip(classes.data.iter().zip(&scores.data)).take(count);
    let candidate = |(b, (class, score)): (&[f32], (&f32, &f32))| {
        labelled(in_pixels([b[1], b[0], b[3], b[2]], width, height), *score, *class, confidence)
    };
    rows.filter_map(candidate).collect()
}
