//! The perturbations: `kinds` has one file each, all a [`Perturbation`], listed in [`ALL`].
//!
//! `pixels` holds the kernels they share, `warp` how boxes move with the content, `rng` where randomness comes from;
//! `section` reads a spec's section by its `keys`, `preset` holds lists of kinds, `setting` is what comes of both.

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

pub use augmentation::{AUGMENTATIONS, Augmentation, in_readme};
pub use keys::{CHAIN, PRESET, SEVERITY, SHARED, form_keys, section_keys, step_keys};
pub use kinds::ALL;
pub use perturbation::{Action, Geometry, Group, Parameter, Perturbation, page};
pub use preset::{PRESETS, Preset};
pub use rng::{FrameSeed, Rng};
pub use section::{Sweep, read_section};
pub use setting::{Setting, Step};
pub use warp::{LabelRules, Matrix, Outline, PointMap, Warp, move_annotations};
