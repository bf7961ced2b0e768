//! `kind = "subprocess"`: a program of the user's own, in any language, that answers JSON lines.
//!
//! `options` reads the section, `protocol` has the lines, `child` is one running program, `words` is what it says on standard error, `predictor` keeps as many of
//! them as there are workers.

mod child;
mod options;
mod predictor;
mod protocol;
mod words;

pub use options::Subprocess;
