//! What can be told before a run: how long it will take, whether engines agree, what a model was exported for.

mod engine_trials;
mod idle;
mod outlook;
mod probe;

pub use engine_trials::{EngineTrial, engine_trials};
pub use idle::idle;
pub use outlook::{Outlook, OutlookError, outlook};
pub use probe::{Probe, Trial, probe};
