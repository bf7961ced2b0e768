//! A file of results as it is written (cocodataset.org/#format-results).

use std::path::Path;

use serde::Deserialize;

use crate::detection::BBox;
use crate::json::{self, Id, JsonError, Whole};
use crate::predict::PredictorError;

/// A detection.
#[derive(Debug, Clone, Deserialize)]
pub struct RawResult {
    /// What the tool calls the image.
    pub image_id: Option<Id>,
    /// The image's file, which Ultralytics and others write beside the id.
    pub file_name: Option<String>,
    /// Which class.
    pub category_id: Whole,
    /// Where, pixels.
    pub bbox: [f64; 4],
    /// Confidence.
    pub score: f64,
}

/// How far beyond 1 a score may be, and still be 1 in numbers of 16 bits.
const ROUNDING: f64 = 1e-3;

/// Reads a file of results.
///
/// # Errors
/// It is none, or holds numbers that are no detection's.
pub fn read(path: &Path, bytes: &[u8]) -> Result<Vec<RawResult>, PredictorError> {
    let fail = |what: String| PredictorError::Load(format!("{}: {what}", path.display()));
    let mut results: Vec<RawResult> = json::from_bytes(bytes).map_err(|error| match error {
        JsonError::NotFinite { .. } => PredictorError::NonFinite(format!("{}: {error}", path.display())),
        JsonError::Syntax(reason) => fail(format!("it is not COCO results JSON: {reason}")),
    })?;
    for (index, raw) in results.iter_mut().enumerate() {
        let bbox = BBox::from(raw.bbox);
        if !bbox.is_finite() || !bbox.area().is_finite() || !raw.score.is_finite() {
            let what = format!("result {index} has a number that is not finite, or a box of no finite area");
            return Err(PredictorError::NonFinite(format!("{}: {what}", path.display())));
        }
        if !(-ROUNDING..=1.0 + ROUNDING).contains(&raw.score) {
            return Err(fail(format!("result {index} has score {}; a score of 0..1 is expected", raw.score)));
        }
        raw.score = raw.score.clamp(0.0, 1.0);
        if raw.image_id.is_none() && raw.file_name.is_none() {
            return Err(fail(format!("result {index} has neither an `image_id` nor a `file_name`")));
        }
    }
    Ok(results)
}
