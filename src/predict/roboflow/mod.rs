//! `kind = "roboflow"`: models hosted by Roboflow, or served by its inference server.
//!
//! `options` reads the section, `predictor` asks, `reply` reads the answer, and `kind` is the door.

mod kind;
mod options;
mod predictor;
pub(super) mod reply;

pub use kind::Roboflow;
