//! What has to be done to a classifier's outputs to make probabilities of them: what they show by themselves, and what a
//! spec says where they show nothing.

use serde::Serialize;

use super::engine::Tensor;
use crate::spec::Choice;

/// How probabilities are made of outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// Of logits.
    Softmax,
    /// Of logits of classes that are scored each by itself, or of the second of two classes.
    Sigmoid,
    /// They are probabilities.
    None,
    /// Of scores that do not add up to 1.
    Normalize,
}

impl Choice for Activation {
    const ALL: &'static [(&'static str, Self)] =
        &[("softmax", Self::Softmax), ("sigmoid", Self::Sigmoid), ("none", Self::None), ("normalize", Self::Normalize)];

    fn summary(self) -> &'static str {
        match self {
            Self::Softmax => "they are logits",
            Self::Sigmoid => {
                "they are logits of classes scored each by itself, or one logit for the second of two classes"
            }
            Self::None => "they are probabilities: 0 to 1, together 1",
            Self::Normalize => "they are scores 0 to 1 of classes scored each by itself, to be divided by their sum",
        }
    }
}

/// How far from 1 the sum of probabilities may be: numbers of 16 bits are as exact as that.
const ROUNDING: f64 = 1e-3;

/// The same for numbers of 8 bits, whose steps are seen.
const ROUNDING_OF_STEPS: f64 = 0.1;

/// The steps of probabilities of 8 bits.
const STEPS: f32 = 256.0;

/// What outputs, of any picture, show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Some are beyond 0..1.
    Logits,
    /// Together they are 1.
    Probabilities,
    /// Neither: sigmoids, or logits that happen to be small.
    Unclear,
    /// Whole numbers, in steps that the graph does not tell.
    Whole,
}

impl Shown {
    /// What `outputs` show.
    pub fn by(outputs: &Tensor) -> Self {
        let values = &outputs.data;
        if outputs.is_integer {
            return Self::Whole;
        }
        if !values.iter().all(|value| (0.0..=1.0).contains(value)) {
            return Self::Logits;
        }
        let sum: f64 = values.iter().copied().map(f64::from).sum();
        let are_steps = values.iter().all(|value| (value * STEPS).fract() == 0.0);
        let allowed = if are_steps { ROUNDING_OF_STEPS } else { ROUNDING };
        // One value alone is the second of two classes, and may be 1.
        if values.len() > 1 && (sum - 1.0).abs() <= allowed { Self::Probabilities } else { Self::Unclear }
    }
}

impl Activation {
    /// What is done to such `outputs`; `wanted` is what the spec says.
    ///
    /// # Errors
    /// They do not show it and the spec does not say it, or it says what they cannot be.
    pub fn settle(wanted: Option<Self>, outputs: &Tensor) -> Result<Self, String> {
        let shown = Shown::by(outputs);
        let one = outputs.data.len() == 1;
        match (wanted, shown) {
            (Some(Self::Softmax), _) if one => Err(
                "it has one output, which is the second of two classes: `activation = \"sigmoid\"`, or \"none\" where it \
                 is done inside"
                    .to_owned(),
            ),
            (Some(Self::Softmax), Shown::Probabilities) => Err(
                "its outputs are probabilities already, 0 to 1 and together 1: leave out `activation = \"softmax\"`"
                    .to_owned(),
            ),
            (Some(wanted @ (Self::None | Self::Normalize)), Shown::Logits) => Err(format!(
                "its outputs go beyond 0..1, so they are logits: leave out `activation = \"{}\"`",
                wanted.word()
            )),
            (Some(Self::None) | None, Shown::Whole) => Err(
                "its outputs are whole numbers, as networks of 8 bits give them: add `activation = \"normalize\"` where a \
                 softmax is inside, or \"softmax\" where they are logits in steps of 1"
                    .to_owned(),
            ),
            (Some(wanted), _) => Ok(wanted),
            (None, Shown::Logits) => Ok(if one { Self::Sigmoid } else { Self::Softmax }),
            (None, Shown::Probabilities) => Ok(Self::None),
            (None, Shown::Unclear) => Err(unclear(&outputs.data)),
        }
    }

    /// The probabilities of all classes.
    pub fn probabilities(self, values: &[f32]) -> Vec<f64> {
        let values = values.iter().copied().map(f64::from);
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        match self {
            Self::Softmax => {
                let highest = values.clone().fold(f64::NEG_INFINITY, f64::max);
                divided(values.map(|value| (value - highest).exp()).collect())
            }
            Self::Sigmoid => of_two(values.map(sigmoid).collect()).unwrap_or_else(divided),
            Self::None => of_two(values.collect()).unwrap_or_else(|all| all),
            Self::Normalize => of_two(values.collect()).unwrap_or_else(divided),
        }
    }
}

/// One score is that of the second of two classes; several come back.
fn of_two(scores: Vec<f64>) -> Result<Vec<f64>, Vec<f64>> {
    match scores[..] {
        [second] => Ok(vec![1.0 - second, second]),
        _ => Err(scores),
    }
}

fn divided(mut scores: Vec<f64>) -> Vec<f64> {
    let sum: f64 = scores.iter().sum();
    for score in &mut scores {
        *score /= sum;
    }
    scores
}

fn unclear(values: &[f32]) -> String {
    let sum: f32 = values.iter().sum();
    let (what, softmax) = if values.len() == 1 {
        (format!("its one output is {sum:.3} for a grey picture: a probability, or a logit?"), "")
    } else {
        let what = format!(
            "its {} outputs are within 0..1 for a grey picture, as probabilities are, but add up to {sum:.3}",
            values.len()
        );
        (what, "\"softmax\" for logits, ")
    };
    format!(
        "{what}: say what they are by `activation`: {softmax}\"sigmoid\" for logits of classes scored each by itself, \
         \"normalize\" for such scores, \"none\" for probabilities"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tensor(values: &[f32], is_integer: bool) -> Tensor {
        Tensor { shape: vec![1, values.len()], data: values.to_vec(), is_integer }
    }

    #[test]
    fn outputs_show_what_they_are_or_are_asked_about() {
        let settle = |values: &[f32]| Activation::settle(None, &tensor(values, false));
        assert_eq!(settle(&[3.0, -1.0, 0.5]), Ok(Activation::Softmax));
        assert_eq!(settle(&[0.7, 0.2, 0.1]), Ok(Activation::None));
        assert_eq!(settle(&[-0.1, -3.0]), Ok(Activation::Softmax), "logarithms of probabilities");
        // Of 8 bits: 12 + 5 * 48 of 256.
        assert_eq!(settle(&[0.046_875, 0.187_5, 0.187_5, 0.187_5, 0.187_5, 0.187_5]), Ok(Activation::None));
        let asked = settle(&[0.9, 0.8, 0.123]).unwrap_err();
        assert!(asked.contains("add up to 1.823") && asked.contains("\"normalize\" for such scores"), "{asked}");
        assert!(settle(&[1.0]).unwrap_err().contains("a probability, or a logit?"));
        assert_eq!(settle(&[-2.5]), Ok(Activation::Sigmoid));
        let whole = tensor(&[12.0, 240.0, 4.0], true);
        assert!(Activation::settle(None, &whole).unwrap_err().contains("whole numbers"));
        assert_eq!(Activation::settle(Some(Activation::Normalize), &whole), Ok(Activation::Normalize));
    }

    #[test]
    fn what_a_spec_says_is_held_against_the_outputs() {
        let settle = |wanted, values: &[f32]| Activation::settle(Some(wanted), &tensor(values, false));
        assert_eq!(settle(Activation::Sigmoid, &[0.9, 0.8]), Ok(Activation::Sigmoid));
        assert!(settle(Activation::Softmax, &[0.25, 0.75]).unwrap_err().contains("probabilities already"));
        assert!(settle(Activation::None, &[4.0, -1.0]).unwrap_err().contains("they are logits"));
        assert!(settle(Activation::Softmax, &[4.0]).unwrap_err().contains("the second of two classes"));
    }

    #[test]
    fn probabilities_are_made_in_64_bits() {
        let near = |made: Vec<f64>, right: &[f64]| made.iter().zip(right).all(|(a, b)| (a - b).abs() < 1e-15);
        let e = std::f64::consts::E;
        assert!(near(Activation::Softmax.probabilities(&[1001.0, 1000.0]), &[e / (e + 1.0), 1.0 / (e + 1.0)]));
        assert!(near(Activation::Sigmoid.probabilities(&[0.0, 0.0, 0.0, 0.0]), &[0.25; 4]));
        assert!(near(Activation::Sigmoid.probabilities(&[0.0]), &[0.5, 0.5]));
        assert!(near(Activation::None.probabilities(&[0.25]), &[0.75, 0.25]));
        assert!(near(Activation::Normalize.probabilities(&[0.5, 0.75]), &[0.4, 0.6]));
    }
}
