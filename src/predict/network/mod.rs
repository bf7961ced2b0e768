//! Networks, whatever runs them: from a picture to the numbers of a graph, and from what it gives to objects or classes.
//!
//! The road of a frame: `preprocess` (with `resize`) -> `inputs` -> `engine`, the seam to what runs the graph -> one of
//! `decoders` -> `nms` -> back to the image's pixels; or, of a classifier, `activation`. `answer` walks it, in batches (`batch`). `options` is what a
//! section says of it (`overrides` of how pictures are made ready, over the usual of a decoder or of one of the `families`
//! of classifiers), `classes` finds the class names (`labels` are those known by name), `chosen` leaves out outputs,
//! `exported` is what else a file tells, `listing` and `listed` are for outputs that list the best classes, `plausible` lists other ways of preprocessing, `model` ties them together, and
//! `unusable` says why a graph is none.

mod activation;
mod answer;
mod batch;
mod chosen;
mod classes;
#[cfg(test)]
mod classifiers;
pub mod decoders;
mod engine;
mod exported;
mod families;
mod inputs;
mod labels;
mod listed;
mod listing;
mod model;
mod nms;
mod options;
mod overrides;
mod plausible;
mod preprocess;
mod resize;
mod unusable;

#[cfg(any(test, feature = "fuzzing"))]
pub use batch::batch_size;
#[cfg(any(test, feature = "fuzzing"))]
pub use classes::Written;
pub use engine::{Element, Engine, EngineError, Input, InputValues, Port, Signature, Tensor};

#[cfg(any(test, feature = "fuzzing"))]
pub use exported::input_size as exported_size;
#[cfg(any(test, feature = "fuzzing"))]
pub use inputs::Inputs;
pub use listing::Listing;
pub use model::Network;
pub use options::NetworkOptions;
