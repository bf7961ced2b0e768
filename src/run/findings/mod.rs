//! What answers come to: scores, draws, verdicts, and what else can be told of them.

pub mod augmentations;
pub mod clusters;
pub mod data_figures;
pub mod diagnosis;
pub mod drawn;
pub mod evidence;
pub mod inspector;
pub mod judge;
pub mod kept_cells;
mod looks;
pub mod message;
pub mod provenance;
pub mod robustness;
pub mod score;
mod slices;
pub mod splits;
