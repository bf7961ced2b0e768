//! What can be told before a run: how long it will take, whether engines agree, what a model was exported for.

mod engine_trials;
mod idle;
mod outlook;
mod outputs;
mod probe;

pub use engine_trials::{EngineTrial, engine_trials};
pub use idle::idle;
pub use outlook::{Outlook, OutlookError, outlook};
pub use outputs::{OutputsApart, outputs_apart};
pub use probe::{Exchange, Probe, Trial, probe};
