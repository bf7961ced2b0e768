//! Datasets and answers for other tools.

mod coco;
mod perturbed_set;

pub use coco::{coco_labels, coco_results};
pub use perturbed_set::PerturbedSet;
