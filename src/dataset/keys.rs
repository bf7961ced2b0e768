//! The keys of a `[dataset.*]` section: those of its format, and those that all formats share.

use super::kept::CATEGORIES;
use super::view::VIEW;
use super::{Format, Terms};
use crate::spec::{Family, Key, Literal, Scalar, ValueShape};

/// The key that says whether models are run on a dataset.
pub const EVALUATE: &str = "evaluate";

/// The keys that all formats share.
const SHARED: [Key; 3] = [
    Key::new("format", ValueShape::One(Scalar::Member(Family::Dataset)), "how the labels are stored").required(),
    Key::new(
        "limit",
        ValueShape::COUNT,
        "at most so many images: a sample in which each category keeps its share, the same on every machine",
    ),
    Key::new(
        EVALUATE,
        ValueShape::BOOLEAN,
        "whether models are run on it; `false` for what they were trained on, which `leakage` compares the others with",
    )
    .or(Literal::Boolean(true)),
];

/// All keys of a `[dataset.*]` section of `format`.
pub fn section_keys(format: &dyn Format) -> Vec<Key> {
    [&SHARED[..1], format.keys(), &[CATEGORIES, VIEW], &SHARED[1..], &Terms::KEYS].concat()
}
