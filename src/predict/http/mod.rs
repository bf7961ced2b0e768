//! `kind = "http"`: any server that takes a picture and answers JSON, described by a mapping.
//!
//! `options` reads the section, `request` puts the picture into a request, as `transport` says; `mapping` is what the
//! section says of answers, `objects` finds the objects in them, `predictor` ties them together, and `kind` is the
//! door.

mod kind;
pub(super) mod mapping;
mod objects;
mod options;
mod predictor;
mod request;
mod transport;

pub use kind::Http;
