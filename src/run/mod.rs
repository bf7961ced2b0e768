//! Running a plan: `pipeline` is the road, the other files are its stages.

mod audit;
mod context;
mod drawn;
mod evidence;
mod execute;
mod export;
mod fail_fast;
mod found;
mod gallery;
mod gather;
mod illustrate;
mod image_file;
mod judge;
mod kept;
mod message;
mod outlook;
mod permits;
mod pipeline;
mod preview;
mod probe;
mod provenance;
mod robustness;
mod score;
mod seal;
mod shots;
mod worker;

pub use context::{Context, Events};
pub use execute::Predictions;
pub use export::{coco_labels, coco_results};
pub use found::Found;
pub use illustrate::Picture;
pub use outlook::{Outlook, OutlookError, outlook};
pub use pipeline::{Finished, run};
pub use preview::{Preview, previews};
pub use probe::{Probe, Trial, probe};
