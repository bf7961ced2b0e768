//! Running a plan: `pipeline` is the road. It asks the models (`execute`), makes findings of their answers (`findings`),
//! draws what failed (`pictures`) and seals the record. `data_audit` is the shorter road of datasets alone.

mod context;
mod data_audit;
mod execute;
mod export;
mod fail_fast;
mod findings;
mod pictures;
mod pipeline;
mod preflight;
mod seal;
mod sights;
mod threads;

pub use context::{Context, Events};
pub use data_audit::{Audited, audit_data};
pub use execute::shard::{Joined, NotWhole, Request, Shard, ShardError, join};
pub use execute::{Found, ModelTime, Predictions, execute};
pub use export::{PerturbedSet, coco_labels, coco_results};
pub use findings::diagnosis::diagnoses_of_results;
pub use findings::operating::{CategoryPoint, Figures, HeldCell, OperatingPoints, Point, operating_points};
pub use pictures::exhibit::{PICTURES, Picture};
pub use pictures::preview::{Preview, previews};
pub use pictures::samples::SAMPLES;
pub use pipeline::{Finished, merge, run};
pub use preflight::{
    EngineTrial, Exchange, Outlook, OutlookError, OutputsApart, Probe, Trial, engine_trials, idle, outlook,
    outputs_apart, probe,
};
pub use sights::{OfCategory, SightOfCase, sights};
pub use threads::Threads;
