//! What people look at: the images of failed cases, glimpses of clean images, samples of conditions, findings of the data audit.

mod artist;
pub mod data_pictures;
pub mod exhibit;
mod former;
mod gallery;
pub mod glimpses;
pub mod illustrate;
mod listing;
pub mod preview;
pub mod samples;
mod shots;
mod subject;
