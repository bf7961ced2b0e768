//! What `windtunnel init` does: looks around, tries what it finds, and drafts a spec.

mod draft;
mod found;
mod json_keys;
mod tried;
mod workflow;

pub use draft::{Draft, Model};
pub use found::{Found, look};
pub use tried::{dataset, model, plan};
pub use workflow::workflow_text;
