//! Evaluation of one cell: ground truth and detections to figures, and to the tables from which figures of weighted images
//! are computed.

mod batches;
mod boxes;
mod check;
mod coco;
mod curve;
mod diagnosis;
mod gather;
mod greedy;
mod grid;
mod interval;
mod joint;
mod label_errors;
mod matching;
mod mistakes;
mod operating;
mod params;
mod parts;
mod per_image;
mod ranking;
mod resample;
mod similarity;
mod stability;
mod table;
mod tide;
mod view;
mod voc;

pub use batches::{Batches, split_by_size};
pub use coco::{CategoryFigures, CocoFigures, Summary, evaluate};
pub use diagnosis::{Diagnosis, Form, Mistake, Reading, diagnose};
pub use interval::{Interval, normal_p_value, p_value};
pub use joint::Joint;
pub use label_errors::{Doubt, LabelErrors, Suspicion, label_errors};
pub use matching::{Matches, match_claims};
pub use mistakes::{ErrorKind, error_kinds};
pub use operating::{Counts, OperatingTable};
pub use params::{MOST_DETECTIONS, Params};
pub use parts::Parts;
pub use per_image::{Categorized, PerImage, is_of};
pub use resample::Resamples;
pub use similarity::Similarity;
pub use stability::stability;
pub use table::MatchTable;
pub use tide::{Tide, tide};
pub use view::View;
pub use voc::{VocTable, VocVersion};
