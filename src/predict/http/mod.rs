//! `kind = "http"`: any server that takes a picture and answers JSON, described by a mapping.
//!
//! `options` reads the section, `request` puts the picture into a request, as `transport` says; `mapping` is what the
//! section says of objects in answers, and `objects` finds them there; `classes` is that for the classes of a picture.
//! `predictor` ties them together, and `kind` is the door.

pub(super) mod classes;
mod kind;
pub(super) mod mapping;
mod objects;
mod options;
mod predictor;
mod request;
mod transport;

pub use kind::Http;
