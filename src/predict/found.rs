//! What a model elsewhere says it has found, held against what a detection may be.

use serde_json::{Value as Json, json};

use super::naming::{Class, Naming};
use super::{CategoryMap, PredictError};
use crate::detection::{BBox, Detection, Shape};
use crate::spec::{Key, Literal, TableReader, ValueShape};
use crate::task::Task;

/// An object as a model tells it.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundObject {
    /// Which class.
    pub class: Class,
    /// Where, pixels of the frame.
    pub bbox: BBox,
    /// Confidence, 0..=1.
    pub score: f64,
}

/// How far beyond 0 and 1 a score may be and still be meant: numbers of 16 bits are as exact as that.
const ROUNDING: f64 = 1e-3;

/// A score within 0..=1, where it is a rounding beyond at most.
pub fn share(score: f64) -> Option<f64> {
    (-ROUNDING..=1.0 + ROUNDING).contains(&score).then(|| score.clamp(0.0, 1.0))
}

/// Which objects are kept: `confidence` and `max_detections` of a section.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floor {
    /// Objects of a lower score are left out.
    pub confidence: f64,
    /// At most so many, those of the highest scores; all where `None`.
    pub max_detections: Option<usize>,
}

impl Floor {
    /// The keys of [`Self::read`].
    pub const KEYS: &'static [Key] = &[
        Key::new("confidence", ValueShape::SHARE, "objects of a lower score are left out")
            .or(Literal::Number(0.0))
            .of(Task::Detect),
        Key::new(
            "max_detections",
            ValueShape::COUNT,
            "at most so many objects per picture, those of the highest scores",
        )
        .of(Task::Detect),
    ];

    /// Reads `confidence` (0..=1, default 0) and `max_detections`.
    pub fn read(options: &mut TableReader<'_, '_, '_>) -> Self {
        let confidence = options.number("confidence").unwrap_or(0.0);
        Self { confidence, max_detections: options.integer("max_detections") }
    }

    /// For the record; where no objects are asked for, what is.
    pub fn settings(self, task: Task) -> Vec<(&'static str, Json)> {
        match task {
            Task::Detect => {
                vec![("confidence", json!(self.confidence)), ("max_detections", json!(self.max_detections))]
            }
            Task::Classify => vec![("task", json!(task.word()))],
        }
    }
}

/// The detections in what was found, by falling score; equal scores keep their order.
///
/// # Errors
/// A number is not finite, a size below 0, a score outside 0..=1, or a class unknown: nothing of such an answer is
/// used.
pub fn detections(
    mut found: Vec<FoundObject>,
    naming: &Naming,
    categories: &CategoryMap,
    floor: Floor,
) -> Result<Vec<Detection>, PredictError> {
    found.iter_mut().try_for_each(plausible)?;
    let mut detections = Vec::with_capacity(found.len());
    for FoundObject { class, bbox, score } in found.into_iter().filter(|found| found.score >= floor.confidence) {
        let category = naming.category(&class, categories)?;
        detections.extend(category.map(|category_id| Detection { category_id, bbox, shape: Shape::Box, score }));
    }
    detections.sort_by(|a, b| b.score.total_cmp(&a.score));
    detections.truncate(floor.max_detections.unwrap_or(usize::MAX));
    Ok(detections)
}

/// Holds an object against what may be; a score that is a rounding beyond its range is put into it.
fn plausible(found: &mut FoundObject) -> Result<(), PredictError> {
    let FoundObject { bbox, score, .. } = found;
    if !bbox.is_finite() || !score.is_finite() {
        return Err(PredictError::NonFinite("a number of the answer is NaN or infinite".to_owned()));
    }
    // Answers are kept as 32-bit floats.
    if <[f64; 4]>::from(*bbox).iter().any(|side| (*side as f32).is_infinite()) {
        return Err(PredictError::NonFinite(format!(
            "a box of the answer is out of range: {:?}",
            <[f64; 4]>::from(*bbox)
        )));
    }
    if bbox.width < 0.0 || bbox.height < 0.0 {
        let message = format!("a box is {} x {} pixels: is it in another format?", bbox.width, bbox.height);
        return Err(PredictError::Inference(message));
    }
    let Some(share) = share(*score) else {
        let message = format!(
            "a score is {score}, not 0..1: is it in per cent, to be divided by 100, or is an activation missing?"
        );
        return Err(PredictError::Inference(message));
    };
    *score = share;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(score: f64, width: f64) -> FoundObject {
        FoundObject { class: Class::Name("a".to_owned()), bbox: BBox::from([0.0, 0.0, width, 1.0]), score }
    }

    fn kept(objects: Vec<FoundObject>, floor: Floor) -> Result<Vec<Detection>, PredictError> {
        detections(objects, &Naming::default(), &CategoryMap::ByName([("a".to_owned(), Some(1))].into()), floor)
    }

    const ALL: Floor = Floor { confidence: 0.0, max_detections: None };

    #[test]
    fn the_best_come_first_and_equal_ones_keep_their_order() {
        let objects = vec![found(0.2, 1.0), found(0.9, 2.0), found(0.2, 3.0), found(0.1, 4.0)];
        let widths = |floor| kept(objects.clone(), floor).unwrap().iter().map(|d| d.bbox.width).collect::<Vec<_>>();
        assert_eq!(widths(ALL), [2.0, 1.0, 3.0, 4.0]);
        assert_eq!(widths(Floor { confidence: 0.2, max_detections: Some(2) }), [2.0, 1.0]);
    }

    #[test]
    fn scores_a_rounding_beyond_their_range_are_its_ends() {
        let scores = kept(vec![found(1.000_000_1, 1.0), found(-1e-9, 1.0), found(1.000_9, 1.0)], ALL).unwrap();
        assert_eq!(scores.iter().map(|detection| detection.score).collect::<Vec<_>>(), [1.0, 1.0, 0.0]);
        let error = kept(vec![found(1.01, 1.0)], ALL).unwrap_err().to_string();
        assert!(error.contains("a score is 1.01, not 0..1: is it in per cent, to be divided by 100"), "{error}");
    }

    #[test]
    fn impossible_numbers_are_errors_even_below_the_floor() {
        let floor = Floor { confidence: 0.5, max_detections: None };
        assert!(matches!(kept(vec![found(f64::NAN, 1.0)], floor), Err(PredictError::NonFinite(_))));
        assert!(matches!(kept(vec![found(0.1, f64::INFINITY)], floor), Err(PredictError::NonFinite(_))));
        let beyond = FoundObject { bbox: BBox::from([1e308; 4]), ..found(0.1, 1.0) };
        assert!(matches!(kept(vec![beyond], floor), Err(PredictError::NonFinite(_))));
        assert!(matches!(kept(vec![found(0.1, 1e39)], floor), Err(PredictError::NonFinite(_))));
        assert!(matches!(kept(vec![found(0.1, -1.0)], floor), Err(PredictError::Inference(_))));
        assert!(matches!(kept(vec![found(31.0, 1.0)], floor), Err(PredictError::Inference(_))));
    }
}
