//! What `windtunnel init` does: looks around, tries what it finds, and drafts a spec.

mod class_names;
mod classes;
mod draft;
mod example;
mod found;
mod ignored;
mod json_keys;
mod tried;
mod workflow;

pub use draft::{Draft, Model, model_name, toml_string};
pub use example::{SPEC as EXAMPLE_SPEC, write_example};
pub use found::{Guess, Surroundings, look};
pub use ignored::ignore_output;
pub use tried::{Fit, dataset, detects, model, plan};
pub use workflow::workflow_text;
