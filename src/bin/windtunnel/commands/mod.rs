//! The commands, one file each.

mod baseline;
mod cache;
mod calibrate;
pub mod check;
mod compare;
mod completions;
mod explain;
mod export;
mod history;
mod init;
mod list;
mod man;
mod merge;
mod preview;
mod report;
mod run;
mod schema;
mod shard;

pub use baseline::baseline;
pub use cache::cache;
pub use calibrate::calibrate;
pub use check::check;
pub use compare::compare;
pub use completions::completions;
pub use explain::explain;
pub use export::export;
pub use history::{history, past};
pub use init::init;
pub use list::list;
pub use man::man;
pub use merge::{NOT_WHOLE, merge};
pub use preview::preview;
pub use report::report;
pub use run::{NOTHING_SELECTED, run};
pub use schema::schema;
