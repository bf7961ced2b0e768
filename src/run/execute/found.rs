//! What a model found in one frame.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::answer::{Answer, ScoredClass, Scores};
use crate::detection::{BBox, Detection, Shape, Size};
use crate::packed::Packed;

/// The answer to a frame. Those of models that are asked are packed, whether they come from the model or from the store,
/// so that both see the same numbers; objects of result files are kept as they were written.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Found {
    /// Rounded to 32-bit floats.
    Packed(Packed),
    /// Objects as they are.
    Exact(Vec<Detection>),
}

/// The category of what a classifier says that the dataset has no category for.
pub const NO_CATEGORY: u64 = u64::MAX;

impl Found {
    /// An answer that is kept as it was written.
    pub fn exact(answer: Answer) -> Self {
        match answer {
            Answer::Objects(detections) => Self::Exact(detections),
            // Four times as many bytes would be a hundredth of a per mille more exact.
            Answer::Scores(_) => Self::Packed(Packed::new(&answer)),
        }
    }

    /// How many detections there are, or one class.
    pub fn count(&self) -> usize {
        match self {
            Self::Packed(Packed::Objects(objects)) => objects.count(),
            Self::Exact(detections) => detections.len(),
            Self::Packed(Packed::Scores(_)) => 1,
        }
    }

    /// The detections, by falling score, in a frame of `size`. The class that a classifier says is one that is as large as
    /// the frame: so pictures, galleries and audits need not know of classes.
    pub fn detections(&self, size: Size) -> Cow<'_, [Detection]> {
        match self {
            Self::Packed(Packed::Objects(objects)) => Cow::Owned(objects.detections()),
            Self::Exact(detections) => Cow::Borrowed(detections),
            Self::Packed(Packed::Scores(scores)) => Cow::Owned(vec![whole(&scores.scores(), size)]),
        }
    }

    /// Those whose category id is `wanted`, by falling score.
    pub fn detections_of(&self, size: Size, wanted: impl Fn(u64) -> bool) -> Vec<Detection> {
        match self {
            Self::Packed(Packed::Objects(objects)) => objects.detections_of(wanted),
            Self::Packed(Packed::Scores(_)) | Self::Exact(_) => {
                self.detections(size).iter().filter(|one| wanted(one.category_id)).cloned().collect()
            }
        }
    }

    /// The scores of classes; `None` of objects.
    pub fn scores(&self) -> Option<Scores> {
        match self {
            Self::Packed(Packed::Scores(scores)) => Some(scores.scores()),
            Self::Packed(Packed::Objects(_)) | Self::Exact(_) => None,
        }
    }
}

fn whole(scores: &Scores, size: Size) -> Detection {
    let top = scores.top();
    let category_id = match top.class {
        ScoredClass::Category(id) => id,
        ScoredClass::Other(_) => NO_CATEGORY,
    };
    let bbox = BBox::from_corners(0.0, 0.0, f64::from(size.width), f64::from(size.height));
    Detection { category_id, bbox, shape: Shape::Box, score: top.score }
}
