//! Shards: what one machine found of a plan that is split over several, as a file, and several of them as one run.
//!
//! `header` says which part of which plan a shard is, `file` writes and reads it, `join` puts shards together.

mod file;
mod header;
mod identity;
mod join;

pub use file::ShardError;
pub use header::{Request, Shard, ShardImage};
pub use join::{Joined, NotWhole, join};
