//! `compat`: whose form of a kind is taken where ours differs from the published one.

use super::Perturbation;
use crate::spec::Choice;

/// Whose form of a kind is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Compat {
    /// Ours: labels stay with their objects.
    None,
    /// The published one, where it differs.
    ImagenetC,
}

impl Choice for Compat {
    const ALL: &'static [(&'static str, Self)] = &[("none", Self::None), ("imagenet_c", Self::ImagenetC)];

    fn summary(self) -> &'static str {
        match self {
            Self::None => "labels stay with their objects",
            Self::ImagenetC => "the published form of ImageNet-C and COCO-C, where ours differs",
        }
    }
}

impl Compat {
    /// The form of `kind` that is taken.
    pub fn of(self, kind: &'static Perturbation) -> &'static Perturbation {
        match self {
            Self::None => kind,
            Self::ImagenetC => kind.published.unwrap_or(kind),
        }
    }
}
