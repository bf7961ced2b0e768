//! What answers come to: scores, draws, verdicts, and what else can be told of them.

mod all;
pub mod augmentations;
mod cell;
mod class_diagnosis;
pub mod clusters;
pub mod confusions;
pub mod data_figures;
pub mod diagnosis;
mod draw;
pub mod drawn;
pub mod evidence;
pub mod inspector;
pub mod judge;
pub mod kept_cells;
mod left_out;
mod looks;
pub mod message;
pub mod operating;
mod parity;
pub mod provenance;
pub mod robustness;
pub mod score;
mod silence;
mod slices;
pub mod splits;

pub use all::Findings;
pub use cell::claims;
