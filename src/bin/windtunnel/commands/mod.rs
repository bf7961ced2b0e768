//! The commands, one file each.

mod baseline;
mod cache;
mod calibrate;
mod check;
mod compare;
mod explain;
mod history;
mod init;
mod list;
mod preview;
mod run;
mod schema;

pub use baseline::baseline;
pub use cache::cache;
pub use calibrate::calibrate;
pub use check::check;
pub use compare::compare;
pub use explain::explain;
pub use history::history;
pub use init::init;
pub use list::list;
pub use preview::preview;
pub use run::run;
pub use schema::schema;
