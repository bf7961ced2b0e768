//! The commands, one file each.

mod baseline;
mod cache;
mod check;
mod explain;
mod list;
mod preview;
mod run;

pub use baseline::baseline;
pub use cache::cache;
pub use check::check;
pub use explain::explain;
pub use list::list;
pub use preview::preview;
pub use run::run;
