//! Keys of answers: a frame has the same key whenever the same model, asked in the same way, would see the same pixels.

use crate::digest::Digest;

/// Counts up whenever keys are made differently, what is kept under them is laid out otherwise, or decoding
/// an image file gives other pixels than before.
const REVISION: &[u8] = b"2";

/// Names one frame asked of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct AnswerKey(pub(super) [u8; 32]);

/// What all frames of a cell share in their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellKey(Digest);

impl CellKey {
    /// `model` stands for what answers, and for everything that decides how; `condition` for what is done to the
    /// pixels, the seed included.
    pub fn new(model: &Digest, condition: &Digest) -> Self {
        Self(Digest::of_parts([REVISION, model.to_string().as_bytes(), condition.to_string().as_bytes()]))
    }

    /// The key of a frame: `file` is the digest of the image file, `draws` is what else the perturbation's randomness
    /// or masks depend on.
    pub fn frame(&self, file: &Digest, draws: &[u8]) -> AnswerKey {
        AnswerKey(Digest::hash_of_parts([self.0.to_string().as_bytes(), file.to_string().as_bytes(), draws]))
    }
}
