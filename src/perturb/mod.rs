//! The perturbations: `kinds` has one file each, all a [`Perturbation`], listed in [`ALL`].
//!
//! `pixels` holds the kernels they share, `warp` how boxes move with the content, `rng` where randomness comes from;
//! `section` reads a spec's section by its `keys`, `preset` holds lists of kinds, `setting` is what comes of both. `whole` says which of
//! them a picture may undergo of which the class is asked for.

mod augmentation;
mod compat;
mod keys;
mod kinds;
mod other_names;
mod perturbation;
mod pixels;
mod preset;
mod rng;
mod section;
mod setting;
mod warp;
mod whole;

pub use augmentation::Augmentation;
pub(crate) use augmentation::{AUGMENTATIONS, in_readme};
pub(crate) use keys::{CHAIN, PRESET, SHARED, form_keys, step_keys};
pub use keys::{SEVERITY, section_keys};
pub use kinds::ALL;
pub use perturbation::{Action, Geometry, Group, Parameter, Perturbation, page};
pub use preset::Preset;
pub(crate) use preset::{PRESETS, imagenet_c};
pub use rng::{FrameSeed, Rng};
pub use section::Sweep;
pub(crate) use section::read_section;
pub use setting::{Setting, Step};
pub(crate) use warp::move_annotations;
pub use warp::{LabelRules, Matrix, Outline, PointMap, Warp};
pub(crate) use whole::{of_whole_pictures, unfit};
