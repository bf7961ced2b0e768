//! `yolox`: the layout of YOLOX exports with the decoding left out.
//!
//! One output `[1, cells, 5 + classes]`, the cells of the grids of strides 8, 16 and 32 row by row: x and y relative
//! to the cell and log width and height, all in strides; objectness and class scores already activated.

use super::super::nms::Candidate;
use super::super::preprocess::{Channels, Placement, Preprocessing};
use super::decoder::{Classes, Decode, Decoder, Defaults, Trial};
use super::outputs::{Outputs, best_of_row, corners, is_claim};
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry {
        name: "yolox",
        summary: "[1, cells, 5 + classes]: cell offsets, log sizes, objectness, class scores",
    },
    task: Task::Detect,
    source: include_str!("yolox.rs"),
    // YOLOX's `eval.py`: top left, BGR unscaled, confidence 0.01, IoU 0.65; without a cap, so COCO's 300.
    defaults: {
        let preprocessing = Preprocessing {
            placement: Placement::TopLeft,
            channels: Channels::Bgr,
            scale: 1.0,
            ..Preprocessing::LETTERBOX
        };
        Defaults { preprocessing, confidence: 0.01, iou: Some(0.65), ..Defaults::ULTRALYTICS }
    },
    classes,
    is_evident,
    keeps_batches: true,
    decode: Decode::Objects(decode),
};

/// The strides of the grids, in the order of the output.
const STRIDES: [u32; 3] = [8, 16, 32];

/// Columns before the classes: x, y, log width, log height, objectness.
const BOX_COLUMNS: usize = 5;

/// A box lies near its cell: offsets and log sizes of a trained network stay well below this, while the pixels of
/// decoded boxes go up to the size of the input.
const FAR: f32 = 16.0;

/// Stride, column and row of each cell.
fn cells(input: Size) -> impl Iterator<Item = (f32, f32, f32)> {
    STRIDES.into_iter().flat_map(move |stride| {
        let (columns, rows) = (input.width / stride, input.height / stride);
        (0..rows).flat_map(move |row| (0..columns).map(move |column| (stride as f32, column as f32, row as f32)))
    })
}

fn classes(outputs: &Outputs<'_>, input: Size) -> Option<Classes> {
    match outputs.only()?.shape[..] {
        [1, rows, columns] if columns > BOX_COLUMNS && rows == cells(input).count() => {
            Some(Classes::Exactly(columns - BOX_COLUMNS))
        }
        _ => None,
    }
}

/// A YOLOX that decodes in its graph, and YOLOv6, have as many rows, but boxes in pixels.
fn is_evident(trial: &Trial<'_>) -> bool {
    let Some(output) = trial.outputs.only() else { return false };
    output.rows().all(|row| row[..4].iter().all(|value| value.abs() < FAR))
}

fn decode(outputs: &Outputs<'_>, input: Size, confidence: f32) -> Vec<Candidate> {
    let Some(output) = outputs.only() else { return Vec::new() };
    let candidate = |(row, (stride, column, line)): (&[f32], (f32, f32, f32))| {
        let (label, class_score) = best_of_row(&row[BOX_COLUMNS..])?;
        let score = row[4] * class_score;
        let (cx, cy) = ((row[0] + column) * stride, (row[1] + line) * stride);
        let corners = corners(cx, cy, row[2].exp() * stride, row[3].exp() * stride);
        is_claim(score, confidence).then_some(Candidate { corners, score, label })
    };
    output.rows().zip(cells(input)).filter_map(candidate).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::engine::Tensor;
    use super::*;

    #[test]
    fn cells_become_boxes_of_their_stride() {
        let input = Size { width: 32, height: 32 };
        let mut data = vec![0.0; 21 * 6];
        data[6 * 5..6 * 6].copy_from_slice(&[0.5, 0.5, 0.0, 2.0_f32.ln(), 0.5, 0.8]); // stride 8, column 1, row 1
        data[6 * 20..6 * 21].copy_from_slice(&[0.5, 0.5, 0.0, 0.0, 1.0, 0.9]); // stride 32
        let output = Tensor { shape: vec![1, 21, 6], data, is_integer: false };
        let named = [("output", &output)];
        let outputs = Outputs::new(&named);
        assert_eq!(classes(&outputs, input), Some(Classes::Exactly(1)));
        let boxes = decode(&outputs, input, 0.1);
        assert_eq!(boxes[0].corners, [8.0, 4.0, 16.0, 20.0]);
        assert!((boxes[0].score - 0.4).abs() < 1e-6);
        assert_eq!(boxes[1].corners, [0.0, 0.0, 32.0, 32.0]);
    }
}
