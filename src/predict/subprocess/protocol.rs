//! The lines between windtunnel and a child, one JSON object each.
//!
//! 1. The child says `{"windtunnel": 1}`, with `"classes": ["cat", ...]` if it can name them all beforehand, and with
//!    `"task": "detect"` if it wants to make sure that it is asked for nothing else. A classifier says `"task":
//!    "classify"`.
//! 2. windtunnel asks `{"id": 7, "width": 640, "height": 480, "png_base64": "..."}`.
//! 3. The child answers `{"id": 7, "detections": [{"bbox": [x, y, width, height], "category": "cat", "score": 0.9}]}`
//!    or `{"id": 7, "error": "..."}`; boxes in pixels, scores 0..=1. An answer may say its `"task"`, too. A classifier
//!    answers `{"id": 7, "scores": [{"label": "cat", "score": 0.97}, ...]}`, all classes or the best, or `{"id": 7,
//!    "scores": [0.97, 0.02, ...]}`, one of each of its `classes`; probabilities.
//! 4. At the end of its input the child ends.

use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use crate::detection::BBox;
use crate::json::{self, JsonError};
use crate::predict::PredictError;
use crate::predict::found::FoundObject;
use crate::predict::naming::Class;
use crate::predict::scored::FoundClasses;
use crate::predict::scored_json::{self, Places};

/// The version of the protocol.
pub const VERSION: u64 = 1;

/// The first line of a child.
#[derive(Debug, Deserialize)]
pub struct Hello {
    /// The version of the protocol that the child speaks.
    pub windtunnel: u64,
    /// The names of all its classes. What answers call `label` each is also taken as `labels`; documented is one word.
    #[serde(alias = "labels")]
    pub classes: Option<Vec<String>>,
    /// The task that it is made for; where it says none, the one that there was when there was no other.
    pub task: Option<String>,
}

/// A question.
#[derive(Debug, Serialize)]
pub struct Question<'a> {
    /// Which question; the answer repeats it.
    pub id: u64,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// The picture, lossless.
    pub png_base64: &'a str,
}

/// An answer's line.
#[derive(Debug, Deserialize)]
pub struct Reply {
    /// That of the question.
    pub id: Option<u64>,
    /// As in the [`Hello`]; where it says none, the greeting's.
    pub task: Option<String>,
    detections: Option<Vec<Object>>,
    scores: Option<Json>,
    error: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Object {
    bbox: [f64; 4],
    category: String,
    score: f64,
}

/// The longest quotation of a line in a message, characters.
const EXCERPT: usize = 120;

/// Reads a line of a child; `what` says what it should have been.
///
/// # Errors
/// It is none, or a number in it is not finite.
pub fn read<T: serde::de::DeserializeOwned>(line: &[u8], what: &str) -> Result<T, PredictError> {
    json::from_bytes(line).map_err(|error| {
        let text = String::from_utf8_lossy(line);
        let quoted: String = text.trim().chars().filter(|c| !c.is_control()).take(EXCERPT).collect();
        let message = format!("a line is no {what} but `{quoted}`: {error}");
        match error {
            JsonError::NotFinite { .. } => PredictError::NonFinite(message),
            JsonError::Syntax(_) => PredictError::Inference(message),
        }
    })
}

impl Reply {
    /// The objects that were found.
    ///
    /// # Errors
    /// The child says that it failed, or neither.
    pub fn objects(self) -> Result<Vec<FoundObject>, PredictError> {
        match (self.detections, self.error) {
            (_, Some(error)) => Err(PredictError::Inference(format!("it says: {error}"))),
            (Some(objects), None) => Ok(objects.into_iter().map(Object::into_found).collect()),
            (None, None) => {
                Err(PredictError::Inference("its answer holds neither `detections` nor an `error`".to_owned()))
            }
        }
    }

    /// The classes of the picture.
    ///
    /// # Errors
    /// The child says that it failed, or neither, or what it says is no scores.
    pub fn classes(self) -> Result<FoundClasses, PredictError> {
        const PLACES: Places<'_> = Places { class: Some("/label"), score: "/score" };
        match (self.scores, self.error) {
            (_, Some(error)) => Err(PredictError::Inference(format!("it says: {error}"))),
            (Some(scores), None) => scored_json::found(&scores, PLACES)
                .map_err(|what| PredictError::Inference(format!("its `scores` cannot be read: {what}"))),
            (None, None) => Err(PredictError::Inference("its answer holds neither `scores` nor an `error`".to_owned())),
        }
    }
}

impl Object {
    fn into_found(self) -> FoundObject {
        FoundObject { class: Class::Name(self.category), bbox: BBox::from(self.bbox), score: self.score }
    }
}
