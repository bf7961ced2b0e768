//! Frames answered: by models, the store, or other machines.

pub mod answer;
mod first_answers;
pub mod found;
pub mod gather;
pub mod image_file;
pub mod kept;
pub mod outcome;
mod permits;
pub mod predictions;
pub mod shard;
mod shared;
pub mod time;
pub mod timed;
mod unanswered;
mod worker;

pub use answer::execute;
pub use found::Found;
pub use outcome::ModelTime;
pub use predictions::Predictions;
