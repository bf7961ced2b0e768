//! Running a plan: `pipeline` is the road, the other files are its stages.

mod context;
mod execute;
mod illustrate;
mod judge;
mod pipeline;
mod score;
mod seal;

pub use context::{Context, Events};
pub use illustrate::Picture;
pub use pipeline::{Finished, run};
