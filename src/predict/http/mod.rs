//! `kind = "http"`: any server that takes a picture and answers JSON, described by a mapping.
//!
//! `options` reads the section, `request` puts the picture into a request, `mapping` finds the objects in the answer,
//! `predictor` ties them together, and `kind` is the door.

mod kind;
pub(super) mod mapping;
mod options;
mod predictor;
mod request;
mod transport;

pub use kind::Http;
