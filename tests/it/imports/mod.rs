//! What imports what: the files of a crate, and the files that each names. Read from the text, as a compiler would
//! resolve it: through re-exports, to the file that has the thing.

mod circles;
mod crates;
mod module;
mod tokens;

pub use circles::circles;
pub use crates::{Arrow, Crate};
