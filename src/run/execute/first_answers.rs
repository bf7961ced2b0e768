//! The first answers of a model. Where none of them can be used, and all for the same reason, it is asked no more: a
//! function that returns the wrong shape does so of every picture, and hours later says what it said at once. Which images
//! decide is settled by their order, so that threads have no say in what a record tells.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::unanswered::Unanswered;
use crate::detection::ImageRecord;
use crate::failure::{Failure, FailureKind};
use crate::position::DatasetAt;
use crate::predict::PredictError;

/// Images whose first answers decide: one may be damaged, or an odd one.
const DECIDING: usize = 4;

/// What is known of a model's first answers.
#[derive(Default)]
pub struct FirstAnswers {
    heard: Mutex<Heard>,
    given_up: OnceLock<Failure>,
}

#[derive(Default)]
struct Heard {
    /// The first that the model is asked about.
    dataset: Option<DatasetAt>,
    /// By the images in their order.
    images: [Option<First>; DECIDING],
}

/// What came of the first question about an image.
enum First {
    /// An answer; or none for a reason of the way to the model, which may be better the next time.
    Other,
    /// An answer that cannot be used.
    Useless { reason: String, failure: Failure },
}

impl FirstAnswers {
    /// Hears what came of a question about the image that is number `order` of those that are asked about.
    pub fn hear(&self, dataset: DatasetAt, order: usize, image: &ImageRecord, error: Option<&PredictError>) {
        if order >= DECIDING {
            return;
        }
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        // Datasets come one after the other.
        if *heard.dataset.get_or_insert(dataset) != dataset || heard.images[order].is_some() {
            return;
        }
        heard.images[order] = Some(First::of(image, error));
        if let Some(failure) = heard.verdict() {
            self.given_up.get_or_init(|| failure);
        }
    }

    /// Why the model is asked no more, if so.
    pub fn given_up(&self) -> Option<&Failure> {
        self.given_up.get()
    }
}

impl Heard {
    fn verdict(&self) -> Option<Failure> {
        let mut same: Option<(&str, &Failure)> = None;
        for image in &self.images {
            match (image.as_ref()?, same) {
                (First::Other, _) => return None,
                (First::Useless { reason, .. }, Some((first, _))) if reason != first => return None,
                (First::Useless { .. }, Some(_)) => {}
                (First::Useless { reason, failure }, None) => same = Some((reason, failure)),
            }
        }
        let (_, Failure { kind, message }) = same?;
        let message = format!(
            "none of its answers on the first {DECIDING} images can be used, all for the same reason, so it was asked no \
             more: {message}"
        );
        Some(Failure { kind: *kind, message })
    }
}

impl First {
    fn of(image: &ImageRecord, error: Option<&PredictError>) -> Self {
        match error {
            Some(error @ PredictError::Inference(message)) => {
                Self::Useless { reason: without_numbers(message), failure: Unanswered::Asked(error.clone()).on(image) }
            }
            Some(
                PredictError::Lost(_)
                | PredictError::Frame(_)
                | PredictError::NonFinite(_)
                | PredictError::Timeout(_)
                | PredictError::Interrupted,
            )
            | None => Self::Other,
        }
    }
}

/// A reason without what differs from picture to picture: `a score is -3.2, no probability`.
fn without_numbers(reason: &str) -> String {
    let words = reason.split_whitespace().filter(|word| !word.contains(|c: char| c.is_ascii_digit()));
    words.collect::<Vec<_>>().join(" ")
}

/// Whether a model that has `failure` was asked no more, and not one that could not be asked: what it said in the meantime
/// depends on the threads, and is not told.
pub fn is_of_answers(failure: &Failure) -> bool {
    failure.kind == FailureKind::Inference
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn image(name: &str) -> ImageRecord {
        ImageRecord { id: 1, file_name: name.to_owned(), path: PathBuf::new(), width: 1, height: 1, framing: None }
    }

    fn shape(of: &str) -> PredictError {
        PredictError::Inference(format!("it says: the answer has the shape ({of}, 4)"))
    }

    /// What is said once images `order` have these answers, in this order of coming.
    fn heard(answers: &[(usize, Option<PredictError>)]) -> Option<String> {
        let first = FirstAnswers::default();
        for (order, error) in answers {
            first.hear(DatasetAt(0), *order, &image(&format!("{order}.png")), error.as_ref());
        }
        first.given_up().map(|failure| failure.message.clone())
    }

    #[test]
    fn the_first_images_decide_in_whatever_order_their_answers_come() {
        let wrong = |order: usize| (order, Some(shape(&order.to_string())));
        let said = heard(&[wrong(2), wrong(0), (9, None), wrong(3), wrong(1)]).unwrap();
        assert!(said.ends_with("so it was asked no more: on image 0.png: it says: the answer has the shape (0, 4)"));
        assert_eq!(heard(&[wrong(0), wrong(1), wrong(2)]), None, "three may be odd ones");
        assert_eq!(heard(&[wrong(0), wrong(1), wrong(2), wrong(7), wrong(8)]), None, "only the first decide");
    }

    #[test]
    fn a_model_is_asked_on_that_answers_one_or_fails_otherwise() {
        let wrong = |order: usize| (order, Some(shape("1")));
        let rest = [wrong(0), wrong(1), wrong(2)];
        let others = [
            None,
            Some(PredictError::Inference("it says: out of memory".to_owned())),
            Some(PredictError::Lost("no answer from localhost".to_owned())),
            Some(PredictError::Timeout("late".to_owned())),
        ];
        for other in others {
            let label = format!("{other:?}");
            let answers: Vec<_> = rest.iter().cloned().chain([(3, other)]).collect();
            assert_eq!(heard(&answers), None, "{label}");
        }
        // The first answer of an image counts, and those of the first dataset.
        let first = FirstAnswers::default();
        first.hear(DatasetAt(0), 0, &image("0.png"), None);
        for order in 0..4 {
            first.hear(DatasetAt(0), order, &image("0.png"), Some(&shape("1")));
            first.hear(DatasetAt(1), order, &image("0.png"), Some(&shape("1")));
        }
        assert!(first.given_up().is_none());
    }
}
