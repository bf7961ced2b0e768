//! What a model found in one frame.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::detection::Detection;
use crate::packed::Packed;

/// The detections of a frame. Those of models that are asked are packed, whether they come from the model or from the
/// store, so that both see the same numbers; those of result files are kept as they were written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Rounded to 32-bit floats.
    Packed(Packed),
    /// As they are.
    Exact(Vec<Detection>),
}

impl Found {
    /// How many detections there are.
    pub fn count(&self) -> usize {
        match self {
            Self::Packed(Packed::Objects(objects)) => objects.count(),
            Self::Exact(detections) => detections.len(),
        }
    }

    /// The detections, by falling score.
    pub fn detections(&self) -> Cow<'_, [Detection]> {
        match self {
            Self::Packed(Packed::Objects(objects)) => Cow::Owned(objects.detections()),
            Self::Exact(detections) => Cow::Borrowed(detections),
        }
    }

    /// Those whose category id is `wanted`, by falling score.
    pub fn detections_of(&self, wanted: impl Fn(u64) -> bool) -> Vec<Detection> {
        match self {
            Self::Packed(Packed::Objects(objects)) => objects.detections_of(wanted),
            Self::Exact(detections) => detections.iter().filter(|one| wanted(one.category_id)).cloned().collect(),
        }
    }
}
