//! Predictors: the ways to reach a model, one per file behind [`Predictor`], listed in [`ALL`].

mod agreement;
mod categories;
mod error;
mod frame;
mod keys;
mod predictor;

mod alike;
mod box_format;
mod found;
mod naming;
mod network;
mod other_names;
mod scored;
mod scored_json;
mod tensor;
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

pub use agreement::Agreement;
pub(crate) use agreement::AgreementError;
pub use agreement::Apart;
pub use categories::CategoryMap;
pub(crate) use categories::UnknownClass;
pub use error::PredictError;
pub(crate) use error::PredictorError;
pub use frame::Frame;
pub(crate) use frame::FrameError;
pub use keys::section_keys;
pub(crate) use keys::{EXTENDS, MIN_CONFIDENCE, TRAINING};
pub use network::decoders::pages as decoder_pages;
pub(crate) use onnx::engine_pages;
pub use onnx::onnxruntime_way_in;
pub(crate) use other_names::meant;
/// The engines by themselves, without what makes a model of a graph.
pub mod graph {
    pub use super::network::{Element, Engine, EngineError, Input, InputValues, Port, Tensor};
    pub use super::onnx::{EngineKind, open};
}

pub use predictor::{ClassifierView, ModelCard, PREFIX_VARIABLE, Predictor, Vocabulary};
pub(crate) use predictor::{Opener, PredictorKind, RAN_ON, SAME_MODEL, Site, Variables, Variant};

/// Every kind of predictor.
pub static ALL: &[&dyn PredictorKind] =
    &[&onnx::Onnx, &precomputed::Precomputed, &roboflow::Roboflow, &http::Http, &oip::Oip, &subprocess::Subprocess];
