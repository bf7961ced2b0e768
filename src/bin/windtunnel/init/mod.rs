//! What `windtunnel init` does: looks around, tries what it finds, and drafts a spec.

mod class_names;
mod classes;
mod draft;
mod elsewhere;
mod example;
mod found;
mod ignored;
mod json_keys;
mod limit;
mod tried;
mod workflow;
mod written;

pub use draft::{Draft, Model};
pub use elsewhere::named as named_folders;
pub use example::{SPEC as EXAMPLE_SPEC, write_example};
pub use found::{Guess, Surroundings, look};
pub use ignored::ignore_output;
pub use limit::Limit;
pub use tried::{Fit, dataset, detects, model, plan};
pub use workflow::workflow_text;
pub use written::{section_name, toml_string};
