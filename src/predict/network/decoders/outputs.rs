//! A network's outputs, found by name and shape, and the arithmetic that decoders share.

use super::super::engine::Tensor;
use super::super::nms::Candidate;

/// The outputs of a network, in order, each with its name.
#[derive(Debug, Clone, Copy)]
pub struct Outputs<'a>(&'a [(&'a str, &'a Tensor)]);

impl<'a> Outputs<'a> {
    /// Outputs in the order in which the file has them.
    pub fn new(named: &'a [(&'a str, &'a Tensor)]) -> Self {
        Self(named)
    }

    /// Names and tensors.
    pub fn iter(&self) -> impl Iterator<Item = (&'a str, &'a Tensor)> {
        self.0.iter().copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The one output, if there are not several.
    pub fn only(&self) -> Option<&'a Tensor> {
        match self.0 {
            [(_, tensor)] => Some(tensor),
            _ => None,
        }
    }

    /// The output called `name`; TensorFlow's `:0` and prefixes that end in `_` or `/` do not count.
    pub fn named(&self, name: &str) -> Option<&'a Tensor> {
        let is_called = |output: &str| {
            let bare = output.split(':').next().unwrap_or_default();
            bare.strip_suffix(name).is_some_and(|rest| rest.is_empty() || rest.ends_with(['_', '/']))
        };
        let exact = self.iter().find(|(output, _)| *output == name);
        exact.or_else(|| self.iter().find(|(output, _)| is_called(output))).map(|(_, tensor)| tensor)
    }

    /// The output called by the first of `names` that there is.
    pub fn named_any(&self, names: &[&str]) -> Option<&'a Tensor> {
        names.iter().find_map(|name| self.named(name))
    }
}

impl Tensor {
    /// The values along the last dimension, row by row.
    pub fn rows(&self) -> impl Iterator<Item = &[f32]> {
        self.data.chunks_exact(self.shape.last().copied().unwrap_or(1).max(1))
    }

    /// Whether any value is no number. Looks at a block at a time, without a branch for each value.
    pub fn has_nan(&self) -> bool {
        const BLOCK: usize = 256;
        self.data.chunks(BLOCK).any(|block| block.iter().fold(false, |found, value| found | value.is_nan()))
    }

    /// Whether every value is within `range`; not so where one is no number.
    pub fn is_within(&self, range: std::ops::RangeInclusive<f32>) -> bool {
        self.data.iter().all(|value| range.contains(value))
    }
}

/// Sides as fractions of the input hardly leave the picture; those in pixels go up to its size.
pub const FRACTIONS: std::ops::RangeInclusive<f32> = -2.0..=3.0;

/// Whether rows of six are boxes with a score and a class number: the last column holds whole numbers, no scores.
pub fn are_labelled(output: &Tensor) -> bool {
    output.rows().all(|row| row[5].fract() == 0.0 && row[5] >= 0.0 && (0.0..=1.0).contains(&row[4]))
}

/// Whether the sides of such boxes are fractions of the input; of padding alone nobody can tell.
pub fn are_fractions(output: &Tensor) -> bool {
    let sides = || output.rows().flat_map(|row| &row[..4]);
    sides().any(|side| *side != 0.0) && sides().all(|side| FRACTIONS.contains(side))
}

/// The class of the highest score and that score; the first of equal ones. `None` without classes.
pub fn best_class(scores: impl Iterator<Item = f32>) -> Option<(usize, f32)> {
    scores.enumerate().fold(None, |best, (label, score)| match best {
        Some((_, highest)) if highest >= score => best,
        _ => Some((label, score)),
    })
}

/// As [`best_class`] for a row of scores that lie side by side, eight at a time.
pub fn best_of_row(scores: &[f32]) -> Option<(usize, f32)> {
    const LANES: usize = 8;
    let mut highest = [f32::NEG_INFINITY; LANES];
    let eights = scores.chunks_exact(LANES);
    let rest = eights.remainder().iter().copied();
    for eight in eights {
        for (highest, score) in highest.iter_mut().zip(eight) {
            *highest = if *score > *highest { *score } else { *highest };
        }
    }
    let highest = highest.into_iter().chain(rest).fold(f32::NEG_INFINITY, f32::max);
    let label = scores.iter().position(|score| *score == highest);
    // Of scores that are no numbers none is the highest.
    label.map_or_else(|| best_class(scores.iter().copied()), |label| Some((label, highest)))
}

/// As [`best_class`] for every column of `scores`, whose rows are the classes, `columns` values each. Row by row: a
/// class of all boxes lies side by side, the classes of a box far apart.
pub fn best_of_columns(scores: &[f32], columns: usize) -> Vec<(usize, f32)> {
    let mut rows = scores.chunks_exact(columns.max(1));
    let Some(first) = rows.next() else { return Vec::new() };
    let (mut highest, mut labels) = (first.to_vec(), vec![0_u32; columns]);
    for (label, row) in (1..).zip(rows) {
        for ((highest, best), score) in highest.iter_mut().zip(&mut labels).zip(row) {
            let is_best = *score > *highest;
            *highest = if is_best { *score } else { *highest };
            *best = if is_best { label } else { *best };
        }
    }
    labels.into_iter().map(|label| label as usize).zip(highest).collect()
}

/// Whether a box of this score is kept; one whose score is not a number is, so that it is found out.
pub fn is_claim(score: f32, confidence: f32) -> bool {
    score > confidence || score.is_nan()
}

/// A box of a network that says the number of its class; `None` where it is too unsure, or the row is padding (class
/// below 0).
pub fn labelled(corners: [f32; 4], score: f32, class: f32, confidence: f32) -> Option<Candidate> {
    (is_claim(score, confidence) && class >= 0.0).then_some(Candidate { corners, score, label: class as usize })
}

/// Corners of a box given by centre and size.
pub fn corners(cx: f32, cy: f32, width: f32, height: f32) -> [f32; 4] {
    [cx - width / 2.0, cy - height / 2.0, cx + width / 2.0, cy + height / 2.0]
}

/// A box of fractions of an input of `width` and `height` pixels, in pixels.
pub fn in_pixels(corners: [f32; 4], width: f32, height: f32) -> [f32; 4] {
    [corners[0] * width, corners[1] * height, corners[2] * width, corners[3] * height]
}

/// The logistic function.
pub fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + (-x).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_are_found_by_name_whatever_stands_before_it() {
        let tensor = |value: f32| Tensor { shape: vec![1], data: vec![value], is_integer: false };
        let (one, two, three) = (tensor(1.0), tensor(2.0), tensor(3.0));
        let named = [("raw_boxes", &one), ("boxes", &two), ("graph2_pred_scores:0", &three)];
        let outputs = Outputs::new(&named);
        assert_eq!(outputs.named("boxes"), Some(&two));
        assert_eq!(outputs.named("scores"), Some(&three));
        assert_eq!(outputs.named("oxes"), None);
    }

    #[test]
    fn the_best_class_is_the_same_whichever_way_scores_lie() {
        let score = |class: usize, column: usize| ((class * 7 + column * 5) % 11) as f32 / 10.0;
        for classes in [1, 2, 7, 8, 9, 20] {
            let columns: Vec<f32> =
                (0..classes).flat_map(|class| (0..3).map(move |column| score(class, column))).collect();
            let of_columns = best_of_columns(&columns, 3);
            for (column, best) in of_columns.into_iter().enumerate() {
                let row: Vec<f32> = (0..classes).map(|class| score(class, column)).collect();
                assert_eq!(best_class(row.iter().copied()), Some(best), "{classes} classes, column {column}");
                assert_eq!(best_of_row(&row), Some(best), "{classes} classes, column {column}");
            }
        }
        assert_eq!(best_of_row(&[]), None);
        assert!(best_of_row(&[f32::NAN]).is_some_and(|(label, score)| label == 0 && score.is_nan()));
    }
}
