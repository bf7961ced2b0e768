//! Predictors: the ways to reach a model, one per file behind [`Predictor`], listed in [`ALL`].

mod agreement;
mod categories;
mod error;
mod frame;
mod keys;
mod predictor;

mod box_format;
mod found;
mod naming;
mod network;
mod other_names;
pub mod tls;
mod wire;

#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;

mod http;
mod oip;
mod onnx;
mod precomputed;
mod roboflow;
mod subprocess;

pub use agreement::{Agreement, AgreementError, Apart};
pub use categories::{CategoryMap, CategoryMismatch, UnknownClass};
pub use error::{PredictError, PredictorError};
pub use frame::{Frame, FrameError};
pub(crate) use keys::TRAINING;
pub use keys::section_keys;
pub use network::decoders::pages as decoder_pages;
pub(crate) use onnx::engine_pages;
pub use onnx::onnxruntime_way_in;
pub use other_names::meant;
/// The engines by themselves, without what makes a model of a graph.
pub mod graph {
    pub use super::network::{Element, Engine, EngineError, Input, Port, Signature, Tensor, Values};
    pub use super::onnx::{EngineKind, open};
}

pub(crate) use predictor::SAME_MODEL;
pub use predictor::{
    ModelCard, Opener, PREFIX_VARIABLE, Predictor, PredictorKind, Site, Variables, Variant, Vocabulary,
};

/// Every kind of predictor.
pub static ALL: &[&dyn PredictorKind] =
    &[&onnx::Onnx, &precomputed::Precomputed, &roboflow::Roboflow, &http::Http, &oip::Oip, &subprocess::Subprocess];
