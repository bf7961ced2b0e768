//! Running a plan: `pipeline` is the road, the other files are its stages.

mod context;
mod execute;
mod export;
mod illustrate;
mod judge;
mod pipeline;
mod preview;
mod probe;
mod score;
mod seal;

pub use context::{Context, Events};
pub use execute::Predictions;
pub use export::{coco_labels, coco_results};
pub use illustrate::Picture;
pub use pipeline::{Finished, run};
pub use preview::{Preview, previews};
pub use probe::{Probe, Trial, probe};
