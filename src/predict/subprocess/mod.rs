//! `kind = "subprocess"`: a program of the user's own, in any language, that answers JSON lines.
//!
//! `options` reads the section, `behind` finds the files that a command stands for, `protocol` has the lines, `child`
//! is one running program, `words` is what it says on standard error, `workers` keeps as many children as are wanted,
//! `predictor` asks, and `kind` is the door.

mod behind;
mod child;
mod kind;
mod options;
mod predictor;
pub(super) mod protocol;
mod traceback;
mod words;
mod workers;

pub use kind::Subprocess;
