//! The commands, one file each.

mod check;
mod explain;
mod preview;
mod run;

pub use check::check;
pub use explain::explain;
pub use preview::preview;
pub use run::run;
