//! The commands, one file each.

mod check;
mod run;

pub use check::check;
pub use run::run;
