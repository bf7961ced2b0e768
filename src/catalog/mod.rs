//! What there is, told from the code's own documentation: the text of `windtunnel explain`, `specs/CATALOG.md`, and the
//! JSON Schema of specs.
//!
//! `explain` has the pages, `keys` those of tables and their keys; `schema` ties the schema of specs together from what
//! `shapes` makes of single keys.

mod examples;
mod explain;
mod keys;
mod schema;
mod shapes;

pub use examples::{EXAMPLES, example};
pub(crate) use explain::FIGURES;
pub use explain::{explain, markdown, overview};
pub use keys::{places, section_keys};
pub use schema::schema;
