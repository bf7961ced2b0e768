//! The keys that several kinds of models share.

use super::PredictorKind;
use crate::entry::{Entry, Named};
use crate::perturb::AUGMENTATIONS;
use crate::spec::{Family, Key, Scalar, ValueShape};
use crate::task::Task;

/// Which kind a `[model.*]` section is of.
const KIND: Key =
    Key::new("kind", ValueShape::One(Scalar::Member(Family::Model)), "how the model is reached").required();

/// The model that a section builds on; written out before a kind reads it.
pub const EXTENDS: Key = Key::new(
    "extends",
    ValueShape::TEXT,
    "the model of this spec whose keys this one takes; those that it sets itself win, tables are merged key by key, and lists \
     are replaced",
);

/// The keys that say how a model was trained; the plan reads them.
pub const TRAINING: &[Key] = &[
    Key::new(
        "trained_with",
        ValueShape::Either(&[ValueShape::OneOrMany(Scalar::Words(augmentations)), ValueShape::PATH]),
        "the augmentations of its training, or the path of an export's README.roboflow.txt that lists them: the run \
         tells whether each of them helped",
    ),
    Key::new(
        "reference",
        ValueShape::TEXT,
        "the model of this spec that was trained without: needed where more than one model says nothing of its \
         training",
    ),
];

/// From which score what a model finds counts; the plan reads it.
pub const MIN_CONFIDENCE: Key = Key::new(
    "min_confidence",
    ValueShape::Either(&[ValueShape::SHARE, ValueShape::Map(&[Scalar::Number { min: 0.0, max: 1.0 }])]),
    "the score from which its detections count, of all categories or by their names; else that of `[defaults]`. It changes no \
     average precision",
)
.of(Task::Detect);

/// The variable whose value is the token of a request.
pub const BEARER_ENV: Key = Key::new(
    "bearer_env",
    ValueShape::TEXT,
    "the name of the environment variable with the token of `Authorization: Bearer`; the token never stands in a spec",
);

/// What the user calls the present state of what answers.
pub const VERSION: Key = Key::new(
    "version",
    ValueShape::TEXT,
    "what you call the present state of the model: answers are kept for this version, and asked for anew for another",
);

/// All keys of a `[model.*]` section of `kind`.
pub fn section_keys(kind: &dyn PredictorKind) -> Vec<Key> {
    [&[KIND], kind.keys().as_slice(), TRAINING, &[MIN_CONFIDENCE]].concat()
}

fn augmentations() -> Vec<Entry> {
    AUGMENTATIONS.iter().map(|augmentation| augmentation.entry()).collect()
}
