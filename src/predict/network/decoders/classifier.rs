//! `classifier`: the layout of classifiers of whole pictures.
//!
//! One output `[1, classes]`, or `[1, classes, 1, 1]` before it is flattened: logits, or probabilities where a softmax is
//! inside, which is told by their values (`activation` says it where they do not). One value alone is the second of two
//! classes. Of several such outputs, those called `aux` are left out, and one called `logits` is taken; else `outputs`
//! names the one that is meant. With TensorFlow's background as number 0, `first_label` is 1 or the names begin with it.

use super::super::engine::Tensor;
use super::super::preprocess::Preprocessing;
use super::decoder::{Classes, Decode, Decoder, Defaults};
use super::outputs::Outputs;
use crate::detection::Size;
use crate::entry::Entry;
use crate::task::Task;

/// See the module's documentation.
pub static LAYOUT: Decoder = Decoder {
    entry: Entry { name: "classifier", summary: "[1, classes]: a logit or a probability for each class" },
    task: Task::Classify,
    source: include_str!("classifier.rs"),
    // Of the whole picture nothing is left out. How pictures are made ready is not the layout's to say.
    defaults: Defaults {
        preprocessing: Preprocessing::PLAIN,
        confidence: 0.0,
        iou: None,
        max_detections: usize::MAX,
        first_label: 0,
    },
    classes,
    is_evident: |_| true,
    keeps_batches: true,
    decode: Decode::Scores(answer),
};

/// Outputs that help in training alone (Inception).
const HELPERS: &str = "aux";

/// What libraries call the answer where they give features beside it (Hugging Face).
const ANSWER: &str = "logits";

/// Whether it has a value for each class, and nothing else.
fn is_row(tensor: &Tensor) -> bool {
    let classes = tensor.data.len();
    let picture_first = matches!(tensor.shape[..], [1, _] | [1, _, 1, 1] | [1, 1, 1, _]);
    picture_first && classes > 0 && tensor.shape.iter().product::<usize>() == classes
        // A class number alone is not how sure the network is.
        && !(tensor.is_integer && classes == 1)
}

/// The output with the answer.
fn answer<'a>(outputs: &Outputs<'a>) -> Option<&'a Tensor> {
    let rows: Vec<(&str, &Tensor)> = outputs.iter().filter(|(_, tensor)| is_row(tensor)).collect();
    let named: Vec<(&str, &Tensor)> =
        rows.iter().copied().filter(|(name, _)| !name.to_ascii_lowercase().contains(HELPERS)).collect();
    match (&rows[..], &named[..]) {
        ([(_, one)], _) | (_, [(_, one)]) => Some(one),
        _ => outputs.named(ANSWER).filter(|tensor| is_row(tensor)),
    }
}

fn classes(outputs: &Outputs<'_>, _input: Size) -> Option<Classes> {
    // One value is the second of two classes.
    answer(outputs).map(|tensor| Classes::Exactly(tensor.data.len().max(2)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(shape: &[usize], first: f32) -> Tensor {
        let data = (0..shape.iter().product::<usize>()).map(|at| first + at as f32).collect();
        Tensor { shape: shape.to_vec(), data, is_integer: false }
    }

    fn found(named: &[(&str, &Tensor)]) -> Option<f32> {
        answer(&Outputs::new(named)).map(|tensor| tensor.data[0])
    }

    #[test]
    fn the_answer_is_the_one_row_there_is() {
        let (row, flat, map) = (tensor(&[1, 5], 1.0), tensor(&[1, 5, 1, 1], 2.0), tensor(&[1, 5, 4, 4], 3.0));
        assert_eq!(found(&[("out", &row)]), Some(1.0));
        assert_eq!(found(&[("features", &map), ("out", &flat)]), Some(2.0));
        assert_eq!(found(&[("features", &map)]), None);
        let input = Size { width: 4, height: 4 };
        assert_eq!(classes(&Outputs::new(&[("out", &row)]), input), Some(Classes::Exactly(5)));
        let one = tensor(&[1, 1], 0.5);
        assert_eq!(classes(&Outputs::new(&[("out", &one)]), input), Some(Classes::Exactly(2)));
    }

    #[test]
    fn of_several_rows_helpers_are_left_out_and_logits_are_meant() {
        let (first, second, third) = (tensor(&[1, 5], 1.0), tensor(&[1, 5], 2.0), tensor(&[1, 9], 3.0));
        assert_eq!(found(&[("AuxLogits", &first), ("out", &second)]), Some(2.0));
        assert_eq!(found(&[("pooler_output", &third), ("logits", &second)]), Some(2.0));
        assert_eq!(found(&[("a", &first), ("b", &second)]), None);
    }
}
